//! Format specifications against the types of their values (language reference §10).

use super::context::*;
use super::types::TyKind;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::{Align, FormatKind, FormatSpec, Sign};

/// What a type's values are to a format specification.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Int,
    Float,
    Text,
    Other,
}

impl Checker<'_> {
    /// Reports specifications that ask for what a value does not have.
    pub fn check_formats(&mut self) {
        for pending in std::mem::take(&mut self.formats) {
            let ty = self.deep(pending.ty);
            let class = match self.types.get(ty) {
                TyKind::Error | TyKind::Never => continue,
                TyKind::Int(_) => Class::Int,
                TyKind::F32 | TyKind::F64 => Class::Float,
                TyKind::Text => Class::Text,
                _ => Class::Other,
            };
            if let Some((what, help)) = complaint(&pending.spec, class) {
                let shown = self.show(ty);
                let error =
                    Diagnostic::error(Code::FormatMismatch, format!("{what} does not apply to `{shown}`"))
                        .at(pending.spec.span, "this specification does not fit")
                        .also(pending.value, format!("this is of type `{shown}`"))
                        .help(help);
                self.error(error);
            }
        }
    }
}

/// What does not fit, and what to write instead.
fn complaint(spec: &FormatSpec, class: Class) -> Option<(String, &'static str)> {
    let letter = match spec.kind {
        FormatKind::Display => None,
        FormatKind::Binary => Some('b'),
        FormatKind::Octal => Some('o'),
        FormatKind::Decimal => Some('d'),
        FormatKind::LowerHex => Some('x'),
        FormatKind::UpperHex => Some('X'),
        FormatKind::Exponent => Some('e'),
        FormatKind::Fixed => Some('f'),
        FormatKind::Percent => Some('%'),
    };
    let is_float_letter = matches!(spec.kind, FormatKind::Exponent | FormatKind::Fixed | FormatKind::Percent);
    let letter_fits = match class {
        Class::Int => true,
        Class::Float => letter.is_none() || is_float_letter,
        Class::Text | Class::Other => letter.is_none(),
    };
    if let (Some(letter), false) = (letter, letter_fits) {
        let help = match class {
            Class::Float => "a float takes `f`, `e` or `%`",
            Class::Int | Class::Text | Class::Other => "the letters are for numbers",
        };
        return Some((format!("`{letter}`"), help));
    }
    let is_number = class == Class::Int || class == Class::Float;
    if spec.precision.is_some() && (class == Class::Other || (class == Class::Int && !is_float_letter)) {
        return Some(("a precision".to_owned(), "a precision is for floats and texts"));
    }
    if is_number {
        return None;
    }
    let help = "this is for numbers";
    if spec.sign != Sign::Minus {
        return Some(("a sign".to_owned(), help));
    }
    if spec.is_alternate {
        return Some(("`#`".to_owned(), help));
    }
    if spec.is_zero_padded || spec.align == Some(Align::AfterSign) {
        return Some(("padding with zeros".to_owned(), help));
    }
    if spec.has_commas {
        return Some(("`,`".to_owned(), help));
    }
    None
}
