//! Rules of the house that the compiler does not check.

use std::path::{Path, PathBuf};

/// The longest file, in lines.
const MAX_LINES: usize = 1_000;

/// Every file below these folders, sorted, with its text.
fn files(folders: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut todo: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    let mut found = Vec::new();
    while let Some(path) = todo.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).unwrap();
            todo.extend(entries.map(|entry| entry.unwrap().path()));
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            found.push((path.strip_prefix(root).unwrap().display().to_string(), text));
        }
    }
    found.sort();
    found
}

fn rust(folders: &[&str]) -> Vec<(String, String)> {
    files(folders).into_iter().filter(|(path, _)| path.ends_with(".rs")).collect()
}

/// Fails with all offenders at once.
#[track_caller]
fn none(offenders: Vec<String>, rule: &str) {
    assert!(offenders.is_empty(), "{rule}:\n  {}", offenders.join("\n  "));
}

#[test]
fn no_file_is_longer_than_a_thousand_lines() {
    let long = rust(&["src", "tests", "benches"])
        .into_iter()
        .map(|(path, text)| (text.lines().count(), path))
        .filter(|(lines, _)| *lines > MAX_LINES)
        .map(|(lines, path)| format!("{path}: {lines} lines"));
    none(long.collect(), "files of one subject are shorter than this; split them");
}

#[test]
fn source_files_are_a_few_hundred_lines_on_average() {
    let all = rust(&["src"]);
    let lines: usize = all.iter().map(|(_, text)| text.lines().count()).sum();
    assert!(lines / all.len() < 450, "{lines} lines in {} files", all.len());
}

#[test]
fn every_file_begins_by_saying_what_it_is() {
    let mute = rust(&["src", "tests", "benches"]).into_iter().filter(|(_, text)| !text.starts_with("//! "));
    none(mute.map(|(path, _)| path).collect(), "no `//!` on the first line");
}

#[test]
fn nothing_is_left_for_later() {
    // Spelled in two parts, so that this file passes.
    let marks =
        [concat!("todo", "!("), concat!("unimplemented", "!("), concat!("TO", "DO"), concat!("FIX", "ME")];
    let mut found = Vec::new();
    for (path, text) in rust(&["src", "tests", "benches"]) {
        for (number, line) in text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) {
                found.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    none(found, "unfinished work belongs in an issue, and a missing feature in a diagnostic");
}

#[test]
fn allowed_lints_give_their_reason() {
    let mut found = Vec::new();
    for (path, text) in rust(&["src", "tests", "benches"]) {
        for (number, line) in text.lines().enumerate() {
            let attribute = line.trim_start();
            let allows = attribute.starts_with("#[allow(") || attribute.starts_with("#![allow(");
            // rustfmt breaks a long attribute after the parenthesis.
            let whole: String = text.lines().skip(number).take(6).collect();
            if allows && !whole.split(")]").next().unwrap_or("").contains("reason =") {
                found.push(format!("{path}:{}: {attribute}", number + 1));
            }
        }
    }
    none(found, "an exception to a lint says why");
}

/// A catch-all arm over an operation is how an instruction is dropped without a word when the table grows.
#[test]
fn matches_on_operations_have_no_catch_all() {
    let mut found = Vec::new();
    for (path, text) in rust(&["src/backend", "src/expand", "src/mir", "src/opt"]) {
        if path.ends_with("tests.rs") {
            continue;
        }
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            if !line.trim_start().starts_with("_ =>") {
                continue;
            }
            // The arms before it, at the same indentation, back to the `match`.
            let indent = line.len() - line.trim_start().len();
            let arms = lines[..number].iter().rev().take_while(|arm| {
                let depth = arm.len() - arm.trim_start().len();
                depth >= indent || arm.trim().is_empty()
            });
            let named: Vec<&str> = arms
                .filter(|arm| arm.len() - arm.trim_start().len() == indent)
                .map(|arm| arm.trim_start())
                .collect();
            let count = |name: &str| named.iter().filter(|arm| arm.starts_with(name)).count();
            let operations = count("CoreOp::") + count("RichOp::") + count("Op::") + count("Terminator::");
            // To ask whether a type is this one and no other takes one arm, and is no list of all types.
            if operations > 0 || count("TypeData::") > 1 {
                found.push(format!("{path}:{}", number + 1));
            }
        }
    }
    none(found, "spell out every operation, type and terminator");
}

#[test]
fn only_the_command_line_prints_and_only_the_toolchain_starts_processes() {
    let mut found = Vec::new();
    for (path, text) in rust(&["src"]) {
        let (code, _) = text.split_once("#[cfg(test)]").unwrap_or((&text, ""));
        let is_test = path.contains("/tests");
        for (number, line) in code.lines().enumerate() {
            let words = line.trim_start();
            if words.starts_with("//") || is_test {
                continue;
            }
            let prints =
                ["println!(", "eprintln!(", " print!(", "eprint!("].iter().any(|word| words.contains(word));
            let starts = words.contains("process::Command") || words.contains("duct::cmd");
            if prints && !path.starts_with("src/cli/") || starts && !path.starts_with("src/toolchain/") {
                found.push(format!("{path}:{}: {words}", number + 1));
            }
        }
    }
    none(found, "see ARCHITECTURE.md, \"Invariant: only the command line touches the terminal\"");
}

#[test]
fn nothing_names_a_host() {
    let mut found = Vec::new();
    let everything = [
        "src",
        "tests",
        "benches",
        "scripts",
        "docs",
        "examples",
        "toolchains",
        "README.md",
        "ARCHITECTURE.md",
    ];
    let existing: Vec<&str> = everything
        .into_iter()
        .filter(|name| Path::new(env!("CARGO_MANIFEST_DIR")).join(name).exists())
        .collect();
    for (path, text) in files(&existing) {
        for (number, line) in text.lines().enumerate() {
            if ["http://", "https://", "ftp://"].iter().any(|mark| line.contains(mark))
                && path != "tests/tidy.rs"
            {
                found.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    none(found, "names of machines go stale, and some are nobody's business");
}
