source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef i32 @"::f"(i1 noundef, i1 noundef) unnamed_addr #0 {
bb0:
  %2 = call i1 @llvm.expect.i1(i1 %0, i1 true)
  br i1 %2, label %bb1, label %bb2, !prof !0
bb1:
  %3 = call i1 @llvm.expect.i1(i1 %1, i1 false)
  br i1 %3, label %bb2, label %bb3, !prof !1
bb3:
  br i1 %0, label %bb4, label %bb4
bb4:
  call void @llvm.assume(i1 %1)
  ret i32 1
bb2:
  call void @llvm.trap()
  unreachable
}

declare void @llvm.trap()
declare void @llvm.assume(i1)
declare i1 @llvm.expect.i1(i1, i1)

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!2, !3}
!0 = !{!"branch_weights", i32 2000, i32 1}
!1 = !{!"branch_weights", i32 1, i32 2000}
!2 = !{i32 8, !"PIC Level", i32 2}
!3 = !{i32 7, !"PIE Level", i32 2}
