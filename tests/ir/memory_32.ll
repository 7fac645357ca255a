source_filename = ""
target datalayout = "e-m:e-p:32:32-Fi8-i64:64-v128:64:128-a:0:32-n32-S64"
target triple = "armv7-unknown-linux-gnueabihf"

define internal fastcc noundef ptr @"::f"(ptr noundef, ptr noundef, i32 noundef, i8 noundef) unnamed_addr #0 {
bb0:
  call void @llvm.memcpy.p0.p0.i32(ptr %0, ptr %1, i32 %2, i1 false)
  call void @llvm.memmove.p0.p0.i32(ptr %1, ptr %0, i32 %2, i1 false)
  call void @llvm.memset.p0.i32(ptr %0, i8 %3, i32 %2, i1 false)
  %4 = call ptr @malloc(i32 64)
  %5 = call ptr @realloc(ptr %4, i32 %2)
  call void @free(ptr %5)
  %6 = load i32, ptr %0, align 4, !tbaa !2
  %7 = add i32 %6, 1
  store i32 %7, ptr %0, align 4, !tbaa !2
  %8 = load i32, ptr %0, align 4, !tbaa !2
  %9 = sub i32 %8, 1
  store i32 %9, ptr %0, align 4, !tbaa !2
  %10 = icmp eq i32 %8, 1
  %11 = load i32, ptr %1, align 4, !tbaa !2
  %12 = icmp eq i32 %11, 1
  %13 = and i1 %10, %12
  br i1 %13, label %bb1, label %bb2
bb1:
  call void @free(ptr %0)
  ret ptr %1
bb2:
  ret ptr %0
}

declare noalias noundef ptr @malloc(i32 noundef) #1
declare noalias noundef ptr @realloc(ptr allocptr noundef, i32 noundef) #2
declare void @free(ptr allocptr noundef) #3
declare void @llvm.memcpy.p0.p0.i32(ptr, ptr, i32, i1)
declare void @llvm.memmove.p0.p0.i32(ptr, ptr, i32, i1)
declare void @llvm.memset.p0.i32(ptr, i8, i32, i1)

attributes #0 = { nounwind "target-cpu"="generic" "target-features"="+armv7-a,+dsp,+vfp3d16" }
attributes #1 = { nounwind willreturn allockind("alloc,uninitialized") allocsize(0) memory(inaccessiblemem: readwrite) "alloc-family"="malloc" }
attributes #2 = { nounwind willreturn allockind("realloc") allocsize(1) memory(argmem: readwrite, inaccessiblemem: readwrite) "alloc-family"="malloc" }
attributes #3 = { nounwind willreturn allockind("free") memory(argmem: readwrite, inaccessiblemem: readwrite) "alloc-family"="malloc" }

!llvm.module.flags = !{!3, !4}
!0 = !{!"simple"}
!1 = !{!"header", !0}
!2 = !{!1, !1, i64 0}
!3 = !{i32 8, !"PIC Level", i32 2}
!4 = !{i32 7, !"PIE Level", i32 2}
