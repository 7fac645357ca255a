//! One MIR function to Cranelift IR: registers, blocks, terminators.
//!
//! A scalar register that one block alone mentions, or that is written once, is an SSA value: no register is read before it
//! is written, so that a single write dominates every read, and blocks are translated in reverse post-order. Any other is a
//! frontend variable, of which Cranelift's builder makes SSA values. An aggregate register is a stack slot of its own, which nothing else points to.

use cranelift_codegen::ir::{
    self, BlockArg, ExtFuncData, ExternalName, FuncRef, GlobalValue, GlobalValueData, InstBuilder, SigRef,
    SourceLoc, StackSlot, StackSlotData, StackSlotKind, TrapCode, Value,
};
use cranelift_codegen::isa::TargetIsa;
use cranelift_frontend::{FuncInstBuilder, FunctionBuilder, FunctionBuilderContext, Switch, Variable};
use rustc_hash::FxHashMap;

use super::abi::{self, Pass};
use super::memory::Addr;
use super::repr::{POINTER, Repr, repr};
use super::symbol::Symbol;
use super::variables::Variables;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::mir::analysis::Cfg;
use crate::mir::{
    self, BlockData, FuncId, Function, Global, GlobalId, Hint, Linkage, Module, Reg, SigId, Terminator, Ty,
    Types,
};
use crate::target::{CAbi, DataLayout, Layout, Layouts};

/// An integer division by zero.
pub(super) const DIVISION_BY_ZERO: TrapCode = TrapCode::unwrap_user(1);
/// The operation `trap`.
pub(super) const TRAP: TrapCode = TrapCode::unwrap_user(2);
/// The terminator `unreachable`, reached.
pub(super) const UNREACHABLE: TrapCode = TrapCode::unwrap_user(3);

/// What the functions of one module are compiled with.
pub(super) struct Unit<'a> {
    /// The module.
    pub module: &'a Module,
    /// Sizes on the target.
    pub data_layout: &'a DataLayout,
    /// The target's C ABI.
    pub c_abi: CAbi,
    /// The code generator.
    pub isa: &'a dyn TargetIsa,
    /// Whether code keeps its places.
    pub has_places: bool,
    /// What has the variables of threads, where code stays in this process; else the system does.
    pub variables: Option<&'a Variables>,
}

impl Unit<'_> {
    /// Whether the system gives each thread its own of a global.
    pub fn is_of_system(&self, global: &Global) -> bool {
        global.thread_local && self.variables.is_none()
    }
}

/// Where a register lives.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// Nowhere: its type has no bytes.
    Nothing,
    /// In an SSA value.
    Scalar(ir::Type),
    /// In memory.
    Slot(StackSlot, Layout),
}

/// What holds the SSA value of a scalar register.
#[derive(Clone, Copy)]
enum Cell {
    /// The frontend's variable.
    Var(Variable),
    /// Nothing but the value written last.
    Local(Option<Value>),
}

/// Translates one function.
pub(super) struct Translator<'u, 'b> {
    /// The module and the target.
    pub unit: &'u Unit<'u>,
    /// The module's types.
    pub types: &'u Types,
    /// Their layouts.
    pub layouts: &'u Layouts<'u>,
    /// The function.
    pub func: &'u Function,
    /// Its IR.
    pub builder: FunctionBuilder<'b>,
    /// What could not be translated.
    pub diagnostics: Vec<Diagnostic>,
    /// Place of the current instruction.
    pub span: Span,
    /// Places of the code so far, which the code generator has the numbers of.
    spans: Vec<Span>,
    places: Vec<Place>,
    /// Of scalar registers.
    cells: Vec<Cell>,
    slots: Vec<StackSlot>,
    blocks: Vec<ir::Block>,
    /// Where a result goes that is returned in memory.
    result: Option<Value>,
    callees: FxHashMap<Symbol, FuncRef>,
    globals: FxHashMap<GlobalId, GlobalValue>,
    sigs: FxHashMap<SigId, SigRef>,
}

