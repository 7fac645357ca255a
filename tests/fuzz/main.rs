//! The front end on damaged programs: whatever it is given, it answers with diagnostics, never with a panic, and soon.
//!
//! Inputs are the project's own programs, cut, doubled, mixed with each other and with words of the language, and programs
//! that are made up (`tests/programs`). Every input is parsed; those without syntax errors are checked, together with the
//! runtime, and those without any error are lowered. `--seed N` and `--count N` choose the
//! inputs, `--full` (or SIMPLEC_FULL set) takes 1,000,000 instead of 20,000. An input that fails is made smaller and
//! written to `target/fuzz/`; once mended it is kept in `inputs/`, where every run begins. What ends the test itself, as a
//! stack that is used up does, and an input that takes for ever, leave there what each worker had in hand: `worker-0.spl`,
//! `worker-1.spl`.

mod mutate;
#[path = "../programs/mod.rs"]
mod programs;
#[path = "../rng/mod.rs"]
mod rng;

use std::any::Any;
use std::fs::File;
use std::io::{Seek, Write};
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use simplec::diagnostics::{Code, Diagnostic, Diagnostics, FileId, SourceMap};
use simplec::driver::with_deep_stack;
use simplec::hir::{self, SourceModule};
use simplec::syntax::{self, Interner, ast};
use simplec::{lower, mir};

use mutate::Mutator;

/// Inputs of a usual run.
const USUAL: u64 = 20_000;
/// Inputs with `--full`.
const FULL: u64 = 1_000_000;
/// Of so many inputs without syntax errors one is checked in a usual run: checking takes the runtime along.
const CHECKED: u64 = 16;
/// No input is so long that this would not do, even unoptimised.
const SOON: Duration = Duration::from_secs(10);
/// An input in hand for so long ends the test.
const FOR_EVER: Duration = Duration::from_secs(120);
/// Inputs that follow from one seed and go through one front end: names that they make up stay in its interner.
const SHARE: u64 = 1_000;

/// The front end with the runtime parsed once.
struct FrontEnd {
    interner: Interner,
    runtime: Vec<(ast::Module, &'static str)>,
    files: Vec<mir::SourceFile>,
}

/// The file of an input.
const INPUT: FileId = FileId(1000);

fn table(file: FileId, path: &str, text: &str) -> mir::SourceFile {
    let line_starts =
        std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at as u32 + 1)).collect();
    mir::SourceFile { file, path: path.to_owned(), line_starts }
}

impl FrontEnd {
    fn new() -> FrontEnd {
        let (mut interner, mut diags, mut sources) = (Interner::new(), Diagnostics::new(), SourceMap::new());
        let (mut runtime, mut files) = (Vec::new(), Vec::new());
        for (name, text) in simplec::runtime::SOURCES {
            let file = sources.add(*name, *text);
            runtime.push((syntax::parse(file, text, &mut interner, &mut diags), *text));
            files.push(table(file, name, text));
        }
        assert!(!diags.has_errors(), "the runtime parses");
        FrontEnd { interner, runtime, files }
    }

    /// Whether a text parses; if it does and that is wanted, it is checked and lowered, too.
    fn run(&mut self, text: &str, check: bool) -> Result<bool, String> {
        let mut diags = Diagnostics::new();
        let tree = syntax::parse(INPUT, text, &mut self.interner, &mut diags);
        let parses = !diags.has_errors();
        if parses && check {
            let rt = self.interner.intern("rt");
            let module = |ast, text, path: Vec<_>, is_runtime| SourceModule {
                ast,
                text,
                name: path.clone(),
                path,
                package: Vec::new(),
                is_runtime,
                follows: None,
                has_run: false,
            };
            let mut modules: Vec<SourceModule<'_>> =
                self.runtime.iter().map(|(ast, text)| module(ast, text, vec![rt], true)).collect();
            modules.push(module(&tree, text, Vec::new(), false));
            let program = hir::check(modules, &mut self.interner, &mut diags);
            if !diags.has_errors() {
                self.lower(program, text)?;
            }
        }
        Ok(parses)
    }

