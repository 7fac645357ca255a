//! Operators on two operands (language reference §2, §6, §10).

use super::context::*;
use super::infer::{VarKind, widths};
use super::tree::*;
use super::types::{IntTy, Ty, TyKind};
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::syntax::ast::{self, BinOp};

/// Why two number types have no common one.
enum NoCommon {
    /// One is 64 bits wide and unsigned, the other signed.
    NeedsCast,
}

/// The integer type in which a pair computes: the wider one; with different signs the narrowest signed one that holds
/// both. `usize` may have 64 bits, so only a cast brings it together with a signed type.
fn common_int(a: IntTy, b: IntTy) -> Result<IntTy, NoCommon> {
    if a == b {
        return Ok(a);
    }
    if a.is_signed() == b.is_signed() {
        return Ok(if widths(a).1 < widths(b).1 || (widths(a).1 == widths(b).1 && b.bits().is_some()) {
            b
        } else {
            a
        });
    }
    let (signed, unsigned) = if a.is_signed() { (a, b) } else { (b, a) };
    let needed = widths(unsigned).1;
    if needed >= 64 {
        return Err(NoCommon::NeedsCast);
    }
    if widths(signed).0 > needed {
        return Ok(signed);
    }
    Ok(match needed {
        8 => IntTy::I16,
        16 => IntTy::I32,
        _ => IntTy::I64,
    })
}

fn arithmetic(op: BinOp) -> Option<BinaryOp> {
    Some(match op {
        BinOp::Add => BinaryOp::Add,
        BinOp::Sub => BinaryOp::Sub,
        BinOp::Mul => BinaryOp::Mul,
        BinOp::Div => BinaryOp::Div,
        BinOp::Rem => BinaryOp::Rem,
        BinOp::Pow => BinaryOp::Pow,
        BinOp::BitAnd => BinaryOp::And,
        BinOp::BitOr => BinaryOp::Or,
        BinOp::BitXor => BinaryOp::Xor,
        BinOp::Shl => BinaryOp::Shl,
        BinOp::Shr => BinaryOp::Shr,
        BinOp::Pipe
        | BinOp::Or
        | BinOp::And
        | BinOp::Eq
        | BinOp::Ne
        | BinOp::In
        | BinOp::NotIn
        | BinOp::Lt
        | BinOp::Gt
        | BinOp::Le
        | BinOp::Ge => return None,
    })
}

fn comparison(op: BinOp) -> Option<CompareOp> {
    Some(match op {
        BinOp::Eq => CompareOp::Eq,
        BinOp::Ne => CompareOp::Ne,
        BinOp::Lt => CompareOp::Lt,
        BinOp::Le => CompareOp::Le,
        BinOp::Gt => CompareOp::Gt,
        BinOp::Ge => CompareOp::Ge,
        BinOp::Pipe
        | BinOp::Or
        | BinOp::And
        | BinOp::In
        | BinOp::NotIn
        | BinOp::BitOr
        | BinOp::BitXor
        | BinOp::BitAnd
        | BinOp::Shl
        | BinOp::Shr
        | BinOp::Add
        | BinOp::Sub
        | BinOp::Mul
        | BinOp::Div
        | BinOp::Rem
        | BinOp::Pow => return None,
    })
}

/// The comparison that holds for `(b, a)` when `op` holds for `(a, b)`.
fn flipped(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Lt => CompareOp::Gt,
        CompareOp::Le => CompareOp::Ge,
        CompareOp::Gt => CompareOp::Lt,
        CompareOp::Ge => CompareOp::Le,
        CompareOp::Eq | CompareOp::Ne => op,
    }
}

fn sign(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "==",
        CompareOp::Ne => "!=",
        CompareOp::Lt => "<",
        CompareOp::Le => "<=",
        CompareOp::Gt => ">",
        CompareOp::Ge => ">=",
    }
}

impl<'a> Checker<'a> {
    /// Two operands and an operator.
    pub fn binary(
        &mut self,
        op: BinOp,
        a: &'a ast::Expr,
        b: &'a ast::Expr,
        span: Span,
        expect: Expect,
    ) -> Expr {
        match op {
            BinOp::And | BinOp::Or => {
                let first = self.condition(a);
                let facts = self.learn(a, op == BinOp::And);
                let second = self.condition(b);
                self.forget(facts);
                let (a, b) = (first, second);
                let op = if op == BinOp::And { LogicOp::And } else { LogicOp::Or };
                return expr(ExprKind::Logic(op, Box::new(a), Box::new(b)), Ty::BOOL, span);
            }
            BinOp::In | BinOp::NotIn => return self.contains(op == BinOp::NotIn, a, b, span),
            BinOp::Shr => {
                let first = self.expr(a, Expect::Any);
                return self.shift_or_compose(first, b, span, expect);
            }
            _ => {}
        }
        let (a, b) = (self.expr(a, Expect::Any), self.expr(b, Expect::Any));
        match (arithmetic(op), comparison(op)) {
            (Some(op), _) => self.arithmetic(op, a, b, span),
            (None, Some(op)) => self.compare(op, a, b, span),
            (None, None) => self.error_expr(span),
        }
    }

