//! The files of a program: the one that is compiled, and what it and they `use`.
//!
//! A module is a file, or the `__init__.spl` of a folder, named from the folder of the main file. Modules come in the
//! order in which they are initialised: each after those that it uses.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::input::Input;
use super::session::{Failed, Session};
use crate::diagnostics::{Code, Diagnostic, FileId, Span, closest};
use crate::runtime;
use crate::syntax::{self, Symbol, ast};

/// A parsed module.
pub(super) struct Loaded {
    pub ast: ast::Module,
    pub text: Arc<str>,
    /// The names by which it is used; empty for the main file.
    pub name: Vec<Symbol>,
    /// Those of the package that it belongs to: what `use .a` starts from.
    pub package: Vec<Symbol>,
    pub part: Part,
    /// Whether its statements have run, in an earlier entry of a dialogue.
    pub has_run: bool,
}

impl Loaded {
    /// Whether it is the main file and its `main` has parameters.
    pub fn takes_command_line(&self, main: Symbol) -> bool {
        let is_main = |stmt: &ast::Stmt| match &stmt.kind {
            ast::StmtKind::Item(item) => match &item.kind {
                ast::ItemKind::Fn(decl) => decl.name.name == main && !decl.params.is_empty(),
                _ => false,
            },
            _ => false,
        };
        self.name.is_empty() && self.ast.stmts.iter().any(is_main)
    }
}

/// What a module is of a program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// A file.
    File,
    /// An entry of a dialogue.
    Entry,
}

/// How far a module is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// The modules that it uses are being loaded.
    Open,
    /// Loaded, or reported.
    Done,
}

/// Where a module is.
enum Found {
    Nowhere,
    Library(runtime::Source),
    File(PathBuf),
    Package(PathBuf),
    Both(PathBuf, PathBuf),
}

/// What the text of a module comes from.
enum From {
    Library(runtime::Source),
    File(PathBuf),
}

struct Loader<'s, 'a> {
    session: &'s mut Session<'a>,
    root: PathBuf,
    main: Option<PathBuf>,
    states: FxHashMap<Vec<Symbol>, State>,
    /// The modules being loaded, each with the place that uses it, the outermost first.
    open: Vec<(Vec<Symbol>, Span)>,
    loaded: Vec<Loaded>,
}

/// The main file and the modules that it needs, in the order of their initialisation.
///
/// # Errors
/// In the session's diagnostics: files that cannot be read or parsed, modules that do not exist, cycles.
pub(super) fn load(session: &mut Session<'_>, input: &Input, file: FileId) -> Result<Vec<Loaded>, Failed> {
    let root = input.path().and_then(Path::parent).map_or_else(PathBuf::new, Path::to_path_buf);
    let main = input.path().filter(|_| input.is_whole()).and_then(|path| path.canonicalize().ok());
    let (states, open, loaded) = (FxHashMap::default(), Vec::new(), Vec::new());
    let mut loader = Loader { session, root, main, states, open, loaded };
    loader.module(file, Vec::new(), Vec::new())?;
    Ok(loader.loaded)
}

/// The entries of a dialogue and the modules that they need, in the order of their initialisation. Modules are looked for
/// in the current folder; what is wrong with them is in the session's diagnostics.
pub(super) fn load_entries(session: &mut Session<'_>, entries: Vec<(ast::Module, Arc<str>)>) -> Vec<Loaded> {
    let (states, open, loaded) = (FxHashMap::default(), Vec::new(), Vec::new());
    let mut loader = Loader { session, root: PathBuf::new(), main: None, states, open, loaded };
    for (i, (ast, text)) in entries.into_iter().enumerate() {
        for decl in uses(&ast) {
            loader.used(decl, &[]);
        }
        // No file has such a name.
        let name = vec![loader.session.interner.intern(&format!("#{}", i + 1))];
        let (package, part, has_run) = (Vec::new(), Part::Entry, false);
        loader.loaded.push(Loaded { ast, text, name, package, part, has_run });
    }
    loader.loaded
}

impl Loader<'_, '_> {
    /// Parses a module and loads what it uses.
    fn module(&mut self, file: FileId, name: Vec<Symbol>, package: Vec<Symbol>) -> Result<(), Failed> {
        let (ast, text) = parse(self.session, file)?;
        for decl in uses(&ast) {
            self.used(decl, &package);
        }
        self.loaded.push(Loaded { ast, text, name, package, part: Part::File, has_run: false });
        Ok(())
    }

