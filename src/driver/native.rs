//! From core MIR to object files and programs.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::choose::Choice;
use super::front::own_work;
use super::listen::Event;
use super::options::{Backend, EmitKind, LinkMode};
use super::output;
use super::session::{Failed, Session};
use super::threads::prepared;
use super::watch::watched;
#[cfg(feature = "cranelift")]
use crate::backend::cranelift;
use crate::backend::llvm;
use crate::diagnostics::{Diagnostic, Severity};
use crate::mir::Module;
use crate::target::Target;
use crate::toolchain::{
    self, Classification, Command, CompileJob, Level, Llvm, PREFERRED, Product, ToolchainError,
};

/// Whether Cranelift is part of this simplec and makes code for a target.
#[cfg(feature = "cranelift")]
pub fn cranelift_supports(target: &Target) -> bool {
    cranelift::supports(target)
}

/// As above: this simplec was built without it.
#[cfg(not(feature = "cranelift"))]
pub fn cranelift_supports(_target: &Target) -> bool {
    false
}

/// Whether Cranelift's objects for a target have debug information.
#[cfg(feature = "cranelift")]
pub(super) fn cranelift_describes(target: &Target) -> bool {
    cranelift::describes(target)
}

/// As above: this simplec was built without it.
#[cfg(not(feature = "cranelift"))]
pub(super) fn cranelift_describes(_target: &Target) -> bool {
    false
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

/// The error in the session's diagnostics.
pub(super) fn told(session: &mut Session<'_>, error: Error) -> Failed {
    match error {
        Error::Tool(error) => session.fail(error.diagnostic()),
        Error::Told => Failed,
    }
}

/// The module with what programs for the target need beside the code of their own, those that are linked here and those of others.
pub(super) fn hosted<'m>(
    session: &mut Session<'_>,
    module: &'m Module,
    is_linked: bool,
) -> Result<Cow<'m, Module>, Failed> {
    let target = session.options.target.clone();
    if session.options.makes_library() {
        // The stack belongs to who calls it.
        return Ok(Cow::Borrowed(module));
    }
    let more = watched(module, &target);
    let module = added(session, Cow::Borrowed(module), more, "watching the stack")?;
    if !is_linked || session.options.link_mode() != LinkMode::SelfContained {
        return Ok(module);
    }
    let more = prepared(&module, &target);
    added(session, module, more, "preparing threads")
}

/// The module with what was added, if anything was.
fn added<'m>(
    session: &mut Session<'_>,
    module: Cow<'m, Module>,
    more: Result<Option<Module>, Vec<Diagnostic>>,
    what: &str,
) -> Result<Cow<'m, Module>, Failed> {
    match more {
        Ok(Some(more)) => {
            own_work(session, &more, what)?;
            Ok(Cow::Owned(more))
        }
        Ok(None) => Ok(module),
        Err(errors) => Err(session.fail_all(errors)),
    }
}

/// The module as LLVM IR text for the LLVM in use, or for the preferred version where none is there to be asked.
/// Values have names if people will read it.
pub(super) fn llvm_text(session: &mut Session<'_>, module: &Module, named: bool) -> Result<Vec<u8>, Failed> {
    let data_layout = session.data_layout();
    let options = llvm::Options {
        llvm_version: session.llvm().map_or(PREFERRED, |llvm| llvm.version.major),
        named,
        reloc: if session.options.emit.iter().any(|emit| emit.kind == EmitKind::DyLib) {
            llvm::Reloc::Pic
        } else {
            llvm::Reloc::default()
        },
        opt: match session.options.llvm_level() {
            Level::O0 => llvm::OptLevel::O0,
            Level::O1 => llvm::OptLevel::O1,
            Level::O2 => llvm::OptLevel::O2,
            Level::O3 => llvm::OptLevel::O3,
            Level::Os => llvm::OptLevel::Os,
            Level::Oz => llvm::OptLevel::Oz,
        },
        data_layout: Some(data_layout),
        debug: session.options.debug_info.clone(),
        ..llvm::Options::default()
    };
    let text =
        session.time("write LLVM IR", |session| llvm::write(module, &session.options.target, &options));
    text.map_err(|errors| session.fail_all(errors))
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
        let reused = toolchain::compile_once(&llvm, &job, &session.search, &session.told())?;
        if let Some(entry) = reused {
            session.listener.hear(Event::Reused(&entry));
        }
        Ok(())
    })
}

