//! MIR to text: functions.

use super::Printer;
use crate::mir::*;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// How a register or slot is written.
#[derive(Clone, Copy)]
pub(super) enum Label {
    /// Not met in the text so far.
    Unseen,
    Number(u32),
    /// A name, and a number that tells it from an earlier one of the same name (0: none).
    Name(StrId, u32),
}

/// Hands out labels, each once.
struct Namer<'m> {
    m: &'m Module,
    /// Names in use, and the last number tried behind each.
    taken: FxHashMap<Cow<'m, str>, u32>,
    numbers: u32,
}

impl<'m> Namer<'m> {
    fn new(m: &'m Module) -> Namer<'m> {
        Namer { m, taken: FxHashMap::default(), numbers: 0 }
    }

    fn label(&mut self, name: Option<StrId>) -> Label {
        let Some((id, text)) = name.and_then(|id| Some((id, self.m.strings.get(id.idx())?.as_str()))) else {
            self.numbers += 1;
            return Label::Number(self.numbers - 1);
        };
        let Some(&tried) = self.taken.get(text) else {
            self.taken.insert(text.into(), 0);
            return Label::Name(id, 0);
        };
        let mut suffix = tried;
        loop {
            suffix += 1;
            let candidate = format!("{text}.{suffix}");
            if !self.taken.contains_key(candidate.as_str()) {
                self.taken.insert(candidate.into(), 0);
                self.taken.insert(text.into(), suffix);
                return Label::Name(id, suffix);
            }
        }
    }
}

/// What a field's text depends on.
#[derive(Clone, Copy)]
pub(super) struct Context<'f> {
    func: &'f Function,
    /// Type of the instruction's result.
    dst: Option<Ty>,
}

/// A kind of field of an operation, in text.
trait Field {
    /// Whether a comma divides it from the field before it.
    const COMMA: bool = true;
    /// Whether a list of registers stands at it without a blank: `@f(%x)`.
    const CALLED: bool = false;

    /// Appends it.
    fn print(&self, printer: &mut Printer<'_>, cx: Context<'_>);
}

impl Field for Reg {
    const CALLED: bool = true;

    fn print(&self, printer: &mut Printer<'_>, _: Context<'_>) {
        printer.reg(*self);
    }
}

impl Field for RegList {
    const COMMA: bool = false;

    fn print(&self, printer: &mut Printer<'_>, cx: Context<'_>) {
        printer.list(*self, cx.func);
    }
}

impl Field for Ty {
    fn print(&self, printer: &mut Printer<'_>, _: Context<'_>) {
        printer.ty(*self);
    }
}

impl Field for u32 {
    fn print(&self, printer: &mut Printer<'_>, _: Context<'_>) {
        printer.uint(u64::from(*self));
    }
}

impl Field for FuncId {
    const CALLED: bool = true;

    fn print(&self, printer: &mut Printer<'_>, _: Context<'_>) {
        printer.func_name(*self);
    }
}

impl Field for MaybeFunc {
    const CALLED: bool = true;

    fn print(&self, printer: &mut Printer<'_>, _: Context<'_>) {
        match self {
            Some(func) => printer.func_name(*func),
            None => printer.out.push_str("none"),
        }
    }
}

impl Field for GlobalId {
    fn print(&self, printer: &mut Printer<'_>, _: Context<'_>) {
        printer.global_name(*self);
    }
}

impl Field for SlotId {
    fn print(&self, printer: &mut Printer<'_>, _: Context<'_>) {
        printer.slot(*self);
    }
}

impl Field for SigId {
    fn print(&self, printer: &mut Printer<'_>, _: Context<'_>) {
        printer.sig(*self);
    }
}

impl Field for StrId {
    fn print(&self, printer: &mut Printer<'_>, _: Context<'_>) {
        printer.str(*self);
    }
}

impl Field for Bits {
    fn print(&self, printer: &mut Printer<'_>, cx: Context<'_>) {
        printer.literal(self.0, cx.dst);
    }
}

fn name_of<T: PartialEq>(names: &'static [(&'static str, T)], value: &T) -> &'static str {
    names.iter().find(|n| n.1 == *value).map_or("", |n| n.0)
}

impl Field for Alias {
    const COMMA: bool = false;

    fn print(&self, printer: &mut Printer<'_>, _: Context<'_>) {
        if *self != Alias::Any {
            printer.out.push(' ');
            printer.out.push_str(name_of(Alias::NAMES, self));
        }
    }
}

impl Field for Ordering {
    fn print(&self, printer: &mut Printer<'_>, _: Context<'_>) {
        printer.out.push_str(name_of(Ordering::NAMES, self));
    }
}

impl Field for RmwOp {
    fn print(&self, printer: &mut Printer<'_>, _: Context<'_>) {
        printer.out.push_str(name_of(RmwOp::NAMES, self));
    }
}

