//! One function: its variables, scopes and ownership.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostics::{Diagnostic, Span};
use crate::hir::{self, Body, Expr, ExprKind, FuncKind, LocalId, Passing};
use crate::mir::{
    Abi, Alias, Block, CoreOp, FuncId, FunctionBuilder, Hint, Linkage, Module, Reg, Signature, StrId, Ty,
};

use super::closure::{self, Known, Target};
use super::debug::Variables;
use super::last_use::LastUses;
use super::types::Rep;
use super::{Context, Glue, Instance, walk};

/// Where a variable is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Storage {
    /// Nowhere: not declared yet, or of type unit.
    None,
    /// In a register.
    Reg(Reg),
    /// In memory: a stack slot, the caller's variable, or a value that outlives this one.
    Addr(Reg),
}

/// A value: nothing, a register, or the address of memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Val {
    Unit,
    Reg(Reg),
    Mem(Reg),
}

impl Val {
    /// The register of the value or its address; `None` for unit.
    pub fn reg(self) -> Option<Reg> {
        match self {
            Val::Unit => None,
            Val::Reg(reg) | Val::Mem(reg) => Some(reg),
        }
    }
}

/// The value of an expression, and whether whoever asked for it must consume it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Operand {
    pub val: Val,
    pub owned: bool,
}

impl Operand {
    pub const UNIT: Operand = Operand { val: Val::Unit, owned: false };

    pub fn owned(val: Val) -> Operand {
        Operand { val, owned: true }
    }

    pub fn borrowed(val: Val) -> Operand {
        Operand { val, owned: false }
    }

    pub fn reg(reg: Reg) -> Operand {
        Operand::owned(Val::Reg(reg))
    }
}

/// Where an expression's value is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Dest {
    /// Nowhere: it is dropped.
    Discard,
    /// In a register, owned.
    Reg(Reg),
    /// In memory that holds no value yet, owned.
    Addr(Reg),
}

/// What must be dropped when a scope is left.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pending<'p> {
    Local(LocalId),
    Temp(Val, hir::Ty),
    /// Code that is run there.
    Defer(&'p Expr),
}

/// A loop being lowered.
#[derive(Clone, Copy, Debug)]
pub(super) struct LoopFrame {
    pub next: Block,
    pub exit: Block,
    pub depth: usize,
    pub dest: Dest,
    pub exits: bool,
}

pub(super) struct FnLowerer<'a, 'p> {
    pub cx: &'a mut Context<'p>,
    pub b: FunctionBuilder<'a>,
    /// Type arguments.
    pub args: Vec<hir::Ty>,
    pub storage: Vec<Storage>,
    pub body: Option<&'p Body>,
    /// Variables that some call may change: they live in memory.
    pub in_memory: FxHashSet<LocalId>,
    /// Parameters that are the caller's variables.
    pub by_reference: FxHashSet<LocalId>,
    /// Variables that are function values of known code.
    pub known: FxHashMap<LocalId, Known>,
    /// Variables that hold function values and are only called, or passed where their code may be known.
    pub direct: FxHashSet<LocalId>,
    pub last_uses: LastUses,
    pub pending: Vec<Pending<'p>>,
    /// By variable, where it stands there if it does.
    owned_at: Vec<usize>,
    pub loops: Vec<Option<LoopFrame>>,
    pub out: Option<Reg>,
    /// Of a function that panics in the name of its caller: the caller's place, a text.
    pub place: Option<Reg>,
    pub ret: hir::Ty,
    /// Whether its variables are described, and where the block being lowered ends in the source.
    pub variables: Variables,
    pub scope_end: u32,
}

/// Makes C's `main` around the program's entry function.
pub(super) fn lower_main(cx: &mut Context, module: &mut Module, entry: hir::FuncId) {
    // Only a program that asks for its command line takes it.
    let begin = cx.find_lang(module, "begin", Vec::new());
    let params = if begin.is_some() { vec![Ty::I32, Ty::PTR] } else { Vec::new() };
    let sig = Signature { params, ret: Ty::I32, variadic: false, abi: Abi::C };
    let id = module.declare("main", sig, Linkage::Export);
    let entry = cx.func(module, entry, Vec::new());
    let finish = cx.lang(module, "finish", Vec::new());
    // Nothing calls it but what notices the end of the stack: a handler of signals, or the interpreter.
    cx.lang(module, "stack_overflow", Vec::new());
    let mut b = FunctionBuilder::new(module, id);
    if let Some(begin) = begin {
        let line = [b.param(0), b.param(1)];
        let line = b.list(&line);
        b.call(begin, line);
    }
    let none = b.list(&[]);
    let code = b.call(entry, none);
    b.call(finish, none);
    let code = code.map(|code| b.trunc(Ty::I32, code));
    b.ret(code);
    b.finish();
}

