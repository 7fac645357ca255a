//! The ways in which a program is run: the interpreter and what the back ends make, as it is and under valgrind.
//!
//! Under valgrind nothing may be lost, and no memory be used that is not the program's. Instances usually live in chunks
//! that the program keeps (`runtime/pool.spl`), which would hide both: there, each comes from `malloc`, by answering the
//! library's question whether memory is checked with yes.

use std::path::Path;

use simplec::driver::{self, Backend, Choice, Input, Options};
use simplec::mir::{Bits, CoreOp, Module, Op};
use simplec::target;
use simplec::toolchain::{self, Command, Level, Runner, Search, Status, System};

use super::{Observed, execute, host, interpret, session_for, told};

/// How a program is run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
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
    pub const ALL: [Engine; 9] = [
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
    pub fn is_optimized(self) -> bool {
        match self {
            Engine::Interp32 | Engine::LlvmO2 | Engine::LlvmO3 | Engine::ValgrindO2 => true,
            Engine::Interp | Engine::Jit | Engine::Object | Engine::LlvmO0 | Engine::ValgrindObject => false,
        }
    }

    /// Whether only a sample runs on it, unless everything is asked for.
    pub fn is_sampled(self) -> bool {
        match self {
            Engine::Object | Engine::LlvmO3 | Engine::ValgrindObject | Engine::ValgrindO2 => true,
            Engine::Interp | Engine::Interp32 | Engine::Jit | Engine::LlvmO0 | Engine::LlvmO2 => false,
        }
    }

    pub fn name(self) -> &'static str {
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

    /// Those that can run here: all, or what SIMPLEC_TEST_BACKENDS selects. What is missing is said, and fails where `CI` is
    /// set.
    pub fn available(suite: &str) -> Vec<Engine> {
        let mut engines: Vec<Engine> = match std::env::var("SIMPLEC_TEST_BACKENDS") {
            Ok(names) => {
                // A family's name stands for all of it, as in the other suites.
                let is_named = |engine: &Engine| {
                    let is = |name: &str| {
                        let rest = engine.name().strip_prefix(name);
                        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
                    };
                    names.split(',').any(is)
                };
                let chosen: Vec<Engine> = Engine::ALL.into_iter().filter(is_named).collect();
                assert!(!chosen.is_empty(), "SIMPLEC_TEST_BACKENDS={names} names no back end");
                chosen
            }
            Err(_) => Engine::ALL.to_vec(),
        };
        let in_ci = std::env::var_os("CI").is_some();
        if toolchain::find(&Search::from_env(), &System).is_err() {
            assert!(!in_ci, "LLVM is missing: run scripts/setup first");
            eprintln!("{suite}: no LLVM was found, so its back end is left out");
            engines.retain(|engine| !engine.needs_llvm());
        }
        if System.run(&Command::new("valgrind").arg("--version"), None).status != Status::Ok {
            assert!(!in_ci, "valgrind is missing: run scripts/setup first");
            eprintln!("{suite}: NOT CHECKED by valgrind, which was not found (scripts/setup installs it)");
            engines.retain(|engine| !engine.needs_valgrind());
        }
        engines
    }
}

/// A program as the back ends are given it.
pub struct Forms {
    plain: Module,
    optimized: Module,
    keeps_calls: bool,
}

impl Forms {
    /// What the front end makes of a file, which may be to keep account of its calls.
    pub fn of(path: &Path, keeps_calls: bool) -> Result<Forms, String> {
        let compile = |level: Level| {
            let backtrace = Some(keeps_calls);
            let mut session = session_for(Options { level: Some(level), backtrace, ..Options::new(host()) });
            driver::front(&mut session, &Input::new(path)).map_err(|_| told(&session))
        };
        Ok(Forms { plain: compile(Level::O0)?, optimized: compile(Level::O2)?, keeps_calls })
    }
}

impl Engine {
    /// What a program does, whose file is at `path`. One that may panic ends with all that it holds, which valgrind is not
    /// asked about.
    pub fn observe(
        self,
        path: &Path,
        forms: &Forms,
        args: &[String],
        may_panic: bool,
    ) -> Result<Observed, String> {
        let module = if self.is_optimized() { &forms.optimized } else { &forms.plain };
        match self {
            Engine::Interp => interpret(module, &host(), path, args),
            Engine::Interp32 => {
                let target = target::find("i686-unknown-linux-gnu").map_err(|error| error.message)?;
                interpret(module, target, path, args)
            }
            Engine::Jit => {
                let backtrace = if forms.keeps_calls { "backtrace=yes" } else { "backtrace=no" };
                let simplec = Command::new(env!("CARGO_BIN_EXE_simplec")).args(["run", "-C", backtrace]);
                execute(simplec.arg(path).arg("--").args(args))
            }
            Engine::Object => native(module, Backend::Cranelift, None, args),
            Engine::LlvmO0 => native(module, Backend::Llvm, Some(Level::O0), args),
            Engine::LlvmO2 => native(module, Backend::Llvm, Some(Level::O2), args),
            Engine::LlvmO3 => native(module, Backend::Llvm, Some(Level::O3), args),
            Engine::ValgrindObject => valgrind(module, Backend::Cranelift, None, args, may_panic),
            Engine::ValgrindO2 => valgrind(module, Backend::Llvm, Some(Level::O2), args, may_panic),
        }
    }
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
    args: &[String],
    may_panic: bool,
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
    let leaks = if may_panic { "no" } else { "full" };
    let command = Command::new("valgrind")
        .args(["--quiet", "--errors-for-leak-kinds=definite,indirect,possible"])
        .arg(format!("--leak-check={leaks}"))
        .arg(format!("--log-file={}", log.display()));
    let seen = execute(command.arg(exe).args(args))?;
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
