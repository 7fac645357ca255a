//! Functions: headers, and bodies in one pass.
//!
//! [`Ssa`] says which value each use of a register reads; blocks are written in its order, so every value but those of
//! phis is there when it is read. Registers that only name a constant or another value cost no instruction. The
//! operands of phis are known only after the last block, so a body goes to a buffer of its own first, and phis are put
//! in at the block heads when it is copied out.

use super::Context;
use super::attributes::Group;
use super::call::Arg;
use super::debug::{Scope, locate};
use super::metadata::Node;
use super::text::Text;
use crate::backend::symbol::spelling;
use crate::diagnostics::{Diagnostic, Span};
use crate::mir::analysis::{Phi, Ssa, ValueId};
use crate::mir::{
    Abi, Block, FuncId, Function, GlobalId, Linkage, ParamFacts, Reg, Signature, SlotId, StrId, Ty,
};
use crate::target::Extension;

/// What a register holds, or one leaf of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Value {
    /// Never written on this path: verified MIR does not read it.
    Undefined,
    /// Any bits at all: an atom that the variant of an enum does not use.
    Poison,
    /// `%n`. Of a bulky type it is the address of the memory that holds the value.
    Local(u32),
    /// A literal, as in `const`.
    Bits(u64),
    /// Address of a function.
    Func(FuncId),
    /// Address of a global.
    Global(GlobalId),
    /// The leaves from this position of the arena on, as many as the type has.
    Leaves(u32),
}

/// What a value is named after, for readers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Naming {
    Nothing,
    Reg(Reg),
    Slot(SlotId),
}

/// A block of the text: a block of MIR, and how many times it was cut since its start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Label {
    pub block: Block,
    pub cut: u32,
}

/// Where the phis of a block go.
struct Head {
    block: Block,
    at: usize,
}

/// Writes the body of one function.
pub(super) struct FuncWriter<'c, 'a> {
    pub cx: &'c mut Context<'a>,
    pub func: &'a Function,
    pub sig: &'a Signature,
    pub code: Text,
    pub here: Label,
    /// What values are named after.
    pub naming: Naming,
    pub span: Span,
    /// The parameters as they came; bulky ones are addresses.
    pub params: Vec<Value>,
    /// By register, the memory that holds a bulky one; empty where there are none.
    pub homes: Vec<Value>,
    /// Memory for bulky results that nobody wants.
    pub scratch: Value,
    /// The operands of the call being written; kept for its memory.
    pub args: Vec<Arg>,
    /// Address to write a bulky result to.
    pub result: Value,
    /// First value of the stack slots.
    pub first_slot: u32,
    /// By register, the operands and the result of the instruction being written.
    current: Vec<Value>,
    /// By [`ValueId`].
    values: Vec<Value>,
    /// What [`Value::Leaves`] points into.
    arena: Vec<Value>,
    next: u32,
    names: Vec<Naming>,
    heads: Vec<Head>,
    /// By block, how often it was cut.
    cuts: Vec<u32>,
    traps: bool,
    /// Of its debug information.
    pub scope: Option<Scope>,
}

/// Writes the declaration of a function that is defined elsewhere.
pub(super) fn declare(cx: &mut Context<'_>, out: &mut Text, func: &Function) {
    let sig = cx.module.types.sig(func.sig);
    let noreturn = sig.ret == Ty::NEVER;
    out.s("declare ");
    // Only our own functions are known to be in the same executable; C's may come from a shared library.
    if sig.abi == Abi::Simple {
        out.s(cx.linkage(func.linkage));
    }
    header(cx, out, func, sig, None);
    let group = Group::Declared { cold: func.facts.cold, noreturn };
    out.s(" #");
    out.n(cx.attributes.number(group));
    out.s("\n");
}

