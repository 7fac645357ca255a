//! From a file to core MIR.

use std::sync::Arc;

use super::input::{Input, Kind};
use super::session::{Failed, Session};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, FileId};
use crate::expand;
use crate::mir::{self, Module};
use crate::syntax::{self, ast};

/// Reads, checks and lowers a file, and expands the result to core operations.
///
/// # Errors
/// In the session's diagnostics.
pub fn compile(session: &mut Session<'_>, input: &Input) -> Result<Module, Failed> {
    let file = input.read(session)?;
    let mut module = match input.kind() {
        Kind::Mir => mir_text(session, file)?,
        Kind::Simple => {
            parse(session, file)?;
            let error =
                Diagnostic::error(Code::NotSupported, "Simple source is not compiled by this version");
            return Err(session.fail(error.help("`.mir` files are")));
        }
    };
    module.name = input.name();
    session.time("expand", |_| expand::expand(&mut module)).map_err(|errors| session.fail_all(errors))?;
    own_work(session, &module, "expansion")?;
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
        Kind::Simple => parse(session, file).map(drop),
    }
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

fn parse(session: &mut Session<'_>, file: FileId) -> Result<ast::Module, Failed> {
    let Source { text, .. } = source(session, file)?;
    let tree = session
        .time("parse", |session| syntax::parse(file, &text, &mut session.interner, &mut session.diagnostics));
    if session.diagnostics.has_errors() { Err(Failed) } else { Ok(tree) }
}

/// Parses and verifies a module that somebody else made.
fn mir_text(session: &mut Session<'_>, file: FileId) -> Result<Module, Failed> {
    let Source { file, name, text } = source(session, file)?;
    let module = session.time("parse", |_| mir::parse(file, &name, &text));
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
fn own_work(session: &mut Session<'_>, module: &Module, pass: &str) -> Result<(), Failed> {
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
