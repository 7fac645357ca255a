source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

%Option = type { i32, i64 }

@"::none" = internal global %Option zeroinitializer, align 8

define internal fastcc { i32, i64 } @"::wrap"(i64 noundef, i1 noundef) unnamed_addr #0 {
bb0:
  br i1 %1, label %bb1, label %bb2
bb1:
  br label %bb3
bb2:
  br label %bb3
bb3:
  %2 = phi i32 [ 1, %bb1 ], [ 0, %bb2 ]
  %3 = phi i64 [ %0, %bb1 ], [ 0, %bb2 ]
  %4 = insertvalue { i32, i64 } poison, i32 %2, 0
  %5 = insertvalue { i32, i64 } %4, i64 %3, 1
  ret { i32, i64 } %5
}

define internal fastcc noundef i64 @"::unwrap"(i32, i64, i64 noundef) unnamed_addr #0 {
bb0:
  %3 = icmp eq i32 %0, 1
  br i1 %3, label %bb1, label %bb2
bb1:
  ret i64 %1
bb2:
  ret i64 %2
}

define internal fastcc noundef ptr @"::memory"(ptr noundef, i32) unnamed_addr #0 {
bb0:
  %2 = load i32, ptr %0, align 4
  %3 = getelementptr inbounds i8, ptr %0, i64 8
  %4 = load i64, ptr %3, align 8
  store i32 %2, ptr %0, align 4
  %5 = getelementptr inbounds i8, ptr %0, i64 8
  store i64 %4, ptr %5, align 8
  %6 = getelementptr inbounds i8, ptr %0, i64 8
  store i32 %1, ptr %6, align 4
  store i32 1, ptr %0, align 4
  store i32 1, ptr %0, align 4
  %7 = getelementptr inbounds i8, ptr %0, i64 8
  store ptr null, ptr %7, align 8
  %8 = getelementptr inbounds i8, ptr %0, i64 16
  store ptr %0, ptr %8, align 8
  ret ptr %0
}

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
