source_filename = ""
target datalayout = "e-m:e-p:32:32-p10:8:8-p20:8:8-i64:64-n32:64-S128-ni:1:10:20"
target triple = "wasm32-unknown-wasi"

@"::own" = internal global i64 5, align 8
@shared = dso_local global i32 0, align 4
@loose = weak dso_local global i32 1, align 4
@"::plain" = internal global i64 6, align 8
@theirs = external global i32, align 4

define dso_local noundef i32 @read() #0 {
bb0:
  %x.0 = load i64, ptr @"::own", align 8, !tbaa !2
  %n.1 = trunc i64 %x.0 to i32
  store i32 %n.1, ptr @shared, align 4
  %m.2 = load i32, ptr @theirs, align 4
  ret i32 %m.2
}

attributes #0 = { nounwind "target-cpu"="mvp" "target-features"="+bulk-memory,+mutable-globals,+nontrapping-fptoint,+sign-ext" }

!llvm.module.flags = !{!3, !4}
!0 = !{!"simple"}
!1 = !{!"global", !0}
!2 = !{!1, !1, i64 0}
!3 = !{i32 8, !"PIC Level", i32 2}
!4 = !{i32 7, !"PIE Level", i32 2}
