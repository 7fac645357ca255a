//! From a file to core MIR.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::backtrace;
use super::input::{Input, Kind};
use super::modules::{self, Loaded, Part};
use super::session::{Failed, Session};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, FileId, Severity, SourceFile};
use crate::mir::{self, Linkage, Module};
use crate::syntax::Symbol;
use crate::{expand, hir, lower, opt, runtime};

/// Reads, checks and lowers a file, optimises it where that is asked for, and expands the result to core operations.
///
/// # Errors
/// In the session's diagnostics.
pub fn compile(session: &mut Session<'_>, input: &Input) -> Result<Module, Failed> {
    let module = rich(session, input)?;
    let (module, more) = expanded(session, module)?;
    let mut module = match input.kind() {
        Kind::Mir => with_runtime(session, module, more)?,
        Kind::Simple => module,
    };
    backtrace::keep_calls(session, &mut module)?;
    Ok(module)
}

/// Functions of the runtime with what they call; `more` is the source of others.
pub(super) fn of_runtime(session: &mut Session<'_>, wanted: &[&str], more: &str) -> Result<Module, Failed> {
    // The names tell which files of the runtime are needed.
    for name in wanted {
        session.interner.intern(name);
    }
    let more = if more.is_empty() { vec![] } else { vec![runtime::RICH, ("runtime/expanded.spl", more)] };
    let program = check_simple(session, None, &more)?;
    let files = place_tables(session);
    let lowered = session.time("lower", |s| lower::lower_runtime(program, &s.interner, files, wanted));
    let library = lowered.map_err(|errors| session.fail_all(errors))?;
    let library = optimized(session, library)?;
    core(session, library)
}

/// The module with the functions of the runtime that it declares, or that expansion has called for; `more` is the source of
/// those that expansion wrote.
fn with_runtime(session: &mut Session<'_>, module: Module, more: String) -> Result<Module, Failed> {
    let declared = module.funcs.iter().filter(|func| !func.is_defined()).map(|func| func.name.as_str());
    let wanted: Vec<&str> = declared.filter(|name| name.starts_with(runtime::PREFIX)).collect();
    if wanted.is_empty() {
        return Ok(module);
    }
    let library = of_runtime(session, &wanted, &more)?;
    let is_library = session.options.makes_library();
    let hidden = own_business(&module, &library, is_library);
    let merged = session.time("merge", |_| mir::merge(module, library));
    let mut merged = merged.map_err(|errors| session.fail_all(errors))?;
    merged.funcs.iter_mut().filter(|func| hidden.contains(&func.name)).for_each(|func| {
        func.linkage = Linkage::Internal;
    });
    own_work(session, &merged, "merging with the runtime")?;
    Ok(merged)
}

/// What other objects need not see of the runtime, and of what expansion wrote, once a module has it: all but what the
/// entry of programs asks for, which a library has not, and the module defines itself.
fn own_business(module: &Module, library: &Module, is_library: bool) -> FxHashSet<String> {
    let own: FxHashSet<&str> =
        module.funcs.iter().filter(|func| func.is_defined()).map(|func| func.name.as_str()).collect();
    let exported = library.funcs.iter().filter(|func| func.linkage == Linkage::Export);
    let names = exported.map(|func| &func.name);
    let is_asked_for = |name: &str| name == mir::STACK_OVERFLOW && !is_library;
    names.filter(|&name| !is_asked_for(name) && !own.contains(name.as_str())).cloned().collect()
}

/// Expands a module of Simple to core operations: one that asks for no more of the runtime.
///
/// # Errors
/// In the session's diagnostics.
pub(super) fn core(session: &mut Session<'_>, module: Module) -> Result<Module, Failed> {
    expanded(session, module).map(|(module, _)| module)
}

/// Expands a module; with it the source of functions that are to be compiled with the runtime.
fn expanded(session: &mut Session<'_>, mut module: Module) -> Result<(Module, String), Failed> {
    let more = session.time("expand", |_| expand::expand(&mut module));
    let more = more.map_err(|errors| session.fail_all(errors))?;
    own_work(session, &module, "expansion")?;
    Ok((module, more))
}

