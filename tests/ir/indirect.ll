source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef i64 @"::twice"(ptr noundef, i64 noundef) unnamed_addr #0 {
bb0:
  %2 = call fastcc i64 %0(i64 %1)
  %3 = call fastcc i64 %0(i64 %2)
  %4 = call fastcc i64 @"::twice"(ptr %0, i64 %3)
  ret i64 %4
}

define internal fastcc noundef i1 @"::foreign"(ptr noundef, i8 noundef) unnamed_addr #0 {
bb0:
  %2 = sext i8 %1 to i32
  %3 = call zeroext i1 (i8, ...) %0(i8 signext %1, i32 %2)
  call void %0(i8 signext %1)
  ret i1 %3
}

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
