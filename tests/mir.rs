//! Runs tests/mir/**/*.mir on every back end.
//!
//! A file holds functions and, in comments, what calls of them give:
//!
//! ```text
//! ; run: @f(1, -2) == 3          the result; (1, true) for a tuple or struct of scalars; nothing for `unit`
//! ; run: @g(1, 0) traps          the program stops abnormally
//! ; run: @p(9) panics index 9    the program panics, with a message that has these words
//! ; run: @h() faults freed       undefined: only the interpreter runs it, and its message has this word
//! ; run32: @size() == 4          only for the interpreter, with the layout of a 32-bit target
//! ```
//!
//! Files are compiled as the driver does it: rich operations are expanded, and what is called of the runtime is added.
//!
//! Literals are those of MIR text, by the type of the parameter; any NaN equals any other.
//!
//! SIMPLEC_TEST_BACKENDS=interp,cranelift,llvm selects back ends. With CI set, a missing clang fails the tests. Objects
//! of Cranelift have the code of its JIT and differ in how it refers to symbols: files of plain arithmetic are linked
//! from them with SIMPLEC_FULL set only.

mod mir_harness;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use libtest_mimic::{Arguments, Failed, Trial};
use mir_harness::case::{Case, Expected, File};
use mir_harness::program::{Backend, Program};
use mir_harness::{coverage, interpreted};

/// What was done, for the last line.
#[derive(Default)]
struct Counts {
    files: AtomicUsize,
    runs: AtomicUsize,
}

fn main() -> ExitCode {
    if let Some(code) = mir_harness::program::child() {
        return code;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mir");
    let files = files(&root);
    let backends = Backend::selected();
    let full = std::env::var_os("SIMPLEC_FULL").is_some();
    let counts = Arc::new(Counts::default());
    let mut trials = vec![Trial::test("every_operation_is_tested", {
        let files = files.clone();
        move || coverage::check(&files).map_err(Failed::from)
    })];
    for path in &files {
        let name = path.strip_prefix(&root).unwrap_or(path).with_extension("").display().to_string();
        for &backend in backends.iter().filter(|&&backend| full || !backend.repeats(&name)) {
            let (path, counts) = (path.clone(), Arc::clone(&counts));
            trials.push(Trial::test(format!("{name}::{}", backend.name()), move || {
                let runs = check(&path, backend)?;
                counts.files.fetch_add(1, Ordering::Relaxed);
                counts.runs.fetch_add(runs, Ordering::Relaxed);
                Ok(())
            }));
        }
    }
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    let names: Vec<_> = backends.iter().map(|backend| backend.name()).collect();
    println!(
        "mir tests: {} files, {} pairs of file and back end passed, {} runs compared, back ends: {}",
        files.len(),
        counts.files.load(Ordering::Relaxed),
        counts.runs.load(Ordering::Relaxed),
        names.join(", ")
    );
    conclusion.exit_code()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("tests/mir is readable") {
            let path = entry.expect("tests/mir is readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "mir") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Runs all cases of a file on a back end; their number.
fn check(path: &Path, backend: Backend) -> Result<usize, Failed> {
    let file = File::compiled(path)?;
    let failures = match backend {
        Backend::Interpreter => {
            file.cases.iter().filter_map(|case| interpreted::check(&file, case)).collect()
        }
        Backend::CraneliftJit | Backend::CraneliftObject | Backend::LlvmO0 | Backend::LlvmO2 => {
            compiled(&file, &Program::build(path, &file, backend)?)?
        }
    };
    let runs = file.cases.iter().filter(|case| backend == Backend::Interpreter || case.is_compiled()).count();
    if failures.is_empty() { Ok(runs) } else { Err(failures.join("\n").into()) }
}

/// The failures of a compiled file.
fn compiled(file: &File, program: &Program) -> Result<Vec<String>, Failed> {
    let mut failures = Vec::new();
    let (ended, output, stderr) = program.run(0)?;
    let mut words = output.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().unwrap()));
    let returning: Vec<&Case> = file.cases.iter().filter(|case| case.returns()).collect();
    for case in returning {
        for args in ["unknown", "known"] {
            let expected = case.leaves();
            let found: Vec<u64> = words.by_ref().take(expected.len()).collect();
            if found.len() < expected.len() {
                failures.push(format!("{}: no result: {ended:?} {stderr}", case.line));
                return Ok(failures);
            }
            if let Some(failure) = case.compare(&found) {
                failures.push(format!("{failure} (arguments {args} to the compiler)"));
            }
        }
    }
    if !ended.returned() {
        failures.push(format!("after all results: {ended:?} {stderr}"));
    }
    for (index, case) in file.cases.iter().filter(|case| case.stops()).enumerate() {
        for (choice, args) in ["unknown", "known"].iter().enumerate() {
            let (ended, _, stderr) = program.run(2 * index + choice + 1)?;
            let as_expected = match &case.expected {
                Expected::Panics(words) => ended.panicked(&stderr, words),
                Expected::Traps | Expected::Returns(_) | Expected::Faults(_) => ended.trapped(),
            };
            if !as_expected {
                failures.push(format!("{} found {ended:?} {stderr} (arguments {args})", case.line));
            }
        }
    }
    Ok(failures)
}
