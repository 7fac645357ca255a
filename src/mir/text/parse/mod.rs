//! Text to MIR.
//!
//! Three walks over the tokens: item heads (so that types and symbols may be used before they are declared), then
//! types, signatures and globals, then initial values and bodies. An error skips to the next line of a body, or to
//! the next item.

mod body;
mod field;
mod item;
mod ty;

use super::lex::{Tok, Token, lex, unescape};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, FileId, Span, closest};
use crate::mir::*;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// Reads a module out of its text form. Spans in it are places in `text`, whose file is `file` and, in debug
/// information, has the name `path`. The module is complete but not verified.
///
/// # Errors
/// Everything in the text that does not follow the grammar of docs/mir.md (E0601), is not declared (E0603), is declared
/// twice (E0604) or is a literal that its type does not hold (E0605).
pub fn parse(file: FileId, path: &str, text: &str) -> Result<Module, Diagnostics> {
    let mut errors = Diagnostics::new();
    let tokens = lex(file, text, &mut errors);
    let mut parser = Parser {
        file,
        text,
        tokens,
        at: 0,
        end: 0,
        depth: 0,
        errors,
        m: Module::default(),
        types: FxHashMap::default(),
        symbols: FxHashMap::default(),
        strings: FxHashMap::default(),
        ops: field::op_parsers(),
    };
    parser.module();
    if parser.errors.has_errors() {
        return Err(parser.errors);
    }
    let mut line_starts = vec![0];
    line_starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1));
    parser.m.files.push(SourceFile { file, path: path.to_owned(), line_starts });
    Ok(parser.m)
}

/// An error that has been reported.
struct Reported;

type Parsed<T> = Result<T, Reported>;

#[derive(Clone, Copy)]
enum NamedType {
    Struct(StructId),
    Enum(EnumId),
}

#[derive(Clone, Copy)]
enum Symbol {
    Func(FuncId),
    Global(GlobalId),
}

struct Parser<'s> {
    file: FileId,
    text: &'s str,
    tokens: Vec<Token>,
    /// Index of the next token.
    at: usize,
    /// Index of the first token that is not the current item's; everything from there reads as [`Tok::Eof`].
    end: usize,
    /// Nesting of types and initial values.
    depth: u32,
    errors: Diagnostics,
    m: Module,
    types: FxHashMap<Cow<'s, str>, NamedType>,
    symbols: FxHashMap<Cow<'s, str>, Symbol>,
    strings: FxHashMap<Cow<'s, str>, StrId>,
    ops: FxHashMap<&'static str, field::OpParser>,
}

/// How deep types and initial values may nest: the parser recurses.
const MAX_DEPTH: u32 = Types::MAX_DEPTH;

impl<'s> Parser<'s> {
    fn peek(&self) -> Tok {
        if self.at < self.end { self.tokens[self.at].kind } else { Tok::Eof }
    }

    fn peek_at(&self, ahead: usize) -> Tok {
        if self.at + ahead < self.end { self.tokens[self.at + ahead].kind } else { Tok::Eof }
    }

    fn token_span(&self, token: Token) -> Span {
        Span::new(self.file, token.start, token.end)
    }

    /// The place of the next token; at the end of an item, just behind its last one.
    fn span(&self) -> Span {
        if self.at < self.end {
            return self.token_span(self.tokens[self.at]);
        }
        let last = self.tokens[self.end.saturating_sub(1)].end;
        Span::new(self.file, last, last)
    }

    /// From the start of `from` to the end of the last token taken.
    fn span_from(&self, from: Span) -> Span {
        from.to(self.token_span(self.tokens[self.at.saturating_sub(1)]))
    }

