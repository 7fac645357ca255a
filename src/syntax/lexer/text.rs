//! The extents of text literals; the parser reads their contents.

use super::{Frame, Lexer};
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::token::TokenKind;

impl Lexer<'_> {
    /// At a quote, or after `r` or `f` in front of one; `start` is where the literal starts.
    pub(super) fn text_literal(&mut self, start: usize) {
        let prefix = if start < self.pos { self.bytes[start] } else { b' ' };
        let is_multi = self.starts_with("\"\"\"");
        match (prefix, is_multi) {
            (b'f', true) => {
                self.pos += 3;
                self.text_run(start, true, false);
            }
            (_, true) => self.raw_text(start, "\"\"\""),
            (b'r', false) => self.raw_text(start, "\""),
            (_, false) if self.peek(0) == Some(b'\'') => self.raw_text(start, "'"),
            (_, false) => {
                self.pos += 1;
                self.text_run(start, false, false);
            }
        }
    }

    fn raw_text(&mut self, start: usize, quote: &str) {
        let is_multi = quote.len() == 3;
        self.pos += quote.len();
        let rest = &self.text[self.pos..];
        let close = if is_multi {
            rest.find(quote)
        } else {
            rest.bytes().position(|b| b == quote.as_bytes()[0] || b == b'\n')
        };
        match close {
            Some(at) if is_multi || rest.as_bytes()[at] != b'\n' => {
                self.pos += at + quote.len();
                self.push(TokenKind::RawText, start);
            }
            Some(at) => {
                self.pos += at;
                self.unterminated(start, "the line ends before it is closed");
            }
            None => {
                self.pos = self.bytes.len();
                self.unterminated(start, "the file ends before it is closed");
            }
        }
    }

    /// Text up to the closing quote or the next interpolation. `start` is where the literal starts; `is_resumed` tells
    /// that an interpolation of it has just ended.
    pub(super) fn text_run(&mut self, start: usize, is_multi: bool, is_resumed: bool) {
        let from = self.pos;
        loop {
            let Some(byte) = self.peek(0) else {
                return self.unterminated(start, "the file ends before it is closed");
            };
            match (byte, self.peek(1)) {
                (b'\n', _) if !is_multi => {
                    return self.unterminated(start, "the line ends before it is closed");
                }
                // The braces of `\u{…}` are no interpolation.
                (b'\\', Some(b'u')) if self.peek(2) == Some(b'{') => {
                    let digits =
                        self.bytes[self.pos + 3..].iter().take_while(|b| b.is_ascii_hexdigit()).count();
                    let is_closed = self.peek(3 + digits) == Some(b'}');
                    self.pos += 3 + digits + usize::from(is_closed);
                }
                (b'\\', Some(next)) if next != b'\n' || is_multi => self.pos += 2,
                (b'{', Some(b'{')) | (b'}', Some(b'}')) => self.pos += 2,
                (b'{', _) => {
                    if !is_resumed {
                        self.text_open(start, from);
                    }
                    self.text_piece(from);
                    let at = self.pos;
                    self.pos += 1;
                    self.push(TokenKind::InterpolationOpen, at);
                    self.single_line += usize::from(!is_multi);
                    self.frames.push(Frame::Interpolation {
                        text_at: start as u32,
                        at: at as u32,
                        is_multi,
                        has_head: false,
                    });
                    return;
                }
                (b'}', _) => {
                    let span = self.span(self.pos, self.pos + 1);
                    self.diags.push(
                        Diagnostic::error(Code::BadInterpolation, "`}` closes no interpolation")
                            .at(span, "")
                            .help("write `}}` for a brace"),
                    );
                    self.pos += 1;
                }
                (b'"', _) if !is_multi || self.starts_with("\"\"\"") => {
                    let close = self.pos;
                    let width = if is_multi { 3 } else { 1 };
                    if is_resumed {
                        self.text_piece(from);
                        self.pos = close + width;
                        return self.push(TokenKind::TextClose, close);
                    }
                    self.pos += width;
                    return self.push(TokenKind::Text, start);
                }
                _ => self.pos += 1,
            }
        }
    }

    fn text_open(&mut self, start: usize, end: usize) {
        let here = std::mem::replace(&mut self.pos, end);
        self.push(TokenKind::TextOpen, start);
        self.pos = here;
    }

    fn text_piece(&mut self, from: usize) {
        if from < self.pos {
            self.push(TokenKind::TextPiece, from);
        }
    }

    /// At the `:` of `{value:spec}`.
    pub(super) fn format_spec(&mut self) {
        self.pos += 1;
        let start = self.pos;
        let rest = &self.bytes[start..];
        self.pos += rest.iter().position(|b| matches!(b, b'}' | b'\n')).unwrap_or(rest.len());
        self.push(TokenKind::FormatSpec, start);
    }

    /// Inside an interpolation of a text on one line, the end of the line reports the interpolation instead.
    fn unterminated(&mut self, start: usize, label: &str) {
        if self.single_line == 0 {
            self.unterminated_text(start, label);
        }
        self.push(TokenKind::Error, start);
    }

    pub(super) fn unterminated_text(&mut self, start: usize, label: &str) {
        let line = self.text[start..].find('\n').map_or(self.text.len(), |at| start + at);
        let span = self.span(start, self.pos.clamp(start + 1, line.max(start + 1)));
        self.diags.push(
            Diagnostic::error(Code::UnterminatedText, "text literal is not closed").at(span, label).help(
                "close it with the quote that opened it; text over several lines is written `\"\"\"…\"\"\"`",
            ),
        );
    }
}
