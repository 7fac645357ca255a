//! Expressions.

use super::{Block, Ident, Pattern, Type};
use crate::diagnostics::Span;
use crate::syntax::intern::Symbol;

/// The name of what is found in front of `?.`, in the chain behind it.
pub const FOUND: &str = "?.";

/// An expression. Its span includes parentheses around it.
#[derive(Debug)]
pub struct Expr {
    /// Which.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// The kinds of expression. A tree of them is at most [`MAX_HEIGHT`](crate::syntax::MAX_HEIGHT) high.
#[derive(Debug)]
pub enum ExprKind {
    /// `42`, `0xFFu8`, `7_uid`.
    Int {
        /// Without sign.
        value: u64,
        /// What follows the digits.
        suffix: Option<Suffix>,
    },
    /// `3.14`, `1e-5f32`.
    Float {
        /// Correctly rounded to binary64.
        value: f64,
        /// The same literal correctly rounded to binary32: rounding `value` again would round twice.
        single: f32,
        /// What follows the digits.
        suffix: Option<Suffix>,
    },
    /// `true`, `false`.
    Bool(bool),
    /// `nil`.
    Nil,
    /// A text literal without interpolation, escapes resolved.
    Text(Symbol),
    /// A text literal with interpolation.
    Interpolation(Vec<TextPart>),
    /// A name, `self` too.
    Name(Symbol),
    /// `_` as an argument: left open.
    Hole,
    /// `base<A, B>`: explicit type arguments of a function, method or type.
    Instantiate(Box<Expr>, Vec<Type>),
    /// `(a, b)`, `(q: 1, r: 2)`, `()`. One element only as `(a,)`.
    Tuple(Vec<Arg>),
    /// `[a, ...b]`; spread elements are [`ArgKind::Spread`].
    Array(Vec<Arg>),
    /// `[v; n]`.
    Repeat(Box<Expr>, Box<Expr>),
    /// `{k: v, **d}`, `{}`.
    Dict(Vec<DictEntry>),
    /// `{a, b}`.
    Set(Vec<Arg>),
    /// `vec[a, b]`.
    Vector(Vec<Expr>),
    /// `[e for x in xs if c]`, `{e for …}`, `{k: v for …}`.
    Comprehension(Box<Comprehension>),
    /// `- ~ not await`.
    Unary(UnOp, Box<Expr>),
    /// Two operands, an operator between them.
    Binary(BinOp, Box<Expr>, Box<Expr>),
    /// A comparison chain `a < b <= c` with at least two operators; each operand is evaluated once.
    Chain(Box<Expr>, Vec<(BinOp, Expr)>),
    /// `a..b`, `a..=b`.
    Range {
        /// The first value.
        start: Option<Box<Expr>>,
        /// The last (or one past the last) value.
        end: Option<Box<Expr>>,
        /// `..=`.
        is_inclusive: bool,
    },
    /// `a ?? b`.
    Coalesce(Box<Expr>, Box<Expr>),
    /// `e as T`.
    Cast(Box<Expr>, Box<Type>),
    /// `e is T`, where `T` may also name a case of an enumeration.
    Is(Box<Expr>, Box<Type>),
    /// `f(a, n: b)`, `f a, b`, `f \x: e`, and constructions `Point(x: 1.0, ..p)`.
    Call(Box<Expr>, Vec<Arg>),
    /// `a.b`: field, method, member of a type or module.
    Field(Box<Expr>, Ident),
    /// `t.0`.
    TupleField(Box<Expr>, u32),
    /// `a?.b.m(x)`: `a`, and the chain behind it, which begins with the name [`FOUND`] for what was found there.
    OptionalChain(Box<Expr>, Box<Expr>),
    /// `a[i]`; several indices are a tuple.
    Index(Box<Expr>, Box<Expr>),
    /// `a[i:j:k]`, each optional.
    Slice(Box<Expr>, Box<SliceBounds>),
    /// `x->m(a)`: `x = x.m(a)`.
    Update(Box<Update>),
    /// `e?`: the payload, or return the error or `nil`.
    Propagate(Box<Expr>),
    /// `e!`: the payload, or panic.
    Unwrap(Box<Expr>),
    /// `e.?`: present and not empty.
    Present(Box<Expr>),
    /// `\x: e`, `fn(n: i64) -> i64: e`.
    Lambda(Box<Lambda>),
    /// `if … elif … else`.
    If(Box<If>),
    /// `match`.
    Match(Box<Match>),
    /// `loop: body`, left by `break`, whose value it has.
    Loop(Box<Block>),
    /// `try: … catch e: …`.
    Try {
        /// Where plain calls may throw.
        body: Box<Block>,
        /// The name of the error in `handler`.
        name: Option<Ident>,
        /// What is done with it.
        handler: Box<Block>,
    },
    /// `try e else name: handler`.
    TryElse {
        /// The call that may throw.
        value: Box<Expr>,
        /// The name of the error in `handler`.
        name: Option<Ident>,
        /// Its value stands in, or it leaves.
        handler: Box<Block>,
    },
    /// `return`, `return e`.
    Return(Option<Box<Expr>>),
    /// `break`, `break e`.
    Break(Option<Box<Expr>>),
    /// `continue`.
    Continue,
    /// `throw e`.
    Throw(Box<Expr>),
    /// `yield e`.
    Yield(Box<Expr>),
    /// `spawn A(…)`.
    Spawn(Box<Expr>),
}

/// `target->method(args)`.
#[derive(Debug)]
pub struct Update {
    /// The place.
    pub target: Expr,
    /// The method.
    pub method: Ident,
    /// Its arguments.
    pub args: Vec<Arg>,
}

/// What follows the digits of a number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Suffix {
    /// A built-in type.
    Type(NumberType),
    /// The suffix of a `unit`, without the `_` before it.
    Unit(Symbol),
}

