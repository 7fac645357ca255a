//! Invariants of functions, and those that the op table states for all instructions.

use super::{Verifier, class_name, in_class};
use crate::diagnostics::{Code, Span};
use crate::mir::analysis::Ssa;
use crate::mir::called_sig;
use crate::mir::*;

/// A function being checked, and where in it.
pub(super) struct Body<'v, 'm> {
    pub(super) v: &'v mut Verifier<'m>,
    pub(super) m: &'m Module,
    pub(super) f: &'m Function,
    pub(super) sig: &'m Signature,
    pub(super) block: Block,
    span: Span,
    /// Name of the instruction or terminator.
    pub(super) name: &'static str,
    /// Whether a handle was out of range: then no analysis can run.
    broken: bool,
}

impl<'m> Verifier<'m> {
    /// Invariants 9 to 25.
    pub(super) fn func(&mut self, f: &'m Function) {
        let m = self.m;
        let name = &f.name;
        let mut bad = |message: String| self.error(Code::MirSignature, f.span, message);
        if f.sig.0 as usize >= m.types.sig_count() {
            return bad(format!("function `@{name}` has no signature"));
        }
        let sig = m.types.sig(f.sig);
        let params = f.regs.iter().map(|reg| reg.ty).take(sig.params.len());
        if f.params.len() != sig.params.len() || !params.eq(sig.params.iter().copied()) {
            return bad(format!(
                "function `@{name}` does not start with the registers that its signature says"
            ));
        }
        let bad_fact = f.params.iter().filter_map(|facts| facts.points_to).find(|&ty| !self.is_value(ty));
        if let Some(ty) = bad_fact {
            let ty = self.show(ty);
            self.error(Code::MirSignature, f.span, format!("a parameter of `@{name}` points to {ty}"));
        }
        if f.linkage == Linkage::Extern {
            if f.is_defined() {
                self.error(Code::MirFlow, f.span, format!("extern function `@{name}` has a body"));
            }
            return;
        }
        if sig.variadic {
            let message = format!("function `@{name}` has `...` and is not extern");
            self.error(Code::MirSignature, f.span, message);
        }
        if !f.is_defined() {
            return self.error(
                Code::MirFlow,
                f.span,
                format!("function `@{name}` has no body and is not extern"),
            );
        }
        let types = f.regs.iter().map(|reg| reg.ty).chain(f.slots.iter().map(|slot| slot.ty));
        if let Some(ty) = types.into_iter().find(|&ty| !self.is_value(ty)) {
            let ty = self.show(ty);
            return self.error(
                Code::MirTypeDef,
                f.span,
                format!("a register or slot of `@{name}` has type {ty}"),
            );
        }
        let (block, span) = (Block(0), f.span);
        Body { v: self, m, f, sig, block, span, name: "", broken: false }.check();
    }
}

/// A kind of field of an operation, for the check that what it stands for is there.
trait Field {
    fn is_there(&self, m: &Module, f: &Function) -> bool;
}

impl Field for Reg {
    fn is_there(&self, _: &Module, f: &Function) -> bool {
        self.idx() < f.regs.len()
    }
}

impl Field for RegList {
    fn is_there(&self, m: &Module, f: &Function) -> bool {
        let range = self.start as usize..self.start as usize + self.len as usize;
        f.pool.get(range).is_some_and(|regs| regs.iter().all(|reg| reg.is_there(m, f)))
    }
}

impl Field for Ty {
    fn is_there(&self, m: &Module, _: &Function) -> bool {
        (self.0 as usize) < m.types.len()
    }
}

impl Field for FuncId {
    fn is_there(&self, m: &Module, _: &Function) -> bool {
        m.funcs.get(self.idx()).is_some_and(|func| (func.sig.0 as usize) < m.types.sig_count())
    }
}

impl Field for MaybeFunc {
    fn is_there(&self, m: &Module, f: &Function) -> bool {
        self.is_none_or(|func| func.is_there(m, f))
    }
}

impl Field for GlobalId {
    fn is_there(&self, m: &Module, _: &Function) -> bool {
        self.idx() < m.globals.len()
    }
}

impl Field for SlotId {
    fn is_there(&self, _: &Module, f: &Function) -> bool {
        self.idx() < f.slots.len()
    }
}

impl Field for SigId {
    fn is_there(&self, m: &Module, _: &Function) -> bool {
        (self.0 as usize) < m.types.sig_count()
    }
}

impl Field for StrId {
    fn is_there(&self, m: &Module, _: &Function) -> bool {
        self.idx() < m.strings.len()
    }
}

macro_rules! plain_fields {
    ($($ty:ty),*) => { $(impl Field for $ty {
        fn is_there(&self, _: &Module, _: &Function) -> bool {
            true
        }
    })* };
}
plain_fields!(u32, Bits, Alias, Ordering, RmwOp);

