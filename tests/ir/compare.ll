source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef i8 @"::f"(i32 noundef, i32 noundef, i64 noundef, i64 noundef, double noundef, double noundef, ptr noundef, ptr noundef, i1 noundef, i1 noundef) unnamed_addr #0 {
bb0:
  %10 = icmp eq i32 %0, %1
  %11 = zext i1 %10 to i8
  %12 = icmp ne i64 %2, %3
  %13 = zext i1 %12 to i8
  %14 = add i8 %11, %13
  %15 = icmp slt i32 %0, %1
  %16 = zext i1 %15 to i8
  %17 = add i8 %14, %16
  %18 = icmp ule i64 %2, %3
  %19 = zext i1 %18 to i8
  %20 = add i8 %17, %19
  %21 = icmp sgt i32 %0, %1
  %22 = zext i1 %21 to i8
  %23 = add i8 %20, %22
  %24 = icmp uge i64 %2, %3
  %25 = zext i1 %24 to i8
  %26 = add i8 %23, %25
  %27 = fcmp oeq double %4, %5
  %28 = zext i1 %27 to i8
  %29 = add i8 %26, %28
  %30 = fcmp une double %4, %5
  %31 = zext i1 %30 to i8
  %32 = add i8 %29, %31
  %33 = fcmp olt double %4, %5
  %34 = zext i1 %33 to i8
  %35 = add i8 %32, %34
  %36 = fcmp ole double %4, %5
  %37 = zext i1 %36 to i8
  %38 = add i8 %35, %37
  %39 = fcmp ogt double %4, %5
  %40 = zext i1 %39 to i8
  %41 = add i8 %38, %40
  %42 = fcmp oge double %4, %5
  %43 = zext i1 %42 to i8
  %44 = add i8 %41, %43
  %45 = icmp eq ptr %6, %7
  %46 = zext i1 %45 to i8
  %47 = add i8 %44, %46
  %48 = icmp ult ptr %6, %7
  %49 = zext i1 %48 to i8
  %50 = add i8 %47, %49
  %51 = icmp ult i1 %8, %9
  %52 = zext i1 %51 to i8
  %53 = add i8 %50, %52
  %54 = icmp eq i1 %8, %9
  %55 = zext i1 %54 to i8
  %56 = add i8 %53, %55
  ret i8 %56
}

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
