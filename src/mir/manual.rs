//! Tests that docs/mir.md is true: its table is the op table, its examples are accepted.

use super::*;
use crate::diagnostics::FileId;
use crate::generated;
use std::fmt::Write as _;

const PATH: &str = "docs/mir.md";
const START: &str = "<!-- operations: written by a test, see src/mir/manual.rs -->\n";
const END: &str = "<!-- end of operations -->";

fn class_name(class: Class) -> String {
    match class {
        Class::First => "*first*".into(),
        Class::Dst => "*result*".into(),
        Class::Any => "any".into(),
        Class::IntBool => "int, bool".into(),
        Class::Num => "int, float, vector of them".into(),
        Class::Byte => "`u8`".into(),
        Class::Usize => "`usize`".into(),
        Class::Ptr => "`ptr`".into(),
        Class::Bool => "`bool`".into(),
        Class::Text => "`text`".into(),
        Class::Scalar
        | Class::Int
        | Class::Float
        | Class::Aggregate
        | Class::Enum
        | Class::Array
        | Class::Dict
        | Class::Range
        | Class::Vector => format!("{class:?}").to_lowercase(),
    }
}

/// How an operation is written, with its operands by name.
fn syntax(row: &OpInfo) -> String {
    let mut text = row.name.to_string();
    for (i, field) in row.fields.iter().enumerate() {
        let name = field.name;
        let called = i > 0 && matches!(row.fields[i - 1].kind, "FuncId" | "MaybeFunc" | "Reg");
        text.push_str(match (i, field.kind) {
            (0, _) | (_, "Alias") => " ",
            (_, "RegList") => {
                if called {
                    ""
                } else {
                    " "
                }
            }
            (_, _) => ", ",
        });
        let _ = match field.kind {
            "Reg" => write!(text, "%{name}"),
            "RegList" => write!(text, "(%{name}…)"),
            "FuncId" | "MaybeFunc" | "GlobalId" => write!(text, "@{name}"),
            "Alias" => write!(text, "[!alias]"),
            "StrId" => write!(text, "\"{name}\""),
            "SigId" => write!(text, "fn(…)"),
            _ => write!(text, "{name}"),
        };
    }
    text
}

fn result(rule: ResultRule) -> String {
    match rule {
        ResultRule::None => String::new(),
        ResultRule::Fixed(ty) => format!("`{}`", print_type(&Module::default(), ty)),
        ResultRule::Like(field) => format!("that of `{field}`"),
        ResultRule::Flagged(field) => format!("that of `{field}`, `bool`"),
        ResultRule::Called => "the callee's".into(),
        ResultRule::Given(class) => class_name(class),
    }
}

fn table() -> String {
    let mut text = String::new();
    for (title, table) in [("Core", CoreOp::TABLE), ("Rich", RichOp::TABLE)] {
        let _ = write!(text, "\n### {title} operations\n");
        let mut rows: Vec<&OpInfo> = table.iter().collect();
        rows.sort_by_key(|row| table.iter().position(|first| first.category == row.category));
        let mut category = None;
        for row in rows {
            if category.replace(row.category) != Some(row.category) {
                let _ = write!(text, "\n**{:?}**\n\n", row.category);
                text.push_str("| operation | operands | result | effects | |\n|---|---|---|---|---|\n");
            }
            let operands: Vec<String> = row
                .fields
                .iter()
                .filter_map(|field| Some(format!("`{}`: {}", field.name, class_name(field.class?))))
                .collect();
            let effects = [
                (row.effects.reads, 'r'),
                (row.effects.writes, 'w'),
                (row.effects.traps, 't'),
                (row.effects.allocates, 'a'),
            ];
            let effects: String = effects.iter().filter(|e| e.0).map(|e| e.1).collect();
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {effects} | {} |",
                syntax(row),
                operands.join("; "),
                result(row.result),
                row.doc.trim()
            );
        }
    }
    text.push('\n');
    text
}

#[test]
fn the_manual_has_the_table_of_operations() {
    generated::check(PATH, START, END, &table());
}

#[test]
fn the_examples_of_the_manual_are_accepted() {
    // Not read anew: the other test may be writing it.
    let manual = include_str!("../../docs/mir.md");
    let examples: Vec<&str> =
        manual.split("```mir\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(examples.len() >= 3);
    for example in examples {
        let module = parse(FileId(1), "docs/mir.md", example).and_then(|m| verify(&m).map(|()| m));
        let errors: Vec<String> = match module {
            Ok(_) => Vec::new(),
            Err(errors) => errors.iter().map(|e| e.message.clone()).collect(),
        };
        assert_eq!(errors, [] as [&str; 0], "{example}");
    }
}
