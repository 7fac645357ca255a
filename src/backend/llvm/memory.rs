//! Memory: loads and stores leaf by leaf, addresses, atomics, blocks of bytes, the heap and reference counts.

use super::func::{FuncWriter, Value};
use super::gates::Gate;
use super::inst::{T, Tv, V, act, make};
use super::intrinsics::Intrinsic;
use super::metadata::Node;
use crate::backend::libc::Libc;
use crate::mir::{Alias, Ordering, Reg, RmwOp, Ty, TypeData};

impl FuncWriter<'_, '_> {
    /// Ends an access: its alignment and what it is known to touch.
    fn access(&mut self, ty: Ty, alias: Alias) {
        self.code.s(", align ");
        let align = self.cx.types.layouts.align(ty);
        self.code.n(align);
        if alias != Alias::Any {
            self.code.s(", !tbaa !");
            let number = self.cx.metadata.number(Node::TbaaAccess(alias));
            self.code.n(number);
        }
    }

    /// Reads one leaf.
    pub fn load_leaf(&mut self, addr: Value, ty: Ty, alias: Alias) -> Value {
        let value = self.begin();
        self.code.s("load ");
        self.code.s(self.cx.types.memory(ty));
        self.code.s(", ptr ");
        self.value(Ty::PTR, addr);
        self.access(ty, alias);
        if ty != Ty::BOOL {
            self.code.s("\n");
            return value;
        }
        let range = self.cx.metadata.number(Node::BoolRange);
        self.code.s(", !range !");
        self.code.n(range);
        self.code.s("\n");
        self.bool_of_byte(value)
    }

    /// A bool out of its byte.
    fn bool_of_byte(&mut self, byte: Value) -> Value {
        let nuw = self.cx.gate(Gate::TruncNuw);
        make!(self; "trunc", nuw, " i8 ", V(Ty::U8, byte), " to i1")
    }

    /// A scalar in its form in memory: its type there, and the value, with a bool as a byte.
    fn stored(&mut self, ty: Ty, value: Value) -> (Ty, Value) {
        match ty {
            Ty::BOOL => (Ty::U8, self.reinterpret(Ty::BOOL, value, Ty::U8)),
            _ => (ty, value),
        }
    }

    /// Writes one leaf.
    pub fn store_leaf(&mut self, addr: Value, ty: Ty, value: Value, alias: Alias) {
        let (ty, value) = self.stored(ty, value);
        self.code.s("  store ");
        self.code.s(self.cx.types.memory(ty));
        self.code.s(" ");
        self.value(ty, value);
        self.code.s(", ptr ");
        self.value(Ty::PTR, addr);
        self.access(ty, alias);
        self.code.s("\n");
    }

    /// Reads a value for a register from `offset` bytes behind an address. A bulky one goes to the register's home.
    pub fn load(&mut self, dst: Reg, addr: Value, offset: u64, alias: Alias) -> Option<Value> {
        let ty = self.func.ty(dst);
        if self.cx.types.is_bulky(ty) {
            let from = self.offset(addr, offset);
            self.copy_bulky(ty, self.home(dst), from);
            return None;
        }
        if let Some(scalar) = self.cx.types.scalar_leaf(ty) {
            let at = self.offset(addr, offset);
            return Some(self.load_leaf(at, scalar, alias));
        }
        let mut leaves = Vec::new();
        for k in 0..self.cx.types.leaves(ty).len() {
            let leaf = self.cx.types.leaves(ty)[k];
            let at = self.offset(addr, offset + leaf.offset);
            leaves.push(self.load_leaf(at, leaf.ty, alias));
        }
        Some(self.assemble(ty, &leaves))
    }

    /// Writes what a register holds to `offset` bytes behind an address. An atom that the value does not use is left.
    pub fn store(&mut self, reg: Reg, addr: Value, offset: u64, alias: Alias) {
        let ty = self.func.ty(reg);
        if self.cx.types.is_bulky(ty) {
            let to = self.offset(addr, offset);
            self.copy_bulky(ty, to, self.home(reg));
            return;
        }
        let value = self.get(reg);
        for k in 0..self.cx.types.leaves(ty).len() {
            let (leaf, part) = (self.cx.types.leaves(ty)[k], self.leaf(value, k));
            if part != Value::Poison {
                let at = self.offset(addr, offset + leaf.offset);
                self.store_leaf(at, leaf.ty, part, alias);
            }
        }
    }

