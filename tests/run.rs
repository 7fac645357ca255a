//! Differential tests: every program under tests/run and examples runs on every back end, and each must do exactly
//! what is written down.
//!
//! A program is `NAME.spl`, `NAME.mir`, or `NAME/main.spl` with the modules that it uses. Beside it, or in `expected/` of its folder, lies `NAME.out`: its standard output, byte for
//! byte. Comments in the program say what else there is to know: `# exit: 3` the exit code (0 if not said),
//! `# stderr: TEXT` the first line of standard error, `# args: a b` the arguments.
//!
//! * `SIMPLEC_TEST_BACKENDS=interp,llvm-O2` selects back ends; `llvm` is all of LLVM's.
//! * `SIMPLEC_BLESS=1` writes the `.out` files, after showing what changes, of programs that all back ends agree on.
//! * `SIMPLEC_FULL=1` runs the samples, too: linked Cranelift objects, LLVM -O3 and valgrind of every program instead of
//!   every eighth.
//!
//! Under valgrind nothing may be lost, and no memory be used that is not the program's. Instances usually live in chunks
//! that the program keeps (`runtime/pool.spl`), which would hide both: there, each comes from `malloc`, by answering the
//! library's question whether memory is checked with yes. A missing valgrind is said, and fails where `CI` is set.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use simplec::backend::interp::{self, Capture, Limits, Outcome};
use simplec::diagnostics::{Format, Renderer};
use simplec::driver::{self, Backend, Choice, Input, Options, Session, Silent, with_deep_stack};
use simplec::mir::{Bits, CoreOp, Module, Op};
use simplec::target::{self, Target};
use simplec::toolchain::{self, Command, Level, Runner, Search, Status, System};

/// How a program is run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Engine {
    /// The interpreter, with this machine's layout; it also finds lost memory.
    Interp,
    /// The interpreter, with the layout of a 32-bit machine, on the optimised form.
    Interp32,
    /// `simplec run`: Cranelift, in the process of simplec.
    Jit,
    /// Cranelift, linked.
    Object,
    /// LLVM without optimisation.
    LlvmO0,
    /// LLVM as release builds use it.
    LlvmO2,
    /// LLVM as `--profile speed` uses it.
    LlvmO3,
    /// Cranelift, linked, under valgrind.
    ValgrindObject,
    /// LLVM as release builds use it, under valgrind.
    ValgrindO2,
}

impl Engine {
    const ALL: [Engine; 9] = [
        Engine::Interp,
        Engine::Interp32,
        Engine::Jit,
        Engine::Object,
        Engine::LlvmO0,
        Engine::LlvmO2,
        Engine::LlvmO3,
        Engine::ValgrindObject,
        Engine::ValgrindO2,
    ];

    /// Whether it is given what `-O2` makes of the program.
    fn is_optimized(self) -> bool {
        match self {
            Engine::Interp32 | Engine::LlvmO2 | Engine::LlvmO3 | Engine::ValgrindO2 => true,
            Engine::Interp | Engine::Jit | Engine::Object | Engine::LlvmO0 | Engine::ValgrindObject => false,
        }
    }

    /// Whether only a sample runs on it, unless everything is asked for.
    fn is_sampled(self) -> bool {
        match self {
            Engine::Object | Engine::LlvmO3 | Engine::ValgrindObject | Engine::ValgrindO2 => true,
            Engine::Interp | Engine::Interp32 | Engine::Jit | Engine::LlvmO0 | Engine::LlvmO2 => false,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Engine::Interp => "interp",
            Engine::Interp32 => "interp-32",
            Engine::Jit => "cranelift-jit",
            Engine::Object => "cranelift",
            Engine::LlvmO0 => "llvm-O0",
            Engine::LlvmO2 => "llvm-O2",
            Engine::LlvmO3 => "llvm-O3",
            Engine::ValgrindObject => "valgrind-cranelift",
            Engine::ValgrindO2 => "valgrind-llvm-O2",
        }
    }

    fn needs_llvm(self) -> bool {
        match self {
            Engine::LlvmO0 | Engine::LlvmO2 | Engine::LlvmO3 | Engine::ValgrindO2 => true,
            Engine::Interp | Engine::Interp32 | Engine::Jit | Engine::Object | Engine::ValgrindObject => {
                false
            }
        }
    }

    fn needs_valgrind(self) -> bool {
        matches!(self, Engine::ValgrindObject | Engine::ValgrindO2)
    }
}

/// What a program did.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Observed {
    stdout: Vec<u8>,
    /// First line of standard error.
    stderr: String,
    /// Exit code as a parent sees it, or how it ended otherwise.
    end: Result<u8, String>,
}

