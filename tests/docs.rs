//! Every program of the documents in docs/ and of the README compiles, runs, and prints what the page says.

use std::path::Path;
use std::time::Duration;

use simplec::diagnostics::{Format, Renderer};
use simplec::driver::{DocExample, Input, Options, Profile, Session, Silent, Specification};
use simplec::driver::{doc_examples, with_deep_stack};
use simplec::target;
use simplec::toolchain::{Search, System};

/// What a program prints, or why it does not.
fn run(page: &Path, example: &DocExample) -> Result<String, String> {
    let host = target::host().map_err(|error| error.message)?.clone();
    let options = Options { profile: Profile::Test, ..Options::new(host) };
    let mut session = Session::new(options, Search::from_env(), &System, &Silent);
    let Ok(program) = Specification::compile(&mut session, &Input::part(page, &example.text)) else {
        return Err(Renderer::new(&session.sources, Format::Human, false).render_all(&session.diagnostics));
    };
    let verdict = program.run(None, Some(Duration::from_secs(60)), &System);
    match verdict.failure {
        None => Ok(verdict.output),
        Some(failure) => Err(failure.to_string()),
    }
}

/// What is wrong with the programs of a page. Every block says what it is, so that no program is left out, and every output
/// is that of a program.
fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let text = std::fs::read_to_string(&path).expect("a page of the documentation");
    let examples = doc_examples(&text, false);
    let mut failures = String::new();
    let mut fences = text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with("```"));
    let (mut programs, mut outputs) = (0, 0);
    while let (Some((number, open)), Some(_)) = (fences.next(), fences.next()) {
        match open.trim() {
            "```simple" => programs += 1,
            "```output" => outputs += 1,
            "```" => failures.push_str(&format!("line {}: a block without a tag\n", number + 1)),
            _ => {}
        }
    }
    let shown = examples.iter().filter(|example| example.output.is_some()).count();
    assert_eq!((examples.len(), shown), (programs, outputs), "programs and outputs of {name}");
    assert!(programs > 0, "there is no program in {name}");
    for example in &examples {
        let line = example.line;
        match (run(&path, example), &example.output) {
            (Ok(printed), Some(expected)) if printed != *expected => {
                failures.push_str(&format!("line {line} prints\n{printed}instead of\n{expected}\n"));
            }
            (Ok(printed), None) if !printed.is_empty() => {
                failures.push_str(&format!("line {line} prints, and the page does not show\n{printed}\n"));
            }
            (Ok(_), _) => {}
            (Err(why), _) => failures.push_str(&format!("line {line}: {why}\n")),
        }
    }
    failures
}

#[test]
fn the_programs_of_the_language_reference() {
    let failures = with_deep_stack(|| page("docs/language.md"));
    assert!(failures.is_empty(), "{failures}");
}

/// All text under a folder.
fn sources(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, into);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            into.push_str(&text);
        }
    }
}

/// Each target that comes with simplec has its part, and what simplec is said to say stands in its sources.
#[test]
fn what_goes_wrong_on_each_target() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/troubleshooting.md")).expect("the page");
    let headings: String = page.lines().filter(|line| line.starts_with("## ")).collect();
    for target in target::all() {
        assert!(
            headings.contains(&target.triple),
            "docs/troubleshooting.md has no part for {}",
            target.triple
        );
    }
    let mut text = String::new();
    sources(&root.join("src"), &mut text);
    let (mut missing, mut count) = (Vec::new(), 0);
    for said in page.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next()) {
        for quoted in said.split('`').skip(1).step_by(2) {
            let quoted = quoted.strip_prefix("panic: ").unwrap_or(quoted);
            for part in quoted.split('…').map(str::trim).filter(|part| part.len() > 3) {
                count += 1;
                if !text.contains(part) {
                    missing.push(part.to_owned());
                }
            }
        }
    }
    assert!(count > 20, "only {count} texts were found");
    assert!(missing.is_empty(), "nothing says {missing:#?}");
}

#[test]
fn the_programs_of_the_guides() {
    for name in ["README.md", "docs/getting-started.md"] {
        let failures = with_deep_stack(|| page(name));
        assert!(failures.is_empty(), "{name}: {failures}");
    }
}
