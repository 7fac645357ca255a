source_filename = ""
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "riscv64-unknown-linux-gnu"

define internal fastcc noundef double @"::f"(double noundef, double noundef, float noundef, float noundef) unnamed_addr #0 {
bb0:
  %4 = fcmp olt double %0, %1
  %5 = select i1 %4, double %0, double %1
  %6 = bitcast double %0 to i64
  %7 = bitcast double %1 to i64
  %8 = or i64 %6, %7
  %9 = bitcast i64 %8 to double
  %10 = fcmp oeq double %0, %1
  %11 = select i1 %10, double %9, double %5
  %12 = fcmp uno double %0, %1
  %13 = fadd double %0, %1
  %14 = select i1 %12, double %13, double %11
  %15 = fcmp ogt float %2, %3
  %16 = select i1 %15, float %2, float %3
  %17 = bitcast float %2 to i32
  %18 = bitcast float %3 to i32
  %19 = and i32 %17, %18
  %20 = bitcast i32 %19 to float
  %21 = fcmp oeq float %2, %3
  %22 = select i1 %21, float %20, float %16
  %23 = fcmp uno float %2, %3
  %24 = fadd float %2, %3
  %25 = select i1 %23, float %24, float %22
  %26 = fpext float %25 to double
  %27 = fadd double %14, %26
  ret double %27
}

attributes #0 = { nounwind "target-cpu"="generic-rv64" "target-features"="+m,+a,+f,+d,+c" }

!llvm.module.flags = !{!0, !1, !2}
!0 = !{i32 1, !"target-abi", !"lp64d"}
!1 = !{i32 8, !"PIC Level", i32 2}
!2 = !{i32 7, !"PIE Level", i32 2}
