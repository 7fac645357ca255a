//! `in`: whether a range, text, array, dict or set has a value.

use super::context::*;
use super::infer::VarKind;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::ast;

impl<'a> Checker<'a> {
    /// What is expected of the right side of `in`: of a literal, elements that the left side's type is wider than, or that
    /// are characters as it is.
    fn expect_of_container(&mut self, value: Ty, container: &ast::Expr) -> Expect {
        let value = self.resolve(value);
        let is_telling = match self.types.get(value) {
            TyKind::Char | TyKind::Any | TyKind::Union(_) | TyKind::Dyn(..) => true,
            _ => self.payload_of(value).is_some_and(|(payload, _)| self.var_kind(payload).is_none()),
        };
        let of = match &container.kind {
            _ if !is_telling => None,
            ast::ExprKind::Array(_) => Some(self.types.intern(TyKind::Array(value))),
            ast::ExprKind::Set(_) => Some(self.set_type(value)),
            _ => None,
        };
        of.map_or(Expect::Any, |ty| Expect::Ty(ty, Why::None))
    }

    /// `a in b`.
    pub fn contains(&mut self, negated: bool, a: &'a ast::Expr, b: &'a ast::Expr, span: Span) -> Expr {
        let result = if let ast::ExprKind::Range { start: Some(start), end: Some(end), is_inclusive } =
            &b.kind
        {
            let value = self.expr(a, Expect::Any);
            let (start, end) = (self.expr(start, Expect::Any), self.expr(end, Expect::Any));
            for bound in [&start, &end] {
                if self.is_numeric(value.ty) && self.is_numeric(bound.ty) && self.var_kind(value.ty).is_some()
                {
                    self.unify(value.ty, bound.ty);
                }
            }
            let (value, start, end) = (self.settled(value), start, end);
            let (let_value, value) = self.temporary(value, false);
            let at = self.local(value, a.span);
            let low = self.compare(CompareOp::Ge, at, start, span);
            let at = self.local(value, a.span);
            let op = if *is_inclusive { CompareOp::Le } else { CompareOp::Lt };
            let high = self.compare(op, at, end, span);
            let both = expr(ExprKind::Logic(LogicOp::And, Box::new(low), Box::new(high)), Ty::BOOL, span);
            expr(ExprKind::Block(vec![let_value, both], true), Ty::BOOL, span)
        } else {
            let value = self.expr(a, Expect::Any);
            let expect = self.expect_of_container(value.ty, b);
            let (bind, value) = self.temporary(value, false);
            let container = self.expr(b, expect);
            let container = self.as_array(container);
            let found = self.resolve(container.ty);
            if found == Ty::ERROR {
                return container;
            }
            let name = self.interner.intern("contains");
            let Some(id) = self.find_method(found, name) else {
                let shown = self.words_for(&container);
                let message = format!("`in` does not look into {}", shown.full);
                let error = Diagnostic::error(Code::BadOperand, message)
                    .at(b.span, shown.label())
                    .help("ranges, texts, arrays, dicts and sets can be looked into");
                self.error(error);
                return self.error_expr(span);
            };
            let value = self.local(value, a.span);
            let mut code = vec![bind];
            let is_in = match self.looked_for(value.ty, found) {
                None => self.call_contains(id, container, value, span),
                Some(payload) => {
                    let (bind, container) = self.temporary(container, false);
                    code.push(bind);
                    let container = self.local(container, b.span);
                    self.present_in(value, payload, span, |checker, payload| {
                        checker.call_contains(id, container, payload, span)
                    })
                }
            };
            code.push(is_in);
            expr(ExprKind::Block(code, true), Ty::BOOL, span)
        };
        if negated {
            return expr(ExprKind::Unary(UnaryOp::Not, Box::new(result)), Ty::BOOL, span);
        }
        result
    }

    /// The call of `contains`.
    fn call_contains(&mut self, id: DeclId, container: Expr, mut value: Expr, span: Span) -> Expr {
        if self.resolve(container.ty) == Ty::TEXT && self.resolve(value.ty) == Ty::CHAR {
            let at = value.span;
            value = expr(ExprKind::Format(vec![FormatPart::Value(value, None)]), Ty::TEXT, at);
        }
        self.call_checked(id, vec![container, value], span)
    }

    /// The payload of an optional value and the case that carries it, where what it is looked for in holds no optional ones.
    fn looked_for(&mut self, value: Ty, container: Ty) -> Option<(Ty, u32)> {
        let (payload, present) = self.payload_of(value)?;
        let held = match *self.types.get(container) {
            TyKind::Array(elem) | TyKind::Range(elem) => elem,
            TyKind::Text => Ty::TEXT,
            _ => self.set_part(container).or_else(|| Some(self.dict_parts(container)?.0))?,
        };
        let is_known = |ty: Ty| self.var_kind(ty) != Some(VarKind::Any);
        let is_plain = is_known(payload) && is_known(held) && self.payload_of(held).is_none();
        (is_plain && !self.is_wider(value, held)).then_some((payload, present))
    }

    /// Whether an optional value is there and `test` holds of its payload, by which it is compared with a plain one.
    fn present_in(
        &mut self,
        value: Expr,
        (payload, present): (Ty, u32),
        span: Span,
        test: impl FnOnce(&mut Self, Expr) -> Expr,
    ) -> Expr {
        let (ty, at) = (value.ty, value.span);
        let local = self.new_local(self.sym.empty, payload, false, at);
        let bound = Pattern { kind: PatternKind::Bind(local), ty: payload, span: at };
        let there = Pattern { kind: PatternKind::Variant(present, vec![(0, bound)]), ty, span: at };
        let absent = Pattern { kind: PatternKind::Wildcard, ty, span: at };
        let payload = self.local(local, at);
        let arms = vec![
            Arm { pattern: there, guard: None, body: test(self, payload) },
            Arm {
                pattern: absent,
                guard: None,
                body: expr(ExprKind::Literal(Constant::Bool(false)), Ty::BOOL, span),
            },
        ];
        expr(ExprKind::Match(Box::new(value), arms), Ty::BOOL, span)
    }
}
