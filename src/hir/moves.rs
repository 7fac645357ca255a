//! `iso`: a value that is passed so is given away. A variable that was given away is not used again before it is assigned,
//! nor is any other that may lead to what it led to (`regions`); and what others reach cannot be given away, unless it holds
//! no references and a copy will do.

use super::context::Checker;
use super::outside::Outside;
use super::regions::{Groups, OTHERS, Way};
use super::tree::*;
use super::types::{Ty, TyKind};
use super::walk::{bound_locals, children, walk};
use crate::diagnostics::{Code, Diagnostic, Span};

/// What something is given to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taker {
    Parameter,
    Field,
}

impl Taker {
    fn label(self) -> &'static str {
        match self {
            Taker::Parameter => "given away here, to an `iso` parameter",
            Taker::Field => "given away here, to a field that is `iso` or `mut`",
        }
    }

    fn note(self) -> &'static str {
        match self {
            Taker::Parameter => "what is passed to an `iso` parameter is the callee's alone",
            Taker::Field => "what is put into an `iso` or `mut` field is there alone",
        }
    }
}

/// Where what a variable leads to was given away.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Gone {
    at: Span,
    to: Taker,
    /// It was given away as itself, and not as what another variable leads to.
    is_itself: bool,
}

/// What is known of the variables.
#[derive(Clone, PartialEq, Eq)]
struct Known {
    gone: Vec<Option<Gone>>,
    groups: Groups,
}

/// `None` behind a jump.
type State = Option<Known>;

/// What holds when either did.
fn join(a: State, b: State) -> State {
    match (a, b) {
        (Some(mut a), Some(b)) => {
            a.gone.iter_mut().zip(b.gone).for_each(|(a, b)| *a = a.or(b));
            a.groups.join_with(&b.groups);
            Some(a)
        }
        (a, b) => a.or(b),
    }
}

impl Checker<'_> {
    /// Whether the runtime declares a function.
    pub fn is_of_runtime(&self, func: &Func) -> bool {
        func.path.first().is_some_and(|&part| self.name(part) == "rt")
    }

    /// Reports uses of what was given away, in all functions.
    pub fn check_moves(&mut self, funcs: &[Func], globals: &[Global], impls: &[Impl]) {
        let has_own_fields =
            self.adts.iter().flat_map(|adt| &adt.variants).flat_map(|v| &v.fields).any(|field| field.is_own);
        // Few programs give anything away.
        let mut outside = None;
        let mut found = Vec::new();
        for func in funcs {
            let FuncKind::Body(body) = &func.kind else { continue };
            if self.is_of_runtime(func) {
                continue;
            }
            let has_own = has_own_fields && self.has_own_fields(body);
            if !has_own && !gives(body, funcs) {
                continue;
            }
            let outside = &*outside.get_or_insert_with(|| Outside::new(self, funcs, globals, impls));
            if has_own {
                found.append(&mut self.leaks(outside, funcs, body));
            }
            let groups = Groups::new(func, body.locals.len());
            let known = Some(Known { gone: vec![None; body.locals.len()], groups });
            let mut moves = Moves {
                checker: self,
                outside,
                funcs,
                func,
                body,
                known,
                same: vec![None; body.locals.len()],
                defers: Vec::new(),
                heads: vec![None; body.loops as usize],
                jumps: Vec::new(),
                reported: Vec::new(),
                found: Vec::new(),
            };
            moves.visit(&body.value);
            found.append(&mut moves.found);
        }
        found.into_iter().for_each(|error| self.error(error));
    }
}

/// Whether a body passes something to an `iso` parameter.
fn gives(body: &Body, funcs: &[Func]) -> bool {
    let mut gives = false;
    walk(&body.value, &mut |e| {
        if let ExprKind::Call { func, .. } = &e.kind {
            gives |= funcs[func.idx()].passings().any(|passing| passing == Passing::Iso);
        }
    });
    gives
}

