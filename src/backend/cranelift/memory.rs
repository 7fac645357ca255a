//! Memory: loads, stores, atomics, block operations, addresses, the heap, reference counts.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    self, AtomicRmwOp, Endianness, InstBuilder, MemFlagsData, Signature, StackSlot, Value, types,
};

use super::repr::POINTER;
use super::symbol::Symbol;
use super::translate::{Place, Translator};
use crate::backend::libc::{C, Libc};
use crate::mir::{Reg, RmwOp};
use crate::target::Layout;

/// Copies and fills of more pieces than this call the C library.
const MAX_PIECES: u64 = 8;

/// A place in memory.
#[derive(Clone, Copy)]
pub(super) struct Addr {
    base: Base,
    offset: i32,
}

#[derive(Clone, Copy)]
enum Base {
    Slot(StackSlot),
    Pointer(Value),
}

impl Addr {
    /// The start of a stack slot.
    pub fn slot(slot: StackSlot) -> Addr {
        Addr { base: Base::Slot(slot), offset: 0 }
    }

    /// Where a pointer points to.
    pub fn pointer(value: Value) -> Addr {
        Addr { base: Base::Pointer(value), offset: 0 }
    }

    /// Some bytes further, within one value: no value of a register has more than `i32::MAX`.
    pub fn plus(self, bytes: u64) -> Addr {
        Addr { base: self.base, offset: self.offset + bytes as i32 }
    }
}

/// MIR's accesses are aligned, and undefined where there is no memory.
fn flags() -> MemFlagsData {
    MemFlagsData::trusted().with_endianness(Endianness::Little)
}

impl Translator<'_, '_> {
    /// The address as a value.
    pub fn address(&mut self, addr: Addr) -> Value {
        match addr.base {
            Base::Slot(slot) => self.ins().stack_addr(POINTER, slot, addr.offset),
            Base::Pointer(base) if addr.offset == 0 => base,
            Base::Pointer(base) => self.ins().iadd_imm_s(base, i64::from(addr.offset)),
        }
    }

    /// Reads a scalar.
    pub fn load_scalar(&mut self, ty: ir::Type, addr: Addr) -> Value {
        match addr.base {
            Base::Slot(slot) => self.ins().stack_load(POINTER, ty, slot, addr.offset),
            Base::Pointer(base) => self.ins().load(ty, flags(), base, addr.offset),
        }
    }

    /// Writes a scalar.
    pub fn store_scalar(&mut self, value: Value, addr: Addr) {
        match addr.base {
            Base::Slot(slot) => self.ins().stack_store(POINTER, value, slot, addr.offset),
            Base::Pointer(base) => self.ins().store(flags(), value, base, addr.offset),
        };
    }

    /// Writes words one after the other.
    pub fn store_words(&mut self, addr: Addr, words: &[Value]) {
        for (i, &word) in words.iter().enumerate() {
            self.store_scalar(word, addr.plus(8 * i as u64));
        }
    }

    /// Reads a value of a register's type into it.
    pub fn load_reg(&mut self, dst: Option<Reg>, addr: Addr) {
        match dst.map(|dst| self.place(dst)) {
            Some(Place::Scalar(ty)) => {
                let value = self.load_scalar(ty, addr);
                self.set(dst, value);
            }
            Some(Place::Slot(slot, layout)) => self.copy(Addr::slot(slot), addr, layout),
            Some(Place::Nothing) | None => {}
        }
    }

    /// Writes the value of a register.
    pub fn store_reg(&mut self, reg: Reg, addr: Addr) {
        match self.place(reg) {
            Place::Scalar(_) => {
                let value = self.value(reg);
                self.store_scalar(value, addr);
            }
            Place::Slot(slot, layout) => self.copy(addr, Addr::slot(slot), layout),
            Place::Nothing => {}
        }
    }

    /// Copies a value; both places are aligned for it, and the same or apart.
    pub fn copy(&mut self, dst: Addr, src: Addr, layout: Layout) {
        let piece = layout.align.min(8);
        let pieces = layout.size / piece;
        if pieces > MAX_PIECES {
            let (dst, src) = (self.address(dst), self.address(src));
            let len = self.usize(layout.size);
            self.libc_call(Libc::Memmove, &[dst, src, len]);
            return;
        }
        let ty = piece_type(piece);
        for i in 0..pieces {
            let value = self.load_scalar(ty, src.plus(i * piece));
            self.store_scalar(value, dst.plus(i * piece));
        }
    }

