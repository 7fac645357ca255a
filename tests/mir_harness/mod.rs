//! The parts of the runner of tests/mir.

pub mod case;
pub mod coverage;
pub mod driver;
pub mod interpreted;
pub mod program;
