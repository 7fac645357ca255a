source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

%Big = type { i32, [20 x i64] }
%Maybe = type { [22 x i64] }

define internal fastcc void @"::make"(ptr noundef align 8 dereferenceable(168), i64 noundef, i1 noundef) unnamed_addr #0 {
bb0:
  %3 = alloca [20 x i64], align 8
  %4 = alloca [20 x i64], align 8
  %5 = alloca %Big, align 8
  %6 = alloca %Big, align 8
  %7 = alloca %Big, align 8
  call void @llvm.memset.p0.i64(ptr align 8 %3, i8 0, i64 160, i1 false)
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %4, ptr align 8 %3, i64 160, i1 false)
  %8 = getelementptr inbounds i8, ptr %4, i64 24
  store i64 %1, ptr %8, align 8
  store i32 7, ptr %5, align 4
  %9 = getelementptr inbounds i8, ptr %5, i64 8
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %9, ptr align 8 %4, i64 160, i1 false)
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %6, ptr align 8 %5, i64 168, i1 false)
  %10 = select i1 %2, ptr %5, ptr %6
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %7, ptr align 8 %10, i64 168, i1 false)
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %0, ptr align 8 %7, i64 168, i1 false)
  ret void
}

define internal fastcc noundef i64 @"::change"(ptr noundef readonly nocapture align 8 dereferenceable(168), ptr noundef) unnamed_addr #0 {
bb0:
  %2 = alloca %Big, align 8
  %3 = alloca %Big, align 8
  %4 = alloca [20 x i64], align 8
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %2, ptr align 8 %0, i64 168, i1 false)
  store i32 9, ptr %2, align 4
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %1, ptr align 8 %2, i64 168, i1 false)
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %3, ptr align 8 %1, i64 168, i1 false)
  %5 = getelementptr inbounds i8, ptr %3, i64 8
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %4, ptr align 8 %5, i64 160, i1 false)
  %6 = getelementptr inbounds i8, ptr %4, i64 24
  %7 = load i64, ptr %6, align 8
  ret i64 %7
}

define internal fastcc noundef i64 @"::calls"(i64 noundef, ptr noundef) unnamed_addr #0 {
bb0:
  %2 = alloca %Big, align 8
  %3 = alloca %Maybe, align 8
  %4 = alloca %Maybe, align 8
  %5 = alloca %Big, align 8
  %6 = alloca %Big, align 8
  call fastcc void @"::make"(ptr %2, i64 %0, i1 true)
  call fastcc void @"::make"(ptr %6, i64 %0, i1 true)
  %7 = call fastcc i64 @"::change"(ptr %2, ptr %1)
  store i32 1, ptr %3, align 4
  %8 = getelementptr inbounds i8, ptr %3, i64 8
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %8, ptr align 8 %2, i64 168, i1 false)
  call fastcc void @"::pass"(ptr %4, ptr %3)
  %9 = load i32, ptr %4, align 4
  %10 = getelementptr inbounds i8, ptr %4, i64 8
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %5, ptr align 8 %10, i64 168, i1 false)
  %11 = load i32, ptr %5, align 4
  %12 = add i32 %9, %11
  %13 = zext i32 %12 to i64
  %14 = add i64 %7, %13
  ret i64 %14
}

define internal fastcc void @"::pass"(ptr noundef align 8 dereferenceable(176), ptr noundef readonly nocapture align 8 dereferenceable(176)) unnamed_addr #0 {
bb0:
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %0, ptr align 8 %1, i64 176, i1 false)
  ret void
}

define internal fastcc void @"::loop"(ptr noundef align 8 dereferenceable(168), ptr noundef readonly nocapture align 8 dereferenceable(168), i64 noundef) unnamed_addr #0 {
bb0:
  %3 = alloca %Big, align 8
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %3, ptr align 8 %1, i64 168, i1 false)
  br label %bb1
bb1:
  %4 = phi i64 [ %2, %bb0 ], [ %5, %bb1 ]
  store i32 1, ptr %3, align 4
  %5 = sub i64 %4, 1
  %6 = icmp sgt i64 %5, 0
  br i1 %6, label %bb1, label %bb2
bb2:
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %0, ptr align 8 %3, i64 168, i1 false)
  ret void
}

declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
