//! Places: what may be assigned, changed in place, or passed as `mut`.

use super::context::*;
use super::dict_update::Update;
use super::ops::{compound, concat};
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::ast::{self, BinOp, ExprKind as Ast};

/// What is done to a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Change {
    /// It is assigned.
    Assign,
    /// It is passed as `mut`.
    Pass,
    /// A `me` method of a type that users declare is called on it.
    Method,
    /// A method of a built-in collection is called on it, or an element assigned: a `val` allows that.
    Collection,
}

/// Where a place begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Root {
    Local(LocalId),
    Global(GlobalId),
}

/// A step from a place to a part of it: a field, or an element with its index if that is a literal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    Field(u32),
    Element(Option<u64>),
}

/// What is assigned.
enum Target<'a> {
    Place(Expr),
    /// The value of a key of a dict, which need not be there.
    Element(Expr, &'a ast::Expr),
}

/// What is assigned, with nothing left to evaluate in it.
enum Opened {
    Place(Expr),
    Element(Expr, Expr),
}

impl<'a> Checker<'a> {
    /// Whether an expression names a place, and not a value that is in none.
    pub fn is_place(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Local(_) | ExprKind::Global(_) => true,
            ExprKind::Field(base, _) => self.is_reference(self.resolve(base.ty)) || self.is_place(base),
            ExprKind::Index(base, _) | ExprKind::Narrow(base) | ExprKind::Unwrap(base) => self.is_place(base),
            ExprKind::Deref(_) => true,
            _ => false,
        }
    }

    /// Whether a place is a variable, or is reached from one.
    pub fn is_in_variable(&self, e: &Expr) -> bool {
        self.way(e).is_some()
    }

    /// The variable that a place is or is part of, and the way from there; whether that leads through a reference.
    fn way(&self, place: &Expr) -> Option<(Root, Vec<Step>, bool)> {
        let (base, step) = match &place.kind {
            ExprKind::Narrow(base) | ExprKind::Unwrap(base) => return self.way(base),
            ExprKind::Local(local) => return Some((Root::Local(*local), Vec::new(), false)),
            ExprKind::Global(global) => return Some((Root::Global(*global), Vec::new(), false)),
            ExprKind::Field(base, field) => (&**base, Step::Field(*field)),
            ExprKind::Index(base, index) => (&**base, Step::Element(self.literal_index(index))),
            ExprKind::Deref(pointer) => (self.dict_of(pointer)?, Step::Element(None)),
            _ => return None,
        };
        let (root, mut steps, is_behind_reference) = self.way(base)?;
        steps.push(step);
        Some((root, steps, is_behind_reference || self.is_reference(self.resolve(base.ty))))
    }

    fn literal_index(&self, index: &Expr) -> Option<u64> {
        let ExprKind::Literal(Constant::Int(at)) = index.kind else { return None };
        match self.numbers[at as usize] {
            Number::Int { value, negative: false } => Some(value),
            Number::Int { .. } | Number::Float { .. } => None,
        }
    }

    /// Whether a call may change one place and be given the other, too: not when one holds the other. A reference to what
    /// the place is in may be given.
    pub fn is_exclusive(&self, changed: &Expr, other: &Expr, other_is_changed: bool) -> bool {
        let (Some((root, steps, is_behind_reference)), Some((other_root, other_steps, _))) =
            (self.way(changed), self.way(other))
        else {
            return true;
        };
        let may_be_same = |(a, b): (&Step, &Step)| match (a, b) {
            (Step::Element(None), Step::Element(_)) | (Step::Element(_), Step::Element(None)) => true,
            _ => a == b,
        };
        let overlap = root == other_root && steps.iter().zip(&other_steps).all(may_be_same);
        // A part that is only read is copied for the call.
        !overlap || !(other_is_changed || (other_steps.is_empty() && !is_behind_reference))
    }

    /// Whether the place may be changed so; reports it if not.
    pub fn changeable(&mut self, place: &Expr, mut change: Change) -> bool {
        let mut at = place;
        loop {
            match &at.kind {
                ExprKind::Error => return true,
                ExprKind::Field(base, _) => {
                    let base_ty = self.resolve(base.ty);
                    if self.is_reference(base_ty) {
                        return true;
                    }
                    at = base;
                }
                ExprKind::Index(base, _) => {
                    let base_ty = self.resolve(base.ty);
                    if matches!(self.types.get(base_ty), TyKind::Array(_)) {
                        change = Change::Collection;
                    }
                    at = base;
                }
                ExprKind::Narrow(base) | ExprKind::Unwrap(base) => at = base,
                ExprKind::Deref(pointer) => match self.dict_of(pointer) {
                    Some(dict) => {
                        change = Change::Collection;
                        at = dict;
                    }
                    None => return true,
                },
                ExprKind::Global(id) => {
                    let global = &self.globals[id.idx()];
                    if global.is_var || change == Change::Collection {
                        return true;
                    }
                    let (name, span) = (global.name, global.span);
                    self.unchangeable(name, span, place.span, change, "a `val`");
                    return false;
                }
                ExprKind::Local(id) => return self.local_changeable(*id, place.span, change),
                _ => {
                    let message = match change {
                        Change::Assign | Change::Collection => "this is no place that can be assigned",
                        Change::Pass | Change::Method => "only a variable can be passed as `mut`",
                    };
                    let code = if change == Change::Assign { Code::BadAssignment } else { Code::NotMutable };
                    let is_part_of_text = matches!(&place.kind, ExprKind::Call { args, .. }
                        if place.ty == Ty::TEXT && args.first().is_some_and(|base| self.resolve(base.ty) == Ty::TEXT));
                    let help = match is_part_of_text {
                        true => "a text does not change: make another one and assign that",
                        false => "put it into a `var` first",
                    };
                    let error = match &place.kind {
                        ExprKind::FuncValue(func, ..) if self.funcs[func.idx()].decl.is_some() => {
                            Diagnostic::error(code, "a function cannot be assigned")
                                .at(place.span, "this is a function")
                                .also(self.funcs[func.idx()].span, "declared here")
                                .help("choose another name for a variable: `var x = …`")
                        }
                        _ => Diagnostic::error(code, message)
                            .at(place.span, "not a variable, field or element")
                            .help(help),
                    };
                    self.error(error);
                    return false;
                }
            }
        }
    }

    fn local_changeable(&mut self, id: LocalId, span: Span, change: Change) -> bool {
        let self_name = self.sym.self_;
        let local = &mut self.cx().locals[id.idx()];
        let (name, at) = (local.name, local.span);
        if let Some(operator) = local.copied_by {
            self.found_changed(operator, span);
            return false;
        }
        if local.is_captured {
            self.captured_changed(name, at, span, change);
            return false;
        }
        match local.passing {
            None if local.is_var => true,
            None if change == Change::Collection => {
                local.is_changed = true;
                true
            }
            None => {
                self.unchangeable(name, at, span, change, "a `val`");
                false
            }
            Some(Passing::Mut) => true,
            Some(Passing::Shared | Passing::Iso) if name == self_name => {
                let error = Diagnostic::error(Code::NotMutable, "`self` cannot be changed by an `fn` method")
                    .at(span, "changed here")
                    .also(at, "declared with `fn`")
                    .help("declare the method with `me`");
                self.error(error);
                false
            }
            Some(Passing::Shared | Passing::Iso) if change == Change::Collection => {
                local.is_changed = true;
                true
            }
            Some(Passing::Shared | Passing::Iso) => {
                self.unchangeable(name, at, span, change, "a parameter");
                false
            }
        }
    }

    /// Reports a change of what `?.` or `!` found in a variable: nobody would see it.
    pub fn found_changed(&mut self, operator: &str, span: Span) {
        let message = format!("what `{operator}` finds is a copy and cannot be changed");
        let error = Diagnostic::error(Code::NotMutable, message)
            .at(span, "changed here")
            .help("take it out with `if val`, change that, and assign it back");
        self.error(error);
    }

    /// Reports a change of a variable of a function around.
    fn captured_changed(&mut self, name: crate::syntax::Symbol, at: Span, span: Span, change: Change) {
        let text = self.name(name);
        let (what, label) = match change {
            Change::Assign => ("assigned", "assigned here"),
            Change::Pass => ("passed as `mut`", "passed here"),
            Change::Method | Change::Collection => ("changed", "changed here"),
        };
        let error =
            Diagnostic::error(Code::ChangedCapture, format!("`{text}` is captured and cannot be {what}"))
                .at(span, label)
                .also(at, "a variable of the function around this one")
                .note("a function has copies of the variables around it")
                .help("give the new value back as the result, or keep it in an instance of a class");
        self.error(error);
    }

    fn unchangeable(
        &mut self,
        name: crate::syntax::Symbol,
        at: Span,
        span: Span,
        change: Change,
        what: &str,
    ) {
        let text = self.name(name);
        let (code, message) = match change {
            Change::Assign | Change::Collection => {
                (Code::AssignToVal, format!("`{text}` is {what} and cannot be assigned"))
            }
            Change::Pass => (Code::NotMutable, format!("`{text}` is {what} and cannot be passed as `mut`")),
            Change::Method => {
                (Code::NotMutable, format!("`{text}` is {what} and cannot be changed by a `me` method"))
            }
        };
        let help = if what == "a parameter" {
            "declare the parameter as `mut`, or work on a copy: `var copy = …`".to_owned()
        } else {
            format!("declare it with `var {text}`, or work on a copy")
        };
        let error = Diagnostic::error(code, message)
            .at(span, if change == Change::Assign { "assigned here" } else { "changed here" })
            .also(at, "declared here")
            .help(help);
        self.error(error);
    }

    /// `target = value`, `target op= value`.
    pub fn assign(
        &mut self,
        target: &'a ast::Expr,
        op: Option<BinOp>,
        value: &'a ast::Expr,
        span: Span,
    ) -> Expr {
        if let (Ast::Tuple(parts), None) = (&target.kind, op) {
            return self.assign_tuple(parts, value, span);
        }
        let place = match self.place(target) {
            Target::Place(place) => place,
            Target::Element(dict, key) if op.is_none() => {
                return match self.element_update(target, &dict, value) {
                    Some(Update { op, other: Some(other), operand }) => {
                        let place = self.dict_entry(dict, key, other, target.span);
                        self.assign_op(place, op, operand, span)
                    }
                    Some(Update { op, other: None, operand }) => {
                        // It is reading the old value that panics where there is none.
                        let read = self.same_place(&dict);
                        let old = self.dict_value(read, key, target.span);
                        let place = self.dict_value(dict, key, target.span);
                        let change = self.assign_op(place, op, operand, span);
                        expr(ExprKind::Block(vec![old, change], false), Ty::UNIT, span)
                    }
                    None => self.assign_element(dict, key, value, span),
                };
            }
            Target::Element(dict, key) => self.dict_value(dict, key, target.span),
        };
        if let Some(op) = op {
            return match compound(op) {
                Some(op) => self.assign_op(place, op, value, span),
                None => self.unsupported("this compound assignment", span),
            };
        }
        if !self.changeable(&place, Change::Assign) {
            return self.unassigned(value, span);
        }
        let why = self.declared_at(&place);
        let wanted = self.read_type(place.ty);
        let value = self.expr_as(value, wanted, why);
        let value = self.held_value(value, place.ty);
        self.forget_of(&place);
        self.with_opened(place, value, span, |_, place, value| {
            expr(ExprKind::Assign(Box::new(place), Box::new(value)), Ty::UNIT, span)
        })
    }

    /// Checks a value that cannot be assigned, which was reported, for the errors inside it.
    fn unassigned(&mut self, value: &'a ast::Expr, span: Span) -> Expr {
        let value = self.expr(value, Expect::Ty(Ty::ERROR, Why::None));
        self.forgive(value.ty);
        self.error_expr(span)
    }

    /// `place op= value`.
    fn assign_op(&mut self, place: Expr, op: BinaryOp, value: &'a ast::Expr, span: Span) -> Expr {
        if !self.changeable(&place, Change::Assign) {
            return self.unassigned(value, span);
        }
        let why = self.declared_at(&place);
        let value = self.expr(value, Expect::Any);
        let ty = self.read_type(place.ty);
        let ty = self.resolve(ty);
        if ty == Ty::TEXT && op == BinaryOp::Add {
            let value = self.coerce(value, Ty::TEXT, why);
            return self.with_opened(place, value, span, |checker, place, value| {
                checker.assign_through(place, span, |_, old| concat(old, value, span))
            });
        }
        if self.unit_base(ty).is_some() {
            return self.with_opened(place, value, span, |checker, place, value| {
                checker.assign_through(place, span, |checker, old| {
                    let new = checker.arithmetic(op, old, value, span);
                    checker.coerce(new, ty, why)
                })
            });
        }
        let is_number = self.is_number(ty) || self.var_kind(ty).is_some();
        if !is_number || !self.fits_operand(value.ty) {
            // Reports what is wrong with the operands.
            let old = expr(ExprKind::Unit, ty, place.span);
            return self.arithmetic(op, old, value, span);
        }
        let is_shift = matches!(op, BinaryOp::Shl | BinaryOp::Shr);
        let is_int = matches!(self.types.get(self.resolve(value.ty)), TyKind::Int(_));
        let value = if is_shift {
            self.settled(value)
        } else if ty == Ty::F64 && is_int {
            self.cast(value, Ty::F64)
        } else {
            self.coerce(value, ty, why)
        };
        self.with_opened(place, value, span, |_, place, value| {
            expr(ExprKind::AssignOp(op, Box::new(place), Box::new(value)), Ty::UNIT, span)
        })
    }

    pub fn fits_operand(&self, ty: Ty) -> bool {
        let ty = self.resolve(ty);
        self.is_number(ty) || self.var_kind(ty).is_some() || ty == Ty::ERROR || ty == Ty::NEVER
    }

    /// An assignment target.
    fn place(&mut self, target: &'a ast::Expr) -> Target<'a> {
        if let Ast::Name(name) = target.kind
            && self.find(name).is_none()
        {
            let mut error = self.no_such_name(name, target.span);
            if error.helps.is_empty() {
                error = error.help(format!("declare it with its first value: `var {} = …`", self.name(name)));
            }
            self.error(error);
            // It is said once, not at each use.
            let local = self.new_local(name, Ty::ERROR, true, target.span);
            self.cx().names.declare(name, Binding::Local(local));
            return Target::Place(self.error_expr(target.span));
        }
        if let Ast::Field(base, name) = &target.kind
            && self.named(target).is_none()
            && self.owner(base).is_none()
        {
            let base = self.expr(base, Expect::Any);
            return Target::Place(self.held_member(base, *name, target.span, Expect::Any));
        }
        let Ast::Index(base, index) = &target.kind else {
            let place = self.expr(target, Expect::Any);
            return Target::Place(self.whole(place));
        };
        let base = self.expr(base, Expect::Any);
        if self.dict_parts(base.ty).is_some() {
            return Target::Element(base, index);
        }
        Target::Place(self.index_of(base, index, target.span))
    }

    /// The dict whose value the address is that of.
    fn dict_of<'e>(&self, pointer: &'e Expr) -> Option<&'e Expr> {
        let ExprKind::Call { func, args, .. } = &pointer.kind else { return None };
        let is_of_value = self.is_lang(*func, "dict_at") || self.is_lang(*func, "dict_place");
        if is_of_value { args.first() } else { None }
    }

    /// Whether the way from a variable or instance to the place leads through a dict.
    fn leads_through_dict(&self, place: &Expr) -> bool {
        match &place.kind {
            ExprKind::Field(base, _) if self.is_reference(self.resolve(base.ty)) => false,
            ExprKind::Field(base, _) | ExprKind::Index(base, _) | ExprKind::Unwrap(base) => {
                self.leads_through_dict(base)
            }
            ExprKind::Deref(pointer) => self.dict_of(pointer).is_some(),
            _ => false,
        }
    }

    /// The place made ready to be changed: where a dict is on the way to it, the keys and indices go to `code` first, and
    /// the dict's entries are made its own.
    pub fn opened(&mut self, place: Expr, code: &mut Vec<Expr>) -> Expr {
        if self.leads_through_dict(&place) { self.spill_indices(place, code) } else { place }
    }

    /// The value, in a temporary if evaluating it later could make a difference.
    pub fn spilled(&mut self, value: Expr, code: &mut Vec<Expr>) -> Expr {
        if let ExprKind::Literal(_) = value.kind {
            return value;
        }
        let at = value.span;
        let (bind, local) = self.temporary(value, false);
        code.push(bind);
        self.local(local, at)
    }

    /// A change of a place by a value, behind the keys and indices of the place.
    fn with_opened(
        &mut self,
        place: Expr,
        value: Expr,
        span: Span,
        change: impl FnOnce(&mut Self, Expr, Expr) -> Expr,
    ) -> Expr {
        if !self.leads_through_dict(&place) {
            return change(self, place, value);
        }
        let mut code = Vec::new();
        let place = self.spill_indices(place, &mut code);
        let value = self.spilled(value, &mut code);
        code.push(change(self, place, value));
        expr(ExprKind::Block(code, false), Ty::UNIT, span)
    }

    fn declared_at(&mut self, place: &Expr) -> Why {
        match &place.kind {
            ExprKind::Local(id) => {
                let local = &self.cx().locals[id.idx()];
                Why::Variable(local.name, local.span, local.origin)
            }
            ExprKind::Global(id) => {
                let global = &self.globals[id.idx()];
                Why::Variable(global.name, global.span, self.origin_of_global(*id))
            }
            ExprKind::Field(base, index) => {
                self.declared_field(base.ty, *index).unwrap_or(Why::Place(place.span))
            }
            _ => Why::Place(place.span),
        }
    }

    /// `place = f(place)`, with the indices of the place evaluated once.
    pub fn assign_through(
        &mut self,
        place: Expr,
        span: Span,
        f: impl FnOnce(&mut Self, Expr) -> Expr,
    ) -> Expr {
        let mut code = Vec::new();
        let place = self.spill_indices(place, &mut code);
        let old = self.same_place(&place);
        let value = f(self, old);
        code.push(expr(ExprKind::Assign(Box::new(place), Box::new(value)), Ty::UNIT, span));
        if code.len() == 1 {
            return code.remove(0);
        }
        expr(ExprKind::Block(code, false), Ty::UNIT, span)
    }

    /// The place with the instance that it is in and each index in temporaries, whose declarations go to `code`.
    pub fn spill_indices(&mut self, place: Expr, code: &mut Vec<Expr>) -> Expr {
        let (ty, span) = (place.ty, place.span);
        let kind = match place.kind {
            ExprKind::Field(base, i) if self.is_reference(self.resolve(base.ty)) => {
                ExprKind::Field(Box::new(self.spilled(*base, code)), i)
            }
            ExprKind::Field(base, i) => ExprKind::Field(Box::new(self.spill_indices(*base, code)), i),
            ExprKind::Unwrap(base) => ExprKind::Unwrap(Box::new(self.spill_indices(*base, code))),
            ExprKind::Index(base, index) => {
                let base = self.spill_indices(*base, code);
                let index = self.settled(*index);
                let at = index.span;
                let (bind, local) = self.temporary(index, false);
                code.push(bind);
                ExprKind::Index(Box::new(base), Box::new(self.local(local, at)))
            }
            ExprKind::Deref(pointer) => ExprKind::Deref(Box::new(self.opened_dict(*pointer, code))),
            other => other,
        };
        expr(kind, ty, span)
    }

    /// The address of a dict's value, to change it, from that to read it.
    fn opened_dict(&mut self, pointer: Expr, code: &mut Vec<Expr>) -> Expr {
        if self.dict_of(&pointer).is_none() {
            return pointer;
        }
        let ExprKind::Call { mut args, .. } = pointer.kind else { return pointer };
        let key = args.pop().map(|key| self.settled(key)).map(|key| self.spilled(key, code));
        let dict = args.pop().map(|dict| self.spill_indices(dict, code));
        let args = dict.into_iter().chain(key).collect();
        self.call_lang("dict_place", args, "a dict", pointer.span)
    }

    /// Another expression of a place whose indices are in variables.
    pub fn same_place(&self, place: &Expr) -> Expr {
        let kind = match &place.kind {
            ExprKind::Local(id) => ExprKind::Local(*id),
            ExprKind::Global(id) => ExprKind::Global(*id),
            ExprKind::Field(base, i) => ExprKind::Field(Box::new(self.same_place(base)), *i),
            ExprKind::Index(base, index) => {
                ExprKind::Index(Box::new(self.same_place(base)), Box::new(self.same_place(index)))
            }
            ExprKind::Deref(pointer) => ExprKind::Deref(Box::new(self.same_place(pointer))),
            ExprKind::Narrow(base) => ExprKind::Narrow(Box::new(self.same_place(base))),
            ExprKind::Unwrap(base) => ExprKind::Unwrap(Box::new(self.same_place(base))),
            ExprKind::Call { func, type_args, args } => {
                let args = args.iter().map(|arg| self.same_place(arg)).collect();
                ExprKind::Call { func: *func, type_args: type_args.clone(), args }
            }
            ExprKind::Literal(constant) => ExprKind::Literal(*constant),
            _ => ExprKind::Error,
        };
        expr(kind, place.ty, place.span)
    }

    /// `(a, b) = (b, a)`: the whole right side is evaluated before the first is assigned.
    fn assign_tuple(&mut self, parts: &'a [ast::Arg], value: &'a ast::Expr, span: Span) -> Expr {
        let (mut code, mut targets, mut types) = (Vec::new(), Vec::new(), Vec::new());
        for part in parts {
            let (target, ty) = match self.place(&part.value) {
                Target::Place(place) => {
                    self.changeable(&place, Change::Assign);
                    let ty = self.read_type(place.ty);
                    (Opened::Place(self.spill_indices(place, &mut code)), ty)
                }
                Target::Element(dict, key) => {
                    self.changeable(&dict, Change::Collection);
                    let ty = self.dict_parts(dict.ty).map_or(Ty::ERROR, |parts| parts.1);
                    let key = self.key_of(dict.ty, key);
                    let dict = self.spill_indices(dict, &mut code);
                    (Opened::Element(dict, self.spilled(key, &mut code)), ty)
                }
            };
            targets.push(target);
            types.push(ty);
        }
        let wanted = self.types.intern(TyKind::Tuple(types.clone(), None));
        let value = self.expr_as(value, wanted, Why::None);
        if value.ty == Ty::ERROR {
            return value;
        }
        let (bind, all) = self.temporary(value, false);
        code.push(bind);
        for (i, (target, ty)) in targets.into_iter().zip(types).enumerate() {
            let at = parts[i].value.span;
            let all = self.local(all, at);
            let part = expr(ExprKind::Field(Box::new(all), i as u32), ty, at);
            let change = match target {
                Opened::Place(place) => {
                    let part = self.held_value(part, place.ty);
                    self.forget_of(&place);
                    expr(ExprKind::Assign(Box::new(place), Box::new(part)), Ty::UNIT, at)
                }
                Opened::Element(dict, key) => self.set_element(dict, key, part, at),
            };
            code.push(change);
        }
        expr(ExprKind::Block(code, false), Ty::UNIT, span)
    }

    /// `x->m(a)` is `x = x.m(a)`.
    pub fn update_method(
        &mut self,
        target: &'a ast::Expr,
        method: ast::Ident,
        args: &'a [ast::Arg],
        span: Span,
    ) -> Expr {
        let place = match self.place(target) {
            Target::Place(place) => place,
            Target::Element(dict, key) => self.dict_value(dict, key, target.span),
        };
        if !self.changeable(&place, Change::Assign) {
            self.check_loosely(&super::arguments::given(None, args));
            return self.error_expr(span);
        }
        self.forget_of(&place);
        let (held, why) = (place.ty, self.declared_at(&place));
        let given = super::arguments::given(None, args);
        self.assign_through(place, span, |checker, old| {
            let old = checker.read_field(old);
            let ty = old.ty;
            let value = checker.method_call(old, method, &[], &given, span, Expect::Any);
            let value = checker.coerce(value, ty, why);
            checker.held_value(value, held)
        })
    }
}
