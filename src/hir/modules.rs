//! What modules take from one another.
//!
//! A module offers what it declares, except names that begin with `_`; if it has an `export a, b`, only those. What
//! `export use` brings in is offered, too, and `export *` offers everything. Names go before others in this order: a
//! module's own and those brought in by name, those of `use m.*`, those of the prelude.
//!
//! Linking needs names only, and no types or signatures, so it comes first. A module stands behind those that it uses:
//! what they offer is known when its `use`s are looked at.

use std::cell::Cell;

use rustc_hash::{FxHashMap, FxHashSet};

use super::context::*;
use super::names::Named;
use super::tree::Expr;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast::{self, ExportDecl, ExprKind as Ast, Ident, ItemKind, StmtKind, UseDecl, UseWhat};

/// What a name brought in stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Origin {
    /// What a module declares under a name, a type or a value.
    Declared(usize, Symbol),
    Module(usize),
    /// Nothing, which was reported.
    Missing,
}

/// A name that a module does not offer.
#[derive(Clone, Copy, Debug)]
pub(super) struct NotOffered {
    pub module: usize,
    pub name: Ident,
}

/// A name brought in.
#[derive(Debug)]
struct Import {
    origin: Origin,
    span: Span,
    is_used: Cell<bool>,
    passes_on: bool,
    /// By which of the `m.*`, if by one.
    glob: Option<usize>,
}

/// What a module takes from others and offers to them.
#[derive(Default, Debug)]
pub(super) struct Links {
    declared: FxHashMap<Symbol, Span>,
    imports: FxHashMap<Symbol, Import>,
    /// Names declared and brought in, in textual order.
    order: Vec<Symbol>,
    /// The `m.*`, each with how the module is written.
    globs: Vec<Span>,
    /// Those of the `m.*` that offer one name for two things, which was reported.
    clashing: FxHashSet<usize>,
    /// What `export a, b` lists, if there is one.
    listed: Option<FxHashSet<Symbol>>,
    /// `export *`.
    exports_all: bool,
}

impl<'a> Checker<'a> {
    /// Resolves the `use` and `export` declarations of all modules.
    pub fn link_modules(&mut self) {
        self.links = self.modules.iter().map(|_| Links::default()).collect();
        let mut by_name: FxHashMap<Vec<Symbol>, usize> = FxHashMap::default();
        for module in (0..self.modules.len()).filter(|&m| !self.modules[m].is_runtime).collect::<Vec<_>>() {
            by_name.insert(self.modules[module].name.clone(), module);
            let ast = self.modules[module].ast;
            for name in ast.stmts.iter().flat_map(declared_names) {
                let links = &mut self.links[module];
                links.declared.entry(name.name).or_insert(name.span);
                links.order.push(name.name);
            }
            for item in items(ast) {
                match &item.kind {
                    ItemKind::Use(decl) => self.link(module, decl, false, &by_name),
                    ItemKind::Export(ExportDecl::Use(decl)) => self.link(module, decl, true, &by_name),
                    ItemKind::Export(ExportDecl::All) => self.links[module].exports_all = true,
                    _ => {}
                }
            }
            for item in items(ast) {
                if let ItemKind::Export(ExportDecl::Names(names)) = &item.kind {
                    self.list_exports(module, names);
                }
            }
        }
    }

    fn link(
        &mut self,
        module: usize,
        decl: &'a UseDecl,
        passes_on: bool,
        by_name: &FxHashMap<Vec<Symbol>, usize>,
    ) {
        // Whoever loaded the modules has reported what is not there.
        let Some(mut path) = decl.base(&self.modules[module].package) else { return };
        path.extend(decl.path.iter().map(|name| name.name));
        let of_path = by_name.get(&path).copied().filter(|_| !path.is_empty());
        match &decl.what {
            UseWhat::Path(alias) => {
                let Some(&last) = decl.path.last() else { return };
                let around = by_name.get(&path[..path.len() - 1]).copied();
                let origin = match (of_path, around) {
                    (Some(of), _) => Origin::Module(of),
                    (None, Some(of)) => self.taken(of, last),
                    (None, None) => return,
                };
                self.bring_in(module, alias.unwrap_or(last), origin, passes_on);
            }
            UseWhat::Names(names) => {
                for &(name, alias) in names {
                    path.push(name.name);
                    let part = by_name.get(&path).copied().map(Origin::Module);
                    path.pop();
                    // What a package declares goes before a module inside it.
                    let origin = match (of_path, part) {
                        (Some(of), Some(part)) => self.offered(of, name.name).unwrap_or(part),
                        (Some(of), None) => self.taken(of, name),
                        (None, Some(part)) => part,
                        (None, None) => return,
                    };
                    self.bring_in(module, alias.unwrap_or(name), origin, passes_on);
                }
            }
            UseWhat::All => {
                let Some(of) = of_path else { return };
                let span = decl.path.iter().map(|name| name.span).reduce(Span::to).unwrap_or(Span::NONE);
                self.bring_in_all(module, of, span, passes_on);
            }
        }
    }

