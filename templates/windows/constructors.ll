; What runs before a program or a library and behind it: functions whose addresses the linker gathers between -1 and a null. Of
; those before, the first is behind the others.

@__CTOR_LIST__ = external global [0 x ptr]
@__DTOR_LIST__ = external global [0 x ptr]

define void @sys_prepare() nounwind optsize {
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

define void @sys_finish() nounwind optsize {
  br label %next
next:
  %last = phi {word} [ 0, %0 ], [ %at, %call ]
  %at = add {word} %last, 1
  %place = getelementptr ptr, ptr @__DTOR_LIST__, {word} %at
  %function = load ptr, ptr %place
  %is.end = icmp eq ptr %function, null
  br i1 %is.end, label %end, label %call
call:
  call void %function()
  br label %next
end:
  ret void
}

; LLVM begins every `main` with a call of it.
define void @__main() nounwind optsize {
  ret void
}
