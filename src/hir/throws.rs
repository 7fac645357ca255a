//! `throws`, `throw` and `try`. A function that throws gives a `Thrown`: what it returns is an `Ok`, what it throws an `Err`,
//! and a call of it takes the value out or goes on with the error where it is caught. No stack is unwound. A function type
//! with `throws` has such a result, and nothing else is of that type.
//!
//! `try: body catch e: handler` is a loop that is left with the value of the body, or with that of the handler when an
//! inner loop was left with an error:
//!
//! ```text
//! loop 'value:
//!     val e = loop 'error: break 'value body      # each `throw x` in it is `break 'error x`
//!     break 'value handler
//! ```

use super::context::*;
use super::infer::VarKind;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::ast::{self, Ident};

/// A `try` around what is checked.
#[derive(Clone, Copy)]
pub(super) struct TryCx {
    /// The loop that is left with the error.
    id: LoopId,
    error: Ty,
    is_thrown_to: bool,
}

impl<'a> Checker<'a> {
    /// The result of a function that throws.
    pub fn thrown_type(&mut self, value: Ty, error: Ty) -> Ty {
        self.thrown.map_or(Ty::ERROR, |thrown| self.types.intern(TyKind::Adt(thrown, vec![value, error])))
    }

    /// The value and the error of a function that throws, by its result.
    pub fn thrown_parts(&self, ret: Ty) -> Option<(Ty, Ty)> {
        match self.types.get(self.resolve(ret)) {
            TyKind::Adt(id, args) if Some(*id) == self.thrown => Some((args[0], args[1])),
            _ => None,
        }
    }

    /// What a function that throws returns, as its result.
    pub fn returned(&mut self, value: Expr, ret: Ty) -> Expr {
        let span = value.span;
        let good = self.result_cases().0;
        match self.resolve(value.ty) {
            Ty::NEVER | Ty::ERROR => value,
            Ty::UNIT => {
                let unit = expr(ExprKind::Unit, Ty::UNIT, span);
                let done = expr(ExprKind::Variant(good, vec![unit]), ret, span);
                expr(ExprKind::Block(vec![value, done], true), ret, span)
            }
            _ => expr(ExprKind::Variant(good, vec![value]), ret, span),
        }
    }

    /// `throw e`.
    pub fn throw_expr(&mut self, error: &'a ast::Expr, span: Span) -> Expr {
        let (caught, thrown) = (self.cx().tries.last().map(|t| t.error), self.cx().throws);
        let wanted = caught.or(thrown.map(|(_, error)| error));
        let error = match wanted {
            Some(ty) => self.expr_as(error, ty, Why::None),
            None => self.expr(error, Expect::Any),
        };
        self.thrown(error, span).unwrap_or_else(|| {
            let message = "nothing catches what is thrown here";
            let error = Diagnostic::error(Code::Uncaught, message)
                .at(span, "thrown here")
                .help("write `throws E` behind the result of the function, or catch it: `try: … catch e: …`");
            self.error(error);
            self.error_expr(span)
        })
    }

    /// The way of an error to where it is caught, or out of the function; `None` where there is none.
    fn thrown(&mut self, error: Expr, span: Span) -> Option<Expr> {
        if let Some(TryCx { id, error: ty, .. }) = self.cx().tries.last().copied() {
            let error = self.coerce(error, ty, Why::None);
            self.cx().tries.iter_mut().for_each(|t| t.is_thrown_to |= t.id == id);
            return Some(expr(ExprKind::Break(id, Some(Box::new(error))), Ty::NEVER, span));
        }
        if self.leaves_defer("throw", span) {
            return Some(self.error_expr(span));
        }
        let ret = self.cx().ret;
        let (_, ty) = self.cx().throws?;
        let error = self.coerce(error, ty, Why::None);
        let bad = self.result_cases().1;
        let failure = expr(ExprKind::Variant(bad, vec![error]), ret, span);
        Some(expr(ExprKind::Return(Some(Box::new(failure))), Ty::NEVER, span))
    }

    /// A call of a function that throws: its value.
    pub fn may_throw(&mut self, call: Expr, name: &str, span: Span) -> Expr {
        let value = self.thrown_parts(call.ty).map_or(Ty::ERROR, |parts| parts.0);
        let mut is_caught = true;
        let call = self.taken_apart(call, value, span, |checker, error| {
            checker.thrown(error, span).unwrap_or_else(|| {
                is_caught = false;
                checker.error_expr(span)
            })
        });
        if is_caught {
            return call;
        }
        let error = Diagnostic::error(Code::Uncaught, format!("{name} may throw, and nothing catches it"))
            .at(span, "called here")
            .help(
                "write `try … else e: …`, put it into `try: … catch e: …`, or let this function throw, too",
            );
        self.error(error);
        expr(ExprKind::Error, value, span)
    }

