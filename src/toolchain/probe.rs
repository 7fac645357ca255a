//! Finding LLVM.
//!
//! An installation is found by its clang and named by the folder that clang says it lives in, so that links and
//! wrapper scripts on PATH lead to the same place as the real path. Every other tool comes from that folder and no
//! other: two LLVMs never meet in one build.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::cache::{Cache, Identity};
use super::error::{ToolchainError, wanted};
use super::run::{Command, Runner, Status, find_in, is_program};
use super::search::Search;
use crate::target::Arch;

/// The version asked for first: the one simplec is developed with.
pub const PREFERRED: u32 = 18;
/// The oldest version that is used; older ones miscompile opaque pointers.
pub const OLDEST: u32 = 17;
/// The newest version that was tested. Newer ones are used with one warning.
pub const TESTED: u32 = 22;

/// The tools of an installation, besides clang.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tool {
    /// The code generator.
    Llc,
    /// The optimiser.
    Opt,
    /// The ELF and MinGW linker.
    LldElf,
    /// The PE linker with Microsoft's options.
    LldLink,
    /// The Mach-O linker.
    LldMachO,
    /// The WebAssembly linker.
    WasmLd,
    /// The archiver.
    Ar,
    /// The symbol lister.
    Nm,
    /// The disassembler.
    Objdump,
    /// The object file reader.
    Readobj,
    /// The import library maker.
    Dlltool,
    /// The stub library maker.
    Ifs,
    /// The symbol remover.
    Strip,
    /// The debug information reader.
    Dwarfdump,
}

impl Tool {
    /// Every tool, in the order the doctor lists them.
    pub const ALL: [Tool; 14] = [
        Tool::Llc,
        Tool::Opt,
        Tool::LldElf,
        Tool::LldLink,
        Tool::LldMachO,
        Tool::WasmLd,
        Tool::Ar,
        Tool::Nm,
        Tool::Objdump,
        Tool::Readobj,
        Tool::Dlltool,
        Tool::Ifs,
        Tool::Strip,
        Tool::Dwarfdump,
    ];

    /// The program's name, without version and suffix.
    pub fn name(self) -> &'static str {
        match self {
            Tool::Llc => "llc",
            Tool::Opt => "opt",
            Tool::LldElf => "ld.lld",
            Tool::LldLink => "lld-link",
            Tool::LldMachO => "ld64.lld",
            Tool::WasmLd => "wasm-ld",
            Tool::Ar => "llvm-ar",
            Tool::Nm => "llvm-nm",
            Tool::Objdump => "llvm-objdump",
            Tool::Readobj => "llvm-readobj",
            Tool::Dlltool => "llvm-dlltool",
            Tool::Ifs => "llvm-ifs",
            Tool::Strip => "llvm-strip",
            Tool::Dwarfdump => "llvm-dwarfdump",
        }
    }
}

/// An LLVM version.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Version {
    /// What decides about the dialect of IR.
    pub major: u32,
    /// The middle number.
    pub minor: u32,
    /// The last number.
    pub patch: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// An installation of LLVM that can be used.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Llvm {
    /// Its version.
    pub version: Version,
    /// The first line of `clang --version`.
    pub version_line: String,
    /// The folder of its programs.
    pub bin: PathBuf,
    /// Its clang.
    pub clang: PathBuf,
    /// What generates the code in place of clang, where the search names one.
    pub llc: Option<PathBuf>,
    /// The code generators it has, by LLVM's names (`x86-64`, `aarch64`), sorted.
    pub targets: Vec<String>,
    /// What tells this build from a later one at the same path.
    pub identity: Identity,
}

impl Llvm {
    /// The path of one of its tools, if it was installed.
    pub fn tool(&self, tool: Tool) -> Option<PathBuf> {
        program_in(&self.bin, tool.name(), self.version.major)
    }

    /// Whether it can generate code for a processor family; of those without a name nobody knows.
    pub fn has_target(&self, arch: Arch) -> bool {
        let name = match arch {
            Arch::X86_64 => "x86-64",
            Arch::X86
            | Arch::Aarch64
            | Arch::Arm
            | Arch::Riscv64
            | Arch::Riscv32
            | Arch::Wasm32
            | Arch::Wasm64 => arch.name(),
            Arch::Other => return false,
        };
        self.targets.iter().any(|known| known == name)
    }

