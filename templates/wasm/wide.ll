; The product of two numbers of 128 bits, which WebAssembly's code for products that may not fit calls: that of the lower halves
; by quarters, and what the upper halves add to its upper half.

define i128 @__multi3(i128 %a, i128 %b) nounwind "no-builtins" {
  %al = trunc i128 %a to i64
  %bl = trunc i128 %b to i64
  %a.up = lshr i128 %a, 64
  %b.up = lshr i128 %b, 64
  %ah = trunc i128 %a.up to i64
  %bh = trunc i128 %b.up to i64
  %a0 = and i64 %al, 4294967295
  %b0 = and i64 %bl, 4294967295
  %a1 = lshr i64 %al, 32
  %b1 = lshr i64 %bl, 32
  %p00 = mul i64 %a0, %b0
  %p01 = mul i64 %a0, %b1
  %p10 = mul i64 %a1, %b0
  %p11 = mul i64 %a1, %b1
  %p00.up = lshr i64 %p00, 32
  %p01.low = and i64 %p01, 4294967295
  %middle.some = add i64 %p00.up, %p01.low
  %middle = add i64 %middle.some, %p10
  %carry = icmp ult i64 %middle, %p10
  %p01.up = lshr i64 %p01, 32
  %middle.up = lshr i64 %middle, 32
  %carried = select i1 %carry, i64 4294967296, i64 0
  %high.0 = add i64 %p11, %p01.up
  %high.1 = add i64 %high.0, %middle.up
  %high.2 = add i64 %high.1, %carried
  %cross.a = mul i64 %ah, %bl
  %cross.b = mul i64 %al, %bh
  %high.3 = add i64 %high.2, %cross.a
  %high = add i64 %high.3, %cross.b
  %middle.shifted = shl i64 %middle, 32
  %p00.low = and i64 %p00, 4294967295
  %low = or i64 %middle.shifted, %p00.low
  %low.wide = zext i64 %low to i128
  %high.wide = zext i64 %high to i128
  %high.shifted = shl i128 %high.wide, 64
  %product = or i128 %high.shifted, %low.wide
  ret i128 %product
}
