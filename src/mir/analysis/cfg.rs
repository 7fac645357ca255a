//! The control-flow graph of what is reachable.

use crate::mir::*;

/// Reachable blocks in reverse post-order, and the edges between them. A *position* is an index into that order; the
/// entry has position 0, and a block comes after everything that dominates it.
#[derive(Debug)]
pub struct Cfg {
    order: Vec<Block>,
    /// By block; [`UNREACHABLE`] for a block that nothing leads to.
    position: Vec<u32>,
    /// By position, where the edges out of it start in `succs`; one more at the end.
    succ_start: Vec<u32>,
    succs: Vec<Edge>,
    /// By position, where the edges into it start in `preds`; one more at the end.
    pred_start: Vec<u32>,
    preds: Vec<u32>,
}

/// An edge seen from the block it leaves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    /// Position of the block it enters.
    pub to: u32,
    /// Which of that block's incoming edges it is.
    pub slot: u32,
}

const UNREACHABLE: u32 = u32::MAX;

impl Cfg {
    /// The graph of a function with at least one block.
    pub fn new(func: &Function) -> Cfg {
        let order = reverse_post_order(func);
        let mut position = vec![UNREACHABLE; func.blocks.len()];
        for (i, block) in order.iter().enumerate() {
            position[block.idx()] = i as u32;
        }
        let mut succ_start = Vec::with_capacity(order.len() + 1);
        let mut succs = Vec::with_capacity(order.len() * 2);
        let mut counts = vec![0u32; order.len()];
        succ_start.push(0);
        for block in &order {
            func.blocks[block.idx()].term.each_target(&func.cases, |target| {
                let to = position[target.idx()];
                succs.push(Edge { to, slot: counts[to as usize] });
                counts[to as usize] += 1;
            });
            succ_start.push(succs.len() as u32);
        }
        let pred_start = starts(&counts);
        let mut preds = vec![0; succs.len()];
        for from in 0..order.len() {
            for edge in &succs[succ_start[from] as usize..succ_start[from + 1] as usize] {
                preds[(pred_start[edge.to as usize] + edge.slot) as usize] = from as u32;
            }
        }
        Cfg { order, position, succ_start, succs, pred_start, preds }
    }

    /// The reachable blocks in reverse post-order.
    pub fn order(&self) -> &[Block] {
        &self.order
    }

    /// Whether a block is reachable from the entry.
    pub fn is_reachable(&self, block: Block) -> bool {
        self.position[block.idx()] != UNREACHABLE
    }

    /// The blocks that the edges into a reachable block leave, one for each edge: a switch with two cases for the block
    /// is there twice.
    pub fn preds(&self, block: Block) -> impl ExactSizeIterator<Item = Block> + '_ {
        self.pred_positions(self.position[block.idx()]).iter().map(|&p| self.order[p as usize])
    }

    pub(super) fn position(&self, block: Block) -> Option<u32> {
        Some(self.position[block.idx()]).filter(|&p| p != UNREACHABLE)
    }

    pub(super) fn pred_positions(&self, position: u32) -> &[u32] {
        let at = position as usize;
        &self.preds[self.pred_start[at] as usize..self.pred_start[at + 1] as usize]
    }

    pub(super) fn succ_edges(&self, position: u32) -> &[Edge] {
        let at = position as usize;
        &self.succs[self.succ_start[at] as usize..self.succ_start[at + 1] as usize]
    }
}

/// Running sums from 0: where the rows of a flat table start, given their lengths; one more at the end.
pub(super) fn starts(counts: &[u32]) -> Vec<u32> {
    let mut sum = 0;
    let mut starts = Vec::with_capacity(counts.len() + 1);
    starts.push(0);
    for &count in counts {
        sum += count;
        starts.push(sum);
    }
    starts
}

/// Targets are visited last to first, so that the first target of a branch comes first in the order: what the producer
/// wrote is what readers of the output see.
fn reverse_post_order(func: &Function) -> Vec<Block> {
    let mut order = Vec::with_capacity(func.blocks.len());
    let mut seen = vec![false; func.blocks.len()];
    let mut targets: Vec<Block> = Vec::new();
    // A block, and where its targets not yet visited end in `targets`; they start where those of the one below end.
    let mut stack: Vec<(Block, usize)> = Vec::new();
    let mut enter = |block: Block, targets: &mut Vec<Block>, stack: &mut Vec<(Block, usize)>| {
        if !std::mem::replace(&mut seen[block.idx()], true) {
            stack.push((block, targets.len()));
            func.blocks[block.idx()].term.each_target(&func.cases, |target| targets.push(target));
        }
    };
    enter(Block(0), &mut targets, &mut stack);
    while let Some(&(block, base)) = stack.last() {
        if targets.len() > base {
            let target = targets[targets.len() - 1];
            targets.pop();
            enter(target, &mut targets, &mut stack);
        } else {
            order.push(block);
            stack.pop();
        }
    }
    order.reverse();
    order
}
