source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef i64 @"::signed"(i64 noundef, i64 noundef) unnamed_addr #0 {
bb0:
  %2 = icmp eq i64 %1, 0
  br i1 %2, label %trap, label %bb0.1, !prof !0
bb0.1:
  %3 = icmp eq i64 %0, -9223372036854775808
  %4 = icmp eq i64 %1, -1
  %5 = and i1 %3, %4
  %6 = select i1 %5, i64 1, i64 %1
  %7 = sdiv i64 %0, %6
  %8 = icmp eq i64 %1, 0
  br i1 %8, label %trap, label %bb0.2, !prof !0
bb0.2:
  %9 = icmp eq i64 %1, -1
  %10 = select i1 %9, i64 1, i64 %1
  %11 = srem i64 %7, %10
  ret i64 %11
trap:
  call void @llvm.trap()
  unreachable
}

define internal fastcc noundef i16 @"::unsigned"(i16 noundef, i16 noundef) unnamed_addr #0 {
bb0:
  %2 = icmp eq i16 %1, 0
  br i1 %2, label %trap, label %bb0.1, !prof !0
bb0.1:
  %3 = udiv i16 %0, %1
  %4 = icmp eq i16 %1, 0
  br i1 %4, label %trap, label %bb0.2, !prof !0
bb0.2:
  %5 = urem i16 %3, %1
  ret i16 %5
trap:
  call void @llvm.trap()
  unreachable
}

define internal fastcc noundef i32 @"::known"(i32 noundef) unnamed_addr #0 {
bb0:
  %1 = sdiv i32 %0, 10
  %2 = srem i32 %1, 10
  %3 = sub i32 0, %2
  %4 = srem i32 %3, 1
  %5 = add i32 %3, %4
  ret i32 %5
}

define internal fastcc noundef i8 @"::known_dividend"(i8 noundef) unnamed_addr #0 {
bb0:
  %1 = icmp eq i8 %0, 0
  br i1 %1, label %trap, label %bb0.1, !prof !0
bb0.1:
  %2 = sdiv i8 100, %0
  %3 = icmp eq i8 %2, 0
  br i1 %3, label %trap, label %bb0.2, !prof !0
bb0.2:
  %4 = icmp eq i8 -128, -128
  %5 = icmp eq i8 %2, -1
  %6 = and i1 %4, %5
  %7 = select i1 %6, i8 1, i8 %2
  %8 = sdiv i8 -128, %7
  ret i8 %8
trap:
  call void @llvm.trap()
  unreachable
}

define internal fastcc noundef i32 @"::by_zero"(i32 noundef) unnamed_addr #0 {
bb0:
  %1 = icmp eq i32 0, 0
  br i1 %1, label %trap, label %bb0.1, !prof !0
bb0.1:
  %2 = udiv i32 %0, 0
  ret i32 %2
trap:
  call void @llvm.trap()
  unreachable
}

define internal fastcc noundef i64 @"::in_loop"(i64 noundef, i64 noundef) unnamed_addr #0 {
bb0:
  br label %bb1
bb1:
  %2 = phi i64 [ %0, %bb0 ], [ %8, %bb1.1 ]
  %3 = icmp eq i64 %1, 0
  br i1 %3, label %trap, label %bb1.1, !prof !0
bb1.1:
  %4 = icmp eq i64 %2, -9223372036854775808
  %5 = icmp eq i64 %1, -1
  %6 = and i1 %4, %5
  %7 = select i1 %6, i64 1, i64 %1
  %8 = sdiv i64 %2, %7
  %9 = icmp ne i64 %8, 0
  br i1 %9, label %bb1, label %bb2
bb2:
  ret i64 %8
trap:
  call void @llvm.trap()
  unreachable
}

declare void @llvm.trap()

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!1, !2}
!0 = !{!"branch_weights", i32 1, i32 2000}
!1 = !{i32 8, !"PIC Level", i32 2}
!2 = !{i32 7, !"PIE Level", i32 2}
