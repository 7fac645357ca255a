//! `simplec run`: from a file to a running program.

use std::ffi::OsString;
#[cfg(feature = "cranelift")]
use std::ffi::{CStr, CString};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use super::backtrace;
use super::build::{needs_main, show_program};
use super::front;
use super::input::Input;
use super::link;
use super::native::{self, Error};
use super::options::Backend;
use super::output;
use super::session::{Failed, Session};
use super::world::{OwnSystem, environment};
#[cfg(feature = "cranelift")]
use crate::backend::cranelift::Jit;
use crate::backend::interp::{self, Limits, Outcome, Unwritten};
use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::mir::Module;
use crate::target::Target;
use crate::toolchain::{
    Command, Runner, Runs, Status, Temporary, ToolchainError, emulator_command, install_emulator, runs,
};

/// How a program ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ended {
    /// With an exit code.
    Code(i32),
    /// By a signal.
    Signal(i32),
    /// It could not be started, or the interpreter stopped it; the diagnostic says why.
    Stopped(Box<Diagnostic>),
}

impl Ended {
    /// The signal of a program that writes to a pipe which nobody reads any more. Nobody is told of it: that is how
    /// `program | head` ends.
    pub const CLOSED_PIPE: i32 = 13;
}

/// A program's end, and what there is to say about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finished {
    /// How it ended.
    pub ended: Ended,
    /// Remarks of the interpreter, such as lost memory.
    pub remarks: Vec<Diagnostic>,
}

impl From<Ended> for Finished {
    fn from(ended: Ended) -> Finished {
        Finished { ended, remarks: Vec::new() }
    }
}

/// A program that is ready to run.
pub struct Program {
    name: String,
    form: Form,
}

enum Form {
    /// A file that vanishes afterwards, behind the emulator it needs.
    File { folder: Temporary, command: Command },
    /// Code of this process.
    #[cfg(feature = "cranelift")]
    Memory(Box<Jit>),
    /// MIR for the interpreter.
    Mir { module: Box<Module>, target: Box<Target> },
}

/// Compiles a program for running it; `None` if its commands were only to be shown.
///
/// # Errors
/// In the session's diagnostics.
pub fn prepare(session: &mut Session<'_>, input: &Input) -> Result<Option<Program>, Failed> {
    let choice = session.choose(true)?;
    if session.options.dry_run {
        if !choice.in_process {
            show_program(session, &choice, &input.stem())?;
        }
        return Ok(None);
    }
    let module = front::compile(session, input)?;
    needs_main(session, &module)?;
    if !backtrace::has_any(session, &module) {
        session.warn_of_no_debug_information(&choice);
    }
    let choice = native::available(session, choice)?;
    let form = match choice.backend {
        Backend::Interp => {
            Form::Mir { module: Box::new(module), target: Box::new(session.options.target.clone()) }
        }
        #[cfg(feature = "cranelift")]
        Backend::Cranelift if choice.in_process => {
            let options = native::cranelift_options(session);
            let jit = session.time("Cranelift", |_| Jit::compile(&module, &options, &|_| None));
            Form::Memory(Box::new(jit.map_err(|errors| session.fail_all(errors))?))
        }
        Backend::Cranelift | Backend::Llvm => {
            let folder = output::scratch().map_err(|error| session.fail(error))?;
            let emulator = emulator(session, folder.path())?;
            let exe =
                folder.path().join(format!("{}{}", input.stem(), session.options.target.executable_suffix));
            native::program(session, &module, &choice, &exe)?;
            let command = match emulator {
                Some(command) => command.arg(exe),
                None => Command::new(exe),
            };
            Form::File { folder, command: command.interactive() }
        }
    };
    Ok(Some(Program { name: input.name(), form }))
}

/// The command before the program, if this machine needs one for the target; what it needs is put in a folder.
fn emulator(session: &mut Session<'_>, folder: &Path) -> Result<Option<Command>, Failed> {
    let target = &session.options.target;
    match runs(target, &session.search) {
        Runs::Natively => Ok(None),
        Runs::Emulated(emulator) => {
            let command = emulator_command(&emulator, folder);
            command.map(Some).map_err(|error| session.fail(error.diagnostic()))
        }
        Runs::No => {
            let message = format!("programs for {} do not run on this machine", target.triple);
            let mut error = Diagnostic::error(Code::ToolMissing, message);
            if let Some(install) = install_emulator(&target.emulators) {
                error = error.help(install);
            }
            for help in instead(session) {
                error = error.help(help);
            }
            Err(session.fail(error))
        }
    }
}

/// What there is to do about a program that does not run here: nothing writes one that is not linked either.
fn instead(session: &mut Session<'_>) -> Vec<String> {
    match link::link_command(session, &[], Path::new("program"), false) {
        Ok(_) => vec!["`simplec build` writes the program to a file".to_owned()],
        Err(Error::Tool(
            error @ (ToolchainError::LlvmMissing(_) | ToolchainError::LlvmUnsuitable { .. }),
        )) => {
            let mut helps =
                vec!["`simplec build` writes the program to a file, once there is an LLVM".to_owned()];
            helps.extend(error.diagnostic().helps);
            helps
        }
        Err(Error::Tool(error)) => error.diagnostic().helps,
        Err(Error::Told) => Vec::new(),
    }
}

