//! The verifier. No module that passes makes LLVM or Cranelift reject what a back end writes for it.
//!
//! **Types** ([`types`]; when one of these is broken nothing else is checked)
//! 1. Parts of types, and types of parameters, are interned types other than `unit` and `never`; results may be those.
//! 2. `range<T>` is of an integer type; a vector has 1 to 256 lanes of a scalar type.
//! 3. No struct or enum holds itself by value; nesting, named types included, is at most [`Types::MAX_DEPTH`] deep; a type
//!    has less than 2 GiB where pointers have 8 bytes.
//! 4. Names of types are not empty, hold no NUL and are unique among structs and enums; those of the fields of a struct
//!    and the variants of an enum are unique there.
//! 5. `...` stands in signatures of the C convention only.
//!
//! **Symbols** ([`symbol`])
//! 6. Names of functions and globals are unique, not empty, hold no NUL and do not start with `llvm.`, nor with `::`, which
//!     back ends put before internal ones.
//! 7. `main`, where it is there, is exported, of the C convention, `() -> i32` or `(i32, ptr) -> i32`.
//!     `rt_stack_overflow` is of the C convention, `() -> never`.
//! 8. An extern global has no initial value, every other has one. It fits the type: `zero` for types without rich parts, bits
//!    for scalars, bytes for `[u8; n]` of that length, fields for structs, tuples and fixed arrays, addresses for `ptr`, but
//!    none of a thread-local global. A constant is not thread-local.
//!
//! **Functions** ([`func`])
//! 9. The first registers are the parameters, of the types in the signature; there are facts for each parameter.
//! 10. An extern function has no blocks, every other has one at least and is not variadic.
//! 11. Registers and slots have types other than `unit` and `never`; all handles, lists and case lists are in range.
//! 12. Nothing jumps to the first block.
//! 13. A register that is read is written on every path from the entry to the read (parameters are at the entry); what
//!     is read in unreachable blocks is written somewhere.
//!
//! **Instructions** ([`func`], [`core`], [`rich`])
//! 14. Operands are in the classes of the op table; results follow its rules. There is a destination exactly when there is a
//!     result, but that of a call may be missing. The result `unit` or `never` of a callee is none.
//! 15. Arguments have the types of the parameters, in number too; C varargs behind them are integers of at least 32 bits,
//!     `f64` or `ptr`. The arguments of `call.virtual` are all parameters of its signature. The function of `closure.make` is of our own convention and takes
//!     a `ptr` first, its `drop` nothing else and gives nothing. What the operations of actors pass beside that is for
//!     expansion to check.
//! 16. Indices of fields, variants, payload fields and lanes are in range, and parts have the types of their places.
//! 17. Bits of constants are values of the type, extended as [`Bits`] says.
//! 18. `trunc` narrows and `extend` widens fixed-width integers, `promote` goes from `f32` to `f64`, `demote` back, `bitcast`
//!     connects fixed-width scalars of one width. `zero` has no rich parts.
//! 19. Atomic loads and stores are of integers or pointers; a load has no release, a store no acquire ordering, a fence is
//!     not relaxed.
//!
//! **Terminators** ([`term`])
//! 20. Branches are on bools; switches on integers, with distinct cases that the type holds on every target: those of
//!     `usize` and `isize` have 32 bits, because longer ones could be the same on a 32-bit target.
//! 21. A return has a value of the result's type, none for `unit`; a function with the result `never` does not return.
//! 22. Caller and callee of a tail call have the `simple` convention, no varargs and the same result.
//!
//! **Errors** ([`errors`])
//! 23. The callee of `invoke` returns an outcome ([`Outcome`]). To the block of its failures lead no other jumps but those of
//!     failures of `invoke`, whose errors are of one type.
//! 24. `try` and `propagate` are of an outcome, `try` of one with a value. What they, `throw` and `unwind` return as a failure
//!     is of the type that the function's result, an outcome, has for it. `catch` and `unwind` are in blocks of failures.
//! 25. `throw` and `unwind` are the last operations of their blocks, and `unreachable` follows.

