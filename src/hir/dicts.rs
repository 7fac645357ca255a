//! Dicts and sets: their types, literals, elements, and loops through them. They are structs of the runtime; what is
//! here is sugar for calls of its functions.

use super::context::*;
use super::place::Change;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::Span;
use crate::syntax::ast::{self, ExprKind as Ast};

/// The field of a `Dict` with its entries, `[(K, V)?]`.
const ENTRIES: u32 = 0;
/// The field of a `Set` with its dict.
const ITEMS: u32 = 0;

impl<'a> Checker<'a> {
    /// `{K: V}`.
    pub fn dict_type(&mut self, key: Ty, value: Ty) -> Ty {
        self.dict.map_or(Ty::ERROR, |dict| self.types.intern(TyKind::Adt(dict, vec![key, value])))
    }

    /// `Set<T>`.
    pub fn set_type(&mut self, elem: Ty) -> Ty {
        self.set.map_or(Ty::ERROR, |set| self.types.intern(TyKind::Adt(set, vec![elem])))
    }

    /// Whether it is one of the two.
    pub fn is_dict_or_set(&self, id: AdtId) -> bool {
        Some(id) == self.dict || Some(id) == self.set
    }

    /// The types of a dict's keys and values.
    pub fn dict_parts(&self, ty: Ty) -> Option<(Ty, Ty)> {
        match self.types.get(self.resolve(ty)) {
            TyKind::Adt(id, args) if Some(*id) == self.dict => Some((args[0], args[1])),
            _ => None,
        }
    }

    /// The type of a set's elements.
    pub fn set_part(&self, ty: Ty) -> Option<Ty> {
        match self.types.get(self.resolve(ty)) {
            TyKind::Adt(id, args) if Some(*id) == self.set => Some(args[0]),
            _ => None,
        }
    }

    /// Whether a type is a built-in collection, whose own methods may change a `val`.
    pub fn is_collection(&self, ty: Ty) -> bool {
        match self.types.get(self.resolve(ty)) {
            TyKind::Array(_) => true,
            TyKind::Adt(id, _) => self.is_dict_or_set(*id),
            _ => false,
        }
    }

    /// `d[key]`, a `V?`.
    pub fn dict_get(&mut self, dict: Expr, key: &'a ast::Expr, span: Span) -> Expr {
        let key = self.key_of(dict.ty, key);
        self.call_lang("dict_get", vec![dict, key], "a dict", span)
    }

    pub fn key_of(&mut self, dict: Ty, key: &'a ast::Expr) -> Expr {
        match self.dict_parts(dict) {
            Some((ty, _)) => self.expr_as(key, ty, Why::None),
            None => self.expr(key, Expect::Any),
        }
    }

    /// The value of a key that must be there, as a place of a dict that is a place: `d[key]!`, and the `d[key]` of
    /// `d[key] += 1`.
    pub fn dict_value(&mut self, dict: Expr, key: &'a ast::Expr, span: Span) -> Expr {
        let Some((_, value)) = self.dict_parts(dict.ty) else { return self.error_expr(span) };
        let key = self.key_of(dict.ty, key);
        let pointer = self.call_lang("dict_at", vec![dict, key], "a dict", span);
        expr(ExprKind::Deref(Box::new(pointer)), value, span)
    }

    /// `d[key]!` of a variable's dict; `None` for any other operand of `!`, which is then checked as such.
    pub fn unwrapped_element(&mut self, value: &'a ast::Expr, span: Span) -> Result<Expr, Expr> {
        let Ast::Index(base, key) = &value.kind else { return Err(self.expr(value, Expect::Any)) };
        let dict = self.expr(base, Expect::Any);
        if self.dict_parts(dict.ty).is_some() && self.is_in_variable(&dict) {
            return Ok(self.dict_value(dict, key, span));
        }
        Err(self.index_of(dict, key, value.span))
    }

    /// `d[key] = value`.
    pub fn assign_element(
        &mut self,
        dict: Expr,
        key: &'a ast::Expr,
        value: &'a ast::Expr,
        span: Span,
    ) -> Expr {
        let Some((_, value_ty)) = self.dict_parts(dict.ty) else { return self.error_expr(span) };
        let key = self.key_of(dict.ty, key);
        let value = self.expr_as(value, value_ty, Why::None);
        self.changeable(&dict, Change::Collection);
        let mut code = Vec::new();
        let dict = self.opened(dict, &mut code);
        let set = self.set_element(dict, key, value, span);
        if code.is_empty() {
            return set;
        }
        code.push(set);
        expr(ExprKind::Block(code, false), Ty::UNIT, span)
    }

    /// `dict[key] = value`.
    pub fn set_element(&mut self, dict: Expr, key: Expr, value: Expr, span: Span) -> Expr {
        self.call_lang("dict_set", vec![dict, key, value], "a dict", span)
    }

    /// The entries of a dict, gaps included.
    pub fn entries(&mut self, dict: Expr) -> Expr {
        let span = dict.span;
        let Some((key, value)) = self.dict_parts(dict.ty) else { return self.error_expr(span) };
        let item = self.types.intern(TyKind::Tuple(vec![key, value], None));
        let Some(entry) = self.option_of(item) else { return self.error_expr(span) };
        let ty = self.types.intern(TyKind::Array(entry));
        expr(ExprKind::Field(Box::new(dict), ENTRIES), ty, span)
    }

    /// The elements of a set as the entries of a dict.
    pub fn set_entries(&mut self, set: Expr, elem: Ty) -> Expr {
        let span = set.span;
        let dict = self.dict_type(elem, Ty::UNIT);
        self.entries(expr(ExprKind::Field(Box::new(set), ITEMS), dict, span))
    }
}
