//! Modules, functions, blocks, instructions and terminators.

use super::ops::Op;
use super::types::{SigId, Signature, Ty, Types};
use crate::diagnostics::Span;
use crate::handles::handles;

handles! {
    /// A virtual register of a function: typed, mutable; the parameters come first.
    Reg;
    /// A block of a function; `Block(0)` is the entry and nothing jumps to it.
    Block;
    /// A stack slot of a function.
    SlotId;
    /// A function of a module.
    FuncId;
    /// A global of a module.
    GlobalId;
    /// A string of a module: names in debug information, messages, format specifications.
    StrId;
}

/// A function, where there may be none.
pub type MaybeFunc = Option<FuncId>;

/// Registers in a row, in the function's pool.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct RegList {
    /// First index in the pool.
    pub start: u32,
    /// Number of registers.
    pub len: u32,
}

impl RegList {
    /// The registers, out of the pool of the list's function.
    pub fn of(self, pool: &[Reg]) -> &[Reg] {
        &pool[self.start as usize..self.start as usize + self.len as usize]
    }
}

/// A whole program, or one codegen unit of it.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// Name in messages and debug information.
    pub name: String,
    /// Types, signatures, structs, enums.
    pub types: Types,
    /// Functions, defined and extern; the index is the [`FuncId`].
    pub funcs: Vec<Function>,
    /// Globals; the index is the [`GlobalId`].
    pub globals: Vec<Global>,
    /// Strings; the index is the [`StrId`].
    pub strings: Vec<String>,
    /// Source files that spans point into.
    pub files: Vec<SourceFile>,
}

/// Enough of a source file to turn a span into a place.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The id that spans carry.
    pub file: crate::diagnostics::FileId,
    /// Path as the user gave it.
    pub path: String,
    /// Byte offset of the start of each line.
    pub line_starts: Vec<u32>,
}

/// Who sees a symbol.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Linkage {
    /// This module only.
    #[default]
    Internal,
    /// Every object of the program and C.
    Export,
    /// The same, unless another object defines it by [`Linkage::Export`].
    Weak,
    /// Defined elsewhere.
    Extern,
}

impl Linkage {
    /// Whether other objects see the definition.
    pub fn is_offered(self) -> bool {
        match self {
            Linkage::Export | Linkage::Weak => true,
            Linkage::Internal | Linkage::Extern => false,
        }
    }
}

/// Whether calls should be replaced by the body.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Inline {
    /// The back end decides.
    #[default]
    Auto,
    /// Preferably.
    Hint,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What is known of a function beyond its body.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FuncFacts {
    /// Inlining.
    pub inline: Inline,
    /// Rarely called: panics and slow paths.
    pub cold: bool,
    /// Called before `main`: those of a module in its order.
    pub constructor: bool,
    /// Called when the program has returned from `main`, or C's `exit` ends it, or the library that it is in is unloaded: the
    /// last of a module first.
    pub destructor: bool,
}

/// What is known of a pointer parameter; ignored on others.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ParamFacts {
    /// No other pointer reaches the memory while the function runs.
    pub noalias: bool,
    /// The function does not write through it.
    pub readonly: bool,
    /// It is never null.
    pub nonnull: bool,
    /// The whole of a value of this type is there.
    pub points_to: Option<Ty>,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Function {
    /// Symbol, unique in the program.
    pub name: String,
    /// Parameters, result, convention; equal to what the registers say.
    pub sig: SigId,
    /// Who sees it.
    pub linkage: Linkage,
    /// Beyond the body.
    pub facts: FuncFacts,
    /// One per parameter.
    pub params: Vec<ParamFacts>,
    /// Registers; the first ones are the parameters.
    pub regs: Vec<RegData>,
    /// Stack slots.
    pub slots: Vec<SlotData>,
    /// Blocks; empty for an extern function.
    pub blocks: Vec<BlockData>,
    /// What [`RegList`]s point into.
    pub pool: Vec<Reg>,
    /// Case lists of switches.
    pub cases: Vec<(u64, Block)>,
    /// Where it is declared.
    pub span: Span,
}

/// A register.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RegData {
    /// Its type, never `unit` or `never`.
    pub ty: Ty,
    /// Name for readers.
    pub name: Option<StrId>,
}

/// A stack slot.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SlotData {
    /// What it holds; sized and aligned for it.
    pub ty: Ty,
    /// Name for readers.
    pub name: Option<StrId>,
}

/// A block: instructions, then a terminator.
#[derive(Clone, Debug)]
pub struct BlockData {
    /// Run in order.
    pub insts: Vec<Inst>,
    /// Run last.
    pub term: Terminator,
    /// Place of the terminator.
    pub term_span: Span,
}

/// An instruction.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Inst {
    /// What it does.
    pub op: Op,
    /// Where the result goes; `None` exactly when the operation has none, or it is a call whose result is not used.
    pub dst: Option<Reg>,
    /// Its place in the source.
    pub span: Span,
}

