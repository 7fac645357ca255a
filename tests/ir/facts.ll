source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef i64 @"::f"(ptr noundef noalias readonly nonnull align 8 dereferenceable(16), ptr noundef nonnull, i64 noundef) unnamed_addr #0 {
bb0:
  %3 = getelementptr inbounds i8, ptr %0, i64 8
  %4 = load i64, ptr %3, align 8
  call void @take(ptr %1)
  ret i64 %4
}

define internal fastcc void @"::always"() unnamed_addr #1 {
bb0:
  ret void
}

declare void @take(ptr noundef noalias readonly nonnull align 1 dereferenceable(1)) #2

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }
attributes #1 = { nounwind alwaysinline "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }
attributes #2 = { nounwind }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
