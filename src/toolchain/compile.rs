//! From a module's text to an object file, assembly or bitcode, by clang, or by clang and an llc.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::{Invocation, ToolchainError};
use super::output::Pending;
use super::probe::Llvm;
use super::run::{Command, Output, Runner, Status};

/// What to make of a module.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Product {
    /// An object file.
    Object,
    /// Assembly text.
    Assembly,
    /// LLVM bitcode, optimised.
    Bitcode,
    /// LLVM IR, optimised, as LLVM prints it.
    OptimisedIr,
}

impl Product {
    fn flags(self) -> &'static [&'static str] {
        match self {
            Product::Object => &["-c"],
            Product::Assembly => &["-S"],
            Product::Bitcode => &["-c", "-emit-llvm"],
            Product::OptimisedIr => &["-S", "-emit-llvm"],
        }
    }
}

/// How much the optimiser does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Level {
    /// Nothing.
    O0,
    /// What is cheap.
    O1,
    /// The default of releases.
    O2,
    /// Speed before size.
    O3,
    /// Size, as long as speed does not suffer.
    Os,
    /// Size before everything.
    Oz,
}

impl Level {
    /// The option, as clang spells it.
    pub fn flag(self) -> &'static str {
        match self {
            Level::O0 => "-O0",
            Level::O1 => "-O1",
            Level::O2 => "-O2",
            Level::O3 => "-O3",
            Level::Os => "-Os",
            Level::Oz => "-Oz",
        }
    }
}

/// One module to compile.
#[derive(Clone, Copy, Debug)]
pub struct CompileJob<'a> {
    /// The module's text (or bitcode).
    pub module: &'a [u8],
    /// The LLVM triple; the same as the module's.
    pub triple: &'a str,
    /// How much to optimise.
    pub level: Level,
    /// What to make.
    pub product: Product,
    /// Whether each function and variable has a section of its own, so that a linker can leave it out.
    pub sections: bool,
    /// Where it goes.
    pub output: &'a Path,
    /// Options for LLVM itself (`-C llvm-args`): each goes behind `-mllvm` of clang, and to the llc as it is.
    pub llvm_args: &'a [String],
    /// How long it may take.
    pub limit: Option<Duration>,
    /// Where a module that a tool dies of is kept; beside the output if not given.
    pub reproducers: Option<&'a Path>,
}

/// The commands that compile a module to `output`. The module is the standard input of the first, and what one
/// writes to its standard output is that of the next.
pub fn commands(llvm: &Llvm, job: &CompileJob<'_>, output: &Path) -> Vec<Command> {
    match (&llvm.llc, job.product) {
        (Some(llc), Product::Object | Product::Assembly) => {
            vec![clang(llvm, job, Product::OptimisedIr, Path::new("-")), generate(llc, job, output)]
        }
        (None, product) | (Some(_), product @ (Product::Bitcode | Product::OptimisedIr)) => {
            vec![clang(llvm, job, product, output)]
        }
    }
}

/// What code generation needs to know travels in the module: `-mcpu`, PIC and the like are attributes and flags
/// there, and an option of the same meaning here would contradict them.
fn clang(llvm: &Llvm, job: &CompileJob<'_>, product: Product, output: &Path) -> Command {
    let mut command = Command::new(&llvm.clang)
        .args(["--no-default-config", "-Wno-override-module", "-x", "ir", "-"])
        .args(product.flags())
        .arg(job.level.flag())
        .arg(format!("--target={}", job.triple));
    if job.sections {
        command = command.args(["-ffunction-sections", "-fdata-sections"]);
    }
    for arg in job.llvm_args {
        command = command.arg("-mllvm").arg(arg);
    }
    command.arg("-o").arg(output).env("LC_ALL", "C").limit(job.limit)
}

