//! Methods of the number types, as one table: name, receiver, arguments, result, and what becomes of a call.

use super::arguments::Given;
use super::context::*;
use super::describe::plural;
use super::tree::*;
use super::types::{IntTy, Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;

/// Which types have a method.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum On {
    Int,
    Float,
    Number,
    /// Numbers, `bool` and `char`: what `as` converts.
    Scalar,
    FixedArray,
    /// Arrays of numbers.
    Numbers,
    /// Arrays of numbers, or of units that wrap numbers.
    Summands,
}

/// What a call becomes.
#[derive(Clone, Copy, Debug)]
enum Make {
    /// An operator, with the rules of operators for mixed types.
    Operator(BinaryOp),
    /// An intrinsic that gives the receiver's type.
    Same(Intrinsic),
    /// An intrinsic whose count is given as an i64.
    Count(Intrinsic),
    /// An intrinsic with a count of bits as its argument.
    Rotate(Intrinsic),
    Cast(Ty),
    /// A function of the runtime, a template: for the receiver, and so many arguments of its type.
    Runtime(&'static str, usize),
    /// A function of the runtime for the receiver and a count.
    RuntimeCount(&'static str),
    /// A function of the runtime that adds up the elements from a number of their type on.
    Total(&'static str, u64),
    /// The number of elements in the type.
    Length,
}

/// A method of the compiler.
#[derive(Clone, Copy, Debug)]
pub(super) struct BuiltinMethod {
    name: &'static str,
    on: On,
    make: Make,
}

impl BuiltinMethod {
    /// How many arguments it takes.
    pub fn arguments(self) -> usize {
        match self.make {
            Make::Operator(_) | Make::Rotate(_) | Make::RuntimeCount(_) => 1,
            Make::Runtime(_, count) => count,
            Make::Same(_) | Make::Count(_) | Make::Cast(_) | Make::Total(..) | Make::Length => 0,
        }
    }
}

const fn method(name: &'static str, on: On, make: Make) -> BuiltinMethod {
    BuiltinMethod { name, on, make }
}

const METHODS: &[BuiltinMethod] = &[
    method("abs", On::Number, Make::Same(Intrinsic::Abs)),
    method("sqrt", On::Float, Make::Same(Intrinsic::Sqrt)),
    method("floor", On::Float, Make::Same(Intrinsic::Floor)),
    method("ceil", On::Float, Make::Same(Intrinsic::Ceil)),
    method("round", On::Float, Make::Same(Intrinsic::Round)),
    method("trunc", On::Float, Make::Same(Intrinsic::Trunc)),
    method("min", On::Number, Make::Operator(BinaryOp::Min)),
    method("max", On::Number, Make::Operator(BinaryOp::Max)),
    method("pow", On::Number, Make::Operator(BinaryOp::Pow)),
    method("fdiv", On::Number, Make::Operator(BinaryOp::FloorDiv)),
    method("count_ones", On::Int, Make::Count(Intrinsic::CountOnes)),
    method("leading_zeros", On::Int, Make::Count(Intrinsic::LeadingZeros)),
    method("trailing_zeros", On::Int, Make::Count(Intrinsic::TrailingZeros)),
    method("rotate_left", On::Int, Make::Rotate(Intrinsic::RotateLeft)),
    method("rotate_right", On::Int, Make::Rotate(Intrinsic::RotateRight)),
    method("wrapping_add", On::Int, Make::Operator(BinaryOp::Add)),
    method("wrapping_sub", On::Int, Make::Operator(BinaryOp::Sub)),
    method("wrapping_mul", On::Int, Make::Operator(BinaryOp::Mul)),
    method("wrapping_div", On::Int, Make::Operator(BinaryOp::Div)),
    method("wrapping_rem", On::Int, Make::Operator(BinaryOp::Rem)),
    method("wrapping_pow", On::Int, Make::Operator(BinaryOp::Pow)),
    method("wrapping_neg", On::Int, Make::Runtime("wrapping_neg", 0)),
    method("wrapping_abs", On::Int, Make::Same(Intrinsic::Abs)),
    method("wrapping_shl", On::Int, Make::Operator(BinaryOp::Shl)),
    method("wrapping_shr", On::Int, Make::Operator(BinaryOp::Shr)),
    method("checked_add", On::Int, Make::Runtime("checked_add", 1)),
    method("checked_sub", On::Int, Make::Runtime("checked_sub", 1)),
    method("checked_mul", On::Int, Make::Runtime("checked_mul", 1)),
    method("checked_div", On::Int, Make::Runtime("checked_div", 1)),
    method("checked_rem", On::Int, Make::Runtime("checked_rem", 1)),
    method("checked_neg", On::Int, Make::Runtime("checked_neg", 0)),
    method("checked_abs", On::Int, Make::Runtime("checked_abs", 0)),
    method("checked_pow", On::Int, Make::RuntimeCount("checked_pow")),
    method("checked_shl", On::Int, Make::RuntimeCount("checked_shl")),
    method("checked_shr", On::Int, Make::RuntimeCount("checked_shr")),
    method("saturating_add", On::Int, Make::Runtime("saturating_add", 1)),
    method("saturating_sub", On::Int, Make::Runtime("saturating_sub", 1)),
    method("saturating_mul", On::Int, Make::Runtime("saturating_mul", 1)),
    method("saturating_neg", On::Int, Make::Runtime("saturating_neg", 0)),
    method("saturating_abs", On::Int, Make::Runtime("saturating_abs", 0)),
    method("saturating_pow", On::Int, Make::RuntimeCount("saturating_pow")),
    method("is_nan", On::Float, Make::Runtime("is_nan", 0)),
    method("is_finite", On::Float, Make::Runtime("is_finite", 0)),
    method("is_infinite", On::Float, Make::Runtime("is_infinite", 0)),
    method("sum", On::Summands, Make::Total("sum", 0)),
    method("product", On::Numbers, Make::Total("product", 1)),
    method("to_i8", On::Scalar, Make::Cast(Ty::I8)),
    method("to_i16", On::Scalar, Make::Cast(Ty::I16)),
    method("to_i32", On::Scalar, Make::Cast(Ty::I32)),
    method("to_i64", On::Scalar, Make::Cast(Ty::I64)),
    method("to_int", On::Scalar, Make::Cast(Ty::I64)),
    method("to_isize", On::Scalar, Make::Cast(Ty::ISIZE)),
    method("to_u8", On::Scalar, Make::Cast(Ty::U8)),
    method("to_u16", On::Scalar, Make::Cast(Ty::U16)),
    method("to_u32", On::Scalar, Make::Cast(Ty::U32)),
    method("to_u64", On::Scalar, Make::Cast(Ty::U64)),
    method("to_usize", On::Scalar, Make::Cast(Ty::USIZE)),
    method("to_f32", On::Scalar, Make::Cast(Ty::F32)),
    method("to_f64", On::Scalar, Make::Cast(Ty::F64)),
    method("to_float", On::Scalar, Make::Cast(Ty::F64)),
    method("len", On::FixedArray, Make::Length),
];

/// The names of the methods that the compiler gives to types.
pub fn builtin_methods() -> impl Iterator<Item = &'static str> {
    METHODS.iter().map(|method| method.name)
}

fn is_on(on: On, checker: &Checker, ty: Ty) -> bool {
    match *checker.types.get(ty) {
        TyKind::Array(elem) => {
            let elem = checker.resolve(elem);
            let is_summed = |base| checker.is_number(base);
            match on {
                On::Numbers => checker.is_numeric(elem),
                On::Summands => checker.is_numeric(elem) || checker.unit_base(elem).is_some_and(is_summed),
                On::Int | On::Float | On::Number | On::Scalar | On::FixedArray => false,
            }
        }
        TyKind::Int(_) => matches!(on, On::Int | On::Number | On::Scalar),
        TyKind::F32 | TyKind::F64 => matches!(on, On::Float | On::Number | On::Scalar),
        TyKind::Bool | TyKind::Char => on == On::Scalar,
        TyKind::FixedArray(..) => on == On::FixedArray,
        TyKind::Error
        | TyKind::Unit
        | TyKind::Never
        | TyKind::Text
        | TyKind::Tuple(..)
        | TyKind::Range(_)
        | TyKind::Adt(..)
        | TyKind::Fn(..)
        | TyKind::Ptr(_)
        | TyKind::Dyn(..)
        | TyKind::Union(_)
        | TyKind::Any
        | TyKind::Vector(..)
        | TyKind::Param(_)
        | TyKind::Var(_) => false,
    }
}

impl<'a> Checker<'a> {
    /// The method of the compiler that a type has under a name.
    pub fn builtin_method(&self, ty: Ty, name: Symbol) -> Option<BuiltinMethod> {
        let name = self.name(name);
        METHODS.iter().copied().find(|method| method.name == name && is_on(method.on, self, ty))
    }

    /// The names of a type's methods of the compiler.
    pub fn builtin_method_names(&self, ty: Ty) -> Vec<&'static str> {
        METHODS.iter().filter(|method| is_on(method.on, self, ty)).map(|method| method.name).collect()
    }

    /// Whether some type has a method of the name.
    pub fn is_method(&self, name: Symbol) -> bool {
        let text = self.name(name);
        METHODS.iter().any(|method| method.name == text)
            || self.method_names.iter().any(|&(_, known)| known == name)
            || self.trait_methods.contains_key(&name)
    }

    /// A call of a method of the compiler.
    pub fn call_builtin_method(
        &mut self,
        method: BuiltinMethod,
        receiver: Expr,
        args: &[Given<'a>],
        span: Span,
    ) -> Expr {
        if !self.takes(args, false) {
            return self.error_expr(span);
        }
        let wanted = method.arguments();
        if args.len() != wanted || args.iter().any(|arg| arg.label.is_some()) {
            let error = Diagnostic::error(
                Code::Arguments,
                format!("`{}` takes {}, found {}", method.name, plural(wanted, "argument"), args.len()),
            )
            .at(span, format!("{} here", plural(args.len(), "argument")));
            self.error(error);
            self.check_loosely(args);
            return self.error_expr(span);
        }
        let args = args.iter().map(|arg| self.expr(arg.value, Expect::Any)).collect();
        self.apply_builtin_method(method, receiver, args, span)
    }

    /// The same with arguments that are checked.
    pub fn apply_builtin_method(
        &mut self,
        method: BuiltinMethod,
        receiver: Expr,
        mut args: Vec<Expr>,
        span: Span,
    ) -> Expr {
        let ty = self.resolve(receiver.ty);
        match (method.make, args.pop()) {
            (Make::Operator(op), Some(other)) => self.arithmetic(op, receiver, other, span),
            (Make::Rotate(intrinsic), Some(count)) => {
                let count = self.bit_count(count);
                self.call_intrinsic(intrinsic, vec![receiver, count], ty, span)
            }
            (Make::RuntimeCount(name), Some(count)) => {
                let count = self.bit_count(count);
                self.call_lang(name, vec![receiver, count], name, span)
            }
            (Make::Operator(_) | Make::Rotate(_) | Make::RuntimeCount(_), None) => self.error_expr(span),
            (Make::Runtime(name, _), other) => {
                let other = other.map(|other| self.coerce(other, ty, Why::None));
                let args = [receiver].into_iter().chain(other).collect();
                self.call_lang(name, args, name, span)
            }
            (Make::Total(name, first), _) => {
                let TyKind::Array(elem) = *self.types.get(ty) else { return self.error_expr(span) };
                let elem = self.settle(elem);
                let first = match self.unit_base(elem) {
                    Some(base) => {
                        let first = self.int(first, base, span);
                        self.in_unit(first, elem)
                    }
                    None => self.int(first, elem, span),
                };
                self.call_lang(name, vec![receiver, first], name, span)
            }
            (Make::Same(intrinsic), _) => self.call_intrinsic(intrinsic, vec![receiver], ty, span),
            (Make::Count(intrinsic), _) => {
                let count = self.call_intrinsic(intrinsic, vec![receiver], ty, span);
                if ty == Ty::I64 { count } else { self.cast(count, Ty::I64) }
            }
            (Make::Cast(to), _) if ty == to => receiver,
            (Make::Cast(to), _) => expr(ExprKind::Cast(Box::new(receiver)), to, span),
            (Make::Length, _) => {
                let TyKind::FixedArray(_, n) = *self.types.get(ty) else { return self.error_expr(span) };
                let length = self.int(n, Ty::I64, span);
                expr(ExprKind::Block(vec![receiver, length], true), Ty::I64, span)
            }
        }
    }

    /// A count of any integer type as an i64.
    fn bit_count(&mut self, count: Expr) -> Expr {
        let count = self.settled(count);
        match self.types.get(count.ty) {
            TyKind::Int(IntTy::I64) | TyKind::Error | TyKind::Never => count,
            TyKind::Int(_) => self.cast(count, Ty::I64),
            _ => self.coerce(count, Ty::I64, Why::None),
        }
    }

    /// A call of an intrinsic `f<T>(…)`, which the runtime declares.
    fn call_intrinsic(&mut self, intrinsic: Intrinsic, args: Vec<Expr>, ty: Ty, span: Span) -> Expr {
        let Some(&func) = self.intrinsics.get(&intrinsic) else {
            self.error(
                Diagnostic::internal(format!("the runtime does not declare {intrinsic:?}")).at(span, ""),
            );
            return self.error_expr(span);
        };
        expr(ExprKind::Call { func, type_args: vec![ty], args }, ty, span)
    }
}
