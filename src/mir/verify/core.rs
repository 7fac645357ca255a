//! Invariants of single core operations, beyond what the op table states.

use super::func::Body;
use crate::diagnostics::Code;
use crate::mir::*;

impl<'m> Body<'_, 'm> {
    /// Invariants 15 to 19; classes and result rules hold.
    pub(super) fn core(&mut self, op: CoreOp, dst: Option<Ty>) {
        let dst = dst.unwrap_or(Ty::UNIT);
        match op {
            CoreOp::Const { bits } => {
                if !dst.holds(bits.0) {
                    let ty = self.show(dst);
                    self.error(
                        Code::MirConstant,
                        format!("{ty} does not hold the bits {:#x} of `const`", bits.0),
                    );
                }
            }
            CoreOp::Zero {} => {
                if self.v.rich[dst.0 as usize] {
                    let ty = self.show(dst);
                    self.error(Code::MirResult, format!("`zero` does not make {ty}, which has rich parts"));
                }
            }
            CoreOp::SizeOf { ty } | CoreOp::AlignOf { ty } | CoreOp::IndexAddr { elem: ty, .. } => {
                self.sized(ty)
            }
            CoreOp::OffsetOf { ty, index } | CoreOp::FieldAddr { ty, index, .. } => {
                self.field(ty, index);
            }
            CoreOp::VariantAddr { ty, variant, field, .. } => {
                self.payload(ty, variant, field);
            }
            CoreOp::Trunc { a } => self.cast(a, dst, |from, to| widths(from, to).is_some_and(|(a, b)| a > b)),
            CoreOp::Extend { a } => self.cast(a, dst, |from, to| {
                from == Ty::BOOL && to.fixed_bits().is_some() || widths(from, to).is_some_and(|(a, b)| a < b)
            }),
            CoreOp::Promote { a } => self.cast(a, dst, |from, to| (from, to) == (Ty::F32, Ty::F64)),
            CoreOp::Demote { a } => self.cast(a, dst, |from, to| (from, to) == (Ty::F64, Ty::F32)),
            CoreOp::Bitcast { a } => {
                self.cast(a, dst, |from, to| widths(from, to).is_some_and(|(a, b)| a == b))
            }
            CoreOp::LoadAtomic { order, .. } => {
                self.atomic(dst);
                self.order(order, &[Ordering::Relaxed, Ordering::Acquire, Ordering::SeqCst]);
            }
            CoreOp::StoreAtomic { value, order, .. } => {
                self.atomic(self.f.ty(value));
                self.order(order, &[Ordering::Relaxed, Ordering::Release, Ordering::SeqCst]);
            }
            CoreOp::Fence { order } => {
                let orders = [Ordering::Acquire, Ordering::Release, Ordering::AcqRel, Ordering::SeqCst];
                self.order(order, &orders);
            }
            CoreOp::Call { func, args } => self.arguments(self.m.sig_of(func), args),
            CoreOp::CallIndirect { callee: _, sig, args } => self.arguments(self.m.types.sig(sig), args),
            CoreOp::AggMake { fields } => self.agg_make(dst, fields),
            CoreOp::AggGet { agg, index } => {
                if let Some(field) = self.field(self.f.ty(agg), index) {
                    self.same_type("the result", dst, field);
                }
            }
            CoreOp::AggSet { agg, index, value } => {
                if let Some(field) = self.field(self.f.ty(agg), index) {
                    self.same_type("operand `value`", self.f.ty(value), field);
                }
            }
            CoreOp::EnumMake { variant, payload } => {
                if let Some(types) = self.variant(dst, variant) {
                    self.payload_fields(self.list(payload), types);
                }
            }
            CoreOp::EnumPayload { value, variant, field } => {
                if let Some(field) = self.payload(self.f.ty(value), variant, field) {
                    self.same_type("the result", dst, field);
                }
            }
            CoreOp::Mov { .. }
            | CoreOp::NonNull { .. }
            | CoreOp::FuncAddr { .. }
            | CoreOp::GlobalAddr { .. }
            | CoreOp::SlotAddr { .. }
            | CoreOp::Add { .. }
            | CoreOp::Sub { .. }
            | CoreOp::Mul { .. }
            | CoreOp::Div { .. }
            | CoreOp::Rem { .. }
            | CoreOp::Neg { .. }
            | CoreOp::Abs { .. }
            | CoreOp::Min { .. }
            | CoreOp::Max { .. }
            | CoreOp::AddChecked { .. }
            | CoreOp::SubChecked { .. }
            | CoreOp::MulChecked { .. }
            | CoreOp::Sqrt { .. }
            | CoreOp::Fma { .. }
            | CoreOp::CopySign { .. }
            | CoreOp::Floor { .. }
            | CoreOp::Ceil { .. }
            | CoreOp::RoundZero { .. }
            | CoreOp::RoundEven { .. }
            | CoreOp::RoundAway { .. }
            | CoreOp::And { .. }
            | CoreOp::Or { .. }
            | CoreOp::Xor { .. }
            | CoreOp::Not { .. }
            | CoreOp::Shl { .. }
            | CoreOp::Shr { .. }
            | CoreOp::RotateLeft { .. }
            | CoreOp::RotateRight { .. }
            | CoreOp::PopCount { .. }
            | CoreOp::LeadingZeros { .. }
            | CoreOp::TrailingZeros { .. }
            | CoreOp::ByteSwap { .. }
            | CoreOp::Eq { .. }
            | CoreOp::Ne { .. }
            | CoreOp::Lt { .. }
            | CoreOp::Le { .. }
            | CoreOp::Gt { .. }
            | CoreOp::Ge { .. }
            | CoreOp::Resize { .. }
            | CoreOp::IntToFloat { .. }
            | CoreOp::FloatToInt { .. }
            | CoreOp::PtrToInt { .. }
            | CoreOp::IntToPtr { .. }
            | CoreOp::Select { .. }
            | CoreOp::Load { .. }
            | CoreOp::Store { .. }
            | CoreOp::LoadVolatile { .. }
            | CoreOp::StoreVolatile { .. }
            | CoreOp::Rmw { .. }
            | CoreOp::CmpXchg { .. }
            | CoreOp::MemCopy { .. }
            | CoreOp::MemMove { .. }
            | CoreOp::MemFill { .. }
            | CoreOp::PtrAdd { .. }
            | CoreOp::HeapAlloc { .. }
            | CoreOp::HeapAllocZeroed { .. }
            | CoreOp::HeapIsChecked {}
            | CoreOp::HeapResize { .. }
            | CoreOp::HeapFree { .. }
            | CoreOp::Retain { .. }
            | CoreOp::Release { .. }
            | CoreOp::IsUnique { .. }
            | CoreOp::EnumTag { .. }
            | CoreOp::DebugDeclare { .. }
            | CoreOp::DebugValue { .. }
            | CoreOp::Assume { .. }
            | CoreOp::Likely { .. }
            | CoreOp::Unlikely { .. }
            | CoreOp::Trap {} => {}
        }
    }

    fn sized(&mut self, ty: Ty) {
        if !self.v.is_value(ty) {
            let ty = self.show(ty);
            self.error(Code::MirType, format!("`{}` of {ty}, which has no values", self.name));
        }
    }

    /// The type of a field; an error when there is none.
    pub(super) fn field(&mut self, ty: Ty, index: u32) -> Option<Ty> {
        let field = self.m.types.field(ty, index);
        if field.is_none() {
            let ty = self.show(ty);
            self.error(Code::MirField, format!("`{}`: {ty} has no field {index}", self.name));
        }
        field
    }

    /// The payload types of a variant of an enum; an error when there is none.
    pub(super) fn variant(&mut self, ty: Ty, variant: u32) -> Option<&'m [Ty]> {
        let m = self.m;
        if let TypeData::Enum(id) = m.types.get(ty) {
            let found = m.types.enum_def(*id).variants.get(variant as usize);
            if let Some((_, payload)) = found {
                return Some(payload);
            }
        }
        let ty = self.show(ty);
        self.error(Code::MirField, format!("`{}`: {ty} has no variant {variant}", self.name));
        None
    }

    /// The type of a payload field; an error when there is none.
    pub(super) fn payload(&mut self, ty: Ty, variant: u32, field: u32) -> Option<Ty> {
        let payload = self.variant(ty, variant)?;
        let found = payload.get(field as usize).copied();
        if found.is_none() {
            let ty = self.show(ty);
            let message = format!("`{}`: variant {variant} of {ty} has no payload field {field}", self.name);
            self.error(Code::MirField, message);
        }
        found
    }

    fn payload_fields(&mut self, regs: &[Reg], wanted: &[Ty]) {
        if regs.len() != wanted.len() {
            let (found, wanted) = (regs.len(), wanted.len());
            let message = format!("`enum.make` of {found} payload fields, its variant has {wanted}");
            return self.error(Code::MirField, message);
        }
        for (&reg, &wanted) in regs.iter().zip(wanted) {
            self.same_type("a payload field", self.f.ty(reg), wanted);
        }
    }

    fn agg_make(&mut self, dst: Ty, fields: RegList) {
        let m = self.m;
        let regs = self.list(fields);
        if m.types.field_count(dst) != Some(regs.len() as u64) {
            let (ty, count) = (self.show(dst), regs.len());
            return self.error(Code::MirField, format!("`agg.make` of {ty} has {count} fields"));
        }
        for (i, &reg) in regs.iter().enumerate() {
            if let Some(field) = m.types.field(dst, i as u32) {
                self.same_type("a field", self.f.ty(reg), field);
            }
        }
    }

    fn cast(&mut self, a: Reg, to: Ty, connects: impl Fn(Ty, Ty) -> bool) {
        let from = self.f.ty(a);
        if !connects(from, to) {
            let (from, to) = (self.show(from), self.show(to));
            self.error(Code::MirCast, format!("`{}` does not go from {from} to {to}", self.name));
        }
    }

    fn atomic(&mut self, ty: Ty) {
        if !ty.is_int() && ty != Ty::PTR {
            let ty = self.show(ty);
            self.error(
                Code::MirType,
                format!("`{}` of {ty}, which is no integer type and not `ptr`", self.name),
            );
        }
    }

    fn order(&mut self, order: Ordering, allowed: &[Ordering]) {
        if !allowed.contains(&order) {
            let order = Ordering::NAMES.iter().find(|name| name.1 == order).map_or("", |name| name.0);
            self.error(Code::MirOrdering, format!("`{}` cannot be `{order}`", self.name));
        }
    }
}

/// The widths of two fixed-width scalars.
fn widths(from: Ty, to: Ty) -> Option<(u32, u32)> {
    Some((from.fixed_bits()?, to.fixed_bits()?))
}