/// Makes the function that the system calls when a library is loaded, around its entry function.
pub(super) fn lower_load(cx: &mut Context, module: &mut Module, entry: hir::FuncId) {
    let entry = cx.func(module, entry, Vec::new());
    let load = called_by_system(module, "rt::load", entry);
    module.funcs[load.idx()].facts.constructor = true;
}

/// Makes the function that the system calls when a library is no longer used.
pub(super) fn lower_end(cx: &mut Context, module: &mut Module) {
    let finish = cx.lang(module, "finish", Vec::new());
    let end = called_by_system(module, "rt::end", finish);
    module.funcs[end.idx()].facts.destructor = true;
}

/// A function of the form of constructors and destructors, which calls another.
fn called_by_system(module: &mut Module, name: &str, callee: FuncId) -> FuncId {
    let sig = Signature { params: Vec::new(), ret: Ty::UNIT, variadic: false, abi: Abi::C };
    let id = module.declare(name, sig, Linkage::Internal);
    let mut b = FunctionBuilder::new(module, id);
    let none = b.list(&[]);
    b.call(callee, none);
    b.ret(None);
    b.finish();
    id
}

/// Lowers the body of one function.
pub(super) fn lower_instance(cx: &mut Context, module: &mut Module, instance: &Instance, id: FuncId) {
    let target = match instance {
        Instance::Func(target) => target,
        Instance::Glue(glue, ty) => return super::glue::lower(cx, module, *glue, *ty, id),
        Instance::ByAddress(func, args, ty) => {
            return super::boxed::lower_by_address(cx, module, *func, args, *ty, id);
        }
        Instance::Code(target) => return closure::lower_code(cx, module, target, id),
        Instance::Captures(target) => return closure::lower_drop(cx, module, target, id),
    };
    let program = cx.program;
    let func = &program.funcs[target.func.idx()];
    match &func.kind {
        FuncKind::Body(body) => lower_body(cx, module, func, body, target, id),
        FuncKind::Intrinsic(_) => {
            let message = "an operation of the compiler cannot be used as a function value";
            cx.diagnostics.push(Diagnostic::internal(message).at(func.span, "this one"));
        }
        FuncKind::Requirement => {
            let name = cx.name(func.name);
            let message = format!("no `impl` gives the method `{name}` that a trait asks for");
            cx.diagnostics.push(Diagnostic::internal(message).at(func.span, "this one"));
        }
        FuncKind::Extern { .. } => {}
    }
}

fn lower_body<'p>(
    cx: &mut Context<'p>,
    module: &mut Module,
    func: &'p hir::Func,
    body: &'p Body,
    target: &Target,
    id: FuncId,
) {
    let ret = cx.types.substitute(func.ret, &target.args);
    let mut f = FnLowerer::new(cx, FunctionBuilder::new(module, id), target.args.clone(), Some(body), ret);
    f.b.at(func.span);
    walk::find_in_memory(f.cx, body, &mut f.in_memory);
    f.direct = closure::find_direct(f.cx, body);
    f.last_uses = LastUses::of(body, func.params.len());
    if !f.cx.is_runtime(func) {
        f.describe_variables(func.params.len());
    }
    let mut index = 0;
    if let Rep::Memory(_) = f.rep(ret) {
        f.out = Some(f.b.param(0));
        index = 1;
    }
    for (i, &local) in func.captures.iter().enumerate() {
        if let Some(known) = target.known(i) {
            f.take_known(local, known, &mut index);
            continue;
        }
        let ty = f.local_ty(local);
        f.storage[local.idx()] = match closure::taken(f.cx, f.b.module, ty, Reg(index as u32)) {
            Val::Unit => Storage::None,
            Val::Reg(reg) => Storage::Reg(reg),
            Val::Mem(addr) => Storage::Addr(addr),
        };
        index += usize::from(f.storage[local.idx()] != Storage::None);
        f.describe_param(local, 0);
    }
    for (i, param) in func.params.iter().enumerate() {
        let local = LocalId(i as u32);
        if let Some(known) = target.known(func.captures.len() + i) {
            f.take_known(local, known, &mut index);
            continue;
        }
        let ty = f.subst(param.ty);
        let rep = f.rep(ty);
        let reg = f.b.param(index);
        if param.passing == Passing::Mut {
            f.by_reference.insert(local);
            f.storage[i] = Storage::Addr(reg);
        } else {
            let Some(_) = rep.reg_ty() else { continue };
            f.storage[i] = if let Rep::Memory(_) = rep { Storage::Addr(reg) } else { Storage::Reg(reg) };
            if param.passing == Passing::Iso {
                f.owns(local);
            }
        }
        f.name_reg(reg, local);
        f.describe_param(local, i as u32 + 1);
        index += 1;
    }
    if func.attrs.is_located {
        f.place = Some(f.b.param(index));
    }
    f.lower_result(&body.value);
    f.b.finish();
}

