//! Golden LLVM assembly: `tests/ir/NAME.mir` is written as exactly `NAME.ll`, and every installed LLVM takes it.
//!
//! Of `tests/ir/NAME.spl`, a program, `NAME.ll` holds the heads of its own functions, with what is said of their parameters.
//!
//! The first line of a `.mir` file may set options: `; ir: target=TRIPLE version=N named opt=Os reloc=pic frame-pointer=all`.
//! `SIMPLEC_BLESS=1` rewrites the expectations. A missing LLVM is reported and passed over, except where `CI` is set.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use libtest_mimic::{Arguments, Failed, Trial};
use simplec::backend::llvm::{self, FramePointer, OptLevel, Options, Reloc, gates::Gate};
use simplec::diagnostics::FileId;
use simplec::mir;
use simplec::target::{self, Target};

/// The versions whose acceptance is checked.
const VERSIONS: [u32; 4] = [17, 18, 19, 22];

fn main() {
    let args = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ir");
    let mut files: Vec<PathBuf> = match fs::read_dir(&folder) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(error) => panic!("{}: {error}", folder.display()),
    };
    files.sort();
    let mut trials = Vec::new();
    let has_extension = |path: &PathBuf, wanted: &str| path.extension().is_some_and(|found| found == wanted);
    for path in files.iter().filter(|path| has_extension(path, "spl")) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let path = path.clone();
        trials.push(Trial::test(format!("heads::{name}"), move || check_heads(&path)));
    }
    files.retain(|path| has_extension(path, "mir"));
    for path in files {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let golden = path.clone();
        trials.push(Trial::test(format!("golden::{name}"), move || check_golden(&golden)));
        trials.push(Trial::test(format!("accepted::{name}"), move || check_accepted(&path)));
    }
    for row in Gate::TABLE {
        trials.push(Trial::test(format!("gate::{}", row.name), move || {
            for version in installed() {
                let accepted =
                    run(version, "opt", &["-passes=verify", "-disable-output"], row.probe.as_bytes());
                if accepted.is_ok() != (version >= row.since) {
                    return Err(format!("LLVM {version}: accepted is {}", accepted.is_ok()).into());
                }
            }
            Ok(())
        }));
    }
    for version in VERSIONS.into_iter().filter(|&version| !is_installed(version)) {
        eprintln!(
            "NOT CHECKED: opt-{version} and llc-{version} are not installed (scripts/setup installs them)"
        );
        if std::env::var_os("CI").is_some() {
            trials.push(Trial::test(format!("installed::{version}"), move || {
                Err(format!("LLVM {version} is missing").into())
            }));
        }
    }
    libtest_mimic::run(&args, trials).exit();
}

/// A test file: its module, and how it is to be written.
struct Case {
    module: mir::Module,
    target: &'static Target,
    options: Options,
}

fn read(path: &Path) -> Result<Case, Failed> {
    let text = fs::read_to_string(path)?;
    let parsed = mir::parse(FileId(1), "test.mir", &text);
    let module = parsed.and_then(|module| mir::verify(&module).map(|()| module)).map_err(|errors| {
        let messages = errors.sorted().into_iter().map(|error| {
            let line = text[..error.span().start as usize].matches('\n').count() + 1;
            format!("{}:{line}: {}", path.display(), error.message)
        });
        messages.collect::<Vec<_>>().join("\n")
    })?;
    let mut options = Options { llvm_version: 17, ..Options::default() };
    let mut triple = "x86_64-unknown-linux-gnu";
    let settings = text.lines().next().and_then(|line| line.strip_prefix("; ir:")).unwrap_or_default();
    for setting in settings.split_whitespace() {
        match setting.split_once('=').unwrap_or((setting, "")) {
            ("target", value) => triple = value,
            ("version", value) => options.llvm_version = value.parse()?,
            ("named", "") => options.named = true,
            ("opt", "Os") => options.opt = OptLevel::Os,
            ("opt", "Oz") => options.opt = OptLevel::Oz,
            ("reloc", "pic") => options.reloc = Reloc::Pic,
            ("reloc", "static") => options.reloc = Reloc::Static,
            ("frame-pointer", "all") => options.frame_pointer = FramePointer::All,
            _ => return Err(format!("unknown setting `{setting}`").into()),
        }
    }
    let target = target::find(triple).map_err(|error| error.message)?;
    Ok(Case { module, target, options })
}

