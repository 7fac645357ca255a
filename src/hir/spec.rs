//! Specifications: `describe`, `context`, `it`, `before_each`, `after_each` (language reference §11).
//!
//! A group is a block, an example a block that runs if it is the one asked for, with the preparations of the groups around
//! it in front. What does not hold ends the program, so each example runs in a program of its own: in the text of an example
//! it leaves a loop around that text first, for what is to run behind the example, and else it is a panic.

use super::context::*;
use super::tree::*;
use super::types::Ty;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast::{self, ExprKind as Ast, SpecKind};

/// A group around what is being checked.
pub(super) struct Group<'a> {
    title: Symbol,
    before: Vec<&'a ast::Block>,
    after: Vec<&'a ast::Block>,
}

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
        let failed = self.loop_without_break();
        self.cx().example = Some(failed);
        let mut tried: Vec<Expr> =
            before.into_iter().chain([&spec.body]).map(|block| self.block(block, Expect::Unused)).collect();
        self.cx().example = None;
        tried.push(expr(ExprKind::Break(failed, None), Ty::NEVER, span));
        let tried = expr(ExprKind::Block(tried, false), Ty::NEVER, span);
        code.push(expr(ExprKind::Loop(failed, Box::new(tried)), Ty::UNIT, span));
        for block in after {
            let part = self.block(block, Expect::Unused);
            code.push(part);
        }
        self.is_in_example = false;
        self.cx().names.forget_since(mark);
        code.push(self.call_lang("spec_ends", Vec::new(), "an example", span));
        let body = expr(ExprKind::Block(code, false), Ty::UNIT, span);
        let number = self.int(number, Ty::I64, span);
        let runs = self.call_lang("spec_runs", vec![number], "an example", span);
        expr(ExprKind::If(Box::new(runs), Box::new(body), None), Ty::UNIT, span)
    }

    /// What is to happen where something does not hold: the text says what.
    pub fn fails(&mut self, text: Expr, span: Span) -> Expr {
        let cx = self.cx();
        let Some(example) = cx.example.filter(|_| !cx.is_deferred) else {
            return expr(ExprKind::Panic(Box::new(text)), Ty::NEVER, span);
        };
        let report = self.call_lang("spec_failed", vec![text], "an example", span);
        let leave = expr(ExprKind::Break(example, None), Ty::NEVER, span);
        expr(ExprKind::Block(vec![report, leave], false), Ty::NEVER, span)
    }
}
