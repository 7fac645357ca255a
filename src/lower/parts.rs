//! What types are made of.

use crate::hir::{AdtKind, Builtin, Ty, TyKind, plain_type};

use super::Context;

impl Context<'_> {
    /// Whether the values of a type lead to one of a type for which `decide` says so; where it says nothing, the parts
    /// of the type are asked.
    pub fn holds(&mut self, ty: Ty, decide: &dyn Fn(&mut Self, Ty) -> Option<bool>) -> bool {
        let mut seen = vec![ty];
        let mut next = 0;
        while let Some(&ty) = seen.get(next) {
            match decide(self, ty) {
                Some(true) => return true,
                Some(false) => {}
                None => {
                    for part in self.parts(ty) {
                        if !seen.contains(&part) {
                            seen.push(part);
                        }
                    }
                }
            }
            next += 1;
        }
        false
    }

    /// The types of the values that one of a type leads to.
    pub fn parts(&mut self, ty: Ty) -> Vec<Ty> {
        match self.types.get(ty).clone() {
            plain_type!()
            | TyKind::Text
            | TyKind::Range(_)
            | TyKind::Fn(..)
            | TyKind::Ptr(_)
            | TyKind::Dyn(..)
            | TyKind::Union(_)
            | TyKind::Any
            | TyKind::Param(_)
            | TyKind::Var(_) => Vec::new(),
            TyKind::FixedArray(elem, _) | TyKind::Array(elem) | TyKind::Vector(_, elem) => vec![elem],
            TyKind::Tuple(parts, _) => parts,
            TyKind::Adt(id, _) => (0..self.program.adts[id.idx()].variants.len() as u32)
                .flat_map(|variant| self.field_types(ty, variant))
                .collect(),
        }
    }

    /// Whether code of the program runs when a value of the type is shown, which may itself print or end the program.
    pub fn runs_code_to_show(&mut self, ty: Ty) -> bool {
        if let Some(&known) = self.shown_by_code.get(&ty) {
            return known;
        }
        let runs = self.holds(ty, &|cx, ty| match cx.types.get(ty) {
            TyKind::Dyn(..) | TyKind::Union(_) | TyKind::Any => Some(true),
            _ => cx.own_method(Builtin::Show, ty).map(|_| true),
        });
        self.shown_by_code.insert(ty, runs);
        runs
    }

    /// Whether code of the program may run when a value of the type is compared, hashed or shown.
    pub fn runs_code(&mut self, ty: Ty) -> bool {
        if let Some(&known) = self.run_code.get(&ty) {
            return known;
        }
        let runs = self.holds(ty, &|cx, ty| match cx.types.get(ty) {
            TyKind::Dyn(..) | TyKind::Union(_) | TyKind::Any => Some(true),
            _ => {
                let all = [Builtin::Eq, Builtin::Ord, Builtin::Hash, Builtin::Show];
                all.into_iter().any(|builtin| cx.own_method(builtin, ty).is_some()).then_some(true)
            }
        });
        self.run_code.insert(ty, runs);
        runs
    }

    /// Whether a value of the type may lead to an instance that weak fields hold: when that goes can be seen, so that a variable
    /// keeps it until its scope is left.
    pub fn is_kept_for_weak(&mut self, ty: Ty) -> bool {
        if !self.has_weak {
            return false;
        }
        if let Some(&known) = self.kept_for_weak.get(&ty) {
            return known;
        }
        let kept = self.holds(ty, &|cx, ty| match cx.types.get(ty) {
            TyKind::Dyn(..) | TyKind::Union(_) | TyKind::Any | TyKind::Fn(..) => Some(true),
            _ => cx.is_weakly_held(ty).then_some(true),
        });
        self.kept_for_weak.insert(ty, kept);
        kept
    }

    /// Whether values of a type can be compared.
    pub fn is_comparable(&mut self, ty: Ty) -> bool {
        !self.holds(ty, &|cx, ty| match cx.types.get(ty) {
            TyKind::Fn(..) => Some(true),
            TyKind::Adt(id, _)
                if matches!(cx.program.adts[id.idx()].kind, AdtKind::Class | AdtKind::Actor) =>
            {
                Some(false)
            }
            _ => cx.own_method(Builtin::Eq, ty).map(|_| false),
        })
    }
}
