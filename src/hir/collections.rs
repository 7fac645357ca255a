//! Arrays, dicts and sets that are made element by element: literals with other collections in them, and comprehensions.
//! Both become a temporary to which functions of the runtime add one element, or all of another collection.

use super::context::*;
use super::infer::VarKind;
use super::loops::Round;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::ast::{
    self, ArgKind, Comprehension, ComprehensionClause, ComprehensionKind, DictEntry, ExprKind as Ast,
};

/// What is made, by the functions of the runtime that add to it.
struct Maker {
    add: &'static str,
    extend: &'static str,
    /// What may be spread in its literal.
    takes: &'static str,
}

const ARRAY: Maker = Maker {
    add: "array_push",
    extend: "array_extend",
    takes: "`...` in brackets takes the elements of an array, range or set",
};
const SET: Maker = Maker {
    add: "set_add",
    extend: "set_extend",
    takes: "`...` in braces takes the elements of a set, array or range",
};
const DICT: Maker =
    Maker { add: "dict_set", extend: "dict_extend", takes: "`**` takes the entries of a dict" };

/// A part of a literal, checked.
enum Part {
    /// Of a dict, the key and the value; otherwise the key alone.
    Element(Expr, Option<Expr>),
    Spread(Expr),
}

impl<'a> Checker<'a> {
    /// What is expected of a literal with parts: of an optional type what may be there, of a union the one type that the
    /// literal's form allows.
    pub fn expect_by_form(&self, e: &ast::Expr, expect: Expect) -> Expect {
        let (Expect::Ty(ty, why), true) = (expect, has_parts(e)) else { return expect };
        if let Some((payload, _)) = self.payload_of(ty) {
            return self.expect_by_form(e, Expect::Ty(payload, why));
        }
        let parts = self.union_parts(ty).unwrap_or_default();
        let mut of_form = parts.into_iter().filter(|&part| self.is_of_form(e, part));
        match (of_form.next(), of_form.next()) {
            (Some(part), None) => Expect::Ty(part, why),
            _ => expect,
        }
    }

    /// Whether an expression is a literal with parts, or a comprehension, of the kind of a type.
    pub fn is_of_form(&self, e: &ast::Expr, ty: Ty) -> bool {
        let kind = self.types.get(self.resolve(ty));
        match &e.kind {
            Ast::Array(_) | Ast::Repeat(..) => matches!(kind, TyKind::Array(_) | TyKind::FixedArray(..)),
            Ast::Tuple(parts) => matches!(kind, TyKind::Tuple(types, _) if types.len() == parts.len()),
            Ast::Dict(entries) => {
                self.dict_parts(ty).is_some() || (entries.is_empty() && self.set_part(ty).is_some())
            }
            Ast::Set(_) => self.set_part(ty).is_some(),
            Ast::Comprehension(made) => match made.kind {
                ComprehensionKind::Array(_) => matches!(kind, TyKind::Array(_)),
                ComprehensionKind::Set(_) => self.set_part(ty).is_some(),
                ComprehensionKind::Dict(..) => self.dict_parts(ty).is_some(),
            },
            _ => false,
        }
    }

    /// `[a, ...b]` as an array.
    pub fn spread_array(
        &mut self,
        args: &'a [ast::Arg],
        elem: Option<Ty>,
        span: Span,
        expect: Expect,
    ) -> Expr {
        let mut parts = self.parts_of_list(args, elem, expect);
        let elem = self.join_parts(&mut parts, elem, expect, span, |part| match part {
            Part::Element(elem, _) => Some(elem),
            Part::Spread(_) => None,
        });
        let ty = self.types.intern(TyKind::Array(elem));
        let empty = expr(ExprKind::Array(Vec::new()), ty, span);
        self.fill(empty, parts, &ARRAY, span)
    }

