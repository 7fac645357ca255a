//! Where an entry ends.
//!
//! A line is an entry by itself, unless something in it is open: a bracket, a comment, a text in `\"\"\"`, an operator
//! without its right side, a block. A block goes on with indented lines, and with `else` and its like; it ends with an
//! empty line on a terminal, and elsewhere, where it may have empty lines in it, in front of the next line that is not
//! indented.

use super::lines::{Line, Lines};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, SourceMap};
use crate::syntax::{self, Interner};

const PROMPT: &str = "> ";
const MORE: &str = ". ";

/// Words that go on with a statement above.
const GOING_ON: [&str; 4] = ["else", "elif", "catch", "case"];

/// Puts entries together.
pub struct Reader<'a> {
    lines: &'a mut Lines,
    /// A line that was read and belongs to the next entry.
    ahead: Option<String>,
}

impl Reader<'_> {
    /// Entries of these lines.
    pub fn new(lines: &mut Lines) -> Reader<'_> {
        Reader { lines, ahead: None }
    }

    /// The next entry or command; nothing when there are no more.
    pub fn entry(&mut self) -> Option<String> {
        let mut text = String::new();
        loop {
            let prompt = if text.is_empty() { PROMPT } else { MORE };
            let line = match self.ahead.take().map_or_else(|| self.lines.next(prompt), Line::Text) {
                Line::Text(line) => line,
                Line::Dropped => {
                    text.clear();
                    continue;
                }
                Line::End if text.trim().is_empty() => return None,
                Line::End => return Some(text),
            };
            if text.is_empty() {
                if line.trim().is_empty() {
                    continue;
                }
                text = line + "\n";
                if text.starts_with(':') || state(&text) == State::Complete {
                    return Some(text);
                }
                continue;
            }
            let before = state(&text);
            let is_blank = line.trim().is_empty();
            let may_be_blank = match before {
                State::InText => true,
                State::Block => !self.lines.is_terminal(),
                State::Open => !self.lines.is_terminal() && text.trim_end().ends_with(':'),
                State::Complete => false,
            };
            if is_blank && !may_be_blank {
                return Some(text);
            }
            if before == State::Block && !is_blank && !goes_on(&line) {
                self.ahead = Some(line);
                return Some(text);
            }
            text.push_str(&line);
            text.push('\n');
            if before != State::Block && state(&text) == State::Complete {
                return Some(text);
            }
        }
    }
}

/// Whether a line belongs to the block above it.
fn goes_on(line: &str) -> bool {
    let word = line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    line.starts_with([' ', '\t', '|', '#']) || GOING_ON.contains(&word)
}

/// How far an entry is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// Nothing is missing, or what is wrong will not be mended by more lines.
    Complete,
    /// Something is missing at its end.
    Open,
    /// The end of a text or comment is missing, in which empty lines mean something.
    InText,
    /// A block that may go on.
    Block,
}

fn state(text: &str) -> State {
    let mut sources = SourceMap::new();
    let mut diagnostics = Diagnostics::new();
    syntax::parse(sources.add("entry", text), text, &mut Interner::new(), &mut diagnostics);
    let end = text.trim_end().len();
    let from = |error: &Diagnostic| text.get(error.span().start as usize..).unwrap_or_default();
    let is_open = |error: &Diagnostic| {
        let is_bracket = error.code == Some(Code::UnmatchedBracket);
        error.span().start as usize >= end || is_bracket && from(error).starts_with(['(', '[', '{'])
    };
    let is_text = |error: &Diagnostic| {
        let is_long = || from(error).trim_start_matches(['f', 'r']).starts_with("\"\"\"");
        let code = error.code;
        code == Some(Code::UnterminatedComment) || code == Some(Code::UnterminatedText) && is_long()
    };
    if diagnostics.iter().any(is_text) {
        State::InText
    } else if diagnostics.iter().any(is_open) {
        State::Open
    } else if text.trim_end().lines().skip(1).last().is_some_and(|line| line.starts_with([' ', '\t'])) {
        State::Block
    } else {
        State::Complete
    }
}
