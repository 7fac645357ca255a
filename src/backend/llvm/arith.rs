//! Arithmetic, bits and comparison, without any undefined behaviour or poison.

use super::func::{FuncWriter, Value};
use super::inst::{T, Tv, V, make};
use super::intrinsics::Intrinsic;
use crate::mir::{Reg, Ty};
use crate::target::Arch;

impl FuncWriter<'_, '_> {
    /// An instruction that takes two operands of a type and gives a third.
    pub fn binary(&mut self, name: &str, a: Reg, b: Reg) -> Value {
        let ty = self.func.ty(a);
        let (a, b) = (self.get(a), self.get(b));
        make!(self; name, Tv(ty, a), ", ", V(ty, b))
    }

    /// The same with a different instruction for floats.
    pub fn arithmetic(&mut self, int: &str, float: &str, a: Reg, b: Reg) -> Value {
        self.binary(if self.func.ty(a).is_float() { float } else { int }, a, b)
    }

    /// A call of an intrinsic whose operands and result are all of one type.
    pub fn like(&mut self, intrinsic: Intrinsic, operands: &[Reg]) -> Value {
        let ty = self.func.ty(operands[0]);
        let callee = self.cx.intrinsics.overload(intrinsic, ty, Ty::UNIT);
        let mut values = [Value::Undefined; 3];
        for (value, &operand) in values.iter_mut().zip(operands) {
            *value = self.get(operand);
        }
        let result = self.begin();
        self.code.s("call ");
        self.code.s(self.cx.types.scalar(ty));
        self.code.s(" ");
        callee.name(&mut self.code);
        for (i, &value) in values[..operands.len()].iter().enumerate() {
            self.code.s(if i == 0 { "(" } else { ", " });
            self.code.s(self.cx.types.scalar(ty));
            self.code.s(" ");
            self.value(ty, value);
        }
        self.code.s(")\n");
        result
    }

    /// A call of an intrinsic with a flag that would make some operand's result poison: never set.
    pub fn flagged(&mut self, intrinsic: Intrinsic, a: Reg) -> Value {
        let ty = self.func.ty(a);
        let a = self.get(a);
        let callee = self.cx.intrinsics.overload(intrinsic, ty, Ty::UNIT);
        make!(self; "call ", T(ty), " ", callee, "(", Tv(ty, a), ", i1 false)")
    }

    pub fn neg(&mut self, a: Reg) -> Value {
        let ty = self.func.ty(a);
        let a = self.get(a);
        if ty.is_float() {
            make!(self; "fneg ", Tv(ty, a))
        } else {
            make!(self; "sub ", T(ty), " 0, ", V(ty, a))
        }
    }

    pub fn abs(&mut self, a: Reg) -> Value {
        let ty = self.func.ty(a);
        if ty.is_float() {
            self.like(Intrinsic::FAbs, &[a])
        } else if ty.is_signed() {
            self.flagged(Intrinsic::Abs, a)
        } else {
            self.get(a)
        }
    }

    pub fn min_max(&mut self, a: Reg, b: Reg, max: bool) -> Value {
        let ty = self.func.ty(a);
        if !ty.is_float() {
            return self.like(
                match (ty.is_signed(), max) {
                    (true, false) => Intrinsic::SMin,
                    (true, true) => Intrinsic::SMax,
                    (false, false) => Intrinsic::UMin,
                    (false, true) => Intrinsic::UMax,
                },
                &[a, b],
            );
        }
        // Of LLVM 17 to 19 only these code generators select `llvm.minimum`; the others stop with a fatal error.
        match self.cx.target.arch {
            Arch::X86_64 | Arch::Aarch64 | Arch::Wasm32 | Arch::Wasm64 => {
                self.like(if max { Intrinsic::Maximum } else { Intrinsic::Minimum }, &[a, b])
            }
            Arch::X86 | Arch::Arm | Arch::Riscv64 | Arch::Riscv32 | Arch::Other => {
                self.min_max_by_parts(a, b, max)
            }
        }
    }

