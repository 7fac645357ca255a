//! Symbols of objects and profiles as people would name what they stand for.

/// The helpers that the compiler makes: how their symbols begin, and what they are.
const HELPERS: &[(&str, &str)] = &[
    ("rt::copy::", "copy of"),
    ("rt::drop::", "drop of"),
    ("rt::eq::", "equality of"),
    ("rt::compare::", "order of"),
    ("rt::hash::", "hash of"),
    ("rt::show::", "text form of"),
    ("rt::type::", "description of"),
    ("rt::table::", "table of"),
    ("rt::blank::", "blank object of"),
    ("rt::closure::", "closure of"),
    ("rt::extern::", "declaration of"),
    ("rt::by_address::", "by address:"),
];

/// A name, or a line of a listing that ends in one, with the symbol as it would be written in source text. What is no symbol of
/// a Simple program stays as it is.
pub fn demangle(line: &str) -> String {
    let starts = |at: &usize| {
        let rest = &line[*at..];
        let is_symbol = ["::", "main::", "rt::"].iter().any(|prefix| rest.starts_with(prefix));
        is_symbol && begins_word(&line[..*at])
    };
    let Some(at) = line.char_indices().map(|(at, _)| at).find(starts) else { return line.to_owned() };
    let (before, symbol) = line.split_at(at);
    let symbol = symbol.strip_prefix("::").unwrap_or(symbol);
    let helper = HELPERS.iter().find_map(|(prefix, what)| Some((what, symbol.strip_prefix(prefix)?)));
    match helper {
        Some((what, of)) => format!("{before}{what} {}", without_modules(of)),
        None => format!("{before}{}", without_modules(symbol)),
    }
}

/// Whether a name may begin behind this text.
fn begins_word(before: &str) -> bool {
    !before.ends_with(|c: char| c.is_alphanumeric() || "_:>])".contains(c))
}

/// The text without the names of the main module and of the runtime, which no source text writes.
fn without_modules(symbol: &str) -> String {
    let mut out = String::new();
    let mut rest = symbol;
    while let Some(c) = rest.chars().next() {
        let module = ["main::", "rt::"].into_iter().find(|module| rest.starts_with(module));
        match module {
            Some(module) if begins_word(&out) => rest = &rest[module.len()..],
            Some(_) | None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::demangle;

    #[test]
    fn symbols_read_as_source_text_and_others_stay() {
        for (symbol, name) in [
            ("main::area", "area"),
            ("main::Point::length", "Point::length"),
            ("main::apply<main::Point, i64>", "apply<Point, i64>"),
            ("rt::drop::[main::Point]", "drop of [Point]"),
            ("rt::eq::(text, rt::Dict<text, i64>)", "equality of (text, Dict<text, i64>)"),
            ("rt::flush_out", "flush_out"),
            ("::helper", "helper"),
            ("rt::extern::write#12", "declaration of write#12"),
            ("0000000000001139 t main::area", "0000000000001139 t area"),
            ("    12.5%  prog  [.] rt::show::main::Point", "    12.5%  prog  [.] text form of Point"),
            ("", ""),
            ("printf", "printf"),
            ("std::vector<int>::push_back", "std::vector<int>::push_back"),
            ("domain::main::x", "domain::main::x"),
            ("_ZN4core3fmt5Write9write_fmtE", "_ZN4core3fmt5Write9write_fmtE"),
            ("größe main::größe", "größe größe"),
        ] {
            assert_eq!(demangle(symbol), name);
        }
    }
}