    /// `a op b` for an arithmetic or bitwise operator, `+` on texts too.
    pub fn arithmetic(&mut self, op: BinaryOp, a: Expr, b: Expr, span: Span) -> Expr {
        let (x, y) = (self.resolve(a.ty), self.resolve(b.ty));
        if x == Ty::ERROR || y == Ty::ERROR {
            return self.error_expr(span);
        }
        let text = if x == Ty::TEXT { a.span } else { b.span };
        if op == BinaryOp::Add && (x == Ty::TEXT || y == Ty::TEXT) && self.unify_by(x, y, text) {
            return concat(a, b, span);
        }
        if self.unit_base(x).or(self.unit_base(y)).is_some() {
            return self.unit_arithmetic(op, a, b, span);
        }
        if op == BinaryOp::Xor && x == Ty::BOOL && y == Ty::BOOL {
            return expr(ExprKind::Compare(CompareOp::Ne, Box::new(a), Box::new(b)), Ty::BOOL, span);
        }
        let sign = op_sign(op);
        if matches!(op, BinaryOp::Shl | BinaryOp::Shr) {
            return self.shift(op, a, b, span);
        }
        let is_bitwise = matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor);
        if is_bitwise && !(self.is_whole(x, span) && self.is_whole(y, span)) {
            self.bad_operands(sign, &a, &b, span);
            return self.error_expr(span);
        }
        let Some((a, b, ty)) = self.common_number(a, b, span, sign) else {
            return self.error_expr(span);
        };
        expr(ExprKind::Binary(op, Box::new(a), Box::new(b)), ty, span)
    }

    /// `a >> b`: of functions, their composition.
    fn shift_or_compose(&mut self, first: Expr, b: &'a ast::Expr, span: Span, expect: Expect) -> Expr {
        self.await_function(first.ty, Expect::Any);
        let ty = self.resolve(first.ty);
        let TyKind::Fn(_, middle) = *self.types.get(ty) else {
            let count = self.expr(b, Expect::Any);
            return self.arithmetic(BinaryOp::Shr, first, count, span);
        };
        let ret = match self.wanted_function(expect) {
            Some(wanted) => wanted.ret,
            None => self.fresh(VarKind::Any, span),
        };
        let middle = self.thrown_parts(middle).map_or(middle, |(value, _)| value);
        let wanted = self.types.intern(TyKind::Fn(vec![middle], ret));
        let expect = Expect::Ty(wanted, Why::Called);
        let second = self.expr(b, expect);
        self.await_function(second.ty, expect);
        self.compose(first, second, span)
    }

    fn shift(&mut self, op: BinaryOp, a: Expr, b: Expr, span: Span) -> Expr {
        let (x, y) = (self.resolve(a.ty), self.settle(b.ty));
        let is_known = |checker: &Self, ty: Ty| checker.var_kind(ty) != Some(VarKind::Any);
        if !is_known(self, x) || !is_known(self, y) || !self.is_whole(x, span) || !self.is_whole(y, span) {
            self.bad_operands(op_sign(op), &a, &b, span);
            return self.error_expr(span);
        }
        expr(ExprKind::Binary(op, Box::new(a), Box::new(b)), x, span)
    }

    /// Remembers that an unknown must turn out to be a number.
    pub fn arithmetic_later(&mut self, ty: Ty, span: Span) {
        self.unknown_operands.push((ty, span));
    }

    pub fn is_numeric(&self, ty: Ty) -> bool {
        self.is_number(ty) || self.var_kind(ty).is_some_and(|kind| kind != VarKind::Any)
    }

    /// Two numbers brought to the type in which they compute; anything else is reported.
    pub fn common_number(&mut self, a: Expr, b: Expr, span: Span, sign: &str) -> Option<(Expr, Expr, Ty)> {
        let (x, y) = (self.resolve(a.ty), self.resolve(b.ty));
        if x == Ty::ERROR || y == Ty::ERROR {
            return None;
        }
        if x == Ty::NEVER || y == Ty::NEVER {
            let ty = if x == Ty::NEVER { y } else { x };
            if self.fits_operand(ty) {
                return Some((a, b, ty));
            }
        }
        match (self.var_kind(x), self.var_kind(y)) {
            (Some(VarKind::Any), Some(VarKind::Any)) => {
                self.unify(x, y);
                self.arithmetic_later(x, span);
                return Some((a, b, x));
            }
            (Some(VarKind::Any), _) if self.is_numeric(y) => {
                self.unify_by(x, y, b.span);
                return Some((a, b, y));
            }
            (_, Some(VarKind::Any)) if self.is_numeric(x) => {
                self.unify_by(x, y, a.span);
                return Some((a, b, x));
            }
            // A float literal with an integer: the integer becomes an f64.
            (Some(VarKind::Float), None) if matches!(self.types.get(y), TyKind::Int(_)) => {
                self.unify(x, Ty::F64);
            }
            (None, Some(VarKind::Float)) if matches!(self.types.get(x), TyKind::Int(_)) => {
                self.unify(y, Ty::F64);
            }
            (Some(_), _) | (_, Some(_)) if self.is_numeric(x) && self.is_numeric(y) => {
                self.unify(x, y);
            }
            _ => {}
        }
        let (x, y) = (self.resolve(x), self.resolve(y));
        if x == y && self.is_numeric(x) {
            return Some((a, b, x));
        }
        // Of `1 << 3` and a float each is what it is by itself.
        let (x, y) = (self.settle(x), self.settle(y));
        let common = match (self.types.get(x), self.types.get(y)) {
            (TyKind::Int(i), TyKind::Int(j)) => match common_int(*i, *j) {
                Ok(int) => self.types.intern(TyKind::Int(int)),
                Err(NoCommon::NeedsCast) => {
                    self.needs_cast(sign, x, y, a.span, b.span, span);
                    return None;
                }
            },
            (TyKind::F32 | TyKind::F64 | TyKind::Int(_), TyKind::F32 | TyKind::F64 | TyKind::Int(_)) => {
                Ty::F64
            }
            _ => {
                self.bad_operands(sign, &a, &b, span);
                return None;
            }
        };
        let a = if x == common { a } else { self.cast(a, common) };
        let b = if y == common { b } else { self.cast(b, common) };
        Some((a, b, common))
    }

    fn needs_cast(&mut self, sign: &str, x: Ty, y: Ty, a: Span, b: Span, span: Span) {
        let (left, right) = (self.show(x), self.show(y));
        let error = Diagnostic::error(
            Code::NeedsCast,
            format!("no integer type holds the values of both `{left}` and `{right}`"),
        )
        .at(span, format!("`{sign}` of `{left}` and `{right}`"))
        .also(a, format!("`{left}`"))
        .also(b, format!("`{right}`"))
        .help(format!("cast one of them: `… as {left}` or `… as {right}`"));
        self.error(error);
    }

    pub fn bad_operands(&mut self, sign: &str, a: &Expr, b: &Expr, span: Span) {
        let (x, y) = (self.resolve(a.ty), self.resolve(b.ty));
        let (left, right) = (self.words_for(a), self.words_for(b));
        let message = format!("`{sign}` does not apply to {} and {}", left.full, right.full);
        let mut error = Diagnostic::error(Code::BadOperand, message)
            .at(span, "no such operation")
            .also(a.span, left.short)
            .also(b.span, right.short);
        if self.payload_of(x).is_some() || self.payload_of(y).is_some() {
            error = error.help("take the optional value out: `if val x = …:`, `… ?? default`, or `…!`");
        } else if sign == "+" && (x == Ty::TEXT || y == Ty::TEXT) {
            error = error.help("interpolate: `\"{a}{b}\"`");
        } else if x == Ty::BOOL && y == Ty::BOOL && (sign == "&" || sign == "|") {
            error = error.help(if sign == "&" { "write `and`" } else { "write `or`" });
        } else if sign == "*" && (x == Ty::TEXT || y == Ty::TEXT) {
            error = error.help("repeat it: `….repeat(n)`");
        } else if sign == "+" && matches!(self.types.get(x), TyKind::Array(_) | TyKind::FixedArray(..)) {
            error = error.help("the elements of both: `[...a, ...b]`; `….push(x)` adds one");
        } else if sign == "*" && matches!(self.types.get(x), TyKind::Array(_) | TyKind::FixedArray(..)) {
            error = error.help("repeat what makes an element: `[x for _ in 0..n]`");
        } else if let Some(help) = self.unit_help(x, y) {
            error = error.help(help);
        } else if matches!(self.types.get(x), TyKind::Param(_)) {
            error = error.note("a type parameter has only the operators of its bounds");
        }
        self.error(error);
    }

    /// `a op b` for a comparison.
    pub fn compare(&mut self, op: CompareOp, a: Expr, b: Expr, span: Span) -> Expr {
        let (x, y) = (self.resolve(a.ty), self.resolve(b.ty));
        if x == Ty::ERROR || y == Ty::ERROR {
            return self.error_expr(span);
        }
        let kind = |op, a, b| ExprKind::Compare(op, Box::new(a), Box::new(b));
        if self.is_numeric(x) && self.is_numeric(y) {
            if let (TyKind::Int(i), TyKind::Int(j)) = (self.types.get(x), self.types.get(y)) {
                let (i, j) = (*i, *j);
                if common_int(i, j).is_err() {
                    return self.compare_by_value(op, a, b, i.is_signed(), span);
                }
            }
            let Some((a, b, _)) = self.common_number(a, b, span, sign(op)) else {
                return self.error_expr(span);
            };
            return expr(kind(op, a, b), Ty::BOOL, span);
        }
        let (a, b) = (self.as_char(a, y), self.as_char(b, x));
        let (a, b) = match (self.types.get(x), self.types.get(y)) {
            (TyKind::FixedArray(..), TyKind::Array(_)) => (self.as_array(a), b),
            (TyKind::Array(_), TyKind::FixedArray(..)) => (a, self.as_array(b)),
            _ => (a, b),
        };
        let (x, y) = (self.resolve(a.ty), self.resolve(b.ty));
        // An optional value is compared with a plain one by its payload.
        let (a, b) = match (self.payload_of(x), self.payload_of(y)) {
            (Some(_), None) if self.var_kind(y) != Some(VarKind::Any) => match self.wrap_in_option(b, x) {
                Ok(b) => (a, b),
                Err(b) => (a, b),
            },
            (None, Some(_)) if self.var_kind(x) != Some(VarKind::Any) => match self.wrap_in_option(a, y) {
                Ok(a) => (a, b),
                Err(a) => (a, b),
            },
            _ => (a, b),
        };
        let (x, y) = (self.resolve(a.ty), self.resolve(b.ty));
        // A value is compared with one of a wider type as one of that.
        let (a, b) = if self.is_wider(y, x) {
            (a, self.upcast(b, x))
        } else if self.is_wider(x, y) {
            (self.upcast(a, y), b)
        } else {
            (a, b)
        };
        let (x, y) = (self.resolve(a.ty), self.resolve(b.ty));
        if !self.unify(x, y) {
            self.bad_operands(sign(op), &a, &b, span);
            return self.error_expr(span);
        }
        let bound = match op {
            CompareOp::Eq | CompareOp::Ne => Builtin::Eq,
            CompareOp::Lt | CompareOp::Le | CompareOp::Gt | CompareOp::Ge => Builtin::Ord,
        };
        self.require(x, bound, span);
        expr(kind(op, a, b), Ty::BOOL, span)
    }

    /// A signed with an unsigned integer of which no type holds both: the signed one is below zero, or both are compared
    /// as `u64`.
    fn compare_by_value(&mut self, op: CompareOp, a: Expr, b: Expr, first_signed: bool, span: Span) -> Expr {
        let (let_a, a) = self.temporary(a, false);
        let (let_b, b) = self.temporary(b, false);
        let (signed, unsigned, op) = if first_signed { (a, b, op) } else { (b, a, flipped(op)) };
        let (value, zero) = (self.local(signed, span), self.int(0, Ty::I64, span));
        let value = self.cast(value, Ty::I64);
        let (when_negative, logic) = match op {
            CompareOp::Lt | CompareOp::Le | CompareOp::Ne => (CompareOp::Lt, LogicOp::Or),
            CompareOp::Gt | CompareOp::Ge | CompareOp::Eq => (CompareOp::Ge, LogicOp::And),
        };
        let sign_test =
            expr(ExprKind::Compare(when_negative, Box::new(value), Box::new(zero)), Ty::BOOL, span);
        let (left, right) = (self.local(signed, span), self.local(unsigned, span));
        let (left, right) = (self.cast(left, Ty::U64), self.cast(right, Ty::U64));
        let same_sign = expr(ExprKind::Compare(op, Box::new(left), Box::new(right)), Ty::BOOL, span);
        let result = expr(ExprKind::Logic(logic, Box::new(sign_test), Box::new(same_sign)), Ty::BOOL, span);
        expr(ExprKind::Block(vec![let_a, let_b, result], true), Ty::BOOL, span)
    }

    /// `a < b <= c`: each operand is evaluated once, and only as far as the comparisons hold.
    pub fn chain(&mut self, first: &'a ast::Expr, rest: &'a [(BinOp, ast::Expr)], span: Span) -> Expr {
        let mut from = first.span;
        let first = self.expr(first, Expect::Any);
        let mut operands: Vec<Expr> = Vec::with_capacity(rest.len());
        for (_, operand) in rest {
            operands.push(self.expr(operand, Expect::Any));
        }
        // A temporary is no literal any more, which might be a character.
        let is_of_chars = operands.iter().chain([&first]).any(|operand| self.resolve(operand.ty) == Ty::CHAR);
        let common = if is_of_chars { Ty::CHAR } else { Ty::ERROR };
        let first = self.as_char(first, common);
        let first = self.settled(first);
        let (start, mut left) = self.temporary(first, false);
        // From left to right each comparison is bound to a temporary; then they are nested from the right.
        let mut links: Vec<(Option<Expr>, Expr)> = Vec::with_capacity(rest.len());
        for (i, ((op, operand), value)) in rest.iter().zip(operands).enumerate() {
            let value = self.as_char(value, common);
            let (at, link) = (self.local(left, from), from.to(operand.span));
            from = operand.span;
            let Some(op) = comparison(*op) else {
                return self.unsupported("this operator in a chain of comparisons", span);
            };
            if i + 1 == rest.len() {
                let mut test = self.compare(op, at, value, span);
                test.span = link;
                links.push((None, test));
            } else {
                let hint = at.ty;
                if self.var_kind(value.ty).is_some() && self.is_numeric(hint) {
                    self.unify(value.ty, hint);
                }
                let value = self.settled(value);
                let (bind, local) = self.temporary(value, false);
                let right = self.local(local, operand.span);
                let mut test = self.compare(op, at, right, span);
                test.span = link;
                links.push((Some(bind), test));
                left = local;
            }
        }
        let mut result: Option<Expr> = None;
        for (bind, test) in links.into_iter().rev() {
            let test = match result {
                None => test,
                Some(rest) => {
                    expr(ExprKind::Logic(LogicOp::And, Box::new(test), Box::new(rest)), Ty::BOOL, span)
                }
            };
            result = Some(match bind {
                None => test,
                Some(bind) => expr(ExprKind::Block(vec![bind, test], true), Ty::BOOL, span),
            });
        }
        let result = result.unwrap_or_else(|| self.error_expr(span));
        expr(ExprKind::Block(vec![start, result], true), Ty::BOOL, span)
    }

    /// The value with a literal's type decided.
    pub fn settled(&mut self, mut value: Expr) -> Expr {
        value.ty = self.settle(value.ty);
        value
    }
}

