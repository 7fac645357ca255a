; Where the linker script says that the parts of memory are.

@data_load = external global i8
@data_start = external global i8
@data_end = external global i8
@bss_start = external global i8
@bss_end = external global i8
@heap_start = external global i8
@heap_end = external global i8

declare i32 @main(i32, ptr)

define ptr @sys_data_load() nounwind optsize {
  ret ptr @data_load
}

define ptr @sys_data_start() nounwind optsize {
  ret ptr @data_start
}

define ptr @sys_data_end() nounwind optsize {
  ret ptr @data_end
}

define ptr @sys_bss_start() nounwind optsize {
  ret ptr @bss_start
}

define ptr @sys_bss_end() nounwind optsize {
  ret ptr @bss_end
}

define ptr @sys_heap_start() nounwind optsize {
  ret ptr @heap_start
}

define ptr @sys_heap_end() nounwind optsize {
  ret ptr @heap_end
}

define i32 @sys_program(i32 %count, ptr %arguments) nounwind optsize {
  %code = call i32 @main(i32 %count, ptr %arguments)
  ret i32 %code
}
