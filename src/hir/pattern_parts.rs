//! Patterns of what has parts: tuples, arrays, structs and classes.

use super::context::*;
use super::pattern::{NOTHING, PatternCx};
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast::{self, Ident, PatternKind as Pat};

impl<'a> Checker<'a> {
    pub fn tuple_pattern(
        &mut self,
        parts: &'a [ast::PatternArg],
        ty: Ty,
        span: Span,
        cx: &mut PatternCx,
    ) -> Pattern {
        let nothing = Pattern { kind: NOTHING, ty, span };
        if let TyKind::Var(_) = self.types.get(ty)
            && !parts.iter().any(|part| matches!(part.pattern.kind, Pat::Rest(_)))
        {
            let types =
                parts.iter().map(|part| self.fresh(super::infer::VarKind::Any, part.pattern.span)).collect();
            let tuple = self.types.intern(TyKind::Tuple(types, None));
            self.unify(ty, tuple);
        }
        let ty = self.resolve(ty);
        let (types, labels) = match self.types.get(ty).clone() {
            TyKind::Tuple(types, labels) => (types, labels),
            TyKind::Unit if parts.is_empty() => return Pattern { kind: PatternKind::Wildcard, ty, span },
            other => {
                if other != TyKind::Error {
                    self.other_pattern(ty, "a tuple pattern", span);
                }
                self.elements_of_nothing(parts, cx);
                return nothing;
            }
        };
        if self.has_two_rests(parts.iter().map(|part| &part.pattern)) {
            self.elements_of_nothing(parts, cx);
            return nothing;
        }
        let rest = parts.iter().position(|part| matches!(part.pattern.kind, Pat::Rest(_)));
        let count = parts.len() - usize::from(rest.is_some());
        if count > types.len() || (rest.is_none() && count != types.len()) {
            let shown = self.show(ty);
            let error = Diagnostic::error(
                Code::TypeMismatch,
                format!(
                    "`{shown}` has {}, and the pattern {count}",
                    super::describe::plural(types.len(), "element")
                ),
            )
            .at(span, "wrong number of elements");
            self.error(error);
            self.elements_of_nothing(parts, cx);
            return nothing;
        }
        let mut fields = Vec::with_capacity(count);
        let mut named = None;
        for (i, part) in parts.iter().enumerate() {
            let at = match rest {
                Some(rest) if i == rest => {
                    if let Pat::Rest(Some(name)) = part.pattern.kind {
                        let held = i..i + types.len() - count;
                        let labels = labels.as_ref().map(|labels| labels[held.clone()].to_vec());
                        let ty = match held.is_empty() {
                            true => Ty::UNIT,
                            false => self.types.intern(TyKind::Tuple(types[held].to_vec(), labels)),
                        };
                        named = Some(Rest { local: self.bind_name(name, ty, cx), first: i as u32 });
                    }
                    continue;
                }
                Some(rest) if i > rest => types.len() - (parts.len() - i),
                _ => i,
            };
            let position = |label: Symbol| labels.as_ref()?.iter().position(|&known| known == label);
            let (label, pattern) = self.labelled(part, |label| Some(types[position(label)?]));
            let at = match label.map(|label| (label, position(label.name))) {
                Some((_, Some(at))) => at,
                Some((label, None)) => {
                    self.unknown_member(ty, label, "element");
                    fields.push((at as u32, self.pattern_of_nothing(pattern, cx)));
                    continue;
                }
                None => at,
            };
            let name = labels.as_ref().map(|labels| labels[at]);
            self.field_pattern(&mut fields, (at, name, types[at]), pattern, cx);
        }
        Pattern { kind: PatternKind::Fields(fields, named), ty, span }
    }

    /// Reports a pattern of another form than values of the type have.
    pub fn other_pattern(&mut self, ty: Ty, found: &str, span: Span) {
        let shown = self.show(ty);
        let mut error = Diagnostic::error(Code::TypeMismatch, format!("expected `{shown}`, found {found}"))
            .at(span, format!("what is matched is of type `{shown}`"));
        if self.resolve(ty) == Ty::ANY {
            error = error
                .help("say what type it is of: `case v: T: …`, with `[T]`, `(A, B)` or the like for `T`");
        }
        self.error(error);
    }

    /// The pattern of a field with its number, name and type, which has one pattern only; whether this is the one.
    pub fn field_pattern(
        &mut self,
        fields: &mut Vec<(u32, Pattern)>,
        (at, name, ty): (usize, Option<Symbol>, Ty),
        pattern: &'a ast::Pattern,
        cx: &mut PatternCx,
    ) -> bool {
        let first = fields.iter().find(|(other, _)| *other as usize == at).map(|(_, first)| first.span);
        let part = match first {
            None => self.pattern(pattern, ty, cx),
            Some(first) => {
                let text = name.map_or("", |name| self.name(name));
                let error =
                    Diagnostic::error(Code::DuplicateName, format!("the field `{text}` has two patterns"))
                        .at(pattern.span, "the second one")
                        .also(first, "the first one")
                        .help("remove one of them, or give it the name of the field that it is for");
                self.error(error);
                self.pattern_of_nothing(pattern, cx)
            }
        };
        fields.push((at as u32, part));
        first.is_none()
    }

