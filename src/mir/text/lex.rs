//! Words of MIR text.

use crate::diagnostics::{Code, Diagnostic, Diagnostics, FileId, Span};
use std::borrow::Cow;

/// What a token is; its text is looked up through its range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Tok {
    /// A keyword, an operation, a label, a slot; `-inf` too.
    Word,
    /// An integer or float literal, with its sign.
    Number,
    /// `"…"`.
    Str,
    /// `%name`, `%0`, `%"…"`.
    Reg,
    /// `@name`, `@"…"`.
    Symbol,
    /// `$Name`, `$"…"`.
    TypeName,
    /// `!name`.
    Mark,
    LParen,
    RParen,
    LBracket,
    RBracket,
    LBrace,
    RBrace,
    Less,
    Greater,
    Comma,
    Colon,
    Semicolon,
    Equals,
    Arrow,
    Dots,
    Eof,
}

/// A token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub kind: Tok,
    /// Whether only white space stands before it on its line.
    pub starts_line: bool,
    pub start: u32,
    pub end: u32,
}

/// Whether a name may stand without quotes after its sigil, or as a label.
pub(super) fn is_bare(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.first().is_some_and(|&b| is_word_start(b)) && bytes.iter().all(|&b| is_word(b))
}

fn is_word_start(b: u8) -> bool {
    b.is_ascii_alphabetic() || b == b'_'
}

fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'.'
}

struct Lexer<'s, 'd> {
    text: &'s str,
    at: usize,
    /// Square brackets open.
    brackets: u32,
    file: FileId,
    errors: &'d mut Diagnostics,
}

/// Splits a text into tokens, the last of which is [`Tok::Eof`]. What is no token is reported and left out.
pub(super) fn lex(file: FileId, text: &str, errors: &mut Diagnostics) -> Vec<Token> {
    let mut lexer = Lexer { text, at: 0, brackets: 0, file, errors };
    let mut tokens = Vec::with_capacity(text.len() / 4);
    let mut starts_line = true;
    while let Some(&b) = text.as_bytes().get(lexer.at) {
        match b {
            b'\n' => {
                starts_line = true;
                lexer.at += 1;
            }
            b' ' | b'\t' | b'\r' => lexer.at += 1,
            b';' if !lexer.at_length() => lexer.skip_while(|b| b != b'\n'),
            _ => {
                let start = lexer.at as u32;
                if let Some(kind) = lexer.token(b) {
                    tokens.push(Token { kind, starts_line, start, end: lexer.at as u32 });
                    starts_line = false;
                }
            }
        }
    }
    let end = text.len() as u32;
    tokens.push(Token { kind: Tok::Eof, starts_line: true, start: end, end });
    tokens
}

