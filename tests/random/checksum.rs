//! From values of all types to one number.

use simplec::mir::*;

use super::body::Body;

/// Bits of both kinds, so that even zeros change the sum.
const START: i64 = 0x1e37_79b9_7f4a_7c15;

impl Body<'_, '_> {
    /// The value; one fixed NaN in place of all.
    pub fn canonical(&mut self, reg: Reg) -> Reg {
        let [f32, f64] = self.world.canonical;
        let func = match self.ty(reg) {
            Ty::F32 => f32,
            Ty::F64 => f64,
            _ => return reg,
        };
        let args = self.b.list(&[reg]);
        self.b.call(func, args).expect("a float comes back")
    }

    /// A number of a value.
    fn number(&mut self, reg: Reg) -> Reg {
        let ty = self.ty(reg);
        if let Some(&(_, func)) = self.world.hashes.iter().find(|hash| hash.0 == ty) {
            let args = self.b.list(&[reg]);
            return self.b.call(func, args).expect("a number comes back");
        }
        self.number_of_parts(reg)
    }

    /// A number of a value, without a call of the function that would do just that.
    pub fn number_of_parts(&mut self, reg: Reg) -> Reg {
        let ty = self.ty(reg);
        match self.data(ty) {
            TypeData::Bool => self.b.extend(Ty::U64, reg),
            TypeData::Int { .. } | TypeData::Usize | TypeData::Isize => self.b.resize(Ty::U64, reg),
            TypeData::F32 | TypeData::F64 => {
                let reg = self.canonical(reg);
                let bits = if ty == Ty::F32 { Ty::U32 } else { Ty::U64 };
                let bits = self.b.bitcast(bits, reg);
                self.b.resize(Ty::U64, bits)
            }
            TypeData::Struct(_) | TypeData::Tuple(_) | TypeData::FixedArray(..) => {
                let count = self.b.module.types.field_count(ty).unwrap_or(0) as u32;
                let mut sum = self.b.int(Ty::U64, START + i64::from(count));
                for index in 0..count {
                    if let Some(field) = self.b.module.types.field(ty, index) {
                        let part = self.b.agg_get(field, reg, index);
                        sum = self.mix(sum, part);
                    }
                }
                sum
            }
            TypeData::Enum(id) => {
                let variants = self.b.module.types.enum_def(id).variants.clone();
                let tag = self.b.enum_tag(reg);
                let sum = self.b.resize(Ty::U64, tag);
                let blocks: Vec<Block> = variants.iter().map(|_| self.b.block()).collect();
                let join = self.b.block();
                let cases: Vec<(u64, Block)> =
                    blocks.iter().enumerate().map(|(i, &block)| (i as u64, block)).collect();
                let impossible = self.b.block();
                self.b.switch(tag, &cases, impossible);
                self.b.switch_to(impossible);
                self.b.terminate(Terminator::Unreachable);
                for (variant, (&block, (_, payload))) in blocks.iter().zip(&variants).enumerate() {
                    self.b.switch_to(block);
                    let mut mixed = sum;
                    for (field, &ty) in payload.iter().enumerate() {
                        let part = self.b.enum_payload(ty, reg, variant as u32, field as u32);
                        mixed = self.mix(mixed, part);
                    }
                    self.b.assign(sum, mixed);
                    self.b.goto(join);
                }
                self.b.switch_to(join);
                sum
            }
            TypeData::Unit
            | TypeData::Never
            | TypeData::Ptr
            | TypeData::Array(_)
            | TypeData::Dict(..)
            | TypeData::Text
            | TypeData::Range(_)
            | TypeData::Ref(_)
            | TypeData::Vector(..) => unreachable!("values of this type are not in scope"),
        }
    }

    /// A sum with one value more.
    pub fn mix(&mut self, sum: Reg, value: Reg) -> Reg {
        let value = self.number(value);
        let mixed = self.b.xor(sum, value);
        self.b.rotate_left(mixed, sum)
    }

    /// The number of what is in scope, and of the globals.
    pub fn checksum(&mut self) -> Reg {
        let start = self.b.int(Ty::U64, START);
        let mut sum = self.with_scope(start);
        for i in 0..self.world.globals.len() {
            let global = self.world.globals[i];
            let at = self.b.global_addr(global.id);
            let value = self.b.load(global.ty, at, Alias::Global);
            sum = self.mix(sum, value);
        }
        sum
    }

    /// A sum with what is in scope, the latest first.
    fn with_scope(&mut self, mut sum: Reg) -> Reg {
        let regs: Vec<Reg> = self.regs.iter().rev().take(32).copied().collect();
        for reg in regs {
            sum = self.mix(sum, reg);
        }
        sum
    }

    /// Adds what is in scope to the program's trace, so that it counts even though the function does not return it.
    pub fn trace(&mut self) {
        let at = self.b.global_addr(self.world.globals[0].id);
        let before = self.b.load(Ty::U64, at, Alias::Global);
        let after = self.with_scope(before);
        self.b.store(after, at, Alias::Global);
    }
}
