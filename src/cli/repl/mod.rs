//! `simplec repl`: reads entries, shows their values, and answers commands that begin with `:`.

mod entry;
mod lines;

use std::process::ExitCode;

use super::console::Console;
use super::{finished, refuse};
use crate::diagnostics::{Code, Diagnostic, SourceMap};
use crate::driver::{Dialogue, Finished, Options, Reply};
use crate::target;
use crate::toolchain::{Search, System};
use entry::Reader;
use lines::Lines;

const HELP: &str = "\
Declarations and statements run as they are entered; the value of an expression is
shown with its type, and `it` stands for the last one. A name may be declared anew.
What goes over several lines ends with an empty line, or with one that is not indented.

  :type EXPRESSION  show its type without evaluating it
  :help             show this
  :quit             leave, as the end of the input does
";

/// Talks until the input ends.
pub fn run(console: &Console) -> ExitCode {
    let host = match target::host() {
        Ok(host) => host.clone(),
        Err(error) => return refuse(&error, console),
    };
    let mut dialogue = Dialogue::new(Options::new(host), Search::from_env(), &System, console);
    let mut lines = Lines::new();
    if lines.is_terminal() {
        let greeting = format!("simplec {}, `:help` for help\n", env!("CARGO_PKG_VERSION"));
        console.stdout(greeting);
    }
    let mut reader = Reader::new(&mut lines);
    while let Some(text) = reader.entry() {
        let end = match text.trim().strip_prefix(':') {
            Some(command) => obey(command, &dialogue, console),
            None => enter(&text, &mut dialogue, console),
        };
        if let Some(code) = end {
            return code;
        }
    }
    ExitCode::SUCCESS
}

/// Carries out a command; the exit code if it was the last one.
fn obey(command: &str, dialogue: &Dialogue<'_>, console: &Console) -> Option<ExitCode> {
    let (word, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
    match word {
        "help" | "h" => {
            console.stdout(HELP);
        }
        "quit" | "q" => return Some(ExitCode::SUCCESS),
        "type" | "t" => {
            let (session, ty) = dialogue.type_of(rest.trim());
            console.diagnostics(&session);
            if let Some(ty) = ty {
                console.stdout(format!("{ty}\n"));
            }
        }
        _ => {
            let error = Diagnostic::error(Code::Usage, format!("there is no command `:{word}`"));
            console.diagnostic(&error.help("`:help` lists them"), &SourceMap::new());
        }
    }
    None
}

/// Runs an entry; the exit code if it was the last one.
fn enter(text: &str, dialogue: &mut Dialogue<'_>, console: &Console) -> Option<ExitCode> {
    let (session, reply) = dialogue.enter(text);
    console.diagnostics(&session);
    match reply {
        Reply::Refused | Reply::Panicked | Reply::Ran(None) => None,
        Reply::Ran(Some(ty)) => {
            console.stdout(format!(": {ty}\n"));
            None
        }
        Reply::Exited(code) => Some(ExitCode::from(code as u8)),
        Reply::Stopped(ended) => Some(finished(Finished::from(ended), &session, console)),
    }
}
