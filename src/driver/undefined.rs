//! Where a program needs functions that linking does not find: what it calls itself, or what of the runtime calls them.

use crate::diagnostics::{Diagnostic, Span};
use crate::mir::{CoreOp, FuncId, Module, Op, Terminator};
use crate::toolchain::ToolchainError;

use super::native::Error;
use super::session::{Failed, Session};

/// An error of linking a module in the session's diagnostics.
pub(super) fn told(session: &mut Session<'_>, module: &Module, error: Error) -> Failed {
    match error {
        Error::Tool(error) => session.fail(placed(&error, module)),
        Error::Told => Failed,
    }
}

/// The diagnostic of an error of linking, at the place in the program that needs what is not there.
fn placed(error: &ToolchainError, module: &Module) -> Diagnostic {
    let diagnostic = error.diagnostic();
    let ToolchainError::NotInLibrary { names, .. } = error else { return diagnostic };
    let found = needing(module, names);
    let Some(&(_, place)) = found.first() else { return diagnostic };
    let mut of_runtime: Vec<&str> = Vec::new();
    for &(name, _) in found.iter().filter(|(name, _)| !names.iter().any(|missing| missing == name)) {
        if !of_runtime.contains(&name) {
            of_runtime.push(name);
        }
    }
    match of_runtime.as_slice() {
        [] => diagnostic.at(place, ""),
        [name] => diagnostic.at(place, format!("`{name}` needs it")),
        names => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            diagnostic.at(place, "").note(format!("{} need it", names.join(", ")))
        }
    }
}

/// The functions that a program's own code names which are not there, or call what is not there, and where it does.
fn needing<'m>(module: &'m Module, missing: &[String]) -> Vec<(&'m str, Span)> {
    let named: Vec<Vec<(FuncId, Span)>> = (0..module.funcs.len()).map(|index| named(module, index)).collect();
    let is_missing = |name: &str| missing.iter().any(|missing| missing == name);
    let mut needs: Vec<bool> = module.funcs.iter().map(|func| is_missing(&func.name)).collect();
    let mut is_done = false;
    while !is_done {
        is_done = true;
        for index in (0..module.funcs.len()).filter(|&index| is_of_runtime(&module.funcs[index].name)) {
            if !needs[index] && named[index].iter().any(|(func, _)| needs[func.idx()]) {
                (needs[index], is_done) = (true, false);
            }
        }
    }
    let own = module.funcs.iter().zip(&named).filter(|(func, _)| !is_of_runtime(&func.name));
    let calls = own.flat_map(|(_, named)| named).filter(|(func, _)| needs[func.idx()]);
    calls.map(|&(func, place)| (module.func(func).name.as_str(), place)).collect()
}

/// Whether a function is the runtime's, or of a module of its library.
fn is_of_runtime(name: &str) -> bool {
    ["rt_", "rt::", "std."].iter().any(|start| name.starts_with(start))
}

/// The functions that the body of a function names.
pub(super) fn named(module: &Module, index: usize) -> Vec<(FuncId, Span)> {
    let mut found = Vec::new();
    for block in &module.funcs[index].blocks {
        for inst in &block.insts {
            if let Op::Core(CoreOp::Call { func, .. } | CoreOp::FuncAddr { func }) = inst.op {
                found.push((func, inst.span));
            }
        }
        if let Terminator::TailCall { func, .. } | Terminator::Invoke { func, .. } = block.term {
            found.push((func, block.term_span));
        }
    }
    found
}
