source_filename = ""
target datalayout = "e-m:e-p:32:32-p10:8:8-p20:8:8-i64:64-n32:64-S128-ni:1:10:20"
target triple = "wasm32-unknown-wasi"

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

attributes #0 = { nounwind "target-cpu"="mvp" "target-features"="+bulk-memory,+mutable-globals,+nontrapping-fptoint,+sign-ext" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
