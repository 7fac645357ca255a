//! The built-in traits: which types have them (structural for values).

use std::rc::Rc;

use super::context::*;
use super::tree::AdtKind;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};

impl Checker<'_> {
    /// Demands that a type have a built-in trait, once it is known.
    pub fn require(&mut self, ty: Ty, bound: Builtin, span: Span, by: Option<DeclId>) {
        let ty = self.resolve(ty);
        // What is known to have all of them needs no entry.
        if matches!(
            self.types.get(ty),
            TyKind::Int(_) | TyKind::Bool | TyKind::Text | TyKind::Char | TyKind::Error
        ) {
            return;
        }
        let generics = Rc::clone(&self.cx().scope.generics);
        self.obligations.push(Obligation { ty, bound, generics, span, by });
    }

    /// Reports the demands that are not met.
    pub fn check_obligations(&mut self) {
        for obligation in std::mem::take(&mut self.obligations) {
            let ty = self.deep(obligation.ty);
            let mut open = Vec::new();
            let Some(culprit) = self.lacks(ty, obligation.bound, &obligation.generics, &mut open) else {
                continue;
            };
            self.report_bound(&obligation, ty, culprit);
        }
    }

    fn report_bound(&mut self, obligation: &Obligation, ty: Ty, culprit: Ty) {
        let is_param = |checker: &Self, ty: Ty| match *checker.types.get(ty) {
            TyKind::Param(i) => obligation.generics.get(i as usize).map(|g| checker.name(g.name).to_owned()),
            _ => None,
        };
        let shown = is_param(self, ty).unwrap_or_else(|| self.show(ty));
        let bound = obligation.bound;
        let what = match bound {
            Builtin::Eq => "cannot be compared with `==`",
            Builtin::Ord => "has no order",
            Builtin::Hash => "cannot be hashed",
            Builtin::Show => "cannot be shown as text",
        };
        let mut error = Diagnostic::error(Code::MissingBound, format!("`{shown}` {what}"))
            .at(obligation.span, format!("needs `{}` here", bound.name()));
        if let Some(by) = obligation.by {
            let name = self.decls[by.0 as usize].decl.name;
            error = error.also(name.span, format!("`{}` asks for it", self.name(name.name)));
        }
        if culprit != ty {
            let inner = is_param(self, culprit).unwrap_or_else(|| self.show(culprit));
            error = error.note(format!("because of `{inner}` inside it"));
        }
        if let Some(name) = is_param(self, culprit) {
            error = error.help(format!("bound the type parameter: `<{name}: {}>`", bound.name()));
        }
        self.error(error);
    }

    /// The part of a type that lacks a trait. `open` holds the types being looked into, for recursive ones.
    fn lacks(&mut self, ty: Ty, bound: Builtin, generics: &[Generic], open: &mut Vec<Ty>) -> Option<Ty> {
        let parts = match self.types.get(ty).clone() {
            TyKind::Error
            | TyKind::Never
            | TyKind::Unit
            | TyKind::Bool
            | TyKind::Char
            | TyKind::Int(_)
            | TyKind::Text
            | TyKind::Var(_) => return None,
            TyKind::F32 | TyKind::F64 => return (bound == Builtin::Hash).then_some(ty),
            TyKind::Param(i) => {
                // Everything but a function can be shown; a function is caught where the parameter becomes one.
                let has = generics.get(i as usize).is_some_and(|g| g.bounds.has(bound));
                return (bound != Builtin::Show && !has).then_some(ty);
            }
            TyKind::Fn(..) | TyKind::Any | TyKind::Dyn(..) => return (bound != Builtin::Show).then_some(ty),
            TyKind::Ptr(_) => return matches!(bound, Builtin::Ord | Builtin::Hash).then_some(ty),
            TyKind::Range(_) => return (bound == Builtin::Ord).then_some(ty),
            TyKind::Dict(key, value) if bound == Builtin::Eq || bound == Builtin::Show => vec![key, value],
            TyKind::Set(elem) if bound == Builtin::Eq || bound == Builtin::Show => vec![elem],
            TyKind::Dict(..) | TyKind::Set(_) => return Some(ty),
            TyKind::Tuple(parts, _) | TyKind::Union(parts) => parts,
            TyKind::FixedArray(elem, _) | TyKind::Array(elem) | TyKind::Vector(_, elem) => vec![elem],
            TyKind::Adt(id, args) => {
                if self.adts[id.idx()].kind != AdtKind::Struct && self.adts[id.idx()].kind != AdtKind::Enum {
                    // References: equal when identical, without an order.
                    return (bound == Builtin::Ord).then_some(ty);
                }
                if open.contains(&ty) {
                    return None;
                }
                open.push(ty);
                let variants = &self.adts[id.idx()].variants;
                let fields: Vec<Ty> = variants.iter().flat_map(|v| v.fields.iter().map(|f| f.ty)).collect();
                fields.into_iter().map(|field| self.types.substitute(field, &args)).collect()
            }
        };
        parts.into_iter().find_map(|part| self.lacks(part, bound, generics, open))
    }
}
