//! Calls and returns.

use super::func::{BY_POINTER, FuncWriter, Value, c_compatible, convention, extension};
use super::inst::act;
use crate::mir::{Abi, FuncId, Reg, RegList, SigId, Signature, Ty};
use crate::target::{Arch, Extension};

/// Who is called.
#[derive(Clone, Copy)]
enum Callee {
    Func(FuncId),
    Address(Value),
}

/// One operand of a call.
#[derive(Clone, Copy)]
pub(super) struct Arg {
    ty: Ty,
    value: Value,
    /// A C integer narrower than a register.
    extended: bool,
}

impl FuncWriter<'_, '_> {
    pub fn call(&mut self, func: FuncId, args: RegList, dst: Option<Reg>) -> Option<Value> {
        let sig = self.cx.module.func(func).sig;
        self.write_call("", Callee::Func(func), sig, args, dst)
    }

    pub fn call_indirect(
        &mut self,
        callee: Reg,
        sig: SigId,
        args: RegList,
        dst: Option<Reg>,
    ) -> Option<Value> {
        let callee = self.get(callee);
        self.write_call("", Callee::Address(callee), sig, args, dst)
    }

    /// A call; the value of its result, unless that is bulky or not wanted.
    fn write_call(
        &mut self,
        mark: &str,
        callee: Callee,
        sig: SigId,
        args: RegList,
        dst: Option<Reg>,
    ) -> Option<Value> {
        let sig = self.cx.module.types.sig(sig);
        let whole = self.emit_call(mark, callee, sig, args, dst.map(|dst| self.home(dst)));
        let dst = dst?;
        if self.cx.types.is_bulky(sig.ret) {
            return None;
        }
        Some(self.unpack_result(self.func.ty(dst), whole))
    }

    /// The call itself, with its whole result; `to` is where a bulky one goes.
    fn emit_call(
        &mut self,
        mark: &str,
        callee: Callee,
        sig: &Signature,
        args: RegList,
        to: Option<Value>,
    ) -> Value {
        if sig.abi == Abi::C && !c_compatible(self.cx, sig) {
            self.cx.unsupported(self.span, "an aggregate in a C signature".to_owned(), BY_POINTER);
            return Value::Poison;
        }
        let mut operands = std::mem::take(&mut self.args);
        operands.clear();
        if self.cx.types.is_bulky(sig.ret) {
            operands.push(Arg { ty: Ty::PTR, value: to.unwrap_or(self.scratch), extended: false });
        }
        for &arg in args.of(&self.func.pool) {
            self.argument(sig, arg, &mut operands);
        }
        let result = if self.cx.types.result(sig.ret) == "void" {
            self.code.s("  ");
            Value::Undefined
        } else {
            self.begin()
        };
        self.code.s(mark);
        self.code.s("call ");
        convention(&mut self.code, sig);
        if self.cx.types.is_scalar(sig.ret) {
            extension(self.cx, &mut self.code, sig, sig.ret);
        }
        self.code.s(self.cx.types.result(sig.ret));
        self.code.s(" ");
        if sig.variadic {
            self.code.s("(");
            for &param in &sig.params {
                self.code.s(self.cx.types.scalar(param));
                self.code.s(", ");
            }
            self.code.s("...) ");
        }
        match callee {
            Callee::Func(id) => self.cx.func_name(&mut self.code, id),
            Callee::Address(value) => self.value(Ty::PTR, value),
        }
        self.code.s("(");
        for (i, &Arg { ty, value, extended }) in operands.iter().enumerate() {
            self.code.s(if i == 0 { "" } else { ", " });
            self.code.s(self.cx.types.scalar(ty));
            self.code.s(" ");
            if extended {
                extension(self.cx, &mut self.code, sig, ty);
            }
            self.value(ty, value);
        }
        // What LLVM knows of a function of the C library does not hold for ours of the same name.
        let is_ours = matches!(callee, Callee::Func(id) if self.cx.module.func(id).linkage.is_offered());
        self.code.s(if is_ours { ") nobuiltin\n" } else { ")\n" });
        self.args = operands;
        result
    }

