//! `e is T`, and what is known of a variable where such a test holds.
//!
//! A test of a variable that nothing can change behind the checker's back is a *fact* where the test's answer decides that
//! code runs: in the branch, in the rest of `and`, behind a branch that leaves. There the variable is read as one of the
//! narrower type ([`ExprKind::Narrow`]). An assignment ends the facts of its variable. A loop that relies on a fact from
//! in front of it may not assign the variable: what holds in its first round need not hold in the next.

use super::context::*;
use super::nested::Outer;
use super::place::Root;
use super::tree::*;
use super::types::Ty;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::ast::{self, BinOp, ExprKind as Ast, UnOp};

/// A variable whose value is of a narrower type.
#[derive(Clone, Copy, Debug)]
struct Fact {
    of: Root,
    /// `None` when it is no longer known.
    ty: Option<Ty>,
    /// How many loops are around the test.
    loops: usize,
}

/// What is known of the variables of a body, the latest last.
#[derive(Default, Debug)]
pub(super) struct Facts {
    all: Vec<Fact>,
    /// The variables that were assigned since a branching began.
    ended: Vec<Root>,
}

impl Facts {
    pub fn mark(&self) -> usize {
        self.all.len()
    }

    fn of(&self, root: Root) -> Option<Fact> {
        self.all.iter().rev().copied().find(|fact| fact.of == root)
    }

    fn end(&mut self, root: Root) {
        self.all.iter_mut().filter(|fact| fact.of == root).for_each(|fact| fact.ty = None);
        self.ended.push(root);
    }
}

/// What a loop does with variables of which something is known.
#[derive(Default, Debug)]
pub(super) struct Rounds {
    relied: Vec<(Root, Span)>,
    assigned: Vec<(Root, Span)>,
}

/// What the answer of a test says of a variable.
#[derive(Clone, Copy, Debug)]
pub(super) struct Test {
    of: Root,
    when_true: Option<Ty>,
    when_false: Option<Ty>,
}

impl<'a> Checker<'a> {
    /// `value is T`.
    pub fn type_test(&mut self, e: &'a ast::Expr, value: &'a ast::Expr, written: &'a ast::Type) -> Expr {
        let span = e.span;
        let value = self.expr(value, Expect::Any);
        let mut value = self.settled(value);
        if value.ty == Ty::ERROR || value.ty == Ty::NEVER {
            return self.error_expr(span);
        }
        // A second test may ask again what the first one told.
        if let ExprKind::Narrow(_) = value.kind
            && !self.is_narrower(written, value.ty)
        {
            value = self.whole(value);
        }
        let ty = value.ty;
        let Some(pattern) = self.tested_pattern(ty, written, span) else { return self.error_expr(span) };
        if let (PatternKind::Downcast(inner), Some(of)) = (&pattern.kind, self.known_root(&value)) {
            let rest = self.union_parts(ty).map(|parts| {
                let taken = self.union_parts(inner.ty).unwrap_or_else(|| vec![inner.ty]);
                self.types.union(parts.into_iter().filter(|part| !taken.contains(part)).collect())
            });
            self.tests.insert(e, Test { of, when_true: Some(inner.ty), when_false: rest });
        }
        let answer = |value| expr(ExprKind::Literal(Constant::Bool(value)), Ty::BOOL, span);
        let other = Pattern { kind: PatternKind::Wildcard, ty, span };
        let arms = vec![
            Arm { pattern, guard: None, body: answer(true) },
            Arm { pattern: other, guard: None, body: answer(false) },
        ];
        expr(ExprKind::Match(Box::new(value), arms), Ty::BOOL, span)
    }

    /// Whether a test for the written type can tell something of a value of another.
    fn is_narrower(&mut self, written: &'a ast::Type, ty: Ty) -> bool {
        let scope = self.cx().scope.clone();
        match &written.kind {
            ast::TypeKind::Path { path, args } if args.is_empty() && self.enum_of(ty).is_some() => {
                self.variant_path(path, ty).is_some()
            }
            _ => {
                let wanted = self.ty(written, &scope);
                self.is_wider(wanted, ty)
            }
        }
    }

