//! External tools: finding LLVM, asking it, compiling and linking with it.
//!
//! The only room that starts processes, and it knows nothing of MIR: text goes in, files come out. Processes are
//! started through a [`Runner`], so that everything here can be tried with tools that are scripts of three lines.

mod archive;
mod cache;
mod child;
mod compile;
mod doctor;
mod emulate;
mod error;
mod exports;
mod import;
mod install;
mod layout;
mod link;
mod lld;
mod objects;
mod output;
mod probe;
mod run;
mod search;
mod temporary;
#[cfg(all(test, unix))]
mod tests;

pub use archive::{Member, archive};
pub use cache::{Cache, Stored};
pub use child::{Child, start_child};
pub use compile::{CompileJob, Level, Product, commands as compile_commands, compile};
pub use doctor::{CacheReport, Missing, Report, Runs, TargetReport, examine, runs};
pub use emulate::emulator_command;
pub use error::{Classification, Invocation, Library, ToolchainError};
pub use exports::Exports;
pub use import::import_library;
pub use install::emulator as install_emulator;
pub use layout::{data_layout, describe, objection};
pub use link::{LinkJob, Linker, command as link_command, link};
pub use objects::compile_once;
pub use output::Pending;
pub use probe::{Finding, Findings, Llvm, OLDEST, PREFERRED, TESTED, Tool, Version, find};
pub use run::{Command, Output, Runner, Status, System, find_in};
pub use search::Search;
pub use temporary::{Temporary, remove_on_signals};
