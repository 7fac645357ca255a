//! The state of the checker, and what every part of it uses.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::SourceModule;
pub(super) use super::body::*;
pub(super) use super::declared::*;
use super::infer::Infer;
pub(super) use super::mismatch::{Origin, Why};
use super::traits::{ImplInfo, TraitInfo};
use super::tree::*;
use super::types::{Ty, TyKind, Types};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Span, closest};
use crate::syntax::ast;
use crate::syntax::{Interner, Symbol};

/// What an expression is wanted for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Expect {
    /// Its effect.
    Unused,
    /// Its value, if all branches agree on its type.
    Loose,
    /// Its value.
    Any,
    /// A value that will be made to fit this type.
    Ty(Ty, Why),
}

impl Expect {
    pub fn is_unused(self) -> bool {
        matches!(self, Expect::Unused)
    }

    pub fn ty(self) -> Option<Ty> {
        match self {
            Expect::Ty(ty, _) => Some(ty),
            Expect::Unused | Expect::Loose | Expect::Any => None,
        }
    }
}

/// A number as written; its type decides what becomes of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Int { value: u64, negative: bool },
    Float { value: f64, single: f32 },
}

/// A type that must implement a trait once everything is inferred.
pub(super) struct Obligation {
    pub ty: Ty,
    pub of: TraitRef,
    pub generics: Rc<[Generic]>,
    pub span: Span,
    /// The function whose type parameter demands it and the bound, or nothing for an operator.
    pub by: Option<(DeclId, Span)>,
}

/// What tells the instances of templates from each other: the template, the types of the arguments and, in a caller's terms,
/// what its type parameters stand for; and the type parameters that these may mention.
pub(super) type InstanceKey = (DeclId, Vec<Ty>, Rc<[Generic]>);

/// What a method is looked up by: the outermost constructor of its receiver's type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Head {
    /// A type without parts.
    Plain(Ty),
    Tuple,
    FixedArray,
    Array,
    Range,
    Adt(AdtId),
    Fn,
    Ptr,
}

/// A format specification to check once the value's type is known.
pub(super) struct PendingFormat {
    pub ty: Ty,
    pub spec: ast::FormatSpec,
    pub value: Span,
}

