; WebAssembly: the entry. What is imported is in a table of its own.

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

define void @sys_call_end({word} %function, {word} %given) {
  %code = inttoptr {word} %function to ptr
  %pointer = inttoptr {word} %given to ptr
  call void %code(ptr %pointer)
  ret void
}

define {word} @sys_grow({word} %pages) {
  %before = call {word} @llvm.wasm.memory.grow.{word}(i32 0, {word} %pages)
  ret {word} %before
}

attributes #0 = { "wasm-export-name"="_start" }
