//! `simplec test`: specifications, each example run as a program of its own.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::backtrace;
use super::front;
use super::input::Input;
use super::native;
use super::options::Backend;
use super::output;
use super::session::{Failed, Session};
use super::verdict::{self, Failure, Verdict};
use super::world::Recorded;
use crate::backend::interp::{self, Capture, Limits, Outcome};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::mir::Module;
use crate::target::Target;
use crate::toolchain::{Command, Runner, Runs, Status, Temporary, runs};

/// The variable by which a program is told which example to run (runtime/spec.spl).
const VARIABLE: &str = "SIMPLEC_EXAMPLE";

/// What the example asked for writes to standard error where it begins and where it ends (runtime/spec.spl).
const MARKS: [&str; 2] = ["\u{2}begun\u{3}", "\u{2}ended\u{3}"];

/// An example of a specification.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// Titles, from the outermost group to its own.
    pub title: Vec<String>,
    /// Its place.
    pub span: Span,
}

/// A compiled file of examples.
pub struct Specification {
    /// In the order of the file.
    pub examples: Vec<Example>,
    form: Form,
}

/// A program for the interpreter, shared with the threads that run its examples.
struct Interpreted {
    name: String,
    module: Module,
    target: Target,
}

enum Form {
    Mir(Arc<Interpreted>),
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
        let mut module = front::core(session, module)?;
        backtrace::keep_calls(session, &mut module)?;
        let target = session.options.target.clone();
        let form = match choice.backend {
            Backend::Interp => Form::Mir(Arc::new(Interpreted { name: input.name(), module, target })),
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
        Ok(Specification { examples, form })
    }

    /// Runs the example of a number, or the program as it is, at most for so long.
    pub fn run(&self, number: Option<usize>, limit: Option<Duration>, runner: &dyn Runner) -> Verdict {
        let start = Instant::now();
        let Ran { end, stdout, stderr } = match &self.form {
            Form::Mir(program) => interpret(program, number, limit),
            Form::File { command, .. } => {
                let command = match number {
                    Some(number) => command.clone().env(VARIABLE, number.to_string()),
                    None => command.clone(),
                };
                let command = command.limit(limit);
                let output = runner.run(&command, None);
                let end = match output.status {
                    Status::Ok => End::Code(0),
                    Status::Failed(code) => End::Code(code),
                    Status::Signal(signal) => End::Stopped(format!("it was killed by signal {signal}")),
                    Status::TimedOut(limit) => End::TimedOut(limit),
                    Status::NotFound => End::Stopped("the program is not there".to_owned()),
                    Status::NotStarted(why) => End::Stopped(format!("it could not be started: {why}")),
                };
                Ran { end, stdout: output.stdout, stderr: output.stderr }
            }
        };
        let (stage, stderr) = stage(&String::from_utf8_lossy(&stderr));
        let (failure, errors) = failed(end, number.map(|_| stage), stderr);
        let output = String::from_utf8_lossy(&stdout).into_owned();
        Verdict { failure, output, errors, time: start.elapsed() }
    }
}

/// How long after its time a program on the interpreter is still waited for: it stops by itself, unless the system does not
/// answer it, as when a pipe is opened that nobody writes to.
const GRACE: Duration = Duration::from_secs(1);

/// Runs an example on a thread, which is left to itself where it does not stop in time.
fn interpret(program: &Arc<Interpreted>, number: Option<usize>, limit: Option<Duration>) -> Ran {
    let (sender, receiver) = mpsc::channel();
    let runs = Arc::clone(program);
    let thread = thread::Builder::new().spawn(move || {
        // Nobody listens any more to one that is late.
        let _ = sender.send(runs.run(number, limit));
    });
    let nothing = |end| Ran { end, stdout: Vec::new(), stderr: Vec::new() };
    let thread = match thread {
        Ok(thread) => thread,
        Err(error) => {
            return nothing(End::Stopped(format!("the thread for it could not be started: {error}")));
        }
    };
    let ran = match limit {
        Some(limit) => receiver.recv_timeout(limit.saturating_add(GRACE)),
        None => receiver.recv().map_err(RecvTimeoutError::from),
    };
    ran.unwrap_or_else(|error| match error {
        RecvTimeoutError::Timeout => nothing(End::TimedOut(limit.unwrap_or_default())),
        // A fault of the interpreter's own.
        RecvTimeoutError::Disconnected => match thread.join() {
            Err(panic) => std::panic::resume_unwind(panic),
            Ok(()) => nothing(End::Stopped("nothing is known of its end".to_owned())),
        },
    })
}

