//! How MIR types look in LLVM: spellings in memory, and the scalars ("leaves") that a value consists of.
//!
//! - In memory a type is spelled so that LLVM lays it out exactly as [`Layouts`] says: natural structs, `i8` for a
//!   bool, and for an enum its `i32` tag followed by *atoms*, the non-overlapping scalars that together hold the
//!   payload of every variant.
//! - A value never is an LLVM aggregate. A register of a struct, tuple, fixed array or enum is its leaves, each an LLVM
//!   scalar of its own (a bool as `i1`): they are loaded, stored, selected, merged by phis and passed one by one, and
//!   only a function's result packs them into one `{ … }`. So nothing depends on a pass that takes aggregates apart.
//! - A type of more than [`MAX_LEAVES`] leaves is *bulky*: its registers live in stack memory (`bulk.rs`).

use std::cell::{Cell, OnceCell};

use crate::mir::{EnumId, Fields, Module, Ty, TypeData, Types, scalar_type};
use crate::target::{DataLayout, Layouts};

/// How many scalars a value may have and still be kept in LLVM registers.
const MAX_LEAVES: u64 = 16;

/// A scalar of a value, and where it stands in memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Leaf {
    /// Byte offset.
    pub offset: u64,
    /// A scalar type; rich types are `ptr` here.
    pub ty: Ty,
}

/// The types of a module for one target.
pub(super) struct TypeTable<'a> {
    pub types: &'a Types,
    pub layouts: Layouts<'a>,
    /// Bits of a pointer.
    pub pointer_bits: u32,
    big_endian: bool,
    spellings: Vec<Box<str>>,
    results: Vec<OnceCell<Box<str>>>,
    leaves: Vec<OnceCell<Box<[Leaf]>>>,
    atoms: Vec<OnceCell<Box<[Leaf]>>>,
    weights: Vec<OnceCell<u64>>,
    used: Vec<Cell<bool>>,
}

