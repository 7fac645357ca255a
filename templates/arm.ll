; Names that the run-time ABI of 32-bit Arm gives to routines of its own: arguments and results are in core registers,
; whatever the program's own convention.

declare i64 @__udivmoddi4(i64, i64, ptr)
declare i64 @__divmoddi4(i64, i64, ptr)
declare i64 @__fixdfdi(double)
declare i64 @__fixunsdfdi(double)
declare double @__floatdidf(i64)
declare double @__floatundidf(i64)
declare i64 @__fixsfdi(float)
declare i64 @__fixunssfdi(float)
declare float @__floatdisf(i64)
declare float @__floatundisf(i64)

define arm_aapcscc { i64, i64 } @__aeabi_uldivmod(i64 %a, i64 %b) nounwind {
  %place = alloca i64
  %quotient = call i64 @__udivmoddi4(i64 %a, i64 %b, ptr %place)
  %rest = load i64, ptr %place
  %one = insertvalue { i64, i64 } poison, i64 %quotient, 0
  %both = insertvalue { i64, i64 } %one, i64 %rest, 1
  ret { i64, i64 } %both
}

define arm_aapcscc { i64, i64 } @__aeabi_ldivmod(i64 %a, i64 %b) nounwind {
  %place = alloca i64
  %quotient = call i64 @__divmoddi4(i64 %a, i64 %b, ptr %place)
  %rest = load i64, ptr %place
  %one = insertvalue { i64, i64 } poison, i64 %quotient, 0
  %both = insertvalue { i64, i64 } %one, i64 %rest, 1
  ret { i64, i64 } %both
}

define arm_aapcscc { i32, i32 } @__aeabi_uidivmod(i32 %a, i32 %b) nounwind {
  %wide.a = zext i32 %a to i64
  %wide.b = zext i32 %b to i64
  %place = alloca i64
  %quotient = call i64 @__udivmoddi4(i64 %wide.a, i64 %wide.b, ptr %place)
  %rest = load i64, ptr %place
  %low.quotient = trunc i64 %quotient to i32
  %low.rest = trunc i64 %rest to i32
  %one = insertvalue { i32, i32 } poison, i32 %low.quotient, 0
  %both = insertvalue { i32, i32 } %one, i32 %low.rest, 1
  ret { i32, i32 } %both
}

define arm_aapcscc { i32, i32 } @__aeabi_idivmod(i32 %a, i32 %b) nounwind {
  %wide.a = sext i32 %a to i64
  %wide.b = sext i32 %b to i64
  %place = alloca i64
  %quotient = call i64 @__divmoddi4(i64 %wide.a, i64 %wide.b, ptr %place)
  %rest = load i64, ptr %place
  %low.quotient = trunc i64 %quotient to i32
  %low.rest = trunc i64 %rest to i32
  %one = insertvalue { i32, i32 } poison, i32 %low.quotient, 0
  %both = insertvalue { i32, i32 } %one, i32 %low.rest, 1
  ret { i32, i32 } %both
}

define arm_aapcscc i32 @__aeabi_uidiv(i32 %a, i32 %b) nounwind {
  %both = call arm_aapcscc { i32, i32 } @__aeabi_uidivmod(i32 %a, i32 %b)
  %quotient = extractvalue { i32, i32 } %both, 0
  ret i32 %quotient
}

define arm_aapcscc i32 @__aeabi_idiv(i32 %a, i32 %b) nounwind {
  %both = call arm_aapcscc { i32, i32 } @__aeabi_idivmod(i32 %a, i32 %b)
  %quotient = extractvalue { i32, i32 } %both, 0
  ret i32 %quotient
}

define arm_aapcscc i64 @__aeabi_d2lz(double %x) nounwind {
  %y = call i64 @__fixdfdi(double %x)
  ret i64 %y
}

define arm_aapcscc i64 @__aeabi_d2ulz(double %x) nounwind {
  %y = call i64 @__fixunsdfdi(double %x)
  ret i64 %y
}

define arm_aapcscc i64 @__aeabi_f2lz(float %x) nounwind {
  %y = call i64 @__fixsfdi(float %x)
  ret i64 %y
}

define arm_aapcscc i64 @__aeabi_f2ulz(float %x) nounwind {
  %y = call i64 @__fixunssfdi(float %x)
  ret i64 %y
}

define arm_aapcscc double @__aeabi_l2d(i64 %x) nounwind {
  %y = call double @__floatdidf(i64 %x)
  ret double %y
}

define arm_aapcscc double @__aeabi_ul2d(i64 %x) nounwind {
  %y = call double @__floatundidf(i64 %x)
  ret double %y
}

define arm_aapcscc float @__aeabi_l2f(i64 %x) nounwind {
  %y = call float @__floatdisf(i64 %x)
  ret float %y
}

define arm_aapcscc float @__aeabi_ul2f(i64 %x) nounwind {
  %y = call float @__floatundisf(i64 %x)
  ret float %y
}
