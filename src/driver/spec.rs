//! `simplec test`: specifications, each example run as a program of its own.

use std::time::{Duration, Instant};

use super::front;
use super::input::Input;
use super::native;
use super::options::Backend;
use super::output;
use super::session::{Failed, Session};
use super::world::Recorded;
use crate::backend::interp::{self, Capture, Limits, Outcome};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::mir::Module;
use crate::target::Target;
use crate::toolchain::{Command, Runner, Runs, Status, Temporary, runs};

/// The variable by which a program is told which example to run (runtime/spec.spl).
const VARIABLE: &str = "SIMPLEC_EXAMPLE";

/// An example of a specification.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// Titles, from the outermost group to its own.
    pub title: Vec<String>,
    /// Its place.
    pub span: Span,
}

/// What became of an example.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// What went wrong, if anything did.
    pub failure: Option<String>,
    /// What it wrote to standard output.
    pub output: String,
    /// How long it ran.
    pub time: Duration,
}

/// A compiled file of examples.
pub struct Specification {
    /// In the order of the file.
    pub examples: Vec<Example>,
    name: String,
    form: Form,
}

enum Form {
    Mir { module: Box<Module>, target: Box<Target> },
    File { _folder: Temporary, command: Command },
}

impl Specification {
    /// Compiles a file.
    ///
    /// # Errors
    /// In the session's diagnostics.
    pub fn compile(session: &mut Session<'_>, input: &Input) -> Result<Specification, Failed> {
        let choice = session.choose(true)?;
        let (module, examples) = front::with_examples(session, input)?;
        let title = |example: &crate::hir::Example| {
            example.title.iter().map(|&part| session.interner.get(part).to_owned()).collect()
        };
        let examples: Vec<Example> =
            examples.iter().map(|example| Example { title: title(example), span: example.span }).collect();
        let module = front::core(session, module)?;
        let target = session.options.target.clone();
        let form = match choice.backend {
            Backend::Interp => Form::Mir { module: Box::new(module), target: Box::new(target) },
            Backend::Cranelift | Backend::Llvm => {
                let emulator = match runs(&target, &session.search) {
                    Runs::Natively => None,
                    Runs::Emulated(emulator) => Some(Command::new(emulator.program).args(emulator.args)),
                    Runs::No => {
                        let message = format!("programs for {} do not run on this machine", target.triple);
                        return Err(session.fail(Diagnostic::error(Code::ToolMissing, message)));
                    }
                };
                let folder = output::scratch().map_err(|error| session.fail(error))?;
                let exe = folder.path().join(format!("spec{}", target.executable_suffix));
                native::program(session, &module, &choice, &exe)?;
                let command = match emulator {
                    Some(command) => command.arg(exe),
                    None => Command::new(exe),
                };
                Form::File { _folder: folder, command }
            }
        };
        Ok(Specification { examples, name: input.name(), form })
    }

    /// Runs the example of a number, or the program as it is, at most for so long.
    pub fn run(&self, number: Option<usize>, limit: Duration, runner: &dyn Runner) -> Verdict {
        let start = Instant::now();
        let (failure, stdout) = match &self.form {
            Form::Mir { module, target } => self.interpret(module, target, number),
            Form::File { command, .. } => {
                let command = match number {
                    Some(number) => command.clone().env(VARIABLE, number.to_string()),
                    None => command.clone(),
                };
                let command = command.limit(Some(limit));
                let output = runner.run(&command, None);
                let failure = match output.status {
                    Status::Ok => None,
                    Status::Failed(code) => Some(said(&output.stderr, &format!("it ended with code {code}"))),
                    Status::Signal(signal) => {
                        Some(said(&output.stderr, &format!("it was killed by signal {signal}")))
                    }
                    Status::TimedOut(_) => Some(format!("it did not end within {} s", limit.as_secs())),
                    Status::NotFound => Some("the program is not there".to_owned()),
                    Status::NotStarted(why) => Some(format!("it could not be started: {why}")),
                };
                (failure, output.stdout)
            }
        };
        Verdict { failure, output: String::from_utf8_lossy(&stdout).into_owned(), time: start.elapsed() }
    }

    fn interpret(
        &self,
        module: &Module,
        target: &Target,
        number: Option<usize>,
    ) -> (Option<String>, Vec<u8>) {
        let env = number.map(|number| (VARIABLE.to_owned(), number.to_string())).into_iter().collect();
        let mut world = Recorded::default();
        world.streams.env = env;
        let line = [self.name.clone()];
        let report = interp::run_main(module, target, &line, &mut world, Limits::default());
        let Capture { stdout, stderr, .. } = world.streams;
        let ended = |code: i32| (code != 0).then(|| said(&stderr, &format!("it ended with code {code}")));
        let failure = match report.outcome {
            Outcome::Returned(value) => ended(value.and_then(|value| value.bits()).unwrap_or(0) as i32),
            Outcome::Exited(code) => ended(code),
            Outcome::ClosedPipe => Some("nobody reads its output".to_owned()),
            Outcome::Trapped { kind, .. } => Some(said(&stderr, &format!("it stopped: {kind}"))),
            Outcome::Fault { fault, .. } => Some(format!("it did something undefined: {fault}")),
            Outcome::OutOfFuel => Some("it ran too long for the interpreter".to_owned()),
            Outcome::StackOverflow => Some("its stack overflowed".to_owned()),
            Outcome::Unsupported(why) => Some(why.message),
        };
        (failure, stdout)
    }
}

/// What a program said on standard error, or else how it ended.
fn said(stderr: &[u8], end: &str) -> String {
    let text = String::from_utf8_lossy(stderr);
    let text = text.trim_end();
    if text.is_empty() { end.to_owned() } else { text.strip_prefix("panic: ").unwrap_or(text).to_owned() }
}
