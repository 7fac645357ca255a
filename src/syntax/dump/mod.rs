//! The syntax tree as text, for `--emit=ast` and tests: one line a statement, expressions as `(operator operands)`.

mod expr;
mod item;
mod types;

use std::fmt::Write;

use super::ast::*;
use super::intern::{Interner, Symbol};

/// Writes a module. Spans are left out.
pub fn dump(module: &Module, interner: &Interner) -> String {
    let mut dumper = Dumper { interner, out: String::new(), depth: 0 };
    dumper.doc(module.doc);
    dumper.stmts(&module.stmts);
    dumper.out
}

struct Dumper<'a> {
    interner: &'a Interner,
    out: String,
    depth: usize,
}

impl Dumper<'_> {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn name(&mut self, symbol: Symbol) {
        self.out.push_str(self.interner.get(symbol));
    }

    fn path(&mut self, path: &[Ident]) {
        for (i, ident) in path.iter().enumerate() {
            self.put(if i == 0 { "" } else { "." });
            self.name(ident.name);
        }
    }

    fn quoted(&mut self, symbol: Symbol) {
        let _ = write!(self.out, "{:?}", self.interner.get(symbol));
    }

    fn line(&mut self) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n("  ", self.depth));
    }

    fn separated<T>(&mut self, items: &[T], separator: &str, mut put: impl FnMut(&mut Self, &T)) {
        for (i, item) in items.iter().enumerate() {
            self.put(if i == 0 { "" } else { separator });
            put(self, item);
        }
    }

    fn doc(&mut self, doc: Option<Symbol>) {
        if let Some(doc) = doc {
            self.put("doc ");
            self.quoted(doc);
            self.line();
        }
    }

    fn attrs(&mut self, attrs: &[Attr]) {
        for attr in attrs {
            self.put("@");
            self.name(attr.name.name);
            self.args(&attr.args);
            self.line();
        }
    }

    fn stmts(&mut self, stmts: &[Stmt]) {
        for (i, stmt) in stmts.iter().enumerate() {
            if i > 0 {
                self.line();
            }
            self.stmt(stmt);
        }
        if self.depth == 0 && !stmts.is_empty() {
            self.put("\n");
        }
    }

    fn indented(&mut self, write: impl FnOnce(&mut Self)) {
        self.depth += 1;
        self.line();
        write(self);
        self.depth -= 1;
    }

    fn block(&mut self, block: &Block) {
        match &block.stmts[..] {
            [] => self.put(" {}"),
            [Stmt { kind: StmtKind::Expr(only), .. }] => {
                self.put(" {");
                self.expr(only);
                self.put("}");
            }
            stmts => self.indented(|d| d.stmts(stmts)),
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Expr(expr) => self.expr(expr),
            StmtKind::Let(binding) => {
                self.doc(binding.doc);
                self.attrs(&binding.attrs);
                self.put(match binding.kind {
                    LetKind::Val => "val ",
                    LetKind::Var => "var ",
                    LetKind::Const => "const ",
                    LetKind::Static => "static ",
                    LetKind::Shared => "shared ",
                });
                self.pattern(&binding.pattern);
                self.annotation(&binding.ty);
                self.default(&binding.init);
            }
            StmtKind::Assign { target, op, value } => {
                self.expr(target);
                let _ = write!(self.out, " {}= ", op.map_or("", BinOp::sign));
                self.expr(value);
            }
            StmtKind::While { cond, body } => {
                self.put("while ");
                self.cond(cond);
                self.block(body);
            }
            StmtKind::For { pattern, iter, body } => {
                self.put("for ");
                self.pattern(pattern);
                self.put(" in ");
                self.expr(iter);
                self.block(body);
            }
            StmtKind::Defer(body) => {
                self.put("defer");
                self.block(body);
            }
            StmtKind::With { value, name, body } => {
                self.put("with ");
                self.expr(value);
                if let Some(name) = name {
                    self.put(" as ");
                    self.name(name.name);
                }
                self.block(body);
            }
            StmtKind::Spec(spec) => {
                self.put(match spec.kind {
                    SpecKind::Group => "group",
                    SpecKind::Example => "example",
                    SpecKind::BeforeEach => "before_each",
                    SpecKind::AfterEach => "after_each",
                });
                if let Some(title) = &spec.title {
                    self.put(" ");
                    self.expr(title);
                }
                self.block(&spec.body);
            }
            StmtKind::Item(item) => self.item(item),
        }
    }

    fn annotation(&mut self, ty: &Option<Type>) {
        if let Some(ty) = ty {
            self.put(": ");
            self.ty(ty);
        }
    }

    fn default(&mut self, value: &Option<Expr>) {
        if let Some(value) = value {
            self.put(" = ");
            self.expr(value);
        }
    }

    fn cond(&mut self, cond: &Cond) {
        match cond {
            Cond::Expr(expr) => self.expr(expr),
            Cond::Let(pattern, value) => {
                self.put("val ");
                self.pattern(pattern);
                self.put(" = ");
                self.expr(value);
            }
        }
    }
}
