//! How values are passed to functions and back.
//!
//! Functions of the Simple ABI use Cranelift's `tail` convention, which lets a tail call reuse the activation. An
//! aggregate goes by value, as 8-byte words, up to [`MAX_PARAM_WORDS`] or [`MAX_RESULT_WORDS`]; a larger parameter as
//! a pointer to the caller's copy, which the callee copies on entry because its register is mutable; a larger result
//! through a pointer that comes before the parameters.
//!
//! The C ABI is the target's. Aggregates in C signatures are reported: [`unsupported_in_c`].

use cranelift_codegen::ir::{AbiParam, Signature as ClifSignature, types};
use cranelift_codegen::isa::{CallConv, TargetIsa};

use super::repr::{POINTER, Repr, repr};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::mir::{Abi, Signature, Ty, Types};
use crate::target::Layouts;

/// Words of the largest aggregate that is passed by value: every tail call whose arguments are no larger can
/// reuse the activation.
const MAX_PARAM_WORDS: u64 = 8;

/// Words of the largest aggregate that is returned in registers; all three ISAs have two.
const MAX_RESULT_WORDS: u64 = 2;

/// How one parameter or result is passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Pass {
    /// Not at all: it has no bytes.
    Nothing,
    /// As one value.
    Scalar(AbiParam),
    /// As this many 8-byte words, the last one padded.
    Words(u32),
    /// As a pointer to memory of the caller.
    Pointer,
}

/// How a parameter of a type is passed.
pub(super) fn pass_param(types: &Types, layouts: &Layouts<'_>, abi: Abi, ty: Ty) -> Pass {
    pass(types, layouts, abi, ty, MAX_PARAM_WORDS)
}

/// How a result of a type is passed.
pub(super) fn pass_result(types: &Types, layouts: &Layouts<'_>, abi: Abi, ty: Ty) -> Pass {
    pass(types, layouts, abi, ty, MAX_RESULT_WORDS)
}

fn pass(types: &Types, layouts: &Layouts<'_>, abi: Abi, ty: Ty, max_words: u64) -> Pass {
    match repr(types, layouts, ty) {
        // A vector is reported where a register has it; signatures only need to be something until then.
        None | Some(Repr::Nothing) => Pass::Nothing,
        Some(Repr::Scalar(clif)) => {
            let param = AbiParam::new(clif);
            Pass::Scalar(match abi {
                Abi::C if clif.is_int() && ty.is_signed() => param.sext(),
                Abi::C if clif.is_int() => param.uext(),
                Abi::C | Abi::Simple => param,
            })
        }
        Some(Repr::Memory(layout)) => {
            let words = layout.size.div_ceil(8);
            if words <= max_words { Pass::Words(words as u32) } else { Pass::Pointer }
        }
    }
}

/// The Cranelift signature of a MIR signature, without varargs.
pub(super) fn signature(
    isa: &dyn TargetIsa,
    types: &Types,
    layouts: &Layouts<'_>,
    sig: &Signature,
) -> ClifSignature {
    let mut clif = ClifSignature::new(call_conv(isa, sig.abi));
    match pass_result(types, layouts, sig.abi, sig.ret) {
        Pass::Nothing => {}
        Pass::Scalar(param) => clif.returns.push(param),
        Pass::Words(n) => clif.returns.extend((0..n).map(|_| AbiParam::new(types::I64))),
        Pass::Pointer => clif.params.push(AbiParam::new(POINTER)),
    }
    for &ty in &sig.params {
        match pass_param(types, layouts, sig.abi, ty) {
            Pass::Nothing => {}
            Pass::Scalar(param) => clif.params.push(param),
            Pass::Words(n) => clif.params.extend((0..n).map(|_| AbiParam::new(types::I64))),
            Pass::Pointer => clif.params.push(AbiParam::new(POINTER)),
        }
    }
    clif
}

/// The convention of an ABI.
pub(super) fn call_conv(isa: &dyn TargetIsa, abi: Abi) -> CallConv {
    match abi {
        Abi::Simple => CallConv::Tail,
        Abi::C => isa.default_call_conv(),
    }
}

/// Reports a C signature that passes an aggregate.
pub(super) fn unsupported_in_c(
    types: &Types,
    layouts: &Layouts<'_>,
    sig: &Signature,
    span: Span,
) -> Option<Diagnostic> {
    let aggregate = |&ty: &Ty| matches!(repr(types, layouts, ty), Some(Repr::Memory(_)));
    let found = sig.abi == Abi::C && sig.params.iter().chain([&sig.ret]).any(aggregate);
    found.then(|| {
        Diagnostic::error(
            Code::NotSupported,
            "the Cranelift back end does not yet pass structs, tuples, arrays and enums by value to or from C",
        )
        .at(span, "")
        .help("pass a pointer to it")
    })
}
