//! What a loop goes through: `for`, and the clauses of comprehensions.

use super::context::*;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::ast::{self, ExprKind as Ast};

/// Makes what is run in each round, where the names of the loop's pattern are known.
pub(super) type Round<'m, 'a> = &'m mut dyn FnMut(&mut Checker<'a>) -> Expr;

/// What a round is given of an element.
#[derive(Clone, Copy)]
enum Each {
    /// The element.
    Element,
    /// Of a dict's entry, which may be a gap, both parts, or one.
    Item,
    Key,
    Value,
    /// `first - i`, of a counter `i` that goes through a range.
    Mirrored {
        first: LocalId,
    },
    /// `first + i * step`, of a counter from 0 on.
    Stepped {
        first: LocalId,
        step: LocalId,
    },
}

/// What a `for` goes through.
struct Iterated {
    /// Evaluated in front of the loop.
    before: Vec<Expr>,
    /// An array or range.
    iter: Expr,
    each: Each,
}

impl From<Expr> for Iterated {
    fn from(iter: Expr) -> Iterated {
        Iterated { before: Vec::new(), iter, each: Each::Element }
    }
}

impl<'a> Checker<'a> {
    /// A loop through something, with the rounds that `round` makes.
    pub fn for_each(
        &mut self,
        pattern: &'a ast::Pattern,
        iter: &'a ast::Expr,
        span: Span,
        round: Round<'_, 'a>,
    ) -> Expr {
        if let Some((base, index, element)) = self.enumerated(pattern, iter) {
            return self.for_enumerate(base, index, element, span, round);
        }
        let mark = self.infer.mark();
        let Iterated { mut before, iter, each } = self.iterated(iter, pattern);
        self.default_literals(mark);
        let names = self.cx().names.mark();
        let (pattern, first) = self.loop_pattern(pattern, &iter, each);
        let id = self.enter_loop(None);
        let mut body = round(self);
        self.cx().loops.pop();
        self.cx().names.forget_since(names);
        if let Some(first) = first {
            body = expr(ExprKind::Block(vec![first, body], false), Ty::UNIT, span);
        }
        let kind =
            ExprKind::For { id, pattern: Box::new(pattern), iter: Box::new(iter), body: Box::new(body) };
        let each = expr(kind, Ty::UNIT, span);
        if before.is_empty() {
            return each;
        }
        before.push(each);
        expr(ExprKind::Block(before, false), Ty::UNIT, span)
    }

    /// Takes `for i, x in xs.enumerate()` apart: the loop counts for itself, no array of pairs is made.
    fn enumerated(
        &self,
        pattern: &'a ast::Pattern,
        iter: &'a ast::Expr,
    ) -> Option<(&'a ast::Expr, &'a ast::Pattern, &'a ast::Pattern)> {
        let Ast::Call(callee, args) = &iter.kind else { return None };
        let Ast::Field(base, method) = &callee.kind else { return None };
        let ast::PatternKind::Tuple(parts) = &pattern.kind else { return None };
        let [index, element] = parts.as_slice() else { return None };
        let is_plain = index.label.is_none() && element.label.is_none();
        (method.name == self.sym.enumerate && args.is_empty() && is_plain).then_some((
            &**base,
            &index.pattern,
            &element.pattern,
        ))
    }

    fn for_enumerate(
        &mut self,
        base: &'a ast::Expr,
        index: &'a ast::Pattern,
        element: &'a ast::Pattern,
        span: Span,
        round: Round<'_, 'a>,
    ) -> Expr {
        let zero = self.int(0, Ty::I64, span);
        let (start, counter) = self.temporary(zero, true);
        let each = self.for_each(element, base, span, &mut |checker| {
            let now = checker.local(counter, span);
            let index = checker.element_pattern(index, Ty::I64);
            let bind = binding(index, now, span);
            let (place, one) = (checker.local(counter, span), checker.int(1, Ty::I64, span));
            let step = ExprKind::AssignOp(BinaryOp::Add, Box::new(place), Box::new(one));
            let body = round(checker);
            let code = vec![bind, expr(step, Ty::UNIT, span), body];
            expr(ExprKind::Block(code, false), Ty::UNIT, span)
        });
        expr(ExprKind::Block(vec![start, each], false), Ty::UNIT, span)
    }

