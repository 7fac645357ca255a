//! Operators and postfixes, by precedence (language reference §2).

use super::*;

/// Precedences of the operators between operands, loosest first. Unary operators and postfixes bind tighter.
mod prec {
    pub const PIPE: u8 = 1;
    pub const OR: u8 = 2;
    pub const AND: u8 = 3;
    pub const NOT: u8 = 4;
    pub const EQUALITY: u8 = 5;
    pub const RELATION: u8 = 6;
    pub const RANGE: u8 = 7;
    pub const BIT_OR: u8 = 8;
    pub const BIT_XOR: u8 = 9;
    pub const BIT_AND: u8 = 10;
    pub const SHIFT: u8 = 11;
    pub const SUM: u8 = 12;
    pub const PRODUCT: u8 = 13;
    pub const POWER: u8 = 14;
}

impl Parser<'_> {
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        let outer = std::mem::take(&mut self.height);
        let result = self.nested(|p| p.binary(prec::PIPE));
        self.height = outer.max(self.height + 1);
        result
    }

    /// The operator to come and its precedence.
    fn binary_op(&self) -> Option<(BinOp, u8)> {
        use TokenKind::*;
        Some(match self.kind() {
            PipeRight => (BinOp::Pipe, prec::PIPE),
            Or => (BinOp::Or, prec::OR),
            And => (BinOp::And, prec::AND),
            EqEq => (BinOp::Eq, prec::EQUALITY),
            BangEq => (BinOp::Ne, prec::EQUALITY),
            In => (BinOp::In, prec::EQUALITY),
            Not if self.ahead(1).kind == In => (BinOp::NotIn, prec::EQUALITY),
            Lt => (BinOp::Lt, prec::RELATION),
            Gt => (BinOp::Gt, prec::RELATION),
            Le => (BinOp::Le, prec::RELATION),
            Ge => (BinOp::Ge, prec::RELATION),
            Pipe => (BinOp::BitOr, prec::BIT_OR),
            Caret | Xor => (BinOp::BitXor, prec::BIT_XOR),
            Amp => (BinOp::BitAnd, prec::BIT_AND),
            Shl => (BinOp::Shl, prec::SHIFT),
            Shr => (BinOp::Shr, prec::SHIFT),
            Plus => (BinOp::Add, prec::SUM),
            Minus => (BinOp::Sub, prec::SUM),
            Star => (BinOp::Mul, prec::PRODUCT),
            Slash => (BinOp::Div, prec::PRODUCT),
            Percent => (BinOp::Rem, prec::PRODUCT),
            StarStar => (BinOp::Pow, prec::POWER),
            _ => return None,
        })
    }

    /// Operands joined by operators of at least this precedence.
    fn binary(&mut self, least: u8) -> Parsed<Expr> {
        let start = self.here();
        let is_open = least <= prec::RANGE && matches!(self.kind(), TokenKind::DotDot | TokenKind::DotDotEq);
        let mut left = if is_open { self.range(None)? } else { self.unary()? };
        // Whether `left` is a comparison made by this loop, so that another one makes a chain.
        let mut is_relation = false;
        loop {
            if matches!(self.kind(), TokenKind::DotDot | TokenKind::DotDotEq) {
                if prec::RANGE < least {
                    return Ok(left);
                }
                left = self.range(Some(left))?;
                is_relation = false;
                continue;
            }
            if self.at(TokenKind::Is) {
                if prec::EQUALITY < least {
                    return Ok(left);
                }
                left = self.type_test(left)?;
                is_relation = false;
                continue;
            }
            let Some((op, precedence)) = self.binary_op() else { return Ok(left) };
            if precedence < least {
                return Ok(left);
            }
            self.bump();
            if op == BinOp::NotIn {
                self.bump();
            }
            let right = if op == BinOp::Pow {
                self.nested(|p| p.binary(prec::POWER))?
            } else {
                self.binary(precedence + 1)?
            };
            self.grow()?;
            let span = self.since(start);
            let is_second = precedence == prec::RELATION && is_relation;
            let kind = match left.kind {
                ExprKind::Binary(first, a, b) if is_second => {
                    ExprKind::Chain(a, vec![(first, *b), (op, right)])
                }
                ExprKind::Chain(a, mut rest) if is_second => {
                    rest.push((op, right));
                    ExprKind::Chain(a, rest)
                }
                kind => {
                    let left = Expr { kind, span: left.span };
                    ExprKind::Binary(op, Box::new(left), Box::new(right))
                }
            };
            left = Expr { kind, span };
            is_relation = precedence == prec::RELATION;
        }
    }

    /// `is T`, `is not T`.
    fn type_test(&mut self, value: Expr) -> Parsed<Expr> {
        self.bump();
        let is_not = self.eat(TokenKind::Not);
        let ty = self.tested_ty()?;
        self.grow()?;
        let span = self.since(value.span);
        let test = Expr { kind: ExprKind::Is(Box::new(value), Box::new(ty)), span };
        Ok(if is_not { Expr { kind: ExprKind::Unary(UnOp::Not, Box::new(test)), span } } else { test })
    }

    /// `a..b`; what is open at an end, the checker reports.
    fn range(&mut self, start: Option<Expr>) -> Parsed<Expr> {
        let from = start.as_ref().map_or_else(|| self.here(), |start| start.span);
        let is_inclusive = self.bump().kind == TokenKind::DotDotEq;
        let end = if self.at_expr() { Some(Box::new(self.binary(prec::RANGE + 1)?)) } else { None };
        self.grow()?;
        let (start, span) = (start.map(Box::new), self.since(from));
        Ok(Expr { kind: ExprKind::Range { start, end, is_inclusive }, span })
    }

    /// Whether the token to come can start an expression.
    pub(super) fn at_expr(&self) -> bool {
        use TokenKind::*;
        match self.kind() {
            Number | RawText | Text | TextOpen | True | False | Nil | LParen | LBracket | LBrace
            | Backslash | Fn | If | Match | Loop | Try | Return | Break | Continue | Throw | Yield
            | Minus | Tilde | Not | Await => true,
            kind => kind.is_name(),
        }
    }

    fn unary(&mut self) -> Parsed<Expr> {
        let start = self.here();
        let op = match self.kind() {
            TokenKind::Minus => UnOp::Neg,
            TokenKind::Tilde => UnOp::BitNot,
            TokenKind::Await => UnOp::Await,
            TokenKind::Not => UnOp::Not,
            _ => {
                let primary = self.primary()?;
                return self.postfix(primary);
            }
        };
        self.bump();
        let operand = self.nested(|p| if op == UnOp::Not { p.binary(prec::NOT + 1) } else { p.unary() })?;
        self.grow()?;
        Ok(Expr { kind: ExprKind::Unary(op, Box::new(operand)), span: self.since(start) })
    }

    /// What stands behind a `.` or `?.`.
    fn member_of(&mut self, base: Expr) -> Parsed<ExprKind> {
        let base = Box::new(base);
        if self.at(TokenKind::Number) {
            return Ok(ExprKind::TupleField(base, self.tuple_index()?));
        }
        Ok(ExprKind::Field(base, self.any_word("a field or a method")?))
    }

    fn postfix(&mut self, mut base: Expr) -> Parsed<Expr> {
        use TokenKind::*;
        let start = base.span;
        // What stands in front of each `?.` of the chain that is not ended yet.
        let mut found = std::vec::Vec::new();
        loop {
            let token = self.token();
            if matches!(token.kind, DotQuestion | Question | Bang | QuestionQuestion | As | Arrow) {
                base = self.end_chain(&mut found, base)?;
            }
            let kind = match token.kind {
                LParen => ExprKind::Call(Box::new(base), self.call_args()?),
                LBracket => self.index(base)?,
                Dot => {
                    self.bump();
                    self.member_of(base)?
                }
                QuestionDot => {
                    self.bump();
                    let name = Expr { kind: ExprKind::Name(self.interner.intern(FOUND)), span: base.span };
                    found.push(base);
                    self.member_of(name)?
                }
                DotQuestion => {
                    self.bump();
                    ExprKind::Present(Box::new(base))
                }
                Question => {
                    self.bump();
                    ExprKind::Propagate(Box::new(base))
                }
                Bang => {
                    self.bump();
                    ExprKind::Unwrap(Box::new(base))
                }
                QuestionQuestion => {
                    self.bump();
                    let right = self.nested(Self::unary)?;
                    ExprKind::Coalesce(Box::new(base), Box::new(right))
                }
                As => {
                    self.bump();
                    ExprKind::Cast(Box::new(base), Box::new(self.cast_ty()?))
                }
                // With blanks around it, it is the arrow of an arm.
                Arrow if !token.has_space && self.ahead(1).kind.is_word() && !self.ahead(1).has_space => {
                    self.bump();
                    let method = self.any_word("a method")?;
                    if !self.at(LParen) {
                        return self.expected(Code::ExpectedToken, "`(`");
                    }
                    ExprKind::Update(Box::new(Update { target: base, method, args: self.call_args()? }))
                }
                Lt if takes_type_args(&base) && self.at_explicit_type_args() => {
                    ExprKind::Instantiate(Box::new(base), self.type_args()?)
                }
                Backslash if takes_lambda(&base) => {
                    let lambda = Arg { label: None, kind: ArgKind::Trailing, value: self.lambda()? };
                    match base.kind {
                        // `xs.fold(0) \a, b: a + b` adds to the arguments given.
                        ExprKind::Call(callee, mut args) => {
                            args.push(lambda);
                            ExprKind::Call(callee, args)
                        }
                        kind => ExprKind::Call(Box::new(Expr { kind, span: base.span }), vec![lambda]),
                    }
                }
                _ => return self.end_chain(&mut found, base),
            };
            self.grow()?;
            base = Expr { kind, span: self.since(start) };
        }
    }

    /// A chain that ends, behind all of its `?.`.
    fn end_chain(&mut self, found: &mut Vec<Expr>, mut rest: Expr) -> Parsed<Expr> {
        while let Some(front) = found.pop() {
            self.grow()?;
            let span = rest.span;
            rest = Expr { kind: ExprKind::OptionalChain(Box::new(front), Box::new(rest)), span };
        }
        Ok(rest)
    }

    /// `(args)`.
    pub(super) fn call_args(&mut self) -> Parsed<Vec<Arg>> {
        self.expect(TokenKind::LParen)?;
        let args = self.list(TokenKind::RParen, Self::arg)?;
        let mut labels: Vec<Symbol> = Vec::new();
        for arg in &args {
            match arg.label {
                Some(label) if labels.contains(&label.name) => {
                    let error = Diagnostic::error(Code::BadArguments, "the same name is given twice");
                    self.diags.push(error.at(label.span, "given before"));
                    return Err(Failed);
                }
                Some(label) => labels.push(label.name),
                None if arg.kind == ArgKind::Value && !labels.is_empty() && !is_lambda(&arg.value) => {
                    let error = Diagnostic::error(
                        Code::BadArguments,
                        "an argument without name after one with a name",
                    );
                    self.diags.push(error.at(arg.value.span, "").help("give it a name, or put it first"));
                    return Err(Failed);
                }
                None => {}
            }
        }
        Ok(args)
    }

    /// `e`, `name: e`, `...e`, `..e`.
    pub(super) fn arg(&mut self) -> Parsed<Arg> {
        if self.eat(TokenKind::Ellipsis) {
            return Ok(Arg { label: None, kind: ArgKind::Spread, value: self.expr()? });
        }
        // What is open at both ends is no part of a construction.
        if self.at(TokenKind::DotDot) && !matches!(self.ahead(1).kind, TokenKind::Comma | TokenKind::RParen) {
            self.bump();
            return Ok(Arg { label: None, kind: ArgKind::Update, value: self.expr()? });
        }
        if self.kind().is_word() && self.ahead(1).kind == TokenKind::Colon {
            let label = Some(self.word());
            self.bump();
            return Ok(Arg { label, kind: ArgKind::Value, value: self.expr()? });
        }
        Ok(Arg { label: None, kind: ArgKind::Value, value: self.expr()? })
    }

    /// `[i]`, `[i, j]`, `[a:b:c]`.
    fn index(&mut self, base: Expr) -> Parsed<ExprKind> {
        let start = self.here();
        self.bump();
        self.brackets += 1;
        let result = self.index_inside(base, start);
        self.brackets -= 1;
        result
    }

    fn index_inside(&mut self, base: Expr, start: Span) -> Parsed<ExprKind> {
        let first = if self.at(TokenKind::Colon) { None } else { Some(self.expr()?) };
        if !self.at(TokenKind::Colon) {
            let mut indices = Vec::from_iter(first);
            while self.eat(TokenKind::Comma) {
                indices.push(self.expr()?);
            }
            self.expect(TokenKind::RBracket)?;
            let index = match indices.pop() {
                Some(only) if indices.is_empty() => only,
                last => {
                    indices.extend(last);
                    let values = indices.into_iter();
                    let args = values.map(|value| Arg { label: None, kind: ArgKind::Value, value }).collect();
                    Expr { kind: ExprKind::Tuple(args), span: self.since(start) }
                }
            };
            return Ok(ExprKind::Index(Box::new(base), Box::new(index)));
        }
        let mut bounds = SliceBounds { start: first, end: None, step: None };
        self.bump();
        if !matches!(self.kind(), TokenKind::Colon | TokenKind::RBracket) {
            bounds.end = Some(self.expr()?);
        }
        if self.eat(TokenKind::Colon) && !self.at(TokenKind::RBracket) {
            bounds.step = Some(self.expr()?);
        }
        self.expect(TokenKind::RBracket)?;
        Ok(ExprKind::Slice(Box::new(base), Box::new(bounds)))
    }
}

fn is_lambda(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Lambda(_))
}

fn takes_type_args(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Name(_) | ExprKind::Field(..))
}

fn takes_lambda(expr: &Expr) -> bool {
    takes_type_args(expr) || matches!(expr.kind, ExprKind::Call(..) | ExprKind::Instantiate(..))
}
