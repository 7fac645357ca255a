source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc { i64, i1 } @"::f"(i64 noundef) unnamed_addr #0 {
bb0:
  br label %bb1
bb1:
  %1 = phi i64 [ 0, %bb0 ], [ %4, %bb2 ]
  %2 = phi i1 [ false, %bb0 ], [ %5, %bb2 ]
  %3 = icmp slt i64 %1, %0
  br i1 %3, label %bb2, label %bb3
bb2:
  %4 = add i64 %1, 1
  %5 = xor i1 %2, true
  br label %bb1
bb3:
  %6 = insertvalue { i64, i1 } poison, i64 %1, 0
  %7 = insertvalue { i64, i1 } %6, i1 %2, 1
  ret { i64, i1 } %7
}

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
