//! How arguments are passed: what a call may change, and that nothing else reaches it meanwhile.

use super::context::*;
use super::place::Change;
use super::tree::*;
use super::types::Ty;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast;

impl<'a> Checker<'a> {
    /// The receiver of a method, as it is passed: a value that is no variable gets one when the method changes it.
    pub fn receiver(&mut self, mut receiver: Expr, passing: Passing, before: &mut Vec<Expr>) -> Expr {
        if passing != Passing::Mut {
            return receiver;
        }
        // What a call that changes its receiver gives is that receiver: `xs.push(1).push(2)`.
        if let ExprKind::Block(mut code, true) = receiver.kind {
            let value = code.pop();
            let is_chain = matches!(code.last().map(|last| &last.kind), Some(ExprKind::Call { func, .. }) if self.is_chaining(*func));
            match value {
                Some(place) if is_chain && self.is_place(&place) => {
                    before.append(&mut code);
                    return self.receiver(place, passing, before);
                }
                value => code.extend(value),
            }
            receiver.kind = ExprKind::Block(code, true);
        }
        if let Some(operator) = self.copied_by(&receiver) {
            self.found_changed(operator, receiver.span);
        }
        // What a reference leads to may be changed through any copy of it.
        let ty = self.resolve(receiver.ty);
        if !self.is_place(&receiver) || self.is_reference(ty) {
            let span = receiver.span;
            let (bind, local) = self.temporary(receiver, true);
            before.push(bind);
            return self.local(local, span);
        }
        let change = if self.is_collection(receiver.ty) { Change::Collection } else { Change::Method };
        self.changeable(&receiver, change);
        self.opened(receiver, before)
    }

    /// The operator that took a value out of a variable, of which this is the whole or a part.
    fn copied_by(&mut self, value: &Expr) -> Option<&'static str> {
        let mut at = value;
        let arms = loop {
            match &at.kind {
                ExprKind::Match(_, arms) => break arms,
                ExprKind::Field(base, _) if !self.is_reference(self.resolve(base.ty)) => at = base,
                ExprKind::Index(base, _) => at = base,
                _ => return None,
            }
        };
        let ExprKind::Local(found) = arms.first()?.body.kind else { return None };
        self.cx().locals[found.idx()].copied_by
    }

    /// An argument for a `mut` parameter: a place of exactly its type.
    pub fn mut_argument(&mut self, value: &'a ast::Expr, ty: Ty, why: Why) -> Expr {
        let mut place = self.expr(value, Expect::Any);
        if !self.unify(place.ty, ty) {
            place = self.whole(place);
            self.forget_of(&place);
        }
        if self.unify(place.ty, ty) {
            self.changeable(&place, Change::Pass);
            return place;
        }
        let (wanted, found) = (self.resolve(ty), self.resolve(place.ty));
        self.mismatch(wanted, found, place.span, why);
        self.error_expr(place.span)
    }

    /// What is passed as `mut` may not be passed a second time.
    pub fn check_exclusive(
        &mut self,
        args: &[Expr],
        receiver: Option<Passing>,
        params: &[ParamInfo<'a>],
        skip: usize,
    ) {
        let passing = |i: usize| {
            if i < skip { receiver } else { params.get(i - skip).map(|p| p.passing) }
        };
        for (i, arg) in args.iter().enumerate() {
            if passing(i) != Some(Passing::Mut) {
                continue;
            }
            let clash = args.iter().enumerate().find(|(j, other)| {
                *j != i && !self.is_exclusive(arg, other, passing(*j) == Some(Passing::Mut))
            });
            if let Some((_, other)) = clash {
                let (first, second) =
                    if other.span.start < arg.span.start { (other, arg) } else { (arg, other) };
                let error =
                    Diagnostic::error(Code::AliasedMut, "a variable passed as `mut` is passed a second time")
                        .at(second.span, "passed again here")
                        .also(first.span, "passed here")
                        .note("a `mut` parameter is the only way to its variable while the function runs")
                        .help("pass a copy: `var copy = …`");
                self.error(error);
                return;
            }
        }
    }
}
