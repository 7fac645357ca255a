//! What people write who come from other languages, and what is written here.

use super::*;
use crate::diagnostics::closest;

/// First words of statements.
const WORDS: &[(&str, &str)] = &[
    ("def", "functions are declared with `fn`"),
    ("func", "functions are declared with `fn`"),
    ("fun", "functions are declared with `fn`"),
    ("function", "functions are declared with `fn`"),
    ("void", "functions are declared with `fn`"),
    ("int", "variables are declared with `val` or `var`, functions with `fn`"),
    ("float", "variables are declared with `val` or `var`, functions with `fn`"),
    ("double", "variables are declared with `val` or `var`, functions with `fn`"),
    ("string", "variables are declared with `val` or `var`, functions with `fn`"),
    ("auto", "variables are declared with `val` or `var`"),
    ("pub", "leave `pub` out: a module offers all its names but those that begin with `_`"),
    ("public", "leave `public` out: a module offers all its names but those that begin with `_`"),
    ("private", "names that begin with `_` are a module's own"),
    ("import", "write `use module`, or `use module.{name}`"),
    ("from", "write `use module.{name}`"),
    ("switch", "write `match value:` with `case`s"),
    ("foreach", "write `for x in xs:`"),
    ("unless", "write `if not …:`"),
    ("elsif", "write `elif …:`"),
    ("elseif", "write `elif …:`"),
    ("except", "write `catch e:`"),
    ("interface", "write `trait`"),
    ("fi", "write `if …:`"),
];

/// The words of the language that begin a line.
const BEGINNINGS: &[&str] = &[
    "val", "var", "const", "static", "fn", "me", "struct", "class", "enum", "trait", "impl", "type", "mixin",
    "actor", "unit", "use", "export", "extern", "async", "if", "elif", "else", "while", "for", "loop",
    "match", "case", "try", "catch", "return", "break", "continue", "throw", "yield", "defer", "with", "let",
    "pass", "describe", "context",
];

/// A function without a name.
const LAMBDA: &str = "a function without a name is written `\\x: …`";

