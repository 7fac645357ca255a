//! Function values: closures, and code that is known where it is called.
//!
//! A lambda that is passed to a function need not become an object: the function is made anew for its code, with what it
//! captured in the place of the parameter, and calls it directly. So is a variable that is only called. Everything else
//! is a closure (docs/mir.md), whose code unpacks what was captured and calls the function.

use rustc_hash::FxHashSet;

use crate::hir::{self, Body, Expr, ExprKind, FuncKind, LocalId, Passing, PatternKind, TyKind};
use crate::mir::{
    Abi, Alias, FuncId, FunctionBuilder, Linkage, Module, Reg, SigId, Signature, Terminator, Ty,
};

use super::function::{FnLowerer, Operand, Pending, Val};
use super::types::Rep;
use super::{Context, Instance, walk};

/// A function with its type arguments, as the code of a function value.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Target {
    pub func: hir::FuncId,
    pub args: Vec<hir::Ty>,
}

/// A variable that is a function value of known code.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub target: Target,
    /// What it captured; borrowed.
    pub captures: Vec<Val>,
}

/// What a function value of known code captured.
pub(super) enum Captures<'p> {
    /// Variables here.
    Exprs(&'p [Expr]),
    /// Values that a variable holds.
    Vals(Vec<Val>),
}

/// An expression that is a function value of known code.
pub(super) struct KnownValue<'p> {
    pub target: Target,
    pub captures: Captures<'p>,
}

impl Context<'_> {
    /// The types of what a function captures.
    pub fn captured(&mut self, id: hir::FuncId, args: &[hir::Ty]) -> Vec<hir::Ty> {
        let func = &self.program.funcs[id.idx()];
        let FuncKind::Body(body) = &func.kind else { return Vec::new() };
        let locals = func.captures.iter().map(|local| body.locals[local.idx()].ty);
        locals.map(|ty| self.types.substitute(ty, args)).collect()
    }

    /// Whether a function is made anew for the code of a function value at a parameter: where the parameter's own type
    /// says that it is one. In a container of anything, say, it is a value like others.
    pub fn takes_known(&self, func: &hir::Func, param: usize) -> bool {
        let param = &func.params[param];
        matches!(func.kind, FuncKind::Body(_))
            && !func.attrs.is_export
            && param.passing == Passing::Shared
            && matches!(self.types.get(param.ty), TyKind::Fn(..))
    }

    /// Appends the functions that an instance is made for.
    pub fn write_known(&self, out: &mut String, known: &[Option<Target>]) {
        for target in known.iter().flatten() {
            out.push('|');
            out.push_str(&self.symbol(&self.program.funcs[target.func.idx()], &target.args));
        }
    }

    /// The signature by which closures are called, for registers of these types; the result's address is one of them.
    pub fn closure_sig(&mut self, module: &mut Module, params: Vec<Ty>, ret: hir::Ty) -> SigId {
        let ret = self.result_type(module, ret);
        module.types.intern_sig(Signature { params, ret, variadic: false, abi: Abi::Simple })
    }

    fn result_type(&mut self, module: &mut Module, ret: hir::Ty) -> Ty {
        match self.rep(module, ret) {
            Rep::Unit if ret == hir::Ty::NEVER => Ty::NEVER,
            Rep::Unit | Rep::Memory(_) => Ty::UNIT,
            Rep::Scalar(ty) => ty,
            Rep::Counted | Rep::Nullable(_) => Ty::PTR,
        }
    }

    /// What a closure of the function holds: its captured values that are not unit.
    fn env(&mut self, module: &mut Module, target: &Target) -> (Ty, Vec<hir::Ty>) {
        let mut held = self.captured(target.func, &target.args);
        held.retain(|&ty| self.rep(module, ty) != Rep::Unit);
        let stored = held.iter().map(|&ty| self.stored_type(module, ty)).collect();
        (module.types.tuple(stored), held)
    }

    /// The code of closures of a function that captures something, or is passed more than what it declares.
    fn closure_code(&mut self, module: &mut Module, target: &Target) -> FuncId {
        let instance = Instance::Code(target.clone());
        if let Some(&known) = self.instances.get(&instance) {
            return known;
        }
        let func = &self.program.funcs[target.func.idx()];
        let ret = self.types.substitute(func.ret, &target.args);
        let mut params = vec![Ty::PTR];
        if let Rep::Memory(_) = self.rep(module, ret) {
            params.push(Ty::PTR);
        }
        for param in &func.params {
            let ty = self.types.substitute(param.ty, &target.args);
            params.extend(self.rep(module, ty).reg_ty());
        }
        let ret = self.result_type(module, ret);
        let sig = Signature { params, ret, variadic: false, abi: Abi::Simple };
        self.declare_of(module, "code", instance, target, sig)
    }

    /// The function that drops what closures of a function captured; `None` when there is nothing to drop.
    fn closure_drop(&mut self, module: &mut Module, target: &Target) -> Option<FuncId> {
        let captured = self.captured(target.func, &target.args);
        if !captured.into_iter().any(|ty| self.needs_drop(ty)) {
            return None;
        }
        let instance = Instance::Captures(target.clone());
        if let Some(&known) = self.instances.get(&instance) {
            return Some(known);
        }
        let sig = Signature { params: vec![Ty::PTR], ret: Ty::UNIT, variadic: false, abi: Abi::Simple };
        Some(self.declare_of(module, "captures", instance, target, sig))
    }

    fn declare_of(
        &mut self,
        module: &mut Module,
        what: &str,
        instance: Instance,
        target: &Target,
        sig: Signature,
    ) -> FuncId {
        let func = &self.program.funcs[target.func.idx()];
        let name = format!("{}::{what}", self.symbol(func, &target.args));
        let id = module.declare(name, sig, Linkage::Internal);
        module.funcs[id.idx()].span = func.span;
        self.instances.insert(instance.clone(), id);
        self.queue.push((instance, id));
        id
    }
}

