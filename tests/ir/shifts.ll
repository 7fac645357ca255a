source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef i64 @"::f"(i64 noundef, i8 noundef, i64 noundef, i8 noundef) unnamed_addr #0 {
bb0:
  %4 = and i64 %2, 63
  %5 = shl i64 %0, %4
  %6 = zext i8 %3 to i64
  %7 = and i64 %6, 63
  %8 = ashr i64 %5, %7
  %9 = trunc i64 %2 to i8
  %10 = and i8 %9, 7
  %11 = shl i8 %1, %10
  %12 = and i8 %3, 7
  %13 = lshr i8 %11, %12
  %14 = shl i64 %8, 6
  %15 = lshr i8 %13, 7
  %16 = zext i8 %15 to i64
  %17 = add i64 %14, %16
  ret i64 %17
}

define internal fastcc noundef i32 @"::rotate"(i32 noundef, i32 noundef, i8 noundef, i64 noundef) unnamed_addr #0 {
bb0:
  %4 = call i32 @llvm.fshl.i32(i32 %0, i32 %0, i32 %1)
  %5 = sext i8 %2 to i32
  %6 = call i32 @llvm.fshr.i32(i32 %4, i32 %4, i32 %5)
  %7 = trunc i64 %3 to i32
  %8 = call i32 @llvm.fshl.i32(i32 %6, i32 %6, i32 %7)
  %9 = call i32 @llvm.fshr.i32(i32 %8, i32 %8, i32 3)
  ret i32 %9
}

declare i32 @llvm.fshl.i32(i32, i32, i32)
declare i32 @llvm.fshr.i32(i32, i32, i32)

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
