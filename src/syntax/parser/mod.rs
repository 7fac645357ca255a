//! Tokens to syntax tree, by recursive descent.
//!
//! After an error a statement, member or arm is given up and parsing goes on at the next one at the same indentation,
//! so that one mistake gives one error. What was given up is missing from the tree.

mod expr;
mod habits;
mod item;
mod literal;
mod pattern;
mod primary;
mod stmt;
mod types;

use super::ast::*;
use super::intern::{Interner, Symbol};
use super::lexer::{Tokens, lex};
use super::token::{Token, TokenKind};
use super::{MAX_HEIGHT, MAX_NESTING};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, FileId, Span};

/// Reads a file. With errors in `diags`, the tree lacks what did not parse.
pub fn parse(file: FileId, text: &str, interner: &mut Interner, diags: &mut Diagnostics) -> Module {
    let Tokens { tokens, docs } = lex(file, text, diags);
    let mut parser = Parser {
        file,
        text,
        tokens,
        docs,
        pos: 0,
        depth: 0,
        height: 0,
        brackets: 0,
        has_bare_return: false,
        has_yield: false,
        misused: Vec::new(),
        interner,
        diags,
    };
    parser.module()
}

struct Parser<'a> {
    file: FileId,
    text: &'a str,
    tokens: Vec<Token>,
    docs: Vec<Span>,
    pos: usize,
    /// How many constructs are being parsed inside one another.
    depth: u32,
    /// The height of the highest tree made in the expression being parsed.
    height: u32,
    /// How many brackets are open since the last indented block: in brackets a comma is the bracket's.
    brackets: u32,
    /// Whether the block being parsed has had a `return` without a value.
    has_bare_return: bool,
    /// Whether it has had a `yield`.
    has_yield: bool,
    /// The words of the language that were declared as names, which was reported.
    misused: Vec<TokenKind>,
    interner: &'a mut Interner,
    diags: &'a mut Diagnostics,
}

/// An error was reported.
struct Failed;

type Parsed<T> = Result<T, Failed>;

