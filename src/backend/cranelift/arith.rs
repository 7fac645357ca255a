//! Constants, arithmetic, comparison.

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::immediates::{Ieee32, Ieee64};
use cranelift_codegen::ir::{self, InstBuilder, InstructionData, Opcode, Value, ValueDef, types};

use super::translate::{DIVISION_BY_ZERO, Translator};
use crate::backend::libc::Libc;
use crate::mir::{Reg, Ty};

/// Quotient or remainder.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Division {
    Quotient,
    Remainder,
}

/// Sum, difference or product.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Checked {
    Add,
    Sub,
    Mul,
}

/// An order or equality.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// A sequence for integers and one for floats.
pub(super) type Binary = fn(&mut Translator<'_, '_>, Value, Value) -> Value;

/// The same for one operand.
pub(super) type Unary = fn(&mut Translator<'_, '_>, Value) -> Value;

impl Translator<'_, '_> {
    /// A scalar literal.
    pub fn constant(&mut self, dst: Option<Reg>, bits: u64) {
        let Some(ty) = self.dst_scalar(dst) else { return };
        let value = self.scalar_const(ty, bits);
        self.set(dst, value);
    }

    /// A scalar constant of given bits.
    pub fn scalar_const(&mut self, ty: ir::Type, bits: u64) -> Value {
        match ty {
            types::F32 => self.ins().f32const(Ieee32::with_bits(bits as u32)),
            types::F64 => self.ins().f64const(Ieee64::with_bits(bits)),
            _ => self.iconst(ty, bits),
        }
    }

    /// A binary operation on integers, or on floats.
    pub fn binary(&mut self, dst: Option<Reg>, a: Reg, b: Reg, int: Binary, float: Binary) {
        let is_float = self.ty(a).is_float();
        let (a, b) = (self.value(a), self.value(b));
        let value = if is_float { float(self, a, b) } else { int(self, a, b) };
        self.set(dst, value);
    }

    /// A unary operation.
    pub fn unary(&mut self, dst: Option<Reg>, a: Reg, op: Unary) {
        let a = self.value(a);
        let value = op(self, a);
        self.set(dst, value);
    }

    /// The smaller or the larger. Cranelift's `fmin` and `fmax` are IEEE 754-2019 `minimum` and `maximum`.
    pub fn min_max(&mut self, dst: Option<Reg>, a: Reg, b: Reg, larger: bool) {
        let ty = self.ty(a);
        let (x, y) = (self.value(a), self.value(b));
        let value = match (ty.is_float(), ty.is_signed(), larger) {
            (true, _, false) => self.ins().fmin(x, y),
            (true, _, true) => self.ins().fmax(x, y),
            (false, true, false) => self.ins().smin(x, y),
            (false, true, true) => self.ins().smax(x, y),
            (false, false, false) => self.ins().umin(x, y),
            (false, false, true) => self.ins().umax(x, y),
        };
        self.set(dst, value);
    }

    /// Negation.
    pub fn neg(&mut self, dst: Option<Reg>, a: Reg) {
        let is_float = self.ty(a).is_float();
        self.unary(dst, a, if is_float { |t, a| t.ins().fneg(a) } else { |t, a| t.ins().ineg(a) });
    }

    /// Absolute value.
    pub fn abs(&mut self, dst: Option<Reg>, a: Reg) {
        let ty = self.ty(a);
        let op: Unary = match (ty.is_float(), ty.is_signed()) {
            (true, _) => |t, a| t.ins().fabs(a),
            (false, true) => |t, a| t.ins().iabs(a),
            (false, false) => |_, a| a,
        };
        self.unary(dst, a, op);
    }

    /// `div` and `rem`.
    pub fn divide(&mut self, dst: Option<Reg>, a: Reg, b: Reg, what: Division) {
        let ty = self.ty(a);
        let (a, b) = (self.value(a), self.value(b));
        let value = match (ty, what) {
            (Ty::F32 | Ty::F64, Division::Quotient) => Some(self.ins().fdiv(a, b)),
            (Ty::F64, Division::Remainder) => self.libc_call(Libc::Fmod, &[a, b]),
            (Ty::F32, Division::Remainder) => self.libc_call(Libc::Fmodf, &[a, b]),
            _ => Some(self.divide_ints(a, b, ty.is_signed(), what)),
        };
        if let Some(value) = value {
            self.set(dst, value);
        }
    }

