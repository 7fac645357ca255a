//! Structs, tuples, fixed arrays and enums: renaming of leaves, mostly without an instruction.

use super::func::{FuncWriter, Value};
use super::gates::Gate;
use super::inst::{Tv, V, make};
use super::types::Leaf;
use crate::mir::{Alias, Reg, RegList, Ty};

impl FuncWriter<'_, '_> {
    pub fn zero(&mut self, dst: Reg) -> Option<Value> {
        let ty = self.func.ty(dst);
        if self.cx.types.is_bulky(ty) {
            self.zero_bulky(ty, self.home(dst));
            return None;
        }
        let zeros = vec![Value::Bits(0); self.cx.types.leaves(ty).len()];
        Some(self.assemble(ty, &zeros))
    }

    pub fn mov(&mut self, dst: Reg, a: Reg) -> Option<Value> {
        let ty = self.func.ty(dst);
        if self.cx.types.is_bulky(ty) {
            self.copy_bulky(ty, self.home(dst), self.home(a));
            return None;
        }
        Some(self.get(a))
    }

    pub fn select(&mut self, dst: Reg, cond: Reg, a: Reg, b: Reg) -> Option<Value> {
        let ty = self.func.ty(dst);
        let cond = self.get(cond);
        if self.cx.types.is_bulky(ty) {
            let (a, b) = (self.home(a), self.home(b));
            let from = make!(self; "select ", Tv(Ty::BOOL, cond), ", ", Tv(Ty::PTR, a), ", ", Tv(Ty::PTR, b));
            self.copy_bulky(ty, self.home(dst), from);
            return None;
        }
        let (a, b) = (self.get(a), self.get(b));
        if let Some(ty) = self.cx.types.scalar_leaf(ty) {
            return Some(make!(self; "select ", Tv(Ty::BOOL, cond), ", ", Tv(ty, a), ", ", Tv(ty, b)));
        }
        let mut leaves = Vec::new();
        for k in 0..self.cx.types.leaves(ty).len() {
            let leaf = self.cx.types.leaves(ty)[k].ty;
            let (x, y) = (self.leaf(a, k), self.leaf(b, k));
            leaves.push(if x == y {
                x
            } else {
                make!(self; "select ", Tv(Ty::BOOL, cond), ", ", Tv(leaf, x), ", ", Tv(leaf, y))
            });
        }
        Some(self.assemble(ty, &leaves))
    }

    /// Adds the leaves of what a register holds.
    pub fn push_leaves(&mut self, reg: Reg, leaves: &mut Vec<Value>) {
        let count = self.cx.types.leaves(self.func.ty(reg)).len();
        let value = self.get(reg);
        leaves.extend((0..count).map(|k| self.leaf(value, k)));
    }

    pub fn agg_make(&mut self, dst: Reg, fields: RegList) -> Option<Value> {
        let ty = self.func.ty(dst);
        let fields = fields.of(&self.func.pool);
        if self.cx.types.is_bulky(ty) {
            for (i, &field) in fields.iter().enumerate() {
                let offset = self.cx.types.layouts.field_offset(ty, i as u32);
                self.store(field, self.home(dst), offset, Alias::Any);
            }
            return None;
        }
        let mut leaves = Vec::new();
        fields.iter().for_each(|&field| self.push_leaves(field, &mut leaves));
        Some(self.assemble(ty, &leaves))
    }

    pub fn agg_get(&mut self, dst: Reg, agg: Reg, index: u32) -> Option<Value> {
        let agg_ty = self.func.ty(agg);
        if self.cx.types.is_bulky(agg_ty) {
            let offset = self.cx.types.layouts.field_offset(agg_ty, index);
            return self.load(dst, self.home(agg), offset, Alias::Any);
        }
        let range = self.cx.types.field_leaves(agg_ty, index);
        let value = self.get(agg);
        let leaves: Vec<Value> = range.map(|k| self.leaf(value, k)).collect();
        Some(self.assemble(self.func.ty(dst), &leaves))
    }

    pub fn agg_set(&mut self, dst: Reg, agg: Reg, index: u32, value: Reg) -> Option<Value> {
        let ty = self.func.ty(dst);
        if self.cx.types.is_bulky(ty) {
            self.copy_bulky(ty, self.home(dst), self.home(agg));
            let offset = self.cx.types.layouts.field_offset(ty, index);
            self.store(value, self.home(dst), offset, Alias::Any);
            return None;
        }
        let mut leaves = Vec::new();
        self.push_leaves(agg, &mut leaves);
        let mut field = Vec::new();
        self.push_leaves(value, &mut field);
        leaves.splice(self.cx.types.field_leaves(ty, index), field);
        Some(self.assemble(ty, &leaves))
    }