    /// What to warn about once per build: a version newer than any that was tested.
    pub fn warning(&self) -> Option<String> {
        (self.version.major > TESTED)
            .then(|| format!("LLVM {} is newer than any simplec was tested with ({TESTED})", self.version))
    }
}

/// A place that was looked at, and why it was not taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The program or folder.
    pub path: PathBuf,
    /// Why not.
    pub why: String,
}

/// The record of a search.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Findings {
    /// What was found and not taken, in the order of the search.
    pub refused: Vec<Finding>,
    /// The folders of PATH that were looked through.
    pub path: Vec<PathBuf>,
    /// The other places.
    pub places: Vec<PathBuf>,
}

impl Findings {
    /// The lines that explain why nothing was found.
    pub fn notes(&self) -> Vec<String> {
        let list = |folders: &[PathBuf]| {
            let names: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
            if names.is_empty() { "nowhere".to_owned() } else { names.join(", ") }
        };
        let mut notes = vec![
            wanted(),
            format!("looked for clang-{PREFERRED}, clang-N and clang on PATH: {}", list(&self.path)),
            format!("looked for installations in: {}", list(&self.places)),
        ];
        notes.extend(
            self.refused.iter().map(|found| format!("found {}: {}", found.path.display(), found.why)),
        );
        notes
    }
}

/// Finds the LLVM to use. In order: `--clang`, `--llvm-prefix`, `SIMPLEC_LLVM` (these three bind: what they name
/// is used or is an error); `clang-18` on PATH; `clang-N` on PATH from the newest down to 17; installations in the
/// known places in the same order; a plain `clang` on PATH whose version fits.
///
/// # Errors
/// [`ToolchainError::LlvmMissing`] with the record of the search, [`ToolchainError::LlvmUnsuitable`] for one that
/// was named.
pub fn find(search: &Search, runner: &dyn Runner) -> Result<Llvm, ToolchainError> {
    let llvm = find_clang(search, runner)?;
    let Some(named) = &search.llc else { return Ok(llvm) };
    match find_llc(named, &llvm, search, runner) {
        Ok(llc) => Ok(Llvm { llc: Some(llc), ..llvm }),
        Err(why) => Err(ToolchainError::LlvmUnsuitable { origin: "`--llc`", path: named.clone(), why }),
    }
}

/// The llc of that name, if it can read what clang writes.
fn find_llc(named: &Path, llvm: &Llvm, search: &Search, runner: &dyn Runner) -> Result<PathBuf, String> {
    let llc = program_named(named, search).ok_or("there is no such program")?;
    let text = ask(&llc, "--version", search, runner)?;
    let version = text.lines().find_map(|line| line.trim().split_once("LLVM version ")?.1.split('.').next());
    let major: u32 =
        version.and_then(|major| major.parse().ok()).ok_or("its answer to `--version` is not llc's")?;
    if major < llvm.version.major {
        let clang = llvm.version.major;
        return Err(format!(
            "it is of LLVM {major} and does not read the IR of LLVM {clang}, which clang writes"
        ));
    }
    Ok(llc)
}

