//! Makes a program that a back end gets wrong small.
//!
//! Every step proposes a smaller program; one that still verifies, runs without a fault on the interpreter and still comes
//! out differently on the back end is kept. Functions are emptied, then branches straightened, then instructions
//! dropped or their results zeroed in halves, quarters and so on, then literals simplified, until nothing helps.

use simplec::mir::*;

use super::backends::{BackEnd, Machine};
use super::program::{CANONICAL, Programs, with_main};

/// Reduces programs that `back_end` gets wrong. The result still does.
pub fn reduce(programs: &Programs, back_end: BackEnd, machine: &Machine) -> Programs {
    let mut reducer = Reducer { best: programs.clone(), back_end, machine, tries: 0 };
    reducer.calls();
    loop {
        let before = size(&reducer.best);
        reducer.functions();
        reducer.terminators();
        reducer.instructions();
        reducer.literals();
        eprintln!("  {} instructions after {} tries", size(&reducer.best), reducer.tries);
        if size(&reducer.best) >= before {
            break;
        }
    }
    let mut swept = reducer.best.clone();
    sweep(&mut swept.module);
    reducer.try_this(swept);
    reducer.best
}

/// Whether a back end's results differ from the interpreter's, on a program without a fault.
pub fn differs(programs: &Programs, back_end: BackEnd, machine: &Machine) -> bool {
    let module = with_main(programs);
    if verify(&module).is_err() {
        return false;
    }
    let calls = programs.calls.len();
    let Ok(expected) = machine.run(BackEnd::Interpreter, &module, calls) else { return false };
    machine.run(back_end, &module, calls) != Ok(expected)
}

/// Number of instructions, blocks and registers written.
fn size(programs: &Programs) -> usize {
    let blocks = programs.module.funcs.iter().flat_map(|func| &func.blocks);
    blocks.map(|block| block.insts.len() + 1).sum::<usize>() + programs.calls.len()
}

struct Reducer<'a> {
    best: Programs,
    back_end: BackEnd,
    machine: &'a Machine,
    tries: usize,
}

