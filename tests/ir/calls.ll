source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define dso_local fastcc noundef i64 @shown(i64 noundef) #0 {
bb0:
  ret i64 %0
}

define internal fastcc void @"::nothing"() unnamed_addr #0 {
bb0:
  ret void
}

define internal fastcc noundef i64 @"::f"(i64 noundef) unnamed_addr #0 {
bb0:
  call fastcc void @"::nothing"()
  %1 = call fastcc i64 @shown(i64 %0) nobuiltin
  %2 = call fastcc { i64, i64 } @other(i64 %0, i64 %1, i1 false)
  %3 = extractvalue { i64, i64 } %2, 0
  %4 = extractvalue { i64, i64 } %2, 1
  %5 = call fastcc { i64, i64 } @other(i64 %0, i64 %1, i1 false)
  %6 = icmp slt i64 %3, %4
  br i1 %6, label %bb1, label %bb2
bb1:
  ret i64 %3
bb2:
  call void @stop()
  unreachable
}

declare dso_local fastcc { i64, i64 } @other(i64 noundef, i64, i1) #1
declare void @stop() #2

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }
attributes #1 = { nounwind }
attributes #2 = { nounwind cold noreturn }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
