//! Internal compiler errors: a panic is our bug, and the user is told what to report.

use std::ffi::OsString;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use super::console::Console;
use crate::diagnostics::{Diagnostic, SourceMap};
use crate::toolchain::Command;

/// Exit code for a fault of simplec itself.
pub const INTERNAL: u8 = 101;

/// The command line as a user would type it.
pub struct CommandLine(String);

impl CommandLine {
    /// Of the program's arguments, its name first.
    pub fn of(args: &[OsString]) -> CommandLine {
        let (name, rest) = args
            .split_first()
            .map_or(("simplec".into(), [].as_slice()), |(name, rest)| (name.to_string_lossy(), rest));
        CommandLine(Command::new(name.as_ref()).args(rest).to_string())
    }
}

/// Does `work`; a panic in it becomes a diagnostic.
pub fn guard(console: &Console, line: &CommandLine, work: impl FnOnce() -> ExitCode) -> ExitCode {
    // The first panic is the cause; one while unwinding is a consequence.
    let seen: Arc<Mutex<Option<String>>> = Arc::default();
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        let seen = Arc::clone(&seen);
        panic::set_hook(Box::new(move |info| {
            let message = info.payload_as_str().unwrap_or("a panic without a message");
            let place = info.location().map_or(String::new(), |place| format!(" ({place})"));
            seen.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(format!("{message}{place}"));
        }));
    }
    // The console holds settings only, and `work` is gone after a panic.
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    let _ = panic::take_hook();
    result.unwrap_or_else(|_| {
        let what = seen.lock().unwrap_or_else(PoisonError::into_inner).take();
        let what = what.as_deref().unwrap_or("a panic; its message is above");
        console.diagnostic(&report(what, line), &SourceMap::new());
        ExitCode::from(INTERNAL)
    })
}

fn report(what: &str, line: &CommandLine) -> Diagnostic {
    Diagnostic::internal(what)
        .note(format!("simplec {} on {}", env!("CARGO_PKG_VERSION"), target_lexicon::HOST))
        .note(format!("command: {}", line.0))
        .help("`RUST_BACKTRACE=1` shows where it happened; attach that, too")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_to_attach() {
        let line = CommandLine::of(&["simplec", "run", "a b.spl"].map(OsString::from));
        let report = report("index out of range (src/x.rs:1:2)", &line);
        assert!(report.message.starts_with("internal compiler error: index out of range"));
        assert!(report.notes.iter().any(|note| note == "command: simplec run 'a b.spl'"));
        assert!(report.helps.iter().any(|help| help.contains("source file")));
    }
}