/// Writes the definition of a function.
pub(super) fn define<'a>(cx: &mut Context<'a>, out: &mut Text, func: &'a Function) {
    let errors = cx.errors.len();
    cx.check_types(func);
    if cx.errors.len() > errors {
        return;
    }
    let sig = cx.module.types.sig(func.sig);
    let ssa = Ssa::new(func, true);
    let buffers = std::mem::take(&mut cx.buffers);
    let mut writer = FuncWriter {
        func,
        sig,
        code: buffers.code,
        here: Label { block: Block(0), cut: 0 },
        naming: Naming::Nothing,
        span: func.span,
        params: emptied(buffers.params),
        homes: emptied(buffers.homes),
        scratch: Value::Undefined,
        args: buffers.args,
        result: Value::Undefined,
        first_slot: 0,
        current: filled(buffers.current, func.regs.len(), Value::Undefined),
        values: filled(buffers.values, ssa.value_count(), Value::Undefined),
        arena: emptied(buffers.arena),
        next: 0,
        names: Vec::new(),
        heads: emptied(buffers.heads),
        cuts: filled(buffers.cuts, func.blocks.len(), 0),
        traps: false,
        scope: cx.debug.as_mut().map(|debug| debug.function(&cx.types, cx.module, func)),
        cx,
    };
    writer.number_params(&ssa);
    let params = std::mem::take(&mut writer.names);
    writer.names.clone_from(&params);
    writer.label();
    writer.entry();
    writer.body(&ssa);

    let linkage = writer.cx.linkage(func.linkage);
    out.s("\ndefine ");
    out.s(linkage);
    header(writer.cx, out, func, sig, writer.cx.options.named.then_some(&params));
    if func.linkage == Linkage::Internal {
        out.s(" unnamed_addr");
    }
    out.s(" #");
    let noreturn = sig.ret == Ty::NEVER;
    out.n(writer.cx.attributes.number(Group::Defined { facts: func.facts, noreturn }));
    if let Some(scope) = writer.scope {
        out.s(" !dbg !");
        out.n(scope.node);
    }
    out.s(" {\n");
    writer.finish(&ssa, buffers.phis, out);
    out.s("}\n");
}

/// The memory of one function's writer, kept for the next: a module has thousands of small ones.
#[derive(Default)]
pub(super) struct Buffers {
    code: Text,
    phis: Text,
    params: Vec<Value>,
    homes: Vec<Value>,
    args: Vec<Arg>,
    current: Vec<Value>,
    values: Vec<Value>,
    arena: Vec<Value>,
    heads: Vec<Head>,
    cuts: Vec<u32>,
}

fn emptied<T>(mut buffer: Vec<T>) -> Vec<T> {
    buffer.clear();
    buffer
}

fn filled<T: Clone>(buffer: Vec<T>, len: usize, value: T) -> Vec<T> {
    let mut buffer = emptied(buffer);
    buffer.resize(len, value);
    buffer
}

