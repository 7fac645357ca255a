source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef i64 @"::sum"(i64 noundef) unnamed_addr #0 {
bb0:
  br label %bb1
bb1:
  %1 = phi i64 [ 0, %bb0 ], [ %5, %bb2 ]
  %2 = phi i64 [ 0, %bb0 ], [ %4, %bb2 ]
  %3 = icmp slt i64 %1, %0
  br i1 %3, label %bb2, label %bb3
bb2:
  %4 = add i64 %2, %1
  %5 = add i64 %1, 1
  br label %bb1
bb3:
  ret i64 %2
}

define internal fastcc noundef i64 @"::fib"(i64 noundef) unnamed_addr #0 {
bb0:
  br label %bb1
bb1:
  %1 = phi i64 [ %0, %bb0 ], [ %6, %bb2 ]
  %2 = phi i64 [ 0, %bb0 ], [ %3, %bb2 ]
  %3 = phi i64 [ 1, %bb0 ], [ %5, %bb2 ]
  %4 = icmp sle i64 %1, 0
  br i1 %4, label %bb3, label %bb2
bb3:
  ret i64 %2
bb2:
  %5 = add i64 %2, %3
  %6 = sub i64 %1, 1
  br label %bb1
}

define internal fastcc noundef i64 @"::swap"(i64 noundef, i64 noundef, i8 noundef) unnamed_addr #0 {
bb0:
  br label %bb1
bb1:
  %3 = phi i64 [ %0, %bb0 ], [ %4, %bb1 ]
  %4 = phi i64 [ %1, %bb0 ], [ %3, %bb1 ]
  %5 = phi i8 [ %2, %bb0 ], [ %6, %bb1 ]
  %6 = sub i8 %5, 1
  %7 = icmp ne i8 %6, 0
  br i1 %7, label %bb1, label %bb2
bb2:
  ret i64 %4
}

define internal fastcc noundef i64 @"::dead"(i64 noundef) unnamed_addr #0 {
bb0:
  br label %bb2
bb2:
  ret i64 %0
}

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
