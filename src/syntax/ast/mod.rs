//! The syntax tree: what was written, nothing resolved.
//!
//! Every node carries its span. Names are [`Symbol`]s of the session's interner. Nothing here knows whether a name is a
//! variable, a type or a module: `a.b` is always [`ExprKind::Field`], and a lone name in a pattern is always
//! [`PatternKind::Name`]. Bodies are always [`Block`]s, whether written on one line or indented.

mod expr;
mod types;

pub use expr::*;
pub use types::*;

use super::intern::Symbol;
use crate::diagnostics::{FileId, Span};

/// A name where it was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ident {
    /// The name.
    pub name: Symbol,
    /// Where.
    pub span: Span,
}

/// A source file. Declarations and top-level statements keep their textual order.
#[derive(Debug)]
pub struct Module {
    /// The file.
    pub file: FileId,
    /// The text literal that opens the file.
    pub doc: Option<Symbol>,
    /// Declarations are [`StmtKind::Item`].
    pub stmts: Vec<Stmt>,
}

/// Statements in order. As a value, it is the value of its last statement if that is an expression.
#[derive(Debug)]
pub struct Block {
    /// The statements; `pass` leaves none.
    pub stmts: Vec<Stmt>,
    /// Whether a `return` without a value stands in it, outside functions in it.
    pub has_bare_return: bool,
    /// Whether a `yield` stands in it, outside functions in it.
    pub has_yield: bool,
    /// From the first statement to the last.
    pub span: Span,
}

/// One statement.
#[derive(Debug)]
pub struct Stmt {
    /// Which.
    pub kind: StmtKind,
    /// The whole statement, with the blocks it holds.
    pub span: Span,
}

/// The kinds of statement. `if`, `match`, `try`, `return` and the like are expressions.
#[derive(Debug)]
pub enum StmtKind {
    /// An expression for its effect or as its block's value.
    Expr(Expr),
    /// `val`, `var`, `const`, `static`, `let`, `shared`.
    Let(Box<Let>),
    /// `target = value`, `target += value`. The target is a name, field, element, or a tuple of such.
    Assign {
        /// What is assigned.
        target: Box<Expr>,
        /// The operator of a compound assignment.
        op: Option<BinOp>,
        /// The right side.
        value: Box<Expr>,
    },
    /// `while cond: body`.
    While {
        /// Tested before each round.
        cond: Box<Cond>,
        /// The rounds.
        body: Block,
    },
    /// `for pattern in iter: body`.
    For {
        /// Bound anew each round.
        pattern: Box<Pattern>,
        /// What is gone through.
        iter: Box<Expr>,
        /// The rounds.
        body: Block,
    },
    /// `defer stmt` or `defer: block`.
    Defer(Block),
    /// `with value as name: body`.
    With {
        /// The resource.
        value: Box<Expr>,
        /// Its name in the body.
        name: Option<Ident>,
        /// Where it is open.
        body: Block,
    },
    /// A part of a test specification.
    Spec(Box<Spec>),
    /// A declaration.
    Item(Box<Item>),
}

/// How a variable is declared.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LetKind {
    /// `val` and `let`: bound once.
    Val,
    /// `var` and `let mut`: may be assigned again.
    Var,
    /// `const`: known when compiled.
    Const,
    /// `static`: one for the whole program.
    Static,
    /// `shared`: one for a work group of a GPU kernel.
    Shared,
}

/// A variable declaration.
#[derive(Debug)]
pub struct Let {
    /// Which word.
    pub kind: LetKind,
    /// A name, or a destructuring.
    pub pattern: Pattern,
    /// The annotation.
    pub ty: Option<Type>,
    /// The value; only `extern` and `shared` variables may lack one.
    pub init: Option<Expr>,
    /// Attributes in front of it.
    pub attrs: Vec<Attr>,
    /// Its documentation comment.
    pub doc: Option<Symbol>,
}

/// Which part of a test specification.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SpecKind {
    /// `describe "…":` and `context "…":` group.
    Group,
    /// `it "…":` is one example.
    Example,
    /// `before_each:` runs before each example of its group.
    BeforeEach,
    /// `after_each:` runs after each.
    AfterEach,
}