impl Lexer<'_, '_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    fn skip_while(&mut self, holds: impl Fn(u8) -> bool) {
        while self.text.as_bytes().get(self.at).is_some_and(|&b| holds(b)) {
            self.at += 1;
        }
    }

    /// Whether the semicolon here is that of `[T; n]`: in brackets, only a length follows. Any other starts a comment.
    fn at_length(&self) -> bool {
        let rest = self.text[self.at + 1..].trim_start_matches(' ');
        let behind = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        self.brackets > 0 && behind.len() < rest.len() && behind.trim_start_matches(' ').starts_with(']')
    }

    fn error(&mut self, start: usize, message: String, label: &str) {
        let span = Span::new(self.file, start as u32, self.at as u32);
        self.errors.push(Diagnostic::error(Code::MirSyntax, message).at(span, label));
    }

    fn token(&mut self, first: u8) -> Option<Tok> {
        let start = self.at;
        let single = |kind| (1, kind);
        let (len, kind) = match first {
            b'(' => single(Tok::LParen),
            b')' => single(Tok::RParen),
            b'[' => {
                self.brackets += 1;
                single(Tok::LBracket)
            }
            b']' => {
                self.brackets = self.brackets.saturating_sub(1);
                single(Tok::RBracket)
            }
            b';' => single(Tok::Semicolon),
            b'{' => single(Tok::LBrace),
            b'}' => single(Tok::RBrace),
            b'<' => single(Tok::Less),
            b'>' => single(Tok::Greater),
            b',' => single(Tok::Comma),
            b':' => single(Tok::Colon),
            b'=' => single(Tok::Equals),
            b'-' if self.peek(1) == b'>' => (2, Tok::Arrow),
            b'.' if self.text[self.at..].starts_with("...") => (3, Tok::Dots),
            b'-' if self.text[self.at..].starts_with("-inf") => (4, Tok::Word),
            b'%' => return self.named(Tok::Reg),
            b'@' => return self.named(Tok::Symbol),
            b'$' => return self.named(Tok::TypeName),
            b'!' => return self.named(Tok::Mark),
            b'"' => return self.quoted().then_some(Tok::Str),
            b'-' if self.peek(1).is_ascii_digit() => return Some(self.number()),
            _ if first.is_ascii_digit() => return Some(self.number()),
            _ if is_word_start(first) => {
                self.skip_while(is_word);
                return Some(Tok::Word);
            }
            _ => {
                let c = self.text[start..].chars().next().unwrap_or('\u{fffd}');
                self.at += c.len_utf8();
                self.error(start, format!("unexpected character {c:?}"), "");
                return None;
            }
        };
        self.at += len;
        Some(kind)
    }

    fn named(&mut self, kind: Tok) -> Option<Tok> {
        let start = self.at;
        self.at += 1;
        match self.peek(0) {
            b'"' => return self.quoted().then_some(kind),
            b if is_word_start(b) => self.skip_while(is_word),
            b if b.is_ascii_digit() && kind == Tok::Reg => self.skip_while(|b| b.is_ascii_digit()),
            _ => {
                self.error(start, "a name is missing".into(), "a name or a quoted name must follow at once");
                return None;
            }
        }
        Some(kind)
    }

    fn quoted(&mut self) -> bool {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek(0) {
                b'"' => {
                    self.at += 1;
                    return true;
                }
                b'\\' if self.at + 1 < self.text.len() => {
                    self.at += 1;
                    self.at += self.text[self.at..].chars().next().map_or(0, char::len_utf8);
                }
                b'\n' => break,
                _ if self.at >= self.text.len() => break,
                _ => self.at += 1,
            }
        }
        self.error(start, "a string is not closed".into(), "opened here");
        false
    }

    fn number(&mut self) -> Tok {
        self.at += usize::from(self.peek(0) == b'-');
        if self.peek(0) == b'0' && self.peek(1) == b'x' {
            self.at += 2;
            self.skip_while(|b| b.is_ascii_hexdigit());
            return Tok::Number;
        }
        self.skip_while(|b| b.is_ascii_digit());
        if self.peek(0) == b'.' && self.peek(1).is_ascii_digit() {
            self.at += 1;
            self.skip_while(|b| b.is_ascii_digit());
        }
        let exponent = usize::from(matches!(self.peek(1), b'+' | b'-')) + 1;
        if matches!(self.peek(0), b'e' | b'E') && self.peek(exponent).is_ascii_digit() {
            self.at += exponent;
            self.skip_while(|b| b.is_ascii_digit());
        }
        Tok::Number
    }
}

/// The bytes that the inside of a string literal stands for; the error is a message.
pub(super) fn unescape(inner: &str) -> Result<Cow<'_, [u8]>, String> {
    if !inner.contains('\\') {
        return Ok(Cow::Borrowed(inner.as_bytes()));
    }
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        let escape = &rest[at + 1..];
        let c = escape.chars().next().unwrap_or('\\');
        rest = &escape[c.len_utf8().min(escape.len())..];
        match c {
            'n' => out.push(b'\n'),
            't' => out.push(b'\t'),
            'r' => out.push(b'\r'),
            '0' => out.push(0),
            '"' | '\\' => out.push(c as u8),
            'x' => {
                let byte = rest.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
                out.push(byte.ok_or("`\\x` needs two hexadecimal digits")?);
                rest = &rest[2..];
            }
            _ => return Err(format!("unknown escape `\\{c}`")),
        }
    }
    out.extend_from_slice(rest.as_bytes());
    Ok(Cow::Owned(out))
}
