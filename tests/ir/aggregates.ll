source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc { double, double, double, double, i1 } @"::make"(double noundef, double noundef) unnamed_addr #0 {
bb0:
  %2 = insertvalue { double, double, double, double, i1 } poison, double %0, 0
  %3 = insertvalue { double, double, double, double, i1 } %2, double %1, 1
  %4 = insertvalue { double, double, double, double, i1 } %3, double %1, 2
  %5 = insertvalue { double, double, double, double, i1 } %4, double %1, 3
  %6 = insertvalue { double, double, double, double, i1 } %5, i1 true, 4
  ret { double, double, double, double, i1 } %6
}

define internal fastcc noundef double @"::use"(double, double, double, double, i1, i1 noundef) unnamed_addr #0 {
bb0:
  %6 = select i1 %5, double %0, double %2
  %7 = select i1 %5, double %1, double %3
  %8 = call fastcc { double, double, double, double, i1 } @"::make"(double %6, double %6)
  %9 = extractvalue { double, double, double, double, i1 } %8, 0
  %10 = extractvalue { double, double, double, double, i1 } %8, 1
  %11 = extractvalue { double, double, double, double, i1 } %8, 2
  %12 = extractvalue { double, double, double, double, i1 } %8, 3
  %13 = extractvalue { double, double, double, double, i1 } %8, 4
  %14 = fadd double %6, %10
  ret double %14
}

define internal fastcc noundef i16 @"::arrays"(i16, i16, i16, ptr noundef) unnamed_addr #0 {
bb0:
  store i16 %0, ptr %3, align 2
  %4 = getelementptr inbounds i8, ptr %3, i64 2
  store i16 %1, ptr %4, align 2
  %5 = getelementptr inbounds i8, ptr %3, i64 4
  store i16 %1, ptr %5, align 2
  %6 = load i16, ptr %3, align 2, !tbaa !2
  %7 = getelementptr inbounds i8, ptr %3, i64 2
  %8 = load i16, ptr %7, align 2, !tbaa !2
  %9 = getelementptr inbounds i8, ptr %3, i64 4
  %10 = load i16, ptr %9, align 2, !tbaa !2
  store i16 0, ptr %3, align 2
  %11 = getelementptr inbounds i8, ptr %3, i64 2
  store i16 0, ptr %11, align 2
  %12 = getelementptr inbounds i8, ptr %3, i64 4
  store i16 0, ptr %12, align 2
  ret i16 %10
}

define internal fastcc i64 @"::single"(i64 noundef) unnamed_addr #0 {
bb0:
  %1 = call fastcc i64 @"::single"(i64 %0)
  ret i64 %1
}

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!3, !4}
!0 = !{!"simple"}
!1 = !{!"element", !0}
!2 = !{!1, !1, i64 0}
!3 = !{i32 8, !"PIC Level", i32 2}
!4 = !{i32 7, !"PIE Level", i32 2}
