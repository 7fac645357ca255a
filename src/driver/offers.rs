//! Tests that docs/targets.md says what self-contained programs have of their systems: of each function of the runtime, whether all
//! that it calls is in the library that they are linked with.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::session::{Failed, Session};
use super::undefined::named;
use super::{Options, Silent, front, system};
use crate::generated;
use crate::mir::{FuncId, Linkage, Module};
use crate::runtime::{self, System};
use crate::target::{self, Target};
use crate::toolchain::{Search, System as Processes};

const PAGE: &str = "docs/targets.md";
const START: &str = "<!-- what there is: written by a test, see src/driver/offers.rs -->\n";
const END: &str = "<!-- end of what there is -->";

/// The columns, and how the triples of their targets begin or end.
const COLUMNS: [(&str, &[&str]); 6] = [
    ("Linux", &["-linux-gnu", "-linux-gnueabihf"]),
    ("Windows", &["-windows-gnu"]),
    ("macOS", &["-apple-darwin"]),
    ("WASI", &["-wasi"]),
    ("wasm64", &["wasm64-unknown-unknown"]),
    ("boards", &["-none-eabi", "-none-elf"]),
];

/// Whether what programs for a target are linked with has a function.
fn has(symbols: &BTreeSet<String>, library: &System, name: &str) -> bool {
    let word = |text: &str| {
        text.split(|c: char| !c.is_ascii_alphanumeric() && !"_$".contains(c))
            .any(|word| word.strip_prefix('_') == Some(name))
    };
    let is_defined =
        |text: &str| text.contains(&format!("@{name}(")) || text.contains(&format!("\"{name}:\""));
    symbols.contains(name)
        || library.asked.contains(&name)
        || library.templates.iter().any(|template| is_defined(&template.text))
        || library.imports.iter().any(|import| import.name.ends_with(".tbd") && word(&import.text))
}

/// The names among `wanted` of functions that a program for a target can call.
fn offered(target: &Target, wanted: &[&str]) -> BTreeSet<String> {
    let mut session = Session::new(Options::new(target.clone()), Search::nowhere(), &Processes, &Silent);
    let library = runtime::system(target, false).expect("each target is linked by itself");
    let mut symbols = BTreeSet::new();
    let compile =
        |compiled: Result<Module, Failed>| compiled.unwrap_or_else(|Failed| panic!("{}", target.triple));
    for sources in &library.simple {
        let module = compile(system::library(&mut session, sources));
        let exports = module.funcs.iter().filter(|func| func.linkage == Linkage::Export);
        symbols.extend(exports.map(|func| func.name.clone()));
    }
    let module = compile(front::of_runtime(&mut session, wanted, ""));
    let mut lacks: Vec<bool> = module
        .funcs
        .iter()
        .map(|func| func.linkage == Linkage::Extern && !has(&symbols, &library, &func.name))
        .collect();
    let calls: Vec<Vec<FuncId>> = (0..module.funcs.len())
        .map(|index| named(&module, index).into_iter().map(|(func, _)| func).collect())
        .collect();
    let mut is_done = false;
    while !is_done {
        is_done = true;
        for index in 0..lacks.len() {
            if !lacks[index] && calls[index].iter().any(|func| lacks[func.idx()]) {
                (lacks[index], is_done) = (true, false);
            }
        }
    }
    let names = wanted.iter().filter(|name| module.func_named(name).is_some_and(|func| !lacks[func.idx()]));
    names.map(|&name| name.to_owned()).collect()
}

/// What a column says of a group.
fn cell(offered: &BTreeSet<String>, group: &[&str]) -> String {
    let list =
        |names: Vec<&&str>| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let (there, missing): (Vec<&&str>, Vec<&&str>) = group.iter().partition(|name| offered.contains(**name));
    match (there.len(), missing.len()) {
        (_, 0) => "all".to_owned(),
        (0, _) => "none".to_owned(),
        (some, more) if some > more => format!("all but {}", list(missing)),
        _ => list(there),
    }
}

#[test]
fn the_page_says_what_there_is_of_each_system() {
    let groups = runtime::groups();
    let wanted: Vec<&str> = groups.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let columns = COLUMNS.map(|(title, ends)| {
        let is_here = |target: &&Target| ends.iter().any(|end| target.triple.ends_with(end));
        let mut each = target::all().iter().filter(is_here).map(|target| offered(target, &wanted));
        let first = each.next().expect(title);
        assert!(
            each.all(|other| other == first),
            "targets of {title} differ: the table needs another column"
        );
        first
    });
    let count: usize = COLUMNS
        .iter()
        .flat_map(|(_, ends)| {
            target::all().iter().filter(|target| ends.iter().any(|end| target.triple.ends_with(end)))
        })
        .count();
    assert_eq!(count, target::all().len(), "each target is in one column");
    let mut page = format!("\n| functions of | {} |\n", COLUMNS.map(|(title, _)| title).join(" | "));
    let _ = writeln!(page, "|---|{}", "---|".repeat(COLUMNS.len()));
    for (about, names) in &groups {
        let _ = writeln!(
            page,
            "| {about} | {} |",
            columns.each_ref().map(|offered| cell(offered, names)).join(" | ")
        );
    }
    page.push('\n');
    generated::check(PAGE, START, END, &page);
}
