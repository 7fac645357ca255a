//! The programs in documents: of Markdown, and with `--docs` those in documentation comments.

use super::*;
use crate::driver::{DocExample, Failure, Outcome, Verdict, doc_examples};

/// A program, and what it is compiled to; nothing if it does not compile.
struct Compiled {
    example: DocExample,
    program: Option<Specification>,
}

/// Runs the programs of one document.
pub fn run(
    args: &TestArgs,
    console: &Console,
    file: &Path,
    pool: &rayon::ThreadPool,
    report: &mut Report<'_>,
) {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return report.unreadable(file, &error),
    };
    let mut examples = doc_examples(&text, file.extension().is_some_and(|end| end == "spl"));
    report.found(examples.len());
    examples.retain(|example| is_asked(args, &tested(example)));
    if examples.is_empty() {
        return;
    }
    if args.list {
        return report.list(file, examples.iter().map(tested).collect());
    }
    let programs: Vec<Compiled> =
        examples.into_iter().map(|example| compiled(args, console, file, example)).collect();
    let limit = limit(args);
    let run = |program: &Compiled| (tested(&program.example), verdict(program, limit));
    report.ran(file, &pool.install(|| programs.par_iter().map(run).collect::<Vec<_>>()));
}

fn tested(example: &DocExample) -> Tested {
    Tested { title: vec![format!("line {}", example.line)], line: example.line }
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
        let failure = Some(Failure::new(Outcome::NotCompiled, "it does not compile"));
        return Verdict { failure, output: String::new(), errors: String::new(), time: Duration::ZERO };
    };
    let mut verdict = program.run(None, limit, &System);
    if verdict.failure.is_none()
        && let Some(expected) = &example.output
    {
        let difference = difference(expected, &verdict.output);
        verdict.failure = difference.map(|difference| Failure::new(Outcome::Failed, difference));
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
