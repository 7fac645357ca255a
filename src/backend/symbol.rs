//! How symbols are spelt in what back ends emit.
//!
//! A symbol that other objects see has the name that MIR gives it. An internal one always has a `::` in it, before it
//! where there is none: no name of C has one. Otherwise LLVM would take an internal `floor` for the C library's and
//! compute what that gives, and heap operations would call an internal `malloc`.

use std::borrow::Cow;

use crate::mir::Linkage;

/// The spelling of a symbol.
pub(super) fn spelling(name: &str, linkage: Linkage) -> Cow<'_, str> {
    match linkage {
        // Nothing else begins like this: the verifier sees to it.
        Linkage::Internal if !name.contains("::") => Cow::Owned(format!("::{name}")),
        Linkage::Internal | Linkage::Export | Linkage::Weak | Linkage::Extern => Cow::Borrowed(name),
    }
}
