//! The check of all bodies, and the entry function: module-level variables, top-level statements, `main`.

use std::rc::Rc;

use super::context::*;
use super::general::Declared;
use super::infer::VarKind;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::ast::{self, ExprKind as Ast, PatternKind as Pat, StmtKind};

/// The name of the entry function, which no source text can give another.
pub const ENTRY: &str = "<entry>";

impl<'a> Checker<'a> {
    /// Checks every body; the entry function, if there is something to enter.
    pub fn check_bodies(&mut self) -> Option<FuncId> {
        let scope = TyScope::of_module(0);
        let outer = self.enter_body(scope, Vec::new(), None, Ty::I64, Why::None);
        self.cx().is_top_level = true;
        self.check_impls();
        self.check_defaults();
        let declared = self.decls.len();
        for i in 0..declared {
            if let Some(func) = self.decls[i].func {
                self.check_func(func);
            }
        }
        let code = self.entry_code();
        self.end_pending(0);
        self.check_instances();
        for i in 0..self.decls.len() {
            if self.decls[i].is_template && !self.decls[i].is_used && self.decls[i].around.is_none() {
                self.check_unused_template(DeclId(i as u32));
            }
        }
        // What all bodies have left open of a variable of a module, the statements above them may have made a number.
        self.default_literals(0);
        let (code, has_entry) = code?;
        let value = expr(ExprKind::Block(code, true), Ty::I64, Span::NONE);
        if !has_entry {
            return None;
        }
        let name = self.interner.intern(ENTRY);
        self.funcs.push(FuncSlot {
            decl: None,
            name,
            path: Vec::new(),
            generics: Rc::from([]),
            owner: None,
            params: Vec::new(),
            ret: Ty::I64,
            state: State::InProgress,
            body: None,
            body_id: 0,
            captures: Vec::new(),
            span: Span::NONE,
            called: None,
            made_in: None,
            size: 0,
            stand_for: None,
        });
        let entry = FuncId(self.funcs.len() as u32 - 1);
        self.leave_body(entry, value, outer);
        Some(entry)
    }

    /// Nothing calls it, so nothing is known of its parameters: the rest of its body is checked all the same, in an
    /// instance that accepts everything.
    pub fn check_unused_template(&mut self, id: DeclId) {
        let info = &self.decls[id.0 as usize];
        let (generics, name) = (Rc::clone(&info.scope.generics), info.decl.name.name);
        let unknown = vec![Ty::ERROR; info.params.iter().filter(|p| p.ty.is_none()).count()];
        let func = self.make_instance(id, &unknown, generics, name, None);
        self.check_func(func);
        // It is no function of the program.
        self.funcs[func.idx()].body = None;
    }

    /// The code of the entry function, and whether a program begins there.
    fn entry_code(&mut self) -> Option<(Vec<Expr>, bool)> {
        let mut code = Vec::new();
        let mut main = None;
        let mut exit: Option<LocalId> = None;
        let mut has_code = false;
        for module in 0..self.modules.len() {
            let ast = self.modules[module].ast;
            let is_main = !self.modules[module].is_runtime && self.modules[module].path.is_empty();
            self.current = 0;
            self.cx().scope.module = module;
            let has_run = self.modules[module].has_run;
            let found = if is_main { self.main_function(module) } else { None };
            main = main.or(found);
            let last = ast.stmts.iter().rposition(|stmt| !matches!(stmt.kind, StmtKind::Item(_)));
            for (i, stmt) in ast.stmts.iter().enumerate() {
                match &stmt.kind {
                    StmtKind::Item(_) => {}
                    _ if has_run && !matches!(stmt.kind, StmtKind::Let(_)) => {}
                    // The examples of a module run when its own file is tested.
                    StmtKind::Spec(spec) if !is_main => {
                        let own = self.examples.len();
                        self.spec(spec, stmt.span);
                        self.examples.truncate(own);
                    }
                    StmtKind::Let(decl) => {
                        if let Some(&index) = self.let_of.get(&(&raw const **decl)) {
                            self.check_let(index);
                            if self.modules[module].has_run {
                                continue;
                            }
                            has_code |= !self.modules[module].is_runtime;
                            let first = code.len();
                            code.append(&mut self.lets[index].code);
                            self.declarations.extend(first..code.len());
                        }
                    }
                    StmtKind::Expr(e) if Some(i) == last && found.is_some() && self.is_main_call(e) => {}
                    StmtKind::Assign { target, op: None, value } if is_main && self.is_exit_code(target) => {
                        has_code = true;
                        let statement = self.exit_code(value, &mut exit, stmt.span);
                        code.extend(statement);
                    }
                    _ => {
                        has_code = true;
                        let statement = self.stmt(stmt);
                        code.push(statement);
                    }
                }
            }
        }
        let has_entry = has_code || main.is_some();
        let result = match (main, exit) {
            (Some((main, span)), _) => self.call_main(main, span, &mut code),
            (None, Some(exit)) => self.local(exit, Span::NONE),
            (None, None) => self.int(0, Ty::I64, Span::NONE),
        };
        code.push(result);
        Some((code, has_entry))
    }

