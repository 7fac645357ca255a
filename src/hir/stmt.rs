//! Blocks and statements.

use super::context::*;
use super::general::Declared;
use super::mismatch::written_at;
use super::names::Named;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::ast::{self, Cond, LetKind, StmtKind};

impl<'a> Checker<'a> {
    /// A block in a scope of its own. With [`Expect::Ty`] its value is made to fit.
    pub fn block(&mut self, block: &'a ast::Block, expect: Expect) -> Expr {
        let mark = self.cx().names.mark();
        let facts = self.cx().facts.mark();
        let nested = self.hoist(block);
        self.blocks.push(block);
        let mut code = Vec::with_capacity(block.stmts.len());
        let mut diverges = false;
        let mut value = None;
        for (i, stmt) in block.stmts.iter().enumerate() {
            let is_last = i + 1 == block.stmts.len();
            match (&stmt.kind, expect) {
                (StmtKind::Expr(e), Expect::Any | Expect::Loose | Expect::Ty(..)) if is_last => {
                    let result = match expect {
                        Expect::Ty(ty, why) if !diverges => self.expr_as(e, ty, why),
                        Expect::Ty(..) | Expect::Any | Expect::Loose | Expect::Unused => self.expr(e, expect),
                    };
                    // What stands behind a way out is no value of the block.
                    value = (!diverges).then_some(result.ty);
                    code.push(result);
                }
                _ => {
                    if let StmtKind::Item(_) = stmt.kind {
                        self.declare_run(block, i, &nested);
                    }
                    let result = self.stmt(stmt);
                    diverges |= self.resolve(result.ty) == Ty::NEVER;
                    code.push(result);
                }
            }
        }
        self.check_templates(&nested);
        self.blocks.pop();
        self.cx().names.forget_since(mark);
        self.forget(facts);
        let ty = match value {
            Some(ty) => ty,
            None if diverges => Ty::NEVER,
            None => Ty::UNIT,
        };
        let result = expr(ExprKind::Block(code, value.is_some()), ty, block.span);
        let last = block.stmts.last().map_or(block.span, |stmt| stmt.span);
        match expect {
            Expect::Ty(wanted, why) if value.is_none() => {
                let fits = self.coerce(expr(ExprKind::Unit, ty, last), wanted, why);
                if fits.ty == Ty::ERROR { fits } else { result }
            }
            Expect::Unused if ty != Ty::NEVER => expr(result.kind, Ty::UNIT, block.span),
            Expect::Unused | Expect::Loose | Expect::Any | Expect::Ty(..) => result,
        }
    }

    fn unit(&self, span: Span) -> Expr {
        expr(ExprKind::Unit, Ty::UNIT, span)
    }

    /// A statement. Unknowns of literals that it leaves open get their defaults.
    pub fn stmt(&mut self, stmt: &'a ast::Stmt) -> Expr {
        let mark = self.infer.mark();
        let result = match &stmt.kind {
            StmtKind::Expr(e) => self.expr_stmt(e),
            StmtKind::Let(decl) => self.let_stmt(decl, stmt.span),
            StmtKind::Assign { target, op, value } => self.assign(target, *op, value, stmt.span),
            StmtKind::While { cond, body } => self.while_stmt(cond, body, stmt.span),
            StmtKind::For { pattern, iter, body } => {
                self.for_each(pattern, iter, stmt.span, &mut |checker| checker.block(body, Expect::Unused))
            }
            StmtKind::Defer(body) => {
                let body = self.deferred(|checker| checker.block(body, Expect::Unused));
                expr(ExprKind::Defer(Box::new(body)), Ty::UNIT, stmt.span)
            }
            StmtKind::With { value, name, body } => self.with_stmt(value, *name, body, stmt.span),
            StmtKind::Spec(spec) => self.spec(spec, stmt.span),
            StmtKind::Item(_) => self.unit(stmt.span),
        };
        self.default_literals(mark);
        result
    }

    /// An expression for its effect. A function that is only named has none, which is reported.
    fn expr_stmt(&mut self, e: &'a ast::Expr) -> Expr {
        let named = self.named(e);
        match named {
            Some((Named::Func(id), name)) => {
                let info = &self.decls[id.0 as usize];
                let params: Vec<&str> = info.params.iter().map(|param| self.name(param.name.name)).collect();
                let (params, declared) = (params.join(", "), info.decl.name.span);
                return self.not_called(name, &params, Some(declared), e.span);
            }
            Some((Named::Lambda(_), name)) => return self.not_called(name, "…", None, e.span),
            _ => {}
        }
        let value = self.expr(e, Expect::Unused);
        if let (Some((_, name)), TyKind::Fn(params, _)) = (named, self.types.get(self.resolve(value.ty))) {
            let params = vec!["…"; params.len()].join(", ");
            return self.not_called(name, &params, None, e.span);
        }
        value
    }