/// The variable that a place is a part of.
fn root(place: &Expr) -> Option<LocalId> {
    match &place.kind {
        ExprKind::Local(local) => Some(*local),
        ExprKind::Field(base, _)
        | ExprKind::Index(base, _)
        | ExprKind::Narrow(base)
        | ExprKind::Unwrap(base) => root(base),
        _ => None,
    }
}

/// Whether a jump leaves its loop or begins a new round.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Jump {
    Leave,
    Again,
}

/// The check of one body.
struct Moves<'m, 'c, 'p> {
    checker: &'m mut Checker<'c>,
    outside: &'m Outside,
    funcs: &'p [Func],
    func: &'p Func,
    body: &'p Body,
    known: State,
    /// Of a temporary that only passes a variable on: that variable.
    same: Vec<Option<LocalId>>,
    /// What is still to run when the blocks around are left.
    defers: Vec<&'p Expr>,
    /// By loop: what held where its rounds began.
    heads: Vec<State>,
    jumps: Vec<(LoopId, Jump, State)>,
    reported: Vec<LocalId>,
    found: Vec<Diagnostic>,
}

impl<'p> Moves<'_, '_, 'p> {
    fn name(&self, local: LocalId) -> String {
        self.checker.name(self.body.locals[local.idx()].name).to_owned()
    }

    fn visit(&mut self, e: &'p Expr) {
        if self.known.is_none() {
            return;
        }
        match &e.kind {
            ExprKind::Local(local) => self.used(*local, e.span),
            ExprKind::Call { func, args, .. } => {
                let callee = &self.funcs[func.idx()];
                let passings = callee.passings().map(Some).chain(std::iter::repeat(None));
                for (arg, passing) in args.iter().zip(passings) {
                    self.visit(arg);
                    if passing == Some(Passing::Iso) {
                        self.given(arg, Taker::Parameter);
                    }
                }
                if self.mixes(callee) {
                    self.mix(args);
                }
                self.keep(e, args);
                if e.ty == Ty::NEVER {
                    self.known = None;
                }
            }
            ExprKind::Assign(place, value) => {
                if !matches!(place.kind, ExprKind::Local(_)) {
                    self.visit(place);
                }
                self.visit(value);
                if self.checker.is_in_own(place, &|_| false) {
                    self.given(value, Taker::Field);
                }
                match (&place.kind, root(place)) {
                    (ExprKind::Local(local), _) => self.leads(*local, value),
                    // It may be the value that gave away what the place is a part of.
                    (_, Some(local)) => {
                        self.used(local, place.span);
                        self.meet(local.idx() + 1, value);
                    }
                    (_, None) => self.mix([&**place, &**value]),
                }
            }
            ExprKind::Record(parts) => {
                let id = match *self.checker.types.get(e.ty) {
                    TyKind::Adt(id, _) => Some(id),
                    _ => None,
                };
                for (index, part) in parts {
                    self.visit(part);
                    if id.is_some_and(|id| self.checker.is_own(id, *index)) {
                        self.given(part, Taker::Field);
                    }
                }
            }
            ExprKind::Let(pattern, value) => {
                self.visit(value);
                self.bound(pattern, value);
                if let (PatternKind::Bind(to), ExprKind::Local(from)) = (&pattern.kind, &value.kind)
                    && self.name(*to).is_empty()
                {
                    self.same[to.idx()] = Some(*from);
                }
            }
            ExprKind::Initialise(_, value) => {
                self.visit(value);
                self.meet(OTHERS, value);
            }
            ExprKind::CallValue(callee, args) => {
                children(e, &mut |part| self.visit(part));
                self.mix(std::iter::once(&**callee).chain(args));
                self.keep(e, std::iter::once(&**callee).chain(args));
            }
            ExprKind::Print { .. } | ExprKind::Format(_) | ExprKind::Compare(..) => {
                children(e, &mut |part| self.visit(part));
                let mut parts = Vec::new();
                children(e, &mut |part| parts.push(part));
                if self.outside.has_own_operators() {
                    self.mix(parts.iter().copied());
                }
                self.keep(e, parts);
            }
            ExprKind::Declare(local) => self.there(*local),
            ExprKind::If(cond, then, otherwise) => {
                self.visit(cond);
                let before = self.known.clone();
                self.visit(then);
                let after = std::mem::replace(&mut self.known, before);
                otherwise.iter().for_each(|e| self.visit(e));
                self.also(after);
            }
            ExprKind::Logic(_, a, b) => {
                self.visit(a);
                let before = self.known.clone();
                self.visit(b);
                self.also(before);
            }
            ExprKind::Match(value, arms) => {
                self.visit(value);
                let mut end = None;
                for arm in arms {
                    let before = self.known.clone();
                    self.bound(&arm.pattern, value);
                    arm.guard.iter().for_each(|guard| self.visit(guard));
                    let refused = join(before, self.known.clone());
                    self.visit(&arm.body);
                    end = join(end, std::mem::replace(&mut self.known, refused));
                }
                self.known = end;
            }
            ExprKind::Loop(id, body) => self.rounds(*id, &mut |moves| {
                moves.visit(body);
                None
            }),
            ExprKind::While(id, cond, body) => self.rounds(*id, &mut |moves| {
                moves.visit(cond);
                let done = moves.known.clone();
                moves.visit(body);
                done
            }),
            ExprKind::For { id, pattern, iter, body } => {
                self.visit(iter);
                let elements = bound_locals(pattern);
                elements.iter().for_each(|&local| self.there(local));
                self.rounds(*id, &mut |moves| {
                    let done = moves.known.clone();
                    elements.iter().for_each(|&local| moves.comes_again(local));
                    moves.bound(pattern, iter);
                    moves.visit(body);
                    done
                });
            }
            ExprKind::Break(id, value) => {
                value.iter().for_each(|value| self.visit(value));
                self.jump(*id, Jump::Leave);
            }
            ExprKind::Continue(id) => self.jump(*id, Jump::Again),
            ExprKind::Return(value) => {
                value.iter().for_each(|value| self.visit(value));
                self.leave(0);
                self.known = None;
            }
            ExprKind::Panic(message) => {
                self.visit(message);
                self.known = None;
            }
            ExprKind::Defer(code) => self.defers.push(code),
            ExprKind::Block(parts, _) => {
                let outside = self.defers.len();
                parts.iter().for_each(|part| self.visit(part));
                self.leave(outside);
                self.defers.truncate(outside);
            }
            _ => children(e, &mut |part| self.visit(part)),
        }
    }

