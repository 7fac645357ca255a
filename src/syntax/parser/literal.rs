//! Literals: numbers, text, interpolation, format specifications.

use super::*;

impl Parser<'_> {
    /// A number, text, `true`, `false` or `nil`.
    pub(super) fn literal(&mut self) -> Parsed<Expr> {
        use TokenKind::*;
        let span = self.here();
        let kind = match self.kind() {
            Number => self.number(span)?,
            RawText => {
                let text = raw_content(self.slice(span)).to_string();
                self.bump();
                ExprKind::Text(self.interner.intern(&text))
            }
            Text => {
                let text = self.slice(span);
                let quoted = text.strip_prefix('f').unwrap_or(text);
                let quote = if quoted.starts_with("\"\"\"") { 3 } else { 1 };
                let open = text.len() as u32 - quoted.len() as u32 + quote;
                self.bump();
                let inside = Span::new(self.file, span.start + open, span.end - quote);
                ExprKind::Text(self.unescape(inside)?)
            }
            TextOpen => return self.interpolation(),
            True | False => ExprKind::Bool(self.bump().kind == True),
            Nil => {
                self.bump();
                ExprKind::Nil
            }
            _ => return self.expected(Code::ExpectedExpression, "a literal"),
        };
        Ok(Expr { kind, span })
    }

    fn interpolation(&mut self) -> Parsed<Expr> {
        let start = self.here();
        self.bump();
        self.brackets += 1;
        let parts = self.text_parts();
        self.brackets -= 1;
        Ok(Expr { kind: ExprKind::Interpolation(parts?), span: self.since(start) })
    }

    fn text_parts(&mut self) -> Parsed<Vec<TextPart>> {
        let mut parts = Vec::new();
        loop {
            let span = self.here();
            match self.bump().kind {
                TokenKind::TextPiece => parts.push(TextPart::Text(self.unescape(span)?)),
                TokenKind::TextClose => return Ok(parts),
                TokenKind::InterpolationOpen => {
                    if self.at(TokenKind::InterpolationClose) {
                        let error =
                            Diagnostic::error(Code::BadInterpolation, "an interpolation without expression")
                                .at(span.to(self.here()), "")
                                .help("write `{{}}` for braces");
                        return self.fail(error);
                    }
                    let value = self.expr()?;
                    let spec = if self.at(TokenKind::FormatSpec) { self.format_spec()? } else { None };
                    if !self.at(TokenKind::InterpolationClose) {
                        return self.expected(Code::BadInterpolation, "`}`");
                    }
                    self.bump();
                    parts.push(TextPart::Value { value, spec });
                }
                // The lexer gave the literal up, and said so.
                _ => return Err(Failed),
            }
        }
    }

    /// The characters of a text with escapes and doubled braces resolved.
    fn unescape(&mut self, span: Span) -> Parsed<Symbol> {
        let text = self.slice(span);
        if !text.contains(['\\', '{', '}']) {
            let symbol = self.interner.intern(&self.text[span.start as usize..span.end as usize]);
            return Ok(symbol);
        }
        let mut out = String::with_capacity(text.len());
        let mut errors = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['\\', '{', '}']) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            if !rest.starts_with('\\') {
                out.push_str(&rest[..1]);
                // Braces come in pairs; a lone one was reported.
                rest = rest.get(2..).unwrap_or("");
                continue;
            }
            let (length, result) = escape(rest);
            match result {
                Ok(c) => out.extend(c),
                Err(message) => {
                    let start = span.end - rest.len() as u32;
                    errors.push((Span::new(span.file, start, start + length as u32), message));
                }
            }
            rest = &rest[length..];
        }
        out.push_str(rest);
        if errors.is_empty() {
            return Ok(self.interner.intern(&out));
        }
        for (at, message) in errors {
            self.diags.push(
                Diagnostic::error(Code::BadEscape, message)
                    .at(at, "")
                    .help("the escapes are `\\n \\t \\r \\\\ \\\" \\' \\0 \\xNN \\u{…}`; raw text is written `'…'` or `r\"…\"`"),
            );
        }
        Err(Failed)
    }

    /// The index in `t.0`.
    pub(super) fn tuple_index(&mut self) -> Parsed<u32> {
        let span = self.here();
        let Ok(index) = self.slice(span).parse() else {
            return self.expected(Code::BadNumber, "the number of an element");
        };
        self.bump();
        Ok(index)
    }

    fn number(&mut self, span: Span) -> Parsed<ExprKind> {
        match read_number(self.slice(span)) {
            Ok(Value::Int(value, suffix)) => {
                let suffix = self.suffix(suffix);
                self.bump();
                Ok(ExprKind::Int { value, suffix })
            }
            Ok(Value::Float(value, single, suffix)) => {
                let suffix = self.suffix(suffix);
                self.bump();
                Ok(ExprKind::Float { value, single, suffix })
            }
            Err((code, message, help)) => self.fail(Diagnostic::error(code, message).at(span, "").help(help)),
        }
    }

    fn suffix(&mut self, suffix: Option<RawSuffix>) -> Option<Suffix> {
        suffix.map(|suffix| match suffix {
            RawSuffix::Type(ty) => Suffix::Type(ty),
            RawSuffix::Unit(name) => Suffix::Unit(self.interner.intern(&name)),
        })
    }

    fn format_spec(&mut self) -> Parsed<Option<FormatSpec>> {
        let span = self.here();
        match read_format_spec(self.slice(span), span) {
            Ok(spec) => {
                self.bump();
                Ok(spec)
            }
            Err(message) => {
                let error = Diagnostic::error(Code::BadFormatSpec, message).at(span, "").help(
                    "the form is `[[fill]align][sign][#][0][width][,][.precision][type]`, as in `{x:>10.2f}`",
                );
                self.fail(error)
            }
        }
    }
}

