//! Functions inside functions: their declaration, and the variables of functions around them that they capture.
//!
//! What a body captures becomes a local of its own, which every call passes in front of the arguments and every function
//! value holds. A function that calls one that captures needs the same variables, even when it stands in front of it:
//! so the calls get these arguments when all bodies are checked.

use super::collect::Surroundings;
use super::context::*;
use super::finish::each_child;
use super::tree::*;
use super::types::Ty;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast::{self, ItemKind, StmtKind};

/// A function declared in a block: the place of the statement, and the function.
pub(super) type Nested = (usize, DeclId);

/// A name of a body around the one being checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outer {
    /// Index among [`Checker::bodies`].
    pub body: usize,
    pub local: LocalId,
}

impl<'a> Checker<'a> {
    /// Declares the functions of a block: they see each other and what is declared around the block.
    pub fn hoist(&mut self, block: &'a ast::Block) -> Vec<Nested> {
        let mut nested: Vec<Nested> = Vec::new();
        let mut items = Vec::new();
        for (at, stmt) in block.stmts.iter().enumerate() {
            let StmtKind::Item(item) = &stmt.kind else { continue };
            let ItemKind::Fn(decl) = &item.kind else {
                self.misplaced_item(item, stmt.span);
                continue;
            };
            let (current, path) = (self.current, self.inner_path());
            let cx = self.cx();
            let around = Surroundings {
                path,
                scope: cx.scope.clone(),
                inherited: cx.scope.generics.len(),
                around: Some(Around { body: current, mark: 0 }),
                in_type: false,
            };
            let mut names = nested.iter().map(|&(_, id)| self.decls[id.0 as usize].decl.name);
            let first = names.find(|name| name.name == decl.name.name);
            self.report_duplicate(decl.name, first.map(|name| name.span), "function");
            let id = self.declare_fn(decl, item, &around);
            if let Some(part) = self.numbered(&around.path, decl.name.name) {
                self.decls[id.0 as usize].path.push(part);
            }
            self.cx().names.declare(decl.name.name, Binding::Func(id));
            nested.push((at, id));
            items.push(item);
        }
        let mark = self.cx().names.mark();
        for (&(_, id), item) in nested.iter().zip(items) {
            self.see_until(id, mark);
            self.resolve_signature(id, item);
        }
        nested
    }

    /// Reports a declaration that a block cannot have; the uses of a type's name are not reported, too.
    fn misplaced_item(&mut self, item: &ast::Item, span: Span) {
        let (what, name) = match &item.kind {
            ItemKind::Fn(_) => return,
            ItemKind::Type(decl) => ("a type", Some(decl.name)),
            ItemKind::Enum(decl) => ("a type", Some(decl.name)),
            ItemKind::Alias(decl) => ("a type", Some(decl.name)),
            ItemKind::Unit(decl) => ("a type", Some(decl.name)),
            ItemKind::Trait(decl) => ("a trait", Some(decl.name)),
            ItemKind::Impl(_) => ("an `impl`", None),
            ItemKind::Use(_) => ("a `use`", None),
            ItemKind::Export(_) => ("an `export`", None),
        };
        let at = name.map_or(span, |name| name.span);
        let error =
            Diagnostic::error(Code::NotSupported, format!("{what} inside a block is not supported yet"))
                .at(at, "this version of simplec does not compile it")
                .help("declare it outside of the function, at the module's left margin");
        self.error(error);
        if let Some(name) = name {
            let module = self.cx().scope.module;
            let module = self.module_names[module];
            let missing = Declared { item: TypeItem::Unsupported, span: name.span, is_prelude: false };
            self.namespaces[module].types.entry(name.name).or_insert(missing);
        }
    }

    /// The path of what stands in the body being checked. The function's name in it is no module's.
    pub fn inner_path(&mut self) -> Vec<Symbol> {
        let mut path = self.cx().path.clone();
        let function = path.pop().map_or("", |name| self.name(name));
        let function = format!("{function}()");
        path.push(self.interner.intern(&function));
        path
    }

    /// What tells a function from earlier ones of the same name and place; `None` for the first.
    pub fn numbered(&mut self, path: &[Symbol], name: Symbol) -> Option<Symbol> {
        let count = self.nested.entry((path.to_vec(), name)).or_insert(0);
        *count += 1;
        let count = *count;
        (count > 1).then(|| {
            let part = format!("{}${count}", self.name(name));
            self.interner.intern(&part)
        })
    }