    /// The ordered case by comparison; equal operands differ in the sign of zero at most, which `or` (for the smaller)
    /// or `and` of the bits settles; a NaN comes out of the sum.
    fn min_max_by_parts(&mut self, a: Reg, b: Reg, max: bool) -> Value {
        let ty = self.func.ty(a);
        let bits = if ty == Ty::F32 { Ty::U32 } else { Ty::U64 };
        let (a, b) = (self.get(a), self.get(b));
        let first = make!(self; if max { "fcmp ogt " } else { "fcmp olt " }, Tv(ty, a), ", ", V(ty, b));
        let ordered = make!(self; "select i1 ", V(Ty::BOOL, first), ", ", Tv(ty, a), ", ", Tv(ty, b));
        let x = make!(self; "bitcast ", Tv(ty, a), " to ", T(bits));
        let y = make!(self; "bitcast ", Tv(ty, b), " to ", T(bits));
        let both = make!(self; if max { "and " } else { "or " }, Tv(bits, x), ", ", V(bits, y));
        let zero = make!(self; "bitcast ", Tv(bits, both), " to ", T(ty));
        let equal = make!(self; "fcmp oeq ", Tv(ty, a), ", ", V(ty, b));
        let number = make!(self; "select i1 ", V(Ty::BOOL, equal), ", ", Tv(ty, zero), ", ", Tv(ty, ordered));
        let nan = make!(self; "fcmp uno ", Tv(ty, a), ", ", V(ty, b));
        let sum = make!(self; "fadd ", Tv(ty, a), ", ", V(ty, b));
        make!(self; "select i1 ", V(Ty::BOOL, nan), ", ", Tv(ty, sum), ", ", Tv(ty, number))
    }

    pub fn checked(&mut self, signed: Intrinsic, unsigned: Intrinsic, a: Reg, b: Reg) -> Value {
        let ty = self.func.ty(a);
        let (a, b) = (self.get(a), self.get(b));
        let intrinsic = if ty.is_signed() { signed } else { unsigned };
        let callee = self.cx.intrinsics.overload(intrinsic, ty, Ty::UNIT);
        let pair = make!(self; "call { ", T(ty), ", i1 } ", callee, "(", Tv(ty, a), ", ", Tv(ty, b), ")");
        self.pair(ty, pair)
    }

    /// The value `(T, bool)` out of LLVM's `{ T, i1 }`.
    pub fn pair(&mut self, ty: Ty, pair: Value) -> Value {
        let first = make!(self; "extractvalue { ", T(ty), ", i1 } ", V(ty, pair), ", 0");
        let second = make!(self; "extractvalue { ", T(ty), ", i1 } ", V(ty, pair), ", 1");
        self.leaves(&[first, second])
    }

    pub fn div(&mut self, a: Reg, b: Reg) -> Value {
        let ty = self.func.ty(a);
        if ty.is_float() {
            return self.binary("fdiv ", a, b);
        }
        let (a, b) = (self.get(a), self.get(b));
        self.nonzero(ty, b);
        if !ty.is_signed() {
            return make!(self; "udiv ", Tv(ty, a), ", ", V(ty, b));
        }
        let min = 1u64 << (self.cx.types.bits(ty) - 1);
        let divisor = match (self.constant(ty, a), self.constant(ty, b)) {
            (_, Some(-1)) => return make!(self; "sub ", T(ty), " 0, ", V(ty, a)),
            (_, Some(_)) => b,
            (Some(dividend), None)
                if dividend.cast_unsigned() << (64 - self.cx.types.bits(ty)) != 1 << 63 =>
            {
                b
            }
            // `MIN / -1` wraps to MIN, which is `MIN / 1`.
            (_, None) => {
                let at_min = make!(self; "icmp eq ", Tv(ty, a), ", ", V(ty, Value::Bits(min)));
                let by_minus_one = make!(self; "icmp eq ", Tv(ty, b), ", -1");
                let wraps = make!(self; "and i1 ", V(Ty::BOOL, at_min), ", ", V(Ty::BOOL, by_minus_one));
                make!(self; "select i1 ", V(Ty::BOOL, wraps), ", ", T(ty), " 1, ", Tv(ty, b))
            }
        };
        make!(self; "sdiv ", Tv(ty, a), ", ", V(ty, divisor))
    }