fn find_clang(search: &Search, runner: &dyn Runner) -> Result<Llvm, ToolchainError> {
    let unsuitable = |origin, path: &Path, why: &str| ToolchainError::LlvmUnsuitable {
        origin,
        path: path.to_owned(),
        why: why.to_owned(),
    };
    if let Some(named) = &search.clang {
        let refuse = |why: &str| unsuitable("`--clang`", named, why);
        let clang = program_named(named, search).ok_or_else(|| refuse("there is no such program"))?;
        let llvm = examine(&clang, search, runner).map_err(|why| refuse(&why))?;
        // A wrapper is named because it does more than the clang behind it.
        return Ok(Llvm { clang, ..llvm });
    }
    for (origin, path) in [("`--llvm-prefix`", &search.prefix), ("`SIMPLEC_LLVM`", &search.variable)] {
        let Some(path) = path else { continue };
        let clang = clang_of(path).ok_or_else(|| unsuitable(origin, path, "there is no clang in it"))?;
        return examine(&clang, search, runner).map_err(|why| unsuitable(origin, path, &why));
    }
    let mut findings =
        Findings { refused: Vec::new(), path: search.path.clone(), places: search.places.clone() };
    // The usual case costs one look per folder of PATH, not a listing of each.
    let preferred = find_in(&format!("clang-{PREFERRED}"), &search.path);
    for clang in preferred.iter() {
        match examine(clang, search, runner) {
            Ok(llvm) => return Ok(llvm),
            Err(why) => findings.refused.push(Finding { path: clang.clone(), why }),
        }
    }
    for clang in candidates(search).into_iter().filter(|clang| Some(clang) != preferred.as_ref()) {
        match examine(&clang, search, runner) {
            Ok(llvm) => return Ok(llvm),
            Err(why) => findings.refused.push(Finding { path: clang, why }),
        }
    }
    Err(ToolchainError::LlvmMissing(findings))
}

/// Every LLVM on the machine, usable or not, in the order of the search: for the doctor.
pub fn find_all(search: &Search, runner: &dyn Runner) -> Vec<Result<Llvm, Finding>> {
    let mut seen = BTreeSet::new();
    let mut clangs: Vec<PathBuf> =
        search.clang.iter().filter_map(|named| program_named(named, search)).collect();
    clangs.extend([&search.prefix, &search.variable].into_iter().flatten().filter_map(|path| clang_of(path)));
    clangs.extend(candidates(search));
    let mut all = Vec::new();
    for clang in clangs {
        match examine(&clang, search, runner) {
            Ok(llvm) if seen.insert(llvm.clang.clone()) => all.push(Ok(llvm)),
            Ok(_) => {}
            Err(why) => all.push(Err(Finding { path: clang, why })),
        }
    }
    all
}

/// The clangs to try without being told, best first, each once.
fn candidates(search: &Search) -> Vec<PathBuf> {
    let mut versioned: Vec<(u32, PathBuf)> = Vec::new();
    for folder in &search.path {
        versioned.extend(numbered(folder, &["clang-"]));
    }
    best_first(&mut versioned);
    let mut installed: Vec<(u32, PathBuf)> = Vec::new();
    let mut unversioned: Vec<PathBuf> = Vec::new();
    for place in &search.places {
        for (version, prefix) in numbered(place, &["llvm-", "llvm@"]) {
            installed.extend(clang_of(&prefix).map(|clang| (version, clang)));
        }
        unversioned.extend(program_in(&place.join("bin"), "clang", PREFERRED));
        unversioned.extend(clang_of(&place.join("llvm")));
    }
    best_first(&mut installed);
    unversioned.extend(find_in("clang", &search.path));

    let mut seen = BTreeSet::new();
    let known = versioned.into_iter().chain(installed).map(|(_, clang)| clang);
    known.chain(unversioned).filter(|clang| seen.insert(clang.clone())).collect()
}

/// The preferred version, then from the newest to the oldest; of one version the earlier place.
fn best_first(found: &mut [(u32, PathBuf)]) {
    found.sort_by_key(|&(version, _)| (version != PREFERRED, std::cmp::Reverse(version)));
}

/// The entries of a folder that are one of the prefixes and a version.
fn numbered(folder: &Path, prefixes: &[&str]) -> Vec<(u32, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let name = name.strip_suffix(".exe").unwrap_or(name);
        let version = prefixes.iter().find_map(|prefix| name.strip_prefix(prefix)?.parse().ok());
        found.extend(version.map(|version| (version, entry.path())));
    }
    // The order of a folder's entries is the file system's.
    found.sort();
    found
}

/// A program by its path, or by its name where it is on PATH.
fn program_named(name: &Path, search: &Search) -> Option<PathBuf> {
    let on_path = name.to_str().and_then(|name| find_in(name, &search.path));
    on_path.or_else(|| is_program(name).then(|| name.to_owned()))
}

