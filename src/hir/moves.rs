//! `iso`: a value that is passed so is given away. A variable that was given away is not used again before it is assigned,
//! and what others reach cannot be given away, unless it holds no references and a copy will do.

use super::context::Checker;
use super::tree::*;
use super::types::{Ty, TyKind, plain_type};
use super::walk::{children, walk};
use crate::diagnostics::{Code, Diagnostic, Span};

/// Where each variable was given away; `None` behind a jump.
type State = Option<Vec<Option<Span>>>;

/// What holds when either did.
fn join(a: State, b: State) -> State {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.into_iter().zip(b).map(|(a, b)| a.or(b)).collect()),
        (a, b) => a.or(b),
    }
}

impl Checker<'_> {
    /// Reports uses of what was given away, in all functions.
    pub fn check_moves(&mut self, funcs: &[Func]) {
        let mut found = Vec::new();
        for func in funcs {
            let FuncKind::Body(body) = &func.kind else { continue };
            let mut gives = false;
            walk(&body.value, &mut |e| {
                if let ExprKind::Call { func, .. } = &e.kind {
                    gives |= funcs[func.idx()].passings().any(|passing| passing == Passing::Iso);
                }
            });
            if gives {
                let gone = Some(vec![None; body.locals.len()]);
                let (defers, jumps, reported) = (Vec::new(), Vec::new(), Vec::new());
                let same = vec![None; body.locals.len()];
                let mut moves = Moves {
                    checker: self,
                    funcs,
                    func,
                    body,
                    gone,
                    same,
                    defers,
                    jumps,
                    reported,
                    found: Vec::new(),
                };
                moves.visit(&body.value);
                found.append(&mut moves.found);
            }
        }
        found.into_iter().for_each(|error| self.error(error));
    }

    /// Whether a value may lead to something that others reach, too.
    fn holds_references(&mut self, ty: Ty, seen: &mut Vec<Ty>) -> bool {
        if seen.contains(&ty) {
            return false;
        }
        seen.push(ty);
        let parts = match self.types.get(ty).clone() {
            plain_type!() | TyKind::Text | TyKind::Range(_) | TyKind::Vector(..) => return false,
            TyKind::Fn(..)
            | TyKind::Dyn(..)
            | TyKind::Any
            | TyKind::Ptr(_)
            | TyKind::Param(_)
            | TyKind::Var(_) => {
                return true;
            }
            TyKind::Tuple(parts, _) | TyKind::Union(parts) => parts,
            TyKind::FixedArray(elem, _) | TyKind::Array(elem) => vec![elem],
            TyKind::Adt(id, args) => {
                let adt = &self.adts[id.idx()];
                if matches!(adt.kind, AdtKind::Class | AdtKind::Actor) {
                    return true;
                }
                let fields: Vec<Ty> =
                    adt.variants.iter().flat_map(|v| &v.fields).map(|field| field.ty).collect();
                fields.into_iter().map(|ty| self.types.substitute(ty, &args)).collect()
            }
        };
        parts.into_iter().any(|part| self.holds_references(part, seen))
    }
}

