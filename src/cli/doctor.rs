//! `simplec toolchain`: what this machine has, and what it lacks.

use std::fmt::Write;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::query::Answer;
use crate::backend::llvm::gates::{Gate, GateInfo};
use crate::toolchain::{Llvm, Report, Runs, Search, System, examine};

/// What is to be told.
pub struct Diagnosis(Report);

/// Looks at everything.
pub fn report(search: &Search) -> Diagnosis {
    Diagnosis(examine(search, &System))
}

impl Answer for Diagnosis {
    fn write(&self, out: &mut String) -> std::fmt::Result {
        write(&self.0, out)
    }
}

impl Serialize for Diagnosis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Report { chosen, found, tools, linker, targets, cache, missing } = &self.0;
        let llvm = |llvm: &Llvm| {
            let gates = Gate::TABLE.iter().filter(|gate| gate.since <= llvm.version.major);
            json!({
                "version": llvm.version.to_string(), "clang": llvm.clang, "warning": llvm.warning(),
                "features": gates.map(|gate| gate.name).collect::<Vec<_>>(),
            })
        };
        let refused = found.iter().filter_map(|found| found.as_ref().err());
        let tools: Map<String, Value> =
            tools.iter().map(|(tool, path)| (tool.name().to_owned(), json!(path))).collect();
        let targets = targets.iter().map(|report| {
            let runs = match &report.runs {
                Runs::Natively => json!("natively"),
                Runs::Emulated(emulator) => json!({ "emulator": emulator.program }),
                Runs::No => Value::Null,
            };
            json!({ "triple": report.target.triple, "compiles": report.compiles, "runs": runs })
        });
        let missing = missing.iter().map(|it| json!({ "what": it.what, "install": it.install }));
        json!({
            "llvm": chosen.as_ref().map(llvm),
            "found": found.iter().flatten().map(llvm).collect::<Vec<_>>(),
            "refused": refused.map(|it| json!({ "path": it.path, "why": it.why })).collect::<Vec<_>>(),
            "tools": tools,
            "linker": linker.as_ref().map(|linker| linker.program()),
            "targets": targets.collect::<Vec<_>>(),
            "cache": cache.as_ref().map(|it| json!({ "folder": it.folder, "answers": it.answers })),
            "missing": missing.collect::<Vec<_>>(),
        })
        .serialize(serializer)
    }
}

/// What the IR for that version says that older ones reject, and what only newer ones take.
fn write_gates(version: u32, out: &mut String) -> std::fmt::Result {
    let (taken, newer): (Vec<&GateInfo>, Vec<&GateInfo>) =
        Gate::TABLE.iter().partition(|gate| gate.since <= version);
    for (title, gates) in [("IR features used", taken), ("of newer versions", newer)] {
        if !gates.is_empty() {
            let names: Vec<String> =
                gates.iter().map(|gate| format!("{} ({})", gate.name, gate.since)).collect();
            writeln!(out, "  {title}: {}", names.join(", "))?;
        }
    }
    Ok(())
}

fn write(report: &Report, out: &mut String) -> std::fmt::Result {
    match &report.chosen {
        Some(llvm) => {
            writeln!(out, "LLVM in use: {} ({})", llvm.version, llvm.bin.display())?;
            writeln!(out, "  {}", llvm.version_line)?;
            if let Some(warning) = llvm.warning() {
                writeln!(out, "  warning: {warning}")?;
            }
            write_gates(llvm.version.major, out)?;
        }
        None => writeln!(out, "LLVM in use: none")?,
    }
    writeln!(out, "\nLLVMs found:")?;
    if report.found.is_empty() {
        writeln!(out, "  none")?;
    }
    for found in &report.found {
        match found {
            Ok(llvm) => {
                let mark = if report.chosen.as_ref() == Some(llvm) { '*' } else { ' ' };
                writeln!(out, "{mark} {:<10} {}", llvm.version.to_string(), llvm.clang.display())?;
            }
            Err(refused) => writeln!(out, "  not used   {}: {}", refused.path.display(), refused.why)?,
        }
    }
    if !report.tools.is_empty() {
        writeln!(out, "\ntools:")?;
        for (tool, path) in &report.tools {
            let path = path.as_ref().map_or("-".to_owned(), |path| path.display().to_string());
            writeln!(out, "  {:<15} {path}", tool.name())?;
        }
    }
    match &report.linker {
        Some(linker) => writeln!(out, "\nlinks with: {}", linker.program().display())?,
        None => writeln!(out, "\nlinks with: nothing")?,
    }
    writeln!(out, "\ntargets:{:>29} by LLVM  programs run", "")?;
    for target in &report.targets {
        let compiles = if target.compiles { "yes" } else { "no" };
        let runs = match &target.runs {
            Runs::Natively => "natively".to_owned(),
            Runs::Emulated(emulator) => format!("by {}", emulator.program),
            Runs::No => "not here".to_owned(),
        };
        writeln!(out, "  {:<34} {compiles:<8} {runs}", target.target.triple)?;
    }
    if let Some(cache) = &report.cache {
        writeln!(out, "\ncache: {} ({} answers of tools)", cache.folder.display(), cache.answers)?;
    }
    if !report.missing.is_empty() {
        writeln!(out, "\nmissing:")?;
        for missing in &report.missing {
            writeln!(out, "  {}\n    {}", missing.what, missing.install)?;
        }
    }
    Ok(())
}