/// Appends a field behind the one of which `before` tells whether it was [`Field::CALLED`].
fn field<F: Field>(value: &F, printer: &mut Printer<'_>, cx: Context<'_>, before: &mut Option<bool>) {
    printer.out.push_str(match (*before, F::COMMA) {
        (Some(_), true) => ", ",
        (Some(true), false) => "",
        (Some(false), false) | (None, _) => " ",
    });
    value.print(printer, cx);
    *before = Some(F::CALLED);
}

macro_rules! print_tier {
    ($name:ident $enum:ident {
        $(#[doc = $doc:literal] $variant:ident $method:ident $text:literal $category:ident [$($effect:ident)*]
          ($($field:ident: $kind:ident $($class:ident)?),*) -> $result:ident $(($arg:ident))?;)*
    }) => {
        #[allow(unused_assignments, reason = "nothing follows the last field")]
        fn $name(op: &$enum, printer: &mut Printer<'_>, cx: Context<'_>) {
            let mut before = None;
            match op { $($enum::$variant { $($field),* } => {
                printer.out.push_str($text);
                $(field($field, printer, cx, &mut before);)*
            })* }
        }
    };
}

macro_rules! print_ops {
    (core $core:tt rich $rich:tt) => {
        print_tier!(print_core CoreOp $core);
        print_tier!(print_rich RichOp $rich);
    };
}
op_table!(print_ops);

