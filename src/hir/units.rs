//! Unit types, `unit Km: f64 as km`: a value of another type that is mixed up with no other. In the checked program they
//! are structs with one field that has no name.

use super::arguments::Given;
use super::context::*;
use super::describe::plural;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast::{self, ArgKind, Ident};

impl<'a> Checker<'a> {
    /// Notes a unit, whose suffix no other may have in the same module.
    pub fn declare_unit(&mut self, id: AdtId, decl: &'a ast::UnitDecl) {
        if let Some(suffix) = decl.suffix {
            let module = self.adt_infos[id.idx()].scope.module;
            let first = self.units.iter().find_map(|(other, unit)| {
                let same = unit.suffix.filter(|of| of.name == suffix.name)?;
                (self.adt_infos[other.idx()].scope.module == module).then_some(same.span)
            });
            self.report_duplicate(suffix, first, "suffix");
        }
        self.units.push((id, decl));
    }

    /// Resolves what the units wrap.
    pub fn resolve_units(&mut self) {
        for (id, decl) in self.units.clone() {
            let scope = self.adt_infos[id.idx()].scope.clone();
            let ty = self.ty(&decl.ty, &scope);
            let name = self.adts[id.idx()].name;
            self.adts[id.idx()].variants =
                vec![Variant { name, fields: vec![Field { name: None, ty, is_own: false }] }];
            if let Some(suffix) = decl.suffix
                && !self.is_number(ty)
                && ty != Ty::ERROR
            {
                let shown = self.show(ty);
                let error = Diagnostic::error(
                    Code::TypeMismatch,
                    format!("a unit of `{shown}` has no literals with a suffix"),
                )
                .at(suffix.span, "a suffix stands behind numbers")
                .also(decl.ty.span, format!("this is `{shown}`"))
                .help("leave the suffix out");
                self.error(error);
            }
        }
    }

    /// What a unit wraps.
    pub fn unit_base(&self, ty: Ty) -> Option<Ty> {
        let TyKind::Adt(id, _) = *self.types.get(self.resolve(ty)) else { return None };
        self.units.iter().find(|(unit, _)| *unit == id)?;
        Some(self.adts[id.idx()].variants.first()?.fields.first()?.ty)
    }

    /// The units that have a suffix and are seen here.
    fn seen_units(&self) -> impl Iterator<Item = (AdtId, Symbol)> {
        let module = self.bodies[self.current].scope.module;
        let seen = self.units.iter().filter(move |(id, _)| {
            let name = self.adts[id.idx()].name;
            self.module_type(module, name) == Some(TypeItem::Adt(*id))
        });
        seen.filter_map(|(id, decl)| Some((*id, decl.suffix?.name)))
    }

    /// The unit of a suffix.
    pub fn find_unit(&mut self, suffix: Symbol) -> Option<Ty> {
        let (id, _) = self.seen_units().find(|(_, of)| *of == suffix)?;
        Some(self.types.intern(TyKind::Adt(id, Vec::new())))
    }

    /// The unit of a literal with a suffix; reported if there is none.
    pub fn unit_of_suffix(&mut self, suffix: Symbol, span: Span) -> Option<Ty> {
        if let Some(unit) = self.find_unit(suffix) {
            return Some(unit);
        }
        let text = self.name(suffix);
        let mut error =
            Diagnostic::error(Code::UnknownName, format!("there is no unit with the suffix `{text}`"))
                .at(span, "not declared or brought in");
        if let Some(near) = self.nearest(text, || self.seen_units().map(|(_, of)| self.name(of)).collect()) {
            error = error.help(format!("did you mean `_{near}`?"));
        }
        self.error(error);
        None
    }

    /// The value of a unit.
    pub fn in_unit(&self, value: Expr, unit: Ty) -> Expr {
        let span = value.span;
        expr(ExprKind::Record(vec![(0, value)]), unit, span)
    }

    /// What a value of a unit wraps.
    pub fn out_of_unit(&self, value: Expr, base: Ty) -> Expr {
        let span = value.span;
        expr(ExprKind::Field(Box::new(value), 0), base, span)
    }