/// Fills `into` with the IR of a defined function; the places whose numbers its code has.
///
/// # Errors
/// Every operation and type in it that this back end does not have.
pub(super) fn translate(
    unit: &Unit<'_>,
    layouts: &Layouts<'_>,
    func: &Function,
    into: &mut ir::Function,
    context: &mut FunctionBuilderContext,
) -> Result<Vec<Span>, Vec<Diagnostic>> {
    let types = &unit.module.types;
    check_registers(types, layouts, func)?;
    into.signature = abi::signature(unit.isa, types, layouts, types.sig(func.sig));
    let mut translator = Translator {
        unit,
        types,
        layouts,
        func,
        builder: FunctionBuilder::new(into, context),
        diagnostics: Vec::new(),
        span: func.span,
        spans: Vec::new(),
        places: Vec::with_capacity(func.regs.len()),
        cells: vec![Cell::Local(None); func.regs.len()],
        slots: Vec::with_capacity(func.slots.len()),
        blocks: Vec::with_capacity(func.blocks.len()),
        result: None,
        callees: FxHashMap::default(),
        globals: FxHashMap::default(),
        sigs: FxHashMap::default(),
    };
    translator.declare();
    translator.enter();
    translator.body();
    let Translator { builder, diagnostics, spans, .. } = translator;
    builder.finalize(unit.isa.frontend_config());
    if diagnostics.is_empty() { Ok(spans) } else { Err(diagnostics) }
}

fn check_registers(types: &Types, layouts: &Layouts<'_>, func: &Function) -> Result<(), Vec<Diagnostic>> {
    if func.regs.iter().all(|reg| repr(types, layouts, reg.ty).is_some()) {
        return Ok(());
    }
    Err(vec![
        Diagnostic::error(Code::OpNotSupported, "the Cranelift back end does not support vectors")
            .at(func.span, "")
            .help("use a fixed array"),
    ])
}

/// Which registers have to be the frontend's variables: those that several blocks mention and that are written more than
/// once. Each variable costs the frontend a table of all blocks, so that a long function of temporaries would need memory
/// by the square of its length.
fn variables(func: &Function) -> Vec<bool> {
    #[derive(Clone, Copy)]
    struct Mentions {
        block: usize,
        in_several: bool,
        writes: u32,
    }
    const NOWHERE: usize = usize::MAX;
    let mut mentions = vec![Mentions { block: NOWHERE, in_several: false, writes: 0 }; func.regs.len()];
    // Parameters are written on entry.
    mentions[..func.params.len()].fill(Mentions { block: 0, in_several: false, writes: 1 });
    for (i, block) in func.blocks.iter().enumerate() {
        let mut mention = |reg: Reg, writes: u32| {
            let known = &mut mentions[reg.idx()];
            known.in_several |= known.block != NOWHERE && known.block != i;
            known.block = i;
            known.writes += writes;
        };
        for inst in &block.insts {
            inst.op.each_use(&func.pool, &mut |reg| mention(reg, 0));
            inst.dst.into_iter().for_each(|reg| mention(reg, 1));
        }
        block.term.each_use(&func.pool, &mut |reg| mention(reg, 0));
        block.term.def().into_iter().for_each(|reg| mention(reg, 1));
    }
    mentions.iter().map(|known| known.in_several && known.writes > 1).collect()
}

