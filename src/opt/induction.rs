//! What is known of the values in a loop: which stay the same, and which follow the loop's counter in a straight line.

use rustc_hash::FxHashMap;

use super::effects::{Effects as Memory, Written};
use crate::mir::analysis::{Loop, Ssa, ValueId};
use crate::mir::*;

/// Where a value is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Site {
    /// By the caller.
    Param,
    /// By the phi of its register at the start of a block.
    Phi(Block),
    /// By an instruction.
    Inst(Block, usize),
    /// By a terminator.
    Term(Block),
}

/// The site of each value.
pub(super) fn sites(func: &Function, ssa: &Ssa) -> Vec<Site> {
    let mut sites = vec![Site::Param; ssa.value_count()];
    for &block in ssa.order() {
        for phi in ssa.phis(block) {
            sites[phi.value.idx()] = Site::Phi(block);
        }
        let count = func.blocks[block.idx()].insts.len();
        for i in 0..count {
            if let Some(value) = ssa.def(block, i) {
                sites[value.idx()] = Site::Inst(block, i);
            }
        }
        if let Some(value) = ssa.term_def(block) {
            sites[value.idx()] = Site::Term(block);
        }
    }
    sites
}

/// How a value of a loop depends on its counter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// It is the same in every turn.
    Invariant,
    /// A constant number times the counter plus a constant number, as long as nothing wraps.
    Linear,
}

/// A loop that counts: in the blocks that `body` dominates the counter lies between its first value and `last`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counter {
    /// The counter at the start of a turn.
    pub phi: ValueId,
    /// Its register; on the way into the loop it holds the first value.
    pub reg: Reg,
    /// The block after the test that lets a turn begin.
    pub body: Block,
    /// What the counter is compared with.
    pub bound: ValueId,
    /// Whether the bound itself is reached.
    pub is_inclusive: bool,
    /// Upwards, or downwards.
    pub is_up: bool,
    /// By how much, an invariant value.
    pub step: ValueId,
    /// What that is, if known and not 0.
    pub known_step: Option<u64>,
}

/// One loop of a function in SSA form.
pub(super) struct View<'a> {
    pub func: &'a Function,
    pub ssa: &'a Ssa,
    sites: &'a [Site],
    is_inside: FxHashMap<Block, ()>,
    header: Block,
    pub written: Written,
    counter: Option<ValueId>,
    shapes: FxHashMap<ValueId, Option<Shape>>,
}

/// Longest chain of definitions that is followed.
const DEPTH: u32 = 64;

