; Random numbers of Windows; a program without them has no need of advapi32. The function is `RtlGenRandom` by its other name.

declare dllimport x86_stdcallcc i8 @SystemFunction036(ptr, i32)

define i32 @getentropy(ptr %to, {word} %count) nounwind {
  %at = alloca {word}
  store {word} %count, ptr %at
  %part = load i32, ptr %at
  %done = call x86_stdcallcc i8 @SystemFunction036(ptr %to, i32 %part)
  %failed = icmp eq i8 %done, 0
  %code = sext i1 %failed to i32
  ret i32 %code
}
