//! Bitwise operations. Cranelift takes shift and rotate counts of any integer type modulo the width, as MIR does.

use cranelift_codegen::ir::{InstBuilder, types};

use super::arith::Binary;
use super::translate::Translator;
use crate::mir::{Reg, Ty};

impl Translator<'_, '_> {
    /// A binary operation of integers and bools.
    pub fn bitwise(&mut self, dst: Option<Reg>, a: Reg, b: Reg, op: Binary) {
        let (a, b) = (self.value(a), self.value(b));
        let value = op(self, a, b);
        self.set(dst, value);
    }

    /// Complement; of a bool, negation.
    pub fn not(&mut self, dst: Option<Reg>, a: Reg) {
        let is_bool = self.ty(a) == Ty::BOOL;
        self.unary(dst, a, if is_bool { |t, a| t.ins().bxor_imm_u(a, 1) } else { |t, a| t.ins().bnot(a) });
    }

    /// Shift right, by the signedness of the type.
    pub fn shift_right(&mut self, dst: Option<Reg>, a: Reg, count: Reg) {
        let signed = self.ty(a).is_signed();
        let (a, count) = (self.value(a), self.value(count));
        let value = if signed { self.ins().sshr(a, count) } else { self.ins().ushr(a, count) };
        self.set(dst, value);
    }

    /// Bytes in reverse order.
    pub fn byte_swap(&mut self, dst: Option<Reg>, a: Reg) {
        self.unary(dst, a, |t, a| match t.builder.func.dfg.value_type(a) {
            types::I8 => a,
            _ => t.ins().bswap(a),
        });
    }
}
