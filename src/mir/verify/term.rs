//! Invariants of terminators.

use super::func::Body;
use crate::diagnostics::Code;
use crate::mir::*;
use rustc_hash::FxHashSet;

impl Body<'_, '_> {
    /// Invariants 11, 12 and 20 to 22.
    pub(super) fn terminator(&mut self, term: &Terminator) {
        if !self.is_there(term) {
            return self.missing();
        }
        let mut to_entry = false;
        let mut in_range = true;
        term.each_target(&self.f.cases, |to| {
            to_entry |= to == Block(0);
            in_range &= to.idx() < self.f.blocks.len();
        });
        if !in_range {
            return self.missing();
        }
        if to_entry {
            self.error(Code::MirFlow, format!("`{}` goes to the first block", self.name));
        }
        match *term {
            Terminator::Goto(_) | Terminator::Unreachable | Terminator::Panic(_) => {}
            Terminator::Branch { cond, .. } => self.same_type("the condition", self.f.ty(cond), Ty::BOOL),
            Terminator::Switch { value, cases, default: _ } => self.switch(self.f.ty(value), cases),
            Terminator::Return(value) => self.ret(value.map(|value| self.f.ty(value))),
            Terminator::TailCall { func, args } => {
                let callee = self.m.sig_of(func);
                self.arguments(callee, args);
                if callee.variadic || [callee.abi, self.sig.abi] != [Abi::Simple; 2] {
                    let message = "`tail_call` is not between functions of the `simple` convention";
                    self.error(Code::MirCall, message.into());
                }
                if callee.ret != self.sig.ret {
                    let (callee, own) = (self.show(callee.ret), self.show(self.sig.ret));
                    self.error(
                        Code::MirCall,
                        format!("the callee of `tail_call` returns {callee}, not {own}"),
                    );
                }
            }
            Terminator::Invoke { func, args, dst, ok: _, error: _ } => {
                let callee = self.m.sig_of(func);
                self.arguments(callee, args);
                if self.call_result(callee, dst.map(|dst| self.f.ty(dst))) {
                    self.invoke(callee.ret);
                }
            }
        }
    }

    /// Whether everything but blocks that a terminator names exists.
    fn is_there(&self, term: &Terminator) -> bool {
        let reg = |reg: Reg| reg.idx() < self.f.regs.len();
        let func = |func: FuncId| {
            let sig = self.m.funcs.get(func.idx()).map(|func| func.sig.0 as usize);
            sig.is_some_and(|sig| sig < self.m.types.sig_count())
        };
        let list = |list: RegList| {
            let range = list.start as usize..list.start as usize + list.len as usize;
            self.f.pool.get(range).is_some_and(|regs| regs.iter().all(|&r| reg(r)))
        };
        match *term {
            Terminator::Goto(_) | Terminator::Return(None) | Terminator::Unreachable => true,
            Terminator::Branch { cond, .. } => reg(cond),
            Terminator::Switch { value, cases, .. } => {
                let range = cases.start as usize..cases.start as usize + cases.len as usize;
                reg(value) && self.f.cases.get(range).is_some()
            }
            Terminator::Return(Some(value)) => reg(value),
            Terminator::Panic(message) => message.idx() < self.m.strings.len(),
            Terminator::TailCall { func: callee, args } => func(callee) && list(args),
            Terminator::Invoke { func: callee, args, dst, .. } => {
                func(callee) && list(args) && dst.is_none_or(reg)
            }
        }
    }

    fn switch(&mut self, ty: Ty, cases: CaseList) {
        if !ty.is_int() {
            let ty = self.show(ty);
            return self.error(Code::MirType, format!("the value of `switch` is {ty}, not an integer type"));
        }
        let pointer_wide = ty == Ty::USIZE || ty == Ty::ISIZE;
        let everywhere = if ty.is_signed() { Ty::I32 } else { Ty::U32 };
        let mut seen = FxHashSet::default();
        for &(bits, _) in cases.of(&self.f.cases) {
            if !ty.holds(bits) || pointer_wide && !everywhere.holds(bits) {
                let ty = self.show(ty);
                self.error(Code::MirSwitch, format!("{ty} does not hold the case {bits:#x} of `switch`"));
            } else if !seen.insert(bits) {
                self.error(Code::MirSwitch, format!("`switch` has two cases {}", bits as i64));
            }
        }
    }

    fn ret(&mut self, value: Option<Ty>) {
        let wanted = self.sig.ret;
        if value.unwrap_or(Ty::UNIT) == wanted {
            return;
        }
        let wanted = self.show(wanted);
        let found = value.map_or("nothing".into(), |ty| self.show(ty));
        self.error(Code::MirReturn, format!("`return` of {found} in a function whose result is {wanted}"));
    }
}
