; Windows: the entry. Functions of kernel32 are in a table of their own.

declare void @sys_start()
declare i32 @main(i32, ptr)
declare extern_weak void @rt_stack_overflow()
declare i32 @sys_watch_stack(ptr)
declare ptr @sys_watch_exceptions(i32, ptr)

; How much is left of the stack for what is done at its end.
@spare = internal global i32 65536

define void @mainCRTStartup() nounwind optsize {
  %is.watched = icmp ne ptr @rt_stack_overflow, null
  br i1 %is.watched, label %watch, label %start
watch:
  %reserved = call i32 @sys_watch_stack(ptr @spare)
  %handler = call ptr @sys_watch_exceptions(i32 1, ptr @caught)
  br label %start
start:
  call void @sys_start()
  unreachable
}

; Called for every exception, before any other handler; of those but the end of the stack it says nothing.
define internal x86_stdcallcc i32 @caught(ptr %exception) nounwind optsize {
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

define i32 @sys_program(i32 %count, ptr %arguments) nounwind optsize {
  %code = call i32 @main(i32 %count, ptr %arguments)
  ret i32 %code
}
