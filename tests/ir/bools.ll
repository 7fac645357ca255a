source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

%Flags = type { i8, i32, i8 }

@"::flag" = internal global i8 1, align 1

define internal fastcc noundef i1 @"::f"(ptr noundef, i1 noundef) unnamed_addr #0 {
bb0:
  %2 = alloca %Flags, align 4
  %3 = load i8, ptr %0, align 1, !range !0
  %4 = trunc i8 %3 to i1
  %5 = zext i1 %1 to i8
  store i8 %5, ptr %0, align 1, !tbaa !3
  store i8 1, ptr %0, align 1
  %6 = load i8, ptr %0, align 1, !range !0
  %7 = trunc i8 %6 to i1
  %8 = getelementptr inbounds i8, ptr %0, i64 4
  %9 = load i32, ptr %8, align 4
  %10 = getelementptr inbounds i8, ptr %0, i64 8
  %11 = load i8, ptr %10, align 1, !range !0
  %12 = trunc i8 %11 to i1
  %13 = zext i1 %7 to i8
  store i8 %13, ptr %2, align 1
  %14 = getelementptr inbounds i8, ptr %2, i64 4
  store i32 %9, ptr %14, align 4
  %15 = getelementptr inbounds i8, ptr %2, i64 8
  %16 = zext i1 %12 to i8
  store i8 %16, ptr %15, align 1
  %17 = and i1 %4, %12
  %18 = zext i1 %17 to i8
  store i8 %18, ptr %0, align 1
  %19 = getelementptr inbounds i8, ptr %0, i64 4
  store i32 %9, ptr %19, align 4
  %20 = getelementptr inbounds i8, ptr %0, i64 8
  %21 = zext i1 %12 to i8
  store i8 %21, ptr %20, align 1
  %22 = load volatile i8, ptr %0, align 1
  %23 = trunc i8 %22 to i1
  %24 = zext i1 %23 to i8
  store volatile i8 %24, ptr %0, align 1
  ret i1 %17
}

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!4, !5}
!0 = !{i8 0, i8 2}
!1 = !{!"simple"}
!2 = !{!"element", !1}
!3 = !{!2, !2, i64 0}
!4 = !{i32 8, !"PIC Level", i32 2}
!5 = !{i32 7, !"PIE Level", i32 2}
