//! What the op table says of an operation, and the parts of operations that are no handles.

use super::types::Ty;

/// Which of the two enums an operation is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tier {
    /// Implemented by back ends.
    Core,
    /// Expanded before.
    Rich,
}

/// The chapter an operation stands in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names are the documentation")]
pub enum Category {
    Constant,
    Arithmetic,
    Float,
    Bitwise,
    Comparison,
    Cast,
    Select,
    Memory,
    Call,
    Aggregate,
    Debug,
    Hint,
    Collection,
    Pattern,
    Closure,
    Error,
    Simd,
    Gpu,
    Async,
}

/// What an operation does besides making its result; an operation with none may be removed when unused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Effects {
    /// Reads memory.
    pub reads: bool,
    /// Writes memory or is otherwise visible.
    pub writes: bool,
    /// May stop the program.
    pub traps: bool,
    /// May allocate.
    pub allocates: bool,
}

impl Effects {
    /// No effect.
    pub const NONE: Effects = Effects { reads: false, writes: false, traps: false, allocates: false };
}

/// A set of types that an operand's or result's type must be in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// Any type but `unit` and `never`.
    Any,
    /// Integer, float, bool or pointer.
    Scalar,
    /// Integer.
    Int,
    /// Integer or bool.
    IntBool,
    /// `f32` or `f64`.
    Float,
    /// Integer or float, or a vector of them.
    Num,
    /// `bool`.
    Bool,
    /// `ptr`.
    Ptr,
    /// `usize`.
    Usize,
    /// `u8`.
    Byte,
    /// Struct, tuple or fixed array.
    Aggregate,
    /// Enum.
    Enum,
    /// `[T]`.
    Array,
    /// `{K: V}`.
    Dict,
    /// `text`.
    Text,
    /// `range<T>`.
    Range,
    /// Vector.
    Vector,
    /// The type of the first register operand.
    First,
    /// The type of the result.
    Dst,
}

/// How the type of the result is found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResultRule {
    /// There is no result.
    None,
    /// A fixed type.
    Fixed(Ty),
    /// The type of the register field with this position among the operation's fields.
    Like(&'static str),
    /// The tuple of that type and `bool`.
    Flagged(&'static str),
    /// The result of the function or signature called.
    Called,
    /// The destination register's own type, in this class.
    Given(Class),
}

/// One field of an operation, as the table declares it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FieldInfo {
    /// Its name.
    pub name: &'static str,
    /// Its Rust type: `Reg`, `RegList`, `Ty`, `u32`, …
    pub kind: &'static str,
    /// The class of a `Reg`.
    pub class: Option<Class>,
}

/// One row of the table.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct OpInfo {
    /// Name in the text form.
    pub name: &'static str,
    /// Core or rich.
    pub tier: Tier,
    /// The chapter.
    pub category: Category,
    /// Side effects.
    pub effects: Effects,
    /// Fields in order.
    pub fields: &'static [FieldInfo],
    /// The result.
    pub result: ResultRule,
    /// The documentation line.
    pub doc: &'static str,
}

/// The bits of a scalar literal: an integer sign- or zero-extended to 64 bits by its type, a float's IEEE pattern
/// (an `f32`'s in the low half), a bool as 0 or 1, a pointer as its number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Bits(pub u64);

impl Bits {
    /// An integer, wrapped to the width of its type.
    pub fn of_int(ty: Ty, value: i64) -> Bits {
        Bits(match (ty.fixed_bits(), ty.is_signed()) {
            (Some(64) | None, _) => value as u64,
            (Some(n), true) => (value << (64 - n) >> (64 - n)) as u64,
            (Some(n), false) => value as u64 & (u64::MAX >> (64 - n)),
        })
    }
}

/// What an access is known to touch. Accesses of two different classes other than [`Alias::Any`] never touch the same
/// bytes during the life of an object; back ends may turn that into TBAA.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Alias {
    /// Nothing is known.
    #[default]
    Any,
    /// The count, length or capacity of a heap object, or the functions of a closure.
    Header,
    /// An element of an array, or the bytes of a text.
    Element,
    /// A module-level variable.
    Global,
    /// A field of a class instance.
    Field,
}

impl Alias {
    /// Text form of each; `Any` is written as nothing.
    pub const NAMES: &'static [(&'static str, Alias)] = &[
        ("!header", Alias::Header),
        ("!element", Alias::Element),
        ("!global", Alias::Global),
        ("!field", Alias::Field),
    ];
}

/// Memory ordering of an atomic access (LangRef, "Atomic Memory Ordering Constraints").
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names are LangRef's")]
pub enum Ordering {
    Relaxed,
    Acquire,
    Release,
    AcqRel,
    SeqCst,
}

impl Ordering {
    /// Text form of each.
    pub const NAMES: &'static [(&'static str, Ordering)] = &[
        ("relaxed", Ordering::Relaxed),
        ("acquire", Ordering::Acquire),
        ("release", Ordering::Release),
        ("acq_rel", Ordering::AcqRel),
        ("seq_cst", Ordering::SeqCst),
    ];
}

/// The operation of an atomic read-modify-write; `Min` and `Max` go by the type's signedness.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum RmwOp {
    Xchg,
    Add,
    Sub,
    And,
    Or,
    Xor,
    Min,
    Max,
}

impl RmwOp {
    /// Text form of each.
    pub const NAMES: &'static [(&'static str, RmwOp)] = &[
        ("xchg", RmwOp::Xchg),
        ("add", RmwOp::Add),
        ("sub", RmwOp::Sub),
        ("and", RmwOp::And),
        ("or", RmwOp::Or),
        ("xor", RmwOp::Xor),
        ("min", RmwOp::Min),
        ("max", RmwOp::Max),
    ];
}