    /// The function sees the names of the body around it that were declared so far.
    fn see_until(&mut self, id: DeclId, mark: usize) {
        if let Some(around) = &mut self.decls[id.0 as usize].around {
            around.mark = mark;
        }
    }

    /// Checks the functions that stand in a row from a statement on, unless it is not the first of them. They see what is
    /// declared above the row, and each other.
    pub fn declare_run(&mut self, block: &'a ast::Block, start: usize, nested: &[Nested]) {
        let is_item = |stmt: &ast::Stmt| matches!(stmt.kind, StmtKind::Item(_));
        if start > 0 && is_item(&block.stmts[start - 1]) {
            return;
        }
        let end = block.stmts[start..]
            .iter()
            .position(|stmt| !is_item(stmt))
            .map_or(block.stmts.len(), |n| start + n);
        let run = || nested.iter().filter(|(at, _)| (start..end).contains(at)).map(|&(_, id)| id);
        let mark = self.cx().names.mark();
        for id in run() {
            self.see_until(id, mark);
            self.decls[id.0 as usize].is_declared = true;
        }
        for id in run() {
            if let Some(func) = self.decls[id.0 as usize].func {
                self.check_func(func);
            }
        }
    }

    /// At the end of a block: checks its templates that nothing calls, while what is around them is known.
    pub fn check_templates(&mut self, nested: &[Nested]) {
        for &(_, id) in nested {
            let info = &self.decls[id.0 as usize];
            if info.is_template && !info.is_used {
                self.check_unused_template(id);
            }
        }
    }

    /// Notes the use of a function: of a template, of a nested one that may stand in front of its declaration.
    pub fn note_use(&mut self, id: DeclId, func: FuncId, span: Span) {
        if self.decls[id.0 as usize].is_template {
            self.funcs[func.idx()].called.get_or_insert(span);
        }
        if !self.decls[id.0 as usize].is_declared {
            self.early_uses.push((func, span));
        }
    }

    /// What a name means in the bodies around the one being checked.
    pub fn find_around(&self, name: Symbol) -> Option<super::names::Named> {
        let mut around = self.bodies[self.current].around;
        while let Some(Around { body, mark }) = around {
            let cx = &self.bodies[body];
            match cx.names.get_before(name, mark) {
                Some(Binding::Local(local)) if body == self.current => {
                    return Some(super::names::Named::Local(local));
                }
                Some(Binding::Local(local)) => {
                    return Some(super::names::Named::Outer(Outer { body, local }));
                }
                Some(Binding::Func(id)) => return Some(super::names::Named::Func(id)),
                Some(Binding::Lambda(index)) => return Some(super::names::Named::Lambda(index)),
                None => around = cx.around,
            }
        }
        None
    }

    /// The value of a variable of a body around: each body between holds it, too.
    pub fn captured(&mut self, outer: Outer, span: Span) -> Expr {
        let mut between = Vec::new();
        let mut at = self.current;
        while at != outer.body {
            between.push(at);
            let Some(around) = self.bodies[at].around else { break };
            at = around.body;
        }
        let home = &self.bodies[outer.body];
        let var = Var { body: home.id, local: outer.local };
        let info = &home.locals[outer.local.idx()];
        let (name, ty, at, origin) = (info.name, info.ty, info.span, info.origin);
        let mut local = outer.local;
        for body in between.into_iter().rev() {
            let cx = &mut self.bodies[body];
            local = match cx.captures.iter().find(|capture| capture.var == var) {
                Some(known) => known.local,
                None => {
                    let local = LocalId(cx.locals.len() as u32);
                    cx.locals.push(LocalInfo {
                        name,
                        ty,
                        span: at,
                        origin,
                        is_var: false,
                        passing: Some(Passing::Shared),
                        is_changed: false,
                        is_captured: true,
                        copied_by: None,
                    });
                    cx.captures.push(Capture { var, local });
                    local
                }
            };
        }
        expr(ExprKind::Local(local), ty, span)
    }

    /// The variables of a finished body became others: what captured them follows.
    pub fn move_captured(&mut self, body: u32, map: &[LocalId]) {
        for capture in self.funcs.iter_mut().flat_map(|slot| &mut slot.captures) {
            if capture.var.body == body {
                capture.var.local = map[capture.var.local.idx()];
            }
        }
    }

