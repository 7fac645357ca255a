//! Starting processes: the one place in simplec that does.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

/// A command line that can be run, or printed for `-v` and `-###`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Command {
    /// The program: a path, or a name to look up on PATH.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Variables added to the environment.
    pub env: Vec<(OsString, OsString)>,
    /// How long it may take; `None` waits for ever.
    pub limit: Option<Duration>,
    /// Whether it shares our terminal instead of being captured.
    pub interactive: bool,
}

impl Command {
    /// A command without arguments, captured, without a time limit.
    pub fn new(program: impl Into<PathBuf>) -> Command {
        Command {
            program: program.into(),
            args: Vec::new(),
            env: Vec::new(),
            limit: None,
            interactive: false,
        }
    }

    /// Adds an argument.
    pub fn arg(mut self, arg: impl Into<OsString>) -> Command {
        self.args.push(arg.into());
        self
    }

    /// Adds arguments.
    pub fn args<A: Into<OsString>>(mut self, args: impl IntoIterator<Item = A>) -> Command {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets a variable of the environment.
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Command {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Limits its time.
    pub fn limit(mut self, limit: Option<Duration>) -> Command {
        self.limit = limit;
        self
    }

    /// Lets it share our standard input, output and error: for the user's own programs.
    pub fn interactive(mut self) -> Command {
        self.interactive = true;
        self
    }
}

/// The command as a line that a POSIX shell reads back as the same words.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.env {
            write!(f, "{}={} ", name.to_string_lossy(), Quoted(value))?;
        }
        Quoted(self.program.as_os_str()).fmt(f)?;
        for arg in &self.args {
            write!(f, " {}", Quoted(arg))?;
        }
        Ok(())
    }
}

struct Quoted<'a>(&'a OsStr);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.0.to_string_lossy();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=+,@%".contains(c);
        if !word.is_empty() && word.chars().all(plain) {
            return f.write_str(&word);
        }
        write!(f, "'{}'", word.replace('\'', r"'\''"))
    }
}

/// How a command ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Status {
    /// With exit code 0.
    Ok,
    /// With another exit code.
    Failed(i32),
    /// By a signal.
    Signal(i32),
    /// It was killed after this time.
    TimedOut(Duration),
    /// There is no such program.
    NotFound,
    /// The system refused to start it.
    NotStarted(String),
}

/// What a command left behind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    /// How it ended.
    pub status: Status,
    /// What it wrote to standard output; empty if interactive.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error; empty if interactive.
    pub stderr: Vec<u8>,
    /// How long it took.
    pub time: Duration,
}

impl Output {
    /// An output of that status that wrote nothing.
    pub fn of(status: Status) -> Output {
        Output { status, stdout: Vec::new(), stderr: Vec::new(), time: Duration::ZERO }
    }

    /// Standard output as text.
    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

/// Runs commands. Everything in this room takes one, so that tests need no real tools and `-v` can listen.
pub trait Runner: Sync {
    /// Runs it to its end, with these bytes (or nothing) as standard input. Never fails: what went wrong is the
    /// status.
    fn run(&self, command: &Command, stdin: Option<&[u8]>) -> Output;
}

impl<F: Fn(&Command, Option<&[u8]>) -> Output + Sync> Runner for F {
    fn run(&self, command: &Command, stdin: Option<&[u8]>) -> Output {
        self(command, stdin)
    }
}

/// Runs commands as processes of the operating system.
///
/// A captured command is a process group of its own, so that a time limit takes the tools it started with it. On Linux
/// every command ends with us.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

impl Runner for System {
    fn run(&self, command: &Command, stdin: Option<&[u8]>) -> Output {
        let start = Instant::now();
        let mut output = run(command, stdin).unwrap_or_else(|error| {
            Output::of(match error.kind() {
                io::ErrorKind::NotFound => Status::NotFound,
                _ => Status::NotStarted(error.to_string()),
            })
        });
        output.time = start.elapsed();
        output
    }
}

fn run(command: &Command, stdin: Option<&[u8]>) -> io::Result<Output> {
    // A path would be taken as relative to this folder; a bare name is looked up on PATH.
    let mut expression = duct::cmd(command.program.as_os_str(), &command.args).unchecked();
    for (name, value) in &command.env {
        expression = expression.env(name, value);
    }
    expression = match command.interactive {
        true => expression.before_spawn(|child| end_with_us(child, Ending::Asked)),
        false => expression.stdout_capture().stderr_capture().before_spawn(tie_to_us),
    };
    expression = match stdin {
        Some(bytes) => expression.stdin_bytes(bytes),
        None if command.interactive => expression,
        None => expression.stdin_null(),
    };
    let handle = expression.start()?;
    if let Some(limit) = command.limit {
        let finished = match Instant::now().checked_add(limit) {
            Some(deadline) => handle.wait_deadline(deadline)?.is_some(),
            None => true,
        };
        if !finished {
            kill(&handle);
            // The group is dead and its pipes are closed: this only reaps.
            let seen = handle.into_output()?;
            let status = Status::TimedOut(limit);
            return Ok(Output { status, stdout: seen.stdout, stderr: seen.stderr, time: limit });
        }
    }
    let done = handle.into_output()?;
    Ok(Output { status: status(done.status), stdout: done.stdout, stderr: done.stderr, time: Duration::ZERO })
}

fn status(exit: ExitStatus) -> Status {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&exit) {
        return Status::Signal(signal);
    }
    match exit.code() {
        Some(0) => Status::Ok,
        Some(code) => Status::Failed(code),
        None => Status::NotStarted(exit.to_string()),
    }
}

