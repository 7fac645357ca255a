//! Puts the bodies of the smallest functions in place of their calls: accessors such as the length of an array.
//!
//! LLVM inlines far more, and better, but only after the passes here would have needed it.

use crate::mir::*;

/// A function of more instructions, copies and what debug information has of variables left out, is left to LLVM.
const LARGEST: usize = 12;

/// How deep accessors may be built on accessors.
const ROUNDS: usize = 6;

/// Replaces the calls of small functions without branches, lists of operands and stack slots.
pub(super) fn inline_small(module: &mut Module) {
    for _ in 0..ROUNDS {
        let bodies: Vec<Option<Function>> =
            module.funcs.iter().map(|func| is_small(func).then(|| func.clone())).collect();
        let mut changed = false;
        for func in &mut module.funcs {
            changed |= replace_calls(func, &bodies);
        }
        if !changed {
            return;
        }
    }
}

fn is_small(func: &Function) -> bool {
    let [block] = func.blocks.as_slice() else { return false };
    let has_list = |inst: &Inst| inst.op.info().fields.iter().any(|field| field.kind == "RegList");
    func.facts.inline != Inline::Never
        && !func.facts.cold
        && func.slots.is_empty()
        && matches!(block.term, Terminator::Return(_))
        && block.insts.iter().filter(|inst| !is_move(inst) && !is_debug(inst)).count() <= LARGEST
        && !block.insts.iter().any(has_list)
}

fn is_move(inst: &Inst) -> bool {
    matches!(inst.op, Op::Core(CoreOp::Mov { .. }))
}

/// What says something of a variable: there is none any more in the function that calls.
fn is_debug(inst: &Inst) -> bool {
    inst.op.info().category == Category::Debug
}

fn replace_calls(func: &mut Function, bodies: &[Option<Function>]) -> bool {
    let body_of = |inst: &Inst| {
        let Op::Core(CoreOp::Call { func, args }) = inst.op else { return None };
        Some((bodies[func.idx()].as_ref()?, args))
    };
    let mut changed = false;
    for i in 0..func.blocks.len() {
        if !func.blocks[i].insts.iter().any(|inst| body_of(inst).is_some()) {
            continue;
        }
        changed = true;
        let old = std::mem::take(&mut func.blocks[i].insts);
        let mut insts = Vec::with_capacity(old.len() + LARGEST);
        for inst in old {
            match body_of(&inst) {
                Some((body, args)) => splice(func, &mut insts, body, args, &inst),
                None => insts.push(inst),
            }
        }
        func.blocks[i].insts = insts;
    }
    changed
}

/// Appends a callee's instructions in registers of their own.
fn splice(func: &mut Function, insts: &mut Vec<Inst>, body: &Function, args: RegList, call: &Inst) {
    let first = func.regs.len() as u32;
    func.regs.extend(body.regs.iter().map(|reg| RegData { name: None, ..*reg }));
    let own = |reg: Reg| Reg(first + reg.0);
    let copy = |dst, a| Inst { op: CoreOp::Mov { a }.into(), dst: Some(dst), span: call.span };
    for (param, &arg) in (0..).map(Reg).zip(args.of(&func.pool)) {
        insts.push(copy(own(param), arg));
    }
    let block = &body.blocks[0];
    for inst in block.insts.iter().filter(|inst| !is_debug(inst)) {
        let mut inst = *inst;
        match &mut inst.op {
            Op::Core(op) => op.map_uses(&mut |reg| own(reg)),
            Op::Rich(op) => op.map_uses(&mut |reg| own(reg)),
        }
        inst.dst = inst.dst.map(own);
        insts.push(inst);
    }
    if let (Some(dst), Terminator::Return(Some(value))) = (call.dst, block.term) {
        insts.push(copy(dst, own(value)));
    }
}
