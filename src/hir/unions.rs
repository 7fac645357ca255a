//! Union types, `A | B`: which of its types a value becomes one of.

use super::context::*;
use super::infer::VarKind;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::Span;
use crate::syntax::ast;

impl<'a> Checker<'a> {
    /// `A | B` as written. With `nil` among them it is an optional type.
    pub fn union_type(&mut self, parts: &'a [ast::Type], span: Span, scope: &TyScope) -> Ty {
        let is_nil = |part: &ast::Type| match &part.kind {
            ast::TypeKind::Path { path, .. } => matches!(path[..], [name] if self.name(name.name) == "nil"),
            _ => false,
        };
        let (absent, present): (Vec<_>, Vec<_>) = parts.iter().partition(|&part| is_nil(part));
        let types = present.into_iter().map(|part| self.ty(part, scope)).collect();
        let union = self.types.union(types);
        if absent.is_empty() {
            return union;
        }
        self.option_of(union).unwrap_or_else(|| self.unsupported("an optional type", span).ty)
    }

    /// The types of a union.
    pub fn union_parts(&self, ty: Ty) -> Option<Vec<Ty>> {
        match self.types.get(self.resolve(ty)) {
            TyKind::Union(parts) => Some(parts.clone()),
            _ => None,
        }
    }

    /// The type among those of a union as which a value of another type becomes one of it: its own if it is there, or
    /// else the first that takes it.
    pub fn part_for(&mut self, from: Ty, parts: &[Ty]) -> Option<Ty> {
        let own = self.literal_default(from);
        if let Some(&part) = parts.iter().find(|part| self.resolve(**part) == own) {
            return Some(part);
        }
        let is_literal = self.var_kind(from).is_some_and(|kind| kind != VarKind::Any);
        let takes = |checker: &mut Self, part: Ty| {
            if is_literal {
                return checker.is_number(part) && checker.unify(from, part);
            }
            checker.widens(from, part) || checker.is_wider(from, part)
        };
        let found = parts.iter().copied().find(|&part| {
            let part = self.resolve(part);
            takes(self, part)
        });
        // A trait object takes what a literal is alone.
        let found = found.or_else(|| {
            let objects = if is_literal { parts } else { &[] };
            objects.iter().copied().find(|&part| self.is_wider(own, part))
        });
        // Last what is not known in full, the type of an empty array or a type parameter that the value decides; then
        // optional types.
        let open = |checker: &mut Self, part| checker.may_be(from, part) && checker.unify(from, part);
        found.or_else(|| parts.iter().copied().find(|&part| open(self, part))).or_else(|| {
            let payload = |checker: &Self, part| checker.payload_of(part).map(|(payload, _)| payload);
            parts.iter().copied().find(|&part| payload(self, part).is_some_and(|ty| self.fits(from, ty)))
        })
    }

    /// The type that a pattern is for, where its form tells: among those of a union, or of those that an `Any` or a trait
    /// object may hold.
    pub fn part_of_pattern(&mut self, pattern: &ast::Pattern, ty: Ty) -> Option<Ty> {
        match self.types.get(self.resolve(ty)).clone() {
            TyKind::Union(parts) => self.told_by_form(pattern, &parts).or_else(|| {
                let told = self.told_alone(pattern)?;
                self.part_around(told, ty).map(|_| told)
            }),
            TyKind::Any | TyKind::Dyn(..) => {
                let told = self.told_alone(pattern)?;
                self.is_wider(told, ty).then_some(told)
            }
            _ => None,
        }
    }

    /// The type among those of a union that may hold a value of a type which is none of them: that of trait objects.
    pub fn part_around(&mut self, ty: Ty, union: Ty) -> Option<Ty> {
        let parts = self.union_parts(union).filter(|_| self.union_parts(ty).is_none())?;
        let part = self.part_for(ty, &parts)?;
        self.is_wider(ty, part).then_some(part)
    }

    /// What matches a value of a wider type that holds one of a pattern's type.
    pub fn downcast(&mut self, pattern: Pattern, wide: Ty) -> PatternKind {
        let span = pattern.span;
        let held = match self.part_around(pattern.ty, wide) {
            Some(ty) => Pattern { kind: PatternKind::Downcast(Box::new(pattern)), ty, span },
            None => pattern,
        };
        PatternKind::Downcast(Box::new(held))
    }

    /// The type that a pattern is for, where its form tells it in full.
    fn told_alone(&mut self, pattern: &ast::Pattern) -> Option<Ty> {
        let told = match &pattern.kind {
            ast::PatternKind::Literal(literal) => self.type_of_literal(literal),
            ast::PatternKind::Range { start, end, .. } => {
                self.type_of_literal(start.as_deref().or(end.as_deref())?)
            }
            ast::PatternKind::Construct { path, .. } | ast::PatternKind::Path(path) => {
                let (case, of) = path.split_last()?;
                let around = self.type_of_path(of).filter(|&ty| {
                    self.enum_of(ty).is_some_and(|id| self.variant_of(id, case.name).is_some())
                });
                around.or_else(|| self.type_of_path(path))
            }
            ast::PatternKind::Name(_)
            | ast::PatternKind::Wildcard
            | ast::PatternKind::Or(_)
            | ast::PatternKind::Tuple(_)
            | ast::PatternKind::Array(_)
            | ast::PatternKind::Typed(..)
            | ast::PatternKind::Rest(_) => None,
        };
        let told = self.settle(told?);
        (told != Ty::ERROR && self.unknowns(told).is_empty()).then_some(told)
    }

