//! MIR types: interned, compared by handle.

use rustc_hash::FxHashMap;

/// Handle of an interned type. The scalar types have fixed handles, the constants below.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Ty(pub u32);

/// Handle of a named struct of the module.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct StructId(pub u32);

/// Handle of a named enum of the module.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct EnumId(pub u32);

/// Handle of an interned signature.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SigId(pub u32);

/// What a type is. Signedness is part of an integer type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TypeData {
    /// The type of nothing; no register has it, functions may return it.
    Unit,
    /// The result of a function that does not return.
    Never,
    /// One byte, 0 or 1.
    Bool,
    /// 8, 16, 32 or 64 bits.
    Int {
        /// Width in bits.
        bits: u8,
        /// Two's complement when true.
        signed: bool,
    },
    /// As wide as a pointer of the target, unsigned.
    Usize,
    /// As wide as a pointer of the target, signed.
    Isize,
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary64.
    F64,
    /// An address; untyped.
    Ptr,
    /// A named struct, laid out by the target's data layout in declared order.
    Struct(StructId),
    /// An anonymous struct.
    Tuple(Vec<Ty>),
    /// `[T; n]`, n elements in place.
    FixedArray(Ty, u64),
    /// A named enum: a tag, then the payload of one variant.
    Enum(EnumId),
    /// `[T]`, a reference-counted, growable array value (rich).
    Array(Ty),
    /// `{K: V}`, an insertion-ordered map value (rich).
    Dict(Ty, Ty),
    /// Immutable UTF-8 (rich).
    Text,
    /// A half-open range of an integer type (rich).
    Range(Ty),
    /// The address of a value, for debug information (rich).
    Ref(Ty),
    /// `n` lanes of a scalar.
    Vector(Ty, u32),
}

/// The pattern of the scalar types, those of [`Ty::is_scalar`].
macro_rules! scalar_type {
    () => {
        $crate::mir::TypeData::Bool
            | $crate::mir::TypeData::Int { .. }
            | $crate::mir::TypeData::Usize
            | $crate::mir::TypeData::Isize
            | $crate::mir::TypeData::F32
            | $crate::mir::TypeData::F64
            | $crate::mir::TypeData::Ptr
    };
}
pub(crate) use scalar_type;

impl TypeData {
    /// The types that a type is written with, in the order of the text form. What a struct or an enum has is not part of
    /// its handle.
    pub fn parts(&self) -> impl Iterator<Item = Ty> + '_ {
        let (list, single): (&[Ty], [Option<Ty>; 2]) = match self {
            TypeData::Tuple(parts) => (parts, [None, None]),
            TypeData::Dict(key, value) => (&[], [Some(*key), Some(*value)]),
            TypeData::FixedArray(elem, _)
            | TypeData::Array(elem)
            | TypeData::Range(elem)
            | TypeData::Ref(elem)
            | TypeData::Vector(elem, _) => (&[], [Some(*elem), None]),
            scalar_type!()
            | TypeData::Unit
            | TypeData::Never
            | TypeData::Text
            | TypeData::Struct(_)
            | TypeData::Enum(_) => (&[], [None, None]),
        };
        list.iter().copied().chain(single.into_iter().flatten())
    }

    /// Whether operations on it are expanded before a back end sees them: text, collections and ranges.
    pub fn is_collection(&self) -> bool {
        matches!(self, TypeData::Text | TypeData::Array(_) | TypeData::Dict(..) | TypeData::Range(_))
    }

    /// The type with each part replaced.
    pub fn with_parts(&self, part: impl Fn(Ty) -> Ty) -> TypeData {
        match self {
            TypeData::Tuple(parts) => TypeData::Tuple(parts.iter().map(|&ty| part(ty)).collect()),
            TypeData::FixedArray(elem, n) => TypeData::FixedArray(part(*elem), *n),
            TypeData::Array(elem) => TypeData::Array(part(*elem)),
            TypeData::Dict(key, value) => TypeData::Dict(part(*key), part(*value)),
            TypeData::Range(elem) => TypeData::Range(part(*elem)),
            TypeData::Ref(to) => TypeData::Ref(part(*to)),
            TypeData::Vector(elem, n) => TypeData::Vector(part(*elem), *n),
            scalar_type!()
            | TypeData::Unit
            | TypeData::Never
            | TypeData::Text
            | TypeData::Struct(_)
            | TypeData::Enum(_) => self.clone(),
        }
    }
}

