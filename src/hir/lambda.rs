//! Lambdas: functions without a name, and functions that the checker makes out of others.

use std::rc::Rc;

use super::context::*;
use super::describe::plural;
use super::infer::VarKind;
use super::mismatch::written_at;
use super::nested::Outer;
use super::throws::left_behind;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::ast::{self, Pattern as AstPattern, PatternKind as Pat};

/// What the place of a function value asks for.
pub(super) struct Wanted {
    pub params: Vec<Ty>,
    pub ret: Ty,
    pub why: Why,
}

impl Wanted {
    /// Whether a function that throws is wanted as well as one that does not.
    pub fn may_throw(&self, checker: &Checker<'_>) -> bool {
        matches!(self.why, Why::Called) && checker.var_kind(self.ret).is_some()
    }
}

impl<'a> Checker<'a> {
    /// The function type that is expected, also of an optional value.
    pub fn wanted_function(&self, expect: Expect) -> Option<Wanted> {
        let Expect::Ty(ty, why) = expect else { return None };
        let ty = self.payload_of(ty).map_or(ty, |(payload, _)| payload);
        match self.types.get(self.resolve(ty)) {
            TyKind::Fn(params, ret) => Some(Wanted { params: params.clone(), ret: *ret, why }),
            _ => None,
        }
    }

    /// `\x: e`, `fn(x: i64) -> i64: e`. Types that are not written are what is expected, or follow from the body.
    pub fn lambda(&mut self, lambda: &'a ast::Lambda, span: Span, expect: Expect) -> Expr {
        let mut wanted = self.wanted_function(expect);
        let mut fits = true;
        if let Some(wanted) = &wanted
            && wanted.params.len() != lambda.params.len()
        {
            self.wrong_parameters(wanted, lambda.params.len(), span);
            self.forgive(wanted.ret);
            fits = false;
        }
        if !fits {
            wanted = None;
        }
        // What it is for is wrong, and was reported: its types are not missed, too.
        let is_lost = !fits || matches!(expect, Expect::Ty(ty, _) if self.resolve(ty) == Ty::ERROR);
        let scope = self.cx().scope.clone();
        let mut params = Vec::with_capacity(lambda.params.len());
        for (i, param) in lambda.params.iter().enumerate() {
            let ty = match (&param.ty, &wanted) {
                (Some(written), _) => self.ty(written, &scope),
                (None, Some(wanted)) => wanted.params[i],
                (None, None) if is_lost => Ty::ERROR,
                (None, None) => self.fresh(VarKind::Any, param.pattern.span),
            };
            let name = match param.pattern.kind {
                Pat::Name(name) => name.name,
                _ => self.sym.empty,
            };
            params.push(Param { name, ty, passing: Passing::Shared });
        }
        let (ret, why) = match (&lambda.ret, &wanted) {
            (Some(written), _) => (self.ty(written, &scope), Why::Annotation(written.span)),
            (None, Some(wanted)) => (wanted.ret, wanted.why.part()),
            (None, None) if is_lost => (Ty::ERROR, Why::None),
            (None, None) => (self.fresh(VarKind::Any, span), Why::None),
        };
        let ret = match &lambda.throws {
            Some(throws) => {
                let error = self.ty(throws, &scope);
                let given = self.thrown_parts(ret).map_or(ret, |(value, _)| value);
                self.thrown_type(given, error)
            }
            None => ret,
        };
        let is_free = lambda.ret.is_none() && wanted.as_ref().is_none_or(|wanted| wanted.may_throw(self));
        let value = self.function(params, ret, why, span, |checker, locals| {
            let mut code = Vec::new();
            for (&local, param) in locals.iter().zip(&lambda.params) {
                checker.cx().locals[local.idx()].origin.written = param.ty.as_ref().map(written_at);
                checker.bind_parameter(local, &param.pattern, &mut code);
            }
            let value = checker.what_it_gives(is_free, |checker, ret| {
                let is_open = checker.var_kind(ret).is_some();
                checker.body_value(&lambda.body, ret, why, is_open)
            });
            if code.is_empty() {
                return value;
            }
            let (ty, at) = (value.ty, value.span);
            code.push(value);
            expr(ExprKind::Block(code, true), ty, at)
        });
        if fits { value } else { self.error_expr(span) }
    }

