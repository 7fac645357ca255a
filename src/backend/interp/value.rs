//! Scalars as machine words, and the values that go into and come out of a run.

use std::fmt;

use crate::mir::{Ty, TypeData, Types};

/// The scalar types once the width of a pointer is known: `usize`, `isize` and pointers are integers of that width.
///
/// A scalar is held in a `u64` in canonical form, that of [`Bits`](crate::mir::Bits): integers sign- or zero-extended
/// by their type, an `f32`'s pattern in the low half, a bool as 0 or 1. Equal values have equal words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names are the types'")]
pub enum Scalar {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F32,
    F64,
}

impl Scalar {
    /// The scalar that a register of type `ty` holds; `None` for types that take more than a word. The rich types
    /// that are one pointer are pointers here.
    pub fn of(types: &Types, ty: Ty, pointer_bits: u32) -> Option<Scalar> {
        let wide = pointer_bits == 64;
        Some(match types.get(ty) {
            TypeData::Bool => Scalar::Bool,
            TypeData::Int { bits, signed } => Scalar::int(*bits, *signed)?,
            TypeData::Isize if wide => Scalar::I64,
            TypeData::Isize => Scalar::I32,
            TypeData::Usize
            | TypeData::Ptr
            | TypeData::Array(_)
            | TypeData::Dict(..)
            | TypeData::Text
            | TypeData::Ref(_) => {
                if wide {
                    Scalar::U64
                } else {
                    Scalar::U32
                }
            }
            TypeData::F32 => Scalar::F32,
            TypeData::F64 => Scalar::F64,
            TypeData::Unit
            | TypeData::Never
            | TypeData::Struct(_)
            | TypeData::Tuple(_)
            | TypeData::FixedArray(..)
            | TypeData::Enum(_)
            | TypeData::Range(_)
            | TypeData::Vector(..) => return None,
        })
    }

    fn int(bits: u8, signed: bool) -> Option<Scalar> {
        Some(match (bits, signed) {
            (8, true) => Scalar::I8,
            (16, true) => Scalar::I16,
            (32, true) => Scalar::I32,
            (64, true) => Scalar::I64,
            (8, false) => Scalar::U8,
            (16, false) => Scalar::U16,
            (32, false) => Scalar::U32,
            (64, false) => Scalar::U64,
            _ => return None,
        })
    }

    /// Bytes in memory.
    pub fn size(self) -> usize {
        match self {
            Scalar::Bool | Scalar::I8 | Scalar::U8 => 1,
            Scalar::I16 | Scalar::U16 => 2,
            Scalar::I32 | Scalar::U32 | Scalar::F32 => 4,
            Scalar::I64 | Scalar::U64 | Scalar::F64 => 8,
        }
    }

    /// Whether its words are two's complement.
    pub fn is_signed(self) -> bool {
        matches!(self, Scalar::I8 | Scalar::I16 | Scalar::I32 | Scalar::I64)
    }

    /// The canonical word with the low bits of `word`.
    pub fn canonical(self, word: u64) -> u64 {
        match self {
            Scalar::Bool => word & 1,
            Scalar::I8 => word as i8 as u64,
            Scalar::I16 => word as i16 as u64,
            Scalar::I32 => word as i32 as u64,
            Scalar::U8 => u64::from(word as u8),
            Scalar::U16 => u64::from(word as u16),
            Scalar::U32 | Scalar::F32 => u64::from(word as u32),
            Scalar::I64 | Scalar::U64 | Scalar::F64 => word,
        }
    }
}

/// The number that up to 8 bytes of memory hold, zero-extended.
pub fn word_of(bytes: &[u8], big_endian: bool) -> u64 {
    let mut buffer = [0; 8];
    if big_endian {
        buffer[8 - bytes.len()..].copy_from_slice(bytes);
        u64::from_be_bytes(buffer)
    } else {
        buffer[..bytes.len()].copy_from_slice(bytes);
        u64::from_le_bytes(buffer)
    }
}

/// Puts the low bytes of a word into up to 8 bytes of memory.
pub fn put_word(word: u64, bytes: &mut [u8], big_endian: bool) {
    let len = bytes.len();
    if big_endian {
        bytes.copy_from_slice(&word.to_be_bytes()[8 - len..]);
    } else {
        bytes.copy_from_slice(&word.to_le_bytes()[..len]);
    }
}