impl<'a> View<'a> {
    /// The loop of these blocks; what cannot be reached is left out.
    pub fn new(
        func: &'a Function,
        ssa: &'a Ssa,
        sites: &'a [Site],
        of: &Loop,
        functions: &[Memory],
    ) -> View<'a> {
        let mut written = Written::default();
        let mut is_inside = FxHashMap::default();
        for &block in of.blocks.iter().filter(|&&block| ssa.cfg.is_reachable(block)) {
            is_inside.insert(block, ());
            for inst in &func.blocks[block.idx()].insts {
                written.add(inst, |reg| func.ty(reg), functions);
            }
        }
        let shapes = FxHashMap::default();
        View { func, ssa, sites, is_inside, header: of.header, written, counter: None, shapes }
    }

    /// Where a value is made.
    pub fn site(&self, value: ValueId) -> Site {
        // A value that is never read before it is written is not asked for; if it were, nothing would be known of it.
        self.sites.get(value.idx()).copied().unwrap_or(Site::Param)
    }

    /// Whether a value is made before the loop; then its register holds it on the way in.
    pub fn is_outside(&self, value: ValueId) -> bool {
        match self.site(value) {
            Site::Param => true,
            Site::Phi(block) | Site::Inst(block, _) | Site::Term(block) => !self.contains(block),
        }
    }

    fn contains(&self, block: Block) -> bool {
        self.is_inside.contains_key(&block)
    }

    /// Whether one block comes before another on every way.
    pub fn dominates(&self, a: Block, b: Block) -> bool {
        self.ssa.doms.dominates(&self.ssa.cfg, a, b)
    }

    /// The instruction of the loop that makes a value.
    pub fn inst(&self, value: ValueId) -> Option<(&'a Inst, &'a [ValueId])> {
        match self.site(value) {
            Site::Inst(block, at) if self.contains(block) => {
                Some((&self.func.blocks[block.idx()].insts[at], self.ssa.uses(block, at)))
            }
            Site::Param | Site::Phi(_) | Site::Inst(..) | Site::Term(_) => None,
        }
    }

    /// The instruction that makes a value, wherever it is.
    fn made_by(&self, value: ValueId) -> Option<&'a Inst> {
        match self.site(value) {
            Site::Inst(block, at) => Some(&self.func.blocks[block.idx()].insts[at]),
            Site::Param | Site::Phi(_) | Site::Term(_) => None,
        }
    }

    /// The value that a value of the loop is a copy of.
    fn origin(&self, mut value: ValueId) -> ValueId {
        while let Some((Inst { op: Op::Core(CoreOp::Mov { .. }), .. }, uses)) = self.inst(value) {
            value = uses[0];
        }
        value
    }

    /// How a value depends on the counter; `None` when that is not known.
    pub fn shape(&mut self, value: ValueId) -> Option<Shape> {
        self.shape_within(value, DEPTH)
    }

    fn shape_within(&mut self, value: ValueId, depth: u32) -> Option<Shape> {
        if value == ValueId::UNDEFINED {
            return None;
        }
        if self.is_outside(value) {
            return Some(Shape::Invariant);
        }
        if self.counter == Some(value) {
            return Some(Shape::Linear);
        }
        if let Some(&known) = self.shapes.get(&value) {
            return known;
        }
        let depth = depth.checked_sub(1)?;
        let (inst, uses) = self.inst(value)?;
        let mut shapes = Vec::with_capacity(uses.len());
        for &used in uses {
            shapes.push(self.shape_within(used, depth)?);
        }
        let shape = self.shape_of(inst, uses, &shapes);
        self.shapes.insert(value, shape);
        shape
    }

    fn shape_of(&self, inst: &Inst, uses: &[ValueId], shapes: &[Shape]) -> Option<Shape> {
        if shapes.iter().all(|&shape| shape == Shape::Invariant) {
            return self.can_come_early(inst, uses).then_some(Shape::Invariant);
        }
        let is_int = inst.dst.is_some_and(|dst| self.func.ty(dst).is_int());
        let is_linear = match inst.op {
            Op::Core(CoreOp::Mov { .. }) => true,
            Op::Core(CoreOp::Add { .. } | CoreOp::Sub { .. }) => is_int,
            Op::Core(CoreOp::Mul { .. }) => is_int && shapes.contains(&Shape::Invariant),
            Op::Core(CoreOp::Resize { a } | CoreOp::Extend { a }) => {
                inst.dst.is_some_and(|dst| keeps_value(self.func.ty(a), self.func.ty(dst)))
            }
            Op::Core(_) | Op::Rich(_) => false,
        };
        is_linear.then_some(Shape::Linear)
    }

    /// Whether an instruction whose operands are known before the loop may be executed there, once, although the loop
    /// may not execute it at all.
    fn can_come_early(&self, inst: &Inst, uses: &[ValueId]) -> bool {
        if let Op::Core(CoreOp::Load { alias, .. }) = inst.op {
            let addr = self.made_by(uses[0]).map(|addr| addr.op);
            // A payload may not be there unless the code in front of its address has found that it is.
            let is_payload =
                matches!(addr, Some(Op::Core(CoreOp::VariantAddr { .. } | CoreOp::PtrAdd { .. })));
            let is_field = matches!(addr, Some(Op::Core(CoreOp::FieldAddr { .. })));
            let Some(dst) = inst.dst else { return false };
            return (self.is_outside(uses[0]) || !is_payload)
                && self.written.leaves(self.func.ty(dst), alias, is_field);
        }
        if let Op::Rich(RichOp::IndexCheck { .. }) = inst.op {
            return true;
        }
        let info = inst.op.info();
        let has_list = info.fields.iter().any(|field| field.kind == "RegList");
        info.effects == Effects::NONE && info.tier == Tier::Core && !has_list && inst.dst.is_some()
    }

    /// The counter of the loop; afterwards the shapes of values are relative to it.
    pub fn find_counter(&mut self) -> Option<Counter> {
        let header = &self.func.blocks[self.header.idx()];
        let Terminator::Branch { then, otherwise, .. } = header.term else { return None };
        let (body, negated) = match (self.contains(then), self.contains(otherwise)) {
            (true, false) => (then, false),
            (false, true) => (otherwise, true),
            (true, true) | (false, false) => return None,
        };
        if body == self.header || self.ssa.cfg.preds(body).len() != 1 {
            return None;
        }
        let test = self.origin(*self.ssa.term_uses(self.header).first()?);
        let (inst, uses) = self.inst(test)?;
        let mut relation = Relation::of(&inst.op)?;
        if negated {
            relation = relation.negated();
        }
        let [a, b] = [uses[0], uses[1]].map(|used| self.origin(used));
        let (phi, bound, relation) = match (self.site(a), self.site(b)) {
            (Site::Phi(at), _) if at == self.header => (a, uses[1], relation),
            (_, Site::Phi(at)) if at == self.header => (b, uses[0], relation.swapped()),
            _ => return None,
        };
        if !self.func.ty(self.ssa.reg(phi)).is_int() || self.shape(bound) != Some(Shape::Invariant) {
            return None;
        }
        let (is_up, step, known_step) = self.step(phi)?;
        if is_up != relation.is_below() {
            return None;
        }
        self.counter = Some(phi);
        self.shapes.clear();
        let (reg, is_inclusive) = (self.ssa.reg(phi), relation.is_inclusive());
        Some(Counter { phi, reg, body, bound, is_inclusive, is_up, step, known_step })
    }

    /// By how much every turn changes a phi of the header: whether upwards, the step, and the step if it is a constant
    /// above 0. A step in a register must be found to be above 0 before the loop.
    fn step(&mut self, phi: ValueId) -> Option<(bool, ValueId, Option<u64>)> {
        let merged = *self.ssa.phis(self.header).iter().find(|candidate| candidate.value == phi)?;
        let args = self.ssa.phi_args(self.header, &merged);
        let mut found: Option<(bool, ValueId, Option<u64>)> = None;
        for (from, &arg) in self.ssa.cfg.preds(self.header).zip(args) {
            if !self.contains(from) {
                continue;
            }
            let (inst, uses) = self.inst(self.origin(arg))?;
            let (is_up, base, step) = match inst.op {
                Op::Core(CoreOp::Add { .. }) if self.origin(uses[1]) == phi => (true, uses[1], uses[0]),
                Op::Core(CoreOp::Add { .. }) => (true, uses[0], uses[1]),
                Op::Core(CoreOp::Sub { .. }) => (false, uses[0], uses[1]),
                Op::Core(_) | Op::Rich(_) => return None,
            };
            if self.origin(base) != phi || self.shape(step) != Some(Shape::Invariant) {
                return None;
            }
            let known = match self.constant(step) {
                Some(bits) if bits != 0 && bits >> 63 == 0 => Some(bits),
                Some(_) => return None,
                None => None,
            };
            match found {
                Some((up, other, other_known))
                    if up != is_up || other_known != known || known.is_none() && other != step =>
                {
                    return None;
                }
                Some(_) => {}
                None => found = Some((is_up, step, known)),
            }
        }
        found
    }

    fn constant(&self, value: ValueId) -> Option<u64> {
        let (mut value, mut budget) = (value, DEPTH);
        loop {
            let Site::Inst(block, at) = self.site(value) else { return None };
            match self.func.blocks[block.idx()].insts[at].op {
                Op::Core(CoreOp::Const { bits }) => return Some(bits.0),
                Op::Core(CoreOp::Mov { .. }) if budget > 0 => value = self.ssa.uses(block, at)[0],
                Op::Core(_) | Op::Rich(_) => return None,
            }
            budget -= 1;
        }
    }
}

