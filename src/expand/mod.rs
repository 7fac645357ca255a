//! Rich MIR operations to core ones, once for every back end.
//!
//! After expansion a module holds core operations, core terminators and core types only; what has no expansion yet is
//! reported. Operations of collections become calls of functions that are yet to be compiled with the runtime.

mod closure;
mod collections;
mod counted;
mod errors;
mod object;
mod pattern;

use crate::diagnostics::{Code, Diagnostic, Span};
use crate::mir::{
    Abi, Block, BlockData, CoreOp, FuncId, FunctionBuilder, GlobalId, Hint, Inst, Linkage, Module, Op, Reg,
    RichOp, Signature, StrId, Terminator, Ty, TypeData, Types, print_type,
};
use crate::runtime::object as shape;
use collections::{Arg, Unsupported, header};
use rustc_hash::FxHashMap;

/// Replaces every rich operation, terminator and type of a verified module. The answer is the Simple source of the functions
/// that operations of collections now call, to be compiled with the runtime and [`RICH`](crate::runtime::RICH); it is empty
/// where there are no such operations.
///
/// # Errors
/// One diagnostic for each that has no expansion.
pub fn expand(module: &mut Module) -> Result<String, Vec<Diagnostic>> {
    let mut cx = Expander {
        texts: FxHashMap::default(),
        panic: None,
        panic_index: None,
        closures: closure::Helpers::default(),
        library: collections::Library::default(),
        errors: Vec::new(),
    };
    for id in 0..module.funcs.len() as u32 {
        if module.funcs[id as usize].blocks.iter().any(is_rich) {
            cx.function(module, FuncId(id));
        }
    }
    if !cx.errors.is_empty() {
        return Err(cx.errors);
    }
    if has_rich_types(module) {
        module.replace_types(shape::representation);
    }
    counted::count_memory(module);
    Ok(cx.library.source)
}

fn is_rich(block: &BlockData) -> bool {
    let term = matches!(block.term, Terminator::Panic(_) | Terminator::Invoke { .. });
    term || block.insts.iter().any(|i| matches!(i.op, Op::Rich(_)))
}

/// Whether there may be values of rich types. Those of debug information have types that nothing else has: they stay as the
/// source has them. Arrays and texts that only operations on addresses name are pointers there anyhow.
fn has_rich_types(module: &Module) -> bool {
    let types = &module.types;
    let mut known = vec![None; types.len()];
    let mut is_rich = |ty: Ty| holds_rich(types, ty, &mut known);
    let of_funcs = module.funcs.iter().any(|func| {
        let sig = types.sig(func.sig);
        let mut all = func.regs.iter().map(|reg| reg.ty).chain(func.slots.iter().map(|slot| slot.ty));
        all.any(&mut is_rich) || is_rich(sig.ret) || sig.params.iter().any(|&ty| is_rich(ty))
    });
    of_funcs
        || module.globals.iter().any(|global| is_rich(global.ty))
        || (0..types.len() as u32)
            .any(|index| matches!(types.get(Ty(index)), TypeData::Dict(..) | TypeData::Range(_)))
}

/// Whether values of a type have parts of rich types; what is known by now is kept.
fn holds_rich(types: &Types, ty: Ty, known: &mut [Option<bool>]) -> bool {
    if let Some(known) = known[ty.0 as usize] {
        return known;
    }
    let holds = types.get(ty).is_collection() || types.held(ty).any(|part| holds_rich(types, part, known));
    known[ty.0 as usize] = Some(holds);
    holds
}

struct Expander {
    texts: FxHashMap<String, GlobalId>,
    panic: Option<FuncId>,
    panic_index: Option<FuncId>,
    closures: closure::Helpers,
    library: collections::Library,
    errors: Vec<Diagnostic>,
}