impl<'a, 'p> FnLowerer<'a, 'p> {
    pub fn new(
        cx: &'a mut Context<'p>,
        b: FunctionBuilder<'a>,
        args: Vec<hir::Ty>,
        body: Option<&'p Body>,
        ret: hir::Ty,
    ) -> FnLowerer<'a, 'p> {
        let (locals, loops) = body.map_or((0, 0), |b| (b.locals.len(), b.loops as usize));
        FnLowerer {
            cx,
            b,
            args,
            storage: vec![Storage::None; locals],
            body,
            in_memory: FxHashSet::default(),
            by_reference: FxHashSet::default(),
            known: FxHashMap::default(),
            direct: FxHashSet::default(),
            last_uses: LastUses::default(),
            pending: Vec::new(),
            owned_at: vec![0; locals],
            loops: vec![None; loops],
            out: None,
            place: None,
            ret,
            variables: Variables::Silent,
            scope_end: 0,
        }
    }

    /// Lowers the function's value and returns it.
    fn lower_result(&mut self, value: &'p Expr) {
        let ty = self.subst(value.ty);
        match (self.rep(self.ret), self.out) {
            // A body that ends in `return`, or whose value is not wanted.
            _ if ty == hir::Ty::NEVER || self.ret == hir::Ty::NEVER => self.expr_to(value, Dest::Discard),
            (Rep::Memory(_), Some(out)) => {
                self.expr_to(value, Dest::Addr(out));
                self.leave(0);
                self.b.ret(None);
            }
            (Rep::Scalar(_) | Rep::Counted | Rep::Nullable(_), _) => {
                let value = self.expr_owned(value);
                self.leave(0);
                self.b.ret(Some(value));
            }
            (Rep::Unit | Rep::Memory(_), _) => {
                self.expr_to(value, Dest::Discard);
                self.leave(0);
                self.b.ret(None);
            }
        }
        self.b.terminate(crate::mir::Terminator::Unreachable);
    }

    /// The type with the function's type arguments in it.
    pub fn subst(&mut self, ty: hir::Ty) -> hir::Ty {
        self.cx.types.substitute(ty, &self.args)
    }

    pub fn rep(&mut self, ty: hir::Ty) -> Rep {
        self.cx.rep(self.b.module, ty)
    }

    pub fn stored(&mut self, ty: hir::Ty) -> Ty {
        self.cx.stored_type(self.b.module, ty)
    }

    /// Whether the code here is dead.
    pub fn is_dead(&self) -> bool {
        self.b.current().is_none()
    }

    /// An operand of the type, for dead code: its register is never read.
    pub fn dead(&mut self, ty: hir::Ty) -> Operand {
        let ty = self.subst(ty);
        match self.rep(ty) {
            Rep::Unit => Operand::UNIT,
            Rep::Memory(_) => Operand::borrowed(Val::Mem(self.b.reg(Ty::PTR))),
            rep @ (Rep::Scalar(_) | Rep::Counted | Rep::Nullable(_)) => {
                let reg = self.b.reg(rep.reg_ty().unwrap_or(Ty::PTR));
                Operand::borrowed(Val::Reg(reg))
            }
        }
    }

