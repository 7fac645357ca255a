//! Names, types and inference: AST to typed HIR.
//!
//! [`check`] works in passes over all modules: names are collected, written types and signatures resolved, then bodies
//! checked, the entry function's first. Checking is bidirectional: an expression is checked with what its place expects
//! and then made to fit ([`Checker::coerce`](context::Checker::coerce)), which inserts widening conversions; unknowns are
//! unified. A function whose result is not annotated is checked when it is first called; one with a parameter that is not
//! annotated is a template, checked anew for each list of argument types. At the end every unknown in the trees is
//! replaced, and what had to wait for its type is verified (`finish`).

mod arguments;
mod body;
mod bounds;
mod branches;
mod builtin_methods;
mod builtins;
mod call;
mod cast;
mod collect;
mod collections;
mod construct;
mod context;
mod declared;
mod defaults;
mod describe;
mod dict_update;
mod dicts;
mod entry;
mod enums;
mod exhaustive;
mod expectation;
mod expr;
mod fields;
mod finish;
mod foreign;
mod format;
mod func_value;
mod functions;
mod general;
mod growth;
mod infer;
mod intrinsics;
mod isolated;
mod lambda;
mod loops;
mod membership;
mod methods;
mod mismatch;
mod mixins;
mod modules;
mod moves;
mod names;
mod narrow;
mod nested;
mod ops;
mod optional;
mod order;
mod outside;
mod partial;
mod passing;
mod pattern;
mod pattern_parts;
mod pending;
mod place;
mod regions;
mod spec;
mod statics;
mod stmt;
mod throws;
mod traits;
mod tree;
mod type_defaults;
mod types;
mod types_ast;
mod unions;
mod units;
mod upcast;
mod waiting;
mod walk;
mod weak;

pub use builtin_methods::builtin_methods;
pub use entry::ENTRY;
pub use expectation::LABELS;
pub use tree::*;
pub(crate) use types::plain_type;
pub use types::{IntTy, Ty, TyKind, Types};
pub(crate) use types::{endless_types, large_type};
pub(crate) use walk::{children, walk};

use crate::diagnostics::Diagnostics;
use crate::syntax::{Interner, Symbol, ast};

/// A parsed file.
#[derive(Clone, Debug)]
pub struct SourceModule<'a> {
    /// What it declares and does.
    pub ast: &'a ast::Module,
    /// The text it was parsed from: an `assert` quotes its condition.
    pub text: &'a str,
    /// What its symbols begin with; empty for the main module.
    pub path: Vec<Symbol>,
    /// The names by which others use it.
    pub name: Vec<Symbol>,
    /// Those of the package that it belongs to.
    pub package: Vec<Symbol>,
    /// Part of the runtime: sees all of it, and may use attributes that are for the runtime only.
    pub is_runtime: bool,
    /// The module, by its index, of the entry of a dialogue before this one: what that declares, brings in or sees is seen
    /// here, too, behind all else.
    pub follows: Option<usize>,
    /// Its variables have their values and its statements have run, in an earlier entry of a dialogue.
    pub has_run: bool,
}

/// Checks a program. The modules of the runtime come first, each other one behind those that it uses. When `diags` has
/// errors afterwards, the program is only good for looking at.
pub fn check<'a>(
    modules: Vec<SourceModule<'a>>,
    interner: &'a mut Interner,
    diags: &'a mut Diagnostics,
) -> Program {
    let mut checker = context::Checker::new(modules, interner, diags);
    checker.collect();
    let entry = checker.check_bodies();
    checker.warn_of_unused_imports();
    checker.finish(entry)
}
