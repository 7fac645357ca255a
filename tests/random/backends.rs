//! Running programs on a back end, and the numbers that come out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use simplec::backend::interp::{self, Capture, Leaks, Limits, Outcome};
use simplec::backend::llvm;
use simplec::diagnostics::{Diagnostic, FileId};
use simplec::mir::{self, Module};
use simplec::target::Target;
use simplec::toolchain::{
    self, Command, CompileJob, Level, LinkJob, Linker, Llvm, Product, Runner, Search, Status, ToolchainError,
};

/// How long compiled code, or a tool, may take.
const LIMIT: Duration = Duration::from_secs(60);

/// Operations that the interpreter may run for one program's call: many times what a generated one needs.
const FUEL: u64 = 2_000_000;

/// A way to run a module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BackEnd {
    /// The oracle.
    Interpreter,
    /// Cranelift, in memory, in a process of its own.
    Jit,
    /// Cranelift's optimiser, to an object file.
    Object,
    /// LLVM without optimisation.
    LlvmO0,
    /// LLVM as for a release.
    LlvmO2,
}

impl BackEnd {
    /// The back ends that are compared with the interpreter.
    pub const COMPILED: &'static [BackEnd] = &[
        #[cfg(feature = "cranelift")]
        BackEnd::Jit,
        #[cfg(feature = "cranelift")]
        BackEnd::Object,
        BackEnd::LlvmO0,
        BackEnd::LlvmO2,
    ];

    pub fn name(self) -> &'static str {
        match self {
            BackEnd::Interpreter => "interpreter",
            BackEnd::Jit => "cranelift-jit",
            BackEnd::Object => "cranelift-object",
            BackEnd::LlvmO0 => "llvm-O0",
            BackEnd::LlvmO2 => "llvm-O2",
        }
    }

    fn needs_llvm(self) -> bool {
        matches!(self, BackEnd::LlvmO0 | BackEnd::LlvmO2)
    }
}

/// What is needed to run things on this machine.
pub struct Machine {
    target: &'static Target,
    llvm: Option<Llvm>,
    linker: Option<Linker>,
    folder: tempfile::TempDir,
    runs: AtomicUsize,
}

/// The results of the calls of `main`, or what went wrong.
pub type Results = Result<Vec<u64>, String>;

impl Machine {
    pub fn find() -> Result<Machine, String> {
        let search = Search::from_env();
        let llvm = toolchain::find(&search, &toolchain::System).ok();
        let linker = Linker::choose(llvm.as_ref(), &search).ok();
        let folder = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
        let target = simplec::target::host().map_err(|diagnostic| diagnostic.message)?;
        Ok(Machine { target, llvm, linker, folder, runs: AtomicUsize::new(0) })
    }

    /// Whether this machine has the tools that a back end needs.
    pub fn has(&self, back_end: BackEnd) -> bool {
        match back_end {
            BackEnd::Interpreter | BackEnd::Jit => true,
            BackEnd::Object => self.linker.is_some(),
            BackEnd::LlvmO0 | BackEnd::LlvmO2 => self.linker.is_some() && self.llvm.is_some(),
        }
    }

