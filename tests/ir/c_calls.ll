source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@"::fmt" = internal unnamed_addr constant [4 x i8] c"%d\0A\00", align 1

define dso_local noundef zeroext i8 @exported(i8 noundef signext, i16 noundef zeroext, i1 noundef zeroext, i32 noundef) #0 {
bb0:
  %4 = trunc i16 %1 to i8
  ret i8 %4
}

define internal fastcc noundef i32 @"::f"(i8 noundef, i8 noundef, i16 noundef, i16 noundef, i1 noundef, float noundef, i64 noundef) unnamed_addr #0 {
bb0:
  %7 = call signext i16 @small(i8 signext %0, i8 zeroext %1, i16 signext %2, i16 zeroext %3, i1 zeroext %4, i32 5, i32 6)
  %8 = call zeroext i1 @flag()
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
declare noundef signext i16 @small(i8 noundef signext, i8 noundef zeroext, i16 noundef signext, i16 noundef zeroext, i1 noundef zeroext, i32 noundef, i32 noundef) #1
declare noundef zeroext i1 @flag() #1

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }
attributes #1 = { nounwind }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
