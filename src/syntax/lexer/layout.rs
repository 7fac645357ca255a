//! Lines, indentation, continued lines and brackets (language reference §1).

use super::{BlockKind, Frame, Lexer};
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::token::{Token, TokenKind};

/// How far out a closing bracket without partner looks for one: brackets nested more deeply than that are too deep
/// for the parser anyway, and an unbounded search would be quadratic.
const PARTNER_WINDOW: usize = 64;

/// What the first word of a line says about the line before it.
#[derive(PartialEq, Eq)]
enum LineHead {
    /// A binary operator or `.member`: continues a shallower line.
    Operator,
    /// `else`, `elif`, `catch`: belongs to the statement before it.
    Branch,
    Other,
}

impl Lexer<'_> {
    pub(super) fn first_line(&mut self) {
        let start = self.pos;
        if let Some(indent) = self.next_line(start)
            && indent > 0
        {
            self.wrong_indentation("the first line is indented", "start it at the margin");
            self.frames.push(Frame::Block { indent, kind: BlockKind::Wrong });
        }
    }

    /// At a `\n`: goes to the next line that holds something and emits the layout tokens between.
    pub(super) fn line_end(&mut self) {
        if self.single_line > 0 {
            self.unclosed_interpolation();
        }
        let end = self.pos;
        let Some(indent) = self.next_line(end + 1) else { return };
        self.has_space = true;
        self.taken_partner = None;
        if !matches!(self.frames.last(), Some(Frame::Block { .. })) {
            if self.opens_block_in_bracket(indent) {
                return self.open_block(end, indent);
            }
            if !self.is_bracket_forgotten(indent) {
                return;
            }
            self.close_forgotten_brackets(end);
        }
        self.layout(end, indent);
    }

    /// From the start of a line at `start`: skips empty lines and comments, records documentation, stops at the first
    /// thing on a line and tells its indentation. `None` at the end of the file.
    fn next_line(&mut self, start: usize) -> Option<u32> {
        self.pos = start;
        let mut indent = 0;
        loop {
            match self.peek(0)? {
                b' ' => indent += 1,
                b'\t' => indent += 4,
                b'\r' => {}
                b'\n' => indent = 0,
                b'#' if self.peek(1) == Some(b'[') => return Some(indent),
                b'#' => {
                    self.comment_line(self.starts_with("##"));
                    continue;
                }
                b'/' if self.starts_with("///") => {
                    self.comment_line(true);
                    continue;
                }
                b'/' if self.peek(1) == Some(b'*') => {
                    self.block_comment();
                    continue;
                }
                _ => return Some(indent),
            }
            self.pos += 1;
        }
    }

    fn comment_line(&mut self, is_doc: bool) {
        let start = self.pos;
        self.skip_line();
        if is_doc {
            let end = start + self.text[start..self.pos].trim_end().len();
            self.docs.push(self.span(start, end));
        }
    }

    /// Layout tokens in front of a line at `indent`, when lines count. `end` is where the line before it ended.
    fn layout(&mut self, end: usize, indent: u32) {
        let head = self.line_head();
        let Some(&Frame::Block { indent: base, .. }) = self.frames.last() else { return };
        let last = self.tokens.last().copied();
        // A statement at the same indentation is none of the expression that lacks its end.
        let may_continue = indent > base || indent == base && !self.starts_stmt();
        if may_continue && last.is_some_and(|last| self.is_continued(last)) {
            if indent > base {
                self.frames.push(Frame::Block { indent, kind: BlockKind::Continued });
            }
            return;
        }
        if indent > base {
            if last.is_some_and(|last| opens_block(last.kind)) {
                return self.open_block(end, indent);
            }
            if head != LineHead::Other {
                self.frames.push(Frame::Block { indent, kind: BlockKind::Continued });
                return;
            }
            if self.line_needs_block() {
                // The parser says that the `:` is missing.
                return self.open_block(end, indent);
            }
            self.newline(end);
            self.wrong_indentation("unexpected indentation", "no line before it opens a block");
            self.frames.push(Frame::Block { indent, kind: BlockKind::Wrong });
            return;
        }
        let mut has_ended = false;
        while let Some(&Frame::Block { indent: base, kind }) = self.frames.last() {
            if base <= indent {
                break;
            }
            self.frames.pop();
            if kind == BlockKind::Real {
                if !has_ended {
                    self.newline(end);
                    has_ended = true;
                }
                self.push_empty(TokenKind::Dedent, self.pos, false);
            }
        }
        // Anything else than a block: a block inside brackets has ended, and the bracket goes on.
        let Some(&Frame::Block { indent: base, kind }) = self.frames.last() else { return };
        if indent > base {
            if head == LineHead::Operator {
                self.frames.push(Frame::Block { indent, kind: BlockKind::Continued });
                return;
            }
            self.newline(end);
            self.wrong_indentation("this indentation fits no open block", "indent it like a line above");
            self.frames.push(Frame::Block { indent, kind: BlockKind::Wrong });
            return;
        }
        match (kind, head) {
            (BlockKind::Continued, LineHead::Operator | LineHead::Branch) => {}
            (BlockKind::Continued, LineHead::Other) => {
                self.newline(end);
                self.wrong_indentation("unexpected indentation", "no line before it opens a block");
                self.frames.pop();
                self.frames.push(Frame::Block { indent, kind: BlockKind::Wrong });
            }
            (BlockKind::Real | BlockKind::Wrong, LineHead::Branch) => {}
            (BlockKind::Real | BlockKind::Wrong, LineHead::Operator | LineHead::Other) => self.newline(end),
        }
    }

    fn newline(&mut self, end: usize) {
        self.push_empty(TokenKind::Newline, end, false);
        self.line_start = self.tokens.len();
    }

    fn open_block(&mut self, end: usize, indent: u32) {
        self.newline(end);
        self.push_empty(TokenKind::Indent, self.pos, false);
        self.line_start = self.tokens.len();
        self.frames.push(Frame::Block { indent, kind: BlockKind::Real });
    }

    fn wrong_indentation(&mut self, message: &str, label: &str) {
        let line = self.text[..self.pos].rfind('\n').map_or(0, |at| at + 1);
        let blanks = &self.text[line..self.pos];
        let has_both = blanks.contains('\t') && blanks.contains(' ');
        let end = self.pos + self.text[self.pos..].chars().next().map_or(0, char::len_utf8);
        let mut error = Diagnostic::error(Code::BadIndentation, message).at(self.span(self.pos, end), label);
        if has_both {
            error = error.note("the indentation mixes tabs and spaces; a tab counts as four spaces");
        }
        self.diags.push(
            error.help("a block is opened by `:` at the end of a line, and all its lines are indented alike"),
        );
    }

    fn is_continued(&self, last: Token) -> bool {
        if !last.kind.continues_line() {
            return false;
        }
        let before = self.tokens.len().checked_sub(2).map(|i| self.tokens[i].kind);
        let is_member = matches!(before, Some(TokenKind::Dot | TokenKind::QuestionDot));
        if last.kind.is_reserved() {
            return !is_member;
        }
        match last.kind {
            // `T<A>` ends a type; an operator has a blank before it.
            TokenKind::Gt | TokenKind::Shr => last.has_space,
            TokenKind::Star => {
                let first = self.tokens.get(self.line_start).map(|token| token.kind);
                !is_member && !matches!(first, Some(TokenKind::Use | TokenKind::Export))
            }
            _ => true,
        }
    }

    fn line_head(&self) -> LineHead {
        let rest = &self.text[self.pos..];
        let bytes = rest.as_bytes();
        let second = bytes.get(1).copied().unwrap_or(b' ');
        let is_operator = match bytes[0] {
            b'.' => !rest.starts_with("..."),
            b'?' => matches!(second, b'.' | b'?'),
            b'=' => second != b'>',
            b'!' => second == b'=',
            b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'&' | b'|' | b'<' | b'>' => true,
            _ => false,
        };
        if is_operator {
            return LineHead::Operator;
        }
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let (word, after) = rest.split_at(rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
        let after = after.trim_start_matches([' ', '\t']);
        match word {
            "and" | "or" | "xor" | "is" | "in" | "as" => LineHead::Operator,
            "not" if after.starts_with("in") && !after[2..].starts_with(is_word) => LineHead::Operator,
            "else" | "elif" => LineHead::Branch,
            // A name unless a name or the block follows.
            "catch" if after.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == ':') => {
                LineHead::Branch
            }
            _ => LineHead::Other,
        }
    }

    /// Whether the line just ended starts with a word that opens a block.
    fn line_needs_block(&self) -> bool {
        use TokenKind::*;
        // A line behind a block begins behind the end of that.
        let mut line = self.tokens.iter().skip(self.line_start).map(|token| token.kind);
        let first = line.find(|kind| !kind.is_layout());
        let is_opener = |kind| {
            matches!(kind, If | Elif | Else | While | For | Loop | Match | Try | With | Fn | Me | Impl)
        };
        first.is_some_and(|kind| {
            is_opener(kind) || matches!(kind, Struct | Class | Enum | Trait | Async | Case | Defer)
        })
    }

    fn nearest_block(&self) -> u32 {
        let blocks = self.frames.iter().rev().filter_map(|context| match context {
            Frame::Block { indent, .. } => Some(*indent),
            Frame::Bracket { .. } | Frame::Interpolation { .. } => None,
        });
        blocks.into_iter().next().unwrap_or(0)
    }

    fn opens_block_in_bracket(&self, indent: u32) -> bool {
        matches!(self.frames.last(), Some(Frame::Bracket { has_head: true, .. }))
            && self.last_kind().is_some_and(opens_block)
            && indent > self.nearest_block()
    }

    /// Whether a line inside brackets is so surely the start of a statement that the bracket must have been forgotten.
    fn is_bracket_forgotten(&self, indent: u32) -> bool {
        if !matches!(self.frames.last(), Some(Frame::Bracket { .. })) {
            return false;
        }
        indent <= self.nearest_block() && self.starts_stmt()
    }

    /// Whether the line starts with a word that only a statement starts with.
    fn starts_stmt(&self) -> bool {
        let rest = &self.text[self.pos..];
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let (word, after) = rest.split_at(rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
        let after = after.trim_start_matches([' ', '\t']);
        match word {
            "val" | "var" | "let" | "const" | "static" | "struct" | "class" | "enum" | "trait" | "impl"
            | "while" | "return" => !after.starts_with(':'),
            // `fn(` is a lambda.
            "fn" => after.starts_with(is_word),
            _ => false,
        }
    }

    fn close_forgotten_brackets(&mut self, end: usize) {
        let mut is_reported = false;
        while let Some(&Frame::Bracket { open, at, .. }) = self.frames.last() {
            if !is_reported {
                self.unclosed_bracket(open, at, self.pos, "a new statement starts here");
                is_reported = true;
            }
            self.frames.pop();
            if let Some(closer) = open.closer() {
                self.push_empty(closer, end, true);
            }
        }
    }

    fn unclosed_bracket(&mut self, open: TokenKind, at: u32, other: usize, label: &str) {
        let is_text = |error: &&Diagnostic| {
            matches!(error.code, Some(Code::UnterminatedText | Code::BadInterpolation))
                && error.span().file == self.file
        };
        if self.diags.iter().filter(is_text).any(|error| error.span().start > at) {
            // The text that is not closed holds the partner.
            return;
        }
        let width = if open == TokenKind::HashBracket { 2 } else { 1 };
        let span = self.span(at as usize, at as usize + width);
        let closer = open.closer().map_or("", TokenKind::describe);
        let error = Diagnostic::error(Code::UnmatchedBracket, format!("{} is not closed", open.describe()))
            .at(span, "opened here")
            .also(self.span(other, (other + 1).min(self.text.len()).max(other)), label)
            .help(format!("add {closer}"));
        self.diags.push(error);
    }

    pub(super) fn open(&mut self, open: TokenKind, length: usize) {
        let start = self.pos;
        self.pos += length;
        self.push(open, start);
        self.frames.push(Frame::Bracket { open, at: start as u32, has_head: false });
    }

    /// A closing bracket: ends what is open up to its partner, or is reported.
    pub(super) fn close(&mut self, closer: TokenKind) {
        let start = self.pos;
        let mut partner = None;
        for index in (0..self.frames.len()).rev().take(PARTNER_WINDOW) {
            match self.frames[index] {
                Frame::Block { .. } => {}
                Frame::Bracket { open, .. } if open.closer() == Some(closer) => {
                    partner = Some(index);
                    break;
                }
                Frame::Bracket { .. } => {}
                Frame::Interpolation { .. } => {
                    partner = (closer == TokenKind::RBrace).then_some(index);
                    break;
                }
            }
        }
        let Some(partner) = partner else {
            self.pos += 1;
            if self.taken_partner.take() == Some(closer) {
                // A bracket before this one took its partner, which was reported.
                return;
            }
            if let Some(&Frame::Bracket { open, at, .. }) = self.frames.last() {
                return self.wrong_closer(open, at, closer, start);
            }
            let message = format!("{} closes nothing", closer.describe());
            self.error(
                Code::UnmatchedBracket,
                message,
                start,
                self.pos,
                "no bracket is open that it could close",
            );
            return self.push(TokenKind::Error, start);
        };
        let mut is_reported = false;
        let mut has_ended = false;
        while self.frames.len() > partner + 1 {
            match self.frames.pop() {
                Some(Frame::Block { kind: BlockKind::Real, .. }) => {
                    if !has_ended {
                        self.newline(start);
                        has_ended = true;
                    }
                    self.push_empty(TokenKind::Dedent, start, false);
                }
                Some(Frame::Bracket { open, at, .. }) => {
                    if !is_reported {
                        let label = format!("{} comes before its partner", closer.describe());
                        self.unclosed_bracket(open, at, start, &label);
                        self.taken_partner = Some(closer);
                        is_reported = true;
                    }
                    if let Some(closer) = open.closer() {
                        self.push_empty(closer, start, true);
                    }
                }
                Some(Frame::Block { .. } | Frame::Interpolation { .. }) | None => {}
            }
        }
        self.pos += 1;
        match self.frames.pop() {
            Some(Frame::Interpolation { text_at, is_multi, .. }) => {
                self.push(TokenKind::InterpolationClose, start);
                self.single_line -= usize::from(!is_multi);
                self.text_run(text_at as usize, is_multi, true);
            }
            Some(Frame::Block { .. } | Frame::Bracket { .. }) | None => self.push(closer, start),
        }
    }

    /// `[1, 2)`: takes the closing bracket for the one that was meant.
    fn wrong_closer(&mut self, open: TokenKind, at: u32, found: TokenKind, start: usize) {
        let meant = open.closer().unwrap_or(found);
        let (opened, meant_text) = (open.describe(), meant.describe());
        let error =
            Diagnostic::error(Code::UnmatchedBracket, format!("{opened} is closed by {}", found.describe()))
                .at(self.span(start, self.pos), format!("{meant_text} is needed here"))
                .also(self.span(at as usize, at as usize + 1), "opened here")
                .help(format!("write {meant_text}"));
        self.diags.push(error);
        self.frames.pop();
        self.push(meant, start);
    }

    /// The end of the file: reports what is open and ends every block.
    pub(super) fn finish(&mut self) {
        if self.single_line > 0 {
            self.unclosed_interpolation();
        }
        let end = self.bytes.len();
        let mut is_reported = false;
        while let Some(context) = self.frames.pop() {
            match context {
                Frame::Block { kind: BlockKind::Real, .. } => {
                    if self.last_kind().is_some_and(|kind| !kind.is_layout()) {
                        self.newline(end);
                    }
                    if !self.frames.is_empty() {
                        self.push_empty(TokenKind::Dedent, end, false);
                    }
                }
                Frame::Block { .. } => {}
                Frame::Bracket { open, at, .. } => {
                    if !is_reported {
                        self.unclosed_bracket(open, at, end, "the file ends here");
                        is_reported = true;
                    }
                    if let Some(closer) = open.closer() {
                        self.push_empty(closer, end, true);
                    }
                }
                Frame::Interpolation { text_at, .. } => {
                    if !is_reported {
                        self.unterminated_text(text_at as usize, "the file ends inside it");
                        is_reported = true;
                    }
                    self.push_empty(TokenKind::Error, end, true);
                }
            }
        }
        self.push_empty(TokenKind::Eof, end, false);
    }

    /// A line ended inside `{…}` of a text on one line: reports the outermost and gives all of it up.
    fn unclosed_interpolation(&mut self) {
        let outermost =
            self.frames.iter().position(|c| matches!(c, Frame::Interpolation { is_multi: false, .. }));
        let Some(outermost) = outermost else { return };
        if let Frame::Interpolation { at, .. } = self.frames[outermost] {
            let span = self.span(at as usize, at as usize + 1);
            self.diags.push(
                Diagnostic::error(Code::BadInterpolation, "interpolation is not closed")
                    .at(span, "opened here")
                    .help("close it with `}` on the same line, or write `{{` for a brace"),
            );
        }
        self.frames.truncate(outermost);
        self.single_line = 0;
        self.push_empty(TokenKind::Error, self.pos, true);
    }
}

fn opens_block(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Colon | TokenKind::Arrow | TokenKind::FatArrow)
}