/// Parameters and result of a function.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Signature {
    /// Parameter types in order.
    pub params: Vec<Ty>,
    /// Result type; [`Ty::UNIT`] for none.
    pub ret: Ty,
    /// C varargs follow the fixed parameters.
    pub variadic: bool,
    /// The calling convention.
    pub abi: Abi,
}

/// A calling convention.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Abi {
    /// Our own, between functions of one program; not stable.
    #[default]
    Simple,
    /// The target's C ABI.
    C,
}

macro_rules! scalar_types {
    ($($name:ident $index:literal $text:literal $data:expr;)*) => {
        impl Ty {
            $(#[doc = concat!("`", $text, "`")] pub const $name: Ty = Ty($index);)*
            /// Every type with a fixed handle: its name in the text form and its handle.
            pub const NAMED: &'static [(&'static str, Ty)] = &[$(($text, Ty($index))),*];
        }
        fn fixed_types() -> Vec<TypeData> { vec![$($data),*] }
    };
}

scalar_types! {
    UNIT 0 "unit" TypeData::Unit;
    NEVER 1 "never" TypeData::Never;
    BOOL 2 "bool" TypeData::Bool;
    I8 3 "i8" TypeData::Int { bits: 8, signed: true };
    I16 4 "i16" TypeData::Int { bits: 16, signed: true };
    I32 5 "i32" TypeData::Int { bits: 32, signed: true };
    I64 6 "i64" TypeData::Int { bits: 64, signed: true };
    U8 7 "u8" TypeData::Int { bits: 8, signed: false };
    U16 8 "u16" TypeData::Int { bits: 16, signed: false };
    U32 9 "u32" TypeData::Int { bits: 32, signed: false };
    U64 10 "u64" TypeData::Int { bits: 64, signed: false };
    USIZE 11 "usize" TypeData::Usize;
    ISIZE 12 "isize" TypeData::Isize;
    F32 13 "f32" TypeData::F32;
    F64 14 "f64" TypeData::F64;
    PTR 15 "ptr" TypeData::Ptr;
    TEXT 16 "text" TypeData::Text;
}

impl Ty {
    /// Any integer type, `usize` and `isize` included.
    pub fn is_int(self) -> bool {
        (Ty::I8.0..=Ty::ISIZE.0).contains(&self.0)
    }

    /// An integer type with two's complement meaning.
    pub fn is_signed(self) -> bool {
        (Ty::I8.0..=Ty::I64.0).contains(&self.0) || self == Ty::ISIZE
    }

    /// `f32` or `f64`.
    pub fn is_float(self) -> bool {
        self == Ty::F32 || self == Ty::F64
    }

    /// Integer, float, bool or pointer.
    pub fn is_scalar(self) -> bool {
        (Ty::BOOL.0..=Ty::PTR.0).contains(&self.0)
    }

    /// Whether `bits` is a value of this scalar type as [`Bits`](super::Bits) holds one: an integer extended to 64 bits
    /// by its signedness, a bool 0 or 1, an `f32` in the low half. `usize`, `isize` and pointers hold whatever 64 bits do.
    pub fn holds(self, bits: u64) -> bool {
        match (self, self.fixed_bits()) {
            (Ty::BOOL, _) => bits <= 1,
            (Ty::PTR | Ty::USIZE | Ty::ISIZE, _) | (_, Some(64)) => true,
            (_, Some(width)) if self.is_signed() => {
                ((bits << (64 - width)) as i64 >> (64 - width)) as u64 == bits
            }
            (_, Some(width)) => bits >> width == 0,
            (_, None) => false,
        }
    }

    /// Width in bits of a fixed-width integer or float; `None` for `usize`, `isize` and everything else.
    pub fn fixed_bits(self) -> Option<u32> {
        match self {
            Ty::I8 | Ty::U8 => Some(8),
            Ty::I16 | Ty::U16 => Some(16),
            Ty::I32 | Ty::U32 | Ty::F32 => Some(32),
            Ty::I64 | Ty::U64 | Ty::F64 => Some(64),
            _ => None,
        }
    }
}

