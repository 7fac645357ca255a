//! How long the passes of a build took: `--timings`.

use std::fmt::Write;
use std::time::Duration;

use serde_json::json;

use super::choose::Choice;
use super::session::{Session, Timing};
use crate::mir::Module;

/// Each pass with the time of all its runs, in the order of the first ones.
pub fn passes(timings: &[Timing]) -> Vec<(&'static str, Duration)> {
    let mut passes: Vec<(&'static str, Duration)> = Vec::new();
    for timing in timings {
        match passes.iter_mut().find(|(pass, _)| *pass == timing.pass) {
            Some((_, time)) => *time += timing.time,
            None => passes.push((timing.pass, timing.time)),
        }
    }
    passes
}

/// A time in milliseconds.
pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

const PAGE: &str = include_str!("../../templates/timings.html");

/// Passes that make code of a module.
const CODEGEN: [&str; 3] = ["write LLVM IR", "clang", "Cranelift"];

/// How long each pass of a build took so far, and what there was to compile.
pub(super) fn page(session: &Session<'_>, name: &str, choice: &Choice, module: &Module) -> String {
    let total: Duration = session.timings.iter().map(|timing| timing.time).sum();
    let written = |time: Duration| format!("{:.3}", milliseconds(time));
    let mut rows = String::new();
    let mut codegen = Duration::ZERO;
    for (pass, time) in passes(&session.timings) {
        if CODEGEN.contains(&pass) {
            codegen += time;
        }
        let share = 100.0 * time.as_secs_f64() / total.as_secs_f64().max(f64::MIN_POSITIVE);
        row(&mut rows, pass, &[written(time), format!("{share:.1}")], Some(share));
    }
    row(&mut rows, "total", &[written(total), "100.0".to_owned()], None);
    let defined = module.funcs.iter().filter(|func| func.is_defined());
    let instructions: usize =
        defined.clone().flat_map(|func| &func.blocks).map(|block| block.insts.len() + 1).sum();
    let counts = [defined.count(), instructions, module.globals.len()].map(|count| count.to_string());
    let mut units = String::new();
    row(&mut units, "the whole program", &[&counts[..], &[written(codegen)]].concat(), None);
    let version = format!("simplec {}", env!("CARGO_PKG_VERSION"));
    let options = &session.options;
    let parts = [
        ("title", escaped(name)),
        ("version", version),
        ("profile", options.profile.name().to_owned()),
        ("backend", choice.backend.title().to_owned()),
        ("target", escaped(&options.target.triple)),
        ("passes", rows.trim_end().to_owned()),
        ("units", units.trim_end().to_owned()),
    ];
    let mut page = String::new();
    let mut rest = PAGE;
    while let Some((before, name, after)) = next_part(rest) {
        page.push_str(before);
        page.push_str(parts.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text));
        rest = after;
    }
    page + rest
}

/// The runs of passes as complete events on one thread, in microseconds.
pub(super) fn trace(session: &Session<'_>, name: &str, choice: &Choice) -> String {
    let microseconds = |time: Duration| time.as_secs_f64() * 1e6;
    let event = |timing: &Timing| {
        json!({
            "name": timing.pass, "cat": "pass", "ph": "X", "pid": 1, "tid": 1,
            "ts": microseconds(timing.start), "dur": microseconds(timing.time),
        })
    };
    let trace = json!({
        "traceEvents": session.timings.iter().map(event).collect::<Vec<_>>(),
        "displayTimeUnit": "ms",
        "otherData": {
            "compiler": concat!("simplec ", env!("CARGO_PKG_VERSION")),
            "input": name,
            "profile": session.options.profile.name(),
            "backend": choice.backend.name(),
            "target": session.options.target.triple,
        },
    });
    format!("{trace}\n")
}

/// The text before the next `{{name}}`, the name, and what follows.
fn next_part(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (name, after) = rest.split_once("}}")?;
    Some((before, name, after))
}

fn row(table: &mut String, name: &str, numbers: &[String], share: Option<f64>) {
    table.push_str("<tr><td>");
    table.push_str(&escaped(name));
    for number in numbers {
        table.extend(["<td class=\"number\">", number]);
    }
    if let Some(share) = share {
        let _ = write!(table, "<td class=\"bar\"><div style=\"width: {share:.1}%\"></div>");
    }
    table.push('\n');
}

/// Text for HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
