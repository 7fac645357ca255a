//! Takes range checks and uniqueness tests out of counted loops.
//!
//! LLVM does neither: a check that fails leaves the loop, so it may not be tested early, and a copy on write changes what
//! the loop works on. So an innermost loop gets a second version without them, and a test in front of it that chooses: all
//! uniqueness tests hold and all indices lie within their arrays, or the loop runs as it was. The second version is
//! what vectorises.
//!
//! Registers are mutable, so the copy of a loop uses the same registers and leaves to the same blocks; nothing has to be
//! renamed. An index that is linear in the counter lies within its array in every turn if it does so in the first and the
//! last one and nothing on the way to it overflows in these two.

use rustc_hash::FxHashMap;

use super::effects::Effects;
use super::induction::{Counter, Shape, View, sites};
use crate::mir::analysis::{Cfg, Dominators, Loop, Ssa, ValueId, innermost};
use crate::mir::*;

/// Loops of more instructions are left alone: a copy of them costs more than their checks.
const LARGEST: usize = 400;

/// Makes the second versions of a function's innermost loops.
pub(super) fn hoist_checks(module: &mut Module, id: FuncId, functions: &[Effects]) {
    let func = module.func(id);
    if !func.is_defined() || !func.blocks.iter().any(|block| block.insts.iter().any(is_check)) {
        return;
    }
    let cfg = Cfg::new(func);
    let mut loops = innermost(&cfg, &Dominators::new(&cfg), func.blocks.len());
    loops.retain(|of| {
        let insts = || of.blocks.iter().flat_map(|block| &func.blocks[block.idx()].insts);
        insts().count() <= LARGEST && insts().any(is_check)
    });
    if loops.is_empty() {
        return;
    }
    // First with every uniqueness test taken for true. Where that cannot be had, the copy on write stays in the loop,
    // and what it leaves unchanged is looked for once more.
    let rest = attempt(module, id, functions, loops, true);
    if !rest.is_empty() {
        attempt(module, id, functions, rest, false);
    }
}

fn is_check(inst: &Inst) -> bool {
    matches!(inst.op, Op::Rich(RichOp::IndexCheck { .. }) | Op::Core(CoreOp::IsUnique { .. }))
}

/// A loop and its copy.
struct Version {
    original: Loop,
    /// Where the choice is made; all ways into the loop lead here.
    choice: Block,
    copy: Loop,
    /// Uniqueness tests of the copy that are taken for true.
    assumed: Vec<(Block, usize)>,
}

/// Copies loops and lets the copies run where that is right. Those that had to be left as they were for the sake of a
/// uniqueness test are returned.
fn attempt(
    module: &mut Module,
    id: FuncId,
    functions: &[Effects],
    loops: Vec<Loop>,
    assume_unique: bool,
) -> Vec<Loop> {
    let func = module.func(id).clone();
    let cfg = Cfg::new(&func);
    let mut b = FunctionBuilder::resume(module, id, func);
    // All ways are changed before anything is copied: a loop may lead straight to the next one.
    let choices: Vec<Block> = loops.iter().map(|of| redirect(&mut b, &cfg, of)).collect();
    let versions: Vec<Version> =
        loops.into_iter().zip(choices).map(|(of, choice)| copy(&mut b, of, choice, assume_unique)).collect();
    // What the copies look like, before anything else is changed.
    let snapshot = b.func.clone();
    let ssa = Ssa::new(&snapshot, false);
    let sites = sites(&snapshot, &ssa);
    let mut rest = Vec::new();
    for version in versions {
        let view = View::new(&snapshot, &ssa, &sites, &version.copy, functions);
        match plan(view, &version) {
            Some((view, plan)) => Choice::new(&mut b, view, &version).emit(&plan),
            None => {
                undo(&mut b, &version);
                if !version.assumed.is_empty() {
                    rest.push(version.original);
                }
            }
        }
    }
    b.finish();
    rest
}

/// Leads the ways into a loop to a new block.
fn redirect(b: &mut FunctionBuilder, cfg: &Cfg, of: &Loop) -> Block {
    b.at(b.func.blocks[of.header.idx()].term_span);
    let choice = b.block();
    for from in cfg.preds(of.header).filter(|from| !of.blocks.contains(from)) {
        let term = &mut b.func.blocks[from.idx()].term;
        term.map_targets(&mut b.func.cases, |to| if to == of.header { choice } else { to });
    }
    choice
}