impl<'a> TypeTable<'a> {
    pub fn new(module: &'a Module, data_layout: &'a DataLayout) -> TypeTable<'a> {
        let types = &module.types;
        let pointer_bits = data_layout.pointer_bits();
        let mut table = TypeTable {
            types,
            layouts: Layouts::new(types, data_layout),
            pointer_bits,
            big_endian: data_layout.big_endian,
            spellings: Vec::with_capacity(types.len()),
            results: vec![OnceCell::new(); types.len()],
            leaves: vec![OnceCell::new(); types.len()],
            atoms: vec![OnceCell::new(); types.enums().len()],
            weights: vec![OnceCell::new(); types.len()],
            used: vec![Cell::new(false); types.len()],
        };
        // A type's components have smaller handles, except through names.
        for i in 0..types.len() as u32 {
            let text = table.spell(Ty(i));
            table.spellings.push(text);
        }
        table
    }

    fn spell(&self, ty: Ty) -> Box<str> {
        match self.types.get(ty) {
            TypeData::Unit | TypeData::Never => "void".into(),
            TypeData::Bool => "i8".into(),
            TypeData::Int { bits, .. } => format!("i{bits}").into(),
            TypeData::Usize | TypeData::Isize => format!("i{}", self.pointer_bits).into(),
            TypeData::F32 => "float".into(),
            TypeData::F64 => "double".into(),
            TypeData::Ptr | TypeData::Array(_) | TypeData::Dict(..) | TypeData::Text | TypeData::Ref(_) => {
                "ptr".into()
            }
            TypeData::Struct(id) => named(&self.types.struct_def(*id).name),
            TypeData::Enum(id) => named(&self.types.enum_def(*id).name),
            TypeData::Tuple(fields) => self.list(fields.iter().copied()),
            TypeData::Range(elem) => self.list([*elem, *elem].into_iter()),
            TypeData::FixedArray(elem, n) => format!("[{n} x {}]", self.spellings[elem.0 as usize]).into(),
            TypeData::Vector(elem, n) => format!("<{n} x {}>", self.spellings[elem.0 as usize]).into(),
        }
    }

    fn list(&self, fields: impl Iterator<Item = Ty>) -> Box<str> {
        let mut text = String::from("{");
        for (i, field) in fields.enumerate() {
            text.push_str(if i == 0 { " " } else { ", " });
            text.push_str(&self.spellings[field.0 as usize]);
        }
        text.push_str(if text.len() > 1 { " }" } else { "}" });
        text.into()
    }

    /// The spelling of a type in memory.
    pub fn memory(&self, ty: Ty) -> &str {
        self.used[ty.0 as usize].set(true);
        &self.spellings[ty.0 as usize]
    }

    /// The spelling of a scalar type in a register.
    pub fn scalar(&self, ty: Ty) -> &str {
        if ty == Ty::BOOL { "i1" } else { &self.spellings[ty.0 as usize] }
    }

    /// The spelling of a function's result: `void`, a scalar, or the struct of the leaves.
    pub fn result(&self, ty: Ty) -> &str {
        self.results[ty.0 as usize].get_or_init(|| match self.leaves(ty) {
            [] => "void".into(),
            _ if self.is_bulky(ty) => "void".into(),
            [leaf] => self.scalar(leaf.ty).into(),
            leaves => {
                let list: Vec<&str> = leaves.iter().map(|leaf| self.scalar(leaf.ty)).collect();
                format!("{{ {} }}", list.join(", ")).into()
            }
        })
    }

    /// Width in bits of an integer or float.
    pub fn bits(&self, ty: Ty) -> u32 {
        ty.fixed_bits().unwrap_or(self.pointer_bits)
    }

    /// Whether values of the type live in memory.
    pub fn is_bulky(&self, ty: Ty) -> bool {
        self.weight(ty) > MAX_LEAVES
    }

    /// Whether values of the type are one scalar that is the value itself.
    pub fn is_scalar(&self, ty: Ty) -> bool {
        self.scalar_leaf(ty).is_some()
    }

    /// Number of leaves; of an enum, at most so many.
    fn weight(&self, ty: Ty) -> u64 {
        *self.weights[ty.0 as usize].get_or_init(|| {
            let sum = |fields: &mut dyn Iterator<Item = Ty>| {
                fields.fold(0u64, |sum, field| sum.saturating_add(self.weight(field)))
            };
            match self.types.get(ty) {
                TypeData::Unit | TypeData::Never => 0,
                scalar_type!()
                | TypeData::Array(_)
                | TypeData::Dict(..)
                | TypeData::Text
                | TypeData::Ref(_)
                | TypeData::Vector(..) => 1,
                TypeData::Range(_) => 2,
                TypeData::Struct(id) => sum(&mut self.types.struct_def(*id).fields.iter().map(|f| f.1)),
                TypeData::Tuple(fields) => sum(&mut fields.iter().copied()),
                TypeData::FixedArray(elem, n) => self.weight(*elem).saturating_mul(*n),
                TypeData::Enum(id) => {
                    let variants = &self.types.enum_def(*id).variants;
                    1 + variants.iter().map(|v| sum(&mut v.1.iter().copied())).max().unwrap_or(0)
                }
            }
        })
    }

    /// The leaves of a type in order of their offsets; none for one that is bulky, for its registers have none.
    pub fn leaves(&self, ty: Ty) -> &[Leaf] {
        self.leaves[ty.0 as usize].get_or_init(|| {
            let mut leaves = Vec::new();
            if !self.is_bulky(ty) {
                self.collect(ty, 0, &mut leaves);
            }
            leaves.into()
        })
    }

    /// The scalar that a value of the type is, in LLVM's eyes.
    pub fn scalar_leaf(&self, ty: Ty) -> Option<Ty> {
        match self.types.get(ty) {
            scalar_type!() | TypeData::Vector(..) => Some(ty),
            TypeData::Array(_) | TypeData::Dict(..) | TypeData::Text | TypeData::Ref(_) => Some(Ty::PTR),
            TypeData::Unit
            | TypeData::Never
            | TypeData::Struct(_)
            | TypeData::Tuple(_)
            | TypeData::FixedArray(..)
            | TypeData::Enum(_)
            | TypeData::Range(_) => None,
        }
    }

    fn collect(&self, ty: Ty, offset: u64, leaves: &mut Vec<Leaf>) {
        if let Some(scalar) = self.scalar_leaf(ty) {
            leaves.push(Leaf { offset, ty: scalar });
        } else if let TypeData::Enum(id) = self.types.get(ty) {
            let atoms = self.atoms(*id).iter();
            leaves.extend(atoms.map(|atom| Leaf { offset: offset + atom.offset, ty: atom.ty }));
        } else if let TypeData::Range(elem) = self.types.get(ty) {
            self.collect(*elem, offset, leaves);
            self.collect(*elem, offset + self.layouts.size(*elem), leaves);
        } else {
            for i in 0..self.types.field_count(ty).unwrap_or(0) as u32 {
                if let Some(field) = self.types.field(ty, i) {
                    self.collect(field, offset + self.layouts.field_offset(ty, i), leaves);
                }
            }
        }
    }

    /// Positions among the leaves of a struct, tuple or fixed array of those of field `index`.
    pub fn field_leaves(&self, ty: Ty, index: u32) -> std::ops::Range<usize> {
        let count = |i: u32| self.types.field(ty, i).map_or(0, |field| self.leaves(field).len());
        let start = match self.types.get(ty) {
            TypeData::FixedArray(elem, _) => self.leaves(*elem).len() * index as usize,
            _ => (0..index).map(count).sum(),
        };
        start..start + count(index)
    }

    /// The leaves of an enum that is not bulky: the tag, then what holds the payloads.
    ///
    /// Scalars of several variants at the same bytes share an atom: of their type where they agree, else an
    /// unsigned integer that covers them.
    fn atoms(&self, id: EnumId) -> &[Leaf] {
        self.atoms[id.0 as usize].get_or_init(|| {
            let mut scalars = Vec::new();
            for (v, (_, payload)) in self.types.enum_def(id).variants.iter().enumerate() {
                for (f, &ty) in payload.iter().enumerate() {
                    let offset = self.layouts.variant_field_offset(id, v as u32, f as u32);
                    self.collect(ty, offset, &mut scalars);
                }
            }
            for leaf in &mut scalars {
                leaf.ty = self.unsigned(leaf.ty);
            }
            let end = |leaf: &Leaf| leaf.offset + self.layouts.size(leaf.ty);
            scalars.sort_by_key(|leaf| (leaf.offset, std::cmp::Reverse(end(leaf)), leaf.ty));
            scalars.dedup();
            let mut atoms = vec![Leaf { offset: 0, ty: Ty::U32 }];
            let mut rest = &scalars[..];
            while let Some(first) = rest.first() {
                // The longest run of scalars each of which overlaps one before it.
                let (mut count, mut stop) = (1, end(first));
                while rest.get(count).is_some_and(|next| next.offset < stop) {
                    stop = stop.max(end(&rest[count]));
                    count += 1;
                }
                if count == 1 {
                    atoms.push(*first);
                } else if stop == end(first) {
                    atoms.push(Leaf { offset: first.offset, ty: unsigned_of_size(stop - first.offset) });
                } else {
                    // Eight bytes aligned to four that straddle others: only words are common to all.
                    let words = (first.offset..stop).step_by(4);
                    atoms.extend(words.map(|offset| Leaf { offset, ty: Ty::U32 }));
                }
                rest = &rest[count..];
            }
            atoms.into()
        })
    }

    /// The type that stands for a scalar in an atom.
    fn unsigned(&self, ty: Ty) -> Ty {
        if ty.is_int() || ty == Ty::BOOL { unsigned_of_size(self.layouts.size(ty)) } else { ty }
    }

    /// How far a scalar of `size` bytes, `offset` bytes into an integer of `whole` bytes, is shifted in it.
    pub fn shift(&self, whole: u64, offset: u64, size: u64) -> u64 {
        8 * if self.big_endian { whole - offset - size } else { offset }
    }

    /// Writes the definitions of the named types in use, and of those they contain.
    pub fn define(&self, out: &mut super::text::Text) {
        for i in (0..self.types.len() as u32).rev() {
            // Components have smaller handles, except through names: those are followed here.
            if self.used[i as usize].get() {
                self.mark_components(Ty(i));
            }
        }
        for i in 0..self.types.len() as u32 {
            if !self.used[i as usize].get() {
                continue;
            }
            if let TypeData::Struct(id) = self.types.get(Ty(i)) {
                out.s(&self.spellings[i as usize]);
                out.s(" = type ");
                out.s(&self.list(self.types.struct_def(*id).fields.iter().map(|f| f.1)));
                out.s("\n");
            } else if let TypeData::Enum(id) = self.types.get(Ty(i)) {
                out.s(&self.spellings[i as usize]);
                out.s(" = type ");
                out.s(&self.enum_in_memory(Ty(i), *id));
                out.s("\n");
            }
        }
    }

    fn mark_components(&self, ty: Ty) {
        let mark = |component: Ty| {
            if !self.used[component.0 as usize].replace(true) {
                self.mark_components(component);
            }
        };
        // An enum is written out of scalars.
        match self.types.fields(ty) {
            Fields::None => {}
            Fields::Named(fields) => fields.iter().for_each(|f| mark(f.1)),
            Fields::Listed(fields) => fields.iter().copied().for_each(mark),
            Fields::Repeated(elem, _) => mark(elem),
        }
        if let TypeData::Vector(elem, _) = self.types.get(ty) {
            mark(*elem);
        }
    }

    /// The tag and the atoms at their offsets, with padding and tail so that size and alignment are the enum's.
    fn enum_in_memory(&self, ty: Ty, id: EnumId) -> String {
        let size = self.layouts.size(ty);
        if self.is_bulky(ty) {
            let unit = self.layouts.align(ty);
            return format!("{{ [{} x i{}] }}", size / unit, unit * 8);
        }
        let (mut text, mut at, mut align) = (String::from("{ "), 0, 1);
        for (i, atom) in self.atoms(id).iter().enumerate() {
            let natural = self.layouts.align(atom.ty);
            if i > 0 {
                text.push_str(", ");
            }
            if u64::next_multiple_of(at, natural) != atom.offset {
                text.push_str(&format!("[{} x i8], ", atom.offset - at));
            }
            text.push_str(&self.spellings[atom.ty.0 as usize]);
            at = atom.offset + self.layouts.size(atom.ty);
            align = align.max(natural);
        }
        if align < self.layouts.align(ty) {
            text.push_str(&format!(", [0 x i{}]", self.layouts.align(ty) * 8));
            align = self.layouts.align(ty);
            at = at.next_multiple_of(align);
        }
        if at.next_multiple_of(align) != size {
            text.push_str(&format!(", [{} x i8]", size - at));
        }
        text.push_str(" }");
        text
    }
}

fn named(name: &str) -> Box<str> {
    let mut out = super::text::Text::default();
    out.name("%", name);
    String::from_utf8_lossy(&out.bytes).into()
}

fn unsigned_of_size(size: u64) -> Ty {
    match size {
        1 => Ty::U8,
        2 => Ty::U16,
        4 => Ty::U32,
        _ => Ty::U64,
    }
}