    /// The function `main` of the main module.
    fn main_function(&mut self, module: usize) -> Option<(DeclId, Span)> {
        let index = self.module_names[module];
        let declared = self.namespaces[index].values.get(&self.sym.main)?;
        let ValueItem::Func(id) = declared.item else { return None };
        let info = &self.decls[id.0 as usize];
        let (span, params) = (info.decl.name.span, Rc::clone(&info.params));
        let (is_generic, ret) = (!info.scope.generics.is_empty(), info.ret.unwrap_or(Ty::ERROR));
        let line = self.command_line();
        // A parameter without a type is what it is given.
        let takes_line = |param: &ParamInfo| {
            param.passing == Passing::Shared && param.ty.is_none_or(|ty| ty == line || ty == Ty::ERROR)
        };
        let takes_wrong = params.len() > 1 || !params.iter().all(takes_line) || is_generic;
        let is_exit =
            matches!(self.types.get(ret), TyKind::Int(_) | TyKind::Error | TyKind::Never) || ret == Ty::UNIT;
        if takes_wrong || !is_exit {
            let message = "`main` takes nothing or the arguments, and gives nothing or an integer";
            let error = Diagnostic::error(Code::BadMain, message)
                .at(span, "the program begins here")
                .help("write `fn main():` or `fn main(args: [text]) -> i64:`; the integer is the exit code");
            self.error(error);
            return None;
        }
        Some((id, span))
    }

    fn is_main_call(&self, e: &ast::Expr) -> bool {
        match &e.kind {
            Ast::Call(callee, args) => {
                args.is_empty() && matches!(callee.kind, Ast::Name(name) if name == self.sym.main)
            }
            _ => false,
        }
    }

    /// Whether the target of an assignment is the exit code: `main` where nothing is declared by that name.
    fn is_exit_code(&self, target: &ast::Expr) -> bool {
        matches!(target.kind, Ast::Name(name) if name == self.sym.main && self.find(name).is_none())
    }

    /// `main = e`.
    fn exit_code(&mut self, value: &'a ast::Expr, exit: &mut Option<LocalId>, span: Span) -> Vec<Expr> {
        let mark = self.infer.mark();
        let value = self.expr(value, Expect::Any);
        self.default_literals(mark);
        let ty = self.resolve(value.ty);
        let value = match self.types.get(ty) {
            TyKind::Int(_) if ty != Ty::I64 => self.cast(value, Ty::I64),
            _ => self.coerce(value, Ty::I64, Why::None),
        };
        match *exit {
            Some(exit) => {
                let place = self.local(exit, span);
                vec![expr(ExprKind::Assign(Box::new(place), Box::new(value)), Ty::UNIT, span)]
            }
            None => {
                let (bind, local) = self.temporary(value, true);
                *exit = Some(local);
                vec![bind]
            }
        }
    }

    /// The type of the arguments of a program.
    fn command_line(&mut self) -> Ty {
        self.types.intern(TyKind::Array(Ty::TEXT))
    }

    fn call_main(&mut self, main: DeclId, span: Span, code: &mut Vec<Expr>) -> Expr {
        let takes_line = !self.decls[main.0 as usize].params.is_empty();
        let line =
            takes_line.then(|| self.call_lang("arguments", Vec::new(), "arguments of a program", span));
        let call = self.call_checked(main, line.into_iter().collect(), span);
        let ret = self.resolve(call.ty);
        match self.types.get(ret) {
            TyKind::Int(_) if ret != Ty::I64 => self.cast(call, Ty::I64),
            TyKind::Int(_) => call,
            _ => {
                code.push(call);
                self.int(0, Ty::I64, span)
            }
        }
    }

    /// The type of a module-level variable; its declaration is checked first if nothing else tells.
    pub fn global_type(&mut self, id: GlobalId, span: Span) -> Ty {
        let global = &self.globals[id.idx()];
        if let Some(ty) = global.ty {
            return ty;
        }
        let (index, name, at) = (global.let_index, global.name, global.span);
        if self.lets[index].state == State::InProgress {
            let text = self.name(name);
            let error =
                Diagnostic::error(Code::CannotInfer, format!("the type of `{text}` depends on itself"))
                    .at(span, "used while its type is being inferred")
                    .also(at, "declared here")
                    .help(format!("write its type: `val {text}: T = …`"));
            self.error(error);
            self.circles += 1;
            self.globals[id.idx()].ty = Some(Ty::ERROR);
            return Ty::ERROR;
        }
        self.check_let(index);
        self.globals[id.idx()].ty.unwrap_or(Ty::ERROR)
    }