    /// Adds the operands that an argument is.
    fn argument(&mut self, sig: &Signature, arg: Reg, operands: &mut Vec<Arg>) {
        let ty = self.func.ty(arg);
        if self.cx.types.is_bulky(ty) {
            operands.push(Arg { ty: Ty::PTR, value: self.home(arg), extended: false });
            return;
        }
        let value = self.get(arg);
        // Varargs are what C's default promotions leave (C11 6.5.2.2), and 32 bits are extended like a parameter.
        let extended = sig.abi == Abi::C && self.cx.extension(ty) != Extension::None;
        for k in 0..self.cx.types.leaves(ty).len() {
            let (ty, value) = (self.cx.types.leaves(ty)[k].ty, self.leaf(value, k));
            operands.push(Arg { ty, value, extended });
        }
    }

    pub fn ret(&mut self, value: Option<Reg>) {
        let ty = self.sig.ret;
        let Some(reg) = value else {
            act!(self; "ret void");
            return;
        };
        if self.cx.types.is_bulky(ty) {
            self.copy_bulky(ty, self.result, self.home(reg));
            act!(self; "ret void");
            return;
        }
        let value = self.get(reg);
        self.ret_value(ty, value);
    }

    fn ret_value(&mut self, ty: Ty, value: Value) {
        if self.cx.types.leaves(ty).is_empty() {
            act!(self; "ret void");
            return;
        }
        let whole = self.pack_result(ty, value);
        self.ret_whole(ty, whole);
    }

    fn ret_whole(&mut self, ty: Ty, whole: Value) {
        let first = self.cx.types.leaves(ty)[0].ty;
        self.code.s("  ret ");
        self.code.s(self.cx.types.result(ty));
        self.code.s(" ");
        self.value(first, whole);
        self.code.s("\n");
    }

    /// Whether every target returns the leaves of a type in registers. LLVM returns others through a hidden address, and
    /// is then not able to make any call a jump.
    fn returns_in_registers(&mut self, ty: Ty) -> bool {
        let leaves = self.cx.types.leaves(ty);
        let floats = leaves.iter().filter(|leaf| leaf.ty.is_float()).count();
        floats <= 2 && leaves.len() - floats <= 2
    }

    /// A call in the caller's own place. `musttail` where LLVM is sure to manage it: it stops with a fatal error where it
    /// cannot. Elsewhere `tail`, which optimised builds turn into a jump as well as they can.
    pub fn tail_call(&mut self, func: FuncId, args: RegList) {
        let id = self.cx.module.func(func).sig;
        let sig = self.cx.module.types.sig(id);
        let bulky = sig.params.iter().any(|&ty| self.cx.types.is_bulky(ty));
        let leaves: usize = sig.params.iter().map(|&ty| self.cx.types.leaves(ty).len()).sum();
        let fits = match self.cx.target.arch {
            Arch::X86_64 | Arch::Aarch64 => true,
            // Only arguments in registers.
            Arch::Riscv64 => leaves <= 8,
            Arch::X86 | Arch::Arm | Arch::Riscv32 | Arch::Wasm32 | Arch::Wasm64 | Arch::Other => false,
        };
        // The prototypes must be the same (LangRef, "call"), and bulky arguments are addresses of our own stack.
        let mark = if bulky {
            ""
        } else if fits
            && self.returns_in_registers(sig.ret)
            && id == self.func.sig
            && sig.abi == Abi::Simple
            && !self.cx.types.is_bulky(sig.ret)
        {
            "musttail "
        } else {
            "tail "
        };
        let whole = self.emit_call(mark, Callee::Func(func), sig, args, Some(self.result));
        if sig.ret == Ty::NEVER && self.sig.ret != Ty::NEVER {
            act!(self; "unreachable");
        } else if self.cx.types.result(sig.ret) == "void" {
            act!(self; "ret void");
        } else {
            self.ret_whole(sig.ret, whole);
        }
    }
}
