; The start of a Linux program whose C library is shared: that calls `main`, and what runs before it. The stack is as the system
; enters a program with it; the second parameter is what the loader has to do at the end.

@__init_array_start = external hidden global [0 x ptr]
@__init_array_end = external hidden global [0 x ptr]

declare i32 @main(i32, ptr)
declare i32 @__libc_start_main(ptr, i32, ptr, ptr, ptr, ptr, ptr)

define void @sys_start(ptr %stack, ptr %finish) noreturn nounwind {
  ; Its low half on 64-bit processors, which are little-endian.
  %count = load i32, ptr %stack
  %arguments = getelementptr ptr, ptr %stack, i32 1
  %code = call i32 @__libc_start_main(ptr @main, i32 %count, ptr %arguments, ptr @prepare, ptr null, ptr %finish, ptr %stack)
  unreachable
}

; What runs before `main`. New C libraries would do it themselves; old ones leave it to the program.
define internal void @prepare(i32 %count, ptr %arguments, ptr %variables) nounwind {
  br label %next
next:
  %at = phi ptr [ @__init_array_start, %0 ], [ %behind, %call ]
  %is.end = icmp eq ptr %at, @__init_array_end
  br i1 %is.end, label %end, label %call
call:
  %function = load ptr, ptr %at
  call void %function(i32 %count, ptr %arguments, ptr %variables)
  %behind = getelementptr ptr, ptr %at, i32 1
  br label %next
end:
  ret void
}