/// The value of a captured variable or parameter that is passed in a register.
pub(super) fn taken(cx: &mut Context, module: &mut Module, ty: hir::Ty, reg: Reg) -> Val {
    match cx.rep(module, ty) {
        Rep::Unit => Val::Unit,
        Rep::Memory(_) => Val::Mem(reg),
        Rep::Scalar(_) | Rep::Counted | Rep::Nullable(_) => Val::Reg(reg),
    }
}

/// Lowers the code of closures: what was captured, then the arguments, go to the function.
pub(super) fn lower_code(cx: &mut Context, module: &mut Module, target: &Target, id: FuncId) {
    let ret = cx.types.substitute(cx.program.funcs[target.func.idx()].ret, &target.args);
    let func = cx.func(module, target.func, target.args.clone());
    let (env, held) = cx.env(module, target);
    let mut f = FnLowerer::new(cx, FunctionBuilder::new(module, id), Vec::new(), None, hir::Ty::UNIT);
    let closure = f.b.param(0);
    let count = f.b.func.params.len();
    let is_in_memory = matches!(f.rep(ret), Rep::Memory(_));
    let mut args: Vec<Reg> = is_in_memory.then(|| f.b.param(1)).into_iter().collect();
    let first = 1 + args.len();
    for (index, ty) in (0..).zip(held) {
        let at = f.b.closure_capture(closure, env, index);
        args.extend(f.load(at, ty, Alias::Any).val.reg());
    }
    args.extend((first..count).map(|i| f.b.param(i)));
    if f.cx.program.funcs[target.func.idx()].attrs.is_located {
        // Who calls a function value is not known to the function.
        args.push(f.text(""));
    }
    let args = f.b.list(&args);
    let result = f.b.call(func, args);
    if ret == hir::Ty::NEVER {
        f.b.terminate(Terminator::Unreachable);
    } else {
        f.b.ret(result);
    }
    f.b.finish();
}

/// Lowers the function that drops what closures captured.
pub(super) fn lower_drop(cx: &mut Context, module: &mut Module, target: &Target, id: FuncId) {
    let (env, held) = cx.env(module, target);
    let mut f = FnLowerer::new(cx, FunctionBuilder::new(module, id), Vec::new(), None, hir::Ty::UNIT);
    let closure = f.b.param(0);
    for (index, ty) in (0..).zip(held) {
        if f.cx.needs_drop(ty) {
            let at = f.b.closure_capture(closure, env, index);
            f.drop_at(at, ty, Alias::Any);
        }
    }
    f.b.ret(None);
    f.b.finish();
}

/// The variables that hold a function value and are only called, or passed where its code may be known.
pub(super) fn find_direct(cx: &Context, body: &Body) -> FxHashSet<LocalId> {
    let mut found = FxHashSet::default();
    walk::walk(&body.value, &mut |e| {
        if let ExprKind::Let(pattern, value) = &e.kind
            && let (PatternKind::Bind(local), ExprKind::FuncValue(..)) = (&pattern.kind, &value.kind)
            && !body.locals[local.idx()].is_var
        {
            found.insert(*local);
        }
    });
    if !found.is_empty() {
        remove_values(cx, &body.value, &mut found);
    }
    found
}