/// Convention, result, name and parameters; the parameters' registers where they are to be named.
fn header(
    cx: &mut Context<'_>,
    out: &mut Text,
    func: &Function,
    sig: &Signature,
    names: Option<&Vec<Naming>>,
) {
    if sig.abi == Abi::C && !c_compatible(cx, sig) {
        cx.unsupported(func.span, format!("an aggregate in the C signature of `{}`", func.name), BY_POINTER);
    }
    convention(out, sig);
    if cx.types.is_scalar(sig.ret) {
        out.s("noundef ");
        extension(cx, out, sig, sig.ret);
    }
    out.s(cx.types.result(sig.ret));
    out.s(" ");
    out.name("@", &spelling(&func.name, func.linkage));
    out.s("(");
    let mut count = 0;
    let mut param = |cx: &Context<'_>, out: &mut Text| {
        if let Some(reg) = names.and_then(|names| names.get(count as usize)) {
            out.s(" ");
            local_name(cx, out, func, *reg, count);
        }
        count += 1;
    };
    let mut separator = "";
    if cx.types.is_bulky(sig.ret) {
        out.s("ptr noundef");
        memory_facts(cx, out, sig.ret);
        out.s(cx.gate(super::gates::Gate::Writable));
        param(cx, out);
        separator = ", ";
    }
    for (i, &ty) in sig.params.iter().enumerate() {
        let facts = func.params.get(i).copied().unwrap_or_default();
        if cx.types.is_bulky(ty) {
            out.s(std::mem::replace(&mut separator, ", "));
            out.s("ptr noundef readonly");
            out.s(cx.gate(super::gates::Gate::NoCapture));
            memory_facts(cx, out, ty);
            param(cx, out);
            continue;
        }
        let is_scalar = cx.types.is_scalar(ty);
        for k in 0..cx.types.leaves(ty).len() {
            out.s(std::mem::replace(&mut separator, ", "));
            out.s(cx.types.scalar(cx.types.leaves(ty)[k].ty));
            if is_scalar {
                out.s(" noundef");
                if sig.abi == Abi::C && cx.extension(ty) != Extension::None {
                    out.s(" ");
                    extension(cx, out, sig, ty);
                    // The attribute's own trailing blank is not wanted before a comma.
                    out.bytes.pop();
                }
                if ty == Ty::PTR {
                    pointer_facts(cx, out, facts);
                }
            }
            param(cx, out);
        }
    }
    if sig.variadic {
        out.s(separator);
        out.s("...");
    }
    out.s(")");
}

/// What to do about an aggregate that C would be passed.
pub(super) const BY_POINTER: &str = "pass a pointer to it";

/// Whether all parameters and the result are scalars (or there is no result).
pub(super) fn c_compatible(cx: &Context<'_>, sig: &Signature) -> bool {
    let simple = |&ty: &Ty| ty == Ty::UNIT || ty == Ty::NEVER || cx.types.is_scalar(ty);
    sig.params.iter().all(simple) && simple(&sig.ret)
}

/// Writes the calling convention and a blank, where it is not C's.
pub(super) fn convention(out: &mut Text, sig: &Signature) {
    match sig.abi {
        Abi::Simple => out.s("fastcc "),
        Abi::C => {}
    }
}

/// Writes the extension attribute that the C convention demands for a type, and a blank, if it does.
pub(super) fn extension(cx: &Context<'_>, out: &mut Text, sig: &Signature, ty: Ty) {
    if sig.abi == Abi::C {
        out.s(match cx.extension(ty) {
            Extension::None => "",
            Extension::Zero => "zeroext ",
            Extension::Sign => "signext ",
        });
    }
}

fn pointer_facts(cx: &Context<'_>, out: &mut Text, facts: ParamFacts) {
    out.s(if facts.noalias { " noalias" } else { "" });
    out.s(if facts.readonly { " readonly" } else { "" });
    out.s(if facts.nonnull { " nonnull" } else { "" });
    if let Some(ty) = facts.points_to {
        memory_facts(cx, out, ty);
    }
}

/// A whole value of a type is at the address.
fn memory_facts(cx: &Context<'_>, out: &mut Text, ty: Ty) {
    let layout = cx.types.layouts.layout(ty);
    out.s(" align ");
    out.n(layout.align);
    if layout.size > 0 {
        out.s(" dereferenceable(");
        out.n(layout.size);
        out.s(")");
    }
}

impl Context<'_> {
    /// How the target's C convention extends a type.
    pub fn extension(&self, ty: Ty) -> Extension {
        if ty == Ty::BOOL {
            self.target.c_abi.extension(1, false)
        } else if ty.is_int() {
            self.target.c_abi.extension(self.types.bits(ty), ty.is_signed())
        } else {
            Extension::None
        }
    }
}

