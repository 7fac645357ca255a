//! Compiled files, and running them.

use std::ffi::{CStr, CString, OsStr};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::OnceLock;

use simplec::backend::llvm;
use simplec::diagnostics::Diagnostic;
use simplec::mir::{Module, verify};
use simplec::target;
use simplec::toolchain::{self, Llvm, Search, System};

use super::case::File;
use super::driver;

/// Names the file that a copy of this test program is to compile and run in its own process, so that traps end that
/// process and not the tests.
const CHILD: &str = "SIMPLEC_TEST_MIR_CHILD";

/// Where a file is run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Backend {
    Interpreter,
    CraneliftJit,
    CraneliftObject,
    LlvmO0,
    LlvmO2,
}

impl Backend {
    pub fn name(self) -> &'static str {
        match self {
            Backend::Interpreter => "interp",
            Backend::CraneliftJit => "cranelift-jit",
            Backend::CraneliftObject => "cranelift-object",
            Backend::LlvmO0 => "llvm-O0",
            Backend::LlvmO2 => "llvm-O2",
        }
    }

    /// Whether a file shows nothing on this back end that it does not show on another.
    pub fn repeats(self, file: &str) -> bool {
        let arithmetic = ["int/", "float/", "cast/", "scalar/"];
        self == Backend::CraneliftObject && arithmetic.iter().any(|folder| file.starts_with(folder))
    }

    /// The back ends that SIMPLEC_TEST_BACKENDS names, or all that can be run here.
    pub fn selected() -> Vec<Backend> {
        let wanted = std::env::var("SIMPLEC_TEST_BACKENDS").unwrap_or("interp,cranelift,llvm".to_owned());
        let mut backends = Vec::new();
        for name in wanted.split(',').map(str::trim) {
            match name {
                "interp" => backends.push(Backend::Interpreter),
                "cranelift" if cfg!(feature = "cranelift") => {
                    backends.push(Backend::CraneliftJit);
                    if clang().is_ok() {
                        backends.push(Backend::CraneliftObject);
                    }
                }
                "cranelift" => eprintln!("tests/mir: SKIPPED on Cranelift: the feature is off"),
                "llvm" => match clang() {
                    Ok(_) => backends.extend([Backend::LlvmO0, Backend::LlvmO2]),
                    Err(why) if std::env::var_os("CI").is_some() => panic!("CI is set, but {why}"),
                    Err(why) => eprintln!("tests/mir: SKIPPED on LLVM: {why}; scripts/setup installs it"),
                },
                other => panic!("SIMPLEC_TEST_BACKENDS: unknown back end `{other}`"),
            }
        }
        backends
    }
}

fn clang() -> Result<&'static Llvm, String> {
    static LLVM: OnceLock<Result<Llvm, String>> = OnceLock::new();
    let found = LLVM.get_or_init(|| {
        toolchain::find(&Search::from_env(), &System).map_err(|error| error.diagnostic().message)
    });
    found.as_ref().map_err(String::clone)
}

/// A file made runnable. Its folder goes with it.
pub struct Program {
    program: PathBuf,
    child: Option<PathBuf>,
    _folder: Option<tempfile::TempDir>,
}

/// How a process ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    Exited(i32),
    Signal(i32),
}

impl Ended {
    fn of(status: ExitStatus) -> Ended {
        #[cfg(unix)]
        if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
            return Ended::Signal(signal);
        }
        Ended::Exited(status.code().unwrap_or(-1))
    }

    pub fn returned(self) -> bool {
        self == Ended::Exited(0)
    }

    /// With the code of a panic, and these words.
    pub fn panicked(self, stderr: &str, words: &str) -> bool {
        self == Ended::Exited(101) && stderr.starts_with("panic: ") && stderr.contains(words)
    }

    /// By SIGILL, SIGTRAP, SIGABRT or SIGFPE: not by a bad access.
    pub fn trapped(self) -> bool {
        matches!(self, Ended::Signal(4 | 5 | 6 | 8))
    }
}

