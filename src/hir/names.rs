//! What names stand for, and their values.

use super::builtins::BuiltinFn;
use super::context::*;
use super::modules::NotOffered;
use super::nested::Outer;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast;

/// What a name stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Named {
    Local(LocalId),
    Func(DeclId),
    Global(GlobalId),
    Type(TypeItem),
    /// A case of an enum of the prelude.
    Variant(AdtId, u32),
    /// A built-in type, or `Self`.
    TheType(Ty),
    Builtin(BuiltinFn),
    /// A lambda whose type its uses decide, each for itself.
    Lambda(usize),
    /// A variable of a function around this one.
    Outer(Outer),
    Module(usize),
    /// Of a module, which has nothing to offer under that name.
    NotOffered(NotOffered),
}

impl<'a> Checker<'a> {
    /// What a name stands for here.
    pub fn find(&self, name: Symbol) -> Option<Named> {
        let cx = &self.bodies[self.current];
        let inside = match cx.names.get(name) {
            Some(Binding::Local(local)) => Some(Named::Local(local)),
            Some(Binding::Func(id)) => Some(Named::Func(id)),
            Some(Binding::Lambda(index)) => Some(Named::Lambda(index)),
            None => self.find_around(name),
        };
        if inside.is_some() {
            return inside;
        }
        let module = cx.scope.module;
        if let Some(of) = self.module_by_name(module, name) {
            return Some(Named::Module(of));
        }
        if let Some(item) = self.module_value(module, name) {
            return Some(match item {
                ValueItem::Func(id) => Named::Func(id),
                ValueItem::Global(id) => Named::Global(id),
            });
        }
        if let Some(item) = self.module_type(module, name) {
            return Some(Named::Type(item));
        }
        if let Some(&(id, variant)) = self.prelude_variants.get(&name) {
            return Some(Named::Variant(id, variant));
        }
        let text = self.name(name);
        if text == "Self" && cx.scope.self_ty.is_some() {
            return cx.scope.self_ty.map(Named::TheType);
        }
        BuiltinFn::find(text).map(Named::Builtin).or_else(|| self.builtin_type(text).map(Named::TheType))
    }

    /// The value that a name stands for.
    pub fn named_value(&mut self, named: Named, name: Symbol, span: Span, expect: Expect) -> Expr {
        match named {
            Named::Variant(id, variant) => {
                let ty = self.open_type(id, span);
                self.case_or_value(ty, variant, span, expect)
            }
            Named::Local(local) => {
                let value = self.local(local, span);
                self.as_known(value)
            }
            Named::Global(id) => {
                let ty = self.global_type(id, span);
                if let Some(index) = self.globals[id.idx()].lambda {
                    return self.general_lambda(index, span, expect);
                }
                self.as_known(expr(ExprKind::Global(id), ty, span))
            }
            Named::Func(id) => self.function_value(id, &[], None, span, expect),
            Named::Outer(outer) => self.captured_as_known(outer, span),
            Named::Lambda(index) => self.general_lambda(index, span, expect),
            Named::Type(TypeItem::Adt(id))
                if matches!(self.adts[id.idx()].kind, AdtKind::Struct | AdtKind::Class) =>
            {
                self.constructor_value(id, span, expect)
            }
            // What it is was reported where it was brought in or declared.
            Named::Type(TypeItem::Unsupported) => self.error_expr(span),
            Named::Type(_) | Named::TheType(_) => {
                let error = Diagnostic::error(
                    Code::NotAValue,
                    format!("`{}` is a type, not a value", self.name(name)),
                )
                .at(span, "a value is needed here");
                self.error(error);
                self.error_expr(span)
            }
            Named::Builtin(function) => self.builtin_value(function, name, span, expect),
            Named::Module(module) => self.module_is_no_value(module, span),
            Named::NotOffered(what) => {
                self.not_offered(what);
                self.error_expr(span)
            }
        }
    }

