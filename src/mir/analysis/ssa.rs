//! Pruned SSA form over the mutable registers.
//!
//! The function itself is not changed: the result says, beside it, which value each use reads and each definition
//! makes, and which phis stand at which blocks. Phis are placed by iterated dominance frontiers (Cytron et al.) where the
//! register is live, and only for registers with several definitions that are live across blocks.

use super::cfg::{Cfg, starts};
use super::dom::Dominators;
use crate::mir::*;

/// A value: one definition of a register. Dense; parameters come first, then definitions in the order of
/// [`Ssa::order`], phis of a block before its instructions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ValueId(pub u32);

impl ValueId {
    /// What a register holds before it is written. Verified functions never read it.
    pub const UNDEFINED: ValueId = ValueId(u32::MAX);

    /// As an index.
    pub fn idx(self) -> usize {
        self.0 as usize
    }
}

/// The merge of a register's values at the start of a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Phi {
    /// The register merged.
    pub reg: Reg,
    /// The value made.
    pub value: ValueId,
    start: u32,
}

/// SSA form of a function.
///
/// ```text
/// for &block in ssa.order() {
///     for phi in ssa.phis(block) { /* phi.value, zip(ssa.cfg.preds(block), ssa.phi_args(block, phi)) */ }
///     for (i, inst) in func.block(block).insts.iter().enumerate() { /* ssa.uses(block, i), ssa.def(block, i) */ }
///     /* ssa.term_uses(block), ssa.term_def(block) */
/// }
/// ```
#[derive(Debug)]
pub struct Ssa {
    /// Reachable blocks and edges.
    pub cfg: Cfg,
    /// Their dominators.
    pub doms: Dominators,
    /// By value, the register it is a definition of.
    regs: Vec<Reg>,
    /// By position, where its phis start; one more at the end.
    phi_start: Vec<u32>,
    phis: Vec<Phi>,
    phi_args: Vec<ValueId>,
    /// By position, the number of its first instruction; the terminator has the last number of its block.
    first: Vec<u32>,
    /// By instruction number, where its uses start; one more at the end.
    use_start: Vec<u32>,
    uses: Vec<ValueId>,
    /// By instruction number; [`ValueId::UNDEFINED`] when nothing is defined.
    defs: Vec<ValueId>,
}

impl Ssa {
    /// The SSA form of a function with a body. With `forward_moves`, a `mov` makes no value: its definition is the
    /// value it copies, and a consumer has nothing to do for it.
    pub fn new(func: &Function, forward_moves: bool) -> Ssa {
        let cfg = Cfg::new(func);
        let doms = Dominators::new(&cfg);
        let scan = Scan::new(func, &cfg, forward_moves);
        let placed = place_phis(&cfg, &doms, &scan);
        rename(func, cfg, doms, scan, &placed)
    }

    /// The reachable blocks, each after its dominators; the entry first.
    pub fn order(&self) -> &[Block] {
        self.cfg.order()
    }

    /// Number of values.
    pub fn value_count(&self) -> usize {
        self.regs.len()
    }

    /// The value of a parameter.
    pub fn param(&self, index: usize) -> ValueId {
        ValueId(index as u32)
    }

    /// The register that a value is a definition of: it has the value's type and name.
    pub fn reg(&self, value: ValueId) -> Reg {
        self.regs[value.idx()]
    }

    /// The phis at the start of a reachable block, by register.
    pub fn phis(&self, block: Block) -> &[Phi] {
        let Some(at) = self.cfg.position(block) else { return &[] };
        &self.phis[self.phi_start[at as usize] as usize..self.phi_start[at as usize + 1] as usize]
    }

    /// A phi's values, one for each edge into its block, in the order of [`Cfg::preds`].
    pub fn phi_args(&self, block: Block, phi: &Phi) -> &[ValueId] {
        let len = self.cfg.preds(block).len();
        &self.phi_args[phi.start as usize..phi.start as usize + len]
    }

    /// The values that instruction `inst` of a reachable block reads, in field order, lists in place.
    pub fn uses(&self, block: Block, inst: usize) -> &[ValueId] {
        let Some(number) = self.number(block, inst) else { return &[] };
        &self.uses[self.use_start[number] as usize..self.use_start[number + 1] as usize]
    }

    /// The value that instruction `inst` of a reachable block makes.
    pub fn def(&self, block: Block, inst: usize) -> Option<ValueId> {
        self.number(block, inst).map(|n| self.defs[n]).filter(|&value| value != ValueId::UNDEFINED)
    }

    /// The values that the terminator of a reachable block reads, in field order.
    pub fn term_uses(&self, block: Block) -> &[ValueId] {
        self.uses(block, self.inst_count(block))
    }