impl Case {
    fn write(&self, options: &Options) -> Result<Vec<u8>, Failed> {
        llvm::write(&self.module, self.target, options).map_err(|errors| {
            errors.iter().map(|error| error.message.clone()).collect::<Vec<_>>().join("\n").into()
        })
    }
}

fn check_heads(path: &Path) -> Result<(), Failed> {
    let output = Command::new(env!("CARGO_BIN_EXE_simplec"))
        .args([
            "build",
            "--backend=llvm",
            "-O2",
            "--target=x86_64-unknown-linux-gnu",
            "--emit=llvm-ir",
            "-o",
            "-",
        ])
        .arg(path)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let text = String::from_utf8(output.stdout)?;
    let heads = text.lines().filter(|line| line.starts_with("define ") && line.contains("@\"main::"));
    // The number of a group of attributes says nothing by itself.
    let heads = heads.map(|line| line.split(" unnamed_addr").next().unwrap_or(line));
    compare(path, heads.map(|head| format!("{head}\n")).collect())
}

fn check_golden(path: &Path) -> Result<(), Failed> {
    let case = read(path)?;
    compare(path, String::from_utf8(case.write(&case.options)?)?)
}

/// Compares what was written with what is expected of it, or makes that the expectation.
fn compare(path: &Path, written: String) -> Result<(), Failed> {
    let expected_path = path.with_extension("ll");
    if std::env::var_os("SIMPLEC_BLESS").is_some() {
        fs::write(expected_path, written)?;
        return Ok(());
    }
    let expected = fs::read_to_string(expected_path)?;
    if expected == written {
        return Ok(());
    }
    let at = expected.lines().zip(written.lines()).take_while(|(a, b)| a == b).count();
    let line = |text: &str| text.lines().nth(at).unwrap_or("(end of file)").to_owned();
    Err(format!("line {}\nexpected: {}\nwritten:  {}", at + 1, line(&expected), line(&written)).into())
}

/// What is written for the floor and for the version itself passes its verifier, and its code generator makes code of it
/// with and without optimisation.
fn check_accepted(path: &Path) -> Result<(), Failed> {
    let case = read(path)?;
    for version in installed() {
        for dialect in [17, version] {
            let text = case.write(&Options { llvm_version: dialect, ..case.options.clone() })?;
            run(version, "opt", &["-passes=verify", "-disable-output"], &text)?;
            run(version, "llc", &["-O0", "-filetype=null"], &text)?;
        }
    }
    Ok(())
}

fn installed() -> impl Iterator<Item = u32> {
    VERSIONS.into_iter().filter(|&version| is_installed(version))
}

fn is_installed(version: u32) -> bool {
    static KNOWN: OnceLock<Vec<u32>> = OnceLock::new();
    let probe = |version: &u32| run(*version, "opt", &["--version"], b"").is_ok();
    KNOWN.get_or_init(|| VERSIONS.into_iter().filter(probe).collect()).contains(&version)
}

fn run(version: u32, tool: &str, args: &[&str], input: &[u8]) -> Result<(), String> {
    let program = format!("{tool}-{version}");
    let mut child = Command::new(&program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{program}: {error}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A tool that gives up early closes its end; its own message says why.
        let _ = stdin.write_all(input);
    }
    let output = child.wait_with_output().map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        Ok(())
    } else {
        let lines = String::from_utf8_lossy(&output.stderr);
        Err(format!("{program}: {}", lines.lines().take(6).collect::<Vec<_>>().join("\n")))
    }
}