    /// Every name in scope, nearest first.
    fn known_names(&self) -> Vec<&str> {
        let cx = &self.bodies[self.current];
        let module = &self.namespaces[self.module_names[cx.scope.module]];
        let runtime = self.namespaces[0].values.iter().filter(|(_, declared)| declared.is_prelude);
        let mut prelude: Vec<&str> = runtime.map(|(&name, _)| self.name(name)).collect();
        prelude.sort_unstable();
        let mut known: Vec<&str> = cx.names.visible().map(|(name, _)| self.name(name)).collect();
        known.extend(module.order.iter().map(|&name| self.name(name)));
        known.extend(self.imported_names(cx.scope.module));
        known.extend(prelude);
        known.extend(BuiltinFn::ALL.iter().map(|(name, _)| *name));
        known.extend([
            "true", "false", "nil", "return", "break", "continue", "throw", "use", "defer", "yield", "pass",
        ]);
        known
    }

    /// Reports a name that nothing declares.
    pub fn unknown_name(&mut self, name: Symbol, span: Span) -> Expr {
        if self.name(name) == "gpu" {
            return self.unsupported("`gpu`", span);
        }
        let error = self.no_such_name(name, span);
        self.error(error);
        self.error_expr(span)
    }

    /// What is said of a name that nothing declares.
    pub fn no_such_name(&self, name: Symbol, span: Span) -> Diagnostic {
        const FOREIGN: &[(&str, &str)] = &[
            ("True", "true"),
            ("False", "false"),
            ("null", "nil"),
            ("println", "print"),
            ("printf", "print"),
            ("echo", "print"),
            ("this", "self"),
            ("import", "use module"),
            ("len", "x.len()"),
            ("str", "\"{x}\""),
            ("range", "0..n"),
            ("int", "s.to_int()"),
            ("float", "s.to_float()"),
            ("raise", "throw"),
        ];
        if let Some(error) = self.beside_default(name, span) {
            return error;
        }
        let text = self.name(name);
        let mut error = Diagnostic::error(Code::UnknownName, format!("there is no `{text}` here"))
            .at(span, "not declared");
        if let Some((_, ours)) = FOREIGN.iter().find(|(theirs, _)| *theirs == text) {
            error = error.help(format!("write `{ours}`"));
        } else if let Some(at) = self.declared_later(name, span) {
            error =
                error.also(at, "declared only here").help(format!("declare `{text}` above its first use"));
        } else if let Some(help) = self.of_self(name) {
            error = error.help(help);
        } else if text == "self" {
            error = error.help("`self` is there in the methods of a type, but not in a `static fn`");
        } else if let Some(adt) = self
            .adts
            .iter()
            .find(|adt| adt.kind == AdtKind::Enum && adt.variants.iter().any(|variant| variant.name == name))
        {
            error = error.help(format!("write `{}.{text}`", self.name(adt.name)));
        } else if let Some(near) = self.nearest(text, || self.known_names()) {
            error = error.help(format!("did you mean `{near}`?"));
        } else if self.is_method(name) {
            error = error.help(format!("it is a method: write `x.{text}()`"));
        }
        error
    }

    /// What is said of a name in the default of a parameter or field that means one beside it, or `self`.
    fn beside_default(&self, name: Symbol, used: Span) -> Option<Diagnostic> {
        self.beside_parameter(name, used).or_else(|| self.beside_field(name, used))
    }

