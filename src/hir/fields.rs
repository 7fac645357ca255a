//! What types hold: the types of fields, and that no value must hold itself.

use rustc_hash::FxHashMap;

use super::context::*;
use super::growth::Growth;
use super::tree::*;
use super::types::{GROWS, Ty, TyKind, endless_types, plain_type};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast;

impl Checker<'_> {
    /// Resolves the written types of fields.
    pub fn resolve_fields(&mut self) {
        for index in 0..self.adt_infos.len() {
            let fields = self.adt_infos[index].fields.clone();
            let mut seen: FxHashMap<Symbol, Span> = FxHashMap::default();
            let mut resolved = Vec::with_capacity(fields.len());
            for FieldInfo { decl: field, scope } in fields {
                if let Some(&first) = seen.get(&field.name.name) {
                    self.report_duplicate(field.name, Some(first), "field");
                    self.adt_infos[index].fields.remove(resolved.len());
                    continue;
                }
                seen.insert(field.name.name, field.name.span);
                let (ty, is_own) = match &field.ty.kind {
                    ast::TypeKind::Capability(ast::Capability::Weak, inner) => {
                        let declared = self.ty(inner, &scope);
                        (self.weak_type(declared, self.adts[index].kind, field.ty.span), false)
                    }
                    ast::TypeKind::Capability(ast::Capability::Iso | ast::Capability::Mut, inner) => {
                        (self.ty(inner, &scope), true)
                    }
                    _ => (self.ty(&field.ty, &scope), false),
                };
                resolved.push(Field { name: Some(field.name.name), ty, is_own });
            }
            let name = self.adts[index].name;
            self.adts[index].variants = match self.adts[index].kind {
                AdtKind::Enum => self.resolve_variants(index),
                AdtKind::Struct | AdtKind::Class | AdtKind::Actor => vec![Variant { name, fields: resolved }],
            };
        }
        self.resolve_units();
        self.check_growth();
        self.check_finite();
        self.check_own_fields();
    }

    /// Reports types that hold ever larger ones of themselves, and forgets that they do: whoever went through them would come
    /// to no end.
    fn check_growth(&mut self) {
        let mut growth = Growth::new(self.adts.iter().map(|adt| adt.generics.len()));
        for (owner, adt) in self.adts.iter().enumerate() {
            for field in adt.variants.iter().flat_map(|case| &case.fields) {
                self.types.each_mention(field.ty, &mut |other, args| {
                    growth.mentions(&self.types, owner, other.idx(), args);
                });
            }
        }
        for (owner, others) in growth.endless() {
            let adt = &mut self.adts[owner];
            for field in adt.variants.iter_mut().flat_map(|case| &mut case.fields) {
                field.ty = self.types.map(field.ty, &mut |kind| match kind {
                    TyKind::Adt(other, _) if others.contains(&other.idx()) => Some(Ty::ERROR),
                    _ => None,
                });
            }
            let (name, span) = (adt.name, adt.span);
            self.has_endless_type = true;
            let error = endless_types(self.name(name), span, GROWS);
            self.error(error);
        }
    }

    fn resolve_variants(&mut self, index: usize) -> Vec<Variant> {
        let (variants, scope) = (self.adt_infos[index].variants, self.adt_infos[index].scope.clone());
        let mut seen: FxHashMap<Symbol, Span> = FxHashMap::default();
        let mut resolved = Vec::with_capacity(variants.len());
        for variant in variants {
            let first = seen.insert(variant.name.name, variant.name.span);
            self.report_duplicate(variant.name, first, "case");
            if let Some(value) = &variant.value {
                self.unsupported("a number for a case", value.span);
            }
            let mut fields = Vec::with_capacity(variant.fields.len());
            for field in &variant.fields {
                let ty = self.ty(&field.ty, &scope);
                fields.push(Field { name: field.name.map(|name| name.name), ty, is_own: false });
            }
            resolved.push(Variant { name: variant.name.name, fields });
        }
        resolved
    }

    /// Reports structs and enums whose values must hold others of their type: a depth-first walk over what each value of
    /// a type holds, whatever it is. An enum with a case that holds nothing ends the walk.
    fn check_finite(&mut self) {
        let mut is_open: FxHashMap<Ty, bool> = FxHashMap::default();
        for index in 0..self.adts.len() {
            let params = (0..self.adts[index].generics.len() as u32).map(TyKind::Param);
            let params = params.map(|param| self.types.intern(param)).collect();
            let mut next = Some(self.types.intern(TyKind::Adt(AdtId(index as u32), params)));
            let mut stack: Vec<(Ty, Vec<Ty>)> = Vec::new();
            loop {
                match next.map(|ty| (ty, is_open.get(&ty))) {
                    Some((ty, Some(true))) => {
                        let around = stack.iter().rev().map(|&(ty, _)| ty);
                        let adt = [ty].into_iter().chain(around).find_map(|ty| self.struct_or_enum(ty));
                        adt.into_iter().for_each(|id| self.report_endless(id));
                    }
                    Some((ty, None)) => {
                        is_open.insert(ty, true);
                        let held = self.always_held(ty);
                        self.check_size(self.adts[index].span);
                        stack.push((ty, held));
                    }
                    Some((_, Some(false))) | None => {}
                }
                let Some((ty, held)) = stack.last_mut() else { break };
                next = held.pop();
                if next.is_none() {
                    is_open.insert(*ty, false);
                    stack.pop();
                }
            }
        }
    }

    fn report_endless(&mut self, id: AdtId) {
        let adt = &self.adts[id.idx()];
        let name = self.name(adt.name);
        let help = match adt.kind {
            AdtKind::Enum => "give it a case that holds none of them",
            AdtKind::Struct | AdtKind::Class | AdtKind::Actor => {
                "let it hold none at the end, by a field `T?` or `[T]`, or make it a `class`"
            }
        };
        let error = Diagnostic::error(
            Code::InfiniteType,
            format!("a value of `{name}` would hold another `{name}`, without end"),
        )
        .at(adt.span, "this type holds itself")
        .help(help);
        self.error(error);
    }

    fn struct_or_enum(&self, ty: Ty) -> Option<AdtId> {
        match *self.types.get(ty) {
            TyKind::Adt(id, _) if matches!(self.adts[id.idx()].kind, AdtKind::Struct | AdtKind::Enum) => {
                Some(id)
            }
            _ => None,
        }
    }

    /// The types of which each value of a type holds one in itself, in all of its cases.
    fn always_held(&mut self, ty: Ty) -> Vec<Ty> {
        match self.types.get(ty).clone() {
            TyKind::Tuple(parts, _) => parts,
            TyKind::FixedArray(elem, n) if n > 0 => vec![elem],
            TyKind::Adt(id, args) if self.struct_or_enum(ty).is_some() => {
                let cases = self.adts[id.idx()].variants.iter();
                let cases = cases.map(|case| case.fields.iter().map(|field| field.ty).collect::<Vec<Ty>>());
                let in_all =
                    cases.reduce(|all, case| all.into_iter().filter(|ty| case.contains(ty)).collect());
                let in_all = in_all.unwrap_or_default().into_iter();
                in_all.map(|ty| self.types.substitute(ty, &args)).collect()
            }
            TyKind::Adt(..)
            | TyKind::FixedArray(..)
            | TyKind::Array(_)
            | TyKind::Range(_)
            | TyKind::Ptr(_)
            | TyKind::Vector(..)
            | TyKind::Fn(..)
            | TyKind::Dyn(..)
            | TyKind::Union(_)
            | TyKind::Text
            | TyKind::Any
            | TyKind::Param(_)
            | TyKind::Var(_)
            | plain_type!() => Vec::new(),
        }
    }
}
