//! How much of what a program computes reaches its checksum: a wrong operation that nobody sees is not tested.

use rayon::prelude::*;
use simplec::mir::{CoreOp, Inst, Ty};

use super::backends::{BackEnd, Machine};
use super::program::{CANONICAL, generate, with_main};
use super::rng::Rng;

/// Of the programs of some seeds, how many come out differently when one operation on integers gives the complement
/// of its result.
pub fn noticed(seeds: std::ops::Range<u64>, machine: &Machine) -> usize {
    seeds.into_par_iter().filter(|&seed| is_noticed(seed, machine)).count()
}

fn is_noticed(seed: u64, machine: &Machine) -> bool {
    let mut programs = generate([seed]);
    let calls = programs.calls.len();
    let right = machine.run(BackEnd::Interpreter, &with_main(&programs), calls);
    let mut places = Vec::new();
    for (f, func) in programs.module.funcs.iter().enumerate() {
        if func.name.starts_with(CANONICAL) {
            continue;
        }
        for (b, block) in func.blocks.iter().enumerate() {
            let results = block.insts.iter().enumerate().filter_map(|(i, inst)| Some((i, inst.dst?)));
            let ints = results.filter(|&(_, dst)| func.ty(dst).is_int() || func.ty(dst) == Ty::BOOL);
            places.extend(ints.map(|(i, dst)| (f, b, i, dst)));
        }
    }
    // A sequence of its own: the program's has been used.
    let (f, b, i, dst) = Rng::new(!seed).pick(&places);
    let insts = &mut programs.module.funcs[f].blocks[b].insts;
    let not = Inst { op: CoreOp::Not { a: dst }.into(), dst: Some(dst), span: insts[i].span };
    insts.insert(i + 1, not);
    machine.run(BackEnd::Interpreter, &with_main(&programs), calls) != right
}
