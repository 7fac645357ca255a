source_filename = ""
target datalayout = "e-m:e-p:32:32-p10:8:8-p20:8:8-i64:64-n32:64-S128-ni:1:10:20"
target triple = "wasm32-unknown-wasi"

define internal fastcc noundef i64 @"::loop"(i64 noundef, i64 noundef) unnamed_addr #0 {
bb0:
  %2 = icmp eq i64 %0, 0
  br i1 %2, label %bb1, label %bb2
bb1:
  ret i64 %1
bb2:
  %3 = sub i64 %0, 1
  %4 = add i64 %1, %0
  %5 = tail call fastcc i64 @"::loop"(i64 %3, i64 %4)
  ret i64 %5
}

define internal fastcc noundef i64 @"::other"(i64 noundef) unnamed_addr #0 {
bb0:
  %1 = tail call fastcc i64 @away(i64 %0, i64 %0)
  ret i64 %1
}

define internal fastcc void @"::none"(i64 noundef) unnamed_addr #0 {
bb0:
  tail call fastcc void @"::none"(i64 %0)
  ret void
}

define internal fastcc { i64, i1 } @"::pair"(i64, i1) unnamed_addr #0 {
bb0:
  %2 = tail call fastcc { i64, i1 } @"::pair"(i64 %0, i1 %1)
  ret { i64, i1 } %2
}

declare dso_local fastcc noundef i64 @away(i64 noundef, i64 noundef) #1

attributes #0 = { nounwind "target-cpu"="mvp" "target-features"="+bulk-memory,+mutable-globals,+nontrapping-fptoint,+sign-ext" }
attributes #1 = { nounwind }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
