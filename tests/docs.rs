//! Every program of the language reference prints what the page says.

use std::path::Path;

use simplec::backend::interp::{self, Capture, Limits, Outcome};
use simplec::diagnostics::{Format, Renderer};
use simplec::driver::{self, Input, Options, Session, Silent, with_deep_stack};
use simplec::target;
use simplec::toolchain::{Search, System};

/// The programs of a page, each with the line it starts in and the output that follows it.
fn examples(page: &str) -> Vec<(usize, String, String)> {
    let mut found = Vec::new();
    let mut program = None;
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let mut block = || -> String {
            lines
                .by_ref()
                .map(|(_, line)| line)
                .take_while(|line| *line != "```")
                .map(|line| format!("{line}\n"))
                .collect()
        };
        match line {
            "```simple" => program = Some((number + 1, block())),
            "```output" => {
                let (at, text) = program.take().expect("an output follows its program");
                found.push((at, text, block()));
            }
            _ => {}
        }
    }
    assert!(program.is_none(), "a program lacks its output");
    found
}

/// What a program prints, or why it does not.
fn run(program: &str, folder: &Path) -> Result<String, String> {
    let path = folder.join("example.spl");
    std::fs::write(&path, program).map_err(|error| error.to_string())?;
    let host = target::host().map_err(|error| error.message)?;
    let mut session = Session::new(Options::new(host.clone()), Search::from_env(), &System, &Silent);
    let Ok(module) = driver::front(&mut session, &Input::new(&path)) else {
        return Err(Renderer::new(&session.sources, Format::Human, false).render_all(&session.diagnostics));
    };
    let mut world = Capture::default();
    let report = interp::run_main(&module, host, &["example".to_owned()], &mut world, Limits::default());
    match report.outcome {
        Outcome::Returned(_) => Ok(String::from_utf8_lossy(&world.stdout).into_owned()),
        other => Err(format!("{other:?}")),
    }
}

#[test]
fn the_examples_of_the_language_reference() {
    let page = include_str!("../docs/language.md");
    let examples = examples(page);
    assert!(examples.len() >= 8, "only {} examples were found", examples.len());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let failures = with_deep_stack(|| {
        let mut failures = String::new();
        for (line, program, expected) in &examples {
            match run(program, folder.path()) {
                Ok(printed) if printed == *expected => {}
                Ok(printed) => {
                    failures.push_str(&format!("line {line} prints\n{printed}instead of\n{expected}\n"))
                }
                Err(why) => failures.push_str(&format!("line {line}: {why}\n")),
            }
        }
        failures
    });
    assert!(failures.is_empty(), "{failures}");
}
