//! From object files to programs.

use std::path::{Path, PathBuf};

use super::native::Error;
use super::options::LinkMode;
use super::session::{Failed, Session};
use super::{output, system};
use crate::diagnostics::{Code, Diagnostic};
use crate::runtime::{self, System};
use crate::target::{self, ObjectFormat};
use crate::toolchain::{self, Command, LinkJob, Linker, ToolchainError};

/// Links a program or a shared library.
pub(super) fn link(
    session: &mut Session<'_>,
    objects: &[PathBuf],
    output: &Path,
    is_shared: bool,
) -> Result<(), Error> {
    if is_shared {
        has_shared(session)?;
    }
    let linker = linker(session)?;
    let scratch = output::scratch().map_err(|error| session.fail(error))?;
    let mut objects = objects.to_vec();
    let library = library(session)?;
    let mut script = None;
    if let Some(system) = &library {
        objects.extend(session.time("system library", |s| system::objects(s, system, scratch.path()))?);
        script = system::script(session, system, scratch.path())?;
    }
    let asked = library.map_or(&[][..], |system| system.asked);
    session.time("link", |session| {
        let job =
            LinkJob { script: script.as_deref(), asked, is_shared, ..link_job(session, &objects, output) };
        Ok(toolchain::link(&linker, &job, &session.told())?)
    })
}

/// Writes a static library: an archive of objects, which calls the C library that a program is linked with.
pub(super) fn archive(session: &mut Session<'_>, objects: &[PathBuf], output: &Path) -> Result<(), Failed> {
    if session.options.target.object_format == ObjectFormat::Wasm {
        let error = Diagnostic::error(Code::Usage, "there are no static libraries of WebAssembly");
        return Err(
            session.fail(error.help("`--emit=obj` writes an object file, which `wasm-ld` takes as well"))
        );
    }
    system::archived(session, objects, output)
}

/// A shared library has the C library of the process that loads it.
fn has_shared(session: &mut Session<'_>) -> Result<(), Failed> {
    match session.options.link_mode() {
        LinkMode::System => Ok(()),
        LinkMode::SelfContained => {
            let triple = &session.options.target.triple;
            let message =
                format!("a shared library for {triple} cannot be linked with nothing of its system");
            let error = Diagnostic::error(Code::Usage, message);
            Err(session.fail(
                error.help("`--link=system`, with `--sysroot DIR`; `--emit=staticlib` writes a static one"),
            ))
        }
    }
}

/// The command that links, for `-###`.
pub(super) fn link_command(
    session: &mut Session<'_>,
    objects: &[PathBuf],
    output: &Path,
    is_shared: bool,
) -> Result<Command, Error> {
    if is_shared {
        has_shared(session)?;
    }
    let linker = linker(session)?;
    let mut objects = objects.to_vec();
    let mut script = None;
    if let Some(system) = library(session)? {
        objects.extend(system::names(&system));
        script = system.script.map(|_| PathBuf::from(system::SCRIPT));
    }
    let job = LinkJob { script: script.as_deref(), is_shared, ..link_job(session, &objects, output) };
    Ok(toolchain::link_command(&linker, &job, output)?)
}

/// Our own C library, for a program that is linked with it.
fn library(session: &Session<'_>) -> Result<Option<System>, ToolchainError> {
    let target = &session.options.target;
    match session.options.link_mode() {
        LinkMode::System => Ok(None),
        LinkMode::SelfContained => match runtime::system(target) {
            Some(system) => Ok(Some(system)),
            None => Err(ToolchainError::CannotLink { triple: target.triple.clone() }),
        },
    }
}

fn link_job<'s>(session: &'s Session<'_>, objects: &'s [PathBuf], output: &'s Path) -> LinkJob<'s> {
    let options = &session.options;
    LinkJob {
        sysroot: options.sysroot.as_deref(),
        args: &options.link_args,
        limit: options.tool_limit,
        ..LinkJob::new(objects, output, &options.target)
    }
}

/// A linker of the LLVM in use links what is self-contained. Otherwise a C compiler does: clang if an LLVM is known already or
/// if the target is another machine, and the system's if not, so that a build by Cranelift looks for no LLVM.
fn linker(session: &mut Session<'_>) -> Result<Linker, ToolchainError> {
    if session.options.link_mode() == LinkMode::SelfContained {
        let llvm = session.llvm()?;
        return Linker::lld(&llvm, &session.options.target);
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