impl<'b> Translator<'_, 'b> {
    /// Appends an instruction to the current block.
    pub fn ins(&mut self) -> FuncInstBuilder<'_, 'b> {
        self.builder.ins()
    }

    /// Type of a register.
    pub fn ty(&self, reg: Reg) -> Ty {
        self.func.ty(reg)
    }

    /// Where a register lives.
    pub fn place(&self, reg: Reg) -> Place {
        self.places[reg.idx()]
    }

    /// The value of a scalar register; of any other, its address.
    pub fn value(&mut self, reg: Reg) -> Value {
        match self.place(reg) {
            Place::Nothing => self.ins().iconst(POINTER, 0),
            Place::Slot(slot, _) => self.address(Addr::slot(slot)),
            Place::Scalar(ty) => match self.cells[reg.idx()] {
                Cell::Var(var) => self.builder.use_var(var),
                Cell::Local(Some(value)) => value,
                // No code that can be reached reads before it writes, and no other is translated.
                Cell::Local(None) => self.scalar_const(ty, 0),
            },
        }
    }

    /// Writes a scalar register.
    pub fn set(&mut self, dst: Option<Reg>, value: Value) {
        let Some(dst) = dst else { return };
        if let Place::Scalar(_) = self.place(dst) {
            match &mut self.cells[dst.idx()] {
                Cell::Var(var) => self.builder.def_var(*var, value),
                Cell::Local(last) => *last = Some(value),
            }
        }
    }

    /// The Cranelift type of a scalar destination.
    pub fn dst_scalar(&self, dst: Option<Reg>) -> Option<ir::Type> {
        match dst.map(|dst| self.place(dst)) {
            Some(Place::Scalar(clif)) => Some(clif),
            Some(Place::Nothing | Place::Slot(..)) | None => None,
        }
    }

    /// An integer constant, wrapped to the width of its type.
    pub fn iconst(&mut self, ty: ir::Type, bits: u64) -> Value {
        // Cranelift's verifier wants immediates zero-extended from their width.
        let mask = u64::MAX >> (64 - ty.bits().min(64));
        self.ins().iconst(ty, (bits & mask) as i64)
    }

    /// A pointer-sized number.
    pub fn usize(&mut self, value: u64) -> Value {
        self.iconst(POINTER, value)
    }

    /// A stack slot of at least one word, so that it can be copied word by word.
    pub fn new_slot(&mut self, layout: Layout) -> StackSlot {
        let size = layout.size.next_multiple_of(8) as u32;
        let align = layout.align.max(8).trailing_zeros() as u8;
        self.builder.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, size, align))
    }

    /// The stack slot of a MIR slot.
    pub fn slot(&self, slot: mir::SlotId) -> StackSlot {
        self.slots[slot.idx()]
    }

    /// A reference to a symbol under its one signature.
    pub fn callee(&mut self, symbol: Symbol, sig: impl FnOnce(&mut Self) -> SigRef) -> FuncRef {
        if let Some(&known) = self.callees.get(&symbol) {
            return known;
        }
        let signature = sig(self);
        let func = self.import(symbol, signature);
        self.callees.insert(symbol, func);
        func
    }

    /// A reference to a symbol under a signature of its own: C varargs.
    pub fn import(&mut self, symbol: Symbol, signature: SigRef) -> FuncRef {
        let name = self.builder.func.declare_imported_user_function(symbol.to_external());
        let colocated = match symbol {
            Symbol::Func(id) => {
                let func = self.unit.module.func(id);
                func.is_defined() && func.linkage != Linkage::Weak
            }
            Symbol::Variadic(_) => true,
            Symbol::Libc(_) | Symbol::Global(_) => false,
        };
        let name = ExternalName::user(name);
        self.builder.import_function(ExtFuncData { name, signature, colocated, patchable: false })
    }

    /// A reference to a function of the module.
    pub fn func_ref(&mut self, id: FuncId) -> FuncRef {
        let sig = self.unit.module.func(id).sig;
        self.callee(Symbol::Func(id), |this| this.sig_ref(sig))
    }

    /// A reference to a signature.
    pub fn sig_ref(&mut self, id: SigId) -> SigRef {
        if let Some(&known) = self.sigs.get(&id) {
            return known;
        }
        let sig = abi::signature(self.unit.isa, self.types, self.layouts, self.types.sig(id));
        let sig = self.builder.import_signature(sig);
        self.sigs.insert(id, sig);
        sig
    }

    /// The address of a global.
    pub fn global_addr(&mut self, id: GlobalId) -> Value {
        let data = &self.unit.module.globals[id.idx()];
        match self.unit.variables {
            _ if !data.thread_local => {
                let global = self.global_value(id);
                self.ins().symbol_value(POINTER, global)
            }
            None => {
                let global = self.global_value(id);
                self.ins().tls_value(POINTER, global)
            }
            Some(_) if data.init.is_none() => {
                let message =
                    format!("code in memory has no thread-local `{}` that is defined elsewhere", data.name);
                let error = Diagnostic::error(Code::NotSupported, message).at(self.span, "");
                self.diagnostics.push(error.help("build the program instead, and run what was built"));
                self.ins().iconst(POINTER, 0)
            }
            Some(variables) => self.own_variable(id, variables),
        }
    }

    /// The address of the thread's own of a global, by a call into this process.
    fn own_variable(&mut self, id: GlobalId, variables: &Variables) -> Value {
        let layout = self.layouts.layout(self.unit.module.globals[id.idx()].ty);
        let first = self.global_value(id);
        let pointers = [ir::AbiParam::new(POINTER); 5];
        let mut sig = ir::Signature::new(self.unit.isa.default_call_conv());
        sig.params.extend(pointers);
        sig.params[1] = ir::AbiParam::new(ir::types::I32);
        sig.returns.push(ir::AbiParam::new(POINTER));
        let sig = self.builder.import_signature(sig);
        let callee = self.ins().iconst(POINTER, Variables::OWN as usize as i64);
        let args = [
            self.ins().iconst(POINTER, std::ptr::from_ref(variables) as i64),
            self.ins().iconst(ir::types::I32, i64::from(id.0)),
            self.ins().symbol_value(POINTER, first),
            self.ins().iconst(POINTER, layout.size as i64),
            self.ins().iconst(POINTER, layout.align as i64),
        ];
        let call = self.ins().call_indirect(sig, callee, &args);
        self.builder.inst_results(call)[0]
    }

    fn global_value(&mut self, id: GlobalId) -> GlobalValue {
        if let Some(&known) = self.globals.get(&id) {
            return known;
        }
        let data = &self.unit.module.globals[id.idx()];
        let name = self.builder.func.declare_imported_user_function(Symbol::Global(id).to_external());
        let colocated = match data.linkage {
            Linkage::Internal | Linkage::Export => true,
            Linkage::Weak | Linkage::Extern => false,
        };
        let global = self.builder.create_global_value(GlobalValueData::Symbol {
            name: ExternalName::user(name),
            offset: 0.into(),
            colocated,
            tls: self.unit.is_of_system(data),
        });
        self.globals.insert(id, global);
        global
    }

    /// Where a result goes that is returned in memory.
    pub fn result_pointer(&self) -> Option<Value> {
        self.result
    }

    fn declare(&mut self) {
        let variables = variables(self.func);
        for (i, reg) in self.func.regs.iter().enumerate() {
            let place = match repr(self.types, self.layouts, reg.ty) {
                Some(Repr::Nothing) | None => Place::Nothing,
                Some(Repr::Scalar(clif)) => {
                    if variables[i] {
                        self.cells[i] = Cell::Var(self.builder.declare_var(clif));
                    }
                    Place::Scalar(clif)
                }
                Some(Repr::Memory(layout)) => Place::Slot(self.new_slot(layout), layout),
            };
            self.places.push(place);
        }
        for data in &self.func.slots {
            let slot = self.new_slot(self.layouts.layout(data.ty));
            self.slots.push(slot);
        }
        for _ in &self.func.blocks {
            let block = self.builder.create_block();
            self.blocks.push(block);
        }
    }

    /// Takes the parameters out of the entry block's.
    fn enter(&mut self) {
        let entry = self.blocks[0];
        self.builder.append_block_params_for_function_params(entry);
        self.builder.switch_to_block(entry);
        let given = self.builder.block_params(entry).to_vec();
        let mut given = given.into_iter();
        let sig = self.types.sig(self.func.sig);
        if abi::pass_result(self.types, self.layouts, sig.abi, sig.ret) == Pass::Pointer {
            self.result = given.next();
        }
        for (i, &ty) in sig.params.iter().enumerate() {
            let reg = Reg(i as u32);
            match (abi::pass_param(self.types, self.layouts, sig.abi, ty), self.place(reg)) {
                (Pass::Scalar(_), _) => {
                    if let Some(value) = given.next() {
                        self.set(Some(reg), value);
                    }
                }
                (Pass::Words(n), Place::Slot(slot, _)) => {
                    let words: Vec<Value> = given.by_ref().take(n as usize).collect();
                    self.store_words(Addr::slot(slot), &words);
                }
                (Pass::Pointer, Place::Slot(slot, layout)) => {
                    if let Some(from) = given.next() {
                        self.copy(Addr::slot(slot), Addr::pointer(from), layout);
                    }
                }
                (Pass::Nothing | Pass::Words(_) | Pass::Pointer, _) => {}
            }
        }
    }

    fn body(&mut self) {
        let func = self.func;
        let cfg = Cfg::new(func);
        // A block is sealed as soon as every jump to it is there; sealing all of them at the end would make a block
        // parameter of every variable first.
        let mut missing = vec![0; func.blocks.len()];
        for &block in cfg.order() {
            missing[block.idx()] = cfg.preds(block).len();
        }
        if missing[0] == 0 {
            self.builder.seal_block(self.blocks[0]);
        }
        for (i, &id) in cfg.order().iter().enumerate() {
            if i > 0 {
                self.builder.switch_to_block(self.blocks[id.idx()]);
            }
            let data = &func.blocks[id.idx()];
            self.block(data);
            data.term.each_target(&func.cases, |to| {
                let left = &mut missing[to.idx()];
                *left -= 1;
                if *left == 0 {
                    self.builder.seal_block(self.blocks[to.idx()]);
                }
            });
        }
    }

    fn block(&mut self, data: &BlockData) {
        for inst in &data.insts {
            self.at(inst.span);
            self.inst(inst);
        }
        self.at(data.term_span);
        self.terminate(&data.term);
    }

    /// Goes on to a place.
    fn at(&mut self, span: Span) {
        self.span = span;
        if self.unit.has_places && self.spans.last() != Some(&span) {
            self.builder.set_srcloc(SourceLoc::new(self.spans.len() as u32));
            self.spans.push(span);
        }
    }

    fn terminate(&mut self, term: &Terminator) {
        match *term {
            Terminator::Goto(to) => self.jump(to),
            Terminator::Branch { cond, then, otherwise, hint } => {
                let cond = self.value(cond);
                let [then, otherwise] = [self.blocks[then.idx()], self.blocks[otherwise.idx()]];
                match hint {
                    Hint::None => {}
                    Hint::Likely => self.builder.set_cold_block(otherwise),
                    Hint::Unlikely => self.builder.set_cold_block(then),
                }
                let none: [BlockArg; 0] = [];
                self.ins().brif(cond, then, &none, otherwise, &none);
            }
            Terminator::Switch { value, cases, default } => {
                let ty = self.ty(value);
                let bits = self.layouts.scalar_bits(ty).unwrap_or(64);
                let value = self.value(value);
                let mut switch = Switch::new();
                for &(case, to) in cases.of(&self.func.cases) {
                    let entry = u128::from(case & (u64::MAX >> (64 - bits)));
                    switch.set_entry(entry, self.blocks[to.idx()]);
                }
                let default = self.blocks[default.idx()];
                switch.emit(&mut self.builder, value, default);
            }
            Terminator::Return(value) => self.return_(value),
            Terminator::Unreachable => {
                self.ins().trap(UNREACHABLE);
            }
            Terminator::TailCall { func, args } => self.tail_call(func, args),
            Terminator::Panic(_) => self.unsupported_terminator("panic"),
            Terminator::Invoke { .. } => self.unsupported_terminator("invoke"),
        }
    }

    fn jump(&mut self, to: mir::Block) {
        let none: [BlockArg; 0] = [];
        let to = self.blocks[to.idx()];
        self.ins().jump(to, &none);
    }

    fn unsupported_terminator(&mut self, name: &str) {
        self.report_rich(name);
        self.ins().trap(UNREACHABLE);
    }

    /// Reports a rich operation, which no back end has: expansion replaces those it knows.
    pub fn report_rich(&mut self, name: &str) {
        self.diagnostics.push(
            Diagnostic::error(
                Code::OpNotSupported,
                format!("operation `{name}` is not supported by the Cranelift back end"),
            )
            .at(self.span, "")
            .note("it is a rich operation, which expansion replaces before a back end sees it"),
        );
    }
}
