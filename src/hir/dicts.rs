//! Dicts and sets: their types, literals, elements, and loops through them. They are structs of the runtime; what is
//! here is sugar for calls of its functions.

use super::context::*;
use super::infer::VarKind;
use super::place::Change;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::ast::{self, ArgKind, DictEntry, ExprKind as Ast};

/// The field of a `Dict` with its entries, `[(K, V)?]`.
const ENTRIES: u32 = 0;
/// The field of a `Set` with its dict.
const ITEMS: u32 = 0;

/// A part of a literal, checked.
enum Part {
    /// Of a set, the key alone.
    Element(Expr, Option<Expr>),
    Spread(Expr),
}

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

    /// `{k: v, **d}`; `{}` is an empty set where one is wanted.
    pub fn dict_literal(&mut self, entries: &'a [DictEntry], span: Span, expect: Expect) -> Expr {
        if entries.is_empty()
            && let Some(elem) = expect.ty().and_then(|ty| self.set_part(ty))
        {
            return self.new_collection("set_new", self.set, vec![elem], span);
        }
        let hint = expect.ty().and_then(|ty| self.dict_parts(ty));
        let why = part_reason(expect);
        let mut parts = Vec::with_capacity(entries.len());
        for entry in entries {
            parts.push(match entry {
                DictEntry::Pair(key, value) => {
                    let key = self.part_of_literal(key, hint.map(|h| h.0), why);
                    let value = self.part_of_literal(value, hint.map(|h| h.1), why);
                    Part::Element(key, Some(value))
                }
                DictEntry::Spread(e) => Part::Spread(self.expr(e, Expect::Any)),
            });
        }
        if !self.are_spread(&parts, self.dict, "`**` takes the entries of a dict") {
            return self.error_expr(span);
        }
        let key = self.join_parts(&mut parts, hint.map(|h| h.0), span, |part| match part {
            Part::Element(key, _) => Some(key),
            Part::Spread(_) => None,
        });
        let value = self.join_parts(&mut parts, hint.map(|h| h.1), span, |part| match part {
            Part::Element(_, value) => value.as_mut(),
            Part::Spread(_) => None,
        });
        let ty = self.dict_type(key, value);
        let empty = self.new_collection("dict_new", self.dict, vec![key, value], span);
        self.fill(empty, ty, parts, ["dict_set", "dict_extend"], span)
    }

    /// `{a, b, ...c}`.
    pub fn set_literal(&mut self, args: &'a [ast::Arg], span: Span, expect: Expect) -> Expr {
        let hint = expect.ty().and_then(|ty| self.set_part(ty));
        let why = part_reason(expect);
        let mut parts = Vec::with_capacity(args.len());
        for arg in args {
            parts.push(if arg.kind == ArgKind::Value {
                Part::Element(self.part_of_literal(&arg.value, hint, why), None)
            } else {
                Part::Spread(self.expr(&arg.value, Expect::Any))
            });
        }
        if !self.are_spread(&parts, self.set, "`...` in braces takes the elements of a set") {
            return self.error_expr(span);
        }
        let elem = self.join_parts(&mut parts, hint, span, |part| match part {
            Part::Element(elem, _) => Some(elem),
            Part::Spread(_) => None,
        });
        let ty = self.set_type(elem);
        let empty = self.new_collection("set_new", self.set, vec![elem], span);
        self.fill(empty, ty, parts, ["set_add", "set_extend"], span)
    }

    /// Whether what is spread in a literal is of the literal's kind; reports what is not.
    fn are_spread(&mut self, parts: &[Part], kind: Option<AdtId>, message: &str) -> bool {
        let mut fine = true;
        for part in parts {
            let Part::Spread(e) = part else { continue };
            let ty = self.settle(e.ty);
            let fits = match self.types.get(ty) {
                TyKind::Adt(id, _) => Some(*id) == kind,
                TyKind::Error | TyKind::Never | TyKind::Var(_) => true,
                _ => false,
            };
            if !fits {
                let shown = self.show(ty);
                let error =
                    Diagnostic::error(Code::TypeMismatch, format!("{message}, and this is `{shown}`"))
                        .at(e.span, format!("this is of type `{shown}`"));
                self.error(error);
                fine = false;
            }
        }
        fine
    }

    fn part_of_literal(&mut self, e: &'a ast::Expr, hint: Option<Ty>, why: Why) -> Expr {
        match hint {
            Some(ty) => self.expr_as(e, ty, why),
            None => self.expr(e, Expect::Any),
        }
    }

    /// The common type of the same part of all elements, to which they are made to fit.
    fn join_parts(
        &mut self,
        parts: &mut [Part],
        hint: Option<Ty>,
        span: Span,
        of: impl Fn(&mut Part) -> Option<&mut Expr>,
    ) -> Ty {
        if let Some(hint) = hint {
            return hint;
        }
        let mut values = Vec::with_capacity(parts.len());
        for value in parts.iter_mut().filter_map(&of) {
            let (ty, at) = (value.ty, value.span);
            values.push(std::mem::replace(value, expr(ExprKind::Unit, ty, at)));
        }
        if values.is_empty() {
            return self.fresh(VarKind::Any, span);
        }
        let ty = self.join(&mut values).unwrap_or(Ty::ERROR);
        for (place, value) in parts.iter_mut().filter_map(&of).zip(values) {
            *place = value;
        }
        ty
    }

    /// An empty collection of known type.
    fn new_collection(&mut self, lang: &str, id: Option<AdtId>, args: Vec<Ty>, span: Span) -> Expr {
        let call = self.call_lang(lang, Vec::new(), "a collection", span);
        let Some(id) = id else { return call };
        let ty = self.types.intern(TyKind::Adt(id, args));
        self.unify(call.ty, ty);
        call
    }

    /// A temporary with a collection, to which the parts of a literal are added in turn.
    fn fill(&mut self, empty: Expr, ty: Ty, parts: Vec<Part>, adders: [&str; 2], span: Span) -> Expr {
        if parts.is_empty() {
            return empty;
        }
        let (bind, local) = self.temporary(empty, true);
        let mut code = vec![bind];
        let [add, extend] = adders;
        for part in parts {
            let target = self.local(local, span);
            code.push(match part {
                Part::Element(key, value) => {
                    let at = key.span;
                    let args = [target, key].into_iter().chain(value).collect();
                    self.call_lang(add, args, "a collection", at)
                }
                Part::Spread(e) => {
                    let at = e.span;
                    self.call_lang(extend, vec![target, e], "a collection", at)
                }
            });
        }
        code.push(self.local(local, span));
        expr(ExprKind::Block(code, true), ty, span)
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

    /// `d[key] = value`; the value is evaluated first.
    pub fn assign_element(
        &mut self,
        dict: Expr,
        key: &'a ast::Expr,
        value: &'a ast::Expr,
        span: Span,
    ) -> Expr {
        let Some((_, value_ty)) = self.dict_parts(dict.ty) else { return self.error_expr(span) };
        let value = self.expr_as(value, value_ty, Why::None);
        self.changeable(&dict, Change::Collection);
        let mut code = Vec::new();
        let value = self.spilled(value, &mut code);
        let set = self.set_element(dict, key, value, &mut code, span);
        code.push(set);
        expr(ExprKind::Block(code, false), Ty::UNIT, span)
    }

    /// `dict[key] = value` of a value that is evaluated.
    pub fn set_element(
        &mut self,
        dict: Expr,
        key: &'a ast::Expr,
        value: Expr,
        code: &mut Vec<Expr>,
        span: Span,
    ) -> Expr {
        let key = self.key_of(dict.ty, key);
        let dict = self.opened(dict, code);
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

/// Why a part of a literal has to have its type.
fn part_reason(expect: Expect) -> Why {
    match expect {
        Expect::Ty(_, why) => why.part(),
        Expect::Unused | Expect::Loose | Expect::Any => Why::None,
    }
}