    /// When all bodies are checked: gives every call and function value what its function captures.
    pub fn pass_captures(&mut self) {
        if self.funcs.iter().all(|slot| slot.captures.is_empty()) {
            return;
        }
        self.hand_captures_on();
        for index in 0..self.funcs.len() {
            let Some(mut body) = self.funcs[index].body.take() else { continue };
            self.add_captured(&mut body.value, index, &body.locals);
            self.funcs[index].body = Some(body);
        }
        for (func, span) in std::mem::take(&mut self.early_uses) {
            let slot = &self.funcs[func.idx()];
            let Some(Local { name: variable, .. }) =
                slot.captures.first().zip(slot.body.as_ref()).map(|(c, body)| &body.locals[c.local.idx()])
            else {
                continue;
            };
            let (name, variable, at) = (self.name(slot.name), self.name(*variable), slot.span);
            let error = Diagnostic::error(
                Code::UsedBeforeDeclared,
                format!("`{name}` is used before it is declared, and captures `{variable}`"),
            )
            .at(span, "used here")
            .also(at, "declared here")
            .help(format!("declare `{name}` in front of this, behind `{variable}`"));
            self.error(error);
        }
    }

    /// A body that mentions a function captures what that one captures, until nothing new comes of it.
    fn hand_captures_on(&mut self) {
        let mut mentions: Vec<(usize, Vec<FuncId>)> = Vec::new();
        for index in 0..self.funcs.len() {
            let Some(mut body) = self.funcs[index].body.take() else { continue };
            let mut found = Vec::new();
            mentioned(&mut body.value, &mut found);
            self.funcs[index].body = Some(body);
            found.sort_unstable();
            found.dedup();
            mentions.push((index, found));
        }
        let mut is_done = false;
        while !is_done {
            is_done = true;
            for (index, found) in &mentions {
                for callee in found {
                    is_done &= !self.capture_for(*index, *callee);
                }
            }
        }
    }

    /// Makes a function capture what another captures, and is not its own; whether that was something new.
    fn capture_for(&mut self, index: usize, callee: FuncId) -> bool {
        let (own, of) = (&self.funcs[index], &self.funcs[callee.idx()]);
        let Some(theirs) = &of.body else { return false };
        let is_new =
            |var: Var| var.body != own.body_id && own.captures.iter().all(|capture| capture.var != var);
        let new: Vec<(Var, Symbol, Ty, Span)> = of
            .captures
            .iter()
            .filter(|capture| is_new(capture.var))
            .map(|capture| (capture.var, &theirs.locals[capture.local.idx()]))
            .map(|(var, local)| (var, local.name, local.ty, local.span))
            .collect();
        let slot = &mut self.funcs[index];
        let Some(body) = &mut slot.body else { return false };
        let is_any = !new.is_empty();
        for (var, name, ty, span) in new {
            let local = LocalId(body.locals.len() as u32);
            body.locals.push(Local { name, ty, is_var: false, span });
            slot.captures.push(Capture { var, local });
        }
        is_any
    }

    /// Puts the captured variables, as the function of this index knows them, in front of arguments.
    fn add_captured(&self, e: &mut Expr, index: usize, locals: &[Local]) {
        each_child(&mut e.kind, &mut |child| self.add_captured(child, index, locals));
        let (func, args) = match &mut e.kind {
            ExprKind::Call { func, args, .. } | ExprKind::FuncValue(func, _, args) => (*func, args),
            _ => return,
        };
        let own = &self.funcs[index];
        let captures = self.funcs[func.idx()].captures.iter().filter_map(|capture| {
            let known = own.captures.iter().find(|known| known.var == capture.var).map(|known| known.local);
            let here = (capture.var.body == own.body_id).then_some(capture.var.local);
            let local = known.or(here)?;
            Some(expr(ExprKind::Local(local), locals.get(local.idx())?.ty, e.span))
        });
        args.splice(0..0, captures);
    }
}

/// The functions that an expression calls or makes values of.
fn mentioned(e: &mut Expr, found: &mut Vec<FuncId>) {
    if let ExprKind::Call { func, .. } | ExprKind::FuncValue(func, ..) = &e.kind {
        found.push(*func);
    }
    each_child(&mut e.kind, &mut |child| mentioned(child, found));
}