impl Interpreted {
    fn run(&self, number: Option<usize>, limit: Option<Duration>) -> Ran {
        let env = number.map(|number| (VARIABLE.to_owned(), number.to_string())).into_iter().collect();
        let mut world = Recorded::default();
        world.streams.env = env;
        let line = [self.name.clone()];
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        let limits = Limits { deadline, ..Limits::default() };
        let report = interp::run_main(&self.module, &self.target, &line, &mut world, limits);
        let end = match report.outcome {
            // What a parent sees of an exit code are its low eight bits.
            Outcome::Returned(value) => {
                End::Code(value.and_then(|value| value.bits()).unwrap_or(0) as i32 & 0xff)
            }
            Outcome::Exited(code) => End::Code(code & 0xff),
            Outcome::ClosedPipe => End::Stopped("nobody reads its output".to_owned()),
            Outcome::Trapped { kind, .. } => End::Stopped(format!("it stopped: {kind}")),
            Outcome::Fault { fault, .. } => End::Stopped(format!("it did something undefined: {fault}")),
            Outcome::OutOfFuel => End::Stopped("it ran too long for the interpreter".to_owned()),
            Outcome::TimedOut => {
                world.end_children();
                End::TimedOut(limit.unwrap_or_default())
            }
            Outcome::StackOverflow => End::Stopped("its stack overflowed".to_owned()),
            Outcome::Unsupported(why) => End::Stopped(why.message),
        };
        let Capture { stdout, stderr, .. } = world.streams;
        Ran { end, stdout, stderr }
    }
}

/// What became of a program, and what it wrote.
struct Ran {
    end: End,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

/// How a program ended.
enum End {
    /// With an exit code.
    Code(i32),
    /// It ran longer than that.
    TimedOut(Duration),
    /// In another way.
    Stopped(String),
}

/// How far an example got.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    NotReached,
    Begun,
    Ended,
}

impl Stage {
    /// Why an example failed whose program ended as one does in which all is well.
    fn failure(self) -> Option<String> {
        let why = match self {
            Stage::NotReached => "it did not run: the program ended, or went on elsewhere, before it",
            Stage::Begun => {
                "it was left before its end, as by `rt_exit(0)`; what stands behind was not looked at"
            }
            Stage::Ended => return None,
        };
        Some(why.to_owned())
    }
}

/// How far an example got, by the marks in what it wrote to standard error, and the rest of that. In a loop it may run
/// several times: the last counts.
fn stage(stderr: &str) -> (Stage, String) {
    let [begun, ended] = MARKS.map(|mark| stderr.rfind(mark));
    let stage = match begun {
        None => Stage::NotReached,
        Some(_) if begun < ended => Stage::Ended,
        Some(_) => Stage::Begun,
    };
    (stage, MARKS.iter().fold(stderr.to_owned(), |rest, mark| rest.replace(mark, "")))
}

/// Why the example of a program failed that ended so, if it did, and what else it wrote to standard error.
fn failed(end: End, stage: Option<Stage>, stderr: String) -> (Option<Failure>, String) {
    let why = match end {
        End::Code(0) => match stage.and_then(Stage::failure) {
            Some(why) => why,
            None => return (None, stderr),
        },
        End::Code(code) => {
            if let Some((failure, errors)) = Failure::of_panic(&stderr) {
                return (Some(failure), errors);
            }
            format!("it ended with code {code}")
        }
        End::TimedOut(limit) => {
            let why = format!("it did not end within {} s", limit.as_secs_f64());
            return (Some(Failure::new(verdict::Outcome::TimedOut, why)), stderr);
        }
        End::Stopped(why) => why,
    };
    (Some(Failure::new(verdict::Outcome::Failed, why)), stderr)
}
