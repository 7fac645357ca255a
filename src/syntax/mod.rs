//! Text to tokens to syntax tree.

pub mod ast;
mod intern;

pub use intern::{Interner, Symbol};

/// The greatest height of an expression's tree. A chain `a + b + c` is as high as it has operators. Everything that
/// walks the tree recurses at most this often (times a small constant), for which the driver's threads have the stack.
pub const MAX_HEIGHT: u32 = 10_000;

/// How many brackets, blocks, types and patterns may be inside one another.
pub const MAX_NESTING: u32 = 256;
