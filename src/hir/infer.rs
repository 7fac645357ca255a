//! Unknown types: a union-find table, unification, defaults.

use super::context::Checker;
use super::types::{IntTy, Ty, TyKind};
use crate::diagnostics::Span;

/// What an unknown type may become.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum VarKind {
    /// Anything.
    Any,
    /// The type of an integer literal: an integer or float type, `i64` if nothing decides.
    Int,
    /// The type of what only integers have, of literals, as in `1 << 3`: an integer type, `i64` if nothing decides.
    Whole,
    /// The type of a float literal: a float type, `f64` if nothing decides.
    Float,
}

impl VarKind {
    /// What it is if nothing decides.
    pub fn default(self) -> Option<Ty> {
        match self {
            VarKind::Any => None,
            VarKind::Int | VarKind::Whole => Some(Ty::I64),
            VarKind::Float => Some(Ty::F64),
        }
    }
}

struct VarSlot {
    kind: VarKind,
    binding: Option<Ty>,
    span: Span,
    /// What decided it first, if that was a value made to fit.
    told: Span,
}

/// The unknowns. A newer one is bound to an older one, never the other way round, so that the root of a class is as old
/// as the class: giving the unknowns of a finished statement their defaults cannot touch those of an unfinished one.
#[derive(Default)]
pub(super) struct Infer {
    vars: Vec<VarSlot>,
    /// The value being made to fit: what decides the unknowns that are bound meanwhile.
    pub at: Span,
}

impl Infer {
    /// All unknowns made later are younger.
    pub fn mark(&self) -> usize {
        self.vars.len()
    }

    /// Where an unknown was made.
    pub fn span(&self, var: u32) -> Span {
        self.vars[var as usize].span
    }

    /// What an unbound unknown may become.
    pub fn kind(&self, var: u32) -> VarKind {
        self.vars[var as usize].kind
    }
}

