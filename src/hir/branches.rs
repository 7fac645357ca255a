//! `if`, and the type that the values of several branches or elements have in common.

use super::context::*;
use super::expr::value_span;
use super::infer::VarKind;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::ast;

impl<'a> Checker<'a> {
    /// `if`, with or without a value.
    pub fn if_expr(&mut self, branching: &'a ast::If, span: Span, expect: Expect) -> Expr {
        let wants_value = branching.otherwise.is_some();
        let inner = match expect {
            Expect::Unused => Expect::Unused,
            Expect::Loose | Expect::Any | Expect::Ty(..) if !wants_value => Expect::Unused,
            Expect::Loose | Expect::Any | Expect::Ty(..) => expect,
        };
        enum Head<'a> {
            Cond(Expr),
            Val(Expr, Pattern, &'a ast::Expr),
        }
        let mut heads = Vec::with_capacity(branching.branches.len());
        let mut bodies = Vec::with_capacity(branching.branches.len() + 1);
        let facts = self.cx().facts.mark();
        let mut ended = Vec::new();
        // The conditions that do not hold behind the whole, because their branches leave.
        let mut refused = Vec::new();
        let mut all_leave = expect.is_unused();
        for (cond, body) in &branching.branches {
            let names = self.cx().names.mark();
            let before = self.cx().facts.mark();
            let mark = self.infer.mark();
            heads.push(match cond {
                ast::Cond::Expr(e) => {
                    let cond = self.condition(e);
                    self.default_literals(mark);
                    self.learn(e, true);
                    Head::Cond(cond)
                }
                ast::Cond::Let(pattern, e) => {
                    let value = self.optional(e);
                    self.default_literals(mark);
                    let pattern = self.present_pattern(pattern, value.ty);
                    Head::Val(value, pattern, e)
                }
            });
            let body = self.branch(&mut ended, |checker| checker.block(body, inner));
            self.note_end(body.ty, inner);
            all_leave &= self.resolve(body.ty) == Ty::NEVER;
            bodies.push(body);
            self.cx().names.forget_since(names);
            self.forget(before);
            if let ast::Cond::Expr(e) = cond {
                self.learn(e, false);
                refused.extend(all_leave.then_some(e));
            }
        }
        if let Some(block) = &branching.otherwise {
            bodies.push(self.branch(&mut ended, |checker| checker.block(block, inner)));
        }
        self.forget(facts);
        self.end_all(ended);
        for e in refused {
            self.learn(e, false);
        }
        if !wants_value && self.is_value_wanted(expect) {
            let error = Diagnostic::error(Code::TypeMismatch, "an `if` used as a value needs `else`")
                .at(span, "this has no value when the condition does not hold")
                .help("add `else:` with the other value");
            self.error(error);
            return self.error_expr(span);
        }
        let ty = self.branch_type(&mut bodies, inner, wants_value);
        let mut rest = if wants_value { bodies.pop() } else { None };
        for (head, body) in heads.into_iter().zip(bodies).rev() {
            // Of an inner branching without `else`, the type is unit like that of the whole.
            let kind = match head {
                Head::Cond(cond) => ExprKind::If(Box::new(cond), Box::new(body), rest.take().map(Box::new)),
                Head::Val(value, pattern, at) => {
                    let otherwise = Pattern { kind: PatternKind::Wildcard, ty: value.ty, span: at.span };
                    let empty = rest.take().unwrap_or_else(|| expr(ExprKind::Unit, Ty::UNIT, span));
                    let arms = vec![
                        Arm { pattern, guard: None, body },
                        Arm { pattern: otherwise, guard: None, body: empty },
                    ];
                    ExprKind::Match(Box::new(value), arms)
                }
            };
            rest = Some(expr(kind, ty, span));
        }
        rest.unwrap_or_else(|| expr(ExprKind::Unit, Ty::UNIT, span))
    }

    /// Notes what a branch gives, if it is an end of a function that leaves its result open.
    pub fn note_end(&mut self, ty: Ty, expect: Expect) {
        let is_known = self.resolve(ty) != Ty::NEVER && self.var_kind(ty) != Some(VarKind::Any);
        if matches!(expect, Expect::Loose) && is_known {
            self.cx().first_end.get_or_insert(ty);
        }
    }

    /// A value whose type is needed now. That of a function which is being checked is what its first end gives, as it is
    /// behind `return`; where it is not needed, all ends decide together.
    pub fn needed(&mut self, value: Expr) -> Expr {
        let mut value = self.settled(value);
        if self.var_kind(value.ty) == Some(VarKind::Any)
            && let Some(of) = self.bodies.iter().find(|body| self.resolve(body.given()) == value.ty)
            && let Some(end) = of.first_end
            && self.unify(value.ty, end)
        {
            value.ty = self.settle(end);
        }
        value
    }