    /// The value that the terminator of a reachable block makes.
    pub fn term_def(&self, block: Block) -> Option<ValueId> {
        self.def(block, self.inst_count(block))
    }

    fn number(&self, block: Block, inst: usize) -> Option<usize> {
        self.cfg.position(block).map(|at| self.first[at as usize] as usize + inst)
    }

    fn inst_count(&self, block: Block) -> usize {
        let Some(at) = self.cfg.position(block) else { return 0 };
        (self.first[at as usize + 1] - self.first[at as usize]) as usize - 1
    }

    /// Calls `visit` with each argument of each phi and the phi's value.
    fn each_phi_arg(&self, mut visit: impl FnMut(ValueId, ValueId)) {
        for &block in self.order() {
            for phi in self.phis(block) {
                self.phi_args(block, phi).iter().for_each(|&arg| visit(arg, phi.value));
            }
        }
    }

    /// Reads that a path from the entry reaches without a write: block, index of the instruction (the number of
    /// instructions for the terminator) and register, in the order of [`Ssa::order`]. Only for a form made without
    /// forwarding.
    pub fn reads_before_writes(&self, func: &Function) -> Vec<(Block, usize, Reg)> {
        let mut tainted = vec![false; self.value_count()];
        let mut work = Vec::new();
        // By value, the phis that merge it.
        let mut counts = vec![0; self.value_count()];
        self.each_phi_arg(|arg, phi| match arg {
            ValueId::UNDEFINED => work.push(phi),
            _ => counts[arg.idx()] += 1,
        });
        let start = starts(&counts);
        let mut next = start.clone();
        let mut merged = vec![ValueId::UNDEFINED; start[counts.len()] as usize];
        self.each_phi_arg(|arg, phi| {
            if arg != ValueId::UNDEFINED {
                merged[next[arg.idx()] as usize] = phi;
                next[arg.idx()] += 1;
            }
        });
        while let Some(value) = work.pop() {
            if !std::mem::replace(&mut tainted[value.idx()], true) {
                work.extend(&merged[start[value.idx()] as usize..start[value.idx() + 1] as usize]);
            }
        }
        let mut found = Vec::new();
        for &block in self.order() {
            let data = &func.blocks[block.idx()];
            for at in 0..=data.insts.len() {
                let mut values = self.uses(block, at).iter();
                each_use(func, data, at, |reg| {
                    let value = values.next().copied().unwrap_or(ValueId::UNDEFINED);
                    if value == ValueId::UNDEFINED || tainted[value.idx()] {
                        found.push((block, at, reg));
                    }
                });
            }
        }
        found
    }
}

/// The registers that an instruction, or behind the last one the terminator, reads.
fn each_use(func: &Function, block: &BlockData, at: usize, visit: impl FnMut(Reg)) {
    match block.insts.get(at) {
        Some(inst) => inst.op.each_use(&func.pool, visit),
        None => block.term.each_use(&func.pool, visit),
    }
}

/// What an instruction, or behind the last one the terminator, writes.
fn write_of(block: &BlockData, at: usize, forward_moves: bool) -> Write {
    let (dst, is_copy) = match block.insts.get(at) {
        Some(inst) => (inst.dst, matches!(inst.op, Op::Core(CoreOp::Mov { .. }))),
        None => (block.term.def(), false),
    };
    match dst {
        None => Write::Nothing,
        Some(reg) if is_copy && forward_moves => Write::Forwards(reg),
        Some(reg) => Write::Makes(reg),
    }
}

/// Operands of an instruction, as many as most have: what room is taken for at once.
const USUAL_READS: usize = 2;

/// What one walk over the reachable instructions finds.
struct Scan {
    first: Vec<u32>,
    use_start: Vec<u32>,
    /// The registers read, as `use_start` divides them.
    reads: Vec<Reg>,
    /// By instruction number.
    writes: Vec<Write>,
    /// By position, values that its instructions make.
    made: Vec<u32>,
    /// Registers that may need phis: several definitions, and read in a block before a definition there.
    candidates: Vec<Reg>,
    /// Each register's blocks that write it, repeats left out.
    def_blocks: Rows,
    /// Each register's blocks that read it before they write it.
    exposed_blocks: Rows,
}

/// What an instruction does to a register.
#[derive(Clone, Copy)]
enum Write {
    Nothing,
    /// Gives it a new value.
    Makes(Reg),
    /// Gives it the value that the instruction's one operand has.
    Forwards(Reg),
}

/// What the walk knows of a register so far.
#[derive(Clone, Copy)]
struct Seen {
    defs: u32,
    /// Positions of the last block that wrote it, and of the last that read it before it wrote it.
    last_def: u32,
    last_exposed: u32,
}

