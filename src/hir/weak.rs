//! `weak` fields: they hold a cell of the runtime for an instance (`runtime/weak.spl`), and read as an optional instance.

use super::context::*;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};

impl Checker<'_> {
    /// The type of what a field of a type of a kind holds that is declared weak.
    pub fn weak_type(&mut self, declared: Ty, of: AdtKind, span: Span) -> Ty {
        let target = self.payload_of(declared).map_or(declared, |(payload, _)| payload);
        let class = match self.types.get(target) {
            TyKind::Error => return Ty::ERROR,
            TyKind::Adt(id, _) if self.adts[id.idx()].kind == AdtKind::Class => *id,
            _ => {
                let error = Diagnostic::error(Code::BadWeak, "a `weak` field of a type that is no class")
                    .at(span, "not a class")
                    .help("remove `weak`: only instances of classes can be in a cycle");
                self.error(error);
                return declared;
            }
        };
        if of != AdtKind::Class {
            let error = Diagnostic::error(Code::BadWeak, "a `weak` field outside of a class")
                .at(span, "not a field of a class")
                .help("make the type around it a class");
            self.error(error);
            return declared;
        }
        self.adts[class.idx()].is_weakly_held = true;
        let Some(cell) = self.weak else { return Ty::ERROR };
        let cell = self.types.intern(TyKind::Adt(cell, vec![target]));
        self.option_of(cell).unwrap_or(Ty::ERROR)
    }

    /// What a field of a type reads as: a weak one as an optional instance, any other as what it holds.
    pub fn read_type(&mut self, held: Ty) -> Ty {
        match self.weak_target(held) {
            Some(target) => self.option_of(target).unwrap_or(Ty::ERROR),
            None => held,
        }
    }

    fn weak_target(&self, held: Ty) -> Option<Ty> {
        let (cell, _) = self.payload_of(held)?;
        match self.types.get(self.resolve(cell)) {
            TyKind::Adt(id, args) if Some(*id) == self.weak => args.first().copied(),
            _ => None,
        }
    }

    /// A field's value, from what it holds. The instance that the field is of is kept until the value is known, as it may be
    /// what keeps that.
    pub fn read_field(&mut self, held: Expr) -> Expr {
        let Expr { ty, span, .. } = held;
        if self.weak_target(ty).is_none() {
            return held;
        }
        let ExprKind::Field(base, index) = held.kind else { return held };
        let (bind, base) = self.temporary(*base, false);
        let base = self.local(base, span);
        let held = expr(ExprKind::Field(Box::new(base), index), ty, span);
        let value = self.call_lang("weak_get", vec![held], "a weak field", span);
        let ty = value.ty;
        expr(ExprKind::Block(vec![bind, value], true), ty, span)
    }

    /// What a field of a type is to hold for a value of the type that it reads as.
    pub fn held_value(&mut self, value: Expr, held: Ty) -> Expr {
        let span = value.span;
        if self.weak_target(held).is_none() {
            return value;
        }
        self.call_lang("weak_of", vec![value], "a weak field", span)
    }
}
