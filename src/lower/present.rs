//! What there is in optional values: `o!`, as a value and as a place.

use crate::hir::{self, Expr};
use crate::mir::{Alias, Hint, Reg};

use super::access::{During, Path, Place};
use super::boxed::SOME;
use super::function::{FnLowerer, Operand, Val};

/// The payload of a place that others reach, in a temporary while a call changes it: they may put `nil` there meanwhile,
/// and nothing keeps what lies in the place itself.
pub(super) struct Lent<'p> {
    /// The optional value.
    whole: &'p Expr,
    /// The type of its payload.
    ty: hir::Ty,
    temp: Reg,
}

impl<'p> FnLowerer<'_, 'p> {
    /// Panics unless there is something in an optional value.
    pub fn must_be_there(&mut self, value: Val, wide: hir::Ty) {
        let is_there = self.is_variant(value, wide, SOME);
        let is_gone = self.b.not(is_there);
        self.panic_if(is_gone, "unwrapped nil");
    }

    /// The place of what there is in that of an optional value.
    pub fn found_place(&mut self, place: Place, whole: &Expr, ty: hir::Ty) -> Place {
        let wide = self.subst(whole.ty);
        match self.value_in(place, wide) {
            Some(value) => self.must_be_there(value, wide),
            None => return Place::None,
        }
        self.narrowed_place(place, wide, ty)
    }

    fn value_in(&mut self, place: Place, ty: hir::Ty) -> Option<Val> {
        match place {
            Place::None => None,
            Place::Reg(reg) => Some(Val::Reg(reg)),
            Place::Addr(addr, alias) => Some(self.load(addr, ty, alias).val),
        }
    }

    /// Whether what was found in an optional value stays there as long as its place is in use.
    pub fn stays(&self, whole: &Expr, during: During, path: &Path) -> bool {
        during == During::Nothing || path.lent.is_some() || self.is_rooted_here(whole)
    }

    /// A copy to be changed in place of what was found; [`Self::give_back`] ends that.
    pub fn lend(&mut self, found: Place, whole: &'p Expr, ty: hir::Ty, path: &mut Path<'p>) -> Place {
        let Place::Addr(addr, alias) = found else { return found };
        let value = self.load(addr, ty, alias);
        let temp = self.copy_to_temp(value, ty);
        path.lent = Some(Lent { whole, ty, temp });
        Place::Addr(temp, Alias::Any)
    }

    /// Puts what was lent back, unless there is nothing in the optional value any more.
    pub fn give_back(&mut self, mut path: Path<'p>) {
        let Some(Lent { whole, ty, temp }) = path.lent.take() else { return };
        path.again();
        let wide = self.subst(whole.ty);
        let place = self.place_at(whole, During::Nothing, &mut path);
        let Some(value) = self.value_in(place, wide) else { return };
        let changed = Operand { owned: true, ..self.load(temp, ty, Alias::Any) };
        let is_there = self.is_variant(value, wide, SOME);
        let (there, gone, done) = (self.b.block(), self.b.block(), self.b.block());
        self.b.branch(is_there, there, gone, Hint::Likely);
        self.b.switch_to(there);
        if let Place::Addr(addr, alias) = self.narrowed_place(place, wide, ty) {
            self.replace(addr, alias, changed, ty);
        }
        self.b.goto(done);
        self.b.switch_to(gone);
        self.drop_operand(changed, ty);
        self.b.goto(done);
        self.b.switch_to(done);
    }
}