    pub fn enum_make(&mut self, dst: Reg, variant: u32, payload: RegList) -> Option<Value> {
        let ty = self.func.ty(dst);
        let payload = payload.of(&self.func.pool);
        if self.cx.types.is_bulky(ty) {
            let home = self.home(dst);
            self.store_leaf(home, Ty::U32, Value::Bits(u64::from(variant)), Alias::Any);
            for (i, &field) in payload.iter().enumerate() {
                let offset = self.payload_offset(ty, variant, i as u32);
                self.store(field, home, offset, Alias::Any);
            }
            return None;
        }
        let mut atoms = vec![Value::Poison; self.cx.types.leaves(ty).len()];
        atoms[0] = Value::Bits(u64::from(variant));
        for (i, &field) in payload.iter().enumerate() {
            let (value, field_ty) = (self.get(field), self.func.ty(field));
            let base = self.payload_offset(ty, variant, i as u32);
            for k in 0..self.cx.types.leaves(field_ty).len() {
                let leaf = self.cx.types.leaves(field_ty)[k];
                let part = self.leaf(value, k);
                self.pack(ty, &mut atoms, Leaf { offset: base + leaf.offset, ..leaf }, part);
            }
        }
        // Not poison: where this enum is the payload of another, an atom there may hold one of these beside a tag, and
        // poison in a part of a number is poison in all of it.
        for atom in &mut atoms {
            if *atom == Value::Poison {
                *atom = Value::Bits(0);
            }
        }
        Some(self.assemble(ty, &atoms))
    }

    pub fn enum_tag(&mut self, value: Reg) -> Value {
        if self.cx.types.is_bulky(self.func.ty(value)) {
            return self.load_leaf(self.home(value), Ty::U32, Alias::Any);
        }
        let value = self.get(value);
        self.leaf(value, 0)
    }

    pub fn enum_payload(&mut self, dst: Reg, value: Reg, variant: u32, field: u32) -> Option<Value> {
        let (ty, enum_ty) = (self.func.ty(dst), self.func.ty(value));
        let base = self.payload_offset(enum_ty, variant, field);
        if self.cx.types.is_bulky(enum_ty) {
            return self.load(dst, self.home(value), base, Alias::Any);
        }
        let value = self.get(value);
        let mut leaves = Vec::new();
        for k in 0..self.cx.types.leaves(ty).len() {
            let leaf = self.cx.types.leaves(ty)[k];
            leaves.push(self.unpack(enum_ty, value, Leaf { offset: base + leaf.offset, ..leaf }));
        }
        Some(self.assemble(ty, &leaves))
    }

    /// The atoms of an enum that a payload scalar overlaps: position and atom.
    fn overlapping(&self, ty: Ty, leaf: Leaf) -> Vec<(usize, Leaf)> {
        let size = |ty: Ty| self.cx.types.layouts.size(ty);
        let end = leaf.offset + size(leaf.ty);
        let atoms = self.cx.types.leaves(ty).iter().copied().enumerate();
        atoms.filter(|(_, atom)| atom.offset < end && leaf.offset < atom.offset + size(atom.ty)).collect()
    }

    /// Puts a payload scalar into the atoms that hold it.
    fn pack(&mut self, ty: Ty, atoms: &mut [Value], leaf: Leaf, value: Value) {
        let size = |w: &Self, ty: Ty| w.cx.types.layouts.size(ty);
        let of_leaf = size(self, leaf.ty);
        for (at, atom) in self.overlapping(ty, leaf) {
            let of_atom = size(self, atom.ty);
            if of_atom == of_leaf {
                atoms[at] = self.reinterpret(leaf.ty, value, atom.ty);
            } else if of_atom < of_leaf {
                let bits = self.reinterpret(leaf.ty, value, Ty::U64);
                let by = self.cx.types.shift(of_leaf, atom.offset - leaf.offset, of_atom);
                let part = self.shifted("lshr ", Ty::U64, bits, by);
                atoms[at] = self.resize_value(Ty::U64, part, atom.ty);
            } else {
                let narrow = self.unsigned(of_leaf);
                let bits = self.reinterpret(leaf.ty, value, narrow);
                let wide = self.resize_value(narrow, bits, atom.ty);
                let by = self.cx.types.shift(of_atom, leaf.offset - atom.offset, of_leaf);
                let part = self.shifted("shl ", atom.ty, wide, by);
                atoms[at] = match atoms[at] {
                    // Bytes that no scalar of the variant fills are zero.
                    Value::Poison => part,
                    before => {
                        let disjoint = self.cx.gate(Gate::OrDisjoint);
                        make!(self; "or", disjoint, " ", Tv(atom.ty, before), ", ", V(atom.ty, part))
                    }
                };
            }
        }
    }