    /// Lowers a program without errors: what it cannot be lowered to yet is an answer, invalid MIR is none.
    fn lower(&self, program: hir::Program, text: &str) -> Result<(), String> {
        let mut files = self.files.clone();
        files.push(table(INPUT, "input.spl", text));
        let faults = match lower::lower(program, &self.interner, files, lower::Variables::Silent) {
            Ok(module) => mir::verify(&module).err().map(|errors| errors.iter().cloned().collect()),
            Err(errors) => {
                Some(errors.into_iter().filter(|error| error.code == Some(Code::Internal)).collect())
            }
        };
        let faults: Vec<Diagnostic> = faults.unwrap_or_default();
        faults.first().map_or(Ok(()), |fault| Err(format!("lowering: {}", fault.message)))
    }

    /// What is wrong with what the front end does with a text.
    fn failure(&mut self, text: &str, check: bool) -> Result<bool, String> {
        let start = Instant::now();
        let parses = catch_unwind(AssertUnwindSafe(|| self.run(text, check)))
            .map_err(|panic| format!("a panic: {}", message(&*panic)))??;
        if start.elapsed() > SOON {
            return Err(format!("it took {:?}", start.elapsed()));
        }
        Ok(parses)
    }
}

/// What a panic says.
fn message(panic: &(dyn Any + Send)) -> &str {
    let message = panic.downcast_ref::<String>().map(String::as_str);
    message.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message")
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.iter().any(|arg| arg == "--list") {
        return ExitCode::SUCCESS;
    }
    let number = |name: &str| {
        let at = args.iter().position(|arg| arg == name)?;
        Some(args.get(at + 1)?.parse::<u64>().expect("a number"))
    };
    let full = args.iter().any(|arg| arg == "--full")
        || std::env::var_os("SIMPLEC_FULL").is_some_and(|value| !value.is_empty() && value != "0");
    let count = number("--count").unwrap_or(if full { FULL } else { USUAL });
    let seed = number("--seed").unwrap_or(1);
    // Panics are caught and reported once, with their input.
    std::panic::set_hook(Box::new(|_| {}));
    fuzz(seed, count, if full { 1 } else { CHECKED })
}

/// What inputs came to.
#[derive(Default)]
struct Tally {
    inputs: u64,
    parsed: u64,
    checked: u64,
    failures: Vec<String>,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.inputs += other.inputs;
        self.parsed += other.parsed;
        self.checked += other.checked;
        self.failures.extend(other.failures);
    }
}

fn fuzz(seed: u64, count: u64, checked: u64) -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let kept = texts(&root.join("tests/fuzz/inputs"));
    std::fs::create_dir_all(folder()).expect("a folder for inputs that fail");
    let mut tally = with_deep_stack(|| share(kept.iter().cloned(), 1, &mut InHand::new(0)));
    let corpus: Vec<String> = ["tests/run", "tests/errors", "examples"]
        .iter()
        .flat_map(|folder| texts(&root.join(folder)))
        .collect();
    let next = AtomicU64::new(0);
    let work = |worker| {
        let mut tally = Tally::default();
        let mut in_hand = InHand::new(worker);
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let size = SHARE.min(count.saturating_sub(number * SHARE));
            if size == 0 || tally.failures.len() >= 10 {
                return tally;
            }
            let mut mutator = Mutator::new(seed.wrapping_add(number), &corpus);
            tally.add(share((0..size).map(|_| mutator.next()), checked, &mut in_hand));
            // A million takes most of an hour.
            if number % 100 == 99 {
                eprintln!("{} inputs", (number + 1) * SHARE);
            }
        }
    };
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        let is_done = &is_done;
        scope.spawn(move || watch(threads, is_done));
        let work = &work;
        let workers: Vec<_> =
            (0..threads).map(|worker| scope.spawn(move || with_deep_stack(|| work(worker)))).collect();
        for worker in workers {
            tally.add(worker.join().unwrap_or_else(|panic| Tally {
                failures: vec![format!("the test itself: {}", message(&*panic))],
                ..Tally::default()
            }));
        }
        is_done.store(true, Ordering::Relaxed);
    });
    let Tally { inputs, parsed, checked, mut failures } = tally;
    failures.sort();
    let (passed, failed) = (u64::from(failures.is_empty()), u64::from(!failures.is_empty()));
    println!(
        "fuzzed front end: {inputs} inputs, {} of them kept, {parsed} parsed, {checked} checked",
        kept.len()
    );
    failures.iter().for_each(|failure| println!("{failure}"));
    // The form in which scripts/test counts results.
    let word = if failed == 0 { "ok" } else { "FAILED" };
    println!("test result: {word}. {passed} passed; {failed} failed; 0 ignored; 0 measured; 0 filtered out");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Where inputs that fail are written.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/fuzz")
}

