//! Going through the expressions of a checked program.

use super::tree::{Expr, ExprKind, FormatPart, LocalId, Pattern, PatternKind};

/// Calls `visit` with an expression and every part of it.
pub fn walk<'e>(e: &'e Expr, visit: &mut dyn FnMut(&'e Expr)) {
    visit(e);
    children(e, &mut |c| walk(c, visit));
}

/// Calls `visit` with each direct part of an expression, in order of evaluation.
pub fn children<'e>(e: &'e Expr, visit: &mut dyn FnMut(&'e Expr)) {
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
        | ExprKind::Unwrap(a)
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

/// The variables that a pattern binds; those of alternatives once for each.
pub fn bound_locals(pattern: &Pattern) -> Vec<LocalId> {
    let mut found = Vec::new();
    add_bound(pattern, &mut found);
    found
}

fn add_bound(pattern: &Pattern, found: &mut Vec<LocalId>) {
    match &pattern.kind {
        PatternKind::Wildcard | PatternKind::Constant(_) | PatternKind::Range { .. } => {}
        PatternKind::Bind(local) => found.push(*local),
        PatternKind::Or(parts) => parts.iter().for_each(|part| add_bound(part, found)),
        PatternKind::Fields(fields, rest) => {
            fields.iter().for_each(|(_, field)| add_bound(field, found));
            found.extend(rest.iter().map(|rest| rest.local));
        }
        PatternKind::Variant(_, fields) => fields.iter().for_each(|(_, field)| add_bound(field, found)),
        PatternKind::Downcast(inner) => add_bound(inner, found),
        PatternKind::Array { prefix, rest, suffix } => {
            prefix.iter().chain(suffix).for_each(|part| add_bound(part, found));
            found.extend(rest.iter().flatten());
        }
    }
}