    /// Loads the modules that a `use` names.
    fn used(&mut self, decl: &ast::UseDecl, package: &[Symbol]) {
        let Some(mut path) = decl.base(package) else {
            let at = match (&decl.what, decl.path.first()) {
                (_, Some(name)) => name.span,
                (ast::UseWhat::Names(names), None) => names.first().map_or(Span::NONE, |(name, _)| name.span),
                (ast::UseWhat::Path(_) | ast::UseWhat::All, None) => Span::NONE,
            };
            let error = Diagnostic::error(Code::UnknownModule, "there is no package so far up")
                .at(at, "the dots lead out of the program's folder")
                .help("one dot is this package, each further one the package around it");
            self.session.diagnostics.push(error);
            return;
        };
        path.extend(decl.path.iter().map(|name| name.name));
        match &decl.what {
            // The last name may be that of a declaration.
            ast::UseWhat::Path(_) if decl.path.len() > 1 && !self.is_there(&path) => {
                path.pop();
                self.wanted(path, &decl.path[..decl.path.len() - 1]);
            }
            ast::UseWhat::Path(_) | ast::UseWhat::All => self.wanted(path, &decl.path),
            ast::UseWhat::Names(names) => {
                let mut rest = 0;
                for (name, _) in names {
                    path.push(name.name);
                    if self.is_there(&path) || path.len() == 1 {
                        self.wanted(path.clone(), &[*name]);
                    } else {
                        rest += 1;
                    }
                    path.pop();
                }
                // A folder without `__init__.spl` has modules and nothing else.
                if rest > 0 || !path.is_empty() && self.is_there(&path) {
                    let written: Vec<ast::Ident> = names.iter().map(|(name, _)| *name).collect();
                    self.wanted(path, if decl.path.is_empty() { &written } else { &decl.path });
                }
            }
        }
    }

    fn is_there(&self, path: &[Symbol]) -> bool {
        !matches!(self.find(path), Found::Nowhere)
    }

    /// Loads the module of a path.
    fn wanted(&mut self, path: Vec<Symbol>, written: &[ast::Ident]) {
        let span = written.iter().map(|name| name.span).reduce(Span::to).unwrap_or(Span::NONE);
        match self.find(&path) {
            Found::Nowhere => self.nowhere(&path, span),
            Found::Both(file, package) => {
                let message = format!("the module `{}` is two files", self.dotted(&path));
                let error = Diagnostic::error(Code::UnknownModule, message)
                    .at(span, "which of them is not known")
                    .note(format!("`{}` and `{}`", file.display(), package.display()))
                    .help("remove or rename one of them");
                self.session.diagnostics.push(error);
            }
            Found::Library(source) => {
                let package = path[..path.len() - 1].to_vec();
                self.enter(path, package, From::Library(source), span);
            }
            Found::File(file) => {
                let package = path[..path.len() - 1].to_vec();
                self.enter(path, package, From::File(file), span);
            }
            Found::Package(file) => self.enter(path.clone(), path, From::File(file), span),
        }
    }

    fn enter(&mut self, path: Vec<Symbol>, package: Vec<Symbol>, from: From, span: Span) {
        match self.states.get(&path) {
            Some(State::Done) => return,
            Some(State::Open) => return self.cycle(&path, span),
            None if self.is_main(&from) => return self.main_is_used(span),
            None => {}
        }
        self.states.insert(path.clone(), State::Open);
        self.open.push((path.clone(), span));
        // What is wrong with it is among the diagnostics.
        let read = match from {
            From::Library((name, text)) => Ok(self.session.sources.add(name, text)),
            From::File(file) => Input::new(file).read(self.session),
        };
        if let Ok(file) = read {
            let _ = self.module(file, path.clone(), package);
        }
        self.open.pop();
        self.states.insert(path, State::Done);
    }

    fn is_main(&self, from: &From) -> bool {
        match from {
            From::Library(_) => false,
            From::File(file) => self.main.is_some() && file.canonicalize().ok() == self.main,
        }
    }

    fn path_of(&self, path: &[Symbol]) -> PathBuf {
        let mut file = self.root.clone();
        file.extend(path.iter().map(|&part| self.session.interner.get(part)));
        file
    }

    /// Where a module is. The library's own go first: `std.fs` means the same in every folder.
    fn find(&self, path: &[Symbol]) -> Found {
        let parts: Vec<&str> = path.iter().map(|&part| self.session.interner.get(part)).collect();
        if let Some(source) = runtime::module(&parts) {
            return Found::Library(source);
        }
        let folder = self.path_of(path);
        let package = folder.join("__init__.spl");
        let file = with_suffix(folder);
        match (!path.is_empty() && file.is_file(), package.is_file()) {
            (true, true) => Found::Both(file, package),
            (true, false) => Found::File(file),
            (false, true) => Found::Package(package),
            (false, false) => Found::Nowhere,
        }
    }

