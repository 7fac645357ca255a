//! From object files to a program of this machine, through a C compiler that knows where the system keeps its
//! libraries.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::{Invocation, LINKER, Library, ToolchainError};
use super::install;
use super::lld;
use super::output::Pending;
use super::probe::{Llvm, Tool};
use super::run::{Command, Output, Runner, Status, find_in};
use super::search::Search;
use crate::target::{Arch, LinkerFlavor, Os, Target, host};

/// A C compiler that links, and the linker it is told to use.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Linker {
    /// The clang of the LLVM in use: it links for every target whose libraries are there.
    Clang {
        /// Its path.
        clang: PathBuf,
        /// Its version line.
        version: String,
        /// lld or mold; the system's own linker if neither is there.
        linker: Option<PathBuf>,
    },
    /// The system's C compiler: it links for this machine.
    Cc {
        /// Its path.
        cc: PathBuf,
        /// What it is told by `-fuse-ld=`.
        linker: Option<&'static str>,
    },
    /// A C compiler that somebody named: it links for whatever it was made for.
    Named {
        /// Its path.
        cc: PathBuf,
    },
    /// A linker of LLVM itself, for a program with nothing of the target's system at hand.
    Lld {
        /// Its path.
        path: PathBuf,
        /// The version line of its LLVM, if that is known.
        version: Option<String>,
    },
}

/// Whether a name is that of a linker, and not of a C compiler: `ld`, `ld.lld-18`, `x86_64-w64-mingw32-ld`.
fn is_linker(program: &Path) -> bool {
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|part| matches!(part, "ld" | "lld" | "ld64" | "mold"))
}

impl Linker {
    /// Chooses: the clang of the LLVM in use with its own lld, or else mold; without an LLVM `cc` or `gcc`, with
    /// mold or lld when PATH has them.
    ///
    /// # Errors
    /// [`ToolchainError::LinkerMissing`].
    pub fn choose(llvm: Option<&Llvm>, search: &Search) -> Result<Linker, ToolchainError> {
        if let Some(llvm) = llvm {
            return Ok(Linker::Clang {
                clang: llvm.clang.clone(),
                version: llvm.version_line.clone(),
                linker: llvm.tool(Tool::LldElf).or_else(|| find_in("mold", &search.path)),
            });
        }
        let names = ["cc", "gcc"];
        match names.iter().find_map(|name| find_in(name, &search.path)) {
            Some(cc) => {
                let known = [("mold", "mold"), ("ld.lld", "lld")];
                let linker = known.into_iter().find(|(program, _)| find_in(program, &search.path).is_some());
                Ok(Linker::Cc { cc, linker: linker.map(|(_, flag)| flag) })
            }
            None => {
                let names = ["clang of an LLVM", "cc", "gcc"].map(str::to_owned).to_vec();
                Err(ToolchainError::LinkerMissing { names })
            }
        }
    }

    /// The one that somebody named, for programs that are linked with the system's libraries: a linker is called by clang.
    ///
    /// # Errors
    /// Those of finding an LLVM.
    pub fn named(
        program: PathBuf,
        llvm: impl FnOnce() -> Result<Llvm, ToolchainError>,
    ) -> Result<Linker, ToolchainError> {
        if !is_linker(&program) {
            return Ok(Linker::Named { cc: program });
        }
        let llvm = llvm()?;
        Ok(Linker::Clang { clang: llvm.clang, version: llvm.version_line, linker: Some(program) })
    }

    /// The program that is started.
    pub fn program(&self) -> &Path {
        match self {
            Linker::Clang { clang, .. } => clang,
            Linker::Cc { cc, .. } | Linker::Named { cc } => cc,
            Linker::Lld { path, .. } => path,
        }
    }

    fn version(&self) -> Option<String> {
        match self {
            Linker::Clang { version, .. } => Some(version.clone()),
            Linker::Lld { version, .. } => version.clone(),
            Linker::Cc { .. } | Linker::Named { .. } => None,
        }
    }
}