    fn bind_parameter(&mut self, local: LocalId, pattern: &'a AstPattern, code: &mut Vec<Expr>) {
        match &pattern.kind {
            Pat::Name(name) => self.cx().names.declare(name.name, Binding::Local(local)),
            Pat::Wildcard => {}
            _ => {
                let value = self.local(local, pattern.span);
                let pattern = self.binding_pattern(pattern, value.ty, false);
                let at = pattern.span;
                code.push(binding(pattern, value, at));
            }
        }
    }

    /// Reports a function of another number of parameters than is asked for.
    pub fn wrong_parameters(&mut self, wanted: &Wanted, found: usize, span: Span) {
        let count = wanted.params.len();
        let mut error = Diagnostic::error(
            Code::TypeMismatch,
            format!("expected a function of {}, found one of {found}", plural(count, "parameter")),
        )
        .at(span, format!("{} here", plural(found, "parameter")));
        let function = self.types.intern(TyKind::Fn(wanted.params.clone(), wanted.ret));
        error = self.explain_why(error, wanted.why, &self.words(function, None));
        let is_tuple = |ty: Ty| matches!(self.types.get(self.resolve(ty)), TyKind::Tuple(..));
        if count == 1 && found > 1 && is_tuple(wanted.params[0]) {
            error = error.help("take the tuple apart: `\\(a, b): …`");
        } else {
            let given: Vec<String> = wanted.params.iter().map(|&ty| self.words(ty, None).short).collect();
            error = error.note(match &given[..] {
                [] => "it is called without arguments".to_owned(),
                given => format!("it is called with {}", given.join(" and ")),
            });
        }
        self.error(error);
    }

    /// The value of a function's body, made to fit the result; an open result is what the value is.
    pub fn body_value(&mut self, body: &'a ast::Block, ret: Ty, why: Why, is_open: bool) -> Expr {
        if !is_open {
            let expect = if self.resolve(ret) == Ty::UNIT { Expect::Unused } else { Expect::Ty(ret, why) };
            return self.block(body, expect);
        }
        self.cx().returns_nothing = body.has_bare_return;
        let mut value = self.block(body, Expect::Loose);
        if self.resolve(value.ty) != Ty::NEVER {
            value = self.coerce(value, ret, why);
        } else if self.var_kind(ret) == Some(VarKind::Any) {
            self.bind_result(ret, Ty::NEVER);
        }
        // What calls itself behind `?.` and has no other end gives nothing.
        let chained = self.cx().chained;
        if let Some(payload) = chained.filter(|&ty| self.var_kind(ty) == Some(VarKind::Any)) {
            self.unify(payload, Ty::UNIT);
        }
        value
    }