impl Checker<'_> {
    /// A new unknown.
    pub fn fresh(&mut self, kind: VarKind, span: Span) -> Ty {
        self.infer.vars.push(VarSlot { kind, binding: None, span, told: Span::NONE });
        self.types.intern(TyKind::Var(self.infer.vars.len() as u32 - 1))
    }

    /// The type, or what its unknown is bound to; its parts may still be unknowns.
    pub fn resolve(&self, mut ty: Ty) -> Ty {
        while let TyKind::Var(var) = *self.types.get(ty) {
            match self.infer.vars[var as usize].binding {
                Some(bound) => ty = bound,
                None => break,
            }
        }
        ty
    }

    /// The kind of an unbound unknown.
    pub fn var_kind(&self, ty: Ty) -> Option<VarKind> {
        match *self.types.get(self.resolve(ty)) {
            TyKind::Var(var) => Some(self.infer.kind(var)),
            _ => None,
        }
    }

    /// The type with every bound unknown replaced.
    pub fn deep(&mut self, ty: Ty) -> Ty {
        let ty = self.resolve(ty);
        if !self.types.has_var(ty) {
            return ty;
        }
        let vars = &self.infer.vars;
        // An unknown's binding may hold further unknowns, so replacing is repeated until nothing is left to replace.
        let mut changed = false;
        let mut result = self.types.map(ty, &mut |kind| match *kind {
            TyKind::Var(var) => {
                let bound = vars[var as usize].binding;
                changed |= bound.is_some();
                bound
            }
            _ => None,
        });
        if changed {
            result = self.deep(result);
        }
        result
    }

    /// Whether a type without bound unknowns holds an unknown.
    fn occurs(&mut self, var: u32, ty: Ty) -> bool {
        let mut found = false;
        self.types.map(ty, &mut |kind| {
            found |= *kind == TyKind::Var(var);
            None
        });
        found
    }

    /// Makes two types equal by binding unknowns, if that is possible. Errors and `never` agree with everything; so do
    /// labels of a tuple with none.
    pub fn unify(&mut self, a: Ty, b: Ty) -> bool {
        // Written out they are of bounded size, or errors.
        let (whole_a, whole_b) = (self.deep(a), self.deep(b));
        if whole_a == Ty::ERROR || whole_b == Ty::ERROR {
            return self.unify_terms(whole_a, whole_b);
        }
        // Their unknowns still tell what decided them.
        self.unify_terms(a, b)
    }

    /// Makes two types equal, where unknowns are bound because of a value.
    pub fn unify_by(&mut self, a: Ty, b: Ty, value: Span) -> bool {
        let outer = std::mem::replace(&mut self.infer.at, value);
        let fits = self.unify(a, b);
        self.infer.at = outer;
        fits
    }

    fn unify_terms(&mut self, from_a: Ty, from_b: Ty) -> bool {
        let (a, b) = (self.resolve(from_a), self.resolve(from_b));
        if a == b || a == Ty::NEVER || b == Ty::NEVER {
            return true;
        }
        if a == Ty::ERROR || b == Ty::ERROR {
            self.forgive(a);
            self.forgive(b);
            return true;
        }
        match (self.types.get(a).clone(), self.types.get(b).clone()) {
            (TyKind::Var(x), TyKind::Var(y)) => {
                let (old, new) = (x.min(y), x.max(y));
                let kind = match (self.infer.kind(old), self.infer.kind(new)) {
                    (VarKind::Any, kind) | (kind, VarKind::Any) => kind,
                    (VarKind::Int, VarKind::Int) => VarKind::Int,
                    (VarKind::Whole, VarKind::Int | VarKind::Whole) | (VarKind::Int, VarKind::Whole) => {
                        VarKind::Whole
                    }
                    (VarKind::Float, VarKind::Int | VarKind::Float) | (VarKind::Int, VarKind::Float) => {
                        VarKind::Float
                    }
                    (VarKind::Whole, VarKind::Float) | (VarKind::Float, VarKind::Whole) => return false,
                };
                let at = self.infer.at;
                let slot = &mut self.infer.vars[old as usize];
                if slot.kind == VarKind::Any && kind != VarKind::Any && !slot.told.is_some() {
                    slot.told = at;
                }
                slot.kind = kind;
                self.infer.vars[new as usize].binding = Some(if old == x { a } else { b });
                true
            }
            (TyKind::Var(var), _) => self.bind(var, from_b),
            (_, TyKind::Var(var)) => self.bind(var, from_a),
            (TyKind::Tuple(xs, xl), TyKind::Tuple(ys, yl)) => {
                (xl.is_none() || yl.is_none() || xl == yl) && self.unify_lists(&xs, &ys)
            }
            (TyKind::FixedArray(x, n), TyKind::FixedArray(y, m)) => n == m && self.unify_parts(x, y),
            (TyKind::Array(x), TyKind::Array(y))
            | (TyKind::Range(x), TyKind::Range(y))
            | (TyKind::Ptr(x), TyKind::Ptr(y)) => self.unify_parts(x, y),
            (TyKind::Adt(x, xs), TyKind::Adt(y, ys)) => x == y && self.unify_lists(&xs, &ys),
            (TyKind::Dyn(x, xs), TyKind::Dyn(y, ys)) => x == y && self.unify_lists(&xs, &ys),
            (TyKind::Fn(xs, x), TyKind::Fn(ys, y)) => self.unify_lists(&xs, &ys) && self.unify_parts(x, y),
            // What both name is the same; the others are in an order that says nothing of unknowns.
            (TyKind::Union(xs), TyKind::Union(ys)) => {
                let (xs, ys) = (self.resolved(xs), self.resolved(ys));
                let only = |these: &[Ty], those: &[Ty]| -> Vec<Ty> {
                    these.iter().copied().filter(|ty| !those.contains(ty)).collect()
                };
                self.unify_lists(&only(&xs, &ys), &only(&ys, &xs))
            }
            (TyKind::Vector(n, x), TyKind::Vector(m, y)) => n == m && self.unify_parts(x, y),
            // Types of different constructors, or different types without parts.
            _ => false,
        }
    }

    fn resolved(&self, mut types: Vec<Ty>) -> Vec<Ty> {
        types.iter_mut().for_each(|ty| *ty = self.resolve(*ty));
        types
    }

    /// Makes parts of two types equal. What does not return has no value to be part of another one, so that only an unknown
    /// agrees with `never` here: a `(i64, never)` is no `(i64, i64)`.
    fn unify_parts(&mut self, from_a: Ty, from_b: Ty) -> bool {
        let (a, b) = (self.resolve(from_a), self.resolve(from_b));
        if a == b || (a != Ty::NEVER && b != Ty::NEVER) {
            return self.unify_terms(from_a, from_b);
        }
        let other = if a == Ty::NEVER { b } else { a };
        let is_unknown = self.var_kind(other) == Some(VarKind::Any);
        if is_unknown {
            self.bind_result(other, Ty::NEVER);
        }
        is_unknown || other == Ty::ERROR
    }

    fn unify_lists(&mut self, xs: &[Ty], ys: &[Ty]) -> bool {
        xs.len() == ys.len() && xs.iter().zip(ys).all(|(&x, &y)| self.unify_parts(x, y))
    }

    fn bind(&mut self, var: u32, from: Ty) -> bool {
        // All of it now: that one unknown stands twice in what another stands for doubles it, and a type that is too large
        // is seen at once.
        let ty = self.deep(from);
        let fits = match self.infer.kind(var) {
            // What a function throws is part of its type only.
            VarKind::Any => self.thrown_parts(ty).is_none() && !self.occurs(var, ty),
            VarKind::Int => self.is_number(ty),
            VarKind::Whole => matches!(self.types.get(ty), TyKind::Int(_)),
            VarKind::Float => ty == Ty::F32 || ty == Ty::F64,
        };
        if fits {
            let at = self.infer.at;
            let told = if at.is_some() { at } else { self.told_by_chain(from) };
            let slot = &mut self.infer.vars[var as usize];
            slot.binding = Some(ty);
            if !slot.told.is_some() {
                slot.told = told;
            }
        }
        fits
    }

    /// What decided the unknown that a type was, at the end of the unknowns that it stands for.
    pub fn told_by_chain(&self, mut ty: Ty) -> Span {
        let mut told = Span::NONE;
        while let TyKind::Var(var) = *self.types.get(ty) {
            let slot = &self.infer.vars[var as usize];
            if slot.told.is_some() {
                told = slot.told;
            }
            match slot.binding {
                Some(bound) => ty = bound,
                None => break,
            }
        }
        told
    }

    /// Binds an unknown that may be anything to a type, even to `never`.
    pub fn bind_result(&mut self, unknown: Ty, ty: Ty) {
        if let TyKind::Var(var) = *self.types.get(self.resolve(unknown)) {
            self.infer.vars[var as usize].binding = Some(ty);
        }
    }

    /// The unknowns that a type still has.
    pub fn unknowns(&mut self, ty: Ty) -> Vec<u32> {
        let ty = self.deep(ty);
        let mut open = Vec::new();
        self.types.map(ty, &mut |kind| {
            if let TyKind::Var(var) = *kind {
                open.push(var);
            }
            None
        });
        open
    }

    /// Binds what is unknown in a type that a mistake was to decide, so that it is not asked for again.
    pub fn forgive(&mut self, ty: Ty) {
        for var in self.unknowns(ty) {
            self.infer.vars[var as usize].binding.get_or_insert(Ty::ERROR);
        }
    }

    /// Gives the literals' unknowns made since `mark` that nothing has decided their defaults, `i64` and `f64`.
    pub fn default_literals(&mut self, mark: usize) {
        for var in &mut self.infer.vars[mark..] {
            if var.binding.is_none() {
                var.binding = var.kind.default();
            }
        }
    }

    /// The type, with the unknown of a literal decided now, and that of a result if what it follows from is known.
    pub fn settle(&mut self, ty: Ty) -> Ty {
        let ty = self.resolve(ty);
        if let TyKind::Var(var) = *self.types.get(ty) {
            match self.infer.kind(var).default() {
                Some(default) => self.bind_result(ty, default),
                None => self.ask_pending(var),
            }
        }
        self.resolve(ty)
    }

    /// The same, with the literals' unknowns in all of its parts decided.
    pub fn settle_whole(&mut self, ty: Ty) -> Ty {
        for var in self.unknowns(ty) {
            if let Some(default) = self.infer.kind(var).default() {
                self.infer.vars[var as usize].binding = Some(default);
            }
        }
        self.deep(ty)
    }

    /// Demands that a type is one of integers, which what is not known yet is from now on; `span` is what demands it.
    pub fn is_whole(&mut self, ty: Ty, span: Span) -> bool {
        match *self.types.get(self.resolve(ty)) {
            TyKind::Var(var) => match self.infer.kind(var) {
                VarKind::Any => self.unknown_integers.push((ty, span)),
                VarKind::Int | VarKind::Whole => self.infer.vars[var as usize].kind = VarKind::Whole,
                VarKind::Float => return false,
            },
            TyKind::Int(_) | TyKind::Never => {}
            _ => return false,
        }
        true
    }

    /// Whether it is an integer or float type (no unknown).
    pub fn is_number(&self, ty: Ty) -> bool {
        matches!(self.types.get(ty), TyKind::Int(_) | TyKind::F32 | TyKind::F64)
    }

    /// Whether every value of one number type is a value of the other, so that no conversion need be written. The width
    /// of `usize` is at least 32 and at most 64.
    pub fn widens(&self, from: Ty, to: Ty) -> bool {
        match (self.types.get(from), self.types.get(to)) {
            (TyKind::Int(a), TyKind::Int(b)) => a != b && int_widens(*a, *b),
            (TyKind::F32, TyKind::F64) => true,
            _ => false,
        }
    }
}

/// The least and the greatest width of an integer type, in bits.
pub(super) fn widths(int: IntTy) -> (u32, u32) {
    int.bits().map_or((32, 64), |bits| (bits, bits))
}

fn int_widens(from: IntTy, to: IntTy) -> bool {
    let (_, most) = widths(from);
    let (least, _) = widths(to);
    match (from.is_signed(), to.is_signed()) {
        (false, true) => most < least,
        (true, false) => false,
        (true, true) | (false, false) => most <= least,
    }
}