/// How a child ends when we do.
#[derive(Clone, Copy)]
enum Ending {
    /// As a user's program does that is asked to.
    Asked,
    /// At once.
    Killed,
}

/// Makes the child the head of a process group that ends with us.
fn tie_to_us(child: &mut std::process::Command) -> io::Result<()> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(child, 0);
    end_with_us(child, Ending::Killed)
}

/// On Linux has the kernel end the child when the thread that waits for it dies: a `kill` of simplec leaves no clang
/// behind, and no program that it runs.
#[cfg(target_os = "linux")]
fn end_with_us(child: &mut std::process::Command, ending: Ending) -> io::Result<()> {
    use rustix::process::Signal;
    use std::os::unix::process::CommandExt;
    let signal = match ending {
        Ending::Asked => Signal::TERM,
        Ending::Killed => Signal::KILL,
    };
    // SAFETY: between fork and exec only async-signal-safe calls are allowed; this is one prctl system call,
    // which neither allocates nor locks.
    unsafe {
        child.pre_exec(move || {
            rustix::process::set_parent_process_death_signal(Some(signal))?;
            Ok(())
        });
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn end_with_us(_child: &mut std::process::Command, _ending: Ending) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn kill(handle: &duct::Handle) {
    for pid in handle.pids() {
        if let Some(group) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) {
            // It fails only when the group is gone already.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(not(unix))]
fn kill(handle: &duct::Handle) {
    // It fails only when the process is gone already.
    let _ = handle.kill();
}

/// The path of a program: looked up in `path` when it is a bare name, and itself otherwise.
pub fn find_in(name: &str, path: &[PathBuf]) -> Option<PathBuf> {
    if Path::new(name).components().count() > 1 {
        return is_program(Path::new(name)).then(|| PathBuf::from(name));
    }
    let joined = std::env::join_paths(path).ok()?;
    which::which_in_global(name, Some(joined)).ok()?.next()
}

/// Whether it is a file that the system would run.
pub fn is_program(path: &Path) -> bool {
    let Ok(facts) = std::fs::metadata(path) else { return false };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        facts.is_file() && facts.permissions().mode() & 0o111 != 0
    }
    #[cfg(not(unix))]
    {
        facts.is_file()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        Command::new("/bin/sh").arg("-c").arg(script)
    }

    #[test]
    fn statuses_are_told_apart() {
        assert_eq!(System.run(&sh("exit 0"), None).status, Status::Ok);
        assert_eq!(System.run(&sh("exit 3"), None).status, Status::Failed(3));
        assert_eq!(System.run(&sh("kill -SEGV $$"), None).status, Status::Signal(11));
        assert_eq!(System.run(&Command::new("/no/such/tool"), None).status, Status::NotFound);
        assert!(matches!(System.run(&Command::new("/"), None).status, Status::NotStarted(_)));
    }

    #[test]
    fn bytes_go_in_and_come_out() {
        let big: Vec<u8> = (0..3_000_000_u32).map(|n| n as u8).collect();
        let output = System.run(&Command::new("cat"), Some(&big));
        assert_eq!(output.status, Status::Ok);
        assert!(output.stdout == big, "a pipe holds 64 KiB: writing and reading must overlap");
        assert_eq!(System.run(&sh("echo no >&2"), None).stderr, b"no\n");
        assert_eq!(System.run(&sh("cat"), None).stdout, b"", "no input is an empty one, not our own");
    }

    #[test]
    fn a_tool_that_does_not_read_its_input_is_no_error() {
        let big = vec![b'x'; 1_000_000];
        assert_eq!(System.run(&sh("exit 4"), Some(&big)).status, Status::Failed(4));
    }

    #[test]
    fn a_time_limit_takes_grandchildren_along() {
        let limit = Duration::from_millis(100);
        let start = Instant::now();
        // The inner shell holds our pipes open: killing the outer one alone would wait for it.
        let output =
            System.run(&sh("echo begun; sh -c 'sleep 20; echo late'; true").limit(Some(limit)), None);
        assert_eq!(output.status, Status::TimedOut(limit));
        assert_eq!(output.stdout, b"begun\n");
        assert!(start.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_printed_command_reads_back() {
        let words = ["a b", "", "it's", "$HOME", "-o", "x;y", "*"];
        let command = Command::new("printf").arg("%s|").args(words);
        let output = System.run(&sh(&command.to_string()), None);
        assert_eq!(output.stdout_text(), words.map(|word| format!("{word}|")).concat());
        assert_eq!(Command::new("cc").env("LC_ALL", "C").arg("-lm").to_string(), "LC_ALL=C cc -lm");
    }
}
