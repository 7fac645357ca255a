//! The syntax tree as text, for `--emit=ast` and tests: one line a statement, expressions as `(operator operands)`.

use super::ast::*;
use super::intern::{Interner, Symbol};
use std::fmt::Write;

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

    fn item(&mut self, item: &Item) {
        self.doc(item.doc);
        self.attrs(&item.attrs);
        if item.is_export {
            self.put("export ");
        }
        match &item.kind {
            ItemKind::Fn(decl) => self.fn_decl(decl),
            ItemKind::Type(decl) => {
                self.put(match decl.kind {
                    TypeDeclKind::Struct => "struct ",
                    TypeDeclKind::Class => "class ",
                    TypeDeclKind::Actor => "actor ",
                    TypeDeclKind::Mixin => "mixin ",
                });
                self.name(decl.name.name);
                self.generics(&decl.generics);
                self.types(" with ", &decl.mixins);
                self.depth += 1;
                for field in &decl.fields {
                    self.line();
                    self.doc(field.doc);
                    self.attrs(&field.attrs);
                    self.name(field.name.name);
                    self.put(": ");
                    self.ty(&field.ty);
                    self.default(&field.default);
                }
                self.depth -= 1;
                self.methods(&decl.methods);
            }
            ItemKind::Enum(decl) => {
                self.put("enum ");
                self.name(decl.name.name);
                self.generics(&decl.generics);
                self.depth += 1;
                for variant in &decl.variants {
                    self.line();
                    self.doc(variant.doc);
                    self.name(variant.name.name);
                    if !variant.fields.is_empty() {
                        self.put("(");
                        self.separated(&variant.fields, ", ", |d, field| {
                            d.label(field.name);
                            d.ty(&field.ty);
                        });
                        self.put(")");
                    }
                    self.default(&variant.value);
                }
                self.depth -= 1;
                self.methods(&decl.methods);
            }
            ItemKind::Trait(decl) => {
                self.put("trait ");
                self.name(decl.name.name);
                self.generics(&decl.generics);
                self.types(": ", &decl.supers);
                self.methods(&decl.methods);
            }
            ItemKind::Impl(decl) => {
                self.put("impl");
                self.generics(&decl.generics);
                self.put(" ");
                if let Some(of_trait) = &decl.of_trait {
                    self.ty(of_trait);
                    self.put(" for ");
                }
                self.ty(&decl.ty);
                self.methods(&decl.methods);
            }
            ItemKind::Alias(decl) => {
                self.put("type ");
                self.name(decl.name.name);
                self.generics(&decl.generics);
                self.put(" = ");
                self.ty(&decl.ty);
            }
            ItemKind::Unit(decl) => {
                self.put("unit ");
                self.name(decl.name.name);
                self.put(": ");
                self.ty(&decl.ty);
                self.renamed(decl.suffix);
            }
            ItemKind::Use(decl) => self.use_decl(decl),
            ItemKind::Export(ExportDecl::All) => self.put("export *"),
            ItemKind::Export(ExportDecl::Use(decl)) => {
                self.put("export ");
                self.use_decl(decl);
            }
            ItemKind::Export(ExportDecl::Names(names)) => {
                self.put("export ");
                self.separated(names, ", ", |d, name| d.name(name.name));
            }
        }
    }

    fn methods(&mut self, methods: &[Item]) {
        self.depth += 1;
        for method in methods {
            self.line();
            self.item(method);
        }
        self.depth -= 1;
    }

    fn fn_decl(&mut self, decl: &FnDecl) {
        self.put(if decl.is_extern { "extern " } else { "" });
        self.put(if decl.is_async { "async " } else { "" });
        self.put(match decl.kind {
            FnKind::Plain => "fn ",
            FnKind::Me => "me ",
            FnKind::Static => "static fn ",
        });
        self.name(decl.name.name);
        self.generics(&decl.generics);
        self.put("(");
        self.separated(&decl.params, ", ", |d, param| {
            d.name(param.name.name);
            d.annotation(&param.ty);
            d.put(if param.is_variadic { "..." } else { "" });
            d.default(&param.default);
        });
        self.put(if decl.is_c_variadic { ", ...)" } else { ")" });
        self.result(decl.ret.as_ref(), decl.throws.as_ref());
        if let Some(body) = &decl.body {
            self.block(body);
        }
    }

    fn result(&mut self, ret: Option<&Type>, throws: Option<&Type>) {
        for (word, ty) in [(" -> ", ret), (" throws ", throws)] {
            if let Some(ty) = ty {
                self.put(word);
                self.ty(ty);
            }
        }
    }

    fn generics(&mut self, generics: &[GenericParam]) {
        if generics.is_empty() {
            return;
        }
        self.put("<");
        self.separated(generics, ", ", |d, param| {
            d.name(param.name.name);
            d.types(": ", &param.bounds);
        });
        self.put(">");
    }

    fn types(&mut self, prefix: &str, types: &[Type]) {
        if !types.is_empty() {
            self.put(prefix);
            self.separated(types, " + ", Self::ty);
        }
    }

    fn use_decl(&mut self, decl: &UseDecl) {
        self.put("use ");
        self.out.extend(std::iter::repeat_n('.', decl.dots as usize));
        self.path(&decl.path);
        match &decl.what {
            UseWhat::Path(alias) => self.renamed(*alias),
            UseWhat::All => self.put(".*"),
            UseWhat::Names(names) => {
                self.put(".{");
                self.separated(names, ", ", |d, (name, alias)| {
                    d.name(name.name);
                    d.renamed(*alias);
                });
                self.put("}");
            }
        }
    }

    fn renamed(&mut self, alias: Option<Ident>) {
        if let Some(alias) = alias {
            self.put(" as ");
            self.name(alias.name);
        }
    }

    fn label(&mut self, label: Option<Ident>) {
        if let Some(label) = label {
            self.name(label.name);
            self.put(": ");
        }
    }

    fn ty(&mut self, ty: &Type) {
        match &ty.kind {
            TypeKind::Path { path, args } => {
                self.path(path);
                if !args.is_empty() {
                    self.put("<");
                    self.separated(args, ", ", Self::ty);
                    self.put(">");
                }
            }
            TypeKind::Array(element) => {
                self.put("[");
                self.ty(element);
                self.put("]");
            }
            TypeKind::FixedArray(element, count) => {
                self.put("[");
                self.ty(element);
                self.put("; ");
                self.expr(count);
                self.put("]");
            }
            TypeKind::Dict(key, value) => {
                self.put("{");
                self.ty(key);
                self.put(": ");
                self.ty(value);
                self.put("}");
            }
            TypeKind::Set(element) => {
                self.put("{");
                self.ty(element);
                self.put("}");
            }
            TypeKind::Tuple(elems) => {
                self.put("(");
                self.separated(elems, ", ", |d, elem| {
                    d.label(elem.label);
                    d.ty(&elem.ty);
                });
                self.put(")");
            }
            TypeKind::Option(inner) => {
                self.ty(inner);
                self.put("?");
            }
            TypeKind::Fn { params, ret, throws } => {
                self.put("fn(");
                self.separated(params, ", ", Self::ty);
                self.put(")");
                self.result(ret.as_deref(), throws.as_deref());
            }
            TypeKind::Union(types) => {
                self.put("(");
                self.separated(types, " | ", Self::ty);
                self.put(")");
            }
            TypeKind::Dyn(inner) => {
                self.put("dyn ");
                self.ty(inner);
            }
            TypeKind::Vector(lanes, element) => {
                self.put("vec[");
                self.expr(lanes);
                self.put(", ");
                self.ty(element);
                self.put("]");
            }
            TypeKind::Capability(capability, inner) => {
                self.put(match capability {
                    Capability::Mut => "mut ",
                    Capability::Iso => "iso ",
                    Capability::Weak => "weak ",
                });
                self.ty(inner);
            }
            TypeKind::Infer => self.put("_"),
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match &pattern.kind {
            PatternKind::Wildcard => self.put("_"),
            PatternKind::Name(name) => self.name(name.name),
            PatternKind::Literal(expr) => self.expr(expr),
            PatternKind::Range { start, end, is_inclusive } => {
                self.range(start.as_deref(), end.as_deref(), *is_inclusive);
            }
            PatternKind::Or(patterns) => {
                self.put("(");
                self.separated(patterns, " | ", Self::pattern);
                self.put(")");
            }
            PatternKind::Tuple(elems) => {
                self.put("(");
                self.separated(elems, ", ", Self::pattern_arg);
                self.put(")");
            }
            PatternKind::Array(elems) => {
                self.put("[");
                self.separated(elems, ", ", Self::pattern);
                self.put("]");
            }
            PatternKind::Construct { path, args } => {
                self.path(path);
                self.put("(");
                self.separated(args, ", ", Self::pattern_arg);
                self.put(")");
            }
            PatternKind::Path(path) => self.path(path),
            PatternKind::Typed(inner, ty) => {
                self.pattern(inner);
                self.put(": ");
                self.ty(ty);
            }
            PatternKind::Rest(name) => {
                self.put("...");
                if let Some(name) = name {
                    self.name(name.name);
                }
            }
        }
    }

    fn pattern_arg(&mut self, arg: &PatternArg) {
        self.label(arg.label);
        self.pattern(&arg.pattern);
    }

    fn range(&mut self, start: Option<&Expr>, end: Option<&Expr>, is_inclusive: bool) {
        self.put(if is_inclusive { "(..=" } else { "(.." });
        for bound in [start, end] {
            self.put(" ");
            match bound {
                Some(bound) => self.expr(bound),
                None => self.put("_"),
            }
        }
        self.put(")");
    }

    fn args(&mut self, args: &[Arg]) {
        for arg in args {
            self.put(" ");
            self.label(arg.label);
            self.put(match arg.kind {
                ArgKind::Value => "",
                ArgKind::Spread => "...",
                ArgKind::Update => "..",
            });
            self.expr(&arg.value);
        }
    }

    /// `(head operands…)`.
    fn form(&mut self, head: &str, operands: &[&Expr]) {
        self.put("(");
        self.put(head);
        for operand in operands {
            self.put(" ");
            self.expr(operand);
        }
        self.put(")");
    }

    fn list_form(&mut self, head: &str, args: &[Arg]) {
        self.put("(");
        self.put(head);
        self.args(args);
        self.put(")");
    }

    fn with_type(&mut self, open: &str, value: &Expr, ty: &Type) {
        self.put(open);
        self.expr(value);
        self.put(" ");
        self.ty(ty);
        self.put(")");
    }

    fn expr(&mut self, expr: &Expr) {
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
            ExprKind::OptionalField(base, member) => self.member("?.", base, *member),
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
                self.result(lambda.ret.as_ref(), None);
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

    fn member(&mut self, sign: &str, base: &Expr, member: Ident) {
        self.put("(");
        self.put(sign);
        self.put(" ");
        self.expr(base);
        self.put(" ");
        self.name(member.name);
        self.put(")");
    }

    fn handler(&mut self, word: &str, name: Option<Ident>, handler: &Block) {
        self.put(word);
        if let Some(name) = name {
            self.put(" ");
            self.name(name.name);
        }
        self.block(handler);
        self.put(")");
    }

    fn suffix(&mut self, suffix: Option<Suffix>) {
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

    fn comprehension(&mut self, comprehension: &Comprehension) {
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