/// What a program is to do.
struct Expected {
    stdout: Option<Vec<u8>>,
    out_file: PathBuf,
    stderr: Option<String>,
    exit: u8,
    args: Vec<String>,
}

impl Expected {
    fn of(path: &Path) -> Result<Expected, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let notes = |key: &str| {
            let prefixes = [format!("# {key}: "), format!("; {key}: ")];
            text.lines()
                .find_map(|line| prefixes.iter().find_map(|prefix| line.strip_prefix(prefix.as_str())))
                .map(str::to_owned)
        };
        let beside = program_of(path).with_extension("out");
        let folder = beside.with_file_name("expected");
        let out_file = match beside.file_name() {
            Some(name) if folder.is_dir() => folder.join(name),
            _ => beside,
        };
        Ok(Expected {
            stdout: std::fs::read(&out_file).ok(),
            out_file,
            stderr: notes("stderr"),
            exit: match notes("exit") {
                Some(code) => code.trim().parse().map_err(|_| format!("`{code}` is no exit code"))?,
                None => 0,
            },
            args: notes("args").map_or(Vec::new(), |args| args.split(' ').map(str::to_owned).collect()),
        })
    }

    /// Whether it is to end by a panic.
    fn is_panic(&self) -> bool {
        self.stderr.as_ref().is_some_and(|line| line.starts_with("panic: "))
    }

    /// What is wrong with what was observed.
    fn differences(&self, observed: &Observed) -> Vec<String> {
        let mut found = Vec::new();
        if observed.end != Ok(self.exit) {
            found.push(match &observed.end {
                Ok(code) => format!("exit code {code} instead of {}", self.exit),
                Err(how) => format!("{how} instead of exit code {}", self.exit),
            });
        }
        if let Some(stdout) = &self.stdout
            && *stdout != observed.stdout
        {
            found.push(diff(stdout, &observed.stdout));
        }
        match &self.stderr {
            Some(expected) if *expected != observed.stderr => {
                found.push(format!(
                    "standard error begins\n    {}\ninstead of\n    {expected}",
                    observed.stderr
                ));
            }
            None if self.exit == 0 && !observed.stderr.is_empty() => {
                found.push(format!("unexpected standard error: {}", observed.stderr));
            }
            Some(_) | None => {}
        }
        found
    }
}

/// The lines around the first difference.
fn diff(expected: &[u8], actual: &[u8]) -> String {
    let (expected, actual) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(actual));
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.split('\n').collect(), actual.split('\n').collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail = |lines: &[&str], sign: char| -> String {
        lines.iter().skip(same).take(8).map(|line| format!("  {sign} {line}\n")).collect()
    };
    format!("output differs from line {}:\n{}{}", same + 1, tail(&old, '-'), tail(&new, '+'))
}

/// What all tests share.
struct Context {
    engines: Vec<Engine>,
    bless: bool,
    full: bool,
    comparisons: AtomicUsize,
}

impl Context {
    fn run(&self, path: &Path, index: usize) -> Result<(), String> {
        let expected = Expected::of(path)?;
        if expected.stdout.is_none() && !self.bless {
            return Err(format!("{} is missing: SIMPLEC_BLESS=1 writes it", expected.out_file.display()));
        }
        let compile = |level: Level| {
            let mut session = session(Options { level: Some(level), ..Options::new(host()) });
            driver::front(&mut session, &Input::new(path)).map_err(|_| told(&session))
        };
        let (plain, optimized) = (compile(Level::O0)?, compile(Level::O2)?);

        let mut observed: Vec<(Engine, Observed)> = Vec::new();
        let mut failures = String::new();
        for &engine in &self.engines {
            if engine.is_sampled() && !self.full && !index.is_multiple_of(8) {
                continue;
            }
            let module = if engine.is_optimized() { &optimized } else { &plain };
            match self.observe(engine, path, module, &expected) {
                Ok(seen) => observed.push((engine, seen)),
                Err(why) => failures.push_str(&format!("{}: {why}\n", engine.name())),
            }
        }
        self.comparisons.fetch_add(observed.len(), Ordering::Relaxed);
        if self.bless && failures.is_empty() {
            return bless(&expected, &observed);
        }
        for (engine, seen) in &observed {
            for difference in expected.differences(seen) {
                failures.push_str(&format!("{}: {difference}\n", engine.name()));
            }
        }
        if failures.is_empty() { Ok(()) } else { Err(failures) }
    }