/// Where the object of a program goes that is not kept itself: what is kept when a tool fails is named after it.
pub(super) fn object_of(folder: &Path, program: &Path) -> PathBuf {
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    folder.join(format!("{name}.o"))
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
        sections: false,
        output,
        llvm_args: &session.options.llvm_args,
        limit: session.options.tool_limit,
        reproducers: Some(Path::new(".")),
    }
}

/// The commands that make something of LLVM IR, for `-###`.
pub(super) fn clang_commands(
    session: &Session<'_>,
    llvm: &Llvm,
    product: Product,
    output: &Path,
) -> Vec<Command> {
    toolchain::compile_commands(llvm, &compile_job(session, &[], product, output), output)
}

/// Makes an object file by Cranelift.
#[cfg(feature = "cranelift")]
pub(super) fn cranelift_object(
    session: &mut Session<'_>,
    module: &Module,
    output: &Path,
) -> Result<(), Failed> {
    let options = cranelift_options(session);
    let bytes =
        session.time("Cranelift", |session| cranelift::object(module, &session.options.target, &options));
    let bytes = bytes.map_err(|errors| session.fail_all(errors))?;
    std::fs::write(output, bytes).map_err(|error| session.fail(output::cannot_write(output, &error)))
}

/// As above: this simplec was built without it, and `choose` never chooses it.
#[cfg(not(feature = "cranelift"))]
pub(super) fn cranelift_object(
    session: &mut Session<'_>,
    _module: &Module,
    _output: &Path,
) -> Result<(), Failed> {
    Err(session.fail(Diagnostic::internal("Cranelift was chosen and is not part of this simplec")))
}

/// How hard Cranelift tries.
#[cfg(feature = "cranelift")]
pub(super) fn cranelift_options(session: &Session<'_>) -> cranelift::Options {
    let opt = match session.options.llvm_level() {
        Level::O0 | Level::O1 => cranelift::Opt::None,
        Level::O2 | Level::O3 | Level::Os | Level::Oz => cranelift::Opt::Speed,
    };
    cranelift::Options { opt, debug: session.options.debug_info.clone(), ..cranelift::Options::default() }
}

/// The choice, or what is done instead where it is LLVM and there is none.
pub(super) fn available(session: &mut Session<'_>, choice: Choice) -> Result<Choice, Failed> {
    if choice.backend == Backend::Llvm
        && let Err(error) = session.llvm()
    {
        return fall_back(session, &choice, error.into()).cloned();
    }
    Ok(choice)
}

/// What is to be done about a tool's failure.
pub(super) fn fall_back<'c>(
    session: &mut Session<'_>,
    choice: &'c Choice,
    error: Error,
) -> Result<&'c Choice, Failed> {
    let error = match error {
        Error::Told => return Err(Failed),
        Error::Tool(error) => error,
    };
    let diagnostic = error.diagnostic();
    if error.classification() == Classification::Fatal {
        return Err(session.fail(diagnostic));
    }
    if let Some(next) = &choice.fallback {
        let message =
            format!("{}; compiling with {}, which optimises less", diagnostic.message, next.backend.title());
        let warning = Diagnostic { severity: Severity::Warning, message, ..diagnostic };
        session.forget_llvm();
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

/// Compiles a module by a back end and links it to a program.
///
/// # Errors
/// In the session's diagnostics.
pub fn program(
    session: &mut Session<'_>,
    module: &Module,
    choice: &Choice,
    output: &Path,
) -> Result<(), Failed> {
    let module = &*hosted(session, module, true)?;
    let scratch = output::scratch().map_err(|error| session.fail(error))?;
    let object = object_of(scratch.path(), output);
    let mut backend = choice.backend;
    if backend == Backend::Llvm {
        let text = llvm_text(session, module, false)?;
        if let Err(error) = clang(session, &text, Product::Object, &object) {
            backend = fall_back(session, choice, Error::Tool(error))?.backend;
        }
    }
    if backend == Backend::Cranelift {
        cranelift_object(session, module, &object)?;
    }
    super::link::link(session, &[object], output, None)
        .map_err(|error| super::undefined::told(session, module, error))
}
