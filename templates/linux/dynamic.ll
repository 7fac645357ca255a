; The start of a Linux program whose C library is shared: that calls `main`, and what runs before it. The stack is as the system
; enters a program with it; the second parameter is what the loader has to do at the end.

; New C libraries would call it themselves; old ones leave it to the program.
declare void @sys_prepare(i32, ptr, ptr)
declare i32 @main(i32, ptr)
declare i32 @__libc_start_main(ptr, i32, ptr, ptr, ptr, ptr, ptr)

define void @sys_start(ptr %stack, ptr %finish) noreturn nounwind optsize {
  ; Its low half on 64-bit processors, which are little-endian.
  %count = load i32, ptr %stack
  %arguments = getelementptr ptr, ptr %stack, i32 1
  %code = call i32 @__libc_start_main(ptr @main, i32 %count, ptr %arguments, ptr @sys_prepare, ptr null, ptr %finish, ptr %stack)
  unreachable
}