/// Positions of blocks by register.
struct Rows {
    start: Vec<u32>,
    blocks: Vec<u32>,
}

impl Rows {
    fn new(regs: usize, pairs: &[(Reg, u32)]) -> Rows {
        let mut counts = vec![0; regs];
        for (reg, _) in pairs {
            counts[reg.idx()] += 1;
        }
        let start = starts(&counts);
        let mut next = start.clone();
        let mut blocks = vec![0; pairs.len()];
        for &(reg, block) in pairs {
            blocks[next[reg.idx()] as usize] = block;
            next[reg.idx()] += 1;
        }
        Rows { start, blocks }
    }

    fn of(&self, reg: Reg) -> &[u32] {
        &self.blocks[self.start[reg.idx()] as usize..self.start[reg.idx() + 1] as usize]
    }
}

impl Scan {
    fn new(func: &Function, cfg: &Cfg, forward_moves: bool) -> Scan {
        const NEVER: u32 = u32::MAX;
        let regs = func.regs.len();
        let params = func.params.len();
        let insts: usize = cfg.order().iter().map(|block| func.blocks[block.idx()].insts.len() + 1).sum();
        let mut seen = vec![Seen { defs: 0, last_def: NEVER, last_exposed: NEVER }; regs];
        let mut def_pairs: Vec<(Reg, u32)> = Vec::with_capacity(params + insts);
        // Parameters are written before any instruction.
        for (reg, seen) in seen.iter_mut().take(params).enumerate() {
            seen.defs = 1;
            def_pairs.push((Reg(reg as u32), 0));
        }
        let mut exposed_pairs = Vec::new();
        let mut first = Vec::with_capacity(cfg.order().len() + 1);
        let mut made = Vec::with_capacity(cfg.order().len());
        let mut use_start = Vec::with_capacity(insts + 1);
        let mut reads: Vec<Reg> = Vec::with_capacity(insts * USUAL_READS);
        let mut writes = Vec::with_capacity(insts);
        first.push(0);
        use_start.push(0);
        for (position, block) in cfg.order().iter().enumerate() {
            let position = position as u32;
            let data = &func.blocks[block.idx()];
            let mut values = 0;
            for at in 0..=data.insts.len() {
                each_use(func, data, at, |reg| {
                    reads.push(reg);
                    let seen = &mut seen[reg.idx()];
                    if seen.last_def != position && seen.last_exposed != position {
                        seen.last_exposed = position;
                        exposed_pairs.push((reg, position));
                    }
                });
                use_start.push(reads.len() as u32);
                let write = write_of(data, at, forward_moves);
                writes.push(write);
                let reg = match write {
                    Write::Nothing => continue,
                    Write::Makes(reg) => {
                        values += 1;
                        reg
                    }
                    Write::Forwards(reg) => reg,
                };
                let seen = &mut seen[reg.idx()];
                seen.defs += 1;
                if std::mem::replace(&mut seen.last_def, position) != position {
                    def_pairs.push((reg, position));
                }
            }
            made.push(values);
            first.push(writes.len() as u32);
        }
        // A register with one definition needs no phi: the definition is on every path to each of its uses.
        exposed_pairs.retain(|(reg, _)| seen[reg.idx()].defs > 1);
        def_pairs.retain(|(reg, _)| seen[reg.idx()].defs > 1);
        let exposed_blocks = Rows::new(regs, &exposed_pairs);
        let candidates =
            (0..regs as u32).map(Reg).filter(|&reg| !exposed_blocks.of(reg).is_empty()).collect();
        let def_blocks = Rows::new(regs, &def_pairs);
        Scan { first, use_start, reads, writes, made, candidates, def_blocks, exposed_blocks }
    }
}

/// Where phis stand: position and register, by register.
fn place_phis(cfg: &Cfg, doms: &Dominators, scan: &Scan) -> Vec<(u32, Reg)> {
    let mut placed = Vec::new();
    if scan.candidates.is_empty() {
        return placed;
    }
    let (frontier_start, frontiers) = doms.frontiers(cfg);
    let count = cfg.order().len();
    // Each holds, by position, the last register for which the block was so marked: cleared without being touched.
    let mut writes = vec![u32::MAX; count];
    let mut live_in = vec![u32::MAX; count];
    let mut has_phi = vec![u32::MAX; count];
    let mut work: Vec<u32> = Vec::new();
    for &reg in &scan.candidates {
        for &at in scan.def_blocks.of(reg) {
            writes[at as usize] = reg.0;
        }
        for &at in scan.exposed_blocks.of(reg) {
            live_in[at as usize] = reg.0;
            work.push(at);
        }
        while let Some(at) = work.pop() {
            for &pred in cfg.pred_positions(at) {
                let p = pred as usize;
                if writes[p] != reg.0 && std::mem::replace(&mut live_in[p], reg.0) != reg.0 {
                    work.push(pred);
                }
            }
        }
        work.extend(scan.def_blocks.of(reg));
        while let Some(at) = work.pop() {
            let row = frontier_start[at as usize] as usize..frontier_start[at as usize + 1] as usize;
            for &join in &frontiers[row] {
                let j = join as usize;
                if live_in[j] == reg.0 && std::mem::replace(&mut has_phi[j], reg.0) != reg.0 {
                    placed.push((join, reg));
                    work.push(join);
                }
            }
        }
    }
    placed
}

