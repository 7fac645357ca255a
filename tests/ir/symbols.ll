source_filename = "dir/a \22module\22.spl"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

%"Pair<i64, [u8; 2]>" = type { i64, [2 x i8] }

@"::str.\0A" = internal unnamed_addr constant [2 x i8] c"x\00", align 1

define internal fastcc noundef i32 @"::max<i64>"(ptr noundef, i64 noundef) unnamed_addr #0 {
bb0:
  %2 = load i64, ptr %0, align 8
  %3 = getelementptr inbounds i8, ptr %0, i64 8
  %4 = load i8, ptr %3, align 1
  %5 = getelementptr inbounds i8, ptr %0, i64 9
  %6 = load i8, ptr %5, align 1
  %7 = getelementptr inbounds %"Pair<i64, [u8; 2]>", ptr %0, i64 %1
  %8 = call i32 @"odd name"()
  ret i32 %8
}

declare noundef i32 @"odd name"() #1

attributes #0 = { nounwind "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" }
attributes #1 = { nounwind }

!llvm.module.flags = !{!0, !1}
!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"PIE Level", i32 2}