/// The variable that a place is a part of.
fn root(place: &Expr) -> Option<LocalId> {
    match &place.kind {
        ExprKind::Local(local) => Some(*local),
        ExprKind::Field(base, _) | ExprKind::Index(base, _) | ExprKind::Narrow(base) => root(base),
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
    funcs: &'p [Func],
    func: &'p Func,
    body: &'p Body,
    gone: State,
    /// Of a temporary that only passes a variable on: that variable.
    same: Vec<Option<LocalId>>,
    /// What is still to run when the blocks around are left.
    defers: Vec<&'p Expr>,
    jumps: Vec<(LoopId, Jump, State)>,
    reported: Vec<LocalId>,
    found: Vec<Diagnostic>,
}

impl<'p> Moves<'_, '_, 'p> {
    fn name(&self, local: LocalId) -> String {
        self.checker.name(self.body.locals[local.idx()].name).to_owned()
    }

    fn visit(&mut self, e: &'p Expr) {
        if self.gone.is_none() {
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
                        self.given(arg);
                    }
                }
                if e.ty == Ty::NEVER {
                    self.gone = None;
                }
            }
            ExprKind::Assign(place, value) => {
                if !matches!(place.kind, ExprKind::Local(_)) {
                    self.visit(place);
                }
                self.visit(value);
                match (&place.kind, root(place)) {
                    (ExprKind::Local(local), _) => self.there(*local),
                    // It may be the value that gave away what the place is a part of.
                    (_, Some(local)) => self.used(local, place.span),
                    (_, None) => {}
                }
            }
            ExprKind::Let(pattern, value) => {
                self.visit(value);
                self.bound(pattern);
                if let (PatternKind::Bind(to), ExprKind::Local(from)) = (&pattern.kind, &value.kind)
                    && self.name(*to).is_empty()
                {
                    self.same[to.idx()] = Some(*from);
                }
            }
            ExprKind::Declare(local) => self.there(*local),
            ExprKind::If(cond, then, otherwise) => {
                self.visit(cond);
                let before = self.gone.clone();
                self.visit(then);
                let after = std::mem::replace(&mut self.gone, before);
                otherwise.iter().for_each(|e| self.visit(e));
                self.also(after);
            }
            ExprKind::Logic(_, a, b) => {
                self.visit(a);
                let before = self.gone.clone();
                self.visit(b);
                self.also(before);
            }
            ExprKind::Match(value, arms) => {
                self.visit(value);
                let mut end = None;
                for arm in arms {
                    let before = self.gone.clone();
                    self.bound(&arm.pattern);
                    arm.guard.iter().for_each(|guard| self.visit(guard));
                    let refused = join(before, self.gone.clone());
                    self.visit(&arm.body);
                    end = join(end, std::mem::replace(&mut self.gone, refused));
                }
                self.gone = end;
            }
            ExprKind::Loop(id, body) => self.rounds(*id, &mut |moves| {
                moves.visit(body);
                None
            }),
            ExprKind::While(id, cond, body) => self.rounds(*id, &mut |moves| {
                moves.visit(cond);
                let done = moves.gone.clone();
                moves.visit(body);
                done
            }),
            ExprKind::For { id, pattern, iter, body } => {
                self.visit(iter);
                self.rounds(*id, &mut |moves| {
                    let done = moves.gone.clone();
                    moves.bound(pattern);
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
                self.gone = None;
            }
            ExprKind::Panic(message) => {
                self.visit(message);
                self.gone = None;
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

    /// What is deferred in the blocks that are left, the latest first.
    fn leave(&mut self, outside: usize) {
        for i in (outside..self.defers.len()).rev() {
            self.visit(self.defers[i]);
        }
    }

    fn also(&mut self, other: State) {
        self.gone = join(self.gone.take(), other);
    }

    fn jump(&mut self, id: LoopId, jump: Jump) {
        let here = self.gone.take();
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

    /// A loop; `round` gives what holds where it ends by itself. A second round sees what the first gave away.
    fn rounds(&mut self, id: LoopId, round: &mut dyn FnMut(&mut Self) -> State) {
        let mut end = None;
        for _ in 0..2 {
            let start = self.gone.clone();
            end = join(end, round(self));
            let again = self.take_jumps(id, Jump::Again);
            self.also(again);
            if self.gone == start || self.gone.is_none() {
                break;
            }
            self.also(start);
        }
        self.gone = join(end, self.take_jumps(id, Jump::Leave));
    }

    /// The variable has a new value.
    fn there(&mut self, local: LocalId) {
        if let Some(gone) = &mut self.gone {
            gone[local.idx()] = None;
        }
    }

    fn bound(&mut self, pattern: &Pattern) {
        match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Constant(_) | PatternKind::Range { .. } => {}
            PatternKind::Bind(local) => self.there(*local),
            PatternKind::Or(parts) => parts.iter().for_each(|part| self.bound(part)),
            PatternKind::Fields(fields, rest) => {
                fields.iter().for_each(|(_, field)| self.bound(field));
                rest.iter().for_each(|rest| self.there(rest.local));
            }
            PatternKind::Variant(_, fields) => fields.iter().for_each(|(_, field)| self.bound(field)),
            PatternKind::Downcast(inner) => self.bound(inner),
            PatternKind::Array { prefix, rest, suffix } => {
                prefix.iter().chain(suffix).for_each(|part| self.bound(part));
                rest.iter().flatten().for_each(|local| self.there(*local));
            }
        }
    }

    fn used(&mut self, local: LocalId, span: Span) {
        let Some(given) = self.gone.as_ref().and_then(|gone| gone[local.idx()]) else { return };
        if self.reported.contains(&local) {
            return;
        }
        self.reported.push(local);
        let name = self.name(local);
        let error = Diagnostic::error(Code::UsedAfterMove, format!("`{name}` was given away"));
        let error = if given == span {
            error.at(span, "given away in each round of the loop")
        } else {
            error.at(span, "used here").also(given, "given away here, to an `iso` parameter")
        };
        self.found.push(error.help(format!("assign `{name}` anew before, or give away a copy")));
    }

    /// The argument of an `iso` parameter.
    fn given(&mut self, arg: &'p Expr) {
        let mut place = arg;
        while let ExprKind::Narrow(whole) = &place.kind {
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
                    if let Some(gone) = self.gone.as_mut().filter(|_| !arg.ty.is_scalar()) {
                        gone[local.idx()] = Some(arg.span);
                    }
                    return;
                }
            }
            ExprKind::Global(_) => "a variable of the module, which everybody reaches",
            ExprKind::Field(..) | ExprKind::Index(..) | ExprKind::Deref(_) => {
                "a part of something that stays"
            }
            _ => return,
        };
        if self.checker.holds_references(arg.ty, &mut Vec::new()) {
            let error = Diagnostic::error(Code::NotIsolated, "this cannot be given away")
                .at(arg.span, why)
                .note("what is passed to an `iso` parameter is the callee's alone")
                .help("give away a value that was made for it, or a variable of this function");
            self.found.push(error);
        }
    }
}
