//! The functions that the compiler itself knows: output and ways to stop.

use super::arguments::Given;
use super::context::*;
use super::describe::plural;
use super::tree::*;
use super::types::Ty;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast;

/// A function of the compiler.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum BuiltinFn {
    Print,
    PrintRaw,
    Eprint,
    Assert,
    Expect,
    Panic,
    Fail,
}

impl BuiltinFn {
    /// All, by name.
    pub const ALL: &'static [(&'static str, BuiltinFn)] = &[
        ("print", BuiltinFn::Print),
        ("print_raw", BuiltinFn::PrintRaw),
        ("eprint", BuiltinFn::Eprint),
        ("assert", BuiltinFn::Assert),
        ("expect", BuiltinFn::Expect),
        ("panic", BuiltinFn::Panic),
        ("fail", BuiltinFn::Fail),
    ];

    /// The one of a name.
    pub fn find(name: &str) -> Option<BuiltinFn> {
        BuiltinFn::ALL.iter().find(|(n, _)| *n == name).map(|&(_, function)| function)
    }
}

impl<'a> Checker<'a> {
    /// A call of a function of the compiler.
    pub fn call_builtin(&mut self, function: BuiltinFn, args: &[Given<'a>], span: Span) -> Expr {
        for arg in args {
            if let Some(label) = arg.label {
                let error = Diagnostic::error(Code::Arguments, "this function has no named parameters")
                    .at(label.span, "remove this label");
                self.error(error);
            }
        }
        if !self.takes(args, false) {
            return self.error_expr(span);
        }
        match function {
            BuiltinFn::Print | BuiltinFn::PrintRaw | BuiltinFn::Eprint => {
                let values = args.iter().map(|arg| self.shown_value(arg.value)).collect();
                let kind = ExprKind::Print {
                    args: values,
                    to_stderr: function == BuiltinFn::Eprint,
                    newline: function != BuiltinFn::PrintRaw,
                };
                expr(kind, Ty::UNIT, span)
            }
            BuiltinFn::Assert => self.assert(args, span),
            BuiltinFn::Expect => self.expectation(args, span),
            BuiltinFn::Panic | BuiltinFn::Fail => {
                let [message] = args else {
                    let name = if function == BuiltinFn::Panic { "panic" } else { "fail" };
                    return self.wrong_count(name, "1 argument", args, span);
                };
                let message = self.message(message.value);
                if function == BuiltinFn::Fail {
                    return self.fails(message, span);
                }
                expr(ExprKind::Panic(Box::new(message)), Ty::NEVER, span)
            }
        }
    }

    /// Reports a call with too few or too many arguments.
    pub fn wrong_count(&mut self, name: &str, wanted: &str, args: &[Given<'a>], span: Span) -> Expr {
        let error =
            Diagnostic::error(Code::Arguments, format!("`{name}` takes {wanted}, found {}", args.len()))
                .at(span, format!("{} here", plural(args.len(), "argument")));
        self.error(error);
        self.check_loosely(args);
        self.error_expr(span)
    }

    /// A value that will be turned into text.
    pub fn shown_value(&mut self, e: &'a ast::Expr) -> Expr {
        let mark = self.infer.mark();
        let value = self.expr(e, Expect::Any);
        self.default_literals(mark);
        let ty = self.resolve(value.ty);
        // Of which type's values it is the absence makes no difference to what is shown.
        if let (ast::ExprKind::Nil, Some((payload, _))) = (&e.kind, self.payload_of(ty)) {
            self.unify(payload, Ty::UNIT);
        }
        self.require(ty, Builtin::Show, e.span);
        value
    }

    /// A value as a text.
    pub fn message(&mut self, e: &'a ast::Expr) -> Expr {
        let value = self.shown_value(e);
        if self.resolve(value.ty) == Ty::TEXT {
            return value;
        }
        let span = value.span;
        expr(ExprKind::Format(vec![FormatPart::Value(value, None)]), Ty::TEXT, span)
    }

    fn assert(&mut self, args: &[Given<'a>], span: Span) -> Expr {
        let (cond, message) = match args {
            [cond] => (cond.value, None),
            [cond, message] => (cond.value, Some(message.value)),
            _ => return self.wrong_count("assert", "a condition and perhaps a message", args, span),
        };
        let condition = self.condition(cond);
        let message = match message {
            Some(message) => self.message(message),
            None => {
                let written = self.written(cond.span);
                expr(ExprKind::Literal(Constant::Text(written)), Ty::TEXT, cond.span)
            }
        };
        self.learn(cond, true);
        if self.cx().example.is_some() {
            let head = FormatPart::Text(self.interner.intern("assertion failed: "));
            let text = ExprKind::Format(vec![head, FormatPart::Value(message, None)]);
            let fail = self.fails(expr(text, Ty::TEXT, span), span);
            let fails = expr(ExprKind::Unary(UnaryOp::Not, Box::new(condition)), Ty::BOOL, span);
            return expr(ExprKind::If(Box::new(fails), Box::new(fail), None), Ty::UNIT, span);
        }
        expr(ExprKind::Assert(Box::new(condition), Box::new(message)), Ty::UNIT, span)
    }

    /// The source text of a part of the module being checked.
    pub fn written(&mut self, span: Span) -> Symbol {
        let module = self.cx().scope.module;
        let written =
            self.modules[module].text.get(span.start as usize..span.end as usize).unwrap_or_default();
        self.interner.intern(written)
    }

    /// An interpolating text.
    pub fn interpolation(&mut self, parts: &'a [ast::TextPart], span: Span) -> Expr {
        let mut out = Vec::with_capacity(parts.len());
        for part in parts {
            out.push(match part {
                ast::TextPart::Text(text) => FormatPart::Text(*text),
                ast::TextPart::Value { value: e, spec } => {
                    let value = self.shown_value(e);
                    if let Some(spec) = spec {
                        self.formats.push(PendingFormat { ty: value.ty, spec: *spec, value: e.span });
                    }
                    FormatPart::Value(value, *spec)
                }
            });
        }
        expr(ExprKind::Format(out), Ty::TEXT, span)
    }
}