    /// A function without a name, as a value. `make` is given its parameters and makes its body, which may throw and so
    /// change the result.
    pub fn function(
        &mut self,
        params: Vec<Param>,
        ret: Ty,
        why: Why,
        span: Span,
        make: impl FnOnce(&mut Self, &[LocalId]) -> Expr,
    ) -> Expr {
        let around = Around { body: self.current, mark: self.cx().names.mark() };
        let (scope, path) = (self.cx().scope.clone(), self.inner_path());
        let name = self.sym.lambda;
        let name = self.numbered(&path, name).unwrap_or(name);
        let generics = Rc::clone(&scope.generics);
        let mut inner = path.clone();
        inner.push(name);
        let outer = self.enter_body(scope, inner, Some(around), ret, why);
        self.cx().is_lambda = true;
        let mut locals = Vec::with_capacity(params.len());
        for param in &params {
            let local = self.new_local(param.name, param.ty, false, span);
            self.cx().locals[local.idx()].passing = Some(Passing::Shared);
            locals.push(local);
        }
        let value = make(self, &locals);
        let ret = self.cx().ret;
        let types = params.iter().map(|param| param.ty).collect();
        let type_args = (0..generics.len() as u32).map(|i| self.types.intern(TyKind::Param(i))).collect();
        self.funcs.push(FuncSlot {
            decl: None,
            name,
            path,
            generics,
            owner: None,
            params,
            ret,
            state: State::InProgress,
            body: None,
            body_id: 0,
            captures: Vec::new(),
            span,
            called: None,
            made_in: None,
            size: 0,
            stand_for: None,
        });
        let func = FuncId(self.funcs.len() as u32 - 1);
        self.leave_body(func, value, outer);
        let ty = self.types.intern(TyKind::Fn(types, ret));
        expr(ExprKind::FuncValue(func, type_args, Vec::new()), ty, span)
    }

    /// A function of these parameters, as a value; `make` makes its result of their values.
    pub fn adapter(
        &mut self,
        params: Vec<Ty>,
        ret: Ty,
        span: Span,
        make: impl FnOnce(&mut Self, Vec<Expr>) -> Expr,
    ) -> Expr {
        let name = self.sym.empty;
        let params = params.into_iter().map(|ty| Param { name, ty, passing: Passing::Shared }).collect();
        self.function(params, ret, Why::None, span, |checker, locals| {
            let values = locals.iter().map(|&local| checker.local(local, span)).collect();
            make(checker, values)
        })
    }

    /// `f >> g`: what `f` gives is what `g` takes. It throws what either throws.
    pub fn compose(&mut self, first: Expr, second: Expr, span: Span) -> Expr {
        let (x, y) = (self.resolve(first.ty), self.resolve(second.ty));
        if x == Ty::ERROR || y == Ty::ERROR {
            return self.error_expr(span);
        }
        let joined = match (self.types.get(x).clone(), self.types.get(y).clone()) {
            (TyKind::Fn(params, middle), TyKind::Fn(takes, ret)) if takes.len() == 1 => {
                let (one, other) = (self.thrown_parts(middle), self.thrown_parts(ret));
                let given = one.map_or(middle, |(value, _)| value);
                let joined = match (one, other) {
                    (Some((_, x)), Some((_, y))) => self.unify(x, y).then_some(ret),
                    (Some((_, error)), None) => Some(self.thrown_type(ret, error)),
                    (None, _) => Some(ret),
                };
                joined.filter(|_| self.unify(given, takes[0])).map(|joined| (params, middle, ret, joined))
            }
            _ => None,
        };
        let Some((params, middle, ret, joined)) = joined else {
            let (left, right) = (self.show(x), self.show(y));
            let throws = |ty: Ty| match *self.types.get(ty) {
                TyKind::Fn(_, ret) => self.thrown_parts(ret).is_some(),
                _ => false,
            };
            let rule = if throws(x) && throws(y) { "throw the same" } else { "nothing else" };
            let error =
                Diagnostic::error(Code::BadOperand, format!("`>>` does not join `{left}` and `{right}`"))
                    .at(span, format!("the second must take what the first gives, and {rule}"))
                    .also(first.span, format!("this is of type `{left}`"))
                    .also(second.span, format!("this is of type `{right}`"));
            self.error(error);
            return self.error_expr(span);
        };
        let mut code = Vec::new();
        let (first, second) = (self.operand(first, &mut code), self.operand(second, &mut code));
        let joined = self.adapter(params, joined, span, |checker, args| {
            checker.what_it_gives(false, |checker, _| {
                let first = checker.operand_value(first, span);
                let second = checker.operand_value(second, span);
                let value = checker.value_called(first, args, middle, span);
                checker.value_called(second, vec![value], ret, span)
            })
        });
        behind(code, joined)
    }

