//! Programs that notice the end of their stack.

use crate::diagnostics::Span;
use crate::diagnostics::{Diagnostic, FileId};
use crate::mir::{CoreOp, Inst, Module, RegList, merge, parse};
use crate::target::{Os, Target};

/// The function that installs a handler of signals, and what is common to handlers.
const WATCH: &str = include_str!("../runtime/stack/watch.mir");
const INSTALL: &str = "rt_watch_stack";

/// A handler of signals, on systems that tell of the end of the stack by one.
fn handler(os: Os) -> Option<&'static str> {
    match os {
        Os::Linux => Some(include_str!("../runtime/stack/linux.mir")),
        Os::MacOs => Some(include_str!("../runtime/stack/macos.mir")),
        Os::Windows | Os::Wasi | Os::None => None,
    }
}

/// The program with a handler of signals that calls [`STACK_OVERFLOW`](crate::mir::STACK_OVERFLOW), on systems that tell by a
/// signal; `None` on others, and for a program that has no such function or no `main`.
///
/// # Errors
/// It exports a symbol that the handler needs, with other types.
pub fn watched(module: &Module, target: &Target) -> Result<Option<Module>, Vec<Diagnostic>> {
    let main = module.func_named("main").filter(|&id| module.func(id).is_defined());
    let (Some(main), Some(_), Some(handler)) = (main, module.stack_overflow(), handler(target.os)) else {
        return Ok(None);
    };
    let handler = parse(FileId::default(), "runtime/stack", &format!("{WATCH}\n{handler}"));
    let mut handler = handler.map_err(|errors| errors.iter().cloned().collect::<Vec<_>>())?;
    // Its places are in no file of the session.
    handler.files.clear();
    let mut module = merge(module.clone(), handler)?;
    if let Some(install) = module.func_named(INSTALL) {
        let op = CoreOp::Call { func: install, args: RegList::default() }.into();
        module.funcs[main.idx()].blocks[0].insts.insert(0, Inst { op, dst: None, span: Span::NONE });
    }
    Ok(Some(module))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mir::verify;
    use crate::target;

    #[test]
    fn the_handler_is_valid_and_main_installs_it() {
        let text = "export fn @rt_stack_overflow() -> never c {\nbb0:\n  trap\n  unreachable\n}\n\
                    export fn @main() -> i32 c {\nbb0:\n  %r: i32 = const 0\n  return %r\n}\n";
        let module = parse(FileId(1), "test.mir", text).unwrap();
        for triple in [
            "x86_64-unknown-linux-gnu",
            "i686-unknown-linux-gnu",
            "aarch64-unknown-linux-gnu",
            "x86_64-apple-darwin",
            "aarch64-apple-darwin",
        ] {
            let watched = watched(&module, target::find(triple).unwrap()).unwrap().unwrap();
            verify(&watched).unwrap();
            let main = &watched.funcs[watched.func_named("main").unwrap().idx()];
            assert_eq!(main.blocks[0].insts.len(), 2);
        }
        assert!(watched(&module, target::find("x86_64-pc-windows-gnu").unwrap()).unwrap().is_none());
        let without = Module { funcs: module.funcs[1..].to_vec(), ..module };
        assert!(watched(&without, target::find("x86_64-unknown-linux-gnu").unwrap()).unwrap().is_none());
    }
}