    /// Of an optional type: its payload and the case that carries it, if a pattern is for what is there, and its form
    /// tells so.
    pub fn payload_of_pattern(&mut self, pattern: &ast::Pattern, ty: Ty) -> Option<(Ty, u32)> {
        let (payload, present) = self.payload_of(ty)?;
        let is_of_option = match &pattern.kind {
            ast::PatternKind::Name(name) => self.variant_path(&[*name], ty).is_some(),
            ast::PatternKind::Construct { path, .. } | ast::PatternKind::Path(path) => {
                self.variant_path(path, ty).is_some()
            }
            ast::PatternKind::Wildcard
            | ast::PatternKind::Literal(_)
            | ast::PatternKind::Range { .. }
            | ast::PatternKind::Or(_)
            | ast::PatternKind::Tuple(_)
            | ast::PatternKind::Array(_)
            | ast::PatternKind::Typed(..)
            | ast::PatternKind::Rest(_) => false,
        };
        if is_of_option {
            return None;
        }
        let parts = self.union_parts(payload).unwrap_or_else(|| vec![payload]);
        let is_inside = self.told_by_form(pattern, &parts).is_some()
            || self.part_of_pattern(pattern, payload).is_some()
            || self.payload_of_pattern(pattern, payload).is_some();
        is_inside.then_some((payload, present))
    }

    /// The first of some types that a pattern is for by its form.
    fn told_by_form(&mut self, pattern: &ast::Pattern, parts: &[Ty]) -> Option<Ty> {
        let of_kind = |fits: &dyn Fn(&TyKind) -> bool| {
            parts.iter().copied().find(|&part| fits(self.types.get(self.resolve(part))))
        };
        match &pattern.kind {
            ast::PatternKind::Literal(literal) => self.told_by_literal(literal, parts),
            ast::PatternKind::Range { start, end, .. } => {
                self.told_by_literal(start.as_deref().or(end.as_deref())?, parts)
            }
            ast::PatternKind::Array(_) => {
                of_kind(&|kind| matches!(kind, TyKind::Array(_) | TyKind::FixedArray(..)))
            }
            ast::PatternKind::Tuple(_) => of_kind(&|kind| matches!(kind, TyKind::Tuple(..))),
            ast::PatternKind::Construct { path, .. } | ast::PatternKind::Path(path) => {
                parts.iter().copied().find(|&part| self.is_for(path, part))
            }
            ast::PatternKind::Name(name) => {
                let has_case = |part: &Ty| {
                    self.enum_of(*part).is_some_and(|id| self.variant_of(id, name.name).is_some())
                };
                parts.iter().copied().find(has_case)
            }
            ast::PatternKind::Wildcard
            | ast::PatternKind::Or(_)
            | ast::PatternKind::Typed(..)
            | ast::PatternKind::Rest(_) => None,
        }
    }

    fn told_by_literal(&mut self, literal: &ast::Expr, parts: &[Ty]) -> Option<Ty> {
        let own = self.type_of_literal(literal)?;
        if self.unit_base(own).is_some() {
            return parts.iter().copied().find(|&part| self.resolve(part) == own);
        }
        self.part_for(own, parts)
    }

    /// The type of the literal of a pattern; that of a number without a suffix is not known yet.
    fn type_of_literal(&mut self, literal: &ast::Expr) -> Option<Ty> {
        if let Some(unit) = super::pattern::unit_suffix(literal) {
            return self.find_unit(unit);
        }
        let number = match &literal.kind {
            ast::ExprKind::Unary(_, inner) => inner,
            _ => literal,
        };
        Some(match &number.kind {
            ast::ExprKind::Int { suffix: Some(ast::Suffix::Type(ty)), .. }
            | ast::ExprKind::Float { suffix: Some(ast::Suffix::Type(ty)), .. } => {
                super::expr::number_type(*ty)
            }
            ast::ExprKind::Int { .. } => self.fresh(VarKind::Int, literal.span),
            ast::ExprKind::Float { .. } => self.fresh(VarKind::Float, literal.span),
            ast::ExprKind::Text(_) => Ty::TEXT,
            ast::ExprKind::Bool(_) => Ty::BOOL,
            _ => return None,
        })
    }

    /// Whether a pattern that begins with a path is for a type: for a struct by its name, for an enum by one of its cases.
    fn is_for(&mut self, path: &[ast::Ident], ty: Ty) -> bool {
        match (path.split_last(), self.enum_of(ty)) {
            (Some((name, [])), Some(id)) => self.variant_of(id, name.name).is_some(),
            (Some((_, of)), Some(_)) => self.may_name(of, ty),
            (Some(_), None) => self.may_name(path, ty),
            (None, _) => false,
        }
    }

    fn may_name(&mut self, path: &[ast::Ident], ty: Ty) -> bool {
        self.type_of_path(path).is_some_and(|named| named != Ty::ERROR && self.may_be(named, ty))
    }

    /// Whether two types may turn out to be the same.
    fn may_be(&self, a: Ty, b: Ty) -> bool {
        let (a, b) = (self.resolve(a), self.resolve(b));
        match (self.var_kind(a), self.var_kind(b)) {
            (Some(VarKind::Any), _) | (_, Some(VarKind::Any)) => true,
            (Some(_), _) => self.is_numeric(b),
            (_, Some(_)) => self.is_numeric(a),
            (None, None) => {
                let pairs = self.types.pairs(a, b);
                pairs.is_some_and(|pairs| pairs.into_iter().all(|(a, b)| self.may_be(a, b)))
            }
        }
    }

    /// The value as one of a union.
    pub fn as_union(&mut self, value: Expr, union: Ty, parts: &[Ty]) -> Expr {
        let span = value.span;
        let value = match self.part_for(value.ty, parts) {
            Some(part) => self.coerce(value, part, Why::None),
            None => value,
        };
        expr(ExprKind::Upcast(Box::new(value)), union, span)
    }
}