    /// What a loop goes through: dicts and sets by their entries, without an array of keys or items, texts by their
    /// characters; ranges in reverse or in steps by counting.
    fn iterated(&mut self, iter: &'a ast::Expr, pattern: &ast::Pattern) -> Iterated {
        if let Ast::Call(callee, args) = &iter.kind
            && let Ast::Field(base, method) = &callee.kind
        {
            let name = self.name(method.name);
            let each = match (name, args.as_slice()) {
                ("items", []) => Some(Each::Item),
                ("keys", []) => Some(Each::Key),
                ("values", []) => Some(Each::Value),
                _ => None,
            };
            let is_counted = matches!((name, args.len()), ("rev", 0) | ("step_by", 1));
            if each.is_some() || is_counted {
                if let Some(owner) = self.owner(base) {
                    let given = super::arguments::given(None, args);
                    return self.call_static(owner, *method, &[], &given, iter.span, Expect::Any).into();
                }
                let base = self.expr(base, Expect::Any);
                if let Some(each) = each
                    && self.dict_parts(base.ty).is_some()
                {
                    return Iterated { before: Vec::new(), iter: self.entries(base), each };
                }
                if is_counted && let TyKind::Range(elem) = *self.types.get(self.resolve(base.ty)) {
                    return self.counted(base, elem, args.first(), iter.span);
                }
                let given = super::arguments::given(None, args);
                return self.method_call(base, *method, &[], &given, iter.span, Expect::Any).into();
            }
        }
        let value = self.expr(iter, Expect::Any);
        let value = self.needed(value);
        let span = value.span;
        if let Some((key, _)) = self.dict_parts(value.ty) {
            let mut each = Each::Key;
            let key = self.resolve(key);
            if matches!(pattern.kind, ast::PatternKind::Tuple(_)) && self.types.is_leaf(key) {
                let key = self.show(key);
                let error = Diagnostic::error(
                    Code::TypeMismatch,
                    format!("the keys of this dict are `{key}`, and no tuples"),
                )
                .at(pattern.span, "keys alone are given")
                .help("`.items()` gives each key with its value");
                self.error(error);
                each = Each::Item;
            }
            return Iterated { before: Vec::new(), iter: self.entries(value), each };
        }
        if let Some(elem) = self.set_part(value.ty) {
            return Iterated { before: Vec::new(), iter: self.set_entries(value, elem), each: Each::Key };
        }
        if self.resolve(value.ty) == Ty::TEXT {
            let chars = ast::Ident { name: self.interner.intern("chars"), span };
            return self.method_call(value, chars, &[], &[], span, Expect::Any).into();
        }
        value.into()
    }

    /// `range.rev()`, `range.step_by(step)`. The arithmetic wraps: what is in range does not.
    fn counted(&mut self, range: Expr, elem: Ty, step: Option<&'a ast::Arg>, span: Span) -> Iterated {
        let elem = self.settle(elem);
        let mut before = Vec::new();
        let (start, end, is_inclusive) = match range.kind {
            ExprKind::Range { start, end, is_inclusive } => (*start, *end, is_inclusive),
            _ => {
                let (bind, range) = self.temporary(range, false);
                before.push(bind);
                let mut field = |i| {
                    let range = self.local(range, span);
                    expr(ExprKind::Field(Box::new(range), i), elem, span)
                };
                (field(0), field(1), false)
            }
        };
        let (bind, start) = self.temporary(start, false);
        before.push(bind);
        let (bind, end) = self.temporary(end, false);
        before.push(bind);
        let Some(step) = step else {
            let (low, high) = (self.local(start, span), self.local(end, span));
            let mut first = wrapping(BinaryOp::Add, low, high);
            if !is_inclusive {
                first = wrapping(BinaryOp::Sub, first, self.int(1, elem, span));
            }
            let (bind, first) = self.temporary(first, false);
            before.push(bind);
            let (start, end) = (Box::new(self.local(start, span)), Box::new(self.local(end, span)));
            let ty = self.types.intern(TyKind::Range(elem));
            let iter = expr(ExprKind::Range { start, end, is_inclusive }, ty, span);
            return Iterated { before, iter, each: Each::Mirrored { first } };
        };
        let step = self.expr_as(&step.value, Ty::I64, Why::None);
        let (bind, step) = self.temporary(step, false);
        before.push(bind);
        let op = if is_inclusive { CompareOp::Gt } else { CompareOp::Ge };
        let (low, high) = (Box::new(self.local(start, span)), Box::new(self.local(end, span)));
        let is_empty = expr(ExprKind::Compare(op, low, high), Ty::BOOL, span);
        let (low, high) = (self.local(start, span), self.local(end, span));
        let (low, high) = (self.cast(low, Ty::U64), self.cast(high, Ty::U64));
        let mut last = wrapping(BinaryOp::Sub, high, low);
        if !is_inclusive {
            last = wrapping(BinaryOp::Sub, last, self.int(1, Ty::U64, span));
        }
        let every = self.local(step, span);
        let count = self.call_lang("range_steps", vec![is_empty, last, every], "a range in steps", span);
        let ty = self.types.intern(TyKind::Range(Ty::U64));
        let (from, to) = (Box::new(self.int(0, Ty::U64, span)), Box::new(count));
        let iter = expr(ExprKind::Range { start: from, end: to, is_inclusive: false }, ty, span);
        Iterated { before, iter, each: Each::Stepped { first: start, step } }
    }