    /// Takes a payload scalar out of the atoms that hold it.
    fn unpack(&mut self, ty: Ty, value: Value, leaf: Leaf) -> Value {
        let size = |w: &Self, ty: Ty| w.cx.types.layouts.size(ty);
        let of_leaf = size(self, leaf.ty);
        let mut whole = Value::Poison;
        for (at, atom) in self.overlapping(ty, leaf) {
            let part = self.leaf(value, at);
            if part == Value::Poison {
                return Value::Poison;
            }
            let of_atom = size(self, atom.ty);
            if of_atom == of_leaf {
                return self.reinterpret(atom.ty, part, leaf.ty);
            }
            if of_atom > of_leaf {
                let by = self.cx.types.shift(of_atom, leaf.offset - atom.offset, of_leaf);
                let shifted = self.shifted("lshr ", atom.ty, part, by);
                let narrow = self.unsigned(of_leaf);
                let bits = self.resize_value(atom.ty, shifted, narrow);
                return self.reinterpret(narrow, bits, leaf.ty);
            }
            let wide = self.resize_value(atom.ty, part, Ty::U64);
            let by = self.cx.types.shift(of_leaf, atom.offset - leaf.offset, of_atom);
            let placed = self.shifted("shl ", Ty::U64, wide, by);
            whole = match whole {
                Value::Poison => placed,
                before => {
                    let disjoint = self.cx.gate(Gate::OrDisjoint);
                    make!(self; "or", disjoint, " ", Tv(Ty::U64, before), ", ", V(Ty::U64, placed))
                }
            };
        }
        self.reinterpret(Ty::U64, whole, leaf.ty)
    }

    fn unsigned(&self, size: u64) -> Ty {
        match size {
            1 => Ty::U8,
            2 => Ty::U16,
            4 => Ty::U32,
            _ => Ty::U64,
        }
    }

    fn shifted(&mut self, name: &str, ty: Ty, value: Value, by: u64) -> Value {
        if by == 0 { value } else { make!(self; name, Tv(ty, value), ", ", by) }
    }

    /// Packs the leaves of a result into one LLVM value.
    pub fn pack_result(&mut self, ty: Ty, value: Value) -> Value {
        let count = self.cx.types.leaves(ty).len();
        if count == 1 {
            return self.leaf(value, 0);
        }
        let mut whole = Value::Poison;
        for k in 0..count {
            let (leaf, part) = (self.cx.types.leaves(ty)[k].ty, self.leaf(value, k));
            if part != Value::Poison {
                let result = self.begin();
                self.code.s("insertvalue ");
                self.code.s(self.cx.types.result(ty));
                self.code.s(" ");
                self.value(Ty::PTR, whole);
                self.code.s(", ");
                self.code.s(self.cx.types.scalar(leaf));
                self.code.s(" ");
                self.value(leaf, part);
                self.code.s(", ");
                self.code.n(k);
                self.code.s("\n");
                whole = result;
            }
        }
        whole
    }

    /// The leaves of a result that a call gave.
    pub fn unpack_result(&mut self, ty: Ty, whole: Value) -> Value {
        let count = self.cx.types.leaves(ty).len();
        if count <= 1 {
            return self.assemble(ty, &[whole][..count]);
        }
        let mut leaves = Vec::with_capacity(count);
        for k in 0..count {
            let leaf = self.begin();
            self.code.s("extractvalue ");
            self.code.s(self.cx.types.result(ty));
            self.code.s(" ");
            self.value(Ty::PTR, whole);
            self.code.s(", ");
            self.code.n(k);
            self.code.s("\n");
            leaves.push(leaf);
        }
        self.assemble(ty, &leaves)
    }
}