    /// `Km(1.5)`.
    pub fn construct_unit(&mut self, unit: Ty, name: Ident, args: &[Given<'a>], span: Span) -> Expr {
        if !self.takes(args, false) {
            return self.error_expr(span);
        }
        let base = self.unit_base(unit).unwrap_or(Ty::ERROR);
        match args {
            [Given { label: None, kind: ArgKind::Value | ArgKind::Trailing, value }] => {
                let value = self.expr_as(value, base, Why::None);
                Expr { span, ..self.in_unit(value, unit) }
            }
            _ => {
                let error = Diagnostic::error(
                    Code::Arguments,
                    format!(
                        "`{}` takes one value, found {}",
                        self.name(name.name),
                        plural(args.len(), "argument")
                    ),
                )
                .at(span, format!("wraps one `{}`, which has no name", self.show(base)));
                self.error(error);
                self.check_loosely(args);
                self.error_expr(span)
            }
        }
    }

    /// `a op b` where one of them is of a unit.
    pub fn unit_arithmetic(&mut self, op: BinaryOp, a: Expr, b: Expr, span: Span) -> Expr {
        let (x, y) = (self.resolve(a.ty), self.resolve(b.ty));
        let (of_a, of_b) = (self.unit_base(x), self.unit_base(y));
        let is_scalar = |checker: &Self, ty: Ty| checker.is_numeric(ty);
        // The unit of the result, if it has one.
        let unit = match (of_a, of_b, op) {
            (Some(_), Some(_), BinaryOp::Add | BinaryOp::Sub | BinaryOp::Rem) if x == y => Some(Some(x)),
            (Some(_), Some(_), BinaryOp::Div) if x == y => Some(None),
            (Some(_), None, BinaryOp::Mul | BinaryOp::Div) if is_scalar(self, y) => Some(Some(x)),
            (None, Some(_), BinaryOp::Mul) if is_scalar(self, x) => Some(Some(y)),
            _ => None,
        };
        let is_number = of_a.or(of_b).is_some_and(|base| self.is_number(base));
        let Some(unit) = unit.filter(|_| is_number) else {
            self.bad_operands(super::ops::op_sign(op), &a, &b, span);
            return self.error_expr(span);
        };
        let inner = |checker: &Self, value: Expr, base: Option<Ty>| match base {
            Some(base) => checker.out_of_unit(value, base),
            None => value,
        };
        let (a, b) = (inner(self, a, of_a), inner(self, b, of_b));
        let result = self.arithmetic(op, a, b, span);
        let Some(unit) = unit else { return result };
        let base = self.unit_base(unit).unwrap_or(Ty::ERROR);
        let result = self.coerce(result, base, Why::None);
        self.in_unit(result, unit)
    }

    /// How to mend an operation that does not apply where a unit is involved.
    pub fn unit_help(&self, x: Ty, y: Ty) -> Option<String> {
        let bases = (self.unit_base(x), self.unit_base(y));
        let base = bases.0.or(bases.1)?;
        let shown = self.show(base);
        Some(match bases {
            _ if !self.is_number(base) => format!("take out what it wraps: `… as {shown}`"),
            (Some(_), Some(_)) if x == y => format!("take the number out of one: `… as {shown}`"),
            (Some(_), Some(_)) => {
                format!("bring them to one unit, which is yours to say how: `… as {shown}` is the number")
            }
            (Some(_), None) => format!("give the number its unit: `{}(…)`", self.show(x)),
            (None, _) => format!("give the number its unit: `{}(…)`", self.show(y)),
        })
    }

    /// `-a` of a unit.
    pub fn negative_unit(&mut self, value: Expr, base: Ty, span: Span) -> Expr {
        let unit = value.ty;
        let inner = self.out_of_unit(value, base);
        self.in_unit(expr(ExprKind::Unary(UnaryOp::Neg, Box::new(inner)), base, span), unit)
    }

    /// A literal with the suffix of a unit.
    pub fn unit_literal(&mut self, number: Number, suffix: Symbol, span: Span) -> Expr {
        let Some(unit) = self.unit_of_suffix(suffix, span) else { return self.error_expr(span) };
        let base = self.unit_base(unit).filter(|&base| self.is_number(base));
        let Some(base) = base else { return expr(ExprKind::Error, unit, span) };
        if let (Number::Float { .. }, TyKind::Int(_)) = (number, self.types.get(base)) {
            self.mismatch(base, Ty::F64, span, Why::None);
            return expr(ExprKind::Error, unit, span);
        }
        let value = self.number(number, base, span);
        self.in_unit(value, unit)
    }
}
