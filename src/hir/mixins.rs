//! Mixins: fields and methods that types take over as if they were written there. `Self` is the type, and the type
//! parameters of the mixin are what the type gives for them. A mixin that no type takes over is checked as a class of its
//! own.

use rustc_hash::FxHashMap;

use super::collect::Surroundings;
use super::context::*;
use super::tree::AdtKind;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast::{self, Ident, ItemKind};

/// A mixin as declared.
pub(super) struct MixinInfo<'a> {
    pub decl: &'a ast::TypeDecl,
    pub module: usize,
    pub is_used: bool,
}

/// A mixin in a type that takes it over.
#[derive(Clone)]
pub(super) struct Taken<'a> {
    pub decl: &'a ast::TypeDecl,
    /// What the names in it mean there.
    pub scope: TyScope,
    /// Where the type names it, or the one by way of which it comes.
    pub span: Span,
    is_direct: bool,
}

impl<'a> Checker<'a> {
    /// Makes the name of a mixin known.
    pub fn declare_mixin(&mut self, decl: &'a ast::TypeDecl, module: usize) -> TypeItem {
        self.mixins.push(MixinInfo { decl, module, is_used: false });
        TypeItem::Mixin(self.mixins.len() - 1)
    }

    /// Gives types the fields of the mixins behind their `with`.
    pub fn take_over_mixins(&mut self) {
        for index in 0..self.adt_infos.len() {
            if let Some(decl) = self.adt_infos[index].decl {
                let scope = self.adt_infos[index].scope.clone();
                self.take_over(index, &decl.mixins, &scope, None, &mut Vec::new());
            }
        }
        for index in 0..self.mixins.len() {
            let MixinInfo { decl, module, is_used } = self.mixins[index];
            if !is_used {
                let id = self.declare_adt(decl.name, AdtKind::Class, &decl.generics, module);
                let scope = self.adt_infos[id.idx()].scope.clone();
                let scope = TyScope { generics: self.generics(&scope, &decl.generics), ..scope };
                self.adt_infos[id.idx()].scope = scope.clone();
                self.take(
                    id.idx(),
                    Taken { decl, scope: scope.clone(), span: decl.name.span, is_direct: true },
                );
                self.take_over(id.idx(), &decl.mixins, &scope, None, &mut vec![index]);
            }
        }
    }

    /// The mixins of a list, and those that they take over themselves. `open` leads to the list.
    fn take_over(
        &mut self,
        index: usize,
        mixins: &'a [ast::Type],
        scope: &TyScope,
        by_way_of: Option<Span>,
        open: &mut Vec<usize>,
    ) {
        for written in mixins {
            let Some((mixin, name, given)) = self.mixin(written, scope) else { continue };
            let span = by_way_of.unwrap_or(written.span);
            if open.contains(&mixin) {
                let error = Diagnostic::error(
                    Code::InfiniteType,
                    format!("the mixin `{}` takes over itself", self.name(name.name)),
                )
                .at(written.span, "by way of this");
                self.error(error);
                continue;
            }
            self.mixins[mixin].is_used = true;
            let MixinInfo { decl, module, .. } = self.mixins[mixin];
            let scope = TyScope { module, given: given.into(), ..scope.clone() };
            let is_direct = by_way_of.is_none();
            let taken = &mut self.adt_infos[index].taken;
            if let Some(earlier) = taken.iter_mut().find(|taken| std::ptr::eq(taken.decl, decl)) {
                // What comes by way of others, too, comes once.
                let is_same = earlier.scope.given == scope.given;
                let is_again = is_direct && std::mem::replace(&mut earlier.is_direct, is_direct);
                let first = earlier.span;
                if !is_same || is_again {
                    self.report_duplicate(Ident { span, ..name }, Some(first), "mixin");
                }
                continue;
            }
            self.take(index, Taken { decl, scope: scope.clone(), span, is_direct });
            open.push(mixin);
            self.take_over(index, &decl.mixins, &scope, Some(span), open);
            open.pop();
        }
    }

    fn take(&mut self, index: usize, taken: Taken<'a>) {
        for decl in &taken.decl.fields {
            let fields = &self.adt_infos[index].fields;
            let Some(first) = fields.iter().find(|field| field.decl.name.name == decl.name.name) else {
                self.adt_infos[index].fields.push(FieldInfo { decl, scope: taken.scope.clone() });
                continue;
            };
            let (first, what) = (first.decl.name.span, self.name(decl.name.name));
            let error = Diagnostic::error(
                Code::MixinConflict,
                format!("`{}` would have two fields `{what}`", self.name(self.adts[index].name)),
            )
            .at(taken.span, format!("`{}` has one", self.name(taken.decl.name.name)))
            .also(decl.name.span, "this one")
            .also(first, "the other is declared here")
            .help("rename one of them");
            self.error(error);
        }
        self.adt_infos[index].taken.push(taken);
    }

