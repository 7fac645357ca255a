//! Calls.

use crate::hir::{self, Expr, FuncKind, Passing};
use crate::mir::{Reg, Terminator};

use super::access::{Place, is_simple};
use super::function::{Dest, FnLowerer, Operand, Val};
use super::types::Rep;
use super::walk;

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
        let (id, type_args) = self.cx.resolve(id, type_args);
        let program = self.cx.program;
        let func = &program.funcs[id.idx()];
        let ret = self.subst(e.ty);
        if let FuncKind::Intrinsic(intrinsic) = func.kind {
            return self.intrinsic(intrinsic, &type_args, args, ret, dest);
        }
        let depth = self.pending.len();
        let mut regs = Vec::with_capacity(args.len() + 1);
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
            Rep::Unit | Rep::Scalar(_) | Rep::Counted => None,
        };
        // Variables that the callee changes: what it borrows from them would not outlive the change.
        let passings = func.params.iter().map(|p| p.passing).chain(std::iter::repeat(Passing::Shared));
        let changed: Vec<_> = args
            .iter()
            .zip(passings.clone())
            .filter(|(_, passing)| *passing == Passing::Mut)
            .filter_map(|(arg, _)| walk::root(arg))
            .collect();
        for (i, (arg, passing)) in args.iter().zip(passings).enumerate() {
            let rest_is_simple = args[i + 1..].iter().all(is_simple);
            let borrows = self.is_rooted_here(arg) && !walk::root(arg).is_some_and(|r| changed.contains(&r));
            self.pass(arg, passing, rest_is_simple, borrows, &mut regs);
        }
        if self.is_dead() {
            self.pending.truncate(depth);
            return;
        }
        self.b.at(e.span);
        let callee = self.cx.func(self.b.module, id, type_args);
        let list = self.b.list(&regs);
        let result = self.b.call(callee, list);
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

    /// Evaluates one argument; temporaries stay pending until the call is done.
    fn pass(
        &mut self,
        arg: &'p Expr,
        passing: Passing,
        rest_is_simple: bool,
        borrows: bool,
        regs: &mut Vec<Reg>,
    ) {
        let ty = self.subst(arg.ty);
        match passing {
            Passing::Shared => {
                let op = self.expr(arg);
                if self.is_dead() {
                    return;
                }
                let shared_memory = self.cx.needs_drop(ty) || matches!(op.val, Val::Mem(_));
                let op =
                    if !rest_is_simple || (shared_memory && !borrows) { self.stable(op, ty) } else { op };
                regs.extend(self.argument(op, ty));
                self.hold(op, ty);
            }
            Passing::Mut => match self.place(arg) {
                Place::Addr(addr, _) => regs.push(addr),
                Place::Reg(_) => self.cx.internal("a variable that a call changes is held in a register"),
                // A variable of type unit; any address will do.
                Place::None => {
                    let temp = self.temp(ty);
                    regs.push(temp);
                }
            },
            Passing::Iso => {
                let op = self.expr(arg);
                if self.is_dead() {
                    return;
                }
                let val = self.own(op, ty);
                let val = if let (Val::Mem(_), false) = (val, op.owned) {
                    Val::Mem(self.copy_to_temp(Operand::borrowed(val), ty))
                } else {
                    val
                };
                regs.extend(self.argument(Operand::owned(val), ty));
            }
        }
    }
}