/// As [`compile`], up to and without expansion: the form that MIR passes work on.
///
/// # Errors
/// In the session's diagnostics.
pub fn rich(session: &mut Session<'_>, input: &Input) -> Result<Module, Failed> {
    with_examples(session, input).map(|(module, _)| module)
}

/// As [`rich`], with the examples of the specifications in it.
///
/// # Errors
/// In the session's diagnostics.
pub(super) fn with_examples(
    session: &mut Session<'_>,
    input: &Input,
) -> Result<(Module, Vec<hir::Example>), Failed> {
    let file = input.read(session)?;
    match input.kind() {
        Kind::Mir => mir_text(session, file).map(|module| (module, Vec::new())),
        Kind::Simple => {
            let mut program = check_simple(session, Some((input, file)), &[])?;
            let examples = std::mem::take(&mut program.examples);
            if is_library(session, &program) {
                into_library(session, &mut program);
            }
            let mut module = lowered(session, program)?;
            module.name = session.options.remapped(&input.name());
            Ok((optimized(session, module)?, examples))
        }
    }
}

/// Whether a file is made into a library: for an output that is one, or for objects for others of a file that has something
/// for them and nothing that a program would run.
fn is_library(session: &Session<'_>, program: &hir::Program) -> bool {
    let runtime = session.interner.lookup("rt");
    let is_offered = |func: &hir::Func| func.attrs.is_export && func.path.first().copied() != runtime;
    session.options.makes_library()
        || session.options.makes_no_program()
            && program.first_statement().is_none()
            && program.funcs.iter().any(is_offered)
}

/// Makes a library of a program: nobody calls its entry function, and who uses two libraries has a `main` of their own.
fn into_library(session: &mut Session<'_>, program: &mut hir::Program) {
    if let Some(statement) = program.first_statement() {
        let warning =
            Diagnostic::new(Severity::Warning, None, "a library has no `main` and no statements to run")
                .at(statement, "this runs in a program only");
        session.diagnostics.push(warning.help(
            "only module-level variables get their values when it is loaded: what else is to be done, an exported function does",
        ));
    }
    program.make_library();
}

/// Lowers a checked program.
pub(super) fn lowered(session: &mut Session<'_>, program: hir::Program) -> Result<Module, Failed> {
    let files = place_tables(session);
    let variables = session.options.variables();
    let lowered = session.time("lower", |s| lower::lower(program, &s.interner, files, variables));
    lowered.map_err(|errors| session.fail_all(errors))
}

/// A module that was just lowered, optimised if that is asked for.
fn optimized(session: &mut Session<'_>, mut module: Module) -> Result<Module, Failed> {
    own_work(session, &module, "lowering")?;
    if session.options.optimizes_mir() {
        session.time("optimize", |_| opt::optimize(&mut module));
        own_work(session, &module, "optimization")?;
    }
    Ok(module)
}

/// Reports what is wrong with a file, and makes nothing of it.
///
/// # Errors
/// In the session's diagnostics.
pub fn check(session: &mut Session<'_>, input: &Input) -> Result<(), Failed> {
    let file = input.read(session)?;
    match input.kind() {
        Kind::Mir => mir_text(session, file).map(drop),
        Kind::Simple => check_simple(session, Some((input, file)), &[]).map(drop),
    }
}

/// Parses the runtime, with more sources of it, and a file with the modules that it uses, and checks all as one program;
/// without a file, the runtime only.
fn check_simple(
    session: &mut Session<'_>,
    file: Option<(&Input, FileId)>,
    more: &[(&str, &str)],
) -> Result<hir::Program, Failed> {
    let own = match file {
        Some((input, file)) => modules::load(session, input, file)?,
        None => Vec::new(),
    };
    check_modules(session, &own, more)
}

