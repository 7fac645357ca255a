//! Types.

use super::*;

/// How many tokens type arguments in an expression may have: the search for their end must not be quadratic.
const TYPE_ARGS_WINDOW: usize = 200;

impl Parser<'_> {
    /// Any type.
    pub(super) fn ty(&mut self) -> Parsed<Type> {
        self.union_of(Self::plain_ty)
    }

    /// The type after `is`: `<` as after `as`.
    pub(super) fn tested_ty(&mut self) -> Parsed<Type> {
        self.union_of(Self::cast_ty)
    }

    fn union_of(&mut self, part: fn(&mut Self) -> Parsed<Type>) -> Parsed<Type> {
        let first = part(self)?;
        if !self.at(TokenKind::Pipe) {
            return Ok(first);
        }
        let start = first.span;
        let mut types = vec![first];
        while self.eat(TokenKind::Pipe) {
            types.push(part(self)?);
        }
        Ok(Type { kind: TypeKind::Union(types), span: self.since(start) })
    }

    /// A type that is no union.
    pub(super) fn plain_ty(&mut self) -> Parsed<Type> {
        self.nested(|p| p.ty_with_options(false))
    }

    /// The type after `as`: there `<` compares unless it surely opens type arguments, and `|` is an operator.
    pub(super) fn cast_ty(&mut self) -> Parsed<Type> {
        self.nested(|p| p.ty_with_options(true))
    }

    fn ty_with_options(&mut self, is_cast: bool) -> Parsed<Type> {
        let start = self.here();
        let mut ty = self.ty_primary(is_cast)?;
        loop {
            let options = match self.kind() {
                TokenKind::Question => 1,
                TokenKind::QuestionQuestion if !is_cast => 2,
                _ => return Ok(ty),
            };
            self.bump();
            for _ in 0..options {
                ty = Type { kind: TypeKind::Option(Box::new(ty)), span: self.since(start) };
            }
        }
    }

    fn ty_primary(&mut self, is_cast: bool) -> Parsed<Type> {
        use TokenKind::*;
        let start = self.here();
        let next = self.ahead(1).kind;
        let next_starts_type = next.is_name() || matches!(next, LBracket | LBrace | LParen | Fn);
        let kind = match self.kind() {
            Mut | Iso | Weak | Dyn if next_starts_type => {
                let word = self.bump().kind;
                let inner = Box::new(self.plain_ty()?);
                match word {
                    Mut => TypeKind::Capability(Capability::Mut, inner),
                    Iso => TypeKind::Capability(Capability::Iso, inner),
                    Weak => TypeKind::Capability(Capability::Weak, inner),
                    _ => TypeKind::Dyn(inner),
                }
            }
            Vec if next == LBracket => {
                self.bump();
                self.bump();
                let lanes = self.expr()?;
                self.expect(Comma)?;
                let element = self.ty()?;
                self.expect(RBracket)?;
                TypeKind::Vector(Box::new(lanes), Box::new(element))
            }
            Underscore => {
                self.bump();
                TypeKind::Infer
            }
            LBracket => {
                self.bump();
                let element = Box::new(self.ty()?);
                let kind = if self.eat(Semi) {
                    TypeKind::FixedArray(element, Box::new(self.expr()?))
                } else {
                    TypeKind::Array(element)
                };
                self.expect(RBracket)?;
                kind
            }
            LBrace => {
                self.bump();
                let key = Box::new(self.ty()?);
                let kind = if self.eat(Colon) {
                    TypeKind::Dict(key, Box::new(self.ty()?))
                } else {
                    TypeKind::Set(key)
                };
                self.expect(RBrace)?;
                kind
            }
            LParen => {
                self.bump();
                let mut elems = self.list(RParen, |p| {
                    let is_labelled = p.kind().is_word() && p.ahead(1).kind == Colon;
                    let label = if is_labelled { Some(p.word()) } else { None };
                    if is_labelled {
                        p.bump();
                    }
                    Ok(TupleTypeElem { label, ty: p.ty()? })
                })?;
                // `(T)` is `T`; a tuple of one is `(T,)`.
                let is_group = elems.len() == 1 && self.tokens[self.pos - 2].kind != Comma;
                match elems.pop() {
                    Some(TupleTypeElem { label: None, ty }) if is_group => ty.kind,
                    Some(last) => {
                        elems.push(last);
                        TypeKind::Tuple(elems)
                    }
                    None => TypeKind::Tuple(elems),
                }
            }
            Fn => {
                self.bump();
                self.expect(LParen)?;
                let params = self.list(RParen, |p| {
                    if p.kind().is_word() && p.ahead(1).kind == Colon {
                        p.bump();
                        p.bump();
                    }
                    p.ty()
                })?;
                let ret = if self.eat(Arrow) { Some(Box::new(self.plain_ty()?)) } else { None };
                let throws = if self.eat(Throws) { Some(Box::new(self.plain_ty()?)) } else { None };
                TypeKind::Fn { params, ret, throws }
            }
            kind if kind.is_name() => {
                let mut path = vec![self.word()];
                while self.at(Dot) && self.ahead(1).kind.is_word() {
                    self.bump();
                    path.push(self.word());
                }
                let has_args = self.at(Lt) && (!is_cast || self.at_type_args());
                let args = if has_args { self.type_args()? } else { std::vec::Vec::new() };
                TypeKind::Path { path, args }
            }
            // `nil` in a union: `T | nil`.
            Nil => {
                let name = self.word();
                TypeKind::Path { path: vec![name], args: std::vec::Vec::new() }
            }
            _ => {
                let error = self.expectation(Code::ExpectedType, "a type");
                return self.fail(match self.habit_of_types() {
                    Some(help) => error.help(help),
                    None => error,
                });
            }
        };
        Ok(super::Type { kind, span: self.since(start) })
    }

    /// `<A, B>`.
    pub(super) fn type_args(&mut self) -> Parsed<Vec<Type>> {
        self.expect(TokenKind::Lt)?;
        let mut args = vec![self.ty()?];
        while self.eat(TokenKind::Comma) {
            args.push(self.ty()?);
        }
        self.expect_gt()?;
        Ok(args)
    }

    /// Whether the `<` to come, right behind a name, opens type arguments: it closes within a few tokens that can
    /// stand in types.
    pub(super) fn at_type_args(&self) -> bool {
        self.type_args_end().is_some()
    }

    /// Whether the `<` to come opens type arguments of an expression: those are followed by `(` or `.`.
    pub(super) fn at_explicit_type_args(&self) -> bool {
        let Some(end) = self.type_args_end() else { return false };
        let after = self.tokens[(end + 1).min(self.tokens.len() - 1)];
        matches!(after.kind, TokenKind::LParen | TokenKind::Dot) && !after.has_space
    }

    /// The index of the token that closes the type arguments to come.
    fn type_args_end(&self) -> Option<usize> {
        use TokenKind::*;
        if !self.at(Lt) || self.token().has_space {
            return None;
        }
        let mut open = 0i32;
        for index in self.pos..(self.pos + TYPE_ARGS_WINDOW).min(self.tokens.len()) {
            match self.tokens[index].kind {
                Lt => open += 1,
                Gt => open -= 1,
                Shr => open -= 2,
                LBracket | RBracket | LParen | RParen | LBrace | RBrace | Comma | Dot | Question | Colon
                | Semi | Number | Pipe | Arrow | Underscore | Fn | Nil => {}
                kind if kind.is_name() => {}
                _ => return None,
            }
            if open <= 0 {
                return (open == 0).then_some(index);
            }
        }
        None
    }

    /// How many tokens the type that starts `ahead` tokens on takes, as far as can be told without parsing it: paths and
    /// what stands in brackets, with type arguments and `?`, functions with a result whose parameters have no names, and
    /// unions of these.
    pub(super) fn type_extent(&self, ahead: usize) -> Option<usize> {
        use TokenKind::*;
        let mut at = ahead;
        loop {
            match self.ahead(at).kind {
                LBracket | LBrace | LParen => at = self.past_brackets(at)?,
                Fn if self.ahead(at + 1).kind == LParen => {
                    let end = self.past_brackets(at + 1)?;
                    let is_lambda = (at + 2..end).any(|at| self.ahead(at).kind == Colon);
                    if is_lambda || self.ahead(end).kind != Arrow {
                        return None;
                    }
                    at = end + 1 + self.type_extent(end + 1)?;
                    return Some(at - ahead);
                }
                kind if kind.is_name() => {
                    at += 1;
                    while self.ahead(at).kind == Dot && self.ahead(at + 1).kind.is_word() {
                        at += 2;
                    }
                    if self.ahead(at).kind == Lt && !self.ahead(at).has_space {
                        at = self.past_brackets(at)?;
                    }
                }
                _ => return None,
            }
            while matches!(self.ahead(at).kind, Question | QuestionQuestion) {
                at += 1;
            }
            if self.ahead(at).kind != Pipe {
                return Some(at - ahead);
            }
            at += 1;
        }
    }

    fn past_brackets(&self, from: usize) -> Option<usize> {
        use TokenKind::*;
        let mut open = 0i32;
        for at in from..from + TYPE_ARGS_WINDOW {
            match self.ahead(at).kind {
                LBracket | LBrace | LParen | Lt => open += 1,
                RBracket | RBrace | RParen | Gt => open -= 1,
                Shr => open -= 2,
                kind if kind.is_layout() => return None,
                _ => {}
            }
            if open <= 0 {
                return Some(at + 1);
            }
        }
        None
    }
}
