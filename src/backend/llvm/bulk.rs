//! Bulky values: those of more leaves than LLVM registers are good for.
//!
//! A register of a bulky type has a *home*, stack memory that holds what the register does; reading is reading there and
//! every definition copies into it. A bulky argument is passed as the address of the caller's home, and the callee
//! copies it if it writes the parameter. A bulky result goes through an address that the caller passes first.

use super::func::{FuncWriter, Naming, Value};
use super::inst::{T, Tv, V, act};
use super::intrinsics::Intrinsic;
use crate::mir::{CoreOp, Op, Reg, Ty};

impl FuncWriter<'_, '_> {
    /// Makes the homes, in the entry block.
    pub fn make_homes(&mut self) {
        let func = self.func;
        let params = func.params.len();
        if func.regs.iter().any(|reg| self.cx.types.is_bulky(reg.ty)) {
            self.homes = vec![Value::Undefined; func.regs.len()];
            let mut written = vec![false; func.regs.len()];
            for inst in func.blocks.iter().flat_map(|block| &block.insts) {
                if let Some(dst) = inst.dst {
                    written[dst.idx()] = true;
                }
            }
            for (i, reg) in func.regs.iter().enumerate() {
                if !self.cx.types.is_bulky(reg.ty) {
                    continue;
                }
                self.naming = Naming::Reg(Reg(i as u32));
                let passed = if i < params { self.params[i] } else { Value::Undefined };
                self.homes[i] = if i < params && !written[i] { passed } else { self.alloca(reg.ty) };
            }
            for i in 0..params {
                if self.homes[i] != Value::Undefined {
                    self.copy_bulky(func.regs[i].ty, self.homes[i], self.params[i]);
                }
            }
            self.naming = Naming::Nothing;
        }
        self.make_scratch();
    }

    /// Memory for bulky results that nobody wants: as large as the largest.
    fn make_scratch(&mut self) {
        let func = self.func;
        let types = &self.cx.module.types;
        let mut largest: Option<Ty> = None;
        for inst in func.blocks.iter().flat_map(|block| &block.insts).filter(|inst| inst.dst.is_none()) {
            let sig = if let Op::Core(CoreOp::Call { func, .. }) = inst.op {
                self.cx.module.func(func).sig
            } else if let Op::Core(CoreOp::CallIndirect { sig, .. }) = inst.op {
                sig
            } else {
                continue;
            };
            let ret = types.sig(sig).ret;
            let size = |ty: Ty| self.cx.types.layouts.size(ty);
            if self.cx.types.is_bulky(ret) && largest.is_none_or(|ty| size(ty) < size(ret)) {
                largest = Some(ret);
            }
        }
        if let Some(ty) = largest {
            self.scratch = self.alloca(ty);
        }
    }

    /// The home of a register of a bulky type.
    pub fn home(&self, reg: Reg) -> Value {
        self.homes.get(reg.idx()).copied().unwrap_or(Value::Undefined)
    }

    pub fn copy_bulky(&mut self, ty: Ty, to: Value, from: Value) {
        if to == from {
            return;
        }
        let (size, align) = (self.cx.types.layouts.size(ty), self.cx.types.layouts.align(ty));
        let copy = self.cx.intrinsics.overload(Intrinsic::MemCopy, Ty::USIZE, Ty::UNIT);
        act!(self; "call void ", copy, "(ptr align ", align, " ", V(Ty::PTR, to), ", ptr align ", align, " ",
            V(Ty::PTR, from), ", ", Tv(Ty::USIZE, Value::Bits(size)), ", i1 false)");
    }

    pub fn zero_bulky(&mut self, ty: Ty, to: Value) {
        let (size, align) = (self.cx.types.layouts.size(ty), self.cx.types.layouts.align(ty));
        let fill = self.cx.intrinsics.overload(Intrinsic::MemSet, Ty::USIZE, Ty::UNIT);
        act!(self; "call void ", fill, "(ptr align ", align, " ", V(Ty::PTR, to), ", i8 0, ", T(Ty::USIZE), " ",
            size, ", i1 false)");
    }
}
