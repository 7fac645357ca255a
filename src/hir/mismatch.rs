//! Making values fit their places, and what is said where one does not: what is wanted and found, and where both come from.

use super::context::*;
use super::describe::Words;
use super::expr::value_span;
use super::infer::VarKind;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast;

/// Where the type of a variable comes from.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Origin {
    /// The annotation that has the words for it; it may be that of another variable.
    pub written: Option<Span>,
    /// The value, where the variable has no annotation.
    pub value: Option<Span>,
}

/// Why a type is expected, for the second label of a message.
#[derive(Clone, Copy, Debug)]
pub(super) enum Why {
    None,
    /// The annotation is there.
    Annotation(Span),
    /// It is a part of something whose annotation is there.
    Part(Span),
    /// The parameter of this name is declared there, with that annotation.
    Param(Symbol, Span, Option<Span>),
    /// The field of this name is declared there, with that annotation.
    Field(Symbol, Span, Option<Span>),
    /// The function of this name is declared there, and its result's annotation, if any, there.
    Return(Symbol, Span, Option<Span>),
    /// The variable of this name, declared there, is assigned.
    Variable(Symbol, Span, Origin),
    /// The place there is assigned.
    Place(Span),
    /// The function value that is called is there.
    Callee(Span),
    /// The other branch or element is there.
    Sibling(Span),
    /// It is the error that the function of this name throws where another one is thrown; inside a `try`, from there.
    Thrown(Option<Symbol>, Option<Span>),
    /// It is the function that a call calls, so that it may throw.
    Called,
}

impl Why {
    /// The reason for the type of a part of what this is the reason for.
    pub fn part(self) -> Why {
        match self {
            Why::Annotation(at) => Why::Part(at),
            Why::Return(_, _, at) => at.map_or(Why::None, Why::Part),
            Why::Field(..) | Why::Variable(..) | Why::Place(_) | Why::Callee(_) | Why::Called => Why::None,
            Why::Param(name, at, _) => Why::Param(name, at, None),
            Why::None | Why::Part(_) | Why::Sibling(_) | Why::Thrown(..) => self,
        }
    }

    /// The annotation that has the words for the type.
    fn written(self) -> Option<Span> {
        match self {
            Why::Annotation(at) => Some(at),
            Why::Param(_, _, at) | Why::Field(_, _, at) | Why::Return(_, _, at) => at,
            Why::Variable(_, _, origin) => origin.written,
            Why::None
            | Why::Part(_)
            | Why::Place(_)
            | Why::Callee(_)
            | Why::Sibling(_)
            | Why::Thrown(..)
            | Why::Called => None,
        }
    }
}

/// Where a type is written, without a `mut` or the like in front of it.
pub(super) fn written_at(ty: &ast::Type) -> Span {
    match &ty.kind {
        ast::TypeKind::Capability(_, inner) => inner.span,
        _ => ty.span,
    }
}

/// A field as the reason for the type of what it holds.
pub(super) fn of_field(field: &ast::Field) -> Why {
    Why::Field(field.name.name, field.name.span, Some(written_at(&field.ty)))
}