    /// An address moved by a known number of bytes within its object.
    pub fn offset(&mut self, base: Value, offset: u64) -> Value {
        if offset == 0 {
            return base;
        }
        let nuw = self.cx.gate(Gate::GepNuw);
        make!(self; "getelementptr inbounds", nuw, " i8, ptr ", V(Ty::PTR, base), ", ", T(Ty::USIZE), " ", offset)
    }

    pub fn payload_offset(&self, ty: Ty, variant: u32, field: u32) -> u64 {
        match self.cx.module.types.get(ty) {
            TypeData::Enum(id) => self.cx.types.layouts.variant_field_offset(*id, variant, field),
            _ => 0,
        }
    }

    /// The address of an element; the index counts by its signedness.
    pub fn index_addr(&mut self, base: Reg, elem: Ty, index: Reg) -> Value {
        let from = self.func.ty(index);
        let (base, index) = (self.get(base), self.get(index));
        if self.cx.types.layouts.size(elem) == 0 {
            return base;
        }
        let wide = if from.is_signed() { Ty::ISIZE } else { Ty::USIZE };
        let index = self.resize_value(from, index, wide);
        let addr = self.begin();
        self.code.s("getelementptr inbounds ");
        self.code.s(self.cx.types.memory(elem));
        self.code.s(", ptr ");
        self.value(Ty::PTR, base);
        self.code.s(", ");
        self.code.s(self.cx.types.scalar(wide));
        self.code.s(" ");
        self.value(wide, index);
        self.code.s("\n");
        addr
    }

    /// A volatile or atomic load.
    pub fn load_marked(&mut self, mark: &str, addr: Reg, ty: Ty, order: Option<Ordering>) -> Value {
        let addr = self.get(addr);
        let in_memory = if ty == Ty::BOOL { Ty::U8 } else { ty };
        let value = self.begin();
        self.code.s("load ");
        self.code.s(mark);
        self.code.s(self.cx.types.memory(in_memory));
        self.code.s(", ptr ");
        self.value(Ty::PTR, addr);
        self.order(order);
        self.access(in_memory, Alias::Any);
        self.code.s("\n");
        if ty == Ty::BOOL { self.bool_of_byte(value) } else { value }
    }

    /// A volatile or atomic store.
    pub fn store_marked(
        &mut self,
        mark: &str,
        value: Reg,
        addr: Reg,
        order: Option<Ordering>,
    ) -> Option<Value> {
        let ty = self.func.ty(value);
        let (value, addr) = (self.get(value), self.get(addr));
        let (ty, value) = self.stored(ty, value);
        self.code.s("  store ");
        self.code.s(mark);
        self.code.s(self.cx.types.memory(ty));
        self.code.s(" ");
        self.value(ty, value);
        self.code.s(", ptr ");
        self.value(Ty::PTR, addr);
        self.order(order);
        self.access(ty, Alias::Any);
        self.code.s("\n");
        None
    }

    fn order(&mut self, order: Option<Ordering>) {
        if let Some(order) = order {
            self.code.s(" ");
            self.code.s(order_name(order));
        }
    }

    pub fn rmw(&mut self, op: RmwOp, value: Reg, addr: Reg, order: Ordering) -> Value {
        let ty = self.func.ty(value);
        let (value, addr) = (self.get(value), self.get(addr));
        let name = match (op, ty.is_signed()) {
            (RmwOp::Xchg, _) => "xchg",
            (RmwOp::Add, _) => "add",
            (RmwOp::Sub, _) => "sub",
            (RmwOp::And, _) => "and",
            (RmwOp::Or, _) => "or",
            (RmwOp::Xor, _) => "xor",
            (RmwOp::Min, true) => "min",
            (RmwOp::Min, false) => "umin",
            (RmwOp::Max, true) => "max",
            (RmwOp::Max, false) => "umax",
        };
        let align = self.cx.types.layouts.align(ty);
        make!(self; "atomicrmw ", name, " ptr ", V(Ty::PTR, addr), ", ", Tv(ty, value), " ",
            order_name(order), ", align ", align)
    }

