; RISC-V without a system: what the processor enters first.
module asm ".section .text._start"
module asm ".globl _start"
module asm ".type _start,%function"
module asm "_start:"
module asm "  lla sp, stack_end"
module asm "  call sys_start"
module asm "  unimp"
