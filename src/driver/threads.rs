//! Programs that give their only thread its own of what is thread-local, where no C library and no loader does.

use crate::diagnostics::{Diagnostic, FileId};
use crate::mir::{Module, merge, parse};
use crate::target::{Os, Target};

/// A constructor, and the function of the system's library that it calls.
const PREPARE: &str = include_str!("../runtime/threads.mir");

/// The self-contained program with a constructor before all others that prepares its thread; `None` where there is nothing
/// to prepare, or the system does.
///
/// # Errors
/// It exports a symbol that the constructor needs, with other types.
pub fn prepared(module: &Module, target: &Target) -> Result<Option<Module>, Vec<Diagnostic>> {
    let is_ours = match target.os {
        Os::Linux => true,
        // Their loaders do it; or each variable is one for all, since there is one thread.
        Os::Windows | Os::MacOs | Os::Wasi | Os::None => false,
    };
    if !is_ours || module.globals.iter().all(|global| !global.thread_local) {
        return Ok(None);
    }
    let own = parse(FileId::default(), "runtime/threads", PREPARE);
    let mut own = own.map_err(|errors| errors.iter().cloned().collect::<Vec<_>>())?;
    // Its places are in no file of the session.
    own.files.clear();
    // What comes first runs first.
    own.name.clone_from(&module.name);
    merge(own, module.clone()).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mir::verify;
    use crate::target;

    #[test]
    fn threads_are_prepared_before_anything_else() {
        let text = "thread_local global @own: i64 = 1\nfn @early() c constructor {\nbb0:\n  return\n}\n\
                    export fn @main() -> i32 c {\nbb0:\n  %r: i32 = const 0\n  return %r\n}\n";
        let mut module = parse(FileId(1), "test.mir", text).unwrap();
        let linux = target::find("riscv32gc-unknown-linux-gnu").unwrap();
        let with = prepared(&module, linux).unwrap().unwrap();
        verify(&with).unwrap();
        let first = with.funcs.iter().find(|func| func.facts.constructor).unwrap();
        assert_eq!(first.name, "rt::threads");
        assert_eq!(with.name, module.name);
        for other in ["x86_64-pc-windows-gnu", "aarch64-apple-darwin", "wasm32-wasi", "thumbv7m-none-eabi"] {
            assert!(prepared(&module, target::find(other).unwrap()).unwrap().is_none());
        }
        module.globals[0].thread_local = false;
        assert!(prepared(&module, linux).unwrap().is_none());
    }
}
