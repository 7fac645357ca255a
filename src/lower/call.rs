//! Calls.

use crate::hir::{self, Expr, FuncKind, LocalId, Passing};
use crate::mir::{Reg, Terminator};

use super::access::{During, Path, Place, is_simple};
use super::closure::{Captures, KnownValue, Target};
use super::function::{Dest, FnLowerer, Operand, Val};
use super::types::Rep;

/// A call whose arguments are being evaluated.
struct Frame {
    /// Temporaries above this are dropped after the call.
    depth: usize,
    regs: Vec<Reg>,
    /// Where a result in memory is put.
    out: Option<Reg>,
    ret: hir::Ty,
    dest: Dest,
}

impl<'p> FnLowerer<'_, 'p> {
    /// A direct call.
    pub fn call(
        &mut self,
        e: &'p Expr,
        id: hir::FuncId,
        type_args: &'p [hir::Ty],
        args: &'p [Expr],
        dest: Dest,
    ) {
        let type_args: Vec<hir::Ty> = type_args.iter().map(|&t| self.subst(t)).collect();
        let slot = self.cx.virtual_slot(id, &type_args);
        let (id, type_args) = self.cx.resolve(id, type_args);
        let program = self.cx.program;
        let func = &program.funcs[id.idx()];
        let ret = self.subst(e.ty);
        if let FuncKind::Intrinsic(intrinsic) = func.kind {
            return self.intrinsic(intrinsic, &type_args, args, ret, dest);
        }
        let mut frame = self.begin_call(ret, dest);
        let receiver = frame.regs.len();
        // Variables that the callee changes: what it borrows from them would not outlive the change.
        let changed: Vec<_> = args
            .iter()
            .zip(func.passings())
            .filter(|(_, passing)| *passing == Passing::Mut)
            .filter_map(|(arg, _)| self.cx.root(arg))
            .collect();
        // Where the places to change are is known when all arguments are evaluated, which may move them.
        let changes = func.passings().any(|passing| passing == Passing::Mut);
        let is_alone = !changes || (slot.is_none() && self.cx.is_leaf(func, &type_args));
        let during = if is_alone { During::Nothing } else { During::Others };
        let mut places = Vec::new();
        let mut known = Vec::with_capacity(args.len());
        let passings = func.passings().chain(std::iter::repeat(Passing::Shared));
        for (i, (arg, passing)) in args.iter().zip(passings).enumerate() {
            let rest = &args[i + 1..];
            let takes_known = slot.is_none() && self.cx.takes_known(func, i);
            if let Some(value) = takes_known.then(|| self.known_value(arg)).flatten() {
                self.pass_captures(&value, rest, &changed, &mut frame);
                known.push(Some(value.target));
                continue;
            }
            known.push(None);
            if passing == Passing::Mut {
                let meanwhile = if rest.iter().all(is_simple) { during } else { During::Others };
                places.push((frame.regs.len(), arg, self.path(arg, meanwhile)));
                frame.regs.push(Reg(0));
            } else {
                self.pass(arg, passing, rest, &changed, &mut frame);
            }
        }
        for (i, arg, path) in &mut places {
            frame.regs[*i] = self.pass_mut(arg, during, path);
        }
        places.iter_mut().for_each(|(_, _, path)| self.keep(path));
        if self.is_dead() {
            self.pending.truncate(frame.depth);
            return;
        }
        self.b.at(e.span);
        self.pass_place(id, &mut frame);
        let result = match slot {
            Some(slot) => {
                let passing = func.passings().next();
                let of = self.receiver_object(&args[0], passing, frame.regs[receiver]);
                self.call_virtual((id, &type_args), of, slot, receiver, frame.regs.clone())
            }
            None => {
                let callee = self.cx.target(self.b.module, Target::new(id, type_args, known));
                let list = self.b.list(&frame.regs);
                self.b.call(callee, list)
            }
        };
        places.into_iter().for_each(|(_, _, path)| self.give_back(path));
        self.end_call(frame, result);
    }

    /// A call of a function value: of its code where that is known, or of a closure.
    pub fn call_value(&mut self, e: &'p Expr, callee: &'p Expr, args: &'p [Expr], dest: Dest) {
        let ret = self.subst(e.ty);
        let mut frame = self.begin_call(ret, dest);
        if let Some(value) = self.known_value(callee) {
            self.pass_captures(&value, args, &[], &mut frame);
            let place = self.cx.is_located(&value.target).then(|| frame.regs.pop()).flatten();
            if !self.pass_all(args, &mut frame) {
                return;
            }
            self.b.at(e.span);
            frame.regs.extend(place);
            let callee = self.cx.target(self.b.module, value.target);
            let list = self.b.list(&frame.regs);
            let result = self.b.call(callee, list);
            return self.end_call(frame, result);
        }
        let mut code = Frame { regs: Vec::new(), ..frame };
        self.pass(callee, Passing::Shared, args, &[], &mut code);
        let Some(closure) = code.regs.pop().filter(|_| self.pass_all(args, &mut frame)) else { return };
        self.b.at(e.span);
        let params = frame.regs.iter().map(|&reg| self.b.func.ty(reg)).collect();
        let sig = self.cx.closure_sig(self.b.module, params, ret);
        let list = self.b.list(&frame.regs);
        let result = self.b.closure_apply(closure, sig, list);
        self.end_call(frame, result);
    }

    /// Passes arguments that the callee only reads; whether the code behind them can be reached.
    fn pass_all(&mut self, args: &'p [Expr], frame: &mut Frame) -> bool {
        for (i, arg) in args.iter().enumerate() {
            self.pass(arg, Passing::Shared, &args[i + 1..], &[], frame);
        }
        if self.is_dead() {
            self.pending.truncate(frame.depth);
        }
        !self.is_dead()
    }

    /// Passes the place of the call to a function that panics in its name.
    fn pass_place(&mut self, id: hir::FuncId, frame: &mut Frame) {
        if self.cx.program.funcs[id.idx()].attrs.is_located {
            frame.regs.push(self.place_text());
        }
    }

    fn begin_call(&mut self, ret: hir::Ty, dest: Dest) -> Frame {
        let depth = self.pending.len();
        let mut regs = Vec::new();
        // The result of a call may not be put where one of its arguments is read.
        let out = match self.rep(ret) {
            Rep::Memory(_) => {
                let out = match dest {
                    Dest::Addr(addr) => addr,
                    Dest::Discard | Dest::Reg(_) => self.temp(ret),
                };
                regs.push(out);
                Some(out)
            }
            Rep::Unit | Rep::Scalar(_) | Rep::Counted | Rep::Nullable(_) => None,
        };
        Frame { depth, regs, out, ret, dest }
    }

    /// What follows the call itself: temporaries are dropped and the result goes where it is wanted.
    fn end_call(&mut self, frame: Frame, result: Option<Reg>) {
        let Frame { depth, out, ret, dest, .. } = frame;
        if ret == hir::Ty::NEVER {
            self.pending.truncate(depth);
            return self.b.terminate(Terminator::Unreachable);
        }
        while self.pending.len() > depth {
            self.release();
        }
        match (out, result) {
            (Some(out), _) if dest != Dest::Addr(out) => self.put(Operand::owned(Val::Mem(out)), ret, dest),
            (None, Some(reg)) => self.put(Operand::reg(reg), ret, dest),
            (Some(_), _) | (None, None) => {}
        }
    }

    /// Passes what a function value captured in its place.
    fn pass_captures(
        &mut self,
        value: &KnownValue<'p>,
        rest: &'p [Expr],
        changed: &[LocalId],
        frame: &mut Frame,
    ) {
        match &value.captures {
            Captures::Exprs(captures) => {
                for (i, e) in captures.iter().enumerate() {
                    match value.target.known(i).and_then(|_| self.known_value(e)) {
                        Some(inner) => self.pass_captures(&inner, rest, changed, frame),
                        None => self.pass(e, Passing::Shared, rest, changed, frame),
                    }
                }
                if self.cx.is_located(&value.target) {
                    self.b.at(value.span);
                    frame.regs.push(self.place_text());
                }
            }
            Captures::Vals(vals) => frame.regs.extend(vals.iter().filter_map(|val| val.reg())),
        }
    }

    /// The address of a place that the callee changes.
    fn pass_mut(&mut self, arg: &'p Expr, during: During, path: &mut Path<'p>) -> Reg {
        match self.place_at(arg, during, path) {
            Place::Addr(addr, _) => addr,
            // A variable of type unit; any address will do.
            Place::None => {
                let ty = self.subst(arg.ty);
                self.temp(ty)
            }
            Place::Reg(reg) => {
                self.cx.internal("a variable that a call changes is held in a register");
                reg
            }
        }
    }

    /// Evaluates one argument that is no place; temporaries stay pending until the call is done.
    fn pass(
        &mut self,
        arg: &'p Expr,
        passing: Passing,
        rest: &'p [Expr],
        changed: &[LocalId],
        frame: &mut Frame,
    ) {
        let ty = self.subst(arg.ty);
        let regs = &mut frame.regs;
        match passing {
            Passing::Shared => {
                let op = self.expr(arg);
                if self.is_dead() {
                    return;
                }
                let rest_is_simple = self.is_fixed(arg) || rest.iter().all(is_simple);
                let borrows =
                    self.is_rooted_here(arg) && !self.cx.root(arg).is_some_and(|r| changed.contains(&r));
                let shared_memory = self.cx.needs_drop(ty) || matches!(op.val, Val::Mem(_));
                let op =
                    if !rest_is_simple || (shared_memory && !borrows) { self.stable(op, ty) } else { op };
                regs.extend(self.argument(op, ty));
                self.hold(op, ty);
            }
            Passing::Mut => self.cx.internal("a place passed like a value"),
            Passing::Iso => {
                let op = self.consumed(arg);
                if self.is_dead() {
                    return;
                }
                // The callee's own, in memory that nothing else has.
                let val = match op.val {
                    Val::Mem(_) if !op.owned => Val::Mem(self.copy_to_temp(op, ty)),
                    Val::Unit | Val::Reg(_) | Val::Mem(_) => self.own(op, ty),
                };
                regs.extend(self.argument(Operand::owned(val), ty));
            }
        }
    }
}