/// `a + b` of texts: one formatting for a whole chain, so that a chain copies every text once.
pub(super) fn concat(a: Expr, b: Expr, span: Span) -> Expr {
    let mut parts = match a.kind {
        ExprKind::Format(parts) => parts,
        _ => vec![FormatPart::Value(a, None)],
    };
    match b.kind {
        ExprKind::Format(more) => parts.extend(more),
        _ => parts.push(FormatPart::Value(b, None)),
    }
    expr(ExprKind::Format(parts), Ty::TEXT, span)
}

/// As written.
pub(super) fn op_sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Rem => "%",
        BinaryOp::Pow => "**",
        BinaryOp::FloorDiv => "fdiv",
        BinaryOp::And => "&",
        BinaryOp::Or => "|",
        BinaryOp::Xor => "^",
        BinaryOp::Shl => "<<",
        BinaryOp::Shr => ">>",
        BinaryOp::Min => "min",
        BinaryOp::Max => "max",
    }
}

/// The operator of a compound assignment.
pub(super) fn compound(op: BinOp) -> Option<BinaryOp> {
    arithmetic(op)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_types_hold_both() {
        use IntTy::*;
        let common = |a, b| common_int(a, b).ok();
        assert_eq!(common(I8, I32), Some(I32));
        assert_eq!(common(U8, U64), Some(U64));
        assert_eq!(common(I8, U8), Some(I16));
        assert_eq!(common(U32, I32), Some(I64));
        assert_eq!(common(I64, U8), Some(I64), "an i64 holds every u8");
        assert_eq!(common(I64, U64), None);
        assert_eq!(common(I64, Usize), None, "a usize may have 64 bits");
        assert_eq!(common(U32, Usize), Some(Usize), "a usize has at least 32 bits");
        assert_eq!(common(U64, Usize), Some(U64));
        assert_eq!(common(Usize, U64), Some(U64));
    }
}
