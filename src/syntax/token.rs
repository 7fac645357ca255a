//! The words and signs of the language, in one table.

/// A token. Its text is its span of the source; layout tokens are empty.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Token {
    pub kind: TokenKind,
    /// Whether a blank stands in front of it: `f (x)` and `f(x)`, `a - b` and `a -b` differ.
    pub has_space: bool,
    /// Whether the lexer made it up after an error it reported; the parser stays silent there.
    pub is_synthetic: bool,
    pub start: u32,
    pub end: u32,
}

macro_rules! tokens {
    (
        special { $($special:ident $special_name:literal,)* }
        signs { $($sign:ident $sign_text:literal,)* }
        reserved { $($reserved:ident $reserved_text:literal,)* }
        contextual { $($contextual:ident $contextual_text:literal,)* }
    ) => {
        /// What a token is.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum TokenKind {
            $($special,)* $($sign,)* $($reserved,)* $($contextual,)*
        }

        impl TokenKind {
            /// The kind of a word; [`TokenKind::Name`] unless it is in the table.
            pub fn of_word(word: &str) -> TokenKind {
                match word {
                    $($reserved_text => TokenKind::$reserved,)*
                    $($contextual_text => TokenKind::$contextual,)*
                    _ => TokenKind::Name,
                }
            }

            /// For messages: `name`, `` `(` ``.
            pub fn describe(self) -> &'static str {
                match self {
                    $(TokenKind::$special => $special_name,)*
                    $(TokenKind::$sign => concat!("`", $sign_text, "`"),)*
                    $(TokenKind::$reserved => concat!("`", $reserved_text, "`"),)*
                    $(TokenKind::$contextual => concat!("`", $contextual_text, "`"),)*
                }
            }

            /// Words that have their meaning wherever they stand, except after `.` and before `:` in arguments.
            pub fn is_reserved(self) -> bool {
                matches!(self, $(TokenKind::$reserved)|*)
            }

            /// Words that are ordinary names outside the places where they have a meaning.
            pub fn is_name(self) -> bool {
                matches!(self, TokenKind::Name $(| TokenKind::$contextual)*)
            }
        }
    };
}

tokens! {
    special {
        Name "a name",
        Number "a number",
        RawText "a text",
        Text "a text",
        TextOpen "a text",
        TextPiece "a text",
        InterpolationOpen "`{`",
        FormatSpec "a format specification",
        InterpolationClose "`}`",
        TextClose "the end of the text",
        Newline "the end of the line",
        Indent "an indented line",
        Dedent "the end of the block",
        Eof "the end of the file",
        Error "an error",
    }
    signs {
        LParen "(", RParen ")", LBracket "[", RBracket "]", LBrace "{", RBrace "}",
        Comma ",", Semi ";", Colon ":", Backslash "\\", At "@", HashBracket "#[",
        Dot ".", DotDot "..", DotDotEq "..=", Ellipsis "...",
        Arrow "->", FatArrow "=>",
        Assign "=", PlusAssign "+=", MinusAssign "-=", StarAssign "*=", SlashAssign "/=", PercentAssign "%=",
        StarStarAssign "**=",
        PipeRight "|>", EqEq "==", BangEq "!=", Lt "<", Gt ">", Le "<=", Ge ">=",
        Pipe "|", Caret "^", Amp "&", Shl "<<", Shr ">>", Plus "+", Minus "-", Star "*", Slash "/", Percent "%",
        StarStar "**", Tilde "~",
        Question "?", QuestionDot "?.", QuestionQuestion "??", DotQuestion ".?", Bang "!",
    }
    reserved {
        And "and", As "as", Await "await", Break "break", Class "class", Const "const", Continue "continue",
        Defer "defer", Elif "elif", Else "else", Enum "enum", False "false", Fn "fn", For "for", If "if", Impl "impl",
        In "in", Is "is", Let "let", Loop "loop", Match "match", Nil "nil", Not "not", Or "or", Pass "pass",
        Return "return", Static "static", Struct "struct", Throw "throw", Trait "trait", True "true", Try "try",
        Underscore "_", Val "val", Var "var", While "while", With "with", Xor "xor", Yield "yield",
    }
    contextual {
        Actor "actor", AfterEach "after_each", Async "async", BeforeEach "before_each", Case "case", Catch "catch",
        Context "context", Describe "describe", Dyn "dyn", Export "export", Extern "extern", Iso "iso", It "it",
        Me "me", Mixin "mixin", Mut "mut", Shared "shared", Spawn "spawn", Throws "throws", Type "type", Unit "unit",
        Use "use", Vec "vec", Weak "weak",
    }
}

impl TokenKind {
    /// Any word: what may follow `.` or stand before `:` as a label.
    pub fn is_word(self) -> bool {
        self.is_name() || (self.is_reserved() && self != TokenKind::Underscore)
    }

    /// Tokens that stand for line structure.
    pub fn is_layout(self) -> bool {
        matches!(self, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent | TokenKind::Eof)
    }

    /// The closing partner of a bracket.
    pub fn closer(self) -> Option<TokenKind> {
        match self {
            TokenKind::LParen => Some(TokenKind::RParen),
            TokenKind::LBracket | TokenKind::HashBracket => Some(TokenKind::RBracket),
            TokenKind::LBrace => Some(TokenKind::RBrace),
            TokenKind::InterpolationOpen => Some(TokenKind::InterpolationClose),
            _ => None,
        }
    }

    /// Whether a line that ends in it goes on in the next: binary operators, assignments, `,` and `.`. `>` and `>>`
    /// may also end a type, `*` a `use`: the lexer looks closer there.
    pub fn continues_line(self) -> bool {
        use TokenKind::*;
        matches!(
            self,
            Comma | Dot | DotDot | DotDotEq | Assign | PlusAssign | MinusAssign | StarAssign | SlashAssign
        ) || matches!(
            self,
            PercentAssign | StarStarAssign | PipeRight | EqEq | BangEq | Lt | Gt | Le | Ge | Pipe
        ) || matches!(
            self,
            Caret | Amp | Shl | Shr | Plus | Minus | Star | Slash | Percent | StarStar | Tilde
        ) || matches!(self, QuestionDot | QuestionQuestion | And | Or | Not | In | Is | As | Xor)
    }
}