    /// `(a, ...t)`: one tuple of all parts.
    pub fn spread_tuple(&mut self, args: &'a [ast::Arg], span: Span) -> Expr {
        let (mut code, mut values) = (Vec::new(), Vec::new());
        for arg in args {
            let value = self.expr(&arg.value, Expect::Any);
            let at = value.span;
            let ty = self.resolve(value.ty);
            let types = match (arg.kind, self.types.get(ty)) {
                (ArgKind::Value | ArgKind::Trailing, _) => {
                    let value = self.spilled(value, &mut code);
                    values.push(value);
                    continue;
                }
                (ArgKind::Spread | ArgKind::Update, TyKind::Tuple(types, _)) => types.clone(),
                (ArgKind::Spread | ArgKind::Update, TyKind::Error | TyKind::Unit) => Vec::new(),
                (ArgKind::Spread | ArgKind::Update, _) => {
                    let shown = self.show(ty);
                    let message =
                        format!("`...` in a tuple takes the elements of a tuple, and this is `{shown}`");
                    let error = Diagnostic::error(Code::TypeMismatch, message)
                        .at(at, format!("this is of type `{shown}`"));
                    self.error(error);
                    return self.error_expr(span);
                }
            };
            let (bind, local) = self.temporary(value, false);
            code.push(bind);
            for (i, ty) in (0..).zip(types) {
                let whole = self.local(local, at);
                values.push(expr(ExprKind::Field(Box::new(whole), i), ty, at));
            }
        }
        let types = values.iter().map(|value| value.ty).collect();
        let ty = self.types.intern(TyKind::Tuple(types, None));
        code.push(expr(ExprKind::Tuple(values), ty, span));
        expr(ExprKind::Block(code, true), ty, span)
    }

    /// The arguments that a variadic parameter takes, as an array.
    pub fn variadic_array(&mut self, args: Vec<(ArgKind, Expr)>, ty: Ty, span: Span) -> Expr {
        if args.iter().all(|(kind, _)| *kind != ArgKind::Spread) {
            let values = args.into_iter().map(|(_, value)| value).collect();
            return expr(ExprKind::Array(values), ty, span);
        }
        let parts = args.into_iter().map(|(kind, value)| match kind {
            ArgKind::Value | ArgKind::Trailing => Part::Element(value, None),
            ArgKind::Spread | ArgKind::Update => Part::Spread(value),
        });
        let empty = expr(ExprKind::Array(Vec::new()), ty, span);
        self.fill(empty, parts.collect(), &ARRAY, span)
    }

    /// `{k: v, **d}`; `{}` is an empty set where one is wanted.
    pub fn dict_literal(&mut self, entries: &'a [DictEntry], span: Span, expect: Expect) -> Expr {
        if entries.is_empty()
            && let Some(elem) = expect.ty().and_then(|ty| self.set_part(ty))
        {
            return self.empty_set(elem, span);
        }
        let mut hint = expect.ty().and_then(|ty| self.dict_parts(ty));
        if entries.is_empty() && self.is_any_wanted(expect) {
            hint = Some((Ty::TEXT, Ty::ANY));
        }
        let mut parts = Vec::with_capacity(entries.len());
        for entry in entries {
            parts.push(match entry {
                DictEntry::Pair(key, value) => {
                    let key = self.part_of_literal(key, hint.map(|h| h.0), expect);
                    let value = self.part_of_literal(value, hint.map(|h| h.1), expect);
                    Part::Element(key, Some(value))
                }
                DictEntry::Spread(e) => Part::Spread(self.expr(e, Expect::Any)),
            });
        }
        let key = self.join_parts(&mut parts, hint.map(|h| h.0), Expect::Any, span, |part| match part {
            Part::Element(key, _) => Some(key),
            Part::Spread(_) => None,
        });
        let value = self.join_parts(&mut parts, hint.map(|h| h.1), expect, span, |part| match part {
            Part::Element(_, value) => value.as_mut(),
            Part::Spread(_) => None,
        });
        let empty = self.empty_dict(key, value, span);
        self.fill(empty, parts, &DICT, span)
    }

    /// `{a, b, ...c}`.
    pub fn set_literal(&mut self, args: &'a [ast::Arg], span: Span, expect: Expect) -> Expr {
        let hint = expect.ty().and_then(|ty| self.set_part(ty));
        let mut parts = self.parts_of_list(args, hint, expect);
        let elem = self.join_parts(&mut parts, hint, Expect::Any, span, |part| match part {
            Part::Element(elem, _) => Some(elem),
            Part::Spread(_) => None,
        });
        let empty = self.empty_set(elem, span);
        self.fill(empty, parts, &SET, span)
    }

    fn parts_of_list(&mut self, args: &'a [ast::Arg], hint: Option<Ty>, expect: Expect) -> Vec<Part> {
        let parts = args.iter().map(|arg| match arg.kind {
            ArgKind::Value | ArgKind::Trailing => {
                Part::Element(self.part_of_literal(&arg.value, hint, expect), None)
            }
            ArgKind::Spread | ArgKind::Update => Part::Spread(self.expr(&arg.value, Expect::Any)),
        });
        parts.collect()
    }

