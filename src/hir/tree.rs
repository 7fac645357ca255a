//! The checked program: names resolved, every expression typed, sugar removed.
//!
//! Types may mention the type parameters of the function they stand in ([`TyKind::Param`](super::TyKind::Param));
//! lowering makes one copy of a function for each list of type arguments it is called with.

use rustc_hash::FxHashMap;

pub use super::intrinsics::Intrinsic;
use super::types::{Ty, Types};
use crate::diagnostics::Span;
use crate::handles::handles;
use crate::syntax::Symbol;
use crate::syntax::ast::FormatSpec;

handles! {
    /// A struct, class, enum or actor of the program.
    AdtId;
    /// A trait of the program.
    TraitId;
    /// A function or method of the program.
    FuncId;
    /// A module-level variable.
    GlobalId;
    /// A parameter or variable of a function body.
    LocalId;
    /// A loop of a function body.
    LoopId;
}

/// Everything that one build compiles, the runtime included.
#[derive(Debug, Default)]
pub struct Program {
    /// All types.
    pub types: Types,
    /// By [`AdtId`].
    pub adts: Vec<Adt>,
    /// By [`TraitId`].
    pub traits: Vec<Trait>,
    /// Which types implement which traits. No two of one trait match the same type.
    pub impls: Vec<Impl>,
    /// The traits that are built in, by [`Builtin`].
    pub builtin_traits: [Option<TraitId>; Builtin::COUNT],
    /// By [`FuncId`].
    pub funcs: Vec<Func>,
    /// By [`GlobalId`].
    pub globals: Vec<Global>,
    /// Runtime functions that the compiler itself calls, by the name in their `@lang("…")` attribute.
    pub lang: FxHashMap<Symbol, FuncId>,
    /// The enum `Option`: its first case is `None`, its second `Some`. Shown as its payload or `nil`.
    pub option: Option<AdtId>,
    /// The enum `Result`, shown without its name.
    pub result: Option<AdtId>,
    /// The examples of its specifications, in order; the number of one is what `spec_runs` of the runtime is asked.
    pub examples: Vec<Example>,
    /// The struct `Dict`, equal and shown by functions of the runtime.
    pub dict: Option<AdtId>,
    /// The struct `Set`, likewise.
    pub set: Option<AdtId>,
    /// A function made by the checker, `fn() -> i64`: it initialises the module-level variables and runs the top-level
    /// statements in textual order, calls `main` if there is one, and returns the exit code. `None` where there is nothing
    /// to do.
    pub entry: Option<FuncId>,
    /// Which steps of the entry function declare variables, by their indices in its block, in order.
    pub declarations: Vec<usize>,
    /// Whether it is a library: its entry function, which then only declares, runs when it is loaded.
    pub is_library: bool,
    /// The variable `it` of the last module, if it declares one: what a dialogue shows.
    pub last_value: Option<LastValue>,
}

impl Program {
    /// Where the first thing is that the entry function does, if it does anything but to declare variables and to give the
    /// exit code 0.
    pub fn first_statement(&self) -> Option<Span> {
        let FuncKind::Body(body) = &self.funcs[self.entry?.idx()].kind else { return None };
        let ExprKind::Block(steps, _) = &body.value.kind else { return None };
        let does = |(i, step): &(usize, &Expr)| {
            !matches!(step.kind, ExprKind::Literal(_)) && self.declarations.binary_search(i).is_err()
        };
        steps.iter().enumerate().find(does).map(|(_, step)| step.span)
    }

    /// Makes a library of it: of its entry function the declarations of variables stay, and of those the ones that have code
    /// to run.
    pub fn make_library(&mut self) {
        self.is_library = true;
        let declarations = std::mem::take(&mut self.declarations);
        let Some(FuncKind::Body(body)) = self.entry.map(|entry| &mut self.funcs[entry.idx()].kind) else {
            return;
        };
        let ExprKind::Block(steps, _) = &mut body.value.kind else { return };
        let globals = &mut self.globals;
        let mut index = 0;
        steps.retain(|step| {
            let is_declaration = declarations.binary_search(&index).is_ok();
            index += 1;
            let ExprKind::Initialise(id, value) = &step.kind else { return is_declaration };
            let initial = Initial::of(value);
            if initial.is_some() {
                let global = &mut globals[id.idx()];
                (global.initial, global.is_checked) = (initial, false);
            }
            initial.is_none()
        });
        if steps.is_empty() {
            self.entry = None;
            return;
        }
        let kind = ExprKind::Literal(Constant::Int(0));
        steps.push(Expr { kind, ty: Ty::I64, span: Span::NONE });
        self.declarations = (0..steps.len() - 1).collect();
    }
}

