//! Casts and `select`.

use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, Value, types};

use super::memory::Addr;
use super::translate::{Place, Translator};
use crate::mir::Reg;

impl Translator<'_, '_> {
    /// Any integer or bool to any integer: the low bits, or extended by the signedness of the source.
    pub fn resize(&mut self, dst: Option<Reg>, a: Reg) {
        let Some(to) = self.dst_scalar(dst) else { return };
        let signed = self.ty(a).is_signed();
        let a = self.value(a);
        let value = self.resized(a, to, signed);
        self.set(dst, value);
    }

    fn resized(&mut self, value: Value, to: ir::Type, signed: bool) -> Value {
        let from = self.builder.func.dfg.value_type(value);
        if from.bits() > to.bits() {
            self.ins().ireduce(to, value)
        } else if from.bits() == to.bits() {
            value
        } else if signed {
            self.ins().sextend(to, value)
        } else {
            self.ins().uextend(to, value)
        }
    }

    /// Nearest float.
    pub fn int_to_float(&mut self, dst: Option<Reg>, a: Reg) {
        let Some(to) = self.dst_scalar(dst) else { return };
        let signed = self.ty(a).is_signed();
        let a = self.value(a);
        let wide = if self.builder.func.dfg.value_type(a).bits() < 32 { types::I32 } else { types::I64 };
        let a = match self.builder.func.dfg.value_type(a) {
            types::I8 | types::I16 => self.resized(a, wide, signed),
            _ => a,
        };
        let value = if signed { self.ins().fcvt_from_sint(to, a) } else { self.ins().fcvt_from_uint(to, a) };
        self.set(dst, value);
    }

    /// Towards zero, saturating; NaN gives 0. Cranelift saturates at 32 and 64 bits on all targets; what is narrower
    /// saturates at 32 first.
    pub fn float_to_int(&mut self, dst: Option<Reg>, a: Reg) {
        let Some(to) = self.dst_scalar(dst) else { return };
        let signed = dst.is_some_and(|dst| self.ty(dst).is_signed());
        let a = self.value(a);
        let wide = if to.bits() < 32 { types::I32 } else { to };
        let mut value =
            if signed { self.ins().fcvt_to_sint_sat(wide, a) } else { self.ins().fcvt_to_uint_sat(wide, a) };
        if to != wide {
            if signed {
                let max = (1i64 << (to.bits() - 1)) - 1;
                let (low, high) = (self.iconst(wide, !max as u64), self.iconst(wide, max as u64));
                value = self.ins().smax(value, low);
                value = self.ins().smin(value, high);
            } else {
                let high = self.iconst(wide, (1 << to.bits()) - 1);
                value = self.ins().umin(value, high);
            }
            value = self.ins().ireduce(to, value);
        }
        self.set(dst, value);
    }

    /// `promote` and `demote`.
    pub fn float_to_float(&mut self, dst: Option<Reg>, a: Reg) {
        let Some(to) = self.dst_scalar(dst) else { return };
        let a = self.value(a);
        let value = match (self.builder.func.dfg.value_type(a), to) {
            (types::F32, types::F64) => self.ins().fpromote(to, a),
            (types::F64, types::F32) => self.ins().fdemote(to, a),
            _ => a,
        };
        self.set(dst, value);
    }

    /// The same bits.
    pub fn bitcast(&mut self, dst: Option<Reg>, a: Reg) {
        let Some(to) = self.dst_scalar(dst) else { return };
        let a = self.value(a);
        let same = self.builder.func.dfg.value_type(a) == to;
        let value = if same { a } else { self.ins().bitcast(to, MemFlagsData::new(), a) };
        self.set(dst, value);
    }

    /// One of two values.
    pub fn select(&mut self, dst: Option<Reg>, cond: Reg, a: Reg, b: Reg) {
        let cond = self.value(cond);
        // Of aggregates these are the addresses.
        let (a, b) = (self.value(a), self.value(b));
        let value = self.ins().select(cond, a, b);
        match dst.map(|dst| self.place(dst)) {
            Some(Place::Scalar(_)) => self.set(dst, value),
            Some(Place::Slot(slot, layout)) => self.copy(Addr::slot(slot), Addr::pointer(value), layout),
            Some(Place::Nothing) | None => {}
        }
    }
}