    /// Fresh memory on the stack for a value of the type.
    pub fn temp(&mut self, ty: hir::Ty) -> Reg {
        let ty = self.stored(ty);
        let slot = self.b.slot(ty);
        self.b.slot_addr(slot)
    }

    pub fn local_ty(&mut self, local: LocalId) -> hir::Ty {
        let ty = self.body.map_or(hir::Ty::ERROR, |b| b.locals[local.idx()].ty);
        self.subst(ty)
    }

    /// The name of a variable as registers and slots carry it, for readers; a temporary has none.
    pub fn name_of(&mut self, local: LocalId) -> Option<StrId> {
        let name = self.body?.locals[local.idx()].name;
        self.cx.reg_name(self.b.module, name)
    }

    /// Names the register that holds a variable or its address.
    pub fn name_reg(&mut self, reg: Reg, local: LocalId) {
        self.b.func.regs[reg.idx()].name = self.name_of(local);
    }

    /// Gives a variable its storage, without a value.
    pub fn declare(&mut self, local: LocalId, known_from: u32) -> Storage {
        let ty = self.local_ty(local);
        let storage = match self.rep(ty) {
            Rep::Unit => Storage::None,
            rep @ (Rep::Scalar(_) | Rep::Counted | Rep::Nullable(_)) if !self.in_memory.contains(&local) => {
                let reg = self.b.reg(rep.reg_ty().unwrap_or(Ty::PTR));
                self.name_reg(reg, local);
                Storage::Reg(reg)
            }
            Rep::Scalar(_) | Rep::Counted | Rep::Nullable(_) | Rep::Memory(_) => {
                let ty = self.stored(ty);
                let slot = self.b.slot(ty);
                self.b.func.slots[slot.idx()].name = self.name_of(local);
                self.describe_slot(local, slot, known_from);
                Storage::Addr(self.b.slot_addr(slot))
            }
        };
        self.storage[local.idx()] = storage;
        storage
    }

    /// Gives a variable its value and its scope, which is the innermost one.
    pub fn declare_with(&mut self, local: LocalId, init: &'p Expr) {
        let ty = self.local_ty(local);
        if self.declare_known(local, init) {
            return;
        }
        let storage = self.declare(local, init.span.end);
        match storage {
            Storage::None => self.expr_to(init, Dest::Discard),
            Storage::Reg(reg) => {
                self.expr_to(init, Dest::Reg(reg));
                self.describe_reg(local, reg, init.span.end);
            }
            Storage::Addr(addr) => self.expr_to(init, Dest::Addr(addr)),
        }
        if self.cx.needs_drop(ty) {
            self.owns(local);
        }
    }

    /// Makes the variable own a copy of a value.
    pub fn declare_as(&mut self, local: LocalId, value: Operand) {
        let ty = self.local_ty(local);
        let known_from = self.body.map_or(0, |body| body.locals[local.idx()].span.end);
        match self.declare(local, known_from) {
            Storage::None => {}
            Storage::Reg(reg) => {
                if let Val::Reg(value) = self.own(value, ty) {
                    self.b.assign(reg, value);
                }
                self.describe_reg(local, reg, known_from);
            }
            Storage::Addr(addr) => self.store(value, ty, addr, Alias::Any),
        }
        if self.cx.needs_drop(ty) {
            self.owns(local);
        }
    }

    // ---- ownership

    /// The value of an expression that will be owned: the last use of a variable gives up what the variable holds.
    pub fn consumed(&mut self, e: &'p Expr) -> Operand {
        let op = self.expr(e);
        match e.kind {
            ExprKind::Local(local) if !op.owned && self.last_uses.contains(e) => {
                let ty = self.subst(e.ty);
                let is_given = !self.cx.is_kept_for_weak(ty) && self.give_up(local);
                Operand { owned: is_given, ..op }
            }
            _ => op,
        }
    }

    /// Leaves what a variable holds to somebody else, if it is this function's to drop.
    fn give_up(&mut self, local: LocalId) -> bool {
        match self.pending.get_mut(self.owned_at[local.idx()]) {
            Some(pending) if matches!(*pending, Pending::Local(of) if of == local) => {
                *pending = Pending::Temp(Val::Unit, hir::Ty::UNIT);
                true
            }
            _ => false,
        }
    }