/// Writes the name of a value in named mode: that of its register or slot, and a number that makes it unique.
fn local_name(cx: &Context<'_>, out: &mut Text, func: &Function, naming: Naming, number: u32) {
    let (name, prefix, index) = match naming {
        Naming::Nothing => (None, "t", None),
        Naming::Reg(reg) => (func.regs[reg.idx()].name, "r", Some(reg.0)),
        Naming::Slot(slot) => (func.slots[slot.idx()].name, "s", Some(slot.0)),
    };
    // A reader's aid: a name that would need quotes is not worth them.
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    out.s("%");
    match name.map(|id: StrId| cx.module.str(id)).filter(|name| name.bytes().all(fits)) {
        Some(name) => {
            out.s(name);
            out.s(".");
        }
        None => {
            out.s(prefix);
            if let Some(index) = index {
                out.n(index);
                out.s(".");
            }
        }
    }
    out.n(number);
}

impl FuncWriter<'_, '_> {
    /// Takes the next number for a value.
    fn number(&mut self) -> u32 {
        if self.cx.options.named {
            self.names.push(self.naming);
        }
        self.next += 1;
        self.next - 1
    }

    /// Begins an instruction with a result: `  %n = `.
    pub fn begin(&mut self) -> Value {
        let number = self.number();
        self.code.s("  ");
        self.local(number);
        self.code.s(" = ");
        Value::Local(number)
    }

    fn local(&mut self, number: u32) {
        if self.cx.options.named {
            local_name(self.cx, &mut self.code, self.func, self.names[number as usize], number);
        } else {
            self.code.s("%");
            self.code.n(number);
        }
    }

    /// Writes an operand that is one scalar.
    pub fn value(&mut self, ty: Ty, value: Value) {
        match value {
            Value::Poison => self.code.s("poison"),
            Value::Local(number) => self.local(number),
            Value::Bits(bits) => self.cx.literal(&mut self.code, ty, bits),
            Value::Func(id) => self.cx.func_name(&mut self.code, id),
            Value::Global(id) => self.cx.global_name(&mut self.code, id),
            Value::Undefined | Value::Leaves(_) => {
                self.internal("an operand is no scalar with a value");
                self.code.s("poison");
            }
        }
    }

    /// Notes an invariant of verified MIR that does not hold.
    pub fn internal(&mut self, why: &str) {
        let error = Diagnostic::internal(format!("{why} in function `{}`", self.func.name));
        self.cx.errors.push(if self.span.is_some() { error.at(self.span, "") } else { error });
    }

    /// What an operand of the instruction being written holds.
    pub fn get(&mut self, reg: Reg) -> Value {
        let value = self.current[reg.idx()];
        if value == Value::Undefined {
            self.internal(&format!("register %{} is read and not written", reg.0));
            return self.poison(self.func.ty(reg));
        }
        value
    }

    /// Gives the instruction being written its result.
    pub fn set(&mut self, reg: Reg, value: Value) {
        self.current[reg.idx()] = value;
    }

    /// The value of a type that has no meaning.
    pub fn poison(&mut self, ty: Ty) -> Value {
        let count = self.cx.types.leaves(ty).len();
        if self.cx.types.is_scalar(ty) { Value::Poison } else { self.leaves(&vec![Value::Poison; count]) }
    }

    /// The value made of these leaves, of a type that is no scalar.
    pub fn leaves(&mut self, leaves: &[Value]) -> Value {
        self.arena.extend_from_slice(leaves);
        Value::Leaves((self.arena.len() - leaves.len()) as u32)
    }

    /// The value of a type that these leaves make.
    pub fn assemble(&mut self, ty: Ty, leaves: &[Value]) -> Value {
        if self.cx.types.is_scalar(ty)
            && let [leaf] = leaves
        {
            *leaf
        } else {
            self.leaves(leaves)
        }
    }

    /// Leaf `index` of a value.
    pub fn leaf(&self, value: Value, index: usize) -> Value {
        match value {
            Value::Leaves(start) => self.arena[start as usize + index],
            Value::Undefined
            | Value::Poison
            | Value::Local(_)
            | Value::Bits(_)
            | Value::Func(_)
            | Value::Global(_) => value,
        }
    }