/// Walks the dominator tree with the value that each register holds.
fn rename(func: &Function, cfg: Cfg, doms: Dominators, scan: Scan, placed: &[(u32, Reg)]) -> Ssa {
    let count = cfg.order().len();
    let params = func.params.len();
    let mut phi_counts = vec![0; count];
    for &(at, _) in placed {
        phi_counts[at as usize] += 1;
    }
    let phi_start = starts(&phi_counts);
    // Values are numbered by block in order, phis first.
    let mut next_value = Vec::with_capacity(count);
    let mut values = params as u32;
    for (phis, made) in phi_counts.iter().zip(&scan.made) {
        next_value.push(values);
        values += phis + made;
    }
    let mut regs = vec![Reg(0); values as usize];
    for (i, reg) in regs.iter_mut().take(params).enumerate() {
        *reg = Reg(i as u32);
    }
    let mut phis = vec![Phi { reg: Reg(0), value: ValueId::UNDEFINED, start: 0 }; placed.len()];
    let mut next_phi = phi_start.clone();
    let mut arg_count = 0;
    for &(at, reg) in placed {
        let a = at as usize;
        let value = ValueId(next_value[a]);
        next_value[a] += 1;
        regs[value.idx()] = reg;
        phis[next_phi[a] as usize] = Phi { reg, value, start: arg_count };
        next_phi[a] += 1;
        arg_count += cfg.pred_positions(at).len() as u32;
    }
    let mut phi_args = vec![ValueId::UNDEFINED; arg_count as usize];
    let mut uses = vec![ValueId::UNDEFINED; scan.reads.len()];
    let mut defs = vec![ValueId::UNDEFINED; scan.writes.len()];

    let mut current = vec![ValueId::UNDEFINED; func.regs.len()];
    for (i, value) in current.iter_mut().take(params).enumerate() {
        *value = ValueId(i as u32);
    }
    // What to put back when the walk leaves a subtree: register and value, and per open block its start.
    let mut undo: Vec<(Reg, ValueId)> = Vec::new();
    let mut open: Vec<(u32, usize)> = Vec::new();
    for &at in doms.preorder() {
        while let Some(&(root, len)) = open.last() {
            if doms.holds(root, at) {
                break;
            }
            for (reg, value) in undo.drain(len..).rev() {
                current[reg.idx()] = value;
            }
            open.pop();
        }
        open.push((at, undo.len()));
        let a = at as usize;
        for phi in &phis[phi_start[a] as usize..phi_start[a + 1] as usize] {
            undo.push((phi.reg, std::mem::replace(&mut current[phi.reg.idx()], phi.value)));
        }
        let insts = scan.first[a] as usize..scan.first[a + 1] as usize;
        let rows = scan.use_start[insts.start..=insts.end].windows(2);
        for ((def, &write), row) in defs[insts.clone()].iter_mut().zip(&scan.writes[insts]).zip(rows) {
            let row = row[0] as usize..row[1] as usize;
            for (value, reg) in uses[row.clone()].iter_mut().zip(&scan.reads[row.clone()]) {
                *value = current[reg.idx()];
            }
            let (reg, value) = match write {
                Write::Nothing => continue,
                Write::Makes(reg) => {
                    let value = ValueId(next_value[a]);
                    next_value[a] += 1;
                    regs[value.idx()] = reg;
                    (reg, value)
                }
                Write::Forwards(reg) => (reg, uses[row.start]),
            };
            *def = value;
            undo.push((reg, std::mem::replace(&mut current[reg.idx()], value)));
        }
        for edge in cfg.succ_edges(at) {
            for phi in &phis[phi_start[edge.to as usize] as usize..phi_start[edge.to as usize + 1] as usize] {
                phi_args[(phi.start + edge.slot) as usize] = current[phi.reg.idx()];
            }
        }
    }
    Ssa {
        cfg,
        doms,
        regs,
        phi_start,
        phis,
        phi_args,
        first: scan.first,
        use_start: scan.use_start,
        uses,
        defs,
    }
}
