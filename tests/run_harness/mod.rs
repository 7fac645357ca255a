//! What the suites share that run the programs under tests/run and examples: what a program is to do, and what it did.

#![allow(dead_code, reason = "each suite uses a part of it")]

pub mod engine;

use std::path::{Path, PathBuf};
use std::time::Duration;

use simplec::backend::interp::{self, Capture, Limits, Outcome};
use simplec::diagnostics::{Format, Renderer};
use simplec::driver::{Options, Recorded, Session, Silent};
use simplec::mir::Module;
use simplec::target::{self, Target};
use simplec::toolchain::{Command, Runner, Search, Status, System};

/// What a program did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Observed {
    pub stdout: Vec<u8>,
    /// First line of standard error.
    pub stderr: String,
    /// Line and column of the place that its second line names, and the function if that is named, too.
    pub place: String,
    /// The calls that a panic told of, as in a program's note of them.
    pub calls: String,
    /// Exit code as a parent sees it, or how it ended otherwise.
    pub end: Result<u8, String>,
}

/// A number that belongs to a name, whatever other names there are: samples are drawn by it, so that a new program moves no
/// other into a sample or out of it.
pub fn lot(name: &str) -> u64 {
    let hash = blake3::hash(name.as_bytes());
    hash.as_bytes().iter().take(8).fold(0, |lot, &byte| lot << 8 | u64::from(byte))
}

/// What a program is to do.
pub struct Expected {
    pub stdout: Option<Vec<u8>>,
    pub out_file: PathBuf,
    pub stderr: Option<String>,
    pub place: Option<String>,
    /// The calls that led to a panic, the innermost first, as `7:5 in f <- 9:3 in main`: it keeps account of them.
    pub calls: Option<String>,
    pub exit: u8,
    pub args: Vec<String>,
    /// The back ends that cannot show what it is about, by what their names begin with.
    pub without: Vec<String>,
}

impl Expected {
    pub fn of(path: &Path) -> Result<Expected, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let notes = |key: &str| {
            let prefixes = [format!("# {key}: "), format!("; {key}: ")];
            text.lines()
                .find_map(|line| prefixes.iter().find_map(|prefix| line.strip_prefix(prefix.as_str())))
                .map(str::to_owned)
        };
        let beside = program_of(path).with_extension("out");
        let folder = beside.with_file_name("expected");
        let out_file = match beside.file_name() {
            Some(name) if folder.is_dir() => folder.join(name),
            _ => beside,
        };
        Ok(Expected {
            stdout: std::fs::read(&out_file).ok(),
            out_file,
            stderr: notes("stderr"),
            place: notes("at"),
            calls: notes("calls"),
            exit: match notes("exit") {
                Some(code) => code.trim().parse().map_err(|_| format!("`{code}` is no exit code"))?,
                None => 0,
            },
            without: notes("without").map_or(Vec::new(), |note| {
                let names = note.split(':').next().unwrap_or_default();
                names.split(", ").map(str::to_owned).collect()
            }),
            args: notes("args").map_or(Vec::new(), |args| args.split(' ').map(str::to_owned).collect()),
        })
    }

    /// Whether a back end can show what it is about.
    pub fn is_for(&self, backend: &str) -> bool {
        !self.without.iter().any(|name| backend.starts_with(name.as_str()))
    }

    /// Whether it is to end by a panic.
    pub fn is_panic(&self) -> bool {
        self.stderr.as_ref().is_some_and(|line| line.starts_with("panic: "))
    }

    /// What is wrong with what was observed.
    pub fn differences(&self, observed: &Observed) -> Vec<String> {
        let mut found = Vec::new();
        if observed.end != Ok(self.exit) {
            found.push(match &observed.end {
                Ok(code) => format!("exit code {code} instead of {}", self.exit),
                Err(how) => format!("{how} instead of exit code {}", self.exit),
            });
        }
        if let Some(stdout) = &self.stdout
            && *stdout != observed.stdout
        {
            found.push(diff(stdout, &observed.stdout));
        }
        match &self.stderr {
            Some(expected) if *expected != observed.stderr => {
                found.push(format!(
                    "standard error begins\n    {}\ninstead of\n    {expected}",
                    observed.stderr
                ));
            }
            None if self.exit == 0 && !observed.stderr.is_empty() => {
                found.push(format!("unexpected standard error: {}", observed.stderr));
            }
            Some(_) | None => {}
        }
        if let Some(place) = &self.place
            && *place != observed.place
        {
            found.push(format!("the place is `{}` instead of `{place}`", observed.place));
        }
        if let Some(calls) = &self.calls
            && *calls != observed.calls
        {
            found.push(format!("the calls are `{}` instead of `{calls}`", observed.calls));
        }
        found
    }
}

