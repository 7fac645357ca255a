//! Function values: closures, and code that is known where it is called.
//!
//! A lambda that is passed to a function need not become an object: the function is made anew for its code, with what it
//! captured in the place of the parameter, and calls it directly. So is a variable that is only called. What captures
//! known code is made for it in the same way. Everything else is a closure (docs/mir.md), whose code unpacks what was
//! captured and calls the function.

use std::fmt::Write as _;

use rustc_hash::FxHashSet;

use crate::diagnostics::Span;
use crate::hir::{self, Body, Expr, ExprKind, FuncKind, LocalId, Passing, PatternKind, TyKind};
use crate::mir::{
    Abi, Alias, FuncId, FunctionBuilder, Linkage, Module, Reg, SigId, Signature, Terminator, Ty,
};

use super::function::{FnLowerer, Operand, Pending, Val};
use super::types::Rep;
use super::{Context, Instance, walk};

/// A function with its type arguments, made for known code of the function values that it captures and is passed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Target {
    pub func: hir::FuncId,
    pub args: Vec<hir::Ty>,
    /// By capture, then by parameter, where it is known; without unknown ones at the end.
    known: Vec<Option<Target>>,
}

impl Target {
    /// How deep known code holds known code: a bound on how many copies of a function a program can ask for.
    const DEPTH: usize = 4;

    pub fn new(func: hir::FuncId, args: Vec<hir::Ty>, mut known: Vec<Option<Target>>) -> Target {
        while let Some(None) = known.last() {
            known.pop();
        }
        Target { func, args, known }
    }

    /// The known code in the place of a capture or parameter.
    pub fn known(&self, input: usize) -> Option<&Target> {
        self.known.get(input)?.as_ref()
    }

    /// Whether it can be captured by a function as known code. A function that calls itself with a lambda around its own
    /// argument would be made anew without end.
    fn may_be_held_by(&self, func: hir::FuncId, depth: usize) -> bool {
        let mut held = self.known.iter().flatten();
        depth > 0 && self.func != func && held.all(|inner| inner.may_be_held_by(func, depth - 1))
    }
}

/// A variable that is a function value of known code.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub target: Target,
    /// What it captured, that of captured function values of known code in their places, and the place of a function that
    /// panics in its caller's name; borrowed.
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
    pub span: Span,
}

impl Context<'_> {
    /// The types of what a function value of a function holds: what it captures, of captured function values of known code
    /// what these hold, and at last, of a function that panics in its caller's name, the place where the value was made.
    pub fn captured(&mut self, target: &Target) -> Vec<hir::Ty> {
        let func = &self.program.funcs[target.func.idx()];
        let mut types = Vec::with_capacity(func.captures.len());
        for (i, (ty, _)) in func.inputs().take(func.captures.len()).enumerate() {
            match target.known(i) {
                Some(inner) => types.extend(self.captured(inner)),
                None => types.push(self.types.substitute(ty, &target.args)),
            }
        }
        types.extend(func.attrs.is_located.then_some(hir::Ty::TEXT));
        types
    }

    /// Whether a function is passed the place that it panics at, behind its parameters.
    pub fn is_located(&self, target: &Target) -> bool {
        self.program.funcs[target.func.idx()].attrs.is_located
    }

    /// Whether a function is made anew for the code of a function value at a capture or parameter: where its own type
    /// says that it is one. In a container of anything, say, it is a value like others.
    pub fn takes_known(&self, func: &hir::Func, input: usize) -> bool {
        let is_function =
            |(ty, passing)| passing == Passing::Shared && matches!(self.types.get(ty), TyKind::Fn(..));
        matches!(func.kind, FuncKind::Body(_))
            && !func.attrs.is_export
            && func.inputs().nth(input).is_some_and(is_function)
    }

    /// The symbol of a function, with the known code that it is made for: `f|g` where its first function value is `g`.
    pub fn target_symbol(&self, target: &Target) -> String {
        let mut name = self.symbol(&self.program.funcs[target.func.idx()], &target.args);
        for known in &target.known {
            match known {
                Some(inner) if inner.known.is_empty() => write!(name, "|{}", self.target_symbol(inner)),
                Some(inner) => write!(name, "|({})", self.target_symbol(inner)),
                None => write!(name, "|_"),
            }
            .expect("writing to a string");
        }
        name
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
        let mut held = self.captured(target);
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
        let captured = self.captured(target);
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
        let name = format!("{}::{what}", self.target_symbol(target));
        let id = module.declare(name, sig, Linkage::Internal);
        module.funcs[id.idx()].span = self.program.funcs[target.func.idx()].span;
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
    let func = cx.target(module, target.clone());
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
    let place = f.cx.is_located(target).then(|| args.pop()).flatten();
    args.extend((first..count).map(|i| f.b.param(i)));
    args.extend(place);
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
            remove_inputs(cx, *func, args, found);
        }
        ExprKind::FuncValue(func, _, captures) => remove_inputs(cx, *func, captures, found),
        _ => walk::children(e, &mut |child| remove_values(cx, child, found)),
    }
}

