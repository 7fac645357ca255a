//! Names, types and inference: AST to typed HIR.

mod tree;
mod types;

pub use tree::*;
pub use types::{IntTy, Ty, TyKind, Types};
