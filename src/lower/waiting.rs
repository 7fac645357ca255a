//! Freeing deep structures: objects whose values lead to others of their type do not drop those by recursion. What such
//! an object drops to zero references waits in a list, linked where the counts were, for its type's helper to go on.

use crate::hir::{self, TyKind};
use crate::mir::{Global, Hint, Init, Linkage, Module, Reg, Ty};
use crate::{diagnostics::Span, mir::GlobalId};

use super::Context;
use super::function::FnLowerer;

impl Context<'_> {
    /// Whether the objects of a counted type wait. On every way from a type back to itself there is one whose objects do:
    /// a class if there is any, since they need it anyway when they hold each other.
    pub fn waits(&mut self, ty: hir::Ty) -> bool {
        if is_opaque(self.types.get(ty)) {
            return true;
        }
        let is_class = self.is_class(ty);
        let parts = self.parts(ty);
        parts.into_iter().any(|part| {
            self.holds(part, &|cx, at| {
                let ends = is_opaque(cx.types.get(at)) || (!is_class && cx.is_class(at));
                (at == ty || ends).then_some(at == ty)
            })
        })
    }

    /// The variable with the list of a type's objects that wait: null when its helper does not run.
    fn waiting(&mut self, module: &mut Module, ty: hir::Ty) -> GlobalId {
        let mut name = "rt::waiting::".to_string();
        self.write_type(&mut name, ty);
        let (init, linkage, span) = (Some(Init::Zero), Linkage::Internal, Span::NONE);
        module.add_global(Global {
            name,
            ty: Ty::PTR,
            init,
            constant: false,
            thread_local: false,
            linkage,
            span,
        })
    }
}

/// Whether it is not known what values of a type lead to.
fn is_opaque(kind: &TyKind) -> bool {
    matches!(kind, TyKind::Fn(..) | TyKind::Dyn(..) | TyKind::Union(_) | TyKind::Any)
}

impl FnLowerer<'_, '_> {
    /// Frees an object of a type that waits, and those that come to wait meanwhile, one after the other.
    pub fn drop_in_turn(&mut self, ty: hir::Ty, first: Reg) {
        let waiting = self.cx.waiting(self.b.module, ty);
        let waiting = self.b.global_addr(waiting);
        let raw = self.call_lang_value("drop_begin", Vec::new(), &[waiting, first]);
        let (head, each, done) = (self.b.block(), self.b.block(), self.b.block());
        self.b.goto(head);
        self.b.switch_to(head);
        let null = self.b.zero(Ty::PTR);
        let is_last = self.b.eq(raw, null);
        self.b.branch(is_last, done, each, Hint::None);
        self.b.switch_to(each);
        self.drop_whole(ty, raw);
        let next = self.call_lang_value("drop_next", Vec::new(), &[waiting]);
        self.b.assign(raw, next);
        self.b.goto(head);
        self.b.switch_to(done);
    }
}
