//! Functions of a system's libraries and hosts that our own library calls: tables of them, of which text for LLVM is made that
//! gives each a name of our own and C's calling convention, and for Windows the definition of the module that has them.

use std::fmt::Write;

use crate::target::{Os, Target};

/// A table: `of MODULE`, and lines `OUR_NAME = TYPE NAME(TYPE, …)` of LLVM's types. Lines that begin with `;` say nothing.
pub(super) struct Table<'t> {
    module: &'t str,
    functions: Vec<Function<'t>>,
}

struct Function<'t> {
    /// What our library calls it.
    ours: &'t str,
    name: &'t str,
    result: &'t str,
    parameters: Vec<&'t str>,
}

impl<'t> Table<'t> {
    /// Reads a table; the line that is none where one is not.
    pub fn of(text: &'t str) -> Result<Table<'t>, &'t str> {
        let mut table = Table { module: "", functions: Vec::new() };
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with(';')) {
            match line.strip_prefix("of ") {
                Some(module) => table.module = module,
                None => table.functions.push(Function::of(line).ok_or(line)?),
            }
        }
        Ok(table)
    }

    /// Text for LLVM that defines each by our name.
    pub fn definitions(&self, target: &Target) -> String {
        let mut text = String::new();
        for function in &self.functions {
            // Writing to a string does not fail.
            let _ = function.define(self.module, target, &mut text);
        }
        text
    }

    /// The definition of the module, for an import library: on 32-bit x86, a name tells how many bytes of arguments a function
    /// takes off the stack.
    pub fn module_definition(&self) -> String {
        let mut text = format!("LIBRARY {}\nEXPORTS\n", self.module);
        for Function { name, parameters, .. } in &self.functions {
            let bytes: u32 = parameters.iter().map(|ty| if *ty == "i64" { 8 } else { 4 }).sum();
            let _ = writeln!(text, "{name}@{bytes}");
        }
        text
    }
}

impl<'t> Function<'t> {
    fn of(line: &'t str) -> Option<Function<'t>> {
        let (ours, declared) = line.split_once(" = ")?;
        let (result, declared) = declared.split_once(' ')?;
        let (name, parameters) = declared.strip_suffix(')')?.split_once('(')?;
        let parameters = parameters.split(", ").filter(|ty| !ty.is_empty()).collect();
        Some(Function { ours, name, result, parameters })
    }

    fn define(&self, module: &str, target: &Target, text: &mut String) -> std::fmt::Result {
        let Function { ours, name, result, parameters } = self;
        let types = parameters.join(", ");
        // The convention of 32-bit Windows, which is C's on others; a host of WebAssembly has names of two parts.
        let (before, symbol, behind) = match target.os {
            Os::Windows => ("x86_stdcallcc ", (*name).to_owned(), String::new()),
            Os::Linux | Os::MacOs | Os::Wasi | Os::None => (
                "",
                format!("\"{module}.{name}\""),
                format!(" \"wasm-import-module\"=\"{module}\" \"wasm-import-name\"=\"{name}\""),
            ),
        };
        let linkage = if target.os == Os::Windows { "dllimport " } else { "" };
        let named: Vec<String> = parameters.iter().enumerate().map(|(i, ty)| format!("{ty} %a{i}")).collect();
        let named = named.join(", ");
        writeln!(text, "declare {linkage}{before}{result} @{symbol}({types}){behind}")?;
        writeln!(text, "define {result} @{ours}({named}) nounwind optsize {{")?;
        if *result == "void" {
            writeln!(text, "  call {before}void @{symbol}({named})\n  ret void\n}}")
        } else {
            writeln!(text, "  %r = call {before}{result} @{symbol}({named})\n  ret {result} %r\n}}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Table;
    use crate::target;

    #[test]
    fn a_table_names_functions_in_two_ways() {
        let text = "; of what\nof kernel32.dll\n\nsys_a = i32 A(ptr, i64)\nsys_b = void B()\n";
        let table = Table::of(text).unwrap();
        assert_eq!(table.module_definition(), "LIBRARY kernel32.dll\nEXPORTS\nA@12\nB@0\n");
        let windows = table.definitions(target::find("i686-pc-windows-gnu").unwrap());
        assert!(windows.contains("declare dllimport x86_stdcallcc i32 @A(ptr, i64)\n"), "{windows}");
        assert!(windows.contains("define i32 @sys_a(ptr %a0, i64 %a1) nounwind optsize {\n"), "{windows}");
        assert!(windows.contains("  call x86_stdcallcc void @B()\n  ret void\n"), "{windows}");
        let wasm = table.definitions(target::find("wasm32-wasi").unwrap());
        let import = "declare void @\"kernel32.dll.B\"() \"wasm-import-module\"=\"kernel32.dll\" \"wasm-import-name\"=\"B\"";
        assert!(wasm.contains(import), "{wasm}");
        assert_eq!(Table::of("of x\nsys_a = A(\n").err(), Some("sys_a = A("));
    }
}
