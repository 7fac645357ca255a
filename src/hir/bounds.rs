//! Which types implement which traits: by an `impl`, by a bound, and, for the built-in ones, part by part.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::context::*;
use super::infer::VarKind;
use super::tree::{AdtKind, Builtin, TraitId, TraitRef};
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};

impl Checker<'_> {
    /// Demands that a type have a built-in trait, once it is known, for an operator or for output.
    pub fn require(&mut self, ty: Ty, bound: Builtin, span: Span) {
        if let Some(id) = self.builtin_traits[bound as usize] {
            self.require_trait(ty, TraitRef { id, args: Vec::new() }, span, None);
        }
    }

    /// Demands that a type implement a trait, once it is known.
    pub fn require_trait(&mut self, ty: Ty, of: TraitRef, span: Span, by: Option<(DeclId, Span)>) {
        let ty = self.resolve(ty);
        // What is known to have all of them needs no entry.
        let is_plain = matches!(
            self.types.get(ty),
            TyKind::Int(_) | TyKind::Bool | TyKind::Text | TyKind::Char | TyKind::Error
        );
        if is_plain && (ty == Ty::ERROR || self.builtin_of(of.id).is_some()) {
            return;
        }
        let generics = Rc::clone(&self.cx().scope.generics);
        self.obligations.push(Obligation { ty, of, generics, span, by });
    }

    /// Demands that the type arguments of a call have what the type parameters of the function are bounded by.
    pub fn require_bounds(&mut self, id: DeclId, type_args: &[Ty], span: Span) {
        let generics = Rc::clone(&self.decls[id.0 as usize].scope.generics);
        // A method of an object's own trait asks for nothing more of it.
        let skip = match (self.decls[id.0 as usize].of_trait, type_args.first()) {
            (Some((of, _)), Some(&ty)) => usize::from(self.is_object_of(ty, of)),
            _ => 0,
        };
        for (generic, &ty) in generics.iter().zip(type_args).skip(skip) {
            for bound in generic.bounds.iter() {
                let of = self.substitute_trait(&bound.of, type_args);
                self.take_only_way(ty, &of, span);
                self.require_trait(ty, of, span, Some((id, bound.span)));
            }
        }
    }

    /// Lets bounds decide type arguments that nothing else has told: of `<T, S: Source<T>>`, what `S` is tells `T`.
    pub fn take_only_ways(&mut self, generics: &[Generic], type_args: &[Ty], span: Span) {
        for (generic, &ty) in generics.iter().zip(type_args) {
            for bound in generic.bounds.iter() {
                let of = self.substitute_trait(&bound.of, type_args);
                self.take_only_way(ty, &of, span);
            }
        }
    }

    /// Makes a type one that implements a trait with the arguments that are wanted, as far as neither is known, if there is one
    /// `impl` for it.
    pub fn take_wanted_way(&mut self, ty: Ty, of: TraitId, wanted: &[Ty], span: Span) {
        if self.unknowns(ty).is_empty() {
            return;
        }
        let candidates: Vec<usize> = self
            .impls_for(ty, of)
            .into_iter()
            .filter(|&index| self.match_impl(index, ty).is_some())
            .collect();
        let [index] = candidates[..] else { return };
        let count = self.impls[index].scope.generics.len();
        let args: Vec<Ty> = (0..count).map(|_| self.fresh(VarKind::Any, span)).collect();
        let Some(self_ty) = self.impls[index].scope.self_ty else { return };
        let self_ty = self.types.substitute(self_ty, &args);
        self.unify(ty, self_ty);
        let of = self.impls[index].of.clone();
        let way = self.substitute_trait(&of, &args).args;
        way.into_iter().zip(wanted).for_each(|(known, &wanted)| {
            self.unify(known, wanted);
        });
    }

    /// Arguments of a trait that nothing else has told are those with which the type implements it, if it does so in one
    /// way only.
    fn take_only_way(&mut self, ty: Ty, of: &TraitRef, span: Span) {
        let is_open = |checker: &mut Self, &ty: &Ty| !checker.unknowns(ty).is_empty();
        if self.var_kind(ty).is_some() || !of.args.iter().any(|arg| is_open(self, arg)) {
            return;
        }
        if let [way] = self.ways_to_implement(ty, of.id, span).as_slice() {
            of.args.iter().zip(way).for_each(|(&arg, &known)| {
                self.unify(arg, known);
            });
        }
    }

    /// The trait with type arguments in place of the type parameters.
    pub fn substitute_trait(&mut self, of: &TraitRef, args: &[Ty]) -> TraitRef {
        TraitRef { id: of.id, args: of.args.iter().map(|&ty| self.types.substitute(ty, args)).collect() }
    }

    /// Which built-in trait it is.
    pub fn builtin_of(&self, id: TraitId) -> Option<Builtin> {
        Builtin::ALL.iter().map(|&(_, b)| b).find(|&b| self.builtin_traits[b as usize] == Some(id))
    }

    /// A trait and all those that it brings along, for a type.
    pub fn with_supers(&mut self, of: &TraitRef, ty: Ty) -> Vec<TraitRef> {
        let mut all = vec![of.clone()];
        let mut next = 0;
        while let Some(of) = all.get(next).cloned() {
            let mut args = vec![ty];
            args.extend(&of.args);
            for wanted in self.traits[of.id.idx()].supers.clone() {
                let wanted = self.substitute_trait(&wanted, &args);
                if !all.contains(&wanted) {
                    all.push(wanted);
                }
            }
            next += 1;
        }
        all
    }

    /// What a type parameter or trait object is known to implement.
    pub fn known_traits(&mut self, ty: Ty, generics: &[Generic]) -> Vec<TraitRef> {
        let written: Vec<TraitRef> = match self.types.get(ty).clone() {
            TyKind::Param(i) => match generics.get(i as usize) {
                Some(generic) => generic.bounds.iter().map(|bound| bound.of.clone()).collect(),
                None => Vec::new(),
            },
            TyKind::Dyn(id, args) => vec![TraitRef { id, args }],
            _ => Vec::new(),
        };
        let mut all: Vec<TraitRef> = Vec::new();
        for of in &written {
            for of in self.with_supers(of, ty) {
                if !all.contains(&of) {
                    all.push(of);
                }
            }
        }
        all
    }

    /// The arguments with which a type implements a trait: one list for each way there is. Bounds of an `impl` are not
    /// looked at; they are demanded of the call.
    pub fn ways_to_implement(&mut self, ty: Ty, id: TraitId, span: Span) -> Vec<Vec<Ty>> {
        let ty = self.resolve(ty);
        let generics = Rc::clone(&self.cx().scope.generics);
        let known = self.known_traits(ty, &generics);
        let mut ways: Vec<Vec<Ty>> = known.into_iter().filter(|of| of.id == id).map(|of| of.args).collect();
        for index in self.impls_for(ty, id) {
            let Some(bound) = self.match_impl(index, ty) else { continue };
            let args: Vec<Ty> =
                bound.into_iter().map(|arg| arg.unwrap_or_else(|| self.fresh(VarKind::Any, span))).collect();
            let of = self.impls[index].of.clone();
            let way = self.substitute_trait(&of, &args).args;
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
        if ways.is_empty() && self.builtin_of(id).is_some() {
            let of = TraitRef { id, args: Vec::new() };
            if self.lacks(ty, &of, &generics).is_none() {
                ways.push(Vec::new());
            }
        }
        ways
    }

    /// The `impl`s of a trait that may be for a type.
    fn impls_for(&self, ty: Ty, id: TraitId) -> Vec<usize> {
        let mut all = Vec::new();
        if let Some(head) = self.head(ty) {
            all.extend(self.impls_of.get(&(id, Some(head))).into_iter().flatten());
        }
        if self.var_kind(ty) != Some(VarKind::Any) {
            all.extend(self.impls_of.get(&(id, None)).into_iter().flatten());
        }
        all
    }

    /// The type arguments that make an `impl` one for a type, if there are such; `None` for those that the type does not
    /// tell.
    fn match_impl(&self, index: usize, ty: Ty) -> Option<Vec<Option<Ty>>> {
        let scope = &self.impls[index].scope;
        let mut bound = vec![None; scope.generics.len()];
        self.matches_type(scope.self_ty?, ty, &mut bound).then_some(bound)
    }

    /// Reports the demands that are not met.
    pub fn check_obligations(&mut self) {
        // That a type is no key is said once: a dict of it has uses without end.
        let mut not_hashed = Vec::new();
        for obligation in std::mem::take(&mut self.obligations) {
            let ty = self.deep(obligation.ty);
            let args = obligation.of.args.iter().map(|&ty| self.deep(ty)).collect();
            let of = TraitRef { id: obligation.of.id, args };
            let is_key = self.builtin_of(of.id) == Some(Builtin::Hash);
            if is_key && not_hashed.contains(&(ty, obligation.generics.len())) {
                continue;
            }
            if let Some(culprit) = self.lacks(ty, &of, &obligation.generics) {
                if is_key {
                    not_hashed.push((ty, obligation.generics.len()));
                }
                self.naming = Some(Rc::clone(&obligation.generics));
                self.report_bound(&obligation, &of, ty, culprit);
                self.naming = None;
            }
        }
    }

    fn report_bound(&mut self, obligation: &Obligation, of: &TraitRef, ty: Ty, culprit: Ty) {
        let (shown, name) = (self.show(ty), self.show_trait(of));
        let what = match self.builtin_of(of.id) {
            Some(Builtin::Eq) => "cannot be compared with `==`".to_owned(),
            Some(Builtin::Ord) => "has no order".to_owned(),
            Some(Builtin::Hash) => "cannot be hashed".to_owned(),
            Some(Builtin::Show) => "cannot be shown as text".to_owned(),
            None => format!("does not implement `{name}`"),
        };
        let mut error = Diagnostic::error(Code::MissingBound, format!("`{shown}` {what}"))
            .at(obligation.span, format!("needs `{name}` here"));
        // A place in the runtime tells a program nothing.
        let of_program =
            |by: &(DeclId, Span)| !self.modules[self.decls[by.0.0 as usize].scope.module].is_runtime;
        if let Some((by, at)) = obligation.by.filter(of_program) {
            let by = self.name(self.decls[by.0 as usize].decl.name.name);
            error = error.also(at, format!("`{by}` asks for it"));
        }
        let inner = self.show(culprit);
        if culprit != ty {
            error = error.note(format!("because of `{inner}` inside it"));
        }
        let is_hash = self.builtin_of(of.id) == Some(Builtin::Hash);
        let is_own_eq = self.builtin_of(of.id).is_some() && self.has_own(culprit, Builtin::Eq);
        if let TyKind::Param(_) = self.types.get(culprit) {
            error = error.help(format!("bound the type parameter: `<{inner}: {name}>`"));
        } else if is_own_eq {
            error =
                error.help(format!("`{inner}` has its own `Eq`: write an `impl {name} for {inner}`, too"));
        } else if self.builtin_of(of.id).is_none() {
            error = error.help(format!("write an `impl {name} for {inner}`"));
        } else if is_hash && matches!(self.types.get(culprit), TyKind::F32 | TyKind::F64) {
            error = error.note("keys are looked up by equality, and a float need not equal itself");
            error = error.help("use an integer or a text as the key");
        }
        self.error(error);
    }

    /// The part of a type that keeps it from implementing a trait.
    pub fn lacks(&mut self, ty: Ty, of: &TraitRef, generics: &[Generic]) -> Option<Ty> {
        self.lacks_within(ty, of, generics, &mut FxHashSet::default())
    }

    /// `asked` holds the questions that have been asked, of which none has found anything: what does ends the search.
    fn lacks_within(
        &mut self,
        ty: Ty,
        of: &TraitRef,
        generics: &[Generic],
        asked: &mut FxHashSet<(Ty, TraitRef)>,
    ) -> Option<Ty> {
        let ty = self.resolve(ty);
        if matches!(self.types.get(ty), TyKind::Error | TyKind::Never | TyKind::Var(_)) {
            return None;
        }
        if self.known_traits(ty, generics).contains(of) {
            let is_object = matches!(self.types.get(ty), TyKind::Dyn(..));
            return (is_object && self.undispatched(of.id).is_some()).then_some(ty);
        }
        if !asked.insert((ty, of.clone())) {
            return None;
        }
        match self.find_impl(ty, of) {
            Some((index, args)) => self.unmet_bound(index, &args, generics, asked),
            None => match self.builtin_of(of.id) {
                Some(builtin) => self.lacks_part(ty, of, builtin, generics, asked),
                None => Some(ty),
            },
        }
    }

    /// The `impl` by which a type implements a trait, with its type arguments.
    fn find_impl(&self, ty: Ty, of: &TraitRef) -> Option<(usize, Vec<Option<Ty>>)> {
        self.impls_for(ty, of.id).into_iter().find_map(|index| {
            let mut args = self.match_impl(index, ty)?;
            let patterns = &self.impls[index].of.args;
            let fits = patterns.iter().zip(&of.args).all(|(&p, &a)| self.matches_type(p, a, &mut args));
            fits.then_some((index, args))
        })
    }

    fn unmet_bound(
        &mut self,
        index: usize,
        args: &[Option<Ty>],
        generics: &[Generic],
        asked: &mut FxHashSet<(Ty, TraitRef)>,
    ) -> Option<Ty> {
        let params = Rc::clone(&self.impls[index].scope.generics);
        let types: Vec<Ty> = args.iter().map(|arg| arg.unwrap_or(Ty::ERROR)).collect();
        for (param, &ty) in params.iter().zip(&types) {
            for bound in param.bounds.iter() {
                let wanted = self.substitute_trait(&bound.of, &types);
                let culprit = self.lacks_within(ty, &wanted, generics, asked);
                if culprit.is_some() {
                    return culprit;
                }
            }
        }
        None
    }

    /// Whether a type has an `impl` of its own of a built-in trait.
    pub fn has_own(&self, ty: Ty, builtin: Builtin) -> bool {
        let Some(id) = self.builtin_traits[builtin as usize] else { return false };
        let of = TraitRef { id, args: Vec::new() };
        // One without methods asks for what is built in.
        self.find_impl(ty, &of)
            .is_some_and(|(index, _)| self.impls[index].methods.iter().any(Option::is_some))
    }

    /// The part of a type that lacks a built-in trait.
    fn lacks_part(
        &mut self,
        ty: Ty,
        of: &TraitRef,
        builtin: Builtin,
        generics: &[Generic],
        asked: &mut FxHashSet<(Ty, TraitRef)>,
    ) -> Option<Ty> {
        let parts = match self.types.get(ty).clone() {
            TyKind::Error
            | TyKind::Never
            | TyKind::Unit
            | TyKind::Bool
            | TyKind::Char
            | TyKind::Int(_)
            | TyKind::Text
            | TyKind::Var(_) => return None,
            TyKind::F32 | TyKind::F64 => return (builtin == Builtin::Hash).then_some(ty),
            // Everything but a function can be shown; a function is caught where the parameter becomes one.
            TyKind::Param(_) | TyKind::Fn(..) => return (builtin != Builtin::Show).then_some(ty),
            // Equal when of one type and equal as that.
            TyKind::Any | TyKind::Dyn(..) => {
                return matches!(builtin, Builtin::Ord | Builtin::Hash).then_some(ty);
            }
            TyKind::Ptr(_) => return matches!(builtin, Builtin::Ord | Builtin::Hash).then_some(ty),
            TyKind::Range(_) => return (builtin == Builtin::Ord).then_some(ty),
            TyKind::Union(_) if builtin == Builtin::Ord => return Some(ty),
            TyKind::Tuple(parts, _) | TyKind::Union(parts) => parts,
            TyKind::FixedArray(elem, _) | TyKind::Array(elem) | TyKind::Vector(_, elem) => vec![elem],
            TyKind::Adt(id, args) if self.is_dict_or_set(id) => match builtin {
                Builtin::Eq | Builtin::Show => args,
                Builtin::Ord | Builtin::Hash => return Some(ty),
            },
            TyKind::Adt(id, args) => {
                // Where equal values need not have equal parts, the parts tell neither order nor hash.
                if matches!(builtin, Builtin::Ord | Builtin::Hash) && self.has_own(ty, Builtin::Eq) {
                    return Some(ty);
                }
                if self.adts[id.idx()].kind != AdtKind::Struct && self.adts[id.idx()].kind != AdtKind::Enum {
                    // References: equal when identical, without an order.
                    return (builtin == Builtin::Ord).then_some(ty);
                }
                let variants = &self.adts[id.idx()].variants;
                let fields: Vec<Ty> = variants.iter().flat_map(|v| v.fields.iter().map(|f| f.ty)).collect();
                fields.into_iter().map(|field| self.types.substitute(field, &args)).collect()
            }
        };
        parts.into_iter().find_map(|part| self.lacks_within(part, of, generics, asked))
    }
}