    fn observe(
        &self,
        engine: Engine,
        path: &Path,
        module: &Module,
        expected: &Expected,
    ) -> Result<Observed, String> {
        match engine {
            Engine::Interp => interpret(module, &host(), path, &expected.args),
            Engine::Interp32 => {
                let target = target::find("i686-unknown-linux-gnu").map_err(|error| error.message)?;
                interpret(module, target, path, &expected.args)
            }
            Engine::Jit => {
                let simplec = Command::new(env!("CARGO_BIN_EXE_simplec")).arg("run").arg(path).arg("--");
                execute(simplec.args(&expected.args))
            }
            Engine::Object => native(module, Backend::Cranelift, None, &expected.args),
            Engine::LlvmO0 => native(module, Backend::Llvm, Some(Level::O0), &expected.args),
            Engine::LlvmO2 => native(module, Backend::Llvm, Some(Level::O2), &expected.args),
            Engine::LlvmO3 => native(module, Backend::Llvm, Some(Level::O3), &expected.args),
            Engine::ValgrindObject => valgrind(module, Backend::Cranelift, None, expected),
            Engine::ValgrindO2 => valgrind(module, Backend::Llvm, Some(Level::O2), expected),
        }
    }
}

/// Takes the output that all engines agree on as the expected one.
fn bless(expected: &Expected, observed: &[(Engine, Observed)]) -> Result<(), String> {
    let Some(((first, one), rest)) = observed.split_first() else { return Err("no back end ran".to_owned()) };
    for (engine, other) in rest {
        if one != other {
            return Err(format!(
                "{} and {} disagree, so nothing is blessed: {}",
                first.name(),
                engine.name(),
                diff(&one.stdout, &other.stdout)
            ));
        }
    }
    let old = expected.stdout.clone().unwrap_or_default();
    if expected.stdout.as_ref() != Some(&one.stdout) {
        eprintln!("{}: {}", expected.out_file.display(), diff(&old, &one.stdout));
        std::fs::write(&expected.out_file, &one.stdout).map_err(|error| error.to_string())?;
    }
    // Only the output is blessed: the exit code and the error are the author's word.
    let rest = expected.differences(&Observed { stdout: old, ..one.clone() });
    if rest.is_empty() { Ok(()) } else { Err(rest.join("\n")) }
}

fn host() -> Target {
    target::host().expect("tests run on a machine that simplec has a target for").clone()
}

fn session(options: Options) -> Session<'static> {
    Session::new(options, Search::from_env(), &System, &Silent)
}

fn told(session: &Session<'_>) -> String {
    Renderer::new(&session.sources, Format::Human, false).render_all(&session.diagnostics)
}

fn interpret(module: &Module, target: &Target, path: &Path, args: &[String]) -> Result<Observed, String> {
    let mut line = vec![path.display().to_string()];
    line.extend_from_slice(args);
    let mut world = Capture::default();
    let limits = Limits { fuel: 3_000_000_000, ..Limits::default() };
    let report = interp::run_main(module, target, &line, &mut world, limits);
    let end = match report.outcome {
        Outcome::Returned(value) => {
            if let Some(leak) = report.leaks.lost.first() {
                let place = module.place(leak.origin);
                return Err(format!(
                    "{} heap blocks are lost, the first of {} bytes from {place:?}",
                    report.leaks.lost.len(),
                    leak.size
                ));
            }
            Ok(value.and_then(|value| value.bits()).unwrap_or(0) as u8)
        }
        Outcome::Exited(code) => Ok(code as u8),
        Outcome::Fault { fault, span, function } => {
            return Err(format!("{fault} in `{function}`, {:?}", module.place(span)));
        }
        Outcome::Unsupported(why) => return Err(why.message),
        other @ (Outcome::Trapped { .. } | Outcome::OutOfFuel | Outcome::StackOverflow) => {
            Err(format!("{other:?}"))
        }
    };
    Ok(Observed { stdout: world.stdout, stderr: first_line(&world.stderr), end })
}

/// Builds a program and runs it.
fn native(
    module: &Module,
    backend: Backend,
    level: Option<Level>,
    args: &[String],
) -> Result<Observed, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let exe = folder.path().join("program");
    build(module, backend, level, &exe)?;
    execute(Command::new(exe).args(args))
}

/// Builds a program and runs it under valgrind, each of its objects in memory of its own.
fn valgrind(
    module: &Module,
    backend: Backend,
    level: Option<Level>,
    expected: &Expected,
) -> Result<Observed, String> {
    let mut module = module.clone();
    for inst in module.funcs.iter_mut().flat_map(|func| &mut func.blocks).flat_map(|block| &mut block.insts) {
        if let Op::Core(CoreOp::HeapIsChecked {}) = inst.op {
            inst.op = Op::Core(CoreOp::Const { bits: Bits(1) });
        }
    }
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (exe, log) = (folder.path().join("program"), folder.path().join("log"));
    build(&module, backend, level, &exe)?;
    // A panic ends the program at once, with all that it holds.
    let leaks = if expected.is_panic() { "no" } else { "full" };
    let command = Command::new("valgrind")
        .args(["--quiet", "--errors-for-leak-kinds=definite,indirect,possible"])
        .arg(format!("--leak-check={leaks}"))
        .arg(format!("--log-file={}", log.display()));
    let seen = execute(command.arg(exe).args(&expected.args))?;
    let found = std::fs::read_to_string(log).map_err(|error| error.to_string())?;
    if found.is_empty() { Ok(seen) } else { Err(found) }
}

