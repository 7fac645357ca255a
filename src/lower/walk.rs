//! What a body does to its variables: which must live in memory, because a call changes them through their address.

use rustc_hash::FxHashSet;

use crate::hir::{Body, Expr, ExprKind, FormatPart, Func, LocalId, Passing, Ty, TyKind};

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
            ExprKind::Field(base, _) | ExprKind::Index(base, _) | ExprKind::Narrow(base) => self.root(base),
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

/// Calls `visit` with an expression and every part of it.
pub(super) fn walk<'e>(e: &'e Expr, visit: &mut dyn FnMut(&'e Expr)) {
    visit(e);
    children(e, &mut |c| walk(c, visit));
}

/// Calls `visit` with each direct part of an expression, in order of evaluation.
pub(super) fn children<'e>(e: &'e Expr, visit: &mut dyn FnMut(&'e Expr)) {
    match &e.kind {
        ExprKind::Error
        | ExprKind::Unit
        | ExprKind::Literal(_)
        | ExprKind::Local(_)
        | ExprKind::Global(_)
        | ExprKind::Declare(_)
        | ExprKind::Continue(_) => {}
        ExprKind::Tuple(parts)
        | ExprKind::Array(parts)
        | ExprKind::Variant(_, parts)
        | ExprKind::Call { args: parts, .. }
        | ExprKind::FuncValue(_, _, parts)
        | ExprKind::Print { args: parts, .. }
        | ExprKind::Block(parts, _) => parts.iter().for_each(visit),
        ExprKind::Record(parts) => parts.iter().for_each(|p| visit(&p.1)),
        ExprKind::Field(a, _)
        | ExprKind::Unary(_, a)
        | ExprKind::Cast(a)
        | ExprKind::Upcast(a)
        | ExprKind::Narrow(a)
        | ExprKind::Loop(_, a)
        | ExprKind::Let(_, a)
        | ExprKind::Defer(a)
        | ExprKind::Deref(a)
        | ExprKind::Initialise(_, a)
        | ExprKind::Panic(a) => visit(a),
        ExprKind::Repeat(a, b)
        | ExprKind::Index(a, b)
        | ExprKind::Binary(_, a, b)
        | ExprKind::Compare(_, a, b)
        | ExprKind::Logic(_, a, b)
        | ExprKind::While(_, a, b)
        | ExprKind::Assign(a, b)
        | ExprKind::AssignOp(_, a, b)
        | ExprKind::Assert(a, b) => {
            visit(a);
            visit(b);
        }
        ExprKind::Range { start, end, .. } => {
            visit(start);
            visit(end);
        }
        ExprKind::CallValue(callee, args) => {
            visit(callee);
            args.iter().for_each(visit);
        }
        ExprKind::Format(parts) => {
            for part in parts {
                if let FormatPart::Value(value, _) = part {
                    visit(value);
                }
            }
        }
        ExprKind::If(cond, then, otherwise) => {
            visit(cond);
            visit(then);
            otherwise.iter().for_each(|o| visit(o));
        }
        ExprKind::Match(value, arms) => {
            visit(value);
            for arm in arms {
                arm.guard.iter().for_each(&mut *visit);
                visit(&arm.body);
            }
        }
        ExprKind::For { iter, body, .. } => {
            visit(iter);
            visit(body);
        }
        ExprKind::Break(_, value) | ExprKind::Return(value) => value.iter().for_each(|v| visit(v)),
    }
}