    fn beside_parameter(&self, name: Symbol, used: Span) -> Option<Diagnostic> {
        let (info, of, default) = self.decls.iter().find_map(|info| {
            let mut defaults = info.params.iter().filter_map(|param| Some((param, param.default?)));
            let (of, default) = defaults.find(|(_, default)| default.span.holds(used))?;
            Some((info, of, default))
        })?;
        let other = info.params.iter().find(|param| param.name.name == name);
        if other.is_none() && (name != self.sym.self_ || info.receiver.is_none()) {
            return None;
        }
        let (of_name, text) = (self.name(of.name.name), self.name(name));
        let message = format!("the default of `{of_name}` does not see `{text}`");
        let error = Diagnostic::error(Code::UnknownName, message).at(used, "evaluated where the call stands");
        let error = match other {
            Some(other) => error.also(other.name.span, "known in the body only"),
            None => error,
        };
        let ty = of.written.and_then(|at| self.text_at(at)).unwrap_or("T");
        let ty = match of.ty {
            Some(known) if self.payload_of(known).is_some() => ty.to_owned(),
            Some(known) if matches!(self.types.get(known), TyKind::Fn(..) | TyKind::Union(_)) => {
                format!("({ty})?")
            }
            _ => format!("{ty}?"),
        };
        let value = self.text_at(default.span).unwrap_or_default();
        let value = match default.kind {
            ast::ExprKind::Name(_) | ast::ExprKind::Field(..) | ast::ExprKind::Call(..) => value.to_owned(),
            _ => format!("({value})"),
        };
        Some(error.help(format!(
            "let it be absent, `{of_name}: {ty} = nil`, and write `{of_name} ?? {value}` in the body"
        )))
    }

    fn beside_field(&self, name: Symbol, used: Span) -> Option<Diagnostic> {
        let (adt, info, of) = self.adts.iter().zip(&self.adt_infos).find_map(|(adt, info)| {
            let of = info
                .fields
                .iter()
                .find(|field| field.decl.default.as_ref().is_some_and(|default| default.span.holds(used)))?;
            Some((adt, info, of))
        })?;
        let other = info.fields.iter().find(|field| field.decl.name.name == name);
        if other.is_none() && name != self.sym.self_ {
            return None;
        }
        let (of, text, made) = (self.name(of.decl.name.name), self.name(name), self.name(adt.name));
        let message = format!("the default of `{of}` does not see `{text}`");
        let error = Diagnostic::error(Code::UnknownName, message).at(used, "evaluated where a value is made");
        let error = match other {
            Some(other) => error.also(other.decl.name.span, "another field"),
            None => error,
        };
        Some(error.help(format!("let a function make it: `static fn new(…) -> {made}: {made}(…, {of}: …)`")))
    }

    /// Where a block around a use of a name declares it, behind the use.
    fn declared_later(&self, name: Symbol, used: Span) -> Option<Span> {
        let around = self.blocks.iter().rev().filter(|block| block.span.holds(used));
        around.flat_map(|block| &block.stmts).find_map(|stmt| match &stmt.kind {
            ast::StmtKind::Let(decl) => match decl.pattern.kind {
                ast::PatternKind::Name(other) if other.name == name => Some(other.span),
                _ => None,
            },
            _ => None,
        })
    }

    /// How to name what `self` has under a name.
    fn of_self(&self, name: Symbol) -> Option<String> {
        let ty = self.bodies[self.current].scope.self_ty?;
        let (text, head) = (self.name(name), self.head(ty)?);
        self.find(self.sym.self_)?;
        if let TyKind::Adt(id, _) = self.types.get(ty)
            && self.adts[id.idx()].kind != AdtKind::Enum
            && self.adts[id.idx()]
                .variants
                .iter()
                .flat_map(|all| &all.fields)
                .any(|field| field.name == Some(name))
        {
            return Some(format!("write `self.{text}`"));
        }
        self.methods.contains_key(&(head, name)).then(|| format!("write `self.{text}()`"))
    }

    /// `name<T>` as a value.
    pub fn instantiated_value(
        &mut self,
        base: &'a ast::Expr,
        args: &'a [ast::Type],
        span: Span,
        expect: Expect,
    ) -> Expr {
        if let Some((Named::Func(id), _)) = self.named(base) {
            return self.function_value(id, args, None, span, expect);
        }
        let error =
            Diagnostic::error(Code::TypeArguments, "type arguments belong to the name of a function or type")
                .at(span, "this takes none");
        self.error(error);
        self.error_expr(span)
    }
}
