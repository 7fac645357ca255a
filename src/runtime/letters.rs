//! Writes the tables of letters.spl, and compares what the library makes of every letter with what Rust makes of it.

use std::fmt::Write as _;

use crate::generated;

const FILE: &str = "src/runtime/letters.spl";

/// By code point, what it becomes in one case.
type Mapping = Vec<(u32, Vec<u32>)>;

fn mapping<I: Iterator<Item = char>>(to: impl Fn(char) -> I) -> Mapping {
    let letters = ('\0'..=char::MAX).map(|c| (u32::from(c), to(c).map(u32::from).collect::<Vec<_>>()));
    letters.filter(|(c, parts)| parts[..] != [*c]).collect()
}

/// Lines of letters that become one code point each, as long as they can be.
fn single(mapping: &Mapping) -> String {
    let letters: Vec<(u32, u32)> =
        mapping.iter().filter(|(_, parts)| parts.len() == 1).map(|(c, parts)| (*c, parts[0])).collect();
    let mut lines = String::new();
    let mut rest = &letters[..];
    while let Some(&(first, becomes)) = rest.first() {
        let run = |step: u32| {
            let fits = |&(n, &(c, to)): &(usize, &(u32, u32))| {
                c == first + n as u32 * step && to.wrapping_sub(c) == becomes.wrapping_sub(first)
            };
            rest.iter().enumerate().take_while(fits).count()
        };
        let (len, step) = if run(2) > run(1) { (run(2), 2) } else { (run(1), 1) };
        let _ = writeln!(lines, "{first:05X} {:05X} {step} {becomes:05X}", rest[len - 1].0);
        rest = &rest[len..];
    }
    lines
}

/// Lines of letters that become several code points.
fn several(mapping: &Mapping) -> String {
    let mut lines = String::new();
    for (c, parts) in mapping.iter().filter(|(_, parts)| parts.len() > 1) {
        let part = |i: usize| parts.get(i).copied().unwrap_or(0);
        assert!(parts.len() <= 3, "U+{c:X} becomes more than a line has room for");
        let _ = writeln!(lines, "{c:05X} {:05X} {:05X} {:05X}", part(0), part(1), part(2));
    }
    lines
}

#[test]
fn the_tables_are_those_of_unicode() {
    let (upper, lower) = (mapping(char::to_uppercase), mapping(char::to_lowercase));
    for (name, table) in [
        ("UPPER", single(&upper)),
        ("LOWER", single(&lower)),
        ("UPPER_SEVERAL", several(&upper)),
        ("LOWER_SEVERAL", several(&lower)),
    ] {
        generated::check(FILE, &format!("const {name} = \"\"\""), "\"\"\"", &table);
    }
}
