//! MIR to objects or JIT code through Cranelift.
//!
//! Every function is translated and compiled on its own, in parallel, into bytes with symbolic relocations; the
//! results are then laid down in module order, so that the output does not depend on scheduling.
//!
//! * [`compile`](self::compile) drives that; [`translate`] builds one function's IR, with the operations by category in
//!   `arith`, `bits`, `cast`, `memory`, `aggregate` and `call`.
//! * [`repr`](self::repr) and [`abi`] say how values are held and passed.
//! * [`define`] fills a Cranelift module, which [`object`](self::object) writes out, with what [`dwarf`] says of it, and
//!   [`jit`] makes executable.

mod abi;
mod aggregate;
mod arith;
mod bits;
mod call;
mod called;
mod cast;
mod compile;
mod define;
mod dwarf;
mod globals;
mod isa;
mod jit;
mod memory;
mod object;
mod ops;
mod repr;
mod symbol;
#[cfg(test)]
mod tests;
mod translate;
mod variables;

pub use isa::supports;
pub use jit::Jit;
pub use object::{describes, object};

/// How much work goes into the code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Opt {
    /// As fast to compile as possible.
    #[default]
    None,
    /// Cranelift's e-graph optimisations.
    Speed,
}

/// What code to make.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// How much work goes into it.
    pub opt: Opt,
    /// Position-independent code, as shared libraries and position-independent executables need. JIT code never is.
    pub pic: bool,
    /// Checks the IR of every function with Cranelift's verifier.
    pub verify: bool,
    /// Say in ELF objects which functions and lines code is of; files that are not absolute are in this directory.
    pub debug: Option<String>,
}

impl Default for Options {
    /// Unoptimised and position-independent; verified in debug builds of the compiler.
    fn default() -> Options {
        Options { opt: Opt::None, pic: true, verify: cfg!(debug_assertions), debug: None }
    }
}
