//! `simplec test`: which files, which examples, and the report.

mod docs;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::args::TestArgs;
use super::console::Console;
use super::{FAILED, failed, refuse, with_session};
use crate::diagnostics::{Code, Diagnostic};
use crate::driver::{Example, Input, Profile, Specification, Verdict};
use crate::toolchain::System;

/// Endings of the names of files that are looked for in folders.
const ENDINGS: [&str; 2] = ["_spec.spl", "_test.spl"];
/// The same for documents.
const DOCUMENTS: [&str; 2] = [".md", ".spl"];

#[derive(Default)]
struct Totals {
    passed: usize,
    failed: usize,
    files: usize,
    /// Files that do not compile.
    broken: usize,
    /// Where and why, one block for each failure.
    failures: String,
}

/// Runs the examples of files and folders.
pub fn run(args: &TestArgs, console: &Console) -> ExitCode {
    let start = Instant::now();
    let files = match files(args) {
        Ok(files) => files,
        Err(error) => return refuse(&error, console),
    };
    let pool = match rayon::ThreadPoolBuilder::new().num_threads(args.jobs.unwrap_or(0)).build() {
        Ok(pool) => pool,
        Err(error) => {
            let message = format!("the threads for the examples cannot be started: {error}");
            return refuse(&Diagnostic::error(Code::CannotRead, message), console);
        }
    };
    let mut totals = Totals::default();
    let mut code = ExitCode::SUCCESS;
    for file in &files {
        let is_document = args.docs || file.extension().is_some_and(|end| end == "md");
        let refused = if is_document {
            docs::run(args, console, file, &pool, &mut totals)
        } else {
            one_file(args, console, file, &pool, &mut totals)
        };
        code = refused.unwrap_or(code);
    }
    if args.list {
        return code;
    }
    let mut text = String::new();
    if !totals.failures.is_empty() {
        let _ = write!(text, "\nfailures:\n{}", totals.failures);
    }
    let broken = match totals.broken {
        0 => String::new(),
        n => format!(", {n} not compiled"),
    };
    let (s, time) = (if totals.files == 1 { "" } else { "s" }, start.elapsed().as_secs_f64());
    let Totals { passed, failed, files, .. } = totals;
    let _ = writeln!(text, "\n{passed} passed, {failed} failed, {files} file{s}{broken} ({time:.2} s)");
    let printed = console.stdout(text);
    if failed > 0 {
        ExitCode::from(FAILED)
    } else if code == ExitCode::SUCCESS {
        printed
    } else {
        code
    }
}

/// Runs one file; the exit code if it does not compile.
fn one_file(
    args: &TestArgs,
    console: &Console,
    file: &Path,
    pool: &rayon::ThreadPool,
    totals: &mut Totals,
) -> Option<ExitCode> {
    let mut refused = None;
    with_session(&args.codegen, console, |session| {
        if !args.codegen.release && args.codegen.profile.is_none() {
            session.options.profile = Profile::Test;
        }
        let compiled = Specification::compile(session, &Input::new(file));
        console.diagnostics(session);
        totals.files += 1;
        let Ok(spec) = compiled else {
            totals.broken += 1;
            refused = Some(failed(session));
            return ExitCode::SUCCESS;
        };
        let is_asked = |(_, example): &(usize, &Example)| {
            args.filter.as_ref().is_none_or(|filter| title(example).contains(filter.as_str()))
        };
        let asked: Vec<(usize, &Example)> = spec.examples.iter().enumerate().filter(is_asked).collect();
        if args.list {
            let lines: String = asked
                .iter()
                .map(|(_, example)| format!("{}: {}\n", file.display(), title(example)))
                .collect();
            return console.stdout(lines);
        }
        let limit = limit(args);
        let verdicts: Vec<Verdict> = pool.install(|| {
            asked.par_iter().map(|(number, _)| spec.run(Some(*number), limit, &System)).collect()
        });
        let mut text = format!("{}\n", file.display());
        for ((_, example), verdict) in asked.iter().zip(&verdicts) {
            let word = if verdict.failure.is_none() { "ok    " } else { "FAILED" };
            let _ = writeln!(text, "  {word}  {}", title(example));
            match &verdict.failure {
                None => totals.passed += 1,
                Some(failure) => {
                    totals.failed += 1;
                    let place = session.sources.start_of(example.span).map_or(0, |at| at.line);
                    let place = format!("{}:{place}", file.display());
                    describe(&mut totals.failures, &title(example), &place, failure, &verdict.output);
                }
            }
        }
        console.stdout(text)
    });
    refused
}

fn describe(text: &mut String, title: &str, place: &str, failure: &str, output: &str) {
    let _ = writeln!(text, "\n  {title}\n    at {place}");
    for line in failure.lines() {
        let _ = writeln!(text, "    {line}");
    }
    if !output.is_empty() {
        let _ = writeln!(text, "    it printed:");
        for line in output.lines() {
            let _ = writeln!(text, "      {line}");
        }
    }
}

/// How long an example may run.
fn limit(args: &TestArgs) -> Option<Duration> {
    (args.timeout > 0).then(|| Duration::from_secs(args.timeout))
}

fn title(example: &Example) -> String {
    example.title.join(" > ")
}

/// The files named, and those in the folders named whose names say that they are specifications, or documents where
/// those are asked for; sorted.
fn files(args: &TestArgs) -> Result<Vec<PathBuf>, Diagnostic> {
    let (paths, endings) = (args.paths.as_slice(), if args.docs { &DOCUMENTS } else { &ENDINGS });
    let here = [PathBuf::from(".")];
    let mut found = Vec::new();
    for path in if paths.is_empty() { &here[..] } else { paths } {
        let cannot = |error: std::io::Error| {
            Diagnostic::error(Code::CannotRead, format!("cannot read `{}`: {error}", path.display()))
        };
        if std::fs::metadata(path).map_err(cannot)?.is_dir() {
            let before = found.len();
            in_folder(path, endings, &mut found).map_err(cannot)?;
            found[before..].sort();
        } else {
            found.push(path.clone());
        }
    }
    if found.is_empty() {
        let what = if args.docs { "no document was found" } else { "no specification was found" };
        let error = Diagnostic::error(Code::Usage, what);
        return Err(
            error.help(format!("name a file; in folders those ending in {} are run", endings.join(" and ")))
        );
    }
    Ok(found)
}

fn in_folder(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // Links are not followed: they may lead around in a circle.
        if entry.file_type()?.is_dir() {
            if !name.starts_with('.') && name != "target" {
                in_folder(&entry.path(), endings, found)?;
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(entry.path().strip_prefix("./").map(Path::to_owned).unwrap_or(entry.path()));
        }
    }
    Ok(())
}
