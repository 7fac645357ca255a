//! Methods by the names that they have in other languages, and how the same is written here.

use super::context::*;
use super::types::{Ty, TyKind};

/// By their names elsewhere, what methods are called here; a type has the first that it knows.
const RENAMED: &[(&str, &str)] = &[
    ("append", "push"),
    ("add", "push"),
    ("insert", "add"),
    ("length", "len"),
    ("size", "len"),
    ("count", "len"),
    ("toUpper", "upper"),
    ("to_upper", "upper"),
    ("toUpperCase", "upper"),
    ("uppercase", "upper"),
    ("toLower", "lower"),
    ("to_lower", "lower"),
    ("toLowerCase", "lower"),
    ("lowercase", "lower"),
    ("strip", "trim"),
    ("splitlines", "lines"),
    ("has", "contains"),
    ("has_key", "contains"),
    ("contains_key", "contains"),
    ("includes", "contains"),
    ("startswith", "starts_with"),
    ("endswith", "ends_with"),
    ("index", "index_of"),
    ("position", "index_of"),
    ("indexOf", "index_of"),
    ("indexOf", "find"),
    ("index_of", "find"),
    ("drop", "skip"),
    ("delete", "remove"),
    ("pop", "remove"),
    ("discard", "remove"),
    ("entries", "items"),
    ("update", "merge"),
    ("get_or", "get"),
];

/// What a method would belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Array,
    Text,
    Dict,
    Integer,
    Other,
}

/// What is no method here, on what, and how it is written.
const WRITTEN: &[(&[&str], &[Of], &str)] = {
    use Of::*;
    &[
        (
            &["toString", "to_string", "to_text", "str"],
            &[Array, Text, Dict, Integer, Other],
            "interpolate it into a text: `\"{…}\"`",
        ),
        (
            &["each", "for_each", "forEach", "iter"],
            &[Array, Text, Dict, Integer, Other],
            "go through it by a loop: `for x in …: …`",
        ),
        (
            &["copy", "clone", "dup"],
            &[Array, Text, Dict],
            "it is copied by itself where it is changed: `var other = …`",
        ),
        (&["slice", "substring", "substr", "subList"], &[Array, Text], "write `…[from:to]`"),
        (&["swap"], &[Array], "assign both: `(xs[i], xs[j]) = (xs[j], xs[i])`"),
        (&["flatten", "flat"], &[Array], "write `….flat_map(\\x: x)`"),
        (&["unique", "uniq", "distinct"], &[Array], "a set has each of them once: `….to_set()`"),
        (&["fill"], &[Array], "an array of `n` times `x` is written `[x; n]`"),
        (&["join"], &[Array], "only texts are joined: `….map(\\x: \"{x}\").join(\", \")`"),
        (&["char_at", "charAt", "at"], &[Text], "write `…[i]`"),
        (&["concat", "append", "push"], &[Text], "write `a + b`, or `\"{a}{b}\"`"),
        (
            &["ljust", "rjust", "center", "pad_left", "pad_right", "padStart", "padEnd", "format"],
            &[Text],
            "a width stands behind a value: `\"{s:>8}\"`, `\"{s:<8}\"`, `\"{s:^8}\"`",
        ),
        (
            &["sqrt", "cbrt", "sin", "cos", "tan", "exp", "ln", "log"],
            &[Integer],
            "floats have it: `(n as f64).…`",
        ),
        (&["mod", "rem", "modulo"], &[Integer], "write `a % b`"),
        (&["set", "insert", "put", "add"], &[Dict], "write `d[key] = value`"),
        (&["map", "filter"], &[Dict], "go through its entries: `{k: f(v) for (k, v) in d.items() if …}`"),
    ]
};

/// What a method is called here, if it is one of `known`.
pub(super) fn renamed(text: &str, known: &[&str]) -> Option<&'static str> {
    let mut ours = RENAMED.iter().filter(|(theirs, _)| *theirs == text).map(|&(_, ours)| ours);
    ours.find(|ours| known.contains(ours))
}

impl Checker<'_> {
    /// How that is written which a type of another language has as a method.
    pub fn written_otherwise(&self, ty: Ty, text: &str) -> Option<&'static str> {
        let of = match self.head(ty) {
            Some(Head::Array | Head::FixedArray) => Of::Array,
            Some(Head::Plain(Ty::TEXT)) => Of::Text,
            Some(Head::Adt(id)) if Some(id) == self.dict => Of::Dict,
            Some(Head::Plain(ty)) if matches!(self.types.get(ty), TyKind::Int(_)) => Of::Integer,
            Some(_) | None => Of::Other,
        };
        let found = WRITTEN.iter().find(|(names, types, _)| names.contains(&text) && types.contains(&of));
        found.map(|&(_, _, help)| help)
    }
}
