source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

%Mixed = type { i32, i16, i64 }
%Nested = type { i32, [4 x i8], i32, i16, i64, i8 }

define internal fastcc { i32, i16, i64 } @"::make"(double noundef, i8 noundef, i8 noundef, i32 noundef, float noundef, i1 noundef) unnamed_addr #0 {
bb0:
  %6 = alloca %Mixed, align 8
  %7 = bitcast double %0 to i64
  store i32 0, ptr %6, align 4
  %8 = getelementptr inbounds i8, ptr %6, i64 4
  store i16 0, ptr %8, align 2
  %9 = getelementptr inbounds i8, ptr %6, i64 8
  store i64 %7, ptr %9, align 8
  %10 = zext i8 %1 to i16
  %11 = zext i8 %2 to i16
  %12 = shl i16 %11, 8
  %13 = or i16 %10, %12
  %14 = zext i32 %3 to i64
  store i32 1, ptr %6, align 4
  %15 = getelementptr inbounds i8, ptr %6, i64 4
  store i16 %13, ptr %15, align 2
  %16 = getelementptr inbounds i8, ptr %6, i64 8
  store i64 %14, ptr %16, align 8
  %17 = ptrtoint ptr %6 to i64
  store i32 2, ptr %6, align 4
  %18 = getelementptr inbounds i8, ptr %6, i64 4
  store i16 0, ptr %18, align 2
  %19 = getelementptr inbounds i8, ptr %6, i64 8
  store i64 %17, ptr %19, align 8
  %20 = zext i1 %5 to i8
  %21 = zext i8 %20 to i16
  %22 = bitcast float %4 to i32
  %23 = zext i32 %22 to i64
  %24 = insertvalue { i32, i16, i64 } poison, i32 3, 0
  %25 = insertvalue { i32, i16, i64 } %24, i16 %21, 1
  %26 = insertvalue { i32, i16, i64 } %25, i64 %23, 2
  ret { i32, i16, i64 } %26
}

define internal fastcc noundef double @"::read"(i32, i16, i64) unnamed_addr #0 {
bb0:
  %3 = bitcast i64 %2 to double
  %4 = lshr i16 %1, 8
  %5 = trunc i16 %4 to i8
  %6 = trunc i64 %2 to i32
  %7 = inttoptr i64 %2 to ptr
  %8 = trunc i16 %1 to i8
  %9 = trunc i8 %8 to i1
  %10 = trunc i64 %2 to i32
  %11 = bitcast i32 %10 to float
  store i8 %5, ptr %7, align 1
  store i32 %6, ptr %7, align 4
  %12 = zext i1 %9 to i8
  store i8 %12, ptr %7, align 1
  store float %11, ptr %7, align 4
  ret double %3
}

define internal fastcc { i32, i32, i16, i64, i8 } @"::nested"(i32, i16, i64, i8, i64) unnamed_addr #0 {
bb0:
  %5 = alloca %Nested, align 8
  %6 = zext i8 %3 to i32
  %7 = trunc i32 %6 to i8
  store i32 2, ptr %5, align 4
  %8 = getelementptr inbounds i8, ptr %5, i64 8
  store i32 %6, ptr %8, align 4
  %9 = getelementptr inbounds i8, ptr %5, i64 12
  store i16 0, ptr %9, align 2
  %10 = getelementptr inbounds i8, ptr %5, i64 16
  store i64 %4, ptr %10, align 8
  %11 = getelementptr inbounds i8, ptr %5, i64 24
  store i8 1, ptr %11, align 1
  store i64 %4, ptr %5, align 8
  store i32 %0, ptr %5, align 4
  %12 = getelementptr inbounds i8, ptr %5, i64 4
  store i16 %1, ptr %12, align 2
  %13 = getelementptr inbounds i8, ptr %5, i64 8
  store i64 %2, ptr %13, align 8
  %14 = insertvalue { i32, i32, i16, i64, i8 } poison, i32 1, 0
  %15 = insertvalue { i32, i32, i16, i64, i8 } %14, i32 %0, 1
  %16 = insertvalue { i32, i32, i16, i64, i8 } %15, i16 %1, 2
  %17 = insertvalue { i32, i32, i16, i64, i8 } %16, i64 %2, 3
  %18 = insertvalue { i32, i32, i16, i64, i8 } %17, i8 0, 4
  ret { i32, i32, i16, i64, i8 } %18
}

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
