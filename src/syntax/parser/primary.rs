//! Expressions that are no operators: names, literals of collections, lambdas, branches, exits.

use super::*;

impl Parser<'_> {
    pub(super) fn primary(&mut self) -> Parsed<Expr> {
        use TokenKind::*;
        let start = self.here();
        let next = self.ahead(1);
        let kind = match self.kind() {
            Number | RawText | Text | TextOpen | True | False | Nil => return self.literal(),
            Vec if next.kind == LBracket && !next.has_space => return self.vector(),
            Spawn if next.kind.is_name() && next.has_space => {
                self.bump();
                ExprKind::Spawn(Box::new(self.expr()?))
            }
            LParen => return self.parentheses(),
            LBracket => self.array()?,
            LBrace => self.braces()?,
            Backslash => return self.lambda(),
            Fn => self.fn_lambda()?,
            If | Match | Loop | Try => return self.compound(false),
            Return => {
                self.bump();
                let value = self.optional_operand()?;
                self.has_bare_return |= value.is_none();
                ExprKind::Return(value)
            }
            Break => {
                self.bump();
                ExprKind::Break(self.optional_operand()?)
            }
            Continue => {
                self.bump();
                ExprKind::Continue
            }
            Throw => {
                self.bump();
                ExprKind::Throw(Box::new(self.expr()?))
            }
            Yield => {
                self.bump();
                self.has_yield = true;
                ExprKind::Yield(Box::new(self.expr()?))
            }
            kind if kind.is_name() => ExprKind::Name(self.word().name),
            Underscore => {
                self.bump();
                ExprKind::Hole
            }
            Plus => {
                let error = Diagnostic::error(Code::ExpectedExpression, "there is no `+` with one operand")
                    .at(start, "")
                    .help(match self.tokens[self.pos.saturating_sub(1)].kind {
                        Plus => "count up with `n += 1`",
                        _ => "leave it out",
                    });
                return self.fail(error);
            }
            kind if kind.is_reserved() => {
                // It was meant as the name that it cannot be.
                if self.misused.contains(&kind) {
                    return Err(Failed);
                }
                let error = self.expectation(Code::ExpectedExpression, "an expression");
                return self.fail(match self.habit() {
                    Some(help) => error.help(help),
                    None => error.note(format!("{} is a word of the language", kind.describe())),
                });
            }
            _ => {
                let error = self.expectation(Code::ExpectedExpression, "an expression");
                return self.fail(match self.habit() {
                    Some(help) => error.help(help),
                    None => error,
                });
            }
        };
        Ok(Expr { kind, span: self.since(start) })
    }

    fn optional_operand(&mut self) -> Parsed<Option<Box<Expr>>> {
        if self.at_expr() { Ok(Some(Box::new(self.expr()?))) } else { Ok(None) }
    }

    /// `(e)`, `()`, `(a, b)`, `(q: a, r: b)`.
    fn parentheses(&mut self) -> Parsed<Expr> {
        let start = self.here();
        self.bump();
        let mut args = self.list(TokenKind::RParen, Self::part_of_tuple)?;
        let span = self.since(start);
        let is_group = args.len() == 1 && self.tokens[self.pos - 2].kind != TokenKind::Comma;
        match args.pop() {
            Some(Arg { label: None, kind: ArgKind::Value, value }) if is_group => {
                Ok(Expr { kind: value.kind, span })
            }
            last => {
                args.extend(last);
                Ok(Expr { kind: ExprKind::Tuple(args), span })
            }
        }
    }

    /// `e`, `name: e`, `...e`; a `..` begins a range.
    fn part_of_tuple(&mut self) -> Parsed<Arg> {
        if self.at(TokenKind::DotDot) {
            return Ok(Arg { label: None, kind: ArgKind::Value, value: self.expr()? });
        }
        self.arg()
    }

    /// `[a, b]`, `[v; n]`, `[e for x in xs]`.
    fn array(&mut self) -> Parsed<ExprKind> {
        self.bump();
        self.brackets += 1;
        let result = self.array_inside();
        self.brackets -= 1;
        result
    }

    fn array_inside(&mut self) -> Parsed<ExprKind> {
        if self.eat(TokenKind::RBracket) {
            return Ok(ExprKind::Array(Vec::new()));
        }
        let first = self.element()?;
        if first.kind == ArgKind::Value && self.at(TokenKind::For) {
            return self.comprehension(ComprehensionKind::Array(first.value), TokenKind::RBracket);
        }
        if first.kind == ArgKind::Value && self.eat(TokenKind::Semi) {
            let count = self.expr()?;
            self.expect(TokenKind::RBracket)?;
            return Ok(ExprKind::Repeat(Box::new(first.value), Box::new(count)));
        }
        Ok(ExprKind::Array(self.more_elements(first, TokenKind::RBracket)?))
    }

    fn element(&mut self) -> Parsed<Arg> {
        let kind = if self.eat(TokenKind::Ellipsis) { ArgKind::Spread } else { ArgKind::Value };
        Ok(Arg { label: None, kind, value: self.expr()? })
    }

    /// The elements after the first, and the closing bracket.
    fn more_elements(&mut self, first: Arg, close: TokenKind) -> Parsed<Vec<Arg>> {
        let mut elements = vec![first];
        if self.eat(TokenKind::Comma) {
            elements.extend(self.list(close, Self::element)?);
        } else if !self.eat(close) {
            return self.expected_close(close);
        }
        Ok(elements)
    }

    /// `{}`, `{k: v}`, `{a, b}` and their comprehensions.
    fn braces(&mut self) -> Parsed<ExprKind> {
        self.bump();
        self.brackets += 1;
        let result = self.braces_inside();
        self.brackets -= 1;
        result
    }

    fn braces_inside(&mut self) -> Parsed<ExprKind> {
        let close = TokenKind::RBrace;
        if self.eat(close) {
            return Ok(ExprKind::Dict(Vec::new()));
        }
        if !self.at(TokenKind::StarStar) {
            let first = self.element()?;
            if first.kind == ArgKind::Spread || !self.at(TokenKind::Colon) {
                if first.kind == ArgKind::Value && self.at(TokenKind::For) {
                    return self.comprehension(ComprehensionKind::Set(first.value), close);
                }
                return Ok(ExprKind::Set(self.more_elements(first, close)?));
            }
            self.bump();
            let value = self.expr()?;
            if self.at(TokenKind::For) {
                return self.comprehension(ComprehensionKind::Dict(first.value, value), close);
            }
            let mut entries = vec![DictEntry::Pair(first.value, value)];
            if self.eat(TokenKind::Comma) {
                entries.extend(self.list(close, Self::dict_entry)?);
            } else if !self.eat(close) {
                return self.expected(Code::ExpectedToken, "`,` or `}`");
            }
            return Ok(ExprKind::Dict(entries));
        }
        Ok(ExprKind::Dict(self.list(close, Self::dict_entry)?))
    }

    fn dict_entry(&mut self) -> Parsed<DictEntry> {
        if self.eat(TokenKind::StarStar) {
            return Ok(DictEntry::Spread(self.expr()?));
        }
        let key = self.expr()?;
        self.expect(TokenKind::Colon)?;
        Ok(DictEntry::Pair(key, self.expr()?))
    }

    fn comprehension(&mut self, kind: ComprehensionKind, close: TokenKind) -> Parsed<ExprKind> {
        let mut clauses = Vec::new();
        loop {
            if self.eat(TokenKind::For) {
                let pattern = self.pattern_list()?;
                self.in_word()?;
                clauses.push(ComprehensionClause::For(pattern, self.expr()?));
            } else if self.eat(TokenKind::If) {
                clauses.push(ComprehensionClause::If(self.expr()?));
            } else if self.eat(close) {
                return Ok(ExprKind::Comprehension(Box::new(Comprehension { kind, clauses })));
            } else {
                return self.expected(Code::ExpectedToken, &format!("`for`, `if` or {}", close.describe()));
            }
        }
    }

    /// `vec[a, b]`.
    fn vector(&mut self) -> Parsed<Expr> {
        let start = self.here();
        self.bump();
        self.bump();
        let elements = self.list(TokenKind::RBracket, Self::expr)?;
        Ok(Expr { kind: ExprKind::Vector(elements), span: self.since(start) })
    }

    /// `\a, b: e`, `\: e`, with a block or an expression.
    pub(super) fn lambda(&mut self) -> Parsed<Expr> {
        let start = self.here();
        self.bump();
        let mut params = Vec::new();
        while !self.at(TokenKind::Colon) {
            params.push(LambdaParam { pattern: self.pattern()?, ty: None });
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        let body = self.function_body(|p| p.block(false))?;
        let kind = ExprKind::Lambda(Box::new(Lambda { params, ret: None, throws: None, body }));
        Ok(Expr { kind, span: self.since(start) })
    }

    /// `fn(n: i64) -> i64 throws E: e`.
    fn fn_lambda(&mut self) -> Parsed<ExprKind> {
        self.bump();
        if self.kind().is_name() {
            let error = self.expectation(Code::ExpectedToken, "`(`");
            let help =
                self.habit().unwrap_or("a function in an expression has no name: `fn(x: i64) -> i64: …`");
            return self.fail(error.help(help));
        }
        self.expect(TokenKind::LParen)?;
        let params = self.list(TokenKind::RParen, |p| {
            let pattern = p.pattern()?;
            let ty = if p.eat(TokenKind::Colon) { Some(p.ty()?) } else { None };
            Ok(LambdaParam { pattern, ty })
        })?;
        let ret = if self.eat(TokenKind::Arrow) { Some(self.ty()?) } else { None };
        let throws = if self.eat(TokenKind::Throws) { Some(self.ty()?) } else { None };
        let body = self.function_body(|p| p.block(false))?;
        Ok(ExprKind::Lambda(Box::new(Lambda { params, ret, throws, body })))
    }

    /// `if`, `match`, `loop`, `try`. As a statement, a body on the same line goes on after `;`.
    pub(super) fn compound(&mut self, is_stmt: bool) -> Parsed<Expr> {
        let start = self.here();
        let kind = match self.bump().kind {
            TokenKind::If => self.if_rest(is_stmt)?,
            TokenKind::Match => {
                let value = self.expr()?;
                ExprKind::Match(Box::new(Match { keyword: start, value, arms: self.arms()? }))
            }
            TokenKind::Loop => ExprKind::Loop(Box::new(self.block(is_stmt)?)),
            _ if self.at(TokenKind::Colon) => {
                let body = Box::new(self.block(is_stmt)?);
                self.catch()?;
                let name =
                    if self.at(TokenKind::Colon) { None } else { Some(self.ident("the error's name")?) };
                ExprKind::Try { body, name, handler: Box::new(self.block(is_stmt)?) }
            }
            _ => {
                let value = Box::new(self.expr()?);
                if !self.eat(TokenKind::Else) {
                    let error = self
                        .expectation(Code::ExpectedToken, "`else`")
                        .help("write `try call() else e: value`, or open a block with `try:`");
                    return self.fail(error);
                }
                let name =
                    if self.at(TokenKind::Colon) { None } else { Some(self.ident("the error's name")?) };
                ExprKind::TryElse { value, name, handler: Box::new(self.block(is_stmt)?) }
            }
        };
        Ok(Expr { kind, span: self.since(start) })
    }

    /// After `if`. The last branch of a ladder on one line is `else: e` or, in an expression, `else e`.
    fn if_rest(&mut self, is_stmt: bool) -> Parsed<ExprKind> {
        let mut branches = Vec::new();
        let mut otherwise = None;
        loop {
            let cond = self.cond()?;
            branches.push((cond, self.block(is_stmt)?));
            if self.eat(TokenKind::Elif) {
                continue;
            }
            if self.at(TokenKind::Else) {
                self.bump();
                // `else if` is `elif` in other words.
                if self.at(TokenKind::If) {
                    self.bump();
                    continue;
                }
                otherwise = Some(if self.at(TokenKind::Colon) || is_stmt {
                    self.block(is_stmt)?
                } else {
                    self.body(false)?
                });
            }
            branches.shrink_to_fit();
            return Ok(ExprKind::If(Box::new(If { branches, otherwise })));
        }
    }
}