impl Parser<'_> {
    /// What to write instead, if the line that is being read begins with a word of another language, or an operator of one
    /// stands here or in front of the next token.
    pub(super) fn habit(&self) -> Option<&'static str> {
        if let Some(help) = self.foreign_word() {
            return Some(help);
        }
        let before = self.tokens[self.pos.saturating_sub(1)];
        match (before.kind, self.kind()) {
            (TokenKind::Bang, _) | (_, TokenKind::Bang) => Some("write `not` in front of a condition"),
            (TokenKind::LParen | TokenKind::Comma | TokenKind::Assign, TokenKind::Pipe)
            | (TokenKind::Name | TokenKind::RParen, TokenKind::FatArrow) => Some(LAMBDA),
            (TokenKind::Name, TokenKind::Name) if self.slice(self.span_of(before)) == "lambda" => {
                Some(LAMBDA)
            }
            (_, TokenKind::Colon) if self.is_behind_lambda() => {
                Some("the types of its parameters are written `fn(x: T): …`")
            }
            (TokenKind::LBracket | TokenKind::LBrace | TokenKind::LParen, TokenKind::For) => {
                Some("what an element becomes stands in front: `[f(x) for x in xs]`")
            }
            (
                TokenKind::Shl | TokenKind::Shr | TokenKind::Amp | TokenKind::Pipe | TokenKind::Caret,
                TokenKind::Assign,
            ) => Some("there is no such assignment: write `x = x << y`"),
            (TokenKind::Slash, TokenKind::Slash) => {
                Some("`/` of integers truncates, and `a.fdiv(b)` rounds down")
            }
            (TokenKind::Name, _) if self.slice(self.span_of(before)) == "new" => {
                Some("leave `new` out: a value is made by its type, `Point(x: 1)`")
            }
            _ => None,
        }
    }

    /// What to write instead of the word of another language that the line begins with.
    pub(super) fn foreign_word(&self) -> Option<&'static str> {
        let first = self.slice(self.span_of(self.tokens[self.line_start()]));
        WORDS.iter().find(|(word, _)| *word == first).map(|&(_, help)| help)
    }

    /// How a type is written that begins or goes on with what stands here in other languages.
    pub(super) fn habit_of_types(&self) -> Option<&'static str> {
        match self.kind() {
            TokenKind::Question => Some("an optional type is written `T?`"),
            TokenKind::Amp | TokenKind::Star => Some(
                "there are no pointers: a parameter is a shared read, and `mut T` lets a function change the variable",
            ),
            TokenKind::Arrow | TokenKind::LParen => Some("the type of a function is written `fn(A) -> B`"),
            TokenKind::LBracket if self.ahead(1).kind == TokenKind::RBracket => {
                Some("an array of `T` is written `[T]`")
            }
            TokenKind::LBracket => Some("type arguments are written `Name<A>`, a dict `{K: V}`"),
            _ => None,
        }
    }

    /// Whether a lambda stands in front, on the line that is being read.
    fn is_behind_lambda(&self) -> bool {
        self.tokens[self.line_start()..self.pos].iter().any(|token| token.kind == TokenKind::Backslash)
    }

    /// The first token of the line that is being read.
    pub(super) fn line_start(&self) -> usize {
        self.tokens[..self.pos].iter().rposition(|token| token.kind.is_layout()).map_or(0, |at| at + 1)
    }

    /// Whether the parameters of a declared function are being read.
    pub(super) fn is_in_header(&self) -> bool {
        use TokenKind::{Arrow, Colon, Fn, LParen, Me, Static};
        let line = &self.tokens[self.line_start()..self.pos];
        let is_function = line.first().is_some_and(|first| matches!(first.kind, Fn | Me | Static));
        // In the body another bracket is open.
        let opened = line.iter().filter(|token| token.kind == LParen).count();
        let is_body =
            |pair: &[Token]| pair[0].kind == TokenKind::RParen && matches!(pair[1].kind, Colon | Arrow);
        is_function && opened == 1 && !line.windows(2).any(is_body)
    }

    /// What is wrong with the line that is being read, if it begins with what can only be a misspelt word of the language:
    /// `whlie x:`. Asked where the line has an error.
    pub(super) fn misspelt(&self) -> Option<Diagnostic> {
        let start = self.line_start();
        let (first, next) = (self.tokens[start], self.tokens.get(start + 1)?);
        use TokenKind::*;
        let is_beginning = match next.kind {
            Colon => true,
            Number | Text | RawText | TextOpen => next.has_space,
            kind => kind.is_word() && next.has_space,
        };
        if first.kind != Name || !is_beginning {
            return None;
        }
        let span = self.span_of(first);
        let word = self.slice(span);
        if WORDS.iter().any(|(theirs, _)| *theirs == word) {
            return None;
        }
        // Letters are swapped more often than left out.
        let known = || BEGINNINGS.iter().copied().chain(WORDS.iter().map(|(theirs, _)| *theirs));
        let by_length = |is_same: bool| known().filter(move |other| (other.len() == word.len()) == is_same);
        let meant = closest(word, by_length(true).chain(by_length(false)))?;
        let help = match WORDS.iter().find(|(theirs, _)| *theirs == meant) {
            Some((_, help)) => (*help).to_owned(),
            None => format!("did you mean `{meant}`?"),
        };
        let error = Diagnostic::error(Code::ExpectedItem, format!("no statement begins with `{word}`"));
        Some(error.at(span, "no word of the language").help(help))
    }

    /// `in` behind the variables of a loop, or another word or sign in its place, which is reported; `for x of xs` is read on.
    pub(super) fn in_word(&mut self) -> Parsed<()> {
        let help = match self.kind() {
            TokenKind::Assign => "a loop that counts is `for i in 0..n`",
            _ => "what is gone through stands behind `in`: `for x in xs`",
        };
        if self.eat(TokenKind::In) {
            return Ok(());
        }
        let error = self.expectation(Code::ExpectedToken, "`in`").help(help);
        if self.slice(self.here()) != "of" {
            return self.fail(error);
        }
        self.bump();
        self.diags.push(error);
        Ok(())
    }

    /// A pattern in the place of a parameter's name, which is reported: the name of the parameter that it is taken for.
    pub(super) fn pattern_for_name(&mut self) -> Parsed<Ident> {
        let pattern = self.pattern()?;
        let error =
            Diagnostic::error(Code::ExpectedToken, "a parameter of a function is a name, not a pattern")
                .at(pattern.span, "takes a value apart")
                .help(format!(
                    "name it, and take it apart in the body: `val {} = name`",
                    self.slice(pattern.span)
                ));
        self.diags.push(error);
        Ok(Ident { name: self.interner.intern("_"), span: pattern.span })
    }

    /// `catch`, or another word in its place, `except e:`, which is reported and taken for it.
    pub(super) fn catch(&mut self) -> Parsed<()> {
        use TokenKind::{Catch, Colon, Name, Newline};
        let at = usize::from(self.at(Newline));
        let (word, next, last) = (self.ahead(at), self.ahead(at + 1).kind, self.ahead(at + 2).kind);
        let is_header = next == Colon || next == Name && last == Colon;
        if self.at(Catch) || word.kind != Name || !is_header {
            return self.expect(Catch).map(|_| ());
        }
        let span = self.span_of(word);
        let message = format!("expected `catch`, found `{}`", self.slice(span));
        self.diags.push(
            Diagnostic::error(Code::ExpectedToken, message)
                .at(span, "expected `catch`")
                .help("an error is caught by `catch e:`"),
        );
        for _ in 0..=at {
            self.bump();
        }
        Ok(())
    }
}
