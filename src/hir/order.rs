//! The order of module-level values: none is used before its initialiser has run.
//!
//! The entry function runs the initialisers from top to bottom. What each of them uses, itself or by the functions that
//! it calls by name, must have its value by then, or the program is wrong. Function values, methods of objects and
//! methods that operators and output call may be run by any code: what they may use too early is marked, and lowering
//! makes each use of it ask whether the value is there.

use super::context::*;
use super::finish::each_child;
use super::tree::*;
use super::types::Ty;
use crate::diagnostics::{Code, Diagnostic, Span};

/// What a piece of code does, apart from what it calls.
#[derive(Default)]
struct Summary {
    uses: Vec<(GlobalId, Span)>,
    calls: Vec<(FuncId, Span)>,
    /// Functions it makes values of.
    values: Vec<FuncId>,
    /// Whether methods of the built-in traits may run.
    is_code: bool,
}

impl Summary {
    fn of(e: &mut Expr) -> Summary {
        let mut summary = Summary::default();
        summary.add(e);
        summary
    }

    fn add(&mut self, e: &mut Expr) {
        match &e.kind {
            ExprKind::Global(id) => self.uses.push((*id, e.span)),
            ExprKind::Call { func, .. } => self.calls.push((*func, e.span)),
            ExprKind::FuncValue(func, ..) => self.values.push(*func),
            _ => {}
        }
        self.is_code |= matches!(
            e.kind,
            ExprKind::Call { .. }
                | ExprKind::CallValue(..)
                | ExprKind::Print { .. }
                | ExprKind::Format(_)
                | ExprKind::Compare(..)
        );
        each_child(&mut e.kind, &mut |child| self.add(child));
    }
}

/// The parts of the program that order depends on.
pub(super) struct Order<'p> {
    pub funcs: &'p mut [Func],
    pub globals: &'p mut [Global],
    pub impls: &'p [Impl],
    /// By global: whether its initialiser is still to run.
    late: Vec<bool>,
    /// Functions that run for certain, or may run, before some initialiser: each is looked at once, when the most is late.
    called: Vec<bool>,
    possible: Vec<bool>,
    /// Possible ones that were not looked at yet.
    open: Vec<FuncId>,
}

impl<'p> Order<'p> {
    pub fn new(funcs: &'p mut [Func], globals: &'p mut [Global], impls: &'p [Impl]) -> Order<'p> {
        let (called, possible) = (vec![false; funcs.len()], vec![false; funcs.len()]);
        let late = vec![false; globals.len()];
        Order { funcs, globals, impls, late, called, possible, open: Vec::new() }
    }

    fn summary(&mut self, func: FuncId) -> Summary {
        match &mut self.funcs[func.idx()].kind {
            FuncKind::Body(body) => Summary::of(&mut body.value),
            FuncKind::Extern { .. } | FuncKind::Intrinsic(_) | FuncKind::Requirement => Summary::default(),
        }
    }

    /// Any code may run the function from here on.
    fn may_run(&mut self, func: FuncId) {
        if !std::mem::replace(&mut self.possible[func.idx()], true) {
            self.open.push(func);
        }
    }

    /// The methods that a call of a trait's method may mean.
    fn may_run_methods(&mut self, of: TraitId, number: u32) {
        let impls = self.impls.iter().filter(|each| each.of.id == of);
        for method in impls.filter_map(|each| each.methods[number as usize]) {
            self.may_run(method);
        }
    }

    /// Marks what the functions that may run use while it is late.
    fn look_at_possible(&mut self) {
        while let Some(func) = self.open.pop() {
            let summary = self.summary(func);
            for (global, _) in summary.uses {
                self.globals[global.idx()].is_checked |= self.late[global.idx()];
            }
            for func in summary.calls.into_iter().map(|call| call.0).chain(summary.values) {
                self.may_run(func);
                if let Some((of, number)) = self.funcs[func.idx()].of_trait {
                    self.may_run_methods(of, number);
                }
            }
        }
    }
}

impl Checker<'_> {
    /// Reports what is used before it has its value, and marks what may be.
    pub fn check_order(&mut self, order: &mut Order, entry: FuncId) {
        let FuncKind::Body(body) = &mut order.funcs[entry.idx()].kind else { return };
        let ExprKind::Block(code, _) = &mut body.value.kind else { return };
        let mut code = std::mem::take(code);
        for part in &code {
            if let ExprKind::Initialise(id, _) = part.kind {
                // One of no known type was reported.
                order.late[id.idx()] = order.globals[id.idx()].ty != Ty::ERROR;
            }
        }
        if order.late.contains(&true) {
            for func in 0..order.funcs.len() {
                if order.funcs[func].attrs.is_export {
                    order.may_run(FuncId(func as u32));
                }
            }
            let mut has_run_code = false;
            for part in &mut code {
                let summary = Summary::of(part);
                if summary.is_code && !std::mem::replace(&mut has_run_code, true) {
                    self.built_in_may_run(order);
                }
                self.check_initialiser(order, summary);
                if let ExprKind::Initialise(id, _) = part.kind {
                    order.late[id.idx()] = false;
                }
            }
        }
        if let FuncKind::Body(Body { value: Expr { kind: ExprKind::Block(empty, _), .. }, .. }) =
            &mut order.funcs[entry.idx()].kind
        {
            *empty = code;
        }
    }

    fn built_in_may_run(&self, order: &mut Order) {
        for (i, each) in order.impls.iter().enumerate() {
            if self.builtin_of(each.of.id).is_some() {
                order.impls[i].methods.iter().flatten().for_each(|&method| order.may_run(method));
            }
        }
    }

    /// A part of the entry function, with all that it calls by name.
    fn check_initialiser(&mut self, order: &mut Order, summary: Summary) {
        for &(global, span) in &summary.uses {
            self.report_late(order, global, span, None);
        }
        // With the call in the entry function that leads there.
        let mut open: Vec<(FuncId, Span)> = Vec::new();
        let mut next = Some((summary, None));
        while let Some((summary, root)) = next {
            if let Some((func, call)) = root {
                for &(global, span) in &summary.uses {
                    self.report_late(order, global, span, Some((func, call)));
                }
            }
            summary.values.iter().for_each(|&func| order.may_run(func));
            for (func, span) in summary.calls {
                if let Some((of, number)) = order.funcs[func.idx()].of_trait {
                    order.may_run(func);
                    order.may_run_methods(of, number);
                } else if !std::mem::replace(&mut order.called[func.idx()], true) {
                    open.push((func, root.map_or(span, |(_, call)| call)));
                }
            }
            next = open.pop().map(|(func, call)| (order.summary(func), Some((func, call))));
        }
        order.look_at_possible();
    }

    /// Reports a use of a value whose initialiser is still to run, once.
    fn report_late(&mut self, order: &mut Order, id: GlobalId, span: Span, by: Option<(FuncId, Span)>) {
        if !std::mem::replace(&mut order.late[id.idx()], false) {
            return;
        }
        let global = &order.globals[id.idx()];
        let name = self.name(global.name);
        let message = format!("`{name}` is used before it has its value");
        let error = Diagnostic::error(Code::UsedBeforeDeclared, message);
        let error = match by {
            None => error.at(span, "used here"),
            Some((func, call)) => {
                let func = self.name(order.funcs[func.idx()].name);
                error.at(call, format!("this runs `{func}`")).also(span, format!("which uses `{name}`"))
            }
        };
        let help = format!("declare `{name}` above: module-level values get theirs from top to bottom");
        self.error(error.also(global.span, "it gets its value here").help(help));
    }
}
