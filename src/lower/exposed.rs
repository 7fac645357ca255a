//! Which `mut` parameters are not the only way to their place.
//!
//! A variable of the caller that is passed as `mut` can be reached through the parameter alone. A module-level variable and
//! a field of an instance have other names, too, which the callee may use: that is no error, but back ends must not be
//! told otherwise.

use rustc_hash::FxHashSet;

use crate::hir::{Expr, ExprKind, FuncId, FuncKind, LocalId, Passing};

use super::Context;
use super::walk::{dict_of, walk};

/// A parameter: its function and its number.
type Param = (FuncId, usize);

/// Where an argument for a `mut` parameter begins.
enum Origin {
    /// A temporary.
    Own,
    /// A variable or parameter of the caller.
    Local(LocalId),
    /// What others reach, too.
    Shared,
}

fn origin(cx: &Context, place: &Expr) -> Origin {
    match &place.kind {
        ExprKind::Local(local) => Origin::Local(*local),
        ExprKind::Global(_) => Origin::Shared,
        ExprKind::Field(base, _) if cx.is_class(base.ty) => Origin::Shared,
        ExprKind::Field(base, _)
        | ExprKind::Index(base, _)
        | ExprKind::Narrow(base)
        | ExprKind::Unwrap(base) => origin(cx, base),
        ExprKind::Deref(pointer) => dict_of(pointer).map_or(Origin::Own, |dict| origin(cx, dict)),
        _ => Origin::Own,
    }
}

/// The parameters whose argument is, in some call, a place that others reach.
pub(super) fn exposed_params(cx: &Context) -> FxHashSet<Param> {
    let mut calls = Calls { exposed: Vec::new(), passed_on: Vec::new() };
    for (i, func) in cx.program.funcs.iter().enumerate() {
        if let FuncKind::Body(body) = &func.kind {
            let is_mut = |local: LocalId| func.passings().nth(local.idx()) == Some(Passing::Mut);
            calls.look_into(cx, &body.value, &|local| {
                is_mut(local).then_some((FuncId(i as u32), local.idx()))
            });
        }
    }
    // A call of a trait's method is one of the methods in its place.
    for of in &cx.program.impls {
        let wanted = &cx.program.traits[of.of.id.idx()].methods;
        for (&from, to) in wanted.iter().zip(&of.methods) {
            let Some(to) = *to else { continue };
            let params = 0..cx.program.funcs[to.idx()].params.len();
            calls.passed_on.extend(params.map(|at| ((from, at), (to, at))));
        }
    }
    let Calls { mut exposed, mut passed_on } = calls;
    passed_on.sort_unstable();
    let mut found = FxHashSet::default();
    while let Some(param) = exposed.pop() {
        if found.insert(param) {
            let first = passed_on.partition_point(|(from, _)| *from < param);
            exposed
                .extend(passed_on[first..].iter().take_while(|(from, _)| *from == param).map(|(_, to)| *to));
        }
    }
    found
}

/// What calls pass to `mut` parameters.
struct Calls {
    exposed: Vec<Param>,
    /// From which `mut` parameter of the caller.
    passed_on: Vec<(Param, Param)>,
}

impl Calls {
    /// Collects the calls in a body; `param` tells the `mut` parameter that a variable is.
    fn look_into(&mut self, cx: &Context, body: &Expr, param: &dyn Fn(LocalId) -> Option<Param>) {
        walk(body, &mut |e| {
            let ExprKind::Call { func, args, .. } = &e.kind else { return };
            for (at, (arg, passing)) in args.iter().zip(cx.program.funcs[func.idx()].passings()).enumerate() {
                if passing != Passing::Mut {
                    continue;
                }
                match origin(cx, arg) {
                    Origin::Shared => self.exposed.push((*func, at)),
                    Origin::Local(local) => {
                        self.passed_on.extend(param(local).map(|from| (from, (*func, at))));
                    }
                    Origin::Own => {}
                }
            }
        });
    }
}