macro_rules! handles_tier {
    ($name:ident $enum:ident {
        $(#[doc = $doc:literal] $variant:ident $method:ident $text:literal $category:ident [$($effect:ident)*]
          ($($field:ident: $kind:ident $($class:ident)?),*) -> $result:ident $(($arg:ident))?;)*
    }) => {
        #[allow(unused_variables, reason = "operations without fields use no argument")]
        fn $name(op: &$enum, m: &Module, f: &Function) -> bool {
            match op { $($enum::$variant { $($field),* } => true $(&& Field::is_there($field, m, f))*),* }
        }
    };
}

macro_rules! handles_ops {
    (core $core:tt rich $rich:tt) => {
        handles_tier!(core_handles CoreOp $core);
        handles_tier!(rich_handles RichOp $rich);
    };
}
op_table!(handles_ops);

impl<'m> Body<'_, 'm> {
    /// Reports at the current instruction.
    pub(super) fn error(&mut self, code: Code, message: String) {
        let message = format!("{message}, in bb{} of `@{}`", self.block.0, self.f.name);
        self.v.error(code, self.span, message);
    }

    /// Goes on to an instruction or terminator.
    pub(super) fn at(&mut self, span: Span, name: &'static str) {
        (self.span, self.name) = (span, name);
    }

    pub(super) fn show(&self, ty: Ty) -> String {
        self.v.show(ty)
    }

    pub(super) fn list(&self, list: RegList) -> &'m [Reg] {
        list.of(&self.f.pool)
    }

    /// Reports a handle that stands for nothing.
    pub(super) fn missing(&mut self) {
        self.broken = true;
        self.error(Code::MirHandle, format!("`{}` names something that is not there", self.name));
    }

    fn check(mut self) {
        for (i, data) in self.f.blocks.iter().enumerate() {
            self.block = Block(i as u32);
            for inst in &data.insts {
                self.at(inst.span, inst.op.info().name);
                self.inst(inst);
            }
            self.at(data.term_span, data.term.name());
            self.terminator(&data.term);
        }
        if !self.broken {
            self.blocks_of_failures();
            self.assignment();
        }
    }

    fn inst(&mut self, inst: &Inst) {
        let there = match &inst.op {
            Op::Core(op) => core_handles(op, self.m, self.f),
            Op::Rich(op) => rich_handles(op, self.m, self.f),
        };
        if !there || inst.dst.is_some_and(|dst| dst.idx() >= self.f.regs.len()) {
            return self.missing();
        }
        let dst = inst.dst.map(|dst| self.f.ty(dst));
        let info = inst.op.info();
        let fits = self.operands(&inst.op, info, dst);
        // What an operation demands beyond the table takes for granted that the table's demands are met.
        if self.result(&inst.op, info, dst) && fits {
            match inst.op {
                Op::Core(op) => self.core(op, dst),
                Op::Rich(op) => self.rich(op, dst),
            }
        }
    }

    /// The classes of single-register operands.
    fn operands(&mut self, op: &Op, info: &OpInfo, dst: Option<Ty>) -> bool {
        let mut names = info.fields.iter().filter(|field| field.class.is_some()).map(|field| field.name);
        let mut first = None;
        let mut bad = Vec::new();
        op.classed_uses(|reg, class| {
            let name = names.next().unwrap_or("");
            let ty = self.f.ty(reg);
            let first = *first.get_or_insert(ty);
            let wanted = match class {
                Class::First => Some(first),
                // Without a result that is another error, already.
                Class::Dst => Some(dst.unwrap_or(ty)),
                _ if in_class(&self.m.types, ty, class) => Some(ty),
                _ => None,
            };
            if wanted != Some(ty) {
                let wanted = wanted.map_or_else(|| class_name(class).to_owned(), |ty| self.v.show(ty));
                bad.push(format!("operand `{name}` of `{}` is {}, not {wanted}", info.name, self.v.show(ty)));
            }
        });
        let fits = bad.is_empty();
        bad.into_iter().for_each(|message| self.error(Code::MirType, message));
        fits
    }

    /// The result rule.
    fn result(&mut self, op: &Op, info: &OpInfo, dst: Option<Ty>) -> bool {
        let name = info.name;
        let like = op.like().map(|reg| self.f.ty(reg));
        let message = match (info.result, dst) {
            (ResultRule::None, None) => return true,
            (ResultRule::None, Some(_)) => format!("`{name}` has no result"),
            (ResultRule::Called, _) => return self.called_result(op, dst),
            (_, None) => format!("the result of `{name}` has no destination"),
            (ResultRule::Fixed(ty), Some(dst)) if dst == ty => return true,
            (ResultRule::Fixed(ty), Some(dst)) => {
                format!("the result of `{name}` is {}, not {}", self.show(ty), self.show(dst))
            }
            (ResultRule::Like(_), Some(dst)) if Some(dst) == like => return true,
            (ResultRule::Flagged(_), Some(dst)) if self.is_flagged(dst, like) => return true,
            (ResultRule::Like(field) | ResultRule::Flagged(field), Some(dst)) => {
                let with = if matches!(info.result, ResultRule::Flagged(_)) { " and `bool`" } else { "" };
                format!("the result of `{name}` has the type of `{field}`{with}, not {}", self.show(dst))
            }
            (ResultRule::Given(class), Some(dst)) if in_class(&self.m.types, dst, class) => return true,
            (ResultRule::Given(class), Some(dst)) => {
                format!("the result of `{name}` is {}, not {}", class_name(class), self.show(dst))
            }
        };
        self.error(Code::MirResult, message);
        false
    }

    fn is_flagged(&self, dst: Ty, like: Option<Ty>) -> bool {
        if let TypeData::Tuple(fields) = self.m.types.get(dst) {
            fields.len() == 2 && Some(fields[0]) == like && fields[1] == Ty::BOOL
        } else {
            false
        }
    }

    fn called_result(&mut self, op: &Op, dst: Option<Ty>) -> bool {
        let m = self.m;
        let sig = called_sig(op, |func| m.func(func).sig);
        let Some(sig) = sig else { return false };
        self.call_result(m.types.sig(sig), dst)
    }

    /// Whether a call's destination fits the result of what it calls.
    pub(super) fn call_result(&mut self, sig: &Signature, dst: Option<Ty>) -> bool {
        let Some(dst) = dst.filter(|&dst| dst != sig.ret) else { return true };
        let (ret, dst) = (self.show(sig.ret), self.show(dst));
        self.error(Code::MirResult, format!("the callee of `{}` returns {ret}, not {dst}", self.name));
        false
    }

    /// Invariant 15.
    pub(super) fn arguments(&mut self, sig: &Signature, args: RegList) {
        let args = self.list(args);
        let (count, params) = (args.len(), sig.params.len());
        if count < params || count > params && !sig.variadic {
            let more = if sig.variadic { " or more" } else { "" };
            let message =
                format!("`{}` passes {count} arguments, its callee takes {params}{more}", self.name);
            return self.error(Code::MirCall, message);
        }
        for (i, &arg) in args.iter().enumerate() {
            let ty = self.f.ty(arg);
            match sig.params.get(i) {
                Some(&param) if param != ty => {
                    let (ty, param) = (self.show(ty), self.show(param));
                    let message = format!("argument {} of `{}` is {ty}, not {param}", i + 1, self.name);
                    self.error(Code::MirCall, message);
                }
                None if !is_promoted(ty) => {
                    let ty = self.show(ty);
                    let message =
                        format!("argument {} of `{}` is {ty}, which is no C vararg", i + 1, self.name);
                    self.error(Code::MirCall, message);
                }
                Some(_) | None => {}
            }
        }
    }

    /// Whether a type is what it should be; `what` names it in the message.
    pub(super) fn same_type(&mut self, what: &str, ty: Ty, wanted: Ty) {
        if ty != wanted {
            let (ty, wanted) = (self.show(ty), self.show(wanted));
            self.error(Code::MirType, format!("{what} of `{}` is {ty}, not {wanted}", self.name));
        }
    }

    /// Invariant 13.
    fn assignment(&mut self) {
        let ssa = Ssa::new(self.f, false);
        for (block, at, reg) in ssa.reads_before_writes(self.f) {
            self.unwritten(block, at, reg, "a path leads here on which nothing writes it");
        }
        if ssa.order().len() == self.f.blocks.len() {
            return;
        }
        let mut written: Vec<bool> = (0..self.f.regs.len()).map(|reg| reg < self.f.params.len()).collect();
        for block in &self.f.blocks {
            block.insts.iter().filter_map(|inst| inst.dst).for_each(|reg| written[reg.idx()] = true);
            block.term.def().iter().for_each(|reg| written[reg.idx()] = true);
        }
        for (i, data) in self.f.blocks.iter().enumerate() {
            if ssa.cfg.is_reachable(Block(i as u32)) {
                continue;
            }
            for at in 0..=data.insts.len() {
                let mut unwritten = None;
                let see = |reg: Reg| unwritten = unwritten.or((!written[reg.idx()]).then_some(reg));
                match data.insts.get(at) {
                    Some(inst) => inst.op.each_use(&self.f.pool, see),
                    None => data.term.each_use(&self.f.pool, see),
                }
                if let Some(reg) = unwritten {
                    self.unwritten(Block(i as u32), at, reg, "nothing in the function writes it");
                }
            }
        }
    }

    fn unwritten(&mut self, block: Block, at: usize, reg: Reg, how: &str) {
        let data = &self.f.blocks[block.idx()];
        self.block = block;
        (self.span, self.name) = match data.insts.get(at) {
            Some(inst) => (inst.span, inst.op.info().name),
            None => (data.term_span, data.term.name()),
        };
        let reg = match self.f.regs[reg.idx()].name.and_then(|name| self.m.strings.get(name.idx())) {
            Some(name) => format!("register `%{name}`"),
            None => format!("a register of type {}", self.show(self.f.ty(reg))),
        };
        self.error(Code::MirUnassigned, format!("`{}` reads {reg} before it is written: {how}", self.name));
    }
}

/// Whether C passes the type behind `...` as it is.
fn is_promoted(ty: Ty) -> bool {
    let narrow = ty.fixed_bits().is_some_and(|bits| bits < 32);
    ty.is_int() && !narrow || ty == Ty::F64 || ty == Ty::PTR
}
