//! Internal compiler errors: a panic is our bug, and the user is told what to report.

use std::ffi::OsString;
use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
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

/// Does `work` on a file; a panic in it becomes a diagnostic, and a file to attach to a report.
pub fn guard(
    console: &Console,
    line: &CommandLine,
    input: Option<&Path>,
    work: impl FnOnce() -> ExitCode,
) -> ExitCode {
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
        let report = report(what, line);
        let kept = keep(&report, input, &std::env::temp_dir());
        let report = match kept {
            Some(path) => report.note(format!("the report and the source are in {}", path.display())),
            None => report,
        };
        console.diagnostic(&report, &SourceMap::new());
        ExitCode::from(INTERNAL)
    })
}

fn report(what: &str, line: &CommandLine) -> Diagnostic {
    Diagnostic::internal(what)
        .note(format!("simplec {} on {}", env!("CARGO_PKG_VERSION"), target_lexicon::HOST))
        .note(format!("command: {}", line.0))
        .help("`RUST_BACKTRACE=1` shows where it happened; attach that, too")
}

/// Writes what to attach to a new file in a folder; `None` where that fails. An input that cannot be read a second time, such as
/// standard input, is left out.
fn keep(report: &Diagnostic, input: Option<&Path>, folder: &Path) -> Option<PathBuf> {
    let mut text = format!("{}\n", report.message);
    report.notes.iter().for_each(|note| text.extend([note, "\n"]));
    let source = input.filter(|path| path.is_file()).and_then(|path| Some((path, std::fs::read(path).ok()?)));
    let mut bytes = text.into_bytes();
    if let Some((path, source)) = source {
        bytes.extend_from_slice(format!("\n--- {}\n", path.display()).as_bytes());
        bytes.extend(source);
    }
    let mut file =
        tempfile::Builder::new().prefix("simplec-crash-").suffix(".txt").tempfile_in(folder).ok()?;
    file.write_all(&bytes).ok()?;
    file.keep().ok().map(|(_, path)| path)
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
    #[test]
    fn what_to_attach_is_kept_with_the_source() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("a.spl");
        std::fs::write(&source, b"print 1\n\xff").unwrap();
        let report =
            report("on purpose", &CommandLine::of(&["simplec", "check", "a.spl"].map(OsString::from)));
        let kept = keep(&report, Some(&source), folder.path()).unwrap();
        let bytes = std::fs::read(&kept).unwrap();
        assert!(bytes.ends_with(b"a.spl\nprint 1\n\xff"), "{bytes:?}");
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.starts_with("internal compiler error: on purpose\n"), "{text}");
        assert!(text.contains("\nsimplec ") && text.contains("\ncommand: simplec check a.spl\n"), "{text}");
        for nothing in [None, Some(Path::new("-")), Some(folder.path())] {
            let kept = keep(&report, nothing, folder.path()).unwrap();
            assert!(!std::fs::read_to_string(kept).unwrap().contains("---"));
        }
        assert_eq!(keep(&report, Some(&source), &source), None, "a folder that is none");
    }
}
