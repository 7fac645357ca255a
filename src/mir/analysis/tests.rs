//! Analyses of small functions, with the answers written down.

use super::*;
use crate::mir::*;

/// Knuth's linear congruential generator: random enough for graphs, and the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % n
    }
}

/// A module with a function of bools to nothing, without a body.
fn module(params: usize) -> Module {
    let mut module = Module::new("test");
    let sig = Signature { params: vec![Ty::BOOL; params], ret: Ty::UNIT, variadic: false, abi: Abi::Simple };
    let sig = module.types.intern_sig(sig);
    module.funcs.push(Function::declare("f", sig, &module.types, Linkage::Internal));
    module
}

/// A function over `regs` registers, the first two of them parameters, whose blocks end at random.
fn random_function(random: &mut Random, blocks: usize, regs: usize) -> Function {
    let mut module = module(2);
    let mut b = FunctionBuilder::new(&mut module, FuncId(0));
    (2..regs).for_each(|_| {
        b.reg(Ty::BOOL);
    });
    (1..blocks).for_each(|_| {
        b.block();
    });
    for i in 0..blocks {
        b.switch_to(Block(i as u32));
        for _ in 0..random.below(4) {
            let [dst, a, c] = [0; 3].map(|_| Reg(random.below(regs) as u32));
            match random.below(3) {
                0 => b.push(Some(dst), CoreOp::Mov { a }),
                1 => b.push(Some(dst), CoreOp::Xor { a, b: c }),
                _ => b.push(Some(dst), CoreOp::Const { bits: Bits(1) }),
            }
        }
        let cond = Reg(random.below(regs) as u32);
        let mut target = || Block(1 + random.below(blocks - 1) as u32);
        match i % 5 {
            0 | 1 => b.branch(cond, target(), target(), Hint::None),
            2 => b.goto(target()),
            3 => b.switch(cond, &[(0, target()), (1, target())], target()),
            _ => b.ret(None),
        }
    }
    b.finish();
    module.funcs.remove(0)
}

fn targets(func: &Function, block: Block) -> Vec<Block> {
    let mut targets = Vec::new();
    func.blocks[block.idx()].term.each_target(&func.cases, |to| targets.push(to));
    targets
}

/// What can be reached from the entry when `without` is taken away.
fn reachable(func: &Function, without: Option<Block>) -> Vec<bool> {
    let mut seen = vec![false; func.blocks.len()];
    let mut work = vec![Block(0)];
    while let Some(block) = work.pop() {
        if Some(block) != without && !std::mem::replace(&mut seen[block.idx()], true) {
            work.extend(targets(func, block));
        }
    }
    seen
}

#[test]
fn dominators_are_what_cuts_a_block_off() {
    let mut random = Random(1);
    for size in (2..40).cycle().take(300) {
        let func = random_function(&mut random, size, 3);
        let cfg = Cfg::new(&func);
        let doms = Dominators::new(&cfg);
        let all = reachable(&func, None);
        for a in 0..size {
            let rest = reachable(&func, Some(Block(a as u32)));
            for b in 0..size {
                let (a, b) = (Block(a as u32), Block(b as u32));
                let expected = all[a.idx()] && all[b.idx()] && !rest[b.idx()];
                assert_eq!(doms.dominates(&cfg, a, b), expected, "{a:?} over {b:?}");
            }
        }
        for &block in cfg.order() {
            let above = doms.immediate(&cfg, block);
            assert_eq!(above.is_none(), block == Block(0));
            assert!(above.is_none_or(|above| doms.dominates(&cfg, above, block)));
        }
    }
}

#[test]
fn the_order_has_dominators_first_and_each_edge_a_predecessor() {
    let mut random = Random(2);
    for size in 2..60 {
        let func = random_function(&mut random, size, 3);
        let cfg = Cfg::new(&func);
        let doms = Dominators::new(&cfg);
        let at = |block: Block| cfg.order().iter().position(|&b| b == block);
        let mut edges: Vec<(Block, Block)> = cfg
            .order()
            .iter()
            .flat_map(|&from| targets(&func, from).into_iter().map(move |to| (from, to)))
            .collect();
        let mut preds: Vec<(Block, Block)> =
            cfg.order().iter().flat_map(|&to| cfg.preds(to).map(move |from| (from, to))).collect();
        edges.sort();
        preds.sort();
        assert_eq!(edges, preds);
        for &block in cfg.order() {
            assert!(doms.immediate(&cfg, block).is_none_or(|above| at(above) < at(block)));
        }
    }
}

