source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@"::own" = internal thread_local global i64 5, align 8
@shared = thread_local global i32 0, align 4
@loose = weak thread_local global i32 1, align 4
@"::plain" = internal global i64 6, align 8
@theirs = external thread_local global i32, align 4

define noundef i32 @read() #0 {
bb0:
  %x.0 = load i64, ptr @"::own", align 8, !tbaa !2
  %n.1 = trunc i64 %x.0 to i32
  store i32 %n.1, ptr @shared, align 4
  %m.2 = load i32, ptr @theirs, align 4
  ret i32 %m.2
}

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!3}
!0 = !{!"simple"}
!1 = !{!"global", !0}
!2 = !{!1, !1, i64 0}
!3 = !{i32 8, !"PIC Level", i32 2}