/// An argument or result of the function that a run starts with.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// A bool, integer, float or pointer.
    Scalar {
        /// Its type.
        ty: Ty,
        /// Its canonical word.
        bits: u64,
    },
    /// Anything larger, as it lies in the target's memory.
    Aggregate {
        /// Its type.
        ty: Ty,
        /// Its bytes.
        bytes: Vec<u8>,
        /// For each byte, whether it has a value: 0xFF, or 0 as in padding.
        init: Vec<u8>,
    },
}

impl Value {
    /// Its type.
    pub fn ty(&self) -> Ty {
        match self {
            Value::Scalar { ty, .. } | Value::Aggregate { ty, .. } => *ty,
        }
    }

    /// Its canonical word, unless it is an aggregate.
    pub fn bits(&self) -> Option<u64> {
        match self {
            Value::Scalar { bits, .. } => Some(*bits),
            Value::Aggregate { .. } => None,
        }
    }
}

macro_rules! values_from {
    ($($rust:ty: $ty:ident $word:expr;)*) => { $(
        impl From<$rust> for Value {
            fn from(value: $rust) -> Value {
                let word: fn($rust) -> u64 = $word;
                Value::Scalar { ty: Ty::$ty, bits: word(value) }
            }
        }
    )* };
}
values_from! {
    bool: BOOL u64::from;
    i8: I8 |v| v as u64;
    i16: I16 |v| v as u64;
    i32: I32 |v| v as u64;
    i64: I64 |v| v as u64;
    u8: U8 u64::from;
    u16: U16 u64::from;
    u32: U32 u64::from;
    u64: U64 |v| v;
    f32: F32 |v| u64::from(v.to_bits());
    f64: F64 f64::to_bits;
}

/// As a literal of the type; a pointer in hexadecimal, an aggregate as its bytes with `..` for those without a value.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Scalar { ty: Ty::BOOL, bits } => write!(f, "{}", *bits != 0),
            Value::Scalar { ty: Ty::F32, bits } => write!(f, "{:?}", f32::from_bits(*bits as u32)),
            Value::Scalar { ty: Ty::F64, bits } => write!(f, "{:?}", f64::from_bits(*bits)),
            Value::Scalar { ty, bits } if ty.is_signed() => write!(f, "{}", *bits as i64),
            Value::Scalar { ty, bits } if ty.is_int() => write!(f, "{bits}"),
            Value::Scalar { bits, .. } => write!(f, "{bits:#x}"),
            Value::Aggregate { bytes, init, .. } => {
                for (i, (byte, init)) in bytes.iter().zip(init).enumerate() {
                    let space = if i == 0 { "" } else { " " };
                    if *init == 0 { write!(f, "{space}..")? } else { write!(f, "{space}{byte:02x}")? }
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_words_extend_by_the_type() {
        assert_eq!(Scalar::I8.canonical(0x1ff), u64::MAX);
        assert_eq!(Scalar::U8.canonical(0x1ff), 0xff);
        assert_eq!(Scalar::I32.canonical(0x8000_0000), 0xffff_ffff_8000_0000);
        assert_eq!(Scalar::F32.canonical(u64::MAX), 0xffff_ffff);
        assert_eq!(Scalar::Bool.canonical(3), 1);
    }

    #[test]
    fn words_lie_in_memory_by_byte_order() {
        let mut bytes = [0; 3];
        put_word(0x0a_0b0c, &mut bytes, true);
        assert_eq!(bytes, [0x0a, 0x0b, 0x0c]);
        assert_eq!(word_of(&bytes, true), 0x0a_0b0c);
        put_word(0x0a_0b0c, &mut bytes, false);
        assert_eq!(bytes, [0x0c, 0x0b, 0x0a]);
        assert_eq!(word_of(&bytes, false), 0x0a_0b0c);
    }

    #[test]
    fn pointer_wide_types_follow_the_target() {
        let types = Types::default();
        assert_eq!(Scalar::of(&types, Ty::ISIZE, 32), Some(Scalar::I32));
        assert_eq!(Scalar::of(&types, Ty::USIZE, 64), Some(Scalar::U64));
        assert_eq!(Scalar::of(&types, Ty::PTR, 32), Some(Scalar::U32));
        assert_eq!(Scalar::of(&types, Ty::UNIT, 64), None);
    }
}
