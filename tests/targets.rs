//! Programs for every target: those under tests/run and examples are compiled, linked with nothing of the target's system,
//! or on rows of their own with the names of what its C library has where that is here, and run, by an emulator where this
//! machine cannot. Each must do what is written down, and the interpreter with the target's layout must agree.
//!
//! A sample runs unless everything is asked for: every program on one row and by one maker of code, drawn by lot; those that
//! say `; rows: all` on every row by every maker.
//!
//! * `SIMPLEC_FULL=1` runs every program on every row, made by LLVM at -O0 and -O2 and by Cranelift where it has the target.
//! * `SIMPLEC_TABLE=1` writes the lines of the table in docs/targets.md after that (`scripts/targets-table`).
//! * `SIMPLEC_TEST_TARGETS=aarch64,wasm32` selects rows by how their triples begin.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use libtest_mimic::{Arguments, Trial};
use run_harness::{
    Expected, Observed, execute, interpret, is_set, lot, program_of, programs, session_for, told,
};
use simplec::driver::{self, Backend, Choice, Input, LinkMode, Options, with_deep_stack};
use simplec::target::{self, Emulator, Os, Target};
use simplec::toolchain::{self, Command, Level, Llvm, Runner, Runs, Search, Status, System};

mod run_harness;

/// The targets whose programs run here, by this machine or an emulator.
const ROWS: &[&str] = &[
    "x86_64-unknown-linux-gnu",
    "i686-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "armv7-unknown-linux-gnueabihf",
    "riscv64gc-unknown-linux-gnu",
    "riscv32gc-unknown-linux-gnu",
    "x86_64-pc-windows-gnu",
    "i686-pc-windows-gnu",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "wasm32-wasi",
    "wasm64-unknown-unknown",
    "thumbv7m-none-eabi",
    "riscv32imac-unknown-none-elf",
];

/// What a program without a system is given, in tests/boards.
struct Board {
    triple: &'static str,
    /// What tells clang about the processor.
    flags: &'static [&'static str],
    /// Where its memory is, if not where simplec puts an image by itself.
    script: Option<&'static str>,
}

const BOARDS: &[Board] = &[
    Board {
        triple: "thumbv7m-none-eabi",
        flags: &["--target=thumbv7m-none-eabi"],
        script: Some("mps2-an385.ld"),
    },
    Board {
        triple: "riscv32imac-unknown-none-elf",
        flags: &["--target=riscv32-unknown-none-elf", "-march=rv32imac", "-mabi=ilp32"],
        script: None,
    },
];

impl Board {
    /// The arguments for the linker, with an object in a folder.
    fn link_args(&self, llvm: &Llvm, folder: &Path) -> Result<Vec<OsString>, String> {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/boards");
        let object = folder.join(format!("{}.o", self.triple));
        let command = Command::new(&llvm.clang).args(self.flags).args(["-ffreestanding", "-Os", "-c"]);
        let command = command.arg(sources.join("semihosting.c")).arg("-o").arg(&object);
        let made = System.run(&command, None);
        if made.status != Status::Ok {
            return Err(String::from_utf8_lossy(&made.stderr).into_owned());
        }
        let mut args = vec![object.into_os_string()];
        if let Some(script) = self.script {
            args.extend(["-T".into(), sources.join(script).into_os_string()]);
        }
        Ok(args)
    }
}

/// Why a program that starts another does not hear that there is none, under qemu-user.
const COPIED_MEMORY: &str = "qemu-user gives what should share its parent's memory a copy, so that the C library does not hear of the error";

/// What cannot be: the beginning of a row's triple, a program, and why.
const LIMITS: &[(&str, &str, &str)] = &[
    // The loader is a program for another processor, with the C library of Linux.
    ("aarch64-apple", "tests/run/std_process_missing", COPIED_MEMORY),
    (
        "wasm",
        "tests/run/stack_overflow",
        "the host ends a program whose stack is used up, with its own words",
    ),
    ("thumbv7m", "tests/run/stack_overflow", "nobody watches the end of its stack"),
    ("thumbv7m", "tests/run/memory_depth", "its board has not so much memory"),
    ("wasm64", "tests/run/rt_arguments", "its host gives no arguments"),
    ("thumbv7m", "tests/run/rt_arguments", "nobody gives an image arguments"),
    ("riscv32imac", "tests/run/stack_overflow", "nobody watches the end of its stack"),
    ("riscv32imac", "tests/run/rt_arguments", "nobody gives an image arguments"),
];

