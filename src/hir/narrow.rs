//! `e is T`, and what is known of a variable where such a test holds.
//!
//! A test of a variable that nothing can change behind the checker's back is a *fact* where the test's answer decides that
//! code runs: in the branch, in the rest of `and`, behind a branch that leaves. There the variable is read as one of the
//! narrower type ([`ExprKind::Narrow`]). An assignment ends the facts of its variable. A loop that relies on a fact from
//! in front of it may not assign the variable: what holds in its first round need not hold in the next.
//!
//! An optional variable that is not `nil` is known to be of the type of its payload. Operators and patterns for optional values still
//! see the whole ([`Checker::as_optional`]); and a loop that assigns such a variable is no mistake, so in loops nothing is known of one
//! that can be assigned but what they test themselves. Of a variable of a module its statements know as much; only there a function
//! may have changed it since, and lowering makes sure of it at each read.

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
    /// It only says that an optional variable is not `nil`.
    is_presence: bool,
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
    is_presence: bool,
}

impl<'a> Checker<'a> {
    /// `value is T`.
    pub fn type_test(&mut self, e: &'a ast::Expr, value: &'a ast::Expr, written: &'a ast::Type) -> Expr {
        let span = e.span;
        let value = self.expr(value, Expect::Any);
        let mut value = self.needed(value);
        if value.ty == Ty::ERROR || value.ty == Ty::NEVER {
            return self.of_nothing(value, span);
        }
        if self.var_kind(value.ty) == Some(super::infer::VarKind::Any) {
            self.not_known_here(value.ty, "of what is tested", value.span, "needs a known type");
            return self.error_expr(span);
        }
        // A second test may ask again what the first one told.
        if self.asks_for_presence(written, &value) {
            value = self.as_optional(value);
        } else if let ExprKind::Narrow(_) = value.kind
            && !self.is_narrower(written, value.ty)
        {
            value = self.whole(value);
            if let Some((payload, _)) = self.payload_of(value.ty) {
                value = self.narrowed(value, Some(payload));
            }
        }
        let ty = value.ty;
        let Some(pattern) = self.tested_pattern(ty, written, span) else { return self.error_expr(span) };
        if let Some(found) = found_part(&pattern) {
            if let Some(of) = self.known_root(&value) {
                let rest = self.union_parts(ty).map(|_| {
                    let taken = self.union_parts(found).unwrap_or_else(|| vec![found]);
                    let parts = self.types.as_named(self.resolve(ty)).into_iter();
                    self.types.union(parts.filter(|part| !taken.contains(part)).collect())
                });
                let test = Test { of, when_true: Some(found), when_false: rest, is_presence: false };
                self.tests.insert(e, test);
            }
        } else if let PatternKind::Variant(variant, _) = pattern.kind
            && let Some((_, present)) = self.payload_of(ty)
        {
            self.presence_test(e, &value, variant == present);
        }
        let answer = |value| expr(ExprKind::Literal(Constant::Bool(value)), Ty::BOOL, span);
        let other = Pattern { kind: PatternKind::Wildcard, ty, span };
        let arms = vec![
            Arm { pattern, guard: None, body: answer(true) },
            Arm { pattern: other, guard: None, body: answer(false) },
        ];
        expr(ExprKind::Match(Box::new(value), arms), Ty::BOOL, span)
    }

    /// Notes that a test of an optional variable holds when the variable is not `nil`, or when it is.
    fn presence_test(&mut self, e: &'a ast::Expr, value: &Expr, holds_if_present: bool) {
        let of = self.known_root(value).or_else(|| self.own_variable(value));
        if let (Some(of), Some((payload, _))) = (of, self.payload_of(value.ty)) {
            let [when_true, when_false] =
                [holds_if_present, !holds_if_present].map(|is| is.then_some(payload));
            self.tests.insert(e, Test { of, when_true, when_false, is_presence: true });
        }
    }

    /// `a == nil` and `a != nil` are such tests.
    pub fn nil_comparison(&mut self, e: &'a ast::Expr, checked: &Expr) {
        let (Ast::Binary(_, a, b), ExprKind::Compare(op, x, y)) = (&e.kind, &checked.kind) else { return };
        let tested = match (&a.kind, &b.kind) {
            (_, Ast::Nil) => x,
            (Ast::Nil, _) => y,
            _ => return,
        };
        self.presence_test(e, tested, *op == CompareOp::Ne);
    }

    /// Whether a test asks if there is something in an optional value.
    fn asks_for_presence(&mut self, written: &'a ast::Type, value: &Expr) -> bool {
        let ast::TypeKind::Path { path, args } = &written.kind else { return false };
        let whole = root_of_narrow(value).ty;
        args.is_empty()
            && self.payload_of(whole).is_some()
            && (matches!(path[..], [name] if self.name(name.name) == "nil")
                || self.variant_path(path, whole).is_some())
    }