    /// Numbers the parameters.
    fn number_params(&mut self, ssa: &Ssa) {
        if self.cx.types.is_bulky(self.sig.ret) {
            self.result = Value::Local(self.number());
        }
        for (i, &ty) in self.sig.params.iter().enumerate() {
            self.naming = Naming::Reg(Reg(i as u32));
            let value = if self.cx.types.is_bulky(ty) { Value::Local(self.number()) } else { self.fresh(ty) };
            self.values[ssa.param(i).idx()] = value;
            self.params.push(value);
        }
        self.naming = Naming::Nothing;
    }

    /// The value of a type made of newly numbered leaves.
    fn fresh(&mut self, ty: Ty) -> Value {
        if self.cx.types.is_scalar(ty) {
            return Value::Local(self.number());
        }
        let count = self.cx.types.leaves(ty).len();
        let leaves: Vec<Value> = (0..count).map(|_| Value::Local(self.number())).collect();
        self.assemble(ty, &leaves)
    }

    /// Stack memory, all of it in the entry block, where its size is known to LLVM.
    fn entry(&mut self) {
        self.first_slot = self.next;
        for (i, slot) in self.func.slots.iter().enumerate() {
            self.naming = Naming::Slot(SlotId(i as u32));
            self.alloca(slot.ty);
        }
        self.naming = Naming::Nothing;
        self.make_homes();
    }

    pub fn alloca(&mut self, ty: Ty) -> Value {
        let value = self.begin();
        self.code.s("alloca ");
        self.code.s(self.cx.types.memory(ty));
        self.code.s(", align ");
        self.code.n(self.cx.types.layouts.align(ty));
        self.code.s("\n");
        value
    }

    fn body(&mut self, ssa: &Ssa) {
        for &block in ssa.order() {
            if block != Block(0) {
                self.here = Label { block, cut: 0 };
                self.label();
            }
            self.number_phis(ssa, block);
            let data = &self.func.blocks[block.idx()];
            for (i, inst) in data.insts.iter().enumerate() {
                self.span = inst.span;
                self.naming = inst.dst.map_or(Naming::Nothing, Naming::Reg);
                let mut uses = ssa.uses(block, i).iter();
                inst.op.each_use(&self.func.pool, |reg| self.operand(reg, uses.next()));
                let start = self.code.bytes.len();
                self.inst(inst);
                self.located(start);
                self.describe(inst);
                if let (Some(dst), Some(value)) = (inst.dst, ssa.def(block, i)) {
                    self.values[value.idx()] = self.current[dst.idx()];
                }
            }
            self.naming = Naming::Nothing;
            self.span = data.term_span;
            let mut uses = ssa.term_uses(block).iter();
            data.term.each_use(&self.func.pool, |reg| self.operand(reg, uses.next()));
            let start = self.code.bytes.len();
            self.terminator(&data.term);
            self.located(start);
            self.cuts[block.idx()] = self.here.cut;
        }
        if self.traps {
            self.span = Span::NONE;
            let start = self.code.bytes.len();
            self.code.s("trap:\n");
            self.trap();
            self.code.s("  unreachable\n");
            self.located(start);
        }
    }

    /// Gives the instructions from a position on their place in the source.
    fn located(&mut self, start: usize) {
        let Some((scope, debug)) = self.scope.zip(self.cx.debug.as_mut()) else { return };
        if start < self.code.bytes.len() {
            let location = debug.location(self.cx.module, scope, self.span);
            locate(&mut self.code, start, location);
        }
    }

    fn operand(&mut self, reg: Reg, value: Option<&ValueId>) {
        let known = value.and_then(|value| self.values.get(value.idx()));
        self.current[reg.idx()] = known.copied().unwrap_or(Value::Undefined);
    }

