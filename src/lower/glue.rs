//! Helpers that handle values of a type: copying, dropping, comparing, showing.

use crate::hir::{self, AdtKind, TyKind};
use crate::mir::{Alias, FuncId, FunctionBuilder, Hint, Module, Reg, Ty};

use super::function::{FnLowerer, Val};
use super::types::Rep;
use super::{Context, Glue};

/// Lowers one helper.
pub(super) fn lower(cx: &mut Context, module: &mut Module, glue: Glue, ty: hir::Ty, id: FuncId) {
    let mut f = FnLowerer::new(cx, FunctionBuilder::new(module, id), Vec::new(), None, hir::Ty::UNIT);
    let (first, second) = (f.b.param(0), f.b.param(1));
    let nullable = match f.rep(ty) {
        Rep::Nullable(case) => Some(case),
        Rep::Unit | Rep::Scalar(_) | Rep::Counted | Rep::Memory(_) => None,
    };
    match (glue, nullable) {
        (Glue::Eq, Some(case)) => {
            f.unless_both(first, second, &|f, a_is_null, b_is_null| f.b.and(a_is_null, b_is_null));
            let payload = f.cx.field_types(ty, case)[0];
            let equal = f.equal(Val::Reg(first), Val::Reg(second), payload);
            f.b.ret(Some(equal));
        }
        (Glue::Compare, Some(case)) => {
            // The order of the cases is that of their declaration.
            f.unless_both(first, second, &|f, a_is_null, b_is_null| {
                let (a, b) = (f.b.extend(Ty::I64, a_is_null), f.b.extend(Ty::I64, b_is_null));
                if case == 0 { f.b.sub(a, b) } else { f.b.sub(b, a) }
            });
            let payload = f.cx.field_types(ty, case)[0];
            let order = f.order(Val::Reg(first), Val::Reg(second), payload);
            f.b.ret(Some(order));
        }
        (Glue::Copy, _) => {
            f.each_part(ty, first, None, &mut |f, part, a, _| f.copy_part(part, a));
            f.b.ret(None);
        }
        (Glue::Drop, _) => {
            if f.rep(ty) == Rep::Counted && f.cx.waits(ty) {
                f.drop_in_turn(ty, first);
            } else {
                f.drop_whole(ty, first);
            }
            f.b.ret(None);
        }
        (Glue::Box(glue), _) => f.box_helper(glue, ty, first, second),
        (Glue::Eq, None) if ty == hir::Ty::ANY => f.equal_objects(first, second),
        (Glue::Eq, None) => {
            f.each_part(ty, first, Some(second), &mut |f, part, a, b| {
                let (a, b) = (f.load(a, part, Alias::Any).val, f.load(b, part, Alias::Any).val);
                let equal = f.equal(a, b, part);
                let (differ, next) = (f.b.block(), f.b.block());
                f.b.branch(equal, next, differ, Hint::None);
                f.b.switch_to(differ);
                let no = f.b.bool(false);
                f.b.ret(Some(no));
                f.b.switch_to(next);
            });
            let yes = f.b.bool(true);
            f.b.ret(Some(yes));
        }
        (Glue::Compare, None) => {
            f.each_part(ty, first, Some(second), &mut |f, part, a, b| {
                let (a, b) = (f.load(a, part, Alias::Any).val, f.load(b, part, Alias::Any).val);
                let order = f.order(a, b, part);
                let zero = f.b.int(Ty::I64, 0);
                let same = f.b.eq(order, zero);
                let (differ, next) = (f.b.block(), f.b.block());
                f.b.branch(same, next, differ, Hint::None);
                f.b.switch_to(differ);
                f.b.ret(Some(order));
                f.b.switch_to(next);
            });
            let zero = f.b.int(Ty::I64, 0);
            f.b.ret(Some(zero));
        }
        (Glue::Hash, Some(case)) => {
            let payload = f.cx.field_types(ty, case)[0];
            f.hash_nullable(payload, first, second);
        }
        (Glue::Hash, None) => match f.cx.types.get(ty).clone() {
            TyKind::Union(types) => f.hash_union(ty, types, first, second),
            _ => f.hash_parts(ty, first, second),
        },
        (Glue::Show, _) => {
            f.show_parts(ty, first, second);
            f.b.ret(None);
        }
    }
    f.b.finish();
}

/// What is done with each part of one or two values: its type and addresses.
type PartAction<'f, 'a, 'p> = &'f mut dyn FnMut(&mut FnLowerer<'a, 'p>, hir::Ty, Reg, Reg);

impl<'a, 'p> FnLowerer<'a, 'p> {
    fn copy_part(&mut self, ty: hir::Ty, addr: Reg) {
        if !self.cx.needs_drop(ty) {
            return;
        }
        match self.load(addr, ty, Alias::Any).val {
            Val::Unit => {}
            Val::Reg(reg) => self.retain(reg, ty),
            Val::Mem(addr) => {
                self.call_glue(Glue::Copy, ty, &[addr]);
            }
        }
    }