impl Parser<'_> {
    fn module(&mut self) -> Module {
        let doc = self.doc_text();
        let stmts = self.stmts_until(TokenKind::Eof);
        Module { file: self.file, doc, stmts }
    }

    // Looking.

    fn token(&self) -> Token {
        self.tokens[self.pos]
    }

    fn kind(&self) -> TokenKind {
        self.tokens[self.pos].kind
    }

    /// The token `ahead` places on; past the end it is the end.
    fn ahead(&self, ahead: usize) -> Token {
        self.tokens[(self.pos + ahead).min(self.tokens.len() - 1)]
    }

    fn at(&self, kind: TokenKind) -> bool {
        self.kind() == kind
    }

    fn span_of(&self, token: Token) -> Span {
        Span::new(self.file, token.start, token.end)
    }

    /// The span of the token to come; of the layout between lines, the end of the line before.
    fn here(&self) -> Span {
        let token = self.token();
        if token.kind.is_layout() {
            let end = self.last_end();
            return Span::new(self.file, end, end);
        }
        self.span_of(token)
    }

    /// Where the last token that is no layout ended.
    fn last_end(&self) -> u32 {
        let before = self.tokens[..self.pos].iter().rev();
        before.into_iter().find(|token| !token.kind.is_layout()).map_or(0, |token| token.end)
    }

    /// From `start` to the end of the last token.
    fn since(&self, start: Span) -> Span {
        Span::new(self.file, start.start, self.last_end().max(start.end))
    }

    fn slice(&self, span: Span) -> &str {
        &self.text[span.start as usize..span.end as usize]
    }

    // Taking.

    fn bump(&mut self) -> Token {
        let token = self.token();
        if self.pos + 1 < self.tokens.len() {
            self.pos += 1;
        }
        token
    }

    fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.at(kind);
        if found {
            self.bump();
        }
        found
    }

    fn expect(&mut self, kind: TokenKind) -> Parsed<Token> {
        if self.at(kind) { Ok(self.bump()) } else { self.expected(Code::ExpectedToken, kind.describe()) }
    }

    /// A `>` that may be the first half of `>>` or `>=`: then the other half stays.
    fn expect_gt(&mut self) -> Parsed<()> {
        let rest = match self.kind() {
            TokenKind::Shr => TokenKind::Gt,
            TokenKind::Ge => TokenKind::Assign,
            _ => return self.expect(TokenKind::Gt).map(|_| ()),
        };
        let token = &mut self.tokens[self.pos];
        token.kind = rest;
        token.start += 1;
        token.has_space = false;
        Ok(())
    }

    /// A name; reserved words are not names.
    fn ident(&mut self, what: &str) -> Parsed<Ident> {
        if self.kind().is_name() {
            return Ok(self.word());
        }
        if self.kind().is_reserved() && !self.at(TokenKind::Underscore) {
            let span = self.here();
            let word = self.slice(span).to_string();
            self.misused.push(self.kind());
            self.diags.push(
                Diagnostic::error(
                    Code::ReservedWord,
                    format!("`{word}` is a word of the language, not a name"),
                )
                .at(span, format!("expected {what}"))
                .help(format!("choose another name, such as `{word}_`")),
            );
            return Err(Failed);
        }
        self.expected(Code::ExpectedToken, what)
    }

    /// Any word as a name: after `.`, as a label, as the name of a function.
    fn any_word(&mut self, what: &str) -> Parsed<Ident> {
        if self.kind().is_word() { Ok(self.word()) } else { self.expected(Code::ExpectedToken, what) }
    }

    /// The token to come, as a name.
    fn word(&mut self) -> Ident {
        let token = self.bump();
        let name = self.interner.intern(&self.text[token.start as usize..token.end as usize]);
        Ident { name, span: self.span_of(token) }
    }

    // Errors.

    fn fail<T>(&mut self, error: Diagnostic) -> Parsed<T> {
        // What the lexer reported is not reported again in other words.
        let token = self.token();
        if !token.is_synthetic && token.kind != TokenKind::Error {
            let error = self.misspelt().unwrap_or(error);
            self.diags.push(error);
        }
        Err(Failed)
    }

    fn expected<T>(&mut self, code: Code, what: &str) -> Parsed<T> {
        let error = self.expectation(code, what);
        self.fail(error)
    }

    fn expectation(&self, code: Code, what: &str) -> Diagnostic {
        let span = self.here();
        let found = match self.kind() {
            TokenKind::Name | TokenKind::Number => format!("`{}`", self.slice(span)),
            kind => kind.describe().to_string(),
        };
        Diagnostic::error(code, format!("expected {what}, found {found}"))
            .at(span, format!("expected {what}"))
    }

    /// Runs `parse` one level deeper.
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_NESTING {
            return self.too_deep(format!("more than {MAX_NESTING} constructs are nested here"));
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    /// Notes that a node was put on top of what was parsed of this expression.
    fn grow(&mut self) -> Parsed<()> {
        self.height += 1;
        if self.height > MAX_HEIGHT {
            return self
                .too_deep(format!("an expression has more than {MAX_HEIGHT} operators on one another"));
        }
        Ok(())
    }

    fn too_deep<T>(&mut self, message: String) -> Parsed<T> {
        let error = Diagnostic::error(Code::TooDeep, message)
            .at(self.here(), "too deep")
            .help("give a name to a part of it with `val`, or move a part to a function");
        self.fail(error)
    }

    // Lists and blocks.

    /// Items up to `close`, separated by commas, a last comma allowed. The opening bracket has been taken.
    fn list<T>(&mut self, close: TokenKind, mut item: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        self.brackets += 1;
        let result = self.list_items(close, &mut item);
        self.brackets -= 1;
        result
    }

    fn list_items<T>(
        &mut self,
        close: TokenKind,
        item: &mut impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        let mut items = Vec::new();
        while !self.at(close) {
            items.push(item(self)?);
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        if !self.at(close) {
            return self.expected_close(close);
        }
        self.bump();
        items.shrink_to_fit();
        Ok(items)
    }

    /// Something stands where a list goes on or ends.
    fn expected_close<T>(&mut self, close: TokenKind) -> Parsed<T> {
        let here = self.here();
        let is_unclosed = |error: &Diagnostic| {
            let at = error.span();
            let is_before = at.file == self.file && at.start < here.start;
            let is_opening = || self.slice(at).starts_with(['(', '[', '{']);
            error.code == Some(Code::UnmatchedBracket) && is_before && is_opening()
        };
        if self.diags.iter().any(is_unclosed) {
            // That the bracket is not closed was said.
            return Err(Failed);
        }
        let error = self.expectation(Code::ExpectedToken, &format!("`,` or {}", close.describe()));
        let help = match self.tokens[self.pos.saturating_sub(1)].kind {
            TokenKind::Mut => Some("`mut` stands at the parameter only"),
            TokenKind::Name if self.at(TokenKind::Name) && self.is_in_header() => {
                Some("a parameter is written `name: T`, and `,` stands between two")
            }
            _ if self.at(TokenKind::Arrow) || self.is_in_header() => {
                self.habit_of_types().or_else(|| self.habit())
            }
            _ => self.habit(),
        };
        self.fail(match help {
            Some(help) => error.help(help),
            None => error,
        })
    }

    /// The `:` in front of a block. Where the block is there, only the `:` is missing, and the block is read.
    fn colon(&mut self, help: &'static str) -> Parsed<()> {
        if self.eat(TokenKind::Colon) {
            return Ok(());
        }
        let error = self.expectation(Code::ExpectedToken, "`:`").help(help);
        if self.at(TokenKind::Newline) && self.ahead(1).kind == TokenKind::Indent {
            self.diags.push(error);
            return Ok(());
        }
        self.fail(error)
    }

    /// Lines of an indented block, after `:`. `line` reads one; after an error the next line is tried.
    fn indented(&mut self, mut line: impl FnMut(&mut Self) -> Parsed<()>) -> Parsed<()> {
        if !(self.at(TokenKind::Newline) && self.ahead(1).kind == TokenKind::Indent) {
            let error = self
                .expectation(Code::ExpectedBlock, "an indented block")
                .help("indent the lines of the block; an empty one is written `pass`");
            return self.fail(error);
        }
        self.bump();
        self.bump();
        let brackets = std::mem::take(&mut self.brackets);
        let result = self.nested(|p| {
            while !matches!(p.kind(), TokenKind::Dedent | TokenKind::Eof) {
                let start = p.pos;
                if line(p).and_then(|()| p.end_of_stmt()).is_err() {
                    p.synchronise(start);
                }
            }
            Ok(())
        });
        self.brackets = brackets;
        if result.is_err() {
            self.skip_block();
        }
        self.eat(TokenKind::Dedent);
        result
    }

    /// Takes the end of a statement.
    fn end_of_stmt(&mut self) -> Parsed<()> {
        match self.kind() {
            TokenKind::Newline => {
                self.bump();
                Ok(())
            }
            TokenKind::Semi => {
                self.bump();
                self.eat(TokenKind::Newline);
                Ok(())
            }
            TokenKind::Dedent | TokenKind::Eof => Ok(()),
            _ => {
                let mut error = self.expectation(Code::ExpectedToken, "the end of the line");
                if let Some(help) = self.foreign_word() {
                    error = error.help(help);
                } else if self.at(TokenKind::If) {
                    error = error.help("a choice begins with its condition: `if c: a else: b`");
                } else if self.tokens[self.pos.saturating_sub(1)].kind == TokenKind::Question {
                    error =
                        error.help("a choice is written `if c: a else: b`; `e?` hands on an error or `nil`");
                } else if self.at(TokenKind::Underscore) {
                    error = error.help("`_` has no value: give a name to what is needed");
                } else if self.at(TokenKind::Else) {
                    error = error.help("`else` belongs to an `if` or `try` on the same level");
                } else if self.at(TokenKind::Assign) {
                    error = error.help("compare with `==`; `=` assigns, as a statement of its own");
                } else if self.at(TokenKind::Colon) && self.tokens[self.line_start()].kind == TokenKind::Fn {
                    error = error.help("the result of a function is written in front of its `:`: `-> T:`");
                } else if self.at(TokenKind::Comma) {
                    error = error.help("several values or places stand in parentheses: `(a, b) = (b, a)`");
                } else if self.at(TokenKind::Colon) && self.ahead(1).kind == TokenKind::Assign {
                    error = error.help("declare it: `val x = …`, or `var x = …` for what changes");
                } else if let Some(help) = self.habit() {
                    error = error.help(help);
                } else if self.at(TokenKind::LBrace) && self.ahead(2).kind == TokenKind::Colon {
                    error = error.help("a value is made with its fields in parentheses: `Point(x: 1, y: 2)`");
                } else if self.at(TokenKind::LBrace) {
                    error = error.help("a block follows `:` and is indented");
                }
                self.fail(error)
            }
        }
    }

    /// After an error in the statement that started at token `start`: skips the rest of it. The block of a broken
    /// header is still read, for its own errors.
    fn synchronise(&mut self, start: usize) {
        use TokenKind::*;
        let has_stmts = matches!(
            self.tokens[start].kind,
            Fn | Me
                | Async
                | Static
                | If
                | Elif
                | Else
                | While
                | For
                | Loop
                | Try
                | With
                | Describe
                | It
                | Context
        );
        let brackets = std::mem::take(&mut self.brackets);
        loop {
            match self.kind() {
                Newline if self.ahead(1).kind == Indent && has_stmts && self.depth < MAX_NESTING => {
                    // The statements' errors are reported; whether the block as a whole failed does not matter here.
                    let _ = self.indented(|p| p.stmt().map(|_| ()));
                }
                Newline if self.ahead(1).kind == Indent => {
                    self.bump();
                    self.bump();
                    self.skip_block();
                    self.eat(Dedent);
                }
                Newline => {
                    self.bump();
                    break;
                }
                Dedent | Eof => break,
                _ => {
                    self.bump();
                }
            }
        }
        self.brackets = brackets;
    }

    /// Skips to the `Dedent` that ends the block.
    fn skip_block(&mut self) {
        let mut depth = 0usize;
        loop {
            match self.kind() {
                TokenKind::Indent => depth += 1,
                TokenKind::Dedent if depth == 0 => return,
                TokenKind::Dedent => depth -= 1,
                TokenKind::Eof => return,
                _ => {}
            }
            self.bump();
        }
    }

    // Documentation.

    /// The documentation comments between the last token and the one to come, joined.
    fn doc_comment(&mut self) -> Option<Symbol> {
        let (from, to) = (self.last_end(), self.token().start);
        let first = self.docs.partition_point(|doc| doc.start < from);
        let lines = self.docs[first..].iter().take_while(|doc| doc.start < to);
        let lines: Vec<&str> = lines
            .map(|doc| {
                let line = &self.text[doc.start as usize..doc.end as usize];
                let line = line.strip_prefix("///").unwrap_or_else(|| line.trim_start_matches('#'));
                line.strip_prefix(' ').unwrap_or(line)
            })
            .collect();
        if lines.is_empty() { None } else { Some(self.interner.intern(&lines.join("\n"))) }
    }

    /// A `"""…"""` on a line of its own, if more follows it.
    fn doc_text(&mut self) -> Option<Symbol> {
        let span = self.here();
        let is_doc = self.at(TokenKind::RawText)
            && self.slice(span).starts_with("\"\"\"")
            && self.ahead(1).kind == TokenKind::Newline
            && self.ahead(2).kind != TokenKind::Dedent;
        if !is_doc {
            return None;
        }
        let text = self.slice(span);
        let text = text[3..text.len() - 3].trim().to_string();
        self.bump();
        self.bump();
        Some(self.interner.intern(&text))
    }
}

#[cfg(test)]
mod tests;
