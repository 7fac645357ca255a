//! Arguments as they are written, and which of them goes to which parameter or field.

use std::rc::Rc;

use super::context::*;
use super::describe::plural;
use super::types::{Ty, TyKind, plain_type};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast::{self, ArgKind, Ident};

/// An argument as written; that of a pipe comes first.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub label: Option<Ident>,
    pub kind: ArgKind,
    pub value: &'a ast::Expr,
}

/// The arguments of a call, with what a pipe puts in front.
pub(super) fn given<'a>(first: Option<&'a ast::Expr>, args: &'a [ast::Arg]) -> Vec<Given<'a>> {
    let first = first.map(|value| Given { label: None, kind: ArgKind::Value, value });
    let rest = args.iter().map(|arg| Given { label: arg.label, kind: arg.kind, value: &arg.value });
    first.into_iter().chain(rest).collect()
}

/// Something that arguments go to.
pub(super) struct Slot {
    pub name: Symbol,
    pub is_optional: bool,
    pub is_variadic: bool,
    /// Whether it may be a function, which may then stand behind the call.
    pub takes_function: bool,
}

impl Slot {
    /// Whether a call gives it something.
    pub fn is_needed(&self) -> bool {
        !self.is_optional && !self.is_variadic
    }
}

/// The error of `...e` where one value is taken.
pub(super) fn spread_for_one(message: String, arg: &Given<'_>) -> Diagnostic {
    Diagnostic::error(Code::Arguments, message)
        .at(arg.value.span, "this may be any number")
        .help("only a parameter `name: T...` takes the elements of an array")
}

