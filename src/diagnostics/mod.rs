//! One diagnostic type for every room, its codes, and its rendering.
//!
//! A room pushes [`Diagnostic`]s into the [`Diagnostics`] it was given and never prints. The command line
//! renders them with a [`Renderer`], which needs the [`SourceMap`] to turn a [`Span`] into a place.

mod code;
mod diagnostic;
mod render;
mod sink;
mod source;
mod span;
mod suggest;

pub use code::Code;
pub use diagnostic::{Diagnostic, Label, Severity};
pub use render::{Format, Renderer};
pub use sink::Diagnostics;
pub use source::{Location, MAX_SOURCE_BYTES, SourceFile, SourceMap};
pub use span::{FileId, Span};
pub use suggest::closest;