/// One program or shared library to link.
#[derive(Clone, Copy, Debug)]
pub struct LinkJob<'a> {
    /// The object files, in the order in which they are given to the linker.
    pub objects: &'a [PathBuf],
    /// Where the program goes.
    pub output: &'a Path,
    /// What it is for.
    pub target: &'a Target,
    /// Where its system keeps its libraries, if not where the C compiler looks.
    pub sysroot: Option<&'a Path>,
    /// The program that loads it and its libraries, which are shared; without one it has none.
    pub loader: Option<&'a str>,
    /// A script for a linker that is given no other.
    pub script: Option<&'a Path>,
    /// Functions that a program must be linked with, and that no library has.
    pub asked: &'static [&'static str],
    /// More arguments for the C compiler or the linker, after everything else (`-C link-args`).
    pub args: &'a [OsString],
    /// Whether it is a shared library, and no program.
    pub is_shared: bool,
    /// The list of what a shared library offers, of [`Exports::text`](super::Exports::text).
    pub exports: Option<&'a Path>,
    /// Whether symbols are left out.
    pub strip: bool,
    /// How long it may take.
    pub limit: Option<Duration>,
}

impl<'a> LinkJob<'a> {
    /// Objects to link for a target, and nothing special.
    pub fn new(objects: &'a [PathBuf], output: &'a Path, target: &'a Target) -> LinkJob<'a> {
        LinkJob {
            objects,
            output,
            target,
            sysroot: None,
            loader: None,
            script: None,
            asked: &[],
            args: &[],
            is_shared: false,
            exports: None,
            strip: false,
            limit: None,
        }
    }
}

/// The command that links to `output`.
///
/// # Errors
/// [`ToolchainError::CannotLink`] for a target whose programs this machine's C compilers do not link.
pub fn command(linker: &Linker, job: &LinkJob<'_>, output: &Path) -> Result<Command, ToolchainError> {
    let target = job.target;
    if let Linker::Lld { path, .. } = linker {
        return lld::command(path, job, output);
    }
    let cannot = || ToolchainError::CannotLink { triple: target.triple.clone() };
    let host = host().map_err(|_| cannot())?;
    // Where its libraries are nobody knows but who says so.
    let is_told = job.sysroot.is_some() || matches!(linker, Linker::Named { .. });
    if target.os != host.os && !is_told {
        return Err(cannot());
    }
    let mut command = Command::new(linker.program()).env("LC_ALL", "C").limit(job.limit);
    match linker {
        Linker::Clang { linker, .. } => {
            command = command.arg("--no-default-config").arg(format!("--target={}", target.llvm_triple()));
            if let (Some(path), Os::Linux | Os::Windows) = (linker, target.os) {
                let mut flag = OsString::from("--ld-path=");
                flag.push(path);
                command = command.arg(flag);
            }
        }
        Linker::Cc { linker, .. } => {
            match (host.arch, target.arch) {
                (from, to) if from == to => {}
                (Arch::X86_64, Arch::X86) => command = command.arg("-m32"),
                _ => return Err(cannot()),
            }
            if let Some(name) = linker {
                command = command.arg(format!("-fuse-ld={name}"));
            }
        }
        Linker::Lld { .. } | Linker::Named { .. } => {}
    }
    if let Some(sysroot) = job.sysroot {
        let mut flag = OsString::from("--sysroot=");
        flag.push(sysroot);
        command = command.arg(flag);
    }
    command = command.args(job.objects).arg("-o").arg(output);
    command = match target.linker {
        LinkerFlavor::Gnu => command.args(["-Wl,--gc-sections", "-Wl,--as-needed"]),
        LinkerFlavor::Darwin => command.arg("-Wl,-dead_strip"),
        LinkerFlavor::Mingw => command.arg("-Wl,--gc-sections"),
        LinkerFlavor::Wasm => command,
    };
    if job.is_shared {
        command = command.arg("-shared");
    }
    if let Some(list) = job.exports {
        command = match target.linker {
            LinkerFlavor::Mingw => command.arg("-Wl,--exclude-all-symbols").arg(list),
            LinkerFlavor::Darwin => command.args(["-Wl,-exported_symbols_list", "-Xlinker"]).arg(list),
            LinkerFlavor::Gnu | LinkerFlavor::Wasm => command,
        };
    }
    if job.strip {
        command = command.arg("-s");
    }
    // The C compiler adds the C library itself.
    let libraries = target.libraries.iter().filter(|library| !matches!(library.as_str(), "c" | "System"));
    command = command.args(libraries.map(|library| format!("-l{library}")));
    Ok(command.args(job.args))
}

/// Links a program. The output appears whole or not at all.
///
/// # Errors
/// [`ToolchainError::NoLibrary`] when the target's C library is not installed, [`ToolchainError::LinkFailed`] with
/// the linker's own words, and those of running it.
pub fn link(linker: &Linker, job: &LinkJob<'_>, runner: &dyn Runner) -> Result<(), ToolchainError> {
    let pending = Pending::beside(job.output)?;
    let command = command(linker, job, pending.path())?;
    let output = runner.run(&command, None);
    if let Some(why) = full_disk(&output) {
        return Err(ToolchainError::CannotWrite { path: job.output.to_owned(), why: why.to_owned() });
    }
    let by = Invocation::new(LINKER, linker.version(), &command, &output);
    if let Some(error) = ToolchainError::of_status(&by, &output.status, None) {
        return Err(error);
    }
    match output.status {
        Status::Ok if pending.is_written() => pending.publish(),
        Status::Ok => Err(ToolchainError::NoOutput { by }),
        _ => Err(failure(linker, job, by, &output)),
    }
}

/// Why an output cannot be written whose linker found the disk full. lld writes through a mapping: it dies where others report an error,
/// by itself or below the C compiler that started it.
fn full_disk(output: &Output) -> Option<&'static str> {
    let stderr = String::from_utf8_lossy(&output.stderr);
    if stderr.contains("No space left on device") || stderr.contains("Disk quota exceeded") {
        return Some("no space left on device");
    }
    #[cfg(unix)]
    let is_bus_error = output.status == Status::Signal(libc::SIGBUS);
    #[cfg(not(unix))]
    let is_bus_error = false;
    (is_bus_error || stderr.contains("Bus error"))
        .then_some("the linker died of a bus error, as it does when the disk is full")
}