impl Program {
    /// Runs it with our standard input and output, and waits for its end. Code made in memory runs in this process:
    /// a program that calls `exit` takes it along.
    pub fn run(self, args: &[OsString], runner: &dyn Runner) -> Finished {
        match self.form {
            Form::File { folder, command } => {
                let command = command.args(args);
                let status = runner.run(&command, None).status;
                drop(folder);
                let ended = match status {
                    Status::Ok => Ended::Code(0),
                    Status::Failed(code) => Ended::Code(code),
                    Status::Signal(signal) => Ended::Signal(signal),
                    Status::NotFound => without_loader(),
                    Status::TimedOut(_) => stopped("the program could not be started", None),
                    Status::NotStarted(why) => stopped("the program could not be started", Some(why)),
                };
                ended.into()
            }
            #[cfg(feature = "cranelift")]
            Form::Memory(jit) => in_memory(jit, &self.name, args).into(),
            Form::Mir { module, target } => {
                let mut line = vec![self.name];
                line.extend(args.iter().map(|arg| arg.to_string_lossy().into_owned()));
                let report =
                    interp::run_main(&module, &target, &line, &mut Streams::default(), Limits::default());
                // A program that ends early, by a panic or `exit`, leaves its memory to the system.
                let returned = matches!(report.outcome, Outcome::Returned(_));
                let remarks = returned.then(|| lost(&report.leaks)).flatten().into_iter().collect();
                Finished { ended: interpreted(&module, report.outcome), remarks }
            }
        }
    }
}

#[cfg(feature = "cranelift")]
fn in_memory(jit: Box<Jit>, name: &str, args: &[OsString]) -> Ended {
    let words = std::iter::once(name.as_bytes()).chain(args.iter().map(|arg| arg.as_encoded_bytes()));
    let line: Result<Vec<CString>, _> = words.map(CString::new).collect();
    let Ok(line) = line else {
        return stopped("an argument for the program holds a zero byte", None);
    };
    #[cfg(unix)]
    return super::in_process::run(jit, line);
    #[cfg(not(unix))]
    return call_main(&jit, &line);
}

/// Calls the entry of code in memory.
#[cfg(feature = "cranelift")]
pub(super) fn call_main(jit: &Jit, line: &[CString]) -> Ended {
    let line: Vec<&CStr> = line.iter().map(CString::as_c_str).collect();
    // SAFETY: checked Simple has no undefined behaviour, and who runs MIR text answers for it as for any program;
    // no symbols but those of the C library were resolved.
    match unsafe { jit.call_main(&line) } {
        Ok(code) => Ended::Code(code),
        Err(error) => Ended::Stopped(Box::new(error)),
    }
}

fn lost(leaks: &interp::Leaks) -> Option<Diagnostic> {
    let first = leaks.lost.first()?;
    let message = format!("memory was lost: {} heap blocks that nothing leads to", leaks.lost.len());
    let warning = Diagnostic::new(Severity::Warning, None, message);
    Some(warning.at(first.origin, format!("{} bytes allocated here", first.size)))
}

pub(super) fn stopped(message: impl Into<String>, note: Option<String>) -> Ended {
    let error = Diagnostic::error(Code::ProgramStopped, message);
    Ended::Stopped(Box::new(match note {
        Some(note) => error.note(note),
        None => error,
    }))
}

/// The end of a program of which the file is there, and the system all the same says that something is not.
fn without_loader() -> Ended {
    let error = Diagnostic::error(Code::ProgramStopped, "the program could not be started")
        .note("it is linked with a C library whose loader is not on this machine")
        .help("install the target's C library, or link with nothing of it: `--link=self-contained`");
    Ended::Stopped(Box::new(error))
}

fn interpreted(module: &Module, outcome: Outcome) -> Ended {
    let at = |what: String, span, function: &str| {
        let error = Diagnostic::error(Code::ProgramStopped, what).at(span, "");
        Ended::Stopped(Box::new(error.note(format!("in `{function}` of `{}`", module.name))))
    };
    match outcome {
        // `main` gives an `i32`: the verifier has seen to that.
        Outcome::Returned(value) => Ended::Code(value.and_then(|value| value.bits()).unwrap_or(0) as i32),
        Outcome::Exited(code) => Ended::Code(code),
        Outcome::ClosedPipe => Ended::Signal(Ended::CLOSED_PIPE),
        Outcome::Trapped { kind, span, function } => {
            at(format!("the program stopped: {kind}"), span, &function)
        }
        Outcome::Fault { fault, span, function } => {
            at(format!("the program did something undefined: {fault}"), span, &function)
        }
        Outcome::OutOfFuel | Outcome::TimedOut => {
            stopped("the program ran too long for the interpreter", None)
        }
        Outcome::StackOverflow => stopped("the program's stack overflowed", None),
        Outcome::Unsupported(why) => Ended::Stopped(why),
    }
}

/// Our own standard streams and this machine's system, for an interpreted program.
#[derive(Default)]
struct Streams {
    system: OwnSystem,
}

impl interp::Host for Streams {
    fn write(&mut self, fd: i32, bytes: &[u8]) -> Result<usize, Unwritten> {
        let written = match fd {
            1 => {
                let mut out = std::io::stdout().lock();
                out.write_all(bytes).and_then(|()| out.flush())
            }
            2 => std::io::stderr().lock().write_all(bytes),
            _ => return Err(Unwritten::Failed),
        };
        match written.map_err(|error| error.kind()) {
            Ok(()) => Ok(bytes.len()),
            Err(ErrorKind::BrokenPipe) => Err(Unwritten::ClosedPipe),
            Err(_) => Err(Unwritten::Failed),
        }
    }

    fn read(&mut self, fd: i32, buffer: &mut [u8]) -> Option<usize> {
        if fd != 0 {
            return None;
        }
        std::io::stdin().lock().read(buffer).ok()
    }

    fn environment(&mut self) -> Vec<(Vec<u8>, Vec<u8>)> {
        environment()
    }

    fn system(&mut self) -> Option<&mut dyn interp::System> {
        Some(&mut self.system)
    }
}
