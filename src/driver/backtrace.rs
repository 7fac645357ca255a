//! Programs that keep account of their calls, so that a panic can tell which led to it (language reference, §7).
//!
//! A function that calls others has a frame in its stack slots: the frame around it, and the place of its call that has not returned.
//! The runtime's variable [`CALLS`](object::CALLS) has the innermost frame, and `runtime/panic.spl` reads them. It is all ordinary
//! MIR, so every back end and every target has it, whatever the system knows of stacks; it costs a few instructions for each call,
//! so only builds that are asked for it have it.

use rustc_hash::FxHashMap;

use super::front::own_work;
use super::session::{Failed, Session};
use crate::diagnostics::Span;
use crate::hir;
use crate::lower::demangle;
use crate::mir::{
    Alias, Bits, Block, CoreOp, FuncId, FunctionBuilder, GlobalId, Inst, Module, Op, Reg, Terminator, Ty,
    called_sig,
};
use crate::runtime::{self, object};

/// Has every function of a core module, but those of the runtime, keep account of what it calls, if the session asks for it. A
/// module without the runtime's variable, of MIR that never panics, stays as it is.
///
/// # Errors
/// It made invalid MIR, a bug of ours.
pub fn keep_calls(session: &mut Session<'_>, module: &mut Module) -> Result<(), Failed> {
    let Some(calls) = variable(module).filter(|_| session.options.keeps_calls()) else { return Ok(()) };
    session.time("backtrace", |_| {
        let frame = module.types.tuple(vec![Ty::PTR, Ty::PTR]);
        let mut keeper = Keeper { calls, frame, places: FxHashMap::default() };
        for id in (0..module.funcs.len() as u32).map(FuncId) {
            if !is_of_runtime(&module.func(id).name) {
                keeper.function(module, id);
            }
        }
    });
    own_work(session, module, "keeping account of calls")
}

/// Whether panics of a program tell of calls.
pub fn has_any(session: &Session<'_>, module: &Module) -> bool {
    session.options.keeps_calls() && variable(module).is_some()
}

/// The variable with the innermost frame.
fn variable(module: &Module) -> Option<GlobalId> {
    let index = module.globals.iter().position(|global| global.name == object::CALLS)?;
    Some(GlobalId(index as u32))
}

fn is_of_runtime(symbol: &str) -> bool {
    symbol.starts_with("rt::") || symbol.starts_with(runtime::PREFIX)
}

struct Keeper {
    calls: GlobalId,
    /// The type of a frame.
    frame: Ty,
    /// The texts of places.
    places: FxHashMap<String, GlobalId>,
}

/// The registers of a function that has a frame, written at its entry.
struct Frame {
    /// The address of [`CALLS`](object::CALLS).
    calls: Reg,
    /// The frame around this one.
    around: Reg,
    /// The address of the place.
    place: Reg,
}

impl Keeper {
    fn function(&mut self, module: &mut Module, id: FuncId) {
        let func = module.func(id);
        if !func.blocks.iter().flat_map(|block| &block.insts).any(|inst| is_site(module, inst)) {
            return;
        }
        let (name, func) = (demangle(&func.name), func.clone());
        let mut b = FunctionBuilder::resume(module, id, func);
        let bodies: Vec<Vec<Inst>> =
            b.func.blocks.iter_mut().map(|block| std::mem::take(&mut block.insts)).collect();
        b.at(b.func.span);
        b.switch_to(ENTRY);
        let frame = self.enter(&mut b);
        for (i, insts) in bodies.into_iter().enumerate() {
            b.switch_to(Block(i as u32));
            for inst in insts {
                if is_site(b.module, &inst) {
                    b.at(inst.span);
                    let text = self.place(b.module, &name, inst.span);
                    let place = b.global_addr(text);
                    b.store(place, frame.place, Alias::Any);
                }
                b.push_at(inst.span, inst.dst, inst.op);
            }
            let block = &b.func.blocks[i];
            if leaves(block.term) {
                b.at(block.term_span);
                b.store(frame.around, frame.calls, Alias::Any);
            }
        }
        b.finish();
    }

    /// Puts a frame of the function on the list.
    fn enter(&self, b: &mut FunctionBuilder<'_>) -> Frame {
        let slot = b.slot(self.frame);
        let own = b.slot_addr(slot);
        let place = b.field_addr(own, self.frame, object::PLACE);
        // The stack may end at the first call, before its place is here.
        let none = b.const_(Ty::PTR, Bits(0));
        b.store(none, place, Alias::Any);
        let calls = b.global_addr(self.calls);
        let around = b.load(Ty::PTR, calls, Alias::Any);
        let field = b.field_addr(own, self.frame, object::AROUND);
        b.store(around, field, Alias::Any);
        b.store(own, calls, Alias::Any);
        Frame { calls, around, place }
    }

    /// The text of the place of a call in a function.
    fn place(&mut self, module: &mut Module, name: &str, span: Span) -> GlobalId {
        let place = object::place_text(module, span);
        // What stands outside functions is in none that has a name.
        let text = if name == hir::ENTRY { place } else { format!("{place} in {name}") };
        let number = self.places.len();
        *self.places.entry(text).or_insert_with_key(|text| {
            object::text_global(module, format!("rt::call::{number}"), text.as_bytes())
        })
    }
}

const ENTRY: Block = Block(0);

/// Whether an instruction is a call from a place in the source; that of a panic is one.
fn is_site(module: &Module, inst: &Inst) -> bool {
    let is_unwritten = match inst.op {
        // That of `main` stands for no text but the declaration of what it calls.
        Op::Core(CoreOp::Call { func, .. }) => module.func(func).span == inst.span,
        Op::Core(_) | Op::Rich(_) => false,
    };
    inst.span.is_some() && !is_unwritten && called_sig(&inst.op, |func| module.func(func).sig).is_some()
}

/// Whether a terminator of a core module ends the function's activation.
fn leaves(term: Terminator) -> bool {
    match term {
        Terminator::Return(_) | Terminator::TailCall { .. } => true,
        Terminator::Goto(_)
        | Terminator::Branch { .. }
        | Terminator::Switch { .. }
        | Terminator::Unreachable
        | Terminator::Panic(_)
        | Terminator::Invoke { .. } => false,
    }
}
