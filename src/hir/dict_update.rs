//! `d[k] = d.get(k, other) + x`, the way to count: one search for the entry where there would be two. A text grows where it is,
//! with `d[k] = d[k]! + x`, too.

use super::context::*;
use super::names::Named;
use super::ops::compound;
use super::place::Change;
use super::tree::*;
use super::types::Ty;
use crate::diagnostics::Span;
use crate::syntax::ast::{self, ArgKind, ExprKind as Ast};

/// `d[k] = old op operand`.
pub(super) struct Update<'a> {
    pub op: BinaryOp,
    /// What is taken for the old value where there is none; `None` if there must be one.
    pub other: Option<&'a ast::Expr>,
    pub operand: &'a ast::Expr,
}

impl<'a> Checker<'a> {
    /// An assignment `d[k] = old + x` of a number or a text that changes the entry where it is, `old` being `d.get(k, other)` or,
    /// of a text, `d[k]!`. Names and literals alone are taken, which run no code.
    pub fn element_update(
        &mut self,
        target: &'a ast::Expr,
        dict: &Expr,
        value: &'a ast::Expr,
    ) -> Option<Update<'a>> {
        let (_, value_ty) = self.dict_parts(dict.ty)?;
        let value_ty = self.resolve(value_ty);
        let Ast::Binary(op, old, operand) = &value.kind else { return None };
        let op = compound(*op)?;
        let (receiver, sought, other) = match &old.kind {
            Ast::Unwrap(element) => {
                let Ast::Index(receiver, key) = &element.kind else { return None };
                (receiver, &**key, None)
            }
            Ast::Call(callee, args) => {
                let Ast::Field(receiver, method) = &callee.kind else { return None };
                let [key, other] = &args[..] else { return None };
                let is_plain = [key, other].iter().all(|a| a.kind == ArgKind::Value && a.label.is_none());
                if !is_plain || self.interner.get(method.name) != "get" {
                    return None;
                }
                (receiver, &key.value, Some(&other.value))
            }
            _ => return None,
        };
        let Ast::Index(base, key) = &target.kind else { return None };
        let runs_no_code = [&**receiver, sought, &**operand]
            .into_iter()
            .chain(other)
            .all(|e| is_literal(e) || self.is_variable(e));
        let is_same = is_same_name(receiver, base) && is_same_atom(sought, key);
        let gains = if value_ty == Ty::TEXT {
            op == BinaryOp::Add
        } else {
            self.is_number(value_ty) && other.is_some()
        };
        (is_same && runs_no_code && gains).then_some(Update { op, other, operand })
    }

    /// The value of a key as a place of a dict that is a place; `other` is put there if there is none.
    pub fn dict_entry(&mut self, dict: Expr, key: &'a ast::Expr, other: &'a ast::Expr, span: Span) -> Expr {
        let Some((_, value)) = self.dict_parts(dict.ty) else { return self.error_expr(span) };
        self.changeable(&dict, Change::Collection);
        let key = self.key_of(dict.ty, key);
        let other = self.expr_as(other, value, Why::None);
        let pointer = self.call_lang("dict_entry", vec![dict, key, other], "a dict", span);
        expr(ExprKind::Deref(Box::new(pointer)), value, span)
    }

    fn is_variable(&self, e: &ast::Expr) -> bool {
        let Ast::Name(name) = e.kind else { return false };
        matches!(self.find(name), Some(Named::Local(_) | Named::Global(_)))
    }
}

fn is_literal(e: &ast::Expr) -> bool {
    matches!(e.kind, Ast::Int { .. } | Ast::Float { .. } | Ast::Bool(_) | Ast::Text(_))
}

fn is_same_name(a: &ast::Expr, b: &ast::Expr) -> bool {
    matches!((&a.kind, &b.kind), (Ast::Name(a), Ast::Name(b)) if a == b)
}

/// Whether two expressions are the same name or the same literal.
fn is_same_atom(a: &ast::Expr, b: &ast::Expr) -> bool {
    match (&a.kind, &b.kind) {
        (Ast::Text(a), Ast::Text(b)) => a == b,
        (Ast::Int { value: a, suffix: s }, Ast::Int { value: b, suffix: t }) => a == b && s == t,
        _ => is_same_name(a, b),
    }
}
