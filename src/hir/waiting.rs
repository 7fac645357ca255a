//! Functions for parameters without a written type. What a lambda takes, or a function without written types, is known in the
//! body that calls it: so the argument waits until it is called or made to fit there, and is checked then, as part of the body
//! that it stands in.

use super::context::*;
use super::general::is_lambda;
use super::infer::VarKind;
use super::names::Named;
use super::tree::*;
use super::types::Ty;
use crate::syntax::ast;

/// An argument that is not checked yet.
pub(super) struct Waiting<'a> {
    /// The unknown in the place of its type.
    ty: Ty,
    /// Nothing once it is being checked.
    arg: Option<&'a ast::Expr>,
    value: Option<Expr>,
    /// The body that it stands in, among [`Checker::bodies`], and its function.
    body: usize,
    checking: Option<FuncId>,
}

impl<'a> Checker<'a> {
    /// Whether an argument is a function that leaves its types to those who call it.
    pub fn is_open_function(&self, arg: &'a ast::Expr) -> bool {
        if let ast::ExprKind::Lambda(lambda) = &arg.kind {
            return lambda.params.iter().any(|param| param.ty.is_none());
        }
        self.is_template(arg)
            || is_lambda(arg)
            || matches!(self.named(arg), Some((Named::Lambda(_) | Named::Builtin(_), _)))
    }

    /// An argument that waits: what stands for it until [`Checker::arrived`].
    pub fn wait(&mut self, arg: &'a ast::Expr) -> Expr {
        let ty = self.fresh(VarKind::Any, arg.span);
        let (body, checking) = (self.current, self.checking);
        self.waiting.push(Waiting { ty, arg: Some(arg), value: None, body, checking });
        expr(ExprKind::Error, ty, arg.span)
    }

    /// Whether an argument of this type waits.
    pub fn is_awaited(&self, ty: Ty) -> bool {
        let ty = self.resolve(ty);
        ty != Ty::ERROR
            && self.waiting.iter().any(|waiting| waiting.arg.is_some() && self.resolve(waiting.ty) == ty)
    }

    /// Checks the arguments of this type that wait, as functions of the type that is expected of them.
    pub fn await_function(&mut self, ty: Ty, expect: Expect) {
        let ty = self.resolve(ty);
        for at in 0..self.waiting.len() {
            if ty != Ty::ERROR && self.resolve(self.waiting[at].ty) == ty {
                self.check_waiting(at, expect);
            }
        }
    }

    fn check_waiting(&mut self, at: usize, expect: Expect) {
        let Waiting { ty, body, checking, .. } = self.waiting[at];
        let Some(arg) = self.waiting[at].arg.take() else { return };
        let (current, around) = (self.current, self.checking);
        (self.current, self.checking) = (body, checking);
        let value = self.expr(arg, expect);
        let value = self.coerce(value, ty, Why::None);
        (self.current, self.checking) = (current, around);
        self.waiting[at].value = Some(value);
    }

    /// Ends the wait of the arguments from this one on: checks those that nobody has called with what is known of them now.
    /// Their values.
    pub fn arrived(&mut self, from: usize) -> Vec<Expr> {
        for at in from..self.waiting.len() {
            let ty = self.resolve(self.waiting[at].ty);
            let expect = if self.var_kind(ty).is_some() { Expect::Any } else { Expect::Ty(ty, Why::None) };
            self.check_waiting(at, expect);
        }
        self.waiting.drain(from..).filter_map(|waiting| waiting.value).collect()
    }
}
