//! Errors: outcomes that are returned, and calls with a way for failures.

use crate::mir::{
    Block, BlockData, CoreOp, FuncId, FunctionBuilder, Hint, Inst, Outcome, Reg, RegList, Terminator, Ty,
};

/// A call whose result is an outcome.
pub(super) struct Call {
    pub func: FuncId,
    pub args: RegList,
    pub dst: Option<Reg>,
}

/// By block, the register with the error that led to it; the verifier has seen to it that all that lead to one are of one type.
pub(super) type Caught = Vec<Option<Reg>>;

/// Makes the registers of errors.
pub(super) fn caught(b: &mut FunctionBuilder, blocks: &[BlockData]) -> Caught {
    let mut caught = vec![None; blocks.len()];
    for block in blocks {
        let Terminator::Invoke { func, error, .. } = block.term else { continue };
        let failure = b.module.types.outcome(b.module.sig_of(func).ret).and_then(|outcome| outcome.failure);
        if let (Some(ty), None) = (failure, caught[error.idx()]) {
            caught[error.idx()] = Some(b.reg(ty));
        }
    }
    caught
}

/// `invoke`; `caught` is the register of the block that failures lead to.
pub(super) fn invoke(b: &mut FunctionBuilder, call: &Call, ok: Block, error: Block, caught: Option<Reg>) {
    let Call { func, args, dst } = *call;
    let ret = b.module.sig_of(func).ret;
    let outcome = dst.unwrap_or_else(|| b.reg(ret));
    b.push(Some(outcome), CoreOp::Call { func, args });
    let failed = is_failure(b, outcome);
    let Some(caught) = caught else { return b.branch(failed, error, ok, Hint::Unlikely) };
    let failure = b.block();
    b.branch(failed, failure, ok, Hint::Unlikely);
    b.switch_to(failure);
    let payload = CoreOp::EnumPayload { value: outcome, variant: Outcome::FAILURE, field: 0 };
    b.push(Some(caught), payload);
    b.goto(error);
}

/// `try` and `propagate`.
pub(super) fn propagate(b: &mut FunctionBuilder, inst: &Inst, outcome: Reg) {
    let parts = b.module.types.outcome(b.func.ty(outcome));
    let failed = is_failure(b, outcome);
    let (failure, go_on) = (b.block(), b.block());
    b.branch(failed, failure, go_on, Hint::Unlikely);
    b.switch_to(failure);
    let error =
        parts.and_then(|parts| parts.failure).map(|ty| b.enum_payload(ty, outcome, Outcome::FAILURE, 0));
    fail(b, error);
    b.switch_to(go_on);
    if inst.dst.is_some() {
        b.push(inst.dst, CoreOp::EnumPayload { value: outcome, variant: Outcome::SUCCESS, field: 0 });
    }
}

/// Returns a failure.
pub(super) fn fail(b: &mut FunctionBuilder, error: Option<Reg>) {
    let ret = b.module.types.sig(b.func.sig).ret;
    let payload = error.map_or_else(RegList::default, |error| b.list(&[error]));
    let failure = b.enum_make(ret, Outcome::FAILURE, payload);
    b.ret(Some(failure));
}

fn is_failure(b: &mut FunctionBuilder, outcome: Reg) -> Reg {
    let tag = b.enum_tag(outcome);
    let failure = b.int(Ty::U32, i64::from(Outcome::FAILURE));
    b.eq(tag, failure)
}
