//! Casts between scalars.

use super::func::{FuncWriter, Value};
use super::inst::{T, Tv, make};
use super::intrinsics::Intrinsic;
use crate::mir::{Reg, Ty};

impl FuncWriter<'_, '_> {
    /// A cast instruction.
    pub fn convert(&mut self, name: &str, a: Reg, to: Ty) -> Value {
        let from = self.func.ty(a);
        let a = self.get(a);
        make!(self; name, Tv(from, a), " to ", T(to))
    }

    /// To an integer of any width: the low bits, or extended by the signedness of the source.
    pub fn resize(&mut self, a: Reg, to: Ty) -> Value {
        let from = self.func.ty(a);
        let a = self.get(a);
        self.resize_value(from, a, to)
    }

    pub fn resize_value(&mut self, from: Ty, a: Value, to: Ty) -> Value {
        if from == Ty::BOOL {
            return match a {
                Value::Bits(_) => a,
                Value::Undefined
                | Value::Poison
                | Value::Local(_)
                | Value::Func(_)
                | Value::Global(_)
                | Value::Leaves(_) => make!(self; "zext ", Tv(from, a), " to ", T(to)),
            };
        }
        if let Some(signed) = self.constant(from, a) {
            let unused = 64 - self.cx.types.bits(from);
            return Value::Bits(if from.is_signed() {
                signed.cast_unsigned()
            } else {
                signed.cast_unsigned() << unused >> unused
            });
        }
        let (old, new) = (self.cx.types.bits(from), self.cx.types.bits(to));
        if old == new {
            return a;
        }
        let name = match (new < old, from.is_signed()) {
            (true, _) => "trunc ",
            (false, true) => "sext ",
            (false, false) => "zext ",
        };
        make!(self; name, Tv(from, a), " to ", T(to))
    }

    pub fn int_to_float(&mut self, a: Reg, to: Ty) -> Value {
        self.convert(if self.func.ty(a).is_signed() { "sitofp " } else { "uitofp " }, a, to)
    }

    /// `fptosi` and `fptoui` make poison of what does not fit; their saturating forms do what the language wants.
    pub fn float_to_int(&mut self, a: Reg, to: Ty) -> Value {
        let from = self.func.ty(a);
        let a = self.get(a);
        let intrinsic = if to.is_signed() { Intrinsic::FloatToSigned } else { Intrinsic::FloatToUnsigned };
        let callee = self.cx.intrinsics.overload(intrinsic, to, from);
        make!(self; "call ", T(to), " ", callee, "(", Tv(from, a), ")")
    }

    pub fn bitcast(&mut self, a: Reg, to: Ty) -> Value {
        let from = self.func.ty(a);
        let a = self.get(a);
        self.reinterpret(from, a, to)
    }

    /// The same bits as another scalar of as many bytes.
    pub fn reinterpret(&mut self, from: Ty, a: Value, to: Ty) -> Value {
        let same = from == to || from.is_int() && to.is_int();
        match a {
            _ if same => a,
            Value::Bits(_) | Value::Poison => a,
            Value::Undefined | Value::Local(_) | Value::Func(_) | Value::Global(_) | Value::Leaves(_) => {
                let name = if from == Ty::BOOL {
                    "zext "
                } else if to == Ty::BOOL {
                    "trunc "
                } else if from == Ty::PTR {
                    "ptrtoint "
                } else if to == Ty::PTR {
                    "inttoptr "
                } else {
                    "bitcast "
                };
                make!(self; name, Tv(from, a), " to ", T(to))
            }
        }
    }
}
