; What runs before `main` and behind it: the functions whose addresses linkers gather. Those behind it run the last first.

@__init_array_start = extern_weak hidden global [0 x ptr]
@__init_array_end = extern_weak hidden global [0 x ptr]
@__fini_array_start = extern_weak hidden global [0 x ptr]
@__fini_array_end = extern_weak hidden global [0 x ptr]

define void @sys_prepare(i32 %count, ptr %arguments, ptr %variables) nounwind optsize {
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

define void @sys_finish() nounwind optsize {
  br label %next
next:
  %at = phi ptr [ @__fini_array_end, %0 ], [ %place, %call ]
  %is.end = icmp eq ptr %at, @__fini_array_start
  br i1 %is.end, label %end, label %call
call:
  %place = getelementptr ptr, ptr %at, i32 -1
  %function = load ptr, ptr %place
  call void %function()
  br label %next
end:
  ret void
}
