//! What `simplec test` prints: lines for who looks on, or with `--message-format=json` an object for each example and one for
//! the whole.

use std::fmt::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use serde::Serialize;

use crate::cli::FAILED;
use crate::cli::console::Console;
use crate::cli::query::Answer;
use crate::diagnostics::{Code, Diagnostic, SourceMap};
use crate::driver::{Outcome, Shown, Verdict};

/// An example, or a program of a document.
pub struct Tested {
    /// Titles, from the outermost group to its own.
    pub title: Vec<String>,
    /// The line that it stands in.
    pub line: u32,
}

impl Tested {
    /// All of its title.
    pub fn name(&self) -> String {
        self.title.join(" > ")
    }
}

/// A line of the report. In JSON it is an object of one field, named as what it is about.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Line<'a> {
    Example(Row<'a>),
    Summary(Summary<'a>),
}

#[derive(Serialize)]
struct Row<'a> {
    file: String,
    line: u32,
    title: &'a [String],
    /// Nothing where examples are listed only.
    #[serde(flatten)]
    result: Option<RowResult<'a>>,
}

#[derive(Serialize)]
struct RowResult<'a> {
    outcome: Outcome,
    seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<RowFailure<'a>>,
    /// What it wrote to standard output.
    stdout: &'a str,
    /// What it wrote to standard error, but for the failure.
    stderr: &'a str,
}

#[derive(Serialize)]
struct RowFailure<'a> {
    message: &'a str,
    values: &'a [Shown],
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    calls: &'a [String],
}

#[derive(Serialize)]
struct Summary<'a> {
    passed: usize,
    failed: usize,
    files: usize,
    /// Files that do not compile.
    not_compiled: usize,
    seconds: f64,
    #[serde(skip)]
    failures: &'a str,
}

impl Answer for Line<'_> {
    fn write(&self, out: &mut String) -> fmt::Result {
        match self {
            Line::Example(Row { file, title, result: None, .. }) => {
                writeln!(out, "{file}: {}", title.join(" > "))
            }
            Line::Example(Row { title, result: Some(result), .. }) => {
                let word = if result.failure.is_none() { "ok    " } else { "FAILED" };
                writeln!(out, "  {word}  {}", title.join(" > "))
            }
            Line::Summary(Summary { passed, failed, files, not_compiled, seconds, failures }) => {
                if !failures.is_empty() {
                    write!(out, "\nfailures:\n{failures}")?;
                }
                let s = if *files == 1 { "" } else { "s" };
                write!(out, "\n{passed} passed, {failed} failed, {files} file{s}")?;
                if *not_compiled > 0 {
                    write!(out, ", {not_compiled} not compiled")?;
                }
                writeln!(out, " ({seconds:.2} s)")
            }
        }
    }
}

/// The report of a run.
pub struct Report<'a> {
    console: &'a Console,
    start: Instant,
    /// Examples that were found, whether they were asked for or not.
    found: usize,
    listed: usize,
    passed: usize,
    failed: usize,
    files: usize,
    not_compiled: usize,
    /// Where and why, one block for each failure.
    failures: String,
    code: ExitCode,
}

