//! The facts behind `simplec toolchain`. Printing them is the command line's.

use std::path::PathBuf;

use super::cache::Cache;
use super::install;
use super::link::Linker;
use super::probe::{self, Finding, Llvm, PREFERRED, Tool};
use super::run::{Runner, find_in};
use super::search::Search;
use crate::target::{self, Emulator, Target};

/// What this machine has, and what it lacks.
#[derive(Clone, Debug)]
pub struct Report {
    /// The LLVM that builds use.
    pub chosen: Option<Llvm>,
    /// Every LLVM that was found, in the order of preference, and those that were refused.
    pub found: Vec<Result<Llvm, Finding>>,
    /// The tools of the chosen LLVM, each with its path if it is there.
    pub tools: Vec<(Tool, Option<PathBuf>)>,
    /// What links programs.
    pub linker: Option<Linker>,
    /// For each target whether the chosen LLVM has it, and what runs its programs here.
    pub targets: Vec<TargetReport>,
    /// The cache's folder, and what lies in it.
    pub cache: Option<CacheReport>,
    /// What is missing, and how to get it.
    pub missing: Vec<Missing>,
}

/// What this machine can do for a target.
#[derive(Clone, Debug)]
pub struct TargetReport {
    /// The target.
    pub target: &'static Target,
    /// Whether the chosen LLVM generates code for it.
    pub compiles: bool,
    /// What runs its programs.
    pub runs: Runs,
}

/// How a target's programs run on this machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Runs {
    /// By themselves.
    Natively,
    /// Through an emulator.
    Emulated(Emulator),
    /// Not at all.
    No,
}

/// What lies in the cache.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CacheReport {
    /// Its folder.
    pub folder: PathBuf,
    /// How many answers of tools it holds.
    pub answers: usize,
}

/// Something missing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Missing {
    /// What.
    pub what: String,
    /// How to get it.
    pub install: String,
}

/// Looks at everything.
pub fn examine(search: &Search, runner: &dyn Runner) -> Report {
    let found = probe::find_all(search, runner);
    let mut missing = Vec::new();
    let chosen = match probe::find(search, runner) {
        Ok(llvm) => Some(llvm),
        Err(error) => {
            missing.push(Missing { what: error.to_string(), install: install::llvm().to_owned() });
            None
        }
    };
    let tools: Vec<_> = match &chosen {
        Some(llvm) => Tool::ALL.iter().map(|&tool| (tool, llvm.tool(tool))).collect(),
        None => Vec::new(),
    };
    if let Some((tool, _)) = tools.iter().find(|(tool, path)| *tool == Tool::LldElf && path.is_none()) {
        let install =
            install::tool(tool.name(), chosen.as_ref().map_or(PREFERRED, |llvm| llvm.version.major));
        missing.push(Missing { what: format!("{} beside clang", tool.name()), install });
    }
    let linker = match Linker::choose(chosen.as_ref(), search) {
        Ok(linker) => Some(linker),
        Err(error) => {
            missing.push(Missing { what: error.to_string(), install: install::linker().to_owned() });
            None
        }
    };
    let targets: Vec<TargetReport> = target::all()
        .iter()
        .map(|target| TargetReport {
            target,
            compiles: chosen.as_ref().is_some_and(|llvm| llvm.has_target(target.arch)),
            runs: runs(target, search),
        })
        .collect();
    for report in &targets {
        let emulators = &report.target.emulators;
        if let (Runs::No, Some(first), Some(install)) =
            (&report.runs, emulators.first(), install::emulator(emulators))
        {
            let what = format!("{} to run programs for {}", first.program, report.target.triple);
            missing.push(Missing { what, install });
        }
    }
    let cache = search
        .cache
        .as_ref()
        .map(|folder| CacheReport { answers: Cache(Some(folder)).stored().answers, folder: folder.clone() });
    Report { chosen, found, tools, linker, targets, cache, missing }
}

/// How this machine runs the target's programs.
pub fn runs(target: &Target, search: &Search) -> Runs {
    use target::Arch;
    if let Ok(host) = target::host()
        && host.os == target.os
        && (host.arch == target.arch || (host.arch, target.arch) == (Arch::X86_64, Arch::X86))
    {
        return Runs::Natively;
    }
    let found = target.emulators.iter().find_map(|known| {
        Some(Emulator { program: path_of(known, search)?, args: known.args.clone(), env: known.env.clone() })
    });
    found.map_or(Runs::No, Runs::Emulated)
}

fn path_of(emulator: &Emulator, search: &Search) -> Option<String> {
    find_in(&emulator.program, &search.path)?.to_str().map(str::to_owned)
}