/// Parses the runtime, with more sources of it, and checks it and the modules as one program.
pub(super) fn check_modules(
    session: &mut Session<'_>,
    own: &[Loaded],
    more: &[(&str, &str)],
) -> Result<hir::Program, Failed> {
    let mut library = Vec::with_capacity(runtime::SOURCES.len());
    for &source in runtime::SOURCES.iter().chain(more) {
        library.push(modules::parse_source(session, source)?);
    }
    let main = session.interner.intern("main");
    if own.iter().any(|module| module.takes_command_line(main)) {
        session.interner.intern(runtime::COMMAND_LINE);
    }
    let mut needed = runtime::Needed::new(&session.options.target);
    while let Some(source) = needed.next(|name| session.interner.lookup(name).is_some()) {
        library.push(modules::parse_source(session, source)?);
    }
    // A tree with syntax errors lacks what could not be read, so checking it would report what is not wrong.
    if session.diagnostics.has_errors() {
        return Err(Failed);
    }
    let rt = session.interner.intern("rt");
    let first = library.len();
    let library = library.iter().map(|(ast, text)| hir::SourceModule {
        ast,
        text,
        path: vec![rt],
        name: vec![rt],
        package: Vec::new(),
        is_runtime: true,
        follows: None,
        has_run: false,
    });
    let mut entry = None;
    let own = own.iter().enumerate().map(|(i, module)| hir::SourceModule {
        ast: &module.ast,
        text: &module.text,
        path: symbol_of(session, &module.name).into_iter().collect(),
        name: module.name.clone(),
        package: module.package.clone(),
        is_runtime: false,
        follows: match module.part {
            Part::File => None,
            Part::Entry => entry.replace(first + i),
        },
        has_run: module.has_run,
    });
    let all = library.chain(own).collect();
    let program = session.time("check", |s| hir::check(all, &mut s.interner, &mut s.diagnostics));
    if session.diagnostics.has_errors() { Err(Failed) } else { Ok(program) }
}

/// What the symbols of a module begin with: its name, dots and all, so that `a.b::f` is of the module `a.b` and `a::b::f`
/// of a type `b` in `a`. The symbols of the main file begin with `main`, those of the runtime with `rt`.
fn symbol_of(session: &mut Session<'_>, name: &[Symbol]) -> Option<Symbol> {
    let parts: Vec<&str> = name.iter().map(|&part| session.interner.get(part)).collect();
    let symbol = match parts.as_slice() {
        [] => return None,
        [taken @ ("main" | "rt")] => format!("{taken}.spl"),
        _ => parts.join("."),
    };
    Some(session.interner.intern(&symbol))
}

/// What MIR keeps of the source files.
fn place_tables(session: &Session<'_>) -> Vec<mir::SourceFile> {
    let table = |(file, source): (FileId, &SourceFile)| mir::SourceFile {
        file,
        path: session.options.remapped(source.name()),
        line_starts: source.line_starts().to_vec(),
    };
    session.sources.iter().map(table).collect()
}

/// A file and its name and text.
struct Source {
    file: FileId,
    name: String,
    text: Arc<str>,
}

fn source(session: &mut Session<'_>, file: FileId) -> Result<Source, Failed> {
    match session.sources.get(file) {
        Some(source) => Ok(Source { file, name: source.name().to_owned(), text: source.text().clone() }),
        None => Err(session.fail(Diagnostic::internal("a file that was just read is not there"))),
    }
}

/// Parses and verifies a module that somebody else made.
fn mir_text(session: &mut Session<'_>, file: FileId) -> Result<Module, Failed> {
    let Source { file, name, text } = source(session, file)?;
    let module = session.time("parse", |s| mir::parse(file, &s.options.remapped(&name), &text));
    let verified = module.and_then(|module| {
        session.time("verify", |_| mir::verify(&module))?;
        Ok(module)
    });
    verified.map_err(|errors| {
        session.diagnostics.append(errors);
        Failed
    })
}

/// In debug builds of the compiler, verifies what a pass of ours has made: what is wrong with it is our bug.
pub(super) fn own_work(session: &mut Session<'_>, module: &Module, pass: &str) -> Result<(), Failed> {
    if !cfg!(debug_assertions) {
        return Ok(());
    }
    match session.time("verify", |_| mir::verify(module)) {
        Ok(()) => Ok(()),
        Err(errors) => Err(session.fail_all(blamed(&errors, pass))),
    }
}

fn blamed(errors: &Diagnostics, pass: &str) -> Vec<Diagnostic> {
    let ours = |error: &Diagnostic| Diagnostic {
        primary: error.primary.clone(),
        ..Diagnostic::internal(format!("{pass} made invalid MIR: {}", error.message))
    };
    debug_assert!(errors.iter().all(|error| error.code != Some(Code::Internal)));
    errors.iter().map(ours).collect()
}
