source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef i64 @"::f"(ptr noundef, ptr noundef) unnamed_addr #0 {
bb0:
  %2 = load i8, ptr %0, align 1
  %3 = load i16, ptr %0, align 2, !tbaa !2
  %4 = load float, ptr %0, align 4, !tbaa !4
  %5 = load double, ptr %1, align 8, !tbaa !6
  %6 = load ptr, ptr %1, align 8
  %7 = load i64, ptr %1, align 8, !tbaa !6
  store i8 %2, ptr %1, align 1
  store i16 %3, ptr %1, align 2, !tbaa !2
  store float %4, ptr %1, align 4, !tbaa !4
  store double %5, ptr %0, align 8, !tbaa !6
  store ptr %6, ptr %0, align 8
  store i64 %7, ptr %0, align 8, !tbaa !6
  store i64 42, ptr %6, align 8
  %8 = load i64, ptr %6, align 8
  ret i64 %8
}

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!7, !8}
!0 = !{!"simple"}
!1 = !{!"element", !0}
!2 = !{!1, !1, i64 0}
!3 = !{!"global", !0}
!4 = !{!3, !3, i64 0}
!5 = !{!"header", !0}
!6 = !{!5, !5, i64 0}
!7 = !{i32 8, !"PIC Level", i32 2}
!8 = !{i32 7, !"PIE Level", i32 2}