/// The same, of programs for another Linux or for macOS, which an emulator runs: how they are linked, the program, and why.
const LIMITS_OF_EMULATORS: &[(&[LinkMode], &str, &str)] = &[
    (&[LinkMode::Dynamic], "tests/run/std_process_missing", COPIED_MEMORY),
    (
        &[LinkMode::SelfContained, LinkMode::Dynamic],
        "tests/run/rt_children",
        "the kernel here does not start a program for another system, as this one starts itself",
    ),
];

/// What makes the code, and at which level.
type Maker = (Backend, Level);

const MAKERS: [Maker; 3] =
    [(Backend::Llvm, Level::O0), (Backend::Llvm, Level::O2), (Backend::Cranelift, Level::O0)];

/// The maker of programs of which one is enough.
const USUAL: &[Maker] = &[MAKERS[1]];

/// A target, what its programs are linked with, and the command before them.
#[derive(Clone)]
struct Row {
    target: &'static Target,
    link: LinkMode,
    emulator: Option<Emulator>,
    link_args: Vec<OsString>,
}

impl Row {
    /// The row of a triple, with what it is linked with in a folder; what is missing where it cannot run.
    fn of(triple: &str, llvm: &Llvm, search: &Search, folder: &Path) -> Result<Row, String> {
        let target = target::find(triple).map_err(|error| error.message)?;
        let emulator = match toolchain::runs(target, search) {
            Runs::Natively => None,
            Runs::Emulated(emulator) => Some(emulator),
            Runs::No if target.os == Os::MacOs => Some(loader(target, llvm, search, folder)?),
            Runs::No => return Err(format!("nothing here runs programs for {triple}")),
        };
        let link_args = match BOARDS.iter().find(|board| board.triple == triple) {
            Some(board) => board.link_args(llvm, folder)?,
            None => Vec::new(),
        };
        Ok(Row { target, link: LinkMode::SelfContained, emulator, link_args })
    }

    /// The same target, with programs whose C library is the system's; `None` where that is not here.
    fn dynamic(&self, search: &Search) -> Option<Row> {
        let loader = self.target.loader.as_ref()?.trim_start_matches('/');
        let under = |root: &str| Path::new(root).join(loader).exists();
        if self.emulator.is_none() && under("/") {
            return Some(Row { link: LinkMode::Dynamic, ..self.clone() });
        }
        // Its C library is where an emulator is told to look.
        let emulator = self.target.emulators.iter().find(|emulator| {
            toolchain::find_in(&emulator.program, &search.path).is_some()
                && emulator.args.windows(2).any(|args| args[0] == "-L" && under(&args[1]))
        })?;
        Some(Row { link: LinkMode::Dynamic, emulator: Some(emulator.clone()), ..self.clone() })
    }

    /// Whether a back end makes code for it.
    fn has(&self, backend: Backend) -> bool {
        match backend {
            Backend::Llvm => true,
            #[cfg(feature = "cranelift")]
            Backend::Cranelift => simplec::backend::cranelift::supports(self.target),
            #[cfg(not(feature = "cranelift"))]
            Backend::Cranelift => false,
            Backend::Interp => false,
        }
    }

    /// Compiles a program, interprets it with this row's layout, and with each maker makes its code, links it as this row
    /// does, and runs that.
    fn run(&self, path: &Path, makers: &[Maker]) -> Result<(), String> {
        self.run_linked(path, makers, self.link)
    }

