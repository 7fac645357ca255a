//! Expressions: values, and where they are wanted.

use crate::hir::{Expr, ExprKind, TyKind};
use crate::mir::{Alias, Reg, Ty};
use crate::runtime::object;

use super::function::{Dest, FnLowerer, Operand, Pending, Storage, Val};
use super::types::Rep;

impl<'p> FnLowerer<'_, 'p> {
    /// The value of an expression.
    pub fn expr(&mut self, e: &'p Expr) -> Operand {
        if self.is_dead() {
            return self.dead(e.ty);
        }
        self.b.at(e.span);
        let ty = self.subst(e.ty);
        match &e.kind {
            ExprKind::Local(_)
            | ExprKind::Global(_)
            | ExprKind::Field(..)
            | ExprKind::Index(..)
            | ExprKind::Narrow(_)
            | ExprKind::Unwrap(_)
            | ExprKind::Deref(_) => self.read(e),
            ExprKind::Unit => Operand::UNIT,
            ExprKind::Literal(constant) => self.constant(*constant, ty),
            ExprKind::Unary(op, a) => self.unary(*op, a, ty),
            ExprKind::Binary(op, a, b) => self.binary(*op, a, b, ty),
            ExprKind::Compare(op, a, b) => self.compare(*op, a, b),
            ExprKind::Cast(a) => self.cast(a, ty),
            ExprKind::Format(parts) => self.format(parts),
            ExprKind::FuncValue(func, type_args, captures) => {
                self.func_value(*func, type_args, captures, e.span)
            }
            // Everything else makes its value where it is wanted.
            _ => self.expr_in_temp(e),
        }
    }

    fn expr_in_temp(&mut self, e: &'p Expr) -> Operand {
        let ty = self.subst(e.ty);
        match self.rep(ty) {
            Rep::Unit => {
                self.expr_to(e, Dest::Discard);
                Operand::UNIT
            }
            Rep::Memory(_) => {
                let temp = self.temp(ty);
                self.expr_to(e, Dest::Addr(temp));
                if self.is_dead() { self.dead(ty) } else { Operand::owned(Val::Mem(temp)) }
            }
            rep @ (Rep::Scalar(_) | Rep::Counted | Rep::Nullable(_)) => {
                let reg = self.b.reg(rep.reg_ty().unwrap_or(Ty::PTR));
                self.expr_to(e, Dest::Reg(reg));
                if self.is_dead() { self.dead(ty) } else { Operand::reg(reg) }
            }
        }
    }

    /// The value of an expression that is held in a register, owned.
    pub fn expr_owned(&mut self, e: &'p Expr) -> Reg {
        let op = self.consumed(e);
        let ty = self.subst(e.ty);
        match self.own(op, ty) {
            Val::Reg(reg) | Val::Mem(reg) => reg,
            Val::Unit => self.b.reg(Ty::I64),
        }
    }

    /// The value of a scalar expression.
    pub fn scalar(&mut self, e: &'p Expr) -> Reg {
        match self.expr(e).val {
            Val::Reg(reg) | Val::Mem(reg) => reg,
            Val::Unit => self.b.reg(Ty::I64),
        }
    }

    /// Puts an operand where it is wanted.
    pub fn put(&mut self, op: Operand, ty: crate::hir::Ty, dest: Dest) {
        if self.is_dead() {
            return;
        }
        match dest {
            Dest::Discard => self.drop_operand(op, ty),
            Dest::Reg(reg) => {
                let val = self.own(op, ty);
                self.assign_val(reg, val);
            }
            Dest::Addr(addr) => self.store(op, ty, addr, Alias::Any),
        }
    }

    /// Evaluates an expression, its value going where it is wanted.
    pub fn expr_to(&mut self, e: &'p Expr, dest: Dest) {
        if self.is_dead() {
            return;
        }
        self.b.at(e.span);
        let ty = self.subst(e.ty);
        match &e.kind {
            ExprKind::Error => self.cx.internal("a program with errors reached code generation"),
            ExprKind::Unit
            | ExprKind::Literal(_)
            | ExprKind::Local(_)
            | ExprKind::Global(_)
            | ExprKind::Field(..)
            | ExprKind::Index(..)
            | ExprKind::Narrow(_)
            | ExprKind::Unwrap(_)
            | ExprKind::Deref(_)
            | ExprKind::Unary(..)
            | ExprKind::Binary(..)
            | ExprKind::Compare(..)
            | ExprKind::Cast(_)
            | ExprKind::Format(_)
            | ExprKind::FuncValue(..) => {
                let op = if dest == Dest::Discard { self.expr(e) } else { self.consumed(e) };
                self.put(op, ty, dest);
            }
            ExprKind::Tuple(parts) => {
                let parts = parts.iter().enumerate().map(|(i, p)| (i as u32, p));
                self.fields(parts, ty, dest);
            }
            ExprKind::Record(parts) => match self.rep(ty) {
                Rep::Memory(_) | Rep::Unit => self.fields(parts.iter().map(|(i, p)| (*i, p)), ty, dest),
                Rep::Scalar(_) | Rep::Counted | Rep::Nullable(_) => self.instance(parts, ty, dest),
            },
            ExprKind::Range { start, end, is_inclusive } => self.range(start, end, *is_inclusive, ty, dest),
            ExprKind::Array(items) => self.array(items, ty, dest),
            ExprKind::Repeat(value, count) => self.repeat(value, count, ty, dest),
            ExprKind::Variant(variant, payload) => self.variant(*variant, payload, ty, dest),
            ExprKind::Upcast(value) => self.upcast(value, ty, dest),
            ExprKind::Logic(op, a, b) => self.logic(*op, a, b, dest),
            ExprKind::Call { func, type_args, args } => self.call(e, *func, type_args, args, dest),
            ExprKind::CallValue(callee, args) => self.call_value(e, callee, args, dest),
            ExprKind::Print { args, to_stderr, newline } => self.print(args, *to_stderr, *newline),
            ExprKind::Block(parts, has_value) => self.block(parts, *has_value, dest),
            ExprKind::If(cond, then, otherwise) => self.if_(cond, then, otherwise.as_deref(), dest),
            ExprKind::Match(value, arms) => self.match_(value, arms, dest),
            ExprKind::Loop(id, body) => self.loop_(*id, body, dest),
            ExprKind::While(id, cond, body) => self.while_(*id, cond, body),
            ExprKind::For { id, pattern, iter, body } => self.for_(*id, pattern, iter, body),
            ExprKind::Break(id, value) => self.break_(*id, value.as_deref()),
            ExprKind::Continue(id) => self.continue_(*id),
            ExprKind::Return(value) => self.return_(value.as_deref()),
            ExprKind::Let(pattern, init) => self.let_(pattern, init),
            ExprKind::Defer(code) => self.pending.push(Pending::Defer(code)),
            ExprKind::Declare(local) => self.declare_empty(*local),
            ExprKind::Assign(place, value) => self.assign(place, value),
            ExprKind::Initialise(global, value) => self.initialise(*global, value),
            ExprKind::AssignOp(op, place, value) => self.assign_op(*op, place, value),
            ExprKind::Panic(message) => self.panic_with(message),
            ExprKind::Assert(cond, message) => self.assert(cond, message),
        }
    }

    /// Builds a struct, tuple or range from its fields in the order of evaluation.
    fn fields(&mut self, parts: impl Iterator<Item = (u32, &'p Expr)>, ty: crate::hir::Ty, dest: Dest) {
        let Rep::Memory(mem) = self.rep(ty) else {
            parts.for_each(|(_, p)| self.expr_to(p, Dest::Discard));
            return;
        };
        let types = self.cx.field_types(ty, 0);
        // The place may be read by the parts, `p = (p.1, p.0)`, so a fresh one is filled; back ends merge the two.
        let addr = match dest {
            Dest::Addr(addr) => addr,
            Dest::Discard | Dest::Reg(_) => self.temp(ty),
        };
        let depth = self.pending.len();
        for (index, part) in parts {
            let field = self.b.field_addr(addr, mem, index);
            self.expr_to(part, Dest::Addr(field));
            if self.is_dead() {
                break;
            }
            self.hold_at(field, types[index as usize]);
        }
        self.pending.truncate(depth);
        if dest == Dest::Discard {
            self.drop_val(Val::Mem(addr), ty);
        }
    }

    /// Until the whole is there, its finished parts are dropped by a jump out of it.
    pub fn hold_at(&mut self, addr: Reg, ty: crate::hir::Ty) {
        match self.rep(ty) {
            Rep::Memory(_) => self.hold(Operand::owned(Val::Mem(addr)), ty),
            Rep::Counted | Rep::Nullable(_) => {
                let reg = self.b.load(Ty::PTR, addr, Alias::Any);
                self.hold(Operand::reg(reg), ty);
            }
            Rep::Unit | Rep::Scalar(_) => {}
        }
    }

    fn range(&mut self, start: &'p Expr, end: &'p Expr, is_inclusive: bool, ty: crate::hir::Ty, dest: Dest) {
        let Rep::Memory(mem) = self.rep(ty) else { return };
        let start = self.stable_scalar(start);
        let mut end = self.scalar(end);
        if self.is_dead() {
            return;
        }
        if is_inclusive {
            let one = self.b.int(self.b.func.ty(end), 1);
            end = self.b.add(end, one);
        }
        if let Dest::Addr(addr) = dest {
            for (i, value) in [start, end].into_iter().enumerate() {
                let field = self.b.field_addr(addr, mem, i as u32);
                self.b.store(value, field, Alias::Any);
            }
        }
    }

    /// The value of a scalar expression, safe from assignments that follow.
    pub fn stable_scalar(&mut self, e: &'p Expr) -> Reg {
        let value = self.scalar(e);
        if matches!(e.kind, ExprKind::Literal(_)) { value } else { self.b.mov(value) }
    }

    fn array(&mut self, items: &'p [Expr], ty: crate::hir::Ty, dest: Dest) {
        let TyKind::Array(elem) = *self.cx.types.get(ty) else {
            return self.fields_of_array(items, ty, dest);
        };
        if items.is_empty() {
            let empty = self.empty_object();
            return self.put(Operand::borrowed(Val::Reg(empty)), ty, dest);
        }
        if let Some(object) = self.literal_object(items, elem) {
            let object = self.b.global_addr(object);
            return self.put(Operand::borrowed(Val::Reg(object)), ty, dest);
        }
        let len = self.b.int(Ty::USIZE, items.len() as i64);
        let raw = self.call_lang_value("array_new", vec![elem], &[len]);
        let depth = self.pending.len();
        // Until the whole is there, its length is 0: a jump out of it frees the object besides the elements.
        self.hold(Operand::reg(raw), ty);
        let first = self.elements(raw, elem);
        let stored = self.stored(elem);
        for (i, item) in items.iter().enumerate() {
            let index = self.b.int(Ty::USIZE, i as i64);
            let addr = self.b.index_addr(first, stored, index);
            if let Rep::Memory(_) = self.rep(elem) {
                self.expr_to(item, Dest::Addr(addr));
            } else {
                let value = self.consumed(item);
                if !self.is_dead() {
                    self.store(value, elem, addr, Alias::Element);
                }
            }
            if self.is_dead() {
                break;
            }
            self.hold_at(addr, elem);
        }
        self.pending.truncate(depth);
        if self.is_dead() {
            return;
        }
        self.set_header(raw, elem, object::LENGTH, len);
        self.put(Operand::reg(raw), ty, dest);
    }

    fn fields_of_array(&mut self, items: &'p [Expr], ty: crate::hir::Ty, dest: Dest) {
        let TyKind::FixedArray(elem, _) = *self.cx.types.get(ty) else { return };
        let Rep::Memory(mem) = self.rep(ty) else { return };
        let addr = match dest {
            Dest::Addr(addr) => addr,
            Dest::Discard | Dest::Reg(_) => self.temp(ty),
        };
        let depth = self.pending.len();
        for (i, item) in items.iter().enumerate() {
            let field = self.b.field_addr(addr, mem, i as u32);
            self.expr_to(item, Dest::Addr(field));
            if self.is_dead() {
                break;
            }
            self.hold_at(field, elem);
        }
        self.pending.truncate(depth);
        if dest == Dest::Discard {
            self.drop_val(Val::Mem(addr), ty);
        }
    }

    /// `[value; count]`.
    fn repeat(&mut self, value: &'p Expr, count: &'p Expr, ty: crate::hir::Ty, dest: Dest) {
        match *self.cx.types.get(ty) {
            TyKind::Array(elem) => {
                let held = self.addressed(value, elem);
                let count = self.scalar(count);
                if self.is_dead() {
                    return;
                }
                let args = self.argument(held, elem);
                let args: Vec<Reg> = args.into_iter().chain([count]).collect();
                let raw = self.call_lang_value("array_repeat", vec![elem], &args);
                self.release();
                self.put(Operand::reg(raw), ty, dest);
            }
            TyKind::FixedArray(elem, n) => {
                let held = self.addressed(value, elem);
                let Rep::Memory(_) = self.rep(ty) else { return };
                if self.is_dead() {
                    return;
                }
                let addr = match dest {
                    Dest::Addr(addr) => addr,
                    Dest::Discard | Dest::Reg(_) => self.temp(ty),
                };
                let count = self.b.int(Ty::USIZE, n as i64);
                let args = self.argument(held, elem);
                let args: Vec<Reg> = [addr].into_iter().chain(args).chain([count]).collect();
                self.call_lang("fill", vec![elem], &args);
                self.release();
                if dest == Dest::Discard {
                    self.drop_val(Val::Mem(addr), ty);
                }
            }
            _ => self.cx.internal("a repeated literal of a type that is no array"),
        }
    }

    /// Evaluates and holds; the value is stable.
    fn addressed(&mut self, e: &'p Expr, ty: crate::hir::Ty) -> Operand {
        let op = self.expr(e);
        let op = self.stable(op, ty);
        self.hold(op, ty);
        op
    }

    /// A register operand as an argument; nothing for unit.
    pub fn argument(&mut self, op: Operand, _ty: crate::hir::Ty) -> Option<Reg> {
        match op.val {
            Val::Unit => None,
            Val::Reg(reg) | Val::Mem(reg) => Some(reg),
        }
    }

    /// The empty object.
    pub fn empty_object(&mut self) -> Reg {
        let empty = self.cx.empty(self.b.module);
        self.b.global_addr(empty)
    }

    /// Gives a variable the value it has before its first assignment.
    fn declare_empty(&mut self, local: crate::hir::LocalId) {
        let ty = self.local_ty(local);
        let known_from = self.b.span().end;
        let storage = self.declare(local, known_from);
        if !self.cx.needs_drop(ty) {
            // Every use follows an assignment, but not on paths that MIR can tell from others.
            match storage {
                Storage::Reg(reg) => {
                    let reg_ty = self.b.func.ty(reg);
                    let zero = self.b.zero(reg_ty);
                    self.b.assign(reg, zero);
                    self.describe_reg(local, reg, known_from);
                }
                Storage::None | Storage::Addr(_) => {}
            }
            return;
        }
        self.owns(local);
        match storage {
            Storage::None => {}
            Storage::Reg(reg) => {
                let empty = self.empty_value(ty);
                self.b.assign(reg, empty);
                self.describe_reg(local, reg, known_from);
            }
            Storage::Addr(addr) => self.store_empty(addr, ty),
        }
    }

    /// What a variable that holds an address may hold before its first assignment: it can be dropped.
    fn empty_value(&mut self, ty: crate::hir::Ty) -> Reg {
        if let Rep::Nullable(_) = self.rep(ty) {
            return self.b.zero(Ty::PTR);
        }
        let empty = self.empty_object();
        self.b.retain(empty);
        empty
    }

    /// Puts a value that can be dropped into memory that holds none.
    fn store_empty(&mut self, addr: Reg, ty: crate::hir::Ty) {
        match self.rep(ty) {
            Rep::Unit => {}
            Rep::Scalar(reg_ty) => {
                let zero = self.b.zero(reg_ty);
                self.b.store(zero, addr, Alias::Any);
            }
            Rep::Counted | Rep::Nullable(_) => {
                let empty = self.empty_value(ty);
                self.b.store(empty, addr, Alias::Any);
            }
            Rep::Memory(mem) => {
                if let TyKind::FixedArray(elem, n) = *self.cx.types.get(ty) {
                    for i in 0..n as u32 {
                        let field = self.b.field_addr(addr, mem, i);
                        self.store_empty(field, elem);
                    }
                    return;
                }
                for (i, field_ty) in self.cx.field_types(ty, 0).into_iter().enumerate() {
                    let field = self.b.field_addr(addr, mem, i as u32);
                    self.store_empty(field, field_ty);
                }
            }
        }
    }
}