    fn not_called(&mut self, name: ast::Ident, params: &str, declared: Option<Span>, span: Span) -> Expr {
        let text = self.name(name.name);
        let message = format!("`{text}` is a function, and is not called here");
        let mut error = Diagnostic::error(Code::NotAValue, message).at(span, "this does nothing");
        if let Some(declared) = declared {
            error = error.also(declared, "declared here");
        }
        self.error(error.help(format!("call it: `{text}({params})`")));
        self.error_expr(span)
    }

    /// Checks what is run when a block is left: no jump may lead out of it.
    fn deferred(&mut self, check: impl FnOnce(&mut Self) -> Expr) -> Expr {
        let cx = self.cx();
        let (loops, tries) = (std::mem::take(&mut cx.loops), std::mem::take(&mut cx.tries));
        let is_deferred = std::mem::replace(&mut cx.is_deferred, true);
        let body = self.forget_variables(check);
        let cx = self.cx();
        (cx.loops, cx.tries) = (loops, tries);
        cx.is_deferred = is_deferred;
        body
    }

    /// `with value as name: body` closes the value when the body is left: it is a `defer name.close()` in front of it.
    fn with_stmt(
        &mut self,
        value: &'a ast::Expr,
        name: Option<ast::Ident>,
        body: &'a ast::Block,
        span: Span,
    ) -> Expr {
        let names = self.cx().names.mark();
        let mark = self.infer.mark();
        let opened = self.expr(value, Expect::Any);
        self.default_literals(mark);
        let at = opened.span;
        let (bind, local) = self.temporary(opened, true);
        if let Some(name) = name {
            self.cx().locals[local.idx()].name = name.name;
            self.cx().names.declare(name.name, Binding::Local(local));
        }
        let close = self.deferred(|checker| {
            let opened = checker.local(local, at);
            let method = ast::Ident { name: checker.interner.intern("close"), span: at };
            checker.method_call(opened, method, &[], &[], at, Expect::Unused)
        });
        let body = self.block(body, Expect::Unused);
        self.cx().names.forget_since(names);
        let ty = body.ty;
        let defer = expr(ExprKind::Defer(Box::new(close)), Ty::UNIT, span);
        expr(ExprKind::Block(vec![bind, defer, body], ty != Ty::UNIT), ty, span)
    }

    /// Checks the value of a declaration against its annotation, if it has one.
    pub fn initial_value(&mut self, decl: &'a ast::Let) -> Option<Expr> {
        let mark = self.infer.mark();
        let init = decl.init.as_ref()?;
        let value = match &decl.ty {
            Some(ty) => {
                let scope = self.cx().scope.clone();
                let wanted = self.ty(ty, &scope);
                let mut value = self.expr_as(init, wanted, Why::Annotation(ty.span));
                if value.ty != Ty::ERROR {
                    value.ty = wanted;
                }
                value
            }
            None => self.expr(init, Expect::Any),
        };
        self.default_literals(mark);
        Some(value)
    }

    fn let_stmt(&mut self, decl: &'a ast::Let, span: Span) -> Expr {
        let is_var = match decl.kind {
            LetKind::Val | LetKind::Const => false,
            LetKind::Var => true,
            LetKind::Static => return self.unsupported("a `static` inside a function", span),
            LetKind::Shared => return self.unsupported("`shared` memory", span),
        };
        match self.declared(decl) {
            Declared::Lambda(name, index) => {
                self.cx().names.declare(name.name, Binding::Lambda(index));
                self.unit(span)
            }
            Declared::Value(Some(value)) => {
                // Another name for an optional variable is optional, too, and known to hold something.
                let is_present = decl.ty.is_none() && self.is_known_present(&value);
                let value = if is_present { self.as_optional(value) } else { value };
                let pattern = self.binding_pattern(&decl.pattern, value.ty, is_var);
                if let PatternKind::Bind(local) = pattern.kind {
                    self.cx().locals[local.idx()].origin = match &decl.ty {
                        Some(ty) => Origin { written: Some(written_at(ty)), value: None },
                        None => Origin { written: self.annotation_of(&value), value: Some(value.span) },
                    };
                    if is_present {
                        self.know_present(local);
                    }
                }
                binding(pattern, value, span)
            }
            Declared::Value(None) => {
                // The parser reported the missing value; the names are declared so that their uses are not reported.
                let ty = decl.ty.as_ref().map_or(Ty::ERROR, |ty| {
                    let scope = self.cx().scope.clone();
                    self.ty(ty, &scope)
                });
                self.binding_pattern(&decl.pattern, ty, is_var);
                self.error_expr(span)
            }
        }
    }

    /// A new loop around the code to be checked next.
    pub fn enter_loop(&mut self, value: Option<Ty>) -> LoopId {
        let cx = self.cx();
        let id = LoopId(cx.loop_count);
        cx.loop_count += 1;
        let (has_break, is_comprehension, rounds) = (false, false, super::narrow::Rounds::default());
        cx.loops.push(LoopCx { id, value, has_break, is_comprehension, rounds });
        id
    }

