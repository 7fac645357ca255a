source_filename = ""
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

define internal fastcc noundef ptr @"::f"(i64 noundef) unnamed_addr #0 {
bb0:
  %1 = call ptr @malloc(i64 %0)
  %2 = call ptr @malloc(i64 %0)
  call void @free(ptr %1)
  call void @free(ptr %2)
  %3 = call ptr @realloc(ptr %2, i64 %0)
  ret ptr %3
}

declare noundef ptr @malloc(i64 noundef) #1
declare void @free(ptr noundef) #1
declare noalias noundef ptr @realloc(ptr allocptr noundef, i64 noundef) #2

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }
attributes #1 = { nounwind }
attributes #2 = { nounwind willreturn allockind("realloc") allocsize(1) memory(argmem: readwrite, inaccessiblemem: readwrite) "alloc-family"="malloc" }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
