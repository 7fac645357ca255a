//! MIR: the op table, types, modules, the builder, the text form, the verifier and the analyses.
//!
//! Functions of typed blocks over typed, mutable virtual registers. Nothing here knows the source language, a back
//! end or a target.

pub mod analysis;
mod builder;
mod field;
#[cfg(test)]
mod manual;
mod merge;
mod module;
mod op_info;
mod ops;
mod relocate;
mod text;
mod types;
mod verify;

pub use builder::{FunctionBuilder, called_sig};
pub use merge::merge;
pub use module::*;
pub use op_info::*;
pub use ops::*;
pub use text::{parse, print, print_function, print_type};
pub use types::*;
pub use verify::verify;

/// The examples of the manual, for the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/mir.md")]
pub struct Manual;