    /// The mixin that is written, with what it is given for its type parameters.
    #[expect(clippy::type_complexity, reason = "a mixin, its name and its arguments, used once")]
    fn mixin(
        &mut self,
        written: &'a ast::Type,
        scope: &TyScope,
    ) -> Option<(usize, Ident, Vec<(Symbol, super::Ty)>)> {
        let ast::TypeKind::Path { path, args } = &written.kind else {
            self.no_mixin("this type", written.span);
            return None;
        };
        let name = *path.last()?;
        let index = match self.path_type_item(scope.module, path) {
            Ok(Some(TypeItem::Mixin(index))) => index,
            Ok(Some(TypeItem::Unsupported)) => return None,
            Ok(Some(TypeItem::Adt(_) | TypeItem::Alias(_) | TypeItem::Trait(_))) => {
                let text = format!("`{}`", self.name(name.name));
                self.no_mixin(&text, name.span);
                return None;
            }
            Ok(None) => {
                self.unknown_mixin(name);
                return None;
            }
            Err(what) => {
                self.not_offered(what);
                return None;
            }
        };
        let MixinInfo { decl, module, .. } = self.mixins[index];
        let args: Vec<super::Ty> = args.iter().map(|arg| self.ty(arg, scope)).collect();
        let args = self.with_defaults(name, &decl.generics, module, args, written.span)?;
        let names = decl.generics.iter().map(|generic| generic.name.name);
        Some((index, name, names.zip(args).collect()))
    }

    fn no_mixin(&mut self, what: &str, span: Span) {
        let error = Diagnostic::error(Code::NotAMixin, format!("{what} is no mixin"))
            .at(span, "a type takes over mixins only")
            .help("declare it with `mixin`, or hold a value of it in a field");
        self.error(error);
    }

    fn unknown_mixin(&mut self, name: Ident) {
        let text = self.name(name.name);
        let mut error = Diagnostic::error(Code::UnknownType, format!("there is no mixin `{text}`"))
            .at(name.span, "not declared");
        let known = || self.mixins.iter().map(|mixin| self.name(mixin.decl.name.name)).collect();
        if let Some(near) = self.nearest(text, known) {
            error = error.help(format!("did you mean `{near}`?"));
        }
        self.error(error);
    }

    /// Reports a mixin where a type is needed.
    pub fn mixin_is_no_type(&mut self, name: Ident) {
        let text = self.name(name.name);
        let error = Diagnostic::error(Code::NotAMixin, format!("`{text}` is a mixin, not a type"))
            .at(name.span, "no value is of it")
            .help("name a type that takes it over, or declare what these types have in common as a trait");
        self.error(error);
    }

    /// Declares the methods that types take over. One that the type declares itself goes before them.
    pub fn declare_mixin_methods(&mut self, fns: &mut Vec<(DeclId, &'a ast::Item)>) {
        for index in 0..self.adt_infos.len() {
            let Some(self_ty) = self.adt_infos[index].scope.self_ty else { continue };
            let Some(head) = self.head(self_ty) else { continue };
            let mut from: FxHashMap<Symbol, Taken> = FxHashMap::default();
            for taken in self.adt_infos[index].taken.clone() {
                let mut path = self.adts[index].path.clone();
                path.push(self.adts[index].name);
                let scope = taken.scope.clone();
                let around = Surroundings { path, scope, inherited: 0, around: None, in_type: true };
                for method in &taken.decl.methods {
                    let ItemKind::Fn(decl) = &method.kind else { continue };
                    if let Some(other) = from.get(&decl.name.name) {
                        self.method_conflict(index, decl.name, &other.clone(), &taken);
                        continue;
                    }
                    let own = self.methods.get(&(head.clone(), decl.name.name)).into_iter().flatten();
                    let mut own = own.filter(|id| self.decls[id.0 as usize].scope.self_ty == Some(self_ty));
                    if own.next().is_some() {
                        continue;
                    }
                    self.check_attrs(&method.attrs, taken.scope.module);
                    let id = self.declare_fn(decl, method, &around);
                    fns.push((id, method));
                    self.add_method(head.clone(), decl.name, id);
                    from.insert(decl.name.name, taken.clone());
                }
            }
        }
    }

    fn method_conflict(&mut self, index: usize, name: Ident, first: &Taken, second: &Taken) {
        let (of, text) = (self.name(self.adts[index].name), self.name(name.name));
        let (one, two) = (self.name(first.decl.name.name), self.name(second.decl.name.name));
        let error = Diagnostic::error(
            Code::MixinConflict,
            format!("`{of}` would have the method `{text}` of both `{one}` and `{two}`"),
        )
        .at(second.span, "has it, too")
        .also(first.span, "has it")
        .also(name.span, "declared here")
        .help(format!("declare `{text}` in `{of}` itself, which goes before both"));
        self.error(error);
    }
}
