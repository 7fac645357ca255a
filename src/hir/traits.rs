//! Traits: what they ask for, which types implement them, and whether an `impl` gives what its trait asks for.
//!
//! A method of a trait is a function whose first type parameter is `Self`, bounded by the trait itself, followed by the
//! trait's own and the method's. Calls name that function; which `impl` stands in is settled when the program is lowered
//! and every type is known.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::collect::Surroundings;
use super::context::*;
use super::describe::plural;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast::{self, FnKind, ItemKind};

/// A trait, before and beside its [`Trait`].
pub(super) struct TraitInfo<'a> {
    pub decl: &'a ast::TraitDecl,
    /// `Self` and the trait's type parameters.
    pub scope: TyScope,
    /// What it demands of `Self`, as written.
    pub supers: Rc<[Bound]>,
    pub methods: Vec<DeclId>,
    pub is_prelude: bool,
}

/// An `impl` of a trait.
pub(super) struct ImplInfo {
    pub of: TraitRef,
    /// Its type parameters, and the type that implements the trait.
    pub scope: TyScope,
    /// As written; those that the trait asks for go to `methods`.
    pub declared: Vec<DeclId>,
    /// In the order of the trait's; `None` where the trait's own body serves.
    pub methods: Vec<Option<DeclId>>,
    /// Where the trait is named.
    pub span: Span,
}

/// What a trait asks of a method, in the words of an `impl`.
pub(super) struct Asked<'a> {
    pub params: Vec<ParamInfo<'a>>,
    /// `None` where the trait's body decides.
    pub ret: Option<Ty>,
    /// What it throws, where the trait's body decides what it gives.
    pub throws: Option<Ty>,
}

impl<'a> Checker<'a> {
    /// Makes the name of a trait known.
    pub fn declare_trait(&mut self, decl: &'a ast::TraitDecl, module: usize, is_prelude: bool) -> TraitId {
        let id = TraitId(self.traits.len() as u32);
        let this = self.interner.intern("Self");
        let generics = std::iter::once(this).chain(decl.generics.iter().map(|g| g.name.name)).collect();
        self.traits.push(Trait {
            name: decl.name.name,
            path: self.modules[module].path.clone(),
            generics,
            supers: Vec::new(),
            methods: Vec::new(),
            dispatched: Vec::new(),
            span: decl.name.span,
        });
        let args = (1..=decl.generics.len() as u32).map(|i| self.types.intern(TyKind::Param(i))).collect();
        let itself = Bound { of: TraitRef { id, args }, span: decl.name.span };
        let generics = Rc::from([Generic { bounds: Rc::from([itself]), ..Generic::new(this) }]);
        let self_ty = Some(self.types.intern(TyKind::Param(0)));
        let scope = TyScope { generics, self_ty, ..TyScope::of_module(module) };
        self.trait_infos.push(TraitInfo {
            decl,
            scope,
            supers: Rc::from([]),
            methods: Vec::new(),
            is_prelude,
        });
        if is_prelude {
            let text = self.name(decl.name.name);
            if let Some((_, builtin)) = Builtin::ALL.iter().find(|(name, _)| *name == text) {
                self.builtin_traits[*builtin as usize] = Some(id);
            }
        }
        id
    }

    /// Resolves the bounds of the traits' type parameters, and the traits that they demand.
    pub fn resolve_trait_scopes(&mut self) {
        for index in 0..self.trait_infos.len() {
            let (scope, decl) = (self.trait_infos[index].scope.clone(), self.trait_infos[index].decl);
            let generics = self.generics(&scope, &decl.generics);
            let scope = TyScope { generics, ..scope };
            let supers: Rc<[Bound]> =
                decl.supers.iter().filter_map(|written| self.bound(written, &scope)).collect();
            self.traits[index].supers = supers.iter().map(|bound| bound.of.clone()).collect();
            self.trait_infos[index].scope = scope;
            self.trait_infos[index].supers = supers;
        }
        self.check_circular_supers();
    }