    /// A variable is dropped when the innermost scope is left.
    pub fn owns(&mut self, local: LocalId) {
        self.owned_at[local.idx()] = self.pending.len();
        self.pending.push(Pending::Local(local));
    }

    /// Keeps an owned value among the things to drop while other code runs; [`Self::release`] or [`Self::take`] end that.
    pub fn hold(&mut self, op: Operand, ty: hir::Ty) {
        let owned = op.owned && self.cx.needs_drop(ty);
        self.pending.push(Pending::Temp(if owned { op.val } else { Val::Unit }, ty));
    }

    /// Ends the innermost hold; the value is the caller's again.
    pub fn take(&mut self) {
        self.pending.pop();
    }

    /// Ends the innermost hold and drops the value.
    pub fn release(&mut self) {
        if let Some(Pending::Temp(val, ty)) = self.pending.pop() {
            self.drop_val(val, ty);
        }
    }

    /// The value, owned: as it is, or a copy. Memory that is borrowed and whose copies are not counted stays as it is.
    pub fn own(&mut self, op: Operand, ty: hir::Ty) -> Val {
        if op.owned || !self.cx.needs_drop(ty) {
            return op.val;
        }
        match op.val {
            Val::Unit => {}
            Val::Reg(reg) => self.retain(reg, ty),
            Val::Mem(_) => return Val::Mem(self.copy_to_temp(op, ty)),
        }
        op.val
    }

    /// One more reference to the object of a value in a register.
    pub fn retain(&mut self, reg: Reg, ty: hir::Ty) {
        if let Rep::Nullable(_) = self.rep(ty) {
            let done = self.unless_null(reg);
            self.b.retain(reg);
            self.b.goto(done);
            self.b.switch_to(done);
        } else {
            self.b.retain(reg);
        }
    }

    /// A copy of a value in memory, in memory of its own.
    pub fn copy_to_temp(&mut self, op: Operand, ty: hir::Ty) -> Reg {
        let temp = self.temp(ty);
        self.store(op, ty, temp, Alias::Any);
        temp
    }

    /// Puts a value, copied if it is borrowed, into memory that holds none.
    pub fn store(&mut self, op: Operand, ty: hir::Ty, addr: Reg, alias: Alias) {
        match op.val {
            Val::Unit => {}
            Val::Reg(reg) => {
                self.own(op, ty);
                self.b.store(reg, addr, alias);
            }
            Val::Mem(from) => {
                self.copy_bits(addr, from, ty);
                if !op.owned && self.cx.needs_drop(ty) {
                    self.call_glue(Glue::Copy, ty, &[addr]);
                }
            }
        }
    }

    /// Copies a value in memory without counting.
    pub fn copy_bits(&mut self, to: Reg, from: Reg, ty: hir::Ty) {
        let ty = self.stored(ty);
        let size = self.b.size_of(ty);
        self.b.mem_copy(to, from, size);
    }

    /// Drops an owned operand.
    pub fn drop_operand(&mut self, op: Operand, ty: hir::Ty) {
        if op.owned {
            self.drop_val(op.val, ty);
        }
    }

    /// Drops a value.
    pub fn drop_val(&mut self, val: Val, ty: hir::Ty) {
        if self.is_dead() || !self.cx.needs_drop(ty) {
            return;
        }
        match val {
            Val::Unit => {}
            Val::Mem(addr) => {
                self.call_glue(Glue::Drop, ty, &[addr]);
            }
            Val::Reg(reg) => {
                let rep = self.rep(ty);
                let object = self.cx.object_of(ty, rep);
                let done = if let Rep::Nullable(_) = rep { self.unless_null(reg) } else { self.b.block() };
                let last = self.b.release(reg);
                let free = self.b.block();
                self.b.branch(last, free, done, Hint::None);
                self.b.switch_to(free);
                self.call_glue(Glue::Drop, object, &[reg]);
                self.b.goto(done);
                self.b.switch_to(done);
            }
        }
    }

    /// Drops the value in a place.
    pub fn drop_at(&mut self, addr: Reg, ty: hir::Ty, alias: Alias) {
        if !self.cx.needs_drop(ty) {
            return;
        }
        let val = if let Rep::Memory(_) = self.rep(ty) {
            Val::Mem(addr)
        } else {
            Val::Reg(self.b.load(Ty::PTR, addr, alias))
        };
        self.drop_val(val, ty);
    }