    fn part_of_literal(&mut self, e: &'a ast::Expr, hint: Option<Ty>, expect: Expect) -> Expr {
        match hint {
            Some(ty) => self.expr_as(e, ty, part_reason(expect)),
            None => {
                let expect = self.expect_of_part(e, expect);
                self.expr(e, expect)
            }
        }
    }

    /// What is expected of a part of a literal for whose parts there is no type: where an `Any` is wanted, parts of theirs may
    /// be of different types, too.
    pub fn expect_of_part(&self, part: &ast::Expr, expect: Expect) -> Expect {
        match expect {
            Expect::Ty(ty, why) if has_parts(part) && self.resolve(ty) == Ty::ANY => {
                Expect::Ty(ty, why.part())
            }
            Expect::Ty(..) | Expect::Unused | Expect::Loose | Expect::Any => Expect::Any,
        }
    }

    /// The common type of the same part of all elements, to which they are made to fit.
    fn join_parts(
        &mut self,
        parts: &mut [Part],
        hint: Option<Ty>,
        expect: Expect,
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
        let ty = self.joined(&mut values, expect);
        for (place, value) in parts.iter_mut().filter_map(&of).zip(values) {
            *place = value;
        }
        ty
    }

    fn empty_set(&mut self, elem: Ty, span: Span) -> Expr {
        let empty = self.call_lang("set_new", Vec::new(), "a set", span);
        let ty = self.set_type(elem);
        self.unify(empty.ty, ty);
        empty
    }

    fn empty_dict(&mut self, key: Ty, value: Ty, span: Span) -> Expr {
        let empty = self.call_lang("dict_new", Vec::new(), "a dict", span);
        let ty = self.dict_type(key, value);
        self.unify(empty.ty, ty);
        empty
    }

    /// A temporary with a collection, to which the parts of a literal are added in turn.
    fn fill(&mut self, empty: Expr, parts: Vec<Part>, maker: &Maker, span: Span) -> Expr {
        if parts.is_empty() {
            return empty;
        }
        let ty = empty.ty;
        let (bind, local) = self.temporary(empty, true);
        let mut code = vec![bind];
        for part in parts {
            let target = self.local(local, span);
            code.push(match part {
                Part::Element(key, value) => {
                    let at = key.span;
                    let args = [target, key].into_iter().chain(value).collect();
                    self.call_lang(maker.add, args, "a collection", at)
                }
                Part::Spread(e) => {
                    let (at, name) = (e.span, maker.extend);
                    match self.spread(e, maker, ty) {
                        Some(e) => self.call_lang(name, vec![target, e], "a collection", at),
                        None => return self.error_expr(span),
                    }
                }
            });
        }
        code.push(self.local(local, span));
        expr(ExprKind::Block(code, true), ty, span)
    }

    /// The elements of a fixed array as an array; any other value as it is.
    pub fn as_array(&mut self, value: Expr) -> Expr {
        let TyKind::FixedArray(elem, _) = *self.types.get(self.resolve(value.ty)) else { return value };
        let span = value.span;
        let ty = self.types.intern(TyKind::Array(elem));
        let (bind, all) = self.temporary(expr(ExprKind::Array(Vec::new()), ty, span), true);
        let each = self.new_local(self.sym.empty, elem, false, span);
        let args = vec![self.local(all, span), self.local(each, span)];
        let id = self.enter_loop(None);
        let body = self.call_lang(ARRAY.add, args, "an array", span);
        self.cx().loops.pop();
        let pattern = Box::new(Pattern { kind: PatternKind::Bind(each), ty: elem, span });
        let (iter, body) = (Box::new(value), Box::new(body));
        let fill = expr(ExprKind::For { id, pattern, iter, body }, Ty::UNIT, span);
        let code = vec![bind, fill, self.local(all, span)];
        expr(ExprKind::Block(code, true), ty, span)
    }

