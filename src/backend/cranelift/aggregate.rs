//! Structs, tuples, fixed arrays, enums: each register of one is a stack slot, read and written by offset.

use cranelift_codegen::ir::types;

use super::memory::Addr;
use super::translate::{Place, Translator};
use crate::mir::{EnumId, Reg, RegList, Ty, TypeData};

impl Translator<'_, '_> {
    /// A struct, tuple or fixed array of fields.
    pub fn agg_make(&mut self, dst: Option<Reg>, fields: RegList) {
        let Some(dst) = dst else { return };
        let Place::Slot(slot, _) = self.place(dst) else { return };
        let (ty, func) = (self.ty(dst), self.func);
        for (i, &field) in fields.of(&func.pool).iter().enumerate() {
            let at = self.layouts.field_offset(ty, i as u32);
            self.store_reg(field, Addr::slot(slot).plus(at));
        }
    }

    /// One field.
    pub fn agg_get(&mut self, dst: Option<Reg>, agg: Reg, index: u32) {
        if let Place::Slot(slot, _) = self.place(agg) {
            let at = self.layouts.field_offset(self.ty(agg), index);
            self.load_reg(dst, Addr::slot(slot).plus(at));
        }
    }

    /// A copy with one field replaced.
    pub fn agg_set(&mut self, dst: Option<Reg>, agg: Reg, index: u32, value: Reg) {
        self.mov(dst, agg);
        if let Some(Place::Slot(slot, _)) = dst.map(|dst| self.place(dst)) {
            let at = self.layouts.field_offset(self.ty(agg), index);
            self.store_reg(value, Addr::slot(slot).plus(at));
        }
    }

    /// An enum value.
    pub fn enum_make(&mut self, dst: Option<Reg>, variant: u32, payload: RegList) {
        let Some(dst) = dst else { return };
        let Place::Slot(slot, _) = self.place(dst) else { return };
        let tag = self.iconst(types::I32, u64::from(variant));
        self.store_scalar(tag, Addr::slot(slot));
        let Some(id) = self.enum_id(self.ty(dst)) else { return };
        let func = self.func;
        for (i, &field) in payload.of(&func.pool).iter().enumerate() {
            let at = self.layouts.variant_field_offset(id, variant, i as u32);
            self.store_reg(field, Addr::slot(slot).plus(at));
        }
    }

    /// The tag.
    pub fn enum_tag(&mut self, dst: Option<Reg>, value: Reg) {
        if let Place::Slot(slot, _) = self.place(value) {
            self.load_reg(dst, Addr::slot(slot));
        }
    }

    /// One payload field.
    pub fn enum_payload(&mut self, dst: Option<Reg>, value: Reg, variant: u32, field: u32) {
        let (Place::Slot(slot, _), Some(id)) = (self.place(value), self.enum_id(self.ty(value))) else {
            return;
        };
        let at = self.layouts.variant_field_offset(id, variant, field);
        self.load_reg(dst, Addr::slot(slot).plus(at));
    }

    /// Address of a payload field.
    pub fn variant_addr(&mut self, dst: Option<Reg>, base: Reg, ty: Ty, variant: u32, field: u32) {
        if let Some(id) = self.enum_id(ty) {
            let at = self.layouts.variant_field_offset(id, variant, field);
            self.offset_addr(dst, base, at);
        }
    }

    fn enum_id(&self, ty: Ty) -> Option<EnumId> {
        if let TypeData::Enum(id) = *self.types.get(ty) { Some(id) } else { None }
    }
}
