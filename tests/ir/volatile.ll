source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef i32 @"::f"(ptr noundef, ptr noundef) unnamed_addr #0 {
bb0:
  %2 = load volatile i32, ptr %0, align 4
  %3 = load volatile i32, ptr %0, align 4
  store volatile i32 %2, ptr %1, align 4
  %4 = load volatile double, ptr %1, align 8
  store volatile double %4, ptr %0, align 8
  %5 = add i32 %2, %3
  ret i32 %5
}

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