    /// A condition, made a bool.
    pub fn condition(&mut self, e: &'a ast::Expr) -> Expr {
        let cond = self.expr(e, Expect::Any);
        let ty = self.resolve(cond.ty);
        if ty == Ty::BOOL || ty == Ty::NEVER || ty == Ty::ERROR || self.unify_with_bool(ty) {
            return cond;
        }
        let found = self.words_for(&cond);
        let message = format!("a condition is a `bool`, and this is {}", found.full);
        let mut error = Diagnostic::error(Code::NotBool, message).at(e.span, found.label());
        if self.is_number(ty) || self.var_kind(ty).is_some() {
            error = error.help("compare it: `… != 0`");
        } else if matches!(self.types.get(ty), TyKind::Text | TyKind::Array(_)) {
            error = error.help("ask for its length: `….len() > 0`");
        } else if self.payload_of(ty).is_some() {
            error = error.help("ask what it is: `if val x = …`, or `….is_some()`");
        }
        self.error(error);
        self.error_expr(e.span)
    }

    fn unify_with_bool(&mut self, ty: Ty) -> bool {
        self.unify(ty, Ty::BOOL)
    }

    fn while_stmt(&mut self, cond: &'a Cond, body: &'a ast::Block, span: Span) -> Expr {
        let e = match cond {
            Cond::Expr(e) => e,
            Cond::Let(pattern, value) => return self.while_val(pattern, value, body, span),
        };
        let id = self.enter_loop(None);
        let mark = self.infer.mark();
        let cond = self.condition(e);
        self.default_literals(mark);
        let facts = self.learn(e, true);
        let body = self.block(body, Expect::Unused);
        self.forget(facts);
        let has_break = self.cx().loops.pop().is_some_and(|l| l.has_break);
        // A function may end in a loop that is only left by `return`.
        if let ExprKind::Literal(Constant::Bool(true)) = cond.kind {
            let ty = if has_break { Ty::UNIT } else { Ty::NEVER };
            return expr(ExprKind::Loop(id, Box::new(body)), ty, span);
        }
        expr(ExprKind::While(id, Box::new(cond), Box::new(body)), Ty::UNIT, span)
    }

    /// `while val p = e: body` is `loop: match e: p -> body, _ -> break`.
    fn while_val(
        &mut self,
        pattern: &'a ast::Pattern,
        value: &'a ast::Expr,
        body: &'a ast::Block,
        span: Span,
    ) -> Expr {
        let id = self.enter_loop(None);
        let matched = self.if_val(
            pattern,
            value,
            span,
            |checker| checker.block(body, Expect::Unused),
            |_| expr(ExprKind::Break(id, None), Ty::NEVER, span),
        );
        self.cx().loops.pop();
        let turn = expr(ExprKind::Block(vec![matched], false), Ty::UNIT, span);
        expr(ExprKind::Loop(id, Box::new(turn)), Ty::UNIT, span)
    }

    /// `if val p = e`: a match of two arms, typed by its first.
    pub fn if_val(
        &mut self,
        pattern: &'a ast::Pattern,
        value: &'a ast::Expr,
        span: Span,
        then: impl FnOnce(&mut Self) -> Expr,
        otherwise: impl FnOnce(&mut Self) -> Expr,
    ) -> Expr {
        let mark = self.infer.mark();
        let value = self.optional(value);
        self.default_literals(mark);
        let names = self.cx().names.mark();
        let ty = value.ty;
        let pattern = self.present_pattern(pattern, ty);
        let body = then(self);
        self.cx().names.forget_since(names);
        let result = body.ty;
        let rest = otherwise(self);
        let wildcard = Pattern { kind: PatternKind::Wildcard, ty, span };
        let arms =
            vec![Arm { pattern, guard: None, body }, Arm { pattern: wildcard, guard: None, body: rest }];
        expr(ExprKind::Match(Box::new(value), arms), result, span)
    }

    /// `loop: body`; as a value it is what its `break`s carry.
    pub fn loop_expr(&mut self, body: &'a ast::Block, span: Span, expect: Expect) -> Expr {
        let value = match expect {
            Expect::Ty(ty, _) => ty,
            Expect::Unused | Expect::Loose | Expect::Any => self.fresh(super::infer::VarKind::Any, span),
        };
        let id = self.enter_loop(Some(value));
        let body = self.block(body, Expect::Unused);
        let has_break = self.cx().loops.pop().is_some_and(|l| l.has_break);
        let ty = match (has_break, self.var_kind(value)) {
            (false, _) => Ty::NEVER,
            (true, Some(super::infer::VarKind::Any)) => {
                self.unify(value, Ty::UNIT);
                Ty::UNIT
            }
            (true, _) => value,
        };
        expr(ExprKind::Loop(id, Box::new(body)), ty, span)
    }
}
