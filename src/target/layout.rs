//! Size, alignment and field offsets of MIR types under a data layout.

use std::cell::RefCell;

use super::DataLayout;
use crate::mir::{EnumId, Fields, StructId, Ty, TypeData, Types};

/// Size and alignment in bytes. The size is a multiple of the alignment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    /// Bytes from one element of an array to the next.
    pub size: u64,
    /// Bytes; a power of two.
    pub align: u64,
}

/// Layouts of the types of one module for one target, computed once each.
///
/// A struct's fields stand in declared order, each at the next multiple of its alignment (System V ABI, "Aggregates
/// and Unions", which is also what LLVM does for its unpacked struct types). Rich types are one pointer.
pub struct Layouts<'a> {
    types: &'a Types,
    data_layout: &'a DataLayout,
    known: RefCell<Vec<Option<Layout>>>,
}

impl<'a> Layouts<'a> {
    /// Layouts of `types` under `data_layout`. The types must be verified: no struct holds itself by value.
    pub fn new(types: &'a Types, data_layout: &'a DataLayout) -> Layouts<'a> {
        Layouts { types, data_layout, known: RefCell::new(vec![None; types.len()]) }
    }

    /// Size in bytes, a multiple of the alignment.
    pub fn size(&self, ty: Ty) -> u64 {
        self.layout(ty).size
    }

    /// Alignment in bytes.
    pub fn align(&self, ty: Ty) -> u64 {
        self.layout(ty).align
    }

    /// Size and alignment.
    pub fn layout(&self, ty: Ty) -> Layout {
        if let Some(layout) = self.known.borrow()[ty.0 as usize] {
            return layout;
        }
        let layout = self.compute(ty);
        self.known.borrow_mut()[ty.0 as usize] = Some(layout);
        layout
    }

    /// Width in bits of an integer, float, bool (8) or pointer; `None` for other types.
    pub fn scalar_bits(&self, ty: Ty) -> Option<u32> {
        ty.is_scalar().then(|| self.size(ty) as u32 * 8)
    }

    /// Byte offset of field `index` of a struct, tuple or fixed array (of which it may be one past the end); 0 for
    /// types without fields.
    pub fn field_offset(&self, ty: Ty, index: u32) -> u64 {
        match self.types.fields(ty) {
            Fields::None => 0,
            Fields::Named(fields) => self.offset_in(fields.iter().map(|f| f.1), index),
            Fields::Listed(fields) => self.offset_in(fields.iter().copied(), index),
            Fields::Repeated(elem, _) => self.size(elem) * u64::from(index),
        }
    }

    /// Byte offset of payload field `field` of variant `variant` of an enum.
    pub fn variant_field_offset(&self, id: EnumId, variant: u32, field: u32) -> u64 {
        self.offset_in(self.variant_fields(id, variant as usize), field + 1)
    }

    fn struct_fields(&self, id: StructId) -> impl Iterator<Item = Ty> {
        self.types.struct_def(id).fields.iter().map(|f| f.1)
    }

    fn variant_fields(&self, id: EnumId, variant: usize) -> impl Iterator<Item = Ty> {
        std::iter::once(Ty::U32).chain(self.types.enum_def(id).variants[variant].1.iter().copied())
    }

    fn offset_in(&self, fields: impl Iterator<Item = Ty>, index: u32) -> u64 {
        let mut offset = 0u64;
        for (i, field) in fields.enumerate() {
            let Layout { size, align } = self.layout(field);
            offset = offset.next_multiple_of(align);
            if i as u32 == index {
                break;
            }
            offset += size;
        }
        offset
    }

    fn aggregate(&self, fields: impl Iterator<Item = Ty>) -> Layout {
        let (mut size, mut align) = (0u64, 1);
        for field in fields {
            let layout = self.layout(field);
            size = size.next_multiple_of(layout.align) + layout.size;
            align = align.max(layout.align);
        }
        Layout { size: size.next_multiple_of(align), align }
    }

    fn compute(&self, ty: Ty) -> Layout {
        let dl = self.data_layout;
        let int = |bits: u32| Layout { size: dl.int_size(bits), align: dl.int_align(bits) };
        let pointer = Layout { size: dl.pointer_size(), align: dl.pointer_align() };
        match self.types.get(ty) {
            TypeData::Unit | TypeData::Never => Layout { size: 0, align: 1 },
            TypeData::Bool => Layout { size: 1, align: 1 },
            TypeData::Int { bits, .. } => int(u32::from(*bits)),
            TypeData::Usize | TypeData::Isize => int(dl.pointer_bits()),
            TypeData::F32 => Layout { size: dl.float_size(32), align: dl.float_align(32) },
            TypeData::F64 => Layout { size: dl.float_size(64), align: dl.float_align(64) },
            TypeData::Ptr | TypeData::Array(_) | TypeData::Dict(..) | TypeData::Text | TypeData::Ref(_) => {
                pointer
            }
            TypeData::Struct(id) => self.aggregate(self.struct_fields(*id)),
            TypeData::Tuple(fields) => self.aggregate(fields.iter().copied()),
            TypeData::Range(elem) => self.aggregate([*elem, *elem].into_iter()),
            TypeData::FixedArray(elem, n) => {
                let Layout { size, align } = self.layout(*elem);
                Layout { size: size * n, align }
            }
            TypeData::Enum(id) => {
                let variants = 0..self.types.enum_def(*id).variants.len();
                let tag = int(32);
                let (size, align) = variants
                    .map(|v| self.aggregate(self.variant_fields(*id, v)))
                    .fold((tag.size, tag.align), |(s, a), l| (s.max(l.size), a.max(l.align)));
                Layout { size: size.next_multiple_of(align), align }
            }
            TypeData::Vector(elem, n) => {
                let size = self.size(*elem) * u64::from(*n);
                Layout { size, align: dl.vector_align(size as u32 * 8).max(1) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mir::EnumDef;

    const X86_64: &str = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128";
    const I686: &str =
        "e-m:e-p:32:32-p270:32:32-p271:32:32-p272:64:64-i128:128-f64:32:64-f80:32-n8:16:32-S128";

    #[test]
    fn fields_are_padded_by_the_target() {
        let mut types = Types::default();
        let pair = types.tuple(vec![Ty::BOOL, Ty::F64, Ty::PTR]);
        let shape = types.add_enum(EnumDef {
            name: "Shape".into(),
            variants: vec![("Circle".into(), vec![Ty::F64]), ("Tagged".into(), vec![Ty::U8, Ty::U8])],
        });
        let shape_ty = types.intern(TypeData::Enum(shape));
        for (text, offset, size, payload, enum_size) in [(X86_64, 8, 24, 8, 16), (I686, 4, 16, 4, 12)] {
            let dl = DataLayout::parse(text).unwrap();
            let layouts = Layouts::new(&types, &dl);
            assert_eq!(layouts.field_offset(pair, 1), offset);
            assert_eq!(layouts.size(pair), size);
            assert_eq!(layouts.variant_field_offset(shape, 0, 0), payload);
            assert_eq!(layouts.variant_field_offset(shape, 1, 1), 5);
            assert_eq!(layouts.size(shape_ty), enum_size);
        }
    }
}
