//! The page of `--timings`.

use std::fmt::Write;
use std::time::Duration;

use super::choose::Choice;
use super::session::Session;
use crate::mir::Module;

const PAGE: &str = include_str!("../../templates/timings.html");

/// Passes that make code of a module.
const CODEGEN: [&str; 3] = ["write LLVM IR", "clang", "Cranelift"];

/// How long each pass of a build took so far, and what there was to compile.
pub(super) fn page(session: &Session<'_>, name: &str, choice: &Choice, module: &Module) -> String {
    let total: Duration = session.timings.iter().map(|timing| timing.time).sum();
    let mut passes = String::new();
    let mut codegen = Duration::ZERO;
    for timing in &session.timings {
        if CODEGEN.contains(&timing.pass) {
            codegen += timing.time;
        }
        let share = 100.0 * timing.time.as_secs_f64() / total.as_secs_f64().max(f64::MIN_POSITIVE);
        row(&mut passes, timing.pass, &[milliseconds(timing.time), format!("{share:.1}")], Some(share));
    }
    row(&mut passes, "total", &[milliseconds(total), "100.0".to_owned()], None);
    let defined = module.funcs.iter().filter(|func| func.is_defined());
    let instructions: usize =
        defined.clone().flat_map(|func| &func.blocks).map(|block| block.insts.len() + 1).sum();
    let counts = [defined.count(), instructions, module.globals.len()].map(|count| count.to_string());
    let mut units = String::new();
    row(&mut units, "the whole program", &[&counts[..], &[milliseconds(codegen)]].concat(), None);
    let version = format!("simplec {}", env!("CARGO_PKG_VERSION"));
    let options = &session.options;
    let parts = [
        ("title", escaped(name)),
        ("version", version),
        ("profile", options.profile.name().to_owned()),
        ("backend", choice.backend.title().to_owned()),
        ("target", escaped(&options.target.triple)),
        ("passes", passes.trim_end().to_owned()),
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

fn milliseconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64() * 1e3)
}

/// Text for HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