    /// Zeroes a stack slot that holds a value of this layout, and is a whole number of words.
    pub fn zero_slot(&mut self, slot: StackSlot, layout: Layout) {
        let words = layout.size.div_ceil(8);
        if words > MAX_PIECES {
            let dst = self.address(Addr::slot(slot));
            let (byte, len) = (self.iconst(types::I32, 0), self.usize(layout.size));
            self.libc_call(Libc::Memset, &[dst, byte, len]);
            return;
        }
        let zero = self.iconst(types::I64, 0);
        for i in 0..words {
            self.store_scalar(zero, Addr::slot(slot).plus(8 * i));
        }
    }

    /// Calls a function of the C library; its result, if any.
    pub fn libc_call(&mut self, libc: Libc, args: &[Value]) -> Option<Value> {
        let callee = self.callee(Symbol::Libc(libc), |this| {
            let conv = this.unit.isa.default_call_conv();
            let mut sig = Signature::new(conv);
            let (params, result) = libc.prototype();
            sig.params.extend(params.iter().filter_map(|&c| c_param(c)));
            sig.returns.extend(c_param(result));
            this.builder.import_signature(sig)
        });
        let call = self.ins().call(callee, args);
        self.builder.inst_results(call).first().copied()
    }

    /// `heap.alloc` and the like: a call whose result goes to `dst`.
    pub fn libc_op(&mut self, dst: Option<Reg>, libc: Libc, args: &[Reg]) {
        let args: Vec<Value> = args.iter().map(|&arg| self.value(arg)).collect();
        if let Some(result) = self.libc_call(libc, &args) {
            self.set(dst, result);
        }
    }

    /// `heap.alloc_zeroed`.
    pub fn alloc_zeroed(&mut self, dst: Option<Reg>, size: Reg) {
        let (one, size) = (self.iconst(POINTER, 1), self.value(size));
        if let Some(result) = self.libc_call(Libc::Calloc, &[one, size]) {
            self.set(dst, result);
        }
    }

    /// `mem.fill`.
    pub fn mem_fill(&mut self, dst: Reg, byte: Reg, len: Reg) {
        let (dst, byte, len) = (self.value(dst), self.value(byte), self.value(len));
        let byte = self.ins().uextend(types::I32, byte);
        self.libc_call(Libc::Memset, &[dst, byte, len]);
    }

    /// An atomic load. Cranelift's atomics are all sequentially consistent, and are never removed, repeated or
    /// moved, so that they serve for volatile accesses too.
    pub fn atomic_load(&mut self, dst: Option<Reg>, addr: Reg) {
        let Some(ty) = self.dst_scalar(dst) else { return };
        let addr = self.value(addr);
        let bits = self.ins().atomic_load(as_int(ty), flags(), addr);
        let value = self.bits_as(ty, bits);
        self.set(dst, value);
    }

    /// An atomic store.
    pub fn atomic_store(&mut self, value: Reg, addr: Reg) {
        let (value, addr) = (self.value(value), self.value(addr));
        let ty = self.builder.func.dfg.value_type(value);
        let bits = self.bits_as(as_int(ty), value);
        self.ins().atomic_store(flags(), bits, addr);
    }

    fn bits_as(&mut self, ty: ir::Type, value: Value) -> Value {
        if self.builder.func.dfg.value_type(value) == ty {
            return value;
        }
        self.ins().bitcast(ty, MemFlagsData::new(), value)
    }

    /// An atomic read-modify-write.
    pub fn rmw(&mut self, dst: Option<Reg>, op: RmwOp, value: Reg, addr: Reg) {
        let signed = self.ty(value).is_signed();
        let op = match op {
            RmwOp::Xchg => AtomicRmwOp::Xchg,
            RmwOp::Add => AtomicRmwOp::Add,
            RmwOp::Sub => AtomicRmwOp::Sub,
            RmwOp::And => AtomicRmwOp::And,
            RmwOp::Or => AtomicRmwOp::Or,
            RmwOp::Xor => AtomicRmwOp::Xor,
            RmwOp::Min if signed => AtomicRmwOp::Smin,
            RmwOp::Min => AtomicRmwOp::Umin,
            RmwOp::Max if signed => AtomicRmwOp::Smax,
            RmwOp::Max => AtomicRmwOp::Umax,
        };
        let (value, addr) = (self.value(value), self.value(addr));
        let ty = self.builder.func.dfg.value_type(value);
        let old = self.ins().atomic_rmw(ty, flags(), op, addr, value);
        self.set(dst, old);
    }

