source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

%Node = type { ptr, i8, double }

@"::table" = internal global [4 x %Node] zeroinitializer, align 8

define internal fastcc noundef ptr @"::f"(ptr noundef, i32 noundef, i8 noundef, i64 noundef, i64 noundef) unnamed_addr #0 {
bb0:
  %5 = alloca %Node, align 8
  %6 = getelementptr inbounds i8, ptr %5, i64 16
  store ptr %5, ptr %6, align 8
  %7 = sext i32 %1 to i64
  %8 = getelementptr inbounds %Node, ptr @"::table", i64 %7
  %9 = zext i8 %2 to i64
  %10 = getelementptr inbounds [3 x i64], ptr %8, i64 %9
  %11 = getelementptr inbounds i16, ptr %10, i64 %3
  %12 = getelementptr inbounds { i64, i8 }, ptr %11, i64 -5
  %13 = getelementptr inbounds i8, ptr %12, i64 %4
  %14 = getelementptr inbounds i8, ptr %13, i64 200
  %15 = getelementptr inbounds i8, ptr %14, i64 6
  %16 = getelementptr inbounds i8, ptr %15, i64 8
  %17 = add i64 24, 8
  %18 = add i64 %17, 16
  %19 = getelementptr inbounds i8, ptr %16, i64 %18
  ret ptr %19
}

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