/// A named struct.
#[derive(Clone, PartialEq, Debug)]
pub struct StructDef {
    /// Name without sigil, unique among structs and enums.
    pub name: String,
    /// Field names and types in layout order.
    pub fields: Vec<(String, Ty)>,
}

/// A named enum. In memory: a `u32` tag (the variant's index) at offset 0, then the payload laid out as the
/// struct `(u32, payload...)` of the variant; size and alignment are the largest of all variants.
#[derive(Clone, PartialEq, Debug)]
pub struct EnumDef {
    /// Name without sigil, unique among structs and enums.
    pub name: String,
    /// Variants: name and payload types.
    pub variants: Vec<(String, Vec<Ty>)>,
}

/// The interner of a module's types, with its named structs and enums.
#[derive(Clone, Debug)]
pub struct Types {
    data: Vec<TypeData>,
    index: FxHashMap<TypeData, Ty>,
    sigs: Vec<Signature>,
    sig_index: FxHashMap<Signature, SigId>,
    structs: Vec<StructDef>,
    enums: Vec<EnumDef>,
}

impl Default for Types {
    fn default() -> Types {
        let data = fixed_types();
        let index = data.iter().enumerate().map(|(i, d)| (d.clone(), Ty(i as u32))).collect();
        Types {
            data,
            index,
            sigs: Vec::new(),
            sig_index: FxHashMap::default(),
            structs: Vec::new(),
            enums: Vec::new(),
        }
    }
}

impl Types {
    /// How deep types may nest without a named one between.
    pub const MAX_DEPTH: u32 = 200;

    /// The handle of a type, made at its first use.
    pub fn intern(&mut self, data: TypeData) -> Ty {
        if let Some(&ty) = self.index.get(&data) {
            return ty;
        }
        let ty = Ty(self.data.len() as u32);
        self.data.push(data.clone());
        self.index.insert(data, ty);
        ty
    }

    /// What a handle stands for.
    pub fn get(&self, ty: Ty) -> &TypeData {
        &self.data[ty.0 as usize]
    }

    /// Number of interned types; handles run from 0.
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Never: the scalar types are always there.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// The handle of a signature.
    pub fn intern_sig(&mut self, sig: Signature) -> SigId {
        if let Some(&id) = self.sig_index.get(&sig) {
            return id;
        }
        let id = SigId(self.sigs.len() as u32);
        self.sigs.push(sig.clone());
        self.sig_index.insert(sig, id);
        id
    }

    /// What a signature handle stands for.
    pub fn sig(&self, id: SigId) -> &Signature {
        &self.sigs[id.0 as usize]
    }

    /// Number of signatures; handles run from 0.
    pub fn sig_count(&self) -> usize {
        self.sigs.len()
    }

    /// Adds a struct; its fields may be filled in later, so that definitions can refer to each other.
    pub fn add_struct(&mut self, def: StructDef) -> StructId {
        self.structs.push(def);
        StructId(self.structs.len() as u32 - 1)
    }

    /// Adds an enum.
    pub fn add_enum(&mut self, def: EnumDef) -> EnumId {
        self.enums.push(def);
        EnumId(self.enums.len() as u32 - 1)
    }

    /// All structs; the index is the [`StructId`].
    pub fn structs(&self) -> &[StructDef] {
        &self.structs
    }

    /// All enums; the index is the [`EnumId`].
    pub fn enums(&self) -> &[EnumDef] {
        &self.enums
    }

    /// One struct.
    pub fn struct_def(&self, id: StructId) -> &StructDef {
        &self.structs[id.0 as usize]
    }

    /// One struct, to fill in.
    pub fn struct_def_mut(&mut self, id: StructId) -> &mut StructDef {
        &mut self.structs[id.0 as usize]
    }

    /// One enum.
    pub fn enum_def(&self, id: EnumId) -> &EnumDef {
        &self.enums[id.0 as usize]
    }

    /// One enum, to fill in.
    pub fn enum_def_mut(&mut self, id: EnumId) -> &mut EnumDef {
        &mut self.enums[id.0 as usize]
    }