impl Reducer<'_> {
    /// Keeps the candidate if it is still wrong.
    fn try_this(&mut self, candidate: Programs) -> bool {
        self.tries += 1;
        let kept = differs(&candidate, self.back_end, self.machine);
        if kept {
            self.best = candidate;
        }
        kept
    }

    /// Changes one function, if that is still wrong.
    fn try_func(&mut self, func: usize, change: impl FnOnce(&mut Function)) -> bool {
        let mut candidate = self.best.clone();
        change(&mut candidate.module.funcs[func]);
        self.try_this(candidate)
    }

    fn calls(&mut self) {
        let mut i = 0;
        while i < self.best.calls.len() {
            let mut candidate = self.best.clone();
            candidate.calls.remove(i);
            if candidate.calls.is_empty() || !self.try_this(candidate) {
                i += 1;
            }
        }
    }

    /// Functions that may be changed, with bodies.
    fn open(&self) -> Vec<usize> {
        let funcs = self.best.module.funcs.iter().enumerate();
        funcs.filter(|(_, f)| f.is_defined() && !f.name.starts_with(CANONICAL)).map(|(i, _)| i).collect()
    }

    /// Functions return at once.
    fn functions(&mut self) {
        for i in self.open() {
            let func = &self.best.module.funcs[i];
            if func.blocks.len() == 1 && func.blocks[0].insts.len() <= 1 {
                continue;
            }
            let ret = self.best.module.sig_of(FuncId(i as u32)).ret;
            self.try_func(i, |func| {
                func.blocks.truncate(1);
                func.blocks[0].insts.clear();
                return_zero(func, 0, ret);
            });
        }
        for i in self.open() {
            self.try_func(i, |func| {
                func.facts = FuncFacts::default();
                func.params.fill(ParamFacts::default());
            });
        }
    }

    /// Branches become jumps, or returns.
    fn terminators(&mut self) {
        for i in self.open() {
            let mut block = 0;
            while block < self.best.module.funcs[i].blocks.len() {
                let func = &self.best.module.funcs[i];
                let term = func.blocks[block].term;
                let mut targets = Vec::new();
                term.each_target(&func.cases, |to| targets.push(to));
                targets.dedup();
                let ret = self.best.module.sig_of(FuncId(i as u32)).ret;
                if targets.len() > 1 || matches!(term, Terminator::Goto(_) | Terminator::TailCall { .. }) {
                    let stops = self.try_func(i, |func| {
                        return_zero(func, block, ret);
                        tidy(func);
                    });
                    if !stops && targets.len() > 1 {
                        let _ = targets.iter().any(|&to| {
                            self.try_func(i, |func| {
                                func.blocks[block].term = Terminator::Goto(to);
                                tidy(func);
                            })
                        });
                    }
                }
                block += 1;
            }
            // Blocks that only follow one another become one.
            self.try_func(i, tidy);
        }
    }

    /// Drops runs of instructions, or makes their results zero.
    fn instructions(&mut self) {
        for i in self.open() {
            let count = |r: &Self| r.best.module.funcs[i].blocks.iter().map(|b| b.insts.len()).sum::<usize>();
            let mut chunk = count(self).next_power_of_two();
            while chunk > 0 {
                // From the end: later instructions use what earlier ones make.
                let mut end = count(self);
                while end > 0 {
                    let start = end.saturating_sub(chunk);
                    if !self.try_func(i, |func| edit(func, start..end, |_| None))
                        && self.worth_zeroing(i, start..end)
                    {
                        self.try_func(i, |func| edit(func, start..end, zeroed));
                    }
                    end = start.min(count(self));
                }
                chunk /= 2;
            }
        }
    }

    fn worth_zeroing(&self, func: usize, range: std::ops::Range<usize>) -> bool {
        let insts = self.best.module.funcs[func].blocks.iter().flat_map(|block| &block.insts);
        insts.skip(range.start).take(range.len()).any(|inst| zeroed(*inst) != Some(*inst))
    }

    fn literals(&mut self) {
        for i in self.open() {
            let places: Vec<(usize, usize, u64)> = self.best.module.funcs[i]
                .blocks
                .iter()
                .enumerate()
                .flat_map(|(b, block)| block.insts.iter().enumerate().map(move |(n, inst)| (b, n, inst.op)))
                .filter_map(|(b, n, op)| match op {
                    Op::Core(CoreOp::Const { bits }) if bits.0 > 1 => Some((b, n, bits.0)),
                    _ => None,
                })
                .collect();
            for (b, n, bits) in places {
                let _ = [0, 1, bits & 0xf].into_iter().filter(|&simple| simple < bits).any(|simple| {
                    self.try_func(i, |func| {
                        func.blocks[b].insts[n].op = CoreOp::Const { bits: Bits(simple) }.into();
                    })
                });
            }
        }
        for call in 0..self.best.calls.len() {
            for arg in 0..self.best.calls[call].args.len() {
                let mut candidate = self.best.clone();
                let bits = &mut candidate.calls[call].args[arg].1;
                if std::mem::take(bits) != 0 {
                    self.try_this(candidate);
                }
            }
        }
    }
}

/// Makes a block return the zero of the function's result.
fn return_zero(func: &mut Function, block: usize, ret: Ty) {
    let value = (ret != Ty::UNIT).then(|| {
        func.regs.push(RegData { ty: ret, name: None });
        let dst = Reg(func.regs.len() as u32 - 1);
        let span = func.blocks[block].term_span;
        func.blocks[block].insts.push(Inst { op: CoreOp::Zero {}.into(), dst: Some(dst), span });
        dst
    });
    func.blocks[block].term = Terminator::Return(value);
}

/// The instruction with a result of zero bits in place of its own; `None` when it has no result.
fn zeroed(inst: Inst) -> Option<Inst> {
    inst.dst.map(|_| match inst.op {
        Op::Core(CoreOp::Const { .. }) => inst,
        _ => Inst { op: CoreOp::Zero {}.into(), ..inst },
    })
}

/// Replaces the instructions of a range, counted through the blocks.
fn edit(func: &mut Function, range: std::ops::Range<usize>, change: impl Fn(Inst) -> Option<Inst>) {
    let mut at = 0;
    for block in &mut func.blocks {
        let insts = std::mem::take(&mut block.insts);
        for inst in insts {
            block.insts.extend(if range.contains(&at) { change(inst) } else { Some(inst) });
            at += 1;
        }
    }
}

