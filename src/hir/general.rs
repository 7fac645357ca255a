//! Lambdas with several types. Functions without written types are templates, checked for each list of argument types; a
//! lambda that a `val` binds is the same where its own code leaves the types of its parameters open, `val id = \x: x`, and so
//! is another name of a template, `val f = id`. It is checked anew at each use, with the names that were known where it
//! stands; what its code needs to know of them, as the type whose method it calls, is asked there.

use std::rc::Rc;

use super::context::*;
use super::infer::VarKind;
use super::names::Named;
use super::partial::is_hole;
use super::tree::*;
use super::types::Ty;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::ast::{self, LetKind, PatternKind};

/// How many copies of lambdas one use may need: they double where each uses the one before twice, as `\x: f(f(x))` does.
const MOST_COPIES: u32 = 10_000;

/// A lambda that a `val` binds.
#[derive(Clone)]
pub(super) struct GeneralLambda<'a> {
    ast: &'a ast::Expr,
    around: Around,
    scope: TyScope,
}

/// What a declaration stands for.
pub(super) enum Declared {
    /// Its value, if there is one.
    Value(Option<Expr>),
    /// A lambda of a number, under a name.
    Lambda(ast::Ident, usize),
}

impl<'a> Checker<'a> {
    /// What a declaration stands for: its value, or the lambda itself, if that leaves types open. One that captures what can
    /// be assigned is not checked later: it has the values of now.
    pub fn declared(&mut self, decl: &'a ast::Let) -> Declared {
        let (PatternKind::Name(name), LetKind::Val, Some(ast), None) =
            (&decl.pattern.kind, decl.kind, &decl.init, &decl.ty)
        else {
            return Declared::Value(self.initial_value(decl));
        };
        if !is_lambda(ast) && !self.is_template(ast) {
            return Declared::Value(self.initial_value(decl));
        }
        let (before, circles, funcs) = (std::mem::take(self.diags), self.circles, self.funcs.len());
        let value = self.initial_value(decl);
        let found = std::mem::replace(self.diags, before);
        // What is not known yet is no mistake, but where a type depends on itself: each use would lead to another.
        let is_circle = self.circles > circles;
        let is_unknown = |found: &Diagnostic| !is_circle && found.code == Some(Code::CannotInfer);
        if found.iter().any(|found| found.code == Some(Code::TooLarge)) {
            // Each use would find the same.
            found.iter().filter(|found| !is_unknown(found)).for_each(|found| self.diags.push(found.clone()));
            self.discard_pending(funcs);
            (funcs..self.funcs.len()).for_each(|func| self.discard(FuncId(func as u32)));
            return Declared::Value(Some(self.error_expr(ast.span)));
        }
        let is_open = found.iter().any(is_unknown) || value.as_ref().is_some_and(|v| self.is_open(v.ty));
        match value.as_ref().filter(|_| is_open && !is_circle).and_then(|value| self.as_general(ast, value)) {
            Some(index) => {
                self.discard_pending(funcs);
                found
                    .iter()
                    .filter(|found| !is_unknown(found))
                    .for_each(|found| self.diags.push(found.clone()));
                Declared::Lambda(*name, index)
            }
            None => {
                self.diags.append(found);
                Declared::Value(value)
            }
        }
    }

    fn as_general(&mut self, ast: &'a ast::Expr, value: &Expr) -> Option<usize> {
        let ExprKind::FuncValue(func, ..) = value.kind else { return None };
        let cx = &self.bodies[self.current];
        let mut captured = self.funcs[func.idx()].captures.iter().map(|capture| capture.var);
        if captured.any(|var| var.body == cx.id && cx.locals[var.local.idx()].is_var) {
            return None;
        }
        self.discard(func);
        let (body, cx) = (self.current, self.cx());
        let (mark, scope) = (cx.names.mark(), cx.scope.clone());
        self.lambdas.push(GeneralLambda { ast, around: Around { body, mark }, scope });
        Some(self.lambdas.len() - 1)
    }

    /// Forgets a function that is none of the program.
    fn discard(&mut self, func: FuncId) {
        let slot = &mut self.funcs[func.idx()];
        slot.body = None;
        slot.captures.clear();
        let types: Vec<Ty> = slot.params.iter().map(|param| param.ty).chain([slot.ret]).collect();
        types.into_iter().for_each(|ty| self.forgive(ty));
    }

    /// Whether a name stands for such a lambda.
    pub fn is_general_lambda(&mut self, e: &ast::Expr) -> bool {
        match self.named(e) {
            Some((Named::Lambda(_), _)) => true,
            Some((Named::Global(id), _)) => {
                self.global_type(id, e.span);
                self.globals[id.idx()].lambda.is_some()
            }
            _ => false,
        }
    }

    /// Whether a name stands for a function without written types.
    pub fn is_template(&self, e: &ast::Expr) -> bool {
        matches!(self.named(e), Some((Named::Func(id), _)) if self.decls[id.0 as usize].is_template)
    }

    /// Whether nothing has decided a part of a type.
    pub fn is_open(&mut self, ty: Ty) -> bool {
        self.unknowns(ty).into_iter().any(|var| self.infer.kind(var) == VarKind::Any)
    }

    /// A use of such a lambda.
    pub fn general_lambda(&mut self, index: usize, span: Span, expect: Expect) -> Expr {
        let outer = self.copies;
        let copies = outer.map_or(1, |copies| copies.saturating_add(1));
        self.copies = Some(copies);
        if copies > MOST_COPIES {
            if copies == MOST_COPIES + 1 {
                self.error(too_many_copies(span));
            }
            return self.error_expr(span);
        }
        let GeneralLambda { ast, around, scope } = self.lambdas[index].clone();
        // Its types may be those of the function that uses it.
        let scope = TyScope { generics: Rc::clone(&self.cx().scope.generics), ..scope };
        let value = self.in_scope(scope, Some(around), |checker| checker.expr(ast, expect));
        if outer.is_none() {
            self.copies = None;
        }
        value
    }
}

fn too_many_copies(span: Span) -> Diagnostic {
    let label = format!("checked anew at each use: for one of the last, more than {MOST_COPIES} times");
    Diagnostic::error(Code::TooLarge, "a use of a lambda leads to too many others")
        .at(span, label)
        .help("write its types, `fn(x: i64) -> i64: …`, or declare a function: those are checked once")
}

/// Whether it is a lambda, or a call with open arguments, which stands for one.
pub(super) fn is_lambda(e: &ast::Expr) -> bool {
    match &e.kind {
        ast::ExprKind::Lambda(_) => true,
        ast::ExprKind::Call(_, args) => args.iter().any(|arg| is_hole(&arg.value)),
        _ => false,
    }
}
