//! Defaults of parameters and fields: checked anew wherever one is needed, with the names of its declaration.

use super::context::*;
use super::mismatch::of_field;
use super::tree::*;
use super::types::Ty;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::ast;

/// How many defaults the use of one may lead to: they double where each needs the one before twice.
const MOST_DEFAULTS: u32 = 10_000;

/// The defaults that are being checked.
#[derive(Default)]
pub(super) struct Defaults {
    /// Each needed by the one before.
    around: Vec<Span>,
    /// How many the first has led to.
    count: u32,
}

impl<'a> Checker<'a> {
    /// The default of a parameter.
    pub fn default_value(&mut self, e: &'a ast::Expr, scope: &TyScope, of: DeclId, ty: Option<Ty>) -> Expr {
        let around = self.decls[of.0 as usize].around;
        self.default(e, scope, around, |checker| match ty {
            Some(ty) => checker.expr_as(e, ty, Why::None),
            None => checker.expr(e, Expect::Any),
        })
    }

    /// The default of a field of the type `held`.
    pub fn field_default(
        &mut self,
        e: &'a ast::Expr,
        field: &'a ast::Field,
        scope: &TyScope,
        held: Ty,
    ) -> Expr {
        self.default(e, scope, None, |checker| checker.field_value(e, held, of_field(field)))
    }

    fn default(
        &mut self,
        e: &'a ast::Expr,
        scope: &TyScope,
        around: Option<Around>,
        check: impl FnOnce(&mut Self) -> Expr,
    ) -> Expr {
        if self.defaults.around.contains(&e.span) {
            let error = Diagnostic::error(Code::EndlessDefault, "this default needs itself")
                .at(e.span, "to make it takes the same default again")
                .help("give a value here that needs no default, or make the field or parameter optional: `T? = nil`");
            self.error(error);
            return self.error_expr(e.span);
        }
        if self.defaults.around.is_empty() {
            self.defaults.count = 0;
        }
        self.defaults.count += 1;
        if self.defaults.count > MOST_DEFAULTS {
            if self.defaults.count == MOST_DEFAULTS + 1 {
                let first = self.defaults.around[0];
                let error = Diagnostic::error(Code::TooLarge, "a default leads to too many others")
                    .at(first, format!("to make it takes more than {MOST_DEFAULTS} defaults"))
                    .help("let a function make the value, and call that");
                self.error(error);
            }
            return self.error_expr(e.span);
        }
        self.defaults.around.push(e.span);
        let value = self.in_scope(scope.clone(), around, check);
        self.defaults.around.pop();
        value
    }

    /// Checks all defaults, of which some may never be needed. What is wrong with one is said once, however often it is.
    pub fn check_defaults(&mut self) {
        for i in 0..self.decls.len() {
            let decl = &self.decls[i];
            if decl.around.is_some() {
                continue;
            }
            let scope = decl.scope.clone();
            let defaults: Vec<_> = decl.params.iter().filter_map(|p| Some((p.default?, p.ty?))).collect();
            for (default, ty) in defaults {
                let mark = self.infer.mark();
                self.default_value(default, &scope, DeclId(i as u32), Some(ty));
                self.default_literals(mark);
            }
        }
        for i in 0..self.adt_infos.len() {
            let declared = self.adt_infos[i].fields.clone();
            let fields = self.adts[i].variants.first().map_or(&[][..], |variant| &variant.fields);
            let types: Vec<Ty> = fields.iter().map(|field| field.ty).collect();
            for (declared, ty) in declared.iter().zip(types) {
                let Some(default) = declared.decl.default.as_ref() else { continue };
                let mark = self.infer.mark();
                self.field_default(default, declared.decl, &declared.scope, ty);
                self.default_literals(mark);
            }
        }
    }
}