impl Expander {
    /// Rebuilds the blocks in order; the code after an expanded operation moves to a block of its own.
    fn function(&mut self, module: &mut Module, id: FuncId) {
        let mut func = module.func(id).clone();
        let old = std::mem::take(&mut func.blocks);
        let count = old.len() as u32;
        func.blocks = old
            .iter()
            .map(|b| BlockData { insts: Vec::new(), term: Terminator::Unreachable, term_span: b.term_span })
            .collect();
        let mut b = FunctionBuilder::resume(module, id, func);
        let caught = errors::caught(&mut b, &old);
        for (i, block) in (0..count).zip(old) {
            b.switch_to(Block(i));
            for inst in block.insts {
                match inst.op {
                    Op::Core(op) => b.push_at(inst.span, inst.dst, op),
                    Op::Rich(op) => self.op(&mut b, &inst, op, caught[i as usize]),
                }
            }
            b.at(block.term_span);
            match block.term {
                Terminator::Panic(message) => self.panic(&mut b, message, block.term_span),
                Terminator::Invoke { func, args, dst, ok, error } => {
                    let call = errors::Call { func, args, dst };
                    errors::invoke(&mut b, &call, ok, error, caught[error.idx()]);
                }
                term @ (Terminator::Goto(_)
                | Terminator::Branch { .. }
                | Terminator::Switch { .. }
                | Terminator::Return(_)
                | Terminator::Unreachable
                | Terminator::TailCall { .. }) => b.terminate(term),
            }
        }
        b.finish();
    }

    /// `caught` is the register of the error that led to the block.
    fn op(&mut self, b: &mut FunctionBuilder, inst: &Inst, op: RichOp, caught: Option<Reg>) {
        b.at(inst.span);
        if let Err(Unsupported { what, help }) = self.try_op(b, inst, op, caught) {
            let message = format!("the operation `{}`{what} cannot be compiled", inst.op.info().name);
            let error = Diagnostic::error(Code::OpNotSupported, message).at(inst.span, "used here");
            self.errors.push(error.help(help));
        }
    }

