//! The command line: arguments, commands, and everything that is printed.
//!
//! Exit codes: 0 fine, 1 diagnostics, 2 usage, 101 a fault of simplec itself; `run` passes the program's own on.

mod args;
mod console;
mod crash;
mod doctor;
mod generate;
mod query;
#[cfg(all(unix, feature = "cranelift"))]
mod repl;
mod test;

use std::ffi::OsString;
use std::io::BufRead;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use clap::error::ErrorKind;
use target_lexicon::Triple;

use crate::diagnostics::{Code, Diagnostic, SourceMap, closest};
use crate::driver::{self, Ended, Finished, Input, Options, Session, with_deep_stack};
use crate::target::{self, Target};
use crate::toolchain::{self, Cache, Search, Stored, System, ToolchainError};
use args::{Args, BuildArgs, CacheAction, CacheUse, CodegenArgs, Command};
use console::Console;

/// Exit code for diagnostics.
const FAILED: u8 = 1;
/// Exit code for a command line that does not fit.
const USAGE: u8 = 2;

/// Runs the command that `args` (the program's own name first) ask for.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    // What reads the arguments has frames of hundreds of kilobytes where it is not optimised, and `ulimit -s` may leave less.
    with_deep_stack(|| run(args))
}

fn run(args: Vec<OsString>) -> ExitCode {
    let line = crash::CommandLine::of(&args);
    let parsed = match Args::try_parse_from(args::spelled_out(args)) {
        Ok(parsed) => parsed,
        Err(error) => return usage(&error),
    };
    let console = Console::new(&parsed.terminal);
    toolchain::remove_on_signals();
    // Nothing is used after a panic but the console, which holds only settings.
    let input = parsed.command.input();
    crash::guard(&console, &line, input.as_deref(), || dispatch(parsed.command, &console))
}

/// A command line that clap refused, or that asked for help.
fn usage(error: &clap::Error) -> ExitCode {
    // It fails only when nobody reads: then there is nobody to tell.
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
        ErrorKind::InvalidSubcommand => {
            let named = error.get(clap::error::ContextKind::InvalidSubcommand).map(ToString::to_string);
            if let Some(name) = named.filter(|name| name.ends_with(".spl") || name.ends_with(".mir")) {
                eprintln!("\n  tip: to run the file, `simplec run {name}`");
            }
            ExitCode::from(USAGE)
        }
        _ => ExitCode::from(USAGE),
    }
}

fn dispatch(command: Command, console: &Console) -> ExitCode {
    match command {
        Command::Build(args) => build(args, console),
        Command::Run { codegen, file, args } => with_session(&codegen, console, |session| {
            let program = driver::prepare(session, &Input::new(file));
            console.diagnostics(session);
            if codegen.time_passes {
                console.timings(&session.timings);
            }
            match program {
                Err(driver::Failed) => failed(session),
                Ok(None) => ExitCode::SUCCESS,
                Ok(Some(program)) => finished(program.run(&args, &System), session, console),
            }
        }),
        Command::Check { codegen, file } => with_session(&codegen, console, |session| {
            let result = driver::check(session, &Input::new(file));
            finish(session, &codegen, console, result.map(|()| []))
        }),
        Command::Test(args) => test::run(&args, console),
        #[cfg(all(unix, feature = "cranelift"))]
        Command::Repl => repl::run(console),
        Command::Toolchain { codegen } => match search(&codegen) {
            Ok(search) => console.stdout(console.answers(&[doctor::report(&search)])),
            Err(error) => refuse(&error, console),
        },
        Command::Targets => console.stdout(console.answers(&query::targets(&Search::from_env()))),
        Command::Explain { code } => match explain(code.as_deref()) {
            Ok(text) => console.stdout(text),
            Err(error) => refuse(&error, console),
        },
        Command::Demangle { names } => demangled(&names, console),
        Command::Cache { action } => match cache(action) {
            Ok(text) => console.stdout(text),
            Err(error) => refuse(&error, console),
        },
        Command::Completions { shell } => console.stdout(generate::completions(shell)),
        Command::Man { command } => match generate::manual(command.as_deref()) {
            Ok(page) => console.stdout(page),
            Err(error) => refuse(&error, console),
        },
    }
}

/// The names, or else the lines of standard input as they come, each with its symbol demangled.
fn demangled(names: &[String], console: &Console) -> ExitCode {
    if !names.is_empty() {
        let lines: String = names.iter().map(|name| crate::lower::demangle(name) + "\n").collect();
        return console.stdout(lines);
    }
    for line in std::io::stdin().lock().split(b'\n') {
        let Ok(line) = line else {
            return refuse(&Diagnostic::error(Code::CannotRead, "standard input cannot be read"), console);
        };
        let code = console.stdout(crate::lower::demangle(&String::from_utf8_lossy(&line)) + "\n");
        if code != ExitCode::SUCCESS {
            return code;
        }
    }
    ExitCode::SUCCESS
}

