//! Differential tests: every program under tests/run and examples runs on every back end, and each must do exactly
//! what is written down.
//!
//! A program is `NAME.spl`, `NAME.mir`, or `NAME/main.spl` with the modules that it uses. Beside it, or in `expected/` of its folder, lies `NAME.out`: its standard output, byte for
//! byte. Comments in the program say what else there is to know: `# exit: 3` the exit code (0 if not said),
//! `# stderr: TEXT` the first line of standard error, `# at: 4:5` the line and
//! column that its second line names, `# args: a b` the arguments, `# without: BACKEND, BACKEND: WHY` which back ends cannot run it.
//!
//! * `SIMPLEC_TEST_BACKENDS=interp,llvm-O2` selects back ends; `llvm` is all of LLVM's.
//! * `SIMPLEC_BLESS=1` writes the `.out` files, after showing what changes, of programs that all back ends agree on.
//! * `SIMPLEC_FULL=1` runs the samples, too: linked Cranelift objects, LLVM -O3 and valgrind of every program instead of
//!   an eighth of them.
//!
//! Under valgrind nothing may be lost, and no memory be used that is not the program's. Instances usually live in chunks
//! that the program keeps (`runtime/pool.spl`), which would hide both: there, each comes from `malloc`, by answering the
//! library's question whether memory is checked with yes. A missing valgrind is said, and fails where `CI` is set.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use libtest_mimic::{Arguments, Failed, Trial};
use run_harness::{
    Expected, Observed, diff, execute, host, interpret, is_set, lot, program_of, programs, session_for, told,
};
use simplec::driver::{self, Backend, Choice, Input, Options, with_deep_stack};
use simplec::mir::{Bits, CoreOp, Module, Op};
use simplec::target;
use simplec::toolchain::{self, Command, Level, Runner, Search, Status, System};

mod run_harness;

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

/// What all tests share.
struct Context {
    engines: Vec<Engine>,
    bless: bool,
    full: bool,
    comparisons: AtomicUsize,
}

impl Context {
    fn run(&self, path: &Path, is_drawn: bool) -> Result<(), String> {
        let expected = Expected::of(path)?;
        if expected.stdout.is_none() && !self.bless {
            return Err(format!("{} is missing: SIMPLEC_BLESS=1 writes it", expected.out_file.display()));
        }
        let compile = |level: Level| {
            let mut session = session_for(Options { level: Some(level), ..Options::new(host()) });
            driver::front(&mut session, &Input::new(path)).map_err(|_| told(&session))
        };
        let (plain, optimized) = (compile(Level::O0)?, compile(Level::O2)?);

        let mut observed: Vec<(Engine, Observed)> = Vec::new();
        let mut failures = String::new();
        for &engine in &self.engines {
            if !expected.is_for(engine.name()) {
                continue;
            }
            if engine.is_sampled() && !self.full && !is_drawn {
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
    let mut session = session_for(options);
    // Links by clang and lld where they are: several times as fast as the system's linker.
    let _ = session.llvm();
    let choice = Choice { backend, why: "the test says so".to_owned(), in_process: false, fallback: None };
    driver::program(&mut session, module, &choice, exe).map_err(|_| told(&session))
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
    let trials = all.into_iter().map(|path| {
        let program = program_of(&path);
        let name = program.strip_prefix(root).unwrap_or(program).with_extension("").display().to_string();
        let is_drawn = lot(&name).is_multiple_of(8);
        Trial::test(name, move || with_deep_stack(|| context.run(&path, is_drawn)).map_err(Failed::from))
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