    /// The same, linked in any way.
    fn run_linked(&self, path: &Path, makers: &[Maker], link: LinkMode) -> Result<(), String> {
        let expected = Expected::of(path)?;
        let judge = |seen: &Observed, by: &str| -> Result<(), String> {
            let found = expected.differences(seen);
            if found.is_empty() { Ok(()) } else { Err(format!("{by}: {}", found.join("\n"))) }
        };
        for (index, &(backend, level)) in makers.iter().enumerate() {
            let mut options = Options::new(self.target.clone());
            options.level = Some(level);
            options.link = Some(link);
            options.backtrace = Some(expected.calls.is_some());
            options.link_args.clone_from(&self.link_args);
            let mut session = session_for(options);
            let module = driver::front(&mut session, &Input::new(path)).map_err(|_| told(&session))?;
            if index == 0 && expected.is_for("interp") {
                judge(&interpret(&module, self.target, path, &expected.args)?, "interpreter")?;
            }
            let why = "the test says so".to_owned();
            let choice = Choice { backend, why, in_process: false, fallback: None };
            let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
            let exe = folder.path().join(format!("program{}", self.target.executable_suffix));
            driver::program(&mut session, &module, &choice, &exe).map_err(|_| told(&session))?;
            let command = match &self.emulator {
                Some(emulator) => toolchain::emulator_command(emulator, folder.path())
                    .map_err(|error| error.diagnostic().message)?
                    .arg(&exe),
                None => Command::new(&exe),
            };
            let by = format!("program by {} {}", backend.name(), level.flag());
            judge(&execute(command.args(&expected.args))?, &by)?;
        }
        Ok(())
    }

    /// The bytes of a program that is made to be small, without symbols.
    fn size(&self, path: &Path) -> Result<u64, String> {
        let mut options = Options::new(self.target.clone());
        options.level = Some(Level::Os);
        options.link = Some(LinkMode::SelfContained);
        options.link_args.clone_from(&self.link_args);
        // The linker for macOS takes it, and says that it is obsolete.
        options.link_args.push("-s".into());
        let mut session = session_for(options);
        let module = driver::front(&mut session, &Input::new(path)).map_err(|_| told(&session))?;
        let why = "the test says so".to_owned();
        let choice = Choice { backend: Backend::Llvm, why, in_process: false, fallback: None };
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let exe = folder.path().join(format!("program{}", self.target.executable_suffix));
        driver::program(&mut session, &module, &choice, &exe).map_err(|_| told(&session))?;
        Ok(std::fs::metadata(&exe).map_err(|error| error.to_string())?.len())
    }

    /// Its line in the table of docs/targets.md, with what came of programs linked as two rows of the target do.
    fn line(&self, hello: &Path, contained: &Tally, dynamic: Option<&Tally>) -> String {
        let backends = if self.has(Backend::Cranelift) { "LLVM, Cranelift" } else { "LLVM" };
        let by = match &self.emulator {
            None => "this machine",
            Some(_) if self.target.os == Os::MacOs => "the tests' loader",
            Some(emulator) => emulator.program.rsplit('/').next().unwrap_or_default(),
        };
        let dynamic = dynamic.map_or("-".to_owned(), Tally::to_string);
        let system = if self.run_linked(hello, USUAL, LinkMode::System).is_ok() { "yes" } else { "-" };
        let size = self.size(hello).map_or("-".to_owned(), |size| size.to_string());
        let Target { triple, tier, .. } = self.target;
        format!("| {triple} | {tier} | {backends} | {contained} | {dynamic} | {system} | {by} | {size} |")
    }
}

/// The head of that table.
const TABLE_HEAD: &str = "\
| target | tier | compiled by | self-contained | dynamic | system's libraries | runs by | hello, bytes |
|---|---|---|---|---|---|---|---|";

/// What came of a row's programs.
#[derive(Default)]
struct Tally {
    asked: usize,
    passed: Arc<AtomicUsize>,
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}", self.passed.load(Ordering::Relaxed), self.asked)
    }
}

