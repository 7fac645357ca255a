; WebAssembly in a host of its own, which gives `write` and `exit`: the entry, and what is imported.

declare {word} @host_write(i32, ptr, {word}) #1
declare void @host_exit(i32) #2
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

define {word} @sys_write(i32 %a, ptr %b, {word} %c) {
  %code = call {word} @host_write(i32 %a, ptr %b, {word} %c)
  ret {word} %code
}

define void @sys_exit(i32 %a) {
  call void @host_exit(i32 %a)
  unreachable
}

define {word} @sys_grow({word} %pages) {
  %before = call {word} @llvm.wasm.memory.grow.{word}(i32 0, {word} %pages)
  ret {word} %before
}

attributes #0 = { "wasm-export-name"="_start" }
attributes #1 = { "wasm-import-module"="env" "wasm-import-name"="write" }
attributes #2 = { "wasm-import-module"="env" "wasm-import-name"="exit" }
