source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef i32 @f(ptr noundef, i32 noundef, i64 noundef, ptr noundef) unnamed_addr #0 {
bb0:
  %4 = load atomic i32, ptr %0 monotonic, align 4
  %5 = load atomic i64, ptr %0 acquire, align 8
  %6 = load atomic ptr, ptr %0 seq_cst, align 8
  store atomic i32 %4, ptr %0 monotonic, align 4
  store atomic i64 %5, ptr %0 release, align 8
  store atomic ptr %6, ptr %0 seq_cst, align 8
  %7 = load atomic i8, ptr %3 acquire, align 1
  %8 = trunc i8 %7 to i1
  %9 = zext i1 %8 to i8
  store atomic i8 %9, ptr %3 release, align 1
  %10 = atomicrmw xchg ptr %0, i32 %1 monotonic, align 4
  %11 = atomicrmw add ptr %0, i32 %10 acquire, align 4
  %12 = atomicrmw sub ptr %0, i32 %11 release, align 4
  %13 = atomicrmw and ptr %0, i32 %12 acq_rel, align 4
  %14 = atomicrmw or ptr %0, i32 %13 seq_cst, align 4
  %15 = atomicrmw xor ptr %0, i32 %14 seq_cst, align 4
  %16 = atomicrmw min ptr %0, i32 %15 seq_cst, align 4
  %17 = atomicrmw umax ptr %0, i64 %2 seq_cst, align 8
  %18 = cmpxchg ptr %0, i32 %16, i32 %1 acq_rel acquire, align 4
  %19 = extractvalue { i32, i1 } %18, 0
  %20 = extractvalue { i32, i1 } %18, 1
  %21 = cmpxchg ptr %0, i64 %17, i64 %2 release monotonic, align 8
  %22 = extractvalue { i64, i1 } %21, 0
  %23 = extractvalue { i64, i1 } %21, 1
  fence acquire
  fence release
  fence acq_rel
  fence seq_cst
  %24 = zext i1 %23 to i32
  %25 = add i32 %19, %24
  ret i32 %25
}

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
