//! Specifications: `describe`, `context`, `it`, `before_each`, `after_each`, and what is expected in them
//! (language reference §11).
//!
//! A group is a block, an example a block that runs if it is the one asked for, with the preparations of the groups around
//! it in front. What does not hold ends the program as a panic does, so each example runs in a program of its own.

use super::arguments::Given;
use super::context::*;
use super::tree::*;
use super::types::Ty;
use crate::diagnostics::{Code, Diagnostic, Span, closest};
use crate::syntax::Symbol;
use crate::syntax::ast::{self, BinOp, ExprKind as Ast, SpecKind};

/// A group around what is being checked.
pub(super) struct Group<'a> {
    title: Symbol,
    before: Vec<&'a ast::Block>,
    after: Vec<&'a ast::Block>,
}

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

/// The matchers that are no operators.
const OTHERS: &[&str] = &["to_be_true", "to_be_false", "to_contain"];

impl<'a> Checker<'a> {
    /// A part of a specification.
    pub fn spec(&mut self, spec: &'a ast::Spec, span: Span) -> Expr {
        // A preparation that holds an example would run itself.
        if self.is_in_example {
            let error = Diagnostic::error(Code::MisplacedItem, "this stands inside of an example")
                .at(span, "an example, and what prepares it, holds no other part of a specification")
                .help("put it beside the example, into the `describe` or `context` around");
            self.error(error);
            return self.error_expr(span);
        }
        match spec.kind {
            SpecKind::Group => {
                let title = self.spec_title(spec);
                self.groups.push(Group { title, before: Vec::new(), after: Vec::new() });
                let body = self.block(&spec.body, Expect::Unused);
                self.groups.pop();
                body
            }
            SpecKind::Example => self.example(spec, span),
            SpecKind::BeforeEach | SpecKind::AfterEach => {
                let Some(group) = self.groups.last_mut() else {
                    let error = Diagnostic::error(Code::MisplacedItem, "this stands outside of a group")
                        .at(span, "it prepares the examples of a group")
                        .help("put it into a `describe` or `context`");
                    self.error(error);
                    return self.error_expr(span);
                };
                let list =
                    if spec.kind == SpecKind::BeforeEach { &mut group.before } else { &mut group.after };
                list.push(&spec.body);
                expr(ExprKind::Unit, Ty::UNIT, span)
            }
        }
    }

    fn spec_title(&mut self, spec: &'a ast::Spec) -> Symbol {
        match spec.title.as_ref().map(|title| (&title.kind, title.span)) {
            Some((Ast::Text(text), _)) => *text,
            Some((_, span)) => {
                let error = Diagnostic::error(Code::NotConstant, "a title is a text without interpolation")
                    .at(span, "it names the example before the program runs");
                self.error(error);
                self.sym.empty
            }
            None => self.sym.empty,
        }
    }

    fn example(&mut self, spec: &'a ast::Spec, span: Span) -> Expr {
        let own = self.spec_title(spec);
        let title = self.groups.iter().map(|group| group.title).chain([own]).collect();
        let number = self.examples.len() as u64;
        let place = spec.title.as_ref().map_or(span, |title| title.span);
        self.examples.push(Example { title, span: place });
        let mark = self.cx().names.mark();
        let mut code = Vec::new();
        let before: Vec<_> = self.groups.iter().flat_map(|group| group.before.clone()).collect();
        let after: Vec<_> = self.groups.iter().rev().flat_map(|group| group.after.clone()).collect();
        self.is_in_example = true;
        for block in before.into_iter().chain([&spec.body]).chain(after) {
            let part = self.block(block, Expect::Unused);
            code.push(part);
        }
        self.is_in_example = false;
        self.cx().names.forget_since(mark);
        let body = expr(ExprKind::Block(code, false), Ty::UNIT, span);
        let number = self.int(number, Ty::I64, span);
        let runs = self.call_lang("spec_runs", vec![number], "an example", span);
        expr(ExprKind::If(Box::new(runs), Box::new(body), None), Ty::UNIT, span)
    }

    /// `expect cond` and `expect cond, message`.
    pub fn expectation(&mut self, args: &[Given<'a>], span: Span) -> Expr {
        let (cond, message) = match args {
            [cond] => (cond.value, None),
            [cond, message] => (cond.value, Some(message.value)),
            _ => return self.wrong_count("expect", "a condition and perhaps a message", args, span),
        };
        let condition = self.condition(cond);
        let message = message.map(|message| self.message(message));
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

    /// Ends the program unless the condition holds, with the condition as written and, of a comparison, both sides.
    fn demand(&mut self, condition: Expr, written: Span, message: Option<Expr>, span: Span) -> Expr {
        let mut code = Vec::new();
        let mut parts = vec![FormatPart::Text(self.interner.intern("expectation failed: "))];
        match message {
            Some(message) => parts.push(FormatPart::Value(message, None)),
            None => {
                let text = self.written(written);
                parts.push(FormatPart::Text(text));
            }
        }
        let condition = match condition.kind {
            ExprKind::Compare(op, a, b) => {
                let sides = [(*a, "\n  left:  "), (*b, "\n  right: ")].map(|(side, label)| {
                    let at = side.span;
                    let (bind, local) = self.temporary(side, false);
                    code.push(bind);
                    let shown = self.local(local, at);
                    let ty = self.resolve(shown.ty);
                    self.require(ty, Builtin::Show, at);
                    parts.push(FormatPart::Text(self.interner.intern(label)));
                    parts.push(FormatPart::Value(shown, None));
                    self.local(local, at)
                });
                let [a, b] = sides.map(Box::new);
                expr(ExprKind::Compare(op, a, b), Ty::BOOL, condition.span)
            }
            _ => condition,
        };
        let failed = expr(ExprKind::Unary(UnaryOp::Not, Box::new(condition)), Ty::BOOL, span);
        let text = expr(ExprKind::Format(parts), Ty::TEXT, span);
        let stop = expr(ExprKind::Panic(Box::new(text)), Ty::NEVER, span);
        code.push(expr(ExprKind::If(Box::new(failed), Box::new(stop), None), Ty::UNIT, span));
        expr(ExprKind::Block(code, false), Ty::UNIT, span)
    }
}
