//! Patterns.

use super::*;

impl Parser<'_> {
    /// One pattern, or several separated by commas as a tuple pattern: `for i, x in …`, `val a, b = …`.
    pub(super) fn pattern_list(&mut self) -> Parsed<Pattern> {
        let first = self.pattern()?;
        if !self.at(TokenKind::Comma) {
            return Ok(first);
        }
        let start = first.span;
        let mut elems = vec![PatternArg::plain(first)];
        while self.eat(TokenKind::Comma) {
            elems.push(PatternArg::plain(self.pattern()?));
        }
        Ok(Pattern { kind: PatternKind::Tuple(elems), span: self.since(start) })
    }

    pub(super) fn pattern(&mut self) -> Parsed<Pattern> {
        self.nested(|p| {
            let first = p.pattern_primary()?;
            if !p.at(TokenKind::Pipe) {
                return Ok(first);
            }
            let start = first.span;
            let mut patterns = vec![first];
            while p.eat(TokenKind::Pipe) {
                patterns.push(p.pattern_primary()?);
            }
            Ok(Pattern { kind: PatternKind::Or(patterns), span: p.since(start) })
        })
    }

    fn pattern_primary(&mut self) -> Parsed<Pattern> {
        use TokenKind::*;
        let start = self.here();
        let kind = match self.kind() {
            Underscore => {
                self.bump();
                PatternKind::Wildcard
            }
            Number | Minus | RawText | Text | TextOpen | True | False | Nil => self.literal_pattern()?,
            Ellipsis => {
                self.bump();
                PatternKind::Rest(if self.kind().is_name() { Some(self.word()) } else { None })
            }
            DotDot if matches!(self.ahead(1).kind, Comma | RParen | RBracket) => {
                self.bump();
                PatternKind::Rest(None)
            }
            DotDot | DotDotEq => {
                let is_inclusive = self.bump().kind == DotDotEq;
                let end = Some(Box::new(self.literal_expr()?));
                PatternKind::Range { start: None, end, is_inclusive }
            }
            LParen => {
                self.bump();
                let mut elems = self.list(RParen, Self::pattern_arg)?;
                let is_group = elems.len() == 1 && self.tokens[self.pos - 2].kind != Comma;
                match elems.pop() {
                    Some(PatternArg { label: None, pattern, .. }) if is_group => pattern.kind,
                    Some(last) => {
                        elems.push(last);
                        PatternKind::Tuple(elems)
                    }
                    None => PatternKind::Tuple(elems),
                }
            }
            LBracket => {
                self.bump();
                PatternKind::Array(self.list(RBracket, Self::pattern_with_type)?)
            }
            Mut if self.ahead(1).kind.is_name() => {
                let error = Diagnostic::error(Code::ExpectedPattern, "`mut` is no part of a pattern")
                    .at(start, "")
                    .help("declare what may change with `var`");
                return self.fail(error);
            }
            kind if kind.is_name() => {
                let name = self.word();
                let mut path = vec![name];
                while self.at(Dot) && self.ahead(1).kind.is_word() {
                    self.bump();
                    path.push(self.word());
                }
                if self.eat(LParen) {
                    PatternKind::Construct { path, args: self.list(RParen, Self::pattern_arg)? }
                } else if path.len() > 1 {
                    PatternKind::Path(path)
                } else {
                    PatternKind::Name(name)
                }
            }
            kind if kind.is_reserved() => {
                // `ident` explains that the word is taken.
                self.ident("a pattern")?;
                return Err(Failed);
            }
            _ => return self.expected(Code::ExpectedPattern, "a pattern"),
        };
        Ok(Pattern { kind, span: self.since(start) })
    }

    fn pattern_arg(&mut self) -> Parsed<PatternArg> {
        if !self.kind().is_word() || self.ahead(1).kind != TokenKind::Colon {
            return Ok(PatternArg::plain(self.pattern_with_type()?));
        }
        let label = self.word();
        self.bump();
        let start = self.pos;
        let Some(ty) = self.attempt(Self::type_of_arg) else {
            return Ok(PatternArg { label: Some(label), ..PatternArg::plain(self.pattern_with_type()?) });
        };
        let end = std::mem::replace(&mut self.pos, start);
        let name = Box::new(Pattern { kind: PatternKind::Name(label), span: label.span });
        let span = label.span.to(ty.span);
        let typed = Pattern { kind: PatternKind::Typed(name, ty), span };
        let pattern = self.attempt(Self::pattern);
        if self.pos == end
            && let Some(pattern) = pattern
        {
            return Ok(PatternArg { label: Some(label), pattern, typed: Some(typed) });
        }
        self.pos = end;
        Ok(PatternArg::plain(typed))
    }

    /// A pattern, perhaps with a type, in brackets.
    fn pattern_with_type(&mut self) -> Parsed<Pattern> {
        let pattern = self.pattern()?;
        if self.at(TokenKind::Colon) { self.typed(pattern) } else { Ok(pattern) }
    }

    /// At the `:` behind a pattern: the pattern with the type.
    fn typed(&mut self, pattern: Pattern) -> Parsed<Pattern> {
        self.bump();
        let ty = self.ty()?;
        let span = pattern.span.to(ty.span);
        Ok(Pattern { kind: PatternKind::Typed(Box::new(pattern), ty), span })
    }

    /// A type that is all that stands behind a label.
    fn type_of_arg(&mut self) -> Parsed<Type> {
        let is_whole = |p: &Self, at| matches!(p.ahead(at).kind, TokenKind::Comma | TokenKind::RParen);
        match self.type_extent(0) {
            Some(extent) if is_whole(self, extent) => self.ty(),
            Some(_) | None => Err(Failed),
        }
    }

    /// What is parsed, or nothing: then nothing was taken or reported.
    fn attempt<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Option<T> {
        let (pos, before) = (self.pos, std::mem::take(self.diags));
        let result = parse(self).ok();
        *self.diags = before;
        if result.is_none() {
            self.pos = pos;
        }
        result
    }

    fn literal_pattern(&mut self) -> Parsed<PatternKind> {
        let literal = self.literal_expr()?;
        if !matches!(self.kind(), TokenKind::DotDot | TokenKind::DotDotEq) {
            return Ok(PatternKind::Literal(Box::new(literal)));
        }
        let is_inclusive = self.bump().kind == TokenKind::DotDotEq;
        let has_end = matches!(
            self.kind(),
            TokenKind::Number | TokenKind::Minus | TokenKind::RawText | TokenKind::Text
        );
        let end = if has_end { Some(Box::new(self.literal_expr()?)) } else { None };
        Ok(PatternKind::Range { start: Some(Box::new(literal)), end, is_inclusive })
    }

    /// A literal, perhaps a negative number.
    fn literal_expr(&mut self) -> Parsed<Expr> {
        let start = self.here();
        if self.eat(TokenKind::Minus) {
            if !self.at(TokenKind::Number) {
                return self.expected(Code::ExpectedPattern, "a number");
            }
            let number = Box::new(self.literal()?);
            return Ok(Expr { kind: ExprKind::Unary(UnOp::Neg, number), span: self.since(start) });
        }
        self.literal()
    }

    /// The arms of a `match`, after its value.
    pub(super) fn arms(&mut self) -> Parsed<Vec<Arm>> {
        self.expect(TokenKind::Colon)?;
        let mut arms = Vec::new();
        self.indented(|p| {
            if !p.eat(TokenKind::Pass) {
                arms.push(p.arm()?);
            }
            Ok(())
        })?;
        Ok(arms)
    }

    fn arm(&mut self) -> Parsed<Arm> {
        use TokenKind::*;
        let start = self.here();
        let next = self.ahead(1).kind;
        let is_case = self.at(Case) && !matches!(next, FatArrow | Arrow | Colon | LParen | Dot | If | Pipe)
            || self.at(Case) && next == LParen && self.ahead(1).has_space;
        if is_case || self.at(Pipe) {
            self.bump();
        }
        let mut pattern = self.pattern_list()?;
        if self.at(Colon) && (!is_case || self.is_type_before_colon()) {
            pattern = self.typed(pattern)?;
        }
        let guard = if self.eat(If) { Some(self.expr()?) } else { None };
        match self.kind() {
            Colon if is_case => {}
            Arrow | FatArrow => {}
            _ => {
                let what = if is_case { "`:`" } else { "`=>`" };
                let error = self
                    .expectation(Code::ExpectedToken, what)
                    .help("arms are written `case P: e`, `| P -> e` or `P => e`");
                return self.fail(error);
            }
        }
        self.bump();
        let body = self.body(true)?;
        Ok(Arm { pattern, guard, body, span: self.since(start) })
    }

    /// At the `:` behind a pattern in `case`: whether a type and then another `:`, an arrow or a guard follow, as in
    /// `case n: i64: e`.
    fn is_type_before_colon(&self) -> bool {
        self.type_extent(1).is_some_and(|extent| {
            matches!(
                self.ahead(1 + extent).kind,
                TokenKind::Colon | TokenKind::FatArrow | TokenKind::If | TokenKind::Arrow
            )
        })
    }
}