/// What is between the quotes of a raw text.
fn raw_content(literal: &str) -> &str {
    let literal = literal.strip_prefix('r').unwrap_or(literal);
    let quotes = if literal.len() >= 6 && literal.starts_with("\"\"\"") { 3 } else { 1 };
    &literal[quotes..literal.len() - quotes]
}

/// The escape at the start of `text`: how many bytes it takes, and its character (none for a joined line) or what is
/// wrong with it.
fn escape(text: &str) -> (usize, Result<Option<char>, String>) {
    let mut chars = text[1..].chars();
    let Some(letter) = chars.next() else { return (1, Err("nothing follows the backslash".to_string())) };
    let length = 1 + letter.len_utf8();
    let simple = |c| (length, Ok(Some(c)));
    match letter {
        'n' => simple('\n'),
        't' => simple('\t'),
        'r' => simple('\r'),
        '0' => simple('\0'),
        '\\' | '"' | '\'' | '{' | '}' => simple(letter),
        '\n' => (length, Ok(None)),
        'x' => {
            let digits: String = chars.take(2).take_while(char::is_ascii_hexdigit).collect();
            let length = length + digits.len();
            match u8::from_str_radix(&digits, 16) {
                Ok(byte) if digits.len() == 2 && byte < 0x80 => (length, Ok(Some(byte as char))),
                Ok(_) if digits.len() == 2 => {
                    (length, Err("`\\x` goes up to 7F; write a code point as `\\u{…}`".to_string()))
                }
                _ => (length, Err("`\\x` needs two hexadecimal digits".to_string())),
            }
        }
        'u' => {
            let rest = chars.as_str();
            let digits = rest.strip_prefix('{').and_then(|rest| rest.find('}').map(|at| &rest[..at]));
            let Some(digits) = digits.filter(|digits| (1..=6).contains(&digits.len())) else {
                return (length, Err("`\\u` needs up to six hexadecimal digits in braces".to_string()));
            };
            let length = length + digits.len() + 2;
            let c = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
            (length, c.map(Some).ok_or_else(|| format!("`{digits}` is the number of no code point")))
        }
        _ => (length, Err(format!("`\\{letter}` is no escape"))),
    }
}

enum Value {
    Int(u64, Option<RawSuffix>),
    Float(f64, f32, Option<RawSuffix>),
}

enum RawSuffix {
    Type(NumberType),
    Unit(String),
}

