//! Analyses of functions that several consumers share. All are linear or nearly so, and none recurses.

mod cfg;
mod dom;
mod loops;
mod ssa;

pub use cfg::Cfg;
pub use dom::Dominators;
pub use loops::{Loop, innermost};
pub use ssa::{Phi, Ssa, ValueId};

#[cfg(test)]
mod tests;