    pub fn rem(&mut self, a: Reg, b: Reg) -> Value {
        let ty = self.func.ty(a);
        if ty.is_float() {
            return self.binary("frem ", a, b);
        }
        let (a, b) = (self.get(a), self.get(b));
        self.nonzero(ty, b);
        if !ty.is_signed() {
            return make!(self; "urem ", Tv(ty, a), ", ", V(ty, b));
        }
        let divisor = match self.constant(ty, b) {
            // Every `x % -1` is 0, as is every `x % 1`, which does not overflow.
            Some(-1) => Value::Bits(1),
            Some(_) => b,
            None => {
                let minus_one = make!(self; "icmp eq ", Tv(ty, b), ", -1");
                make!(self; "select i1 ", V(Ty::BOOL, minus_one), ", ", T(ty), " 1, ", Tv(ty, b))
            }
        };
        make!(self; "srem ", Tv(ty, a), ", ", V(ty, divisor))
    }

    /// Goes on only where the divisor is not zero; traps otherwise.
    fn nonzero(&mut self, ty: Ty, divisor: Value) {
        if self.constant(ty, divisor).is_none_or(|value| value == 0) {
            let zero = make!(self; "icmp eq ", Tv(ty, divisor), ", 0");
            self.trap_if(zero);
        }
    }

    /// A literal's value, sign-extended from the width of its type.
    pub fn constant(&self, ty: Ty, value: Value) -> Option<i64> {
        let unused = 64 - self.cx.types.bits(ty);
        match value {
            Value::Bits(bits) => Some((bits << unused).cast_signed() >> unused),
            Value::Undefined
            | Value::Poison
            | Value::Local(_)
            | Value::Func(_)
            | Value::Global(_)
            | Value::Leaves(_) => None,
        }
    }

    /// A shift by a count below the width: LLVM makes poison of any other.
    pub fn shift(&mut self, name: &str, a: Reg, count: Reg) -> Value {
        let ty = self.func.ty(a);
        let mask = u64::from(self.cx.types.bits(ty)) - 1;
        let a = self.get(a);
        let count = match self.count_like(ty, count) {
            Value::Bits(bits) => Value::Bits(bits & mask),
            count @ (Value::Undefined
            | Value::Poison
            | Value::Local(_)
            | Value::Func(_)
            | Value::Global(_)
            | Value::Leaves(_)) => make!(self; "and ", Tv(ty, count), ", ", mask),
        };
        make!(self; name, Tv(ty, a), ", ", V(ty, count))
    }

    /// Funnel shifts take their count modulo the width themselves.
    pub fn rotate(&mut self, intrinsic: Intrinsic, a: Reg, count: Reg) -> Value {
        let ty = self.func.ty(a);
        let a = self.get(a);
        let count = self.count_like(ty, count);
        let callee = self.cx.intrinsics.overload(intrinsic, ty, Ty::UNIT);
        make!(self; "call ", T(ty), " ", callee, "(", Tv(ty, a), ", ", Tv(ty, a), ", ", Tv(ty, count), ")")
    }

    /// A count in the type of what is shifted. Widths are powers of two, so the low bits are the count modulo the
    /// width, and every integer type has enough of them.
    fn count_like(&mut self, ty: Ty, count: Reg) -> Value {
        let from = self.func.ty(count);
        let value = self.get(count);
        match self.constant(from, value) {
            Some(count) => Value::Bits(count.cast_unsigned() & (u64::from(self.cx.types.bits(ty)) - 1)),
            None => self.resize_value(from, value, ty),
        }
    }

    /// A comparison; its predicates are those for unsigned integers, bools and pointers, for signed integers, and
    /// for floats.
    pub fn compare(&mut self, a: Reg, b: Reg, [unsigned, signed, float]: [&str; 3]) -> Value {
        let ty = self.func.ty(a);
        let (a, b) = (self.get(a), self.get(b));
        if ty.is_float() {
            make!(self; "fcmp ", float, Tv(ty, a), ", ", V(ty, b))
        } else {
            make!(self; "icmp ", if ty.is_signed() { signed } else { unsigned }, Tv(ty, a), ", ", V(ty, b))
        }
    }
}