/// The checker.
pub(super) struct Checker<'a> {
    pub interner: &'a mut Interner,
    pub diags: &'a mut Diagnostics,
    pub modules: Vec<SourceModule<'a>>,
    /// For each module, its place among `namespaces`.
    pub module_names: Vec<usize>,
    /// The first is the runtime's.
    pub namespaces: Vec<Namespace>,
    /// What each module takes from others.
    pub links: Vec<super::modules::Links>,
    pub types: Types,
    pub infer: Infer,
    pub numbers: Vec<Number>,
    pub adts: Vec<Adt>,
    pub adt_infos: Vec<AdtInfo<'a>>,
    pub traits: Vec<Trait>,
    /// By [`TraitId`].
    pub trait_infos: Vec<TraitInfo<'a>>,
    pub impls: Vec<ImplInfo>,
    /// Those of a trait for types of a head; those for any type stand under none.
    pub impls_of: FxHashMap<(TraitId, Option<Head>), Vec<usize>>,
    /// The traits that declare a method of a name.
    pub trait_methods: FxHashMap<Symbol, Vec<(TraitId, u32)>>,
    /// By [`Builtin`].
    pub builtin_traits: [Option<TraitId>; Builtin::COUNT],
    pub aliases: Vec<AliasInfo<'a>>,
    /// How many variables of modules were found whose types depend on themselves.
    pub circles: u32,
    /// The lambdas that are checked anew at each use.
    pub lambdas: Vec<super::general::GeneralLambda<'a>>,
    /// Functions that are arguments, and wait for who calls them; innermost last.
    pub waiting: Vec<super::waiting::Waiting<'a>>,
    /// Functions as values of which it is not known yet what they take, in the order in which they stand.
    pub pending: Vec<super::pending::Pending>,
    /// How many copies of the lambdas the use being checked has needed so far; `None` outside any.
    pub copies: Option<u32>,
    pub mixins: Vec<super::mixins::MixinInfo<'a>>,
    /// Each with its type.
    pub units: Vec<(AdtId, &'a ast::UnitDecl)>,
    pub decls: Vec<FnInfo<'a>>,
    pub funcs: Vec<FuncSlot>,
    pub instances: FxHashMap<InstanceKey, FuncId>,
    /// All of them, in the order in which they were made.
    pub unchecked: Vec<FuncId>,
    /// The function whose body is checked.
    pub checking: Option<FuncId>,
    pub methods: FxHashMap<(Head, Symbol), Vec<DeclId>>,
    pub method_names: Vec<(Head, Symbol)>,
    pub lets: Vec<LetInfo<'a>>,
    pub let_of: FxHashMap<*const ast::Let, usize>,
    pub globals: Vec<GlobalInfo>,
    pub lang: FxHashMap<Symbol, FuncId>,
    /// The functions with a `@lang("…")` attribute, templates too.
    pub lang_decls: FxHashMap<Symbol, DeclId>,
    /// The enums `Option` and `Result` of the runtime.
    pub option: Option<AdtId>,
    pub result: Option<AdtId>,
    /// The enum `Thrown` of the runtime.
    pub thrown: Option<AdtId>,
    /// The structs `Dict` and `Set` of the runtime.
    pub dict: Option<AdtId>,
    pub set: Option<AdtId>,
    /// The class `Weak` of the runtime.
    pub weak: Option<AdtId>,
    /// The cases of the prelude's enums, which need no type in front.
    pub prelude_variants: FxHashMap<Symbol, (AdtId, u32)>,
    pub intrinsics: FxHashMap<Intrinsic, FuncId>,
    /// Groups of a specification around what is being checked, outermost first.
    pub groups: Vec<super::spec::Group<'a>>,
    /// Whether an example is being checked, or what prepares it.
    pub is_in_example: bool,
    /// Examples so far.
    pub examples: Vec<Example>,
    /// Of the code of the entry function, what declares variables.
    pub declarations: Vec<usize>,
    /// Values of module-level constants, as far as they were asked for.
    pub constants: FxHashMap<GlobalId, Option<i128>>,
    pub obligations: Vec<Obligation>,
    /// Type arguments with what they are if nothing else tells.
    pub type_defaults: Vec<(Ty, Ty)>,
    /// The defaults of parameters and fields that are being checked.
    pub defaults: super::defaults::Defaults,
    /// The type parameters whose defaults are being resolved.
    pub defaulting: Vec<*const ast::GenericParam>,
    pub formats: Vec<PendingFormat>,
    /// What the tests checked so far say of variables.
    pub tests: FxHashMap<*const ast::Expr, super::narrow::Test>,
    /// Unknowns that an operator was applied to: they must turn out to be numbers.
    pub unknown_operands: Vec<(Ty, Span)>,
    /// Unknowns that must turn out to be integers.
    pub unknown_integers: Vec<(Ty, Span)>,
    /// Innermost last; the first is the entry function's.
    pub bodies: Vec<BodyCx>,
    /// Which body is being checked.
    pub current: usize,
    /// The type parameters to name in messages, where they are not those of the body.
    pub naming: Option<Rc<[Generic]>>,
    /// Whether a type that holds ever larger ones was reported.
    pub has_endless_type: bool,
    /// The blocks being checked, innermost last.
    pub blocks: Vec<&'a ast::Block>,
    /// How many bodies there were.
    pub body_count: u32,
    /// Uses of nested functions before their declaration: those must capture nothing.
    pub early_uses: Vec<(FuncId, Span)>,
    /// Nested functions by path, so that equal names get different symbols.
    pub nested: FxHashMap<(Vec<Symbol>, Symbol), u32>,
    pub sym: Names,
}

/// Names the checker itself knows.
#[derive(Clone, Copy)]
pub(super) struct Names {
    pub empty: Symbol,
    pub self_: Symbol,
    pub main: Symbol,
    pub enumerate: Symbol,
    pub lambda: Symbol,
    pub found: Symbol,
}

/// An expression.
pub(super) fn expr(kind: ExprKind, ty: Ty, span: Span) -> Expr {
    Expr { kind, ty, span }
}

/// The declaration of a pattern's variables.
pub(super) fn binding(pattern: Pattern, value: Expr, span: Span) -> Expr {
    expr(ExprKind::Let(Box::new(pattern), Box::new(value)), Ty::UNIT, span)
}

impl<'a> Checker<'a> {
    pub fn cx(&mut self) -> &mut BodyCx {
        &mut self.bodies[self.current]
    }

    pub fn error(&mut self, mut diagnostic: Diagnostic) {
        if let Some(called) = self.bodies.get(self.current).and_then(|body| body.called) {
            diagnostic = diagnostic.also(called, "checked for this call");
        }
        self.diags.push(diagnostic);
    }

