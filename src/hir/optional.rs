//! Chains behind `?.`.

use super::context::*;
use super::infer::VarKind;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::ast::{self, ExprKind as Ast};

impl<'a> Checker<'a> {
    /// `a?.b.m(x)`: the chain goes on with what is there, and is optional as a whole; flattened. One that stands for its
    /// effect has no value.
    pub fn optional_chain(
        &mut self,
        front: &'a ast::Expr,
        rest: &'a ast::Expr,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let value = self.optional(front);
        let ty = self.resolve(value.ty);
        let rest_expect = if expect.is_unused() { Expect::Unused } else { Expect::Any };
        let mark = self.cx().names.mark();
        let found = self.sym.found;
        let Some((payload, present)) = self.payload_of(ty) else {
            // Behind another `?.`, one may stand for a `.`.
            let is_known = ty == Ty::ERROR || ty == Ty::NEVER || self.is_behind_found(front);
            if !is_known {
                let shown = self.words_for(&value);
                let is_result = matches!(self.types.get(ty), TyKind::Adt(id, _) if Some(*id) == self.result);
                let message = format!("`?.` does not apply to {}", shown.full);
                let error = Diagnostic::error(Code::BadOperand, message)
                    .at(value.span, shown.label())
                    .help(if is_result { "hand the error on first: `(…?).`" } else { "write `.`" });
                self.error(error);
            }
            let value = if is_known { value } else { self.error_expr(span) };
            let (front, local) = self.temporary(value, false);
            self.cx().names.declare(found, Binding::Local(local));
            let rest = self.expr(rest, rest_expect);
            self.cx().names.forget_since(mark);
            let ty = rest.ty;
            return expr(ExprKind::Block(vec![front, rest], true), ty, span);
        };
        // What a call gives is nobody else's; a place keeps its own.
        let is_place =
            matches!(front.kind, Ast::Name(_) | Ast::Field(..) | Ast::TupleField(..) | Ast::Index(..));
        let is_copy = is_place && !self.is_reference(payload);
        let local = self.new_local(self.sym.empty, payload, !is_copy, value.span);
        self.cx().locals[local.idx()].copied_by = is_copy.then_some("?.");
        self.cx().names.declare(found, Binding::Local(local));
        let rest = self.expr(rest, rest_expect);
        self.cx().names.forget_since(mark);
        if rest.ty == Ty::ERROR {
            return rest;
        }
        let is_effect = self.is_for_effect(&rest, expect);
        let (rest, whole) = if is_effect {
            (expr(ExprKind::Block(vec![rest], false), Ty::UNIT, span), Ty::UNIT)
        } else if self.payload_of(rest.ty).is_some() {
            let ty = rest.ty;
            (rest, ty)
        } else {
            let rest = self.settled(rest);
            let Some(whole) = self.option_of(rest.ty) else { return self.error_expr(span) };
            (expr(ExprKind::Variant(present, vec![rest]), whole, span), whole)
        };
        let bind = Pattern { kind: PatternKind::Bind(local), ty: payload, span };
        let some = Pattern { kind: PatternKind::Variant(present, vec![(0, bind)]), ty, span };
        let bad = self.absent();
        let none = Pattern { kind: PatternKind::Variant(bad, Vec::new()), ty, span };
        let absent = if is_effect { ExprKind::Unit } else { ExprKind::Variant(bad, Vec::new()) };
        let absent = expr(absent, whole, span);
        let arms = vec![
            Arm { pattern: some, guard: None, body: rest },
            Arm { pattern: none, guard: None, body: absent },
        ];
        expr(ExprKind::Match(Box::new(value), arms), whole, span)
    }

    /// Whether a chain has no value: as a statement, and at the end of a function that leaves its result open, if the rest gives
    /// nothing. There the rest may be a call of this very function: then the result is optional as the chain is, or nothing, as
    /// what the function returns elsewhere.
    fn is_for_effect(&mut self, rest: &Expr, expect: Expect) -> bool {
        match expect {
            Expect::Unused => return true,
            Expect::Loose => {}
            Expect::Any | Expect::Ty(..) => return false,
        }
        let (ty, span) = (self.resolve(rest.ty), rest.span);
        let own = self.bodies.iter().rposition(|body| self.resolve(body.given()) == ty);
        if let (Some(VarKind::Any), Some(own)) = (self.var_kind(ty), own) {
            if self.bodies[own].returns_nothing {
                return self.unify(ty, Ty::UNIT);
            }
            let payload = self.fresh(VarKind::Any, span);
            let optional = self.option_of(payload).unwrap_or(Ty::ERROR);
            self.unify(ty, optional);
            self.bodies[own].chained = Some(payload);
        }
        ty == Ty::UNIT
    }

    /// Whether an expression is the beginning of a chain behind `?.`.
    fn is_behind_found(&self, mut e: &ast::Expr) -> bool {
        loop {
            e = match &e.kind {
                Ast::Name(name) => return *name == self.sym.found,
                Ast::Field(base, _) | Ast::TupleField(base, _) | Ast::Index(base, _) => base,
                Ast::Slice(base, _) | Ast::Call(base, _) | Ast::Instantiate(base, _) => base,
                _ => return false,
            }
        }
    }
}