    /// Whether a place cannot do without a value; the end of a function is one that reports the lack itself.
    fn is_value_wanted(&self, expect: Expect) -> bool {
        match expect {
            Expect::Unused | Expect::Loose | Expect::Ty(_, Why::Return(..)) => false,
            Expect::Any => true,
            Expect::Ty(ty, _) => {
                let ty = self.resolve(ty);
                ty != Ty::UNIT && !matches!(self.types.get(ty), TyKind::Var(_) | TyKind::Error)
            }
        }
    }

    /// The type of a branching, whose branches are made to fit it.
    pub fn branch_type(&mut self, bodies: &mut [Expr], expect: Expect, is_complete: bool) -> Ty {
        if is_complete && bodies.iter().all(|body| self.resolve(body.ty) == Ty::NEVER) {
            return Ty::NEVER;
        }
        match expect {
            Expect::Unused => Ty::UNIT,
            Expect::Ty(ty, _) => ty,
            Expect::Any => self.join(bodies).unwrap_or(Ty::ERROR),
            Expect::Loose => {
                if let Some(ty) = self.join_if_possible(bodies) {
                    return ty;
                }
                for body in bodies {
                    let span = body.span;
                    let value = std::mem::replace(body, expr(ExprKind::Unit, Ty::UNIT, span));
                    *body = expr(ExprKind::Block(vec![value], false), Ty::UNIT, span);
                }
                Ty::UNIT
            }
        }
    }

    /// Whether a value of one type can go where the other is expected; unknowns are bound.
    pub fn fits(&mut self, from: Ty, to: Ty) -> bool {
        let (from, to) = (self.resolve(from), self.resolve(to));
        from == to
            || from == Ty::NEVER
            || self.widens(from, to)
            || to != Ty::NEVER && self.unify(from, to)
            || self.is_wider(from, to)
    }

    /// The type that all values can be made to fit, to which they are made to fit, or the first that does not fit the
    /// ones before it. What is not known yet comes last: only an agreement of the others decides it.
    fn common_type(&mut self, values: &mut [Expr]) -> Result<Ty, usize> {
        let mut common: Option<Ty> = None;
        let is_open = |i: &usize| self.var_kind(values[*i].ty) == Some(VarKind::Any);
        let (open, known): (Vec<usize>, Vec<usize>) = (0..values.len()).partition(is_open);
        for i in known.into_iter().chain(open) {
            let ty = self.resolve(values[i].ty);
            common = match common {
                None if ty == Ty::NEVER => None,
                None => Some(ty),
                Some(so_far) if self.fits(ty, so_far) => Some(so_far),
                Some(so_far) if self.fits(so_far, ty) => Some(ty),
                Some(so_far) if self.is_payload(ty, so_far) => Some(so_far),
                Some(so_far) if self.is_payload(so_far, ty) => Some(ty),
                Some(_) => return Err(i),
            };
        }
        let Some(common) = common else { return Ok(Ty::NEVER) };
        for value in values {
            let span = value.span;
            let old = std::mem::replace(value, expr(ExprKind::Unit, Ty::UNIT, span));
            *value = self.coerce(old, common, Why::None);
        }
        Ok(common)
    }

    /// Whether a value of one type is what an optional one of the other may hold; unknowns are bound.
    fn is_payload(&mut self, from: Ty, to: Ty) -> bool {
        let payload = self.payload_of(to).filter(|_| self.payload_of(from).is_none());
        payload.is_some_and(|(payload, _)| self.fits(from, payload))
    }

    fn join_if_possible(&mut self, values: &mut [Expr]) -> Option<Ty> {
        self.common_type(values).ok()
    }

    /// Whether an `Any` is wanted, as which an empty literal holds such.
    pub fn is_any_wanted(&self, expect: Expect) -> bool {
        expect.ty().is_some_and(|ty| self.resolve(ty) == Ty::ANY)
    }

    /// The type of the elements of a literal, to which they are made to fit: their common one, or `Any` if they have none and
    /// the literal is wanted as one.
    pub fn joined(&mut self, values: &mut [Expr], expect: Expect) -> Ty {
        if !self.is_any_wanted(expect) {
            return self.join(values).unwrap_or(Ty::ERROR);
        }
        let common = self.common_type(values);
        common.unwrap_or_else(|_| {
            for value in values {
                let old = std::mem::replace(value, expr(ExprKind::Unit, Ty::UNIT, value.span));
                *value = self.coerce(old, Ty::ANY, Why::None);
            }
            Ty::ANY
        })
    }

    /// The common type of several values, to which they are made to fit; a value of another kind is reported.
    pub fn join(&mut self, values: &mut [Expr]) -> Option<Ty> {
        match self.common_type(values) {
            Ok(ty) => Some(ty),
            Err(i) => {
                let is_first =
                    |v: &&Expr| self.resolve(v.ty) != Ty::NEVER && self.var_kind(v.ty) != Some(VarKind::Any);
                let first = values.iter().find(is_first)?;
                let (wanted, at) = (first.ty, value_span(first));
                let (found, span) = (values[i].ty, value_span(&values[i]));
                let (wanted, found) = (self.resolve(wanted), self.resolve(found));
                self.mismatch(wanted, found, span, Why::Sibling(at));
                None
            }
        }
    }
}
