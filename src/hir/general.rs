//! Lambdas with several types. Functions without written types are templates, checked for each list of argument types; a
//! lambda that a `val` binds is the same where its own code leaves the types of its parameters open: `val id = \x: x`. It is
//! checked anew at each use, with the names that were known where it stands.

use super::context::*;
use super::infer::VarKind;
use super::tree::*;
use super::types::Ty;
use crate::syntax::ast::{self, LetKind, PatternKind};

/// A lambda that a `val` binds.
#[derive(Clone)]
pub(super) struct GeneralLambda<'a> {
    ast: &'a ast::Expr,
    around: Around,
    scope: TyScope,
}

impl<'a> Checker<'a> {
    /// Makes the declared name stand for the lambda itself, if that leaves types open. One that captures what can be assigned
    /// is not checked later: it has the values of now.
    pub fn generalised(&mut self, decl: &'a ast::Let, value: &Expr) -> bool {
        let (PatternKind::Name(name), Some(ast), ExprKind::FuncValue(func, ..)) =
            (&decl.pattern.kind, &decl.init, &value.kind)
        else {
            return false;
        };
        let is_plain = decl.kind == LetKind::Val && matches!(ast.kind, ast::ExprKind::Lambda(_));
        if !is_plain || !self.is_open(value.ty) {
            return false;
        }
        let cx = &self.bodies[self.current];
        let mut captured = self.funcs[func.idx()].captures.iter().map(|capture| capture.var);
        if captured.any(|var| var.body == cx.id && cx.locals[var.local.idx()].is_var) {
            return false;
        }
        // This instance is no function of the program.
        self.forgive(value.ty);
        let slot = &mut self.funcs[func.idx()];
        slot.body = None;
        slot.captures.clear();
        let (body, cx) = (self.current, self.cx());
        let (mark, scope) = (cx.names.mark(), cx.scope.clone());
        let index = self.lambdas.len();
        self.lambdas.push(GeneralLambda { ast, around: Around { body, mark }, scope });
        self.cx().names.declare(name.name, Binding::Lambda(index));
        true
    }

    /// Whether nothing has decided a part of a type.
    fn is_open(&mut self, ty: Ty) -> bool {
        self.unknowns(ty).into_iter().any(|var| self.infer.kind(var) == VarKind::Any)
    }

    /// A use of such a lambda.
    pub fn general_lambda(&mut self, index: usize, expect: Expect) -> Expr {
        let GeneralLambda { ast, around, scope } = self.lambdas[index].clone();
        self.in_scope(scope, Some(around), |checker| checker.expr(ast, expect))
    }
}