    /// Drops what a value in memory holds; or what an object without references holds, and frees the object.
    pub fn drop_whole(&mut self, ty: hir::Ty, addr: Reg) {
        match (self.rep(ty), self.cx.types.get(ty).clone()) {
            (Rep::Memory(_), _) => {
                self.each_part(ty, addr, None, &mut |f, part, a, _| f.drop_at(a, part, Alias::Any));
            }
            (_, TyKind::Text) => {
                self.b.heap_free(addr);
            }
            (_, TyKind::Array(elem)) => {
                self.call_lang("array_free", vec![elem], &[addr]);
            }
            (_, TyKind::Fn(..)) => {
                self.b.closure_free(addr);
            }
            (_, TyKind::Dyn(..) | TyKind::Union(_) | TyKind::Any) => self.free_object(addr),
            _ if self.cx.is_node(ty) => self.free_node(addr, ty),
            _ if self.cx.is_class(ty) => {
                if self.cx.is_weakly_held(ty) {
                    let cell = self.cell_of(addr, ty);
                    self.call_lang("weak_end", vec![ty], &[cell]);
                }
                for (i, part) in self.cx.field_types(ty, 0).into_iter().enumerate() {
                    let field = self.field_of(addr, ty, i as u32);
                    self.drop_at(field, part, Alias::Field);
                }
                self.free_instance(addr, ty);
            }
            _ => self.unsupported("a value of this type", self.b.span()),
        }
    }

    /// Does something with each part of a value in memory or in a node, beside the same part of another if there is one;
    /// of an enum, with the parts of the variant that is there, after the tags of both.
    pub fn each_part(&mut self, ty: hir::Ty, a: Reg, b: Option<Reg>, action: PartAction<'_, 'a, 'p>) {
        match self.cx.types.get(ty).clone() {
            TyKind::FixedArray(elem, n) => self.each_element(a, b, elem, n, action),
            TyKind::Adt(id, _) if self.cx.program.adts[id.idx()].kind == AdtKind::Enum => {
                self.each_variant(ty, a, b, action);
            }
            _ => {
                let Rep::Memory(mem) = self.rep(ty) else { return };
                for (i, part) in self.cx.field_types(ty, 0).into_iter().enumerate() {
                    let left = self.b.field_addr(a, mem, i as u32);
                    let right = b.map_or(left, |b| self.b.field_addr(b, mem, i as u32));
                    action(self, part, left, right);
                }
            }
        }
    }

    fn each_element(
        &mut self,
        a: Reg,
        b: Option<Reg>,
        elem: hir::Ty,
        n: u64,
        action: PartAction<'_, 'a, 'p>,
    ) {
        let stored = self.stored(elem);
        let counter = self.b.reg(Ty::USIZE);
        let zero = self.b.int(Ty::USIZE, 0);
        self.b.assign(counter, zero);
        let (head, body, exit) = (self.b.block(), self.b.block(), self.b.block());
        self.b.goto(head);
        self.b.switch_to(head);
        let len = self.b.int(Ty::USIZE, n as i64);
        let more = self.b.lt(counter, len);
        self.b.branch(more, body, exit, Hint::None);
        self.b.switch_to(body);
        let left = self.b.index_addr(a, stored, counter);
        let right = b.map_or(left, |b| self.b.index_addr(b, stored, counter));
        action(self, elem, left, right);
        let one = self.b.int(Ty::USIZE, 1);
        let next = self.b.add(counter, one);
        self.b.assign(counter, next);
        self.b.goto(head);
        self.b.switch_to(exit);
    }

    fn each_variant(&mut self, ty: hir::Ty, a: Reg, b: Option<Reg>, action: PartAction<'_, 'a, 'p>) {
        let a = self.value_of(a, ty);
        let b = b.map(|b| self.value_of(b, ty));
        if let Some(b) = b
            && let (Some((left, _)), Some((right, _))) = (self.tag_addr(a), self.tag_addr(b))
        {
            action(self, hir::Ty::U32, left, right);
        }
        self.each_case(a, ty, &mut |f, variant| {
            for (part, i) in f.cx.field_types(ty, variant).into_iter().zip(0..) {
                let Some((left, _)) = f.case_addr(a, ty, variant, i) else { return };
                let right = b.and_then(|b| f.case_addr(b, ty, variant, i)).map_or(left, |right| right.0);
                action(f, part, left, right);
            }
        });
    }

    /// The value that a helper for a type takes.
    pub fn value_of(&mut self, reg: Reg, ty: hir::Ty) -> Val {
        if let Rep::Memory(_) = self.rep(ty) { Val::Mem(reg) } else { Val::Reg(reg) }
    }
}