/// Why a row cannot run a program, if it cannot.
fn limit(row: &Row, name: &str) -> Option<&'static str> {
    let of_target = LIMITS
        .iter()
        .filter(|(of, _, _)| row.target.triple.starts_with(of))
        .map(|&(_, what, why)| (what, why));
    let is_emulated = row.emulator.is_some() && matches!(row.target.os, Os::Linux | Os::MacOs);
    let of_emulator = LIMITS_OF_EMULATORS
        .iter()
        .filter(|(links, _, _)| is_emulated && links.contains(&row.link))
        .map(|&(_, what, why)| (what, why));
    of_target.chain(of_emulator).find(|&(what, _)| what == name).map(|(_, why)| why)
}

/// The command that runs programs for macOS on Linux: a loader for the processor, run as programs of that Linux are.
fn loader(target: &Target, llvm: &Llvm, search: &Search, folder: &Path) -> Result<Emulator, String> {
    let linux = Row::of(&format!("{}-unknown-linux-gnu", target.arch.name()), llvm, search, folder)?;
    let loader = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("load-{}", target.arch.name()));
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/macho/load.c");
    let compiler = Command::new(&llvm.clang).arg(format!("--target={}", linux.target.llvm_triple()));
    let compiler =
        compiler.args(["-fuse-ld=lld", "-O1", "-Wall", "-Wextra", "-Werror", source, "-o"]).arg(&loader);
    let done = System.run(&compiler, None);
    if done.status != Status::Ok {
        let says = String::from_utf8_lossy(&done.stderr).into_owned();
        return Err(format!("nothing here runs programs for {}: {says}", target.triple));
    }
    let loader = loader.display().to_string();
    Ok(match linux.emulator {
        Some(mut emulator) => {
            emulator.args.push(loader);
            emulator
        }
        None => Emulator { program: loader, args: Vec::new(), env: Default::default() },
    })
}

/// The rows that were asked for and can run. What is missing is an error where everything must be there.
fn rows(llvm: &Llvm, folder: &Path) -> Vec<Row> {
    let search = Search::from_env();
    let asked = std::env::var("SIMPLEC_TEST_TARGETS").ok();
    let is_asked = |triple: &str| {
        asked.as_ref().is_none_or(|names| names.split(',').any(|name| triple.starts_with(name)))
    };
    let mut rows = Vec::new();
    for triple in ROWS.iter().filter(|triple| is_asked(triple)) {
        match Row::of(triple, llvm, &search, folder) {
            Ok(row) => {
                let dynamic = row.dynamic(&search);
                rows.push(row);
                rows.extend(dynamic);
            }
            Err(why) => {
                assert!(std::env::var_os("CI").is_none(), "{why}: run scripts/setup first");
                eprintln!(
                    "target tests: {why}, so that row is LEFT OUT; scripts/setup installs what it needs"
                );
            }
        }
    }
    assert!(asked.is_none() || !rows.is_empty(), "SIMPLEC_TEST_TARGETS selects no row that can run");
    rows
}

/// What a program needs of its system, which its comments tell: nothing, or all up to one of these.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    Nothing,
    /// `# needs: system`: files, directories, the environment, clocks.
    System,
    /// `# needs: children`.
    Children,
    /// `# needs: unix`: a shell and what it starts, and one tree of directories.
    Unix,
}

impl Need {
    fn of(path: &Path) -> Need {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let needs = [("system", Need::System), ("children", Need::Children), ("unix", Need::Unix)];
        let is_said = |name: &str| text.lines().any(|line| line.strip_prefix("# needs: ") == Some(name));
        needs.into_iter().find(|(name, _)| is_said(name)).map_or(Need::Nothing, |(_, need)| need)
    }

    /// What a system has.
    fn met_by(os: Os) -> Need {
        match os {
            Os::Linux | Os::MacOs => Need::Unix,
            Os::Windows => Need::Children,
            Os::Wasi => Need::System,
            Os::None => Need::Nothing,
        }
    }
}

/// A row and makers of code, for readers.
fn way(row: &Row, makers: &[Maker]) -> String {
    let makers: Vec<String> =
        makers.iter().map(|(backend, level)| format!("{} {}", backend.name(), level.flag())).collect();
    format!("{} {} {}", row.target.triple, row.link.name(), makers.join(", "))
}

