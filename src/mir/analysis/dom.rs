//! Dominators, by the Semi-NCA algorithm of Georgiadis: a loop like Cooper, Harvey and Kennedy's is quadratic where
//! many blocks of a long chain share one exit, which is what checks with a common panic block are.

use super::cfg::{Cfg, starts};
use crate::mir::Block;

/// The dominator tree of the reachable blocks.
#[derive(Debug)]
pub struct Dominators {
    /// By position, the position of the immediate dominator; the entry's is its own.
    idom: Vec<u32>,
    /// Positions in pre-order of the tree.
    preorder: Vec<u32>,
    /// By position, its index in `preorder`.
    enter: Vec<u32>,
    /// By position, the index behind its subtree in `preorder`.
    leave: Vec<u32>,
}

impl Dominators {
    /// The tree of a graph.
    pub fn new(cfg: &Cfg) -> Dominators {
        let idom = immediate(cfg);
        let count = idom.len();
        let mut children_count = vec![0; count];
        for &parent in &idom[1..] {
            children_count[parent as usize] += 1;
        }
        let child_start = starts(&children_count);
        let mut next = child_start.clone();
        let mut children = vec![0; count.saturating_sub(1)];
        for (child, &parent) in idom.iter().enumerate().skip(1) {
            children[next[parent as usize] as usize] = child as u32;
            next[parent as usize] += 1;
        }
        let mut preorder = Vec::with_capacity(count);
        let mut enter = vec![0; count];
        let mut stack = vec![0u32];
        while let Some(at) = stack.pop() {
            enter[at as usize] = preorder.len() as u32;
            preorder.push(at);
            let row = child_start[at as usize] as usize..child_start[at as usize + 1] as usize;
            stack.extend(children[row].iter().rev());
        }
        let mut size = vec![1u32; count];
        for &at in preorder.iter().skip(1).rev() {
            size[idom[at as usize] as usize] += size[at as usize];
        }
        let leave = enter.iter().zip(&size).map(|(enter, size)| enter + size).collect();
        Dominators { idom, preorder, enter, leave }
    }

    /// The nearest block that every path from the entry to `block` goes through before it; `None` for the entry and
    /// for what is unreachable.
    pub fn immediate(&self, cfg: &Cfg, block: Block) -> Option<Block> {
        let at = cfg.position(block).filter(|&at| at != 0)?;
        Some(cfg.order()[self.idom[at as usize] as usize])
    }

    /// Whether every path from the entry to `b` goes through `a`; a block dominates itself. False when one of them is
    /// unreachable.
    pub fn dominates(&self, cfg: &Cfg, a: Block, b: Block) -> bool {
        let (Some(a), Some(b)) = (cfg.position(a), cfg.position(b)) else { return false };
        let (a, b) = (a as usize, b as usize);
        self.enter[a] <= self.enter[b] && self.enter[b] < self.leave[a]
    }

    pub(super) fn idom(&self, position: u32) -> u32 {
        self.idom[position as usize]
    }

    pub(super) fn preorder(&self) -> &[u32] {
        &self.preorder
    }

    /// Whether the subtree of a position holds another.
    pub(super) fn holds(&self, root: u32, position: u32) -> bool {
        let (root, at) = (root as usize, self.enter[position as usize]);
        self.enter[root] <= at && at < self.leave[root]
    }

    /// By position, the blocks where its dominance ends: joins that it reaches and does not strictly dominate. As rows
    /// of a flat table: where they start, and the table.
    pub(super) fn frontiers(&self, cfg: &Cfg) -> (Vec<u32>, Vec<u32>) {
        let count = self.idom.len();
        let mut pairs = Vec::new();
        let mut sizes = vec![0; count];
        let mut last_join = vec![u32::MAX; count];
        for join in 0..count as u32 {
            let preds = cfg.pred_positions(join);
            if preds.len() < 2 {
                continue;
            }
            for &pred in preds {
                let mut at = pred;
                // What stands above a block that has the join already has it too.
                while at != self.idom(join) && last_join[at as usize] != join {
                    last_join[at as usize] = join;
                    pairs.push((at, join));
                    sizes[at as usize] += 1;
                    at = self.idom(at);
                }
            }
        }
        let start = starts(&sizes);
        let mut next = start.clone();
        let mut table = vec![0; pairs.len()];
        for (at, join) in pairs {
            table[next[at as usize] as usize] = join;
            next[at as usize] += 1;
        }
        (start, table)
    }
}

fn immediate(cfg: &Cfg) -> Vec<u32> {
    let count = cfg.order().len();
    // Numbers are those of a depth-first walk; `vertex` and `number` translate from and to positions.
    let mut number = vec![u32::MAX; count];
    let mut vertex = Vec::with_capacity(count);
    let mut parent = Vec::with_capacity(count);
    let mut stack = vec![(0u32, 0u32)];
    while let Some((at, from)) = stack.pop() {
        if number[at as usize] != u32::MAX {
            continue;
        }
        let me = vertex.len() as u32;
        number[at as usize] = me;
        vertex.push(at);
        parent.push(from);
        stack.extend(cfg.succ_edges(at).iter().rev().map(|edge| (edge.to, me)));
    }
    let mut forest =
        Forest { ancestor: parent.clone(), label: (0..count as u32).collect(), path: Vec::new() };
    let mut semi: Vec<u32> = (0..count as u32).collect();
    for w in (1..count as u32).rev() {
        let mut best = parent[w as usize];
        for &pred in cfg.pred_positions(vertex[w as usize]) {
            let candidate = forest.lowest(number[pred as usize], w, &semi);
            best = best.min(semi[candidate as usize]);
        }
        semi[w as usize] = best;
    }
    let mut idom = parent;
    for w in 1..count {
        while idom[w] > semi[w] {
            idom[w] = idom[idom[w] as usize];
        }
    }
    let mut by_position = vec![0; count];
    for w in 1..count {
        by_position[vertex[w] as usize] = vertex[idom[w] as usize];
    }
    by_position
}

/// The part of the depth-first tree that is done, with compressed paths.
struct Forest {
    ancestor: Vec<u32>,
    label: Vec<u32>,
    path: Vec<u32>,
}

impl Forest {
    /// The vertex of the lowest semidominator on the path from `v` up to the root of its tree, where vertices above
    /// `last` are linked.
    fn lowest(&mut self, v: u32, last: u32, semi: &[u32]) -> u32 {
        if v <= last {
            return v;
        }
        self.path.clear();
        let mut at = v;
        while self.ancestor[at as usize] > last {
            self.path.push(at);
            at = self.ancestor[at as usize];
        }
        // `at` is the topmost linked vertex: what is above it is not linked.
        let (top, mut best) = (self.ancestor[at as usize], self.label[at as usize]);
        while let Some(below) = self.path.pop() {
            let own = self.label[below as usize];
            if semi[best as usize] < semi[own as usize] {
                self.label[below as usize] = best;
            } else {
                best = own;
            }
            self.ancestor[below as usize] = top;
        }
        self.label[v as usize]
    }
}
