//! `simplec repl`: entries that are compiled one by one and run in one process.
//!
//! An entry is a module that sees what the one before it declares, brings in or sees, so that a name may be declared anew
//! and what used it goes on as it was. Each time, all modules are checked together and the functions that the new entry
//! needs are compiled again, but only the new entry runs: variables that have their values are declared and not defined,
//! and lie where the entry that declared them put them. Code in memory stays until the end, because values may refer to
//! it.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::front;
use super::in_process::{self, End};
use super::listen::Listener;
use super::modules::{self, Part};
use super::native;
use super::options::Options;
use super::run::Ended;
use super::session::{Failed, Session};
use crate::backend::cranelift::Jit;
use crate::diagnostics::{Code, Diagnostic};
use crate::hir;
use crate::mir::{Linkage, Module};
use crate::syntax::ast;
use crate::toolchain::{Runner, Search};

/// The name of an entry's value.
const VALUE: &str = "_it";

/// A module behind that of an expression: not in the same, for the expression may name the `it` of before.
const KEEP: &str = "val it = _it\n";

/// What shows the value (runtime/dialogue.spl).
const SHOW: &str = "rt_show_value(it)\n";

/// What passes on what an entry brings in, which may be used later.
const OFFER: &str = "export *\n";

/// A dialogue so far.
pub struct Dialogue<'a> {
    options: Options,
    search: Search,
    runner: &'a dyn Runner,
    listener: &'a dyn Listener,
    entries: Vec<Entry>,
    /// The files whose statements have run, by the names of their modules, with their texts of then.
    files: FxHashMap<String, Arc<str>>,
    /// Where variables and descriptions of types lie.
    places: FxHashMap<String, usize>,
    code: Vec<Arc<Jit>>,
}

/// What was entered.
#[derive(Clone)]
struct Entry {
    text: Arc<str>,
    is_value: bool,
}

/// What became of an entry; what there is to say about it is in the session that comes with it.
#[derive(Debug)]
pub enum Reply {
    /// It is none, as the diagnostics say; the dialogue is as it was.
    Refused,
    /// It ran to its end. The value of an expression was shown, and is of this type.
    Ran(Option<String>),
    /// It panicked, which was shown; what it had changed until then stays changed.
    Panicked,
    /// It ended the program.
    Exited(i32),
    /// It was stopped by something else; nothing can go on.
    Stopped(Ended),
}

/// A checked entry with all before it.
struct Checked {
    program: hir::Program,
    /// The names and texts of the modules from files.
    files: Vec<(String, Arc<str>)>,
}