/// Whether a program is about what each system does in its own way, and runs on every row.
fn is_for_all_rows(path: &Path) -> bool {
    std::fs::read_to_string(path).is_ok_and(|text| text.contains("\n; rows: all"))
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let Ok(llvm) = toolchain::find(&Search::from_env(), &System) else {
        assert!(std::env::var_os("CI").is_none(), "LLVM is missing: run scripts/setup first");
        eprintln!("target tests: no LLVM was found, so NOTHING is tested");
        return ExitCode::SUCCESS;
    };
    let folder = tempfile::tempdir().expect("tests can write to the folder for temporary files");
    let rows = rows(&llvm, folder.path());
    let full = is_set("SIMPLEC_FULL");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let all: Vec<PathBuf> = ["tests/run", "examples"].into_iter().flat_map(programs).collect();
    // Whether a row works at all; and wine sets itself up once, of which it tells, before it is called twice at a time.
    for row in &rows {
        let hello = || with_deep_stack(|| row.run(&root.join("examples/hello.spl"), USUAL));
        if let Err(why) = hello().or_else(|_| hello()) {
            eprintln!("target tests: nothing runs for {}: {why}", row.target.triple);
            return ExitCode::FAILURE;
        }
    }
    let root_name = |path: &Path| {
        let program = program_of(path);
        program.strip_prefix(root).unwrap_or(program).with_extension("").display().to_string()
    };
    let (mut trials, mut runs_made) = (Vec::new(), 0);
    let mut tallies: Vec<Tally> = rows.iter().map(|_| Tally::default()).collect();
    for path in &all {
        let (need, everywhere, name) = (Need::of(path), is_for_all_rows(path), root_name(path));
        let is_able = |row: &Row| need <= Need::met_by(row.target.os) && limit(row, &name).is_none();
        let able = || rows.iter().enumerate().filter(|(_, row)| is_able(row));
        for row in &rows {
            if let Some(why) = limit(row, &name) {
                eprintln!(
                    "target tests: {} {} does not run {name}: {why}",
                    row.target.triple,
                    row.link.name()
                );
            }
        }
        let all_makers = |row: &Row| MAKERS.into_iter().filter(|&(backend, _)| row.has(backend)).collect();
        let runs: Vec<(usize, Vec<Maker>)> = if full || everywhere {
            able().map(|(index, row)| (index, all_makers(row))).collect()
        } else {
            let ways =
                able().flat_map(|(index, row)| all_makers(row).into_iter().map(move |maker| (index, maker)));
            let lot =
                |&(index, maker): &(usize, Maker)| lot(&format!("{} {name}", way(&rows[index], &[maker])));
            ways.max_by_key(lot).map(|(index, maker)| (index, vec![maker])).into_iter().collect()
        };
        for (index, makers) in runs {
            runs_made += makers.len();
            tallies[index].asked += 1;
            let (row, path, passed) = (rows[index].clone(), path.clone(), tallies[index].passed.clone());
            let of_trial = format!("{} {name}", way(&row, &makers));
            let test = move || {
                with_deep_stack(|| row.run(&path, &makers))?;
                passed.fetch_add(1, Ordering::Relaxed);
                Ok(())
            };
            trials.push(Trial::test(of_trial, test));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    println!("target tests: {} rows, {runs_made} runs of {} programs", rows.len(), all.len());
    if is_set("SIMPLEC_TABLE") {
        let of = |row: &Row, link: LinkMode| {
            let is_it = |other: &Row| other.target.triple == row.target.triple && other.link == link;
            rows.iter().position(is_it).map(|index| &tallies[index])
        };
        println!("{TABLE_HEAD}");
        for row in &rows {
            if let (LinkMode::SelfContained, Some(contained)) = (row.link, of(row, row.link)) {
                let dynamic = of(row, LinkMode::Dynamic);
                let hello = root.join("examples/hello.spl");
                println!("{}", with_deep_stack(|| row.line(&hello, contained, dynamic)));
            }
        }
    }
    conclusion.exit_code()
}