impl Program {
    /// Compiles and links a file.
    pub fn build(path: &Path, file: &File, backend: Backend) -> Result<Program, String> {
        let module = driver::program(file);
        verify(&module).map_err(|errors| messages(errors.sorted().into_iter().cloned().collect()))?;
        match backend {
            Backend::Interpreter => Err("the interpreter makes no program".to_owned()),
            Backend::CraneliftJit => {
                let program = std::env::current_exe().map_err(|error| error.to_string())?;
                Ok(Program { program, child: Some(path.to_owned()), _folder: None })
            }
            Backend::CraneliftObject => {
                linked(&[], |folder| cranelift_object(&module, &folder.join("module.o")))
            }
            Backend::LlvmO0 => {
                linked(&["-O0"], |folder| llvm_text(&module, &folder.join("module.ll"), llvm::OptLevel::O0))
            }
            Backend::LlvmO2 => {
                linked(&["-O2"], |folder| llvm_text(&module, &folder.join("module.ll"), llvm::OptLevel::O2))
            }
        }
    }

    /// Runs it with that many arguments: how it ended and what it wrote, to standard output and standard error.
    pub fn run(&self, args: usize) -> Result<(Ended, Vec<u8>, String), String> {
        let mut command = Command::new(&self.program);
        command.args(vec!["x"; args]).stdin(Stdio::null());
        if let Some(path) = &self.child {
            command.env(CHILD, path);
        }
        let output = command.output().map_err(|error| error.to_string())?;
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok((Ended::of(output.status), output.stdout, stderr))
    }
}

/// A program out of what `make` puts into a folder, compiled and linked by clang.
fn linked(flags: &[&str], make: impl FnOnce(&Path) -> Result<PathBuf, String>) -> Result<Program, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let input = make(folder.path())?;
    let program = folder.path().join("program");
    let command = Command::new(&clang()?.clang)
        .args(["-Wno-override-module", "-o"])
        .arg(&program)
        .args(flags)
        .args([input.as_os_str(), OsStr::new("-lm")])
        .output()
        .map_err(|error| error.to_string())?;
    if command.status.success() {
        Ok(Program { program, child: None, _folder: Some(folder) })
    } else {
        Err(String::from_utf8_lossy(&command.stderr).into_owned())
    }
}

fn messages(errors: Vec<Diagnostic>) -> String {
    errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join("\n")
}

fn llvm_text(module: &Module, output: &Path, opt: llvm::OptLevel) -> Result<PathBuf, String> {
    let target = target::host().map_err(|error| error.message)?;
    let options =
        llvm::Options { llvm_version: clang()?.version.major, named: true, opt, ..llvm::Options::default() };
    let text = llvm::write(module, target, &options).map_err(messages)?;
    std::fs::write(output, text).map_err(|error| error.to_string())?;
    Ok(output.to_owned())
}

#[cfg(feature = "cranelift")]
fn cranelift_object(module: &Module, output: &Path) -> Result<PathBuf, String> {
    use simplec::backend::cranelift::{Options, object};
    let target = target::host().map_err(|error| error.message)?;
    let bytes = object(module, target, &Options::default()).map_err(messages)?;
    std::fs::write(output, bytes).map_err(|error| error.to_string())?;
    Ok(output.to_owned())
}

#[cfg(not(feature = "cranelift"))]
fn cranelift_object(_: &Module, _: &Path) -> Result<PathBuf, String> {
    Err("the feature `cranelift` is off".to_owned())
}

/// In a process started by [`Program::run`] for the JIT: compiles the file, calls its `main`, and gives its exit code.
/// `None` in the process that runs the tests.
pub fn child() -> Option<ExitCode> {
    let path = std::env::var_os(CHILD)?;
    match jit(Path::new(&path)) {
        Ok(code) => Some(ExitCode::from(code as u8)),
        Err(why) => {
            eprintln!("{why}");
            Some(ExitCode::from(99))
        }
    }
}

#[cfg(feature = "cranelift")]
fn jit(path: &Path) -> Result<i32, String> {
    use simplec::backend::cranelift::{Jit, Options};
    let module = driver::program(&File::compiled(path)?);
    let jit = Jit::compile(&module, &Options::default(), &|_| None).map_err(messages)?;
    let args: Vec<CString> = std::env::args_os()
        .map(|arg| CString::new(arg.into_encoded_bytes()).map_err(|error| error.to_string()))
        .collect::<Result<_, _>>()?;
    let args: Vec<&CStr> = args.iter().map(CString::as_c_str).collect();
    // SAFETY: the calls that `main` makes are those that the interpreter finds nothing undefined in; the C functions
    // they use have the signatures they are declared with. A mistake in either ends a process of one test file.
    unsafe { jit.call_main(&args) }.map_err(|error| error.message)
}

#[cfg(not(feature = "cranelift"))]
fn jit(_: &Path) -> Result<i32, String> {
    Err("the feature `cranelift` is off".to_owned())
}
