//! Types and patterns as written.

use super::{Expr, Ident};
use crate::diagnostics::Span;

/// A type as written.
#[derive(Debug)]
pub struct Type {
    /// Which.
    pub kind: TypeKind,
    /// Where.
    pub span: Span,
}

/// What a type in front of a parameter, field or element promises (language reference §5).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Capability {
    /// `mut T`: an exclusive mutable reference.
    Mut,
    /// `iso T`: isolated, moved when passed.
    Iso,
    /// `weak T`: a reference that does not keep its object alive.
    Weak,
}

/// The kinds of written type.
#[derive(Debug)]
pub enum TypeKind {
    /// `i64`, `Point`, `a.b.Stack<T>`, and a bare `Self`.
    Path {
        /// At least one name.
        path: Vec<Ident>,
        /// `<A, B>`.
        args: Vec<Type>,
    },
    /// `[T]`.
    Array(Box<Type>),
    /// `[T; n]`.
    FixedArray(Box<Type>, Box<Expr>),
    /// `{K: V}`.
    Dict(Box<Type>, Box<Type>),
    /// `{T}`.
    Set(Box<Type>),
    /// `(A, B)`, `(q: A, r: B)`; empty for unit.
    Tuple(Vec<TupleTypeElem>),
    /// `T?`.
    Option(Box<Type>),
    /// `fn(A, B) -> C`.
    Fn {
        /// The parameters' types.
        params: Vec<Type>,
        /// The result; absent for unit.
        ret: Option<Box<Type>>,
        /// `throws E`.
        throws: Option<Box<Type>>,
    },
    /// `A | B`, at least two.
    Union(Vec<Type>),
    /// `dyn Trait`.
    Dyn(Box<Type>),
    /// `vec[N, T]`.
    Vector(Box<Expr>, Box<Type>),
    /// `mut T`, `iso T`, `weak T`.
    Capability(Capability, Box<Type>),
    /// `_`: to be inferred.
    Infer,
}

/// An element of a tuple type.
#[derive(Debug)]
pub struct TupleTypeElem {
    /// The label, if it has one.
    pub label: Option<Ident>,
    /// The type.
    pub ty: Type,
}

/// A pattern.
#[derive(Debug)]
pub struct Pattern {
    /// Which.
    pub kind: PatternKind,
    /// Where.
    pub span: Span,
}

/// The kinds of pattern.
#[derive(Debug)]
pub enum PatternKind {
    /// `_`.
    Wildcard,
    /// A lone name: binds, unless it names a case of the matched enumeration or a constant.
    Name(Ident),
    /// A number (perhaps negative), text, `true`, `false`, `nil`.
    Literal(Box<Expr>),
    /// `a..b`, `a..=b`, open at either end.
    Range {
        /// The first value.
        start: Option<Box<Expr>>,
        /// The last (or one past the last) value.
        end: Option<Box<Expr>>,
        /// `..=`.
        is_inclusive: bool,
    },
    /// `A | B`, at least two.
    Or(Vec<Pattern>),
    /// `(a, b)`, `(q: a, r: b)`, `()`.
    Tuple(Vec<PatternArg>),
    /// `[a, b]`.
    Array(Vec<Pattern>),
    /// `Some(x)`, `Shape.Rect(w: 1.0, h)`, `Point(x: 0, y)`.
    Construct {
        /// The case or struct, at least one name.
        path: Vec<Ident>,
        /// What is in the parentheses.
        args: Vec<PatternArg>,
    },
    /// `Shape.Empty`: a path of two names or more without parentheses.
    Path(Vec<Ident>),
    /// `p: T`.
    Typed(Box<Pattern>, Type),
    /// `...rest`, or `...` and `..` to leave the rest out. In tuples, arrays and constructs only.
    Rest(Option<Ident>),
}

/// An element of a tuple or construct pattern. `(n: i64)` may be a typed pattern or have the label `n` and the pattern `i64`;
/// which one it is shows when names are resolved.
#[derive(Debug)]
pub struct PatternArg {
    /// The label, if it has one.
    pub label: Option<Ident>,
    /// The pattern.
    pub pattern: Pattern,
    /// Label and pattern read as a typed pattern, where they can be.
    pub typed: Option<Pattern>,
}

impl PatternArg {
    /// An element that is a pattern and nothing else.
    pub fn plain(pattern: Pattern) -> PatternArg {
        PatternArg { label: None, pattern, typed: None }
    }
}
