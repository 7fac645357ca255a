//! What the MIR parser and verifier refuse: the files under tests/verify.
//!
//! A line with `; error: E0612 words` has exactly the diagnostics so announced, by code and a part of the message;
//! `; error anywhere: …` announces one that has no place. A file without announcements must be accepted.

use libtest_mimic::{Arguments, Failed, Trial};
use simplec::diagnostics::{Diagnostic, FileId};
use simplec::mir;
use std::path::Path;

fn main() {
    let args = Arguments::from_args();
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verify");
    let mut files: Vec<_> =
        std::fs::read_dir(&dir).expect("tests/verify").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    let trials = files
        .into_iter()
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            Trial::test(name, move || check(&std::fs::read_to_string(&path)?))
        })
        .collect();
    libtest_mimic::run(&args, trials).exit();
}

/// An announced diagnostic; without a line, one that has no place.
struct Expected<'t> {
    line: Option<usize>,
    code: &'t str,
    words: &'t str,
}

fn expectations(text: &str) -> Vec<Expected<'_>> {
    let mut all = Vec::new();
    for (i, line) in text.lines().enumerate() {
        for (mark, at) in [("; error: ", Some(i + 1)), ("; error anywhere: ", None)] {
            for said in line.split(mark).skip(1) {
                let said = said.split("; error").next().unwrap_or(said).trim();
                let (code, words) = said.split_once(' ').unwrap_or((said, ""));
                all.push(Expected { line: at, code, words });
            }
        }
    }
    all
}

fn check(text: &str) -> Result<(), Failed> {
    let result = mir::parse(FileId(1), "test.mir", text).and_then(|module| mir::verify(&module));
    let mut expected = expectations(text);
    let mut problems = Vec::new();
    if let Err(errors) = result {
        for error in errors.sorted() {
            let line = line_of(text, error);
            let code = error.code.map_or(String::new(), |code| code.to_string());
            let announced = expected
                .iter()
                .position(|e| e.line == line && e.code == code && error.message.contains(e.words));
            match announced {
                Some(at) => drop(expected.remove(at)),
                None => {
                    problems.push(format!("line {}: not announced: {code} {}", show(line), error.message))
                }
            }
        }
    }
    for e in expected {
        problems.push(format!("line {}: announced and not there: {} {}", show(e.line), e.code, e.words));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
}

fn line_of(text: &str, error: &Diagnostic) -> Option<usize> {
    let span = error.span();
    span.is_some().then(|| text[..span.start as usize].matches('\n').count() + 1)
}

fn show(line: Option<usize>) -> String {
    line.map_or("?".into(), |line| line.to_string())
}