/// Makes a program of a module.
fn build(module: &Module, backend: Backend, level: Option<Level>, exe: &Path) -> Result<(), String> {
    let mut options = Options::new(host());
    options.level = level;
    options.backend = Some(backend);
    let mut session = session(options);
    // Links by clang and lld where they are: several times as fast as the system's linker.
    let _ = session.llvm();
    let choice = Choice { backend, why: "the test says so".to_owned(), in_process: false, fallback: None };
    driver::program(&mut session, module, &choice, exe).map_err(|_| told(&session))
}

fn execute(command: Command) -> Result<Observed, String> {
    let output = System.run(&command.limit(Some(Duration::from_secs(120))), None);
    let end = match output.status {
        Status::Ok => Ok(0),
        Status::Failed(code) => Ok(code as u8),
        Status::Signal(signal) => Err(format!("signal {signal}")),
        Status::TimedOut(_) => Err("no end within 120 s".to_owned()),
        Status::NotFound => return Err("the program is not there".to_owned()),
        Status::NotStarted(why) => return Err(why),
    };
    Ok(Observed { stdout: output.stdout, stderr: first_line(&output.stderr), end })
}

fn first_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).lines().next().unwrap_or_default().to_owned()
}

/// What stands for the whole program of a main file: its folder, if it has one to itself.
fn program_of(main: &Path) -> &Path {
    match main.parent() {
        Some(folder) if main.ends_with("main.spl") => folder,
        _ => main,
    }
}

/// The main files of the programs of a folder, sorted.
fn programs(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let is_program = |path: &PathBuf| path.extension().is_some_and(|end| end == "spl" || end == "mir");
    let entries = std::fs::read_dir(&root).unwrap_or_else(|error| panic!("{}: {error}", root.display()));
    let main_file = |path: PathBuf| if path.is_dir() { path.join("main.spl") } else { path };
    let mut found: Vec<PathBuf> =
        entries.flatten().map(|entry| main_file(entry.path())).filter(is_program).collect();
    found.retain(|path| path.is_file());
    found.sort();
    found
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0")
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let has_llvm = toolchain::find(&Search::from_env(), &System).is_ok();
    let mut engines: Vec<Engine> = match std::env::var("SIMPLEC_TEST_BACKENDS") {
        Ok(names) => {
            // A family's name stands for all of it, as in the other suites.
            let is_named = |engine: &Engine| {
                let is = |name: &str| {
                    engine
                        .name()
                        .strip_prefix(name)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
                };
                names.split(',').any(is)
            };
            let chosen: Vec<Engine> = Engine::ALL.into_iter().filter(is_named).collect();
            assert!(!chosen.is_empty(), "SIMPLEC_TEST_BACKENDS={names} names no back end");
            chosen
        }
        Err(_) => Engine::ALL.to_vec(),
    };
    if !has_llvm {
        assert!(std::env::var_os("CI").is_none(), "LLVM is missing: run scripts/setup first");
        eprintln!("run tests: no LLVM was found, so its back end is left out");
        engines.retain(|engine| !engine.needs_llvm());
    }
    let has_valgrind = System.run(&Command::new("valgrind").arg("--version"), None).status == Status::Ok;
    if !has_valgrind {
        assert!(std::env::var_os("CI").is_none(), "valgrind is missing: run scripts/setup first");
        eprintln!("run tests: NOT CHECKED by valgrind, which was not found (scripts/setup installs it)");
        engines.retain(|engine| !engine.needs_valgrind());
    }
    let context: &'static Context = Box::leak(Box::new(Context {
        engines,
        bless: is_set("SIMPLEC_BLESS"),
        full: is_set("SIMPLEC_FULL"),
        comparisons: AtomicUsize::new(0),
    }));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let all: Vec<PathBuf> = ["tests/run", "examples"].into_iter().flat_map(programs).collect();
    let count = all.len();
    let trials = all.into_iter().enumerate().map(|(index, path)| {
        let program = program_of(&path);
        let name = program.strip_prefix(root).unwrap_or(program).with_extension("").display().to_string();
        Trial::test(name, move || with_deep_stack(|| context.run(&path, index)).map_err(Failed::from))
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    println!(
        "run tests: {} of {count} programs, {} back ends, {} comparisons",
        count as u64 - conclusion.num_filtered_out,
        context.engines.len(),
        context.comparisons.load(Ordering::Relaxed)
    );
    conclusion.exit_code()
}
