source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef i32 @"::f"(i32 noundef, i32 noundef, i1 noundef, i8 noundef) unnamed_addr #0 {
bb0:
  %4 = and i32 %0, %1
  %5 = or i32 %4, %0
  %6 = xor i32 %5, %1
  %7 = xor i32 %6, -1
  %8 = call i32 @llvm.ctpop.i32(i32 %7)
  %9 = call i32 @llvm.ctlz.i32(i32 %8, i1 false)
  %10 = call i32 @llvm.cttz.i32(i32 %9, i1 false)
  %11 = call i32 @llvm.bswap.i32(i32 %10)
  %12 = xor i1 %2, true
  %13 = and i1 %12, %2
  %14 = or i1 %13, %12
  %15 = xor i1 %14, %2
  %16 = call i8 @llvm.ctpop.i8(i8 %3)
  %17 = zext i1 %15 to i32
  %18 = zext i8 %16 to i32
  %19 = add i32 %11, %17
  %20 = add i32 %19, %18
  ret i32 %20
}

declare i8 @llvm.ctpop.i8(i8)
declare i32 @llvm.ctpop.i32(i32)
declare i32 @llvm.ctlz.i32(i32, i1)
declare i32 @llvm.cttz.i32(i32, i1)
declare i32 @llvm.bswap.i32(i32)

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