    /// The text of the next token.
    fn text(&self) -> &'s str {
        let span = self.span();
        &self.text[span.start as usize..span.end as usize]
    }

    fn report(&mut self, code: Code, span: Span, message: String) -> Reported {
        self.errors.push(Diagnostic::error(code, message).at(span, ""));
        Reported
    }

    /// Reports that the next token is not what should stand there.
    fn expected(&mut self, what: &str) -> Reported {
        let found = if self.peek() == Tok::Eof { "the end".into() } else { format!("`{}`", self.text()) };
        self.report(Code::MirSyntax, self.span(), format!("expected {what}, found {found}"))
    }

    fn eat(&mut self, kind: Tok) -> bool {
        let eaten = self.peek() == kind;
        self.at += usize::from(eaten);
        eaten
    }

    fn expect(&mut self, kind: Tok, what: &str) -> Parsed<()> {
        if self.eat(kind) { Ok(()) } else { Err(self.expected(what)) }
    }

    /// Takes the next token if it is this word.
    fn eat_word(&mut self, word: &str) -> bool {
        let eaten = self.peek() == Tok::Word && self.text() == word;
        self.at += usize::from(eaten);
        eaten
    }

    /// Takes a word and its place.
    fn word(&mut self, what: &str) -> Parsed<(&'s str, Span)> {
        if self.peek() != Tok::Word {
            return Err(self.expected(what));
        }
        let word = (self.text(), self.span());
        self.at += 1;
        Ok(word)
    }

    /// Takes a name with its sigil and gives what stands behind the sigil.
    fn named(&mut self, kind: Tok, what: &str) -> Parsed<(Cow<'s, str>, Span)> {
        if self.peek() != kind {
            return Err(self.expected(what));
        }
        let span = self.span();
        let name = self.name_at(self.tokens[self.at])?;
        self.at += 1;
        Ok((name, span))
    }

    /// The name that a token stands for, without sigil, quotes and escapes.
    fn name_at(&mut self, token: Token) -> Parsed<Cow<'s, str>> {
        let text = self.text;
        let text = text[token.start as usize..token.end as usize].trim_start_matches(['%', '@', '$']);
        if !text.starts_with('"') {
            return Ok(Cow::Borrowed(text));
        }
        self.utf8(&text[1..text.len() - 1], self.token_span(token))
    }

    fn utf8(&mut self, inner: &'s str, span: Span) -> Parsed<Cow<'s, str>> {
        let bytes = unescape(inner).map_err(|message| self.report(Code::MirSyntax, span, message))?;
        let text = match bytes {
            Cow::Borrowed(_) => return Ok(Cow::Borrowed(inner)),
            Cow::Owned(bytes) => String::from_utf8(bytes),
        };
        text.map(Cow::Owned)
            .map_err(|_| self.report(Code::MirSyntax, span, "a name that is not UTF-8".into()))
    }

    /// A word or a quoted string: the name of a field or variant.
    fn member(&mut self, what: &str) -> Parsed<Cow<'s, str>> {
        match self.peek() {
            Tok::Word | Tok::Str => {
                let name = self.name_at(self.tokens[self.at])?;
                self.at += 1;
                Ok(name)
            }
            _ => Err(self.expected(what)),
        }
    }

    fn string(&mut self) -> Parsed<Cow<'s, str>> {
        self.named(Tok::Str, "a string").map(|(text, _)| text)
    }

    fn intern(&mut self, text: Cow<'s, str>) -> StrId {
        if let Some(&id) = self.strings.get(&text) {
            return id;
        }
        let id = self.m.add_str(text.clone());
        self.strings.insert(text, id);
        id
    }

    /// An unsigned number that fits.
    fn uint(&mut self, what: &str, max: u64) -> Parsed<u64> {
        if self.peek() != Tok::Number {
            return Err(self.expected(what));
        }
        let Some(value) = integer(self.text()).and_then(|n| u64::try_from(n).ok()).filter(|&n| n <= max)
        else {
            let message = format!("`{}` is not {what} of at most {max}", self.text());
            return Err(self.report(Code::MirLiteral, self.span(), message));
        };
        self.at += 1;
        Ok(value)
    }

    fn symbol(&mut self) -> Parsed<(Symbol, Span, Cow<'s, str>)> {
        let (name, span) = self.named(Tok::Symbol, "a symbol")?;
        if let Some(&symbol) = self.symbols.get(&name) {
            return Ok((symbol, span, name));
        }
        let funcs = self.m.funcs.iter().map(|func| func.name.as_str());
        let globals = self.m.globals.iter().map(|global| global.name.as_str());
        let near = self.closest(&name, funcs.chain(globals)).map(|near| format!("`@{near}`"));
        Err(self.unknown(span, format!("symbol `@{name}`"), near))
    }

    /// The nearest of many names; none once there are more errors than are shown.
    fn closest<'a>(&self, name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
        if self.errors.error_count() < Diagnostics::DEFAULT_LIMIT { closest(name, names) } else { None }
    }

    /// Reports a name that nothing declares.
    fn unknown(&mut self, span: Span, what: String, near: Option<String>) -> Reported {
        let mut error = Diagnostic::error(Code::MirUnknown, format!("{what} is not declared")).at(span, "");
        if let Some(near) = near {
            error = error.help(format!("did you mean {near}?"));
        }
        self.errors.push(error);
        Reported
    }

    /// A list up to `close`, divided by commas; one more may stand at its end.
    fn list(&mut self, close: Tok, what: &str, mut item: impl FnMut(&mut Self) -> Parsed<()>) -> Parsed<()> {
        while !self.eat(close) {
            item(self)?;
            if !self.eat(Tok::Comma) && self.peek() != close {
                return Err(self.expected(what));
            }
        }
        Ok(())
    }

    /// A literal of a scalar type, as its bits.
    fn literal(&mut self, ty: Ty) -> Parsed<u64> {
        let (text, span) = (self.text(), self.span());
        if self.eat_word("bits") {
            let bits = integer(self.text()).filter(|_| self.peek() == Tok::Number);
            let Some(bits) = bits.and_then(|n| u64::try_from(n).ok()) else {
                return Err(self.expected("a number of at most 64 bits"));
            };
            self.at += 1;
            return Ok(bits);
        }
        let bits = match self.peek() {
            Tok::Word => match (text, ty) {
                ("true", Ty::BOOL) => Some(1),
                ("false", Ty::BOOL) => Some(0),
                ("null", Ty::PTR) => Some(0),
                ("nan", Ty::F32) => Some(u64::from(f32::NAN.to_bits())),
                ("nan", Ty::F64) => Some(f64::NAN.to_bits()),
                ("inf", Ty::F32) => Some(u64::from(f32::INFINITY.to_bits())),
                ("inf", Ty::F64) => Some(f64::INFINITY.to_bits()),
                ("-inf", Ty::F32) => Some(u64::from(f32::NEG_INFINITY.to_bits())),
                ("-inf", Ty::F64) => Some(f64::NEG_INFINITY.to_bits()),
                (_, _) => None,
            },
            Tok::Number if ty == Ty::F32 => {
                text.parse().ok().filter(|f: &f32| f.is_finite()).map(|f| u64::from(f.to_bits()))
            }
            Tok::Number if ty == Ty::F64 => {
                text.parse().ok().filter(|f: &f64| f.is_finite()).map(f64::to_bits)
            }
            Tok::Number if ty.is_int() => integer(text).and_then(|n| int_bits(ty, n)),
            _ => None,
        };
        let Some(bits) = bits else {
            if !matches!(self.peek(), Tok::Word | Tok::Number) {
                return Err(self.expected("a literal"));
            }
            let message = format!("`{text}` is no literal of type `{}`", print_type(&self.m, ty));
            return Err(self.report(Code::MirLiteral, span, message));
        };
        self.at += 1;
        Ok(bits)
    }
}

/// A whole number in decimal or hexadecimal.
fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let value = match digits.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok()?,
        None => digits.parse::<u64>().ok()?,
    };
    Some(if negative { -i128::from(value) } else { i128::from(value) })
}

/// A number as bits of an integer type; `None` when it is out of range.
fn int_bits(ty: Ty, value: i128) -> Option<u64> {
    let signed = ty.is_signed();
    let fits = if signed { i64::try_from(value).is_ok() } else { u64::try_from(value).is_ok() };
    Some(value as u64).filter(|&bits| fits && ty.holds(bits))
}