/// What the last entry of a dialogue gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LastValue {
    /// Its type.
    pub ty: Ty,
    /// The same as a user writes it.
    pub written: String,
}

/// An `it` of a specification.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// The titles of the groups around it and its own.
    pub title: Vec<Symbol>,
    /// Where its own title is.
    pub span: Span,
}

/// What an [`Adt`] is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AdtKind {
    /// A value with fields: one variant.
    Struct,
    /// A reference to fields: one variant.
    Class,
    /// One of several variants, a value.
    Enum,
    /// A reference with its own thread of control: one variant.
    Actor,
}

/// A struct, class, enum or actor.
#[derive(Debug)]
pub struct Adt {
    /// Name as written.
    pub name: Symbol,
    /// Names of the modules around it, for symbols; empty for the main module.
    pub path: Vec<Symbol>,
    /// What it is.
    pub kind: AdtKind,
    /// Names of its type parameters.
    pub generics: Vec<Symbol>,
    /// The variants of an enum; the fields of the others are those of variant 0.
    pub variants: Vec<Variant>,
    /// Whether some `weak` field holds a class's instances.
    pub is_weakly_held: bool,
    /// Where its name is.
    pub span: Span,
}

/// A variant of an enum, or the fields of another type.
#[derive(Debug)]
pub struct Variant {
    /// Its name; the type's own for a struct, class or actor.
    pub name: Symbol,
    /// Fields in order.
    pub fields: Vec<Field>,
}

/// A field.
#[derive(Debug)]
pub struct Field {
    /// Its name; `None` for an unnamed payload field of an enum.
    pub name: Option<Symbol>,
    /// Its type, over the parameters of the [`Adt`].
    pub ty: Ty,
    /// Whether it is `iso` or `mut`: nothing else leads to what it leads to.
    pub is_own: bool,
}

/// A trait.
#[derive(Debug)]
pub struct Trait {
    /// Name as written.
    pub name: Symbol,
    /// Names of the modules around it.
    pub path: Vec<Symbol>,
    /// Names of its type parameters, `Self` first.
    pub generics: Vec<Symbol>,
    /// The traits that it demands of `Self`, over its type parameters.
    pub supers: Vec<TraitRef>,
    /// Its methods in order. Each is a function over the trait's type parameters and its own; a call of it is one of
    /// the method that the `impl` for `Self` has in its place, if it has one.
    pub methods: Vec<FuncId>,
    /// Those that its objects have, in the order of a table.
    pub dispatched: Vec<FuncId>,
    /// Where its name is.
    pub span: Span,
}

/// A trait with arguments for its type parameters but `Self`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TraitRef {
    /// Which.
    pub id: TraitId,
    /// For its type parameters behind `Self`.
    pub args: Vec<Ty>,
}

/// That a type implements a trait.
#[derive(Debug)]
pub struct Impl {
    /// The trait, over the type parameters.
    pub of: TraitRef,
    /// How many type parameters it has.
    pub generics: u32,
    /// The type, over the type parameters.
    pub ty: Ty,
    /// In the order of the trait's; `None` where the trait's own body serves.
    pub methods: Vec<Option<FuncId>>,
}

/// A trait that operators, output and collections use, implemented by values part by part unless a type has an `impl`
/// of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Builtin {
    /// `==`.
    Eq,
    /// `<`.
    Ord,
    /// Keys of dicts.
    Hash,
    /// `print`.
    Show,
}

impl Builtin {
    /// How many there are.
    pub const COUNT: usize = Builtin::ALL.len();