    /// The pattern of a test: a case of an enum, or a type that is narrower.
    fn tested_pattern(&mut self, ty: Ty, written: &'a ast::Type, span: Span) -> Option<Pattern> {
        if let ast::TypeKind::Path { path, args } = &written.kind
            && args.is_empty()
        {
            if matches!(path[..], [name] if self.name(name.name) == "nil") {
                return Some(self.nil_pattern(ty, written.span));
            }
            if let Some(variant) = self.variant_path(path, ty) {
                return Some(Pattern { kind: PatternKind::Variant(variant, Vec::new()), ty, span });
            }
        }
        let scope = self.cx().scope.clone();
        let wanted = self.ty(written, &scope);
        if wanted == Ty::ERROR {
            return None;
        }
        if self.is_wider(wanted, ty) {
            let inner = Pattern { kind: PatternKind::Wildcard, ty: wanted, span };
            return Some(Pattern { kind: PatternKind::Downcast(Box::new(inner)), ty, span });
        }
        let (shown, asked) = (self.show(ty), self.show(wanted));
        let answer = if self.fits(ty, wanted) { "always" } else { "never" };
        let error =
            Diagnostic::error(Code::KnownTest, format!("a value of type `{shown}` is {answer} a `{asked}`"))
                .at(span, format!("this is {answer} so"))
                .note("a union, a trait object, an `Any` and an enum can be tested for what they hold");
        self.error(error);
        None
    }

    /// The variable that an expression reads, if what is known of it stays true until it is assigned here.
    fn known_root(&mut self, e: &Expr) -> Option<Root> {
        match &e.kind {
            ExprKind::Narrow(inner) => self.known_root(inner),
            // What a `mut` parameter leads to may be reached by others.
            ExprKind::Local(local) => {
                let is_mut = self.cx().locals[local.idx()].passing == Some(Passing::Mut);
                (!is_mut).then_some(Root::Local(*local))
            }
            ExprKind::Global(global) => (!self.globals[global.idx()].is_var).then_some(Root::Global(*global)),
            _ => None,
        }
    }

    /// Takes over what a condition says when it holds, or when it does not, until [`Checker::forget`].
    pub fn learn(&mut self, condition: &'a ast::Expr, holds: bool) -> usize {
        let mark = self.cx().facts.mark();
        self.learn_from(condition, holds);
        mark
    }

    fn learn_from(&mut self, condition: &'a ast::Expr, holds: bool) {
        match &condition.kind {
            Ast::Unary(UnOp::Not, inner) => self.learn_from(inner, !holds),
            Ast::Binary(op @ (BinOp::And | BinOp::Or), a, b) if holds == (*op == BinOp::And) => {
                self.learn_from(a, holds);
                self.learn_from(b, holds);
            }
            Ast::Is(..) => {
                let Some(&test) = self.tests.get(&std::ptr::from_ref(condition)) else { return };
                let ty = if holds { test.when_true } else { test.when_false };
                if ty.is_some() {
                    let cx = self.cx();
                    cx.facts.all.push(Fact { of: test.of, ty, loops: cx.loops.len() });
                }
            }
            _ => {}
        }
    }

    /// Ends what was learnt since.
    pub fn forget(&mut self, mark: usize) {
        self.cx().facts.all.truncate(mark);
    }

    /// One of several branches: what it assigns is still known in the others, and goes to `ended`.
    pub fn branch(&mut self, ended: &mut Vec<Root>, check: impl FnOnce(&mut Self) -> Expr) -> Expr {
        let (known, mark) = (self.cx().facts.all.clone(), self.cx().facts.ended.len());
        let body = check(self);
        let leaves = self.resolve(body.ty) == Ty::NEVER;
        let facts = &mut self.cx().facts;
        facts.all = known;
        let here = facts.ended.drain(mark..);
        if !leaves {
            ended.extend(here);
        }
        body
    }

