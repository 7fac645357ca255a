//! Instances of classes: counted heap objects of fields.

use crate::diagnostics::Span;
use crate::hir::{self, Expr};
use crate::mir::{Alias, Global, GlobalId, Init, Linkage, Module, Reg, Ty, TypeData};
use crate::runtime::object;

use super::Context;
use super::access::is_simple;
use super::function::{Dest, FnLowerer, Operand};

impl Context<'_> {
    /// The lists of free blocks for instances: a variable of the allocator, all null when the program starts.
    pub fn free_blocks(&mut self, module: &mut Module) -> GlobalId {
        if let Some(known) = self.free_blocks {
            return known;
        }
        let ty = module.types.intern(TypeData::FixedArray(Ty::PTR, object::FREE_LISTS));
        let known = object::object_global(module, "rt::free_blocks".to_string(), ty, Init::Zero);
        self.free_blocks = Some(known);
        known
    }

    /// Where the innermost call is kept that has not returned: null in programs that keep no account of their calls.
    pub fn calls(&mut self, module: &mut Module) -> GlobalId {
        *self.calls.get_or_insert_with(|| {
            object::object_global(module, object::CALLS.to_string(), Ty::PTR, Init::Zero)
        })
    }

    /// The C library's variable that leads to the environment.
    pub fn environ(&mut self, module: &mut Module) -> GlobalId {
        const NAME: &str = "environ";
        let known = module.globals.iter().position(|global| global.name == NAME && global.init.is_none());
        known.map(|index| GlobalId(index as u32)).unwrap_or_else(|| {
            module.add_global(Global {
                name: NAME.to_owned(),
                ty: Ty::PTR,
                init: None,
                constant: false,
                thread_local: false,
                linkage: Linkage::Extern,
                span: Span::NONE,
            })
        })
    }
}

impl<'p> FnLowerer<'_, 'p> {
    /// A new instance of all its fields in the order of evaluation. They are evaluated before it is made, so that none is
    /// ever seen half done, nor lost by a jump out of the middle.
    pub fn instance(&mut self, parts: &'p [(u32, Expr)], ty: hir::Ty, dest: Dest) {
        let parts = parts.iter().map(|(index, part)| (*index, part));
        let Some(values) = self.evaluated(parts) else { return };
        let instance = self.cx.instance_type(self.b.module, ty);
        let size = self.b.size_of(instance);
        let raw = self.call_lang_value("instance_new", Vec::new(), &[size]);
        if self.cx.is_weakly_held(ty) {
            let (cell, none) = (self.cell_of(raw, ty), self.b.zero(Ty::PTR));
            self.b.store(none, cell, Alias::Any);
        }
        for (index, value, part_ty) in values {
            let field = self.field_of(raw, ty, index);
            self.store(value, part_ty, field, Alias::Field);
        }
        self.put(Operand::reg(raw), ty, dest);
    }

    /// The values of numbered parts, in turn, for an object that is made of them; `None` where the code behind is dead.
    pub fn evaluated(
        &mut self,
        parts: impl Iterator<Item = (u32, &'p Expr)> + Clone,
    ) -> Option<Vec<(u32, Operand, hir::Ty)>> {
        let depth = self.pending.len();
        let mut values = Vec::new();
        let mut rest = parts;
        while let Some((index, part)) = rest.next() {
            let part_ty = self.subst(part.ty);
            let value = self.consumed(part);
            if self.is_dead() {
                self.pending.truncate(depth);
                return None;
            }
            let rest_is_simple = rest.clone().all(|(_, part)| is_simple(part));
            let value = if rest_is_simple { value } else { self.stable(value, part_ty) };
            self.hold(value, part_ty);
            values.push((index, value, part_ty));
        }
        self.pending.truncate(depth);
        Some(values)
    }

    /// Gives the memory of an instance back.
    pub fn free_instance(&mut self, raw: Reg, ty: hir::Ty) {
        let instance = self.cx.instance_type(self.b.module, ty);
        let size = self.b.size_of(instance);
        self.call_lang("instance_free", Vec::new(), &[raw, size]);
    }

    /// The address of a field of an instance.
    pub fn field_of(&mut self, raw: Reg, ty: hir::Ty, index: u32) -> Reg {
        let instance = self.cx.instance_type(self.b.module, ty);
        let before = u32::from(self.cx.is_weakly_held(ty));
        self.b.field_addr(raw, instance, object::FIELDS + before + index)
    }

    /// The address of an instance's reference to its cell for weak fields.
    pub fn cell_of(&mut self, raw: Reg, ty: hir::Ty) -> Reg {
        let instance = self.cx.instance_type(self.b.module, ty);
        self.b.field_addr(raw, instance, object::CELL)
    }
}