/// What a linker's refusal means.
fn failure(linker: &Linker, job: &LinkJob<'_>, by: Invocation, output: &Output) -> ToolchainError {
    let stderr = String::from_utf8_lossy(&output.stderr);
    // The driver is there, and what it starts is not.
    if ["Executable \"ld\" doesn't exist", "cannot find 'ld'", "cannot find ‘ld’"]
        .iter()
        .any(|says| stderr.contains(says))
    {
        let beside = format!("ld.lld beside {}", linker.program().display());
        return ToolchainError::LinkerMissing { names: vec![beside, "mold".to_owned(), "ld".to_owned()] };
    }
    let names = lld::undefined(&stderr, job.target.data_layout.symbol_prefix());
    if !names.is_empty() {
        let triple = job.target.triple.clone();
        if names.iter().all(|name| job.asked.contains(&name.as_str())) {
            return ToolchainError::NotGiven { by, triple, names };
        }
        let library = match (linker, job.target.os) {
            (Linker::Lld { .. }, _) if job.loader.is_some() => Library::Listed,
            (Linker::Lld { .. }, Os::Linux | Os::Windows) => Library::Own,
            (Linker::Lld { .. }, Os::MacOs | Os::Wasi | Os::None) => Library::Only,
            (Linker::Clang { .. } | Linker::Cc { .. } | Linker::Named { .. }, _) => Library::System,
        };
        return ToolchainError::NotInLibrary { by, library, triple, names };
    }
    // lld, bfd and mold name a missing start file or C library in these ways.
    let missing_start = ["crt1.o", "crti.o", "crtbegin.o", "crtbeginS.o"].iter().any(|name| {
        stderr.lines().any(|line| line.contains(name) && line.to_lowercase().contains("no such file"))
    });
    let missing_library = ["-lc", "-lgcc", "-lgcc_s", "-lm"].iter().any(|name| {
        stderr.lines().any(|line| {
            line.strip_suffix(name).is_some_and(|line| {
                line.contains("unable to find library")
                    || line.contains("cannot find")
                    || line.contains("not found")
            })
        })
    });
    if missing_start || missing_library {
        let target = job.target;
        let is_cross = host().is_ok_and(|host| (host.arch, host.os) != (target.arch, target.os));
        let install = if is_cross { install::cross_libc(target) } else { Some(install::linker().to_owned()) };
        return ToolchainError::NoLibrary { by, triple: job.target.triple.clone(), install };
    }
    ToolchainError::LinkFailed { by }
}
