//! What programs are told of their memory: behind each operation that asks for memory or gives it back, numbers are added to
//! the variables of the runtime that a program's `rt_memory_…` read. A program that reads none has none of them, and counts
//! nothing.

use crate::mir::{Alias, Block, CoreOp, FuncId, FunctionBuilder, GlobalId, Inst, Module, Op, Reg, Ty};

/// The variables that a module has.
struct Counters {
    live: Option<GlobalId>,
    made: Option<GlobalId>,
    bytes: Option<GlobalId>,
}

/// Adds the counting to a module of core operations.
pub(super) fn count_memory(module: &mut Module) {
    let find = |name: &str| module.globals.iter().position(|global| global.name == name);
    let [live, made, bytes] = ["rt::os_blocks_live", "rt::os_blocks_made", "rt::os_bytes_made"]
        .map(|name| find(name).map(|index| GlobalId(index as u32)));
    if live.is_none() && made.is_none() && bytes.is_none() {
        return;
    }
    let counters = Counters { live, made, bytes };
    for id in 0..module.funcs.len() as u32 {
        let mut func = module.func(FuncId(id)).clone();
        let blocks: Vec<Vec<Inst>> =
            func.blocks.iter_mut().map(|block| std::mem::take(&mut block.insts)).collect();
        let mut b = FunctionBuilder::resume(module, FuncId(id), func);
        for (block, insts) in (0..).zip(blocks) {
            b.switch_to(Block(block));
            for inst in insts {
                b.push_at(inst.span, inst.dst, inst.op);
                counters.count(&mut b, &inst.op);
            }
        }
        b.finish();
    }
}

impl Counters {
    fn count(&self, b: &mut FunctionBuilder, op: &Op) {
        if let Op::Core(CoreOp::HeapAlloc { size } | CoreOp::HeapAllocZeroed { size }) = *op {
            let one = b.int(Ty::I64, 1);
            add(b, self.live, one);
            self.made(b, size);
        } else if let Op::Core(CoreOp::HeapResize { size, .. }) = *op {
            self.made(b, size);
        } else if let Op::Core(CoreOp::HeapFree { .. }) = *op {
            let less = b.int(Ty::I64, -1);
            add(b, self.live, less);
        }
    }

    fn made(&self, b: &mut FunctionBuilder, size: Reg) {
        let one = b.int(Ty::I64, 1);
        add(b, self.made, one);
        let size = b.resize(Ty::I64, size);
        add(b, self.bytes, size);
    }
}

/// Adds to a variable, if the module has it.
fn add(b: &mut FunctionBuilder, variable: Option<GlobalId>, number: Reg) {
    let Some(variable) = variable else { return };
    let at = b.global_addr(variable);
    let old = b.load(Ty::I64, at, Alias::Any);
    let new = b.add(old, number);
    b.store(new, at, Alias::Any);
}
