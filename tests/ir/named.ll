source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef double @"::f"(i64 noundef %count.0, double %r1.1, double %r1.2, i64 noundef %r2.3) unnamed_addr #0 {
bb0:
  %s0.4 = alloca i64, align 8
  store i64 %r2.3, ptr %s0.4, align 8
  br label %bb1
bb1:
  %count.5 = phi i64 [ %count.0, %bb0 ], [ %count.15, %bb2.1 ]
  %total.6 = phi double [ %r1.1, %bb0 ], [ %total.9, %bb2.1 ]
  %go.7 = icmp sgt i64 %count.5, 0
  br i1 %go.7, label %bb2, label %bb3, !prof !0
bb2:
  %r8.8 = sitofp i64 %count.5 to double
  %total.9 = fadd double %total.6, %r8.8
  %count.10 = icmp eq i64 %r2.3, 0
  br i1 %count.10, label %trap, label %bb2.1, !prof !1
bb2.1:
  %count.11 = icmp eq i64 %count.5, -9223372036854775808
  %count.12 = icmp eq i64 %r2.3, -1
  %count.13 = and i1 %count.11, %count.12
  %count.14 = select i1 %count.13, i64 1, i64 %r2.3
  %count.15 = sdiv i64 %count.5, %count.14
  br label %bb1
bb3:
  ret double %total.6
trap:
  call void @llvm.trap()
  unreachable
}

declare void @llvm.trap()

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!2, !3}
!0 = !{!"branch_weights", i32 2000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 2000}
!2 = !{i32 8, !"PIC Level", i32 2}
!3 = !{i32 7, !"PIE Level", i32 2}
