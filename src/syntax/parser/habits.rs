//! What people write who come from other languages, and what is written here.

use super::*;

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
    ("let", "write `val`, or `var` for what changes"),
];

impl Parser<'_> {
    /// What to write instead, if the line that is being read begins with a word of another language, or an operator of one
    /// stands in front of the next token.
    pub(super) fn habit(&self) -> Option<&'static str> {
        let line =
            self.tokens[..self.pos].iter().rposition(|token| token.kind.is_layout()).map_or(0, |at| at + 1);
        let first = self.slice(self.span_of(self.tokens[line]));
        if let Some((_, help)) = WORDS.iter().find(|(word, _)| *word == first) {
            return Some(help);
        }
        let is_not = self.tokens[self.pos.saturating_sub(1)].kind == TokenKind::Bang;
        is_not.then_some("write `not` in front of a condition")
    }
}
