//! Expressions.

use super::Dumper;
use crate::syntax::ast::*;
use std::fmt::Write;

impl Dumper<'_> {
    pub(super) fn args(&mut self, args: &[Arg]) {
        for arg in args {
            self.put(" ");
            self.label(arg.label);
            self.put(match arg.kind {
                ArgKind::Value | ArgKind::Trailing => "",
                ArgKind::Spread => "...",
                ArgKind::Update => "..",
            });
            self.expr(&arg.value);
        }
    }

    /// `(head operands…)`.
    pub(super) fn form(&mut self, head: &str, operands: &[&Expr]) {
        self.put("(");
        self.put(head);
        for operand in operands {
            self.put(" ");
            self.expr(operand);
        }
        self.put(")");
    }

    pub(super) fn list_form(&mut self, head: &str, args: &[Arg]) {
        self.put("(");
        self.put(head);
        self.args(args);
        self.put(")");
    }

    pub(super) fn with_type(&mut self, open: &str, value: &Expr, ty: &Type) {
        self.put(open);
        self.expr(value);
        self.put(" ");
        self.ty(ty);
        self.put(")");
    }

    pub(super) fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Int { value, suffix } => {
                let _ = write!(self.out, "{value}");
                self.suffix(*suffix);
            }
            ExprKind::Float { value, suffix, .. } => {
                let _ = write!(self.out, "{value:?}");
                self.suffix(*suffix);
            }
            ExprKind::Bool(value) => self.put(if *value { "true" } else { "false" }),
            ExprKind::Nil => self.put("nil"),
            ExprKind::Text(text) => self.quoted(*text),
            ExprKind::Interpolation(parts) => {
                self.put("(text");
                for part in parts {
                    self.put(" ");
                    match part {
                        TextPart::Text(text) => self.quoted(*text),
                        TextPart::Value { value, spec: None } => self.expr(value),
                        TextPart::Value { value, spec: Some(spec) } => {
                            self.put("(format ");
                            self.expr(value);
                            let _ = write!(self.out, " {:?} {:?} {:?}", spec.fill, spec.align, spec.sign);
                            let _ = write!(self.out, " #{} 0{}", spec.is_alternate, spec.is_zero_padded);
                            let _ =
                                write!(self.out, " {} ,{} {:?}", spec.width, spec.has_commas, spec.precision);
                            let _ = write!(self.out, " {:?})", spec.kind);
                        }
                    }
                }
                self.put(")");
            }
            ExprKind::Hole => self.put("_"),
            ExprKind::Name(name) => self.name(*name),
            ExprKind::Instantiate(base, types) => {
                self.put("(inst ");
                self.expr(base);
                for ty in types {
                    self.put(" ");
                    self.ty(ty);
                }
                self.put(")");
            }
            ExprKind::Tuple(args) => self.list_form("tuple", args),
            ExprKind::Array(args) => self.list_form("array", args),
            ExprKind::Set(args) => self.list_form("set", args),
            ExprKind::Repeat(value, count) => self.form("repeat", &[value, count]),
            ExprKind::Dict(entries) => {
                self.put("(dict");
                for entry in entries {
                    match entry {
                        DictEntry::Pair(key, value) => {
                            self.put(" ");
                            self.expr(key);
                            self.put(": ");
                            self.expr(value);
                        }
                        DictEntry::Spread(value) => {
                            self.put(" **");
                            self.expr(value);
                        }
                    }
                }
                self.put(")");
            }
            ExprKind::Vector(elements) => self.form("vec", &Vec::from_iter(elements)),
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension),
            ExprKind::Unary(op, operand) => self.form(op.sign(), &[operand]),
            ExprKind::Binary(op, left, right) => self.form(op.sign(), &[left, right]),
            ExprKind::Chain(first, rest) => {
                self.put("(chain ");
                self.expr(first);
                for (op, operand) in rest {
                    let _ = write!(self.out, " {} ", op.sign());
                    self.expr(operand);
                }
                self.put(")");
            }
            ExprKind::Range { start, end, is_inclusive } => {
                self.range(start.as_deref(), end.as_deref(), *is_inclusive);
            }
            ExprKind::Coalesce(left, right) => self.form("??", &[left, right]),
            ExprKind::Cast(value, ty) => self.with_type("(as ", value, ty),
            ExprKind::Is(value, ty) => self.with_type("(is ", value, ty),
            ExprKind::Call(callee, args) => {
                self.put("(call ");
                self.expr(callee);
                self.args(args);
                self.put(")");
            }
            ExprKind::Field(base, member) => self.member(".", base, *member),
            ExprKind::OptionalChain(base, rest) => self.form("?.", &[base, rest]),
            ExprKind::TupleField(base, index) => {
                self.put("(. ");
                self.expr(base);
                let _ = write!(self.out, " {index})");
            }
            ExprKind::Index(base, index) => self.form("index", &[base, index]),
            ExprKind::Slice(base, bounds) => {
                self.put("(slice ");
                self.expr(base);
                for bound in [&bounds.start, &bounds.end, &bounds.step] {
                    self.put(" ");
                    match bound {
                        Some(bound) => self.expr(bound),
                        None => self.put("_"),
                    }
                }
                self.put(")");
            }
            ExprKind::Update(update) => {
                self.put("(-> ");
                self.expr(&update.target);
                self.put(" ");
                self.name(update.method.name);
                self.args(&update.args);
                self.put(")");
            }
            ExprKind::Propagate(value) => self.form("?", &[value]),
            ExprKind::Unwrap(value) => self.form("!", &[value]),
            ExprKind::Present(value) => self.form(".?", &[value]),
            ExprKind::Lambda(lambda) => {
                self.put("(fn (");
                self.separated(&lambda.params, ", ", |d, param| {
                    d.pattern(&param.pattern);
                    d.annotation(&param.ty);
                });
                self.put(")");
                self.result(lambda.ret.as_ref(), lambda.throws.as_ref());
                self.block(&lambda.body);
                self.put(")");
            }
            ExprKind::If(branching) => {
                self.put("(if");
                for (cond, body) in &branching.branches {
                    self.put(" ");
                    self.cond(cond);
                    self.block(body);
                }
                if let Some(otherwise) = &branching.otherwise {
                    self.put(" else");
                    self.block(otherwise);
                }
                self.put(")");
            }
            ExprKind::Loop(body) => {
                self.put("(loop");
                self.block(body);
                self.put(")");
            }
            ExprKind::Match(matching) => {
                self.put("(match ");
                self.expr(&matching.value);
                self.depth += 1;
                for arm in &matching.arms {
                    self.line();
                    self.put("case ");
                    self.pattern(&arm.pattern);
                    if let Some(guard) = &arm.guard {
                        self.put(" if ");
                        self.expr(guard);
                    }
                    self.block(&arm.body);
                }
                self.depth -= 1;
                self.put(")");
            }
            ExprKind::Try { body, name, handler } => {
                self.put("(try");
                self.block(body);
                self.handler(" catch", *name, handler);
            }
            ExprKind::TryElse { value, name, handler } => {
                self.put("(try ");
                self.expr(value);
                self.handler(" else", *name, handler);
            }
            ExprKind::Return(value) => self.form("return", &Vec::from_iter(value.as_deref())),
            ExprKind::Break(value) => self.form("break", &Vec::from_iter(value.as_deref())),
            ExprKind::Continue => self.put("(continue)"),
            ExprKind::Throw(value) => self.form("throw", &[value]),
            ExprKind::Yield(value) => self.form("yield", &[value]),
            ExprKind::Spawn(value) => self.form("spawn", &[value]),
        }
    }

    pub(super) fn member(&mut self, sign: &str, base: &Expr, member: Ident) {
        self.put("(");
        self.put(sign);
        self.put(" ");
        self.expr(base);
        self.put(" ");
        self.name(member.name);
        self.put(")");
    }

    pub(super) fn handler(&mut self, word: &str, name: Option<Ident>, handler: &Block) {
        self.put(word);
        if let Some(name) = name {
            self.put(" ");
            self.name(name.name);
        }
        self.block(handler);
        self.put(")");
    }

    pub(super) fn suffix(&mut self, suffix: Option<Suffix>) {
        match suffix {
            None => {}
            Some(Suffix::Type(ty)) => {
                let _ = write!(self.out, "{ty:?}");
            }
            Some(Suffix::Unit(name)) => {
                self.put("_");
                self.name(name);
            }
        }
    }

    pub(super) fn comprehension(&mut self, comprehension: &Comprehension) {
        match &comprehension.kind {
            ComprehensionKind::Array(element) => {
                self.put("(array-for ");
                self.expr(element);
            }
            ComprehensionKind::Set(element) => {
                self.put("(set-for ");
                self.expr(element);
            }
            ComprehensionKind::Dict(key, value) => {
                self.put("(dict-for ");
                self.expr(key);
                self.put(": ");
                self.expr(value);
            }
        }
        for clause in &comprehension.clauses {
            match clause {
                ComprehensionClause::For(pattern, iter) => {
                    self.put(" for ");
                    self.pattern(pattern);
                    self.put(" in ");
                    self.expr(iter);
                }
                ComprehensionClause::If(cond) => {
                    self.put(" if ");
                    self.expr(cond);
                }
            }
        }
        self.put(")");
    }
}
