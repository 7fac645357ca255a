//! Every operator and every method of the language is used by a program under tests/run, and so tried on every back end.
//!
//! A method of the runtime's source counts when a program has its code and its name; one of the compiler, and an operator,
//! when it is written.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

use run_harness::{host, programs, session_for, told};
use simplec::diagnostics::{Diagnostics, SourceMap};
use simplec::driver::{self, Input, Options, with_deep_stack};
use simplec::hir;
use simplec::runtime;
use simplec::syntax::ast::{self, BinOp, UnOp};
use simplec::syntax::{Interner, dump, parse};
use simplec::toolchain::Level;

mod run_harness;

/// What the other operators are called where a tree is written out.
const FORMS: &[&str] = &[
    "chain",
    "..",
    "..=",
    "??",
    "as",
    "is",
    "?.",
    "index",
    "slice",
    "->",
    "?",
    "!",
    ".?",
    "fn",
    "if",
    "match",
    "loop",
    "try",
    "throw",
    "inst",
    "tuple",
    "array",
    "repeat",
    "dict",
    "set",
    "text",
    "format",
    "array-for",
    "set-for",
    "dict-for",
    "return",
    "break",
    "continue",
];

/// What programs use.
#[derive(Default)]
struct Used {
    /// Their trees, written out.
    trees: String,
    /// The methods whose code they have: type and name.
    methods: BTreeSet<(String, String)>,
}

/// A text as a tree, written out, and the tree.
fn tree(text: &str) -> (ast::Module, String, Interner) {
    let (mut interner, mut diags, mut sources) = (Interner::new(), Diagnostics::new(), SourceMap::new());
    let file = sources.add("text", text);
    let module = parse(file, text, &mut interner, &mut diags);
    let written = dump(&module, &interner);
    (module, written, interner)
}

/// The type and name of a method's symbol: `rt::Set<$0>::add<i64>`, of an array `rt::[$0]::push<i64>`, of one of two of a name `rt::Dict<$0, $1>::get/2<text, i64>`.
fn method_of(symbol: &str) -> Option<(String, String)> {
    let rest = symbol.strip_prefix("rt::")?;
    let mut depth = 0;
    let end = rest.char_indices().find(|&(at, c)| {
        match c {
            '[' | '<' | '(' => depth += 1,
            ']' | '>' | ')' => depth -= 1,
            _ => {}
        }
        depth == 0 && rest[at..].starts_with("::")
    });
    let (owner, name) = (&rest[..end?.0], &rest[end?.0 + 2..]);
    let owner = if owner.starts_with('[') { "[]" } else { owner.split('<').next()? };
    Some((owner.to_owned(), name.split(['<', '|', '/']).next()?.to_owned()))
}

/// The methods that the runtime's source gives to types, in the form of [`method_of`].
fn declared() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (_, text) in runtime::SOURCES {
        let (module, _, interner) = tree(text);
        for stmt in &module.stmts {
            let ast::StmtKind::Item(item) = &stmt.kind else { continue };
            let ast::ItemKind::Impl(decl) = &item.kind else { continue };
            let owner = match &decl.ty.kind {
                ast::TypeKind::Array(_) => "[]",
                ast::TypeKind::Path { path, .. } => path.last().map_or("", |name| interner.get(name.name)),
                other => panic!("a method of {other:?}"),
            };
            for method in &decl.methods {
                let ast::ItemKind::Fn(method) = &method.kind else { continue };
                if decl.of_trait.is_none() {
                    found.push((owner.to_owned(), interner.get(method.name.name).to_owned()));
                }
            }
        }
    }
    found
}

fn use_of(path: &Path, used: &Mutex<Used>) {
    let mut session = session_for(Options { level: Some(Level::O0), ..Options::new(host()) });
    let module = driver::rich(&mut session, &Input::new(path));
    let Ok(module) = module else { panic!("{}: {}", path.display(), told(&session)) };
    let text = std::fs::read_to_string(path).unwrap();
    let (_, written, _) = tree(&text);
    let methods =
        module.funcs.iter().filter(|func| func.is_defined()).filter_map(|func| method_of(&func.name));
    let mut used = used.lock().unwrap();
    used.trees.push_str(&written);
    used.methods.extend(methods);
}

#[test]
fn every_operator_and_every_method_is_in_a_program() {
    let mut all = programs("tests/run");
    all.retain(|path| path.extension().is_some_and(|end| end == "spl"));
    let used = Mutex::new(Used::default());
    let (first, second) = all.split_at(all.len() / 2);
    std::thread::scope(|scope| {
        for half in [first, second] {
            let used = &used;
            scope.spawn(move || with_deep_stack(|| half.iter().for_each(|path| use_of(path, used))));
        }
    });
    let used = used.into_inner().unwrap();
    let mut missing = Vec::new();
    let is_written =
        |name: &str| used.trees.contains(&format!(" {name})")) || used.trees.contains(&format!(" {name} "));
    let is_form = |head: &str| [" ", ")"].iter().any(|end| used.trees.contains(&format!("({head}{end}")));
    let one = UnOp::ALL.iter().filter(|op| **op != UnOp::Await).map(|op| op.sign());
    let two = BinOp::ALL.iter().map(|op| op.sign());
    missing
        .extend(one.chain(two).chain(FORMS.iter().copied()).filter(|sign| !is_form(sign)).map(str::to_owned));
    for op in [BinOp::Add, BinOp::Sub, BinOp::Mul, BinOp::Div, BinOp::Rem, BinOp::Pow] {
        let sign = format!(" {}= ", op.sign());
        if !used.trees.contains(&sign) {
            missing.push(sign);
        }
    }
    missing.extend(hir::builtin_methods().filter(|name| !is_written(name)).map(|name| format!(".{name}")));
    for (owner, name) in declared() {
        if !is_written(&name) || !used.methods.contains(&(owner.clone(), name.clone())) {
            missing.push(format!("{owner}.{name}"));
        }
    }
    assert!(missing.is_empty(), "no program under tests/run has {missing:?}");
}