    /// `...` in the pattern of a struct or case: what is left has no type, and so no name.
    pub fn rest_of_fields(&mut self, name: Option<Ident>, cx: &mut PatternCx) {
        let Some(name) = name else { return };
        let error =
            Diagnostic::error(Code::ExpectedPattern, "the fields that are left have no name together")
                .at(name.span, "a name for what is no value")
                .help("write `...` alone, or name the fields");
        self.error(error);
        self.bind_name(name, Ty::ERROR, cx);
    }

    /// Whether more than one `...` stands in a pattern, which is reported.
    pub fn has_two_rests(&mut self, mut parts: impl Iterator<Item = &'a ast::Pattern>) -> bool {
        let mut rest = || parts.find(|part| matches!(part.kind, Pat::Rest(_)));
        let (Some(first), Some(second)) = (rest(), rest()) else { return false };
        let error = Diagnostic::error(Code::ExpectedPattern, "a pattern has one `...` at most")
            .at(second.span, "a second one")
            .also(first.span, "the first one")
            .help("with two of them nothing tells how much each takes");
        self.error(error);
        true
    }

    /// The elements of a pattern that does not fit.
    pub fn elements_of_nothing(&mut self, elements: &'a [ast::PatternArg], cx: &mut PatternCx) {
        for element in elements {
            let (_, pattern) = self.labelled(element, |_| None);
            self.pattern_of_nothing(pattern, cx);
        }
    }

    /// A part of a pattern that does not fit: its names are declared, so that their uses are not reported.
    pub fn pattern_of_nothing(&mut self, pattern: &'a ast::Pattern, cx: &mut PatternCx) -> Pattern {
        match pattern.kind {
            Pat::Rest(Some(name)) => {
                self.bind_name(name, Ty::ERROR, cx);
            }
            Pat::Rest(None) => {}
            _ => {
                self.pattern(pattern, Ty::ERROR, cx);
            }
        }
        Pattern { kind: NOTHING, ty: Ty::ERROR, span: pattern.span }
    }

    pub fn array_pattern(
        &mut self,
        parts: &'a [ast::Pattern],
        ty: Ty,
        span: Span,
        cx: &mut PatternCx,
    ) -> Pattern {
        let mut fits = !self.has_two_rests(parts.iter());
        let elem = match *self.types.get(ty) {
            TyKind::Array(elem) => elem,
            TyKind::FixedArray(elem, n) if fits => {
                return self.fixed_array_pattern(parts, elem, n, ty, span, cx);
            }
            TyKind::FixedArray(elem, _) => elem,
            TyKind::Error => {
                fits = false;
                Ty::ERROR
            }
            _ => {
                fits = false;
                self.other_pattern(ty, "an array pattern", span);
                Ty::ERROR
            }
        };
        let (mut prefix, mut suffix, mut rest) = (Vec::new(), Vec::new(), None);
        for part in parts {
            match &part.kind {
                Pat::Rest(name) if rest.is_none() => {
                    rest = Some(name.map(|name| self.bind_name(name, ty, cx)));
                }
                Pat::Rest(_) => suffix.push(self.pattern_of_nothing(part, cx)),
                _ if rest.is_none() => prefix.push(self.pattern(part, elem, cx)),
                _ => suffix.push(self.pattern(part, elem, cx)),
            }
        }
        let kind = if fits { PatternKind::Array { prefix, rest, suffix } } else { NOTHING };
        Pattern { kind, ty, span }
    }

    /// An array pattern of something whose length its type tells: fields by their numbers.
    fn fixed_array_pattern(
        &mut self,
        parts: &'a [ast::Pattern],
        elem: Ty,
        length: u64,
        ty: Ty,
        span: Span,
        cx: &mut PatternCx,
    ) -> Pattern {
        let rest = parts.iter().position(|part| matches!(part.kind, Pat::Rest(_)));
        let count = parts.len() - usize::from(rest.is_some());
        let fits = if rest.is_some() { count as u64 <= length } else { count as u64 == length };
        if !fits {
            let shown = self.show(ty);
            let message = format!("`{shown}` has {length} elements, and the pattern {count}");
            self.error(Diagnostic::error(Code::TypeMismatch, message).at(span, "wrong number of elements"));
        }
        let mut fields = Vec::with_capacity(count);
        let mut named = None;
        for (i, part) in parts.iter().enumerate() {
            let at = match rest {
                Some(rest) if i > rest => (length as usize).saturating_sub(parts.len() - i),
                Some(_) | None => i,
            };
            match part.kind {
                Pat::Rest(Some(name)) if rest == Some(i) => {
                    let held = length.saturating_sub(count as u64);
                    let ty = self.types.intern(TyKind::FixedArray(elem, held));
                    named = Some(Rest { local: self.bind_name(name, ty, cx), first: i as u32 });
                }
                Pat::Rest(None) if rest == Some(i) => {}
                _ => fields.push((at as u32, self.pattern(part, elem, cx))),
            }
        }
        let kind = if fits { PatternKind::Fields(fields, named) } else { NOTHING };
        Pattern { kind, ty, span }
    }