    fn dotted(&self, path: &[Symbol]) -> String {
        dotted(self.session, path)
    }

    fn nowhere(&mut self, path: &[Symbol], span: Span) {
        let name = self.dotted(path);
        let file = name.replace('.', "/");
        let mut error = Diagnostic::error(Code::UnknownModule, format!("there is no module `{name}`"))
            .at(span, format!("neither `{file}.spl` nor `{file}/__init__.spl` is there"));
        // The first name that leads nowhere is the one to mend.
        let is_wrong = |&n: &usize| {
            let part = self.path_of(&path[..n]);
            !part.is_dir() && !with_suffix(part).is_file()
        };
        let wrong = (1..=path.len()).find(is_wrong).unwrap_or(path.len()).max(1) - 1;
        let near = path.get(wrong).and_then(|&part| {
            let known = neighbours(self.path_of(&path[..wrong]));
            closest(self.session.interner.get(part), known.iter().map(String::as_str)).map(str::to_owned)
        });
        error = match near {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.note("modules are looked for in the folder of the main file"),
        };
        self.session.diagnostics.push(error);
    }

    /// Reports modules that use each other: the one that is used again, and the way back to it.
    fn cycle(&mut self, path: &[Symbol], span: Span) {
        let from = self.open.iter().position(|(open, _)| open == path).map_or(0, |at| at + 1);
        let message = format!("the module `{}` uses itself", self.dotted(path));
        let mut error = Diagnostic::error(Code::ModuleCycle, message)
            .at(span, "it would have to be initialised before itself");
        for (open, at) in &self.open[from..] {
            error = error.also(*at, format!("by way of `{}`", self.dotted(open)));
        }
        self.session.diagnostics.push(error.help("move what both need into a module of its own"));
    }

    fn main_is_used(&mut self, span: Span) {
        let error = Diagnostic::error(Code::ModuleCycle, "the main file is used as a module")
            .at(span, "it is initialised behind all others")
            .help("move what both need into a module of its own");
        self.session.diagnostics.push(error);
    }
}

/// The name of a module as it is written.
pub(super) fn dotted(session: &Session<'_>, path: &[Symbol]) -> String {
    let parts: Vec<&str> = path.iter().map(|&part| session.interner.get(part)).collect();
    parts.join(".")
}

/// Parses a file of the runtime.
pub(super) fn parse_source(
    session: &mut Session<'_>,
    (name, text): (&str, &str),
) -> Result<(ast::Module, Arc<str>), Failed> {
    let file = session.sources.add(name, text);
    parse(session, file)
}

/// Parses a file that was read.
pub(super) fn parse(session: &mut Session<'_>, file: FileId) -> Result<(ast::Module, Arc<str>), Failed> {
    let Some(text) = session.sources.get(file).map(|source| source.text().clone()) else {
        return Err(session.fail(Diagnostic::internal("a file that was just read is not there")));
    };
    let tree = session.time("parse", |s| syntax::parse(file, &text, &mut s.interner, &mut s.diagnostics));
    Ok((tree, text))
}

fn with_suffix(path: PathBuf) -> PathBuf {
    let mut file = path.into_os_string();
    file.push(".spl");
    PathBuf::from(file)
}

/// The modules and packages of a folder, sorted.
fn neighbours(mut folder: PathBuf) -> Vec<String> {
    if folder.as_os_str().is_empty() {
        folder.push(".");
    }
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let stem = |path: PathBuf| {
        let is_module = path.extension().is_some_and(|extension| extension == "spl") || path.is_dir();
        path.file_stem().filter(|_| is_module).and_then(|stem| stem.to_str()).map(str::to_owned)
    };
    let mut known: Vec<String> = entries.flatten().filter_map(|entry| stem(entry.path())).collect();
    known.sort();
    known
}

/// The `use` declarations of a module, those that pass on what they bring in included.
fn uses(ast: &ast::Module) -> impl Iterator<Item = &ast::UseDecl> {
    ast.stmts.iter().filter_map(|stmt| match &stmt.kind {
        ast::StmtKind::Item(item) => match &item.kind {
            ast::ItemKind::Use(decl) | ast::ItemKind::Export(ast::ExportDecl::Use(decl)) => Some(decl),
            _ => None,
        },
        _ => None,
    })
}