    /// Drops everything pending above a depth, innermost first, and forgets it: the normal end of a scope.
    pub fn leave(&mut self, depth: usize) {
        self.drop_above(depth);
        self.pending.truncate(depth);
    }

    /// Drops everything pending above a depth, without forgetting it: a jump out of the scope.
    pub fn drop_above(&mut self, depth: usize) {
        if self.is_dead() {
            return;
        }
        for i in (depth..self.pending.len()).rev() {
            match self.pending[i] {
                Pending::Temp(val, ty) => self.drop_val(val, ty),
                // It is lowered anew at each way out.
                Pending::Defer(code) => self.expr_to(code, Dest::Discard),
                Pending::Local(local) => {
                    let ty = self.local_ty(local);
                    match self.storage[local.idx()] {
                        Storage::None => {}
                        Storage::Reg(reg) => self.drop_val(Val::Reg(reg), ty),
                        Storage::Addr(addr) => self.drop_at(addr, ty, Alias::Any),
                    }
                }
            }
        }
    }

    // ---- calls of helpers

    pub fn call_glue(&mut self, glue: Glue, ty: hir::Ty, args: &[Reg]) -> Option<Reg> {
        let func = self.cx.glue(self.b.module, glue, ty);
        let args = self.b.list(args);
        self.b.call(func, args)
    }

    /// Calls a runtime function; the arguments are registers in the order of its parameters.
    pub fn call_lang(&mut self, name: &str, type_args: Vec<hir::Ty>, args: &[Reg]) -> Option<Reg> {
        let func = self.cx.lang(self.b.module, name, type_args);
        let args = self.b.list(args);
        self.b.call(func, args)
    }

    /// Calls a runtime function that has a result.
    pub fn call_lang_value(&mut self, name: &str, type_args: Vec<hir::Ty>, args: &[Reg]) -> Reg {
        match self.call_lang(name, type_args, args) {
            Some(reg) => reg,
            None => {
                self.cx.internal(&format!("the runtime's `{name}` has no result"));
                self.b.reg(Ty::I64)
            }
        }
    }

    /// The object of a text literal.
    pub fn text(&mut self, text: &str) -> Reg {
        let global = self.cx.text(self.b.module, text.as_bytes());
        self.b.global_addr(global)
    }

    /// Reports what this compiler cannot lower yet.
    pub fn unsupported(&mut self, what: &str, span: Span) {
        let code = crate::diagnostics::Code::NotSupported;
        let message = format!("{what} is not supported yet");
        self.cx.diagnostics.push(Diagnostic::error(code, message).at(span, "used here"));
    }

    /// Ends the current block with a panic of a fixed message when the bool holds.
    pub fn panic_if(&mut self, cond: Reg, message: &str) {
        let (bad, good) = (self.b.block(), self.b.block());
        self.b.branch(cond, bad, good, Hint::Unlikely);
        self.b.switch_to(bad);
        self.panic(message);
        self.b.switch_to(good);
    }

    /// Ends the current block with a panic of a fixed message.
    pub fn panic(&mut self, message: &str) {
        if let Some(place) = self.place {
            let message = self.text(message);
            self.call_lang("panic", Vec::new(), &[message, place]);
            return self.b.terminate(crate::mir::Terminator::Unreachable);
        }
        self.need_panic();
        let message = self.b.module.add_str(message);
        self.b.terminate(crate::mir::Terminator::Panic(message));
    }

    /// Makes the runtime's panic function part of the program: `expand/` calls it by its symbol.
    pub fn need_panic(&mut self) {
        self.cx.lang(self.b.module, "panic", Vec::new());
    }

    /// `index` counted from the end when negative, checked against the length.
    pub fn index_check(&mut self, index: Reg, len: Reg) -> Reg {
        self.cx.lang(self.b.module, "panic_index", Vec::new());
        self.b.index_check(index, len)
    }

    /// Appends `dst = value` when there is a register to put it into.
    pub fn assign_val(&mut self, dst: Reg, val: Val) {
        if let Val::Reg(src) = val {
            self.b.push(Some(dst), CoreOp::Mov { a: src });
        }
    }
}
