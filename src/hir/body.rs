//! A body that is being checked: its names, variables and loops.

use rustc_hash::FxHashMap;

use super::declared::{DeclId, TyScope};
use super::mismatch::{Origin, Why};
use super::tree::*;
use super::types::Ty;
use crate::diagnostics::Span;
use crate::syntax::Symbol;
use crate::syntax::ast;

/// What a name inside a function stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Binding {
    Local(LocalId),
    Func(DeclId),
    /// Index among [`Checker::lambdas`].
    Lambda(usize),
}

/// Where a nested function or lambda stands: the body, and how many of its names it sees.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Around {
    /// Index among [`Checker::bodies`].
    pub body: usize,
    pub mark: usize,
}

/// A variable, told apart from those of other bodies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Var {
    pub body: u32,
    pub local: LocalId,
}

/// A variable of a function around, and the local that holds its value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Capture {
    pub var: Var,
    pub local: LocalId,
}

/// The names in scope inside a body.
#[derive(Default, Debug)]
pub(super) struct Scope {
    /// With the place of each binding in the log, so that a function sees what was declared before it.
    names: FxHashMap<Symbol, Vec<(usize, Binding)>>,
    log: Vec<Symbol>,
}

impl Scope {
    pub fn declare(&mut self, name: Symbol, binding: Binding) {
        self.names.entry(name).or_default().push((self.log.len(), binding));
        self.log.push(name);
    }

    pub fn get(&self, name: Symbol) -> Option<Binding> {
        self.get_before(name, usize::MAX)
    }

    /// What the name stood for when so many had been declared.
    pub fn get_before(&self, name: Symbol, mark: usize) -> Option<Binding> {
        self.names.get(&name)?.iter().rev().find(|(at, _)| *at < mark).map(|&(_, binding)| binding)
    }

    pub fn mark(&self) -> usize {
        self.log.len()
    }

    /// Forgets the names declared since a mark; gives them back, in order.
    pub fn forget_since(&mut self, mark: usize) -> Vec<(Symbol, Binding)> {
        let mut forgotten: Vec<(Symbol, Binding)> = Vec::new();
        for name in self.log.drain(mark..).rev() {
            let last = self.names.get_mut(&name).and_then(Vec::pop);
            forgotten.extend(last.map(|(_, binding)| (name, binding)));
        }
        forgotten.reverse();
        forgotten
    }

    /// Names in order of declaration, with their bindings.
    pub fn visible(&self) -> impl Iterator<Item = (Symbol, Binding)> {
        self.log.iter().filter_map(|&name| Some((name, self.get(name)?)))
    }
}

/// A variable of the body being checked.
pub(super) struct LocalInfo {
    pub name: Symbol,
    pub ty: Ty,
    pub span: Span,
    pub origin: Origin,
    pub is_var: bool,
    /// `None` for what is no parameter.
    pub passing: Option<Passing>,
    /// It is changed in place through its own methods, whatever it was declared as.
    pub is_changed: bool,
    /// It holds a variable of a function around.
    pub is_captured: bool,
    /// The operator, if it holds what `?.` or `!` found in a variable, so that a change of it would be lost.
    pub copied_by: Option<&'static str>,
}

/// A loop around the code being checked.
pub(super) struct LoopCx {
    pub id: LoopId,
    /// The type of the values its `break`s carry; `None` where they may carry none.
    pub value: Option<Ty>,
    pub has_break: bool,
    /// Of a comprehension, which goes through everything.
    pub is_comprehension: bool,
    pub rounds: super::narrow::Rounds,
}

/// What is known while a body is checked.
pub(super) struct BodyCx {
    pub id: u32,
    pub around: Option<Around>,
    pub captures: Vec<Capture>,
    pub scope: TyScope,
    pub path: Vec<Symbol>,
    pub locals: Vec<LocalInfo>,
    pub loop_count: u32,
    pub loops: Vec<LoopCx>,
    pub names: Scope,
    pub ret: Ty,
    pub ret_why: Why,
    /// Whether the function leaves its result open and returns nothing somewhere.
    pub returns_nothing: bool,
    /// What the result holds if it is optional, of which so far only chains tell that end in calls of the function itself.
    pub chained: Option<Ty>,
    /// What the first branch at its end gives, where it leaves its result open.
    pub first_end: Option<Ty>,
    /// Module-level code: `return` has nowhere to go.
    pub is_top_level: bool,
    /// The `try`s around what is checked, the innermost last.
    pub tries: Vec<super::throws::TryCx>,
    pub throws: super::throws::Throws,
    /// The loop that is left where an expectation of the example being checked does not hold.
    pub example: Option<LoopId>,
    /// Whether what is checked is run when a block is left.
    pub is_deferred: bool,
    /// Of an instance of a template: the call that it is for.
    pub called: Option<Span>,
    /// Whether it is a lambda's, which has its captures as they were when it was made.
    pub is_lambda: bool,
    /// The arguments left open of the call that is its body, each with the parameter that stands in for it.
    pub holes: Vec<(*const ast::Expr, LocalId)>,
    /// What tests have told of variables.
    pub facts: super::narrow::Facts,
}
