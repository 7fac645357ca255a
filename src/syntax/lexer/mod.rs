//! Text to tokens: words, numbers, signs. Line structure is in [`layout`], text literals in [`text`].
//!
//! The token stream is balanced whatever the input: every bracket the parser meets has its partner, every `Indent` its
//! `Dedent`. What the lexer had to make up is marked synthetic, and what it could not read is a
//! [`TokenKind::Error`]; both were reported, so the parser is silent about them.

mod layout;
mod text;

use super::token::{Token, TokenKind};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, FileId, Span};

/// The tokens of a file and its documentation comments.
pub(super) struct Tokens {
    /// In order; the last is [`TokenKind::Eof`].
    pub tokens: Vec<Token>,
    /// Comments `## …` and `/// …` on lines of their own, in order, without line end.
    pub docs: Vec<Span>,
}

/// Splits a text into tokens. Linear in its length.
pub(super) fn lex(file: FileId, text: &str, diags: &mut Diagnostics) -> Tokens {
    let mut lexer = Lexer {
        file,
        text,
        bytes: text.as_bytes(),
        pos: if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 },
        has_space: false,
        tokens: Vec::with_capacity(text.len() / 4),
        docs: Vec::new(),
        frames: vec![Frame::Block { indent: 0, kind: BlockKind::Real }],
        single_line: 0,
        taken_partner: None,
        line_start: 0,
        diags,
    };
    lexer.run();
    Tokens { tokens: lexer.tokens, docs: lexer.docs }
}

struct Lexer<'a> {
    file: FileId,
    text: &'a str,
    bytes: &'a [u8],
    pos: usize,
    has_space: bool,
    tokens: Vec<Token>,
    docs: Vec<Span>,
    /// What is open, innermost last; the first is the file's block.
    frames: Vec<Frame>,
    /// How many of `frames` are interpolations of a text literal on one line.
    single_line: usize,
    /// The closing bracket on this line that ended an outer bracket, over one that was not closed.
    taken_partner: Option<TokenKind>,
    /// Index of the first token of the current logical line.
    line_start: usize,
    diags: &'a mut Diagnostics,
}

