//! How HIR types are represented in MIR, and their names in symbols.
//!
//! What a counted register points to begins with its reference count (`runtime/object.rs`). Of a class it is a struct of
//! the count and the fields, the *instance*: [`Context::instance_type`]. An enum of a case with one counted value and one
//! with nothing, as an optional class instance, array or text is, needs no tag: null is the case with nothing. An enum that
//! would hold itself is counted, too ([`nodes`](super::nodes)).

use std::fmt::Write;

use crate::hir::{self, AdtId, AdtKind, IntTy, TyKind, plain_type};
use crate::mir::{self, EnumDef, Module, StructDef, TypeData};
use crate::syntax::Symbol;

use super::Context;

/// How values of a type are held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rep {
    /// Not at all.
    Unit,
    /// In a register of this type.
    Scalar(mir::Ty),
    /// In a pointer register: the address of a reference-counted heap object, never null.
    Counted,
    /// In a pointer register: the same for an enum's case of this number, and null for its other case.
    Nullable(u32),
    /// In memory of this type, by address.
    Memory(mir::Ty),
}

impl Rep {
    /// The type of a register that holds the value or its address; `None` for unit.
    pub fn reg_ty(self) -> Option<mir::Ty> {
        match self {
            Rep::Unit => None,
            Rep::Scalar(ty) => Some(ty),
            Rep::Counted | Rep::Nullable(_) | Rep::Memory(_) => Some(mir::Ty::PTR),
        }
    }
}

impl<'p> Context<'p> {
    /// How values of a concrete type are held.
    pub fn rep(&mut self, module: &mut Module, ty: hir::Ty) -> Rep {
        if let Some(&rep) = self.reps.get(&ty) {
            return rep;
        }
        let rep = match self.types.get(ty).clone() {
            TyKind::Unit | TyKind::Never | TyKind::Error => Rep::Unit,
            TyKind::Bool => Rep::Scalar(mir::Ty::BOOL),
            TyKind::Char => Rep::Scalar(mir::Ty::U32),
            TyKind::Int(int) => Rep::Scalar(int_type(int)),
            TyKind::F32 => Rep::Scalar(mir::Ty::F32),
            TyKind::F64 => Rep::Scalar(mir::Ty::F64),
            TyKind::Ptr(_) => Rep::Scalar(mir::Ty::PTR),
            TyKind::Text
            | TyKind::Array(_)
            | TyKind::Fn(..)
            | TyKind::Dyn(..)
            | TyKind::Union(_)
            | TyKind::Any => Rep::Counted,
            TyKind::Tuple(parts, _) => {
                let parts = parts.into_iter().map(|p| self.stored_type(module, p)).collect();
                Rep::Memory(module.types.tuple(parts))
            }
            TyKind::Range(elem) => {
                let elem = self.stored_type(module, elem);
                Rep::Memory(module.types.tuple(vec![elem, elem]))
            }
            TyKind::FixedArray(elem, n) => {
                let elem = self.stored_type(module, elem);
                Rep::Memory(module.types.intern(TypeData::FixedArray(elem, n)))
            }
            TyKind::Vector(n, elem) => {
                let elem = self.stored_type(module, elem);
                Rep::Scalar(module.types.intern(TypeData::Vector(elem, n)))
            }
            TyKind::Adt(id, args) => match self.program.adts[id.idx()].kind {
                AdtKind::Enum if self.is_node(ty) => Rep::Counted,
                AdtKind::Struct | AdtKind::Enum => match self.nullable_case(module, ty) {
                    Some(case) => Rep::Nullable(case),
                    None => Rep::Memory(self.adt_type(module, ty, id, &args)),
                },
                AdtKind::Class | AdtKind::Actor => Rep::Counted,
            },
            TyKind::Param(_) | TyKind::Var(_) => {
                self.internal("a type parameter reached code generation");
                Rep::Unit
            }
        };
        self.reps.insert(ty, rep);
        rep
    }

