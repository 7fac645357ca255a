//! The runtime library, written in Simple and compiled with every program, and the shapes that the compiler shares
//! with it.

pub mod object;

/// The source files of the runtime: name and text, in the order in which they are compiled.
pub const SOURCES: &[(&str, &str)] = &[];