/// Which way a branch usually goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Hint {
    /// Not known.
    #[default]
    None,
    /// The first block.
    Likely,
    /// The second block.
    Unlikely,
}

/// Cases of a switch: a row of the function's `cases`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CaseList {
    /// First index.
    pub start: u32,
    /// Number of cases.
    pub len: u32,
}

impl CaseList {
    /// The cases, out of their function: the bits of the value (as in `const`) and the block.
    pub fn of(self, cases: &[(u64, Block)]) -> &[(u64, Block)] {
        &cases[self.start as usize..self.start as usize + self.len as usize]
    }
}

/// How a block ends.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Terminator {
    /// On to a block.
    Goto(Block),
    /// To the first block if the bool holds, else to the second.
    Branch {
        /// A bool.
        cond: Reg,
        /// Where to when it holds.
        then: Block,
        /// Where to when not.
        otherwise: Block,
        /// What is usual.
        hint: Hint,
    },
    /// To the block of the case equal to the integer, else to the default.
    Switch {
        /// An integer.
        value: Reg,
        /// Distinct constants.
        cases: CaseList,
        /// Where to when no case fits.
        default: Block,
    },
    /// Back to the caller with the result; `None` for `unit`.
    Return(Option<Reg>),
    /// Never reached; undefined when it is (the interpreter stops).
    Unreachable,
    /// Ends the program with a message and the place (rich: expanded to a call of the runtime).
    Panic(StrId),
    /// Returns what the function returns, reusing this activation.
    TailCall {
        /// Of the same result type.
        func: FuncId,
        /// Its arguments.
        args: RegList,
    },
    /// Calls a function whose result is an [`Outcome`](super::Outcome): on to `ok` after a success, to `error` after a
    /// failure (rich).
    Invoke {
        /// Called.
        func: FuncId,
        /// Its arguments.
        args: RegList,
        /// The outcome, on both ways.
        dst: Option<Reg>,
        /// Where to after a success.
        ok: Block,
        /// Where to after a failure: a block to which errors lead only.
        error: Block,
    },
}

/// The function that ends the program when its stack is used up, `() -> never` of the C convention. It is called on another
/// stack, in a program that defines it.
pub const STACK_OVERFLOW: &str = "rt_stack_overflow";

/// The function that writes what the program's standard output has collected, `() -> unit`, in a program of Simple.
pub const FLUSH: &str = "rt::flush_out";

/// A module-level variable or constant.
#[derive(Clone, Debug)]
pub struct Global {
    /// Symbol, unique in the program.
    pub name: String,
    /// What it holds.
    pub ty: Ty,
    /// Its first value; `None` when it is defined elsewhere.
    pub init: Option<Init>,
    /// Never written.
    pub constant: bool,
    /// Each thread has one of its own, with the same first value.
    pub thread_local: bool,
    /// Who sees it.
    pub linkage: Linkage,
    /// Where it is declared.
    pub span: Span,
}

/// A value known before the program runs.
#[derive(Clone, PartialEq, Debug)]
pub enum Init {
    /// All bytes zero.
    Zero,
    /// A scalar, as in `const`.
    Bits(u64),
    /// The elements of a fixed array of `u8`.
    Bytes(Vec<u8>),
    /// The fields of a struct, tuple or fixed array.
    Fields(Vec<Init>),
    /// The address of a function.
    Func(FuncId),
    /// The address of a global.
    Global(GlobalId),
}

impl Module {
    /// An empty module.
    pub fn new(name: impl Into<String>) -> Module {
        Module { name: name.into(), ..Module::default() }
    }

    /// A function.
    pub fn func(&self, id: FuncId) -> &Function {
        &self.funcs[id.idx()]
    }

    /// The signature of a function.
    pub fn sig_of(&self, id: FuncId) -> &Signature {
        self.types.sig(self.func(id).sig)
    }

    /// Adds a function without a body.
    pub fn declare(&mut self, name: impl Into<String>, sig: Signature, linkage: Linkage) -> FuncId {
        let sig = self.types.intern_sig(sig);
        self.funcs.push(Function::declare(name, sig, &self.types, linkage));
        FuncId(self.funcs.len() as u32 - 1)
    }

    /// Adds a global.
    pub fn add_global(&mut self, global: Global) -> GlobalId {
        self.globals.push(global);
        GlobalId(self.globals.len() as u32 - 1)
    }

    /// The function of a name; linear, for tests and entry points.
    pub fn func_named(&self, name: &str) -> Option<FuncId> {
        self.funcs.iter().position(|f| f.name == name).map(|i| FuncId(i as u32))
    }

    /// The function [`STACK_OVERFLOW`], where it is defined.
    pub fn stack_overflow(&self) -> Option<FuncId> {
        self.func_named(STACK_OVERFLOW).filter(|&id| self.func(id).is_defined())
    }

