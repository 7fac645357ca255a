//! Which variables of a body may lead to the same instances: what is given away may have no other way to it.
//!
//! Variables that may are in one group. A value leads to what the variables that it is made of lead to; a call may make its
//! arguments lead to each other. Types tell more: what holds no class in common shares nothing.

use super::context::Checker;
use super::outside::Outside;
use super::tree::*;
use super::types::{Ty, TyKind, plain_type};
use super::walk::{children, walk};

/// A variable of the body by its number plus one, or what others reach.
pub(super) type Way = usize;

/// What the caller, the module and functions around reach.
pub(super) const OTHERS: Way = 0;

/// The groups: of each way the least one of its group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Groups(Vec<Way>);

impl Groups {
    /// At the start of a function: others reach what it captures, and its parameters but for `iso` ones.
    pub fn new(func: &Func, locals: usize) -> Groups {
        let mut groups = Groups((0..=locals).collect());
        let shared = func.params.iter().enumerate().filter(|(_, param)| param.passing != Passing::Iso);
        shared.for_each(|(i, _)| groups.join(OTHERS, i + 1));
        func.captures.iter().for_each(|local| groups.join(OTHERS, local.idx() + 1));
        groups
    }

    pub fn are_joined(&self, a: Way, b: Way) -> bool {
        self.0[a] == self.0[b]
    }

    pub fn join(&mut self, a: Way, b: Way) {
        let (a, b) = (self.0[a], self.0[b]);
        let (least, other) = (a.min(b), a.max(b));
        self.0.iter_mut().filter(|group| **group == other).for_each(|group| *group = least);
    }

    /// Puts ways into one group.
    pub fn join_all(&mut self, ways: impl IntoIterator<Item = Way>) {
        let mut ways = ways.into_iter();
        if let Some(first) = ways.next() {
            ways.for_each(|way| self.join(first, way));
        }
    }

    /// What is joined in either.
    pub fn join_with(&mut self, other: &Groups) {
        other.0.iter().enumerate().for_each(|(way, &group)| self.join(way, group));
    }

    /// Takes a variable out, which has a new value.
    pub fn leave(&mut self, way: Way) {
        let rest: Vec<Way> = (0..self.0.len()).filter(|&w| w != way && self.are_joined(w, way)).collect();
        if let Some(&least) = rest.first() {
            rest.iter().for_each(|&w| self.0[w] = least);
        }
        self.0[way] = way;
    }
}

/// The classes whose instances values of a type may lead to; `None` for any.
type Classes = Option<Vec<AdtId>>;

/// More types than that inside one another are not looked at.
const MOST_TYPES: usize = 256;

impl Checker<'_> {
    /// Whether a value may lead to something that others reach, too.
    pub fn holds_references(&mut self, ty: Ty) -> bool {
        self.classes_in(ty).is_none_or(|classes| !classes.is_empty())
    }

    /// Whether values of two types may lead to the same instance.
    pub fn may_share(&mut self, a: Ty, b: Ty) -> bool {
        match (self.classes_in(a), self.classes_in(b)) {
            (None, None) => true,
            (None, Some(some)) | (Some(some), None) => !some.is_empty(),
            (Some(a), Some(b)) => a.iter().any(|class| b.contains(class)),
        }
    }

    fn classes_in(&mut self, ty: Ty) -> Classes {
        let mut found = Vec::new();
        self.collect_classes(ty, &mut Vec::new(), &mut found)?;
        Some(found)
    }

    fn collect_classes(&mut self, ty: Ty, seen: &mut Vec<Ty>, found: &mut Vec<AdtId>) -> Option<()> {
        if seen.contains(&ty) {
            return Some(());
        }
        seen.push(ty);
        let parts = match self.types.get(ty).clone() {
            _ if seen.len() > MOST_TYPES => return None,
            plain_type!() | TyKind::Text | TyKind::Range(_) | TyKind::Vector(..) => return Some(()),
            TyKind::Fn(..)
            | TyKind::Dyn(..)
            | TyKind::Any
            | TyKind::Ptr(_)
            | TyKind::Param(_)
            | TyKind::Var(_) => return None,
            TyKind::Tuple(parts, _) | TyKind::Union(parts) => parts,
            TyKind::FixedArray(elem, _) | TyKind::Array(elem) => vec![elem],
            TyKind::Adt(id, args) => {
                let adt = &self.adts[id.idx()];
                if matches!(adt.kind, AdtKind::Class | AdtKind::Actor) {
                    found.push(id);
                }
                let fields: Vec<Ty> =
                    adt.variants.iter().flat_map(|v| &v.fields).map(|field| field.ty).collect();
                fields.into_iter().map(|ty| self.types.substitute(ty, &args)).collect()
            }
        };
        parts.into_iter().try_for_each(|part| self.collect_classes(part, seen, found))
    }

    /// The ways to what a value leads to.
    pub fn ways(&mut self, outside: &Outside, e: &Expr) -> Vec<Way> {
        let mut ways = Vec::new();
        self.add_ways(outside, e, &mut ways);
        ways
    }

    fn add_ways(&mut self, outside: &Outside, e: &Expr, ways: &mut Vec<Way>) {
        // What an `iso` field held is nobody else's.
        if !self.holds_references(e.ty) || self.takes_out(e) {
            return;
        }
        match &e.kind {
            ExprKind::Local(local) => ways.push(local.idx() + 1),
            ExprKind::Global(_) => ways.push(OTHERS),
            ExprKind::Block(parts, _) => {
                parts.last().into_iter().for_each(|last| self.add_ways(outside, last, ways))
            }
            ExprKind::Match(_, arms) => arms.iter().for_each(|arm| self.add_ways(outside, &arm.body, ways)),
            // What `break` carries.
            ExprKind::Loop(_, body) => {
                let mut inside = Vec::new();
                walk(body, &mut |part| inside.push(part));
                for part in inside {
                    if let ExprKind::Break(_, Some(value)) = &part.kind {
                        self.add_ways(outside, value, ways);
                    }
                }
            }
            _ => {
                if outside.may_pass(self, e, e.ty) {
                    ways.push(OTHERS);
                }
                let mut parts = Vec::new();
                children(e, &mut |part| parts.push(part));
                for part in parts {
                    if self.may_share(part.ty, e.ty) {
                        self.add_ways(outside, part, ways);
                    }
                }
            }
        }
    }
}