/// Something open that changes how line ends are read.
#[derive(Clone, Copy)]
enum Frame {
    /// Lines at one indentation.
    Block { indent: u32, kind: BlockKind },
    /// `(`, `[` or `{`. `has_head` tells that a lambda, `if` or `match` began since the last comma: then a `:` at the
    /// end of a line opens a block, in spite of the bracket.
    Bracket { open: TokenKind, at: u32, has_head: bool },
    /// `{` inside a text literal that began at `text_at`. With `has_head`, `:` belongs to the expression and starts no
    /// format specification.
    Interpolation { text_at: u32, at: u32, is_multi: bool, has_head: bool },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum BlockKind {
    /// Opened by `Indent`, closed by `Dedent`.
    Real,
    /// The indentation of a continued line.
    Continued,
    /// A wrong indentation, reported once; its lines belong to the block around it.
    Wrong,
}

impl Lexer<'_> {
    fn run(&mut self) {
        self.first_line();
        loop {
            self.skip_blanks();
            match self.peek(0) {
                None if self.pos >= self.bytes.len() => break,
                Some(b'\n') => self.line_end(),
                _ => self.token(),
            }
        }
        self.finish();
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.pos + ahead).copied()
    }

    fn starts_with(&self, prefix: &str) -> bool {
        self.bytes[self.pos..].starts_with(prefix.as_bytes())
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start as u32, end as u32)
    }

    fn error(&mut self, code: Code, message: impl Into<String>, start: usize, end: usize, label: &str) {
        let span = self.span(start, end);
        self.diags.push(Diagnostic::error(code, message).at(span, label));
    }

    fn last_kind(&self) -> Option<TokenKind> {
        self.tokens.last().map(|token| token.kind)
    }

    /// Adds a token from `start` to the current position.
    fn push(&mut self, kind: TokenKind, start: usize) {
        let token = Token {
            kind,
            has_space: self.has_space,
            is_synthetic: false,
            start: start as u32,
            end: self.pos as u32,
        };
        self.has_space = false;
        self.tokens.push(token);
    }

    fn push_empty(&mut self, kind: TokenKind, at: usize, is_synthetic: bool) {
        self.tokens.push(Token { kind, has_space: false, is_synthetic, start: at as u32, end: at as u32 });
    }

    /// Skips blanks, comments and joined lines, up to a token, a line end or the end.
    fn skip_blanks(&mut self) {
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b'\t' | b'\r' => self.pos += 1,
                b'#' if self.peek(1) == Some(b'[') && self.at_line_start() => return,
                b'#' => self.skip_line(),
                b'/' if self.peek(1) == Some(b'*') => self.block_comment(),
                b'/' if self.starts_with("///") => self.skip_line(),
                b'\\' => {
                    match self.bytes[self.pos + 1..].iter().position(|b| !matches!(b, b' ' | b'\t' | b'\r')) {
                        Some(blanks) if self.bytes[self.pos + 1 + blanks] == b'\n' => self.pos += blanks + 2,
                        _ => return,
                    }
                }
                _ => return,
            }
            self.has_space = true;
        }
    }

    /// Whether nothing but attributes stands before this on its line: only there is `#[` no comment.
    fn at_line_start(&self) -> bool {
        match self.tokens.last() {
            None => true,
            Some(token) if token.kind.is_layout() => true,
            Some(token) => {
                token.kind == TokenKind::RBracket
                    && self.tokens.get(self.line_start).is_some_and(|t| t.kind == TokenKind::HashBracket)
            }
        }
    }

    fn skip_line(&mut self) {
        let rest = &self.bytes[self.pos..];
        self.pos += rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
    }

    fn block_comment(&mut self) {
        let start = self.pos;
        let mut depth = 0usize;
        while self.pos < self.bytes.len() {
            if self.starts_with("/*") {
                depth += 1;
                self.pos += 2;
            } else if self.starts_with("*/") {
                depth -= 1;
                self.pos += 2;
                if depth == 0 {
                    return;
                }
            } else {
                self.pos += 1;
            }
        }
        let span = self.span(start, start + 2);
        self.diags.push(
            Diagnostic::error(Code::UnterminatedComment, "block comment is not closed")
                .at(span, "opened here")
                .help("add `*/`; comments nest, so each `/*` needs its own"),
        );
    }

    fn token(&mut self) {
        let start = self.pos;
        let byte = self.bytes[start];
        match byte {
            b'"' | b'\'' => self.text_literal(start),
            b'0'..=b'9' => self.number(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            _ if byte < 0x80 => self.sign(),
            _ if self.text[start..].starts_with(char::is_alphabetic) => self.word(),
            _ => self.stray(),
        }
    }

    fn word(&mut self) {
        let start = self.pos;
        let rest = &self.bytes[start..];
        let ascii = rest.iter().position(|b| !b.is_ascii_alphanumeric() && *b != b'_').unwrap_or(rest.len());
        self.pos += ascii;
        if self.peek(0).is_some_and(|b| b >= 0x80) {
            let rest = &self.text[self.pos..];
            self.pos += rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        }
        let word = &self.text[start..self.pos];
        if matches!((word, self.peek(0)), ("r" | "f", Some(b'"'))) {
            return self.text_literal(start);
        }
        let kind = TokenKind::of_word(word);
        if matches!(kind, TokenKind::If | TokenKind::Match | TokenKind::Fn) {
            self.mark_head();
        }
        self.push(kind, start);
    }

    /// Notes that an expression which holds `:` began in the innermost bracket.
    fn mark_head(&mut self) {
        if let Some(Frame::Bracket { has_head, .. } | Frame::Interpolation { has_head, .. }) =
            self.frames.last_mut()
        {
            *has_head = true;
        }
    }

    /// The extent of a number; the parser reads its value.
    fn number(&mut self) {
        let start = self.pos;
        let skip = |lexer: &mut Self, accepts: fn(u8) -> bool| {
            while lexer.peek(0).is_some_and(accepts) {
                lexer.pos += 1;
            }
        };
        let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let is_digit = |b: u8| b.is_ascii_digit() || b == b'_';
        let is_tuple_index =
            matches!(self.last_kind(), Some(TokenKind::Dot | TokenKind::QuestionDot)) && !self.has_space;
        if is_tuple_index {
            skip(self, |b| b.is_ascii_digit());
        } else if self.bytes[start] == b'0'
            && matches!(self.peek(1), Some(b'x' | b'o' | b'b' | b'X' | b'O' | b'B'))
        {
            skip(self, is_word);
        } else {
            skip(self, is_digit);
            if self.peek(0) == Some(b'.') && self.peek(1).is_some_and(|b| b.is_ascii_digit()) {
                self.pos += 1;
                skip(self, is_digit);
            }
            if matches!(self.peek(0), Some(b'e' | b'E')) {
                let sign = usize::from(matches!(self.peek(1), Some(b'+' | b'-')));
                if self.peek(1 + sign).is_some_and(|b| b.is_ascii_digit()) {
                    self.pos += 1 + sign;
                }
            }
            skip(self, is_word);
        }
        self.push(TokenKind::Number, start);
    }

    fn sign(&mut self) {
        use TokenKind::*;
        let start = self.pos;
        let (kind, length) = match (self.bytes[start], self.peek(1), self.peek(2)) {
            (b'(', ..) => return self.open(LParen, 1),
            (b'[', ..) => return self.open(LBracket, 1),
            (b'{', ..) => return self.open(LBrace, 1),
            (b'#', Some(b'['), _) => return self.open(HashBracket, 2),
            (b')', ..) => return self.close(RParen),
            (b']', ..) => return self.close(RBracket),
            (b'}', ..) => return self.close(RBrace),
            (b':', ..)
                if matches!(self.frames.last(), Some(Frame::Interpolation { has_head: false, .. })) =>
            {
                return self.format_spec();
            }
            (b',', ..) => {
                if let Some(Frame::Bracket { has_head, .. }) = self.frames.last_mut() {
                    *has_head = false;
                }
                (Comma, 1)
            }
            (b'\\', ..) => {
                self.mark_head();
                (Backslash, 1)
            }
            (b'.', Some(b'.'), Some(b'.')) => (Ellipsis, 3),
            (b'.', Some(b'.'), Some(b'=')) => (DotDotEq, 3),
            (b'.', Some(b'.'), _) => (DotDot, 2),
            (b'.', Some(b'?'), _) => (DotQuestion, 2),
            (b'.', ..) => (Dot, 1),
            (b'*', Some(b'*'), Some(b'=')) => (StarStarAssign, 3),
            (b'*', Some(b'*'), _) => (StarStar, 2),
            (b'*', Some(b'='), _) => (StarAssign, 2),
            (b'*', ..) => (Star, 1),
            (b'-', Some(b'>'), _) => (Arrow, 2),
            (b'-', Some(b'='), _) => (MinusAssign, 2),
            (b'-', ..) => (Minus, 1),
            (b'=', Some(b'>'), _) => (FatArrow, 2),
            (b'=', Some(b'='), Some(b'=')) => return self.foreign_operator("===", EqEq, "=="),
            (b'=', Some(b'='), _) => (EqEq, 2),
            (b'=', ..) => (Assign, 1),
            (b'+', Some(b'='), _) => (PlusAssign, 2),
            (b'+', ..) => (Plus, 1),
            (b'/', Some(b'='), _) => (SlashAssign, 2),
            (b'/', ..) => (Slash, 1),
            (b'%', Some(b'='), _) => (PercentAssign, 2),
            (b'%', ..) => (Percent, 1),
            (b'|', Some(b'>'), _) => (PipeRight, 2),
            (b'|', Some(b'|'), _) => return self.foreign_operator("||", Or, "or"),
            (b'|', ..) => (Pipe, 1),
            (b'&', Some(b'&'), _) => return self.foreign_operator("&&", And, "and"),
            (b'&', ..) => (Amp, 1),
            (b'!', Some(b'='), Some(b'=')) => return self.foreign_operator("!==", BangEq, "!="),
            (b'!', Some(b'='), _) => (BangEq, 2),
            (b'!', ..) => (Bang, 1),
            (b'<', Some(b'<'), _) => (Shl, 2),
            (b'<', Some(b'='), _) => (Le, 2),
            (b'<', ..) => (Lt, 1),
            (b'>', Some(b'>'), _) => (Shr, 2),
            (b'>', Some(b'='), _) => (Ge, 2),
            (b'>', ..) => (Gt, 1),
            (b'?', Some(b'?'), _) => (QuestionQuestion, 2),
            (b'?', Some(b'.'), Some(b'.')) => (Question, 1),
            (b'?', Some(b'.'), _) => (QuestionDot, 2),
            (b'?', ..) => (Question, 1),
            (b':', ..) => (Colon, 1),
            (b';', ..) => (Semi, 1),
            (b'@', ..) => (At, 1),
            (b'^', ..) => (Caret, 1),
            (b'~', ..) => (Tilde, 1),
            _ => return self.stray(),
        };
        self.pos += length;
        self.push(kind, start);
    }

    /// `&&`, `||`, `===` and `!==` from other languages: reported, and read as what was meant.
    fn foreign_operator(&mut self, sign: &str, kind: TokenKind, word: &str) {
        let start = self.pos;
        self.pos += sign.len();
        let span = self.span(start, self.pos);
        self.diags.push(
            Diagnostic::error(Code::StrayCharacter, format!("`{sign}` is no operator"))
                .at(span, "")
                .help(format!("write `{word}`")),
        );
        self.push(kind, start);
    }

    fn stray(&mut self) {
        let start = self.pos;
        let c = self.text[start..].chars().next().unwrap_or('\0');
        // A run of the same character is one mistake.
        while self.text[self.pos..].starts_with(c) {
            self.pos += c.len_utf8();
        }
        let help = match c {
            '“' | '”' | '„' => Some("write text between straight quotes `\"`"),
            '‘' | '’' => Some("write raw text between straight quotes `'`"),
            '–' | '—' | '−' => Some("write the minus sign `-`"),
            '×' => Some("write `*`"),
            '\u{A0}' | '\u{200B}' => Some("it looks like a blank; write an ordinary one"),
            '`' => Some("text is written between `\"` or `'`"),
            '$' => Some("a text interpolates with `{…}`"),
            _ => None,
        };
        let shown = if c.is_control() { format!("U+{:04X}", c as u32) } else { format!("`{c}`") };
        let span = self.span(start, self.pos);
        let mut error =
            Diagnostic::error(Code::StrayCharacter, format!("{shown} is no part of the language"))
                .at(span, "");
        if let Some(help) = help {
            error = error.help(help);
        }
        self.diags.push(error);
        self.push(TokenKind::Error, start);
    }
}

#[cfg(test)]
mod tests;
