//! The programs in documents: of Markdown, and with `--docs` those in documentation comments.

use super::*;
use crate::diagnostics::SourceMap;
use crate::driver::{DocExample, doc_examples};

/// A program, and what it is compiled to; nothing if it does not compile.
struct Compiled {
    example: DocExample,
    program: Option<Specification>,
}

/// Runs the programs of one document; the exit code if it cannot be read.
pub fn run(
    args: &TestArgs,
    console: &Console,
    file: &Path,
    pool: &rayon::ThreadPool,
    totals: &mut Totals,
) -> Option<ExitCode> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("cannot read `{}`: {error}", file.display());
            console.diagnostic(&Diagnostic::error(Code::CannotRead, message), &SourceMap::new());
            return Some(ExitCode::FAILURE);
        }
    };
    let is_simple = file.extension().is_some_and(|end| end == "spl");
    let mut examples = doc_examples(&text, is_simple);
    examples
        .retain(|example| args.filter.as_ref().is_none_or(|filter| title(example).contains(filter.as_str())));
    if examples.is_empty() {
        return None;
    }
    if args.list {
        let lines: String =
            examples.iter().map(|example| format!("{}: {}\n", file.display(), title(example))).collect();
        console.stdout(lines);
        return None;
    }
    totals.files += 1;
    let programs: Vec<Compiled> =
        examples.into_iter().map(|example| compiled(args, console, file, example)).collect();
    let limit = limit(args);
    let verdicts: Vec<Verdict> =
        pool.install(|| programs.par_iter().map(|program| verdict(program, limit)).collect());
    let mut report = format!("{}\n", file.display());
    for (Compiled { example, .. }, verdict) in programs.iter().zip(&verdicts) {
        let word = if verdict.failure.is_none() { "ok    " } else { "FAILED" };
        let _ = writeln!(report, "  {word}  {}", title(example));
        match &verdict.failure {
            None => totals.passed += 1,
            Some(failure) => {
                totals.failed += 1;
                let place = format!("{}:{}", file.display(), example.line);
                describe(&mut totals.failures, &title(example), &place, failure, &verdict.output);
            }
        }
    }
    console.stdout(report);
    None
}

fn title(example: &DocExample) -> String {
    format!("line {}", example.line)
}

fn compiled(args: &TestArgs, console: &Console, file: &Path, example: DocExample) -> Compiled {
    let mut program = None;
    with_session(&args.codegen, console, |session| {
        if !args.codegen.release && args.codegen.profile.is_none() {
            session.options.profile = Profile::Test;
        }
        program = Specification::compile(session, &Input::part(file, &example.text)).ok();
        console.diagnostics(session);
        ExitCode::SUCCESS
    });
    Compiled { example, program }
}

fn verdict(Compiled { example, program }: &Compiled, limit: Option<Duration>) -> Verdict {
    let Some(program) = program else {
        let failure = Some("it does not compile".to_owned());
        return Verdict { failure, output: String::new(), time: Duration::ZERO };
    };
    let mut verdict = program.run(None, limit, &System);
    if verdict.failure.is_none()
        && let Some(expected) = &example.output
    {
        verdict.failure = difference(expected, &verdict.output);
    }
    verdict
}

/// The first line in which an output is not what was expected.
fn difference(expected: &str, found: &str) -> Option<String> {
    if expected == found {
        return None;
    }
    let (mut expected, mut found, mut number) = (expected.lines(), found.lines(), 1);
    loop {
        match (expected.next(), found.next()) {
            (Some(a), Some(b)) if a == b => number += 1,
            (Some(a), Some(b)) => return Some(format!("line {number} is to be\n  {a}\nand is\n  {b}")),
            (Some(a), None) => return Some(format!("line {number} is to be\n  {a}\nand is missing")),
            (None, Some(b)) => return Some(format!("line {number} is too much:\n  {b}")),
            (None, None) => return Some("the last line does not end alike".to_owned()),
        }
    }
}
