//! Closures: function values as counted objects (`runtime/object.rs` has their shape).
//!
//! Whoever calls a closure passes its address in front of the arguments, so that the code finds what was captured. What a
//! closure captured it owns: making it takes the captures over, and freeing it runs its drop function.

use super::Expander;
use crate::diagnostics::Span;
use crate::mir::{
    Abi, Alias, CoreOp, FuncId, FunctionBuilder, GlobalId, Hint, Inst, Linkage, MaybeFunc, Module, Reg,
    RegList, SigId, Signature, Ty,
};
use crate::runtime::object;
use rustc_hash::FxHashMap;

/// Functions and objects that expansion makes once for a module.
#[derive(Default)]
pub(super) struct Helpers {
    new: Option<FuncId>,
    free: Option<FuncId>,
    /// The objects of functions that capture nothing.
    plain: FxHashMap<FuncId, GlobalId>,
    /// Code and drop function of closures with bound arguments: by signature, number of arguments and their drop function.
    partial: FxHashMap<(SigId, u32, MaybeFunc), (FuncId, FuncId)>,
}

/// Address of a field of a closure's object.
fn field(b: &mut FunctionBuilder, closure: Reg, env: Ty, index: u32) -> Reg {
    let ty = object::closure_type(b.module, env);
    b.field_addr(closure, ty, index)
}

/// Reads one of the two functions of a closure.
fn function(b: &mut FunctionBuilder, closure: Reg, index: u32) -> Reg {
    let env = b.module.types.tuple(Vec::new());
    let at = field(b, closure, env, index);
    b.load(Ty::PTR, at, Alias::Header)
}

/// The signature of a closure's code.
fn code_sig(module: &mut Module, sig: SigId) -> Signature {
    let mut sig = module.types.sig(sig).clone();
    sig.params.insert(0, Ty::PTR);
    sig
}

/// `closure.capture`.
pub(super) fn capture(b: &mut FunctionBuilder, inst: &Inst, closure: Reg, env: Ty, index: u32) {
    let captures = field(b, closure, env, object::CAPTURES);
    b.push(inst.dst, CoreOp::FieldAddr { base: captures, ty: env, index });
}

/// `closure.apply`.
pub(super) fn apply(b: &mut FunctionBuilder, dst: Option<Reg>, closure: Reg, sig: SigId, args: RegList) {
    let code = function(b, closure, object::CODE);
    let sig = code_sig(b.module, sig);
    let sig = b.module.types.intern_sig(sig);
    let all: Vec<Reg> = [closure].into_iter().chain(args.of(&b.func.pool).iter().copied()).collect();
    let args = b.list(&all);
    b.push(dst, CoreOp::CallIndirect { callee: code, sig, args });
}

/// `release`, and what follows the last one.
fn give_up(b: &mut FunctionBuilder, closure: Reg, free: FuncId) {
    let last = b.release(closure);
    let (gone, done) = (b.block(), b.block());
    b.branch(last, gone, done, Hint::None);
    b.switch_to(gone);
    let args = b.list(&[closure]);
    b.call(free, args);
    b.goto(done);
    b.switch_to(done);
}

impl Expander {
    /// `closure.func`: the code is the function behind a parameter that it does not use.
    pub(super) fn closure_func(&mut self, b: &mut FunctionBuilder, inst: &Inst, func: FuncId) {
        let global = match self.closures.plain.get(&func) {
            Some(&known) => known,
            None => {
                let name = format!("rt::closure::{}", b.module.func(func).name);
                let own = b.module.sig_of(func).clone();
                let params = [Ty::PTR].into_iter().chain(own.params).collect::<Vec<_>>();
                let count = params.len();
                let sig = Signature { params, ret: own.ret, variadic: false, abi: Abi::Simple };
                let code = b.module.declare(format!("{name}::code"), sig, Linkage::Internal);
                let mut thunk = FunctionBuilder::new(b.module, code);
                let args: Vec<Reg> = (1..count).map(|i| thunk.param(i)).collect();
                let args = thunk.list(&args);
                let value = thunk.call(func, args);
                end(&mut thunk, own.ret, value);
                thunk.finish();
                let global = object::closure_global(b.module, name, code);
                self.closures.plain.insert(func, global);
                global
            }
        };
        b.push(inst.dst, CoreOp::GlobalAddr { global });
    }

