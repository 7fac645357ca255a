//! The arguments.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::diagnostics::closest;
use crate::driver::{Backend, Emit, EmitKind, LinkMode, Options, Profile, TimingsFormat};
use crate::toolchain::Level;

/// A compiler for the Simple language.
#[derive(Parser, Debug)]
#[command(name = "simplec", version, about, disable_help_subcommand = false, max_term_width = 100)]
pub struct Args {
    /// How to talk.
    #[command(flatten)]
    pub terminal: TerminalArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// How simplec talks; goes with every command.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct TerminalArgs {
    /// Show the back end, why it was chosen, and every command that runs
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Show errors only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Colour,
    /// How to write diagnostics and answers
    #[arg(long, global = true, value_name = "FORMAT", default_value = "human")]
    pub message_format: MessageFormat,
}

/// When to use colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How diagnostics and answers are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum MessageFormat {
    /// To be read: with source lines and markers
    Human,
    /// Diagnostics on one line each
    Short,
    /// One JSON object per line
    Json,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Compile a file (.spl or .mir) to a program or other files
    Build(BuildArgs),
    /// Compile a file and run it; arguments for the program come after `--`
    Run {
        /// How to compile it.
        #[command(flatten)]
        codegen: CodegenArgs,
        /// The file; `-` is standard input
        file: PathBuf,
        /// Arguments for the program
        #[arg(last = true, value_name = "ARGS")]
        args: Vec<OsString>,
    },
    /// Report errors in a file without compiling it
    #[command(mut_args(showing(&["target", "time_passes"])))]
    Check {
        /// How it would be compiled.
        #[command(flatten)]
        codegen: CodegenArgs,
        /// The file; `-` is standard input
        file: PathBuf,
    },
    /// Run the examples (`it`) of specifications, each as a program of its own
    Test(TestArgs),
    /// Run declarations, statements and expressions as they are entered
    #[cfg(all(unix, feature = "cranelift"))]
    Repl,
    /// Show the external tools in use, and what is missing
    #[command(mut_args(showing(&["llvm_prefix", "clang", "llc", "cache"])))]
    Toolchain {
        /// Where to look.
        #[command(flatten)]
        codegen: CodegenArgs,
    },
    /// List the known targets
    Targets,
    /// Explain an error code, or list them all
    Explain {
        /// Such as E0001
        code: Option<String>,
    },
    /// Print symbols as they are written in source text; lines of standard input if there are no names
    Demangle {
        /// Symbols
        names: Vec<String>,
    },
    /// Look at the answers of tools and the compiled modules that are remembered, or forget them
    Cache {
        /// What to do with it
        #[arg(value_enum)]
        action: CacheAction,
    },
    /// Print a script that completes simplec's arguments in a shell
    Completions {
        /// Whose script
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print a manual page, for `man -l -`
    Man {
        /// The command to describe; simplec itself if there is none
        command: Option<String>,
    },
}

/// Of the options about compiling, which all commands take that could be another's first step, the help of a command has those
/// that do something there.
fn showing(used: &'static [&'static str]) -> impl FnMut(clap::Arg) -> clap::Arg {
    let all = <CodegenArgs as clap::Args>::augment_args(clap::Command::new("simplec"));
    let all: Vec<clap::Id> = all.get_arguments().map(|arg| arg.get_id().clone()).collect();
    move |arg| {
        let is_idle = all.contains(arg.get_id()) && !used.contains(&arg.get_id().as_str());
        if is_idle { arg.hide(true) } else { arg }
    }
}

impl Command {
    /// The file that it compiles, if it is one.
    pub fn input(&self) -> Option<PathBuf> {
        match self {
            Command::Build(args) => args.file.clone(),
            Command::Run { file, .. } | Command::Check { file, .. } => Some(file.clone()),
            Command::Test(args) => args.paths.first().cloned(),
            #[cfg(all(unix, feature = "cranelift"))]
            Command::Repl => None,
            Command::Toolchain { .. }
            | Command::Targets
            | Command::Explain { .. }
            | Command::Demangle { .. }
            | Command::Cache { .. }
            | Command::Completions { .. }
            | Command::Man { .. } => None,
        }
    }
}

/// How a build uses the cache.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum CacheUse {
    /// Use them
    On,
    /// Ask tools and LLVM anew, and remember nothing
    Off,
    /// Compile modules that are remembered all the same, and compare
    Verify,
}

/// What `simplec cache` does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum CacheAction {
    /// Print its folder
    Dir,
    /// Print what lies in it
    Stat,
    /// Delete what lies in it
    Clean,
}