impl<'a> Dialogue<'a> {
    /// A dialogue in which nothing was entered yet.
    pub fn new(
        options: Options,
        search: Search,
        runner: &'a dyn Runner,
        listener: &'a dyn Listener,
    ) -> Dialogue<'a> {
        let (entries, code) = (Vec::new(), Vec::new());
        let (files, places) = (FxHashMap::default(), FxHashMap::default());
        Dialogue { options, search, runner, listener, entries, files, places, code }
    }

    /// Compiles and runs an entry.
    pub fn enter(&mut self, text: &str) -> (Session<'a>, Reply) {
        let text: Arc<str> = text.into();
        // A value that is none, `()`, is not kept, and a statement need not be one.
        let mut entry = Entry { text, is_value: true };
        let mut session = self.session();
        let mut checked = self.check(&mut session, &entry);
        if !checked.as_ref().is_ok_and(|checked| is_shown(&checked.program)) {
            entry.is_value = false;
            session = self.session();
            checked = self.check(&mut session, &entry);
        }
        let reply = match checked.and_then(|checked| self.run(&mut session, checked, entry)) {
            Ok(reply) => reply,
            Err(Failed) => Reply::Refused,
        };
        (session, reply)
    }

    /// The type of an expression, which is not evaluated.
    pub fn type_of(&self, text: &str) -> (Session<'a>, Option<String>) {
        let entry = Entry { text: text.into(), is_value: true };
        let mut session = self.session();
        let checked = self.check(&mut session, &entry);
        let ty = checked.ok().and_then(|checked| checked.program.last_value).map(|value| value.written);
        (session, ty)
    }

    fn session(&self) -> Session<'a> {
        Session::new(self.options.clone(), self.search.clone(), self.runner, self.listener)
    }

    fn check(&self, session: &mut Session<'a>, new: &Entry) -> Result<Checked, Failed> {
        let mut entries = Vec::new();
        for (i, entry) in self.entries.iter().enumerate() {
            self.parse(session, i, entry, &mut entries)?;
        }
        let old = entries.len();
        self.parse(session, self.entries.len(), new, &mut entries)?;
        refuse_specifications(session, &entries[old].0)?;
        if new.is_value {
            let (ast, _) = &mut entries[old + 1];
            add(session, ast, SHOW)?;
        }
        let mut all = modules::load_entries(session, entries);
        let (mut files, mut entry) = (Vec::new(), 0);
        for module in &mut all {
            if module.part == Part::Entry {
                module.has_run = entry < old;
                entry += 1;
                continue;
            }
            let name = modules::dotted(session, &module.name);
            match self.files.get(&name) {
                Some(then) if *then != module.text => return Err(session.fail(changed(&name))),
                Some(_) => module.has_run = true,
                None => files.push((name, Arc::clone(&module.text))),
            }
        }
        let program = front::check_modules(session, &all, &[])?;
        Ok(Checked { program, files })
    }

    /// Parses an entry: its module, and one for its value.
    fn parse(
        &self,
        session: &mut Session<'a>,
        number: usize,
        entry: &Entry,
        entries: &mut Vec<(ast::Module, Arc<str>)>,
    ) -> Result<(), Failed> {
        let file = session.sources.add(format!("entry {}", number + 1), entry.text.clone());
        let (mut ast, text) = modules::parse(session, file)?;
        if entry.is_value && !name_value(session, &mut ast) {
            let error = Diagnostic::error(Code::ExpectedExpression, "this is no expression");
            return Err(session.fail(error.help("only expressions have types")));
        }
        add(session, &mut ast, OFFER)?;
        entries.push((ast, text));
        if entry.is_value {
            let file = session.sources.add("dialogue", KEEP);
            let (mut ast, text) = modules::parse(session, file)?;
            add(session, &mut ast, OFFER)?;
            entries.push((ast, text));
        }
        Ok(())
    }

    /// Compiles and runs what was checked. An entry that does not run to its end declares nothing.
    fn run(&mut self, session: &mut Session<'a>, checked: Checked, entry: Entry) -> Result<Reply, Failed> {
        let Checked { mut program, files } = checked;
        let ty = program.last_value.take().filter(|_| entry.is_value).map(|value| value.written);
        if program.entry.is_some() {
            let mut module = front::lowered(session, program)?;
            for global in module.globals.iter_mut().filter(|global| self.places.contains_key(&global.name)) {
                (global.init, global.linkage) = (None, Linkage::Extern);
            }
            let module = front::core(session, module)?;
            let jit = self.compile(session, &module)?;
            self.code.push(Arc::clone(&jit));
            match in_process::watch(Arc::clone(&jit), Vec::new()) {
                End::Returned(_) => {}
                End::Exited(PANICKED) => return Ok(Reply::Panicked),
                End::Exited(code) => return Ok(Reply::Exited(code)),
                End::Other(ended) => return Ok(Reply::Stopped(ended)),
            }
            for global in module.globals.iter().filter(|global| stays(&global.name)) {
                if let Some(at) = jit.data_address(&global.name) {
                    self.places.insert(global.name.clone(), at as usize);
                }
            }
        }
        self.entries.push(entry);
        self.files.extend(files);
        Ok(Reply::Ran(ty))
    }

    fn compile(&self, session: &mut Session<'a>, module: &Module) -> Result<Arc<Jit>, Failed> {
        let options = native::cranelift_options(session);
        let place = |name: &str| self.places.get(name).map(|&at| at as *const u8);
        let resolve = |name: &str| in_process::end_of_program(name).or_else(|| place(name));
        let jit = session.time("Cranelift", |_| Jit::compile(module, &options, &resolve));
        jit.map(Arc::new).map_err(|errors| session.fail_all(errors))
    }
}

/// The exit code of a panic (runtime/panic.spl).
const PANICKED: i32 = 101;

/// Whether there is one of a global for all entries: variables, and the descriptions of types, which are told apart by
/// where they are.
fn stays(name: &str) -> bool {
    !name.starts_with("rt::") || name.starts_with("rt::type::")
}

fn is_shown(program: &hir::Program) -> bool {
    program.last_value.as_ref().is_some_and(|value| value.ty != hir::Ty::UNIT && value.ty != hir::Ty::NEVER)
}

/// Gives the expression that an entry ends in a name; whether there is one.
fn name_value(session: &mut Session<'_>, ast: &mut ast::Module) -> bool {
    let Some(last) = ast.stmts.pop_if(|stmt| matches!(stmt.kind, ast::StmtKind::Expr(_))) else {
        return false;
    };
    let ast::StmtKind::Expr(value) = last.kind else { return false };
    let name = ast::Ident { name: session.interner.intern(VALUE), span: value.span };
    let pattern = ast::Pattern { kind: ast::PatternKind::Name(name), span: value.span };
    let kind = ast::LetKind::Val;
    let declared = ast::Let { kind, pattern, ty: None, init: Some(value), attrs: Vec::new(), doc: None };
    ast.stmts.push(ast::Stmt { kind: ast::StmtKind::Let(Box::new(declared)), span: last.span });
    true
}

/// Adds statements to an entry.
fn add(session: &mut Session<'_>, ast: &mut ast::Module, text: &str) -> Result<(), Failed> {
    let file = session.sources.add("dialogue", text);
    ast.stmts.extend(modules::parse(session, file)?.0.stmts);
    Ok(())
}

fn refuse_specifications(session: &mut Session<'_>, ast: &ast::Module) -> Result<(), Failed> {
    let is_spec = |stmt: &&ast::Stmt| matches!(stmt.kind, ast::StmtKind::Spec(_));
    match ast.stmts.iter().find(is_spec) {
        None => Ok(()),
        Some(stmt) => Err(session.fail(
            Diagnostic::error(Code::MisplacedItem, "a dialogue has no specifications")
                .at(stmt.span, "nothing would run this")
                .help("`simplec test` runs those of a file"),
        )),
    }
}

fn changed(name: &str) -> Diagnostic {
    Diagnostic::error(Code::CannotRead, format!("the module `{name}` has changed since it was brought in"))
        .help("begin another dialogue to use it as it is now")
}