    /// Whether a pattern is one of the cases of an optional value.
    pub fn asks_whether_there(&self, pattern: &ast::Pattern) -> bool {
        match &pattern.kind {
            ast::PatternKind::Literal(literal) => matches!(literal.kind, Ast::Nil),
            ast::PatternKind::Or(parts) => parts.iter().any(|part| self.asks_whether_there(part)),
            ast::PatternKind::Name(name) => self.name(name.name) == "None",
            ast::PatternKind::Path(path) | ast::PatternKind::Construct { path, .. } => {
                path.last().is_some_and(|name| matches!(self.name(name.name), "Some" | "None"))
            }
            ast::PatternKind::Wildcard
            | ast::PatternKind::Range { .. }
            | ast::PatternKind::Tuple(_)
            | ast::PatternKind::Array(_)
            | ast::PatternKind::Typed(..)
            | ast::PatternKind::Rest(_) => false,
        }
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
        let part = Pattern { kind: PatternKind::Wildcard, ty: wanted, span };
        if self.is_wider(wanted, ty) {
            return Some(Pattern { kind: self.downcast(part, ty), ty, span });
        }
        // Of an optional value it asks whether there is one, too.
        if let Some((payload, present)) = self.payload_of(ty) {
            let inner = match self.is_wider(wanted, payload) {
                true => Some(Pattern { kind: self.downcast(part, payload), ty: payload, span }),
                false => (self.resolve(payload) == wanted).then_some(part),
            };
            if let Some(inner) = inner {
                return Some(Pattern { kind: PatternKind::Variant(present, vec![(0, inner)]), ty, span });
            }
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

    /// The variable of a module that one of its own statements reads. What those test stays true until they assign it, unless a
    /// function does: such a read looks again.
    fn own_variable(&mut self, e: &Expr) -> Option<Root> {
        match &e.kind {
            ExprKind::Narrow(inner) => self.own_variable(inner),
            ExprKind::Global(global) => self.cx().is_top_level.then_some(Root::Global(*global)),
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
            Ast::Is(..) | Ast::Binary(BinOp::Eq | BinOp::Ne, ..) => {
                let Some(&test) = self.tests.get(&std::ptr::from_ref(condition)) else { return };
                let ty = if holds { test.when_true } else { test.when_false };
                if ty.is_some() {
                    let cx = self.cx();
                    let (of, is_presence) = (test.of, test.is_presence);
                    cx.facts.all.push(Fact { of, ty, loops: cx.loops.len(), is_presence });
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
        let known = self.cx().facts.all.clone();
        let is_fixed = |fact: &&Fact| !self.is_assignable(self.current, fact.of);
        let fixed = known.iter().filter(is_fixed).copied().collect();
        self.cx().facts.all = fixed;
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
        self.narrowed(value, known)
    }

    /// The same with what is known of a variable. That of the payload of an optional one says that there is one, too.
    fn narrowed(&mut self, value: Expr, known: Option<Ty>) -> Expr {
        let (Some(ty), span) = (known, value.span) else { return value };
        if let ExprKind::Narrow(_) = value.kind {
            return value;
        }
        let value = match self.payload_of(value.ty) {
            Some((payload, _)) if self.resolve(payload) != self.resolve(ty) => {
                expr(ExprKind::Narrow(Box::new(value)), payload, span)
            }
            _ => value,
        };
        let value = match self.part_around(ty, value.ty) {
            Some(part) => expr(ExprKind::Narrow(Box::new(value)), part, span),
            None => value,
        };
        expr(ExprKind::Narrow(Box::new(value)), ty, span)
    }

    /// An optional variable that was just declared is not `nil`.
    pub fn know_present(&mut self, local: LocalId) {
        let ty = self.cx().locals[local.idx()].ty;
        let payload = self.payload_of(ty).map(|(payload, _)| payload);
        let cx = self.cx();
        let (of, loops) = (Root::Local(local), cx.loops.len());
        cx.facts.all.push(Fact { of, ty: payload, loops, is_presence: true });
    }

    /// The whole of an optional variable, where it is read as what is known to be there.
    pub fn as_optional(&self, value: Expr) -> Expr {
        if self.is_known_present(&value) { self.whole(value) } else { value }
    }

    /// Whether an expression reads an optional variable as what is known to be there.
    pub fn is_known_present(&self, value: &Expr) -> bool {
        matches!(value.kind, ExprKind::Narrow(_)) && self.payload_of(root_of_narrow(value).ty).is_some()
    }

    /// The operand of an operator for optional values.
    pub fn optional(&mut self, e: &'a ast::Expr) -> Expr {
        let value = self.expr(e, Expect::Any);
        self.as_optional(value)
    }

    fn is_assignable(&self, body: usize, root: Root) -> bool {
        match root {
            Root::Local(local) => self.bodies[body].locals[local.idx()].is_var,
            Root::Global(global) => self.globals[global.idx()].is_var,
        }
    }

    /// What is known of a variable of a body.
    fn rely_on(&mut self, body: usize, root: Root, span: Span) -> Option<Ty> {
        let is_assignable = self.is_assignable(body, root);
        let cx = &mut self.bodies[body];
        let Fact { ty, loops, is_presence, .. } = cx.facts.of(root)?;
        let ty = ty?;
        if is_presence && is_assignable && loops < cx.loops.len() {
            return None;
        }
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
        self.narrowed(value, known)
    }

    /// The whole of what is read as a narrower type.
    pub fn whole(&self, mut value: Expr) -> Expr {
        while let ExprKind::Narrow(whole) = value.kind {
            value = *whole;
        }
        value
    }
}

/// The type of a union or an `Any`, perhaps in an optional value, that a test asks for.
fn found_part(pattern: &Pattern) -> Option<Ty> {
    match &pattern.kind {
        PatternKind::Downcast(inner) => found_part(inner).or(Some(inner.ty)),
        PatternKind::Variant(_, fields) => fields.iter().find_map(|(_, field)| found_part(field)),
        PatternKind::Wildcard
        | PatternKind::Bind(_)
        | PatternKind::Constant(_)
        | PatternKind::Range { .. }
        | PatternKind::Fields(..)
        | PatternKind::Array { .. }
        | PatternKind::Or(_) => None,
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

fn root_of_narrow(mut value: &Expr) -> &Expr {
    while let ExprKind::Narrow(whole) = &value.kind {
        value = whole;
    }
    value
}