mod core;
mod errors;
mod func;
mod place;
mod rich;
mod symbol;
mod term;
#[cfg(test)]
mod tests;
mod types;

use super::*;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Span};

/// Checks every invariant of a module.
///
/// # Errors
/// One diagnostic for each broken invariant, at the instruction, with the function and the block in its message.
pub fn verify(module: &Module) -> Result<(), Diagnostics> {
    let mut verifier = Verifier { m: module, rich: Vec::new(), errors: Diagnostics::new() };
    verifier.types();
    if !verifier.errors.has_errors() {
        verifier.symbols();
        module.globals.iter().for_each(|global| verifier.global(global));
        module.funcs.iter().for_each(|func| verifier.func(func));
    }
    if verifier.errors.has_errors() { Err(verifier.errors) } else { Ok(()) }
}

struct Verifier<'m> {
    m: &'m Module,
    /// By type, whether a value of it holds a rich value.
    rich: Vec<bool>,
    errors: Diagnostics,
}

impl Verifier<'_> {
    fn error(&mut self, code: Code, span: Span, message: String) {
        let mut error = Diagnostic::error(code, message);
        if span.is_some() {
            error = error.at(span, "");
        }
        self.errors.push(error);
    }

    /// A type in a message.
    fn show(&self, ty: Ty) -> String {
        format!("`{}`", print_type(self.m, ty))
    }

    /// Whether a register, slot, global, field or parameter can have the type.
    fn is_value(&self, ty: Ty) -> bool {
        (ty.0 as usize) < self.m.types.len() && ty != Ty::UNIT && ty != Ty::NEVER
    }
}

/// Whether a type is in a class that does not depend on the instruction's other types; `First` and `Dst` hold none.
fn in_class(types: &Types, ty: Ty, class: Class) -> bool {
    let data = types.get(ty);
    match class {
        Class::Any => true,
        Class::Scalar => ty.is_scalar(),
        Class::Int => ty.is_int(),
        Class::IntBool => ty.is_int() || ty == Ty::BOOL,
        Class::Float => ty.is_float(),
        Class::Num => {
            let of = if let TypeData::Vector(elem, _) = data { *elem } else { ty };
            of.is_int() || of.is_float()
        }
        Class::Bool => ty == Ty::BOOL,
        Class::Ptr => ty == Ty::PTR,
        Class::Usize => ty == Ty::USIZE,
        Class::Byte => ty == Ty::U8,
        Class::Aggregate => types.field_count(ty).is_some(),
        Class::Enum => matches!(data, TypeData::Enum(_)),
        Class::Array => matches!(data, TypeData::Array(_)),
        Class::Dict => matches!(data, TypeData::Dict(..)),
        Class::Text => ty == Ty::TEXT,
        Class::Range => matches!(data, TypeData::Range(_)),
        Class::Vector => matches!(data, TypeData::Vector(..)),
        Class::First | Class::Dst => false,
    }
}

/// What a class holds, for messages.
fn class_name(class: Class) -> &'static str {
    match class {
        Class::Any => "any type",
        Class::Scalar => "a scalar type",
        Class::Int => "an integer type",
        Class::IntBool => "an integer type or `bool`",
        Class::Float => "`f32` or `f64`",
        Class::Num => "a type of integers or floats",
        Class::Bool => "`bool`",
        Class::Ptr => "`ptr`",
        Class::Usize => "`usize`",
        Class::Byte => "`u8`",
        Class::Aggregate => "a struct, tuple or fixed array",
        Class::Enum => "an enum",
        Class::Array => "an array",
        Class::Dict => "a dict",
        Class::Text => "`text`",
        Class::Range => "a range",
        Class::Vector => "a vector",
        Class::First => "the type of the first operand",
        Class::Dst => "the type of the result",
    }
}