    /// A trait that demands itself demands nothing that could be given.
    fn check_circular_supers(&mut self) {
        let circular: Vec<usize> = (0..self.traits.len()).filter(|&index| self.is_circular(index)).collect();
        for index in circular {
            let name = self.trait_infos[index].decl.name;
            let error = Diagnostic::error(
                Code::InfiniteType,
                format!("the trait `{}` demands itself", self.name(name.name)),
            )
            .at(name.span, "by way of the traits behind its `:`");
            self.error(error);
            self.traits[index].supers.clear();
        }
    }

    fn is_circular(&self, index: usize) -> bool {
        let mut seen = vec![TraitId(index as u32)];
        let mut next = 0;
        while let Some(&id) = seen.get(next) {
            for of in &self.traits[id.idx()].supers {
                if of.id.idx() == index {
                    return true;
                }
                if !seen.contains(&of.id) {
                    seen.push(of.id);
                }
            }
            next += 1;
        }
        false
    }

    /// A trait as written with its arguments.
    pub fn bound(&mut self, written: &'a ast::Type, scope: &TyScope) -> Option<Bound> {
        let ast::TypeKind::Path { path, args } = &written.kind else {
            let error = Diagnostic::error(Code::NotATrait, "a bound names a trait")
                .at(written.span, "this is a type, not a trait");
            self.error(error);
            return None;
        };
        let name = path.last()?;
        let id = match self.path_type_item(scope.module, path) {
            Ok(Some(TypeItem::Trait(id))) => id,
            Ok(Some(TypeItem::Unsupported)) => return None,
            Ok(Some(TypeItem::Mixin(_))) => {
                self.mixin_is_no_type(*name);
                return None;
            }
            // A trait's name is the type of its objects: an alias of that names the trait.
            Ok(Some(item @ TypeItem::Alias(_))) => {
                let args: Vec<Ty> = args.iter().map(|arg| self.ty(arg, scope)).collect();
                let ty = self.item_type(item, args, *name, written.span);
                if let TyKind::Dyn(id, args) = self.types.get(ty).clone() {
                    return Some(Bound { of: TraitRef { id, args }, span: written.span });
                }
                if ty != Ty::ERROR {
                    self.no_trait(*name, scope, true);
                }
                return None;
            }
            Ok(Some(TypeItem::Adt(_))) => {
                self.no_trait(*name, scope, true);
                return None;
            }
            Ok(None) => {
                self.no_trait(*name, scope, false);
                return None;
            }
            Err(what) => {
                self.not_offered(what);
                return None;
            }
        };
        let args: Vec<Ty> = args.iter().map(|arg| self.ty(arg, scope)).collect();
        let info = &self.trait_infos[id.idx()];
        let (decl, module) = (info.decl, info.scope.module);
        let args = self.with_defaults(*name, &decl.generics, module, args, written.span)?;
        Some(Bound { of: TraitRef { id, args }, span: written.span })
    }

    /// Reports a name that is not one of a trait.
    fn no_trait(&mut self, name: ast::Ident, scope: &TyScope, is_declared: bool) {
        let text = self.name(name.name);
        let is_type = is_declared || self.builtin_type(text).is_some();
        let mut error = if is_type {
            Diagnostic::error(Code::NotATrait, format!("`{text}` is a type, not a trait"))
                .at(name.span, "a trait is needed here")
        } else {
            Diagnostic::error(Code::UnknownType, format!("there is no trait `{text}`"))
                .at(name.span, "not declared here or in the prelude")
        };
        let index = self.module_names[scope.module];
        let known = || {
            let ours = self.namespaces[index]
                .order
                .iter()
                .copied()
                .filter(|&name| matches!(self.module_type(scope.module, name), Some(TypeItem::Trait(_))));
            let ours = ours.map(|name| self.name(name));
            ours.chain(Builtin::ALL.iter().map(|(name, _)| *name)).collect()
        };
        if !is_type && let Some(near) = self.nearest(text, known) {
            error = error.help(format!("did you mean `{near}`?"));
        }
        self.error(error);
    }

