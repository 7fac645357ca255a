source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

%Empty = type {}

@"::nothing" = internal global %Empty zeroinitializer, align 1

define internal fastcc void @"::f"(i64 noundef) unnamed_addr #0 {
bb0:
  %1 = alloca %Empty, align 1
  call fastcc void @"::f"(i64 %0)
  call fastcc void @"::f"(i64 %0)
  br label %bb1
bb1:
  ret void
}

define internal fastcc void @"::loop"(i1 noundef) unnamed_addr #0 {
bb0:
  br i1 %0, label %bb1, label %bb2
bb1:
  br label %bb2
bb2:
  ret void
}

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
