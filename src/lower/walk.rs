//! What a body does to its variables: which must live in memory, because a call changes them through their address.

use rustc_hash::FxHashSet;

use crate::hir::{Body, Expr, ExprKind, Func, LocalId, Passing, Ty, TyKind};
pub(super) use crate::hir::{children, walk};

use super::Context;

/// Finds the variables that some call changes through their address.
pub(super) fn find_in_memory(cx: &Context, body: &Body, found: &mut FxHashSet<LocalId>) {
    walk(&body.value, &mut |e| {
        if let ExprKind::Call { func, args, .. } = &e.kind {
            for (arg, passing) in args.iter().zip(cx.program.funcs[func.idx()].passings()) {
                if passing == Passing::Mut
                    && let Some(local) = cx.root(arg)
                {
                    found.insert(local);
                }
            }
        }
    });
}

/// Whether an expression names a variable.
pub(super) fn mentions(e: &Expr, local: LocalId) -> bool {
    let mut found = false;
    walk(e, &mut |e| found |= matches!(e.kind, ExprKind::Local(l) if l == local));
    found
}

/// The dict whose value the address is that of.
pub(super) fn dict_of(pointer: &Expr) -> Option<&Expr> {
    match &pointer.kind {
        ExprKind::Call { args, .. } => args.first(),
        _ => None,
    }
}

impl Context<'_> {
    /// The variable that a place is a part of.
    pub fn root(&self, e: &Expr) -> Option<LocalId> {
        match &e.kind {
            ExprKind::Local(local) => Some(*local),
            ExprKind::Field(base, _) if self.is_class(base.ty) => None,
            ExprKind::Field(base, _)
            | ExprKind::Index(base, _)
            | ExprKind::Narrow(base)
            | ExprKind::Unwrap(base) => self.root(base),
            ExprKind::Deref(pointer) => self.root(dict_of(pointer)?),
            _ => None,
        }
    }

    /// Whether a function runs nothing but the runtime's code: it cannot reach what the program's own code could.
    pub fn is_leaf(&mut self, func: &Func, type_args: &[Ty]) -> bool {
        self.is_runtime(func)
            && !func.params.iter().any(|p| matches!(self.types.get(p.ty), TyKind::Fn(..)))
            && !type_args.iter().any(|&ty| self.runs_code(ty))
    }
}