    /// Declares the methods of a trait.
    pub fn declare_trait_methods(&mut self, id: TraitId, fns: &mut Vec<(DeclId, &'a ast::Item)>) {
        let (decl, scope) = (self.trait_infos[id.idx()].decl, self.trait_infos[id.idx()].scope.clone());
        let mut path = self.traits[id.idx()].path.clone();
        path.push(decl.name.name);
        let around = Surroundings { path, scope: scope.clone(), inherited: 0, around: None, in_type: true };
        let mut seen: FxHashMap<Symbol, Span> = FxHashMap::default();
        for method in &decl.methods {
            let ItemKind::Fn(function) = &method.kind else { continue };
            self.check_attrs(&method.attrs, scope.module);
            let first = seen.insert(function.name.name, function.name.span);
            self.report_duplicate(function.name, first, "method");
            if first.is_some() {
                continue;
            }
            let decl = self.declare_fn(function, method, &around);
            let number = self.trait_infos[id.idx()].methods.len() as u32;
            self.decls[decl.0 as usize].of_trait = Some((id, number));
            self.trait_infos[id.idx()].methods.push(decl);
            self.trait_methods.entry(function.name.name).or_default().push((id, number));
            fns.push((decl, method));
        }
    }

    /// Declares an `impl` of a trait for a type.
    pub fn declare_impl(
        &mut self,
        decl: &'a ast::ImplDecl,
        of_trait: &'a ast::Type,
        ty: Ty,
        mut scope: TyScope,
        fns: &mut Vec<(DeclId, &'a ast::Item)>,
    ) {
        let Some(bound) = self.bound(of_trait, &scope) else { return };
        if ty == Ty::ERROR {
            return;
        }
        scope.self_ty = Some(ty);
        let path = self.modules[scope.module].path.clone();
        let around = Surroundings { path, scope: scope.clone(), inherited: 0, around: None, in_type: true };
        let mut declared = Vec::with_capacity(decl.methods.len());
        for method in &decl.methods {
            let ItemKind::Fn(function) = &method.kind else { continue };
            self.check_attrs(&method.attrs, scope.module);
            let id = self.declare_fn(function, method, &around);
            self.decls[id.0 as usize].of_impl = Some(self.impls.len());
            declared.push(id);
            fns.push((id, method));
        }
        let info = ImplInfo { of: bound.of, scope, declared, methods: Vec::new(), span: of_trait.span };
        let head = self.head(ty);
        self.impls_of.entry((info.of.id, head)).or_default().push(self.impls.len());
        self.arrange(info);
    }

    /// Puts the methods of an `impl` in the order of its trait's, and reports what is too much or missing.
    fn arrange(&mut self, mut info: ImplInfo) {
        let of = info.of.id;
        let wanted = self.asked_methods(of);
        info.methods = vec![None; wanted.len()];
        for &id in &info.declared {
            let name = self.decls[id.0 as usize].decl.name;
            match wanted.iter().position(|decl| decl.name.name == name.name) {
                Some(at) => {
                    let first = info.methods[at].map(|first| self.decls[first.0 as usize].decl.name.span);
                    self.report_duplicate(name, first, "method");
                    info.methods[at].get_or_insert(id);
                }
                None => self.not_asked_for(of, name),
            }
        }
        let missing: Vec<&ast::FnDecl> = wanted
            .iter()
            .zip(&info.methods)
            .filter(|(decl, method)| decl.body.is_none() && method.is_none())
            .map(|(decl, _)| *decl)
            .collect();
        if let Some(first) = missing.first() {
            let names: Vec<String> =
                missing.iter().map(|decl| format!("`{}`", self.name(decl.name.name))).collect();
            let trait_name = self.name(self.traits[of.idx()].name);
            let noun = if names.len() == 1 { "method" } else { "methods" };
            let error = Diagnostic::error(
                Code::MissingMethod,
                format!("this `impl` of `{trait_name}` lacks the {noun} {}", names.join(", ")),
            )
            .at(info.span, format!("`{trait_name}` asks for {}", plural(missing.len(), "more method")))
            .also(first.name.span, "asked for here");
            self.error(error);
        }
        self.impls.push(info);
    }

    /// The methods of a trait as written; of two of one name, which is reported, the first.
    fn asked_methods(&self, of: TraitId) -> Vec<&'a ast::FnDecl> {
        let mut seen = FxHashSet::default();
        let methods = self.trait_infos[of.idx()].decl.methods.iter();
        let methods = methods.filter_map(|item| match &item.kind {
            ItemKind::Fn(decl) => Some(decl),
            _ => None,
        });
        methods.filter(|decl| seen.insert(decl.name.name)).collect()
    }

    /// Whether a type has a method of the name that its trait does not ask for, which was reported.
    pub fn is_surplus(&self, ty: Ty, name: Symbol) -> bool {
        let head = self.head(ty);
        head.is_some()
            && self.impls.iter().any(|info| {
                let is_named = |id: &DeclId| self.decls[id.0 as usize].decl.name.name == name;
                let declared = info.declared.iter().find(|&id| is_named(id));
                declared.is_some_and(|&id| !info.methods.contains(&Some(id)))
                    && info.scope.self_ty.is_some_and(|ty| self.head(ty) == head)
            })
    }

    fn not_asked_for(&mut self, of: TraitId, name: ast::Ident) {
        let methods = self.asked_methods(of);
        let known = || methods.iter().map(|decl| self.name(decl.name.name)).collect();
        let (text, trait_name) = (self.name(name.name), self.name(self.traits[of.idx()].name));
        let mut error =
            Diagnostic::error(Code::UnknownMember, format!("`{trait_name}` has no method `{text}`"))
                .at(name.span, "the trait does not ask for this");
        error = match self.nearest(text, known) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("methods of the type alone stand in an `impl` without a trait"),
        };
        self.error(error);
    }

