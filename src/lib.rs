//! `simplec`: a compiler for the Simple language.
//!
//! Data flows one way: `syntax` (text to AST), `hir` (names and types), `lower` (HIR to MIR), `opt` and
//! `expand` (MIR to MIR), then a back end. `toolchain` starts processes; `driver` is the only room that sees
//! everything. See ARCHITECTURE.md.

pub mod backend;
pub mod cli;
pub mod diagnostics;
pub mod driver;
pub mod expand;
#[cfg(test)]
mod generated;
mod handles;
pub mod hir;
pub mod lower;
pub mod mir;
pub mod opt;
pub mod runtime;
pub mod syntax;
pub mod target;
pub mod toolchain;
