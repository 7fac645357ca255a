//! Debug information: what gdb makes of programs, and whether LLVM's own tool finds it well formed.
//!
//! Comments of a program of `tests/debug` are what gdb is told, `# gdb: print x`, and lines that it then prints, `# => $1 = 2`.
//! Expected lines stand for themselves, but `…` is any text; other lines may come between. They are built by LLVM without
//! optimisation, and by Cranelift where `# backends: llvm cranelift` says so. All are written for each of
//! [`VERSIONS`], with and without optimisation, for `llvm-dwarfdump --verify`.
//!
//! A missing tool is said, and fails where `CI` is set.

use std::path::{Path, PathBuf};
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use simplec::backend::llvm::{self, OptLevel};
use simplec::diagnostics::{Format, Renderer};
use simplec::driver::{self, Backend, Choice, Input, Options, Session, Silent, with_deep_stack};
use simplec::mir::Module;
use simplec::target;
use simplec::toolchain::{Command, Level, Output, Runner, Search, Status, System};

/// The versions of LLVM whose debug information is verified.
const VERSIONS: [u32; 2] = [17, 18];

fn main() {
    let args = Arguments::from_args();
    let mut trials = Vec::new();
    let has_gdb = is_there("gdb");
    for path in programs("tests/debug") {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let backends = text.lines().find_map(|line| line.strip_prefix("# backends: ")).unwrap_or("llvm");
        for backend in backends.split(' ').filter(|_| has_gdb) {
            let backend = if backend == "cranelift" { Backend::Cranelift } else { Backend::Llvm };
            let name = format!("gdb::{}::{}", stem(&path), backend.name());
            let (path, text) = (path.clone(), text.clone());
            trials.push(Trial::test(name, move || {
                with_deep_stack(|| in_gdb(&path, &text, backend)).map_err(Failed::from)
            }));
        }
    }
    // Programs with more kinds of code than those that are made for gdb.
    let some = programs("tests/run").into_iter().step_by(16);
    let all: Vec<PathBuf> = programs("tests/debug").into_iter().chain(some).collect();
    let mut missing: Vec<String> = if has_gdb { Vec::new() } else { vec!["gdb".to_owned()] };
    for version in VERSIONS {
        let tools = [format!("opt-{version}"), format!("llc-{version}"), format!("llvm-dwarfdump-{version}")];
        let lacking: Vec<String> = tools.into_iter().filter(|tool| !is_there(tool)).collect();
        if lacking.is_empty() {
            for path in &all {
                let path = path.clone();
                trials.push(Trial::test(format!("verified::{version}::{}", stem(&path)), move || {
                    with_deep_stack(|| verified(&path, version)).map_err(Failed::from)
                }));
            }
        }
        missing.extend(lacking);
    }
    for tool in missing {
        eprintln!("NOT CHECKED: {tool} is not installed (scripts/setup installs it)");
        if std::env::var_os("CI").is_some() {
            trials.push(Trial::test(format!("installed::{tool}"), move || {
                Err(format!("{tool} is missing").into())
            }));
        }
    }
    libtest_mimic::run(&args, trials).exit();
}

fn programs(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(&root).unwrap_or_else(|error| panic!("{}: {error}", root.display()));
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.extension().is_some_and(|end| end == "spl"));
    found.sort();
    found
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn is_there(tool: &str) -> bool {
    System.run(&Command::new(tool).arg("--version"), None).status == Status::Ok
}

/// A program with debug information at a level, and the session that it was made in.
fn compiled(path: &Path, backend: Backend, level: Level) -> Result<(Session<'static>, Module), String> {
    let target = target::host().map_err(|error| error.message)?.clone();
    let mut options = Options::new(target);
    options.level = Some(level);
    options.backend = Some(backend);
    options.debug_info = Some("/".to_owned());
    let mut session = Session::new(options, Search::from_env(), &System, &Silent);
    match driver::front(&mut session, &Input::new(path)) {
        Ok(module) => Ok((session, module)),
        Err(_) => Err(told(&session)),
    }
}