fn build(args: BuildArgs, console: &Console) -> ExitCode {
    with_session(&args.codegen, console, |session| {
        session.options.emit = args.emit;
        session.options.output = args.output;
        session.options.save_temps = args.save_temps;
        session.options.timings = args.timings;
        if !args.print.is_empty() {
            let answers = query::answer(session, &args.print).map(|answers| console.answers(&answers));
            return finish(session, &args.codegen, console, answers);
        }
        let Some(file) = args.file else {
            let error = Diagnostic::error(Code::Usage, "no file to build").help("`simplec build FILE`");
            return refuse(&error, console);
        };
        let stdout = driver::build(session, &Input::new(file));
        finish(session, &args.codegen, console, stdout)
    })
}

/// Makes a session of the options and hands it to `work`.
fn with_session(
    args: &CodegenArgs,
    console: &Console,
    work: impl FnOnce(&mut Session<'_>) -> ExitCode,
) -> ExitCode {
    let (options, search) = match options(args).and_then(|options| Ok((options, search(args)?))) {
        Ok(both) => both,
        Err(error) => return refuse(&error, console),
    };
    let mut session = Session::new(options, search, &System, console);
    work(&mut session)
}

/// Prints what there is to tell, and then the result.
fn finish(
    session: &Session<'_>,
    args: &CodegenArgs,
    console: &Console,
    result: Result<impl AsRef<[u8]>, driver::Failed>,
) -> ExitCode {
    console.diagnostics(session);
    if args.time_passes {
        console.timings(&session.timings);
    }
    match result {
        Ok(result) => console.stdout(result),
        Err(driver::Failed) => failed(session),
    }
}

/// The exit code for a session's errors.
fn failed(session: &Session<'_>) -> ExitCode {
    let has = |code: Code| session.diagnostics.iter().any(|error| error.code == Some(code));
    ExitCode::from(match () {
        () if has(Code::Internal) => crash::INTERNAL,
        () if has(Code::Usage) => USAGE,
        () => FAILED,
    })
}

/// Prints an error that came before any session. Only those of the command line itself are of usage.
fn refuse(error: &Diagnostic, console: &Console) -> ExitCode {
    console.diagnostic(error, &SourceMap::new());
    ExitCode::from(if error.code == Some(Code::Usage) { USAGE } else { FAILED })
}

fn finished(finished: Finished, session: &Session<'_>, console: &Console) -> ExitCode {
    for remark in &finished.remarks {
        console.diagnostic(remark, &session.sources);
    }
    match finished.ended {
        // A parent sees the low eight bits of what a program passes to `exit`, whoever passes it.
        Ended::Code(code) => ExitCode::from(code as u8),
        Ended::Signal(signal) => {
            let as_shells_report_it = ExitCode::from(128_u8.wrapping_add(signal as u8));
            if signal == Ended::CLOSED_PIPE {
                return as_shells_report_it;
            }
            let message =
                format!("the program was killed by signal {signal}{}", console::signal_name(signal));
            console.diagnostic(&Diagnostic::error(Code::ProgramStopped, message), &session.sources);
            as_shells_report_it
        }
        Ended::Stopped(why) => {
            console.diagnostic(&why, &session.sources);
            ExitCode::from(FAILED)
        }
    }
}

fn options(args: &CodegenArgs) -> Result<Options, Diagnostic> {
    let target = match &args.target {
        None => target::host()?.clone(),
        Some(name) => named_target(name, &search(args)?)?,
    };
    let mut options = Options::new(target);
    options.profile = match (args.release, args.profile) {
        (true, _) => driver::Profile::Release,
        (false, Some(profile)) => profile,
        (false, None) => driver::Profile::Debug,
    };
    options.level = args.level;
    options.backend = args.backend;
    options.fallback = !args.no_fallback;
    options.tool_limit = (args.tool_timeout > 0).then(|| Duration::from_secs(args.tool_timeout));
    options.link = args.link;
    options.linker.clone_from(&args.linker);
    options.sysroot.clone_from(&args.sysroot);
    options.dry_run = args.dry_run;
    options.remap.clone_from(&args.remap_path_prefix);
    if args.debug_info {
        let directory = std::env::current_dir().unwrap_or_default();
        options.debug_info = Some(options.remapped(&directory.to_string_lossy()));
    }
    for setting in &args.settings {
        apply(setting, &mut options)?;
    }
    Ok(options)
}

/// What a setting of `-C` does with its value; `None` when it is no value of it.
type Setting = fn(&str, &mut Options) -> Option<()>;

/// The settings of `-C`: name, form of the value, effect.
const SETTINGS: &[(&str, &str, Setting)] = &[
    ("backtrace", "yes or no", |value, options| {
        options.backtrace = Some(match value {
            "yes" => true,
            "no" => false,
            _ => return None,
        });
        Some(())
    }),
    ("link-args", "words", |value, options| {
        options.link_args.extend(value.split_whitespace().map(OsString::from));
        Some(())
    }),
    ("llvm-args", "words", |value, options| {
        options.llvm_args.extend(value.split_whitespace().map(str::to_owned));
        Some(())
    }),
];

/// Applies a setting of `-C`.
fn apply(setting: &str, options: &mut Options) -> Result<(), Diagnostic> {
    let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
    let Some((_, form, set)) = SETTINGS.iter().find(|(name, ..)| *name == key) else {
        let error = Diagnostic::error(Code::Usage, format!("unknown setting `-C {key}`"));
        let names = || SETTINGS.iter().map(|&(name, ..)| name);
        return Err(match closest(key, names()) {
            Some(near) => error.help(format!("did you mean `-C {near}=...`?")),
            None => {
                let all: Vec<String> = names().map(|name| format!("`-C {name}=...`")).collect();
                error.help(format!("there are {}", all.join(", ")))
            }
        });
    };
    set(value, options)
        .ok_or_else(|| Diagnostic::error(Code::Usage, format!("`-C {key}={value}`: the value is {form}")))
}

/// A target by name, one described in a file, or one that LLVM knows.
fn named_target(name: &str, search: &Search) -> Result<Target, Diagnostic> {
    if !name.ends_with(".json") {
        let unknown = match target::find(name) {
            Ok(target) => return Ok(target.clone()),
            Err(unknown) => unknown,
        };
        // LLVM takes any word for a system: one that is no system's is a slip of the pen where a known name is near.
        let processor = |name: &str| name.split('-').next().map(str::to_owned);
        let mut known = target::all().iter().flat_map(Target::names);
        let of_known_processor = known.any(|known| processor(known) == processor(name));
        if of_known_processor && target::nearest(name).is_some() && name.parse::<Triple>().is_err() {
            return Err(unknown);
        }
        let llvm = toolchain::find(search, &System);
        return match llvm.and_then(|llvm| toolchain::describe(&llvm, name, search, &System)) {
            Ok(target) => Ok(target),
            Err(error @ ToolchainError::UnlikeAny { .. }) => Err(error.diagnostic()),
            Err(error) => Err(match error.invocation() {
                Some(by) => unknown.note(format!("{error}: {}", by.complaint())),
                None => unknown.note(error.to_string()),
            }),
        };
    }
    let text = std::fs::read_to_string(name)
        .map_err(|error| Diagnostic::error(Code::CannotRead, format!("cannot read `{name}`: {error}")))?;
    let wrong = |why: String| {
        Diagnostic::error(Code::UnknownTarget, format!("`{name}` describes no target: {why}"))
            .help("the files under `toolchains/` in the source tree are examples")
    };
    let target = Target::from_json(&text).map_err(wrong)?;
    // Who compiles what the file describes knows better, where there is one to be asked.
    if let Ok(llvm) = toolchain::find(search, &System) {
        let triple = target.llvm_triple();
        let layout = match toolchain::data_layout(&llvm, triple, search, &System) {
            Ok(layout) => layout,
            Err(error) => return Err(wrong(error.to_string())),
        };
        let given = target.llvm_data_layout(llvm.version.major);
        if layout.as_str() != given {
            let why =
                format!("data_layout is `{given}`, and LLVM {} has `{layout}` for {triple}", llvm.version);
            return Err(wrong(why));
        }
        let said = toolchain::objection(&llvm, &target, search, &System);
        if let Some(said) = said.map_err(|error| wrong(error.to_string()))? {
            return Err(wrong(format!("LLVM {} says of {triple}: {said}", llvm.version)));
        }
    }
    Ok(target)
}

fn search(args: &CodegenArgs) -> Result<Search, Diagnostic> {
    let mut search = Search::from_env();
    search.prefix.clone_from(&args.llvm_prefix);
    search.clang.clone_from(&args.clang);
    search.llc.clone_from(&args.llc);
    match args.cache {
        CacheUse::On => {}
        CacheUse::Off => search.cache = None,
        CacheUse::Verify => search.verify_cache = true,
    }
    Ok(search)
}

fn cache(action: CacheAction) -> Result<String, Diagnostic> {
    let Some(folder) = Search::from_env().cache else {
        let error = Diagnostic::error(Code::Usage, "there is no cache");
        return Err(error.help("`SIMPLEC_CACHE` names its folder"));
    };
    let cache = Cache(Some(&folder));
    match action {
        CacheAction::Dir => Ok(format!("{}\n", folder.display())),
        CacheAction::Stat => {
            let stored = cache.stored();
            let Stored { answers, objects, bytes } = stored;
            Ok(format!("answers {answers}\nobjects {objects}\nbytes {bytes}\n"))
        }
        CacheAction::Clean => match cache.clear() {
            Ok(Stored { answers, objects, bytes }) => {
                Ok(format!("deleted {answers} answers, {objects} objects, {bytes} bytes\n"))
            }
            Err(error) => {
                let message = format!("cannot delete {}: {error}", folder.display());
                Err(Diagnostic::error(Code::CannotWrite, message))
            }
        },
    }
}

fn explain(code: Option<&str>) -> Result<String, Diagnostic> {
    let Some(name) = code else {
        return Ok(Code::ALL.iter().map(|code| format!("{code}  {}\n", code.title())).collect());
    };
    match Code::parse(name) {
        Some(code) => Ok(format!("{code}: {}\n\n{}\n", code.title(), code.explanation())),
        None => Err(Diagnostic::error(Code::Usage, format!("there is no error code `{name}`"))
            .help("`simplec explain` lists them")),
    }
}
