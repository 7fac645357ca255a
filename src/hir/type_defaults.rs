//! Type parameters with defaults, `struct Box<T = i64>`: what stands for an argument that is not written where a type is, and
//! for one of a value or call that nothing else tells.

use super::context::*;
use super::describe::plural;
use super::infer::VarKind;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast::{GenericParam, Ident};

impl<'a> Checker<'a> {
    /// Reports mistakes in defaults, and a type parameter without one behind one that has one. `scope` is that around them.
    pub fn check_type_defaults(&mut self, params: &'a [GenericParam], scope: &TyScope) {
        let (mut with_default, known) = (None, self.type_defaults.len());
        let mut args =
            (0..scope.generics.len() as u32).map(|i| self.types.intern(TyKind::Param(i))).collect();
        self.add_unknown_args(params, scope, &mut args, Span::NONE);
        self.type_defaults.truncate(known);
        for param in params {
            match (&param.default, with_default) {
                (Some(_), _) => with_default = Some(param.name.span),
                (None, Some(first)) => {
                    let text = self.name(param.name.name);
                    let message = format!("`{text}` has no default, and stands behind one that has");
                    let error = Diagnostic::error(Code::TypeArguments, message)
                        .at(param.name.span, "this needs a default, too")
                        .also(first, "this may be left out");
                    self.error(error);
                    return;
                }
                (None, None) => {}
            }
        }
    }

    /// The type arguments of what declares some parameters in a module, those that are left out being the defaults; `None` if
    /// their number is reported.
    pub fn with_defaults(
        &mut self,
        name: Ident,
        params: &'a [GenericParam],
        module: usize,
        mut args: Vec<Ty>,
        span: Span,
    ) -> Option<Vec<Ty>> {
        if !self.expect_type_args_for(name.name, params, args.len(), span) {
            return None;
        }
        let scope = TyScope::of_module(module);
        for param in &params[args.len()..] {
            let default = self.default_of(param, params, &scope, &args);
            args.extend(default);
        }
        Some(args)
    }

    /// Whether there are as many type arguments as some parameters need.
    pub fn expect_type_args_for(
        &mut self,
        name: Symbol,
        params: &[GenericParam],
        found: usize,
        span: Span,
    ) -> bool {
        let needed = params.iter().filter(|param| param.default.is_none()).count();
        let most = plural(params.len(), "type argument");
        if needed == params.len() {
            self.expect_type_args(name, needed, found, span)
        } else if (needed..=params.len()).contains(&found) {
            true
        } else {
            self.wrong_type_args(name, &format!("{needed} to {most}"), found, span);
            false
        }
    }

    /// The default of a type parameter, if it has one, with arguments in place of those in front of it.
    fn default_of(
        &mut self,
        param: &'a GenericParam,
        params: &[GenericParam],
        scope: &TyScope,
        args: &[Ty],
    ) -> Option<Ty> {
        let written = param.default.as_ref()?;
        let at = std::ptr::from_ref(param);
        if self.defaulting.contains(&at) {
            let text = self.name(param.name.name);
            let error =
                Diagnostic::error(Code::InfiniteType, format!("the default of `{text}` needs itself"))
                    .at(written.span, "this is what it stands for");
            self.error(error);
            return Some(Ty::ERROR);
        }
        self.defaulting.push(at);
        let own = params.iter().map(|param| Generic::new(param.name.name));
        let generics = scope.generics.iter().cloned().chain(own).take(args.len()).collect();
        let default = self.ty(written, &TyScope { generics, ..scope.clone() });
        self.defaulting.pop();
        Some(self.types.substitute(default, args))
    }

    /// Unknown types for type parameters behind some arguments, those of the scope; nothing may tell more of them than their
    /// defaults.
    pub fn add_unknown_args(
        &mut self,
        params: &'a [GenericParam],
        scope: &TyScope,
        args: &mut Vec<Ty>,
        span: Span,
    ) {
        for param in params {
            let unknown = self.fresh(VarKind::Any, span);
            if let Some(default) = self.default_of(param, params, scope, args) {
                self.type_defaults.push((unknown, default));
            }
            args.push(unknown);
        }
    }

    /// The same of something in a module.
    pub fn unknown_args(&mut self, params: &'a [GenericParam], module: usize, span: Span) -> Vec<Ty> {
        let mut args = Vec::with_capacity(params.len());
        self.add_unknown_args(params, &TyScope::of_module(module), &mut args, span);
        args
    }

    /// What nothing has told is the default.
    pub fn take_defaults(&mut self) {
        for (unknown, default) in std::mem::take(&mut self.type_defaults) {
            if self.var_kind(unknown) == Some(VarKind::Any) {
                self.unify(unknown, default);
            }
        }
    }
}