/// A part of a test specification.
#[derive(Debug)]
pub struct Spec {
    /// Which.
    pub kind: SpecKind,
    /// The title, a text literal; groups and examples have one.
    pub title: Option<Expr>,
    /// What it holds.
    pub body: Block,
}

/// `#[name(args)]` or `@name(args)`.
#[derive(Debug)]
pub struct Attr {
    /// The name.
    pub name: Ident,
    /// The arguments, if there are parentheses.
    pub args: Vec<Arg>,
    /// All of it.
    pub span: Span,
}

/// A declaration with what stands in front of it.
#[derive(Debug)]
pub struct Item {
    /// Attributes, in order.
    pub attrs: Vec<Attr>,
    /// Documentation comment, or else the text literal that opens the body. Lines are joined with `\n`.
    pub doc: Option<Symbol>,
    /// Whether `export` stands in front: C ABI and unmangled for functions, importable for the rest.
    pub is_export: bool,
    /// What is declared.
    pub kind: ItemKind,
    /// From the first word (attributes excluded) to the end of the body.
    pub span: Span,
}

/// The kinds of declaration.
#[derive(Debug)]
pub enum ItemKind {
    /// `fn`, `me`, `static fn`, `async fn`, `extern fn`.
    Fn(FnDecl),
    /// `struct`, `class`, `actor`, `mixin`.
    Type(TypeDecl),
    /// `enum`.
    Enum(EnumDecl),
    /// `trait`.
    Trait(TraitDecl),
    /// `impl Type` and `impl Trait for Type`.
    Impl(ImplDecl),
    /// `type Name = T`.
    Alias(AliasDecl),
    /// `unit Name: T as suffix`.
    Unit(UnitDecl),
    /// `use`.
    Use(UseDecl),
    /// `export a, b`, `export *`, `export use …`.
    Export(ExportDecl),
}

/// How a function stands to its type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FnKind {
    /// `fn`: a free function, or a method that reads.
    Plain,
    /// `me`: a method that changes its receiver.
    Me,
    /// `static fn`: a function of a type, without receiver.
    Static,
}

/// A function, method, requirement of a trait, or foreign function.
#[derive(Debug)]
pub struct FnDecl {
    /// The name.
    pub name: Ident,
    /// How it stands to its type.
    pub kind: FnKind,
    /// `async`.
    pub is_async: bool,
    /// `extern`.
    pub is_extern: bool,
    /// Type parameters.
    pub generics: Vec<GenericParam>,
    /// Parameters, without the implicit `self`.
    pub params: Vec<Param>,
    /// A last `...` of an `extern fn`.
    pub is_c_variadic: bool,
    /// The result's annotation.
    pub ret: Option<Type>,
    /// `throws E`.
    pub throws: Option<Type>,
    /// Absent for foreign functions and requirements.
    pub body: Option<Block>,
}

/// A type parameter with its bounds and its default: `T: Ord + Show = i64`.
#[derive(Debug)]
pub struct GenericParam {
    /// The name.
    pub name: Ident,
    /// The traits.
    pub bounds: Vec<Type>,
    /// What it is where nothing else is written or known.
    pub default: Option<Type>,
}

/// A parameter of a function.
#[derive(Debug)]
pub struct Param {
    /// The name.
    pub name: Ident,
    /// The annotation.
    pub ty: Option<Type>,
    /// `T...`: takes any number of arguments as an array; `ty` is the element's type.
    pub is_variadic: bool,
    /// The default.
    pub default: Option<Expr>,
}

/// Which product type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TypeDeclKind {
    /// A value.
    Struct,
    /// A reference.
    Class,
    /// A reference to something that runs by itself.
    Actor,
    /// Fields and methods to be taken over by others.
    Mixin,
}

/// A type with fields.
#[derive(Debug)]
pub struct TypeDecl {
    /// Which.
    pub kind: TypeDeclKind,
    /// The name.
    pub name: Ident,
    /// Type parameters.
    pub generics: Vec<GenericParam>,
    /// `with A, B`.
    pub mixins: Vec<Type>,
    /// Fields, in order.
    pub fields: Vec<Field>,
    /// Methods ([`ItemKind::Fn`]) in order.
    pub methods: Vec<Item>,
}

