//! `simplec test`: which files, and which examples.

mod docs;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use rayon::prelude::*;

use super::args::TestArgs;
use super::console::Console;
use super::{failed, refuse, with_session};
use crate::diagnostics::{Code, Diagnostic};
use crate::driver::{Example, Input, Profile, Specification};
use crate::toolchain::System;
use report::{Report, Tested};

/// Endings of the names of files that are looked for in folders.
const ENDINGS: [&str; 2] = ["_spec.spl", "_test.spl"];
/// The same for documents.
const DOCUMENTS: [&str; 2] = [".md", ".spl"];

/// Runs the examples of files and folders.
pub fn run(args: &TestArgs, console: &Console) -> ExitCode {
    let mut report = Report::new(console);
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
    for file in &files {
        if args.docs || file.extension().is_some_and(|end| end == "md") {
            docs::run(args, console, file, &pool, &mut report);
        } else {
            one_file(args, console, file, &pool, &mut report);
        }
    }
    report.finish(args.list, args.filter.as_deref())
}

/// Runs the examples of one file.
fn one_file(
    args: &TestArgs,
    console: &Console,
    file: &Path,
    pool: &rayon::ThreadPool,
    report: &mut Report<'_>,
) {
    let refused = with_session(&args.codegen, console, |session| {
        if !args.codegen.release && args.codegen.profile.is_none() {
            session.options.profile = Profile::Test;
        }
        let compiled = Specification::compile(session, &Input::new(file));
        console.diagnostics(session);
        let Ok(spec) = compiled else { return failed(session) };
        report.found(spec.examples.len());
        let tested = |example: &Example| Tested {
            title: example.title.clone(),
            line: session.sources.start_of(example.span).map_or(0, |at| at.line),
        };
        let all = spec.examples.iter().map(tested).enumerate();
        let asked: Vec<(usize, Tested)> = all.filter(|(_, example)| is_asked(args, example)).collect();
        if args.list {
            report.list(file, asked.into_iter().map(|(_, example)| example).collect());
            return ExitCode::SUCCESS;
        }
        let limit = limit(args);
        let run = |(number, example)| (example, spec.run(Some(number), limit, &System));
        report.ran(file, &pool.install(|| asked.into_par_iter().map(run).collect::<Vec<_>>()));
        ExitCode::SUCCESS
    });
    if refused != ExitCode::SUCCESS {
        report.refused(refused);
    }
}

/// Whether the filter lets it through.
fn is_asked(args: &TestArgs, example: &Tested) -> bool {
    args.filter.as_ref().is_none_or(|filter| example.name().contains(filter.as_str()))
}

/// How long an example may run.
fn limit(args: &TestArgs) -> Option<Duration> {
    (args.timeout > 0).then(|| Duration::from_secs(args.timeout))
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
