//! Which translation each operation has.

use cranelift_codegen::ir::InstBuilder;

use super::arith::{Checked, Division, Relation};
use super::memory::Addr;
use super::repr::POINTER;
use super::translate::{TRAP, Translator};
use crate::backend::libc::Libc;
use crate::mir::{CoreOp, Inst, Op, Reg};

impl Translator<'_, '_> {
    /// Translates one instruction.
    pub fn inst(&mut self, inst: &Inst) {
        match inst.op {
            Op::Core(op) => self.core(inst.dst, op),
            Op::Rich(op) => self.report_rich(Op::Rich(op).info().name),
        }
    }

    fn core(&mut self, dst: Option<Reg>, op: CoreOp) {
        match op {
            // constants and moves
            CoreOp::Const { bits } => self.constant(dst, bits.0),
            CoreOp::Zero {} => self.zero(dst),
            CoreOp::Mov { a } | CoreOp::NonNull { a } => self.mov(dst, a),
            CoreOp::SizeOf { ty } => self.constant(dst, self.layouts.size(ty)),
            CoreOp::AlignOf { ty } => self.constant(dst, self.layouts.align(ty)),
            CoreOp::OffsetOf { ty, index } => self.constant(dst, self.layouts.field_offset(ty, index)),
            CoreOp::FuncAddr { func } => {
                let func = self.func_ref(func);
                let addr = self.ins().func_addr(POINTER, func);
                self.set(dst, addr);
            }
            CoreOp::GlobalAddr { global } => {
                let addr = self.global_addr(global);
                self.set(dst, addr);
            }
            CoreOp::SlotAddr { slot } => {
                let addr = self.address(Addr::slot(self.slot(slot)));
                self.set(dst, addr);
            }

            // arithmetic
            CoreOp::Add { a, b } => {
                self.binary(dst, a, b, |t, a, b| t.ins().iadd(a, b), |t, a, b| t.ins().fadd(a, b));
            }
            CoreOp::Sub { a, b } => {
                self.binary(dst, a, b, |t, a, b| t.ins().isub(a, b), |t, a, b| t.ins().fsub(a, b));
            }
            CoreOp::Mul { a, b } => {
                self.binary(dst, a, b, |t, a, b| t.ins().imul(a, b), |t, a, b| t.ins().fmul(a, b));
            }
            CoreOp::Div { a, b } => self.divide(dst, a, b, Division::Quotient),
            CoreOp::Rem { a, b } => self.divide(dst, a, b, Division::Remainder),
            CoreOp::Neg { a } => self.neg(dst, a),
            CoreOp::Abs { a } => self.abs(dst, a),
            CoreOp::Min { a, b } => self.min_max(dst, a, b, false),
            CoreOp::Max { a, b } => self.min_max(dst, a, b, true),
            CoreOp::AddChecked { a, b } => self.checked(dst, a, b, Checked::Add),
            CoreOp::SubChecked { a, b } => self.checked(dst, a, b, Checked::Sub),
            CoreOp::MulChecked { a, b } => self.checked(dst, a, b, Checked::Mul),
            CoreOp::Sqrt { a } => self.unary(dst, a, |t, a| t.ins().sqrt(a)),
            CoreOp::Fma { a, b, c } => self.fma(dst, a, b, c),
            CoreOp::CopySign { a, b } => {
                let (a, b) = (self.value(a), self.value(b));
                let value = self.ins().fcopysign(a, b);
                self.set(dst, value);
            }
            CoreOp::Floor { a } => self.unary(dst, a, |t, a| t.ins().floor(a)),
            CoreOp::Ceil { a } => self.unary(dst, a, |t, a| t.ins().ceil(a)),
            CoreOp::RoundZero { a } => self.unary(dst, a, |t, a| t.ins().trunc(a)),
            CoreOp::RoundEven { a } => self.unary(dst, a, |t, a| t.ins().nearest(a)),
            CoreOp::RoundAway { a } => self.round_away(dst, a),

            // bits
            CoreOp::And { a, b } => self.bitwise(dst, a, b, |t, a, b| t.ins().band(a, b)),
            CoreOp::Or { a, b } => self.bitwise(dst, a, b, |t, a, b| t.ins().bor(a, b)),
            CoreOp::Xor { a, b } => self.bitwise(dst, a, b, |t, a, b| t.ins().bxor(a, b)),
            CoreOp::Not { a } => self.not(dst, a),
            CoreOp::Shl { a, count } => self.bitwise(dst, a, count, |t, a, n| t.ins().ishl(a, n)),
            CoreOp::Shr { a, count } => self.shift_right(dst, a, count),
            CoreOp::RotateLeft { a, count } => self.bitwise(dst, a, count, |t, a, n| t.ins().rotl(a, n)),
            CoreOp::RotateRight { a, count } => self.bitwise(dst, a, count, |t, a, n| t.ins().rotr(a, n)),
            CoreOp::PopCount { a } => self.unary(dst, a, |t, a| t.ins().popcnt(a)),
            CoreOp::LeadingZeros { a } => self.unary(dst, a, |t, a| t.ins().clz(a)),
            CoreOp::TrailingZeros { a } => self.unary(dst, a, |t, a| t.ins().ctz(a)),
            CoreOp::ByteSwap { a } => self.byte_swap(dst, a),

            // comparison
            CoreOp::Eq { a, b } => self.compare(dst, a, b, Relation::Eq),
            CoreOp::Ne { a, b } => self.compare(dst, a, b, Relation::Ne),
            CoreOp::Lt { a, b } => self.compare(dst, a, b, Relation::Lt),
            CoreOp::Le { a, b } => self.compare(dst, a, b, Relation::Le),
            CoreOp::Gt { a, b } => self.compare(dst, a, b, Relation::Gt),
            CoreOp::Ge { a, b } => self.compare(dst, a, b, Relation::Ge),

            // casts
            CoreOp::Trunc { a } | CoreOp::Extend { a } | CoreOp::Resize { a } => self.resize(dst, a),
            CoreOp::IntToFloat { a } => self.int_to_float(dst, a),
            CoreOp::FloatToInt { a } => self.float_to_int(dst, a),
            CoreOp::Promote { a } | CoreOp::Demote { a } => self.float_to_float(dst, a),
            CoreOp::Bitcast { a } => self.bitcast(dst, a),
            CoreOp::PtrToInt { a } | CoreOp::IntToPtr { a } => self.mov(dst, a),
            CoreOp::Select { cond, a, b } => self.select(dst, cond, a, b),

            // memory
            CoreOp::Load { addr, alias: _ } => {
                let addr = self.value(addr);
                self.load_reg(dst, Addr::pointer(addr));
            }
            CoreOp::Store { value, addr, alias: _ } => {
                let addr = self.value(addr);
                self.store_reg(value, Addr::pointer(addr));
            }
            CoreOp::LoadVolatile { addr } | CoreOp::LoadAtomic { addr, order: _ } => {
                self.atomic_load(dst, addr);
            }
            CoreOp::StoreVolatile { value, addr } | CoreOp::StoreAtomic { value, addr, order: _ } => {
                self.atomic_store(value, addr);
            }
            CoreOp::Rmw { rmw, value, addr, order: _ } => self.rmw(dst, rmw, value, addr),
            CoreOp::CmpXchg { expected, new, addr, order: _ } => self.cmpxchg(dst, expected, new, addr),
            CoreOp::Fence { order: _ } => {
                self.ins().fence();
            }
            CoreOp::MemCopy { dst: to, src, len } => self.libc_op(None, Libc::Memcpy, &[to, src, len]),
            CoreOp::MemMove { dst: to, src, len } => self.libc_op(None, Libc::Memmove, &[to, src, len]),
            CoreOp::MemFill { dst: to, byte, len } => self.mem_fill(to, byte, len),
            CoreOp::FieldAddr { base, ty, index } => {
                self.offset_addr(dst, base, self.layouts.field_offset(ty, index));
            }
            CoreOp::IndexAddr { base, elem, index } => {
                self.scaled_addr(dst, base, index, self.layouts.size(elem));
            }
            CoreOp::VariantAddr { base, ty, variant, field } => {
                self.variant_addr(dst, base, ty, variant, field);
            }
            CoreOp::PtrAdd { base, bytes } => self.scaled_addr(dst, base, bytes, 1),
            CoreOp::HeapAlloc { size } => self.libc_op(dst, Libc::Malloc, &[size]),
            CoreOp::HeapIsChecked {} => self.constant(dst, 0),
            CoreOp::HeapAllocZeroed { size } => self.alloc_zeroed(dst, size),
            CoreOp::HeapResize { base, size } => self.libc_op(dst, Libc::Realloc, &[base, size]),
            CoreOp::HeapFree { base } => self.libc_op(None, Libc::Free, &[base]),
            CoreOp::Retain { a } => {
                self.count(a, 1);
            }
            CoreOp::Release { a } => self.release(dst, a),
            CoreOp::IsUnique { a } => self.is_unique(dst, a),

            // calls
            CoreOp::Call { func, args } => self.call(dst, func, args),
            CoreOp::CallIndirect { callee, sig, args } => self.call_indirect(dst, callee, sig, args),

            // aggregates
            CoreOp::AggMake { fields } => self.agg_make(dst, fields),
            CoreOp::AggGet { agg, index } => self.agg_get(dst, agg, index),
            CoreOp::AggSet { agg, index, value } => self.agg_set(dst, agg, index, value),
            CoreOp::EnumMake { variant, payload } => self.enum_make(dst, variant, payload),
            CoreOp::EnumTag { value } => self.enum_tag(dst, value),
            CoreOp::EnumPayload { value, variant, field } => self.enum_payload(dst, value, variant, field),

            // debug information and hints
            CoreOp::DebugDeclare { .. } | CoreOp::DebugValue { .. } | CoreOp::Assume { .. } => {}
            CoreOp::Likely { cond } | CoreOp::Unlikely { cond } => self.mov(dst, cond),
            CoreOp::Trap {} => {
                self.ins().trap(TRAP);
                // The block goes on in MIR; to Cranelift the trap ends it.
                let rest = self.builder.create_block();
                self.builder.switch_to_block(rest);
                self.builder.seal_block(rest);
            }
        }
    }
}