    /// Checks a module-level declaration once, in the entry function's body.
    fn check_let(&mut self, index: usize) {
        if self.lets[index].state != State::Unchecked {
            return;
        }
        self.lets[index].state = State::InProgress;
        let (decl, module) = (self.lets[index].ast, self.lets[index].module);
        let outer = std::mem::replace(&mut self.current, 0);
        let scope = TyScope::of_module(module);
        let code = self.in_scope(scope, None, |checker| checker.let_code(decl, module));
        self.current = outer;
        self.lets[index].code = code;
        self.lets[index].state = State::Done;
    }

    fn let_code(&mut self, decl: &'a ast::Let, module: usize) -> Vec<Expr> {
        let span = decl.pattern.span;
        let value = match self.declared(decl) {
            Declared::Value(Some(value)) => value,
            Declared::Value(None) => {
                self.give_types(decl, module, |_, _| Ty::ERROR);
                return Vec::new();
            }
            Declared::Lambda(name, index) => {
                // No variable of the program: its uses have the code.
                self.give_types(decl, module, |_, _| Ty::UNIT);
                if let Some(ValueItem::Global(id)) = self.module_value(module, name.name) {
                    self.globals[id.idx()].lambda = Some(index);
                }
                return Vec::new();
            }
        };
        if let Pat::Name(name) = decl.pattern.kind {
            let ty = value.ty;
            self.give_types(decl, module, |_, _| ty);
            let Some(ValueItem::Global(id)) = self.module_value(module, name.name) else { return Vec::new() };
            if self.globals[id.idx()].span != name.span {
                // Declared a second time, which was reported.
                return Vec::new();
            }
            if self.modules[module].is_runtime || decl.kind == ast::LetKind::Const {
                // Lowering gives them their values: MIR programs have those of the runtime, and what stands above a
                // constant has it, too. A number is the unfinished literal that it is.
                self.globals[id.idx()].initial = Initial::of(&value);
                if self.globals[id.idx()].initial.is_some() {
                    return Vec::new();
                }
            }
            return vec![expr(ExprKind::Initialise(id, Box::new(value)), Ty::UNIT, span)];
        }
        let ty = value.ty;
        let pattern = self.binding_pattern(&decl.pattern, ty, false);
        let mut code = vec![binding(pattern, value, span)];
        let mut names = Vec::new();
        super::collect::bound_names(&decl.pattern, &mut names);
        for name in names {
            let Some(Binding::Local(local)) = self.cx().names.get(name.name) else { continue };
            let Some(ValueItem::Global(id)) = self.module_value(module, name.name) else { continue };
            let value = self.local(local, name.span);
            let ty = value.ty;
            self.globals[id.idx()].ty = Some(ty);
            code.push(expr(ExprKind::Initialise(id, Box::new(value)), Ty::UNIT, name.span));
        }
        code
    }

    fn give_types(&mut self, decl: &'a ast::Let, module: usize, ty: impl Fn(&mut Self, ast::Ident) -> Ty) {
        let mut names = Vec::new();
        super::collect::bound_names(&decl.pattern, &mut names);
        for name in names {
            if let Some(ValueItem::Global(id)) = self.module_value(module, name.name) {
                let ty = ty(self, name);
                self.globals[id.idx()].ty.get_or_insert(ty);
            }
        }
    }

    /// The variable `it` of the last module.
    pub fn last_value(&self, globals: &[Global]) -> Option<LastValue> {
        let last = self.modules.last()?;
        let is_it = |global: &&Global| self.name(global.name) == "it" && global.path == last.path;
        let ty = globals.iter().rfind(is_it)?.ty;
        Some(LastValue { ty, written: self.show(ty) })
    }

    /// Reports an unknown type that nothing decided, at the place that made it.
    pub fn report_unknown(&mut self, var: u32) {
        let span = self.infer.span(var);
        // What an endless type holds may have been what tells it.
        if self.infer.kind(var) == VarKind::Any && !self.has_endless_type {
            let error = Diagnostic::error(Code::CannotInfer, "the type of this is not known")
                .at(span, "nothing here tells its type")
                .help("write the type: `val name: T = …`, or `f<T>(…)` for a type argument");
            self.error(error);
        }
    }
}
