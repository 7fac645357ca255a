//! Expressions.

use super::context::*;
use super::infer::VarKind;
use super::throws::Throws;
use super::tree::*;
use super::types::{Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::Symbol;
use crate::syntax::ast::{self, BinOp, ExprKind as Ast, NumberType, Suffix, UnOp};

impl<'a> Checker<'a> {
    /// The expression, checked and made to fit a type.
    pub fn expr_as(&mut self, e: &'a ast::Expr, ty: Ty, why: Why) -> Expr {
        let value = self.expr(e, Expect::Ty(ty, why));
        self.coerce(value, ty, why)
    }

    /// An expression. What is expected guides it; only [`Checker::expr_as`] guarantees its type.
    pub fn expr(&mut self, e: &'a ast::Expr, expect: Expect) -> Expr {
        let value = self.expr_of_kind(e, expect);
        self.check_size(e.span);
        value
    }

    fn expr_of_kind(&mut self, e: &'a ast::Expr, expect: Expect) -> Expr {
        let span = e.span;
        let expect = self.expect_by_form(e, expect);
        match &e.kind {
            Ast::Int { value, suffix } => self.int_literal(*value, *suffix, false, span),
            Ast::Float { value, single, suffix } => self.float_literal(*value, *single, *suffix, span),
            Ast::Bool(value) => expr(ExprKind::Literal(Constant::Bool(*value)), Ty::BOOL, span),
            Ast::Text(text) => expr(ExprKind::Literal(Constant::Text(*text)), Ty::TEXT, span),
            Ast::Interpolation(parts) => self.interpolation(parts, span),
            Ast::Name(name) => match self.find(*name) {
                Some(named) => self.named_value(named, *name, span, expect),
                None => self.unknown_name(*name, span),
            },
            Ast::Hole => self.hole(e),
            Ast::Instantiate(base, args) => self.instantiated_value(base, args, span, expect),
            Ast::Tuple(parts) => self.tuple(parts, span, expect),
            Ast::Array(parts) => self.array(parts, span, expect),
            Ast::Repeat(value, count) => self.repeat(value, count, span, expect),
            Ast::Unary(op, operand) => self.unary(*op, operand, span),
            Ast::Binary(BinOp::Pipe, value, callee) => self.pipe(value, callee, span, expect),
            Ast::Binary(op, a, b) => {
                let value = self.binary(*op, a, b, span, expect);
                self.nil_comparison(e, &value);
                value
            }
            Ast::Chain(first, rest) => self.chain(first, rest, span),
            Ast::Range { start, end, is_inclusive } => {
                self.range(start.as_deref(), end.as_deref(), *is_inclusive, span)
            }
            Ast::Cast(value, ty) => self.cast_expr(value, ty, span),
            Ast::Is(value, ty) => self.type_test(e, value, ty),
            Ast::Call(callee, args) => self.call(callee, args, span, expect),
            Ast::Field(base, name) => self.field_expr(e, base, *name, expect),
            Ast::TupleField(base, index) => {
                let base = self.expr(base, Expect::Any);
                self.tuple_field(base, u64::from(*index), span)
            }
            Ast::Index(base, index) => self.index(base, index, span),
            Ast::Slice(base, bounds) => self.slice(base, bounds, span),
            Ast::Update(update) => self.update_method(&update.target, update.method, &update.args, span),
            Ast::If(branches) => self.if_expr(branches, span, expect),
            Ast::Match(m) => self.match_expr(m, span, expect),
            Ast::Loop(body) => self.loop_expr(body, span, expect),
            Ast::Return(value) => self.return_expr(value.as_deref(), span),
            Ast::Break(value) => self.break_expr(value.as_deref(), span),
            Ast::Continue => match self.loop_left("continue", span) {
                Some(around) => expr(ExprKind::Continue(around.id), Ty::NEVER, span),
                None => self.error_expr(span),
            },
            Ast::Nil => self.nil(span, expect),
            Ast::Dict(entries) => self.dict_literal(entries, span, expect),
            Ast::Set(parts) => self.set_literal(parts, span, expect),
            Ast::Vector(_) => self.unsupported("a SIMD vector", span),
            Ast::Comprehension(made) => self.comprehension(made, span, expect),
            Ast::Coalesce(value, other) => self.coalesce(value, other, span, expect),
            Ast::OptionalChain(front, rest) => self.optional_chain(front, rest, span, expect),
            Ast::Propagate(value) => self.propagate(value, span),
            Ast::Unwrap(value) => self.unwrap(value, span),
            Ast::Present(value) => self.present(value, span),
            Ast::Lambda(lambda) => self.lambda(lambda, span, expect),
            Ast::Try { body, name, handler } => self.try_block(body, *name, handler, span, expect),
            Ast::TryElse { value, name, handler } => self.try_else(value, *name, handler, span, expect),
            Ast::Throw(error) => self.throw_expr(error, span),
            Ast::Yield(_) => self.unsupported("`yield`", span),
            Ast::Spawn(_) => self.unsupported("`spawn`", span),
        }
    }

    /// An integer literal with the sign in front of it.
    pub fn int_literal(&mut self, value: u64, suffix: Option<Suffix>, negative: bool, span: Span) -> Expr {
        let ty = match suffix {
            None => self.fresh(VarKind::Int, span),
            Some(Suffix::Type(ty)) => number_type(ty),
            Some(Suffix::Unit(unit)) => {
                return self.unit_literal(Number::Int { value, negative }, unit, span);
            }
        };
        self.number(Number::Int { value, negative }, ty, span)
    }

    fn float_literal(&mut self, value: f64, single: f32, suffix: Option<Suffix>, span: Span) -> Expr {
        let ty = match suffix {
            None => self.fresh(VarKind::Float, span),
            Some(Suffix::Type(ty)) => number_type(ty),
            Some(Suffix::Unit(unit)) => {
                return self.unit_literal(Number::Float { value, single }, unit, span);
            }
        };
        self.number(Number::Float { value, single }, ty, span)
    }

    fn tuple(&mut self, parts: &'a [ast::Arg], span: Span, expect: Expect) -> Expr {
        if parts.is_empty() {
            return expr(ExprKind::Unit, Ty::UNIT, span);
        }
        if parts.iter().any(|part| part.kind != ast::ArgKind::Value) {
            return self.spread_tuple(parts, span);
        }
        let hints = match expect.ty().map(|ty| self.types.get(self.resolve(ty)).clone()) {
            Some(TyKind::Tuple(types, _)) if types.len() == parts.len() => Some(types),
            _ => None,
        };
        let mut values = Vec::with_capacity(parts.len());
        for (i, part) in parts.iter().enumerate() {
            values.push(match (&hints, expect) {
                (Some(types), Expect::Ty(_, why)) => self.expr_as(&part.value, types[i], why.part()),
                _ => self.expr(&part.value, Expect::Any),
            });
        }
        let types = match hints {
            Some(types) => types,
            None => values.iter().map(|value| value.ty).collect(),
        };
        let labels: Option<Vec<Symbol>> = parts.iter().map(|part| part.label.map(|l| l.name)).collect();
        let ty = self.types.intern(TyKind::Tuple(types, labels));
        expr(ExprKind::Tuple(values), ty, span)
    }

    fn array(&mut self, parts: &'a [ast::Arg], span: Span, expect: Expect) -> Expr {
        let hint = expect.ty().map(|ty| self.types.get(self.resolve(ty)).clone());
        let elem_hint = match hint {
            Some(TyKind::Array(elem) | TyKind::FixedArray(elem, _)) => Some(elem),
            _ => None,
        };
        if parts.iter().any(|part| part.kind != ast::ArgKind::Value) {
            return self.spread_array(parts, elem_hint, span, expect);
        }
        let mut values = Vec::with_capacity(parts.len());
        for part in parts {
            values.push(match (elem_hint, expect) {
                (Some(elem), Expect::Ty(_, why)) => self.expr_as(&part.value, elem, why.part()),
                _ => {
                    // What a lambda takes, the elements in front of it tell.
                    let is_lambda = matches!(part.value.kind, Ast::Lambda(_));
                    let told = values.first().filter(|_| is_lambda);
                    let told = told.map(|first: &Expr| Expect::Ty(first.ty, Why::Sibling(first.span)));
                    let expect = self.expect_of_part(&part.value, expect);
                    self.expr(&part.value, told.unwrap_or(expect))
                }
            });
        }
        let elem = match elem_hint {
            Some(elem) => elem,
            None if values.is_empty() && self.is_any_wanted(expect) => Ty::ANY,
            None if values.is_empty() => self.fresh(VarKind::Any, span),
            None => self.joined(&mut values, expect),
        };
        let kind = match hint {
            Some(TyKind::FixedArray(_, n)) => {
                if n != values.len() as u64 {
                    let error = Diagnostic::error(
                        Code::TypeMismatch,
                        format!("expected an array of {n} elements, found {}", values.len()),
                    )
                    .at(span, format!("{} here", super::describe::plural(values.len(), "element")));
                    self.error(error);
                    return self.error_expr(span);
                }
                TyKind::FixedArray(elem, n)
            }
            _ => TyKind::Array(elem),
        };
        let ty = self.types.intern(kind);
        expr(ExprKind::Array(values), ty, span)
    }

    fn repeat(&mut self, value: &'a ast::Expr, count: &'a ast::Expr, span: Span, expect: Expect) -> Expr {
        let hint = expect.ty().map(|ty| self.types.get(self.resolve(ty)).clone());
        let value = match (&hint, expect) {
            (Some(TyKind::Array(elem) | TyKind::FixedArray(elem, _)), Expect::Ty(_, why)) => {
                self.expr_as(value, *elem, why.part())
            }
            _ => self.expr(value, Expect::Any),
        };
        let module = self.cx().scope.module;
        let known = self.const_int(count, module, 0);
        let count_span = count.span;
        let count = self.expr_as(count, Ty::I64, Why::None);
        let elem = match hint {
            Some(TyKind::Array(elem) | TyKind::FixedArray(elem, _)) => elem,
            _ => value.ty,
        };
        let kind = match hint {
            Some(TyKind::FixedArray(_, n)) => {
                if known != Some(i128::from(n)) {
                    let error = Diagnostic::error(
                        Code::TypeMismatch,
                        format!("expected an array of {n} elements, and this count is not known to be {n}"),
                    )
                    .at(count_span, format!("write `{n}` here"));
                    self.error(error);
                    return self.error_expr(span);
                }
                TyKind::FixedArray(elem, n)
            }
            _ => TyKind::Array(elem),
        };
        let ty = self.types.intern(kind);
        expr(ExprKind::Repeat(Box::new(value), Box::new(count)), ty, span)
    }

    /// `a..`, `..b`, `..`, or `..e` that was meant for something else than a range.
    pub fn open_range(
        &mut self,
        start: Option<&'a ast::Expr>,
        end: Option<&'a ast::Expr>,
        span: Span,
    ) -> Expr {
        let bound = start.or(end).map(|bound| self.expr(bound, Expect::Any));
        let is_bound = bound.is_none_or(|bound| {
            let ty = self.resolve(bound.ty);
            ty == Ty::ERROR || self.is_numeric(ty) || self.var_kind(ty).is_some()
        });
        let error = match start {
            None if !is_bound => Diagnostic::error(
                Code::BadArguments,
                "`..` stands in constructions of structs and classes only",
            )
            .at(span, "this takes values alone")
            .help("`...` takes the elements of an array or a tuple"),
            None => Diagnostic::error(Code::BadOperand, "a range has two ends")
                .at(span, "open at an end")
                .help("write where it begins: `0..n`"),
            Some(_) => Diagnostic::error(Code::BadOperand, "a range has two ends")
                .at(span, "open at an end")
                .help("write where it ends: `a..b`; a `loop` has no end"),
        };
        self.error(error);
        self.error_expr(span)
    }

    fn range(
        &mut self,
        start: Option<&'a ast::Expr>,
        end: Option<&'a ast::Expr>,
        is_inclusive: bool,
        span: Span,
    ) -> Expr {
        let (Some(start), Some(end)) = (start, end) else { return self.open_range(start, end, span) };
        let (start, end) = (self.expr(start, Expect::Any), self.expr(end, Expect::Any));
        let Some((start, end, ty)) = self.common_number(start, end, span, "..") else {
            return self.error_expr(span);
        };
        if !self.is_whole(ty, span) {
            let error = Diagnostic::error(Code::BadOperand, "a range is of integers")
                .at(span, format!("these ends are of type `{}`", self.show(ty)));
            self.error(error);
            return self.error_expr(span);
        }
        let ty = self.types.intern(TyKind::Range(ty));
        let kind = ExprKind::Range { start: Box::new(start), end: Box::new(end), is_inclusive };
        expr(kind, ty, span)
    }

    fn return_expr(&mut self, value: Option<&'a ast::Expr>, span: Span) -> Expr {
        let (ret, why, is_top_level) = {
            let cx = self.cx();
            (cx.ret, cx.ret_why, cx.is_top_level)
        };
        if self.leaves_defer("return", span) {
            return self.error_expr(span);
        }
        if is_top_level {
            if let Some(value) = value {
                self.expr(value, Expect::Any);
            }
            let error = Diagnostic::error(Code::MisplacedFlow, "`return` stands outside a function")
                .at(span, "there is no function to return from")
                .help("call `rt_exit(code)` to end the program, or write a `fn main()`");
            self.error(error);
            return self.error_expr(span);
        }
        if let Throws::Error(ty, _) = self.cx().throws {
            let value = match value {
                Some(value) => self.expr_as(value, ty, why),
                None => self.coerce(expr(ExprKind::Unit, Ty::UNIT, span), ty, why),
            };
            let value = self.returned(value, ret);
            return expr(ExprKind::Return(Some(Box::new(value))), Ty::NEVER, span);
        }
        let value = match value {
            Some(value) => Some(Box::new(self.expr_as(value, ret, why))),
            None => {
                let unit = expr(ExprKind::Unit, Ty::UNIT, span);
                self.coerce(unit, ret, why);
                None
            }
        };
        expr(ExprKind::Return(value), Ty::NEVER, span)
    }

    /// Reports a jump out of what is run when a block is left.
    pub fn leaves_defer(&mut self, word: &str, span: Span) -> bool {
        let is_deferred = self.cx().is_deferred;
        if is_deferred {
            let error = Diagnostic::error(Code::MisplacedFlow, format!("`{word}` leads out of a `defer`"))
                .at(span, "the block is being left already")
                .help("decide by a condition: `defer: if …: …`");
            self.error(error);
        }
        is_deferred
    }

    /// The loop that a `break` or `continue` is about; reported if there is none.
    fn loop_left(&mut self, word: &str, span: Span) -> Option<&mut LoopCx> {
        let is_comprehension = self.cx().loops.last().map(|around| around.is_comprehension);
        if is_comprehension == Some(false) {
            return self.cx().loops.last_mut();
        }
        let error = if is_comprehension.is_some() {
            Diagnostic::error(Code::MisplacedFlow, format!("`{word}` stands in a comprehension"))
                .at(span, "a comprehension goes through everything")
                .help("leave elements out by `if` behind the `for`, or write a loop")
        } else {
            Diagnostic::error(Code::MisplacedFlow, format!("`{word}` stands outside a loop"))
                .at(span, "there is no loop around this")
        };
        self.error(error);
        None
    }

    fn break_expr(&mut self, value: Option<&'a ast::Expr>, span: Span) -> Expr {
        let Some((id, carried)) = self.loop_left("break", span).map(|around| {
            around.has_break = true;
            (around.id, around.value)
        }) else {
            if let Some(value) = value {
                self.expr(value, Expect::Any);
            }
            return self.error_expr(span);
        };
        let value = match (value, carried) {
            (Some(value), Some(ty)) => Some(Box::new(self.expr_as(value, ty, Why::None))),
            (Some(value), None) => {
                let error = Diagnostic::error(Code::MisplacedFlow, "this loop cannot carry a value out")
                    .at(value.span, "only a `loop` gives the value of its `break`")
                    .help("use `loop`, or assign to a variable declared before the loop");
                self.error(error);
                None
            }
            (None, Some(ty)) => {
                let unit = expr(ExprKind::Unit, Ty::UNIT, span);
                self.coerce(unit, ty, Why::None);
                None
            }
            (None, None) => None,
        };
        expr(ExprKind::Break(id, value), Ty::NEVER, span)
    }

    /// `-x`, `~x`, `not x`.
    fn unary(&mut self, op: UnOp, operand: &'a ast::Expr, span: Span) -> Expr {
        match (op, &operand.kind) {
            (UnOp::Neg, Ast::Int { value, suffix }) => return self.int_literal(*value, *suffix, true, span),
            (UnOp::Neg, Ast::Float { value, single, suffix }) => {
                return self.float_literal(-value, -single, *suffix, span);
            }
            (UnOp::Await, _) => return self.unsupported("`await`", span),
            (UnOp::Not, _) => {
                let value = self.condition(operand);
                return expr(ExprKind::Unary(UnaryOp::Not, Box::new(value)), Ty::BOOL, span);
            }
            (UnOp::Neg | UnOp::BitNot, _) => {}
        }
        let value = self.expr(operand, Expect::Any);
        let ty = self.resolve(value.ty);
        if let Some(base) = self.unit_base(ty).filter(|&base| op == UnOp::Neg && self.is_number(base)) {
            return self.negative_unit(value, base, span);
        }
        let fits = match self.types.get(ty) {
            TyKind::Error | TyKind::Never => return value,
            TyKind::Var(_) if self.var_kind(ty) == Some(VarKind::Any) => {
                self.arithmetic_later(ty, span);
                op == UnOp::Neg || self.is_whole(ty, span)
            }
            // Of an unsigned type too: the negative wraps, so that `-1 as u8` is 255.
            _ => {
                if op == UnOp::Neg {
                    self.is_numeric(ty)
                } else {
                    self.is_whole(ty, span)
                }
            }
        };
        if fits {
            let op = if op == UnOp::Neg { UnaryOp::Neg } else { UnaryOp::BitNot };
            return expr(ExprKind::Unary(op, Box::new(value)), ty, span);
        }
        let found = self.words_for(&value);
        let message = format!("`{}` does not apply to {}", op.sign(), found.full);
        let error = Diagnostic::error(Code::BadOperand, message).at(operand.span, found.label());
        self.error(error);
        self.error_expr(span)
    }
}

/// Where the value of an expression comes from: the last line of a block.
pub(super) fn value_span(value: &Expr) -> Span {
    match &value.kind {
        ExprKind::Block(code, true) => code.last().map_or(value.span, value_span),
        _ => value.span,
    }
}

/// The type of a literal's suffix.
pub(super) fn number_type(ty: NumberType) -> Ty {
    match ty {
        NumberType::I8 => Ty::I8,
        NumberType::I16 => Ty::I16,
        NumberType::I32 => Ty::I32,
        NumberType::I64 => Ty::I64,
        NumberType::U8 => Ty::U8,
        NumberType::U16 => Ty::U16,
        NumberType::U32 => Ty::U32,
        NumberType::U64 => Ty::U64,
        NumberType::F32 => Ty::F32,
        NumberType::F64 => Ty::F64,
    }
}
