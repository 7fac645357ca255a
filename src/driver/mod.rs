//! Builds, runs and checks programs: the only room that sees every other.
//!
//! A [`Session`] holds what one invocation works with. [`front`] turns a file into core MIR (and [`rich`] stops before), [`choose`] says which
//! back end takes it from there and why, [`build`] writes files and [`prepare`] makes something that runs. Results
//! are returned, problems are pushed into the session's diagnostics, and what a curious user may want to watch goes to
//! its [`Listener`]: nothing here prints.

mod backtrace;
mod build;
mod choose;
#[cfg(all(unix, feature = "cranelift"))]
mod dialogue;
mod docs;
mod front;
#[cfg(all(unix, feature = "cranelift"))]
mod in_process;
mod input;
mod link;
mod listen;
mod modules;
mod native;
#[cfg(test)]
mod offers;
mod options;
mod output;
mod run;
mod session;
mod spec;
mod stack;
mod system;
mod threads;
mod timings;
mod undefined;
mod verdict;
mod watch;
mod world;

pub use build::build;
pub use choose::{Choice, Request, choose};
#[cfg(all(unix, feature = "cranelift"))]
pub use dialogue::{Dialogue, Reply};
pub use docs::{DocExample, doc_examples};
pub use front::{check, compile as front, rich};
pub use input::{Input, Kind};
pub use listen::{Event, Listener, Silent};
pub use native::{cranelift_supports, program};
pub use options::{Backend, Emit, EmitKind, LinkMode, Options, Profile, TimingsFormat};
pub use run::{Ended, Finished, Program, prepare};
pub use session::{Failed, Session, Timing};
pub use spec::{Example, Specification};
pub use stack::with_deep_stack;
pub use timings::{milliseconds, passes};
pub use verdict::{Failure, Outcome, Shown, Verdict};
pub use world::{OwnSystem, Recorded, environment};