    /// Replaces the types of fields of structs and of payloads of enums.
    pub(super) fn replace_in_named(&mut self, new: impl Fn(Ty) -> Ty) {
        let fields = self.structs.iter_mut().flat_map(|def| &mut def.fields).map(|(_, ty)| ty);
        let payloads = self.enums.iter_mut().flat_map(|def| &mut def.variants).flat_map(|(_, tys)| tys);
        fields.chain(payloads).for_each(|ty| *ty = new(*ty));
    }

    /// The tuple type of `fields`.
    pub fn tuple(&mut self, fields: Vec<Ty>) -> Ty {
        self.intern(TypeData::Tuple(fields))
    }

    /// The fields of a type.
    pub fn fields(&self, ty: Ty) -> Fields<'_> {
        match self.get(ty) {
            TypeData::Struct(id) => Fields::Named(&self.struct_def(*id).fields),
            TypeData::Tuple(fields) => Fields::Listed(fields),
            TypeData::FixedArray(elem, n) => Fields::Repeated(*elem, *n),
            scalar_type!()
            | TypeData::Unit
            | TypeData::Never
            | TypeData::Enum(_)
            | TypeData::Array(_)
            | TypeData::Dict(..)
            | TypeData::Text
            | TypeData::Range(_)
            | TypeData::Ref(_)
            | TypeData::Vector(..) => Fields::None,
        }
    }

    /// The types of which values stand in a value of the type itself, not behind an address.
    pub fn held(&self, ty: Ty) -> impl Iterator<Item = Ty> + '_ {
        let data = self.get(ty);
        let fields: &[(String, Ty)] =
            if let TypeData::Struct(id) = data { &self.struct_def(*id).fields } else { &[] };
        let variants: &[(String, Vec<Ty>)] =
            if let TypeData::Enum(id) = data { &self.enum_def(*id).variants } else { &[] };
        let is_behind = matches!(data, TypeData::Array(_) | TypeData::Dict(..) | TypeData::Ref(_));
        let parts = data.parts().filter(move |_| !is_behind);
        let payloads = variants.iter().flat_map(|variant| variant.1.iter().copied());
        parts.chain(fields.iter().map(|field| field.1)).chain(payloads)
    }

    /// The parts of an outcome: an enum of two variants, success and failure, of one payload field at most each.
    pub fn outcome(&self, ty: Ty) -> Option<Outcome> {
        let TypeData::Enum(id) = *self.get(ty) else { return None };
        let part = |payload: &Vec<Ty>| (payload.len() < 2).then(|| payload.first().copied());
        match self.enum_def(id).variants.as_slice() {
            [(_, success), (_, failure)] => {
                Some(Outcome { success: part(success)?, failure: part(failure)? })
            }
            _ => None,
        }
    }

    /// The type of field `index` of a struct, tuple or fixed array; `None` for other types and past the end.
    pub fn field(&self, ty: Ty, index: u32) -> Option<Ty> {
        match self.fields(ty) {
            Fields::None => None,
            Fields::Named(fields) => fields.get(index as usize).map(|f| f.1),
            Fields::Listed(fields) => fields.get(index as usize).copied(),
            Fields::Repeated(elem, n) => (u64::from(index) < n).then_some(elem),
        }
    }

    /// Number of fields of a struct, tuple or fixed array; `None` for other types.
    pub fn field_count(&self, ty: Ty) -> Option<u64> {
        match self.fields(ty) {
            Fields::None => None,
            Fields::Named(fields) => Some(fields.len() as u64),
            Fields::Listed(fields) => Some(fields.len() as u64),
            Fields::Repeated(_, n) => Some(n),
        }
    }
}

/// What functions that can fail return: by operations of errors the first variant of an enum is the success, the
/// second the failure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// What a success holds.
    pub success: Option<Ty>,
    /// What a failure holds: the error.
    pub failure: Option<Ty>,
}

impl Outcome {
    /// The variant of successes.
    pub const SUCCESS: u32 = 0;
    /// The variant of failures.
    pub const FAILURE: u32 = 1;
}

/// What can be addressed, got and set by position.
#[derive(Clone, Copy, Debug)]
pub enum Fields<'t> {
    /// Of types that have no fields, enums among them: what an enum has depends on its variant.
    None,
    /// Of a struct, with their names.
    Named(&'t [(String, Ty)]),
    /// Of a tuple.
    Listed(&'t [Ty]),
    /// Of a fixed array: so many of one type.
    Repeated(Ty, u64),
}