impl Printer<'_> {
    pub(super) fn function(&mut self, func: &Function) {
        self.label(func);
        if func.is_defined() {
            self.out.push('\n');
        }
        let sig = self.m.types.sig(func.sig);
        self.linkage(func.linkage);
        self.out.push_str("fn ");
        self.name('@', &func.name);
        self.out.push('(');
        for (i, &ty) in sig.params.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            if func.is_defined() {
                self.reg(Reg(i as u32));
                self.out.push_str(": ");
            }
            self.ty(ty);
            self.param_facts(func.params.get(i).copied().unwrap_or_default());
        }
        let default = if func.linkage == Linkage::Extern { Abi::C } else { Abi::Simple };
        self.signature_end(sig);
        if sig.abi != default {
            self.out.push_str(match sig.abi {
                Abi::Simple => " simple",
                Abi::C => " c",
            });
        }
        self.func_facts(func.facts);
        if func.is_defined() {
            self.body(func);
        }
        self.out.push('\n');
    }

    fn body(&mut self, func: &Function) {
        self.out.push_str(" {\n");
        for (i, slot) in func.slots.iter().enumerate() {
            self.out.push_str("  slot ");
            self.slot(SlotId(i as u32));
            self.out.push_str(": ");
            self.ty(slot.ty);
            self.out.push('\n');
        }
        for (i, block) in func.blocks.iter().enumerate() {
            self.block(Block(i as u32));
            self.out.push_str(":\n");
            for inst in &block.insts {
                self.inst(func, inst);
            }
            self.terminator(func, &block.term);
        }
        self.out.push('}');
    }

    fn inst(&mut self, func: &Function, inst: &Inst) {
        self.out.push_str("  ");
        self.destination(func, inst.dst);
        let cx = Context { func, dst: inst.dst.and_then(|dst| func.regs.get(dst.idx())).map(|reg| reg.ty) };
        match &inst.op {
            Op::Core(op) => print_core(op, self, cx),
            Op::Rich(op) => print_rich(op, self, cx),
        }
        self.out.push('\n');
    }

    fn terminator(&mut self, func: &Function, term: &Terminator) {
        self.out.push_str("  ");
        self.destination(func, term.def());
        match *term {
            Terminator::Goto(to) => {
                self.out.push_str("goto ");
                self.block(to);
            }
            Terminator::Branch { cond, then, otherwise, hint } => {
                self.out.push_str("branch ");
                self.reg(cond);
                self.out.push_str(", ");
                self.block(then);
                self.out.push_str(", ");
                self.block(otherwise);
                self.out.push_str(match hint {
                    Hint::None => "",
                    Hint::Likely => " likely",
                    Hint::Unlikely => " unlikely",
                });
            }
            Terminator::Switch { value, cases, default } => {
                self.out.push_str("switch ");
                self.reg(value);
                self.out.push_str(", [");
                let ty = func.regs.get(value.idx()).map(|reg| reg.ty);
                for (i, &(bits, to)) in cases.of(&func.cases).iter().enumerate() {
                    if i > 0 {
                        self.out.push_str(", ");
                    }
                    self.literal(bits, ty);
                    self.out.push_str(": ");
                    self.block(to);
                }
                self.out.push_str("], ");
                self.block(default);
            }
            Terminator::Return(None) => self.out.push_str("return"),
            Terminator::Return(Some(value)) => {
                self.out.push_str("return ");
                self.reg(value);
            }
            Terminator::Unreachable => self.out.push_str("unreachable"),
            Terminator::Panic(message) => {
                self.out.push_str("panic ");
                self.str(message);
            }
            Terminator::TailCall { func: callee, args } => {
                self.out.push_str("tail_call ");
                self.func_name(callee);
                self.list(args, func);
            }
            Terminator::Invoke { func: callee, args, dst: _, ok, error } => {
                self.out.push_str("invoke ");
                self.func_name(callee);
                self.list(args, func);
                self.out.push_str(", ");
                self.block(ok);
                self.out.push_str(", ");
                self.block(error);
            }
        }
        self.out.push('\n');
    }

    /// `%r: ty = `, the type only where the text has not told it before.
    fn destination(&mut self, func: &Function, dst: Option<Reg>) {
        let Some(dst) = dst else { return };
        self.reg(dst);
        if let (Some(typed @ false), Some(reg)) = (self.typed.get_mut(dst.idx()), func.regs.get(dst.idx())) {
            *typed = true;
            self.out.push_str(": ");
            self.ty(reg.ty);
        }
        self.out.push_str(" = ");
    }

    fn list(&mut self, list: RegList, func: &Function) {
        self.out.push('(');
        for (i, &reg) in list.of(&func.pool).iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            self.reg(reg);
        }
        self.out.push(')');
    }

    fn block(&mut self, block: Block) {
        self.out.push_str("bb");
        self.uint(u64::from(block.0));
    }

    fn reg(&mut self, reg: Reg) {
        self.out.push('%');
        match self.regs.get(reg.idx()).copied() {
            Some(Label::Number(number)) => self.uint(u64::from(number)),
            Some(Label::Name(name, suffix)) => self.label_name(name, suffix, false),
            Some(Label::Unseen) | None => self.unknown(reg.0),
        }
    }

    fn slot(&mut self, slot: SlotId) {
        match self.slots.get(slot.idx()).copied() {
            Some(Label::Number(number)) => {
                self.out.push('s');
                self.uint(u64::from(number));
            }
            Some(Label::Name(name, suffix)) => self.label_name(name, suffix, true),
            Some(Label::Unseen) | None => self.unknown(slot.0),
        }
    }

    /// A name, quoted where it could be taken for the label of an unnamed slot.
    fn label_name(&mut self, name: StrId, suffix: u32, slot: bool) {
        let m = self.m;
        let name = m.str(name);
        let name = if suffix == 0 { Cow::Borrowed(name) } else { Cow::Owned(format!("{name}.{suffix}")) };
        let numbered = name.strip_prefix('s').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
        if slot && numbered { self.string(name.as_bytes()) } else { self.word(&name) }
    }

    fn param_facts(&mut self, facts: ParamFacts) {
        let words = [(facts.noalias, " noalias"), (facts.readonly, " readonly"), (facts.nonnull, " nonnull")];
        for (_, word) in words.iter().filter(|w| w.0) {
            self.out.push_str(word);
        }
        if let Some(ty) = facts.points_to {
            self.out.push_str(" points_to(");
            self.ty(ty);
            self.out.push(')');
        }
    }

    fn func_facts(&mut self, facts: FuncFacts) {
        self.out.push_str(match facts.inline {
            Inline::Auto => "",
            Inline::Hint => " inline",
            Inline::Always => " always_inline",
            Inline::Never => " never_inline",
        });
        if facts.cold {
            self.out.push_str(" cold");
        }
        if facts.constructor {
            self.out.push_str(" constructor");
        }
        if facts.destructor {
            self.out.push_str(" destructor");
        }
    }

    /// Labels slots in order, and registers in the order in which the text mentions them, parameters first.
    fn label(&mut self, func: &Function) {
        let mut namer = Namer::new(self.m);
        self.slots.clear();
        self.slots.extend(func.slots.iter().map(|slot| namer.label(slot.name)));

        let mut namer = Namer::new(self.m);
        self.regs.clear();
        self.regs.resize(func.regs.len(), Label::Unseen);
        let regs = &mut self.regs;
        let mut see = |reg: Reg| {
            if let (Some(label @ Label::Unseen), Some(data)) =
                (regs.get_mut(reg.idx()), func.regs.get(reg.idx()))
            {
                *label = namer.label(data.name);
            }
        };
        (0..func.params.len()).for_each(|i| see(Reg(i as u32)));
        for block in &func.blocks {
            for inst in &block.insts {
                inst.dst.iter().for_each(|&r| see(r));
                inst.op.each_use(&func.pool, &mut see);
            }
            block.term.def().iter().for_each(|&r| see(r));
            block.term.each_use(&func.pool, &mut see);
        }
        self.typed.clear();
        self.typed.resize(func.regs.len(), false);
        self.typed.iter_mut().take(func.params.len()).for_each(|typed| *typed = true);
    }
}