impl<'a> Checker<'a> {
    /// Whether no argument is `..e`, which only a construction takes, nor `...e` where each is one; what is, is reported.
    pub fn takes(&mut self, args: &[Given<'a>], spreads: bool) -> bool {
        let fits = |kind| match kind {
            ArgKind::Value | ArgKind::Trailing => true,
            ArgKind::Spread => spreads,
            ArgKind::Update => false,
        };
        let Some(at) = args.iter().position(|arg| !fits(arg.kind)) else { return true };
        let arg = &args[at];
        if arg.kind == ArgKind::Update {
            self.open_range(None, Some(arg.value), arg.value.span);
        } else {
            self.error(spread_for_one("each argument here is one value".to_owned(), arg));
            self.check_loosely(&args[at..=at]);
        }
        self.check_loosely(&args[..at]);
        self.check_loosely(&args[at + 1..]);
        false
    }

    /// Checks arguments whose parameters are not known, for the errors inside them.
    pub fn check_loosely(&mut self, args: &[Given<'a>]) {
        for arg in args {
            let value = self.expr(arg.value, Expect::Ty(Ty::ERROR, Why::None));
            self.forgive(value.ty);
        }
    }

    /// Whether a lambda fits where a value of a type is wanted.
    pub fn takes_function(&self, ty: Ty) -> bool {
        let ty = self.payload_of(ty).map_or(ty, |(payload, _)| payload);
        match self.types.get(self.resolve(ty)) {
            TyKind::Fn(..) | TyKind::Param(_) | TyKind::Var(_) | TyKind::Any | TyKind::Dyn(..) => true,
            TyKind::Union(parts) => parts.iter().any(|&part| self.takes_function(part)),
            TyKind::Text
            | TyKind::Tuple(..)
            | TyKind::Array(_)
            | TyKind::FixedArray(..)
            | TyKind::Range(_)
            | TyKind::Adt(..)
            | TyKind::Ptr(_)
            | TyKind::Vector(..)
            | plain_type!() => false,
        }
    }

    /// What arguments go to for a parameter.
    pub fn slot(&self, param: &ParamInfo<'a>) -> Slot {
        let is_variadic = param.is_variadic;
        let one = param.ty.map(|ty| match *self.types.get(ty) {
            TyKind::Array(elem) if is_variadic => elem,
            _ => ty,
        });
        Slot {
            name: param.name.name,
            is_optional: param.default.is_some(),
            is_variadic,
            takes_function: one.is_none_or(|ty| self.takes_function(ty)),
        }
    }

    /// The parameter that each argument goes to, or nothing after an error. A lambda behind the call goes to the last one that
    /// may be a function.
    pub fn assign_arguments(
        &mut self,
        (what, noun): (&str, &str),
        slots: &[Slot],
        args: &[Given<'a>],
        span: Span,
        declared: Option<Span>,
    ) -> Option<Vec<usize>> {
        let mut targets: Vec<usize> = Vec::with_capacity(args.len());
        let mut taken: Vec<bool> = vec![false; slots.len()];
        let mut next = 0;
        let mut failed = false;
        for arg in args {
            let behind = match arg.kind {
                ArgKind::Trailing => {
                    (0..slots.len()).rev().find(|&at| slots[at].takes_function && !taken[at])
                }
                ArgKind::Value | ArgKind::Spread | ArgKind::Update => None,
            };
            let target = match (behind, arg.label) {
                (Some(last), _) => last,
                (None, Some(label)) => match slots.iter().position(|slot| slot.name == label.name) {
                    Some(at) => at,
                    None => {
                        let text = self.name(label.name);
                        let mut error =
                            Diagnostic::error(Code::Arguments, format!("{what} has no {noun} `{text}`"))
                                .at(label.span, "no such name");
                        let names: Vec<&str> = slots.iter().map(|slot| self.name(slot.name)).collect();
                        if let Some(near) = self.nearest(text, || names.clone()) {
                            error = error.help(format!("did you mean `{near}`?"));
                        } else if !names.is_empty() {
                            error = error.help(format!("its {noun}s are `{}`", names.join("`, `")));
                        }
                        if let Some(declared) = declared {
                            error = error.also(declared, "declared here");
                        }
                        self.error(error);
                        failed = true;
                        continue;
                    }
                },
                (None, None) => {
                    while next < slots.len() && taken[next] && !slots[next].is_variadic {
                        next += 1;
                    }
                    if next >= slots.len() {
                        let most = slots.len();
                        let mut error = Diagnostic::error(
                            Code::Arguments,
                            format!("{what} takes {}, found {}", plural(most, "argument"), args.len()),
                        )
                        .at(arg.value.span, "one too many");
                        if let Some(declared) = declared {
                            error = error.also(declared, "declared here");
                        }
                        self.error(error);
                        failed = true;
                        break;
                    }
                    next
                }
            };
            if taken[target] && !slots[target].is_variadic {
                let name = self.name(slots[target].name);
                let error = Diagnostic::error(Code::Arguments, format!("`{name}` is given twice"))
                    .at(arg.value.span, "given again here");
                self.error(error);
                failed = true;
            }
            taken[target] = true;
            targets.push(target);
        }
        let missing: Vec<usize> =
            (0..slots.len()).filter(|&at| !taken[at] && slots[at].is_needed()).collect();
        if let Some(&first) = missing.first()
            && !failed
        {
            let names: Vec<Symbol> = missing.iter().map(|&at| slots[at].name).collect();
            let mut error = self.missing_arguments(what, &names, span, declared);
            // It may have been meant for the one that is missing.
            let in_front = |(arg, at): (&Given<'_>, usize)| {
                let is_by_place = arg.label.is_none() && arg.kind == ArgKind::Value;
                (is_by_place && at < first && slots[at].is_optional).then_some(slots[at].name)
            };
            if let Some(other) = args.iter().zip(targets.iter().copied()).find_map(in_front) {
                let (name, other) = (self.name(slots[first].name), self.name(other));
                error = error.help(format!(
                    "name it, `{name}: …`: without a name the first one goes to `{other}`, which has a default"
                ));
            }
            self.error(error);
            failed = true;
        }
        (!failed).then_some(targets)
    }

    fn missing_arguments(
        &self,
        what: &str,
        missing: &[Symbol],
        span: Span,
        declared: Option<Span>,
    ) -> Diagnostic {
        let noun = if missing.len() == 1 { "argument" } else { "arguments" };
        let names: Vec<String> = missing.iter().map(|&name| format!("`{}`", self.name(name))).collect();
        let message = format!("{what} needs the {noun} {}", names.join(", "));
        let error = Diagnostic::error(Code::Arguments, message).at(span, format!("missing {noun}"));
        match declared {
            Some(declared) => error.also(declared, "declared here"),
            None => error,
        }
    }

    /// Reports a method without parentheses that cannot be called without arguments; whether it is one.
    pub fn lacks_arguments(&mut self, ty: Ty, name: Ident, span: Span) -> bool {
        let of_type = self.own_method_for(ty, name.name, 0);
        let Some(id) = of_type.or_else(|| self.find_method(ty, name.name)) else { return false };
        let info = &self.decls[id.0 as usize];
        let (declared, params) = (info.decl.name.span, Rc::clone(&info.params));
        let needed = params.iter().filter(|param| self.slot(param).is_needed());
        let needed: Vec<Symbol> = needed.map(|param| param.name.name).collect();
        if needed.is_empty() {
            return false;
        }
        let text = self.name(name.name);
        let open = vec!["_"; needed.len()].join(", ");
        let error = self
            .missing_arguments(&format!("`{text}`"), &needed, span, Some(declared))
            .help(format!("leave open what it is called with, for a function: `….{text}({open})`"));
        self.error(error);
        true
    }
}
