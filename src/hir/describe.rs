//! Types in the words of the language, for messages.

use std::rc::Rc;

use super::context::{Checker, Generic};
use super::infer::VarKind;
use super::tree::{Expr, TraitRef};
use super::types::{Ty, TyKind, plain_type};
use crate::diagnostics::Span;

impl Checker<'_> {
    /// The type as a user writes it.
    pub fn show(&self, ty: Ty) -> String {
        let mut out = String::new();
        self.write_type(&mut out, ty);
        out
    }

    /// The type in the words of a declaration whose type parameters these are.
    pub fn show_among(&mut self, ty: Ty, generics: &Rc<[Generic]>) -> String {
        let outer = self.naming.replace(Rc::clone(generics));
        let shown = self.show(ty);
        self.naming = outer;
        shown
    }

    /// A trait with its arguments.
    pub fn show_trait(&self, of: &TraitRef) -> String {
        let mut out = String::new();
        self.write_args(&mut out, self.name(self.traits[of.id.idx()].name), &of.args);
        out
    }

    /// A type that something else asks for or has, in words. Where an annotation writes it by an alias it is shown so, too:
    /// `` `Id` (= `i64`) ``.
    pub fn words(&self, ty: Ty, written: Option<Span>) -> Words {
        if let Some(known) = self.known_of(ty) {
            return Words { short: known.clone(), full: known };
        }
        let shown = format!("`{}`", self.show(ty));
        match written.and_then(|at| self.by_alias(at)).map(|text| format!("`{text}`")) {
            Some(short) if short != shown => Words { full: format!("{short} (= {shown})"), short },
            Some(_) | None => Words { short: shown.clone(), full: shown },
        }
    }

    /// The type of a value in words.
    pub fn words_for(&self, value: &Expr) -> Words {
        self.words(value.ty, self.annotation_of(value))
    }

    /// What is known of a type that is not known in full yet.
    fn known_of(&self, ty: Ty) -> Option<String> {
        const UNKNOWN: &str = "a type that is not known yet";
        let ty = self.resolve(ty);
        let is_open = |part: Ty| self.var_kind(part) == Some(VarKind::Any);
        if let Some((payload, _)) = self.payload_of(ty) {
            let is_unknown =
                is_open(payload) && !self.is_of_nil(payload) || self.resolve(payload) == Ty::ERROR;
            return is_unknown.then(|| format!("an optional value of {UNKNOWN}"));
        }
        let list = |parts: &[Ty]| {
            let words = parts.iter().map(|&part| self.words(part, None).short);
            words.collect::<Vec<String>>().join(" and ")
        };
        match self.types.get(ty) {
            TyKind::Var(_) if is_open(ty) => Some(UNKNOWN.to_owned()),
            TyKind::Array(elem) if is_open(*elem) => {
                Some("an array whose element type is not known yet".to_owned())
            }
            TyKind::Fn(params, _) if params.iter().any(|&param| is_open(param)) => {
                Some(format!("a function of {}", plural(params.len(), "parameter")))
            }
            TyKind::Fn(params, ret) if is_open(*ret) => Some(match &params[..] {
                [] => "a function".to_owned(),
                params => format!("a function that takes {}", list(params)),
            }),
            TyKind::Adt(id, args) if args.iter().any(|&arg| is_open(arg)) => {
                Some(match Some(*id) == self.dict {
                    true => "a dict whose types are not known yet".to_owned(),
                    false => format!("a `{}` of {}", self.name(self.adts[id.idx()].name), list(args)),
                })
            }
            TyKind::Array(_)
            | TyKind::Adt(..)
            | TyKind::Fn(..)
            | TyKind::Var(_)
            | TyKind::Tuple(..)
            | TyKind::FixedArray(..)
            | TyKind::Range(_)
            | TyKind::Ptr(_)
            | TyKind::Dyn(..)
            | TyKind::Union(_)
            | TyKind::Vector(..)
            | TyKind::Param(_)
            | TyKind::Text
            | TyKind::Any
            | plain_type!() => None,
        }
    }

    /// Whether a type is the unknown payload of a written `nil`.
    pub fn is_of_nil(&self, payload: Ty) -> bool {
        match *self.types.get(self.resolve(payload)) {
            TyKind::Var(var) if self.infer.kind(var) == VarKind::Any => {
                matches!(self.text_at(self.infer.span(var)), Some("nil" | "None"))
            }
            _ => false,
        }
    }

    /// What is written at a place.
    pub fn text_at(&self, at: Span) -> Option<&str> {
        let module = self.modules.iter().find(|module| module.ast.file == at.file)?;
        module.text.get(at.start as usize..at.end as usize)
    }

    /// The text of an annotation that names an alias.
    fn by_alias(&self, annotation: Span) -> Option<&str> {
        let text = self.text_at(annotation)?;
        let mut words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let is_alias = |word: &str| self.aliases.iter().any(|alias| self.name(alias.decl.name.name) == word);
        words.any(is_alias).then_some(text)
    }

    fn write_list(&self, out: &mut String, types: &[Ty]) {
        for (i, &ty) in types.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            self.write_type(out, ty);
        }
    }

    fn write_args(&self, out: &mut String, name: &str, args: &[Ty]) {
        out.push_str(name);
        if !args.is_empty() {
            out.push('<');
            self.write_list(out, args);
            out.push('>');
        }
    }

    fn write_type(&self, out: &mut String, ty: Ty) {
        let ty = self.resolve(ty);
        match self.types.get(ty) {
            plain_type!() | TyKind::Text | TyKind::Any => out.extend(ty.word()),
            TyKind::Tuple(parts, labels) => {
                out.push('(');
                for (i, &part) in parts.iter().enumerate() {
                    if i > 0 {
                        out.push_str(", ");
                    }
                    if let Some(labels) = labels {
                        out.push_str(self.name(labels[i]));
                        out.push_str(": ");
                    }
                    self.write_type(out, part);
                }
                out.push_str(if parts.len() == 1 { ",)" } else { ")" });
            }
            TyKind::FixedArray(elem, n) => {
                out.push('[');
                self.write_type(out, *elem);
                out.push_str(&format!("; {n}]"));
            }
            TyKind::Array(elem) => {
                out.push('[');
                self.write_type(out, *elem);
                out.push(']');
            }
            TyKind::Range(elem) => self.write_args(out, "Range", &[*elem]),
            TyKind::Ptr(to) => self.write_args(out, "ptr", &[*to]),
            TyKind::Adt(id, args) => {
                let name = self.name(self.adts[id.idx()].name);
                if name == "Option" && args.len() == 1 {
                    if self.is_of_nil(args[0]) {
                        return out.push_str("nil");
                    }
                    // Behind a union or a function `?` would be of its last type.
                    let is_last =
                        matches!(self.types.get(self.resolve(args[0])), TyKind::Union(_) | TyKind::Fn(..));
                    out.push_str(if is_last { "(" } else { "" });
                    self.write_type(out, args[0]);
                    out.push_str(if is_last { ")?" } else { "?" });
                } else if Some(*id) == self.dict && args.len() == 2 {
                    out.push('{');
                    self.write_type(out, args[0]);
                    out.push_str(": ");
                    self.write_type(out, args[1]);
                    out.push('}');
                } else if let Some((value, error)) = self.thrown_parts(ty) {
                    self.write_type(out, value);
                    out.push_str(" throws ");
                    self.write_type(out, error);
                } else {
                    self.write_args(out, name, args);
                }
            }
            TyKind::Fn(params, ret) => {
                out.push_str("fn(");
                self.write_list(out, params);
                out.push(')');
                let thrown = self.thrown_parts(*ret);
                let ret = thrown.map_or(*ret, |(value, _)| value);
                if self.resolve(ret) != Ty::UNIT {
                    out.push_str(" -> ");
                    self.write_type(out, ret);
                }
                if let Some((_, error)) = thrown {
                    out.push_str(" throws ");
                    self.write_type(out, error);
                }
            }
            TyKind::Dyn(id, args) => {
                out.push_str("dyn ");
                self.write_args(out, self.name(self.traits[id.idx()].name), args);
            }
            TyKind::Union(_) => {
                for (i, part) in self.types.as_named(ty).into_iter().enumerate() {
                    if i > 0 {
                        out.push_str(" | ");
                    }
                    self.write_type(out, part);
                }
            }
            TyKind::Vector(n, elem) => {
                out.push_str(&format!("vec[{n}, "));
                self.write_type(out, *elem);
                out.push(']');
            }
            TyKind::Param(i) => {
                let of_body = self.bodies.get(self.current).map(|body| &body.scope.generics);
                match self.naming.as_ref().or(of_body).and_then(|g| g.get(*i as usize)) {
                    Some(generic) => out.push_str(self.name(generic.name)),
                    None => out.push_str(&format!("T{i}")),
                }
            }
            TyKind::Var(var) => match self.infer.kind(*var).default() {
                Some(default) => self.write_type(out, default),
                None => out.push('_'),
            },
        }
    }
}

/// A type in words.
pub(super) struct Words {
    /// As it is written.
    pub short: String,
    /// The same, with what an alias in it stands for.
    pub full: String,
}

impl Words {
    /// A type as it is shown.
    pub fn of(shown: &str) -> Words {
        let shown = format!("`{shown}`");
        Words { short: shown.clone(), full: shown }
    }

    /// What is said beside a value of the type.
    pub fn label(&self) -> String {
        let of = if self.short.starts_with('`') { "of type " } else { "" };
        format!("this is {of}{}", self.short)
    }
}

/// A count with its noun.
pub(super) fn plural(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}
