//! `iso` and `mut` fields: nothing else leads to what one leads to. What is put there is given away (`moves`), and what is
//! there is looked at where it is: it goes nowhere from where it could be kept. Only `replace` takes it out.

use super::context::Checker;
use super::outside::Outside;
use super::tree::*;
use super::types::{Ty, TyKind};
use super::walk::{bound_locals, children, walk};
use crate::diagnostics::{Code, Diagnostic, Span};

impl Checker<'_> {
    /// Reports such fields of what is copied, unless they hold no references.
    pub fn check_own_fields(&mut self) {
        for index in 0..self.adt_infos.len() {
            let is_class = self.adts[index].kind == AdtKind::Class;
            let fields = self.adts[index].variants.first().map_or(&[][..], |variant| &variant.fields);
            let own: Vec<(usize, Ty)> =
                fields.iter().enumerate().filter(|(_, f)| f.is_own).map(|(i, f)| (i, f.ty)).collect();
            for (i, ty) in own {
                if is_class || !self.holds_references(ty) {
                    continue;
                }
                let Some(span) = self.adt_infos[index].fields.get(i).map(|f| f.decl.ty.span) else {
                    continue;
                };
                let message = "an `iso` or `mut` field that holds references, outside of a class";
                let error = Diagnostic::error(Code::MisplacedCapability, message)
                    .at(span, "a copy of the value around it would lead to the same")
                    .help("make the type around it a class, which is not copied");
                self.error(error);
            }
        }
    }

    /// Whether an expression is such a field.
    pub fn is_own_field(&self, e: &Expr) -> bool {
        let ExprKind::Field(base, index) = &e.kind else { return false };
        match *self.types.get(self.resolve(base.ty)) {
            TyKind::Adt(id, _) => self.is_own(id, *index),
            _ => false,
        }
    }

    /// Whether a field of a class is such a field.
    pub fn is_own(&self, id: AdtId, index: u32) -> bool {
        let adt = &self.adts[id.idx()];
        let field = adt.variants.first().and_then(|variant| variant.fields.get(index as usize));
        adt.kind == AdtKind::Class && field.is_some_and(|field| field.is_own)
    }

    /// Whether a place is in what such a field leads to, by the field itself or by a variable of which `is_alias` holds.
    pub fn is_in_own(&self, place: &Expr, is_alias: &dyn Fn(LocalId) -> bool) -> bool {
        self.is_own_field(place)
            || match &place.kind {
                ExprKind::Local(local) => is_alias(*local),
                ExprKind::Field(base, _)
                | ExprKind::Index(base, _)
                | ExprKind::Narrow(base)
                | ExprKind::Unwrap(base) => self.is_in_own(base, is_alias),
                // The value of a key.
                ExprKind::Deref(pointer) => match &pointer.kind {
                    ExprKind::Call { args, .. } => {
                        args.first().is_some_and(|dict| self.is_in_own(dict, is_alias))
                    }
                    _ => false,
                },
                _ => false,
            }
    }

    /// Whether a body has to do with such fields.
    pub fn has_own_fields(&self, body: &Body) -> bool {
        let mut found = false;
        walk(&body.value, &mut |e| {
            found |= match &e.kind {
                ExprKind::Record(parts) => match *self.types.get(e.ty) {
                    TyKind::Adt(id, _) => parts.iter().any(|(index, _)| self.is_own(id, *index)),
                    _ => false,
                },
                // They take classes apart.
                ExprKind::Match(..) | ExprKind::Let(..) => true,
                _ => self.is_own_field(e),
            }
        });
        found
    }

    /// What a call of `replace` takes out of such a field.
    pub fn takes_out(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Call { func, args, .. } if self.is_lang(*func, "replace") => {
                args.first().is_some_and(|place| self.is_own_field(place))
            }
            _ => false,
        }
    }

    /// The uses of such fields in a body from which others could reach what they lead to.
    pub fn leaks(&mut self, outside: &Outside, funcs: &[Func], body: &Body) -> Vec<Diagnostic> {
        let aliases = vec![false; body.locals.len()];
        let mut uses = Uses { checker: self, outside, funcs, body, aliases, found: Vec::new() };
        uses.visit(&body.value);
        uses.refuse(&body.value);
        uses.found
    }
}

struct Uses<'c, 'a, 'p> {
    checker: &'c mut Checker<'a>,
    outside: &'p Outside,
    funcs: &'p [Func],
    body: &'p Body,
    /// The temporaries that have what such a field leads to.
    aliases: Vec<bool>,
    found: Vec<Diagnostic>,
}

