source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef i32 @"::f"(ptr noundef, i32 noundef, i64 noundef, ptr noundef) unnamed_addr #0 {
bb0:
  %4 = load atomic i32, ptr %0 monotonic, align 4
  %5 = load atomic i64, ptr %0 acquire, align 8
  %6 = load atomic ptr, ptr %0 seq_cst, align 8
  store atomic i32 %4, ptr %0 monotonic, align 4
  store atomic i64 %5, ptr %0 release, align 8
  store atomic ptr %6, ptr %0 seq_cst, align 8
  %7 = load atomic i8, ptr %3 acquire, align 1
  store atomic i8 %7, ptr %3 release, align 1
  %8 = atomicrmw xchg ptr %0, i32 %1 monotonic, align 4
  %9 = atomicrmw add ptr %0, i32 %8 acquire, align 4
  %10 = atomicrmw sub ptr %0, i32 %9 release, align 4
  %11 = atomicrmw and ptr %0, i32 %10 acq_rel, align 4
  %12 = atomicrmw or ptr %0, i32 %11 seq_cst, align 4
  %13 = atomicrmw xor ptr %0, i32 %12 seq_cst, align 4
  %14 = atomicrmw min ptr %0, i32 %13 seq_cst, align 4
  %15 = atomicrmw umax ptr %0, i64 %2 seq_cst, align 8
  %16 = cmpxchg ptr %0, i32 %14, i32 %1 acq_rel acquire, align 4
  %17 = extractvalue { i32, i1 } %16, 0
  %18 = extractvalue { i32, i1 } %16, 1
  %19 = cmpxchg ptr %0, i64 %15, i64 %2 release monotonic, align 8
  %20 = extractvalue { i64, i1 } %19, 0
  %21 = extractvalue { i64, i1 } %19, 1
  fence acquire
  fence release
  fence acq_rel
  fence seq_cst
  %22 = zext i1 %21 to i32
  %23 = add i32 %17, %22
  ret i32 %23
}

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
