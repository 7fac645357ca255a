//! Damages programs.

use super::programs::Generator;
use super::rng::Rng;

/// Words and signs that are put in: what opens, closes and continues something matters most.
const WORDS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "\"\"\"",
    ":",
    "\n",
    "\n    ",
    "\n        ",
    "\t",
    ",",
    ".",
    "..",
    "..=",
    "...",
    "->",
    "=>",
    "|",
    "|>",
    ">>",
    "?",
    "??",
    "?.",
    ".?",
    "!",
    "=",
    "==",
    "+",
    "-",
    "*",
    "**",
    "/",
    "%",
    "~",
    "\\",
    "\\x: ",
    "\\: ",
    "@",
    "#",
    "#[",
    "/*",
    "*/",
    "##",
    ";",
    "_",
    "nil",
    "true",
    "0",
    "-1",
    "9223372036854775808",
    "1e999",
    "0x",
    "1_u8",
    "3.14f32",
    "if ",
    "elif ",
    "else:",
    "while ",
    "loop:",
    "for x in ",
    "in ",
    "match x:",
    "case ",
    "fn f(",
    "fn g<T>(x: T) -> T: x",
    "struct S:",
    "class C:",
    "enum E:",
    "trait T:",
    "impl ",
    "val ",
    "var ",
    "const ",
    "use ",
    "export ",
    "extern ",
    "mixin ",
    "actor ",
    "unit U: i64 as u",
    "type A = ",
    "return ",
    "break",
    "continue",
    "defer ",
    "with x as y:",
    "try:",
    "catch e:",
    "throw ",
    "yield ",
    "await ",
    "spawn ",
    "mut ",
    "iso ",
    "weak ",
    "dyn ",
    "self",
    "as i64",
    "is ",
    "not ",
    "and ",
    "or ",
    "describe \"d\":",
    "it \"i\":",
    "expect ",
    "print ",
    "Some(",
    "Ok(",
    "i64",
    "text",
    "[i64]",
    "{text: i64}",
    "(i64, text)",
    "fn(i64) -> i64",
    "\u{0}",
    "\u{feff}",
    "é",
    "\u{1F600}",
    "\r",
];

/// Of so many expressions of a program that is made up one is of another type than its place wants.
const STRAYS: usize = 150;

/// Makes inputs out of a corpus.
pub struct Mutator<'c> {
    rng: Rng,
    corpus: &'c [String],
}

impl<'c> Mutator<'c> {
    /// The inputs of a seed.
    pub fn new(seed: u64, corpus: &'c [String]) -> Mutator<'c> {
        Mutator { rng: Rng::new(seed), corpus }
    }

    fn below(&mut self, n: usize) -> usize {
        self.rng.below(n)
    }

    /// A stretch of characters of a text, by byte offsets.
    fn stretch(&mut self, text: &str, longest: usize) -> std::ops::Range<usize> {
        let start = text.floor_char_boundary(self.below(text.len() + 1));
        let end = text.floor_char_boundary(start + self.below(longest + 1));
        start..end.max(start)
    }

    /// Whole lines of a text, by byte offsets.
    fn lines(&mut self, text: &str) -> std::ops::Range<usize> {
        let starts: Vec<usize> =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let first = self.below(starts.len());
        let last = (first + 1 + self.below(6)).min(starts.len() - 1);
        starts[first]..starts.get(last).copied().unwrap_or(text.len()).max(starts[first])
    }

    /// A word, number or sign of a text, by byte offsets.
    fn word(&mut self, text: &str) -> std::ops::Range<usize> {
        let at = self.stretch(text, 0).start;
        let kind = |c: char| match c {
            _ if c.is_alphanumeric() || c == '_' => 0,
            _ if c.is_whitespace() => 1,
            _ => 2,
        };
        let Some(first) = text[at..].chars().next().map(kind) else { return at..at };
        let start = text[..at].char_indices().rev().take_while(|&(_, c)| first == 0 && kind(c) == 0).last();
        let length = text[at..].find(|c| kind(c) != first).unwrap_or(text.len() - at);
        start.map_or(at, |(start, _)| start)..at + length
    }

    /// The next input: one of four is made, the others are damaged, and so are some of those that were made.
    pub fn next(&mut self) -> String {
        if self.below(4) == 0 {
            let made = Generator::new(&mut self.rng, STRAYS).program();
            return if self.below(3) == 0 { self.damaged(made) } else { made };
        }
        let whole = self.corpus[self.below(self.corpus.len())].clone();
        self.damaged(whole)
    }

    fn damaged(&mut self, mut text: String) -> String {
        let corpus = self.corpus;
        // Little of a program is enough: the front end is the faster, and what is wrong is nearer.
        if self.below(4) != 0 {
            let part = self.lines(&text);
            let (start, end) = (part.start, text.floor_char_boundary(part.start + 1500));
            let end = text[..end.max(part.end)].rfind('\n').map_or(part.end, |at| at + 1);
            text = text[start.min(end)..end].to_owned();
        }
        for _ in 0..=self.below(4) {
            match self.below(10) {
                0 => {
                    let part = self.stretch(&text, 20);
                    text.replace_range(part, "");
                }
                1 => {
                    let at = self.stretch(&text, 0).start;
                    text.insert_str(at, WORDS[self.below(WORDS.len())]);
                }
                2 => {
                    let part = self.stretch(&text, 8);
                    text.replace_range(part, WORDS[self.below(WORDS.len())]);
                }
                3 => {
                    let part = self.lines(&text);
                    let doubled = text[part.clone()].to_owned();
                    text.insert_str(part.end, &doubled);
                }
                4 => {
                    let part = self.lines(&text);
                    text.replace_range(part, "");
                }
                5 => {
                    let other = &corpus[self.below(corpus.len())];
                    let part = self.lines(other);
                    let to = self.lines(&text);
                    text.replace_range(to, &other[part]);
                }
                // Words in the places of words: most of what comes of it still parses.
                6 => {
                    let (from, to) = (self.word(&text), self.word(&text));
                    let word = text[from].to_owned();
                    text.replace_range(to, &word);
                }
                7 => {
                    let other = &corpus[self.below(corpus.len())];
                    let (from, to) = (self.word(other), self.word(&text));
                    text.replace_range(to, &other[from]);
                }
                8 => {
                    let (a, b) = (self.lines(&text), self.lines(&text));
                    if a.end <= b.start {
                        let swapped = [&text[b.clone()], &text[a.end..b.start], &text[a.clone()]].concat();
                        text.replace_range(a.start..b.end, &swapped);
                    }
                }
                _ => {
                    let other = &corpus[self.below(corpus.len())];
                    let part = self.stretch(other, 40);
                    let at = self.stretch(&text, 0).start;
                    text.insert_str(at, &other[part]);
                }
            }
        }
        text
    }
}