    /// What is deferred in the blocks that are left, the latest first. Each way out runs loops of its own there.
    fn leave(&mut self, outside: usize) {
        for i in (outside..self.defers.len()).rev() {
            let heads = self.heads.clone();
            self.visit(self.defers[i]);
            self.heads = heads;
        }
    }

    fn also(&mut self, other: State) {
        self.known = join(self.known.take(), other);
    }

    fn jump(&mut self, id: LoopId, jump: Jump) {
        let here = self.known.take();
        self.jumps.push((id, jump, here));
    }

    fn take_jumps(&mut self, id: LoopId, jump: Jump) -> State {
        let mut all = None;
        self.jumps.retain_mut(|(of, kind, state)| {
            let is_wanted = *of == id && *kind == jump;
            if is_wanted {
                all = join(all.take(), state.take());
            }
            !is_wanted
        });
        all
    }

    /// A loop; `round` gives what holds where it ends by itself. What holds where a round begins only ever grows, by what
    /// held where earlier ones ended, until a round adds nothing to it: it is never more than all variables given away
    /// and in one group. It is kept for the next round of a loop around, or loops inside loops would take rounds upon rounds.
    fn rounds(&mut self, id: LoopId, round: &mut dyn FnMut(&mut Self) -> State) {
        let mut end = None;
        loop {
            let head = join(self.heads[id.idx()].take(), self.known.take());
            self.heads[id.idx()].clone_from(&head);
            self.known.clone_from(&head);
            end = join(end, round(self));
            let again = self.take_jumps(id, Jump::Again);
            self.also(again);
            if join(head.clone(), self.known.clone()) == head {
                break;
            }
        }
        self.known = join(end, self.take_jumps(id, Jump::Leave));
    }

