source_filename = ""
target datalayout = "e-m:e-p:32:32-p270:32:32-p271:32:32-p272:64:64-f64:32:64-f80:32-n8:16:32-S128"
target triple = "i686-unknown-linux-gnu"

define internal fastcc { i32, i32, i32, i32, i32 } @"::make"(double noundef, double noundef, i32 noundef, i64 noundef, ptr noundef) unnamed_addr #0 {
bb0:
  %5 = bitcast double %0 to i64
  %6 = trunc i64 %5 to i32
  %7 = bitcast double %0 to i64
  %8 = lshr i64 %7, 32
  %9 = trunc i64 %8 to i32
  %10 = bitcast double %1 to i64
  %11 = trunc i64 %10 to i32
  %12 = bitcast double %1 to i64
  %13 = lshr i64 %12, 32
  %14 = trunc i64 %13 to i32
  store i32 0, ptr %4, align 4
  %15 = getelementptr inbounds i8, ptr %4, i32 4
  store i32 %6, ptr %15, align 4
  %16 = getelementptr inbounds i8, ptr %4, i32 8
  store i32 %9, ptr %16, align 4
  %17 = getelementptr inbounds i8, ptr %4, i32 12
  store i32 %11, ptr %17, align 4
  %18 = getelementptr inbounds i8, ptr %4, i32 16
  store i32 %14, ptr %18, align 4
  %19 = trunc i64 %3 to i32
  %20 = lshr i64 %3, 32
  %21 = trunc i64 %20 to i32
  %22 = insertvalue { i32, i32, i32, i32, i32 } poison, i32 1, 0
  %23 = insertvalue { i32, i32, i32, i32, i32 } %22, i32 %2, 1
  %24 = insertvalue { i32, i32, i32, i32, i32 } %23, i32 %19, 2
  %25 = insertvalue { i32, i32, i32, i32, i32 } %24, i32 %21, 3
  %26 = insertvalue { i32, i32, i32, i32, i32 } %25, i32 0, 4
  ret { i32, i32, i32, i32, i32 } %26
}

define internal fastcc noundef i64 @"::read"(i32, i32, i32, i32, i32) unnamed_addr #0 {
bb0:
  %5 = zext i32 %3 to i64
  %6 = zext i32 %4 to i64
  %7 = shl i64 %6, 32
  %8 = or i64 %5, %7
  %9 = bitcast i64 %8 to double
  %10 = zext i32 %2 to i64
  %11 = zext i32 %3 to i64
  %12 = shl i64 %11, 32
  %13 = or i64 %10, %12
  %14 = trunc i32 %1 to i8
  %15 = zext i8 %14 to i64
  %16 = bitcast double %9 to i64
  %17 = add i64 %13, %15
  %18 = add i64 %17, %16
  ret i64 %18
}

attributes #0 = { nounwind "target-cpu"="pentium4" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
