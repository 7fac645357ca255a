//! Functions in the form that the machine runs: places resolved, types resolved, operations chosen.

use super::TrapKind;
use super::arith::{Binary, Carry, Divide, Ternary, Unary};
use super::externs::Run;
use super::value::Scalar;
use crate::diagnostics::Span;
use crate::mir::{FuncId, RmwOp, SigId};

/// Index of a scalar register among the words of its frame.
pub type Word = u32;

/// An aggregate register: its bytes start at `at` in the frame's bytes, and a mark for each byte follows them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Agg {
    pub at: u32,
    pub size: u32,
}

/// Where a register is in its frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Word(Word, Scalar),
    Agg(Agg),
}

/// How a scalar lies in memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Access {
    pub scalar: Scalar,
    /// Bytes.
    pub align: u8,
}

/// Part of an aggregate register.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FieldAt {
    pub agg: Agg,
    /// Bytes from the start of the register.
    pub offset: u32,
}

/// One step. The field names are those of the MIR operations.
#[derive(Clone, Copy, Debug)]
pub enum Insn {
    Const {
        dst: Word,
        bits: u64,
    },
    Copy {
        dst: Word,
        a: Word,
    },
    Unary {
        f: Unary,
        dst: Word,
        a: Word,
    },
    Binary {
        f: Binary,
        dst: Word,
        a: Word,
        b: Word,
    },
    Divide {
        f: Divide,
        dst: Word,
        a: Word,
        b: Word,
        zero: TrapKind,
    },
    Ternary {
        f: Ternary,
        dst: Word,
        a: Word,
        b: Word,
        c: Word,
    },
    /// The result goes to [`Code::flagged`] at `dst`.
    Carry {
        f: Carry,
        dst: u32,
        a: Word,
        b: Word,
    },
    Select {
        dst: Word,
        cond: Word,
        a: Word,
        b: Word,
    },

    /// All bytes 0, and written.
    ZeroAgg {
        dst: Agg,
    },
    /// No byte has a value.
    ClearAgg {
        dst: Agg,
    },
    CopyAgg {
        dst: Agg,
        a: u32,
    },
    SelectAgg {
        dst: Agg,
        cond: Word,
        a: u32,
        b: u32,
    },
    GetField {
        dst: Word,
        from: FieldAt,
        scalar: Scalar,
    },
    GetAgg {
        dst: Agg,
        from: FieldAt,
    },
    SetField {
        to: FieldAt,
        value: Word,
        scalar: Scalar,
    },
    SetAgg {
        to: FieldAt,
        value: Agg,
    },
    SetTag {
        dst: Agg,
        variant: u32,
    },
    CheckTag {
        value: Agg,
        variant: u32,
    },

    SlotAddr {
        dst: Word,
        slot: u32,
    },
    Load {
        dst: Word,
        addr: Word,
        access: Access,
    },
    Store {
        value: Word,
        addr: Word,
        access: Access,
    },
    LoadAgg {
        dst: Agg,
        addr: Word,
        align: u32,
    },
    StoreAgg {
        value: Agg,
        addr: Word,
        align: u32,
    },
    Rmw {
        rmw: RmwOp,
        dst: Word,
        value: Word,
        addr: Word,
        access: Access,
    },
    /// The result goes to [`Code::flagged`] at `dst`.
    CmpXchg {
        dst: u32,
        expected: Word,
        new: Word,
        addr: Word,
        access: Access,
    },
    Copying {
        dst: Word,
        src: Word,
        len: Word,
        may_overlap: bool,
    },
    Fill {
        dst: Word,
        byte: Word,
        len: Word,
    },
    /// Address moved by a constant.
    Field {
        dst: Word,
        base: Word,
        offset: u64,
    },
    /// Address moved by `index * size`.
    Index {
        dst: Word,
        base: Word,
        index: Word,
        size: u64,
    },
    Alloc {
        dst: Word,
        size: Word,
        zeroed: bool,
    },
    Resize {
        dst: Word,
        base: Word,
        size: Word,
    },
    Free {
        base: Word,
    },
    /// Adds `by` to a reference count; whether that made it zero.
    Count {
        addr: Word,
        by: i8,
        last: Option<Word>,
    },
    IsUnique {
        dst: Word,
        addr: Word,
    },

    /// Calls have their operands in [`Code::calls`] at `site`.
    Call {
        func: FuncId,
        site: u32,
    },
    CallExtern {
        run: Run,
        site: u32,
    },
    CallIndirect {
        callee: Word,
        sig: SigId,
        site: u32,
    },
    TailCall {
        func: FuncId,
        site: u32,
        cost: u32,
    },
    Assume {
        cond: Word,
    },
    Trap,

    /// Terminators carry the number of steps of their block, which the fuel pays for.
    Jump {
        to: u32,
        cost: u32,
    },
    Branch {
        cond: Word,
        then: u32,
        otherwise: u32,
        cost: u32,
    },
    /// [`Code::switches`] at `table`.
    Switch {
        value: Word,
        table: u32,
        cost: u32,
    },
    Return {
        value: Option<Place>,
        cost: u32,
    },
    Unreachable,
}

/// Where the tuple of a result and a flag goes.
#[derive(Clone, Copy, Debug)]
pub struct Flagged {
    pub value: FieldAt,
    pub scalar: Scalar,
    pub flag: FieldAt,
}

/// Operands of a call.
#[derive(Clone, Debug)]
pub struct CallSite {
    pub args: Box<[Place]>,
    pub dst: Option<Place>,
}

/// Targets of a switch, by rising case.
#[derive(Clone, Debug)]
pub struct SwitchTable {
    pub cases: Box<[(u64, u32)]>,
    pub default: u32,
}

/// A decoded function.
#[derive(Debug)]
pub struct Code {
    pub func: FuncId,
    pub insns: Vec<Insn>,
    /// Source of each step.
    pub spans: Vec<Span>,
    pub params: Vec<Place>,
    /// Words of a frame.
    pub words: usize,
    /// Bytes of a frame, marks included.
    pub bytes: usize,
    /// Size and alignment of each stack slot.
    pub slots: Vec<(u64, u64)>,
    pub calls: Vec<CallSite>,
    pub switches: Vec<SwitchTable>,
    pub flagged: Vec<Flagged>,
}
