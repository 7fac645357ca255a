//! Questions that are answered in plain, stable lines.

use std::fmt::Write;

use super::args::Print;
use crate::driver::{Failed, Session};
use crate::target;

/// The answers to `--print`.
///
/// # Errors
/// In the session's diagnostics.
pub fn answer(session: &mut Session<'_>, questions: &[Print]) -> Result<Vec<u8>, Failed> {
    let mut out = String::new();
    for question in questions {
        match question {
            Print::Backend => {
                let choice = session.choose(false)?;
                let _ = writeln!(out, "{} ({})", choice.backend.name(), choice.why);
            }
            Print::TargetList => {
                for target in target::all() {
                    let _ = writeln!(out, "{}", target.triple);
                }
            }
            Print::TargetTriple => {
                let _ = writeln!(out, "{}", session.options.target.triple);
            }
            Print::DataLayout => {
                let _ = writeln!(out, "{}", session.data_layout());
            }
            Print::Toolchain => {
                let llvm = session.llvm_or_fail()?;
                let _ = writeln!(out, "version {}", llvm.version);
                let _ = writeln!(out, "clang {}", llvm.clang.display());
                let _ = writeln!(out, "targets {}", llvm.targets.join(" "));
            }
        }
    }
    Ok(out.into_bytes())
}

/// The table of `simplec targets`.
pub fn targets() -> String {
    let mut out = String::new();
    let host = target::host().ok();
    for target in target::all() {
        let mark = if host == Some(target) { '*' } else { ' ' };
        let _ = writeln!(out, "{mark} {:<32} {}", target.triple, target.description);
    }
    out
}
