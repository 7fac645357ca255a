//! What the fields of operations hold: registers that are read, and handles of the module.

use super::module::{FuncId, GlobalId, MaybeFunc, Reg, RegList, SlotId, StrId};
use super::op_info::{Alias, Bits, Ordering, RmwOp};
use super::relocate::Relocation;
use super::types::{SigId, Ty};

/// A field of an operation.
pub(super) trait Field: Sized {
    fn each_use(&self, _pool: &[Reg], _visit: &mut dyn FnMut(Reg)) {}
    fn map_uses(&mut self, _map: &mut dyn FnMut(Reg) -> Reg) {}
    fn relocate(&mut self, _to: &Relocation) {}
}

impl Field for Reg {
    fn each_use(&self, _: &[Reg], visit: &mut dyn FnMut(Reg)) {
        visit(*self);
    }
    fn map_uses(&mut self, map: &mut dyn FnMut(Reg) -> Reg) {
        *self = map(*self);
    }
}

impl Field for RegList {
    fn each_use(&self, pool: &[Reg], visit: &mut dyn FnMut(Reg)) {
        for &reg in self.of(pool) {
            visit(reg);
        }
    }
}

macro_rules! handle_fields {
    ($($ty:ty: |$handle:ident, $to:ident| $new:expr;)*) => { $(
        impl Field for $ty {
            fn relocate(&mut self, $to: &Relocation) {
                let $handle = *self;
                *self = $new;
            }
        }
    )* };
}

handle_fields! {
    Ty: |ty, to| to.types[ty.0 as usize];
    SigId: |sig, to| to.sigs[sig.0 as usize];
    FuncId: |func, to| to.funcs[func.idx()];
    MaybeFunc: |func, to| func.map(|func| to.funcs[func.idx()]);
    GlobalId: |global, to| to.globals[global.idx()];
    StrId: |text, to| StrId(to.first_string + text.0);
}

macro_rules! plain_fields {
    ($($ty:ty),*) => { $(impl Field for $ty {})* };
}
plain_fields!(u32, SlotId, Bits, Alias, Ordering, RmwOp);