type NumberError = (Code, String, &'static str);

fn read_number(text: &str) -> Result<Value, NumberError> {
    let bad = |message: String| {
        (Code::BadNumber, message, "numbers look like `42`, `0xFF`, `1_000`, `3.14`, `1e-5`, `7u8`")
    };
    let (radix, digits) = match text.get(..2) {
        Some("0x" | "0X") => (16, &text[2..]),
        Some("0o" | "0O") => (8, &text[2..]),
        Some("0b" | "0B") => (2, &text[2..]),
        _ => (10, text),
    };
    let is_digit = |c: char| if radix == 16 { c.is_ascii_hexdigit() } else { c.is_ascii_digit() };
    let mut end = digits.find(|c: char| !is_digit(c) && c != '_').unwrap_or(digits.len());
    let mut is_float = false;
    if radix == 10 {
        let bytes = digits.as_bytes();
        let skip = |mut at: usize| {
            while bytes.get(at).is_some_and(|b| b.is_ascii_digit() || *b == b'_') {
                at += 1;
            }
            at
        };
        if bytes.get(end) == Some(&b'.') {
            is_float = true;
            end = skip(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            if bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit) {
                is_float = true;
                end = skip(end + 1 + sign);
            }
        }
    }
    let (digits, rest) = digits.split_at(end);
    let has_joint = digits.ends_with('_');
    let digits: String = digits.chars().filter(|&c| c != '_').collect();
    if digits.is_empty() {
        return Err(bad(format!("`{text}` has no digits")));
    }
    let suffix = read_suffix(rest, has_joint).ok_or_else(|| match rest.chars().next() {
        Some(c) if c.is_ascii_digit() => bad(format!("`{c}` is no digit of base {radix}")),
        _ => (
            Code::BadNumber,
            format!("`{rest}` is no suffix of a number"),
            "suffixes are types, as in `7u8`, and behind `_` units, as in `5_km`",
        ),
    })?;
    let type_suffix = match suffix {
        Some(RawSuffix::Type(ty)) => Some(ty),
        Some(RawSuffix::Unit(_)) | None => None,
    };
    if is_float || (radix == 10 && matches!(type_suffix, Some(NumberType::F32 | NumberType::F64))) {
        if !matches!(type_suffix, None | Some(NumberType::F32 | NumberType::F64)) {
            return Err(bad(format!("`{text}` has a point or an exponent and the suffix of an integer")));
        }
        let (Ok(value), Ok(single)) = (digits.parse::<f64>(), digits.parse::<f32>()) else {
            return Err(bad(format!("`{text}` is no number")));
        };
        let is_infinite =
            if type_suffix == Some(NumberType::F32) { single.is_infinite() } else { value.is_infinite() };
        if is_infinite {
            let message = "this number is larger than any the type holds".to_string();
            return Err((Code::NumberTooLarge, message, "an f64 goes up to about 1.8e308, an f32 to 3.4e38"));
        }
        return Ok(Value::Float(value, single, suffix));
    }
    if let Some(c) = digits.chars().find(|c| !c.is_digit(radix)) {
        return Err(bad(format!("`{c}` is no digit of base {radix}")));
    }
    let too_large = |name: &str| {
        let message = format!("this number is larger than any {name} holds");
        (Code::NumberTooLarge, message, "integers go up to 64 bits: 18446744073709551615 as `u64`")
    };
    let value = u64::from_str_radix(&digits, radix).map_err(|_| too_large("integer type"))?;
    // One more than the greatest for signed types: a minus sign may stand in front.
    let (greatest, name) = match type_suffix {
        None => (u64::MAX, "integer type"),
        Some(NumberType::I8) => (1 << 7, "`i8`"),
        Some(NumberType::I16) => (1 << 15, "`i16`"),
        Some(NumberType::I32) => (1 << 31, "`i32`"),
        Some(NumberType::I64) => (1 << 63, "`i64`"),
        Some(NumberType::U8) => (u8::MAX.into(), "`u8`"),
        Some(NumberType::U16) => (u16::MAX.into(), "`u16`"),
        Some(NumberType::U32) => (u32::MAX.into(), "`u32`"),
        Some(NumberType::U64) => (u64::MAX, "`u64`"),
        Some(NumberType::F32 | NumberType::F64) => {
            return Err(bad(format!("`{text}` has a base and the suffix of a float")));
        }
    };
    if value > greatest { Err(too_large(name)) } else { Ok(Value::Int(value, suffix)) }
}

/// What follows the digits; `has_joint` tells that a `_` stands between, as units need. `None` if it is neither.
fn read_suffix(rest: &str, has_joint: bool) -> Option<Option<RawSuffix>> {
    let ty = match rest {
        "" => return Some(None),
        "i8" => NumberType::I8,
        "i16" => NumberType::I16,
        "i32" => NumberType::I32,
        "i64" => NumberType::I64,
        "u8" => NumberType::U8,
        "u16" => NumberType::U16,
        "u32" => NumberType::U32,
        "u64" => NumberType::U64,
        "f32" => NumberType::F32,
        "f64" => NumberType::F64,
        _ if has_joint && rest.starts_with(|c: char| c.is_alphabetic()) => {
            return Some(Some(RawSuffix::Unit(rest.to_string())));
        }
        _ => return None,
    };
    Some(Some(RawSuffix::Type(ty)))
}

/// Reads what stands after the colon; nothing at all is no specification.
fn read_format_spec(text: &str, span: Span) -> Result<Option<FormatSpec>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let chars: Vec<char> = text.chars().collect();
    let align_of = |c: Option<&char>| match c {
        Some('<') => Some(Align::Left),
        Some('>') => Some(Align::Right),
        Some('^') => Some(Align::Centre),
        Some('=') => Some(Align::AfterSign),
        _ => None,
    };
    let mut at = 0;
    let mut fill = ' ';
    let mut align = align_of(chars.get(1));
    if align.is_some() {
        fill = chars[0];
        at = 2;
    } else {
        align = align_of(chars.first());
        at += usize::from(align.is_some());
    }
    let sign = match chars.get(at) {
        Some('+') => Some(Sign::Plus),
        Some(' ') => Some(Sign::Space),
        Some('-') => Some(Sign::Minus),
        _ => None,
    };
    at += usize::from(sign.is_some());
    let take = |wanted: char, at: &mut usize| {
        let found = chars.get(*at) == Some(&wanted);
        *at += usize::from(found);
        found
    };
    let is_alternate = take('#', &mut at);
    let is_zero_padded = take('0', &mut at);
    let width = read_digits(&chars, &mut at)?.unwrap_or(0);
    let has_commas = take(',', &mut at);
    let mut precision = None;
    if take('.', &mut at) {
        precision = read_digits(&chars, &mut at)?;
        if precision.is_none() {
            return Err("digits must follow `.` in a format specification".to_string());
        }
    }
    let kind = match chars.get(at) {
        None => FormatKind::Display,
        Some('b') => FormatKind::Binary,
        Some('o') => FormatKind::Octal,
        Some('d') => FormatKind::Decimal,
        Some('x') => FormatKind::LowerHex,
        Some('X') => FormatKind::UpperHex,
        Some('e') => FormatKind::Exponent,
        Some('f') => FormatKind::Fixed,
        Some('%') => FormatKind::Percent,
        Some(c) => return Err(format!("`{c}` does not fit into a format specification")),
    };
    at += usize::from(kind != FormatKind::Display);
    if let Some(c) = chars.get(at) {
        return Err(format!("`{c}` does not fit into a format specification"));
    }
    Ok(Some(FormatSpec {
        fill,
        align,
        sign: sign.unwrap_or(Sign::Minus),
        is_alternate,
        is_zero_padded,
        width,
        has_commas,
        precision,
        kind,
        span,
    }))
}

/// A number of at most three digits, which keeps padding within reason.
fn read_digits(chars: &[char], at: &mut usize) -> Result<Option<u32>, String> {
    let digits: String = chars[*at..].iter().take_while(|c| c.is_ascii_digit()).collect();
    *at += digits.len();
    match digits.len() {
        0 => Ok(None),
        1..=3 => Ok(digits.parse().ok()),
        _ => Err("widths and precisions have at most three digits".to_string()),
    }
}
