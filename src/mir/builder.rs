//! Builds functions; one method per operation, derived from the op table.

use super::module::*;
use super::op_info::*;
use super::ops::*;
use super::types::*;
use crate::diagnostics::Span;

/// Appends instructions to a current block of a function of a module under construction.
///
/// An operation's method takes its fields in table order and returns the register that holds the result; one whose
/// result rule is `given` takes the result's type first. Without a current block nothing is appended: the code is dead.
pub struct FunctionBuilder<'m> {
    /// The module; other functions may be declared in it meanwhile.
    pub module: &'m mut Module,
    /// The function so far.
    pub func: Function,
    id: FuncId,
    current: Option<Block>,
    span: Span,
}

const OPEN: Terminator = Terminator::Unreachable;

impl<'m> FunctionBuilder<'m> {
    /// Starts the body of a function declared in the module, with an entry block, which is current.
    pub fn new(module: &'m mut Module, id: FuncId) -> FunctionBuilder<'m> {
        let func = module.func(id).clone();
        let mut builder = FunctionBuilder { module, func, id, current: None, span: Span::NONE };
        let entry = builder.block();
        builder.switch_to(entry);
        builder
    }

    /// Takes up a function that has blocks already; no block is current. It replaces the module's when it is finished.
    pub fn resume(module: &'m mut Module, id: FuncId, func: Function) -> FunctionBuilder<'m> {
        FunctionBuilder { module, func, id, current: None, span: Span::NONE }
    }

    /// Puts the finished function into the module.
    pub fn finish(self) {
        self.module.funcs[self.id.idx()] = self.func;
    }

    /// The place that following instructions get.
    pub fn at(&mut self, span: Span) {
        self.span = span;
    }

    /// The place that following instructions get.
    pub fn span(&self) -> Span {
        self.span
    }

    /// A new, empty block; it is not current.
    pub fn block(&mut self) -> Block {
        self.func.blocks.push(BlockData { insts: Vec::new(), term: OPEN, term_span: self.span });
        Block(self.func.blocks.len() as u32 - 1)
    }

    /// Makes a block current.
    pub fn switch_to(&mut self, block: Block) {
        self.current = Some(block);
    }

    /// The block that instructions go to; `None` after a terminator.
    pub fn current(&self) -> Option<Block> {
        self.current
    }

    /// The parameter of an index.
    pub fn param(&self, index: usize) -> Reg {
        Reg(index as u32)
    }

    /// A new register.
    pub fn reg(&mut self, ty: Ty) -> Reg {
        self.func.regs.push(RegData { ty, name: None });
        Reg(self.func.regs.len() as u32 - 1)
    }

    /// A new stack slot.
    pub fn slot(&mut self, ty: Ty) -> SlotId {
        self.func.slots.push(SlotData { ty, name: None });
        SlotId(self.func.slots.len() as u32 - 1)
    }

    /// A list of registers, for operations that take one.
    pub fn list(&mut self, regs: &[Reg]) -> RegList {
        let start = self.func.pool.len() as u32;
        self.func.pool.extend_from_slice(regs);
        RegList { start, len: regs.len() as u32 }
    }

    /// Ends the current block; instructions need a new current block from here on.
    pub fn terminate(&mut self, term: Terminator) {
        if let Some(block) = self.current.take() {
            let data = &mut self.func.blocks[block.idx()];
            data.term = term;
            data.term_span = self.span;
        }
    }

    /// Ends the current block with a jump.
    pub fn goto(&mut self, to: Block) {
        self.terminate(Terminator::Goto(to));
    }

    /// Ends the current block with a two-way branch.
    pub fn branch(&mut self, cond: Reg, then: Block, otherwise: Block, hint: Hint) {
        self.terminate(Terminator::Branch { cond, then, otherwise, hint });
    }

    /// Ends the current block with a switch.
    pub fn switch(&mut self, value: Reg, cases: &[(u64, Block)], default: Block) {
        let list = CaseList { start: self.func.cases.len() as u32, len: cases.len() as u32 };
        self.func.cases.extend_from_slice(cases);
        self.terminate(Terminator::Switch { value, cases: list, default });
    }

    /// Ends the current block with a return.
    pub fn ret(&mut self, value: Option<Reg>) {
        self.terminate(Terminator::Return(value));
    }

    /// Appends an operation; the result goes to `dst`.
    pub fn push(&mut self, dst: Option<Reg>, op: impl Into<Op>) {
        let inst = Inst { op: op.into(), dst, span: self.span };
        if let Some(block) = self.current {
            self.func.blocks[block.idx()].insts.push(inst);
        }
    }

    /// Appends an operation at a place of its own.
    pub fn push_at(&mut self, span: Span, dst: Option<Reg>, op: impl Into<Op>) {
        self.span = span;
        self.push(dst, op);
    }

    /// Appends `dst = mov src`.
    pub fn assign(&mut self, dst: Reg, src: Reg) {
        self.push(Some(dst), CoreOp::Mov { a: src });
    }

    /// An integer constant of type `ty`, wrapped to its width.
    pub fn int(&mut self, ty: Ty, value: i64) -> Reg {
        self.const_(ty, Bits::of_int(ty, value))
    }

    /// A bool constant.
    pub fn bool(&mut self, value: bool) -> Reg {
        self.const_(Ty::BOOL, Bits(u64::from(value)))
    }

    /// The type of the result of an operation by its rule; `None` when there is no result or the rule is `given`.
    pub fn result_type(&mut self, op: &Op) -> Option<Ty> {
        match op.info().result {
            ResultRule::None | ResultRule::Given(_) => None,
            ResultRule::Fixed(ty) => Some(ty),
            ResultRule::Like(_) => op.like().map(|r| self.func.ty(r)),
            ResultRule::Flagged(_) => {
                op.like().map(|r| self.module.types.tuple(vec![self.func.ty(r), Ty::BOOL]))
            }
            ResultRule::Called => {
                let sig = called_sig(op, |f| self.module.func(f).sig)?;
                Some(self.module.types.sig(sig).ret).filter(|&ty| ty != Ty::UNIT && ty != Ty::NEVER)
            }
        }
    }

    fn derived(&mut self, op: Op) -> Option<Reg> {
        let dst = self.result_type(&op).map(|ty| self.reg(ty));
        self.push(dst, op);
        dst
    }
}

impl Module {
    /// Adds a function that calls another by its address, with a signature of its own.
    pub fn forward(&mut self, name: String, callee: FuncId, sig: Signature) -> FuncId {
        let ret = sig.ret;
        let id = self.declare(name, sig, Linkage::Internal);
        self.funcs[id.idx()].facts.inline = Inline::Always;
        let sig = self.func(id).sig;
        let mut b = FunctionBuilder::new(self, id);
        let params: Vec<_> = (0..b.func.params.len()).map(|i| b.param(i)).collect();
        let args = b.list(&params);
        let address = b.func_addr(callee);
        let result = b.call_indirect(address, sig, args);
        if ret == Ty::NEVER {
            b.terminate(Terminator::Unreachable);
        } else {
            b.ret(result);
        }
        b.finish();
        id
    }
}

/// The signature that an operation with a `called` result calls; `None` for operations that call nothing.
pub fn called_sig(op: &Op, of_func: impl FnOnce(FuncId) -> SigId) -> Option<SigId> {
    if let Op::Core(CoreOp::Call { func, .. }) = *op {
        Some(of_func(func))
    } else if let Op::Core(CoreOp::CallIndirect { sig, .. })
    | Op::Rich(RichOp::CallVirtual { sig, .. } | RichOp::ClosureApply { sig, .. }) = *op
    {
        Some(sig)
    } else {
        None
    }
}

macro_rules! builder_method {
    ($enum:ident $doc:literal $variant:ident $method:ident ($($field:ident: $kind:ident),*) none) => {
        #[doc = $doc]
        pub fn $method(&mut self, $($field: $kind),*) {
            self.push(None, $enum::$variant { $($field),* });
        }
    };
    ($enum:ident $doc:literal $variant:ident $method:ident ($($field:ident: $kind:ident),*) called) => {
        #[doc = $doc]
        #[doc = " `None` when there is no result."]
        pub fn $method(&mut self, $($field: $kind),*) -> Option<Reg> {
            self.derived($enum::$variant { $($field),* }.into())
        }
    };
    ($enum:ident $doc:literal $variant:ident $method:ident ($($field:ident: $kind:ident),*) given $class:tt) => {
        #[doc = $doc]
        pub fn $method(&mut self, result: Ty, $($field: $kind),*) -> Reg {
            let dst = self.reg(result);
            self.push(Some(dst), $enum::$variant { $($field),* });
            dst
        }
    };
    ($enum:ident $doc:literal $variant:ident $method:ident ($($field:ident: $kind:ident),*) $result:ident $($arg:tt)?) => {
        #[doc = $doc]
        pub fn $method(&mut self, $($field: $kind),*) -> Reg {
            let op = $enum::$variant { $($field),* }.into();
            let ty = self.result_type(&op).unwrap_or(Ty::UNIT);
            let dst = self.reg(ty);
            self.push(Some(dst), op);
            dst
        }
    };
}

macro_rules! builder_tier {
    ($enum:ident {
        $(#[doc = $doc:literal] $variant:ident $method:ident $text:literal $category:ident [$($effect:ident)*]
          ($($field:ident: $kind:ident $($class:ident)?),*) -> $result:ident $(($arg:ident))?;)*
    }) => {
        impl FunctionBuilder<'_> {
            $(builder_method!($enum $doc $variant $method ($($field: $kind),*) $result $(($arg))?);)*
        }
    };
}

macro_rules! builder_methods {
    (core $core:tt rich $rich:tt) => {
        builder_tier!(CoreOp $core);
        builder_tier!(RichOp $rich);
    };
}
op_table!(builder_methods);
