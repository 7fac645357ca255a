//! What modules declare, as the passes of the checker find it out.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::body::{Around, Capture};
use super::tree::*;
use super::types::Ty;
use crate::diagnostics::Span;
use crate::syntax::Symbol;
use crate::syntax::ast::{self, Ident};

/// A declared function, method or template; its instances are [`FuncId`]s.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct DeclId(pub u32);

/// What is behind a name among the types.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TypeItem {
    Adt(AdtId),
    /// As a type it is that of the trait's objects.
    Trait(TraitId),
    /// Index among [`Checker::aliases`].
    Alias(usize),
    /// Index among [`Checker::mixins`]. No type.
    Mixin(usize),
    /// Declared by a construct that is parsed and not yet checked.
    Unsupported,
}

/// What is behind a name among the values of a module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ValueItem {
    Func(DeclId),
    Global(GlobalId),
}

/// A declared name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declared<T> {
    pub item: T,
    pub span: Span,
    /// Of the runtime, and visible to every program.
    pub is_prelude: bool,
}

/// The names that a module declares; all runtime modules share one.
#[derive(Default, Debug)]
pub(super) struct Namespace {
    pub types: FxHashMap<Symbol, Declared<TypeItem>>,
    pub values: FxHashMap<Symbol, Declared<ValueItem>>,
    /// In textual order, for suggestions.
    pub order: Vec<Symbol>,
}

/// A type parameter in scope.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Generic {
    pub name: Symbol,
    /// What it must implement, as written.
    pub bounds: Rc<[Bound]>,
    /// Of the caller for which an instance was made: no name here means it.
    pub is_foreign: bool,
}

impl Generic {
    /// One of this name, without bounds.
    pub fn new(name: Symbol) -> Generic {
        Generic { name, bounds: Rc::from([]), is_foreign: false }
    }
}

/// A bound of a type parameter.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Bound {
    pub of: TraitRef,
    /// Where it is written.
    pub span: Span,
}

/// Where a written type stands: what its names may mean.
#[derive(Clone, Debug)]
pub(super) struct TyScope {
    pub module: usize,
    pub generics: Rc<[Generic]>,
    pub self_ty: Option<Ty>,
    /// Names with a meaning of their own: the type parameters of a mixin where it is taken over, those of a template where its
    /// instance is in the caller's terms.
    pub given: Rc<[(Symbol, Ty)]>,
}

impl TyScope {
    /// Which type parameter a name means; the innermost first.
    pub fn generic(&self, name: Symbol) -> Option<u32> {
        let found = self.generics.iter().rposition(|generic| !generic.is_foreign && generic.name == name);
        found.map(|at| at as u32)
    }

    /// What names mean in a module, outside of everything.
    pub fn of_module(module: usize) -> TyScope {
        TyScope { module, generics: Rc::from([]), self_ty: None, given: Rc::from([]) }
    }
}

/// A field as declared.
#[derive(Clone)]
pub(super) struct FieldInfo<'a> {
    pub decl: &'a ast::Field,
    /// What the names in it mean: where it comes from a mixin, not what they mean elsewhere in the type.
    pub scope: TyScope,
}

/// A type with fields or variants, before and beside its [`Adt`].
pub(super) struct AdtInfo<'a> {
    /// Of a struct, class or actor that is written.
    pub decl: Option<&'a ast::TypeDecl>,
    /// Of a struct, class or actor.
    pub fields: Vec<FieldInfo<'a>>,
    /// The mixins that it takes over.
    pub taken: Vec<super::mixins::Taken<'a>>,
    /// Of an enum.
    pub variants: &'a [ast::Variant],
    /// Its type parameters as written.
    pub generics: &'a [ast::GenericParam],
    pub scope: TyScope,
}

/// A `type Name<T> = …`.
#[derive(Clone, Copy)]
pub(super) struct AliasInfo<'a> {
    pub decl: &'a ast::AliasDecl,
    pub module: usize,
    pub state: State,
    /// What it stands for, over its type parameters, from its first use on.
    pub ty: Ty,
}

/// A parameter as declared.
#[derive(Clone)]
pub(super) struct ParamInfo<'a> {
    pub name: Ident,
    /// `None` where the argument decides.
    pub ty: Option<Ty>,
    pub passing: Passing,
    pub is_variadic: bool,
    pub default: Option<&'a ast::Expr>,
    /// Where its type is written.
    pub written: Option<Span>,
}

/// A function as declared.
pub(super) struct FnInfo<'a> {
    pub decl: &'a ast::FnDecl,
    pub path: Vec<Symbol>,
    /// Type parameters: those of the functions around it, then of the `impl` or trait (`Self` first), then its own.
    pub scope: TyScope,
    /// The trait that declares it, and its number there.
    pub of_trait: Option<(TraitId, u32)>,
    /// Which of [`Checker::impls`] it is part of.
    pub of_impl: Option<usize>,
    /// How many of the type parameters belong to functions around it.
    pub inherited: usize,
    /// How many of the type parameters are its own; explicit arguments are for these.
    pub own: usize,
    pub receiver: Option<Passing>,
    /// Without the receiver.
    pub params: Rc<[ParamInfo<'a>]>,
    /// `None` where the body decides.
    pub ret: Option<Ty>,
    /// What it throws, where the body decides what it gives.
    pub throws: Option<Ty>,
    pub attrs: FuncAttrs,
    pub intrinsic: Option<Intrinsic>,
    pub extern_symbol: Option<Symbol>,
    /// `@chain`: a call whose value is wanted gives the receiver.
    pub is_chaining: bool,
    /// The body that a nested function stands in; that one is being checked for as long as this one can be called.
    pub around: Option<Around>,
    /// Of a nested function: its declaration was reached, so that what it captures is there.
    pub is_declared: bool,
    /// Some parameter's type is decided by the argument: checked anew for each list of argument types.
    pub is_template: bool,
    /// The only instance of what is no template.
    pub func: Option<FuncId>,
    /// Whether an instance was made.
    pub is_used: bool,
}

/// How far the check of a body is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    Unchecked,
    InProgress,
    Done,
}

/// A function to check, or checked.
pub(super) struct FuncSlot {
    pub decl: Option<DeclId>,
    pub name: Symbol,
    pub path: Vec<Symbol>,
    pub generics: Rc<[Generic]>,
    pub owner: Option<Ty>,
    /// The receiver first.
    pub params: Vec<Param>,
    pub ret: Ty,
    pub state: State,
    pub body: Option<Body>,
    /// Tells the variables of its body from those of others.
    pub body_id: u32,
    /// The variables of functions around it that the body uses.
    pub captures: Vec<Capture>,
    pub span: Span,
    /// Of an instance of a template: the first call of it, and with what.
    pub called: Option<Span>,
    /// Of an instance of a template: the function that has this call, and of how many types those of the arguments are
    /// written.
    pub made_in: Option<FuncId>,
    pub size: u32,
    /// Of an instance in the caller's terms: what the template's type parameters stand for.
    pub stand_for: Option<Rc<[Ty]>>,
}

/// A module-level declaration of variables.
pub(super) struct LetInfo<'a> {
    pub ast: &'a ast::Let,
    pub module: usize,
    pub state: State,
    /// The statements that initialise it, once checked.
    pub code: Vec<Expr>,
}

/// A module-level variable.
pub(super) struct GlobalInfo {
    pub name: Symbol,
    pub module: usize,
    pub ty: Option<Ty>,
    pub initial: Option<Initial>,
    pub is_var: bool,
    /// It stands for a lambda of this number, which is checked anew at each use.
    pub lambda: Option<usize>,
    pub let_index: usize,
    pub span: Span,
}
