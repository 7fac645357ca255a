//! What can go wrong with external tools, and what it means for the build.

use std::path::PathBuf;
use std::time::Duration;

use super::install;
use super::probe::{Findings, OLDEST, TESTED};
use super::run::{Command, Output, Status};
use crate::diagnostics::{Code, Diagnostic};

/// Whether another back end may do better.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Classification {
    /// The tool is at fault (missing, too old, crashed, timed out): another back end can still compile this.
    Recoverable,
    /// The input or the machine is at fault: nothing else would help.
    Fatal,
}

/// A tool that ran, and what it left to read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invocation {
    /// What it is: `clang`, `linker`.
    pub tool: &'static str,
    /// Its path.
    pub path: PathBuf,
    /// Its version, where that is known.
    pub version: Option<String>,
    /// The whole command, as a shell would read it.
    pub command: String,
    /// The end of what it wrote to standard error.
    pub stderr: String,
}

/// What a program was linked with in which a function is missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Library {
    /// Our own C library, for a system that has another.
    Own,
    /// Our own, for a system that has no other.
    Only,
    /// The system's, of which names are known.
    Listed,
    /// The system's.
    System,
}

impl Library {
    fn name(self) -> &'static str {
        match self {
            Library::Own | Library::Only => "the self-contained library",
            Library::Listed => "the list of the system's functions",
            Library::System => "what the program is linked with",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Library::Own | Library::Listed => {
                "a C library of the target has more: `--link=system`, with `--sysroot DIR` where it is not installed; \
                 `-C link-args=FILE` adds a library"
            }
            Library::Only => {
                "docs/targets.md says what there is on which system; `-C link-args=FILE` adds an object or a library that has it"
            }
            Library::System => "`-C link-args=-lNAME` adds a library, `-C link-args=FILE` an object",
        }
    }
}

/// How much of a tool's standard error a message shows.
const STDERR_LINES: usize = 20;
const STDERR_BYTES: usize = 4096;

impl Invocation {
    /// The record of `command` having left `output`.
    pub fn new(
        tool: &'static str,
        version: Option<String>,
        command: &Command,
        output: &Output,
    ) -> Invocation {
        Invocation {
            tool,
            path: command.program.clone(),
            version,
            command: command.to_string(),
            stderr: tail(&output.stderr),
        }
    }

    /// The first error among what it wrote, without the place.
    pub fn complaint(&self) -> &str {
        let error = self.stderr.lines().find_map(|line| line.split_once("error: "));
        error.map_or("it does not say why", |(_, message)| message)
    }
}

/// The last lines of a tool's output; what had to be cut off is said.
fn tail(bytes: &[u8]) -> String {
    let from = bytes.len().saturating_sub(STDERR_BYTES);
    let text = String::from_utf8_lossy(&bytes[from..]);
    let lines: Vec<&str> = text.lines().collect();
    let first = lines.len().saturating_sub(STDERR_LINES);
    let cut = if from > 0 || first > 0 { "...\n" } else { "" };
    format!("{cut}{}", lines[first..].join("\n"))
}