/// The built-in number types, as suffixes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(missing_docs, reason = "each is the type of its own name")]
pub enum NumberType {
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F32,
    F64,
}

/// A part of an interpolating text literal.
#[derive(Debug)]
pub enum TextPart {
    /// Characters, escapes resolved.
    Text(Symbol),
    /// `{value:spec}`.
    Value {
        /// The expression.
        value: Expr,
        /// How to format it.
        spec: Option<FormatSpec>,
    },
}

/// `[[fill]align][sign][#][0][width][,][.precision][type]` (language reference §10).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FormatSpec {
    /// Fills up to the width; a space unless named.
    pub fill: char,
    /// Where the value stands in the width; absent: the type's custom.
    pub align: Option<Align>,
    /// What non-negative numbers show.
    pub sign: Sign,
    /// `#`: a prefix `0b 0o 0x`.
    pub is_alternate: bool,
    /// `0` before the width: fill with zeros after the sign.
    pub is_zero_padded: bool,
    /// The least width in characters.
    pub width: u32,
    /// `,` between thousands.
    pub has_commas: bool,
    /// Digits after the point, or the greatest width of a text.
    pub precision: Option<u32>,
    /// The type letter.
    pub kind: FormatKind,
    /// Where it stands, without the colon.
    pub span: Span,
}

/// Where a formatted value stands in its width.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Align {
    /// `<`
    Left,
    /// `>`
    Right,
    /// `^`
    Centre,
    /// `=`: padding between sign and digits.
    AfterSign,
}

/// What a non-negative number shows before its digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Sign {
    /// Nothing (`-`, the default).
    Minus,
    /// `+`
    Plus,
    /// A space.
    Space,
}

/// The type letter of a format specification.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FormatKind {
    /// No letter: as `print` shows it.
    Display,
    /// `b`
    Binary,
    /// `o`
    Octal,
    /// `d`
    Decimal,
    /// `x`
    LowerHex,
    /// `X`
    UpperHex,
    /// `e`
    Exponent,
    /// `f`
    Fixed,
    /// `%`
    Percent,
}

/// Declares operators, each with how it is written.
macro_rules! operators {
    ($(#[$about:meta])* $name:ident { $($(#[$note:meta])* $op:ident $sign:literal)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $name {
            $(#[doc = concat!("`", $sign, "`")] $(#[$note])* $op,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &[$name] = &[$($name::$op),*];

            /// As it is written.
            pub fn sign(self) -> &'static str {
                match self {
                    $($name::$op => $sign,)*
                }
            }
        }
    };
}

