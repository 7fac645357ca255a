; Square roots for processors without floats. The library in Simple has an operation of that name.

declare double @sys_sqrt(double)

define double @sqrt(double %x) nounwind {
  %root = call double @sys_sqrt(double %x)
  ret double %root
}

; A root that was rounded to twice the digits is rounded to the right ones.
define float @sqrtf(float %x) nounwind {
  %wide = fpext float %x to double
  %root = call double @sys_sqrt(double %wide)
  %narrow = fptrunc double %root to float
  ret float %narrow
}
