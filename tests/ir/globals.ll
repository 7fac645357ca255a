source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

%Point = type { double, double }
%Empty = type {}
%Option = type { i32, i64 }

@"::counter" = internal global i64 -1, align 8
@shown = dso_local global i32 5, align 4
@limits = dso_local constant [3 x i32] [ i32 1, i32 -2, i32 3 ], align 4
@"::msg" = internal unnamed_addr constant [7 x i8] c"a\22b\5C\0A\00\FF", align 1
@"::vtable" = internal unnamed_addr constant { ptr, ptr, i64 } { ptr @"::f", ptr @"::counter", i64 8 }, align 8
@"::points" = internal global [2 x %Point] [ %Point { double 1.00000000000000000e0, double 2.50000000000000000e0 }, %Point zeroinitializer ], align 8
@"::nested" = internal global { i8, { i8, [0 x i16] }, ptr } { i8 1, { i8, [0 x i16] } { i8 -1, [0 x i16] zeroinitializer }, ptr null }, align 8
@"::empty" = internal global %Empty zeroinitializer, align 1
@"::option" = internal global %Option zeroinitializer, align 8
@environ = external global ptr, align 8
@version = external constant [16 x i8], align 1

define internal fastcc noundef i64 @"::f"() unnamed_addr #0 {
bb0:
  %0 = load ptr, ptr @environ, align 8
  %1 = load i8, ptr @version, align 1
  store ptr %0, ptr @"::counter", align 8, !tbaa !2
  %2 = zext i8 %1 to i64
  ret i64 %2
}

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!3, !4}
!0 = !{!"simple"}
!1 = !{!"global", !0}
!2 = !{!1, !1, i64 0}
!3 = !{i32 8, !"PIC Level", i32 2}
!4 = !{i32 7, !"PIE Level", i32 2}