    /// A string.
    pub fn str(&self, id: StrId) -> &str {
        &self.strings[id.idx()]
    }

    /// Adds a string, without looking for an equal one.
    pub fn add_str(&mut self, text: impl Into<String>) -> StrId {
        self.strings.push(text.into());
        StrId(self.strings.len() as u32 - 1)
    }

    /// The file, line and column (both from 1, the column in bytes) of the start of a span.
    pub fn place(&self, span: Span) -> Option<(&str, u32, u32)> {
        let file = self.files.iter().find(|f| f.file == span.file)?;
        let line = file.line_starts.partition_point(|&s| s <= span.start);
        let start = line.checked_sub(1).map_or(0, |i| file.line_starts[i]);
        Some((&file.path, line as u32, span.start - start + 1))
    }
}

impl Function {
    /// A function without blocks.
    pub fn declare(name: impl Into<String>, sig: SigId, types: &Types, linkage: Linkage) -> Function {
        let params = &types.sig(sig).params;
        Function {
            name: name.into(),
            sig,
            linkage,
            facts: FuncFacts::default(),
            params: vec![ParamFacts::default(); params.len()],
            regs: params.iter().map(|&ty| RegData { ty, name: None }).collect(),
            slots: Vec::new(),
            blocks: Vec::new(),
            pool: Vec::new(),
            cases: Vec::new(),
            span: Span::NONE,
        }
    }

    /// Whether it has a body.
    pub fn is_defined(&self) -> bool {
        !self.blocks.is_empty()
    }

    /// The type of a register.
    pub fn ty(&self, reg: Reg) -> Ty {
        self.regs[reg.idx()].ty
    }
}

impl Terminator {
    /// Its name in the text form.
    pub fn name(&self) -> &'static str {
        match self {
            Terminator::Goto(_) => "goto",
            Terminator::Branch { .. } => "branch",
            Terminator::Switch { .. } => "switch",
            Terminator::Return(_) => "return",
            Terminator::Unreachable => "unreachable",
            Terminator::Panic(_) => "panic",
            Terminator::TailCall { .. } => "tail_call",
            Terminator::Invoke { .. } => "invoke",
        }
    }

    /// Calls `visit` with each register read; `pool` is the function's.
    pub fn each_use(&self, pool: &[Reg], mut visit: impl FnMut(Reg)) {
        match *self {
            Terminator::Branch { cond, .. } => visit(cond),
            Terminator::Switch { value, .. } => visit(value),
            Terminator::Return(Some(value)) => visit(value),
            Terminator::TailCall { args, .. } | Terminator::Invoke { args, .. } => {
                args.of(pool).iter().for_each(|&r| visit(r));
            }
            Terminator::Goto(_)
            | Terminator::Return(None)
            | Terminator::Unreachable
            | Terminator::Panic(_) => {}
        }
    }

    /// The register written, before the jump.
    pub fn def(&self) -> Option<Reg> {
        match *self {
            Terminator::Invoke { dst, .. } => dst,
            Terminator::Goto(_)
            | Terminator::Branch { .. }
            | Terminator::Switch { .. }
            | Terminator::Return(_)
            | Terminator::Unreachable
            | Terminator::Panic(_)
            | Terminator::TailCall { .. } => None,
        }
    }

    /// Replaces each block that it may go to; `cases` is the function's.
    pub fn map_targets(&mut self, cases: &mut [(u64, Block)], mut map: impl FnMut(Block) -> Block) {
        match self {
            Terminator::Goto(to) => *to = map(*to),
            Terminator::Branch { then, otherwise, .. } => {
                *then = map(*then);
                *otherwise = map(*otherwise);
            }
            Terminator::Switch { cases: list, default, .. } => {
                let (start, len) = (list.start as usize, list.len as usize);
                cases[start..start + len].iter_mut().for_each(|case| case.1 = map(case.1));
                *default = map(*default);
            }
            Terminator::Invoke { ok, error, .. } => {
                *ok = map(*ok);
                *error = map(*error);
            }
            Terminator::Return(_)
            | Terminator::Unreachable
            | Terminator::Panic(_)
            | Terminator::TailCall { .. } => {}
        }
    }

    /// Calls `visit` with each block it may go to, in order, repeats included; `cases` is the function's.
    pub fn each_target(&self, cases: &[(u64, Block)], mut visit: impl FnMut(Block)) {
        match *self {
            Terminator::Goto(to) => visit(to),
            Terminator::Branch { then, otherwise, .. } => {
                visit(then);
                visit(otherwise);
            }
            Terminator::Switch { cases: list, default, .. } => {
                list.of(cases).iter().for_each(|c| visit(c.1));
                visit(default);
            }
            Terminator::Invoke { ok, error, .. } => {
                visit(ok);
                visit(error);
            }
            Terminator::Return(_)
            | Terminator::Unreachable
            | Terminator::Panic(_)
            | Terminator::TailCall { .. } => {}
        }
    }
}