/// Joins blocks that only follow one another, and drops those that nothing leads to.
fn tidy(func: &mut Function) {
    loop {
        let mut sources = vec![0; func.blocks.len()];
        sources[0] = 1;
        for block in &func.blocks {
            block.term.each_target(&func.cases, |to| sources[to.idx()] += 1);
        }
        let follows = (0..func.blocks.len()).find_map(|from| match func.blocks[from].term {
            Terminator::Goto(to) if sources[to.idx()] == 1 && to.idx() != from && to.idx() != 0 => {
                Some((from, to.idx()))
            }
            _ => None,
        });
        let Some((from, to)) = follows else { break };
        let insts = std::mem::take(&mut func.blocks[to].insts);
        func.blocks[from].insts.extend(insts);
        func.blocks[from].term = func.blocks[to].term;
        func.blocks[to].term = Terminator::Unreachable;
    }
    let mut reached = vec![false; func.blocks.len()];
    let mut open = vec![0];
    while let Some(block) = open.pop() {
        if !std::mem::replace(&mut reached[block], true) {
            func.blocks[block].term.each_target(&func.cases, |to| open.push(to.idx()));
        }
    }
    let mut next = 0;
    let new: Vec<Block> = reached
        .iter()
        .map(|&is| {
            let block = Block(next);
            next += u32::from(is);
            block
        })
        .collect();
    let mut is_reached = reached.iter();
    func.blocks.retain(|_| is_reached.next() == Some(&true));
    for block in &mut func.blocks {
        match &mut block.term {
            Terminator::Goto(to) => *to = new[to.idx()],
            Terminator::Branch { then, otherwise, .. } => {
                *then = new[then.idx()];
                *otherwise = new[otherwise.idx()];
            }
            Terminator::Switch { default, cases, .. } => {
                *default = new[default.idx()];
                let list =
                    cases.of(&func.cases).iter().map(|&(bits, to)| (bits, new[to.idx()])).collect::<Vec<_>>();
                *cases = CaseList { start: func.cases.len() as u32, len: list.len() as u32 };
                func.cases.extend(list);
            }
            Terminator::Invoke { ok, error, .. } => {
                *ok = new[ok.idx()];
                *error = new[error.idx()];
            }
            Terminator::Return(_)
            | Terminator::Unreachable
            | Terminator::Panic(_)
            | Terminator::TailCall { .. } => {}
        }
    }
}

/// Drops functions and globals that nothing refers to.
fn sweep(module: &mut Module) {
    let mut funcs: Vec<bool> = module.funcs.iter().map(|f| f.linkage == Linkage::Export).collect();
    let mut globals = vec![false; module.globals.len()];
    loop {
        let before = (funcs.clone(), globals.clone());
        for (i, func) in module.funcs.iter().enumerate().filter(|(i, _)| before.0[*i]) {
            debug_assert_eq!(module.func_named(&func.name), Some(FuncId(i as u32)));
            for block in &func.blocks {
                for inst in &block.insts {
                    match inst.op {
                        Op::Core(CoreOp::Call { func, .. } | CoreOp::FuncAddr { func }) => {
                            funcs[func.idx()] = true
                        }
                        Op::Core(CoreOp::GlobalAddr { global }) => globals[global.idx()] = true,
                        Op::Core(_) | Op::Rich(_) => {}
                    }
                }
                if let Terminator::TailCall { func, .. } = block.term {
                    funcs[func.idx()] = true;
                }
            }
        }
        for (i, global) in module.globals.iter().enumerate() {
            if globals[i] {
                mark(global.init.as_ref(), &mut funcs, &mut globals);
            }
        }
        if before == (funcs.clone(), globals.clone()) {
            break;
        }
    }
    let text = print(module);
    let dropped = |name: &str| format!("@{name}");
    let unused: Vec<String> = (module.funcs.iter().zip(&funcs).filter(|(_, used)| !**used))
        .map(|(f, _)| dropped(&f.name))
        .chain(module.globals.iter().zip(&globals).filter(|(_, used)| !**used).map(|(g, _)| dropped(&g.name)))
        .collect();
    // Handles are positions, so what is dropped is dropped from the text.
    let mut kept = String::new();
    let mut inside = false;
    for line in text.lines() {
        let is_item = line.contains('@') && !line.starts_with(' ') && !line.starts_with('}');
        let starts = is_item
            && unused.iter().any(|name| {
                line.split_once(name.as_str()).is_some_and(|(_, rest)| rest.starts_with(['(', ':']))
            });
        if starts {
            inside = line.ends_with('{');
            continue;
        }
        if inside {
            inside = line != "}";
            continue;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    if let Ok(smaller) = parse(simplec::diagnostics::FileId(0), "reduced", &kept) {
        *module = smaller;
    }
}

fn mark(init: Option<&Init>, funcs: &mut [bool], globals: &mut [bool]) {
    match init {
        Some(Init::Func(func)) => funcs[func.idx()] = true,
        Some(Init::Global(global)) => globals[global.idx()] = true,
        Some(Init::Fields(fields)) => fields.iter().for_each(|field| mark(Some(field), funcs, globals)),
        Some(Init::Zero | Init::Bits(_) | Init::Bytes(_)) | None => {}
    }
}