/// Takes out the variables that are used as values.
fn remove_values(cx: &Context, e: &Expr, found: &mut FxHashSet<LocalId>) {
    match &e.kind {
        ExprKind::Local(local) => {
            found.remove(local);
        }
        ExprKind::CallValue(callee, args) => {
            if !matches!(callee.kind, ExprKind::Local(_)) {
                remove_values(cx, callee, found);
            }
            args.iter().for_each(|arg| remove_values(cx, arg, found));
        }
        ExprKind::Call { func, args, .. } => {
            let func = &cx.program.funcs[func.idx()];
            for (i, arg) in args.iter().enumerate() {
                let param = i.checked_sub(func.captures.len()).filter(|&param| param < func.params.len());
                let is_known = param.is_some_and(|param| cx.takes_known(func, param));
                if !(is_known && matches!(arg.kind, ExprKind::Local(_))) {
                    remove_values(cx, arg, found);
                }
            }
        }
        _ => walk::children(e, &mut |child| remove_values(cx, child, found)),
    }
}

impl<'p> FnLowerer<'_, 'p> {
    /// The captured values that are passed in the place of a parameter, from a register on.
    pub fn take_captures(&mut self, target: &Target, index: &mut usize) -> Vec<Val> {
        let types = self.cx.captured(target.func, &target.args);
        let mut captures = Vec::with_capacity(types.len());
        for ty in types {
            let val = taken(self.cx, self.b.module, ty, Reg(*index as u32));
            *index += usize::from(val != Val::Unit);
            captures.push(val);
        }
        captures
    }

    fn target(&mut self, func: hir::FuncId, type_args: &[hir::Ty]) -> Target {
        let args = type_args.iter().map(|&ty| self.subst(ty)).collect();
        let (func, args) = self.cx.resolve(func, args);
        Target { func, args }
    }

    /// The code of an expression that is a function value, where it is known.
    pub fn known_value(&mut self, e: &'p Expr) -> Option<KnownValue<'p>> {
        match &e.kind {
            ExprKind::FuncValue(func, type_args, captures) => {
                let target = self.target(*func, type_args);
                Some(KnownValue { target, captures: Captures::Exprs(captures) })
            }
            ExprKind::Local(local) => {
                let Known { target, captures } = self.known.get(local)?.clone();
                Some(KnownValue { target, captures: Captures::Vals(captures) })
            }
            _ => None,
        }
    }

    /// Declares a variable that holds a function value and is only called: what it captured stays in variables of its own.
    pub fn declare_known(&mut self, local: LocalId, init: &'p Expr) -> bool {
        let ExprKind::FuncValue(func, type_args, exprs) = &init.kind else { return false };
        if !self.direct.contains(&local) {
            return false;
        }
        let mut captures = Vec::with_capacity(exprs.len());
        for e in exprs {
            let ty = self.subst(e.ty);
            let value = self.expr(e);
            let value = self.stable(value, ty);
            self.pending.push(Pending::Temp(value.val, ty));
            captures.push(value.val);
        }
        let target = self.target(*func, type_args);
        self.known.insert(local, Known { target, captures });
        true
    }

    /// The value of a variable that has no storage: unit, or a function value of known code, which becomes a closure.
    pub fn known_operand(&mut self, local: LocalId) -> Operand {
        let Some(Known { target, captures }) = self.known.get(&local).cloned() else { return Operand::UNIT };
        let captures = captures.into_iter().map(Operand::borrowed).collect();
        self.closure(&target, captures)
    }

    /// A function or lambda as a value.
    pub fn func_value(&mut self, func: hir::FuncId, type_args: &[hir::Ty], captures: &'p [Expr]) -> Operand {
        let target = self.target(func, type_args);
        let captures = captures.iter().map(|e| self.expr(e)).collect();
        self.closure(&target, captures)
    }

    fn closure(&mut self, target: &Target, captures: Vec<Operand>) -> Operand {
        let is_called_as_it_is = !self.cx.program.funcs[target.func.idx()].attrs.is_located;
        if captures.is_empty() && is_called_as_it_is {
            let func = self.cx.func(self.b.module, target.func, target.args.clone());
            return Operand::borrowed(Val::Reg(self.b.closure_func(func)));
        }
        let types = self.cx.captured(target.func, &target.args);
        let mut held = Vec::with_capacity(captures.len());
        for (capture, ty) in captures.into_iter().zip(types) {
            match self.own(capture, ty) {
                Val::Unit => {}
                Val::Reg(reg) => held.push(reg),
                Val::Mem(addr) => {
                    let stored = self.stored(ty);
                    held.push(self.b.load(stored, addr, Alias::Any));
                }
            }
        }
        self.need_panic();
        let code = self.cx.closure_code(self.b.module, target);
        let drop = self.cx.closure_drop(self.b.module, target);
        let held = self.b.list(&held);
        Operand::reg(self.b.closure_make(code, drop, held))
    }
}