/// Copies a loop's blocks; the choice may go to either for now.
fn copy(b: &mut FunctionBuilder, original: Loop, choice: Block, assume_unique: bool) -> Version {
    b.at(b.func.blocks[original.header.idx()].term_span);
    let copies: FxHashMap<Block, Block> = original.blocks.iter().map(|&block| (block, b.block())).collect();
    let mut assumed = Vec::new();
    for old in &original.blocks {
        let mut data = b.func.blocks[old.idx()].clone();
        if let Terminator::Switch { cases, .. } = &mut data.term {
            let start = b.func.cases.len() as u32;
            b.func.cases.extend_from_within(cases.start as usize..(cases.start + cases.len) as usize);
            cases.start = start;
        }
        data.term.map_targets(&mut b.func.cases, |to| copies.get(&to).copied().unwrap_or(to));
        if assume_unique {
            for (i, inst) in data.insts.iter_mut().enumerate() {
                let Op::Core(CoreOp::IsUnique { .. }) = inst.op else { continue };
                assumed.push((copies[old], i));
                if let Terminator::Branch { cond, then, .. } = data.term
                    && Some(cond) == inst.dst
                {
                    data.term = Terminator::Goto(then);
                }
            }
        }
        b.func.blocks[copies[old].idx()] = data;
    }
    b.switch_to(choice);
    let either = b.bool(true);
    b.branch(either, copies[&original.header], original.header, Hint::Likely);
    let blocks = original.blocks.iter().map(|block| copies[block]).collect();
    let copy = Loop { header: copies[&original.header], blocks };
    Version { original, choice, copy, assumed }
}

/// Lets a copy be unreachable.
fn undo(b: &mut FunctionBuilder, version: &Version) {
    for &block in &version.copy.blocks {
        let data = &mut b.func.blocks[block.idx()];
        data.insts.clear();
        data.term = Terminator::Unreachable;
    }
    let choice = &mut b.func.blocks[version.choice.idx()];
    choice.insts.clear();
    choice.term = Terminator::Goto(version.original.header);
}

/// What the copy does without.
struct Plan {
    counter: Option<Counter>,
    /// Range checks, with the values of index and length.
    checks: Vec<(Block, usize, ValueId, ValueId)>,
    /// Addresses of the counts that uniqueness tests read.
    unique: Vec<ValueId>,
}

/// Finds what a copy can do without; `None` when it is no better than the original.
fn plan<'a>(mut view: View<'a>, version: &Version) -> Option<(View<'a>, Plan)> {
    let assumed = version.assumed.iter().filter(|(block, _)| view.ssa.cfg.is_reachable(*block));
    let unique: Vec<ValueId> = assumed.map(|&(block, at)| view.ssa.uses(block, at)[0]).collect();
    if !unique.is_empty() && view.written.retains() {
        return None;
    }
    if !unique.iter().all(|&addr| view.shape(addr) == Some(Shape::Invariant)) {
        return None;
    }
    let counter = view.find_counter();
    let mut checks = Vec::new();
    for &block in &version.copy.blocks {
        if !view.ssa.cfg.is_reachable(block) {
            continue;
        }
        for (at, inst) in view.func.blocks[block.idx()].insts.iter().enumerate() {
            let Op::Rich(RichOp::IndexCheck { .. }) = inst.op else { continue };
            let [index, len] = *view.ssa.uses(block, at) else { continue };
            let is_counted = counter.is_some_and(|counter| view.dominates(counter.body, block));
            let known = match view.shape(index) {
                Some(Shape::Invariant) => true,
                Some(Shape::Linear) => is_counted,
                None => false,
            };
            if known && view.shape(len) == Some(Shape::Invariant) {
                checks.push((block, at, index, len));
            }
        }
    }
    if unique.is_empty() && checks.is_empty() {
        return None;
    }
    Some((view, Plan { counter, checks, unique }))
}

/// The first or the last turn of a loop.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Turn {
    First,
    Last,
}

