//! From object files to programs.

use std::path::{Path, PathBuf};

use super::native::Error;
use super::options::LinkMode;
use super::session::{Failed, Session};
use super::{output, system};
use crate::diagnostics::{Code, Diagnostic};
use crate::mir::Module;
use crate::runtime::{self, System};
use crate::target;
use crate::toolchain::{self, Command, Exports, LinkJob, Linker, ToolchainError};

/// Links a program, or a shared library with what it offers.
pub(super) fn link(
    session: &mut Session<'_>,
    objects: &[PathBuf],
    output: &Path,
    exports: Option<&Exports>,
) -> Result<(), Error> {
    let is_shared = exports.is_some();
    let library = library(session, is_shared)?;
    let linker = linker(session)?;
    let scratch = output::scratch().map_err(|error| session.fail(error))?;
    let mut objects = objects.to_vec();
    let mut list = None;
    if let Some(text) = exports.and_then(|exports| exports.text(&session.options.target)) {
        let path = scratch.path().join(EXPORTS);
        std::fs::write(&path, text).map_err(|error| session.fail(output::cannot_write(&path, &error)))?;
        list = Some(path);
    }
    let mut script = None;
    if let Some(system) = &library {
        objects.extend(session.time("system library", |s| system::objects(s, system, scratch.path()))?);
        script = system::script(session, system, scratch.path())?;
    }
    let asked = library.map_or(&[][..], |system| system.asked);
    session.time("link", |session| {
        let (script, exports) = (script.as_deref(), list.as_deref());
        let job = LinkJob { script, asked, is_shared, exports, ..link_job(session, &objects, output) };
        Ok(toolchain::link(&linker, &job, &session.told())?)
    })
}

/// A static library: an archive of objects, which calls the C library that a program is linked with.
pub(super) fn archive(session: &mut Session<'_>, objects: &[PathBuf]) -> Result<Vec<u8>, Failed> {
    system::archived(session, objects)
}

/// The name of the list of what a library offers.
const EXPORTS: &str = "exports.def";

/// What a module offers that becomes a shared library of that name.
pub(super) fn exports(module: &Module, library: String) -> Exports {
    let functions = module.funcs.iter().filter(|func| func.linkage.is_offered());
    let variables = module.globals.iter().filter(|global| global.linkage.is_offered());
    Exports {
        library,
        functions: functions.map(|func| func.name.clone()).collect(),
        variables: variables.map(|global| global.name.clone()).collect(),
    }
}

/// Writes the import library of a shared library for Windows.
pub(super) fn import_library(
    session: &mut Session<'_>,
    exports: &Exports,
    output: &Path,
) -> Result<(), Error> {
    let llvm = session.llvm()?;
    let target = &session.options.target;
    let text = exports.text(target).unwrap_or_default();
    Ok(toolchain::import_library(&llvm, target, &text, output, &session.search, &session.told())?)
}

/// The command that links, for `-###`.
pub(super) fn link_command(
    session: &mut Session<'_>,
    objects: &[PathBuf],
    output: &Path,
    is_shared: bool,
) -> Result<Command, Error> {
    let library = library(session, is_shared)?;
    let linker = linker(session)?;
    let mut objects = objects.to_vec();
    let mut script = None;
    if let Some(system) = library {
        objects.extend(system::names(&system));
        script = system.script.map(|_| PathBuf::from(system::SCRIPT));
    }
    let is_listed = is_shared && Exports::default().text(&session.options.target).is_some();
    let exports = is_listed.then_some(Path::new(EXPORTS));
    let job =
        LinkJob { script: script.as_deref(), is_shared, exports, ..link_job(session, &objects, output) };
    Ok(toolchain::link_command(&linker, &job, output)?)
}

/// What comes with simplec that is linked.
fn library(session: &mut Session<'_>, is_shared: bool) -> Result<Option<System>, Error> {
    let target = &session.options.target;
    let mode = session.options.link_mode();
    let library = match mode {
        LinkMode::System => {
            if let Some(root) = session.options.sysroot.clone().filter(|root| !root.is_dir()) {
                let message = format!("`--sysroot` names {}, which is no directory", root.display());
                return Err(session.fail(Diagnostic::error(Code::CannotRead, message)).into());
            }
            return Ok(None);
        }
        LinkMode::SelfContained => runtime::system(target, is_shared),
        LinkMode::Dynamic => runtime::dynamic(target, is_shared),
    };
    if let Some(system) = library {
        return Ok(Some(system));
    }
    let triple = target.triple.clone();
    let is_known = runtime::system(target, false).is_some();
    if mode == LinkMode::Dynamic && is_known {
        let message = format!("there is no `--link=dynamic` for {triple}");
        let help = if is_shared {
            "`--emit=staticlib` writes a static library"
        } else {
            "without `--link` programs for it need nothing of its system that is not there"
        };
        return Err(session.fail(Diagnostic::error(Code::Usage, message).help(help)).into());
    }
    if !is_shared || !is_known {
        return Err(ToolchainError::CannotLink { triple }.into());
    }
    let message = format!("a shared library for {triple} cannot be linked with nothing of its system");
    let help = if target.loader.is_some() {
        "`--link=dynamic`, or `--link=system` with `--sysroot DIR`; `--emit=staticlib` writes a static one"
    } else {
        "`--emit=staticlib` writes a static one"
    };
    Err(session.fail(Diagnostic::error(Code::Usage, message).help(help)).into())
}

fn link_job<'s>(session: &'s Session<'_>, objects: &'s [PathBuf], output: &'s Path) -> LinkJob<'s> {
    let options = &session.options;
    LinkJob {
        sysroot: options.sysroot.as_deref(),
        loader: match options.link_mode() {
            LinkMode::Dynamic => options.target.loader.as_deref(),
            LinkMode::SelfContained | LinkMode::System => None,
        },
        args: &options.link_args,
        limit: options.tool_limit,
        ..LinkJob::new(objects, output, &options.target)
    }
}

/// A linker of the LLVM in use links what needs no library of the system's. Otherwise a C compiler does: clang if an LLVM is known already or
/// if the target is another machine, and the system's if not, so that a build by Cranelift looks for no LLVM.
fn linker(session: &mut Session<'_>) -> Result<Linker, ToolchainError> {
    let named = session.options.linker.clone();
    match session.options.link_mode() {
        LinkMode::SelfContained | LinkMode::Dynamic => {
            if let Some(path) = named {
                return Ok(Linker::Lld { path, version: None });
            }
            let llvm = session.llvm()?;
            return Linker::lld(&llvm, &session.options.target);
        }
        LinkMode::System => {}
    }
    if let Some(path) = named {
        return Linker::named(path, || session.llvm());
    }
    let target = &session.options.target;
    let is_native = target::host().is_ok_and(|host| (host.arch, host.os) == (target.arch, target.os));
    if is_native && !session.has_llvm() {
        if let Ok(linker) = Linker::choose(None, &session.search) {
            return Ok(linker);
        }
        return match session.llvm() {
            Ok(llvm) => Linker::choose(Some(&llvm), &session.search),
            Err(_) => Linker::choose(None, &session.search),
        };
    }
    match session.llvm() {
        Ok(llvm) => Linker::choose(Some(&llvm), &session.search),
        Err(_) => Linker::choose(None, &session.search),
    }
}