impl<'a> Report<'a> {
    /// A report of nothing so far.
    pub fn new(console: &'a Console) -> Report<'a> {
        Report {
            console,
            start: Instant::now(),
            found: 0,
            listed: 0,
            passed: 0,
            failed: 0,
            files: 0,
            not_compiled: 0,
            failures: String::new(),
            code: ExitCode::SUCCESS,
        }
    }

    /// So many examples are in a file.
    pub fn found(&mut self, examples: usize) {
        self.found += examples;
    }

    /// A file cannot be read or does not compile: its errors were printed.
    pub fn refused(&mut self, code: ExitCode) {
        (self.code, self.not_compiled, self.files) = (code, self.not_compiled + 1, self.files + 1);
    }

    /// Lists the examples of a file.
    pub fn list(&mut self, file: &Path, examples: Vec<Tested>) {
        self.listed += examples.len();
        let rows: Vec<Line> = examples.iter().map(|example| line(file, example, None)).collect();
        self.console.stdout(self.console.answers(&rows));
    }

    /// What became of the examples of a file.
    pub fn ran(&mut self, file: &Path, examples: &[(Tested, Verdict)]) {
        self.files += usize::from(!examples.is_empty());
        let mut rows = Vec::with_capacity(examples.len());
        for (example, verdict) in examples {
            rows.push(line(file, example, Some(verdict)));
            match &verdict.failure {
                None => self.passed += 1,
                Some(_) => {
                    self.failed += 1;
                    describe(&mut self.failures, file, example, verdict);
                }
            }
        }
        let answers = self.console.answers(&rows);
        if self.console.is_json() {
            self.console.stdout(answers);
        } else if !self.console.is_quiet() && !rows.is_empty() {
            self.console.stdout(format!("{}\n{answers}", file.display()));
        }
    }

    /// Prints failures and counts, where examples ran; the exit code. That none was found is an error.
    pub fn finish(self, lists: bool, filter: Option<&str>) -> ExitCode {
        let tells = self.passed + self.failed + self.listed + self.not_compiled > 0;
        if !tells {
            let error = match filter {
                Some(filter) if self.found > 0 => {
                    Diagnostic::error(Code::Usage, format!("no title of an example contains `{filter}`"))
                        .help("`--list` without `--filter` shows the titles")
                }
                Some(_) | None => Diagnostic::error(Code::Usage, "there is no example to run")
                    .help("an example is `it \"…\":` in a specification, or a block ```` ```simple ```` of a document"),
            };
            return crate::cli::refuse(&error, self.console);
        }
        if lists {
            return self.code;
        }
        let summary = Line::Summary(Summary {
            passed: self.passed,
            failed: self.failed,
            files: self.files,
            not_compiled: self.not_compiled,
            seconds: self.start.elapsed().as_secs_f64(),
            failures: &self.failures,
        });
        let printed = self.console.stdout(self.console.answers(&[summary]));
        match self.failed {
            0 if self.code == ExitCode::SUCCESS => printed,
            0 => self.code,
            _ => ExitCode::from(FAILED),
        }
    }

    /// Prints an error of a file that cannot be read.
    pub fn unreadable(&mut self, file: &Path, error: &std::io::Error) {
        let message = format!("cannot read `{}`: {error}", file.display());
        self.console.diagnostic(&Diagnostic::error(Code::CannotRead, message), &SourceMap::new());
        self.refused(ExitCode::FAILURE);
    }
}

fn line<'a>(file: &Path, example: &'a Tested, verdict: Option<&'a Verdict>) -> Line<'a> {
    let result = verdict.map(|verdict| RowResult {
        outcome: verdict.outcome(),
        seconds: verdict.time.as_secs_f64(),
        failure: verdict.failure.as_ref().map(|failure| RowFailure {
            message: &failure.message,
            values: &failure.values,
            place: failure.place.as_deref(),
            calls: &failure.calls,
        }),
        stdout: &verdict.output,
        stderr: &verdict.errors,
    });
    Line::Example(Row { file: file.display().to_string(), line: example.line, title: &example.title, result })
}

/// Writes a failure: where, why, and what the example wrote.
fn describe(text: &mut String, file: &Path, example: &Tested, verdict: &Verdict) {
    let _ = writeln!(text, "\n  {}\n    at {}:{}", example.name(), file.display(), example.line);
    if let Some(failure) = &verdict.failure {
        for line in failure.to_string().lines() {
            let _ = writeln!(text, "    {line}");
        }
    }
    for (what, written) in [("it printed", &verdict.output), ("to standard error", &verdict.errors)] {
        if !written.is_empty() {
            let _ = writeln!(text, "    {what}:");
            for line in written.lines() {
                let _ = writeln!(text, "      {line}");
            }
        }
    }
}