    fn number_phis(&mut self, ssa: &Ssa, block: Block) {
        for phi in ssa.phis(block) {
            let ty = self.func.ty(phi.reg);
            if !self.cx.types.is_bulky(ty) {
                self.naming = Naming::Reg(phi.reg);
                self.values[phi.value.idx()] = self.fresh(ty);
            }
        }
        if !ssa.phis(block).is_empty() {
            self.heads.push(Head { block, at: self.code.bytes.len() });
            for phi in ssa.phis(block) {
                self.describe_reg(phi.reg, self.values[phi.value.idx()]);
            }
        }
    }

    /// Copies the body out, with the phis in place.
    fn finish(mut self, ssa: &Ssa, phis: Text, out: &mut Text) {
        let mut body = std::mem::replace(&mut self.code, phis);
        let heads = std::mem::take(&mut self.heads);
        let mut copied = 0;
        for head in &heads {
            out.bytes.extend_from_slice(&body.bytes[copied..head.at]);
            copied = head.at;
            for phi in ssa.phis(head.block) {
                self.write_phi(ssa, head.block, phi);
            }
            out.bytes.append(&mut self.code.bytes);
        }
        out.bytes.extend_from_slice(&body.bytes[copied..]);
        body.bytes.clear();
        self.cx.buffers = Buffers {
            code: body,
            phis: self.code,
            params: self.params,
            homes: self.homes,
            args: self.args,
            current: self.current,
            values: self.values,
            arena: self.arena,
            heads,
            cuts: self.cuts,
        };
    }

    fn write_phi(&mut self, ssa: &Ssa, block: Block, phi: &Phi) {
        let ty = self.func.ty(phi.reg);
        let result = self.values[phi.value.idx()];
        for k in 0..self.cx.types.leaves(ty).len() {
            let leaf_ty = self.cx.types.leaves(ty)[k].ty;
            self.code.s("  ");
            self.value(leaf_ty, self.leaf(result, k));
            self.code.s(" = phi ");
            self.code.s(self.cx.types.scalar(leaf_ty));
            for (i, (pred, arg)) in ssa.cfg.preds(block).zip(ssa.phi_args(block, phi)).enumerate() {
                self.code.s(if i == 0 { " [ " } else { ", [ " });
                let value = self.values.get(arg.idx()).copied().unwrap_or(Value::Undefined);
                self.value(leaf_ty, self.leaf(value, k));
                self.code.s(", ");
                self.target(Label { block: pred, cut: self.cuts[pred.idx()] });
                self.code.s(" ]");
            }
            self.code.s("\n");
        }
    }

    /// Writes the name of a block as an operand.
    pub fn target(&mut self, label: Label) {
        self.code.s("%");
        label.write(&mut self.code);
    }

    /// Starts the block `here` in the text.
    fn label(&mut self) {
        self.here.write(&mut self.code);
        self.code.s(":\n");
    }

    /// Ends the block in the text with a branch that goes on only where a check fails not: `cond` holds when the
    /// operation must trap.
    pub fn trap_if(&mut self, cond: Value) {
        self.traps = true;
        let next = Label { cut: self.here.cut + 1, ..self.here };
        self.code.s("  br i1 ");
        self.value(Ty::BOOL, cond);
        self.code.s(", label %trap, label ");
        self.target(next);
        self.weights(false);
        self.code.s("\n");
        self.here = next;
        self.label();
    }

    /// Writes the weights of a branch that usually goes to its first block, or its second.
    pub fn weights(&mut self, first: bool) {
        self.code.s(", !prof !");
        let number = self.cx.metadata.number(Node::Weights { first });
        self.code.n(number);
    }
}

impl Label {
    fn write(self, out: &mut Text) {
        out.s("bb");
        out.n(self.block.0);
        if self.cut > 0 {
            out.s(".");
            out.n(self.cut);
        }
    }
}
