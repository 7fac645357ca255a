//! Calls that leave arguments open: `f(1, _)` is `\x: f(1, x)`.

use super::arguments::{Given, given};
use super::context::*;
use super::infer::VarKind;
use super::tree::*;
use super::types::Ty;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::ast::{self, ExprKind as Ast};

/// Whether an argument is left open.
pub(super) fn is_hole(e: &ast::Expr) -> bool {
    matches!(e.kind, Ast::Hole)
}

impl<'a> Checker<'a> {
    /// A call with open arguments: a function of these, in the order in which they are written.
    pub fn partial(
        &mut self,
        callee: &'a ast::Expr,
        args: &'a [ast::Arg],
        span: Span,
        expect: Expect,
    ) -> Expr {
        let holes: Vec<&'a ast::Expr> = args.iter().map(|arg| &arg.value).filter(|e| is_hole(e)).collect();
        let wanted = self.wanted_function(expect).filter(|wanted| wanted.params.len() == holes.len());
        let empty = self.sym.empty;
        let param = |checker: &mut Self, (i, hole): (usize, &&'a ast::Expr)| {
            let ty = match &wanted {
                Some(wanted) => wanted.params[i],
                None => checker.fresh(VarKind::Any, hole.span),
            };
            Param { name: empty, ty, passing: Passing::Shared }
        };
        let params = holes.iter().enumerate().map(|hole| param(self, hole)).collect();
        // As of the name of a function, what it may throw makes a result of what the place leaves open.
        let open = wanted
            .as_ref()
            .filter(|wanted| !wanted.may_throw(self) && self.var_kind(wanted.ret) == Some(VarKind::Any));
        let open = open.map(|wanted| wanted.ret);
        let (ret, why) = match wanted.as_ref().filter(|_| open.is_none()) {
            Some(wanted) => (wanted.ret, wanted.why.part()),
            None => (self.fresh(VarKind::Any, span), Why::None),
        };
        let is_free = wanted.as_ref().is_none_or(|wanted| open.is_some() || wanted.may_throw(self));
        let function = self.function(params, ret, why, span, |checker, locals| {
            let holes = holes.iter().map(|&hole| std::ptr::from_ref(hole)).zip(locals.iter().copied());
            checker.cx().holes = holes.collect();
            checker.what_it_gives(is_free, |checker, ret| {
                let is_unused = checker.resolve(ret) == Ty::UNIT;
                let expect = if is_unused { Expect::Unused } else { Expect::Any };
                let value = checker.call_given(callee, &given(None, args), span, expect);
                match checker.resolve(value.ty) {
                    Ty::NEVER => {
                        checker.bind_result(ret, Ty::NEVER);
                        value
                    }
                    _ if is_unused => expr(ExprKind::Block(vec![value], false), Ty::UNIT, span),
                    _ => checker.coerce(value, ret, why),
                }
            })
        });
        match open {
            Some(open) => self.with_result(function, open),
            None => function,
        }
    }

    /// `x |> f(a, _)`: the value goes where the argument is left open.
    pub fn pipe_into_hole(
        &mut self,
        value: &'a ast::Expr,
        callee: &'a ast::Expr,
        args: &'a [ast::Arg],
        span: Span,
        expect: Expect,
    ) -> Expr {
        let mut all: Vec<Given<'a>> = given(None, args);
        let mut open = all.iter_mut().filter(|arg| is_hole(arg.value));
        let first = open.next();
        if let Some(second) = open.next() {
            let error = Diagnostic::error(Code::Arguments, "a pipe has one value for two open arguments")
                .at(second.value.span, "nothing is left for this")
                .help("leave one argument open");
            self.error(error);
            return self.error_expr(span);
        }
        if let Some(first) = first {
            first.value = value;
        }
        self.call_given(callee, &all, span, expect)
    }

    /// `_` where a value is needed: the parameter that stands in for it.
    pub fn hole(&mut self, e: &'a ast::Expr) -> Expr {
        let at = std::ptr::from_ref(e);
        if let Some(&(_, local)) = self.cx().holes.iter().find(|(hole, _)| *hole == at) {
            return self.local(local, e.span);
        }
        let error = Diagnostic::error(Code::ReservedWord, "`_` has no value")
            .at(e.span, "")
            .note(
                "`_` stands in patterns, for what is not needed, and for a whole argument that is left open",
            )
            .help("a function of what is to stand here is a lambda: `\\x: x + 1`");
        self.error(error);
        self.error_expr(e.span)
    }
}