    /// What is spread, as a collection of the kind that it is spread in; `None` where it cannot be one.
    fn spread(&mut self, e: Expr, maker: &Maker, into: Ty) -> Option<Expr> {
        let e = self.as_array(e);
        let ty = self.settle(e.ty);
        let span = e.span;
        let (from, to) = (self.types.get(ty), self.types.get(self.resolve(into)));
        let conversion = match (from, to) {
            (TyKind::Error, _) => return None,
            (TyKind::Never | TyKind::Var(_), _) | (TyKind::Array(_), TyKind::Array(_)) => None,
            (TyKind::Adt(a, _), TyKind::Adt(b, _)) if a == b => None,
            (TyKind::Range(_), TyKind::Array(_)) => Some("to_array"),
            (TyKind::Adt(set, _), TyKind::Array(_)) if Some(*set) == self.set => Some("to_array"),
            (TyKind::Range(_) | TyKind::Array(_), TyKind::Adt(set, _)) if Some(*set) == self.set => {
                Some("to_set")
            }
            _ => {
                let shown = self.show(ty);
                let message = format!("{}, and this is `{shown}`", maker.takes);
                let error = Diagnostic::error(Code::TypeMismatch, message)
                    .at(span, format!("this is of type `{shown}`"));
                self.error(error);
                self.forgive(into);
                return None;
            }
        };
        let Some(conversion) = conversion else { return Some(e) };
        let name = ast::Ident { name: self.interner.intern(conversion), span };
        Some(self.method_call(e, name, &[], &[], span, Expect::Any))
    }

    /// `[e for x in xs if c]`, `{e for …}`, `{k: v for …}`.
    pub fn comprehension(&mut self, made: &'a Comprehension, span: Span, expect: Expect) -> Expr {
        let wanted = expect.ty().map(|ty| self.resolve(ty));
        let (maker, empty, values) = match &made.kind {
            ComprehensionKind::Array(e) => {
                let hint = wanted.and_then(|ty| match *self.types.get(ty) {
                    TyKind::Array(elem) => Some(elem),
                    _ => None,
                });
                let elem = hint.unwrap_or_else(|| self.fresh(VarKind::Any, e.span));
                let ty = self.types.intern(TyKind::Array(elem));
                (ARRAY, expr(ExprKind::Array(Vec::new()), ty, span), vec![(e, hint, elem)])
            }
            ComprehensionKind::Set(e) => {
                let hint = wanted.and_then(|ty| self.set_part(ty));
                let elem = hint.unwrap_or_else(|| self.fresh(VarKind::Any, e.span));
                (SET, self.empty_set(elem, span), vec![(e, hint, elem)])
            }
            ComprehensionKind::Dict(k, v) => {
                let hint = wanted.and_then(|ty| self.dict_parts(ty)).unzip();
                let key = hint.0.unwrap_or_else(|| self.fresh(VarKind::Any, k.span));
                let value = hint.1.unwrap_or_else(|| self.fresh(VarKind::Any, v.span));
                (DICT, self.empty_dict(key, value, span), vec![(k, hint.0, key), (v, hint.1, value)])
            }
        };
        let ty = empty.ty;
        let (bind, local) = self.temporary(empty, true);
        let fill = self.clauses(&made.clauses, span, &mut |checker| {
            let mut args = vec![checker.local(local, span)];
            for &(e, hint, ty) in &values {
                let value = checker.part_of_literal(e, hint, expect);
                args.push(checker.coerce(value, ty, Why::None));
            }
            checker.call_lang(maker.add, args, "a collection", span)
        });
        let result = self.local(local, span);
        expr(ExprKind::Block(vec![bind, fill, result], true), ty, span)
    }

    /// The clauses of a comprehension, each inside those before it.
    fn clauses(&mut self, clauses: &'a [ComprehensionClause], span: Span, round: Round<'_, 'a>) -> Expr {
        let Some((first, rest)) = clauses.split_first() else { return round(self) };
        match first {
            ComprehensionClause::For(pattern, iter) => self.for_each(pattern, iter, span, &mut |checker| {
                checker.cx().loops.iter_mut().last().into_iter().for_each(|l| l.is_comprehension = true);
                checker.clauses(rest, span, round)
            }),
            ComprehensionClause::If(cond) => {
                let mark = self.infer.mark();
                let test = self.condition(cond);
                self.default_literals(mark);
                let facts = self.learn(cond, true);
                let then = self.clauses(rest, span, round);
                self.forget(facts);
                let cond = test;
                expr(ExprKind::If(Box::new(cond), Box::new(then), None), Ty::UNIT, span)
            }
        }
    }
}

/// Whether an expression makes a collection or tuple of its parts.
pub(super) fn has_parts(e: &ast::Expr) -> bool {
    matches!(
        e.kind,
        Ast::Array(_) | Ast::Repeat(..) | Ast::Tuple(_) | Ast::Dict(_) | Ast::Set(_) | Ast::Comprehension(_)
    )
}

/// Why a part of a literal has to have its type.
fn part_reason(expect: Expect) -> Why {
    match expect {
        Expect::Ty(_, why) => why.part(),
        Expect::Unused | Expect::Loose | Expect::Any => Why::None,
    }
}
