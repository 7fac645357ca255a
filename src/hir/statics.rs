//! Functions of types and of traits: `Type.name(args)`, `T.name(args)` of a type parameter, `Trait.name(value, args)`.

use super::arguments::Given;
use super::call::Receiver;
use super::context::*;
use super::names::Named;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::ast::{self, ArgKind, ExprKind as Ast, Ident};

/// What stands in front of the `.` of a call, where that is no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Owner {
    /// A type; arguments that are not written are unknown.
    Type(Ty),
    Trait(TraitId),
}

impl<'a> Checker<'a> {
    /// The type or trait that an expression names, if it does.
    pub fn owner(&mut self, base: &'a ast::Expr) -> Option<Owner> {
        let (base, written): (_, &'a [ast::Type]) = match &base.kind {
            Ast::Instantiate(inner, written) => (&**inner, written),
            _ => (base, &[]),
        };
        let named = self.named(base);
        let scope = &self.cx().scope;
        let (item, name) = match named {
            Some((Named::Type(item), name)) => (item, name),
            Some((Named::TheType(ty), _)) => return Some(Owner::Type(ty)),
            Some(_) => return None,
            None => {
                let Ast::Name(name) = base.kind else { return None };
                if let Some(i) = scope.generic(name) {
                    return Some(Owner::Type(self.types.intern(TyKind::Param(i))));
                }
                let given = scope.given.iter().find(|(given, _)| *given == name);
                return given.map(|&(_, ty)| Owner::Type(ty));
            }
        };
        match item {
            TypeItem::Adt(_) | TypeItem::Alias(_) => {}
            TypeItem::Trait(id) => return Some(Owner::Trait(id)),
            TypeItem::Mixin(_) | TypeItem::Unsupported => return Some(Owner::Type(Ty::ERROR)),
        }
        let name = Ident { span: base.span, ..name };
        Some(Owner::Type(self.type_of_item(item, written, name)))
    }

    /// `Type.name(args)`.
    pub fn call_static(
        &mut self,
        owner: Owner,
        name: Ident,
        type_args: &'a [ast::Type],
        args: &[Given<'a>],
        span: Span,
        expect: Expect,
    ) -> Expr {
        let ty = match owner {
            Owner::Type(ty) => ty,
            Owner::Trait(id) => return self.call_of_trait(id, name, type_args, args, span),
        };
        if ty == Ty::ERROR {
            self.check_loosely(args);
            return self.error_expr(span);
        }
        if let Some(id) = self.enum_of(ty)
            && let Some(variant) = self.variant_of(id, name.name)
        {
            return self.variant(ty, variant, args, span, expect);
        }
        let mut found: Vec<DeclId> = self.own_method(ty, name.name).into_iter().collect();
        if found.is_empty() {
            found = self.trait_methods_of(ty, name.name, false);
        }
        match found[..] {
            [id] if self.decls[id.0 as usize].receiver.is_none() => {
                return self.call_decl(id, Receiver::Type(ty), type_args, args, name.span, span);
            }
            [_] => return self.call_on(ty, name, type_args, args, span, expect),
            [] if self.builtin_method(ty, name.name).is_some() => {
                return self.call_on(ty, name, type_args, args, span, expect);
            }
            [] => match self.enum_of(ty) {
                Some(id) => {
                    self.unknown_variant(id, name);
                }
                None => self.unknown_member(ty, name, "function"),
            },
            [_, _, ..] => self.ambiguous_method(&found, ty, name),
        }
        self.check_loosely(args);
        self.bind_unknowns(ty);
        self.error_expr(span)
    }

    /// `Type.method(value, args)` is `value.method(args)`.
    fn call_on(
        &mut self,
        ty: Ty,
        name: Ident,
        type_args: &'a [ast::Type],
        args: &[Given<'a>],
        span: Span,
        expect: Expect,
    ) -> Expr {
        if let [Given { label: None, kind: ArgKind::Value, value }, rest @ ..] = args {
            let receiver = self.expr_as(value, ty, Why::None);
            return self.method_call(receiver, name, type_args, rest, span, expect);
        }
        let text = self.name(name.name);
        let error = Diagnostic::error(Code::UnknownMember, format!("`{text}` is a method of values"))
            .at(name.span, "called on the type itself")
            .help("call it on a value, or declare it as `static fn`");
        self.error(error);
        self.check_loosely(args);
        self.error_expr(span)
    }

    /// After an error nothing more is said about the unknowns of a type.
    pub fn bind_unknowns(&mut self, ty: Ty) {
        if let TyKind::Adt(_, args) = self.types.get(ty).clone() {
            args.into_iter().for_each(|arg| self.bind_result(arg, Ty::ERROR));
        }
    }

    /// `Trait.name(value, args)`: which trait is meant is said, the receiver is the first argument.
    fn call_of_trait(
        &mut self,
        of: TraitId,
        name: Ident,
        type_args: &'a [ast::Type],
        args: &[Given<'a>],
        span: Span,
    ) -> Expr {
        let methods = self.trait_infos[of.idx()].methods.clone();
        let found = methods.into_iter().find(|id| self.decls[id.0 as usize].decl.name.name == name.name);
        let (trait_name, text) = (self.name(self.traits[of.idx()].name), self.name(name.name));
        let is_static = found.is_some_and(|id| self.decls[id.0 as usize].receiver.is_none());
        let (Some(id), Some((first, rest)), false) = (found, args.split_first(), is_static) else {
            let error = match found {
                None => {
                    Diagnostic::error(Code::UnknownMember, format!("`{trait_name}` has no method `{text}`"))
                        .at(name.span, "the trait does not declare this")
                }
                Some(_) if is_static => Diagnostic::error(
                    Code::CannotInfer,
                    format!("which type's `{text}` is meant is not known here"),
                )
                .at(name.span, format!("`{trait_name}` itself has none"))
                .help(format!("call it on the type: `Type.{text}(…)`")),
                Some(_) => Diagnostic::error(
                    Code::Arguments,
                    format!("`{trait_name}.{text}` needs a value to be called on"),
                )
                .at(span, "the first argument is the value"),
            };
            self.error(error);
            self.check_loosely(args);
            return self.error_expr(span);
        };
        let receiver = self.expr(first.value, Expect::Any);
        let receiver = self.settled(receiver);
        self.call_decl(id, Receiver::Value(receiver), type_args, rest, name.span, span)
    }
}
