source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@"::doubles" = internal global [9 x double] [ double 0.00000000000000000e0, double -0.00000000000000000e0, double 1.00000000000000006e-1, double 1.79769313486231571e308, double 4.94065645841246544e-324, double bitcast (i64 9218868437227405312 to double), double bitcast (i64 -4503599627370496 to double), double bitcast (i64 9221120237041090560 to double), double bitcast (i64 -2251799813685247 to double) ], align 8
@"::floats" = internal global [7 x float] [ float 1.00000001490116119384765625e-1, float -1.5e0, float 3.4028234663852885981170418348451692544e38, float 1.40129846432481707092372958328991613128026194187651577175706828388979108268586060148663818836212158203125e-45, float bitcast (i32 2139095040 to float), float bitcast (i32 2143289344 to float), float bitcast (i32 2143289345 to float) ], align 4
@"::ints" = internal global { i8, i8, i16, i32, i64, i64, i8, i64 } { i8 -128, i8 -1, i16 -1, i32 -1, i64 -9223372036854775808, i64 -1, i8 1, i64 7 }, align 8

define internal fastcc noundef double @"::f"(double noundef, float noundef, i64 noundef) unnamed_addr #0 {
bb0:
  %3 = fadd double %0, 1.00000000000000000e0
  %4 = call double @llvm.minimum.f64(double %3, double bitcast (i64 9218868437227405312 to double))
  %5 = fmul float %1, 1.00000001490116119384765625e-1
  %6 = xor i64 %2, -1
  %7 = icmp eq ptr null, null
  %8 = and i1 %7, true
  %9 = zext i1 %8 to i64
  %10 = add i64 %6, %9
  %11 = uitofp i64 %10 to double
  %12 = fpext float %5 to double
  %13 = fadd double %4, %12
  %14 = fadd double %13, %11
  ret double %14
}

declare double @llvm.minimum.f64(double, double)

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