    /// The variable has a new value.
    fn there(&mut self, local: LocalId) {
        if let Some(known) = &mut self.known {
            known.gone[local.idx()] = None;
            known.groups.leave(local.idx() + 1);
        }
    }

    /// The variable has a value that is, or is a part of, that of an expression.
    fn leads(&mut self, local: LocalId, value: &Expr) {
        let ways = self.ways_to(self.body.locals[local.idx()].ty, value);
        self.there(local);
        self.join([local.idx() + 1].into_iter().chain(ways));
    }

    /// What an expression leads to is put where a way goes.
    fn meet(&mut self, way: Way, value: &Expr) {
        let ways = self.checker.ways(self.outside, value);
        self.join(std::iter::once(way).chain(ways));
    }

    /// The ways of a value on which there may be something that values of a type lead to.
    fn ways_to(&mut self, ty: Ty, value: &Expr) -> Vec<Way> {
        if self.checker.may_share(ty, value.ty) { self.checker.ways(self.outside, value) } else { Vec::new() }
    }

    /// Whether a function may make what it is passed lead to each other. The runtime's change nothing but what they are
    /// passed as `mut`, unless they call functions of the program.
    fn mixes(&self, callee: &Func) -> bool {
        let is_of_runtime = self.checker.is_of_runtime(callee);
        let types = &self.checker.types;
        !is_of_runtime
            || self.outside.has_own_operators()
            || callee
                .inputs()
                .any(|(ty, passing)| passing == Passing::Mut || matches!(types.get(ty), TyKind::Fn(..)))
    }

