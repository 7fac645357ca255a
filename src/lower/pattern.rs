//! Patterns and `match`.

use crate::hir::{self, Arm, CompareOp, Constant, Expr, LocalId, Pattern, PatternKind, Rest, TyKind};
use crate::mir::{Alias, Block, Hint, Reg, Ty};
use crate::runtime::object;

use super::function::{Dest, FnLowerer, Operand, Storage, Val};
use super::types::Rep;

/// A variable of a pattern whose tests go on.
struct Bound {
    local: LocalId,
    value: Value,
}

/// What a variable is bound to.
enum Value {
    /// A part of what is matched, which keeps it; the variable's storage has it.
    Borrowed,
    /// A part of an instance, which code behind the pattern may change.
    Changeable,
    /// A part of an array that is made when all tests have succeeded, from the array's address, the start and the end.
    Slice([Reg; 3]),
}

/// The variables of a pattern so far.
#[derive(Default)]
struct Bindings {
    bound: Vec<Bound>,
    is_in_instance: bool,
}

impl<'p> FnLowerer<'_, 'p> {
    /// Binds a pattern that always matches; its variables own what they hold.
    pub fn bind(&mut self, pattern: &'p Pattern, value: Operand) {
        // An array pattern with a rest may still be refutable to MIR: what does not match cannot be reached.
        let fail = self.b.block();
        self.bind_or(pattern, value, fail);
        let here = self.b.current();
        self.b.switch_to(fail);
        self.b.terminate(crate::mir::Terminator::Unreachable);
        if let Some(here) = here {
            self.b.switch_to(here);
        }
    }

    /// Binds a pattern; to `fail` where it does not match.
    pub fn bind_or(&mut self, pattern: &'p Pattern, value: Operand, fail: Block) {
        let mut bindings = Bindings::default();
        self.test(pattern, value.val, fail, &mut bindings);
        self.own_bound(bindings);
    }

    pub fn match_(&mut self, value: &'p Expr, arms: &'p [Arm], dest: Dest) {
        let ty = self.subst(value.ty);
        let scrutinee = self.expr(value);
        if self.is_dead() {
            return;
        }
        let scrutinee = self.stable(scrutinee, ty);
        self.hold(scrutinee, ty);
        let depth = self.pending.len();
        let join = self.b.block();
        let mut joined = false;
        for arm in arms {
            if self.is_dead() {
                break;
            }
            let next = self.b.block();
            let around = std::mem::replace(&mut self.scope_end, arm.body.span.end);
            self.bind_or(&arm.pattern, scrutinee, next);
            if let Some(guard) = &arm.guard {
                let holds = self.scalar(guard);
                let (body, refused) = (self.b.block(), self.b.block());
                self.b.branch(holds, body, refused, Hint::None);
                self.b.switch_to(refused);
                self.drop_above(depth);
                self.b.goto(next);
                self.b.switch_to(body);
            }
            self.expr_to(&arm.body, dest);
            self.scope_end = around;
            self.leave(depth);
            joined |= !self.is_dead();
            self.b.goto(join);
            self.b.switch_to(next);
        }
        // The checker has seen that the arms cover every case.
        self.b.terminate(crate::mir::Terminator::Unreachable);
        if joined {
            self.b.switch_to(join);
        }
        self.release();
    }

    /// Goes on where the value matches, to `fail` where it does not. The variables get borrowed parts of the value.
    fn test(&mut self, pattern: &'p Pattern, value: Val, fail: Block, bound: &mut Bindings) {
        let ty = self.subst(pattern.ty);
        match &pattern.kind {
            PatternKind::Wildcard => {}
            PatternKind::Bind(local) => self.bind_borrowed(*local, value, bound),
            PatternKind::Constant(constant) => {
                let holds = self.compare_constant(CompareOp::Eq, value, *constant, ty);
                self.require(holds, fail);
            }
            PatternKind::Range { start, end, is_inclusive } => {
                if let Some(start) = start {
                    let holds = self.compare_constant(CompareOp::Ge, value, *start, ty);
                    self.require(holds, fail);
                }
                if let Some(end) = end {
                    let op = if *is_inclusive { CompareOp::Le } else { CompareOp::Lt };
                    let holds = self.compare_constant(op, value, *end, ty);
                    self.require(holds, fail);
                }
            }
            PatternKind::Or(alternatives) => {
                let join = self.b.block();
                for (i, alternative) in alternatives.iter().enumerate() {
                    let next = if i + 1 == alternatives.len() { fail } else { self.b.block() };
                    self.test(alternative, value, next, bound);
                    self.b.goto(join);
                    if next != fail {
                        self.b.switch_to(next);
                    }
                }
                self.b.switch_to(join);
            }
            PatternKind::Fields(parts, rest) => {
                if let Some(rest) = rest {
                    self.bind_rest(*rest, value, ty, bound);
                }
                let is_around = bound.is_in_instance;
                bound.is_in_instance |= self.cx.is_class(ty);
                let held = self.cx.field_types(ty, 0);
                for (index, part) in parts {
                    let part_ty = self.subst(part.ty);
                    let Some((field, alias)) = self.field_addr(value, ty, *index) else { return };
                    let part_value = match held.get(*index as usize) {
                        Some(&held) if held != part_ty => self.load_weak(field, held, part_ty, alias),
                        Some(_) | None => self.load(field, part_ty, alias).val,
                    };
                    self.test(part, part_value, fail, bound);
                }
                bound.is_in_instance = is_around;
            }
            PatternKind::Variant(variant, parts) => {
                let holds = self.is_variant(value, ty, *variant);
                self.require(holds, fail);
                for (index, part) in parts {
                    let part_value = self.payload(value, ty, *variant, *index);
                    self.test(part, part_value, fail, bound);
                }
            }
            PatternKind::Downcast(inner) => {
                let narrow = self.subst(inner.ty);
                if narrow == ty {
                    return self.test(inner, value, fail, bound);
                }
                let Val::Reg(of) = value else { return };
                let holds = self.is_of(of, ty, narrow);
                self.require(holds, fail);
                let value = self.narrowed(value, ty, narrow);
                self.test(inner, value.val, fail, bound);
            }
            PatternKind::Array { prefix, rest, suffix } => {
                self.test_array(prefix, *rest, suffix, value, ty, fail, bound);
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of an array pattern")]
    fn test_array(
        &mut self,
        prefix: &'p [Pattern],
        rest: Option<Option<LocalId>>,
        suffix: &'p [Pattern],
        value: Val,
        ty: hir::Ty,
        fail: Block,
        bound: &mut Bindings,
    ) {
        let (Val::Reg(raw), TyKind::Array(elem)) = (value, self.cx.types.get(ty).clone()) else {
            self.cx.internal("an array pattern of something that is no array");
            return;
        };
        let len = self.header(raw, elem, object::LENGTH);
        let least = self.b.int(Ty::USIZE, (prefix.len() + suffix.len()) as i64);
        let holds = if rest.is_some() { self.b.ge(len, least) } else { self.b.eq(len, least) };
        self.require(holds, fail);
        for (i, part) in prefix.iter().enumerate() {
            let index = self.b.int(Ty::USIZE, i as i64);
            let addr = self.element(raw, elem, index);
            let value = self.load(addr, elem, Alias::Element);
            self.test(part, value.val, fail, bound);
        }
        for (i, part) in suffix.iter().enumerate() {
            let back = self.b.int(Ty::USIZE, (suffix.len() - i) as i64);
            let index = self.b.sub(len, back);
            let addr = self.element(raw, elem, index);
            let value = self.load(addr, elem, Alias::Element);
            self.test(part, value.val, fail, bound);
        }
        if let Some(Some(local)) = rest {
            let start = self.b.int(Ty::I64, prefix.len() as i64);
            let end = self.b.int(Ty::USIZE, suffix.len() as i64);
            let end = self.b.sub(len, end);
            let end = self.b.resize(Ty::I64, end);
            self.bind_slice(local, [raw, start, end], bound);
        }
    }

    /// The instance of a weak field, or null, borrowed.
    fn load_weak(&mut self, field: Reg, held: hir::Ty, ty: hir::Ty, alias: Alias) -> Val {
        let cell = self.load(field, held, alias).val;
        let rep = self.rep(ty);
        let target = self.cx.object_of(ty, rep);
        let cell = cell.reg().into_iter().collect::<Vec<_>>();
        Val::Reg(self.call_lang_value("weak_target", vec![target], &cell))
    }

    /// Binds a variable to a part of an array. Alternatives share the registers of what it is made of.
    fn bind_slice(&mut self, local: LocalId, from: [Reg; 3], bound: &mut Bindings) {
        let known = bound.bound.iter().find_map(|known| match known.value {
            Value::Slice(of) if known.local == local => Some(of),
            Value::Slice(_) | Value::Borrowed | Value::Changeable => None,
        });
        let of = known.unwrap_or_else(|| {
            let of = from.map(|reg| self.b.reg(self.b.func.ty(reg)));
            bound.bound.push(Bound { local, value: Value::Slice(of) });
            of
        });
        of.into_iter().zip(from).for_each(|(to, from)| self.b.assign(to, from));
    }

    /// Binds the rest of a tuple or fixed array to what is not counted anew, like a part of it.
    fn bind_rest(&mut self, rest: Rest, whole: Val, ty: hir::Ty, bound: &mut Bindings) {
        let rest_ty = self.local_ty(rest.local);
        let Rep::Memory(mem) = self.rep(rest_ty) else {
            return self.bind_borrowed(rest.local, Val::Unit, bound);
        };
        let held = self.temp(rest_ty);
        let count = self.b.module.types.field_count(mem).unwrap_or(0);
        for i in 0..count as u32 {
            let Some((from, _)) = self.field_addr(whole, ty, rest.first + i) else { return };
            let to = self.b.field_addr(held, mem, i);
            if let Some(part) = self.b.module.types.field(mem, i) {
                let size = self.b.size_of(part);
                self.b.mem_copy(to, from, size);
            }
        }
        self.bind_borrowed(rest.local, Val::Mem(held), bound);
    }

    fn compare_constant(&mut self, op: CompareOp, value: Val, constant: Constant, ty: hir::Ty) -> Reg {
        let constant = self.constant(constant, ty);
        self.compare_values(op, value, constant.val, ty)
    }

    fn require(&mut self, holds: Reg, fail: Block) {
        let good = self.b.block();
        self.b.branch(holds, good, fail, Hint::None);
        self.b.switch_to(good);
    }

    /// Alternatives that bind one variable share its storage.
    fn bind_borrowed(&mut self, local: LocalId, value: Val, bound: &mut Bindings) {
        if !bound.bound.iter().any(|known| known.local == local) {
            let value_kind = if bound.is_in_instance { Value::Changeable } else { Value::Borrowed };
            bound.bound.push(Bound { local, value: value_kind });
            self.storage[local.idx()] = match value {
                Val::Unit => Storage::None,
                Val::Reg(reg) => Storage::Reg(self.b.reg(self.b.func.ty(reg))),
                Val::Mem(_) => Storage::Addr(self.b.reg(Ty::PTR)),
            };
            if let Storage::Reg(reg) | Storage::Addr(reg) = self.storage[local.idx()] {
                self.name_reg(reg, local);
            }
        }
        if let (Storage::Reg(to) | Storage::Addr(to), Val::Reg(from) | Val::Mem(from)) =
            (self.storage[local.idx()], value)
        {
            self.b.assign(to, from);
        }
    }

    /// Makes the variables that may be changed, or that outlive the value, owners of copies.
    fn own_bound(&mut self, bindings: Bindings) {
        for Bound { local, value } in bindings.bound {
            let Some(declared) = self.body.map(|b| &b.locals[local.idx()]) else { continue };
            if let Value::Slice(of) = value {
                let ty = self.local_ty(local);
                let TyKind::Array(elem) = *self.cx.types.get(ty) else { continue };
                let slice = self.call_lang_value("array_slice", vec![elem], &of);
                self.declare_as(local, Operand::reg(slice));
                continue;
            }
            let held = match self.storage[local.idx()] {
                Storage::None => continue,
                Storage::Reg(reg) => Val::Reg(reg),
                Storage::Addr(addr) => Val::Mem(addr),
            };
            let is_kept = matches!(value, Value::Borrowed);
            if declared.is_var || !is_kept || self.in_memory.contains(&local) {
                self.declare_as(local, Operand::borrowed(held));
            } else if let Val::Reg(reg) = held {
                self.describe_reg(local, reg, declared.span.end);
            }
        }
    }
}
