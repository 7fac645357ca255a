source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef ptr @"::f"(ptr noundef, ptr noundef, i64 noundef, i8 noundef) unnamed_addr #0 {
bb0:
  call void @llvm.memcpy.p0.p0.i64(ptr %0, ptr %1, i64 %2, i1 false)
  call void @llvm.memmove.p0.p0.i64(ptr %1, ptr %0, i64 %2, i1 false)
  call void @llvm.memset.p0.i64(ptr %0, i8 %3, i64 %2, i1 false)
  %4 = call ptr @malloc(i64 64)
  %5 = call ptr @realloc(ptr %4, i64 %2)
  call void @free(ptr %5)
  %6 = call ptr @calloc(i64 1, i64 %2)
  call void @free(ptr %6)
  %7 = load i64, ptr %0, align 8, !tbaa !2
  %8 = add i64 %7, 1
  store i64 %8, ptr %0, align 8, !tbaa !2
  %9 = load i64, ptr %0, align 8, !tbaa !2
  %10 = sub i64 %9, 1
  store i64 %10, ptr %0, align 8, !tbaa !2
  %11 = icmp eq i64 %9, 1
  %12 = load i64, ptr %1, align 8, !tbaa !2
  %13 = icmp eq i64 %12, 1
  %14 = and i1 %11, %13
  br i1 %14, label %bb1, label %bb2
bb1:
  call void @free(ptr %0)
  ret ptr %1
bb2:
  ret ptr %0
}

declare noalias noundef ptr @malloc(i64 noundef) #1
declare noalias noundef ptr @calloc(i64 noundef, i64 noundef) #2
declare noalias noundef ptr @realloc(ptr allocptr noundef, i64 noundef) #3
declare void @free(ptr allocptr noundef) #4
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }
attributes #1 = { nounwind willreturn allockind("alloc,uninitialized") allocsize(0) memory(inaccessiblemem: readwrite) "alloc-family"="malloc" }
attributes #2 = { nounwind willreturn allockind("alloc,zeroed") allocsize(0,1) memory(inaccessiblemem: readwrite) "alloc-family"="malloc" }
attributes #3 = { nounwind willreturn allockind("realloc") allocsize(1) memory(argmem: readwrite, inaccessiblemem: readwrite) "alloc-family"="malloc" }
attributes #4 = { nounwind willreturn allockind("free") memory(argmem: readwrite, inaccessiblemem: readwrite) "alloc-family"="malloc" }

!llvm.module.flags = !{!3, !4}
!0 = !{!"simple"}
!1 = !{!"header", !0}
!2 = !{!1, !1, i64 0}
!3 = !{i32 8, !"PIC Level", i32 2}
!4 = !{i32 7, !"PIE Level", i32 2}
