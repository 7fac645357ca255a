; Windows: the entry, and functions of kernel32 under names of our own, with C's calling convention. That of the system is the
; same on 64-bit x86.

declare dllimport x86_stdcallcc void @ExitProcess(i32)
declare dllimport x86_stdcallcc ptr @GetStdHandle(i32)
declare dllimport x86_stdcallcc i32 @WriteFile(ptr, ptr, i32, ptr, ptr)
declare dllimport x86_stdcallcc i32 @GetConsoleMode(ptr, ptr)
declare dllimport x86_stdcallcc ptr @VirtualAlloc(ptr, {word}, i32, i32)
declare dllimport x86_stdcallcc i32 @VirtualFree(ptr, {word}, i32)
declare dllimport x86_stdcallcc ptr @GetCommandLineW()
declare dllimport x86_stdcallcc ptr @GetEnvironmentStringsW()
declare dllimport x86_stdcallcc i32 @WideCharToMultiByte(i32, i32, ptr, i32, ptr, i32, ptr, ptr)
declare dllimport x86_stdcallcc ptr @AddVectoredExceptionHandler(i32, ptr)
declare dllimport x86_stdcallcc i32 @SetThreadStackGuarantee(ptr)

declare void @sys_start()
declare i32 @main(i32, ptr)
declare extern_weak void @rt_stack_overflow()

; How much is left of the stack for what is done at its end.
@spare = internal global i32 65536

define void @mainCRTStartup() nounwind {
  %is.watched = icmp ne ptr @rt_stack_overflow, null
  br i1 %is.watched, label %watch, label %start
watch:
  %reserved = call x86_stdcallcc i32 @SetThreadStackGuarantee(ptr @spare)
  %handler = call x86_stdcallcc ptr @AddVectoredExceptionHandler(i32 1, ptr @caught)
  br label %start
start:
  call void @sys_start()
  unreachable
}

; Called for every exception, before any other handler; of those but the end of the stack it says nothing.
define internal x86_stdcallcc i32 @caught(ptr %exception) nounwind {
  %record = load ptr, ptr %exception
  %code = load i32, ptr %record
  %is.overflow = icmp eq i32 %code, -1073741571
  br i1 %is.overflow, label %overflow, label %other
overflow:
  call void @rt_stack_overflow()
  unreachable
other:
  ret i32 0
}

; LLVM begins every `main` with a call of it.
define void @__main() nounwind {
  ret void
}

; What runs before `main`: functions whose addresses the linker gathers between -1 and a null, the first behind the others.
@__CTOR_LIST__ = external global [0 x ptr]

define internal void @prepare() nounwind {
  br label %count
count:
  %last = phi {word} [ 0, %0 ], [ %more, %count ]
  %more = add {word} %last, 1
  %place = getelementptr ptr, ptr @__CTOR_LIST__, {word} %more
  %function = load ptr, ptr %place
  %is.null = icmp eq ptr %function, null
  br i1 %is.null, label %next, label %count
next:
  %left = phi {word} [ %last, %count ], [ %before, %call ]
  %is.end = icmp eq {word} %left, 0
  br i1 %is.end, label %end, label %call
call:
  %place.next = getelementptr ptr, ptr @__CTOR_LIST__, {word} %left
  %function.next = load ptr, ptr %place.next
  call void %function.next()
  %before = sub {word} %left, 1
  br label %next
end:
  ret void
}

define i32 @sys_program(i32 %count, ptr %arguments) nounwind {
  call void @prepare()
  %code = call i32 @main(i32 %count, ptr %arguments)
  ret i32 %code
}

define void @sys_exit(i32 %code) nounwind {
  call x86_stdcallcc void @ExitProcess(i32 %code)
  unreachable
}

define ptr @sys_handle(i32 %which) nounwind {
  %handle = call x86_stdcallcc ptr @GetStdHandle(i32 %which)
  ret ptr %handle
}

define i32 @sys_write(ptr %handle, ptr %from, i32 %count, ptr %written) nounwind {
  %done = call x86_stdcallcc i32 @WriteFile(ptr %handle, ptr %from, i32 %count, ptr %written, ptr null)
  ret i32 %done
}

define i32 @sys_console_mode(ptr %handle, ptr %mode) nounwind {
  %known = call x86_stdcallcc i32 @GetConsoleMode(ptr %handle, ptr %mode)
  ret i32 %known
}

; Reserved and committed, to be read and written.
define ptr @sys_allocate({word} %bytes) nounwind {
  %at = call x86_stdcallcc ptr @VirtualAlloc(ptr null, {word} %bytes, i32 12288, i32 4)
  ret ptr %at
}

define i32 @sys_release(ptr %at) nounwind {
  %done = call x86_stdcallcc i32 @VirtualFree(ptr %at, {word} 0, i32 32768)
  ret i32 %done
}

define ptr @sys_command_line() nounwind {
  %line = call x86_stdcallcc ptr @GetCommandLineW()
  ret ptr %line
}

define ptr @sys_variables() nounwind {
  %block = call x86_stdcallcc ptr @GetEnvironmentStringsW()
  ret ptr %block
}

define i32 @sys_to_utf8(ptr %from, i32 %units, ptr %to, i32 %bytes) nounwind {
  %count = call x86_stdcallcc i32 @WideCharToMultiByte(i32 65001, i32 0, ptr %from, i32 %units, ptr %to, i32 %bytes, ptr null, ptr null)
  ret i32 %count
}