    fn try_op(
        &mut self,
        b: &mut FunctionBuilder,
        inst: &Inst,
        op: RichOp,
        caught: Option<Reg>,
    ) -> Result<(), Unsupported> {
        let dst = inst.dst;
        // An operation that must have a result has one, in a verified module.
        let to = dst.unwrap_or(Reg(0));
        match op {
            RichOp::IndexCheck { index, len } => self.index_check(b, inst, index, len),
            RichOp::CallVirtual { object, method, sig, args } => {
                object::call(b, inst, object, method, sig, args);
            }
            RichOp::ClosureFunc { func } => self.closure_func(b, inst, func),
            RichOp::ClosureMake { func, drop, captures } => self.closure_make(b, inst, func, drop, captures),
            RichOp::ClosureCapture { closure, env, index } => closure::capture(b, inst, closure, env, index),
            RichOp::ClosureApply { closure, sig, args } => closure::apply(b, inst.dst, closure, sig, args),
            RichOp::ClosurePartial { closure, sig, drop, args } => {
                self.closure_partial(b, inst, closure, sig, drop, args);
            }
            RichOp::ClosureFree { closure } => self.closure_free(b, closure),
            RichOp::PatternIs { value, variant } => pattern::is(b, inst, value, variant),
            RichOp::PatternAs { value, variant, field } => self.payload(b, inst, value, variant, field),
            RichOp::PatternMatch { value, values } => pattern::first_equal(b, inst, value, values),
            RichOp::Try { outcome } | RichOp::Propagate { outcome } => errors::propagate(b, inst, outcome),
            RichOp::Throw { error } => errors::fail(b, Some(error)),
            RichOp::Catch {} => {
                if let Some(error) = caught {
                    b.assign(to, error);
                }
            }
            RichOp::Unwind {} => errors::fail(b, caught),
            RichOp::Share { value } => {
                let ty = b.func.ty(value);
                self.make_value(b, (dst, ty), "share", ty, &[Arg::Value(value)])?;
            }
            RichOp::Drop { value } => self.ask(b, None, "drop", &[Arg::Value(value)], Ty::UNIT)?,
            RichOp::RangeMake { start, end } => {
                let fields = b.list(&[start, end]);
                b.push(dst, CoreOp::AggMake { fields });
            }
            RichOp::ArrayLiteral { items } => self.array_of(b, to, items)?,
            RichOp::ArrayGet { array, index } => self.array_get(b, inst, array, index)?,
            RichOp::ArraySet { array, index, value } => self.array_set(b, inst, array, index, value)?,
            RichOp::ArrayLen { array } => header(b, dst, array, shape::LENGTH),
            RichOp::ArrayCapacity { array } => header(b, dst, array, shape::CAPACITY),
            RichOp::ArrayReserve { array, count } => {
                self.change(b, dst, "array_reserve", array, &[Arg::Count(count)])?;
            }
            RichOp::ArrayAppend { array, value } => {
                self.change(b, dst, "array_append", array, &[Arg::Value(value)])?;
            }
            RichOp::ArraySlice { array, start, end } => {
                let ty = b.func.ty(array);
                let args = [Arg::Value(array), Arg::Bound(start), Arg::Bound(end)];
                self.make_value(b, (dst, ty), "array_slice", ty, &args)?;
            }
            RichOp::ArrayConcat { a, b: other } => {
                let ty = b.func.ty(a);
                self.make_value(b, (dst, ty), "array_concat", ty, &[Arg::Value(a), Arg::Value(other)])?;
            }
            RichOp::ArrayClear { array } => self.change(b, dst, "array_clear", array, &[])?,
            RichOp::DictLiteral { items } => self.dict_of(b, to, items)?,
            RichOp::DictGet { dict, key } => self.dict_get(b, to, dict, key)?,
            RichOp::DictSet { dict, key, value } => {
                self.change(b, dst, "dict_set", dict, &[Arg::Value(key), Arg::Value(value)])?;
            }
            RichOp::DictLen { dict } => self.ask(b, dst, "dict_len", &[Arg::Value(dict)], Ty::USIZE)?,
            RichOp::DictRemove { dict, key } => {
                self.change(b, dst, "dict_remove", dict, &[Arg::Value(key)])?;
            }
            RichOp::DictContains { dict, key } => {
                self.ask(b, dst, "dict_contains", &[Arg::Value(dict), Arg::Value(key)], Ty::BOOL)?;
            }
            RichOp::TextLiteral { value } => self.text_literal(b, to, value),
            RichOp::TextLen { text } => header(b, dst, text, shape::LENGTH),
            RichOp::TextEq { a, b: other } => {
                self.ask(b, dst, "text_eq", &[Arg::Value(a), Arg::Value(other)], Ty::BOOL)?;
            }
            RichOp::TextConcat { a, b: other } => {
                self.make_value(
                    b,
                    (dst, Ty::TEXT),
                    "text_concat",
                    Ty::TEXT,
                    &[Arg::Value(a), Arg::Value(other)],
                )?;
            }
            RichOp::TextSlice { text, start, end } => {
                let args = [Arg::Value(text), Arg::Bound(start), Arg::Bound(end)];
                self.make_value(b, (dst, Ty::TEXT), "text_slice", Ty::TEXT, &args)?;
            }
            RichOp::Format { value, spec } => self.format(b, dst, value, spec)?,
            RichOp::VecSplat { .. }
            | RichOp::VecExtract { .. }
            | RichOp::VecInsert { .. }
            | RichOp::VecShuffle { .. }
            | RichOp::VecSelect { .. }
            | RichOp::VecEq { .. }
            | RichOp::VecLt { .. }
            | RichOp::VecSum { .. }
            | RichOp::VecProduct { .. }
            | RichOp::VecMin { .. }
            | RichOp::VecMax { .. }
            | RichOp::VecGather { .. }
            | RichOp::VecScatter { .. }
            | RichOp::GpuGlobalId { .. }
            | RichOp::GpuBarrier { .. }
            | RichOp::GpuAtomicAdd { .. }
            | RichOp::GpuLaunch { .. }
            | RichOp::Await { .. }
            | RichOp::Yield { .. }
            | RichOp::ActorSpawn { .. }
            | RichOp::ActorSend { .. }
            | RichOp::ActorAsk { .. } => {
                let help = "no back end has it yet; write it with core operations (docs/mir.md lists them)";
                return Err(Unsupported { what: String::new(), help });
            }
        }
        Ok(())
    }

