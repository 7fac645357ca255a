; A shared library of Windows: what the system calls when a process loads it and lets go of it, which it does at the end of the
; process as well, and for each thread between.

declare void @sys_prepare()
declare void @sys_finish()

define x86_stdcallcc i32 @DllMainCRTStartup(ptr %library, i32 %reason, ptr %reserved) nounwind optsize {
  switch i32 %reason, label %done [
    i32 1, label %load
    i32 0, label %unload
  ]
load:
  call void @sys_prepare()
  br label %done
unload:
  call void @sys_finish()
  br label %done
done:
  ret i32 1
}
