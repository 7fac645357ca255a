//! One diagnostic type for every room, its codes, and its rendering.

mod span;

pub use span::{FileId, Span};