    /// Runs a verified module made by [`with_main`](super::program::with_main) of `calls` calls.
    pub fn run(&self, back_end: BackEnd, module: &Module, calls: usize) -> Results {
        let stem = format!("r{}", self.runs.fetch_add(1, Ordering::Relaxed));
        let stem = self.folder.path().join(stem);
        let run = || match back_end {
            BackEnd::Interpreter => self.interpret(module, calls),
            BackEnd::Jit => self.jit(module, &stem.with_extension("mir")),
            BackEnd::Object => self.object(module, &stem),
            BackEnd::LlvmO0 => self.llvm(module, Level::O0, &stem),
            BackEnd::LlvmO2 => self.llvm(module, Level::O2, &stem),
        };
        let bytes = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|payload| {
            let text = payload.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
            Err(format!("panicked: {}", text.unwrap_or("?")))
        });
        for extension in ["mir", "o", "exe", "crash.ll"] {
            // Most of these were never made.
            let _ = std::fs::remove_file(stem.with_extension(extension));
        }
        let bytes = bytes?;
        if bytes.len() != calls * 8 {
            return Err(format!("wrote {} bytes for {calls} results", bytes.len()));
        }
        Ok(bytes
            .chunks_exact(8)
            .map(|chunk| u64::from_le_bytes(chunk.try_into().expect("8 bytes")))
            .collect())
    }

    fn interpret(&self, module: &Module, calls: usize) -> Result<Vec<u8>, String> {
        let mut host = Capture::default();
        let limits = Limits { fuel: FUEL * calls as u64, ..Limits::default() };
        let report = interp::run_main(module, self.target, &[], &mut host, limits);
        match report.outcome {
            Outcome::Returned(_) if report.leaks == Leaks::default() => Ok(host.stdout),
            Outcome::Returned(_) => Err(format!("left on the heap: {:?}", report.leaks)),
            Outcome::Exited(code) => Err(format!("exited with {code}")),
            Outcome::ClosedPipe => Err("nobody reads its output".into()),
            Outcome::Trapped { kind, function, .. } => Err(format!("{kind} in `{function}`")),
            Outcome::Fault { fault, function, .. } => Err(format!("{fault} in `{function}`")),
            Outcome::OutOfFuel | Outcome::TimedOut => Err("ran too long".into()),
            Outcome::StackOverflow => Err("stack overflow".into()),
            Outcome::Unsupported(diagnostic) => Err(diagnostic.message),
        }
    }

    /// In another process: wrong code may do anything.
    fn jit(&self, module: &Module, file: &Path) -> Result<Vec<u8>, String> {
        std::fs::write(file, mir::print(module)).map_err(|error| error.to_string())?;
        let this = std::env::current_exe().map_err(|error| error.to_string())?;
        output(&Command::new(this).arg("--jit").arg(file))
    }

    #[cfg(feature = "cranelift")]
    fn object(&self, module: &Module, stem: &Path) -> Result<Vec<u8>, String> {
        use simplec::backend::cranelift::{self, Opt, Options};
        let options = Options { opt: Opt::Speed, ..Options::default() };
        let bytes = cranelift::object(module, self.target, &options).map_err(|errors| messages(&errors))?;
        std::fs::write(stem.with_extension("o"), bytes).map_err(|error| error.to_string())?;
        self.link_and_run(stem)
    }

    #[cfg(not(feature = "cranelift"))]
    fn object(&self, _: &Module, _: &Path) -> Result<Vec<u8>, String> {
        Err("built without Cranelift".into())
    }

    fn llvm(&self, module: &Module, level: Level, stem: &Path) -> Result<Vec<u8>, String> {
        let llvm = self.llvm.as_ref().ok_or("there is no LLVM")?;
        let opt = if level == Level::O0 { llvm::OptLevel::O0 } else { llvm::OptLevel::O2 };
        let options = llvm::Options { llvm_version: llvm.version.major, opt, ..llvm::Options::default() };
        let text = llvm::write(module, self.target, &options).map_err(|errors| messages(&errors))?;
        let output = stem.with_extension("o");
        let job = CompileJob {
            module: &text,
            triple: self.target.llvm_triple(),
            level,
            product: Product::Object,
            sections: false,
            output: &output,
            llvm_args: &[],
            limit: Some(LIMIT),
            reproducers: None,
        };
        toolchain::compile(llvm, &job, &toolchain::System).map_err(|error| tool_message(&error))?;
        self.link_and_run(stem)
    }

    fn link_and_run(&self, stem: &Path) -> Result<Vec<u8>, String> {
        let linker = self.linker.as_ref().ok_or("there is no linker")?;
        let (object, program): (PathBuf, _) = (stem.with_extension("o"), stem.with_extension("exe"));
        let objects = [object];
        let job = LinkJob { limit: Some(LIMIT), ..LinkJob::new(&objects, &program, self.target) };
        toolchain::link(linker, &job, &toolchain::System).map_err(|error| tool_message(&error))?;
        output(&Command::new(&program))
    }
}

/// What a program writes to standard output.
fn output(command: &Command) -> Result<Vec<u8>, String> {
    let command = command.clone().limit(Some(LIMIT));
    let output = toolchain::System.run(&command, None);
    let stderr = String::from_utf8_lossy(&output.stderr);
    match output.status {
        Status::Ok => Ok(output.stdout),
        Status::Failed(code) => Err(format!("exit code {code} {}", stderr.trim())),
        Status::Signal(signal) => Err(format!("signal {signal} {}", stderr.trim())),
        Status::TimedOut(limit) => Err(format!("ran longer than {} s", limit.as_secs())),
        Status::NotFound | Status::NotStarted(_) => Err(format!("did not start: {:?}", output.status)),
    }
}

fn tool_message(error: &ToolchainError) -> String {
    let stderr = error.invocation().map_or("", |by| by.stderr.as_str());
    format!("{error}\n{stderr}")
}

fn messages<'a>(diagnostics: impl IntoIterator<Item = &'a Diagnostic>) -> String {
    diagnostics.into_iter().map(|d| d.message.as_str()).collect::<Vec<_>>().join("; ")
}

/// Compiles a file of MIR in memory and runs its `main`: what the process started for [`BackEnd::Jit`] does.
#[cfg(feature = "cranelift")]
pub fn run_jit(file: &Path) -> Result<(), String> {
    use simplec::backend::cranelift::{Jit, Opt, Options};
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    let module =
        mir::parse(FileId(0), &file.to_string_lossy(), &text).map_err(|errors| messages(errors.iter()))?;
    let options = Options { opt: Opt::None, pic: false, verify: true, debug: None };
    let jit = Jit::compile(&module, &options, &|_| None).map_err(|errors| messages(&errors))?;
    // SAFETY: the module was generated without undefined behaviour, and declares nothing but `write` of the C library.
    let status = unsafe { jit.call_main(&[]) };
    status.map(drop).map_err(|diagnostic| diagnostic.message)
}

/// There is no Cranelift in this build.
#[cfg(not(feature = "cranelift"))]
pub fn run_jit(_: &Path) -> Result<(), String> {
    Err("built without Cranelift".into())
}

/// The back ends that this machine can run, and a line about those it cannot.
pub fn available(machine: &Machine) -> (Vec<BackEnd>, Option<String>) {
    let (here, missing): (Vec<BackEnd>, Vec<BackEnd>) =
        BackEnd::COMPILED.iter().partition(|&&back_end| machine.has(back_end));
    let note = (!missing.is_empty()).then(|| {
        let names: Vec<&str> = missing.iter().map(|b| b.name()).collect();
        let what = if missing.iter().any(|b| b.needs_llvm()) { "LLVM" } else { "a linker" };
        format!("NOT COMPARED: {}: {what} is not installed (scripts/setup installs it)", names.join(", "))
    });
    (here, note)
}