/// The arguments of `test`.
#[derive(clap::Args, Debug)]
pub struct TestArgs {
    /// How to compile them; the interpreter runs them if nothing is said.
    #[command(flatten)]
    pub codegen: CodegenArgs,
    /// Run only examples whose title, with those of the groups around, contains this
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// Run the programs in documentation comments, and in Markdown, instead of examples: blocks tagged `simple` or `spl`; each
    /// must print the `output` block behind it, if there is one. Files ending in .md are documents in any case
    #[arg(long)]
    pub docs: bool,
    /// Show the titles instead of running anything
    #[arg(long)]
    pub list: bool,
    /// How many examples run at a time; as many as there are processors if nothing is said
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Stop an example that runs longer; 0 waits for ever
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub timeout: u64,
    /// Files, and folders in which files ending in _spec.spl or _test.spl are looked for; `.` if nothing is said
    pub paths: Vec<PathBuf>,
}

/// The arguments of `build`.
#[derive(clap::Args, Debug)]
pub struct BuildArgs {
    /// How to compile it.
    #[command(flatten)]
    pub codegen: CodegenArgs,
    /// What to write: mir, llvm-ir, llvm-bc, asm, obj, exe, staticlib, dylib, implib, dep-info; each may name a file
    #[arg(long, value_name = "KIND[=PATH]", value_delimiter = ',', value_parser = parse_emit)]
    pub emit: Vec<Emit>,
    /// Where to write it; `-` is standard output, for text
    #[arg(short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Keep intermediate files beside the output
    #[arg(long)]
    pub save_temps: bool,
    /// Write beside the output how long each part took: a page to look at (.timings.html), or a trace for programs that
    /// show them (.timings.json, in the trace event format)
    #[arg(long, value_name = "FORMAT", num_args = 0..=1, require_equals = true, default_missing_value = "html",
        value_parser = named(TimingsFormat::ALL, TimingsFormat::name))]
    pub timings: Option<TimingsFormat>,
    /// Answer a question instead of building (`simplec --print=...` works, too)
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub print: Vec<Print>,
    /// The file; `-` is standard input
    pub file: Option<PathBuf>,
}

/// How to compile; shared by the commands that do.
#[derive(clap::Args, Clone, Debug)]
pub struct CodegenArgs {
    /// Optimise: the same as `--profile release`
    #[arg(short, long, conflicts_with = "profile")]
    pub release: bool,
    /// The set of decisions to start from
    #[arg(long, value_parser = named(Profile::ALL, Profile::name))]
    pub profile: Option<Profile>,
    /// Optimisation level: 0, 1, 2, 3, s or z; the last one counts
    #[arg(short = 'O', overrides_with = "level", value_name = "LEVEL", value_parser = parse_level)]
    pub level: Option<Level>,
    /// Who makes the code
    #[arg(long, value_parser = named(Backend::ALL, Backend::name))]
    pub backend: Option<Backend>,
    /// What the program is for: a triple, or a .json file that describes one
    #[arg(long, value_name = "TRIPLE")]
    pub target: Option<String>,
    /// The LLVM installation to use
    #[arg(long, value_name = "DIR")]
    pub llvm_prefix: Option<PathBuf>,
    /// The clang to use
    #[arg(long, value_name = "PATH")]
    pub clang: Option<PathBuf>,
    /// An llc that generates the code of what clang has optimised, in place of clang
    #[arg(long, value_name = "PATH")]
    pub llc: Option<PathBuf>,
    /// Stop a compiler or linker that runs longer; 0 waits for ever
    #[arg(long, value_name = "SECONDS", default_value_t = Options::TOOL_LIMIT.as_secs())]
    pub tool_timeout: u64,
    /// Fail when LLVM is missing or fails, instead of using Cranelift
    #[arg(long)]
    pub no_fallback: bool,
    /// What to do with the answers of tools and the compiled modules that are remembered
    #[arg(long, value_name = "HOW", default_value = "on")]
    pub cache: CacheUse,
    /// What programs are linked with: what comes with simplec only, the system's shared libraries by their names, or those that are
    /// installed
    #[arg(long, value_parser = named(LinkMode::ALL, LinkMode::name))]
    pub link: Option<LinkMode>,
    /// The linker to use, or with the system's libraries a C compiler that links
    #[arg(long, value_name = "PATH")]
    pub linker: Option<PathBuf>,
    /// Where the target's system keeps its libraries
    #[arg(long, value_name = "DIR")]
    pub sysroot: Option<PathBuf>,
    /// link-args=... or llvm-args=..., words separated by spaces; backtrace=yes or no, whether a panic tells of the calls that led to
    /// it, as with -g
    #[arg(short = 'C', value_name = "KEY=VALUE", action = ArgAction::Append)]
    pub settings: Vec<String>,
    /// In outputs, let paths that begin with FROM begin with TO
    #[arg(long, value_name = "FROM=TO", value_parser = parse_remap)]
    pub remap_path_prefix: Vec<(PathBuf, PathBuf)>,
    /// Write debug information, and tell at a panic of the calls that led to it
    #[arg(short = 'g')]
    pub debug_info: bool,
    /// Show how long each pass took
    #[arg(long)]
    pub time_passes: bool,
    /// Show the commands instead of running them (also `-###`)
    #[arg(long)]
    pub dry_run: bool,
}

