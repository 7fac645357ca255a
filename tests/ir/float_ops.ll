source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef double @"::f"(double noundef, double noundef, float noundef) unnamed_addr #0 {
bb0:
  %3 = call double @llvm.sqrt.f64(double %0)
  %4 = call double @llvm.fma.f64(double %3, double %1, double %0)
  %5 = call double @llvm.copysign.f64(double %4, double %1)
  %6 = call double @llvm.floor.f64(double %5)
  %7 = call double @llvm.ceil.f64(double %6)
  %8 = call double @llvm.trunc.f64(double %7)
  %9 = call double @llvm.rint.f64(double %8)
  %10 = call double @llvm.round.f64(double %9)
  %11 = fneg float %2
  %12 = call float @llvm.sqrt.f32(float %11)
  %13 = frem float %12, %2
  %14 = fpext float %13 to double
  %15 = fadd double %10, %14
  ret double %15
}

declare float @llvm.sqrt.f32(float)
declare double @llvm.sqrt.f64(double)
declare double @llvm.fma.f64(double, double, double)
declare double @llvm.copysign.f64(double, double)
declare double @llvm.floor.f64(double)
declare double @llvm.ceil.f64(double)
declare double @llvm.trunc.f64(double)
declare double @llvm.rint.f64(double)
declare double @llvm.round.f64(double)

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