    /// One unsigned comparison on the usual way; a negative index is counted from the end beside it.
    fn index_check(&mut self, b: &mut FunctionBuilder, inst: &Inst, index: Reg, len: Reg) {
        let result = inst.dst.unwrap_or_else(|| b.reg(Ty::USIZE));
        let is_signed = b.func.ty(index).is_signed();
        let (given, below) = self.below(b, index, len);
        b.assign(result, given);
        let (outside, done) = (b.block(), b.block());
        b.branch(below, done, outside, Hint::Likely);
        b.switch_to(outside);
        let wide = b.resize(Ty::I64, index);
        let wide_len = b.resize(Ty::I64, len);
        if is_signed {
            // A negative index reaches into the array exactly when adding the length carries, as unsigned numbers.
            // Comparing the sum would say so, too, but for that LLVM keeps a variable in loops over indices, on the usual
            // way as well. The test of the sign lets it drop all of this where no index is negative.
            let (negative, bad) = (b.block(), b.block());
            let zero = b.int(b.func.ty(index), 0);
            let is_negative = b.lt(index, zero);
            b.branch(is_negative, negative, bad, Hint::None);
            b.switch_to(negative);
            let [x, y] = [wide, wide_len].map(|wide| b.resize(Ty::U64, wide));
            let sum = b.add_checked(x, y);
            let from_end = b.agg_get(Ty::U64, sum, 0);
            let from_end = b.resize(Ty::USIZE, from_end);
            b.assign(result, from_end);
            let inside = b.agg_get(Ty::BOOL, sum, 1);
            b.branch(inside, done, bad, Hint::None);
            b.switch_to(bad);
        }
        let place = self.place(b, inst.span);
        let func = self.runtime_function(
            b.module,
            |s| &mut s.panic_index,
            shape::PANIC_INDEX,
            &[Ty::I64, Ty::I64, Ty::PTR],
        );
        let args = b.list(&[wide, wide_len, place]);
        b.call(func, args);
        b.terminate(Terminator::Unreachable);
        b.switch_to(done);
    }

    /// The index as a `usize`, and whether it is below the length; an index too wide for the target's `usize` is not.
    fn below(&mut self, b: &mut FunctionBuilder, index: Reg, len: Reg) -> (Reg, Reg) {
        let ty = b.func.ty(index);
        let given = b.resize(Ty::USIZE, index);
        let fits = ty.fixed_bits().is_none_or(|bits| bits <= 32);
        if fits {
            return (given, b.lt(given, len));
        }
        // Compared at 64 bits, which costs nothing where `usize` has as many.
        let wide = b.resize(Ty::U64, index);
        let wide_len = b.resize(Ty::U64, len);
        (given, b.lt(wide, wide_len))
    }

    fn panic(&mut self, b: &mut FunctionBuilder, message: StrId, span: Span) {
        let text = b.module.str(message).to_string();
        let message = self.text(b, &text);
        let place = self.place(b, span);
        let func = self.runtime_function(b.module, |s| &mut s.panic, shape::PANIC, &[Ty::PTR, Ty::PTR]);
        let args = b.list(&[message, place]);
        b.call(func, args);
        b.terminate(Terminator::Unreachable);
    }

    /// The function of the runtime with a symbol, declared if the module does not have it. One that the module has is of
    /// either convention.
    fn runtime_function(
        &mut self,
        module: &mut Module,
        known: impl Fn(&mut Expander) -> &mut Option<FuncId>,
        symbol: &str,
        params: &[Ty],
    ) -> FuncId {
        if let Some(func) = *known(self) {
            return func;
        }
        let func = module.func_named(symbol).unwrap_or_else(|| {
            let sig = Signature { params: params.to_vec(), ret: Ty::NEVER, variadic: false, abi: Abi::C };
            module.declare(symbol, sig, Linkage::Extern)
        });
        *known(self) = Some(func);
        let sig = module.sig_of(func);
        if sig.params != params || sig.ret != Ty::NEVER || sig.variadic {
            let params: Vec<String> = params.iter().map(|&ty| print_type(module, ty)).collect();
            let message =
                format!("`@{symbol}` has not the types that operations of this module call it with");
            let error = Diagnostic::error(Code::Prototype, message).at(module.func(func).span, "");
            self.errors
                .push(error.help(format!("give it `({}) -> never`, or another name", params.join(", "))));
        }
        func
    }

    fn place(&mut self, b: &mut FunctionBuilder, span: Span) -> Reg {
        let place = shape::place_text(b.module, span);
        self.text(b, &place)
    }

    fn text(&mut self, b: &mut FunctionBuilder, text: &str) -> Reg {
        let global = match self.texts.get(text) {
            Some(&known) => known,
            None => {
                let name = format!("rt::place::{}", self.texts.len());
                let global = shape::text_global(b.module, name, text.as_bytes());
                self.texts.insert(text.to_string(), global);
                global
            }
        };
        b.global_addr(global)
    }
}