/// Follows random paths: what each register was last given must be what SSA says is read.
fn walk(func: &Function, ssa: &Ssa, random: &mut Random, forward: bool) {
    let mut holds = vec![ValueId::UNDEFINED; func.regs.len()];
    (0..func.params.len()).for_each(|i| holds[i] = ssa.param(i));
    let mut block = Block(0);
    for _ in 0..60 {
        let data = &func.blocks[block.idx()];
        for (i, inst) in data.insts.iter().enumerate() {
            let mut read = Vec::new();
            inst.op.each_use(&func.pool, |reg| read.push(holds[reg.idx()]));
            assert_eq!(ssa.uses(block, i), read);
            let Some(dst) = inst.dst else { continue };
            holds[dst.idx()] = match inst.op {
                Op::Core(CoreOp::Mov { .. }) if forward => read[0],
                _ => ssa.def(block, i).expect("a definition makes a value"),
            };
        }
        let mut read = Vec::new();
        data.term.each_use(&func.pool, |reg| read.push(holds[reg.idx()]));
        assert_eq!(ssa.term_uses(block), read);
        let targets = targets(func, block);
        if targets.is_empty() {
            return;
        }
        let taken = random.below(targets.len());
        let to = targets[taken];
        // Edges from one block are its predecessor entries in the order of its targets.
        let nth = targets[..taken].iter().filter(|&&t| t == to).count();
        let slot = ssa.cfg.preds(to).enumerate().filter(|p| p.1 == block).nth(nth).expect("an edge").0;
        let before = holds.clone();
        for phi in ssa.phis(to) {
            assert_eq!(ssa.phi_args(to, phi)[slot], before[phi.reg.idx()]);
            holds[phi.reg.idx()] = phi.value;
        }
        block = to;
    }
}

#[test]
fn values_are_what_registers_hold_on_every_path() {
    let mut random = Random(3);
    for size in (2..30).cycle().take(400) {
        let mut func = random_function(&mut random, size, 6);
        // Everything is written first, as in a verified function.
        for reg in 2..6 {
            let inst = Inst {
                op: CoreOp::Const { bits: Bits(0) }.into(),
                dst: Some(Reg(reg)),
                span: crate::diagnostics::Span::NONE,
            };
            func.blocks[0].insts.insert(0, inst);
        }
        for forward in [false, true] {
            let ssa = Ssa::new(&func, forward);
            (0..10).for_each(|_| walk(&func, &ssa, &mut random, forward));
            let mut defined: Vec<ValueId> = (0..2).map(ValueId).collect();
            for &block in ssa.order() {
                defined.extend(ssa.phis(block).iter().map(|phi| phi.value));
                for (i, inst) in func.blocks[block.idx()].insts.iter().enumerate() {
                    let moved = matches!(inst.op, Op::Core(CoreOp::Mov { .. })) && forward;
                    defined.extend(ssa.def(block, i).filter(|_| !moved));
                }
            }
            let dense: Vec<ValueId> = (0..ssa.value_count() as u32).map(ValueId).collect();
            assert_eq!(defined, dense, "values are numbered in order");
        }
        assert_eq!(Ssa::new(&func, false).reads_before_writes(&func), []);
    }
}

/// The registers that hold no value where they are read, on some path: by a fixed point over sets.
fn unwritten_reads(func: &Function) -> Vec<(Block, usize, Reg)> {
    let cfg = Cfg::new(func);
    let all: u64 = !0;
    let mut written_in = vec![all; func.blocks.len()];
    written_in[0] = (1 << func.params.len()) - 1;
    for _ in 0..func.blocks.len() + 1 {
        for &block in cfg.order() {
            let data = &func.blocks[block.idx()];
            let out =
                data.insts.iter().filter_map(|i| i.dst).fold(written_in[block.idx()], |s, r| s | 1 << r.0);
            targets(func, block).iter().for_each(|to| written_in[to.idx()] &= out);
        }
    }
    let mut found = Vec::new();
    for &block in cfg.order() {
        let data = &func.blocks[block.idx()];
        let mut written = written_in[block.idx()];
        for (i, inst) in data.insts.iter().enumerate() {
            inst.op.each_use(&func.pool, |r| {
                if written >> r.0 & 1 == 0 {
                    found.push((block, i, r))
                }
            });
            inst.dst.iter().for_each(|r| written |= 1 << r.0);
        }
        data.term.each_use(&func.pool, |r| {
            if written >> r.0 & 1 == 0 {
                found.push((block, data.insts.len(), r));
            }
        });
    }
    found
}

#[test]
fn reads_before_writes_are_found_exactly() {
    let mut random = Random(4);
    let mut some = 0;
    for size in (2..25).cycle().take(600) {
        let func = random_function(&mut random, size, 5);
        let expected = unwritten_reads(&func);
        some += usize::from(!expected.is_empty());
        assert_eq!(Ssa::new(&func, false).reads_before_writes(&func), expected);
    }
    assert!(some > 100, "only {some} functions read before they write");
}

#[test]
fn a_hundred_thousand_blocks_with_a_common_exit_are_quick() {
    const BLOCKS: u32 = 100_000;
    let mut module = module(1);
    let mut b = FunctionBuilder::new(&mut module, FuncId(0));
    let exit = b.block();
    let state = b.bool(true);
    for _ in 0..BLOCKS {
        let next = b.block();
        b.push(Some(state), CoreOp::Not { a: state });
        b.branch(Reg(0), next, exit, Hint::None);
        b.switch_to(next);
    }
    b.goto(exit);
    b.switch_to(exit);
    b.debug_value(state, StrId(0), Ty::I64, 0);
    b.ret(None);
    b.finish();
    let func = &module.funcs[0];
    let ssa = Ssa::new(func, true);
    assert_eq!(ssa.phis(exit).len(), 1);
    assert_eq!(ssa.phi_args(exit, &ssa.phis(exit)[0]).len() as u32, BLOCKS + 1);
}