/// A question for `--print`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Print {
    /// The back end that the options choose, and why
    Backend,
    /// The triples of all known targets
    TargetList,
    /// The triple of the target
    TargetTriple,
    /// The LLVM data layout of the target
    DataLayout,
    /// The LLVM in use: version, clang, targets
    Toolchain,
}

/// A parser for one of a fixed set of names, which clap lists in help and in near misses.
fn named<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    name: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(move |&value| name(value))).try_map(move |text| {
        let known = all.iter().copied().find(|&value| name(value) == text);
        known.ok_or_else(|| format!("`{text}` is not in its own list"))
    })
}

fn parse_level(text: &str) -> Result<Level, String> {
    Ok(match text {
        "0" => Level::O0,
        "1" => Level::O1,
        "2" => Level::O2,
        "3" => Level::O3,
        "s" => Level::Os,
        "z" => Level::Oz,
        _ => return Err("the levels are 0, 1, 2, 3, s and z".to_owned()),
    })
}

fn parse_remap(text: &str) -> Result<(PathBuf, PathBuf), String> {
    match text.split_once('=') {
        Some((from, to)) if !from.is_empty() => Ok((from.into(), to.into())),
        Some(_) | None => Err("it is written FROM=TO".to_owned()),
    }
}

fn parse_emit(text: &str) -> Result<Emit, String> {
    let (name, path) = match text.split_once('=') {
        Some((name, path)) => (name, Some(PathBuf::from(path))),
        None => (text, None),
    };
    match EmitKind::parse(name) {
        Some(kind) => Ok(Emit { kind, path }),
        None => {
            let known = || EmitKind::ALL.iter().map(|kind| kind.name());
            Err(match closest(name, known()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", known().collect::<Vec<_>>().join(", ")),
            })
        }
    }
}

/// The arguments with what clap cannot express spelled out: `-###`, and `--print` without a command.
pub fn spelled_out(args: Vec<OsString>) -> Vec<OsString> {
    let programs = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
    let is_option = |arg: &OsString| arg.to_string_lossy().starts_with('-');
    let asks = args.get(1).is_some_and(is_option)
        && args[..programs].iter().any(|arg| arg.to_string_lossy().starts_with("--print"))
        && !args[..programs].iter().any(|arg| arg == "build");
    let mut out = Vec::with_capacity(args.len() + 1);
    for (index, arg) in args.into_iter().enumerate() {
        if index == 1 && asks {
            out.push(OsString::from("build"));
        }
        out.push(if index < programs && arg == "-###" { OsString::from("--dry-run") } else { arg });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn what_clap_cannot_express_is_spelled_out() {
        let out = |line: &str| {
            let words: Vec<String> = spelled_out(line.split(' ').map(OsString::from).collect())
                .into_iter()
                .map(|word| word.into_string().unwrap())
                .collect();
            words.join(" ")
        };
        assert_eq!(out("simplec build -### a.spl"), "simplec build --dry-run a.spl");
        assert_eq!(out("simplec run a.spl -- -###"), "simplec run a.spl -- -###");
        assert_eq!(out("simplec --print=backend --release"), "simplec build --print=backend --release");
        assert_eq!(out("simplec --target x --print backend"), "simplec build --target x --print backend");
        assert_eq!(out("simplec -v build --print=backend"), "simplec -v build --print=backend");
        assert_eq!(out("simplec"), "simplec");
    }

    #[test]
    fn emit_kinds_have_near_misses() {
        assert_eq!(parse_emit("obj=a/b.o").unwrap().path, Some(PathBuf::from("a/b.o")));
        assert_eq!(parse_emit("llvmir").unwrap_err(), "did you mean `llvm-ir`?");
        assert!(parse_emit("x").unwrap_err().starts_with("there are mir, llvm-ir"));
    }
}
