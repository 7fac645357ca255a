source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

%Mixed = type { i32, i16, i64 }
%Flags = type { i8, i32, i8 }

@"::flag" = internal global i8 1, align 1

define internal fastcc noundef i1 @"::f"(ptr noundef, i1 noundef) unnamed_addr #0 {
bb0:
  %2 = alloca %Flags, align 4
  %3 = load i8, ptr %0, align 1, !range !0
  %4 = trunc nuw i8 %3 to i1
  %5 = zext i1 %1 to i8
  store i8 %5, ptr %0, align 1, !tbaa !3
  store i8 1, ptr %0, align 1
  %6 = load i8, ptr %0, align 1, !range !0
  %7 = trunc nuw i8 %6 to i1
  %8 = getelementptr inbounds nuw i8, ptr %0, i64 4
  %9 = load i32, ptr %8, align 4
  %10 = getelementptr inbounds nuw i8, ptr %0, i64 8
  %11 = load i8, ptr %10, align 1, !range !0
  %12 = trunc nuw i8 %11 to i1
  %13 = zext i1 %7 to i8
  store i8 %13, ptr %2, align 1
  %14 = getelementptr inbounds nuw i8, ptr %2, i64 4
  store i32 %9, ptr %14, align 4
  %15 = getelementptr inbounds nuw i8, ptr %2, i64 8
  %16 = zext i1 %12 to i8
  store i8 %16, ptr %15, align 1
  %17 = and i1 %4, %12
  %18 = zext i1 %17 to i8
  store i8 %18, ptr %0, align 1
  %19 = getelementptr inbounds nuw i8, ptr %0, i64 4
  store i32 %9, ptr %19, align 4
  %20 = getelementptr inbounds nuw i8, ptr %0, i64 8
  %21 = zext i1 %12 to i8
  store i8 %21, ptr %20, align 1
  %22 = load volatile i8, ptr %0, align 1
  %23 = trunc nuw i8 %22 to i1
  %24 = zext i1 %23 to i8
  store volatile i8 %24, ptr %0, align 1
  ret i1 %17
}

define internal fastcc { i32, i16, i64 } @"::make"(double noundef, i8 noundef, i8 noundef, i32 noundef, float noundef, i1 noundef) unnamed_addr #0 {
bb0:
  %6 = alloca %Mixed, align 8
  %7 = bitcast double %0 to i64
  store i32 0, ptr %6, align 4
  %8 = getelementptr inbounds nuw i8, ptr %6, i64 4
  store i16 0, ptr %8, align 2
  %9 = getelementptr inbounds nuw i8, ptr %6, i64 8
  store i64 %7, ptr %9, align 8
  %10 = zext i8 %1 to i16
  %11 = zext i8 %2 to i16
  %12 = shl i16 %11, 8
  %13 = or disjoint i16 %10, %12
  %14 = zext i32 %3 to i64
  store i32 1, ptr %6, align 4
  %15 = getelementptr inbounds nuw i8, ptr %6, i64 4
  store i16 %13, ptr %15, align 2
  %16 = getelementptr inbounds nuw i8, ptr %6, i64 8
  store i64 %14, ptr %16, align 8
  %17 = ptrtoint ptr %6 to i64
  store i32 2, ptr %6, align 4
  %18 = getelementptr inbounds nuw i8, ptr %6, i64 4
  store i16 0, ptr %18, align 2
  %19 = getelementptr inbounds nuw i8, ptr %6, i64 8
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

define internal fastcc void @"::big"(ptr noundef align 8 dereferenceable(160) writable, ptr noundef readonly captures(none) align 8 dereferenceable(160)) unnamed_addr #0 {
bb0:
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %0, ptr align 8 %1, i64 160, i1 false)
  ret void
}

declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!4, !5}
!0 = !{i8 0, i8 2}
!1 = !{!"simple"}
!2 = !{!"element", !1}
!3 = !{!2, !2, i64 0}
!4 = !{i32 8, !"PIC Level", i32 2}
!5 = !{i32 7, !"PIE Level", i32 2}
