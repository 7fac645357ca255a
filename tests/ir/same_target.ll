source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef i64 @"::f"(i1 noundef, i8 noundef, i64 noundef, i64 noundef) unnamed_addr #0 {
bb0:
  br i1 %0, label %bb1, label %bb2
bb1:
  br i1 %0, label %bb2, label %bb2
bb2:
  %4 = phi i64 [ %2, %bb0 ], [ %3, %bb1 ], [ %3, %bb1 ]
  switch i8 %1, label %bb4 [
    i8 1, label %bb3
    i8 2, label %bb3
  ]
bb3:
  %5 = add i64 %4, %2
  br label %bb4
bb4:
  %6 = phi i64 [ %4, %bb2 ], [ %5, %bb3 ]
  ret i64 %6
}

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