    /// The MIR type of a value in memory; of unit, the empty tuple.
    pub fn stored_type(&mut self, module: &mut Module, ty: hir::Ty) -> mir::Ty {
        match self.rep(module, ty) {
            Rep::Unit => module.types.tuple(Vec::new()),
            Rep::Scalar(ty) | Rep::Memory(ty) => ty,
            Rep::Counted | Rep::Nullable(_) => mir::Ty::PTR,
        }
    }

    /// The case of an enum that is held as an address, when null can stand for the only other case.
    fn nullable_case(&mut self, module: &mut Module, ty: hir::Ty) -> Option<u32> {
        let TyKind::Adt(id, _) = *self.types.get(ty) else { return None };
        if self.program.adts[id.idx()].kind != AdtKind::Enum
            || self.program.adts[id.idx()].variants.len() != 2
        {
            return None;
        }
        let case = match (&self.field_types(ty, 0)[..], &self.field_types(ty, 1)[..]) {
            ([_], []) => 0,
            ([], [_]) => 1,
            _ => return None,
        };
        let payload = self.field_types(ty, case)[0];
        (self.rep(module, payload) == Rep::Counted).then_some(case)
    }

    /// The type whose heap object the register of a counted or nullable value points to.
    pub fn object_of(&mut self, ty: hir::Ty, rep: Rep) -> hir::Ty {
        match rep {
            Rep::Nullable(case) => self.field_types(ty, case)[0],
            Rep::Unit | Rep::Scalar(_) | Rep::Counted | Rep::Memory(_) => ty,
        }
    }

    /// Whether values of a type are references to fields.
    pub fn is_class(&self, ty: hir::Ty) -> bool {
        match self.types.get(ty) {
            TyKind::Adt(id, _) => self.program.adts[id.idx()].kind == AdtKind::Class,
            _ => false,
        }
    }

    /// Whether a type is an `Option`.
    pub fn is_option(&self, ty: hir::Ty) -> bool {
        matches!(self.types.get(ty), TyKind::Adt(id, _) if Some(*id) == self.program.option)
    }

    /// Whether some weak field holds a class's instances.
    pub fn is_weakly_held(&self, ty: hir::Ty) -> bool {
        match self.types.get(ty) {
            TyKind::Adt(id, _) => self.program.adts[id.idx()].is_weakly_held,
            _ => false,
        }
    }

    /// The type of a class's heap objects.
    pub fn instance_type(&mut self, module: &mut Module, ty: hir::Ty) -> mir::Ty {
        if let Some(&known) = self.instance_types.get(&ty) {
            return known;
        }
        let TyKind::Adt(id, args) = self.types.get(ty).clone() else { return mir::Ty::PTR };
        let mut head = vec![("rt.count".to_string(), mir::Ty::ISIZE)];
        if self.is_weakly_held(ty) {
            head.push(("rt.cell".to_string(), mir::Ty::PTR));
        }
        let instance = self.struct_type(module, ty, id, &args, &head);
        self.instance_types.insert(ty, instance);
        instance
    }

    fn adt_type(&mut self, module: &mut Module, ty: hir::Ty, id: AdtId, args: &[hir::Ty]) -> mir::Ty {
        let program = self.program;
        let adt = &program.adts[id.idx()];
        if adt.kind != AdtKind::Enum {
            return self.struct_type(module, ty, id, args, &[]);
        }
        let mut name = String::new();
        self.write_type(&mut name, ty);
        let mut variants = Vec::with_capacity(adt.variants.len());
        for variant in &adt.variants {
            let fields = self.stored_fields(module, variant, args);
            variants.push((self.interner.get(variant.name).to_string(), fields));
        }
        let id = module.types.add_enum(EnumDef { name, variants });
        module.types.intern(TypeData::Enum(id))
    }