    pub fn cmpxchg(&mut self, expected: Reg, new: Reg, addr: Reg, order: Ordering) -> Value {
        let ty = self.func.ty(expected);
        let (expected, new, addr) = (self.get(expected), self.get(new), self.get(addr));
        // A failed exchange stores nothing, so it releases nothing.
        let on_failure = match order {
            Ordering::Relaxed | Ordering::Release => Ordering::Relaxed,
            Ordering::Acquire | Ordering::AcqRel => Ordering::Acquire,
            Ordering::SeqCst => Ordering::SeqCst,
        };
        let align = self.cx.types.layouts.align(ty);
        let pair = make!(self; "cmpxchg ptr ", V(Ty::PTR, addr), ", ", Tv(ty, expected), ", ", Tv(ty, new), " ",
            order_name(order), " ", order_name(on_failure), ", align ", align);
        self.pair(ty, pair)
    }

    pub fn fence(&mut self, order: Ordering) -> Option<Value> {
        act!(self; "fence ", order_name(order));
        None
    }

    /// `memcpy` or `memmove`.
    pub fn mem_copy(&mut self, intrinsic: Intrinsic, dst: Reg, src: Reg, len: Reg) -> Option<Value> {
        let (dst, src, len) = (self.get(dst), self.get(src), self.get(len));
        let callee = self.cx.intrinsics.overload(intrinsic, Ty::USIZE, Ty::UNIT);
        act!(self; "call void ", callee, "(", Tv(Ty::PTR, dst), ", ", Tv(Ty::PTR, src), ", ",
            Tv(Ty::USIZE, len), ", i1 false)");
        None
    }

    pub fn mem_fill(&mut self, dst: Reg, byte: Reg, len: Reg) -> Option<Value> {
        let (dst, byte, len) = (self.get(dst), self.get(byte), self.get(len));
        let callee = self.cx.intrinsics.overload(Intrinsic::MemSet, Ty::USIZE, Ty::UNIT);
        act!(self; "call void ", callee, "(", Tv(Ty::PTR, dst), ", ", Tv(Ty::U8, byte), ", ",
            Tv(Ty::USIZE, len), ", i1 false)");
        None
    }

    fn libc(&mut self, libc: Libc) -> &'static str {
        self.cx.used_libc[libc as usize] = true;
        libc.name()
    }

    pub fn heap_alloc(&mut self, size: Reg) -> Value {
        let (size, name) = (self.get(size), self.libc(Libc::Malloc));
        make!(self; "call ptr @", name, "(", Tv(Ty::USIZE, size), ")")
    }

    pub fn heap_alloc_zeroed(&mut self, size: Reg) -> Value {
        let (size, name) = (self.get(size), self.libc(Libc::Calloc));
        make!(self; "call ptr @", name, "(", T(Ty::USIZE), " 1, ", Tv(Ty::USIZE, size), ")")
    }

    pub fn heap_resize(&mut self, base: Reg, size: Reg) -> Value {
        let (base, size, name) = (self.get(base), self.get(size), self.libc(Libc::Realloc));
        make!(self; "call ptr @", name, "(", Tv(Ty::PTR, base), ", ", Tv(Ty::USIZE, size), ")")
    }

    pub fn heap_free(&mut self, base: Reg) -> Option<Value> {
        let (base, name) = (self.get(base), self.libc(Libc::Free));
        act!(self; "call void @", name, "(", Tv(Ty::PTR, base), ")");
        None
    }

    /// Changes the reference count at an address by one; the count before.
    pub fn count(&mut self, addr: Reg, name: &str) -> Value {
        let addr = self.get(addr);
        let old = self.load_leaf(addr, Ty::ISIZE, Alias::Header);
        let new = make!(self; name, Tv(Ty::ISIZE, old), ", 1");
        self.store_leaf(addr, Ty::ISIZE, new, Alias::Header);
        old
    }
}

fn order_name(order: Ordering) -> &'static str {
    match order {
        Ordering::Relaxed => "monotonic",
        Ordering::Acquire => "acquire",
        Ordering::Release => "release",
        Ordering::AcqRel => "acq_rel",
        Ordering::SeqCst => "seq_cst",
    }
}
