source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef i64 @"::loop"(i64 noundef, i64 noundef) unnamed_addr #0 {
bb0:
  %2 = icmp eq i64 %0, 0
  br i1 %2, label %bb1, label %bb2
bb1:
  ret i64 %1
bb2:
  %3 = sub i64 %0, 1
  %4 = add i64 %1, %0
  %5 = musttail call fastcc i64 @"::loop"(i64 %3, i64 %4)
  ret i64 %5
}

define internal fastcc noundef i64 @"::other"(i64 noundef) unnamed_addr #0 {
bb0:
  %1 = tail call fastcc i64 @away(i64 %0, i64 %0)
  ret i64 %1
}

define internal fastcc void @"::none"(i64 noundef) unnamed_addr #0 {
bb0:
  musttail call fastcc void @"::none"(i64 %0)
  ret void
}

define internal fastcc { i64, i1 } @"::pair"(i64, i1) unnamed_addr #0 {
bb0:
  %2 = musttail call fastcc { i64, i1 } @"::pair"(i64 %0, i1 %1)
  ret { i64, i1 } %2
}

declare dso_local fastcc noundef i64 @away(i64 noundef, i64 noundef) #1

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }
attributes #1 = { nounwind }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
