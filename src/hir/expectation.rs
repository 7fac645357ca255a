//! Expectations: `expect cond`, `expect(value).to_equal(other)` (language reference §11), and the values that tell why one does
//! not hold.

use super::arguments::Given;
use super::context::*;
use super::tree::*;
use super::types::Ty;
use crate::diagnostics::{Code, Diagnostic, Span, closest};
use crate::syntax::Symbol;
use crate::syntax::ast::{self, BinOp, ExprKind as Ast};

/// What may be said of a value: `expect(a).name(b)` is `expect a op b`.
const MATCHERS: &[(&str, BinOp)] = &[
    ("to_equal", BinOp::Eq),
    ("to_be", BinOp::Eq),
    ("to_not_equal", BinOp::Ne),
    ("to_be_less_than", BinOp::Lt),
    ("to_be_at_most", BinOp::Le),
    ("to_be_greater_than", BinOp::Gt),
    ("to_be_at_least", BinOp::Ge),
];

/// What stands in front of values in the message of a failed expectation: the part of the condition that they belong to, and
/// those on the left and on the right of its operator.
pub const LABELS: [&str; 3] = ["  part:  ", "  left:  ", "  right: "];

/// The matchers that are no operators.
const OTHERS: &[&str] = &["to_be_true", "to_be_false", "to_contain"];

