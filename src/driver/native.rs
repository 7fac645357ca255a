//! From core MIR to object files and programs.

use std::path::{Path, PathBuf};

use super::choose::Choice;
use super::options::Backend;
use super::output;
use super::session::{Failed, Session};
use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::mir::Module;
use crate::target::{self, Target};
use crate::toolchain::{
    self, Classification, Command, CompileJob, LinkJob, Linker, Llvm, PREFERRED, Product, ToolchainError,
};

/// Whether Cranelift is part of this simplec and makes code for a target.
pub(super) fn cranelift_supports(target: &Target) -> bool {
    #[cfg(feature = "cranelift")]
    {
        target.pointer_width == 64
    }
    #[cfg(not(feature = "cranelift"))]
    {
        let _ = target;
        false
    }
}

/// Why nothing was made.
pub(super) enum Error {
    /// A tool's failure: another back end may do better.
    Tool(ToolchainError),
    /// Already in the session's diagnostics.
    Told,
}

impl From<ToolchainError> for Error {
    fn from(error: ToolchainError) -> Error {
        Error::Tool(error)
    }
}

impl From<Failed> for Error {
    fn from(_: Failed) -> Error {
        Error::Told
    }
}

/// The module as LLVM IR text for the LLVM in use, or for the preferred version where none is there to be asked.
/// Values have names if people will read it.
pub(super) fn llvm_text(session: &mut Session<'_>, module: &Module, named: bool) -> Result<Vec<u8>, Failed> {
    let _ = (module, named, PREFERRED);
    Err(session.fail(Diagnostic::error(Code::NotSupported, "LLVM IR is not written by this version")))
}

/// Has clang make something of LLVM IR.
pub(super) fn clang(
    session: &mut Session<'_>,
    text: &[u8],
    product: Product,
    output: &Path,
) -> Result<(), ToolchainError> {
    let llvm = session.llvm()?;
    session.time("clang", |session| {
        let job = compile_job(session, text, product, output);
        toolchain::compile(&llvm, &job, &session.told())
    })
}

fn compile_job<'s>(
    session: &'s Session<'_>,
    text: &'s [u8],
    product: Product,
    output: &'s Path,
) -> CompileJob<'s> {
    CompileJob {
        module: text,
        triple: session.options.target.llvm_triple(),
        level: session.options.llvm_level(),
        product,
        output,
        llvm_args: &session.options.llvm_args,
        limit: None,
        reproducers: Some(Path::new(".")),
    }
}

/// The clang command that makes an object file, for `-###`.
pub(super) fn clang_command(session: &Session<'_>, llvm: &Llvm, product: Product, output: &Path) -> Command {
    toolchain::compile_command(llvm, &compile_job(session, &[], product, output), output)
}

/// Makes an object file by Cranelift.
pub(super) fn cranelift_object(
    session: &mut Session<'_>,
    module: &Module,
    output: &Path,
) -> Result<(), Failed> {
    let _ = module;
    let bytes: Vec<u8> =
        Err(session.fail(Diagnostic::error(Code::NotSupported, "no Cranelift in this version")))?;
    std::fs::write(output, bytes).map_err(|error| session.fail(output::cannot_write(output, &error)))
}

/// What is to be done about a tool's failure.
pub(super) fn fall_back(session: &mut Session<'_>, choice: &Choice, error: Error) -> Result<Backend, Failed> {
    let error = match error {
        Error::Told => return Err(Failed),
        Error::Tool(error) => error,
    };
    let diagnostic = error.diagnostic();
    if error.classification() == Classification::Fatal {
        return Err(session.fail(diagnostic));
    }
    if let Some(next) = choice.fallback {
        let message =
            format!("{}; compiling with {}, which optimises less", diagnostic.message, next.title());
        let warning = Diagnostic { severity: Severity::Warning, message, ..diagnostic };
        session.diagnostics.push(warning.help("`--no-fallback` makes this an error"));
        return Ok(next);
    }
    let triple = &session.options.target.triple;
    let why = if session.options.backend == Some(Backend::Llvm) {
        "`--backend=llvm` allows no other back end".to_owned()
    } else if !session.options.fallback {
        "`--no-fallback` allows no other back end".to_owned()
    } else if !cranelift_supports(&session.options.target) {
        format!("Cranelift makes no code for {triple}, so only LLVM can")
    } else {
        "only LLVM writes the outputs that were asked for".to_owned()
    };
    Err(session.fail(diagnostic.note(why)))
}

/// Links a program.
pub(super) fn link(
    session: &mut Session<'_>,
    objects: &[PathBuf],
    output: &Path,
) -> Result<(), ToolchainError> {
    let linker = linker(session)?;
    session.time("link", |session| {
        toolchain::link(&linker, &link_job(session, objects, output), &session.told())
    })
}

/// The command that links, for `-###`.
pub(super) fn link_command(
    session: &mut Session<'_>,
    objects: &[PathBuf],
    output: &Path,
) -> Result<Command, ToolchainError> {
    let linker = linker(session)?;
    toolchain::link_command(&linker, &link_job(session, objects, output), output)
}

fn link_job<'s>(session: &'s Session<'_>, objects: &'s [PathBuf], output: &'s Path) -> LinkJob<'s> {
    let options = &session.options;
    LinkJob { objects, output, target: &options.target, args: &options.link_args, strip: false, limit: None }
}

/// The LLVM in use links if one is known already or if the target is another machine; otherwise the system's C
/// compiler does, so that a build by Cranelift looks for no LLVM.
fn linker(session: &mut Session<'_>) -> Result<Linker, ToolchainError> {
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