operators! {
    /// Operators with one operand.
    UnOp {
        Neg "-"
        BitNot "~"
        Not "not"
        Await "await"
    }
}

operators! {
    /// Operators with two operands.
    BinOp {
        Pipe "|>"
        /// lazy
        Or "or"
        /// lazy
        And "and"
        Eq "=="
        Ne "!="
        In "in"
        NotIn "not in"
        Lt "<"
        Gt ">"
        Le "<="
        Ge ">="
        BitOr "|"
        /// also written `xor`
        BitXor "^"
        BitAnd "&"
        Shl "<<"
        /// also the composition of functions
        Shr ">>"
        Add "+"
        Sub "-"
        Mul "*"
        Div "/"
        Rem "%"
        Pow "**"
    }
}

/// How an argument or element is given.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ArgKind {
    /// `e` or `name: e`.
    Value,
    /// A lambda behind the call.
    Trailing,
    /// `...e`: the elements of `e`.
    Spread,
    /// `..e`: the fields not named, from `e`.
    Update,
}

/// An argument of a call, or an element of a literal.
#[derive(Debug)]
pub struct Arg {
    /// The label, if it has one.
    pub label: Option<Ident>,
    /// How it is given.
    pub kind: ArgKind,
    /// The expression.
    pub value: Expr,
}

/// An entry of a dict literal.
#[derive(Debug)]
pub enum DictEntry {
    /// `k: v`.
    Pair(Expr, Expr),
    /// `**d`: all entries of `d`.
    Spread(Expr),
}

/// The bounds of a slice.
#[derive(Debug)]
pub struct SliceBounds {
    /// Before the first colon.
    pub start: Option<Expr>,
    /// Between the colons.
    pub end: Option<Expr>,
    /// After the second colon.
    pub step: Option<Expr>,
}

/// What a comprehension makes.
#[derive(Debug)]
pub enum ComprehensionKind {
    /// `[e …]`.
    Array(Expr),
    /// `{e …}`.
    Set(Expr),
    /// `{k: v …}`.
    Dict(Expr, Expr),
}

/// A comprehension.
#[derive(Debug)]
pub struct Comprehension {
    /// What it makes.
    pub kind: ComprehensionKind,
    /// At least one, the first a `for`; later ones are inside earlier ones.
    pub clauses: Vec<ComprehensionClause>,
}

/// A clause of a comprehension.
#[derive(Debug)]
pub enum ComprehensionClause {
    /// `for pattern in iter`.
    For(Pattern, Expr),
    /// `if cond`.
    If(Expr),
}

/// A parameter of a lambda.
#[derive(Debug)]
pub struct LambdaParam {
    /// A name or a destructuring.
    pub pattern: Pattern,
    /// The annotation.
    pub ty: Option<Type>,
}

/// A function without a name.
#[derive(Debug)]
pub struct Lambda {
    /// The parameters.
    pub params: Vec<LambdaParam>,
    /// The result's annotation.
    pub ret: Option<Type>,
    /// `throws E`.
    pub throws: Option<Type>,
    /// What it does.
    pub body: Block,
}

/// A condition.
#[derive(Debug)]
pub enum Cond {
    /// A bool.
    Expr(Expr),
    /// `val pattern = value`: a lone name binds the payload of an Option, any other pattern matches.
    Let(Pattern, Expr),
}

/// A branching. `elif` adds a branch, so that long ladders are not deep.
#[derive(Debug)]
pub struct If {
    /// At least one; the first whose condition holds runs.
    pub branches: Vec<(Cond, Block)>,
    /// What runs when none holds.
    pub otherwise: Option<Block>,
}

/// A match.
#[derive(Debug)]
pub struct Match {
    /// The word `match`: where a missing case is reported.
    pub keyword: Span,
    /// What is matched.
    pub value: Expr,
    /// The arms, tried in order.
    pub arms: Vec<Arm>,
}

/// One arm of a match.
#[derive(Debug)]
pub struct Arm {
    /// What it takes.
    pub pattern: Pattern,
    /// `if cond` after the pattern.
    pub guard: Option<Expr>,
    /// What runs.
    pub body: Block,
    /// All of it.
    pub span: Span,
}
