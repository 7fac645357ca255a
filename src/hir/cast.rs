//! `e as T` (language reference §6).

use super::context::*;
use super::tree::*;
use super::types::{IntTy, Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast::{self, ExprKind as Ast};

impl<'a> Checker<'a> {
    /// `e as T`.
    pub fn cast_expr(&mut self, value: &'a ast::Expr, written: &'a ast::Type, span: Span) -> Expr {
        let scope = self.cx().scope.clone();
        let to = self.ty(written, &scope);
        // A literal with parts is made as what it is cast to.
        if self.is_of_form(value, to) {
            return self.expr_as(value, to, Why::Part(written.span));
        }
        let mark = self.infer.mark();
        let mut operand = self.expr(value, Expect::Any);
        // A literal beyond i64 is one of the type it is cast to, when it fits there.
        if let Ast::Int { value: literal, suffix: None } = value.kind
            && literal > i64::MAX as u64
            && matches!(self.types.get(to), TyKind::Int(IntTy::U64 | IntTy::Usize))
        {
            self.unify(operand.ty, to);
        }
        // What leaves parts of its type open, as `[]` and `nil` do, is of the type it is cast to.
        if self.var_kind(operand.ty).is_none() && self.is_open(operand.ty) && self.unify(operand.ty, to) {
            return Expr { ty: to, ..operand };
        }
        self.default_literals(mark);
        // The numbers of a literal elsewhere, `[1, 2].map(\x: x as f64)`, are what they are alone.
        let from = self.settle_whole(operand.ty);
        operand.ty = from;
        if from == to || from == Ty::NEVER {
            return operand;
        }
        if from == Ty::ERROR || to == Ty::ERROR {
            return self.error_expr(span);
        }
        if self.is_wider(from, to) {
            return self.upcast(operand, to);
        }
        operand = match self.wrap_in_option(operand, to) {
            Ok(wrapped) => return wrapped,
            Err(operand) => operand,
        };
        if to == Ty::CHAR {
            operand = self.as_char(operand, to);
        }
        match (self.unit_base(from), self.unit_base(to)) {
            (Some(base), None) => {
                let inner = self.out_of_unit(operand, base);
                self.cast_checked(inner, to, span)
            }
            (None, Some(base)) => {
                let inner = self.cast_checked(operand, base, span);
                Expr { span, ..self.in_unit(inner, to) }
            }
            (Some(_), Some(_)) | (None, None) => self.cast_checked(operand, to, span),
        }
    }

    /// The literal of a text with one code point as a `char`, where that is expected, or may be; any other value as it was.
    pub fn as_char(&mut self, value: Expr, to: Ty) -> Expr {
        let ExprKind::Literal(Constant::Text(text)) = value.kind else { return value };
        let mut wanted = self.resolve(to);
        while let Some((payload, _)) = self.payload_of(wanted) {
            wanted = self.resolve(payload);
        }
        match self.only_char(text) {
            Some(letter) if wanted == Ty::CHAR => self.int(u64::from(letter), Ty::CHAR, value.span),
            _ => value,
        }
    }

    /// The code point of a text that has one.
    pub fn only_char(&self, text: Symbol) -> Option<char> {
        let mut letters = self.name(text).chars();
        letters.next().filter(|_| letters.next().is_none())
    }

    /// A value, whose type is known, cast to another.
    fn cast_checked(&mut self, operand: Expr, to: Ty, span: Span) -> Expr {
        let from = self.resolve(operand.ty);
        if from == to {
            return operand;
        }
        let from_scalar = self.is_number(from) || from == Ty::BOOL || from == Ty::CHAR;
        let to_fits =
            self.is_number(to) && (from != Ty::CHAR || matches!(self.types.get(to), TyKind::Int(_)));
        if from_scalar && to_fits {
            return expr(ExprKind::Cast(Box::new(operand)), to, span);
        }
        if self.var_kind(from).is_some() {
            let label = "nothing in front of this tells its type";
            self.not_known_here(from, "of what is cast", operand.span, label);
            return self.error_expr(span);
        }
        let (from_name, to_name) = (self.show(from), self.show(to));
        let mut error =
            Diagnostic::error(Code::BadCast, format!("`{from_name}` cannot be cast to `{to_name}`"))
                .at(span, "`as` converts between number types, and from `bool` to them");
        if to == Ty::TEXT {
            error = error.help("interpolate it: `\"{…}\"`");
        } else if to == Ty::BOOL && self.is_number(from) {
            error = error.help("compare it: `… != 0`");
        } else if let Some(help) = self.unit_help(from, to) {
            error = error.help(help);
        } else if self.is_wider(to, from) {
            error = error.help(format!("ask what it holds: `val v = …`, `if v is {to_name}: …`"));
        } else if from == Ty::TEXT {
            error = error.help("parse it: `….parse_int()` or `….parse_float()`");
        }
        self.error(error);
        self.error_expr(span)
    }
}