    /// `Point(x: 0, y)`.
    pub fn construct_pattern(
        &mut self,
        path: &'a [Ident],
        args: &'a [ast::PatternArg],
        ty: Ty,
        span: Span,
        cx: &mut PatternCx,
    ) -> Pattern {
        let nothing = Pattern { kind: NOTHING, ty, span };
        let module = self.cx().scope.module;
        if let Some(variant) = self.variant_path(path, ty) {
            let ty = self.resolve(ty);
            return self.variant_pattern(variant, args, ty, span, cx);
        }
        let named = self.type_of_path(path).filter(|&named| self.enum_of(named).is_none());
        let (Some(&name), Some(named)) = (path.last(), named) else {
            match self.path_type_item(module, path) {
                Err(what) => self.not_offered(what),
                Ok(Some(TypeItem::Unsupported)) => {}
                Ok(_) if ty == Ty::ERROR => {}
                Ok(_) => self.unknown_case(path, ty),
            }
            self.elements_of_nothing(args, cx);
            return nothing;
        };
        let fits = ty != Ty::ERROR && self.unify(ty, named);
        let (true, TyKind::Adt(id, type_args)) = (fits, self.types.get(self.resolve(ty)).clone()) else {
            if ty != Ty::ERROR {
                let found = format!("a pattern of `{}`", self.name(name.name));
                self.other_pattern(ty, &found, span);
            }
            self.elements_of_nothing(args, cx);
            return nothing;
        };
        let declared: Vec<(Symbol, Ty)> = match self.adts[id.idx()].variants.first() {
            Some(_) if !self.shows_fields(id) => Vec::new(),
            Some(variant) => {
                variant.fields.iter().map(|f| (f.name.unwrap_or(self.sym.empty), f.ty)).collect()
            }
            None => Vec::new(),
        };
        let read = |checker: &mut Self, ty| {
            let ty = checker.types.substitute(ty, &type_args);
            checker.read_type(ty)
        };
        let declared: Vec<(Symbol, Ty)> =
            declared.into_iter().map(|(name, ty)| (name, read(self, ty))).collect();
        if self.has_two_rests(args.iter().map(|arg| &arg.pattern)) {
            self.elements_of_nothing(args, cx);
            return nothing;
        }
        let mut fields = Vec::with_capacity(args.len());
        for (i, arg) in args.iter().enumerate() {
            if let Pat::Rest(name) = arg.pattern.kind {
                self.rest_of_fields(name, cx);
                continue;
            }
            let (label, pattern) = self.labelled(arg, |label| {
                declared.iter().find(|&&(field, _)| field == label).map(|&(_, ty)| ty)
            });
            let shorthand = match pattern.kind {
                Pat::Name(name) => declared.iter().position(|&(field, _)| field == name.name),
                _ => None,
            };
            let at = match label {
                Some(label) => match declared.iter().position(|&(field, _)| field == label.name) {
                    Some(at) => at,
                    None => {
                        self.unknown_member(ty, label, "field");
                        fields.push((i as u32, self.pattern_of_nothing(pattern, cx)));
                        continue;
                    }
                },
                None => shorthand.unwrap_or(i),
            };
            let Some(&(field, field_ty)) = declared.get(at) else {
                let count = super::describe::plural(declared.len(), "field");
                let error = Diagnostic::error(
                    Code::TypeMismatch,
                    format!("`{}` has {count}, and the pattern more", self.name(name.name)),
                )
                .at(pattern.span, "one too many");
                self.error(error);
                fields.push((at as u32, self.pattern_of_nothing(pattern, cx)));
                continue;
            };
            self.field_pattern(&mut fields, (at, Some(field), field_ty), pattern, cx);
        }
        Pattern { kind: PatternKind::Fields(fields, None), ty, span }
    }

    /// The label and the pattern of an element. In `n: T`, `n` is a label if a field has this name, or else a name with the
    /// type `T`. It is both where `T` is one of the types that the field may hold: a name of the program that is also that
    /// of one of them would take every value.
    pub fn labelled(
        &mut self,
        arg: &'a ast::PatternArg,
        field: impl FnOnce(Symbol) -> Option<Ty>,
    ) -> (Option<Ident>, &'a ast::Pattern) {
        let field = arg.label.and_then(|label| field(label.name));
        if let Some(typed) = &arg.typed
            && let Pat::Typed(_, written) = &typed.kind
            && self.is_type(written)
            && field.is_none_or(|ty| {
                let scope = self.cx().scope.clone();
                let wanted = self.ty(written, &scope);
                self.is_wider(wanted, ty)
            })
        {
            return (field.and(arg.label), typed);
        }
        (arg.label, &arg.pattern)
    }
}
