//! Libraries that stand for the system's own when a program is linked: made of text that names their functions.

use std::fmt::Write;
use std::path::Path;

use super::compile::{CompileJob, Level, Product};
use super::error::{Invocation, ToolchainError};
use super::lld;
use super::objects::compile_once;
use super::probe::{Llvm, Tool};
use super::run::{Command, Runner, Status};
use super::search::Search;
use crate::target::{LinkerFlavor, Target};

/// Makes a library of the functions of one of the system's own: an import library of a module definition for Windows, a shared
/// library without code of a list for Linux. A text stub for macOS is one as it is.
///
/// # Errors
/// [`ToolchainError::LldMissing`] where the LLVM in use has no tool for it, [`ToolchainError::CannotLink`] as for programs, and
/// those of running it.
pub fn import_library(
    llvm: &Llvm,
    target: &Target,
    definition: &str,
    output: &Path,
    search: &Search,
    runner: &dyn Runner,
) -> Result<(), ToolchainError> {
    match target.linker {
        LinkerFlavor::Mingw => of_module_definition(llvm, target, definition, output, runner),
        LinkerFlavor::Gnu => of_list(llvm, target, definition, output, search, runner),
        LinkerFlavor::Darwin => written(output, definition),
        LinkerFlavor::Wasm => Err(ToolchainError::CannotLink { triple: target.triple.clone() }),
    }
}

fn written(file: &Path, text: &str) -> Result<(), ToolchainError> {
    std::fs::write(file, text)
        .map_err(|error| ToolchainError::CannotWrite { path: file.to_owned(), why: error.to_string() })
}

/// A tool of the LLVM in use, to be started.
fn tool(llvm: &Llvm, tool: Tool) -> Result<Command, ToolchainError> {
    match llvm.tool(tool) {
        Some(path) => Ok(Command::new(path).env("LC_ALL", "C")),
        None => Err(ToolchainError::LldMissing {
            name: tool.name(),
            beside: llvm.clang.clone(),
            version: llvm.version.major,
        }),
    }
}

fn run(
    name: &'static str,
    llvm: &Llvm,
    command: &Command,
    runner: &dyn Runner,
) -> Result<(), ToolchainError> {
    let done = runner.run(command, None);
    let by = Invocation::new(name, Some(llvm.version_line.clone()), command, &done);
    match ToolchainError::of_status(&by, &done.status, None) {
        Some(error) => Err(error),
        None if done.status == Status::Ok => Ok(()),
        None => Err(ToolchainError::LinkFailed { by }),
    }
}

fn of_module_definition(
    llvm: &Llvm,
    target: &Target,
    definition: &str,
    output: &Path,
    runner: &dyn Runner,
) -> Result<(), ToolchainError> {
    let dlltool = tool(llvm, Tool::Dlltool)?;
    let file = output.with_extension("def");
    written(&file, definition)?;
    let command = dlltool.args(["-m", &lld::pe(target)?.machine, "-k", "-d"]).arg(file).arg("-l").arg(output);
    run("llvm-dlltool", llvm, &command, runner)
}

fn of_list(
    llvm: &Llvm,
    target: &Target,
    list: &str,
    output: &Path,
    search: &Search,
    runner: &dyn Runner,
) -> Result<(), ToolchainError> {
    let lld = tool(llvm, Tool::LldElf)?;
    let Shared { name, assembly, versions } = Shared::of(list, target.pointer_width / 8);
    let triple = target.llvm_triple();
    let mut module = format!("target triple = \"{triple}\"\n");
    for line in assembly.lines() {
        // Writing to a string does not fail.
        let _ = writeln!(module, "module asm \"{line}\"");
    }
    let object = output.with_extension("stub.o");
    let job = CompileJob {
        module: module.as_bytes(),
        triple,
        level: Level::O0,
        product: Product::Object,
        sections: false,
        output: &object,
        llvm_args: &[],
        limit: None,
        reproducers: None,
    };
    compile_once(llvm, &job, search, runner)?;
    let mut command = lld.args(["-shared", "--build-id=none", "-soname", &name]);
    if !versions.is_empty() {
        let script = output.with_extension("versions");
        written(&script, &versions)?;
        command = command.arg("--version-script").arg(script);
    }
    let command = command.arg(object).arg("-o").arg(output);
    run("linker", llvm, &command, runner)
}

/// A shared library of which programs know names only.
#[derive(PartialEq, Eq, Debug, Default)]
struct Shared {
    /// What a program looks for.
    name: String,
    /// Definitions of its symbols.
    assembly: String,
    /// A linker script with the versions of those symbols that have one.
    versions: String,
}

impl Shared {
    /// Reads a list: `library NAME`, and the symbols behind the words `functions` and `variables`, the latter being pointers,
    /// each as `NAME` or `NAME@VERSION`; lines that begin with `#` say nothing.
    fn of(list: &str, pointer_bytes: u32) -> Shared {
        let mut shared = Shared::default();
        let lines = list.lines().filter(|line| !line.trim_start().starts_with('#'));
        let (mut is_name, mut is_variable) = (false, false);
        for word in lines.flat_map(str::split_whitespace) {
            match word {
                "library" => is_name = true,
                "functions" => is_variable = false,
                "variables" => {
                    is_variable = true;
                    shared.assembly.push_str(".bss\n");
                }
                name if is_name => {
                    name.clone_into(&mut shared.name);
                    is_name = false;
                }
                symbol => shared.define(symbol, is_variable.then_some(pointer_bytes)),
            }
        }
        shared
    }

    fn define(&mut self, symbol: &str, variable_bytes: Option<u32>) {
        let (symbol, version) = match symbol.split_once('@') {
            Some((symbol, version)) => (symbol, Some(version)),
            None => (symbol, None),
        };
        let definition = match variable_bytes {
            Some(bytes) => {
                format!(".type {symbol},%object\n.size {symbol},{bytes}\n{symbol}:\n.zero {bytes}\n")
            }
            None => format!(".type {symbol},%function\n{symbol}:\n"),
        };
        self.assembly.extend([".globl ", symbol, "\n", &definition]);
        if let Some(version) = version {
            self.versions.extend([version, " { ", symbol, "; };\n"]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_name_functions_and_variables() {
        let list = "# a b\nlibrary libx.so.1\nfunctions\n # c\n one two@V2\nvariables\n three\n";
        let shared = Shared::of(list, 4);
        assert_eq!(shared.name, "libx.so.1");
        let functions = ".globl one\n.type one,%function\none:\n.globl two\n.type two,%function\ntwo:\n";
        let variables = ".bss\n.globl three\n.type three,%object\n.size three,4\nthree:\n.zero 4\n";
        assert_eq!(shared.assembly, [functions, variables].concat());
        assert_eq!(shared.versions, "V2 { two; };\n");
    }
}