    /// Each with the name of its trait in the runtime.
    pub const ALL: [(&'static str, Builtin); 4] =
        [("Eq", Builtin::Eq), ("Ord", Builtin::Ord), ("Hash", Builtin::Hash), ("Show", Builtin::Show)];
}

/// A function or method.
#[derive(Debug)]
pub struct Func {
    /// Name as written.
    pub name: Symbol,
    /// Names of the modules, types and functions around it, for symbols.
    pub path: Vec<Symbol>,
    /// The type that it is a method of, over the function's own parameters; keeps symbols of `impl`s apart.
    pub owner: Option<Ty>,
    /// The trait that declares it, and its number there.
    pub of_trait: Option<(TraitId, u32)>,
    /// The trait whose `impl` for the owner it is part of, over the type parameters of that.
    pub of_impl: Option<TraitRef>,
    /// Number of type parameters, those of the `impl` first.
    pub generics: u32,
    /// Of a nested function or lambda: the locals that hold variables of functions around it. They are passed in front
    /// of the parameters, read only.
    pub captures: Vec<LocalId>,
    /// Parameters; `self` of a method is the first.
    pub params: Vec<Param>,
    /// Result.
    pub ret: Ty,
    /// What there is in place of, or besides, a plain body.
    pub kind: FuncKind,
    /// Attributes that reach code generation.
    pub attrs: FuncAttrs,
    /// Where its name is.
    pub span: Span,
}

impl Func {
    /// How each argument of a call is passed: what is captured, then the parameters.
    pub fn passings(&self) -> impl Iterator<Item = Passing> {
        let captures = self.captures.iter().map(|_| Passing::Shared);
        captures.chain(self.params.iter().map(|param| param.passing))
    }

    /// The types, over the function's own type parameters, of what it captures and of its parameters, and how each is
    /// passed.
    pub fn inputs(&self) -> impl Iterator<Item = (Ty, Passing)> {
        let locals = if let FuncKind::Body(body) = &self.kind { &body.locals[..] } else { &[] };
        let captures = self.captures.iter().map(|local| locals[local.idx()].ty);
        captures.chain(self.params.iter().map(|param| param.ty)).zip(self.passings())
    }
}

/// How a parameter is passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Passing {
    /// Read only; the caller keeps its value.
    Shared,
    /// The callee changes the caller's variable.
    Mut,
    /// The callee takes the value over.
    Iso,
}

/// A parameter.
#[derive(Debug)]
pub struct Param {
    /// The local that it is in the body; parameters are the first locals, in order.
    pub name: Symbol,
    /// Its type.
    pub ty: Ty,
    /// How it is passed.
    pub passing: Passing,
}

/// What stands behind a function's name.
#[derive(Debug)]
pub enum FuncKind {
    /// A body.
    Body(Body),
    /// A C function of this symbol.
    Extern {
        /// The symbol.
        symbol: Symbol,
        /// C varargs follow.
        variadic: bool,
    },
    /// An operation of the compiler, for the runtime only (`@intrinsic`).
    Intrinsic(Intrinsic),
    /// Nothing: every `impl` of its trait has a method in its place.
    Requirement,
}

/// Attributes that reach code generation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FuncAttrs {
    /// `export fn`: C ABI, symbol as written.
    pub is_export: bool,
    /// `@inline`: always replaced by its body.
    pub is_inline: bool,
    /// `@noinline`.
    pub is_noinline: bool,
    /// `@cold`: rarely called.
    pub is_cold: bool,
    /// `@located`, of the runtime: it panics in the name of its caller, whose place it is passed behind its arguments.
    pub is_located: bool,
}

/// A function's variables and code.
#[derive(Debug)]
pub struct Body {
    /// By [`LocalId`]; the parameters first.
    pub locals: Vec<Local>,
    /// Number of loops; [`LoopId`]s are below.
    pub loops: u32,
    /// Its value is the result.
    pub value: Expr,
}

/// A variable of a body.
#[derive(Debug)]
pub struct Local {
    /// Its name; that of a temporary is empty.
    pub name: Symbol,
    /// Its type.
    pub ty: Ty,
    /// May be assigned again.
    pub is_var: bool,
    /// Where it is declared.
    pub span: Span,
}

/// A module-level variable; its initialiser is part of the entry function.
#[derive(Debug)]
pub struct Global {
    /// Name as written.
    pub name: Symbol,
    /// Names of the modules around it.
    pub path: Vec<Symbol>,
    /// Its type, without type parameters.
    pub ty: Ty,
    /// Its initialiser, when it is a constant or a variable of the runtime's or of a library and no code must run: then no
    /// code of the entry function does it.
    pub initial: Option<Initial>,
    /// Whether functions may run before its initialiser that use it, so that each use has to ask.
    pub is_checked: bool,
    /// Where its name is.
    pub span: Span,
}

/// An initialiser that runs no code.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Initial {
    /// A literal.
    Constant(Constant),
    /// The array without elements.
    Empty,
}

impl Initial {
    /// The initialiser that gives the value, if it is known without running code.
    pub fn of(value: &Expr) -> Option<Initial> {
        match &value.kind {
            ExprKind::Literal(constant) => Some(Initial::Constant(*constant)),
            ExprKind::Array(items) if items.is_empty() => Some(Initial::Empty),
            _ => None,
        }
    }
}

/// A scalar known when compiling.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Constant {
    /// An integer of the expression's type, two's complement, sign- or zero-extended.
    Int(u64),
    /// A float; exact in an `f32` when that is the type.
    Float(f64),
    /// A bool.
    Bool(bool),
    /// A text.
    Text(Symbol),
}

