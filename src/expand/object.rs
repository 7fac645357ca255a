//! Calls through the table of an object (`runtime/object.rs` has its shape).

use crate::mir::{Alias, CoreOp, FunctionBuilder, Inst, Reg, RegList, SigId, Ty};
use crate::runtime::object;

/// `call.virtual`: the table's address is in the object, the method's in the table.
pub(super) fn call(b: &mut FunctionBuilder, inst: &Inst, of: Reg, method: u32, sig: SigId, args: RegList) {
    let empty = b.module.types.tuple(Vec::new());
    let boxed = object::box_type(b.module, empty);
    let at = b.field_addr(of, boxed, object::TABLE);
    let table = b.load(Ty::PTR, at, Alias::Header);
    let index = b.int(Ty::USIZE, i64::from(object::METHODS + method));
    let slot = b.index_addr(table, Ty::PTR, index);
    let callee = b.load(Ty::PTR, slot, Alias::Header);
    b.push(inst.dst, CoreOp::CallIndirect { callee, sig, args });
}