    /// What a module offers under a name; reports it if that is nothing.
    fn taken(&mut self, of: usize, name: Ident) -> Origin {
        self.offered(of, name.name).unwrap_or_else(|| {
            self.not_offered(NotOffered { module: of, name });
            Origin::Missing
        })
    }

    /// Reports a name that a module does not offer.
    pub fn not_offered(&mut self, NotOffered { module, name }: NotOffered) {
        let (text, shown) = (self.name(name.name), self.module_name(module));
        let links = &self.links[module];
        let error = match links.declared.get(&name.name) {
            Some(&at) => {
                let (message, help) = if text.starts_with('_') {
                    let help = "names that begin with `_` are a module's own: rename it if others need it";
                    (format!("`{text}` is private to the module `{shown}`"), help.to_owned())
                } else {
                    let help = format!("add it to what the module exports: `export {text}`");
                    (format!("the module `{shown}` does not export `{text}`"), help)
                };
                Diagnostic::error(Code::PrivateName, message)
                    .at(name.span, "not offered")
                    .also(at, "declared here")
                    .help(help)
            }
            None => {
                let error =
                    Diagnostic::error(Code::UnknownName, format!("the module `{shown}` has no `{text}`"))
                        .at(name.span, "not declared there");
                let offered = || self.all_offered(module).into_iter().map(|name| self.name(name)).collect();
                match self.nearest(text, offered) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error,
                }
            }
        };
        self.error(error);
    }

    fn bring_in(&mut self, module: usize, name: Ident, origin: Origin, passes_on: bool) {
        let links = &self.links[module];
        let by_name = links.imports.get(&name.name).filter(|import| import.glob.is_none());
        let first = links.declared.get(&name.name).copied().or(by_name.map(|import| import.span));
        if first.is_some() {
            return self.report_duplicate(name, first, "name");
        }
        self.add_import(module, name, origin, passes_on, None);
    }

    /// `m.*`: whatever else a module declares or brings in under a name goes before it; two such are a clash.
    fn bring_in_all(&mut self, module: usize, of: usize, span: Span, passes_on: bool) {
        let glob = self.links[module].globs.len();
        self.links[module].globs.push(span);
        for name in self.all_offered(of) {
            let Some(origin) = self.offered(of, name) else { continue };
            let links = &self.links[module];
            if links.declared.contains_key(&name) {
                continue;
            }
            match links.imports.get(&name) {
                Some(known) if known.glob.is_some() && known.origin != origin => {
                    let (text, at) = (self.name(name), known.span);
                    let both = known.glob.into_iter().chain([glob]);
                    let error =
                        Diagnostic::error(Code::DuplicateName, format!("two modules offer a `{text}`"))
                            .at(span, "this one does")
                            .also(at, "and this one")
                            .help(format!("bring in by name what is meant: `use ….{{{text}}}`"));
                    self.links[module].clashing.extend(both);
                    self.error(error);
                }
                Some(_) => {}
                None => self.add_import(module, Ident { name, span }, origin, passes_on, Some(glob)),
            }
        }
    }

    fn add_import(
        &mut self,
        module: usize,
        name: Ident,
        origin: Origin,
        passes_on: bool,
        glob: Option<usize>,
    ) {
        let links = &mut self.links[module];
        let is_used = Cell::new(passes_on);
        links.imports.insert(name.name, Import { origin, span: name.span, is_used, passes_on, glob });
        links.order.push(name.name);
    }

    fn list_exports(&mut self, module: usize, names: &'a [Ident]) {
        for name in names {
            let links = &mut self.links[module];
            links.listed.get_or_insert_default().insert(name.name);
            if links.declared.contains_key(&name.name) {
                continue;
            }
            match links.imports.get_mut(&name.name) {
                Some(import) => {
                    import.is_used.set(true);
                    import.passes_on = true;
                }
                None => {
                    let text = self.name(name.name);
                    let error =
                        Diagnostic::error(Code::UnknownName, format!("there is no `{text}` to export"))
                            .at(name.span, "neither declared nor brought in here");
                    self.error(error);
                }
            }
        }
    }

    /// What a module offers under a name.
    fn offered(&self, of: usize, name: Symbol) -> Option<Origin> {
        let links = &self.links[of];
        if links.declared.contains_key(&name) {
            let is_listed = links.listed.as_ref().is_some_and(|listed| listed.contains(&name));
            let is_open = links.listed.is_none() || links.exports_all;
            let is_offered = is_listed || is_open && !self.name(name).starts_with('_');
            return is_offered.then_some(Origin::Declared(of, name));
        }
        let import = links.imports.get(&name)?;
        (import.passes_on || links.exports_all).then_some(import.origin)
    }

    /// The names that a module offers, in textual order.
    fn all_offered(&self, of: usize) -> Vec<Symbol> {
        let mut seen = FxHashSet::default();
        let names = self.links[of].order.iter().copied();
        names.filter(|&name| seen.insert(name) && self.offered(of, name).is_some()).collect()
    }

    /// What a module brought in under a name, which counts as its use, or sees of the entries in front of it.
    fn imported(&self, module: usize, name: Symbol) -> Option<Origin> {
        let mut at = module;
        loop {
            if let Some(import) = self.links[at].imports.get(&name) {
                import.is_used.set(true);
                return Some(import.origin);
            }
            at = self.modules[at].follows?;
            if self.links[at].declared.contains_key(&name) {
                return Some(Origin::Declared(at, name));
            }
        }
    }

    /// The names that a module brought in, in textual order, for suggestions, and those it sees of the entries in front of
    /// it.
    pub fn imported_names(&self, module: usize) -> Vec<&str> {
        let links = &self.links[module];
        let imported = links.order.iter().filter(|name| links.imports.contains_key(name));
        let mut names: Vec<&str> = imported.map(|&name| self.name(name)).collect();
        let mut at = module;
        while let Some(before) = self.modules[at].follows {
            names.extend(self.links[before].order.iter().map(|&name| self.name(name)));
            at = before;
        }
        names
    }

    /// What a module declares, brings in or has of the prelude under a name.
    pub fn module_value(&self, module: usize, name: Symbol) -> Option<ValueItem> {
        if let Some(declared) = self.namespaces[self.module_names[module]].values.get(&name) {
            return Some(declared.item);
        }
        let imported = self.imported(module, name).and_then(|origin| self.value_of(origin));
        imported.or_else(|| self.namespaces[0].values.get(&name).filter(|d| d.is_prelude).map(|d| d.item))
    }

    /// As [`Checker::module_value`], for types.
    pub fn module_type(&self, module: usize, name: Symbol) -> Option<TypeItem> {
        if let Some(declared) = self.namespaces[self.module_names[module]].types.get(&name) {
            return Some(declared.item);
        }
        let imported = self.imported(module, name).and_then(|origin| self.type_of(origin));
        imported.or_else(|| self.namespaces[0].types.get(&name).filter(|d| d.is_prelude).map(|d| d.item))
    }

    /// The module that was brought in under a name.
    pub fn module_by_name(&self, module: usize, name: Symbol) -> Option<usize> {
        match self.imported(module, name)? {
            Origin::Module(of) => Some(of),
            Origin::Declared(..) | Origin::Missing => None,
        }
    }

    fn value_of(&self, origin: Origin) -> Option<ValueItem> {
        match origin {
            Origin::Declared(of, name) => {
                self.namespaces[self.module_names[of]].values.get(&name).map(|d| d.item)
            }
            Origin::Module(_) | Origin::Missing => None,
        }
    }

    fn type_of(&self, origin: Origin) -> Option<TypeItem> {
        match origin {
            Origin::Declared(of, name) => {
                self.namespaces[self.module_names[of]].types.get(&name).map(|d| d.item)
            }
            Origin::Module(_) => None,
            // So that its uses are not reported, too.
            Origin::Missing => Some(TypeItem::Unsupported),
        }
    }

    /// What `a.b.name` stands for: nothing if `a.b` is no module.
    fn qualified(&self, module: usize, path: &[Ident]) -> Result<Option<Origin>, NotOffered> {
        let Some((first, rest)) = path.split_first() else { return Ok(None) };
        let mut origin = self.imported(module, first.name);
        for &name in rest {
            origin = match origin {
                Some(Origin::Module(module)) => {
                    Some(self.offered(module, name.name).ok_or(NotOffered { module, name })?)
                }
                Some(Origin::Declared(..)) | None => return Ok(None),
                Some(Origin::Missing) => break,
            };
        }
        Ok(origin)
    }

    /// The type that a path names, through modules or not.
    pub fn path_type_item(&self, module: usize, path: &[Ident]) -> Result<Option<TypeItem>, NotOffered> {
        match path {
            [name] => Ok(self.module_type(module, name.name)),
            _ => Ok(self.qualified(module, path)?.and_then(|origin| self.type_of(origin))),
        }
    }

    /// The value that a path names, through modules or not.
    pub fn path_value_item(&self, module: usize, path: &[Ident]) -> Option<ValueItem> {
        match path {
            [name] => self.module_value(module, name.name),
            _ => self.value_of(self.qualified(module, path).ok()??),
        }
    }

    /// What an expression names here, by a name or by `module.name`, and the last name; nothing for any other.
    pub fn named(&self, e: &ast::Expr) -> Option<(Named, Ident)> {
        match &e.kind {
            Ast::Name(name) => Some((self.find(*name)?, Ident { name: *name, span: e.span })),
            Ast::Field(base, name) => match self.named(base)?.0 {
                Named::Module(module) => Some((self.named_in(module, *name), *name)),
                _ => None,
            },
            _ => None,
        }
    }

    fn named_in(&self, module: usize, name: Ident) -> Named {
        let Some(origin) = self.offered(module, name.name) else {
            return Named::NotOffered(NotOffered { module, name });
        };
        if let Origin::Module(of) = origin {
            return Named::Module(of);
        }
        match self.value_of(origin) {
            Some(ValueItem::Func(id)) => Named::Func(id),
            Some(ValueItem::Global(id)) => Named::Global(id),
            None => Named::Type(self.type_of(origin).unwrap_or(TypeItem::Unsupported)),
        }
    }

    /// Reports a module where a value or a function is needed.
    pub fn module_is_no_value(&mut self, module: usize, span: Span) -> Expr {
        let shown = self.module_name(module);
        let error = Diagnostic::error(Code::NotAValue, format!("`{shown}` is a module, not a value"))
            .at(span, "a value is needed here")
            .help("name something of the module: `module.name`");
        self.error(error);
        self.error_expr(span)
    }

    /// Reports a name in front of a type that is not one of a module.
    pub fn no_module(&mut self, name: Ident) {
        let text = self.name(name.name);
        let error = Diagnostic::error(Code::UnknownName, format!("there is no module `{text}` here"))
            .at(name.span, "not brought in")
            .help(format!("bring it in: `use {text}`"));
        self.error(error);
    }

    /// A module's name as a user writes it.
    fn module_name(&self, module: usize) -> String {
        let parts: Vec<&str> = self.modules[module].name.iter().map(|&part| self.name(part)).collect();
        parts.join(".")
    }

    /// Warns of what is brought in for nothing.
    pub fn warn_of_unused_imports(&mut self) {
        let mut warnings = Vec::new();
        for links in self.links.iter().filter(|links| !links.exports_all) {
            let used_globs: FxHashSet<usize> =
                links.imports.values().filter(|i| i.is_used.get()).filter_map(|i| i.glob).collect();
            for name in &links.order {
                let Some(import) = links.imports.get(name) else { continue };
                if import.glob.is_none() && !import.is_used.get() && import.origin != Origin::Missing {
                    warnings
                        .push((format!("`{}` is brought in and not used", self.name(*name)), import.span));
                }
            }
            for (glob, &span) in links.globs.iter().enumerate() {
                if !used_globs.contains(&glob) && !links.clashing.contains(&glob) {
                    warnings.push(("nothing of this module is used".to_owned(), span));
                }
            }
        }
        for (message, span) in warnings {
            let warning = Diagnostic::warning(Code::UnusedImport, message).at(span, "brought in for nothing");
            self.error(warning.help("remove it, or pass it on: `export use …`"));
        }
    }
}

fn items(ast: &ast::Module) -> impl Iterator<Item = &ast::Item> {
    ast.stmts.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Item(item) => Some(&**item),
        _ => None,
    })
}

/// The names that a statement of a module declares.
fn declared_names(stmt: &ast::Stmt) -> Vec<Ident> {
    let mut names = Vec::new();
    match &stmt.kind {
        StmtKind::Item(item) => match &item.kind {
            ItemKind::Fn(decl) => names.push(decl.name),
            ItemKind::Type(decl) => names.push(decl.name),
            ItemKind::Enum(decl) => names.push(decl.name),
            ItemKind::Trait(decl) => names.push(decl.name),
            ItemKind::Alias(decl) => names.push(decl.name),
            ItemKind::Unit(decl) => names.push(decl.name),
            ItemKind::Impl(_) | ItemKind::Use(_) | ItemKind::Export(_) => {}
        },
        StmtKind::Let(decl) => super::collect::bound_names(&decl.pattern, &mut names),
        StmtKind::Expr(_)
        | StmtKind::Assign { .. }
        | StmtKind::While { .. }
        | StmtKind::For { .. }
        | StmtKind::Defer(_)
        | StmtKind::With { .. }
        | StmtKind::Spec(_) => {}
    }
    names
}