    /// What the trait asks of a method of one of its `impl`s.
    pub fn asked_signature(&mut self, id: DeclId) -> Option<Asked<'a>> {
        let info = &self.decls[id.0 as usize];
        let owner = &self.impls[info.of_impl?];
        let (name, self_ty, own) = (info.decl.name.name, info.scope.self_ty?, info.own);
        let outer = info.scope.generics.len() - own;
        let of = owner.of.id;
        let mut args = vec![self_ty];
        args.extend(&owner.of.args);
        for i in 0..own {
            args.push(self.types.intern(TyKind::Param((outer + i) as u32)));
        }
        let methods = &self.trait_infos[of.idx()].methods;
        let asked = methods.iter().copied().find(|m| self.decls[m.0 as usize].decl.name.name == name)?;
        let asked = &self.decls[asked.0 as usize];
        let (params, ret, throws) = (Rc::clone(&asked.params), asked.ret, asked.throws);
        Some(Asked {
            params: params
                .iter()
                .map(|param| {
                    let ty = param.ty.map(|ty| self.types.substitute(ty, &args));
                    ParamInfo { ty, ..param.clone() }
                })
                .collect(),
            ret: ret.map(|ret| self.types.substitute(ret, &args)),
            throws: throws.map(|error| self.types.substitute(error, &args)),
        })
    }

    /// Whether each `impl` fits its trait and no two are for one type.
    pub fn check_impls(&mut self) {
        for index in 0..self.impls.len() {
            self.check_place(index);
            for number in 0..self.impls[index].methods.len() {
                if let Some(method) = self.impls[index].methods[number] {
                    self.check_method(index, number, method);
                }
            }
            self.check_supers(index);
        }
        self.check_overlaps();
    }

    /// The built-in traits are for types of the program: nobody else's values change what they mean.
    fn check_place(&mut self, index: usize) {
        let ImplInfo { of, scope, span, .. } = &self.impls[index];
        let (id, module, span) = (of.id, scope.module, *span);
        let Some(ty) = scope.self_ty else { return };
        if self.builtin_of(id).is_none() || self.modules[module].is_runtime {
            return;
        }
        let is_ours = match self.types.get(ty) {
            TyKind::Adt(adt, _) => Some(*adt) != self.option && Some(*adt) != self.result,
            _ => false,
        };
        if !is_ours {
            let generics = Rc::clone(&self.impls[index].scope.generics);
            let shown = self.show_among(ty, &generics);
            let name = self.name(self.traits[id.idx()].name);
            let error = Diagnostic::error(
                Code::OverlappingImpls,
                format!("`{name}` is built in for `{shown}` and cannot be implemented anew"),
            )
            .at(span, "only for types that the program declares")
            .help(format!("put the value into a struct of its own, and implement `{name}` for that"));
            self.error(error);
        }
    }

    /// Whether a method is what its trait asks for.
    fn check_method(&mut self, index: usize, number: usize, method: DeclId) {
        let of = self.impls[index].of.id;
        let asked_id = self.trait_infos[of.idx()].methods[number];
        let (given, asked) = (&self.decls[method.0 as usize], &self.decls[asked_id.0 as usize]);
        let (ours, theirs) = (given.decl, asked.decl);
        let kind = |decl: &ast::FnDecl| match decl.kind {
            FnKind::Plain => "an `fn`",
            FnKind::Me => "a `me`",
            FnKind::Static => "a `static fn`",
        };
        let mut wrong: Option<(String, Span)> = None;
        if ours.kind != theirs.kind {
            wrong = Some((format!("it is {}, not {}", kind(theirs), kind(ours)), ours.name.span));
        } else if given.own != asked.own {
            let count = plural(asked.own, "type parameter");
            wrong = Some((format!("it has {count}, not {}", given.own), ours.name.span));
        } else if ours.params.len() != theirs.params.len() {
            let count = plural(theirs.params.len(), "parameter");
            wrong = Some((format!("it has {count}, not {}", ours.params.len()), ours.name.span));
        }
        if wrong.is_none() {
            wrong = self.wrong_type(method, asked_id);
        }
        let Some((what, span)) = wrong else { return };
        let (name, trait_name) = (self.name(ours.name.name), self.name(self.traits[of.idx()].name));
        let error = Diagnostic::error(
            Code::MethodMismatch,
            format!("`{name}` is not the method that `{trait_name}` asks for"),
        )
        .at(span, what)
        .also(theirs.name.span, "asked for here");
        self.error(error);
    }

    /// The first parameter, or the result, whose type is not the one asked for.
    fn wrong_type(&mut self, method: DeclId, asked_id: DeclId) -> Option<(String, Span)> {
        let asked = self.asked_signature(method)?;
        let given = &self.decls[method.0 as usize];
        let (params, decl, func) = (Rc::clone(&given.params), given.decl, given.func);
        let generics = Rc::clone(&given.scope.generics);
        for (i, (ours, theirs)) in params.iter().zip(&asked.params).enumerate() {
            let span = decl.params[i].ty.as_ref().map_or(ours.name.span, |ty| ty.span);
            if let (Some(ours), Some(asked)) = (ours.ty, theirs.ty)
                && !self.unify(ours, asked)
            {
                let shown = self.show_among(asked, &generics);
                return Some((format!("its type is `{shown}` in the trait"), span));
            }
            if ours.is_variadic != theirs.is_variadic {
                let what = if theirs.is_variadic { "any number of values" } else { "one value" };
                return Some((format!("it is {what} in the trait"), span));
            }
            if ours.passing != theirs.passing {
                return Some(("it is passed in another way in the trait".to_owned(), span));
            }
        }
        let asked_ret = match asked.ret {
            Some(ret) => ret,
            // The trait's own body decides what all give.
            None => {
                let func = self.decls[asked_id.0 as usize].func?;
                self.result_of(func)
            }
        };
        let ret = self.result_of(func?);
        let (ours, theirs) = (self.thrown_parts(ret), self.thrown_parts(asked_ret));
        let value = |parts: Option<(Ty, Ty)>, ret| parts.map_or(ret, |(value, _)| value);
        let asked_value = value(theirs, asked_ret);
        let span = decl.ret.as_ref().map_or(decl.name.span, |ty| ty.span);
        if !self.unify(value(ours, ret), asked_value) {
            let shown = self.show_among(asked_value, &generics);
            return Some((format!("its result is `{shown}` in the trait"), span));
        }
        let span = decl.throws.as_ref().map_or(span, |ty| ty.span);
        match (ours, theirs) {
            (Some((_, ours)), Some((_, theirs))) if self.unify(ours, theirs) => None,
            (_, Some((_, error))) => {
                let shown = self.show_among(error, &generics);
                Some((format!("it `throws {shown}` in the trait"), span))
            }
            (Some(_), None) => Some(("it does not throw in the trait".to_owned(), span)),
            (None, None) => None,
        }
    }

    /// Whether the type also implements what the trait demands of it.
    fn check_supers(&mut self, index: usize) {
        let ImplInfo { of, scope, span, .. } = &self.impls[index];
        let (of, scope, span) = (of.clone(), scope.clone(), *span);
        let Some(ty) = scope.self_ty else { return };
        let mut args = vec![ty];
        args.extend(&of.args);
        for bound in Rc::clone(&self.trait_infos[of.id.idx()].supers).iter() {
            let wanted = self.substitute_trait(&bound.of, &args);
            if self.lacks(ty, &wanted, &scope.generics).is_some() {
                let shown = self.show_among(ty, &scope.generics);
                let (name, needed) = (self.name(self.traits[of.id.idx()].name), self.show_trait(&wanted));
                let error = Diagnostic::error(
                    Code::MissingBound,
                    format!("`{shown}` implements `{name}`, and not `{needed}`, which goes with it"),
                )
                .at(span, format!("needs an `impl {needed} for {shown}`"))
                .also(bound.span, format!("`{name}` demands it here"));
                self.error(error);
            }
        }
    }

    /// Reports two `impl`s of one trait that could be for the same type.
    fn check_overlaps(&mut self) {
        for index in 0..self.impls.len() {
            let (of, head) = {
                let info = &self.impls[index];
                (info.of.id, info.scope.self_ty.and_then(|ty| self.head(ty)))
            };
            // Those of the same outermost type, and those for any type at all; all of them for such a one.
            let mut others: Vec<usize> = match &head {
                Some(_) => {
                    let same = self.impls_of.get(&(of, head.clone())).into_iter().flatten();
                    same.chain(self.impls_of.get(&(of, None)).into_iter().flatten()).copied().collect()
                }
                None => (0..self.impls.len()).filter(|&other| self.impls[other].of.id == of).collect(),
            };
            others.sort_unstable();
            for other in others.into_iter().take_while(|&other| other < index) {
                if self.overlap(index, other) {
                    let (name, span) = (self.name(self.traits[of.idx()].name), self.impls[index].span);
                    let error = Diagnostic::error(
                        Code::OverlappingImpls,
                        format!("`{name}` is implemented twice for one type"),
                    )
                    .at(span, "implemented again here")
                    .also(self.impls[other].span, "implemented first here")
                    .help("remove one of them, or make them differ in their types");
                    self.error(error);
                    break;
                }
            }
        }
    }

    /// Whether some type, with some arguments of the trait, is both `impl`s'.
    fn overlap(&mut self, a: usize, b: usize) -> bool {
        let mut sides = Vec::with_capacity(2);
        for index in [a, b] {
            let ImplInfo { of, scope, span, .. } = &self.impls[index];
            let (of, self_ty, count, span) = (of.clone(), scope.self_ty, scope.generics.len(), *span);
            let args: Vec<Ty> = (0..count).map(|_| self.fresh(super::infer::VarKind::Any, span)).collect();
            let of = self.substitute_trait(&of, &args);
            sides.push((self.types.substitute(self_ty.unwrap_or(Ty::ERROR), &args), of.args));
        }
        let ((x, xs), (y, ys)) = (sides[0].clone(), sides[1].clone());
        self.unify(x, y) && xs.iter().zip(&ys).all(|(&x, &y)| self.unify(x, y))
    }
}