    /// Behind branches: ends what is known of the variables that one of them assigns.
    pub fn end_all(&mut self, ended: Vec<Root>) {
        ended.into_iter().for_each(|root| self.cx().facts.end(root));
    }

    /// The place is assigned: what is known of a variable holds no longer.
    pub fn forget_of(&mut self, place: &Expr) {
        let Some(root) = root_of(place) else { return };
        let cx = self.cx();
        let known = cx.facts.of(root).filter(|fact| fact.ty.is_some());
        let relied = known.and_then(|fact| find(cx.loops.get(fact.loops)?.rounds.relied.as_slice(), root));
        for around in &mut cx.loops {
            around.rounds.assigned.push((root, place.span));
        }
        cx.facts.end(root);
        if let Some(relied) = relied {
            self.stale(place.span, relied);
        }
    }

    /// What is checked runs behind what is still to come: nothing is known of variables that can be assigned.
    pub fn forget_variables<R>(&mut self, check: impl FnOnce(&mut Self) -> R) -> R {
        let cx = self.cx();
        let known = cx.facts.all.clone();
        let locals = &cx.locals;
        cx.facts.all.retain(|fact| match fact.of {
            Root::Local(local) => !locals[local.idx()].is_var,
            Root::Global(_) => true,
        });
        let result = check(self);
        self.cx().facts.all = known;
        result
    }

    fn stale(&mut self, assigned: Span, relied: Span) {
        let error = Diagnostic::error(
            Code::StaleTest,
            "this loop relies on a test in front of it, and assigns the variable",
        )
        .at(assigned, "assigned here")
        .also(relied, "read here as what the test found in the first round")
        .help("test it inside the loop");
        self.error(error);
    }

    /// The value of a variable as one of the type that it is known to be of.
    pub fn as_known(&mut self, value: Expr) -> Expr {
        let Some(root) = root_of(&value) else { return value };
        let known = self.rely_on(self.current, root, value.span);
        narrowed(value, known)
    }

    /// What is known of a variable of a body.
    fn rely_on(&mut self, body: usize, root: Root, span: Span) -> Option<Ty> {
        let cx = &mut self.bodies[body];
        let Fact { ty, loops, .. } = cx.facts.of(root)?;
        let ty = ty?;
        if let Some(around) = cx.loops.get_mut(loops) {
            around.rounds.relied.push((root, span));
            if let Some(assigned) = find(&around.rounds.assigned, root) {
                self.stale(assigned, span);
            }
        }
        Some(ty)
    }

    /// A variable of a function around. A lambda has what it was when the lambda was made.
    pub fn captured_as_known(&mut self, outer: Outer, span: Span) -> Expr {
        let mut at = self.current;
        while at != outer.body && self.bodies[at].is_lambda {
            let Some(around) = self.bodies[at].around else { break };
            at = around.body;
        }
        let is_of_lambdas = at == outer.body;
        let value = self.captured(outer, span);
        let value = self.as_known(value);
        let known = if is_of_lambdas { self.rely_on(at, Root::Local(outer.local), span) } else { None };
        narrowed(value, known)
    }

    /// The whole of what is read as a narrower type.
    pub fn whole(&self, value: Expr) -> Expr {
        match value.kind {
            ExprKind::Narrow(whole) => *whole,
            _ => value,
        }
    }
}

fn root_of(place: &Expr) -> Option<Root> {
    match &place.kind {
        ExprKind::Local(local) => Some(Root::Local(*local)),
        ExprKind::Global(global) => Some(Root::Global(*global)),
        _ => None,
    }
}

fn find(list: &[(Root, Span)], root: Root) -> Option<Span> {
    list.iter().find(|(of, _)| *of == root).map(|&(_, span)| span)
}

fn narrowed(value: Expr, known: Option<Ty>) -> Expr {
    match (known, value.span) {
        (Some(ty), span) if !matches!(value.kind, ExprKind::Narrow(_)) => {
            expr(ExprKind::Narrow(Box::new(value)), ty, span)
        }
        _ => value,
    }
}