    /// A function that may throw as one that gives a `Result`, where none may throw; any other value as it was.
    pub fn with_result(&mut self, function: Expr, wanted: Ty) -> Expr {
        let ty = self.resolve(function.ty);
        let throws = matches!(*self.types.get(ty), TyKind::Fn(_, ret) if self.thrown_parts(ret).is_some());
        if !throws {
            return function;
        }
        let span = function.span;
        let mut code = Vec::new();
        let function = self.operand(function, &mut code);
        let adapted = self.adapted_to(wanted, ty, span, |checker, args| {
            ExprKind::CallValue(Box::new(checker.operand_value(function, span)), args)
        });
        let adapted = adapted.unwrap_or_else(|| self.error_expr(span));
        behind(code, adapted)
    }

    /// A function whose result nobody wants, or that has none since it does not return, as one that gives what is wanted; any
    /// other value as it was.
    pub fn without_result(&mut self, function: Expr, wanted: Ty) -> Result<Expr, Expr> {
        let found = self.resolve(function.ty);
        let (TyKind::Fn(params, ret), TyKind::Fn(takes, wanted)) =
            (self.types.get(found).clone(), self.types.get(self.resolve(wanted)).clone())
        else {
            return Err(function);
        };
        let (given, thrown) = self.given_and_thrown(ret);
        let (asked, caught) = self.given_and_thrown(wanted);
        let is_known = |checker: &Self, ty: Ty| ty != Ty::ERROR && checker.var_kind(ty).is_none();
        let is_left =
            asked == Ty::UNIT && is_known(self, given) || given == Ty::NEVER && is_known(self, asked);
        let is_caught = match (thrown, caught) {
            (Some(thrown), Some(caught)) => self.unify(thrown, caught),
            (Some(_), None) => false,
            (None, _) => true,
        };
        if !is_left
            || !is_caught
            || params.len() != takes.len()
            || !params.iter().zip(takes).all(|(&param, taken)| self.unify(param, taken))
        {
            return Err(function);
        }
        let span = function.span;
        let mut code = Vec::new();
        let function = self.operand(function, &mut code);
        let adapted = self.adapter(params, wanted, span, |checker, args| {
            let function = checker.operand_value(function, span);
            let call = expr(ExprKind::CallValue(Box::new(function), args), ret, span);
            let value = if thrown.is_some() { checker.thrown_on(call, given, wanted, span) } else { call };
            let value = if given == Ty::NEVER { value } else { left_behind(value) };
            if caught.is_some() { checker.returned(value, wanted) } else { value }
        });
        Ok(behind(code, adapted))
    }

    /// An operand of a composition, evaluated in front of it: a function of a module is the same everywhere.
    fn operand(&mut self, value: Expr, code: &mut Vec<Expr>) -> Result<Expr, Outer> {
        let is_fixed = match &value.kind {
            ExprKind::FuncValue(func, ..) => {
                let decl = self.funcs[func.idx()].decl.map(|id| &self.decls[id.0 as usize]);
                decl.is_some_and(|info| info.around.is_none())
            }
            _ => false,
        };
        if is_fixed {
            return Ok(value);
        }
        let (bind, local) = self.temporary(value, false);
        code.push(bind);
        Err(Outer { body: self.current, local })
    }

    fn operand_value(&mut self, operand: Result<Expr, Outer>, span: Span) -> Expr {
        operand.unwrap_or_else(|outer| self.captured(outer, span))
    }
}

/// A value with code that runs in front of it.
fn behind(mut code: Vec<Expr>, value: Expr) -> Expr {
    if code.is_empty() {
        return value;
    }
    let (ty, span) = (value.ty, value.span);
    code.push(value);
    expr(ExprKind::Block(code, true), ty, span)
}
