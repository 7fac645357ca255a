//! Which method stands in for one of a trait, now that every type is known.

use crate::hir::{self, Builtin, FuncId, TraitId, Ty, TyKind};

use super::Context;

/// A function with its type arguments.
pub(crate) type Callee = (FuncId, Vec<Ty>);

/// An `impl`, by its index, with its type arguments.
pub(crate) type Chosen = (usize, Vec<Ty>);

impl Context<'_> {
    /// The function that a call runs: for a method of a trait, that of the `impl` for its `Self`, if it has one.
    pub fn resolve(&mut self, id: FuncId, args: Vec<Ty>) -> Callee {
        let Some((of, number)) = self.program.funcs[id.idx()].of_trait else { return (id, args) };
        let count = self.program.traits[of.idx()].generics.len();
        match self.find_impl(of, &args[..count]) {
            Some((index, mut impl_args)) => match self.program.impls[index].methods[number as usize] {
                Some(method) => {
                    impl_args.extend_from_slice(&args[count..]);
                    (method, impl_args)
                }
                None => (id, args),
            },
            None => (id, args),
        }
    }

    /// The method by which a type does itself what is built in for others.
    pub fn own_method(&mut self, builtin: Builtin, ty: Ty) -> Option<Callee> {
        // Only types of the program have an `impl` of a built-in trait.
        let TyKind::Adt(..) = self.types.get(ty) else { return None };
        let of = self.program.builtin_traits[builtin as usize]?;
        let (index, args) = self.find_impl(of, &[ty])?;
        Some((self.program.impls[index].methods.first().copied()??, args))
    }

    /// The `impl` of a trait for `Self` and the trait's other arguments, with its type arguments.
    fn find_impl(&mut self, of: TraitId, args: &[Ty]) -> Option<Chosen> {
        let key = (of, args.to_vec());
        if let Some(known) = self.impls.get(&key) {
            return known.clone();
        }
        let program = self.program;
        let mut found = self.impls_of[of.idx()].iter().filter_map(|&index| {
            let candidate = &program.impls[index];
            let mut bound = vec![None; candidate.generics as usize];
            let patterns = std::iter::once(&candidate.ty).chain(&candidate.of.args);
            let fits =
                patterns.zip(args).all(|(&pattern, &ty)| matches(&self.types, pattern, ty, &mut bound));
            fits.then(|| (index, bound.into_iter().map(|arg| arg.unwrap_or(Ty::ERROR)).collect()))
        });
        let found = found.next();
        self.impls.insert(key, found.clone());
        found
    }
}

/// Whether a concrete type is an instance of one over type parameters, whose arguments go to `bound`.
fn matches(types: &hir::Types, pattern: Ty, ty: Ty, bound: &mut [Option<Ty>]) -> bool {
    if let TyKind::Param(i) = *types.get(pattern) {
        return *bound[i as usize].get_or_insert(ty) == ty;
    }
    if pattern == ty {
        return true;
    }
    types.pairs(pattern, ty).is_some_and(|pairs| pairs.into_iter().all(|(p, t)| matches(types, p, t, bound)))
}
