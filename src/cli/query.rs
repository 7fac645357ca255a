//! Questions that are answered in plain, stable lines, or in JSON.

use std::fmt::{self, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::args::Print;
use crate::driver::{self, Backend, Failed, LinkMode, Session};
use crate::runtime;
use crate::target::{self, Target};
use crate::toolchain::{self, Runs, Search};

/// What a question is answered with. `--message-format=json` writes it as one JSON object on a line.
pub trait Answer: Serialize {
    /// Writes it as lines of text.
    ///
    /// # Errors
    /// Those of `out`.
    fn write(&self, out: &mut String) -> fmt::Result;
}

/// The answer to a question of `--print`. In JSON it is an object of one field, named as the question is.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Printed {
    /// The back end that the options choose, and why.
    Backend {
        /// Its name.
        name: &'static str,
        /// The reason.
        why: String,
    },
    /// The triples of all known targets.
    TargetList(Vec<&'static str>),
    /// The triple of the target.
    TargetTriple(String),
    /// The LLVM data layout of the target.
    DataLayout(String),
    /// The LLVM in use.
    Toolchain {
        /// Its version.
        version: String,
        /// Its clang.
        clang: PathBuf,
        /// The names of its code generators.
        targets: Vec<String>,
    },
}

impl Answer for Printed {
    fn write(&self, out: &mut String) -> fmt::Result {
        match self {
            Printed::Backend { name, why } => writeln!(out, "{name} ({why})"),
            Printed::TargetList(triples) => triples.iter().try_for_each(|triple| writeln!(out, "{triple}")),
            Printed::TargetTriple(text) | Printed::DataLayout(text) => writeln!(out, "{text}"),
            Printed::Toolchain { version, clang, targets } => {
                writeln!(out, "version {version}")?;
                writeln!(out, "clang {}", clang.display())?;
                writeln!(out, "targets {}", targets.join(" "))
            }
        }
    }
}

/// The answers to `--print`.
///
/// # Errors
/// In the session's diagnostics.
pub fn answer(session: &mut Session<'_>, questions: &[Print]) -> Result<Vec<Printed>, Failed> {
    let one = |question: &Print| {
        Ok(match question {
            Print::Backend => {
                let choice = session.choose(false)?;
                Printed::Backend { name: choice.backend.name(), why: choice.why.to_string() }
            }
            Print::TargetList => {
                Printed::TargetList(target::all().iter().map(|target| target.triple.as_str()).collect())
            }
            Print::TargetTriple => Printed::TargetTriple(session.options.target.triple.clone()),
            Print::DataLayout => Printed::DataLayout(session.data_layout().to_string()),
            Print::Toolchain => {
                let llvm = session.llvm_or_fail()?;
                Printed::Toolchain {
                    version: llvm.version.to_string(),
                    clang: llvm.clang.clone(),
                    targets: llvm.targets.clone(),
                }
            }
        })
    };
    questions.iter().map(one).collect()
}

/// A row of `simplec targets`.
#[derive(Serialize)]
pub struct Row {
    triple: &'static str,
    description: &'static str,
    is_host: bool,
    tier: u8,
    backends: Vec<&'static str>,
    links: Vec<&'static str>,
    runs: String,
}

impl Answer for Row {
    fn write(&self, out: &mut String) -> fmt::Result {
        let mark = if self.is_host { '*' } else { ' ' };
        let (backends, links) = (self.backends.join(" "), self.links.join(" "));
        writeln!(
            out,
            "{mark} {:<31} tier {}  {backends:<15}  {links:<29}  runs {}",
            self.triple, self.tier, self.runs
        )
    }
}

/// The table of `simplec targets`.
pub fn targets(search: &Search) -> Vec<Row> {
    let host = target::host().ok();
    let row = |target: &'static Target| {
        let mut backends = vec![Backend::Llvm.name()];
        if driver::cranelift_supports(target) {
            backends.push(Backend::Cranelift.name());
        }
        let mut links = Vec::new();
        if runtime::system(target, false).is_some() {
            links.push(LinkMode::SelfContained.name());
        }
        if target.loader.is_some() {
            links.push(LinkMode::Dynamic.name());
        }
        if host.is_some_and(|host| host.os == target.os) {
            links.push(LinkMode::System.name());
        }
        let runs = match toolchain::runs(target, search) {
            Runs::Natively => "natively".to_owned(),
            Runs::Emulated(emulator) => format!("by {}", emulator.program),
            Runs::No => match toolchain::install_emulator(&target.emulators) {
                Some(install) => format!("elsewhere; {install}"),
                None => "elsewhere".to_owned(),
            },
        };
        Row {
            triple: &target.triple,
            description: &target.description,
            is_host: host == Some(target),
            tier: target.tier,
            backends,
            links,
            runs,
        }
    };
    target::all().iter().map(row).collect()
}
