//! How the values of MIR types are held.

use cranelift_codegen::ir::{self, types};

use crate::mir::{Ty, TypeData, Types};
use crate::target::{Layout, Layouts};

/// Every ISA that Cranelift has code for, and this back end supports, has 64-bit pointers.
pub(super) const POINTER: ir::Type = types::I64;

/// How a value is held by a function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Repr {
    /// It has no bytes.
    Nothing,
    /// In an SSA value.
    Scalar(ir::Type),
    /// In a stack slot.
    Memory(Layout),
}

/// How values of a type are held; `None` for vectors, which this back end does not have.
pub(super) fn repr(types: &Types, layouts: &Layouts<'_>, ty: Ty) -> Option<Repr> {
    Some(match *types.get(ty) {
        TypeData::Unit | TypeData::Never => Repr::Nothing,
        TypeData::Bool => Repr::Scalar(types::I8),
        TypeData::Int { bits: 8, .. } => Repr::Scalar(types::I8),
        TypeData::Int { bits: 16, .. } => Repr::Scalar(types::I16),
        TypeData::Int { bits: 32, .. } => Repr::Scalar(types::I32),
        TypeData::Int { .. } => Repr::Scalar(types::I64),
        TypeData::F32 => Repr::Scalar(types::F32),
        TypeData::F64 => Repr::Scalar(types::F64),
        TypeData::Usize
        | TypeData::Isize
        | TypeData::Ptr
        | TypeData::Array(_)
        | TypeData::Dict(..)
        | TypeData::Text
        | TypeData::Ref(_) => Repr::Scalar(POINTER),
        TypeData::Struct(_)
        | TypeData::Tuple(_)
        | TypeData::FixedArray(..)
        | TypeData::Enum(_)
        | TypeData::Range(_) => {
            let layout = layouts.layout(ty);
            if layout.size == 0 { Repr::Nothing } else { Repr::Memory(layout) }
        }
        TypeData::Vector(..) => return None,
    })
}