    /// The known name nearest to a misspelt one. Nothing is searched for errors that are only counted.
    pub fn nearest<'n>(&self, text: &str, known: impl FnOnce() -> Vec<&'n str>) -> Option<&'n str> {
        if self.diags.error_count() >= Diagnostics::DEFAULT_LIMIT {
            return None;
        }
        closest(text, known().into_iter())
    }

    /// The expression where an error was reported.
    pub fn error_expr(&self, span: Span) -> Expr {
        expr(ExprKind::Error, Ty::ERROR, span)
    }

    /// What comes of a value where nothing can: an error has been reported, or it is of type `never`, and what is done with
    /// it is never done.
    pub fn of_nothing(&self, value: Expr, span: Span) -> Expr {
        if self.resolve(value.ty) == Ty::NEVER { value } else { self.error_expr(span) }
    }

    /// Reports a construct that is parsed and not yet checked.
    pub fn unsupported(&mut self, what: &str, span: Span) -> Expr {
        self.error(
            Diagnostic::error(Code::NotSupported, format!("{what} is not supported yet"))
                .at(span, "this version of simplec does not compile it"),
        );
        self.error_expr(span)
    }

    pub fn name(&self, symbol: Symbol) -> &str {
        self.interner.get(symbol)
    }

    /// A new variable of the body.
    pub fn new_local(&mut self, name: Symbol, ty: Ty, is_var: bool, span: Span) -> LocalId {
        let locals = &mut self.cx().locals;
        let (is_changed, is_captured) = (false, false);
        let (passing, copied_by) = (None, None);
        let origin = Origin::default();
        locals.push(LocalInfo {
            name,
            ty,
            span,
            origin,
            is_var,
            passing,
            is_changed,
            is_captured,
            copied_by,
        });
        LocalId(locals.len() as u32 - 1)
    }

    /// A new variable without a name that holds a value: its declaration, and what reads it.
    pub fn temporary(&mut self, value: Expr, is_var: bool) -> (Expr, LocalId) {
        let (ty, span) = (value.ty, value.span);
        let empty = self.sym.empty;
        let local = self.new_local(empty, ty, is_var, span);
        let pattern = Pattern { kind: PatternKind::Bind(local), ty, span };
        (binding(pattern, value, span), local)
    }

    /// The value of a variable.
    pub fn local(&mut self, local: LocalId, span: Span) -> Expr {
        let ty = self.cx().locals[local.idx()].ty;
        expr(ExprKind::Local(local), ty, span)
    }

    /// An integer of a given type that the compiler needs.
    pub fn int(&mut self, value: u64, ty: Ty, span: Span) -> Expr {
        self.number(Number::Int { value, negative: false }, ty, span)
    }

    /// A number whose final form its type decides: it stands in [`Checker::numbers`] until then.
    pub fn number(&mut self, number: Number, ty: Ty, span: Span) -> Expr {
        self.numbers.push(number);
        expr(ExprKind::Literal(Constant::Int(self.numbers.len() as u64 - 1)), ty, span)
    }

    /// The expression converted to a scalar type.
    pub fn cast(&mut self, value: Expr, ty: Ty) -> Expr {
        let span = value.span;
        expr(ExprKind::Cast(Box::new(value)), ty, span)
    }

    /// The head by which methods of a type are found; `None` for unknowns, type parameters and the like.
    pub fn head(&self, ty: Ty) -> Option<Head> {
        match self.types.get(ty) {
            TyKind::Bool
            | TyKind::Char
            | TyKind::Int(_)
            | TyKind::F32
            | TyKind::F64
            | TyKind::Text
            | TyKind::Unit => Some(Head::Plain(ty)),
            TyKind::Tuple(..) => Some(Head::Tuple),
            TyKind::FixedArray(..) => Some(Head::FixedArray),
            TyKind::Array(_) => Some(Head::Array),
            TyKind::Range(_) => Some(Head::Range),
            TyKind::Adt(id, _) => Some(Head::Adt(*id)),
            TyKind::Fn(..) => Some(Head::Fn),
            TyKind::Ptr(_) => Some(Head::Ptr),
            TyKind::Error
            | TyKind::Never
            | TyKind::Dyn(..)
            | TyKind::Union(_)
            | TyKind::Any
            | TyKind::Vector(..)
            | TyKind::Param(_)
            | TyKind::Var(_) => None,
        }
    }
}
