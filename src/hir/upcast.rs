//! Wider types: trait objects, unions and `Any` made of values of other types, and those values taken out again.

use super::context::*;
use super::infer::VarKind;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};

impl Checker<'_> {
    /// Whether values of a type are values of a wider one, too.
    pub fn is_wider(&mut self, from: Ty, to: Ty) -> bool {
        let (from, to) = (self.resolve(from), self.resolve(to));
        if from == to || self.var_kind(from) == Some(VarKind::Any) {
            return false;
        }
        match self.types.get(to).clone() {
            // In a union a trait object is one thing, in an `Any` another: the value in it.
            TyKind::Any => {
                !self.union_parts(from).is_some_and(|parts| parts.iter().any(|&part| self.is_object(part)))
            }
            TyKind::Union(parts) => match self.union_parts(from) {
                Some(these) => these.iter().all(|part| parts.contains(part)),
                None => self.part_for(from, &parts).is_some(),
            },
            TyKind::Dyn(id, args) => {
                let ways = self.ways_to_implement(self.literal_default(from), id, Span::NONE);
                ways.iter().any(|way| way.iter().zip(&args).all(|(&x, &y)| self.unify(x, y)))
            }
            _ => false,
        }
    }

    /// The value as one of a wider type.
    pub fn upcast(&mut self, value: Expr, to: Ty) -> Expr {
        let is_union = self.union_parts(to).is_some();
        // The types of a union tell what a literal is.
        let value = if is_union { value } else { self.settled(value) };
        let span = value.span;
        if let TyKind::Union(parts) = self.types.get(to).clone()
            && self.union_parts(value.ty).is_none()
        {
            return self.as_union(value, to, &parts);
        }
        if let TyKind::Dyn(id, args) = self.types.get(to).clone()
            && !self.is_object_of(value.ty, id)
        {
            // What the bounds of the `impl` ask for, too.
            self.require_trait(value.ty, TraitRef { id, args }, span, None);
        }
        expr(ExprKind::Upcast(Box::new(value)), to, span)
    }

    /// What an undecided literal is when nothing else decides.
    pub fn literal_default(&self, ty: Ty) -> Ty {
        self.var_kind(ty).and_then(VarKind::default).unwrap_or(ty)
    }

    fn is_object(&self, ty: Ty) -> bool {
        matches!(self.types.get(self.resolve(ty)), TyKind::Dyn(..))
    }

    /// Whether the type is one of objects that have a trait.
    pub fn is_object_of(&mut self, ty: Ty, of: TraitId) -> bool {
        let ty = self.resolve(ty);
        matches!(self.types.get(ty), TyKind::Dyn(..)) && self.known_traits(ty, &[]).iter().any(|t| t.id == of)
    }

    /// Reports a call on a trait object of a method that such an object does not have.
    pub fn check_dispatch(&mut self, id: DeclId, ty: Ty, span: Span) {
        let Some((of, _)) = self.decls[id.0 as usize].of_trait else { return };
        if !self.is_object_of(ty, of) {
            return;
        }
        let Some(why) = self.why_undispatched(id) else { return };
        let (shown, decl) = (self.show(ty), self.decls[id.0 as usize].decl);
        let error = Diagnostic::error(
            Code::NotDispatched,
            format!("`{}` cannot be called on a `{shown}`", self.name(decl.name.name)),
        )
        .at(span, "which method is meant is known only when the program runs")
        .also(decl.name.span, why)
        .help("call it on a value whose type is known, or on a type parameter bounded by the trait");
        self.error(error);
    }

    /// A method of a trait, or of those that it brings along, that its objects do not have.
    pub fn undispatched(&mut self, of: TraitId) -> Option<DeclId> {
        let all: Vec<TraitId> = self
            .with_supers(&TraitRef { id: of, args: Vec::new() }, Ty::ERROR)
            .iter()
            .map(|t| t.id)
            .collect();
        let methods: Vec<DeclId> =
            all.into_iter().flat_map(|of| self.trait_infos[of.idx()].methods.clone()).collect();
        methods.into_iter().find(|&id| self.why_undispatched(id).is_some())
    }

    /// Whether objects of its trait have a method.
    pub fn is_dispatched(&mut self, id: DeclId) -> bool {
        self.why_undispatched(id).is_none()
    }

    /// Why objects of its trait do not have a method.
    fn why_undispatched(&mut self, id: DeclId) -> Option<&'static str> {
        let info = &self.decls[id.0 as usize];
        if info.receiver.is_none() {
            return Some("it has no receiver");
        }
        if info.own > 0 {
            return Some("it has type parameters of its own");
        }
        let mut types: Vec<Ty> = info.params.iter().filter_map(|param| param.ty).collect();
        if let Some(func) = info.func {
            types.push(self.result_of(func));
        }
        let mut mentions = false;
        for ty in types {
            self.types.map(ty, &mut |kind| {
                mentions |= *kind == TyKind::Param(0);
                None
            });
        }
        mentions.then_some("it names the type `Self`, which differs from value to value")
    }
}
