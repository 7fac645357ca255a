//! Functions without written types as values, where nothing tells yet what they take: `val h = compose(inc, dbl)`. Such a
//! value is of a function type with unknowns. Its body is checked once what it takes is known: where its result is asked for,
//! or else at the end of the function that it stands in.

use super::context::*;
use super::tree::*;
use super::types::Ty;
use crate::diagnostics::{Code, Diagnostic, Span};

/// An instance of a template whose body is not checked yet.
#[derive(Clone, Copy)]
pub(super) struct Pending {
    func: FuncId,
    template: DeclId,
    /// Where it stands as a value.
    span: Span,
}

impl Checker<'_> {
    /// Puts off the check of an instance of a template. The type of its result.
    pub fn pend(&mut self, func: FuncId, template: DeclId, span: Span) -> Ty {
        let slot = &self.funcs[func.idx()];
        let ret = slot.ret;
        if slot.state == State::Unchecked {
            self.pending.push(Pending { func, template, span });
        }
        self.deep(ret)
    }

    /// Decides an unknown that is the result of such a function, or a part of it, if it is known what that takes.
    pub fn ask_pending(&mut self, unknown: u32) {
        let asked = (0..self.pending.len()).find(|&at| {
            let ret = self.funcs[self.pending[at].func.idx()].ret;
            self.unknowns(ret).contains(&unknown)
        });
        let Some(at) = asked else { return };
        // What it takes may be the result of others, but not its own.
        let pending = self.pending.remove(at);
        if !self.check_pending(pending.func) {
            self.pending.insert(at.min(self.pending.len()), pending);
        }
    }

    /// Checks the body, if it is known what it takes.
    fn check_pending(&mut self, func: FuncId) -> bool {
        let types: Vec<Ty> = self.funcs[func.idx()].params.iter().map(|param| param.ty).collect();
        // Of a function that it takes, the body may tell more.
        if !types.into_iter().all(|ty| self.known_type(ty).is_some() || self.open_function(ty).is_some()) {
            return false;
        }
        self.check_func(func);
        true
    }

    /// Ends the wait of those from this one on.
    pub fn end_pending(&mut self, from: usize) {
        while self.pending.len() > from {
            let pending = self.pending.remove(from);
            if !self.check_pending(pending.func) {
                self.unknown_parameters(pending.template, pending.span);
                self.forget_pending(pending.func);
            }
        }
    }

    /// Forgets those that belong to code which is not part of the program: functions from this one on.
    pub fn discard_pending(&mut self, from: usize) {
        while let Some(pending) = self.pending.pop_if(|pending| pending.func.idx() >= from) {
            self.forget_pending(pending.func);
        }
    }

    fn forget_pending(&mut self, func: FuncId) {
        let slot = &mut self.funcs[func.idx()];
        slot.state = State::Done;
        let types: Vec<Ty> = slot.params.iter().map(|param| param.ty).chain([slot.ret]).collect();
        types.into_iter().for_each(|ty| self.forgive(ty));
    }

    /// Reports a function as a value where nothing tells what it takes.
    fn unknown_parameters(&mut self, template: DeclId, span: Span) {
        let name = self.decls[template.0 as usize].decl.name;
        let message = format!("which types `{}` is to take is not known here", self.name(name.name));
        let error = Diagnostic::error(Code::CannotInfer, message)
            .at(span, "its parameters have no types of their own")
            .also(name.span, "declared here")
            .help("write the types of its parameters");
        self.error(error);
    }
}
