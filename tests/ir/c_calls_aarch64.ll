source_filename = ""
target datalayout = "e-m:e-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128"
target triple = "aarch64-unknown-linux-gnu"

@"::fmt" = internal unnamed_addr constant [4 x i8] c"%d\0A\00", align 1

define dso_local noundef i8 @exported(i8 noundef, i16 noundef, i1 noundef, i32 noundef) #0 {
bb0:
  %4 = trunc i16 %1 to i8
  ret i8 %4
}

define internal fastcc noundef i32 @"::f"(i8 noundef, i8 noundef, i16 noundef, i16 noundef, i1 noundef, float noundef, i64 noundef) unnamed_addr #0 {
bb0:
  %7 = call i16 @small(i8 %0, i8 %1, i16 %2, i16 %3, i1 %4, i32 5, i32 6)
  %8 = call i1 @flag()
  %9 = sext i16 %7 to i32
  %10 = zext i1 %8 to i32
  %11 = fpext float %5 to double
  %12 = call i32 (ptr, ...) @printf(ptr @"::fmt", i32 %9, i32 %10, double %11, i64 %6)
  ret i32 %12
}

define dso_local noundef i32 @main() #0 {
bb0:
  ret i32 0
}

declare noundef i32 @printf(ptr noundef, ...) #1
declare noundef i16 @small(i8 noundef, i8 noundef, i16 noundef, i16 noundef, i1 noundef, i32 noundef, i32 noundef) #1
declare noundef i1 @flag() #1

attributes #0 = { nounwind "target-cpu"="generic" "target-features"="+fp-armv8,+neon,+v8a" }
attributes #1 = { nounwind }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
