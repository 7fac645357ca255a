//! The interpreter: runs MIR with checked memory, for any target's layout on any host.
//!
//! It is the oracle that the compiled back ends are compared with: operations do exactly what the op table says, and
//! what the table leaves undefined is found and reported as a [`Fault`] instead of happening. One way to be undefined
//! is left to the verifier: reading a register before it was written.

mod arith;
mod code;
mod darwin;
mod decode;
mod exec;
mod externs;
mod fault;
mod host;
mod memory;
mod system;
#[cfg(test)]
mod tests;
mod value;

use std::fmt;
use std::time::Instant;

use exec::{Machine, Stop};
pub use fault::{Fault, ObjectKind};
pub use host::{Capture, Errno, Facts, Host, Spawn, System, Unwritten};
pub use memory::{Leak, Leaks};
pub use value::Value;

use crate::diagnostics::{Code, Diagnostic, Span};
use crate::mir::{FLUSH, FuncFacts, FuncId, Module};
use crate::target::Target;

/// What a run may use up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Operations executed.
    pub fuel: u64,
    /// Activations at one time.
    pub depth: usize,
    /// Bytes of globals, stack slots and heap blocks at one time.
    pub memory: u64,
    /// When it is stopped, also where it sleeps or waits for a child process.
    pub deadline: Option<Instant>,
}

/// No end of time, a stack about as deep as a system's, and one GiB.
impl Default for Limits {
    fn default() -> Limits {
        Limits { fuel: u64::MAX, depth: 100_000, memory: 1 << 30, deadline: None }
    }
}

/// Why a program stopped itself abnormally.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrapKind {
    /// The operation `trap`.
    Trap,
    /// `div` of an integer by zero.
    DivisionByZero,
    /// `rem` of an integer by zero.
    RemainderByZero,
    /// C's `abort`.
    Abort,
}

impl fmt::Display for TrapKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TrapKind::Trap => "trap",
            TrapKind::DivisionByZero => "division by zero",
            TrapKind::RemainderByZero => "remainder by zero",
            TrapKind::Abort => "abort",
        })
    }
}

/// How a run ended.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// The function returned, with its value unless its result is `unit`.
    Returned(Option<Value>),
    /// The program called `exit`.
    Exited(i32),
    /// The program wrote to a pipe that nobody reads any more, which ends it without a word.
    ClosedPipe,
    /// The program stopped itself abnormally, as a compiled program would.
    Trapped {
        /// Why.
        kind: TrapKind,
        /// Place of the operation.
        span: Span,
        /// Name of the function.
        function: String,
    },
    /// The program did something undefined, which a compiled program may not notice.
    Fault {
        /// What.
        fault: Fault,
        /// Place of the operation.
        span: Span,
        /// Name of the function.
        function: String,
    },
    /// [`Limits::fuel`] was used up.
    OutOfFuel,
    /// [`Limits::deadline`] has passed.
    TimedOut,
    /// [`Limits::depth`] was reached, or the stack slots did not fit [`Limits::memory`].
    StackOverflow,
    /// The program needs something that the interpreter does not have; nothing says what it would have done.
    Unsupported(Box<Diagnostic>),
}

/// What is known after a run.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// How it ended.
    pub outcome: Outcome,
    /// What was left on the heap. Looked for only when the program returned or exited; else empty.
    pub leaks: Leaks,
    /// Operations executed, of finished blocks.
    pub executed: u64,
}

/// Runs a function of a verified module with the layout of `target`.
///
/// `args` have the function's parameter types. What the program writes, it writes to `host`.
pub fn run(
    module: &Module,
    target: &Target,
    entry: &str,
    args: &[Value],
    host: &mut dyn Host,
    limits: Limits,
) -> Report {
    start(module, target, entry, host, limits, |_| Ok(args.to_vec()))
}

/// Runs the module's `main`, which gets `command_line` when it takes a count and a vector of arguments.
pub fn run_main(
    module: &Module,
    target: &Target,
    command_line: &[String],
    host: &mut dyn Host,
    limits: Limits,
) -> Report {
    let takes_args = module.func_named("main").is_some_and(|id| !module.sig_of(id).params.is_empty());
    start(module, target, "main", host, limits, |machine| {
        if takes_args { machine.command_line(command_line).map(Vec::from) } else { Ok(Vec::new()) }
    })
}

fn start(
    module: &Module,
    target: &Target,
    entry: &str,
    host: &mut dyn Host,
    limits: Limits,
    args: impl FnOnce(&mut Machine) -> Result<Vec<Value>, Stop>,
) -> Report {
    let mut report = Report { outcome: Outcome::OutOfFuel, leaks: Leaks::default(), executed: 0 };
    let Some(entry_id) = module.func_named(entry) else {
        let message = format!("the module has no function `{entry}`");
        report.outcome = Outcome::Unsupported(Box::new(Diagnostic::error(Code::MirInvalid, message)));
        return report;
    };
    let mut machine = match Machine::new(module, target, host, &limits) {
        Ok(machine) => machine,
        Err(stop) => {
            report.outcome = outcome(module, stop, (entry_id, Span::NONE));
            return report;
        }
    };
    let called = |is_in: fn(&FuncFacts) -> bool| {
        let all = module.funcs.iter().enumerate().filter(move |(_, func)| is_in(&func.facts));
        all.map(|(i, _)| FuncId(i as u32))
    };
    let mut result = called(|facts| facts.constructor)
        .try_for_each(|func| machine.run(func, &[]).map(drop))
        .and_then(|()| args(&mut machine))
        .and_then(|args| machine.run(entry_id, &args));
    if let Ok(value) = result {
        let mut destructors = called(|facts| facts.destructor).rev();
        result = destructors.try_for_each(|func| machine.run(func, &[]).map(drop)).map(|()| value);
    }
    if let (Err(Stop::StackOverflow), Some(handler)) = (&result, module.stack_overflow()) {
        result = machine.run_above(handler);
    }
    report.executed = limits.fuel - machine.fuel();
    let position = machine.position();
    if let (Err(Stop::Trap(_) | Stop::Fault(_) | Stop::TimedOut), Some(flush)) =
        (&result, module.func_named(FLUSH))
    {
        // What was printed before was printed. That this fails as well tells nothing new.
        let _ = machine.run_after(flush);
    }
    report.outcome = match result {
        Ok(value) => Outcome::Returned(value),
        Err(stop) => outcome(module, stop, position),
    };
    if let Outcome::Returned(_) | Outcome::Exited(_) = report.outcome {
        report.leaks = machine.leaks();
    }
    report
}

fn outcome(module: &Module, stop: Stop, (func, span): (FuncId, Span)) -> Outcome {
    let function = module.func(func).name.clone();
    match stop {
        Stop::Trap(kind) => Outcome::Trapped { kind, span, function },
        Stop::Fault(fault) => Outcome::Fault { fault, span, function },
        Stop::Exit(status) => Outcome::Exited(status),
        Stop::ClosedPipe => Outcome::ClosedPipe,
        Stop::OutOfFuel => Outcome::OutOfFuel,
        Stop::TimedOut => Outcome::TimedOut,
        Stop::StackOverflow => Outcome::StackOverflow,
        Stop::Unsupported(diagnostic) => Outcome::Unsupported(diagnostic),
    }
}
