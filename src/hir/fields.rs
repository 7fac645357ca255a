//! What types hold: the types of fields, and that no value holds itself.

use rustc_hash::FxHashMap;

use super::context::*;
use super::tree::*;
use super::types::{Ty, TyKind};
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
                let first = seen.insert(field.name.name, field.name.span);
                self.report_duplicate(field.name, first, "field");
                let ty = match &field.ty.kind {
                    ast::TypeKind::Capability(ast::Capability::Weak, inner) => {
                        let declared = self.ty(inner, &scope);
                        self.weak_type(declared, self.adts[index].kind, field.ty.span)
                    }
                    _ => self.ty(&field.ty, &scope),
                };
                resolved.push(Field { name: Some(field.name.name), ty });
            }
            let name = self.adts[index].name;
            self.adts[index].variants = match self.adts[index].kind {
                AdtKind::Enum => self.resolve_variants(index),
                AdtKind::Struct | AdtKind::Class | AdtKind::Actor => vec![Variant { name, fields: resolved }],
            };
        }
        self.resolve_units();
        self.check_finite();
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
                fields.push(Field { name: field.name.map(|name| name.name), ty });
            }
            resolved.push(Variant { name: variant.name.name, fields });
        }
        resolved
    }

    /// Reports structs and enums that would hold themselves: a depth-first walk over what holds what.
    fn check_finite(&mut self) {
        #[derive(Clone, Copy, PartialEq)]
        enum Mark {
            New,
            Open,
            Done,
        }
        let mut marks = vec![Mark::New; self.adts.len()];
        let mut stack: Vec<(AdtId, Vec<AdtId>)> = Vec::new();
        for index in 0..self.adts.len() {
            if marks[index] == Mark::New {
                marks[index] = Mark::Open;
                stack.push((AdtId(index as u32), self.held_by(AdtId(index as u32))));
            }
            while let Some((id, held)) = stack.last_mut() {
                let Some(next) = held.pop() else {
                    marks[id.idx()] = Mark::Done;
                    stack.pop();
                    continue;
                };
                match marks[next.idx()] {
                    Mark::Done => {}
                    Mark::New => {
                        marks[next.idx()] = Mark::Open;
                        stack.push((next, self.held_by(next)));
                    }
                    Mark::Open => {
                        let adt = &self.adts[next.idx()];
                        let name = self.name(adt.name);
                        let error = Diagnostic::error(
                            Code::InfiniteType,
                            format!("a value of `{name}` would hold another `{name}`, without end"),
                        )
                        .at(adt.span, "this type holds itself")
                        .help("hold it in an array `[T]`, or make it a `class`");
                        self.error(error);
                    }
                }
            }
        }
    }

    fn held_by(&self, id: AdtId) -> Vec<AdtId> {
        let mut held = Vec::new();
        let adt = &self.adts[id.idx()];
        if matches!(adt.kind, AdtKind::Struct | AdtKind::Enum) {
            adt.variants.iter().flat_map(|v| &v.fields).for_each(|field| self.held_adts(field.ty, &mut held));
        }
        held
    }

    /// The structs and enums whose values lie inside a value of the type.
    fn held_adts(&self, ty: Ty, out: &mut Vec<AdtId>) {
        match self.types.get(ty) {
            // What they hold is in arrays.
            TyKind::Adt(id, _) if self.is_dict_or_set(*id) => {}
            TyKind::Adt(id, args) => {
                if self.adts[id.idx()].kind != AdtKind::Class && !out.contains(id) {
                    out.push(*id);
                }
                args.iter().for_each(|&arg| self.held_adts(arg, out));
            }
            TyKind::Tuple(parts, _) => parts.iter().for_each(|&part| self.held_adts(part, out)),
            TyKind::FixedArray(elem, _) => self.held_adts(*elem, out),
            _ => {}
        }
    }
}