/// A field.
#[derive(Debug)]
pub struct Field {
    /// The name.
    pub name: Ident,
    /// The type.
    pub ty: Type,
    /// The default.
    pub default: Option<Expr>,
    /// Attributes in front of it.
    pub attrs: Vec<Attr>,
    /// Its documentation comment.
    pub doc: Option<Symbol>,
}

/// An enumeration.
#[derive(Debug)]
pub struct EnumDecl {
    /// The name.
    pub name: Ident,
    /// Type parameters.
    pub generics: Vec<GenericParam>,
    /// The cases, in order.
    pub variants: Vec<Variant>,
    /// Methods ([`ItemKind::Fn`]) in order.
    pub methods: Vec<Item>,
}

/// One case of an enumeration.
#[derive(Debug)]
pub struct Variant {
    /// The name.
    pub name: Ident,
    /// What it carries.
    pub fields: Vec<VariantField>,
    /// `= n`.
    pub value: Option<Expr>,
    /// Its documentation comment.
    pub doc: Option<Symbol>,
}

/// One thing a case carries, named or by position.
#[derive(Debug)]
pub struct VariantField {
    /// The name, if it has one.
    pub name: Option<Ident>,
    /// The type.
    pub ty: Type,
}

/// A trait.
#[derive(Debug)]
pub struct TraitDecl {
    /// The name.
    pub name: Ident,
    /// Type parameters.
    pub generics: Vec<GenericParam>,
    /// `trait A: B + C:`.
    pub supers: Vec<Type>,
    /// Requirements and methods with a default body ([`ItemKind::Fn`]).
    pub methods: Vec<Item>,
}

/// Methods added to a type.
#[derive(Debug)]
pub struct ImplDecl {
    /// Type parameters.
    pub generics: Vec<GenericParam>,
    /// The trait of `impl Trait for Type`.
    pub of_trait: Option<Type>,
    /// The type; any type, built-in ones too.
    pub ty: Type,
    /// The methods ([`ItemKind::Fn`]).
    pub methods: Vec<Item>,
}

/// `type Name<T> = …`.
#[derive(Debug)]
pub struct AliasDecl {
    /// The name.
    pub name: Ident,
    /// Type parameters.
    pub generics: Vec<GenericParam>,
    /// What it stands for.
    pub ty: Type,
}

/// `unit Name: T as suffix`.
#[derive(Debug)]
pub struct UnitDecl {
    /// The name.
    pub name: Ident,
    /// What it wraps.
    pub ty: Type,
    /// The suffix of its literals.
    pub suffix: Option<Ident>,
}

/// `use path…`.
#[derive(Debug)]
pub struct UseDecl {
    /// Leading dots: 0 for a path from the root, 1 for this package, 2 for the one above it, and so on.
    pub dots: u32,
    /// The path in front of `.{…}`, `.*` or the end.
    pub path: Vec<Ident>,
    /// What of it.
    pub what: UseWhat,
}

impl UseDecl {
    /// What the path starts from in a module of a package; `None` if the dots lead out of the program's folder.
    pub fn base(&self, package: &[Symbol]) -> Option<Vec<Symbol>> {
        match self.dots {
            0 => Some(Vec::new()),
            dots => package.len().checked_sub(dots as usize - 1).map(|keep| package[..keep].to_vec()),
        }
    }
}

/// What a `use` brings in.
#[derive(Debug)]
pub enum UseWhat {
    /// The thing the path names, a module or a declaration, perhaps under another name.
    Path(Option<Ident>),
    /// `.*`.
    All,
    /// `.{a, b as c}`.
    Names(Vec<(Ident, Option<Ident>)>),
}

/// A module's exports beyond marked declarations.
#[derive(Debug)]
pub enum ExportDecl {
    /// `export a, b`.
    Names(Vec<Ident>),
    /// `export *`.
    All,
    /// `export use …`: brought in and passed on.
    Use(UseDecl),
}
