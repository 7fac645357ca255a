//! What the front end reports: the programs under tests/errors.
//!
//! A line with `# error: E0123 words` (or `# warning: …`) has exactly the diagnostics so announced, by code and a part of
//! the message. The whole rendering is blessed in a `.stderr` file beside the program: `SIMPLEC_BLESS=1` writes it.

use libtest_mimic::{Arguments, Failed, Trial};
use simplec::diagnostics::{Diagnostics, Format, Renderer, SourceMap};
use simplec::driver::with_deep_stack;
use simplec::{hir, lower, runtime, syntax};
use std::path::{Path, PathBuf};

fn main() {
    let args = Arguments::from_args();
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/errors");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&dir)
        .expect("tests/errors")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "spl"))
        .collect();
    files.sort();
    let trials = files
        .into_iter()
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            Trial::test(name, move || check(&path))
        })
        .collect();
    libtest_mimic::run(&args, trials).exit();
}

/// Parses, checks and lowers as the driver does: a file with errors goes no further.
fn diagnose(name: &str, text: &str) -> (SourceMap, Diagnostics) {
    let (mut sources, mut diags) = (SourceMap::new(), Diagnostics::new());
    let mut interner = syntax::Interner::new();
    let mut asts = Vec::new();
    for (name, text) in runtime::SOURCES {
        let file = sources.add(*name, *text);
        asts.push((syntax::parse(file, text, &mut interner, &mut diags), *text, true));
    }
    let file = sources.add(name, text);
    asts.push((syntax::parse(file, text, &mut interner, &mut diags), text, false));
    let rt = interner.intern("rt");
    if !diags.has_errors() {
        let modules = asts
            .iter()
            .map(|(ast, text, is_runtime)| hir::SourceModule {
                ast,
                text,
                path: if *is_runtime { vec![rt] } else { Vec::new() },
                is_runtime: *is_runtime,
            })
            .collect();
        let program = hir::check(modules, &mut interner, &mut diags);
        if !diags.has_errors()
            && let Err(errors) = lower::lower(program, &interner, Vec::new())
        {
            errors.into_iter().for_each(|error| diags.push(error));
        }
    }
    (sources, diags)
}

/// An announced diagnostic.
struct Expected<'t> {
    line: u32,
    severity: &'t str,
    code: &'t str,
    words: &'t str,
}

fn expectations(text: &str) -> Vec<Expected<'_>> {
    let mut all = Vec::new();
    for (i, line) in text.lines().enumerate() {
        for severity in ["error", "warning"] {
            for said in line.split(&format!("# {severity}: ")).skip(1) {
                let said = said.split("# error: ").next().unwrap_or(said);
                let said = said.split("# warning: ").next().unwrap_or(said).trim();
                let (code, words) = said.split_once(' ').unwrap_or((said, ""));
                all.push(Expected { line: i as u32 + 1, severity, code, words });
            }
        }
    }
    all
}

fn check(path: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path)?;
    let name = path.file_name().expect("a name").to_string_lossy();
    let (sources, diags) = with_deep_stack(|| diagnose(&name, &text));
    let mut expected = expectations(&text);
    let mut problems = Vec::new();
    if expected.is_empty() {
        problems.push("the file announces nothing".to_owned());
    }
    for found in diags.sorted() {
        let line = sources.start_of(found.span()).map_or(0, |at| at.line);
        let code = found.code.map_or(String::new(), |code| code.to_string());
        let announced = expected.iter().position(|e| {
            e.line == line
                && e.severity == found.severity.name()
                && e.code == code
                && found.message.contains(e.words)
        });
        match announced {
            Some(at) => drop(expected.remove(at)),
            None => problems.push(format!("line {line}: not announced: {code} {}", found.message)),
        }
    }
    for e in expected {
        problems.push(format!("line {}: announced and not there: {} {}", e.line, e.code, e.words));
    }
    let rendered = Renderer::new(&sources, Format::Human, false).render_all(&diags);
    let golden = path.with_extension("stderr");
    if std::env::var_os("SIMPLEC_BLESS").is_some() {
        std::fs::write(&golden, &rendered)?;
    } else if std::fs::read_to_string(&golden).unwrap_or_default() != rendered {
        problems.push(format!("the rendering differs from {}:\n{rendered}", golden.display()));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
}
