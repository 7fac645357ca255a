; Thread-local variables of Windows: code takes those of its thread from a table of the system's, by this number, which the
; system gives a program that has the directory below. The linker puts the first values of all variables between start and end.

@_tls_index = global i32 0

@start = internal global i8 0, section ".tls"
@end = internal global i8 0, section ".tls$ZZZ"

; First values from, to; where the number goes; functions to be called; bytes of zeros behind; alignment, which the linker knows.
@_tls_used = constant { ptr, ptr, ptr, ptr, i32, i32 } { ptr @start, ptr @end, ptr @_tls_index, ptr null, i32 0, i32 0 }