    /// `closure.make`.
    pub(super) fn closure_make(
        &mut self,
        b: &mut FunctionBuilder,
        inst: &Inst,
        func: FuncId,
        drop: MaybeFunc,
        captures: RegList,
    ) {
        let captures = captures.of(&b.func.pool).to_vec();
        self.make(b, inst, func, drop, &captures);
    }

    fn make(
        &mut self,
        b: &mut FunctionBuilder,
        inst: &Inst,
        func: FuncId,
        drop: MaybeFunc,
        captures: &[Reg],
    ) {
        let env = captures.iter().map(|&reg| b.func.ty(reg)).collect();
        let env = b.module.types.tuple(env);
        let ty = object::closure_type(b.module, env);
        let size = b.size_of(ty);
        let code = b.func_addr(func);
        let drop = match drop {
            Some(drop) => b.func_addr(drop),
            None => b.zero(Ty::PTR),
        };
        let new = self.closure_new(b.module);
        let args = b.list(&[size, code, drop]);
        let object = inst.dst.unwrap_or_else(|| b.reg(Ty::PTR));
        b.push(Some(object), CoreOp::Call { func: new, args });
        let first = b.field_addr(object, ty, object::CAPTURES);
        for (index, &value) in (0..).zip(captures) {
            let at = b.field_addr(first, env, index);
            b.store(value, at, Alias::Any);
        }
    }

    /// `(size, code, drop) -> ptr`: an object with one reference and captures still to be written.
    fn closure_new(&mut self, module: &mut Module) -> FuncId {
        if let Some(known) = self.closures.new {
            return known;
        }
        let params = vec![Ty::USIZE, Ty::PTR, Ty::PTR];
        let sig = Signature { params, ret: Ty::PTR, variadic: false, abi: Abi::Simple };
        let id = module.declare("rt::closure::new", sig, Linkage::Internal);
        self.closures.new = Some(id);
        let mut b = FunctionBuilder::new(module, id);
        let (size, code, drop) = (b.param(0), b.param(1), b.param(2));
        let object = b.heap_alloc(size);
        let null = b.zero(Ty::PTR);
        let is_null = b.eq(object, null);
        let (bad, good) = (b.block(), b.block());
        b.branch(is_null, bad, good, Hint::Unlikely);
        b.switch_to(bad);
        let message = b.module.add_str("out of memory");
        self.panic(&mut b, message, Span::NONE);
        b.switch_to(good);
        let one = b.int(Ty::ISIZE, 1);
        let env = b.module.types.tuple(Vec::new());
        for (index, value) in [(object::COUNT, one), (object::CODE, code), (object::DROP, drop)] {
            let at = field(&mut b, object, env, index);
            b.store(value, at, Alias::Header);
        }
        b.ret(Some(object));
        b.finish();
        id
    }

    /// `closure.partial`: the captures are the other closure and the arguments.
    pub(super) fn closure_partial(
        &mut self,
        b: &mut FunctionBuilder,
        inst: &Inst,
        closure: Reg,
        sig: SigId,
        drop: MaybeFunc,
        args: RegList,
    ) {
        let key = (sig, args.len, drop);
        let (code, drop) = match self.closures.partial.get(&key) {
            Some(&known) => known,
            None => {
                let made = self.partial_functions(b.module, sig, args.len as usize, drop);
                self.closures.partial.insert(key, made);
                made
            }
        };
        let captures: Vec<Reg> = [closure].into_iter().chain(args.of(&b.func.pool).iter().copied()).collect();
        self.make(b, inst, code, Some(drop), &captures);
    }

