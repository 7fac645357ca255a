//! `simplec run`: from a file to a running program.

use std::ffi::OsString;
use std::path::PathBuf;

use super::build::needs_main;
use super::front;
use super::input::Input;
use super::native;
use super::options::Backend;
use super::output;
use super::session::{Failed, Session};
use crate::diagnostics::{Code, Diagnostic};
use crate::toolchain::{Command, Product, Runner, Runs, Status, install_emulator, runs};

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

/// A program that is ready to run.
pub struct Program {
    form: Form,
}

enum Form {
    /// A file that vanishes afterwards, and the emulator it needs.
    File { folder: tempfile::TempDir, command: Command },
}

/// Compiles a program for running it.
///
/// # Errors
/// In the session's diagnostics.
pub fn prepare(session: &mut Session<'_>, input: &Input) -> Result<Option<Program>, Failed> {
    let choice = session.choose(true)?;
    let scratch = output::scratch().map_err(|error| session.fail(error))?;
    let target = &session.options.target;
    let exe = scratch.path().join(format!("{}{}", input.stem(), target.executable_suffix));
    let object = scratch.path().join("main.o");
    let module = front::compile(session, input)?;
    needs_main(session, &module)?;

    let emulator = if choice.in_process { None } else { emulator(session)? };
    let mut backend = choice.backend;
    if backend == Backend::Llvm {
        let text = native::llvm_text(session, &module, false)?;
        if let Err(error) = native::clang(session, &text, Product::Object, &object) {
            backend = native::fall_back(session, &choice, native::Error::Tool(error))?;
        }
    }
    if backend == Backend::Cranelift {
        native::cranelift_object(session, &module, &object)?;
    }
    native::link(session, &[object], &exe).map_err(|error| session.fail(error.diagnostic()))?;
    let command = match emulator {
        Some(command) => command.arg(exe),
        None => Command::new(exe),
    };
    Ok(Some(Program { form: Form::File { folder: scratch, command: command.interactive() } }))
}

/// The command before the program, if this machine needs one for the target.
fn emulator(session: &mut Session<'_>) -> Result<Option<Command>, Failed> {
    let target = &session.options.target;
    match runs(target, &session.search) {
        Runs::Natively => Ok(None),
        Runs::Emulated(emulator) => Ok(Some(Command::new(emulator.program).args(emulator.args))),
        Runs::No => {
            let message = format!("programs for {} do not run on this machine", target.triple);
            let mut error = Diagnostic::error(Code::ToolMissing, message);
            if let Some(emulator) = target.emulators.first() {
                error = error.help(install_emulator(&emulator.program));
            }
            Err(session.fail(error.help("`simplec build` writes the program to a file")))
        }
    }
}

impl Program {
    /// Runs it with our standard input and output, and waits for its end.
    pub fn run(self, args: &[OsString], runner: &dyn Runner) -> Ended {
        match self.form {
            Form::File { folder, command } => {
                let command = command.args(args);
                let status = runner.run(&command, None).status;
                drop(folder);
                match status {
                    Status::Ok => Ended::Code(0),
                    Status::Failed(code) => Ended::Code(code),
                    Status::Signal(signal) => Ended::Signal(signal),
                    Status::NotFound | Status::NotStarted(_) | Status::TimedOut(_) => {
                        let message =
                            format!("{} could not be started", PathBuf::from(&command.program).display());
                        Ended::Stopped(Box::new(Diagnostic::error(Code::ToolFailed, message)))
                    }
                }
            }
        }
    }
}