    fn divide_ints(&mut self, a: Value, b: Value, signed: bool, what: Division) -> Value {
        let ty = self.builder.func.dfg.value_type(b);
        let minus_one = u64::MAX >> (64 - ty.bits());
        let known = self.known_int(b);
        // Cranelift's own check is the processor's on x86-64, which raises another signal than a trap.
        if known.is_none_or(|bits| bits == 0) {
            self.ins().trapz(b, DIVISION_BY_ZERO);
        }
        match (signed, what) {
            (false, Division::Quotient) => return self.ins().udiv(a, b),
            (false, Division::Remainder) => return self.ins().urem(a, b),
            (true, Division::Quotient) if known.is_some_and(|b| b != minus_one) => {
                return self.ins().sdiv(a, b);
            }
            (true, Division::Remainder) if known.is_some_and(|b| b != minus_one) => {
                return self.ins().srem(a, b);
            }
            (true, Division::Quotient | Division::Remainder) => {}
        }
        // MIN / -1 is an overflow to Cranelift: dividing by -1 is negation, and leaves no remainder.
        let by_minus_one = self.ins().icmp_imm_s(IntCC::Equal, b, -1);
        let one = self.iconst(ty, 1);
        let safe = self.ins().select(by_minus_one, one, b);
        match what {
            Division::Quotient => {
                let negated = self.ins().ineg(a);
                let quotient = self.ins().sdiv(a, safe);
                self.ins().select(by_minus_one, negated, quotient)
            }
            Division::Remainder => self.ins().srem(a, safe),
        }
    }

    /// The bits of a value that is known to be a constant.
    fn known_int(&self, value: Value) -> Option<u64> {
        let dfg = &self.builder.func.dfg;
        let ValueDef::Result(inst, _) = dfg.value_def(dfg.resolve_aliases(value)) else { return None };
        match dfg.insts[inst] {
            InstructionData::UnaryImm { opcode: Opcode::Iconst, imm } => Some(imm.bits() as u64),
            _ => None,
        }
    }

    /// `add.checked` and the like: the wrapped result and whether it overflowed. Cranelift's own overflow operations
    /// are not there for all widths on all of its targets.
    pub fn checked(&mut self, dst: Option<Reg>, a: Reg, b: Reg, what: Checked) {
        let signed = self.ty(a).is_signed();
        let (a, b) = (self.value(a), self.value(b));
        let (value, overflow) = match (what, signed) {
            (Checked::Add, false) => {
                let sum = self.ins().iadd(a, b);
                (sum, self.ins().icmp(IntCC::UnsignedLessThan, sum, a))
            }
            (Checked::Sub, false) => {
                let difference = self.ins().isub(a, b);
                (difference, self.ins().icmp(IntCC::UnsignedLessThan, a, b))
            }
            // A sum overflows when its sign is neither operand's.
            (Checked::Add, true) => {
                let sum = self.ins().iadd(a, b);
                let (x, y) = (self.ins().bxor(a, sum), self.ins().bxor(b, sum));
                (sum, self.both_negative(x, y))
            }
            // A difference overflows when the signs of the operands differ and its own is not the first one's.
            (Checked::Sub, true) => {
                let difference = self.ins().isub(a, b);
                let (x, y) = (self.ins().bxor(a, b), self.ins().bxor(a, difference));
                (difference, self.both_negative(x, y))
            }
            (Checked::Mul, _) => self.checked_mul(a, b, signed),
        };
        self.set_flagged(dst, value, overflow);
    }

    fn both_negative(&mut self, x: Value, y: Value) -> Value {
        let both = self.ins().band(x, y);
        self.ins().icmp_imm_s(IntCC::SignedLessThan, both, 0)
    }