    fn partial_functions(
        &mut self,
        module: &mut Module,
        sig: SigId,
        bound: usize,
        drop: MaybeFunc,
    ) -> (FuncId, FuncId) {
        let name = format!("rt::closure::partial::{}", self.closures.partial.len());
        let whole = module.types.sig(sig).clone();
        let (first, rest) = whole.params.split_at(bound);
        let captures: Vec<Ty> = [Ty::PTR].into_iter().chain(first.iter().copied()).collect();
        let env = module.types.tuple(captures.clone());
        let params = [Ty::PTR].into_iter().chain(rest.iter().copied()).collect();
        let rest = rest.len();
        let own = Signature { params, ret: whole.ret, variadic: false, abi: Abi::Simple };
        let code = module.declare(format!("{name}::code"), own, Linkage::Internal);
        let mut b = FunctionBuilder::new(module, code);
        let this = b.param(0);
        let at = field(&mut b, this, env, object::CAPTURES);
        let mut args = Vec::with_capacity(bound + rest);
        for (index, &ty) in (0..).zip(&captures) {
            let at = b.field_addr(at, env, index);
            args.push(b.load(ty, at, Alias::Any));
        }
        let inner = args.remove(0);
        args.extend((1..=rest).map(|i| b.param(i)));
        let args = b.list(&args);
        let has_value = whole.ret != Ty::UNIT && whole.ret != Ty::NEVER;
        let value = has_value.then(|| b.reg(whole.ret));
        apply(&mut b, value, inner, sig, args);
        end(&mut b, whole.ret, value);
        b.finish();
        let free = self.free_function(module);
        let drops = Signature { params: vec![Ty::PTR], ret: Ty::UNIT, variadic: false, abi: Abi::Simple };
        let id = module.declare(format!("{name}::drop"), drops, Linkage::Internal);
        let mut b = FunctionBuilder::new(module, id);
        let this = b.param(0);
        if let Some(drop) = drop {
            let args = b.list(&[this]);
            b.call(drop, args);
        }
        let at = field(&mut b, this, env, object::CAPTURES);
        let at = b.field_addr(at, env, 0);
        let inner = b.load(Ty::PTR, at, Alias::Any);
        give_up(&mut b, inner, free);
        b.ret(None);
        b.finish();
        (code, id)
    }

    /// `closure.free`.
    pub(super) fn closure_free(&mut self, b: &mut FunctionBuilder, closure: Reg) {
        let free = self.free_function(b.module);
        let args = b.list(&[closure]);
        b.call(free, args);
    }

    fn free_function(&mut self, module: &mut Module) -> FuncId {
        if let Some(known) = self.closures.free {
            return known;
        }
        let sig = Signature { params: vec![Ty::PTR], ret: Ty::UNIT, variadic: false, abi: Abi::Simple };
        let drops = module.types.intern_sig(sig.clone());
        let id = module.declare("rt::closure::free", sig, Linkage::Internal);
        self.closures.free = Some(id);
        let mut b = FunctionBuilder::new(module, id);
        let closure = b.param(0);
        let drop = function(&mut b, closure, object::DROP);
        let null = b.zero(Ty::PTR);
        let nothing = b.eq(drop, null);
        let (held, done) = (b.block(), b.block());
        b.branch(nothing, done, held, Hint::None);
        b.switch_to(held);
        let args = b.list(&[closure]);
        b.call_indirect(drop, drops, args);
        b.goto(done);
        b.switch_to(done);
        b.heap_free(closure);
        b.ret(None);
        b.finish();
        id
    }
}

/// Ends a function that hands a call's result on.
fn end(b: &mut FunctionBuilder, ret: Ty, value: Option<Reg>) {
    if ret == Ty::NEVER {
        b.terminate(crate::mir::Terminator::Unreachable);
    } else {
        b.ret(value);
    }
}
