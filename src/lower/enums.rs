//! Enum values: a tag and the payload of a case, in memory or in a node, or the payload's address, where null is the other
//! case.

use crate::hir::{self, Expr};
use crate::mir::{Alias, Block, Hint, Reg, Ty};

use super::function::{Dest, FnLowerer, Operand, Val};
use super::types::Rep;

impl<'p> FnLowerer<'_, 'p> {
    /// A value of a case.
    pub fn variant(&mut self, variant: u32, payload: &'p [Expr], ty: hir::Ty, dest: Dest) {
        let mem = match self.rep(ty) {
            Rep::Memory(mem) => mem,
            Rep::Nullable(_) => {
                let Some(part) = payload.first() else {
                    let null = self.b.zero(Ty::PTR);
                    return self.put(Operand::reg(null), ty, dest);
                };
                return self.expr_to(part, dest);
            }
            Rep::Counted => return self.node(variant, payload, ty, dest),
            Rep::Unit | Rep::Scalar(_) => {
                return self.cx.internal("an enum that is neither in memory nor an address");
            }
        };
        let addr = match dest {
            Dest::Addr(addr) => addr,
            Dest::Discard | Dest::Reg(_) => self.temp(ty),
        };
        let depth = self.pending.len();
        let tag = self.b.int(Ty::U32, i64::from(variant));
        self.b.store(tag, addr, Alias::Any);
        for (i, part) in payload.iter().enumerate() {
            let field = self.b.variant_addr(addr, mem, variant, i as u32);
            self.expr_to(part, Dest::Addr(field));
            let part_ty = self.subst(part.ty);
            if !self.is_dead() {
                self.hold_at(field, part_ty);
            }
        }
        self.pending.truncate(depth);
        if dest == Dest::Discard {
            self.drop_val(Val::Mem(addr), ty);
        }
    }

    /// Whether a value is of a case.
    pub fn is_variant(&mut self, value: Val, ty: hir::Ty, variant: u32) -> Reg {
        match (value, self.rep(ty)) {
            (Val::Reg(reg), Rep::Nullable(case)) => {
                let null = self.b.zero(Ty::PTR);
                if variant == case { self.b.ne(reg, null) } else { self.b.eq(reg, null) }
            }
            _ => {
                let tag = self.tag(value);
                let wanted = self.b.int(Ty::U32, i64::from(variant));
                self.b.eq(tag, wanted)
            }
        }
    }

    /// The number of the case that a value is of.
    pub fn tag(&mut self, value: Val) -> Reg {
        match self.tag_addr(value) {
            Some((at, alias)) => self.b.load(Ty::U32, at, alias),
            None => self.b.int(Ty::U32, 0),
        }
    }

    /// The address of that number.
    pub fn tag_addr(&mut self, value: Val) -> Option<(Reg, Alias)> {
        match value {
            Val::Mem(addr) => Some((addr, Alias::Any)),
            Val::Reg(raw) => Some((self.node_tag(raw), Alias::Field)),
            Val::Unit => {
                self.cx.internal("the tag of a value that has none");
                None
            }
        }
    }

    /// The address of something that a value carries, which has been found to be of a case.
    pub fn case_addr(&mut self, value: Val, ty: hir::Ty, variant: u32, field: u32) -> Option<(Reg, Alias)> {
        match (value, self.rep(ty)) {
            (Val::Mem(addr), Rep::Memory(mem)) => {
                Some((self.b.variant_addr(addr, mem, variant, field), Alias::Any))
            }
            (Val::Reg(raw), Rep::Counted) => Some((self.node_field(raw, ty, variant, field), Alias::Field)),
            _ => {
                self.cx.internal("a payload that lies nowhere");
                None
            }
        }
    }

    /// A part of the payload of a value that has been found to be of a case, borrowed.
    pub fn payload(&mut self, value: Val, ty: hir::Ty, variant: u32, field: u32) -> Val {
        if let (Val::Reg(reg), Rep::Nullable(_)) = (value, self.rep(ty)) {
            return Val::Reg(self.b.nonnull(reg));
        }
        let part = self.cx.field_types(ty, variant)[field as usize];
        match self.case_addr(value, ty, variant, field) {
            Some((at, alias)) => self.load(at, part, alias).val,
            None => value,
        }
    }

    /// Does something for each case, where a value is of that case; then goes on.
    pub fn each_case(&mut self, value: Val, ty: hir::Ty, action: &mut dyn FnMut(&mut Self, u32)) {
        let hir::TyKind::Adt(id, _) = *self.cx.types.get(ty) else { return };
        let count = self.cx.program.adts[id.idx()].variants.len();
        let join = self.b.block();
        let blocks: Vec<Block> = (0..count).map(|_| self.b.block()).collect();
        if let (Val::Reg(_), Rep::Nullable(_)) = (value, self.rep(ty)) {
            let is_first = self.is_variant(value, ty, 0);
            self.b.branch(is_first, blocks[0], blocks[1], Hint::None);
        } else {
            let tag = self.tag(value);
            let cases: Vec<(u64, Block)> = blocks.iter().enumerate().map(|(i, &b)| (i as u64, b)).collect();
            self.b.switch(tag, &cases, join);
        }
        for (variant, &block) in blocks.iter().enumerate() {
            self.b.switch_to(block);
            action(self, variant as u32);
            self.b.goto(join);
        }
        self.b.switch_to(join);
    }

    /// Goes on where an address is not null; the block for where it is, or where that is dealt with.
    pub fn unless_null(&mut self, reg: Reg) -> Block {
        let (there, join) = (self.b.block(), self.b.block());
        let null = self.b.zero(Ty::PTR);
        let is_null = self.b.eq(reg, null);
        self.b.branch(is_null, join, there, Hint::None);
        self.b.switch_to(there);
        join
    }

    /// Returns from a helper that compares two nullable values, unless both are there.
    pub fn unless_both(&mut self, a: Reg, b: Reg, result: &dyn Fn(&mut Self, Reg, Reg) -> Reg) {
        let null = self.b.zero(Ty::PTR);
        let (a_is_null, b_is_null) = (self.b.eq(a, null), self.b.eq(b, null));
        let either = self.b.or(a_is_null, b_is_null);
        let (absent, both) = (self.b.block(), self.b.block());
        self.b.branch(either, absent, both, Hint::None);
        self.b.switch_to(absent);
        let value = result(self, a_is_null, b_is_null);
        self.b.ret(Some(value));
        self.b.switch_to(both);
    }
}
