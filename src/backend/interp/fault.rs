//! What a program can do wrong that a compiled program would not notice.

use std::fmt;

/// What kind of object an address belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ObjectKind {
    /// A module-level variable or constant.
    Global,
    /// A stack slot.
    Slot,
    /// A block from the heap.
    Heap,
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ObjectKind::Global => "a global",
            ObjectKind::Slot => "a stack slot",
            ObjectKind::Heap => "a heap block",
        })
    }
}

/// Undefined behaviour, found. Addresses are those of the interpreter's own address space.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// An access through an address below every object, as null is.
    Null {
        /// The address.
        address: u64,
    },
    /// An access through an address that no object ever had.
    Wild {
        /// The address.
        address: u64,
    },
    /// An access that leaves its object.
    OutOfBounds {
        /// What the address belongs to.
        kind: ObjectKind,
        /// Bytes of the object.
        object: u64,
        /// Where the access starts, from the start of the object.
        offset: u64,
        /// Bytes accessed.
        len: u64,
    },
    /// Address arithmetic that leaves its object; one past the end is inside.
    MovedOut {
        /// What the address belongs to.
        kind: ObjectKind,
        /// Bytes of the object.
        object: u64,
        /// Where the result is, from the start of the object.
        offset: i64,
    },
    /// An access to a heap block that was given back.
    UseAfterFree {
        /// The address.
        address: u64,
    },
    /// An access to a slot of a function that has returned.
    UseAfterReturn {
        /// The address.
        address: u64,
    },
    /// A heap block given back twice.
    DoubleFree {
        /// The address.
        address: u64,
    },
    /// Something given back that is not the start of a heap block.
    InvalidFree {
        /// The address.
        address: u64,
    },
    /// A resize to no bytes, which C libraries answer in different ways.
    ResizeToNothing,
    /// An access at an address that is not a multiple of the alignment.
    Misaligned {
        /// The address.
        address: u64,
        /// Bytes.
        align: u64,
    },
    /// A read of bytes that were never written.
    Uninitialised {
        /// Address of the first such byte.
        address: u64,
    },
    /// The use of a field of a register that has no value.
    UninitialisedField {
        /// Byte offset of the field in the register.
        offset: u64,
    },
    /// A write to a constant.
    Constant {
        /// The address.
        address: u64,
    },
    /// `mem.copy` between ranges that overlap.
    Overlap,
    /// A bool in memory that is neither 0 nor 1.
    NotABool {
        /// The byte.
        byte: u64,
    },
    /// A payload asked of an enum value of another variant.
    WrongVariant {
        /// The variant asked for.
        expected: u32,
        /// The value's tag.
        found: u32,
    },
    /// A call through an address that is not a function's.
    NotAFunction {
        /// The address.
        address: u64,
    },
    /// A call through the address of a function of another signature.
    WrongSignature,
    /// `assume` of something false.
    FalseAssumption,
    /// `unreachable` was reached.
    Unreachable,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Null { address } => write!(f, "access through the null address ({address:#x})"),
            Fault::Wild { address } => write!(f, "access at {address:#x}, where no object ever was"),
            Fault::OutOfBounds { kind, object, offset, len } => {
                write!(f, "access to {len} bytes at offset {offset} of {kind} of {object} bytes")
            }
            Fault::MovedOut { kind, object, offset } => {
                write!(f, "address moved to offset {offset} of {kind} of {object} bytes")
            }
            Fault::UseAfterFree { address } => write!(f, "access at {address:#x} to a freed heap block"),
            Fault::UseAfterReturn { address } => {
                write!(f, "access at {address:#x} to a stack slot of a function that has returned")
            }
            Fault::DoubleFree { address } => write!(f, "the heap block at {address:#x} is freed twice"),
            Fault::InvalidFree { address } => {
                write!(f, "{address:#x} is freed but is not the start of a heap block")
            }
            Fault::ResizeToNothing => f.write_str("a heap block is resized to 0 bytes"),
            Fault::Misaligned { address, align } => {
                write!(f, "access at {address:#x}, which is not aligned to {align} bytes")
            }
            Fault::Uninitialised { address } => write!(f, "read of uninitialised memory at {address:#x}"),
            Fault::UninitialisedField { offset } => {
                write!(f, "use of an uninitialised field at offset {offset} of a register")
            }
            Fault::Constant { address } => write!(f, "write to a constant at {address:#x}"),
            Fault::Overlap => f.write_str("`mem.copy` between ranges that overlap"),
            Fault::NotABool { byte } => write!(f, "load of a bool from the byte {byte:#x}"),
            Fault::WrongVariant { expected, found } => {
                write!(f, "payload of variant {expected} read from a value of variant {found}")
            }
            Fault::NotAFunction { address } => {
                write!(f, "call through {address:#x}, which is not the address of a function")
            }
            Fault::WrongSignature => {
                f.write_str("call through the address of a function of another signature")
            }
            Fault::FalseAssumption => f.write_str("the condition of `assume` does not hold"),
            Fault::Unreachable => f.write_str("`unreachable` was reached"),
        }
    }
}