/// Code of an optimised module by an llc. It is told the relocation model, which it does not take from the module;
/// that size matters is an attribute of the functions, for which it has no level.
fn generate(llc: &Path, job: &CompileJob<'_>, output: &Path) -> Command {
    let level = match job.level {
        Level::O0 | Level::O1 | Level::O2 | Level::O3 => job.level,
        Level::Os | Level::Oz => Level::O2,
    };
    let kind = match job.product {
        Product::Assembly => "asm",
        Product::Object | Product::Bitcode | Product::OptimisedIr => "obj",
    };
    let sections: &[&str] = if job.sections { &["-function-sections", "-data-sections"] } else { &[] };
    Command::new(llc)
        .args([level.flag(), "-relocation-model=pic"])
        .args(sections)
        .arg(format!("-mtriple={}", job.triple))
        .arg(format!("-filetype={kind}"))
        .args(job.llvm_args)
        .arg("-o")
        .arg(output)
        .arg("-")
        .env("LC_ALL", "C")
        .limit(job.limit)
}

/// Compiles a module. The output appears whole or not at all.
///
/// # Errors
/// [`ToolchainError::Rejected`] when clang does not take the module, which is our fault; the others concern the
/// tool or the disk.
pub fn compile(llvm: &Llvm, job: &CompileJob<'_>, runner: &dyn Runner) -> Result<(), ToolchainError> {
    let pending = Pending::beside(job.output)?;
    let mut text = Cow::Borrowed(job.module);
    let mut last = None;
    for command in commands(llvm, job, pending.path()) {
        let output = runner.run(&command, Some(&text));
        let by = invocation(llvm, &command, &output);
        if output.status != Status::Ok {
            drop(pending);
            return Err(failure(job, by, &output));
        }
        text = Cow::Owned(output.stdout);
        last = Some(by);
    }
    match last {
        Some(by) if !pending.is_written() => Err(ToolchainError::NoOutput { by }),
        Some(_) | None => pending.publish(),
    }
}

fn invocation(llvm: &Llvm, command: &Command, output: &Output) -> Invocation {
    if command.program == llvm.clang {
        Invocation::new("clang", Some(llvm.version_line.clone()), command, output)
    } else {
        Invocation::new("llc", None, command, output)
    }
}

/// What an unsuccessful end means.
fn failure(job: &CompileJob<'_>, by: Invocation, output: &Output) -> ToolchainError {
    let stderr = String::from_utf8_lossy(&output.stderr);
    let says = |words: &[&str]| words.iter().any(|word| stderr.contains(word));
    match &output.status {
        Status::Failed(_)
            if says(&["No space left on device", "unable to open output file", "Disk quota exceeded"]) =>
        {
            let why = stderr.lines().find(|line| line.contains("error")).unwrap_or("the disk is full").trim();
            ToolchainError::CannotWrite { path: job.output.to_owned(), why: why.to_owned() }
        }
        Status::Failed(_)
            if says(&["unknown target triple", "unable to create target", "No available targets"]) =>
        {
            ToolchainError::NoSuchTarget { by, triple: job.triple.to_owned() }
        }
        // clang compiles in its own process and catches its signals there: it reports a crash and exits.
        Status::Failed(code) if *code >= 128 || says(&["PLEASE submit a bug report", "Stack dump:"]) => {
            ToolchainError::Crashed { by, signal: None, reproducer: keep(job) }
        }
        Status::Signal(_) | Status::TimedOut(_) | Status::NotFound | Status::NotStarted(_) => {
            let kept = match &output.status {
                Status::Signal(_) | Status::TimedOut(_) => keep(job),
                Status::Ok | Status::Failed(_) | Status::NotFound | Status::NotStarted(_) => None,
            };
            let rejected = ToolchainError::Rejected { by: by.clone(), reproducer: kept.clone() };
            ToolchainError::of_status(&by, &output.status, kept).unwrap_or(rejected)
        }
        Status::Failed(_) if says(&["Unknown command line argument"]) && !job.llvm_args.is_empty() => {
            ToolchainError::BadArguments { by }
        }
        Status::Ok | Status::Failed(_) => ToolchainError::Rejected { by, reproducer: keep(job) },
    }
}

/// Keeps the module for a report; `None` when even that cannot be written.
fn keep(job: &CompileJob<'_>) -> Option<PathBuf> {
    let stem = job.output.file_stem()?.to_string_lossy().into_owned();
    let folder = job.reproducers.or_else(|| job.output.parent()).unwrap_or(Path::new("."));
    let path = folder.join(format!("{stem}.crash.ll"));
    std::fs::create_dir_all(folder).ok()?;
    std::fs::write(&path, job.module).ok()?;
    Some(path)
}