/// The lines around the first difference.
pub fn diff(expected: &[u8], actual: &[u8]) -> String {
    let (expected, actual) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(actual));
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.split('\n').collect(), actual.split('\n').collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail = |lines: &[&str], sign: char| -> String {
        lines.iter().skip(same).take(8).map(|line| format!("  {sign} {line}\n")).collect()
    };
    format!("output differs from line {}:\n{}{}", same + 1, tail(&old, '-'), tail(&new, '+'))
}

pub fn host() -> Target {
    target::host().expect("tests run on a machine that simplec has a target for").clone()
}

pub fn session_for(options: Options) -> Session<'static> {
    Session::new(options, Search::from_env(), &System, &Silent)
}

pub fn told(session: &Session<'_>) -> String {
    Renderer::new(&session.sources, Format::Human, false).render_all(&session.diagnostics)
}

pub fn interpret(module: &Module, target: &Target, path: &Path, args: &[String]) -> Result<Observed, String> {
    let mut line = vec![path.display().to_string()];
    line.extend_from_slice(args);
    let mut world = Recorded::default();
    let limits = Limits { fuel: 3_000_000_000, ..Limits::default() };
    let report = interp::run_main(module, target, &line, &mut world, limits);
    let end = match report.outcome {
        Outcome::Returned(value) => {
            if let Some(leak) = report.leaks.lost.first() {
                let place = module.place(leak.origin);
                return Err(format!(
                    "{} heap blocks are lost, the first of {} bytes from {place:?}",
                    report.leaks.lost.len(),
                    leak.size
                ));
            }
            Ok(value.and_then(|value| value.bits()).unwrap_or(0) as u8)
        }
        Outcome::Exited(code) => Ok(code as u8),
        Outcome::Fault { fault, span, function } => {
            return Err(format!("{fault} in `{function}`, {:?}", module.place(span)));
        }
        Outcome::Unsupported(why) => return Err(why.message),
        other @ (Outcome::Trapped { .. }
        | Outcome::ClosedPipe
        | Outcome::OutOfFuel
        | Outcome::TimedOut
        | Outcome::StackOverflow) => Err(format!("{other:?}")),
    };
    let Capture { stdout, stderr, .. } = world.streams;
    Ok(Observed { stderr: first_line(&stderr), place: place(&stderr), calls: calls(&stderr), stdout, end })
}

pub fn execute(command: Command) -> Result<Observed, String> {
    let output = System.run(&command.limit(Some(Duration::from_secs(120))), None);
    let end = match output.status {
        Status::Ok => Ok(0),
        Status::Failed(code) => Ok(code as u8),
        Status::Signal(signal) => Err(format!("signal {signal}")),
        Status::TimedOut(_) => Err("no end within 120 s".to_owned()),
        Status::NotFound => return Err("the program is not there".to_owned()),
        Status::NotStarted(why) => return Err(why),
    };
    Ok(Observed {
        stderr: first_line(&output.stderr),
        place: place(&output.stderr),
        calls: calls(&output.stderr),
        stdout: output.stdout,
        end,
    })
}

/// The line and column in `  at FILE:LINE:COLUMN`, with the function where that is named.
fn place(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let place = text.lines().nth(1).and_then(|line| line.strip_prefix("  at "));
    place.map(after_file).unwrap_or_default()
}

/// A place, and perhaps the function that it is in, without the file.
fn after_file(place: &str) -> String {
    let (place, name) = place.split_at(place.find(" in ").unwrap_or(place.len()));
    let after = place.rmatch_indices(':').nth(1).map_or("", |(at, _)| &place[at + 1..]);
    format!("{after}{name}")
}

/// What the lines `  called at FILE:LINE:COLUMN in NAME` say behind the file.
fn calls(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let calls = text.lines().filter_map(|line| line.strip_prefix("  called at "));
    calls.map(after_file).collect::<Vec<_>>().join(" <- ")
}

pub fn first_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).lines().next().unwrap_or_default().to_owned()
}

/// What stands for the whole program of a main file: its folder, if it has one to itself.
pub fn program_of(main: &Path) -> &Path {
    match main.parent() {
        Some(folder) if main.ends_with("main.spl") => folder,
        _ => main,
    }
}

/// The main files of the programs of a folder, sorted.
pub fn programs(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let is_program = |path: &PathBuf| path.extension().is_some_and(|end| end == "spl" || end == "mir");
    let entries = std::fs::read_dir(&root).unwrap_or_else(|error| panic!("{}: {error}", root.display()));
    let main_file = |path: PathBuf| if path.is_dir() { path.join("main.spl") } else { path };
    let mut found: Vec<PathBuf> =
        entries.flatten().map(|entry| main_file(entry.path())).filter(is_program).collect();
    found.retain(|path| path.is_file());
    found.sort();
    found
}

pub fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0")
}
