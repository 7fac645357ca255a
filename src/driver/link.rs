//! From object files to programs.

use std::path::{Path, PathBuf};

use super::native::Error;
use super::options::LinkMode;
use super::session::{Failed, Session};
use super::{output, system};
use crate::diagnostics::{Code, Diagnostic};
use crate::runtime::{self, System};
use crate::target;
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
    let library = library(session, is_shared)?;
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
    system::archived(session, objects, output)
}

/// A shared library has the C library of the process that loads it.
fn has_shared(session: &mut Session<'_>) -> Result<(), Failed> {
    match session.options.link_mode() {
        LinkMode::System | LinkMode::Dynamic => Ok(()),
        LinkMode::SelfContained => {
            let triple = &session.options.target.triple;
            let message =
                format!("a shared library for {triple} cannot be linked with nothing of its system");
            let error = Diagnostic::error(Code::Usage, message);
            Err(session.fail(
                error.help("`--link=system`, with `--sysroot DIR`, or `--link=dynamic`; `--emit=staticlib` writes a static one"),
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
    if let Some(system) = library(session, is_shared)? {
        objects.extend(system::names(&system));
        script = system.script.map(|_| PathBuf::from(system::SCRIPT));
    }
    let job = LinkJob { script: script.as_deref(), is_shared, ..link_job(session, &objects, output) };
    Ok(toolchain::link_command(&linker, &job, output)?)
}

/// What comes with simplec that is linked.
fn library(session: &Session<'_>, is_shared: bool) -> Result<Option<System>, ToolchainError> {
    let target = &session.options.target;
    let library = match session.options.link_mode() {
        LinkMode::System => return Ok(None),
        LinkMode::SelfContained => runtime::system(target),
        LinkMode::Dynamic => runtime::dynamic(target, is_shared),
    };
    match library {
        Some(system) => Ok(Some(system)),
        None => Err(ToolchainError::CannotLink { triple: target.triple.clone() }),
    }
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
