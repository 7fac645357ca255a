//! Patterns: questions about enums and lists of constants.

use super::Expander;
use crate::mir::{CoreOp, FunctionBuilder, Hint, Inst, Reg, RegList, Ty};

/// `pattern.is`.
pub(super) fn is(b: &mut FunctionBuilder, inst: &Inst, value: Reg, variant: u32) {
    let tag = b.enum_tag(value);
    let wanted = b.int(Ty::U32, i64::from(variant));
    b.push(inst.dst, CoreOp::Eq { a: tag, b: wanted });
}

/// `pattern.match`: the last one that is equal is looked for first, so that the first one is what remains.
pub(super) fn first_equal(b: &mut FunctionBuilder, inst: &Inst, value: Reg, values: RegList) {
    let values = values.of(&b.func.pool).to_vec();
    let mut index = b.int(Ty::U32, values.len() as i64);
    for (at, other) in values.into_iter().enumerate().rev() {
        let equal = b.eq(value, other);
        let this = b.int(Ty::U32, at as i64);
        index = b.select(equal, this, index);
    }
    if let Some(dst) = inst.dst {
        b.assign(dst, index);
    }
}

impl Expander {
    /// `pattern.as`.
    pub(super) fn payload(
        &mut self,
        b: &mut FunctionBuilder,
        inst: &Inst,
        value: Reg,
        variant: u32,
        field: u32,
    ) {
        let tag = b.enum_tag(value);
        let wanted = b.int(Ty::U32, i64::from(variant));
        let fits = b.eq(tag, wanted);
        let (good, bad) = (b.block(), b.block());
        b.branch(fits, good, bad, Hint::Likely);
        b.switch_to(bad);
        let message = b.module.add_str("the value is of another variant");
        self.panic(b, message, inst.span);
        b.switch_to(good);
        b.push(inst.dst, CoreOp::EnumPayload { value, variant, field });
    }
}