impl Checker<'_> {
    /// The expression made to fit a type, or an error reported there.
    pub fn coerce(&mut self, value: Expr, to: Ty, why: Why) -> Expr {
        let value = self.as_char(value, to);
        if !self.waiting.is_empty() && self.is_awaited(value.ty) && self.var_kind(to).is_none() {
            self.await_function(value.ty, Expect::Ty(to, why));
        }
        let (from, target) = (self.resolve(value.ty), self.resolve(to));
        if from == target || from == Ty::NEVER {
            return value;
        }
        if self.widens(from, target) {
            return self.cast(value, target);
        }
        let outer = std::mem::replace(&mut self.infer.at, value_span(&value));
        let fitted = self.fitted(value, to, why);
        self.infer.at = outer;
        fitted
    }

    fn fitted(&mut self, value: Expr, to: Ty, why: Why) -> Expr {
        let (from, target) = (self.resolve(value.ty), self.resolve(to));
        // No value is one of `never`.
        if target != Ty::NEVER && self.unify(value.ty, to) {
            return value;
        }
        let value = match self.wrap_in_option(value, target) {
            Ok(wrapped) => return wrapped,
            Err(value) => value,
        };
        if self.is_wider(from, target) {
            return self.upcast(value, target);
        }
        // Of a call with a wrong argument that is the one mistake.
        let has_wrong_argument = matches!(&value.kind, ExprKind::Call { args, .. }
            if args.iter().any(|arg| matches!(arg.kind, ExprKind::Error)));
        let (found, written, span) = (value.ty, self.annotation_of(&value), value_span(&value));
        if let Ok(adapted) = self.without_result(value, target) {
            return adapted;
        }
        if !has_wrong_argument {
            self.report_mismatch(to, (found, written), span, why);
        }
        self.forgive(target);
        self.forgive(from);
        self.error_expr(span)
    }

    /// The annotation that has the words for the type of a value.
    pub fn annotation_of(&self, value: &Expr) -> Option<Span> {
        match &value.kind {
            ExprKind::Local(id) => self.bodies[self.current].locals.get(id.idx())?.origin.written,
            ExprKind::Global(id) => self.origin_of_global(*id).written,
            ExprKind::Field(base, index) => match self.types.get(self.resolve(base.ty)) {
                TyKind::Adt(id, _) => self.written_field(*id, *index),
                _ => None,
            },
            ExprKind::Call { func, .. } => {
                let decl = self.funcs[func.idx()].decl?;
                self.decls[decl.0 as usize].decl.ret.as_ref().map(written_at)
            }
            _ => None,
        }
    }

    /// The field of a struct or class, as the reason for the type of what it holds.
    pub fn declared_field(&self, of: Ty, index: u32) -> Option<Why> {
        let TyKind::Adt(id, _) = self.types.get(self.resolve(of)) else { return None };
        self.adt_infos[id.idx()].fields.get(index as usize).map(|field| of_field(field.decl))
    }

    fn written_field(&self, of: AdtId, index: u32) -> Option<Span> {
        self.adt_infos[of.idx()].fields.get(index as usize).map(|field| written_at(&field.decl.ty))
    }

    /// Where the type of a module's variable comes from.
    pub fn origin_of_global(&self, id: GlobalId) -> Origin {
        let decl = self.lets[self.globals[id.idx()].let_index].ast;
        if !matches!(decl.pattern.kind, ast::PatternKind::Name(_)) {
            return Origin::default();
        }
        let written = decl.ty.as_ref().map(written_at);
        let value = decl.init.as_ref().map(|init| init.span).filter(|_| written.is_none());
        Origin { written, value }
    }

    /// Reports that a value has another type than its place needs.
    pub fn mismatch(&mut self, wanted: Ty, found: Ty, span: Span, why: Why) {
        self.report_mismatch(wanted, (found, None), span, why);
    }

    /// The same of a type whose words an annotation may have.
    fn report_mismatch(&mut self, to: Ty, (from, written): (Ty, Option<Span>), span: Span, why: Why) {
        let (wanted, found) = (self.resolve(to), self.resolve(from));
        if let Why::Return(name, at, annotation) = why
            && found == Ty::UNIT
        {
            return self.missing_value(wanted, span, name, at, annotation);
        }
        // Only what it is part of itself does not fit an unknown.
        if let Why::Return(name, at, None) = why
            && self.var_kind(wanted) == Some(VarKind::Any)
        {
            let name = self.name(name);
            let error =
                Diagnostic::error(Code::CannotInfer, format!("the result of `{name}` depends on itself"))
                    .at(span, format!("this is made of what `{name}` gives"))
                    .also(at, "its result is not written")
                    .help("write it: `-> T`, or `-> ()` if it gives nothing");
            return self.error(error);
        }
        if let Why::Thrown(name, first) = why {
            return self.other_error(wanted, found, span, name, first);
        }
        let (want, have) = (self.words(wanted, why.written()), self.words(found, written));
        let message = format!("expected {}, found {}", want.full, have.full);
        let mut error = Diagnostic::error(Code::TypeMismatch, message).at(span, have.label());
        let (part, other) = self.difference(to, from);
        error = match self.told(part, why).filter(|at| !at.holds(span)) {
            Some(at) => error.also(at, self.because(part, why)),
            None => self.explain_why(error, why, &want),
        };
        let told = self.told_by_chain(other);
        if told.is_some() && !told.holds(span) {
            error = error.also(told, self.because(other, Why::None));
        }
        if let Some(help) = self.way_to_fit(wanted, found) {
            error = error.help(help);
        }
        self.error(error);
    }

    /// The first parts in which two types differ.
    fn difference(&self, wanted: Ty, found: Ty) -> (Ty, Ty) {
        let pairs = self.types.pairs(self.resolve(wanted), self.resolve(found));
        let differ = |&(a, b): &(Ty, Ty)| self.show(a) != self.show(b);
        match pairs.and_then(|pairs| pairs.into_iter().find(differ)) {
            Some((a, b)) => self.difference(a, b),
            None => (wanted, found),
        }
    }

    /// What decided the type that is wanted, where the reason for it does not say so already.
    fn told(&self, wanted: Ty, why: Why) -> Option<Span> {
        let told = match why {
            Why::Annotation(_) | Why::Part(_) | Why::Sibling(_) => return None,
            Why::Variable(..) | Why::Place(_) => self.told_part(wanted),
            Why::None
            | Why::Param(..)
            | Why::Field(..)
            | Why::Return(..)
            | Why::Callee(_)
            | Why::Thrown(..)
            | Why::Called => self.told_by_chain(wanted),
        };
        told.is_some().then_some(told)
    }

    /// What decided a type, or the first of its parts of which that is known.
    fn told_part(&self, ty: Ty) -> Span {
        let mut told = self.told_by_chain(ty);
        self.types.each_part(self.types.get(self.resolve(ty)), &mut |part| {
            if !told.is_some() {
                told = self.told_part(part);
            }
        });
        told
    }

    /// What is said where a type was decided.
    fn because(&self, ty: Ty, why: Why) -> String {
        let Words { short, .. } = self.words(ty, None);
        match why {
            Why::Return(name, ..) => format!("`{}` gives {short} because of this", self.name(name)),
            _ => format!("{short} because of this"),
        }
    }

    /// How to make a value of one type one of another.
    fn way_to_fit(&mut self, wanted: Ty, found: Ty) -> Option<String> {
        let want = self.show(wanted);
        Some(if let TyKind::Dyn(id, args) = self.types.get(wanted).clone() {
            let of = self.show_trait(&TraitRef { id, args });
            format!("write an `impl {of} for {}`", self.show(found))
        } else if self.is_number(wanted) && self.is_number(found) {
            format!("convert it: `as {want}`")
        } else if self.unit_base(wanted) == Some(found) {
            format!("give it the unit: `{want}(…)`")
        } else if self.unit_base(found) == Some(wanted) {
            format!("take out what it wraps: `… as {want}`")
        } else if self.payload_of(found).is_some_and(|(payload, _)| self.is_of_nil(payload)) {
            format!("only an optional type has `nil`: `{want}?`")
        } else if self.payload_of(found).is_some_and(|(payload, _)| {
            let payload = self.resolve(payload);
            payload == wanted || payload == Ty::ERROR || self.var_kind(payload) == Some(VarKind::Any)
        }) {
            "take the value out: `…!`, or `… ?? default`".to_owned()
        } else if self.is_wider(wanted, found) {
            format!("ask what it holds: `val v = …`, `if v is {want}: …`")
        } else if let (TyKind::Array(_), TyKind::FixedArray(..)) =
            (self.types.get(wanted), self.types.get(found))
        {
            "`…[:]` is an array of the same elements".to_owned()
        } else if wanted == Ty::CHAR && found == Ty::TEXT {
            "a literal of one code point is a `char` where one is expected: `\"a\"`".to_owned()
        } else if wanted == Ty::TEXT {
            "interpolate it into a text: `\"{…}\"`".to_owned()
        } else if wanted == Ty::BOOL && self.is_number(found) {
            "compare it: `… != 0`".to_owned()
        } else {
            return None;
        })
    }

    fn is_in_runtime(&self, at: Span) -> bool {
        self.modules.iter().any(|module| module.is_runtime && module.ast.file == at.file)
    }

    /// Adds where an expectation comes from.
    pub fn explain_why(&self, error: Diagnostic, why: Why, want: &Words) -> Diagnostic {
        let want = &want.short;
        match why {
            Why::None | Why::Thrown(..) | Why::Called => error,
            Why::Annotation(at) => error.also(at, format!("declared as {want} here")),
            Why::Part(at) => error.also(at, format!("this asks for {want}")),
            Why::Param(name, at, _) => {
                error.also(at, format!("parameter `{}` is declared here", self.name(name)))
            }
            Why::Field(name, at, _) if self.is_in_runtime(at) => {
                error.note(format!("field `{}` is of type {want}", self.name(name)))
            }
            Why::Field(name, at, _) => {
                error.also(at, format!("field `{}` is declared here", self.name(name)))
            }
            Why::Return(_, _, Some(at)) => error.also(at, format!("the result is {want}")),
            Why::Return(name, at, None) => error.also(at, format!("`{}` gives {want}", self.name(name))),
            Why::Variable(name, at, origin) => {
                let name = self.name(name);
                match origin.value {
                    Some(value) => error.also(value, format!("`{name}` is {want} because of this")),
                    None => error.also(at, format!("`{name}` is declared as {want} here")),
                }
            }
            Why::Place(at) => error.also(at, format!("this is {want}")),
            Why::Callee(at) => error.also(at, format!("this takes {want}")),
            Why::Sibling(at) => error.also(at, format!("because this is {want}")),
        }
    }

    fn missing_value(&mut self, wanted: Ty, span: Span, name: Symbol, at: Span, annotation: Option<Span>) {
        let want = self.words(wanted, annotation);
        let name = self.name(name);
        let returns = wanted != Ty::NEVER;
        let (message, label, help) = match returns {
            true => (
                format!("`{name}` can end without a value of type {}", want.full),
                "not every way through it gives a value",
                "end it with the value, or `return` it",
            ),
            false => (
                format!("`{name}` may come to its end, which `never` rules out"),
                "not every way through it goes on for ever or ends the program",
                "end it with what does not return, such as `panic(…)`, or declare no result",
            ),
        };
        let mut error = Diagnostic::error(Code::MissingReturn, message).at(at, label);
        error = error.also(span, if returns { "this has no value" } else { "the end" });
        if let Some(annotation) = annotation {
            error = error.also(annotation, format!("the result is {}", want.short));
        }
        self.error(error.help(help));
    }
}
