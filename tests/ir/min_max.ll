source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef double @"::f"(double noundef, double noundef, float noundef, float noundef) unnamed_addr #0 {
bb0:
  %4 = call double @llvm.minimum.f64(double %0, double %1)
  %5 = call float @llvm.maximum.f32(float %2, float %3)
  %6 = fpext float %5 to double
  %7 = fadd double %4, %6
  ret double %7
}

declare double @llvm.minimum.f64(double, double)
declare float @llvm.maximum.f32(float, float)

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
