//! Invariants of operations of errors.

use super::func::Body;
use crate::diagnostics::Code;
use crate::mir::*;

/// How errors lead to a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Entered {
    /// They do not.
    Otherwise,
    /// By failures with an error of this type, or with none.
    ByFailure(Option<Ty>),
    /// In ways that contradict each other.
    Unclear,
}

impl Body<'_, '_> {
    /// Invariants 23 and 25, and 24 for what is about the block it is in. All handles are in range.
    pub(super) fn blocks_of_failures(&mut self) {
        let has_errors = |op: &Op| matches!(op.info().category, Category::Error);
        let concerned = |block: &BlockData| {
            matches!(block.term, Terminator::Invoke { .. })
                || block.insts.iter().any(|inst| has_errors(&inst.op))
        };
        if !self.f.blocks.iter().any(concerned) {
            return;
        }
        for (i, how) in self.entries().into_iter().enumerate() {
            self.block = Block(i as u32);
            let data = &self.f.blocks[i];
            if how == Entered::Unclear {
                self.at(data.term_span, data.term.name());
                let message =
                    "failures lead here and other jumps, too, or failures with errors of another type";
                self.error(Code::MirFlow, message.into());
            }
            for (at, inst) in data.insts.iter().enumerate() {
                self.at(inst.span, inst.op.info().name);
                let Op::Rich(op) = inst.op else { continue };
                if let RichOp::Catch {} = op {
                    self.caught(how, inst.dst.map_or(Ty::UNIT, |dst| self.f.ty(dst)));
                }
                if let RichOp::Unwind {} = op {
                    self.unwound(how);
                }
                let is_last = at + 1 == data.insts.len() && matches!(data.term, Terminator::Unreachable);
                if matches!(op, RichOp::Throw { .. } | RichOp::Unwind {}) && !is_last {
                    self.error(Code::MirFlow, format!("`{}` is not followed by `unreachable`", self.name));
                }
            }
        }
    }

    /// By block, how errors lead to it.
    fn entries(&self) -> Vec<Entered> {
        let mut entered: Vec<Option<Entered>> = vec![None; self.f.blocks.len()];
        let mut enter = |to: Block, how: Entered| {
            let known = &mut entered[to.idx()];
            *known = Some(if known.is_none_or(|known| known == how) { how } else { Entered::Unclear });
        };
        for block in &self.f.blocks {
            if let Terminator::Invoke { func, ok, error, .. } = block.term {
                let outcome = self.m.types.outcome(self.m.sig_of(func).ret);
                enter(ok, Entered::Otherwise);
                enter(error, Entered::ByFailure(outcome.and_then(|outcome| outcome.failure)));
            } else {
                block.term.each_target(&self.f.cases, |to| enter(to, Entered::Otherwise));
            }
        }
        entered.into_iter().map(|how| how.unwrap_or(Entered::Otherwise)).collect()
    }

    /// Invariant 23, of the terminator.
    pub(super) fn invoke(&mut self, ret: Ty) {
        self.outcome("the result of the callee of `invoke`", ret);
    }

    pub(super) fn try_(&mut self, outcome: Ty, dst: Ty) {
        let Some(outcome) = self.propagated(outcome) else { return };
        match outcome.success {
            Some(success) => self.same_type("the result", dst, success),
            None => self.error(
                Code::MirResult,
                "`try` is of an outcome without a value, for which there is `propagate`".into(),
            ),
        }
    }

    /// The parts of the operand of `try` or `propagate`.
    pub(super) fn propagated(&mut self, ty: Ty) -> Option<Outcome> {
        let outcome = self.outcome(&format!("operand `outcome` of `{}`", self.name), ty)?;
        self.fails_with(outcome.failure);
        Some(outcome)
    }

    /// Whether the function can return a failure with such an error.
    pub(super) fn fails_with(&mut self, error: Option<Ty>) {
        let ret = self.sig.ret;
        let Some(own) = self.outcome(&format!("the result of the function of `{}`", self.name), ret) else {
            return;
        };
        if own.failure != error {
            let show = |ty: Option<Ty>| ty.map_or("no error".to_owned(), |ty| self.show(ty));
            let (own, error) = (show(own.failure), show(error));
            let message = format!("`{}` fails with {error}, the function with {own}", self.name);
            self.error(Code::MirReturn, message);
        }
    }

    fn caught(&mut self, how: Entered, dst: Ty) {
        match how {
            Entered::ByFailure(Some(error)) => self.same_type("the result", dst, error),
            Entered::ByFailure(None) => {
                self.error(Code::MirResult, "`catch` is in a block of failures that have no error".into());
            }
            Entered::Otherwise => self.not_of_failures(),
            Entered::Unclear => {}
        }
    }

    fn unwound(&mut self, how: Entered) {
        match how {
            Entered::ByFailure(error) => self.fails_with(error),
            Entered::Otherwise => self.not_of_failures(),
            Entered::Unclear => {}
        }
    }

    fn not_of_failures(&mut self) {
        let message = format!("`{}` is in a block to which no `invoke` leads with a failure", self.name);
        self.error(Code::MirFlow, message);
    }

    fn outcome(&mut self, what: &str, ty: Ty) -> Option<Outcome> {
        let outcome = self.m.types.outcome(ty);
        if outcome.is_none() {
            let ty = self.show(ty);
            let message = format!("{what} is {ty}, not an enum of a success and a failure");
            self.error(Code::MirType, message);
        }
        outcome
    }
}
