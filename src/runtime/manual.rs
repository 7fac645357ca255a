//! Tests that docs/runtime.md is true, which is written from the declarations: each function of the runtime is declared
//! once, with its attributes, its signature and what it does.

use std::fmt::Write as _;
use std::path::Path;

use super::library::{MODULES, every_file};
use super::{PREFIX, SOURCES, Source};
use crate::generated;

const PAGE: &str = "docs/runtime.md";
const START: &str = "<!-- functions: written by a test, see src/runtime/manual.rs -->\n";
const END: &str = "<!-- end of functions -->";

/// A declaration, as it stands in a source.
struct Declared {
    /// Where it stands: in a type or an `impl`, unless this is 0.
    indent: usize,
    /// What its documentation says, in one line.
    doc: String,
    /// Its attributes, as they are written.
    attributes: Vec<String>,
    /// From its first word on, without the body.
    signature: String,
}

impl Declared {
    fn name(&self) -> &str {
        let rest = self.signature.split("fn ").nth(1).unwrap_or(&self.signature);
        rest.split(['(', '<', ':']).next().unwrap_or_default()
    }
}

/// The functions and types that a source declares.
fn declared(text: &str) -> Vec<Declared> {
    let (mut found, mut doc, mut attributes) = (Vec::new(), Vec::new(), Vec::new());
    for line in text.lines() {
        let start = line.trim_start();
        let words = ["fn ", "export fn ", "static fn ", "me ", "struct ", "class ", "enum "];
        if let Some(said) = start.strip_prefix("## ") {
            doc.push(said);
        } else if start.starts_with('@') {
            attributes.extend(start.split(' ').map(str::to_owned));
        } else {
            if words.iter().any(|word| start.starts_with(word)) {
                found.push(Declared {
                    indent: line.len() - start.len(),
                    doc: doc.join(" "),
                    attributes: std::mem::take(&mut attributes),
                    signature: without_body(start).to_owned(),
                });
            }
            doc.clear();
            attributes.clear();
        }
    }
    found
}

/// A declaration up to the `:` outside all brackets; the end of an arrow is none.
fn without_body(line: &str) -> &str {
    let (mut depth, mut before) = (0, ' ');
    let end = line.char_indices().find(|&(_, c)| {
        match (before, c) {
            ('-', '>') => {}
            (_, '(' | '[' | '{' | '<') => depth += 1,
            (_, ')' | ']' | '}' | '>') => depth -= 1,
            _ => {}
        }
        before = c;
        c == ':' && depth == 0
    });
    end.map_or(line, |(end, _)| &line[..end])
}

/// All that is named as the runtime's functions are, by file.
fn functions() -> Vec<(Source, Vec<Declared>)> {
    let is_function = |declared: &Declared| declared.indent == 0 && declared.name().starts_with(PREFIX);
    let all = SOURCES.iter().chain(every_file()).map(|&source| (source, declared(source.1)));
    let all = all.map(|(source, found)| (source, found.into_iter().filter(is_function).collect::<Vec<_>>()));
    all.filter(|(_, found)| !found.is_empty()).collect()
}

/// The module's own documentation, and what it offers.
fn module(source: Source) -> (String, Vec<Declared>) {
    let about = source.1.split("\"\"\"").nth(1).unwrap_or_default().to_owned();
    (about, declared(source.1).into_iter().filter(|declared| !declared.name().starts_with('_')).collect())
}

/// What a file's first comment says up to the end of its sentence.
fn about(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("## ")).collect();
    let whole = lines.join(" ");
    whole.split_inclusive(". ").next().unwrap_or_default().trim().to_owned()
}

fn table() -> String {
    let mut page = String::new();
    let mut count = 0;
    for ((_, text), found) in functions() {
        let _ = write!(page, "\n{}\n\n| function | attributes | |\n|---|---|---|\n", about(text));
        for function in found {
            count += 1;
            let attributes: Vec<String> = function.attributes.iter().map(|a| format!("`{a}`")).collect();
            let _ = writeln!(
                page,
                "| `{}` | {} | {} |",
                function.signature.replace('|', "\\|"),
                attributes.join(" "),
                function.doc
            );
        }
    }
    let mut page = format!("\nThere are {count}.\n{page}\n## Modules\n");
    for &source in MODULES {
        let (about, found) = module(source);
        let name = source.0.trim_end_matches(".spl").replace('/', ".");
        let _ = write!(page, "\n### `{name}`\n\n{about}\n\n| | |\n|---|---|\n");
        for declared in found {
            let signature = declared.signature.replace('|', "\\|");
            let place = if declared.indent == 0 { "" } else { "· " };
            let _ = writeln!(page, "| {place}`{signature}` | {} |", declared.doc);
        }
    }
    page.push('\n');
    page
}

#[test]
fn the_page_has_what_is_declared() {
    generated::check(PAGE, START, END, &table());
}

/// Each function has a line that says what it does, and a program among the tests that calls it; each that a module
/// offers, too, but for the line.
#[test]
fn functions_are_documented_and_called() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/run");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let programs: String = entries.filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    let is_called = |name: &str| ["(", "<"].iter().any(|end| programs.contains(&format!("{name}{end}")));
    // The compiler calls them for programs that panic.
    let is_of_compiler = |function: &Declared| function.attributes.contains(&"@cold".to_owned());
    let (mut wrong, mut count) = (Vec::new(), 0);
    for ((file, _), found) in functions() {
        for function in found {
            count += 1;
            let name = function.name();
            if function.doc.is_empty() {
                wrong.push(format!("{file}: {name} has no documentation"));
            }
            if !is_of_compiler(&function) && !is_called(name) {
                wrong.push(format!("{file}: no program calls {name}"));
            }
        }
    }
    assert!(count >= 80, "only {count} functions were found");
    for source in MODULES {
        for function in module(*source).1.iter().filter(|declared| declared.signature.contains("fn ")) {
            let is_called = |before: &str| is_called(&format!("{before}{}", function.name()));
            if !is_called(".") && !is_called(" ") {
                wrong.push(format!("{}: no program calls {}", source.0, function.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
