//! Which method a name means on a type.

use super::context::*;
use super::foreign::renamed;
use super::infer::VarKind;
use super::tree::{Expr, Passing, TraitId};
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast::Ident;

/// What helps where a type must be known.
const WRITE_THE_TYPE: &str =
    "write the type where it is declared; that of a lambda's parameter as in `fn(x: T): …`";

impl Checker<'_> {
    /// Reports that a type must be known where nothing has told it yet: `what` says of what, `label` what for.
    pub fn not_known_here(&mut self, ty: Ty, what: &str, span: Span, label: &str) {
        let ty = self.resolve(ty);
        let body = self.bodies.iter().find(|body| self.resolve(body.given()) == ty);
        let help = match body.map(|body| body.ret_why) {
            // What such a function gives, its end tells.
            Some(Why::Return(name, ..)) => format!("write the result of `{}`: `-> T`", self.name(name)),
            _ => WRITE_THE_TYPE.to_owned(),
        };
        let error = Diagnostic::error(Code::CannotInfer, format!("the type {what} is not known here"))
            .at(span, label)
            .help(help);
        self.error(error);
        self.bind_result(ty, Ty::ERROR);
    }

    /// The method of a type: one that it declares, or else the first of a trait that it implements.
    pub fn find_method(&mut self, ty: Ty, name: Symbol) -> Option<DeclId> {
        self.own_method(ty, name).or_else(|| self.trait_methods_of(ty, name, false).first().copied())
    }

    /// The method that a type itself declares.
    pub fn own_method(&self, ty: Ty, name: Symbol) -> Option<DeclId> {
        self.own_methods(ty, name).next()
    }

    /// That for a number of arguments: some methods of the runtime share a name. The first if none fits.
    pub fn own_method_for(&self, ty: Ty, name: Symbol, args: usize) -> Option<DeclId> {
        let fits = |id: &DeclId| self.decls[id.0 as usize].params.len() == args;
        self.own_methods(ty, name).find(fits).or_else(|| self.own_method(ty, name))
    }

    fn own_methods(&self, ty: Ty, name: Symbol) -> impl Iterator<Item = DeclId> {
        let ty = self.resolve(ty);
        let candidates = self.head(ty).and_then(|head| self.methods.get(&(head, name)));
        candidates.map_or(&[][..], Vec::as_slice).iter().copied().filter(move |id| {
            let info = &self.decls[id.0 as usize];
            info.scope.self_ty.is_some_and(|pattern| {
                let mut bound = vec![None; info.scope.generics.len()];
                self.matches_type(pattern, ty, &mut bound)
            })
        })
    }

    /// How a method of arrays passes its array, which a fixed array of the same elements has, too, if it only reads: there it is
    /// called on an array of them.
    pub fn method_of_parts(&mut self, ty: Ty, name: Symbol) -> Option<Passing> {
        let TyKind::FixedArray(elem, _) = *self.types.get(self.resolve(ty)) else { return None };
        let array = self.types.intern(TyKind::Array(elem));
        match self.own_method(array, name) {
            Some(id) => self.decls[id.0 as usize].receiver,
            None => self.builtin_method(array, name).map(|_| Passing::Shared),
        }
    }

    /// The methods of a name that a type has from traits, either those of the prelude or all others.
    pub fn trait_methods_of(&mut self, ty: Ty, name: Symbol, of_prelude: bool) -> Vec<DeclId> {
        // What is not known yet has no methods, though the built-in traits are those of every type.
        if self.var_kind(ty) == Some(VarKind::Any) {
            return Vec::new();
        }
        let Some(candidates) = self.trait_methods.get(&name) else { return Vec::new() };
        let candidates: Vec<(TraitId, u32)> = candidates
            .iter()
            .copied()
            .filter(|(id, _)| self.trait_infos[id.idx()].is_prelude == of_prelude)
            .collect();
        let mut found = Vec::new();
        for (id, number) in candidates {
            if !self.ways_to_implement(ty, id, Span::NONE).is_empty() {
                found.push(self.trait_infos[id.idx()].methods[number as usize]);
            }
        }
        found
    }

    /// Reports a method that several traits of a type offer.
    pub fn ambiguous_method(&mut self, found: &[DeclId], ty: Ty, name: Ident) {
        let (shown, text) = (self.show(ty), self.name(name.name));
        let mut error = Diagnostic::error(
            Code::AmbiguousMember,
            format!("`{shown}` has a method `{text}` from {} traits", found.len()),
        )
        .at(name.span, "which of them is not known");
        let mut calls = Vec::with_capacity(found.len());
        for id in found {
            let info = &self.decls[id.0 as usize];
            let Some((of, _)) = info.of_trait else { continue };
            let of = self.name(self.traits[of.idx()].name);
            error = error.also(info.decl.name.span, format!("one is that of `{of}`"));
            calls.push(format!("`{of}.{text}(…)`"));
        }
        self.error(error.help(format!("name the trait: {}", calls.join(" or "))));
    }

    /// Reports a field or method that a type does not have.
    pub fn unknown_member(&mut self, ty: Ty, name: Ident, what: &str) {
        self.not_a_member(ty, None, name, what);
    }

    /// The same of a value.
    pub fn unknown_member_of(&mut self, value: &Expr, name: Ident, what: &str) {
        self.not_a_member(value.ty, self.annotation_of(value), name, what);
    }

    fn not_a_member(&mut self, ty: Ty, written: Option<Span>, name: Ident, what: &str) {
        let ty = self.resolve(ty);
        let of_traits = self.names_from_traits(ty);
        let text = self.name(name.name);
        if let Some(VarKind::Any) = self.var_kind(ty) {
            let what = format!("that `{text}` belongs to");
            return self.not_known_here(ty, &what, name.span, "needs a known type in front");
        }
        if self.is_surplus(ty, name.name) {
            return;
        }
        let shown = self.words(ty, written).full;
        let mut error = Diagnostic::error(Code::UnknownMember, format!("{shown} has no {what} `{text}`"))
            .at(name.span, format!("no such {what}"));
        let fields = self.field_names(ty);
        let mut known: Vec<&str> = fields.iter().map(|&f| self.name(f)).collect();
        let head = self.head(ty);
        known.extend(
            self.method_names.iter().filter(|(h, _)| Some(h) == head.as_ref()).map(|&(_, n)| self.name(n)),
        );
        known.extend(self.builtin_method_names(ty));
        known.extend(of_traits.iter().map(|&name| self.name(name)));
        let own_field = fields.contains(&name.name).then_some(text);
        let otherwise = self.written_otherwise(ty, text);
        if let Some(near) = own_field.or(renamed(text, &known)).or_else(|| match otherwise {
            Some(_) => None,
            None => self.nearest(text, || known),
        }) {
            error = error.help(if what == "method" && near == text {
                format!("`{near}` is a field: leave the parentheses out")
            } else {
                format!("did you mean `{near}`?")
            });
        } else if let Some(help) = otherwise {
            error = error.help(help);
        } else if self.payload_of(ty).is_some() {
            error =
                error.help("take the value out: `…!`, or `… ?? default`; `…?.` goes on where there is one");
        } else if self.method_of_parts(ty, name.name) == Some(Passing::Mut) {
            error = error.help("it changes an array: `…[:]` is one of the same elements");
        } else if let Some(help) = self.trait_with(ty, name.name) {
            error = error.help(help);
        } else if let Some(&part) = self.types.as_named(self.resolve(ty)).first() {
            let shown = self.show(part);
            error = error.help(format!("ask what it holds: `val v = …`, `if v is {shown}: …`"));
        } else if !fields.is_empty() && what == "field" {
            let list: Vec<String> = fields.iter().map(|&f| format!("`{}`", self.name(f))).collect();
            error = error.help(format!("its fields are {}", list.join(", ")));
        }
        self.error(error);
    }

    /// The names of the methods that a type has from the traits of the program.
    fn names_from_traits(&mut self, ty: Ty) -> Vec<Symbol> {
        let mut names = Vec::new();
        for index in 0..self.traits.len() {
            if self.trait_infos[index].is_prelude
                || self.ways_to_implement(ty, TraitId(index as u32), Span::NONE).is_empty()
            {
                continue;
            }
            let methods = self.trait_infos[index].methods.iter();
            names.extend(methods.map(|id| self.decls[id.0 as usize].decl.name.name));
        }
        names
    }

    /// How a type could come by a method: from a trait that it does not implement.
    fn trait_with(&self, ty: Ty, name: Symbol) -> Option<String> {
        let candidates = self.trait_methods.get(&name)?.iter();
        let (of, _) = candidates.copied().find(|(of, _)| !self.trait_infos[of.idx()].is_prelude)?;
        let (of, shown) = (self.name(self.traits[of.idx()].name), self.show(ty));
        Some(match self.types.get(ty) {
            TyKind::Param(_) => format!("bound the type parameter: `<{shown}: {of}>`"),
            _ => format!("`{of}` has it: write an `impl {of} for {shown}`"),
        })
    }

    /// In a call of a trait's method: the arguments of the trait, where there is only one way in which the type
    /// implements it.
    pub fn select_way(&mut self, id: DeclId, type_args: &[Ty], span: Span) {
        let Some((of, _)) = self.decls[id.0 as usize].of_trait else { return };
        let Some(&ty) = type_args.first() else { return };
        if self.traits[of.idx()].generics.len() == 1 {
            return;
        }
        if let [way] = self.ways_to_implement(ty, of, span).as_slice() {
            for (&arg, &known) in type_args[1..].iter().zip(way) {
                self.unify(arg, known);
            }
        }
    }

    /// Whether a type is an instance of another over type parameters; unknowns are instances of everything, the types
    /// of literals of what they are when nothing else decides.
    pub fn matches_type(&self, pattern: Ty, ty: Ty, bound: &mut [Option<Ty>]) -> bool {
        let ty = self.resolve(ty);
        if self.var_kind(ty) == Some(VarKind::Any) {
            return true;
        }
        let ty = self.literal_default(ty);
        if let TyKind::Param(i) = *self.types.get(pattern) {
            return match bound.get_mut(i as usize) {
                Some(slot) => *slot.get_or_insert(ty) == ty,
                None => false,
            };
        }
        if pattern == ty || ty == Ty::ERROR || pattern == Ty::ERROR {
            return true;
        }
        self.types
            .pairs(pattern, ty)
            .is_some_and(|pairs| pairs.into_iter().all(|(pattern, ty)| self.matches_type(pattern, ty, bound)))
    }
}