    /// A function as a value where one that throws is not the same as one that does not: one that throws gives a `Result`
    /// where none may throw, and one that does not gives what it gives.
    pub fn adapted_to(
        &mut self,
        wanted: Ty,
        func: FuncId,
        type_args: Vec<Ty>,
        ty: Ty,
        span: Span,
    ) -> Option<Expr> {
        let TyKind::Fn(params, ret) = self.types.get(ty).clone() else { return None };
        let (good, bad) = self.result_cases();
        let call = |args| ExprKind::Call { func, type_args, args };
        match (self.thrown_parts(ret), self.thrown_parts(wanted)) {
            (None, Some((value, error))) => {
                let thrown = self.thrown_type(value, error);
                Some(self.adapter(params, thrown, span, |checker, args| {
                    let result = checker.coerce(expr(call(args), ret, span), value, Why::None);
                    checker.returned(result, thrown)
                }))
            }
            (Some((value, error)), None) => {
                let result = self.result?;
                let result = self.types.intern(TyKind::Adt(result, vec![value, error]));
                Some(self.adapter(params, result, span, |checker, args| {
                    let thrown = expr(call(args), ret, span);
                    let payload = checker.taken_apart(thrown, value, span, |_, error| {
                        let failure = expr(ExprKind::Variant(bad, vec![error]), result, span);
                        expr(ExprKind::Return(Some(Box::new(failure))), Ty::NEVER, span)
                    });
                    expr(ExprKind::Variant(good, vec![payload]), result, span)
                }))
            }
            (None, None) | (Some(_), Some(_)) => None,
        }
    }

    /// `try: body catch name: handler`.
    pub fn try_block(
        &mut self,
        body: &'a ast::Block,
        name: Option<Ident>,
        handler: &'a ast::Block,
        span: Span,
        expect: Expect,
    ) -> Expr {
        self.try_with(name, handler, span, expect, |checker| checker.block(body, expect))
    }

    /// `try value else name: handler`.
    pub fn try_else(
        &mut self,
        value: &'a ast::Expr,
        name: Option<Ident>,
        handler: &'a ast::Block,
        span: Span,
        expect: Expect,
    ) -> Expr {
        self.try_with(name, handler, span, expect, |checker| match expect {
            Expect::Ty(ty, why) => checker.expr_as(value, ty, why),
            Expect::Any | Expect::Loose | Expect::Unused => checker.expr(value, expect),
        })
    }

    fn try_with(
        &mut self,
        name: Option<Ident>,
        handler: &'a ast::Block,
        span: Span,
        expect: Expect,
        body: impl FnOnce(&mut Self) -> Expr,
    ) -> Expr {
        let (whole, failed) = (self.loop_without_break(), self.loop_without_break());
        let error = self.fresh(VarKind::Any, span);
        self.cx().tries.push(TryCx { id: failed, error, is_thrown_to: false });
        let tried = body(self);
        let is_thrown_to = self.cx().tries.pop().is_some_and(|t| t.is_thrown_to);
        if !is_thrown_to {
            self.forgive(error);
            let error = Diagnostic::error(Code::Uncaught, "nothing in this `try` throws")
                .at(span, "there is nothing to catch")
                .help("only calls of functions with `throws` and `throw` itself do; for results there is `match`");
            self.error(error);
        }
        let names = self.cx().names.mark();
        let symbol = name.map_or(self.sym.empty, |name| name.name);
        let local = self.new_local(symbol, error, false, name.map_or(span, |name| name.span));
        if let Some(name) = name {
            self.cx().names.declare(name.name, Binding::Local(local));
        }
        let handled = self.block(handler, expect);
        self.cx().names.forget_since(names);
        let mut bodies = [tried, handled];
        let ty = self.branch_type(&mut bodies, expect, true);
        let [tried, handled] = bodies.map(|value| leave_with(whole, value, ty, span));
        let inner = expr(ExprKind::Block(vec![tried], false), Ty::NEVER, span);
        let caught = expr(ExprKind::Loop(failed, Box::new(inner)), error, span);
        let pattern = Pattern { kind: PatternKind::Bind(local), ty: error, span };
        let code = vec![binding(pattern, caught, span), handled];
        let code = expr(ExprKind::Block(code, false), Ty::NEVER, span);
        expr(ExprKind::Loop(whole, Box::new(code)), ty, span)
    }

    /// A loop that no `break` of the program means.
    fn loop_without_break(&mut self) -> LoopId {
        let cx = self.cx();
        cx.loop_count += 1;
        LoopId(cx.loop_count - 1)
    }
}

/// Leaves a loop with a value, unless the value leaves by itself.
fn leave_with(id: LoopId, value: Expr, ty: Ty, span: Span) -> Expr {
    if value.ty == Ty::NEVER {
        return value;
    }
    if ty == Ty::UNIT {
        let leave = expr(ExprKind::Break(id, None), Ty::NEVER, span);
        return expr(ExprKind::Block(vec![value, leave], false), Ty::NEVER, span);
    }
    expr(ExprKind::Break(id, Some(Box::new(value))), Ty::NEVER, span)
}
