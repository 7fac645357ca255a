//! Natural loops without loops inside.

use super::cfg::Cfg;
use super::dom::Dominators;
use crate::mir::Block;

/// A natural loop: the blocks from which its header is reached again, all dominated by the header.
#[derive(Clone, Debug)]
pub struct Loop {
    /// The only block by which it is entered.
    pub header: Block,
    /// Its blocks in the order of [`Cfg::order`]; the header is the first.
    pub blocks: Vec<Block>,
}

/// The loops that contain no other loop, in the order of their headers.
///
/// Every block is looked at once: a walk that meets a block of another loop stops, for it started at an outer header.
pub fn innermost(cfg: &Cfg, doms: &Dominators, block_count: usize) -> Vec<Loop> {
    // By block, the header of the innermost loop around it that was looked at.
    let mut owner: Vec<Option<Block>> = vec![None; block_count];
    let mut loops = Vec::new();
    // Headers of inner loops come after those of the loops around them.
    for &header in cfg.order().iter().rev() {
        let mut work: Vec<Block> =
            cfg.preds(header).filter(|&pred| doms.dominates(cfg, header, pred)).collect();
        if work.is_empty() {
            continue;
        }
        owner[header.idx()] = Some(header);
        let mut blocks = vec![header];
        let mut is_innermost = true;
        while let Some(block) = work.pop() {
            match owner[block.idx()] {
                Some(other) => is_innermost &= other == header,
                None => {
                    owner[block.idx()] = Some(header);
                    blocks.push(block);
                    work.extend(cfg.preds(block));
                }
            }
        }
        if is_innermost {
            blocks.sort_unstable_by_key(|&block| cfg.position(block));
            loops.push(Loop { header, blocks });
        }
    }
    loops.reverse();
    loops
}
