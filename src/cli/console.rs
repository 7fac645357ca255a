//! The terminal: the only code that writes to it.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use serde::Serialize;

use super::args::{Colour, MessageFormat, TerminalArgs};
use super::query::Answer;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Format, Renderer, Severity, SourceMap};
use crate::driver::{Event, Listener, Session, Timing, milliseconds, passes};

/// How to write.
pub struct Console {
    format: Format,
    colour: bool,
    verbose: bool,
    quiet: bool,
}

impl Console {
    /// A console as the arguments and the environment want it.
    pub fn new(args: &TerminalArgs) -> Console {
        let wanted = || {
            let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
            let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            io::stderr().is_terminal() && !is_dumb && !refused
        };
        Console {
            format: match args.message_format {
                MessageFormat::Human => Format::Human,
                MessageFormat::Short => Format::Short,
                MessageFormat::Json => Format::Json,
            },
            colour: match args.color {
                Colour::Auto => wanted(),
                Colour::Always => true,
                Colour::Never => false,
            },
            verbose: args.verbose,
            quiet: args.quiet,
        }
    }

    /// Whether answers are objects for programs to read.
    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Whether only what went wrong is told.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Answers as they go to standard output: text, or a JSON object on a line for each.
    pub fn answers(&self, answers: &[impl Answer]) -> String {
        let mut out = String::new();
        for answer in answers {
            // Writing to a string does not fail, and answers are strings, numbers and lists of them.
            match self.format {
                Format::Human | Format::Short => drop(answer.write(&mut out)),
                Format::Json => out.extend([&serde_json::to_string(answer).unwrap_or_default(), "\n"]),
            }
        }
        out
    }

    /// Writes a command's result.
    pub fn stdout(&self, result: impl AsRef<[u8]>) -> ExitCode {
        let mut out = io::stdout().lock();
        match out.write_all(result.as_ref()).and_then(|()| out.flush()) {
            Ok(()) => ExitCode::SUCCESS,
            // The reader has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(error) => {
                let message = format!("cannot write standard output: {error}");
                self.diagnostic(&Diagnostic::error(Code::CannotWrite, message), &SourceMap::new());
                ExitCode::FAILURE
            }
        }
    }

    /// Writes what a session has to tell.
    pub fn diagnostics(&self, session: &Session<'_>) {
        let renderer = Renderer::new(&session.sources, self.format, self.colour);
        if !self.quiet {
            return self.stderr(&renderer.render_all(&session.diagnostics));
        }
        let mut errors = Diagnostics::new();
        let is_error = |diagnostic: &&Diagnostic| diagnostic.severity == Severity::Error;
        session.diagnostics.iter().filter(is_error).for_each(|error| errors.push(error.clone()));
        self.stderr(&renderer.render_all(&errors));
    }

    /// Writes one diagnostic.
    pub fn diagnostic(&self, diagnostic: &Diagnostic, sources: &SourceMap) {
        self.stderr(&Renderer::new(sources, self.format, self.colour).render(diagnostic));
    }

    /// Writes the table of `--time-passes`.
    pub fn timings(&self, timings: &[Timing]) {
        let times: Vec<PassTime> = passes(timings)
            .into_iter()
            .map(|(pass, time)| PassTime { pass, ms: milliseconds(time) })
            .collect();
        let total = PassTime { pass: "total", ms: times.iter().map(|time| time.ms).sum() };
        let rows: Vec<_> = times.into_iter().chain([total]).collect();
        self.stderr(&self.answers(&rows));
    }

    fn stderr(&self, text: &str) {
        // There is nowhere left to report that this failed.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

/// A row of `--time-passes`.
#[derive(Serialize)]
struct PassTime {
    pass: &'static str,
    ms: f64,
}

impl Answer for PassTime {
    fn write(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "{:>10.3} ms  {}", self.ms, self.pass)
    }
}

impl Listener for Console {
    fn hear(&self, event: Event<'_>) {
        match event {
            Event::Chosen(choice) if self.verbose => {
                self.stderr(&format!("back end: {}, because {}\n", choice.backend.title(), choice.why));
            }
            Event::Command { command, is_shown } if self.verbose || is_shown => {
                self.stderr(&format!("{command}\n"));
            }
            Event::Reused(path) if self.verbose => self.stderr(&format!("reused {}\n", path.display())),
            Event::Kept(path) if !self.quiet => self.stderr(&format!("kept {}\n", path.display())),
            Event::Chosen(_) | Event::Command { .. } | Event::Reused(_) | Event::Kept(_) => {}
        }
    }
}

/// The name of a signal in parentheses, for those that programs usually die of.
pub fn signal_name(signal: i32) -> &'static str {
    match signal {
        4 => " (SIGILL: a trap)",
        5 => " (SIGTRAP: a trap)",
        6 => " (SIGABRT)",
        7 => " (SIGBUS)",
        8 => " (SIGFPE)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV: bad memory access or stack overflow)",
        13 => " (SIGPIPE)",
        15 => " (SIGTERM)",
        _ => "",
    }
}
