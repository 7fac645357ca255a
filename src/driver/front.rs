//! From a file to core MIR.

use super::input::{Input, Kind};
use super::session::{Failed, Session};
use crate::diagnostics::{Code, Diagnostic, FileId};
use crate::expand;
use crate::mir::{self, Module};
use crate::syntax::{self, ast};

/// Reads, checks and lowers a file, and expands the result to core operations.
///
/// # Errors
/// In the session's diagnostics.
pub fn compile(session: &mut Session<'_>, input: &Input) -> Result<Module, Failed> {
    let file = input.read(session)?;
    match input.kind() {
        Kind::Mir => mir_text(session, file),
        Kind::Simple => {
            parse(session, file)?;
            let error =
                Diagnostic::error(Code::NotSupported, "Simple source is not compiled by this version");
            Err(session.fail(error.help("`.mir` files are")))
        }
    }
}

/// Reports what is wrong with a file, and makes nothing of it.
///
/// # Errors
/// In the session's diagnostics.
pub fn check(session: &mut Session<'_>, input: &Input) -> Result<(), Failed> {
    compile(session, input).map(drop)
}

fn parse(session: &mut Session<'_>, file: FileId) -> Result<ast::Module, Failed> {
    let Some(source) = session.sources.get(file) else {
        return Err(session.fail(Diagnostic::internal("a file that was just read is not there")));
    };
    let text = source.text().clone();
    let before = session.diagnostics.error_count();
    let module = session
        .time("parse", |session| syntax::parse(file, &text, &mut session.interner, &mut session.diagnostics));
    if session.diagnostics.error_count() > before { Err(Failed) } else { Ok(module) }
}

fn mir_text(session: &mut Session<'_>, file: FileId) -> Result<Module, Failed> {
    let Some(source) = session.sources.get(file) else {
        return Err(session.fail(Diagnostic::internal("a file that was just read is not there")));
    };
    let (name, text) = (source.name().to_owned(), source.text().clone());
    match session.time("parse", |_| mir::parse(file, &name, &text)) {
        Ok(mut module) => {
            session
                .time("expand", |_| expand::expand(&mut module))
                .map_err(|errors| session.fail_all(errors))?;
            Ok(module)
        }
        Err(errors) => {
            session.diagnostics.append(errors);
            Err(Failed)
        }
    }
}
