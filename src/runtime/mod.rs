//! The runtime library, written in Simple and compiled with every program, and the shapes that the compiler shares
//! with it.

macro_rules! sources {
    ($folder:literal: $($file:literal),* $(,)?) => {
        &[$((concat!($folder, "/", $file), include_str!(concat!("../", $folder, "/", $file)))),*]
    };
}

#[cfg(test)]
mod letters;
mod library;
#[cfg(test)]
mod manual;
pub mod object;
mod system;

#[cfg(test)]
pub(crate) use library::groups;
pub use library::{Needed, module};
pub use system::{Source, System, Template, dynamic, system};

/// The source files of the runtime that are part of every program, in the order in which they are compiled.
pub const SOURCES: &[Source] = sources!["runtime":
    "intrinsics.spl",
    "traits.spl",
    "memory.spl",
    "pool.spl",
    "output.spl",
    "panic.spl",
    "option.spl",
    "parse.spl",
    "integers.spl",
    "checked.spl",
    "decimal.spl",
    "floats.spl",
    "format.spl",
    "text.spl",
    "words.spl",
    "letters.spl",
    "arrays.spl",
    "transform.spl",
    "sort.spl",
    "ranges.spl",
    "dicts.spl",
    "weak.spl",
    "roots.spl",
    "math.spl",
    "spec.spl",
    "dialogue.spl",
];

/// The source file that goes with expanded operations of collections: name and text.
pub const RICH: (&str, &str) = ("runtime/rich.spl", include_str!("rich.spl"));

/// The function that gives a program its arguments.
pub const COMMAND_LINE: &str = "rt_cli_get_args";

/// What the symbols that the runtime exports begin with.
pub const PREFIX: &str = "rt_";

#[cfg(test)]
mod tests {
    use super::library::every_file;
    use super::{PREFIX, SOURCES};
    use crate::diagnostics::{Diagnostics, SourceMap};
    use crate::hir::Intrinsic;
    use crate::syntax::{Interner, ast, parse};

    /// The names of the functions that a module declares with an attribute.
    fn declared(module: &ast::Module, attr: &str, interner: &Interner) -> Vec<String> {
        let mut names = Vec::new();
        for stmt in &module.stmts {
            let ast::StmtKind::Item(item) = &stmt.kind else { continue };
            let ast::ItemKind::Fn(decl) = &item.kind else { continue };
            if item.attrs.iter().any(|a| interner.get(a.name.name) == attr) {
                names.push(interner.get(decl.name.name).to_string());
            }
        }
        names
    }

    #[test]
    fn exported_symbols_have_the_prefix() {
        let (mut interner, mut diags, mut sources) = (Interner::new(), Diagnostics::new(), SourceMap::new());
        for (name, text) in SOURCES.iter().chain(every_file()) {
            let file = sources.add(*name, *text);
            let module = parse(file, text, &mut interner, &mut diags);
            for stmt in &module.stmts {
                let ast::StmtKind::Item(item) = &stmt.kind else { continue };
                let ast::ItemKind::Fn(decl) = &item.kind else { continue };
                let symbol = interner.get(decl.name.name);
                assert!(!item.is_export || symbol.starts_with(PREFIX), "{symbol}");
            }
        }
    }

    #[test]
    fn the_sources_parse_and_declare_every_intrinsic() {
        let (mut interner, mut diags, mut sources) = (Interner::new(), Diagnostics::new(), SourceMap::new());
        let mut intrinsics = Vec::new();
        for (name, text) in SOURCES.iter().chain(every_file()) {
            let file = sources.add(*name, *text);
            let module = parse(file, text, &mut interner, &mut diags);
            intrinsics.extend(declared(&module, "intrinsic", &interner));
        }
        let errors: Vec<String> =
            diags.sorted().iter().map(|d| format!("{:?} {}", d.span(), d.message)).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let mut expected: Vec<&str> = Intrinsic::ALL.iter().map(|(name, _)| *name).collect();
        intrinsics.sort();
        expected.sort();
        assert_eq!(intrinsics, expected);
    }
}