/// Takes out what a function captures or is passed as a value.
fn remove_inputs(cx: &Context, func: hir::FuncId, inputs: &[Expr], found: &mut FxHashSet<LocalId>) {
    let func = &cx.program.funcs[func.idx()];
    for (i, input) in inputs.iter().enumerate() {
        if !(cx.takes_known(func, i) && matches!(input.kind, ExprKind::Local(_))) {
            remove_values(cx, input, found);
        }
    }
}

impl<'p> FnLowerer<'_, 'p> {
    /// Makes a capture or parameter the known code whose captured values are passed in its place, from a register on.
    pub fn take_known(&mut self, local: LocalId, target: &Target, index: &mut usize) {
        let types = self.cx.captured(target);
        let mut captures = Vec::with_capacity(types.len());
        for ty in types {
            let val = taken(self.cx, self.b.module, ty, Reg(*index as u32));
            *index += usize::from(val != Val::Unit);
            captures.push(val);
        }
        self.known.insert(local, Known { target: target.clone(), captures });
    }

    /// The function of a function value, with what is known of what it captures.
    fn known_func(
        &mut self,
        func: hir::FuncId,
        type_args: &[hir::Ty],
        captures: &'p [Expr],
        span: Span,
    ) -> KnownValue<'p> {
        let args = type_args.iter().map(|&ty| self.subst(ty)).collect();
        let (func, args) = self.cx.resolve(func, args);
        let program = self.cx.program;
        let known = (0..).zip(captures).map(|(i, capture)| {
            let takes = self.cx.takes_known(&program.funcs[func.idx()], i);
            let inner = if takes { self.known_value(capture)?.target } else { return None };
            inner.may_be_held_by(func, Target::DEPTH).then_some(inner)
        });
        let known = known.collect();
        KnownValue { target: Target::new(func, args, known), captures: Captures::Exprs(captures), span }
    }

    /// The code of an expression that is a function value, where it is known.
    pub fn known_value(&mut self, e: &'p Expr) -> Option<KnownValue<'p>> {
        match &e.kind {
            ExprKind::FuncValue(func, type_args, captures) => {
                Some(self.known_func(*func, type_args, captures, e.span))
            }
            ExprKind::Local(local) => {
                let Known { target, captures } = self.known.get(local)?.clone();
                Some(KnownValue { target, captures: Captures::Vals(captures), span: e.span })
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
        let value = self.known_func(*func, type_args, exprs, init.span);
        let values = self.capture_values(&value);
        let types = self.cx.captured(&value.target);
        let mut captures = Vec::with_capacity(values.len());
        for (value, ty) in values.into_iter().zip(types) {
            let value = self.stable(value, ty);
            self.pending.push(Pending::Temp(value.val, ty));
            captures.push(value.val);
        }
        self.known.insert(local, Known { target: value.target, captures });
        true
    }

    /// What a function value captures: variables, which can be read one after the other.
    fn capture_values(&mut self, value: &KnownValue<'p>) -> Vec<Operand> {
        let exprs = match &value.captures {
            Captures::Exprs(exprs) => *exprs,
            Captures::Vals(vals) => return vals.iter().copied().map(Operand::borrowed).collect(),
        };
        let mut values = Vec::with_capacity(exprs.len());
        for (i, e) in exprs.iter().enumerate() {
            match value.target.known(i).and_then(|_| self.known_value(e)) {
                Some(inner) => values.extend(self.capture_values(&inner)),
                None => values.push(self.expr(e)),
            }
        }
        if self.cx.is_located(&value.target) {
            self.b.at(value.span);
            values.push(Operand::borrowed(Val::Reg(self.place_text())));
        }
        values
    }

    /// The value of a variable that has no storage: unit, or a function value of known code, which becomes a closure.
    pub fn known_operand(&mut self, local: LocalId) -> Operand {
        let Some(Known { target, captures }) = self.known.get(&local).cloned() else { return Operand::UNIT };
        let captures = captures.into_iter().map(Operand::borrowed).collect();
        self.closure(&target, captures)
    }

    /// A function or lambda as a value.
    pub fn func_value(
        &mut self,
        func: hir::FuncId,
        type_args: &[hir::Ty],
        captures: &'p [Expr],
        span: Span,
    ) -> Operand {
        let value = self.known_func(func, type_args, captures, span);
        let captures = self.capture_values(&value);
        self.closure(&value.target, captures)
    }

    fn closure(&mut self, target: &Target, captures: Vec<Operand>) -> Operand {
        if captures.is_empty() {
            let func = self.cx.target(self.b.module, target.clone());
            return Operand::borrowed(Val::Reg(self.b.closure_func(func)));
        }
        let types = self.cx.captured(target);
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
