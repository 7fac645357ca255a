//! What code refers to before it is placed.

use cranelift_codegen::ir::UserExternalName;

use crate::backend::libc::Libc;
use crate::mir::{FuncId, GlobalId};

/// The target of a relocation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) enum Symbol {
    /// A function of the module.
    Func(FuncId),
    /// A global of the module.
    Global(GlobalId),
    /// A function of the C library that an operation needs.
    Libc(Libc),
    /// The entry that a variadic function is called through with vector registers in use (System V x86-64).
    Variadic(FuncId),
}

const FUNC: u32 = 0;
const GLOBAL: u32 = 1;
const LIBC: u32 = 2;
const VARIADIC: u32 = 3;

impl Symbol {
    /// As Cranelift carries it through the compilation.
    pub fn to_external(self) -> UserExternalName {
        let (namespace, index) = match self {
            Symbol::Func(id) => (FUNC, id.0),
            Symbol::Global(id) => (GLOBAL, id.0),
            Symbol::Libc(libc) => (LIBC, libc as u32),
            Symbol::Variadic(id) => (VARIADIC, id.0),
        };
        UserExternalName { namespace, index }
    }

    /// Back again; `None` for what [`Symbol::to_external`] does not make.
    pub fn from_external(namespace: u32, index: u32) -> Option<Symbol> {
        match namespace {
            FUNC => Some(Symbol::Func(FuncId(index))),
            GLOBAL => Some(Symbol::Global(GlobalId(index))),
            LIBC => Libc::ALL.get(index as usize).copied().map(Symbol::Libc),
            VARIADIC => Some(Symbol::Variadic(FuncId(index))),
            _ => None,
        }
    }
}