impl<'a> Checker<'a> {
    /// `expect cond` and `expect cond, message`.
    pub fn expectation(&mut self, args: &[Given<'a>], span: Span) -> Expr {
        let (cond, message) = match args {
            [cond] => (cond.value, None),
            [cond, message] => (cond.value, Some(message.value)),
            _ => return self.wrong_count("expect", "a condition and perhaps a message", args, span),
        };
        let condition = self.condition(cond);
        let message = message.map(|message| self.message(message));
        self.learn(cond, true);
        self.demand(condition, cond.span, message, span)
    }

    /// `expect(value).matcher(other)`; `None` when that is something else.
    pub fn matcher(
        &mut self,
        base: &'a ast::Expr,
        member: ast::Ident,
        args: &[Given<'a>],
        span: Span,
    ) -> Option<Expr> {
        let Ast::Call(callee, values) = &base.kind else { return None };
        let Ast::Name(name) = callee.kind else { return None };
        let is_expect =
            matches!(self.find(name), Some(super::names::Named::Builtin(super::builtins::BuiltinFn::Expect)));
        let [value] = values.as_slice() else { return None };
        if !is_expect {
            return None;
        }
        let text = self.name(member.name).to_owned();
        let of_bool = match text.as_str() {
            "to_be_true" => Some(true),
            "to_be_false" => Some(false),
            _ => None,
        };
        let condition = match (of_bool, args) {
            (Some(wanted), []) => {
                let value = self.condition(&value.value);
                let wanted = expr(ExprKind::Literal(Constant::Bool(wanted)), Ty::BOOL, member.span);
                self.compare(CompareOp::Eq, value, wanted, span)
            }
            (None, [other]) if text == "to_contain" => {
                self.binary(BinOp::In, other.value, &value.value, span, Expect::Any)
            }
            (None, [other]) => match MATCHERS.iter().find(|(known, _)| *known == text) {
                Some(&(_, op)) => self.binary(op, &value.value, other.value, span, Expect::Any),
                None => return Some(self.unknown_matcher(&text, member.span)),
            },
            (Some(_), _) => return Some(self.wrong_count(&text, "no argument", args, span)),
            (None, _) => return Some(self.unknown_matcher(&text, member.span)),
        };
        Some(self.demand(condition, span, None, span))
    }

    fn unknown_matcher(&mut self, name: &str, span: Span) -> Expr {
        let known =
            || MATCHERS.iter().map(|(name, _)| *name).chain(OTHERS.iter().copied()).collect::<Vec<_>>();
        let near = closest(name, known().into_iter());
        let error = Diagnostic::error(
            Code::UnknownMember,
            format!("nothing is expected by `{name}` with these arguments"),
        )
        .at(span, "not known");
        self.error(match near {
            Some(near) if near != name => error.help(format!("did you mean `{near}`?")),
            Some(_) | None => error.help(format!("there are {}", known().join(", "))),
        });
        self.error_expr(span)
    }

    /// What happens unless the condition holds: a failure with the condition as written, or else the message, and the values
    /// that decided.
    ///
    /// ```text
    /// loop 'holds:
    ///     val why = loop 'fails: tests; break 'holds      # each test that fails is `break 'fails values`
    ///     fail "expectation failed: {condition}{why}"
    /// ```
    fn demand(&mut self, condition: Expr, written: Span, message: Option<Expr>, span: Span) -> Expr {
        let holds = self.loop_without_break();
        let why = self.tested(condition, true, written, holds, span);
        let (bind, why) = self.temporary(why, false);
        let said = match message {
            Some(message) => FormatPart::Value(message, None),
            None => FormatPart::Text(self.written(written)),
        };
        let head = FormatPart::Text(self.interner.intern("expectation failed: "));
        let why = FormatPart::Value(self.local(why, span), None);
        let text = expr(ExprKind::Format(vec![head, said, why]), Ty::TEXT, span);
        let fail = self.fails(text, span);
        let code = expr(ExprKind::Block(vec![bind, fail], false), Ty::NEVER, span);
        expr(ExprKind::Loop(holds, Box::new(code)), Ty::UNIT, span)
    }

    /// Leaves the loop `holds` if the condition is as wanted, and else gives the values that decided.
    fn tested(&mut self, condition: Expr, wanted: bool, whole: Span, holds: LoopId, span: Span) -> Expr {
        let fails = self.loop_without_break();
        let mut code = Vec::new();
        self.test(condition, wanted, whole, fails, &mut code);
        code.push(expr(ExprKind::Break(holds, None), Ty::NEVER, span));
        let tests = expr(ExprKind::Block(code, false), Ty::NEVER, span);
        expr(ExprKind::Loop(fails, Box::new(tests)), Ty::TEXT, span)
    }

    /// Tests that leave the loop `fails` with the values that decided unless the condition is as wanted. Of `and` each part
    /// is a test of its own, which says what it tests where that is not `whole`.
    fn test(&mut self, condition: Expr, wanted: bool, whole: Span, fails: LoopId, code: &mut Vec<Expr>) {
        let (span, ty) = (condition.span, condition.ty);
        let mut shown = Vec::new();
        let kind = match condition.kind {
            ExprKind::Unary(UnaryOp::Not, inner) => {
                let whole = if whole == span { inner.span } else { whole };
                return self.test(*inner, !wanted, whole, fails, code);
            }
            // `not (a or b)` is `not a and not b`.
            ExprKind::Logic(op, a, b) if wanted == (op == LogicOp::And) => {
                self.test(*a, wanted, whole, fails, code);
                return self.test(*b, wanted, whole, fails, code);
            }
            // Where neither holds, both were looked at, and decided.
            ExprKind::Logic(_, a, b) => {
                let done = self.loop_without_break();
                let mut either = Vec::new();
                let mut shown = Vec::new();
                for part in [*a, *b] {
                    let why = self.tested(part, wanted, whole, done, span);
                    let (bind, why) = self.temporary(why, false);
                    either.push(bind);
                    shown.push(FormatPart::Value(self.local(why, span), None));
                }
                let shown = expr(ExprKind::Format(shown), Ty::TEXT, span);
                either.push(expr(ExprKind::Break(fails, Some(Box::new(shown))), Ty::NEVER, span));
                let either = expr(ExprKind::Block(either, false), Ty::NEVER, span);
                return code.push(expr(ExprKind::Loop(done, Box::new(either)), Ty::UNIT, span));
            }
            // Integers that no type holds both of are compared part by part.
            ExprKind::Block(mut steps, true) if steps.len() == 3 && is_bound_first(&steps) => {
                let Some(last) = steps.pop() else { return };
                let bound: Vec<LocalId> = steps.iter().filter_map(bound_by).collect();
                code.extend(steps);
                if let [a, b] = bound[..] {
                    self.show_sides([a, b], &mut shown);
                }
                last.kind
            }
            // What a chain of comparisons or `in` evaluates first.
            ExprKind::Block(mut steps, true) if is_bound_first(&steps) => {
                let Some(last) = steps.pop() else { return };
                code.extend(steps);
                return self.test(last, wanted, whole, fails, code);
            }
            ExprKind::Compare(op, a, b) => {
                let [a, b] = self.sides([*a, *b], code, &mut shown).map(Box::new);
                ExprKind::Compare(op, a, b)
            }
            ExprKind::Call { func, type_args, args } => {
                let looks_into = self.is_runtime_method(func, "contains");
                let args = match <[Expr; 2]>::try_from(args) {
                    Ok(both) if looks_into => self.sides(both, code, &mut shown).into(),
                    Ok(both) => both.into(),
                    Err(args) => args,
                };
                ExprKind::Call { func, type_args, args }
            }
            // `value is T`.
            ExprKind::Match(value, arms) if arms.iter().all(|arm| is_answer(&arm.body)) => {
                let (bind, local) = self.temporary(*value, false);
                code.push(bind);
                let value = self.temporary_value(local);
                self.show_side(1, local, &mut shown);
                ExprKind::Match(Box::new(value), arms)
            }
            kind => kind,
        };
        if span != whole {
            let part = [self.label(0), self.written(span)];
            shown.splice(0..0, part.map(FormatPart::Text));
        }
        let shown = expr(ExprKind::Format(shown), Ty::TEXT, span);
        let test = expr(kind, ty, span);
        let failed = if wanted { ExprKind::Unary(UnaryOp::Not, Box::new(test)) } else { test.kind };
        let failed = expr(failed, Ty::BOOL, span);
        let leave = expr(ExprKind::Break(fails, Some(Box::new(shown))), Ty::NEVER, span);
        code.push(expr(ExprKind::If(Box::new(failed), Box::new(leave), None), Ty::UNIT, span));
    }

    /// Binds two values, in their order, and shows them in that in which they are written.
    fn sides(&mut self, sides: [Expr; 2], code: &mut Vec<Expr>, shown: &mut Vec<FormatPart>) -> [Expr; 2] {
        let [a, b] = sides.map(|side| {
            let (bind, local) = self.temporary(side, false);
            code.push(bind);
            local
        });
        let [first, second] = [a, b].map(|side| self.temporary_value(side).span.start);
        self.show_sides(if second < first { [b, a] } else { [a, b] }, shown);
        [a, b].map(|side| self.temporary_value(side))
    }

    fn show_sides(&mut self, sides: [LocalId; 2], shown: &mut Vec<FormatPart>) {
        for (label, side) in (1..).zip(sides) {
            self.show_side(label, side, shown);
        }
    }

    fn show_side(&mut self, label: usize, side: LocalId, shown: &mut Vec<FormatPart>) {
        let value = self.temporary_value(side);
        let (ty, at) = (self.resolve(value.ty), value.span);
        self.require(ty, Builtin::Show, at);
        let value = self.call_lang("spec_shown", vec![value], "an expectation", at);
        shown.extend([FormatPart::Text(self.label(label)), FormatPart::Value(value, None)]);
    }

    /// The beginning of a line with a label.
    fn label(&mut self, index: usize) -> Symbol {
        self.interner.intern(&format!("\n{}", LABELS[index]))
    }

    /// A temporary, at the place of what it was bound to.
    fn temporary_value(&mut self, local: LocalId) -> Expr {
        let span = self.cx().locals[local.idx()].span;
        self.local(local, span)
    }

    /// Whether it is a method of that name of the runtime's types.
    fn is_runtime_method(&self, func: FuncId, name: &str) -> bool {
        let slot = &self.funcs[func.idx()];
        let module = slot.decl.map(|decl| self.decls[decl.0 as usize].scope.module);
        self.name(slot.name) == name && module.is_some_and(|module| self.modules[module].is_runtime)
    }
}

/// Whether a case of a match only says that it is the one.
fn is_answer(body: &Expr) -> bool {
    matches!(body.kind, ExprKind::Literal(Constant::Bool(_)))
}

/// The variable that a step of a block binds.
fn bound_by(step: &Expr) -> Option<LocalId> {
    match &step.kind {
        ExprKind::Let(pattern, _) => match pattern.kind {
            PatternKind::Bind(local) => Some(local),
            _ => None,
        },
        _ => None,
    }
}

/// Whether all but the last of a block's steps bind something.
fn is_bound_first(steps: &[Expr]) -> bool {
    steps
        .split_last()
        .is_some_and(|(_, first)| first.iter().all(|step| matches!(step.kind, ExprKind::Let(..))))
}