    /// What a `for` over the value goes through.
    fn element_of(&mut self, iter: &Expr) -> Ty {
        let ty = self.resolve(iter.ty);
        match *self.types.get(ty) {
            TyKind::Range(elem) | TyKind::Array(elem) | TyKind::FixedArray(elem, _) => return elem,
            TyKind::Error | TyKind::Never => return Ty::ERROR,
            TyKind::Var(_) if self.var_kind(ty) == Some(super::infer::VarKind::Any) => {
                self.not_known_here(ty, "of what is gone through", iter.span, "needs a known type");
                return Ty::ERROR;
            }
            _ => {}
        }
        let found = self.words_for(iter);
        let message = format!("a `for` cannot go through {}", found.full);
        let mut error = Diagnostic::error(Code::NotIterable, message).at(iter.span, found.label());
        if self.is_number(ty) {
            error = error.help("go through a range: `0..n`");
        } else {
            error = error.help("ranges, arrays, dicts, sets and texts can be gone through");
        }
        self.error(error);
        Ty::ERROR
    }

    /// Binds the pattern of a loop: what each element is matched with, and a statement in front of the round. Gaps of a
    /// dict do not match.
    fn loop_pattern(
        &mut self,
        pattern: &'a ast::Pattern,
        iter: &Expr,
        each: Each,
    ) -> (Pattern, Option<Expr>) {
        let elem = self.element_of(iter);
        let span = pattern.span;
        let part = match each {
            Each::Element => return (self.element_pattern(pattern, elem), None),
            Each::Mirrored { first } => {
                return self
                    .counted_pattern(pattern, elem, first, |_, first, i| wrapping(BinaryOp::Sub, first, i));
            }
            Each::Stepped { first, step } => {
                return self.counted_pattern(pattern, elem, first, |checker, first, i| {
                    let (ty, step) = (first.ty, checker.local(step, span));
                    let (i, step) = (checker.cast(i, ty), checker.cast(step, ty));
                    let far = wrapping(BinaryOp::Mul, i, step);
                    wrapping(BinaryOp::Add, first, far)
                });
            }
            Each::Item => None,
            Each::Key => Some(0),
            Each::Value => Some(1),
        };
        let Some((item, present)) = self.payload_of(elem) else {
            return (self.element_pattern(pattern, Ty::ERROR), None);
        };
        let inner = match (part, self.types.get(item)) {
            (None, _) => self.element_pattern(pattern, item),
            (Some(at), TyKind::Tuple(parts, _)) => {
                let part = self.element_pattern(pattern, parts[at]);
                Pattern { kind: PatternKind::Fields(vec![(at as u32, part)], None), ty: item, span }
            }
            (Some(_), _) => self.element_pattern(pattern, Ty::ERROR),
        };
        (Pattern { kind: PatternKind::Variant(present, vec![(0, inner)]), ty: elem, span }, None)
    }

    /// A counter, and the pattern bound to what `value` makes of the first number and it.
    fn counted_pattern(
        &mut self,
        pattern: &'a ast::Pattern,
        ty: Ty,
        first: LocalId,
        value: impl FnOnce(&mut Self, Expr, Expr) -> Expr,
    ) -> (Pattern, Option<Expr>) {
        let (span, name) = (pattern.span, self.sym.empty);
        let counter = self.new_local(name, ty, false, span);
        let (first, i) = (self.local(first, span), self.local(counter, span));
        let value = value(self, first, i);
        let bound = self.element_pattern(pattern, value.ty);
        let first = binding(bound, value, span);
        (Pattern { kind: PatternKind::Bind(counter), ty, span }, Some(first))
    }
}

/// Arithmetic on two numbers of one type.
fn wrapping(op: BinaryOp, a: Expr, b: Expr) -> Expr {
    let (ty, span) = (a.ty, a.span);
    expr(ExprKind::Binary(op, Box::new(a), Box::new(b)), ty, span)
}
