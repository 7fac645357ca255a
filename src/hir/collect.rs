//! The first passes: what the modules declare, and with which types.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::SourceModule;
use super::context::*;
use super::infer::Infer;
use super::tree::*;
use super::types::{Ty, TyKind, Types};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Span};
use crate::syntax::ast::{self, FnKind, ItemKind, LetKind, StmtKind, TypeDeclKind};
use crate::syntax::{Interner, Symbol};

/// Attributes of every program.
const ATTRS: &[&str] = &["inline", "noinline", "cold", "extern"];

/// Attributes of the runtime alone.
const RUNTIME_ATTRS: &[&str] = &["prelude", "lang", "intrinsic", "chain", "located"];

/// Where a function stands.
pub(super) struct Surroundings {
    pub path: Vec<Symbol>,
    pub scope: TyScope,
    /// How many of the scope's type parameters are those of a function around it.
    pub inherited: usize,
    pub around: Option<Around>,
    pub in_type: bool,
}

impl<'a> Checker<'a> {
    pub fn new(
        modules: Vec<SourceModule<'a>>,
        interner: &'a mut Interner,
        diags: &'a mut Diagnostics,
    ) -> Checker<'a> {
        let sym = Names {
            empty: interner.intern(""),
            self_: interner.intern("self"),
            main: interner.intern("main"),
            enumerate: interner.intern("enumerate"),
            lambda: interner.intern("lambda"),
            found: interner.intern(ast::FOUND),
        };
        let mut module_names = Vec::with_capacity(modules.len());
        let mut namespaces = vec![Namespace::default()];
        for module in &modules {
            if module.is_runtime {
                module_names.push(0);
            } else {
                module_names.push(namespaces.len());
                namespaces.push(Namespace::default());
            }
        }
        Checker {
            interner,
            diags,
            modules,
            module_names,
            namespaces,
            links: Vec::new(),
            types: Types::default(),
            infer: Infer::default(),
            has_endless_type: false,
            blocks: Vec::new(),
            numbers: Vec::new(),
            adts: Vec::new(),
            adt_infos: Vec::new(),
            traits: Vec::new(),
            trait_infos: Vec::new(),
            impls: Vec::new(),
            impls_of: FxHashMap::default(),
            trait_methods: FxHashMap::default(),
            builtin_traits: [None; Builtin::COUNT],
            aliases: Vec::new(),
            lambdas: Vec::new(),
            waiting: Vec::new(),
            pending: Vec::new(),
            circles: 0,
            copies: None,
            mixins: Vec::new(),
            units: Vec::new(),
            decls: Vec::new(),
            funcs: Vec::new(),
            instances: FxHashMap::default(),
            unchecked: Vec::new(),
            checking: None,
            methods: FxHashMap::default(),
            method_names: Vec::new(),
            lets: Vec::new(),
            let_of: FxHashMap::default(),
            globals: Vec::new(),
            lang: FxHashMap::default(),
            lang_decls: FxHashMap::default(),
            groups: Vec::new(),
            is_in_example: false,
            examples: Vec::new(),
            declarations: Vec::new(),
            option: None,
            result: None,
            thrown: None,
            dict: None,
            weak: None,
            set: None,
            prelude_variants: FxHashMap::default(),
            intrinsics: FxHashMap::default(),
            constants: FxHashMap::default(),
            obligations: Vec::new(),
            type_defaults: Vec::new(),
            defaults: super::defaults::Defaults::default(),
            defaulting: Vec::new(),
            formats: Vec::new(),
            tests: FxHashMap::default(),
            unknown_operands: Vec::new(),
            unknown_integers: Vec::new(),
            bodies: Vec::new(),
            current: 0,
            naming: None,
            body_count: 0,
            early_uses: Vec::new(),
            nested: FxHashMap::default(),
            sym,
        }
    }

    /// Declares everything, then resolves every written type outside bodies.
    pub fn collect(&mut self) {
        self.link_modules();
        // The names of types first: a bound may name a trait that is declared later.
        for module in 0..self.modules.len() {
            let ast = self.modules[module].ast;
            for stmt in &ast.stmts {
                if let StmtKind::Item(item) = &stmt.kind {
                    self.declare_type(item, module);
                }
            }
        }
        self.resolve_scopes();
        self.take_over_mixins();
        let mut fns = Vec::new();
        for module in 0..self.modules.len() {
            let ast = self.modules[module].ast;
            for stmt in &ast.stmts {
                match &stmt.kind {
                    StmtKind::Item(item) => self.declare_item(item, module, &mut fns),
                    StmtKind::Let(decl) => self.declare_let(decl, module),
                    StmtKind::Expr(_)
                    | StmtKind::Assign { .. }
                    | StmtKind::While { .. }
                    | StmtKind::For { .. }
                    | StmtKind::Defer(_)
                    | StmtKind::With { .. }
                    | StmtKind::Spec(_) => {}
                }
            }
        }
        self.resolve_fields();
        for module in 0..self.modules.len() {
            let ast = self.modules[module].ast;
            for stmt in &ast.stmts {
                if let StmtKind::Item(item) = &stmt.kind {
                    self.declare_methods(item, module, &mut fns);
                }
            }
        }
        self.declare_mixin_methods(&mut fns);
        // Methods of an `impl` may leave their types to the trait's.
        let (of_traits, others): (Vec<_>, Vec<_>) =
            fns.into_iter().partition(|(id, _)| self.decls[id.0 as usize].of_trait.is_some());
        for (decl, item) in of_traits.into_iter().chain(others) {
            self.resolve_signature(decl, item);
        }
        for index in 0..self.lets.len() {
            self.resolve_annotation(index);
        }
        for index in 0..self.aliases.len() {
            self.alias_type(index);
        }
    }

    fn add_type(&mut self, module: usize, name: ast::Ident, item: TypeItem, is_prelude: bool) {
        let names = &mut self.namespaces[self.module_names[module]];
        let old = names.types.get(&name.name).map(|d| d.span);
        if old.is_none() {
            names.types.insert(name.name, Declared { item, span: name.span, is_prelude });
            names.order.push(name.name);
        }
        self.report_duplicate(name, old, "type");
    }

    fn add_value(&mut self, module: usize, name: ast::Ident, item: ValueItem, is_prelude: bool) {
        let names = &mut self.namespaces[self.module_names[module]];
        let old = names.values.get(&name.name).map(|d| d.span);
        if old.is_none() {
            names.values.insert(name.name, Declared { item, span: name.span, is_prelude });
            names.order.push(name.name);
        }
        self.report_duplicate(name, old, "name");
    }

    /// Reports a second declaration of a name, if there was a first.
    pub fn report_duplicate(&mut self, name: ast::Ident, first: Option<Span>, what: &str) {
        let Some(first) = first else { return };
        let text = self.name(name.name);
        let error = Diagnostic::error(Code::DuplicateName, format!("the {what} `{text}` is declared twice"))
            .at(name.span, "declared again here")
            .also(first, "declared first here")
            .help("rename or remove one of them");
        self.error(error);
    }

    pub fn has_attr(&self, item: &ast::Item, name: &str) -> bool {
        item.attrs.iter().any(|attr| self.name(attr.name.name) == name)
    }

    /// Warns of attributes that mean nothing.
    pub fn check_attrs(&mut self, attrs: &[ast::Attr], module: usize) {
        let is_runtime = self.modules[module].is_runtime;
        for attr in attrs {
            let text = self.name(attr.name.name);
            let of_runtime = if is_runtime { RUNTIME_ATTRS } else { &[] };
            if ATTRS.contains(&text) || of_runtime.contains(&text) {
                continue;
            }
            if text == "gpu" {
                self.unsupported("a function for the GPU", attr.span);
                continue;
            }
            let mut warning =
                Diagnostic::warning(Code::UnknownAttribute, format!("there is no attribute `{text}`"))
                    .at(attr.span, "it has no effect");
            if let Some(near) = self.nearest(text, || ATTRS.to_vec()) {
                warning = warning.help(format!("did you mean `{near}`?"));
            }
            self.error(warning);
        }
    }

    /// The text in `@name("text")`.
    pub fn attr_text(&self, item: &ast::Item, name: &str) -> Option<Symbol> {
        let attr = item.attrs.iter().find(|attr| self.name(attr.name.name) == name)?;
        match attr.args.first().map(|arg| &arg.value.kind) {
            Some(ast::ExprKind::Text(text)) => Some(*text),
            _ => None,
        }
    }

    /// Makes the name of a type, trait or the like known.
    fn declare_type(&mut self, item: &'a ast::Item, module: usize) {
        let is_runtime = self.modules[module].is_runtime;
        let is_prelude = is_runtime && self.has_attr(item, "prelude");
        match &item.kind {
            ItemKind::Type(decl) => {
                let kind = match decl.kind {
                    TypeDeclKind::Struct => AdtKind::Struct,
                    TypeDeclKind::Class => AdtKind::Class,
                    TypeDeclKind::Mixin => {
                        let item = self.declare_mixin(decl, module);
                        return self.add_type(module, decl.name, item, is_prelude);
                    }
                    TypeDeclKind::Actor => {
                        self.unsupported("an actor", decl.name.span);
                        return self.add_type(module, decl.name, TypeItem::Unsupported, is_prelude);
                    }
                };
                let id = self.declare_adt(decl.name, kind, &decl.generics, module);
                self.adt_infos[id.idx()].decl = Some(decl);
                self.add_type(module, decl.name, TypeItem::Adt(id), is_prelude);
                self.declare_lang_type(item, id, is_runtime);
            }
            ItemKind::Enum(decl) => {
                let id = self.declare_adt(decl.name, AdtKind::Enum, &decl.generics, module);
                self.adt_infos[id.idx()].variants = &decl.variants;
                self.add_type(module, decl.name, TypeItem::Adt(id), is_prelude);
                if is_prelude {
                    for (i, variant) in decl.variants.iter().enumerate() {
                        self.prelude_variants.insert(variant.name.name, (id, i as u32));
                    }
                }
                self.declare_lang_type(item, id, is_runtime);
            }
            ItemKind::Trait(decl) => {
                let id = self.declare_trait(decl, module, is_prelude);
                self.add_type(module, decl.name, TypeItem::Trait(id), is_prelude);
            }
            ItemKind::Alias(decl) => {
                let index = self.aliases.len();
                self.aliases.push(AliasInfo { decl, module, state: State::Unchecked, ty: Ty::ERROR });
                self.add_type(module, decl.name, TypeItem::Alias(index), is_prelude);
            }
            ItemKind::Unit(decl) => {
                let id = self.declare_adt(decl.name, AdtKind::Struct, &[], module);
                self.add_type(module, decl.name, TypeItem::Adt(id), is_prelude);
                self.declare_unit(id, decl);
            }
            ItemKind::Fn(_) | ItemKind::Impl(_) | ItemKind::Use(_) | ItemKind::Export(_) => {}
        }
    }

    pub fn declare_adt(
        &mut self,
        name: ast::Ident,
        kind: AdtKind,
        generics: &'a [ast::GenericParam],
        module: usize,
    ) -> AdtId {
        let id = AdtId(self.adts.len() as u32);
        self.adts.push(Adt {
            name: name.name,
            path: self.modules[module].path.clone(),
            kind,
            generics: generics.iter().map(|g| g.name.name).collect(),
            variants: Vec::new(),
            is_weakly_held: false,
            span: name.span,
        });
        let args = (0..generics.len() as u32).map(|i| self.types.intern(TyKind::Param(i))).collect();
        let self_ty = Some(self.types.intern(TyKind::Adt(id, args)));
        let scope = TyScope { self_ty, ..TyScope::of_module(module) };
        let (fields, taken) = (Vec::new(), Vec::new());
        self.adt_infos.push(AdtInfo { decl: None, fields, taken, variants: &[], generics, scope });
        id
    }

    /// Resolves the bounds of the type parameters of types and traits.
    fn resolve_scopes(&mut self) {
        for index in 0..self.adt_infos.len() {
            let (scope, generics) = (self.adt_infos[index].scope.clone(), self.adt_infos[index].generics);
            let scope = TyScope { generics: self.generics(&scope, generics), ..scope };
            let info = &mut self.adt_infos[index];
            let own = info.decl.map_or(&[][..], |decl| &decl.fields);
            info.fields = own.iter().map(|decl| FieldInfo { decl, scope: scope.clone() }).collect();
            info.scope = scope;
        }
        self.resolve_trait_scopes();
    }

    fn declare_item(&mut self, item: &'a ast::Item, module: usize, fns: &mut Vec<(DeclId, &'a ast::Item)>) {
        self.check_attrs(&item.attrs, module);
        match &item.kind {
            ItemKind::Fn(decl) => {
                let around = Surroundings {
                    path: self.modules[module].path.clone(),
                    scope: TyScope::of_module(module),
                    inherited: 0,
                    around: None,
                    in_type: false,
                };
                let id = self.declare_fn(decl, item, &around);
                let is_prelude = self.modules[module].is_runtime
                    && (self.has_attr(item, "prelude") || self.name(decl.name.name).starts_with("rt_"));
                self.add_value(module, decl.name, ValueItem::Func(id), is_prelude);
                fns.push((id, item));
            }
            ItemKind::Type(_)
            | ItemKind::Enum(_)
            | ItemKind::Trait(_)
            | ItemKind::Alias(_)
            | ItemKind::Unit(_)
            | ItemKind::Impl(_)
            | ItemKind::Use(_)
            | ItemKind::Export(_) => {}
        }
    }

    /// Notes the types of the runtime that the checker itself knows.
    fn declare_lang_type(&mut self, item: &ast::Item, id: AdtId, is_runtime: bool) {
        match self.attr_text(item, "lang").filter(|_| is_runtime).map(|lang| self.name(lang)) {
            Some("option") => self.option = Some(id),
            Some("result") => self.result = Some(id),
            Some("thrown") => self.thrown = Some(id),
            Some("dict") => self.dict = Some(id),
            Some("set") => self.set = Some(id),
            Some("weak") => self.weak = Some(id),
            _ => {}
        }
    }

    /// The type parameters in scope and new ones behind them.
    pub fn generics(&mut self, scope: &TyScope, own: &'a [ast::GenericParam]) -> Rc<[Generic]> {
        if own.is_empty() {
            return Rc::clone(&scope.generics);
        }
        for (i, generic) in own.iter().enumerate() {
            let first = own[..i].iter().find(|other| other.name.name == generic.name.name);
            self.report_duplicate(generic.name, first.map(|first| first.name.span), "type parameter");
        }
        self.check_type_defaults(own, scope);
        let outer = scope.generics.len();
        let mut all = scope.generics.to_vec();
        all.extend(own.iter().map(|g| Generic::new(g.name.name)));
        let names = TyScope { generics: all.clone().into(), ..scope.clone() };
        for (i, generic) in own.iter().enumerate() {
            let bounds = generic.bounds.iter().filter_map(|bound| self.bound(bound, &names));
            all[outer + i].bounds = bounds.collect();
        }
        all.into()
    }

    fn declare_let(&mut self, decl: &'a ast::Let, module: usize) {
        let let_index = self.lets.len();
        self.lets.push(LetInfo { ast: decl, module, state: State::Unchecked, code: Vec::new() });
        self.let_of.insert(decl, let_index);
        self.check_attrs(&decl.attrs, module);
        if decl.kind == LetKind::Shared {
            self.unsupported("`shared` memory", decl.pattern.span);
        }
        let mut names = Vec::new();
        bound_names(&decl.pattern, &mut names);
        for name in names {
            let id = GlobalId(self.globals.len() as u32);
            self.globals.push(GlobalInfo {
                name: name.name,
                module,
                ty: None,
                initial: None,
                is_var: matches!(decl.kind, LetKind::Var | LetKind::Static),
                lambda: None,
                let_index,
                span: name.span,
            });
            self.add_value(module, name, ValueItem::Global(id), false);
        }
    }

    fn resolve_annotation(&mut self, index: usize) {
        let (decl, module) = (self.lets[index].ast, self.lets[index].module);
        let (Some(ty), ast::PatternKind::Name(name)) = (&decl.ty, &decl.pattern.kind) else { return };
        let scope = TyScope::of_module(module);
        let ty = self.ty(ty, &scope);
        if let Some(ValueItem::Global(id)) = self.module_value(module, name.name) {
            self.globals[id.idx()].ty = Some(ty);
        }
    }

    fn declare_methods(
        &mut self,
        item: &'a ast::Item,
        module: usize,
        fns: &mut Vec<(DeclId, &'a ast::Item)>,
    ) {
        let (methods, scope, name): (&'a [ast::Item], TyScope, Symbol) = match &item.kind {
            ItemKind::Type(ast::TypeDecl { name, methods, .. })
            | ItemKind::Enum(ast::EnumDecl { name, methods, .. }) => {
                match self.declared_type(module, *name) {
                    Some(TypeItem::Adt(id)) => (methods, self.adt_infos[id.idx()].scope.clone(), name.name),
                    _ => return,
                }
            }
            ItemKind::Trait(decl) => {
                if let Some(TypeItem::Trait(id)) = self.declared_type(module, decl.name) {
                    self.declare_trait_methods(id, fns);
                }
                return;
            }
            ItemKind::Impl(decl) => {
                let scope = TyScope::of_module(module);
                let generics = self.generics(&scope, &decl.generics);
                let mut scope = TyScope { generics, ..scope };
                let mut ty = self.ty(&decl.ty, &scope);
                if let TyKind::Adt(id, args) = self.types.get(ty)
                    && decl.generics.is_empty()
                    && args.first() == Some(&Ty::ERROR)
                {
                    // That it lacks its type arguments was reported: it stands for the type with any.
                    let declared = &self.adt_infos[id.idx()].scope;
                    scope.generics = Rc::clone(&declared.generics);
                    ty = declared.self_ty.unwrap_or(ty);
                }
                if let Some(of_trait) = &decl.of_trait {
                    return self.declare_impl(decl, of_trait, ty, scope, fns);
                }
                if ty == Ty::ERROR {
                    return;
                }
                scope.self_ty = Some(ty);
                let shown = self.show(ty);
                (&decl.methods, scope, self.interner.intern(&shown))
            }
            ItemKind::Fn(_)
            | ItemKind::Alias(_)
            | ItemKind::Unit(_)
            | ItemKind::Use(_)
            | ItemKind::Export(_) => return,
        };
        let Some(self_ty) = scope.self_ty else { return };
        let Some(head) = self.head(self_ty) else {
            self.unsupported("an `impl` for this type", item.span);
            return;
        };
        let mut path = self.modules[module].path.clone();
        if let ItemKind::Type(_) | ItemKind::Enum(_) = item.kind {
            path.push(name);
        }
        let around = Surroundings { path, scope, inherited: 0, around: None, in_type: true };
        for method in methods {
            if let ItemKind::Fn(decl) = &method.kind {
                self.check_attrs(&method.attrs, module);
                let id = self.declare_fn(decl, method, &around);
                fns.push((id, method));
                self.add_method(head.clone(), decl.name, id);
            }
        }
    }

    /// What a declaration of a type made, unless it is the second one of its name.
    fn declared_type(&self, module: usize, name: ast::Ident) -> Option<TypeItem> {
        let names = &self.namespaces[self.module_names[module]];
        names
            .types
            .get(&name.name)
            .filter(|declared| declared.span == name.span)
            .map(|declared| declared.item)
    }

    pub fn add_method(&mut self, head: Head, name: ast::Ident, id: DeclId) {
        let key = (head, name.name);
        let self_ty = self.decls[id.0 as usize].scope.self_ty;
        let others = self.methods.get(&key).map_or(&[][..], Vec::as_slice);
        // The runtime tells methods of one name apart by the number of their parameters.
        let is_runtime = self.modules[self.decls[id.0 as usize].scope.module].is_runtime;
        let params = |id: DeclId| self.decls[id.0 as usize].decl.params.len();
        let same = others.iter().find(|other| {
            self.decls[other.0 as usize].scope.self_ty == self_ty
                && !(is_runtime && params(**other) != params(id))
        });
        let first = same.map(|other| self.decls[other.0 as usize].decl.name.span);
        self.report_duplicate(name, first, "method");
        if !self.methods.contains_key(&key) {
            self.method_names.push(key.clone());
        }
        self.methods.entry(key).or_default().push(id);
    }

    /// The name in a function's symbol: a method that shares its name with another also has its number of parameters.
    fn symbol_name(&mut self, id: DeclId) -> Symbol {
        let info = &self.decls[id.0 as usize];
        let (name, params, self_ty) = (info.decl.name.name, info.params.len(), info.scope.self_ty);
        let others = self_ty.and_then(|ty| self.methods.get(&(self.head(ty)?, name)));
        let mut same = others.into_iter().flatten().filter(|other| {
            let other = &self.decls[other.0 as usize];
            other.scope.self_ty == self_ty && other.decl.params.len() != params
        });
        if same.next().is_none() {
            return name;
        }
        let name = format!("{}/{params}", self.name(name));
        self.interner.intern(&name)
    }

    /// Makes a function known by its name and type parameters; [`Checker::resolve_signature`] does the rest.
    pub fn declare_fn(
        &mut self,
        decl: &'a ast::FnDecl,
        item: &'a ast::Item,
        around: &Surroundings,
    ) -> DeclId {
        let id = DeclId(self.decls.len() as u32);
        let generics = self.generics(&around.scope, &decl.generics);
        let receiver = match decl.kind {
            FnKind::Plain => around.in_type.then_some(Passing::Shared),
            FnKind::Me if around.in_type => {
                let is_class = around.scope.self_ty.is_some_and(|ty| self.is_reference(ty));
                Some(if is_class { Passing::Shared } else { Passing::Mut })
            }
            FnKind::Static if around.in_type => None,
            FnKind::Me | FnKind::Static => {
                let word = if decl.kind == FnKind::Me { "me" } else { "static fn" };
                let error = Diagnostic::error(Code::MisplacedItem, format!("`{word}` stands outside a type"))
                    .at(decl.name.span, "there is no type that this belongs to")
                    .help("write `fn`, or move it into a type or an `impl`");
                self.error(error);
                None
            }
        };
        if decl.is_async {
            self.unsupported("an `async` function", decl.name.span);
        }
        let is_runtime = self.modules[around.scope.module].is_runtime;
        let attrs = FuncAttrs {
            is_export: item.is_export,
            is_inline: self.has_attr(item, "inline"),
            is_noinline: self.has_attr(item, "noinline"),
            is_cold: self.has_attr(item, "cold"),
            is_located: is_runtime && self.has_attr(item, "located"),
        };
        let intrinsic = (is_runtime && self.has_attr(item, "intrinsic")).then(|| {
            let name = self.name(decl.name.name);
            Intrinsic::ALL.iter().find(|(n, _)| *n == name).map(|&(_, intrinsic)| intrinsic)
        });
        if intrinsic == Some(None) {
            let error = Diagnostic::internal(format!("no intrinsic `{}`", self.name(decl.name.name)));
            self.error(error.at(decl.name.span, ""));
        }
        let extern_symbol = decl.is_extern.then(|| self.attr_text(item, "extern").unwrap_or(decl.name.name));
        self.decls.push(FnInfo {
            decl,
            path: around.path.clone(),
            scope: TyScope { generics, ..around.scope.clone() },
            of_trait: None,
            of_impl: None,
            inherited: around.inherited,
            own: decl.generics.len(),
            receiver,
            params: Rc::from([]),
            ret: None,
            throws: None,
            attrs,
            intrinsic: intrinsic.flatten(),
            extern_symbol,
            is_chaining: is_runtime && self.has_attr(item, "chain"),
            around: around.around,
            is_declared: around.around.is_none(),
            is_template: false,
            func: None,
            is_used: false,
        });
        id
    }

    /// Whether values of the type are references to what they hold.
    pub fn is_reference(&self, ty: Ty) -> bool {
        match self.types.get(ty) {
            TyKind::Adt(id, _) => matches!(self.adts[id.idx()].kind, AdtKind::Class | AdtKind::Actor),
            _ => false,
        }
    }

    /// Resolves the written types of a function's parameters and result.
    pub fn resolve_signature(&mut self, id: DeclId, item: &'a ast::Item) {
        let info = &self.decls[id.0 as usize];
        let (decl, scope, around) = (info.decl, info.scope.clone(), info.around);
        let (is_intrinsic, receiver) = (info.intrinsic.is_some(), info.receiver);
        let is_of_trait = info.of_trait.is_some();
        let asked = self.asked_signature(id);
        let mut params = Vec::with_capacity(decl.params.len());
        let mut is_template = false;
        let mut seen: FxHashMap<Symbol, Span> = FxHashMap::default();
        for param in &decl.params {
            if param.name.name == self.sym.self_ && scope.self_ty.is_some() {
                let error = Diagnostic::error(Code::MisplacedItem, "`self` is not declared")
                    .at(param.name.span, "a method has it without this")
                    .help("leave it out; a `static fn` has none");
                self.error(error);
                continue;
            }
            let first = seen.insert(param.name.name, param.name.span);
            // `_` is none that could be meant.
            let first = first.filter(|_| self.name(param.name.name) != "_");
            self.report_duplicate(param.name, first, "parameter");
            let (passing, written) = match param.ty.as_ref().map(|ty| (&ty.kind, ty)) {
                Some((ast::TypeKind::Capability(ast::Capability::Mut, inner), _)) => {
                    (Passing::Mut, Some(&**inner))
                }
                Some((ast::TypeKind::Capability(ast::Capability::Iso, inner), _)) => {
                    (Passing::Iso, Some(&**inner))
                }
                Some((ast::TypeKind::Infer, _)) | None => (Passing::Shared, None),
                Some((_, ty)) => (Passing::Shared, Some(ty)),
            };
            let of_trait = asked.as_ref().and_then(|asked| asked.params.get(params.len()));
            let of_trait = of_trait.filter(|_| written.is_none());
            let mut ty = match written {
                Some(written) => Some(self.ty(written, &scope)),
                None => of_trait.and_then(|asked| asked.ty),
            };
            if ty.is_none() && (decl.body.is_none() || item.is_export || is_of_trait) {
                let name = self.name(param.name.name);
                let help = match item.is_export {
                    true => {
                        format!("write it, `{name}: T`, or leave `export` out: other modules do not need it")
                    }
                    false => format!("write it: `{name}: T`"),
                };
                let error = Diagnostic::error(Code::CannotInfer, format!("parameter `{name}` needs a type"))
                    .at(param.name.span, "no type is written here")
                    .note(if is_of_trait {
                        "each `impl` of the trait has this method for the same types"
                    } else if item.is_export {
                        "calls from other languages do not tell the types of its parameters"
                    } else {
                        "the calls of a function without a body do not tell the types of its parameters"
                    })
                    .help(help);
                self.error(error);
                ty = Some(Ty::ERROR);
            }
            if param.is_variadic && written.is_some() {
                ty = ty.map(|elem| self.types.intern(TyKind::Array(elem)));
            }
            is_template |= ty.is_none();
            params.push(ParamInfo {
                name: param.name,
                ty,
                passing: of_trait.map_or(passing, |asked| asked.passing),
                is_variadic: param.is_variadic || of_trait.is_some_and(|asked| asked.is_variadic),
                default: param.default.as_ref(),
                written: written.map(|ty| ty.span),
            });
        }
        let is_main = self.name(decl.name.name) == "main" && receiver.is_none() && around.is_none();
        let ret = match &decl.ret {
            Some(ty) => Some(self.ty(ty, &scope)),
            None if is_main || decl.body.is_none() => Some(Ty::UNIT),
            None => asked.as_ref().and_then(|asked| asked.ret),
        };
        // What a generator gives is not known: what is said of it is that `yield` is not supported.
        let is_generator = decl.body.as_ref().is_some_and(|body| body.has_yield);
        let ret = if is_generator { Some(Ty::ERROR) } else { ret };
        let throws = match &decl.throws {
            Some(throws) => Some(self.ty(throws, &scope)),
            None => asked.and_then(|asked| asked.throws),
        };
        let ret = match (throws, ret) {
            (Some(error), Some(ret)) => {
                let value = self.thrown_parts(ret).map_or(ret, |(value, _)| value);
                Some(self.thrown_type(value, error))
            }
            (_, ret) => ret,
        };
        if decl.body.is_none() && !decl.is_extern && !is_intrinsic && !is_of_trait {
            let error = Diagnostic::error(
                Code::ExpectedBlock,
                format!("function `{}` has no body", self.name(decl.name.name)),
            )
            .at(decl.name.span, "only an `extern fn` has none");
            self.error(error);
        }
        let info = &mut self.decls[id.0 as usize];
        info.params = params.into();
        info.ret = ret;
        info.throws = throws.filter(|_| ret.is_none());
        info.is_template = is_template;
        let lang = self.attr_text(item, "lang").filter(|_| self.modules[scope.module].is_runtime);
        if let Some(lang) = lang {
            self.lang_decls.insert(lang, id);
        }
        if !is_template {
            let name = self.symbol_name(id);
            let func = self.make_instance(id, &[], Rc::clone(&scope.generics), name, None);
            self.decls[id.0 as usize].func = Some(func);
            if let Some(lang) = lang {
                self.lang.insert(lang, func);
            }
            if let Some(intrinsic) = self.decls[id.0 as usize].intrinsic {
                self.intrinsics.insert(intrinsic, func);
            }
        }
    }
}

/// The names that a destructuring declares, in order.
pub(super) fn bound_names(pattern: &ast::Pattern, out: &mut Vec<ast::Ident>) {
    match &pattern.kind {
        ast::PatternKind::Name(name) => out.push(*name),
        ast::PatternKind::Rest(Some(name)) => out.push(*name),
        ast::PatternKind::Tuple(args) | ast::PatternKind::Construct { args, .. } => {
            args.iter().for_each(|arg| bound_names(&arg.pattern, out));
        }
        ast::PatternKind::Array(parts) => parts.iter().for_each(|part| bound_names(part, out)),
        ast::PatternKind::Or(parts) => {
            if let Some(first) = parts.first() {
                bound_names(first, out);
            }
        }
        ast::PatternKind::Typed(inner, _) => bound_names(inner, out),
        ast::PatternKind::Wildcard
        | ast::PatternKind::Literal(_)
        | ast::PatternKind::Range { .. }
        | ast::PatternKind::Path(_)
        | ast::PatternKind::Rest(None) => {}
    }
}