fn told(session: &Session<'_>) -> String {
    Renderer::new(&session.sources, Format::Human, false).render_all(&session.diagnostics)
}

fn in_gdb(path: &Path, text: &str, backend: Backend) -> Result<(), String> {
    let (mut session, module) = compiled(path, backend, Level::O0)?;
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let exe = folder.path().join("program");
    let choice = Choice { backend, why: "the test says so".to_owned(), in_process: false, fallback: None };
    driver::program(&mut session, &module, &choice, &exe).map_err(|_| told(&session))?;

    if is_there("llvm-dwarfdump-18") {
        done(System.run(&Command::new("llvm-dwarfdump-18").arg("--verify").arg(&exe), None))?;
    }

    let mut gdb = Command::new("gdb").args(["-q", "-batch", "-nx"]).limit(Some(Duration::from_secs(60)));
    // So that names of files are what they are in comments, and nothing depends on the machine.
    for set in ["set filename-display basename", "set width 0", "set debuginfod enabled off"] {
        gdb = gdb.args(["-ex", set]);
    }
    let mut wanted = Vec::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("# gdb: ") {
            gdb = gdb.args(["-ex", command]);
        } else if let Some(line) = line.strip_prefix("# => ") {
            wanted.push(line);
        }
    }
    let output = System.run(&gdb.arg(&exe), None);
    let shown = String::from_utf8_lossy(&output.stdout);
    let mut lines = shown.lines();
    for wanted in wanted {
        if !lines.any(|line| fits(wanted, line)) {
            let errors = String::from_utf8_lossy(&output.stderr);
            return Err(format!("gdb did not show `{wanted}` (there or in that order):\n{shown}{errors}"));
        }
    }
    Ok(())
}

/// Whether a line is as expected, where `…` is any text.
fn fits(wanted: &str, line: &str) -> bool {
    match wanted.split_once('…') {
        None => wanted == line,
        Some((start, rest)) => line.strip_prefix(start).is_some_and(|line| {
            line.char_indices().map(|(i, _)| i).chain([line.len()]).any(|i| fits(rest, &line[i..]))
        }),
    }
}

fn verified(path: &Path, version: u32) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let object = folder.path().join("program.o");
    for (level, opt, flag) in [(Level::O0, OptLevel::O0, "-O0"), (Level::O2, OptLevel::O2, "-O2")] {
        let (session, module) = compiled(path, Backend::Llvm, level)?;
        let options = llvm::Options {
            llvm_version: version,
            opt,
            debug: session.options.debug_info.clone(),
            ..llvm::Options::default()
        };
        let text = llvm::write(&module, &session.options.target, &options)
            .map_err(|errors| errors.iter().map(|error| error.message.clone()).collect::<String>())?;
        let tool = |name: &str| Command::new(format!("{name}-{version}"));
        let bitcode = done(System.run(&tool("opt").arg(flag), Some(&text)))?;
        done(
            System.run(&tool("llc").args([flag, "-filetype=obj", "-o"]).arg(&object), Some(&bitcode.stdout)),
        )?;
        done(System.run(&tool("llvm-dwarfdump").arg("--verify").arg(&object), None))?;
        let shown = done(System.run(&tool("llvm-dwarfdump").arg(&object), None))?;
        if !String::from_utf8_lossy(&shown.stdout).contains("DW_TAG_subprogram") {
            return Err(format!("LLVM {version} kept no debug information at {flag}"));
        }
    }
    Ok(())
}

fn done(output: Output) -> Result<Output, String> {
    if output.status == Status::Ok {
        return Ok(output);
    }
    let text = [output.stdout, output.stderr].concat();
    Err(format!("{:?}: {}", output.status, String::from_utf8_lossy(&text)))
}