    /// An atomic compare and exchange: the old value, and whether it was the expected one.
    pub fn cmpxchg(&mut self, dst: Option<Reg>, expected: Reg, new: Reg, addr: Reg) {
        let (expected, new, addr) = (self.value(expected), self.value(new), self.value(addr));
        let old = self.ins().atomic_cas(flags(), addr, expected, new);
        let same = self.ins().icmp(IntCC::Equal, old, expected);
        self.set_flagged(dst, old, same);
    }

    /// Writes a tuple of a scalar and a bool.
    pub fn set_flagged(&mut self, dst: Option<Reg>, value: Value, flag: Value) {
        let Some(dst) = dst else { return };
        if let Place::Slot(slot, _) = self.place(dst) {
            let at = self.layouts.field_offset(self.ty(dst), 1);
            self.store_scalar(value, Addr::slot(slot));
            self.store_scalar(flag, Addr::slot(slot).plus(at));
        }
    }

    /// An address some constant bytes further.
    pub fn offset_addr(&mut self, dst: Option<Reg>, base: Reg, bytes: u64) {
        let base = self.value(base);
        let addr = if bytes == 0 { base } else { self.ins().iadd_imm_s(base, bytes as i64) };
        self.set(dst, addr);
    }

    /// An address `index` times `scale` bytes further.
    pub fn scaled_addr(&mut self, dst: Option<Reg>, base: Reg, index: Reg, scale: u64) {
        let base = self.value(base);
        let index = self.as_pointer_sized(index);
        let bytes = match scale {
            1 => index,
            _ => self.ins().imul_imm_s(index, scale as i64),
        };
        let addr = self.ins().iadd(base, bytes);
        self.set(dst, addr);
    }

    /// An integer register, extended by its signedness.
    fn as_pointer_sized(&mut self, reg: Reg) -> Value {
        let value = self.value(reg);
        let signed = self.ty(reg).is_signed();
        match self.builder.func.dfg.value_type(value) {
            POINTER => value,
            _ if signed => self.ins().sextend(POINTER, value),
            _ => self.ins().uextend(POINTER, value),
        }
    }

    /// Adds to the reference count at an address; the count before.
    pub fn count(&mut self, addr: Reg, step: i64) -> Value {
        let addr = Addr::pointer(self.value(addr));
        let old = self.load_scalar(POINTER, addr);
        let new = self.ins().iadd_imm_s(old, step);
        self.store_scalar(new, addr);
        old
    }

    /// Whether the reference count at an address is 1.
    pub fn is_unique(&mut self, dst: Option<Reg>, addr: Reg) {
        let addr = Addr::pointer(self.value(addr));
        let count = self.load_scalar(POINTER, addr);
        self.set_is_one(dst, count);
    }

    /// `release`: takes one, and says whether it was the last.
    pub fn release(&mut self, dst: Option<Reg>, addr: Reg) {
        let old = self.count(addr, -1);
        self.set_is_one(dst, old);
    }

    fn set_is_one(&mut self, dst: Option<Reg>, count: Value) {
        let one = self.ins().icmp_imm_s(IntCC::Equal, count, 1);
        self.set(dst, one);
    }

    /// Writes the zero value of a register's type.
    pub fn zero(&mut self, dst: Option<Reg>) {
        match dst.map(|dst| self.place(dst)) {
            Some(Place::Scalar(_)) => self.constant(dst, 0),
            Some(Place::Slot(slot, layout)) => self.zero_slot(slot, layout),
            Some(Place::Nothing) | None => {}
        }
    }

    /// Copies a register.
    pub fn mov(&mut self, dst: Option<Reg>, src: Reg) {
        if dst == Some(src) {
            return;
        }
        match self.place(src) {
            Place::Scalar(_) => {
                let value = self.value(src);
                self.set(dst, value);
            }
            Place::Slot(slot, _) => self.load_reg(dst, Addr::slot(slot)),
            Place::Nothing => {}
        }
    }
}

fn piece_type(bytes: u64) -> ir::Type {
    match bytes {
        1 => types::I8,
        2 => types::I16,
        4 => types::I32,
        _ => types::I64,
    }
}

fn as_int(ty: ir::Type) -> ir::Type {
    if ty.is_float() { ty.as_int() } else { ty }
}

/// How a C type is passed; `None` for nothing.
fn c_param(c: C) -> Option<ir::AbiParam> {
    let ty = match c {
        C::Void => return None,
        C::Int => types::I32,
        C::Size | C::Ptr => POINTER,
        C::Double => types::F64,
        C::Float => types::F32,
    };
    Some(ir::AbiParam::new(ty))
}