    /// One expression may be made to lead to another.
    fn mix<'e>(&mut self, parts: impl IntoIterator<Item = &'e Expr>) {
        let mut before: Vec<(Ty, Vec<Way>)> = Vec::new();
        for part in parts {
            let ways = self.checker.ways(self.outside, part);
            for (ty, others) in &before {
                if !ways.is_empty() && self.checker.may_share(*ty, part.ty) {
                    self.join(others.iter().chain(&ways).copied());
                }
            }
            if !ways.is_empty() {
                before.push((part.ty, ways));
            }
        }
    }

    /// What an expression runs may keep its parts in variables of modules.
    fn keep<'e>(&mut self, e: &Expr, parts: impl IntoIterator<Item = &'e Expr>) {
        for part in parts {
            if self.outside.may_pass(self.checker, e, part.ty) {
                self.meet(OTHERS, part);
            }
        }
    }

    fn join(&mut self, ways: impl IntoIterator<Item = Way>) {
        if let Some(known) = &mut self.known {
            known.groups.join_all(ways);
        }
    }

    /// The variables of a pattern for a value. What they are taken out of may hold one instance several times; the parts of a
    /// tuple that stands there are values of their own.
    fn bound(&mut self, pattern: &Pattern, value: &Expr) {
        if let (PatternKind::Fields(fields, None), ExprKind::Tuple(parts)) = (&pattern.kind, &value.kind) {
            fields.iter().for_each(|(index, field)| self.bound(field, &parts[*index as usize]));
            return;
        }
        let locals = bound_locals(pattern);
        for (i, &local) in locals.iter().enumerate() {
            self.leads(local, value);
            let ty = self.body.locals[local.idx()].ty;
            for &other in &locals[..i] {
                if self.checker.may_share(ty, self.body.locals[other.idx()].ty) {
                    self.join([local.idx() + 1, other.idx() + 1]);
                }
            }
        }
    }

    /// A variable for the elements of a loop, at the start of a round: one that an earlier round gave away may come again.
    fn comes_again(&mut self, local: LocalId) {
        let Some(given) = self.known.as_ref().and_then(|known| known.gone[local.idx()]) else { return };
        let Local { ty, span, .. } = self.body.locals[local.idx()];
        if self.reported.contains(&local) || !self.checker.holds_references(ty) {
            return;
        }
        self.reported.push(local);
        let error =
            Diagnostic::error(Code::UsedAfterMove, format!("`{}` may be given away twice", self.name(local)))
                .at(given.at, "given away in each round of the loop")
                .also(span, "there may be one instance in several places of what the loop goes through")
                .help("give away what is made in the round, or leave the loop behind it");
        self.found.push(error);
    }

    fn used(&mut self, local: LocalId, span: Span) {
        let Some(given) = self.known.as_ref().and_then(|known| known.gone[local.idx()]) else { return };
        if self.reported.contains(&local) {
            return;
        }
        self.reported.push(local);
        let name = self.name(local);
        let message = match given.is_itself {
            true => format!("`{name}` was given away"),
            false => format!("`{name}` may lead to what was given away"),
        };
        let error = Diagnostic::error(Code::UsedAfterMove, message);
        let error = if given.at == span {
            error.at(span, "given away in each round of the loop")
        } else {
            error.at(span, "used here").also(given.at, given.to.label())
        };
        self.found.push(error.help(format!("assign `{name}` anew before, or give away a copy")));
    }

    /// The argument of an `iso` parameter, or the value of such a field.
    fn given(&mut self, arg: &'p Expr, to: Taker) {
        let mut place = arg;
        while let ExprKind::Narrow(whole) | ExprKind::Unwrap(whole) = &place.kind {
            place = whole;
        }
        let why = match &place.kind {
            ExprKind::Local(local) => {
                let local = self.same[local.idx()].unwrap_or(*local);
                let param = self.func.params.get(local.idx()).map(|param| param.passing);
                if self.func.captures.contains(&local) {
                    "a variable of the function around it, which still has it"
                } else if matches!(param, Some(Passing::Shared | Passing::Mut)) {
                    "a parameter, which the caller still has"
                } else {
                    if let Some(known) = self.known.as_mut().filter(|_| !arg.ty.is_scalar()) {
                        known.gone[local.idx()] = Some(Gone { at: arg.span, to, is_itself: true });
                    }
                    return self.given_with(arg, to);
                }
            }
            ExprKind::Global(_) => "a variable of the module, which everybody reaches",
            ExprKind::Field(..) | ExprKind::Index(..) | ExprKind::Deref(_) => {
                "a part of something that stays"
            }
            _ => return self.given_with(arg, to),
        };
        if self.checker.holds_references(arg.ty) {
            let error = Diagnostic::error(Code::NotIsolated, "this cannot be given away")
                .at(arg.span, why)
                .note(to.note())
                .help("give away a value that was made for it, or a variable of this function");
            self.found.push(error);
        }
    }

    /// What leads to the same as an argument that is given away is given away with it.
    fn given_with(&mut self, arg: &Expr, to: Taker) {
        let ways = self.checker.ways(self.outside, arg);
        let Some(known) = &self.known else { return };
        let with = |way: Way| ways.iter().any(|&given| known.groups.are_joined(given, way));
        let locals: Vec<usize> = (0..self.body.locals.len()).filter(|local| with(local + 1)).collect();
        let is_others = with(OTHERS);
        if is_others {
            let error = Diagnostic::error(Code::NotIsolated, "this cannot be given away")
                .at(arg.span, "it may lead to what the caller, the module or a function around it reaches")
                .note(to.note())
                .help("give away a value that was made of nothing that others reach");
            self.found.push(error);
        }
        for local in locals {
            if self.checker.may_share(arg.ty, self.body.locals[local].ty)
                && let Some(known) = &mut self.known
            {
                known.gone[local].get_or_insert(Gone { at: arg.span, to, is_itself: false });
            }
        }
    }
}