impl Uses<'_, '_, '_> {
    /// Whether an expression gives what such a field leads to.
    fn is_own(&mut self, e: &Expr) -> bool {
        if !self.checker.holds_references(e.ty) {
            return false;
        }
        match &e.kind {
            ExprKind::Local(_)
            | ExprKind::Field(..)
            | ExprKind::Index(..)
            | ExprKind::Narrow(_)
            | ExprKind::Unwrap(_)
            | ExprKind::Deref(_) => self.leads_there(e),
            ExprKind::Block(parts, true) => parts.last().is_some_and(|last| self.is_own(last)),
            ExprKind::If(_, then, Some(otherwise)) => self.is_own(then) || self.is_own(otherwise),
            ExprKind::Match(_, arms) => arms.iter().any(|arm| self.is_own(&arm.body)),
            _ => false,
        }
    }

    /// Reports an expression that would lead others there.
    fn refuse(&mut self, e: &Expr) {
        if self.is_own(e) {
            self.report(e.span);
        }
    }

    fn report(&mut self, span: Span) {
        let error = Diagnostic::error(Code::NotIsolated, "what an `iso` or `mut` field holds stays in it")
            .at(span, "others could reach it from here on")
            .note("nothing but the field leads to what it holds")
            .help("use it where it is, or take it out: `replace(place, other)`");
        self.found.push(error);
    }

    fn visit(&mut self, e: &Expr) {
        children(e, &mut |part| self.visit_later(part, e));
        match &e.kind {
            // What is looked at, and values that are judged where they are used.
            ExprKind::Field(..)
            | ExprKind::Index(..)
            | ExprKind::Narrow(_)
            | ExprKind::Unwrap(_)
            | ExprKind::Block(..)
            | ExprKind::If(..)
            | ExprKind::AssignOp(..) => {}
            // That a value can be given to such a field is seen to in `moves`.
            ExprKind::Assign(place, value) => {
                if !self.checker.is_in_own(place, &|_| false) {
                    let is_kept = self.leads_there(place) && self.checker.holds_references(value.ty);
                    if is_kept { self.report(value.span) } else { self.refuse(value) }
                }
            }
            ExprKind::Record(parts) => {
                let id = match *self.checker.types.get(e.ty) {
                    TyKind::Adt(id, _) => Some(id),
                    _ => None,
                };
                for (index, part) in parts {
                    if !id.is_some_and(|id| self.checker.is_own(id, *index)) {
                        self.refuse(part);
                    }
                }
            }
            ExprKind::Compare(..) | ExprKind::Print { .. } | ExprKind::Format(_) => {
                if self.outside.has_own_operators() {
                    children(e, &mut |part| self.refuse(part));
                }
            }
            ExprKind::Call { func, args, .. } => {
                let takes_out = self.checker.takes_out(e);
                let passings: Vec<Passing> = self.funcs[func.idx()].passings().collect();
                for (i, arg) in args.iter().enumerate() {
                    let is_found =
                        ["dict_at", "dict_place"].iter().any(|name| self.checker.is_lang(*func, name));
                    let is_given =
                        passings.get(i) == Some(&Passing::Iso) || (i == 0 && (takes_out || is_found));
                    if !is_given && self.is_own(arg) && self.may_leak(e, args, i) {
                        self.report(arg.span);
                    }
                }
            }
            ExprKind::Let(pattern, value) => {
                self.own_parts(pattern);
                if self.is_own(value) {
                    self.bound(pattern, value.span);
                }
            }
            ExprKind::Match(..) | ExprKind::For { .. } | ExprKind::Deref(_) => {}
            _ => children(e, &mut |part| self.refuse(part)),
        }
    }

    /// A part of an expression; the variables of a pattern are known before what uses them.
    fn visit_later(&mut self, part: &Expr, of: &Expr) {
        self.visit(part);
        let (patterns, value): (Vec<&Pattern>, &Expr) = match &of.kind {
            ExprKind::Match(value, arms) => (arms.iter().map(|arm| &arm.pattern).collect(), value),
            ExprKind::For { pattern, iter, .. } => (vec![pattern], iter),
            _ => return,
        };
        if !std::ptr::eq(value, part) {
            return;
        }
        let is_own = self.is_own(value);
        for pattern in patterns {
            self.own_parts(pattern);
            if is_own {
                self.bound(pattern, value.span);
            }
        }
    }

    /// What a pattern takes out of such fields.
    fn own_parts(&mut self, pattern: &Pattern) {
        let id = match *self.checker.types.get(pattern.ty) {
            TyKind::Adt(id, _) => Some(id),
            _ => None,
        };
        match &pattern.kind {
            PatternKind::Wildcard
            | PatternKind::Bind(_)
            | PatternKind::Constant(_)
            | PatternKind::Range { .. } => {}
            PatternKind::Or(parts) => parts.iter().for_each(|part| self.own_parts(part)),
            PatternKind::Fields(fields, _) => {
                for (index, field) in fields {
                    match id.is_some_and(|id| self.checker.is_own(id, *index)) {
                        true => self.bound(field, field.span),
                        false => self.own_parts(field),
                    }
                }
            }
            PatternKind::Variant(_, fields) => fields.iter().for_each(|(_, field)| self.own_parts(field)),
            PatternKind::Downcast(inner) => self.own_parts(inner),
            PatternKind::Array { prefix, suffix, .. } => {
                prefix.iter().chain(suffix).for_each(|part| self.own_parts(part));
            }
        }
    }

    /// Whether a place is in what such a field leads to.
    fn leads_there(&self, place: &Expr) -> bool {
        self.checker.is_in_own(place, &|local| self.aliases[local.idx()])
    }

    /// The variables of a pattern for what such a field leads to: temporaries are names for it, others would keep it.
    fn bound(&mut self, pattern: &Pattern, span: Span) {
        for local in bound_locals(pattern) {
            let variable = &self.body.locals[local.idx()];
            if self.checker.name(variable.name).is_empty() {
                self.aliases[local.idx()] = true;
            } else if self.checker.holds_references(variable.ty) {
                return self.report(span);
            }
        }
    }

    /// Whether a call may keep an argument: in its result, in another argument, or in a variable of a module.
    fn may_leak(&mut self, call: &Expr, args: &[Expr], at: usize) -> bool {
        let ty = args[at].ty;
        let mut others = args.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, other)| other.ty);
        self.checker.may_share(call.ty, ty)
            || others.any(|other| self.checker.may_share(other, ty))
            || self.outside.may_pass(self.checker, call, ty)
    }
}
