//! Declarations.

use super::Dumper;
use crate::syntax::ast::*;

impl Dumper<'_> {
    pub(super) fn item(&mut self, item: &Item) {
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

    pub(super) fn methods(&mut self, methods: &[Item]) {
        self.depth += 1;
        for method in methods {
            self.line();
            self.item(method);
        }
        self.depth -= 1;
    }

    pub(super) fn fn_decl(&mut self, decl: &FnDecl) {
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

    pub(super) fn result(&mut self, ret: Option<&Type>, throws: Option<&Type>) {
        for (word, ty) in [(" -> ", ret), (" throws ", throws)] {
            if let Some(ty) = ty {
                self.put(word);
                self.ty(ty);
            }
        }
    }

    pub(super) fn generics(&mut self, generics: &[GenericParam]) {
        if generics.is_empty() {
            return;
        }
        self.put("<");
        self.separated(generics, ", ", |d, param| {
            d.name(param.name.name);
            d.types(": ", &param.bounds);
            if let Some(default) = &param.default {
                d.put(" = ");
                d.ty(default);
            }
        });
        self.put(">");
    }

    pub(super) fn types(&mut self, prefix: &str, types: &[Type]) {
        if !types.is_empty() {
            self.put(prefix);
            self.separated(types, " + ", Self::ty);
        }
    }

    pub(super) fn use_decl(&mut self, decl: &UseDecl) {
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

    pub(super) fn renamed(&mut self, alias: Option<Ident>) {
        if let Some(alias) = alias {
            self.put(" as ");
            self.name(alias.name);
        }
    }

    pub(super) fn label(&mut self, label: Option<Ident>) {
        if let Some(label) = label {
            self.name(label.name);
            self.put(": ");
        }
    }
}