/// The file of the input that a worker runs.
struct InHand {
    file: File,
    path: PathBuf,
}

/// Ends the test when an input is in hand for ever: its file is one that was not written since.
fn watch(workers: usize, is_done: &AtomicBool) {
    while !is_done.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(200));
        for path in (0..workers).map(InHand::path) {
            let written = path.metadata().and_then(|metadata| metadata.modified());
            let age = written.ok().and_then(|written| written.elapsed().ok());
            if age.is_some_and(|age| age > FOR_EVER) {
                println!("no end within {FOR_EVER:?}\n  {}", path.display());
                println!("test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out");
                std::process::exit(1);
            }
        }
    }
}

impl InHand {
    fn path(worker: usize) -> PathBuf {
        folder().join(format!("worker-{worker}.spl"))
    }

    fn new(worker: usize) -> InHand {
        let path = InHand::path(worker);
        InHand { file: File::create(&path).expect("a file for the input in hand"), path }
    }

    /// Shortened last: a file system may wait for the disk where a file was emptied first.
    fn hold(&mut self, text: &str) {
        let written = self
            .file
            .rewind()
            .and_then(|()| self.file.write_all(text.as_bytes()))
            .and_then(|()| self.file.set_len(text.len() as u64));
        written.unwrap_or_else(|error| panic!("{}: {error}", self.path.display()));
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        // It stays only when the test ends without this.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Runs inputs on a front end of their own; of those that parse, one of so many is checked.
fn share(inputs: impl Iterator<Item = String>, checked: u64, in_hand: &mut InHand) -> Tally {
    let mut front_end = FrontEnd::new();
    let mut tally = Tally::default();
    for text in inputs {
        let check = tally.parsed.is_multiple_of(checked);
        tally.inputs += 1;
        in_hand.hold(&text);
        match front_end.failure(&text, check) {
            Ok(parses) => {
                tally.parsed += u64::from(parses);
                tally.checked += u64::from(parses && check);
            }
            Err(why) => {
                tally.failures.push(report(&mut front_end, &text, check, &why));
                front_end = FrontEnd::new();
            }
        }
    }
    tally
}

/// Makes an input smaller as long as it fails, and keeps it.
fn report(front_end: &mut FrontEnd, text: &str, check: bool, why: &str) -> String {
    let mut smallest: Vec<&str> = text.split_inclusive('\n').collect();
    let mut size = smallest.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < smallest.len() {
            let mut shorter = smallest.clone();
            shorter.drain(at..(at + size).min(smallest.len()));
            *front_end = FrontEnd::new();
            if front_end.failure(&shorter.concat(), check).is_err() {
                smallest = shorter;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    let smallest = smallest.concat();
    let name = smallest.bytes().fold(5381u32, |hash, byte| hash.wrapping_mul(33) ^ u32::from(byte));
    let file = folder().join(format!("{name:08x}.spl"));
    let written = std::fs::write(&file, &smallest);
    let place = written.map_or_else(|error| error.to_string(), |()| file.display().to_string());
    format!("{why}\n  {place}")
}

/// The programs of a folder and of those inside, sorted.
fn texts(folder: &Path) -> Vec<String> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    entries.sort();
    let mut found = Vec::new();
    for entry in entries {
        if entry.is_dir() {
            found.extend(texts(&entry));
        } else if entry.extension().is_some_and(|end| end == "spl") {
            found.extend(std::fs::read_to_string(entry));
        }
    }
    found
}
