//! Which code may reach variables of modules that lead to instances: what it is passed it may keep there, and what it gives
//! may be from there.

use super::context::Checker;
use super::tree::*;
use super::types::Ty;
use super::walk::walk;

/// What reaches variables of modules, known for all functions.
pub(super) struct Outside {
    /// The types of those variables that lead to instances.
    held: Vec<Ty>,
    /// By function, then for what runs where a function value is called, then for operators and output.
    reaching: Vec<bool>,
    /// Whether a type that holds references says itself what operators or output do with it.
    has_own_operators: bool,
}

/// What may run at a place.
#[derive(Clone, Copy)]
pub(super) enum Runs {
    /// A function.
    Func(FuncId),
    /// Any function that was made a value.
    Value,
    /// A method of a built-in trait.
    Operator,
}

impl Runs {
    /// What an expression runs itself, beside its parts.
    fn of(e: &Expr) -> Option<Runs> {
        match e.kind {
            ExprKind::Call { func, .. } => Some(Runs::Func(func)),
            ExprKind::CallValue(..) => Some(Runs::Value),
            ExprKind::Print { .. } | ExprKind::Format(_) | ExprKind::Compare(..) => Some(Runs::Operator),
            ExprKind::Error
            | ExprKind::Unit
            | ExprKind::Literal(_)
            | ExprKind::Local(_)
            | ExprKind::Global(_)
            | ExprKind::FuncValue(..)
            | ExprKind::Tuple(_)
            | ExprKind::Array(_)
            | ExprKind::Repeat(..)
            | ExprKind::Range { .. }
            | ExprKind::Record(_)
            | ExprKind::Variant(..)
            | ExprKind::Field(..)
            | ExprKind::Index(..)
            | ExprKind::Deref(_)
            | ExprKind::Unary(..)
            | ExprKind::Binary(..)
            | ExprKind::Logic(..)
            | ExprKind::Cast(_)
            | ExprKind::Upcast(_)
            | ExprKind::Narrow(_)
            | ExprKind::Unwrap(_)
            | ExprKind::Block(..)
            | ExprKind::If(..)
            | ExprKind::Match(..)
            | ExprKind::Loop(..)
            | ExprKind::While(..)
            | ExprKind::For { .. }
            | ExprKind::Break(..)
            | ExprKind::Continue(_)
            | ExprKind::Return(_)
            | ExprKind::Let(..)
            | ExprKind::Defer(_)
            | ExprKind::Declare(_)
            | ExprKind::Assign(..)
            | ExprKind::Initialise(..)
            | ExprKind::AssignOp(..)
            | ExprKind::Panic(_)
            | ExprKind::Assert(..) => None,
        }
    }

    fn number(self, funcs: usize) -> usize {
        match self {
            Runs::Func(func) => func.idx(),
            Runs::Value => funcs,
            Runs::Operator => funcs + 1,
        }
    }
}

impl Outside {
    pub fn new(checker: &mut Checker, funcs: &[Func], globals: &[Global], impls: &[Impl]) -> Outside {
        let leads = |checker: &mut Checker, ty| checker.holds_references(ty);
        let held = globals.iter().map(|global| global.ty).filter(|&ty| leads(checker, ty)).collect();
        let count = funcs.len();
        let mut callers: Vec<Vec<usize>> = vec![Vec::new(); count + 2];
        let mut open = Vec::new();
        for (number, func) in funcs.iter().enumerate() {
            match &func.kind {
                FuncKind::Body(body) => walk(&body.value, &mut |e| match &e.kind {
                    ExprKind::Global(_) if leads(checker, e.ty) => open.push(number),
                    ExprKind::Initialise(_, value) if leads(checker, value.ty) => open.push(number),
                    ExprKind::FuncValue(func, ..) => callers[func.idx()].push(Runs::Value.number(count)),
                    _ => {
                        if let Some(runs) = Runs::of(e) {
                            callers[runs.number(count)].push(number);
                        }
                    }
                }),
                // Among them what shows and hashes.
                FuncKind::Intrinsic(_) => callers[Runs::Operator.number(count)].push(number),
                FuncKind::Extern { .. } | FuncKind::Requirement => {}
            }
            if let Some((of, method)) = func.of_trait {
                let impls = impls.iter().filter(|each| each.of.id == of);
                for own in impls.filter_map(|each| each.methods[method as usize]) {
                    callers[own.idx()].push(number);
                }
            }
        }
        let mut has_own_operators = false;
        let builtin = checker.builtin_traits;
        for each in impls.iter().filter(|each| builtin.contains(&Some(each.of.id))) {
            for own in each.methods.iter().flatten() {
                has_own_operators |= !checker.is_of_runtime(&funcs[own.idx()]) && leads(checker, each.ty);
                callers[own.idx()].push(Runs::Operator.number(count));
            }
        }
        let mut reaching = vec![false; count + 2];
        while let Some(number) = open.pop() {
            if !std::mem::replace(&mut reaching[number], true) {
                open.extend(&callers[number]);
            }
        }
        Outside { held, reaching, has_own_operators }
    }

    /// Whether a value of a type may be kept in a variable of a module, or come out of one, by what an expression runs
    /// itself.
    pub fn may_pass(&self, checker: &mut Checker, e: &Expr, ty: Ty) -> bool {
        let runs = Runs::of(e).map(|runs| runs.number(self.reaching.len() - 2));
        runs.is_some_and(|runs| self.reaching[runs])
            && self.held.iter().any(|&held| checker.may_share(ty, held))
    }

    /// Whether operators and output may change what they are given.
    pub fn has_own_operators(&self) -> bool {
        self.has_own_operators
    }
}
