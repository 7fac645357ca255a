; The WebAssembly system interface, preview 1: the entry, and what is imported.

declare i32 @fd_write(i32, ptr, i32, ptr) #1
declare i32 @fd_fdstat_get(i32, ptr) #2
declare void @proc_exit(i32) #3
declare i32 @args_sizes_get(ptr, ptr) #4
declare i32 @args_get(ptr, ptr) #5
declare i32 @environ_sizes_get(ptr, ptr) #6
declare i32 @environ_get(ptr, ptr) #7
declare i32 @random_get(ptr, {word}) #8
declare {word} @llvm.wasm.memory.grow.{word}(i32, {word})
declare i32 @main(i32, ptr)
declare void @sys_start()

define void @_start() #0 {
  call void @sys_start()
  unreachable
}

define i32 @sys_program(i32 %count, ptr %arguments) {
  %code = call i32 @main(i32 %count, ptr %arguments)
  ret i32 %code
}

define i32 @sys_write(i32 %a, ptr %b, i32 %c, ptr %d) {
  %code = call i32 @fd_write(i32 %a, ptr %b, i32 %c, ptr %d)
  ret i32 %code
}

define i32 @sys_facts(i32 %a, ptr %b) {
  %code = call i32 @fd_fdstat_get(i32 %a, ptr %b)
  ret i32 %code
}

define i32 @sys_random(ptr %a, {word} %b) {
  %code = call i32 @random_get(ptr %a, {word} %b)
  ret i32 %code
}

define void @sys_exit(i32 %a) {
  call void @proc_exit(i32 %a)
  unreachable
}

define i32 @sys_argument_sizes(ptr %a, ptr %b) {
  %code = call i32 @args_sizes_get(ptr %a, ptr %b)
  ret i32 %code
}

define i32 @sys_arguments(ptr %a, ptr %b) {
  %code = call i32 @args_get(ptr %a, ptr %b)
  ret i32 %code
}

define i32 @sys_variable_sizes(ptr %a, ptr %b) {
  %code = call i32 @environ_sizes_get(ptr %a, ptr %b)
  ret i32 %code
}

define i32 @sys_variables(ptr %a, ptr %b) {
  %code = call i32 @environ_get(ptr %a, ptr %b)
  ret i32 %code
}

define {word} @sys_grow({word} %pages) {
  %before = call {word} @llvm.wasm.memory.grow.{word}(i32 0, {word} %pages)
  ret {word} %before
}

attributes #0 = { "wasm-export-name"="_start" }
attributes #1 = { "wasm-import-module"="wasi_snapshot_preview1" "wasm-import-name"="fd_write" }
attributes #2 = { "wasm-import-module"="wasi_snapshot_preview1" "wasm-import-name"="fd_fdstat_get" }
attributes #3 = { "wasm-import-module"="wasi_snapshot_preview1" "wasm-import-name"="proc_exit" }
attributes #4 = { "wasm-import-module"="wasi_snapshot_preview1" "wasm-import-name"="args_sizes_get" }
attributes #5 = { "wasm-import-module"="wasi_snapshot_preview1" "wasm-import-name"="args_get" }
attributes #6 = { "wasm-import-module"="wasi_snapshot_preview1" "wasm-import-name"="environ_sizes_get" }
attributes #7 = { "wasm-import-module"="wasi_snapshot_preview1" "wasm-import-name"="environ_get" }
attributes #8 = { "wasm-import-module"="wasi_snapshot_preview1" "wasm-import-name"="random_get" }
