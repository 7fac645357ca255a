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
use crate::syntax::Symbol;
use crate::syntax::ast::{self, Ident};

/// A `try` around what is checked.
#[derive(Clone, Copy)]
pub(super) struct TryCx {
    /// The loop that is left with the error.
    id: LoopId,
    error: Ty,
    /// What throws to it first.
    first: Option<Span>,
}

/// What a body may throw out of its function.
#[derive(Clone, Copy)]
pub(super) enum Throws {
    Nothing,
    /// The value and the error of a function that throws.
    Error(Ty, Ty),
    /// Whatever it throws, of which nothing is written. Once it does: the function's whole result, which is not known before
    /// its end, and the error.
    Open(Option<(Ty, Ty)>),
}

impl BodyCx {
    /// What the function gives when it does not throw.
    pub fn given(&self) -> Ty {
        match self.throws {
            Throws::Error(value, _) => value,
            Throws::Nothing | Throws::Open(_) => self.ret,
        }
    }
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

    /// What a function gives and what it throws, by its result.
    pub fn given_and_thrown(&self, ret: Ty) -> (Ty, Option<Ty>) {
        match self.thrown_parts(ret) {
            Some((value, error)) => (self.resolve(value), Some(error)),
            None => (self.resolve(ret), None),
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

    /// Leaves the function with what it gives.
    pub fn leave_function(&mut self, value: Expr, span: Span) -> Expr {
        let ret = self.cx().ret;
        let value = match self.cx().throws {
            Throws::Error(..) => self.returned(value, ret),
            Throws::Nothing | Throws::Open(_) => value,
        };
        expr(ExprKind::Return(Some(Box::new(value))), Ty::NEVER, span)
    }

    /// The body of a function; `body` makes its value, of the type it is given. A function that is free to throw does so if
    /// its body does.
    pub fn what_it_gives(&mut self, is_free: bool, body: impl FnOnce(&mut Self, Ty) -> Expr) -> Expr {
        let ret = self.cx().ret;
        if let Some((value, error)) = self.thrown_parts(ret) {
            self.cx().throws = Throws::Error(value, error);
            let value = body(self, value);
            return self.returned(value, ret);
        }
        if is_free {
            self.cx().throws = Throws::Open(None);
        }
        let mut value = body(self, ret);
        let Throws::Open(Some((whole, error))) = self.cx().throws else { return value };
        let ret =
            if self.resolve(value.ty) == Ty::NEVER && self.var_kind(ret).is_some() { Ty::NEVER } else { ret };
        let thrown = self.thrown_type(ret, error);
        self.bind_result(whole, thrown);
        self.cx().ret = thrown;
        self.wrap_returns(&mut value, whole, thrown);
        self.returned(value, thrown)
    }

    /// Makes what is returned the result of a function of which only its end has told that it throws; what it throws is one
    /// already, of the type `whole`.
    fn wrap_returns(&mut self, e: &mut Expr, whole: Ty, thrown: Ty) {
        super::finish::each_child(&mut e.kind, &mut |child| self.wrap_returns(child, whole, thrown));
        if let ExprKind::Return(value) = &mut e.kind
            && value.as_ref().is_none_or(|value| value.ty != whole)
        {
            let given = value.take().map_or_else(|| expr(ExprKind::Unit, Ty::UNIT, e.span), |value| *value);
            *value = Some(Box::new(self.returned(given, thrown)));
        }
    }

    /// `throw e`.
    pub fn throw_expr(&mut self, error: &'a ast::Expr, span: Span) -> Expr {
        let wanted = match (self.cx().tries.last().copied(), self.cx().throws) {
            (Some(t), _) => Some((t.error, t.first.map_or(Why::None, Why::Sibling))),
            (None, Throws::Error(_, error) | Throws::Open(Some((_, error)))) => Some((error, Why::None)),
            (None, Throws::Nothing | Throws::Open(None)) => None,
        };
        let error = match wanted {
            Some((ty, why)) => self.expr_as(error, ty, why),
            None => self.expr(error, Expect::Any),
        };
        let shown = self.show(error.ty);
        self.thrown(error, None, span).unwrap_or_else(|| {
            let help = match self.cx().is_lambda {
                true => format!(
                    "catch it: `try: … catch e: …`; what is asked of this lambda has no `throws {shown}`"
                ),
                false => {
                    "write `throws E` behind the result of the function, or catch it: `try: … catch e: …`"
                        .to_owned()
                }
            };
            let error = Diagnostic::error(Code::Uncaught, "nothing catches what is thrown here")
                .at(span, "thrown here")
                .help(help);
            self.error(error);
            self.error_expr(span)
        })
    }

    /// The way of an error to where it is caught, or out of the function; `None` where there is none. A call of the function
    /// `by` throws it.
    fn thrown(&mut self, error: Expr, by: Option<Symbol>, span: Span) -> Option<Expr> {
        if let Some(TryCx { id, error: ty, first }) = self.cx().tries.last().copied() {
            let error = self.coerce(error, ty, Why::Thrown(by, first));
            if let Some(t) = self.cx().tries.last_mut() {
                t.first.get_or_insert(span);
            }
            return Some(expr(ExprKind::Break(id, Some(Box::new(error))), Ty::NEVER, span));
        }
        if self.leaves_defer("throw", span) {
            return Some(self.error_expr(span));
        }
        let (whole, ty) = match self.cx().throws {
            Throws::Nothing => return None,
            Throws::Error(_, error) => (self.cx().ret, error),
            Throws::Open(Some(known)) => known,
            Throws::Open(None) => {
                let known = (self.fresh(VarKind::Any, span), self.fresh(VarKind::Any, span));
                self.cx().throws = Throws::Open(Some(known));
                known
            }
        };
        let error = self.coerce(error, ty, Why::Thrown(by, None));
        let bad = self.result_cases().1;
        let failure = expr(ExprKind::Variant(bad, vec![error]), whole, span);
        Some(expr(ExprKind::Return(Some(Box::new(failure))), Ty::NEVER, span))
    }

    /// Reports a call that throws another error than what is caught here, or is thrown out of here.
    pub fn other_error(
        &mut self,
        wanted: Ty,
        found: Ty,
        span: Span,
        by: Option<Symbol>,
        first: Option<Span>,
    ) {
        let (want, found) = (self.show(wanted), self.show(found));
        let what = by.map_or("what is called".to_owned(), |name| format!("`{}`", self.name(name)));
        let place = if first.is_some() { "`try` catches" } else { "function throws" };
        let message = format!("{what} throws `{found}`, and this {place} `{want}`");
        let mut error =
            Diagnostic::error(Code::TypeMismatch, message).at(span, format!("this throws `{found}`"));
        if let Some(first) = first {
            error = error.also(first, format!("this throws `{want}`"));
        }
        error =
            error.help(format!("catch it by itself: `try … else e: …`, which may throw `{want}` instead"));
        self.error(error);
    }

    /// A call of a function value.
    pub fn value_called(&mut self, function: Expr, args: Vec<Expr>, ret: Ty, span: Span) -> Expr {
        let call = expr(ExprKind::CallValue(Box::new(function), args), ret, span);
        if self.thrown_parts(ret).is_some() { self.may_throw(call, None, span) } else { call }
    }

    /// A call of a function that throws: its value.
    pub fn may_throw(&mut self, call: Expr, name: Option<Symbol>, span: Span) -> Expr {
        let Some((value, thrown)) = self.thrown_parts(call.ty) else { return self.of_nothing(call, span) };
        let mut is_caught = true;
        let call = self.taken_apart(call, value, span, |checker, error| {
            checker.thrown(error, name, span).unwrap_or_else(|| {
                is_caught = false;
                checker.error_expr(span)
            })
        });
        if is_caught {
            return call;
        }
        let name = name.map_or("this function".to_owned(), |name| format!("`{}`", self.name(name)));
        let help = "write `try … else e: …`, put it into `try: … catch e: …`";
        let help = match self.cx().is_lambda {
            true => format!("{help}; what is asked of this lambda has no `throws {}`", self.show(thrown)),
            false => format!("{help}, or let this function throw, too"),
        };
        let error = Diagnostic::error(Code::Uncaught, format!("{name} may throw, and nothing catches it"))
            .at(span, "called here")
            .help(help);
        self.error(error);
        expr(ExprKind::Error, value, span)
    }

    /// A function as a value where one that throws is not the same as one that does not: one that throws gives a `Result`
    /// where none may throw, and one that does not gives what it gives. `call` is a call of it.
    pub fn adapted_to(
        &mut self,
        wanted: Ty,
        ty: Ty,
        span: Span,
        call: impl FnOnce(&mut Self, Vec<Expr>) -> ExprKind,
    ) -> Option<Expr> {
        let TyKind::Fn(params, ret) = self.types.get(ty).clone() else { return None };
        let good = self.result_cases().0;
        match (self.thrown_parts(ret), self.thrown_parts(wanted)) {
            (None, Some((value, error))) => {
                let thrown = self.thrown_type(value, error);
                Some(self.adapter(params, thrown, span, |checker, args| {
                    let result = expr(call(checker, args), ret, span);
                    let result = match checker.resolve(value) {
                        Ty::UNIT => left_behind(result),
                        value => checker.coerce(result, value, Why::None),
                    };
                    checker.returned(result, thrown)
                }))
            }
            (Some((value, error)), None) => {
                let result = self.result?;
                let result = self.types.intern(TyKind::Adt(result, vec![value, error]));
                Some(self.adapter(params, result, span, |checker, args| {
                    let thrown = expr(call(checker, args), ret, span);
                    let payload = checker.thrown_on(thrown, value, result, span);
                    expr(ExprKind::Variant(good, vec![payload]), result, span)
                }))
            }
            (None, None) | (Some(_), Some(_)) => None,
        }
    }

    /// What a call that may throw gives, `value`; an error leaves the function, whose result is `ret`.
    pub fn thrown_on(&mut self, call: Expr, value: Ty, ret: Ty, span: Span) -> Expr {
        let bad = self.result_cases().1;
        self.taken_apart(call, value, span, |_, error| {
            let failure = expr(ExprKind::Variant(bad, vec![error]), ret, span);
            expr(ExprKind::Return(Some(Box::new(failure))), Ty::NEVER, span)
        })
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
        self.cx().tries.push(TryCx { id: failed, error, first: None });
        let tried = body(self);
        let is_thrown_to = self.cx().tries.pop().is_some_and(|t| t.first.is_some());
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
    pub fn loop_without_break(&mut self) -> LoopId {
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

/// A value that nobody wants.
pub(super) fn left_behind(value: Expr) -> Expr {
    let span = value.span;
    expr(ExprKind::Block(vec![value], false), Ty::UNIT, span)
}