/// An expression with its type.
#[derive(Debug)]
pub struct Expr {
    /// What it does.
    pub kind: ExprKind,
    /// Its type.
    pub ty: Ty,
    /// Its place.
    pub span: Span,
}

/// What an expression does. A *place* is `Local`, `Global`, `Deref`, or a `Field`, `Index`, `Narrow` or `Unwrap` of a place;
/// everything else is a value. Statements are expressions of type unit.
#[derive(Debug)]
pub enum ExprKind {
    /// Where an error was reported.
    Error,
    /// `()`.
    Unit,
    /// A literal.
    Literal(Constant),
    /// A variable.
    Local(LocalId),
    /// A module-level variable.
    Global(GlobalId),
    /// A function or lambda as a value, with its type arguments and what it captures.
    FuncValue(FuncId, Vec<Ty>, Vec<Expr>),
    /// `(a, b)`.
    Tuple(Vec<Expr>),
    /// `[a, b]`, an array or fixed array by the type.
    Array(Vec<Expr>),
    /// `[v; n]`, an array or fixed array by the type; the value is evaluated once, then the count (an `i64`).
    Repeat(Box<Expr>, Box<Expr>),
    /// `a..b`, a range value.
    Range {
        /// The first.
        start: Box<Expr>,
        /// The last, or one past it.
        end: Box<Expr>,
        /// Whether the end belongs to it.
        is_inclusive: bool,
    },
    /// A struct, class or actor from all its fields, each with its number, in the order of evaluation.
    Record(Vec<(u32, Expr)>),
    /// An enum value: variant and payload.
    Variant(u32, Vec<Expr>),
    /// A field of a struct, class, actor or tuple.
    Field(Box<Expr>, u32),
    /// An element of an array or fixed array, at an integer that may be negative; panics outside.
    Index(Box<Expr>, Box<Expr>),
    /// The value that a `ptr<T>` leads to: in the runtime, and for the values of dicts, whose address a call gives that
    /// has the dict as its first argument.
    Deref(Box<Expr>),
    /// On an integer or float, for `Not` on a bool.
    Unary(UnaryOp, Box<Expr>),
    /// On two integers or floats of the result's type; a shift's right side may be any integer type.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// On two values of one type: scalars, and structurally everything else that can be compared. Class instances by
    /// identity.
    Compare(CompareOp, Box<Expr>, Box<Expr>),
    /// `and`, `or`: the right side only if needed.
    Logic(LogicOp, Box<Expr>, Box<Expr>),
    /// A conversion between scalar types (language reference §6), to this expression's type.
    Cast(Box<Expr>),
    /// A value as one of a wider type, which is this expression's: an object of a trait that the value's type implements,
    /// or `Any`.
    Upcast(Box<Expr>),
    /// A variable of a wider type that holds a value of this expression's type: a place, if the variable is one. An
    /// optional variable of a module may have become `nil`, which is a panic.
    Narrow(Box<Expr>),
    /// What there is in a place of an optional value, or a panic.
    Unwrap(Box<Expr>),
    /// A direct call.
    Call {
        /// Called.
        func: FuncId,
        /// For its type parameters.
        type_args: Vec<Ty>,
        /// One per captured variable, then one per parameter, in parameter order; defaults filled in. A `Mut` parameter's
        /// argument is a place.
        args: Vec<Expr>,
    },
    /// A call of a function value.
    CallValue(Box<Expr>, Vec<Expr>),
    /// `print`, `print_raw`, `eprint`.
    Print {
        /// Joined by a space.
        args: Vec<Expr>,
        /// To the standard error stream.
        to_stderr: bool,
        /// A line end follows.
        newline: bool,
    },
    /// Interpolated text.
    Format(Vec<FormatPart>),
    /// Expressions in turn; the value of the last, or unit when `has_value` is false. Its variables end with it.
    Block(Vec<Expr>, bool),
    /// The condition is a bool; without the second branch the type is unit.
    If(Box<Expr>, Box<Expr>, Option<Box<Expr>>),
    /// The arms in turn; they cover every case.
    Match(Box<Expr>, Vec<Arm>),
    /// Repeats until left; a `break` may carry its value.
    Loop(LoopId, Box<Expr>),
    /// The condition is a bool.
    While(LoopId, Box<Expr>, Box<Expr>),
    /// For each in a range, array, or fixed array, and later whatever can be iterated.
    For {
        /// The loop.
        id: LoopId,
        /// Bound anew each time. Elements that do not match are skipped: gaps of dicts and sets, since what a program writes
        /// matches every element.
        pattern: Box<Pattern>,
        /// A `Range` expression, an array or a fixed array; evaluated once.
        iter: Box<Expr>,
        /// Run for each.
        body: Box<Expr>,
    },
    /// Leaves a loop.
    Break(LoopId, Option<Box<Expr>>),
    /// On to the next turn of a loop.
    Continue(LoopId),
    /// Leaves the function.
    Return(Option<Box<Expr>>),
    /// Declares the variables of a pattern that always matches.
    Let(Box<Pattern>, Box<Expr>),
    /// Run when the block around it is left after this, by any way but a panic, the latest first. No jump leads out of it.
    Defer(Box<Expr>),
    /// Declares a variable without a value; every use is preceded by an assignment.
    Declare(LocalId),
    /// The value is evaluated first, then the place's indices; the old value is dropped.
    Assign(Box<Expr>, Box<Expr>),
    /// Gives a module-level variable its first value: a part of the entry function, once.
    Initialise(GlobalId, Box<Expr>),
    /// `place op= value`; the place is evaluated once, first.
    AssignOp(BinaryOp, Box<Expr>, Box<Expr>),
    /// Ends the program with a text.
    Panic(Box<Expr>),
    /// Ends the program with `assertion failed: …` unless the bool holds; the text is the user's, or the condition as
    /// written.
    Assert(Box<Expr>, Box<Expr>),
}