/// The clang of what a user names: a clang, an installation, or its folder of programs.
fn clang_of(path: &Path) -> Option<PathBuf> {
    if is_program(path) {
        return Some(path.to_owned());
    }
    [path.join("bin"), path.to_owned()].iter().find_map(|bin| {
        program_in(bin, "clang", PREFERRED).or_else(|| {
            numbered(bin, &["clang-"]).into_iter().map(|(_, clang)| clang).rfind(|clang| is_program(clang))
        })
    })
}

/// A program of an installation: its plain name, or the one with the version.
fn program_in(bin: &Path, name: &str, version: u32) -> Option<PathBuf> {
    let suffix = std::env::consts::EXE_SUFFIX;
    [format!("{name}{suffix}"), format!("{name}-{version}{suffix}")]
        .iter()
        .map(|name| bin.join(name))
        .find(|path| is_program(path))
}

/// Asks a clang who it is; why it cannot be used, otherwise.
fn examine(clang: &Path, search: &Search, runner: &dyn Runner) -> Result<Llvm, String> {
    let cache = Cache(search.cache.as_deref());
    let asked = Identity::of(clang).ok_or("it cannot be read")?;
    // What was asked may be a wrapper that stayed while the real clang was replaced.
    if let Some(llvm) = cache.get::<Llvm>("probe", &asked)
        && Identity::of(&llvm.clang).as_ref() == Some(&llvm.identity)
    {
        return Ok(llvm);
    }
    let text = ask(clang, "--version", search, runner)?;
    let (version, version_line) = parse_version(&text)?;
    if version.major < OLDEST {
        return Err(format!("version {version} is too old"));
    }
    // One installation has one name, whatever links lead to it.
    let folder = text
        .lines()
        .find_map(|line| line.strip_prefix("InstalledDir: "))
        .and_then(|folder| Path::new(folder.trim()).canonicalize().ok());
    let real = folder.as_ref().and_then(|bin| program_in(bin, "clang", version.major));
    let (bin, clang) = match (folder, real) {
        (Some(bin), Some(real)) => (bin, real),
        _ => (clang.parent().unwrap_or(Path::new("")).to_owned(), clang.to_owned()),
    };
    let identity = Identity::of(&clang).ok_or("it cannot be read")?;
    let mut targets: Vec<String> = ask(&clang, "--print-targets", search, runner)?
        .lines()
        .filter_map(|line| Some(line.split_once(" - ")?.0.trim().to_owned()))
        .collect();
    targets.sort_unstable();
    if targets.is_empty() {
        return Err("it names no targets".to_owned());
    }
    let llvm = Llvm { version, version_line, bin, clang, llc: None, targets, identity };
    cache.put("probe", &asked, &llvm);
    Ok(llvm)
}

fn ask(clang: &Path, question: &str, search: &Search, runner: &dyn Runner) -> Result<String, String> {
    let command = Command::new(clang).arg(question).env("LC_ALL", "C").limit(Some(search.limit));
    let output = runner.run(&command, None);
    match output.status {
        Status::Ok => Ok(output.stdout_text()),
        Status::Failed(code) => Err(format!("`{question}` ended with exit code {code}")),
        Status::Signal(signal) => Err(format!("`{question}` died by signal {signal}")),
        Status::TimedOut(limit) => {
            Err(format!("`{question}` gave no answer in {:.1} s", limit.as_secs_f64()))
        }
        Status::NotFound => Err("it does not exist".to_owned()),
        Status::NotStarted(why) => Err(format!("it could not be started: {why}")),
    }
}

/// The version in `clang --version`'s first line, and that line.
fn parse_version(text: &str) -> Result<(Version, String), String> {
    let line = text.lines().next().unwrap_or_default().trim();
    let Some((vendor, rest)) = line.split_once("clang version ") else {
        return Err("its answer to `--version` is not clang's".to_owned());
    };
    if vendor.contains("Apple") {
        return Err(format!(
            "`{line}`: Apple numbers its clang differently, its LLVM version cannot be told"
        ));
    }
    let digits = |part: &str| part.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok();
    let mut numbers = rest.split('.').map(digits);
    let mut next = || numbers.next().flatten();
    match next() {
        Some(major) => {
            let version = Version { major, minor: next().unwrap_or(0), patch: next().unwrap_or(0) };
            Ok((version, line.to_owned()))
        }
        None => Err(format!("`{line}` names no version")),
    }
}
