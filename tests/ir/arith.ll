source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef i64 @"::ints"(i64 noundef, i64 noundef, i8 noundef, i8 noundef) unnamed_addr #0 {
bb0:
  %4 = add i64 %0, %1
  %5 = sub i64 %4, %1
  %6 = mul i64 %5, %4
  %7 = sub i64 0, %6
  %8 = call i64 @llvm.abs.i64(i64 %7, i1 false)
  %9 = call i64 @llvm.smin.i64(i64 %8, i64 %0)
  %10 = call i64 @llvm.smax.i64(i64 %9, i64 %1)
  %11 = add i8 %2, %3
  %12 = call i8 @llvm.umin.i8(i8 %11, i8 %2)
  %13 = call i8 @llvm.umax.i8(i8 %12, i8 %3)
  %14 = zext i8 %13 to i64
  %15 = add i64 %10, %14
  ret i64 %15
}

define internal fastcc noundef double @"::floats"(double noundef, double noundef) unnamed_addr #0 {
bb0:
  %2 = fadd double %0, %1
  %3 = fsub double %2, %1
  %4 = fmul double %3, %2
  %5 = fneg double %4
  %6 = call double @llvm.fabs.f64(double %5)
  %7 = call double @llvm.minimum.f64(double %6, double %0)
  %8 = call double @llvm.maximum.f64(double %7, double %1)
  %9 = fdiv double %8, %0
  %10 = frem double %9, %1
  ret double %10
}

declare i64 @llvm.abs.i64(i64, i1)
declare i64 @llvm.smin.i64(i64, i64)
declare i64 @llvm.smax.i64(i64, i64)
declare i8 @llvm.umin.i8(i8, i8)
declare i8 @llvm.umax.i8(i8, i8)
declare double @llvm.fabs.f64(double)
declare double @llvm.minimum.f64(double, double)
declare double @llvm.maximum.f64(double, double)

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
