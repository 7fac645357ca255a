source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef i64 @"::ints"(i16 noundef, i16 noundef, i1 noundef, i64 noundef, i64 noundef) unnamed_addr #0 {
bb0:
  %5 = trunc i16 %0 to i8
  %6 = sext i8 %5 to i64
  %7 = trunc i16 %1 to i8
  %8 = zext i8 %7 to i64
  %9 = zext i1 %2 to i64
  %10 = trunc i64 %3 to i32
  %11 = sext i16 %0 to i64
  %12 = zext i16 %1 to i64
  %13 = zext i32 %10 to i64
  %14 = add i64 %6, %8
  %15 = add i64 %14, %9
  %16 = add i64 %15, %3
  %17 = add i64 %16, %4
  %18 = add i64 %17, %13
  %19 = add i64 %18, %11
  %20 = add i64 %19, %12
  ret i64 %20
}

define internal fastcc noundef double @"::floats"(i32 noundef, i64 noundef, i64 noundef, double noundef, float noundef) unnamed_addr #0 {
bb0:
  %5 = sitofp i32 %0 to double
  %6 = uitofp i64 %1 to float
  %7 = uitofp i64 %2 to double
  %8 = call i8 @llvm.fptosi.sat.i8.f64(double %3)
  %9 = call i64 @llvm.fptoui.sat.i64.f32(float %4)
  %10 = call i64 @llvm.fptoui.sat.i64.f64(double %3)
  %11 = fpext float %4 to double
  %12 = fptrunc double %3 to float
  %13 = bitcast double %3 to i64
  %14 = bitcast i64 %13 to double
  %15 = bitcast float %12 to i32
  %16 = sitofp i8 %8 to double
  %17 = uitofp i64 %9 to double
  %18 = uitofp i64 %10 to double
  %19 = sitofp i32 %15 to double
  %20 = fpext float %6 to double
  %21 = fadd double %5, %20
  %22 = fadd double %21, %7
  %23 = fadd double %22, %16
  %24 = fadd double %23, %17
  %25 = fadd double %24, %18
  %26 = fadd double %25, %11
  %27 = fadd double %26, %19
  %28 = fadd double %27, %14
  ret double %28
}

define internal fastcc noundef ptr @"::pointers"(ptr noundef) unnamed_addr #0 {
bb0:
  %1 = ptrtoint ptr %0 to i64
  %2 = inttoptr i64 %1 to ptr
  ret ptr %2
}

define internal fastcc noundef i64 @"::known"() unnamed_addr #0 {
bb0:
  %0 = add i64 -1, 255
  %1 = add i64 %0, 255
  %2 = add i64 %1, 1
  ret i64 %2
}

declare i8 @llvm.fptosi.sat.i8.f64(double)
declare i64 @llvm.fptoui.sat.i64.f32(float)
declare i64 @llvm.fptoui.sat.i64.f64(double)

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