/// Whether every number of one integer type is the same number in another.
fn keeps_value(from: Ty, to: Ty) -> bool {
    match (from.fixed_bits(), to.fixed_bits()) {
        (Some(narrow), Some(wide)) if from.is_signed() == to.is_signed() => narrow <= wide,
        (Some(narrow), Some(wide)) => !from.is_signed() && narrow < wide,
        // The width of `usize` depends on the target, and is never above 64.
        (None, Some(64)) => from.is_signed() == to.is_signed(),
        (None, None) => from == to,
        (Some(_) | None, _) => false,
    }
}

/// An order between the counter, on the left, and the bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Relation {
    Below,
    BelowOrAt,
    Above,
    AboveOrAt,
}

impl Relation {
    fn of(op: &Op) -> Option<Relation> {
        match op {
            Op::Core(CoreOp::Lt { .. }) => Some(Relation::Below),
            Op::Core(CoreOp::Le { .. }) => Some(Relation::BelowOrAt),
            Op::Core(CoreOp::Gt { .. }) => Some(Relation::Above),
            Op::Core(CoreOp::Ge { .. }) => Some(Relation::AboveOrAt),
            Op::Core(_) | Op::Rich(_) => None,
        }
    }

    fn negated(self) -> Relation {
        match self {
            Relation::Below => Relation::AboveOrAt,
            Relation::BelowOrAt => Relation::Above,
            Relation::Above => Relation::BelowOrAt,
            Relation::AboveOrAt => Relation::Below,
        }
    }

    fn swapped(self) -> Relation {
        match self {
            Relation::Below => Relation::Above,
            Relation::BelowOrAt => Relation::AboveOrAt,
            Relation::Above => Relation::Below,
            Relation::AboveOrAt => Relation::BelowOrAt,
        }
    }

    fn is_below(self) -> bool {
        matches!(self, Relation::Below | Relation::BelowOrAt)
    }

    fn is_inclusive(self) -> bool {
        matches!(self, Relation::BelowOrAt | Relation::AboveOrAt)
    }
}