/// A failure of the toolchain.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ToolchainError {
    /// No LLVM that simplec can use is there.
    #[error("no LLVM that simplec can use was found")]
    LlvmMissing(Findings),
    /// The LLVM that the user named cannot be used.
    #[error("{origin} names {}, which cannot be used: {why}", .path.display())]
    LlvmUnsuitable {
        /// The option or variable.
        origin: &'static str,
        /// What it names.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// No program can link.
    #[error("no linker was found")]
    LinkerMissing {
        /// The names that were looked for.
        names: Vec<String>,
    },
    /// The LLVM in use has no linker for the target.
    #[error("the LLVM in use has no {name}")]
    LldMissing {
        /// The linker.
        name: &'static str,
        /// The clang beside which it is missing.
        beside: PathBuf,
        /// The version of both.
        version: u32,
    },
    /// Our own C library, or our list of what is in the system's, lacks functions.
    #[error("{} for {triple} has no {}", .library.name(), quoted(.names))]
    NotInLibrary {
        /// The command.
        by: Invocation,
        /// What lacks them.
        library: Library,
        /// The target.
        triple: String,
        /// The functions.
        names: Vec<String>,
    },
    /// A target that LLVM has and simplec is not made for.
    #[error("simplec makes nothing for {triple}: {why}")]
    UnlikeAny {
        /// The target.
        triple: String,
        /// What stands against it.
        why: String,
    },
    /// What a target without a system asks of whoever links for it.
    #[error("{triple} has no system, so the program must be linked with {}", quoted(.names))]
    NotGiven {
        /// The command.
        by: Invocation,
        /// The target.
        triple: String,
        /// The functions.
        names: Vec<String>,
    },
    /// The tool could not be started.
    #[error("{} could not be started: {why}", .by.tool)]
    NotStarted {
        /// The command.
        by: Invocation,
        /// The system's words.
        why: String,
    },
    /// The tool died.
    #[error("{} crashed{}", .by.tool, .signal.map_or(String::new(), |signal| format!(" (signal {signal})")))]
    Crashed {
        /// The command.
        by: Invocation,
        /// The signal, unless it caught that itself.
        signal: Option<i32>,
        /// The module that did it, kept for a report.
        reproducer: Option<PathBuf>,
    },
    /// The tool took too long and was stopped.
    #[error("{} was stopped after {:.1} s", .by.tool, .limit.as_secs_f64())]
    TimedOut {
        /// The command.
        by: Invocation,
        /// The limit.
        limit: Duration,
        /// The module that did it, kept for a report.
        reproducer: Option<PathBuf>,
    },
    /// The tool was built without this target.
    #[error("this LLVM cannot generate code for {triple}")]
    NoSuchTarget {
        /// The command.
        by: Invocation,
        /// The target.
        triple: String,
    },
    /// The tool answered something that is no answer.
    #[error("{} gave an answer that makes no sense: {answer}", .by.tool)]
    Garbled {
        /// The command.
        by: Invocation,
        /// What is wrong with it.
        answer: String,
    },
    /// The tool succeeded and wrote nothing.
    #[error("{} succeeded without writing its output", .by.tool)]
    NoOutput {
        /// The command.
        by: Invocation,
    },
    /// LLVM refused our module: our bug.
    #[error("{} rejected the generated module", .by.tool)]
    Rejected {
        /// The command.
        by: Invocation,
        /// The module, kept for a report.
        reproducer: Option<PathBuf>,
    },
    /// LLVM does not know what the user gave it.
    #[error("LLVM does not take the arguments of `-C llvm-args`")]
    BadArguments {
        /// The command.
        by: Invocation,
    },
    /// The linker refused.
    #[error("linking failed")]
    LinkFailed {
        /// The command.
        by: Invocation,
    },
    /// The target's C library is not installed.
    #[error("the C library of {triple} is not installed")]
    NoLibrary {
        /// The command.
        by: Invocation,
        /// The target.
        triple: String,
        /// How to get it, where there is a way.
        install: Option<String>,
    },
    /// This version links no programs for the target.
    #[error("simplec links no programs for {triple} with what is on this machine")]
    CannotLink {
        /// The target.
        triple: String,
    },
    /// The cache holds something else than clang makes (`--cache=verify`).
    #[error("what is remembered of this module is not what clang makes of it")]
    CacheDiffers {
        /// The entry.
        entry: PathBuf,
    },
    /// The output cannot be written.
    #[error("cannot write {}: {why}", .path.display())]
    CannotWrite {
        /// The output.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
}

impl ToolchainError {
    /// Whether another back end may do better.
    pub fn classification(&self) -> Classification {
        use ToolchainError as E;
        match self {
            E::LlvmMissing(_)
            | E::LlvmUnsuitable { .. }
            | E::NotStarted { .. }
            | E::Crashed { .. }
            | E::TimedOut { .. }
            | E::NoSuchTarget { .. }
            | E::Garbled { .. }
            | E::NoOutput { .. } => Classification::Recoverable,
            E::Rejected { .. }
            | E::BadArguments { .. }
            | E::LinkerMissing { .. }
            | E::LldMissing { .. }
            | E::NotInLibrary { .. }
            | E::NotGiven { .. }
            | E::UnlikeAny { .. }
            | E::LinkFailed { .. }
            | E::NoLibrary { .. }
            | E::CannotLink { .. }
            | E::CacheDiffers { .. }
            | E::CannotWrite { .. } => Classification::Fatal,
        }
    }

    /// The command that failed, if one ran.
    pub fn invocation(&self) -> Option<&Invocation> {
        use ToolchainError as E;
        match self {
            E::NotStarted { by, .. }
            | E::Crashed { by, .. }
            | E::TimedOut { by, .. }
            | E::NoSuchTarget { by, .. }
            | E::Garbled { by, .. }
            | E::NoOutput { by }
            | E::Rejected { by, .. }
            | E::BadArguments { by }
            | E::LinkFailed { by }
            | E::NotInLibrary { by, .. }
            | E::NotGiven { by, .. }
            | E::NoLibrary { by, .. } => Some(by),
            E::LlvmMissing(_)
            | E::LlvmUnsuitable { .. }
            | E::LinkerMissing { .. }
            | E::LldMissing { .. }
            | E::CannotLink { .. }
            | E::UnlikeAny { .. }
            | E::CacheDiffers { .. }
            | E::CannotWrite { .. } => None,
        }
    }

    /// The message to the user: what, with which tool, and what to do next.
    pub fn diagnostic(&self) -> Diagnostic {
        use ToolchainError as E;
        let mut diagnostic = match self {
            E::Rejected { .. } => Diagnostic::internal(self),
            other => Diagnostic::error(other.code(), other.to_string()),
        };
        if let Some(by) = self.invocation() {
            let version = by.version.as_ref().map_or(String::new(), |version| format!(" ({version})"));
            diagnostic = diagnostic.note(format!("{}: {}{version}", by.tool, by.path.display()));
            diagnostic = diagnostic.note(format!("command: {}", by.command));
            if !by.stderr.is_empty() {
                diagnostic = diagnostic.note(format!("it wrote:\n{}", by.stderr));
            }
        }
        match self {
            E::LlvmMissing(findings) => {
                for note in findings.notes() {
                    diagnostic = diagnostic.note(note);
                }
                diagnostic.help(install::llvm()).help(OVERRIDE)
            }
            E::LlvmUnsuitable { .. } => diagnostic
                .note(wanted())
                .help("name another one, or leave it out to have simplec look for one"),
            E::LinkerMissing { names } => {
                diagnostic.note(format!("looked for {} on PATH", names.join(", "))).help(install::linker())
            }
            E::LldMissing { name, beside, version } => diagnostic
                .note(format!("it is looked for beside {}", beside.display()))
                .help(install::tool(name, *version)),
            E::NotInLibrary { library, .. } => diagnostic.help(library.help()),
            E::NotGiven { .. } => diagnostic.help(
                "define them as C has them, `long write(int, const void *, size_t)` and `void _exit(int)`, in an object file, \
                 and add it: `-C link-args=board.o`",
            ),
            E::NotStarted { by, .. } | E::Garbled { by, .. } | E::NoOutput { by } => {
                let diagnostic = diagnostic.help("`simplec toolchain` shows the tools in use");
                diagnostic.help(if by.tool == LINKER { "`--linker PATH` names another one" } else { OVERRIDE })
            }
            E::Crashed { reproducer, .. } | E::TimedOut { reproducer, .. } => {
                let diagnostic = match reproducer {
                    Some(path) => diagnostic.note(format!("the module is kept in {}", path.display())),
                    None => diagnostic,
                };
                let is_slow = matches!(self, E::TimedOut { .. });
                let diagnostic = match is_slow {
                    true => diagnostic.help("`--tool-timeout SECONDS` gives it more time"),
                    false => diagnostic,
                };
                diagnostic.help(
                    "try another optimisation level, another LLVM (`--llvm-prefix`) or another `--backend`",
                )
            }
            E::Rejected { reproducer, .. } => match reproducer {
                Some(path) => diagnostic.help(format!("attach {}", path.display())),
                None => diagnostic,
            },
            E::BadArguments { .. } => diagnostic.help("`clang -mllvm -help` lists what it takes"),
            E::NoSuchTarget { .. } => diagnostic
                .help("`simplec toolchain` lists the targets of the LLVM in use; another one may have more")
                .help(install::llvm()),
            E::LinkFailed { .. } => diagnostic.help("`-v` shows the command; `-C link-args=...` adds to it"),
            E::NoLibrary { install, .. } => match install {
                Some(install) => diagnostic.help(install.clone()),
                None => diagnostic.help("no distribution has one; `simplec build --emit=obj` writes the object file"),
            },
            E::CannotLink { .. } => diagnostic
                .help("`--link=system --sysroot DIR` takes the system's libraries from there; without `--link` the programs for targets that \
                       `simplec targets` calls self-contained need none; `simplec build --emit=obj` writes the object file"),
            E::CacheDiffers { entry } => diagnostic
                .note(format!("the entry is {}", entry.display()))
                .help("`simplec cache clean` forgets it; if this comes again, clang does not give the same bytes for the same module, or something that it depends on is not part of its name"),
            E::CannotWrite { .. } | E::UnlikeAny { .. } => diagnostic,
        }
    }

    fn code(&self) -> Code {
        use ToolchainError as E;
        match self {
            E::LlvmMissing(_)
            | E::LinkerMissing { .. }
            | E::LldMissing { .. }
            | E::NotStarted { .. }
            | E::NoLibrary { .. } => Code::ToolMissing,
            E::LlvmUnsuitable { .. } => Code::ToolTooOld,
            E::NoSuchTarget { .. } | E::CannotLink { .. } | E::UnlikeAny { .. } => Code::UnknownTarget,
            E::Crashed { .. }
            | E::TimedOut { .. }
            | E::Garbled { .. }
            | E::NoOutput { .. }
            | E::CacheDiffers { .. }
            | E::NotInLibrary { .. }
            | E::NotGiven { .. }
            | E::LinkFailed { .. } => Code::ToolFailed,
            E::CannotWrite { .. } => Code::CannotWrite,
            E::BadArguments { .. } => Code::Usage,
            E::Rejected { .. } => Code::Internal,
        }
    }

    /// The error of a command that did not end well for reasons that concern no particular tool; `None` when it ran
    /// to an end by itself.
    pub(super) fn of_status(
        by: &Invocation,
        status: &Status,
        reproducer: Option<PathBuf>,
    ) -> Option<ToolchainError> {
        let by = by.clone();
        match status {
            Status::Ok | Status::Failed(_) => None,
            Status::Signal(signal) => Some(ToolchainError::Crashed { by, signal: Some(*signal), reproducer }),
            Status::TimedOut(limit) => Some(ToolchainError::TimedOut { by, limit: *limit, reproducer }),
            Status::NotFound => {
                Some(ToolchainError::NotStarted { by, why: "there is no such program".to_owned() })
            }
            Status::NotStarted(why) => Some(ToolchainError::NotStarted { by, why: why.clone() }),
        }
    }
}

/// Names in words; of many, the first.
fn quoted(names: &[String]) -> String {
    let first: Vec<String> = names.iter().take(5).map(|name| format!("`{name}`")).collect();
    match names.len() - first.len() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// What the program is called that links.
pub(super) const LINKER: &str = "linker";

const OVERRIDE: &str = "name one with `--llvm-prefix DIR` or the variable `SIMPLEC_LLVM`";

/// The range of versions, in the words every message uses.
pub(super) fn wanted() -> String {
    format!("LLVM {OLDEST} or newer is needed; {OLDEST} to {TESTED} are tested")
}
