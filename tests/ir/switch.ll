source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef i64 @"::f"(i8 noundef, i64 noundef) unnamed_addr #0 {
bb0:
  switch i8 %0, label %bb3 [
    i8 -1, label %bb1
    i8 0, label %bb2
    i8 127, label %bb2
  ]
bb1:
  br label %bb3
bb2:
  br label %bb3
bb3:
  %2 = phi i64 [ 0, %bb0 ], [ 10, %bb1 ], [ 20, %bb2 ]
  switch i64 %1, label %bb5 [
    i64 -1, label %bb4
    i64 5, label %bb5
  ]
bb4:
  %3 = add i64 %2, 1
  br label %bb5
bb5:
  %4 = phi i64 [ %2, %bb3 ], [ %2, %bb3 ], [ %3, %bb4 ]
  ret i64 %4
}

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