    fn checked_mul(&mut self, a: Value, b: Value, signed: bool) -> (Value, Value) {
        let ty = self.builder.func.dfg.value_type(a);
        if ty == types::I64 {
            let low = self.ins().imul(a, b);
            let (high, expected) = if signed {
                (self.ins().smulhi(a, b), self.ins().sshr_imm_u(low, 63))
            } else {
                (self.ins().umulhi(a, b), self.iconst(ty, 0))
            };
            return (low, self.ins().icmp(IntCC::NotEqual, high, expected));
        }
        let (wide_a, wide_b) = (self.widen(a, signed), self.widen(b, signed));
        let wide = self.ins().imul(wide_a, wide_b);
        let low = self.ins().ireduce(ty, wide);
        let back = self.widen(low, signed);
        (low, self.ins().icmp(IntCC::NotEqual, wide, back))
    }

    fn widen(&mut self, value: Value, signed: bool) -> Value {
        if signed { self.ins().sextend(types::I64, value) } else { self.ins().uextend(types::I64, value) }
    }

    /// `a * b + c` with one rounding.
    pub fn fma(&mut self, dst: Option<Reg>, a: Reg, b: Reg, c: Reg) {
        let (a, b, c) = (self.value(a), self.value(b), self.value(c));
        let value = self.ins().fma(a, b, c);
        self.set(dst, value);
    }

    /// Rounded to nearest, ties away from zero. Truncating and then looking at what was cut off is exact, which
    /// adding a half is not: 0.49999999999999994 + 0.5 rounds to 1. Infinities differ from themselves by NaN, which
    /// is not a half or more; the sign is the operand's, also of zero.
    pub fn round_away(&mut self, dst: Option<Reg>, a: Reg) {
        let single = self.ty(a) == Ty::F32;
        let a = self.value(a);
        let (half, one) = if single {
            (self.ins().f32const(0.5), self.ins().f32const(1.0))
        } else {
            (self.ins().f64const(0.5), self.ins().f64const(1.0))
        };
        let whole = self.ins().trunc(a);
        let cut = self.ins().fsub(a, whole);
        let cut = self.ins().fabs(cut);
        let up = self.ins().fcmp(FloatCC::GreaterThanOrEqual, cut, half);
        let step = self.ins().fcopysign(one, a);
        let away = self.ins().fadd(whole, step);
        let rounded = self.ins().select(up, away, whole);
        let value = self.ins().fcopysign(rounded, a);
        self.set(dst, value);
    }

    /// A comparison, by the type's signedness.
    pub fn compare(&mut self, dst: Option<Reg>, a: Reg, b: Reg, relation: Relation) {
        let ty = self.ty(a);
        let (a, b) = (self.value(a), self.value(b));
        let value = if ty.is_float() {
            let code = match relation {
                Relation::Eq => FloatCC::Equal,
                Relation::Ne => FloatCC::NotEqual,
                Relation::Lt => FloatCC::LessThan,
                Relation::Le => FloatCC::LessThanOrEqual,
                Relation::Gt => FloatCC::GreaterThan,
                Relation::Ge => FloatCC::GreaterThanOrEqual,
            };
            self.ins().fcmp(code, a, b)
        } else {
            let code = match (relation, ty.is_signed()) {
                (Relation::Eq, _) => IntCC::Equal,
                (Relation::Ne, _) => IntCC::NotEqual,
                (Relation::Lt, true) => IntCC::SignedLessThan,
                (Relation::Le, true) => IntCC::SignedLessThanOrEqual,
                (Relation::Gt, true) => IntCC::SignedGreaterThan,
                (Relation::Ge, true) => IntCC::SignedGreaterThanOrEqual,
                (Relation::Lt, false) => IntCC::UnsignedLessThan,
                (Relation::Le, false) => IntCC::UnsignedLessThanOrEqual,
                (Relation::Gt, false) => IntCC::UnsignedGreaterThan,
                (Relation::Ge, false) => IntCC::UnsignedGreaterThanOrEqual,
            };
            self.ins().icmp(code, a, b)
        };
        self.set(dst, value);
    }
}
