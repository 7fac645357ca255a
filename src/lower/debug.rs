//! What debug information says of variables: where they are, which part of the source knows them, and their types as the
//! source has them.
//!
//! Without optimisation every variable with a name has a slot, as C compilers do it, so that a debugger finds it wherever
//! it is known; then parameters are copied to slots, too. With optimisation variables stay where they are.

use crate::diagnostics::Span;
use crate::hir::{self, AdtKind, LocalId, TyKind, plain_type};
use crate::mir::{Alias, CoreOp, EnumDef, Module, Reg, SlotId, StructDef, Ty, TypeData};

use super::Context;
use super::function::{FnLowerer, Storage};
use super::types::Rep;

/// Whether the variables of the program are described, and where they are then.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Variables {
    /// Nothing is said of them.
    #[default]
    Silent,
    /// In slots, all of them.
    InSlots,
    /// Where they are best.
    InPlace,
}

impl FnLowerer<'_, '_> {
    /// Begins the description of the function's variables: it is one of the program itself.
    pub fn describe_variables(&mut self, first_local: usize) {
        self.variables = self.cx.variables;
        let Some(body) = self.body else { return };
        self.scope_end = body.value.span.end;
        if self.variables == Variables::InSlots {
            let locals = (0..body.locals.len()).map(|i| LocalId(i as u32));
            self.in_memory.extend(locals.skip(first_local));
        }
    }

    /// Describes a variable in a slot, which is known from a place on to the end of its block.
    pub fn describe_slot(&mut self, local: LocalId, slot: SlotId, from: u32) {
        let Some((name, span)) = self.described(local, from) else { return };
        let ty = self.local_ty(local);
        let ty = self.cx.debug_type(self.b.module, ty);
        self.describe(span, CoreOp::DebugDeclare { slot, name, ty, param: 0 });
    }

    /// Describes a variable in a register.
    pub fn describe_reg(&mut self, local: LocalId, value: Reg, from: u32) {
        let Some((name, span)) = self.described(local, from) else { return };
        let ty = self.local_ty(local);
        let ty = self.cx.debug_type(self.b.module, ty);
        self.describe(span, CoreOp::DebugValue { value, name, ty, param: 0 });
    }

    /// Describes what a function is given in a register, as the parameter of a number from 1, or as captured.
    pub fn describe_param(&mut self, local: LocalId, param: u32) {
        let (Storage::Reg(value) | Storage::Addr(value), Some(body)) = (self.storage[local.idx()], self.body)
        else {
            return;
        };
        let from = self.b.span().start.min(body.value.span.start);
        let Some((name, span)) = self.described(local, from) else { return };
        let ty = self.local_ty(local);
        let mut ty = self.cx.debug_type(self.b.module, ty);
        if matches!(self.storage[local.idx()], Storage::Addr(_)) {
            ty = self.b.module.types.intern(TypeData::Ref(ty));
        }
        if self.variables == Variables::InPlace {
            return self.describe(span, CoreOp::DebugValue { value, name, ty, param });
        }
        let reg_ty = self.b.func.ty(value);
        let slot = self.b.slot(reg_ty);
        self.b.func.slots[slot.idx()].name = Some(name);
        // Code without a place is what a debugger passes over when it stops at the begin of a function.
        let here = self.b.span();
        self.b.at(Span::NONE);
        let addr = self.b.slot_addr(slot);
        self.b.store(value, addr, Alias::Any);
        self.b.at(here);
        self.describe(span, CoreOp::DebugDeclare { slot, name, ty, param });
    }

    /// The name of a variable that is to be described, and the part of the source that knows it.
    fn described(&mut self, local: LocalId, from: u32) -> Option<(crate::mir::StrId, Span)> {
        if self.variables == Variables::Silent {
            return None;
        }
        let name = self.name_of(local)?;
        let file = self.body?.locals[local.idx()].span.file;
        Some((name, Span::new(file, from, self.scope_end.max(from))))
    }

    fn describe(&mut self, span: Span, op: CoreOp) {
        let here = self.b.span();
        self.b.push_at(span, None, op);
        self.b.at(here);
    }
}

impl Context<'_> {
    /// A type as the source has it: laid out as the stored one, and saying what is behind addresses.
    pub fn debug_type(&mut self, module: &mut Module, ty: hir::Ty) -> Ty {
        if let Some(&known) = self.debug_types.get(&ty) {
            return known;
        }
        let made = match self.types.get(ty).clone() {
            TyKind::Text => Ty::TEXT,
            TyKind::Array(elem) => {
                let elem = self.debug_type(module, elem);
                module.types.intern(TypeData::Array(elem))
            }
            TyKind::FixedArray(elem, n) => {
                let elem = self.debug_type(module, elem);
                module.types.intern(TypeData::FixedArray(elem, n))
            }
            TyKind::Tuple(parts, _) => {
                let parts = parts.into_iter().map(|part| self.debug_type(module, part)).collect();
                module.types.tuple(parts)
            }
            TyKind::Adt(id, _) => return self.debug_adt(module, ty, id),
            plain_type!()
            | TyKind::Range(_)
            | TyKind::Fn(..)
            | TyKind::Ptr(_)
            | TyKind::Dyn(..)
            | TyKind::Union(_)
            | TyKind::Any
            | TyKind::Vector(..)
            | TyKind::Param(_)
            | TyKind::Var(_) => self.stored_type(module, ty),
        };
        self.debug_types.insert(ty, made);
        made
    }

    /// The stored type with the types of its fields exchanged. It is known before its fields are, which may refer to it.
    fn debug_adt(&mut self, module: &mut Module, ty: hir::Ty, id: hir::AdtId) -> Ty {
        let rep = self.rep(module, ty);
        if let Rep::Nullable(_) = rep {
            let object = self.object_of(ty, rep);
            return if self.is_class(object) { self.debug_type(module, object) } else { Ty::PTR };
        }
        let kind = self.program.adts[id.idx()].kind;
        if self.is_node(ty) {
            return Ty::PTR;
        }
        let mut name = String::from("debug::");
        self.write_type(&mut name, ty);
        let stored = match kind {
            AdtKind::Struct | AdtKind::Enum => self.stored_type(module, ty),
            AdtKind::Class => self.instance_type(module, ty),
            AdtKind::Actor => return Ty::PTR,
        };
        match *module.types.get(stored) {
            TypeData::Struct(stored) => {
                let made = module.types.add_struct(StructDef { name, fields: Vec::new() });
                let mut known = module.types.intern(TypeData::Struct(made));
                if kind == AdtKind::Class {
                    known = module.types.intern(TypeData::Ref(known));
                }
                self.debug_types.insert(ty, known);
                let mut fields = module.types.struct_def(stored).fields.clone();
                let types = self.field_types(ty, 0);
                // An instance's count and cell are before its own fields.
                let head = fields.len() - types.len();
                for (field, ty) in fields[head..].iter_mut().zip(types) {
                    field.1 = self.debug_type(module, ty);
                }
                module.types.struct_def_mut(made).fields = fields;
                known
            }
            TypeData::Enum(stored) => {
                let made = module.types.add_enum(EnumDef { name, variants: Vec::new() });
                let known = module.types.intern(TypeData::Enum(made));
                self.debug_types.insert(ty, known);
                let mut variants = module.types.enum_def(stored).variants.clone();
                for (i, variant) in variants.iter_mut().enumerate() {
                    let types = self.field_types(ty, i as u32);
                    variant.1 = types.into_iter().map(|ty| self.debug_type(module, ty)).collect();
                }
                module.types.enum_def_mut(made).variants = variants;
                known
            }
            _ => stored,
        }
    }
}
