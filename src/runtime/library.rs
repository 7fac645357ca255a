//! The parts of the runtime that only programs have that use them: the functions that reach the operating system, and the
//! modules of the library.

use super::{PREFIX, Source};
use crate::target::{Arch, Os, Target};

/// The source files of the runtime that are part of programs that use them, and are the same on all systems.
pub(super) const OS: &[Source] = sources!["runtime/os":
    "os.spl",
    "arguments.spl",
    "environment.spl",
    "processes.spl",
    "clocks.spl",
    "dates.spl",
    "randomness.spl",
    "files.spl",
    "directories.spl",
    "texts.spl",
    "numbers.spl",
    "collections.spl",
    "blocks.spl",
];

const LINUX: &[Source] = sources!["runtime/os": "linux.spl", "unix.spl"];
const WINDOWS: &[Source] = sources!["runtime/os": "linux.spl", "windows.spl"];
const MACOS_X86_64: &[Source] = sources!["runtime/os": "macos.spl", "unix.spl", "macos/x86_64.spl"];
const MACOS_AARCH64: &[Source] = sources!["runtime/os": "macos.spl", "unix.spl", "macos/aarch64.spl"];

/// The files of [`OS`]'s kind that are a system's. Our own C library has the functions of Linux's on every system; of them, another
/// C library has what it has, and linking tells.
fn of_system(target: &Target) -> &'static [Source] {
    match target.os {
        Os::MacOs if target.arch == Arch::Aarch64 => MACOS_AARCH64,
        Os::MacOs => MACOS_X86_64,
        Os::Windows => WINDOWS,
        Os::Linux | Os::Wasi | Os::None => LINUX,
    }
}

/// The groups of functions that reach the system: what each is about, and the functions of it that programs call.
#[cfg(test)]
pub(crate) fn groups() -> Vec<(&'static str, Vec<&'static str>)> {
    let files = ["arguments", "environment", "clocks", "randomness", "files", "directories", "processes"];
    let text = |file: &str| {
        OS.iter().find(|(name, _)| name.ends_with(&format!("/{file}.spl"))).map(|source| source.1)
    };
    let group = |text: &'static str| {
        let about = text.trim_start_matches("## ").split(['.', ':']).next().unwrap_or_default();
        (about, offered(text).filter(|name| name.starts_with(PREFIX)).collect())
    };
    files.iter().filter_map(|file| text(file)).map(group).collect()
}

/// Every file that may become part of a program for some system.
#[cfg(test)]
pub(super) fn every_file() -> Vec<&'static Source> {
    let mut files: Vec<&Source> = Vec::new();
    for file in [OS, LINUX, WINDOWS, MACOS_X86_64, MACOS_AARCH64].into_iter().flatten() {
        if !files.contains(&file) {
            files.push(file);
        }
    }
    files
}

/// The modules that programs may `use`, by name.
pub(super) const MODULES: &[Source] = sources!["std":
    "io.spl",
    "fs.spl",
    "env.spl",
    "process.spl",
    "time.spl",
    "random.spl",
    "math.spl",
    "path.spl",
];

/// What the names begin with that the files of [`OS`] have from each other.
const SHARED: &str = "os_";

/// A file of [`OS`] that may become part of a program.
struct Optional {
    source: Source,
    is_wanted: bool,
}

/// The files of [`OS`] that a program needs, one after the other.
///
/// A file is needed when something names a function, variable or constant of it, which the names tell that parsing
/// has met: so parsing a file may make others needed.
pub struct Needed {
    files: Vec<Optional>,
}

impl Needed {
    /// Nothing is needed yet.
    pub fn new(target: &Target) -> Needed {
        let files = OS.iter().chain(of_system(target));
        Needed { files: files.map(|&source| Optional { source, is_wanted: false }).collect() }
    }

    /// A file that was not needed before and is now, `is_named` telling of a name whether it was met.
    pub fn next(&mut self, is_named: impl Fn(&str) -> bool) -> Option<Source> {
        let mut waiting = self.files.iter_mut().filter(|file| !file.is_wanted);
        let found = waiting.find(|file| offered(file.source.1).any(&is_named))?;
        found.is_wanted = true;
        Some(found.source)
    }
}

/// The names that a file of [`OS`] has for others.
fn offered(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let line = ["export ", "extern "].iter().find_map(|word| line.strip_prefix(word)).unwrap_or(line);
        let name = ["fn ", "var ", "const "].iter().find_map(|word| line.strip_prefix(word))?;
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        let name = &name[..end];
        (name.starts_with(PREFIX) || name.starts_with(SHARED)).then_some(name)
    })
}

/// The module of the library of a name: `std.fs`.
pub fn module(name: &[&str]) -> Option<Source> {
    let [STD, name] = name else { return None };
    MODULES
        .iter()
        .copied()
        .find(|(file, _)| file.strip_prefix("std/").and_then(|file| file.strip_suffix(".spl")) == Some(name))
}

/// The package of the library's modules.
const STD: &str = "std";
