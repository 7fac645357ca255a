//! What instructions and functions do to memory, as far as moving reads and checks out of loops depends on it.

use crate::mir::{Alias, CoreOp, Inst, Module, Op, Reg, RichOp, Terminator, Ty};

/// Kinds of memory that may be written, and whether objects may gain references.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Effects {
    /// Lengths and capacities.
    pub headers: bool,
    /// Elements of arrays, of any type.
    pub elements: bool,
    /// Module-level variables.
    pub globals: bool,
    /// Fields of class instances.
    pub fields: bool,
    /// Everything else.
    pub others: bool,
    /// Reference counts go up.
    pub retains: bool,
}

impl Effects {
    const NONE: Effects = Effects {
        headers: false,
        elements: false,
        globals: false,
        fields: false,
        others: false,
        retains: false,
    };
    /// Nothing is known.
    const ALL: Effects =
        Effects { headers: true, elements: true, globals: true, fields: true, others: true, retains: true };

    fn join(self, other: Effects) -> Effects {
        Effects {
            headers: self.headers || other.headers,
            elements: self.elements || other.elements,
            globals: self.globals || other.globals,
            fields: self.fields || other.fields,
            others: self.others || other.others,
            retains: self.retains || other.retains,
        }
    }
}

/// What an instruction does by itself; a direct call does nothing but call.
fn own(inst: &Inst) -> Effects {
    if let Op::Core(CoreOp::Store { alias, .. }) = inst.op {
        return match alias {
            Alias::Header => Effects { headers: true, ..Effects::NONE },
            Alias::Element => Effects { elements: true, ..Effects::NONE },
            Alias::Global => Effects { globals: true, ..Effects::NONE },
            Alias::Field => Effects { fields: true, ..Effects::NONE },
            Alias::Any => Effects { others: true, ..Effects::NONE },
        };
    }
    if let Op::Core(CoreOp::Retain { .. }) = inst.op {
        return Effects { retains: true, ..Effects::NONE };
    }
    // Fresh memory is nobody's yet, a count that goes down makes no reference, and what is freed is not read again.
    let is_harmless = matches!(
        inst.op,
        Op::Core(
            CoreOp::Call { .. }
                | CoreOp::Release { .. }
                | CoreOp::HeapAlloc { .. }
                | CoreOp::HeapFree { .. }
                | CoreOp::Assume { .. }
        ) | Op::Rich(RichOp::IndexCheck { .. })
    );
    if is_harmless || !inst.op.info().effects.writes { Effects::NONE } else { Effects::ALL }
}

/// The effects of each function, those that it calls included.
pub(super) fn of_functions(module: &Module) -> Vec<Effects> {
    let mut effects: Vec<Effects> = Vec::with_capacity(module.funcs.len());
    let mut callers: Vec<Vec<u32>> = vec![Vec::new(); module.funcs.len()];
    for (id, func) in (0u32..).zip(&module.funcs) {
        let mut all = if func.is_defined() { Effects::NONE } else { Effects::ALL };
        for block in &func.blocks {
            for inst in &block.insts {
                all = all.join(own(inst));
                if let Op::Core(CoreOp::Call { func, .. }) = inst.op {
                    callers[func.idx()].push(id);
                }
            }
            if let Terminator::TailCall { func, .. } | Terminator::Invoke { func, .. } = block.term {
                callers[func.idx()].push(id);
            }
        }
        effects.push(all);
    }
    let mut work: Vec<u32> = (0..effects.len() as u32).collect();
    while let Some(callee) = work.pop() {
        let done = effects[callee as usize];
        for &caller in &callers[callee as usize] {
            let joined = effects[caller as usize].join(done);
            if joined != effects[caller as usize] {
                effects[caller as usize] = joined;
                work.push(caller);
            }
        }
    }
    effects
}

/// What the instructions of a loop write.
#[derive(Default, Debug)]
pub(super) struct Written {
    all: Effects,
    /// Types of elements stored one by one.
    elements: Vec<Ty>,
    /// Types stored one by one to memory of which nothing is known.
    others: Vec<Ty>,
}

impl Written {
    /// Adds an instruction of a function with these register types.
    pub fn add(&mut self, inst: &Inst, ty: impl Fn(Reg) -> Ty, functions: &[Effects]) {
        if let Op::Core(CoreOp::Store { value, alias: alias @ (Alias::Element | Alias::Any), .. }) = inst.op {
            let list = if alias == Alias::Element { &mut self.elements } else { &mut self.others };
            if !list.contains(&ty(value)) {
                list.push(ty(value));
            }
            return;
        }
        let callee = if let Op::Core(CoreOp::Call { func, .. }) = inst.op { Some(func) } else { None };
        let called = callee.map_or(Effects::NONE, |func| functions[func.idx()]);
        self.all = self.all.join(own(inst)).join(called);
    }

    /// Whether an object may gain a reference.
    pub fn retains(&self) -> bool {
        self.all.retains
    }

    /// Whether a read of this type and class gives the same each time. A field of a struct or tuple is never an element
    /// that is stored one by one.
    pub fn leaves(&self, ty: Ty, alias: Alias, is_field: bool) -> bool {
        let stored_apart = |list: &[Ty]| list.iter().all(|&stored| stored.is_scalar() && stored != ty);
        match alias {
            Alias::Header => !self.all.headers,
            Alias::Global => !self.all.globals && !self.all.others && stored_apart(&self.others),
            Alias::Field => !self.all.fields && !self.all.others && stored_apart(&self.others),
            Alias::Element | Alias::Any => {
                !self.all.elements
                    && !self.all.others
                    && (alias == Alias::Any && is_field || stored_apart(&self.elements))
                    && stored_apart(&self.others)
            }
        }
    }
}
