//! Damages programs.

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

/// Makes inputs out of a corpus.
pub struct Mutator<'c> {
    state: u64,
    corpus: &'c [String],
}

impl<'c> Mutator<'c> {
    /// The inputs of a seed.
    pub fn new(seed: u64, corpus: &'c [String]) -> Mutator<'c> {
        Mutator { state: seed, corpus }
    }

    /// SplitMix64.
    fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { (self.random() % n as u64) as usize }
    }

    /// A stretch of characters of a text, by byte offsets.
    fn stretch(&mut self, text: &str, longest: usize) -> std::ops::Range<usize> {
        let boundary = |mut at: usize| {
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let start = boundary(self.below(text.len() + 1));
        let end = boundary((start + self.below(longest + 1)).min(text.len()));
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

    /// The next input.
    pub fn next(&mut self) -> String {
        let corpus = self.corpus;
        let mut text = corpus[self.below(corpus.len())].clone();
        // Little of a program is enough: the front end is the faster, and what is wrong is nearer.
        if self.below(4) != 0 {
            let part = self.lines(&text);
            let (start, end) = (part.start, (part.start + 1500).min(text.len()));
            let end = text[..end.max(part.end)].rfind('\n').map_or(part.end, |at| at + 1);
            text = text[start.min(end)..end].to_owned();
        }
        for _ in 0..=self.below(4) {
            match self.below(7) {
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