    /// The struct of a type's fields behind others.
    fn struct_type(
        &mut self,
        module: &mut Module,
        ty: hir::Ty,
        id: AdtId,
        args: &[hir::Ty],
        head: &[(String, mir::Ty)],
    ) -> mir::Ty {
        let program = self.program;
        let variant = &program.adts[id.idx()].variants[0];
        let types = self.stored_fields(module, variant, args);
        let names = variant.fields.iter().map(|f| f.name.map_or("", |n| self.interner.get(n)).to_string());
        let fields = head.iter().cloned().chain(names.zip(types)).collect();
        let mut name = String::new();
        self.write_type(&mut name, ty);
        let id = module.types.add_struct(StructDef { name, fields });
        module.types.intern(TypeData::Struct(id))
    }

    fn stored_fields(
        &mut self,
        module: &mut Module,
        variant: &hir::Variant,
        args: &[hir::Ty],
    ) -> Vec<mir::Ty> {
        let fields = variant.fields.iter();
        fields
            .map(|f| {
                let ty = self.types.substitute(f.ty, args);
                self.stored_type(module, ty)
            })
            .collect()
    }

    /// The type that the program declares, of one of the runtime that holds it: what a mistake is about.
    fn of_program(&self, id: AdtId, args: &[hir::Ty]) -> &'p hir::Adt {
        let program = self.program;
        let adt = &program.adts[id.idx()];
        match args.first().map(|&ty| self.types.get(ty)) {
            Some(TyKind::Adt(inner, args)) if self.is_of_runtime(&adt.path) => self.of_program(*inner, args),
            _ => adt,
        }
    }

    /// Types of the fields of a variant of a concrete struct, class, enum, tuple or range; empty for other types.
    pub fn field_types(&mut self, ty: hir::Ty, variant: u32) -> Vec<hir::Ty> {
        match self.types.get(ty).clone() {
            TyKind::Tuple(parts, _) => parts,
            TyKind::Range(elem) => vec![elem, elem],
            TyKind::Adt(id, args) => {
                let program = self.program;
                let adt = &program.adts[id.idx()];
                let fields = adt.variants[variant as usize].fields.iter();
                let types = fields.map(|f| self.types.substitute(f.ty, &args)).collect();
                let adt = self.of_program(id, &args);
                self.bounded(types, &adt.path, adt.name, adt.span)
            }
            plain_type!()
            | TyKind::Text
            | TyKind::FixedArray(..)
            | TyKind::Array(_)
            | TyKind::Fn(..)
            | TyKind::Ptr(_)
            | TyKind::Dyn(..)
            | TyKind::Union(_)
            | TyKind::Any
            | TyKind::Vector(..)
            | TyKind::Param(_)
            | TyKind::Var(_) => Vec::new(),
        }
    }

    /// Whether copies of values of a type are counted, so that they must be dropped.
    pub fn needs_drop(&mut self, ty: hir::Ty) -> bool {
        if let Some(&known) = self.drops.get(&ty) {
            return known;
        }
        let needs = match self.types.get(ty).clone() {
            plain_type!()
            | TyKind::Ptr(_)
            | TyKind::Range(_)
            | TyKind::Vector(..)
            | TyKind::Param(_)
            | TyKind::Var(_) => false,
            TyKind::Text
            | TyKind::Array(_)
            | TyKind::Fn(..)
            | TyKind::Dyn(..)
            | TyKind::Union(_)
            | TyKind::Any => true,
            TyKind::FixedArray(elem, n) => n > 0 && self.needs_drop(elem),
            TyKind::Tuple(parts, _) => parts.into_iter().any(|p| self.needs_drop(p)),
            TyKind::Adt(id, _) => {
                let is_node = self.is_node(ty);
                let adt = &self.program.adts[id.idx()];
                match adt.kind {
                    AdtKind::Enum if is_node => true,
                    AdtKind::Class | AdtKind::Actor => true,
                    AdtKind::Struct | AdtKind::Enum => (0..adt.variants.len() as u32)
                        .any(|v| self.field_types(ty, v).into_iter().any(|f| self.needs_drop(f))),
                }
            }
        };
        self.drops.insert(ty, needs);
        needs
    }

    /// Appends the name of a type as symbols spell it: as written, with the modules of named types.
    pub fn write_type(&self, out: &mut String, ty: hir::Ty) {
        match self.types.get(ty) {
            plain_type!() | TyKind::Text | TyKind::Any => out.extend(ty.word()),
            TyKind::Tuple(parts, labels) => {
                out.push('(');
                for (i, &part) in parts.iter().enumerate() {
                    out.push_str(if i > 0 { ", " } else { "" });
                    if let Some(labels) = labels {
                        out.push_str(self.interner.get(labels[i]));
                        out.push_str(": ");
                    }
                    self.write_type(out, part);
                }
                out.push(')');
            }
            TyKind::FixedArray(elem, n) => {
                out.push('[');
                self.write_type(out, *elem);
                write!(out, "; {n}]").expect("writing to a string");
            }
            TyKind::Array(elem) => self.write_list(out, "[", &[*elem], "]"),
            TyKind::Range(elem) => self.write_list(out, "Range<", &[*elem], ">"),
            TyKind::Ptr(to) => self.write_list(out, "ptr<", &[*to], ">"),
            TyKind::Adt(id, args) => {
                let adt = &self.program.adts[id.idx()];
                self.write_path(out, &adt.path, adt.name);
                self.write_args(out, args);
            }
            TyKind::Fn(params, ret) => {
                self.write_list(out, "fn(", params, ") -> ");
                self.write_type(out, *ret);
            }
            TyKind::Dyn(id, args) => {
                out.push_str("dyn ");
                out.push_str(self.interner.get(self.program.traits[id.idx()].name));
                self.write_args(out, args);
            }
            TyKind::Union(parts) => {
                for (i, &part) in parts.iter().enumerate() {
                    out.push_str(if i > 0 { " | " } else { "" });
                    self.write_type(out, part);
                }
            }
            TyKind::Vector(n, elem) => {
                write!(out, "vec[{n}, ").expect("writing to a string");
                self.write_type(out, *elem);
                out.push(']');
            }
            TyKind::Param(i) | TyKind::Var(i) => write!(out, "${i}").expect("writing to a string"),
        }
    }

    /// Appends `<A, B>`, or nothing for no arguments.
    pub fn write_args(&self, out: &mut String, args: &[hir::Ty]) {
        if !args.is_empty() {
            self.write_list(out, "<", args, ">");
        }
    }

    /// Appends `a::b::name`; the main module is `main`, so that no symbol is ever a C one.
    pub fn write_path(&self, out: &mut String, path: &[Symbol], name: Symbol) {
        if path.is_empty() {
            out.push_str("main::");
        }
        for &part in path {
            out.push_str(self.interner.get(part));
            out.push_str("::");
        }
        out.push_str(self.interner.get(name));
    }

    fn write_list(&self, out: &mut String, open: &str, types: &[hir::Ty], close: &str) {
        out.push_str(open);
        for (i, &ty) in types.iter().enumerate() {
            out.push_str(if i > 0 { ", " } else { "" });
            self.write_type(out, ty);
        }
        out.push_str(close);
    }
}

/// The MIR type of a built-in integer.
pub fn int_type(int: IntTy) -> mir::Ty {
    match int {
        IntTy::I8 => mir::Ty::I8,
        IntTy::I16 => mir::Ty::I16,
        IntTy::I32 => mir::Ty::I32,
        IntTy::I64 => mir::Ty::I64,
        IntTy::Isize => mir::Ty::ISIZE,
        IntTy::U8 => mir::Ty::U8,
        IntTy::U16 => mir::Ty::U16,
        IntTy::U32 => mir::Ty::U32,
        IntTy::U64 => mir::Ty::U64,
        IntTy::Usize => mir::Ty::USIZE,
    }
}
