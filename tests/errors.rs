//! What the front end reports: the programs under tests/errors.
//!
//! A line with `# error: E0123 words` (or `# warning: …`) has exactly the diagnostics so announced, by code and a part of
//! the message. The whole rendering is blessed in a `.stderr` file beside the program: `SIMPLEC_BLESS=1` writes it. A
//! program of several files is a folder: `NAME/main.spl` and what it uses, each with its announcements.

use libtest_mimic::{Arguments, Failed, Trial};
use simplec::diagnostics::{Code, Format, Renderer};
use simplec::driver::{self, Input, Options, Session, Silent, with_deep_stack};
use simplec::target;
use simplec::toolchain::{Search, System};
use std::path::{Path, PathBuf};

fn main() {
    let args = Arguments::from_args();
    // Messages name files as they are given: from here, by the name alone.
    std::env::set_current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/errors"))
        .expect("tests/errors");
    let mut programs: Vec<PathBuf> = std::fs::read_dir(".")
        .expect("tests/errors")
        .map(|entry| PathBuf::from(entry.expect("a file").file_name()))
        .filter(|path| path.is_dir() || path.extension().is_some_and(|ext| ext == "spl"))
        .collect();
    programs.sort();
    let mut trials: Vec<Trial> = programs
        .into_iter()
        .map(|path| {
            let name = path.display().to_string();
            Trial::test(name, move || with_deep_stack(|| check(&path)))
        })
        .collect();
    trials.push(Trial::test("every code", || Ok(every_code()?)));
    libtest_mimic::run(&args, trials).exit();
}

/// Codes that no test can reach, and why.
const UNREACHED: &[(Code, &str)] = &[
    (Code::MirInvalid, "what is left of it are clashes of symbols that other checks find first"),
    (Code::SourceTooLarge, "the file would have to be of gigabytes"),
    (
        Code::MirHandle,
        "names of MIR text stand for something or are reported before: it is for those who build modules",
    ),
    (Code::Internal, "a fault of simplec: an input that leads to it is one to mend"),
    (Code::OpNotSupported, "no operation of a program that is checked lacks a back end"),
];

/// Every code is in the rendering of a program here, if it is about Simple, and named by another test if it is not.
fn every_code() -> Result<(), String> {
    let read = |folder: &str, ends: &[&str]| -> String {
        let mut all = String::new();
        for entry in std::fs::read_dir(folder).expect("a folder of tests").flatten() {
            if ends.iter().any(|end| entry.file_name().to_string_lossy().ends_with(end)) {
                all += &std::fs::read_to_string(entry.path()).expect("a file of tests");
            }
        }
        all
    };
    let (simple, other) = (read(".", &[".stderr"]), read("../cli", &[".rs"]) + &read("../verify", &[".mir"]));
    let is_reached = |code: &Code| simple.contains(&code.to_string()) || other.contains(&code.to_string());
    let mut wrong: Vec<String> = Vec::new();
    for code in Code::ALL {
        match (is_reached(code), UNREACHED.iter().any(|(unreached, _)| unreached == code)) {
            (false, false) => wrong.push(format!("no test reaches {code}, {}", code.title())),
            (true, true) => wrong.push(format!("{code} is reached, and need not be let off")),
            (true, false) | (false, true) => {}
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// An announced diagnostic.
struct Expected {
    file: String,
    line: u32,
    severity: &'static str,
    code: String,
    words: String,
}

/// What the files of a program announce.
fn expectations(path: &Path, all: &mut Vec<Expected>) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            expectations(&entry?.path(), all)?;
        }
        return Ok(());
    }
    let (file, text) = (path.display().to_string(), std::fs::read_to_string(path)?);
    for (i, line) in text.lines().enumerate() {
        for severity in ["error", "warning"] {
            for said in line.split(&format!("# {severity}: ")).skip(1) {
                let said = said.split("# error: ").next().unwrap_or(said);
                let said = said.split("# warning: ").next().unwrap_or(said).trim();
                let (code, words) = said.split_once(' ').unwrap_or((said, ""));
                let (file, line) = (file.clone(), i as u32 + 1);
                all.push(Expected { file, line, severity, code: code.to_owned(), words: words.to_owned() });
            }
        }
    }
    Ok(())
}

fn check(path: &Path) -> Result<(), Failed> {
    let main = if path.is_dir() { path.join("main.spl") } else { path.to_owned() };
    let host = target::host().expect("tests run on a machine that simplec has a target for").clone();
    let mut session = Session::new(Options::new(host), Search::from_env(), &System, &Silent);
    // What is wrong is in the session; a program without errors has warnings.
    let _ = driver::rich(&mut session, &Input::new(main));
    let (sources, diags) = (&session.sources, &session.diagnostics);
    let mut expected = Vec::new();
    expectations(path, &mut expected)?;
    let mut problems = Vec::new();
    if expected.is_empty() {
        problems.push("the program announces nothing".to_owned());
    }
    for found in diags.sorted() {
        let file = sources.get(found.span().file).map_or("", |source| source.name());
        let line = sources.start_of(found.span()).map_or(0, |at| at.line);
        let code = found.code.map_or(String::new(), |code| code.to_string());
        let announced = expected.iter().position(|e| {
            e.file == file
                && e.line == line
                && e.severity == found.severity.name()
                && e.code == code
                && found.message.contains(&e.words)
        });
        match announced {
            Some(at) => drop(expected.remove(at)),
            None => problems.push(format!("{file}:{line}: not announced: {code} {}", found.message)),
        }
    }
    for e in expected {
        problems.push(format!("{}:{}: announced and not there: {} {}", e.file, e.line, e.code, e.words));
    }
    let rendered = Renderer::new(sources, Format::Human, false).render_all(diags);
    let golden = path.with_extension("stderr");
    if std::env::var_os("SIMPLEC_BLESS").is_some() {
        std::fs::write(&golden, &rendered)?;
    } else if std::fs::read_to_string(&golden).unwrap_or_default() != rendered {
        problems.push(format!("the rendering differs from {}:\n{rendered}", golden.display()));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
}
