source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc void @"::a"() unnamed_addr #0 {
bb0:
  ret void
}

define internal fastcc void @"::b"() unnamed_addr #1 {
bb0:
  ret void
}

define internal fastcc void @"::c"() unnamed_addr #2 {
bb0:
  ret void
}

define internal fastcc void @"::d"() unnamed_addr #3 {
bb0:
  call void @llvm.trap()
  unreachable
}

declare void @llvm.trap()

attributes #0 = { nounwind alwaysinline optsize "frame-pointer"="all" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }
attributes #1 = { nounwind noinline cold optsize "frame-pointer"="all" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }
attributes #2 = { nounwind inlinehint optsize "frame-pointer"="all" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }
attributes #3 = { nounwind cold noreturn optsize "frame-pointer"="all" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0}
!0 = !{i32 7, !"frame-pointer", i32 2}