/// Writes the block that chooses between a loop and its copy.
struct Choice<'b, 'm, 'a> {
    b: &'b mut FunctionBuilder<'m>,
    view: View<'a>,
    version: &'b Version,
    /// Registers that hold invariant values in front of the loop.
    early: FxHashMap<ValueId, Reg>,
    /// Registers that hold linear values as they are in a turn.
    in_turn: FxHashMap<(ValueId, Turn), Reg>,
    /// All must hold; tested together.
    conditions: Vec<Reg>,
}

impl<'b, 'm, 'a> Choice<'b, 'm, 'a> {
    fn new(b: &'b mut FunctionBuilder<'m>, view: View<'a>, version: &'b Version) -> Choice<'b, 'm, 'a> {
        let (early, in_turn) = (FxHashMap::default(), FxHashMap::default());
        Choice { b, view, version, early, in_turn, conditions: Vec::new() }
    }

    fn emit(mut self, plan: &Plan) {
        let choice = self.version.choice;
        self.b.func.blocks[choice.idx()].insts.clear();
        self.b.switch_to(choice);
        for &addr in &plan.unique {
            let addr = self.early(addr);
            let is_unique = self.b.is_unique(addr);
            self.conditions.push(is_unique);
        }
        if let Some(counter) = &plan.counter {
            self.turns(counter);
        }
        for &(_, _, index, len) in &plan.checks {
            let len = self.early(len);
            if self.view.shape(index) == Some(Shape::Invariant) {
                let index = self.early(index);
                self.check(index, len);
            } else {
                for turn in [Turn::First, Turn::Last] {
                    let index = self.in_turn(index, turn);
                    self.check(index, len);
                }
            }
        }
        self.test();
        self.b.goto(self.version.copy.header);
        self.lighten(plan);
    }

    /// Takes from the copy what has been done in front of it.
    fn lighten(&mut self, plan: &Plan) {
        for &(block, at) in &self.version.assumed {
            self.replace(block, at, CoreOp::Const { bits: Bits(1) });
        }
        for &(block, at, ..) in &plan.checks {
            let inst = self.b.func.blocks[block.idx()].insts[at];
            if let Op::Rich(RichOp::IndexCheck { index, .. }) = inst.op {
                self.replace(block, at, CoreOp::Resize { a: index });
            }
        }
        for &block in &self.version.copy.blocks {
            for at in 0..self.b.func.blocks[block.idx()].insts.len() {
                let inst = &self.b.func.blocks[block.idx()].insts[at];
                if let Op::Core(CoreOp::Load { .. }) = inst.op
                    && let Some(reg) = self.view.ssa.def(block, at).and_then(|value| self.early.get(&value))
                {
                    let a = *reg;
                    self.replace(block, at, CoreOp::Mov { a });
                }
            }
        }
    }

    fn replace(&mut self, block: Block, at: usize, op: CoreOp) {
        self.b.func.blocks[block.idx()].insts[at].op = op.into();
    }

    /// The counter in the first and the last turn. The first is what its register holds; a loop that makes no turn
    /// fails a test or runs in either version.
    fn turns(&mut self, counter: &Counter) {
        let ty = self.b.func.ty(counter.reg);
        let bound = self.early(counter.bound);
        let one = self.b.int(ty, 1);
        let last = match (counter.is_inclusive, counter.is_up) {
            (true, _) => bound,
            (false, true) => self.b.sub(bound, one),
            (false, false) => self.b.add(bound, one),
        };
        self.in_turn.insert((counter.phi, Turn::First), counter.reg);
        self.in_turn.insert((counter.phi, Turn::Last), last);
        if counter.known_step == Some(1) && !counter.is_inclusive {
            // The bound is beyond the first, or there is no turn: one step from there does not overflow.
            let begins =
                if counter.is_up { self.b.lt(counter.reg, bound) } else { self.b.gt(counter.reg, bound) };
            self.conditions.push(begins);
            return;
        }
        // The last turn that the bound allows may be followed by a step, which must not wrap around and go on.
        let step = self.early(counter.step);
        let begins = if counter.is_up { self.b.le(counter.reg, last) } else { self.b.ge(counter.reg, last) };
        self.conditions.push(begins);
        if !counter.is_inclusive {
            let beyond = if counter.is_up { self.b.lt(last, bound) } else { self.b.gt(last, bound) };
            self.conditions.push(beyond);
        }
        if counter.known_step.is_none() {
            let zero = self.b.int(ty, 0);
            let goes_on = self.b.gt(step, zero);
            self.conditions.push(goes_on);
        }
        if counter.is_up {
            let next = self.b.add_checked(last, step);
            self.not_wrapped(ty, next);
        } else {
            let next = self.b.sub_checked(last, step);
            self.not_wrapped(ty, next);
        }
    }

    /// The number of a checked operation's result; that it did not wrap becomes a condition.
    fn not_wrapped(&mut self, ty: Ty, flagged: Reg) -> Reg {
        let wrapped = self.b.agg_get(Ty::BOOL, flagged, 1);
        let fits = self.b.not(wrapped);
        self.conditions.push(fits);
        self.b.agg_get(ty, flagged, 0)
    }

    /// Demands that an index lies within a length. As a `u64` a negative number is beyond every length.
    fn check(&mut self, index: Reg, len: Reg) {
        let index = self.b.resize(Ty::U64, index);
        let len = self.b.resize(Ty::U64, len);
        let inside = self.b.lt(index, len);
        self.conditions.push(inside);
    }

    /// Goes to the original loop unless all conditions so far hold.
    fn test(&mut self) {
        let Some(all) = self.conditions.drain(..).reduce(|a, c| self.b.and(a, c)) else { return };
        let next = self.b.block();
        self.b.branch(all, next, self.version.original.header, Hint::Likely);
        self.b.switch_to(next);
    }

    /// An invariant value in front of the loop.
    fn early(&mut self, value: ValueId) -> Reg {
        if self.view.is_outside(value) {
            return self.view.ssa.reg(value);
        }
        if let Some(&known) = self.early.get(&value) {
            return known;
        }
        let Some((inst, uses)) = self.view.inst(value) else { unreachable!("{value:?} is invariant") };
        let operands: Vec<Reg> = uses.iter().map(|&used| self.early(used)).collect();
        let reg = self.again(inst, &operands);
        self.early.insert(value, reg);
        reg
    }

    /// A linear value as it is in a turn.
    fn in_turn(&mut self, value: ValueId, turn: Turn) -> Reg {
        if let Some(&known) = self.in_turn.get(&(value, turn)) {
            return known;
        }
        if self.view.shape(value) == Some(Shape::Invariant) {
            return self.early(value);
        }
        let Some((inst, uses)) = self.view.inst(value) else { unreachable!("{value:?} is linear") };
        let operands: Vec<Reg> = uses.iter().map(|&used| self.in_turn(used, turn)).collect();
        let ty = inst.dst.map(|dst| self.b.func.ty(dst)).unwrap_or(Ty::UNIT);
        let reg = match inst.op {
            Op::Core(CoreOp::Add { .. }) => {
                let sum = self.b.add_checked(operands[0], operands[1]);
                self.not_wrapped(ty, sum)
            }
            Op::Core(CoreOp::Sub { .. }) => {
                let difference = self.b.sub_checked(operands[0], operands[1]);
                self.not_wrapped(ty, difference)
            }
            Op::Core(CoreOp::Mul { .. }) => {
                let product = self.b.mul_checked(operands[0], operands[1]);
                self.not_wrapped(ty, product)
            }
            // Copies, and conversions that keep the number.
            Op::Core(_) | Op::Rich(_) => self.again(inst, &operands),
        };
        self.in_turn.insert((value, turn), reg);
        reg
    }

    /// An instruction of the loop in front of it.
    fn again(&mut self, inst: &Inst, operands: &[Reg]) -> Reg {
        if let Op::Rich(RichOp::IndexCheck { .. }) = inst.op {
            self.check(operands[0], operands[1]);
            // What is read at the index is read only when it is there.
            self.test();
            return self.b.resize(Ty::USIZE, operands[0]);
        }
        let mut op = inst.op;
        let mut operands = operands.iter();
        if let Op::Core(op) = &mut op {
            op.map_uses(&mut |reg| operands.next().copied().unwrap_or(reg));
        }
        let ty = inst.dst.map(|dst| self.b.func.ty(dst)).unwrap_or(Ty::UNIT);
        let reg = self.b.reg(ty);
        self.b.push(Some(reg), op);
        reg
    }
}
