source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@shown = global i32 5, align 4
@environ = external global ptr, align 8

define fastcc noundef ptr @f() #0 {
bb0:
  call fastcc void @other()
  store ptr @shown, ptr @environ, align 8
  ret ptr @environ
}

declare fastcc void @other() #1

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }
attributes #1 = { nounwind }

!llvm.module.flags = !{!0}
!0 = !{i32 8, !"PIC Level", i32 2}
