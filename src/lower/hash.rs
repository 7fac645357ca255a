//! Hashes: a state of 64 bits, with every part of a value mixed in.

use crate::hir::{self, AdtKind, TyKind};
use crate::mir::{Alias, Hint, Reg, Terminator, Ty};

use super::Glue;
use super::function::{FnLowerer, Val};
use super::types::Rep;

impl FnLowerer<'_, '_> {
    /// The state with a value mixed in.
    pub fn hash(&mut self, state: Reg, value: Val, ty: hir::Ty) -> Reg {
        if let Some(own) = self.cx.own_method(hir::Builtin::Hash, ty) {
            let hash = self.call_own(own, &[value]);
            return self.hash_scalar(state, hash);
        }
        match (value, self.rep(ty), self.cx.types.get(ty).clone()) {
            (Val::Unit, ..) => state,
            (Val::Mem(addr), ..) => self.call_glue(Glue::Hash, ty, &[state, addr]).unwrap_or(state),
            (Val::Reg(reg), _, TyKind::Text) => self.call_lang_value("hash_text", Vec::new(), &[state, reg]),
            (Val::Reg(reg), _, TyKind::Array(elem)) => {
                self.call_lang_value("hash_array", vec![elem], &[state, reg])
            }
            (Val::Reg(reg), Rep::Counted, TyKind::Adt(..)) if self.cx.is_node(ty) => {
                self.call_glue(Glue::Hash, ty, &[state, reg]).unwrap_or(state)
            }
            // Equal when they are the same one, so what is hashed is which one it is.
            (Val::Reg(reg), Rep::Counted, TyKind::Adt(..)) => self.hash_scalar(state, reg),
            (Val::Reg(reg), Rep::Scalar(_), _) => self.hash_scalar(state, reg),
            (Val::Reg(reg), Rep::Counted, TyKind::Union(_)) => {
                self.call_glue(Glue::Hash, ty, &[state, reg]).unwrap_or(state)
            }
            (Val::Reg(reg), Rep::Nullable(_), _) => {
                self.call_glue(Glue::Hash, ty, &[state, reg]).unwrap_or(state)
            }
            (Val::Reg(_), Rep::Unit | Rep::Counted | Rep::Memory(_), _) => {
                self.unsupported("hashing values of this type", self.b.span());
                state
            }
        }
    }

    fn hash_scalar(&mut self, state: Reg, value: Reg) -> Reg {
        let from = self.b.func.ty(value);
        let bits = self.convert(value, from, Ty::U64);
        self.call_lang_value("hash_mix", Vec::new(), &[state, bits])
    }

    /// The body of the helper for addresses that may be null.
    pub fn hash_nullable(&mut self, payload: hir::Ty, state: Reg, value: Reg) {
        let null = self.b.zero(Ty::PTR);
        let is_null = self.b.eq(value, null);
        let (absent, present) = (self.b.block(), self.b.block());
        self.b.branch(is_null, absent, present, Hint::None);
        self.b.switch_to(absent);
        let mixed = self.hash_scalar(state, value);
        self.b.ret(Some(mixed));
        self.b.switch_to(present);
        let mixed = self.hash(state, Val::Reg(value), payload);
        self.b.ret(Some(mixed));
    }

    /// The body of the helper for unions: which of its types a value is of counts like a part of it.
    pub fn hash_union(&mut self, ty: hir::Ty, types: Vec<hir::Ty>, state: Reg, of: Reg) {
        for (index, part) in (0..).zip(types) {
            let holds = self.is_of(of, ty, part);
            let (found, next) = (self.b.block(), self.b.block());
            self.b.branch(holds, found, next, Hint::None);
            self.b.switch_to(found);
            let index = self.b.int(Ty::U64, index);
            let mixed = self.hash_scalar(state, index);
            let value = self.narrowed(Val::Reg(of), ty, part).val;
            let mixed = self.hash(mixed, value, part);
            self.b.ret(Some(mixed));
            self.b.switch_to(next);
        }
        self.b.terminate(Terminator::Unreachable);
    }

    /// The body of the helper for types in memory and nodes.
    pub fn hash_parts(&mut self, ty: hir::Ty, state: Reg, addr: Reg) {
        let mixed = self.b.mov(state);
        if let TyKind::Adt(id, _) = *self.cx.types.get(ty)
            && self.cx.program.adts[id.idx()].kind == AdtKind::Enum
        {
            let value = self.value_of(addr, ty);
            let tag = self.tag(value);
            let next = self.hash_scalar(mixed, tag);
            self.b.assign(mixed, next);
        }
        self.each_part(ty, addr, None, &mut |f, part, addr, _| {
            let value = f.load(addr, part, Alias::Any).val;
            let next = f.hash(mixed, value, part);
            f.b.assign(mixed, next);
        });
        self.b.ret(Some(mixed));
    }
}
