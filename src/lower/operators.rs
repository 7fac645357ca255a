//! Operators on scalars, comparisons of anything, conversions.

use crate::hir::{self, BinaryOp, CompareOp, Constant, Expr, ExprKind, TyKind, UnaryOp};
use crate::mir::{Reg, Ty};

use super::Glue;
use super::access::is_simple;
use super::dispatch::Callee;
use super::function::{FnLowerer, Operand, Val};
use super::types::Rep;

impl<'p> FnLowerer<'_, 'p> {
    pub fn unary(&mut self, op: UnaryOp, a: &'p Expr, ty: hir::Ty) -> Operand {
        let a = self.scalar(a);
        if self.is_dead() {
            return self.dead(ty);
        }
        Operand::reg(match op {
            UnaryOp::Neg => self.b.neg(a),
            UnaryOp::BitNot | UnaryOp::Not => self.b.not(a),
        })
    }

    pub fn binary(&mut self, op: BinaryOp, a: &'p Expr, b: &'p Expr, ty: hir::Ty) -> Operand {
        let left = if is_simple(b) { self.scalar(a) } else { self.stable_scalar(a) };
        let right = self.scalar(b);
        if self.is_dead() {
            return self.dead(ty);
        }
        let nonzero = matches!(b.kind, ExprKind::Literal(Constant::Int(n)) if n != 0);
        Operand::reg(self.operate(op, left, right, ty, nonzero))
    }

    /// An operator on two registers.
    pub fn arithmetic(&mut self, op: BinaryOp, a: Reg, b: Reg, ty: hir::Ty) -> Reg {
        self.operate(op, a, b, ty, false)
    }

    fn operate(&mut self, op: BinaryOp, a: Reg, b: Reg, ty: hir::Ty, nonzero: bool) -> Reg {
        let is_float = self.b.func.ty(a).is_float();
        match op {
            BinaryOp::Add => self.b.add(a, b),
            BinaryOp::Sub => self.b.sub(a, b),
            BinaryOp::Mul => self.b.mul(a, b),
            BinaryOp::And => self.b.and(a, b),
            BinaryOp::Or => self.b.or(a, b),
            BinaryOp::Xor => self.b.xor(a, b),
            BinaryOp::Shl => self.b.shl(a, b),
            BinaryOp::Shr => self.b.shr(a, b),
            BinaryOp::Min if is_float => self.float_min(a, b),
            BinaryOp::Min => self.b.min(a, b),
            BinaryOp::Max => self.b.max(a, b),
            BinaryOp::Div => {
                self.check_divisor(b, is_float || nonzero, "division by zero");
                self.b.div(a, b)
            }
            BinaryOp::Rem => {
                self.check_divisor(b, is_float || nonzero, "remainder by zero");
                self.b.rem(a, b)
            }
            BinaryOp::FloorDiv if is_float => {
                let quotient = self.b.div(a, b);
                self.b.floor(quotient)
            }
            BinaryOp::FloorDiv => {
                self.check_divisor(b, nonzero, "division by zero");
                self.floor_div(a, b)
            }
            BinaryOp::Pow => self.power(a, b, ty),
        }
    }

    /// Floats are ordered with NaN behind all others: the smaller of one and a number is the number. `max` is the operation's own.
    fn float_min(&mut self, a: Reg, b: Reg) -> Reg {
        let least = self.b.min(a, b);
        let [no_a, no_b] = [a, b].map(|x| self.b.ne(x, x));
        let other = self.b.select(no_b, a, least);
        self.b.select(no_a, b, other)
    }

    fn check_divisor(&mut self, divisor: Reg, known: bool, message: &str) {
        if known {
            return;
        }
        let zero = self.b.int(self.b.func.ty(divisor), 0);
        let is_zero = self.b.eq(divisor, zero);
        self.panic_if(is_zero, message);
    }

    fn floor_div(&mut self, a: Reg, b: Reg) -> Reg {
        let ty = self.b.func.ty(a);
        let quotient = self.b.div(a, b);
        if !ty.is_signed() {
            return quotient;
        }
        // Truncation went up where the signs differ and something is left over.
        let rest = self.b.rem(a, b);
        let zero = self.b.int(ty, 0);
        let has_rest = self.b.ne(rest, zero);
        let signs = self.b.xor(a, b);
        let differ = self.b.lt(signs, zero);
        let went_up = self.b.and(has_rest, differ);
        let one = self.b.int(ty, 1);
        let below = self.b.sub(quotient, one);
        self.b.select(went_up, below, quotient)
    }

    fn power(&mut self, a: Reg, b: Reg, ty: hir::Ty) -> Reg {
        let reg_ty = self.b.func.ty(a);
        match reg_ty {
            Ty::F64 => self.call_lang_value("pow_f64", Vec::new(), &[a, b]),
            Ty::F32 => {
                let (a, b) = (self.b.promote(Ty::F64, a), self.b.promote(Ty::F64, b));
                let wide = self.call_lang_value("pow_f64", Vec::new(), &[a, b]);
                self.b.demote(Ty::F32, wide)
            }
            _ => {
                // The low bits of a power depend on the low bits of the base alone, so one width serves all.
                let base = self.b.resize(Ty::I64, a);
                let exp_ty = self.b.func.ty(b);
                let name = if exp_ty.is_signed() { "pow_signed" } else { "pow_unsigned" };
                let wide = if exp_ty.is_signed() { Ty::I64 } else { Ty::U64 };
                let exp = self.b.resize(wide, b);
                if exp_ty.is_signed() {
                    let zero = self.b.int(Ty::I64, 0);
                    let negative = self.b.lt(exp, zero);
                    self.panic_if(negative, "negative exponent");
                }
                let result = self.call_lang_value(name, Vec::new(), &[base, exp]);
                let Rep::Scalar(ty) = self.rep(ty) else { return result };
                self.b.resize(ty, result)
            }
        }
    }

    /// A conversion to a scalar type.
    pub fn cast(&mut self, a: &'p Expr, to: hir::Ty) -> Operand {
        let from = self.subst(a.ty);
        if from == to {
            return self.expr(a);
        }
        let op = self.expr(a);
        if self.is_dead() {
            return self.dead(to);
        }
        let (Val::Reg(value), Rep::Scalar(from_ty), Rep::Scalar(to_ty)) =
            (op.val, self.rep(from), self.rep(to))
        else {
            self.unsupported("this conversion", a.span);
            return self.dead(to);
        };
        Operand::reg(self.convert(value, from_ty, to_ty))
    }

    /// A register as another scalar type (language reference §6).
    pub fn convert(&mut self, value: Reg, from: Ty, to: Ty) -> Reg {
        if from == to {
            value
        } else if from == Ty::BOOL && to.is_float() {
            let int = self.b.extend(Ty::I32, value);
            self.b.int_to_float(to, int)
        } else if from == Ty::BOOL {
            self.b.extend(to, value)
        } else if to == Ty::BOOL {
            let zero = self.b.zero(from);
            self.b.ne(value, zero)
        } else if from.is_int() && to.is_int() {
            self.b.resize(to, value)
        } else if from.is_int() && to.is_float() {
            self.b.int_to_float(to, value)
        } else if from.is_float() && to.is_int() {
            self.b.float_to_int(to, value)
        } else if from == Ty::F32 && to == Ty::F64 {
            self.b.promote(to, value)
        } else if from == Ty::F64 && to == Ty::F32 {
            self.b.demote(to, value)
        } else if from == Ty::PTR {
            let int = self.b.ptr_to_int(value);
            self.b.resize(to, int)
        } else {
            let int = self.b.resize(Ty::USIZE, value);
            self.b.int_to_ptr(int)
        }
    }

    /// A comparison of two values of one type.
    pub fn compare(&mut self, op: CompareOp, a: &'p Expr, b: &'p Expr) -> Operand {
        let ty = self.subst(a.ty);
        let left = self.expr(a);
        let left = if is_simple(b) { self.stable_for_code(left, a, ty) } else { self.stable(left, ty) };
        self.hold(left, ty);
        let right = self.expr(b);
        if self.is_dead() {
            self.take();
            return self.dead(hir::Ty::BOOL);
        }
        let right = self.stable_for_code(right, b, ty);
        self.hold(right, ty);
        let result = self.compare_values(op, left.val, right.val, ty);
        self.release();
        self.release();
        Operand::reg(result)
    }

    /// A comparison of two values of one type; a bool.
    pub fn compare_values(&mut self, op: CompareOp, a: Val, b: Val, ty: hir::Ty) -> Reg {
        if let (Val::Reg(a), Val::Reg(b), Rep::Scalar(_)) = (a, b, self.rep(ty)) {
            return self.compare_scalars(op, a, b);
        }
        match op {
            CompareOp::Eq => self.equal(a, b, ty),
            CompareOp::Ne => {
                let equal = self.equal(a, b, ty);
                self.b.not(equal)
            }
            CompareOp::Lt | CompareOp::Le | CompareOp::Gt | CompareOp::Ge => {
                let order = self.order(a, b, ty);
                let zero = self.b.int(Ty::I64, 0);
                self.compare_scalars(op, order, zero)
            }
        }
    }

    fn compare_scalars(&mut self, op: CompareOp, a: Reg, b: Reg) -> Reg {
        match op {
            CompareOp::Eq => self.b.eq(a, b),
            CompareOp::Ne => self.b.ne(a, b),
            CompareOp::Lt => self.b.lt(a, b),
            CompareOp::Le => self.b.le(a, b),
            CompareOp::Gt => self.b.gt(a, b),
            CompareOp::Ge => self.b.ge(a, b),
        }
    }

    /// Whether two values are equal, structurally.
    pub fn equal(&mut self, a: Val, b: Val, ty: hir::Ty) -> Reg {
        if let Some(own) = self.cx.own_method(hir::Builtin::Eq, ty) {
            return self.call_own(own, &[a, b]);
        }
        match (a, b, self.rep(ty)) {
            (Val::Reg(a), Val::Reg(b), Rep::Scalar(_)) => self.b.eq(a, b),
            (Val::Mem(a), Val::Mem(b), Rep::Memory(_)) => match self.cx.types.get(ty).clone() {
                TyKind::Adt(id, args) if Some(id) == self.cx.program.dict => {
                    self.call_lang_value("dict_eq", args, &[a, b])
                }
                TyKind::Adt(id, args) if Some(id) == self.cx.program.set => {
                    self.call_lang_value("set_eq", args, &[a, b])
                }
                _ => self.call_glue(Glue::Eq, ty, &[a, b]).unwrap_or(a),
            },
            // Null is identical to null only, as an instance is to itself.
            (Val::Reg(a), Val::Reg(b), Rep::Nullable(case)) => {
                let payload = self.cx.field_types(ty, case)[0];
                let has_own = self.cx.own_method(hir::Builtin::Eq, payload).is_some();
                if self.cx.is_class(payload) && !has_own {
                    return self.b.eq(a, b);
                }
                self.call_glue(Glue::Eq, ty, &[a, b]).unwrap_or(a)
            }
            (Val::Reg(a), Val::Reg(b), Rep::Counted) => match self.cx.types.get(ty).clone() {
                TyKind::Text => self.call_lang_value("text_eq", Vec::new(), &[a, b]),
                TyKind::Array(elem) => self.call_lang_value("array_eq", vec![elem], &[a, b]),
                TyKind::Adt(..) if self.cx.is_node(ty) => self.call_glue(Glue::Eq, ty, &[a, b]).unwrap_or(a),
                // Instances of classes and actors are equal when they are the same one.
                TyKind::Adt(..) => self.b.eq(a, b),
                TyKind::Dyn(..) | TyKind::Union(_) | TyKind::Any => {
                    self.call_glue(Glue::Eq, hir::Ty::ANY, &[a, b]).unwrap_or(a)
                }
                // Anything else would be compared by address, which says nothing of its value.
                _ => {
                    self.unsupported("comparing values of this type", self.b.span());
                    self.b.bool(false)
                }
            },
            (Val::Unit, Val::Unit, _) => self.b.bool(true),
            _ => {
                self.cx.internal("two values of one type are held differently");
                self.b.bool(false)
            }
        }
    }

    /// Calls the method by which a type does itself what is built in for others.
    pub fn call_own(&mut self, (id, type_args): Callee, args: &[Val]) -> Reg {
        let func = self.cx.func(self.b.module, id, type_args);
        let args: Vec<Reg> = args
            .iter()
            .filter_map(|arg| match *arg {
                Val::Unit => None,
                Val::Reg(reg) | Val::Mem(reg) => Some(reg),
            })
            .collect();
        let list = self.b.list(&args);
        self.b.call(func, list).unwrap_or_else(|| self.b.reg(Ty::I64))
    }

    /// The order of two values as an `i64` below, at or above zero.
    pub fn order(&mut self, a: Val, b: Val, ty: hir::Ty) -> Reg {
        if let Some(own) = self.cx.own_method(hir::Builtin::Ord, ty) {
            return self.call_own(own, &[a, b]);
        }
        match (a, b, self.rep(ty)) {
            (Val::Reg(a), Val::Reg(b), Rep::Scalar(_)) => {
                let (above, below) = (self.b.gt(a, b), self.b.lt(a, b));
                let (above, below) = (self.b.extend(Ty::I64, above), self.b.extend(Ty::I64, below));
                self.b.sub(above, below)
            }
            (Val::Mem(a), Val::Mem(b), Rep::Memory(_)) | (Val::Reg(a), Val::Reg(b), Rep::Nullable(_)) => {
                self.call_glue(Glue::Compare, ty, &[a, b]).unwrap_or(a)
            }
            (Val::Reg(a), Val::Reg(b), Rep::Counted) => match self.cx.types.get(ty).clone() {
                TyKind::Text => self.call_lang_value("text_compare", Vec::new(), &[a, b]),
                TyKind::Array(elem) => self.call_lang_value("array_compare", vec![elem], &[a, b]),
                TyKind::Adt(..) if self.cx.is_node(ty) => {
                    self.call_glue(Glue::Compare, ty, &[a, b]).unwrap_or(a)
                }
                _ => {
                    self.cx.internal("an order of values that have none");
                    self.b.int(Ty::I64, 0)
                }
            },
            (Val::Unit, Val::Unit, _) => self.b.int(Ty::I64, 0),
            _ => {
                self.cx.internal("two values of one type are held differently");
                self.b.int(Ty::I64, 0)
            }
        }
    }
}