/// A part of interpolated text.
#[derive(Debug)]
pub enum FormatPart {
    /// As it is.
    Text(Symbol),
    /// A value, by its own form or a specification.
    Value(Expr, Option<FormatSpec>),
}

/// Operations on one operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnaryOp {
    /// `-x`; wraps.
    Neg,
    /// `~x`.
    BitNot,
    /// `not b`.
    Not,
}

/// Operations on two operands (language reference §6).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    /// Panics on an integer zero.
    Div,
    /// Panics on an integer zero.
    Rem,
    /// Integer power panics on a negative exponent; float power is C's `pow`.
    Pow,
    /// Floor division; panics on an integer zero.
    FloorDiv,
    And,
    Or,
    Xor,
    Shl,
    Shr,
    /// For scalars: the smaller.
    Min,
    /// For scalars: the larger.
    Max,
}

/// Comparisons.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum CompareOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// Short-circuit operations.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum LogicOp {
    And,
    Or,
}

/// An arm of a match.
#[derive(Debug)]
pub struct Arm {
    /// When it is taken.
    pub pattern: Pattern,
    /// And only if this bool holds.
    pub guard: Option<Expr>,
    /// What is done.
    pub body: Expr,
}

/// A pattern with the type of what it is matched against.
#[derive(Debug)]
pub struct Pattern {
    /// What matches.
    pub kind: PatternKind,
    /// Type of the value.
    pub ty: Ty,
    /// Its place.
    pub span: Span,
}

/// What a pattern matches.
#[derive(Debug)]
pub enum PatternKind {
    /// Everything.
    Wildcard,
    /// Everything; the variable gets the value.
    Bind(LocalId),
    /// Equal to a constant.
    Constant(Constant),
    /// Within a range of constants, either end open when absent.
    Range {
        /// The smallest.
        start: Option<Constant>,
        /// The largest, or one past it.
        end: Option<Constant>,
        /// Whether the end belongs to it.
        is_inclusive: bool,
    },
    /// One of several, all binding the same variables.
    Or(Vec<Pattern>),
    /// A tuple, fixed array, struct or class, field by field. The pattern for a weak field is of the type that it reads as.
    Fields(Vec<(u32, Pattern)>, Option<Rest>),
    /// A variant of an enum, payload by payload.
    Variant(u32, Vec<(u32, Pattern)>),
    /// Of a wider type: a value that was made of one of the inner pattern's type, which matches that.
    Downcast(Box<Pattern>),
    /// An array: its first elements, and, after a rest (which may bind the elements between), its last.
    Array {
        /// From the start.
        prefix: Vec<Pattern>,
        /// `None` when the length must be exact; the inner option is the variable for the rest.
        rest: Option<Option<LocalId>>,
        /// From the end.
        suffix: Vec<Pattern>,
    },
}

/// `...name` in the pattern of a tuple or fixed array: a variable for the fields from a number on, as many as its own
/// type has.
#[derive(Clone, Copy, Debug)]
pub struct Rest {
    /// A tuple or fixed array.
    pub local: LocalId,
    /// The number of its first field in the whole.
    pub first: u32,
}
