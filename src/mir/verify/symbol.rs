//! Invariants of symbols and of initial values.

use super::Verifier;
use crate::diagnostics::{Code, Span};
use crate::mir::*;
use rustc_hash::FxHashSet;

impl Verifier<'_> {
    /// Invariants 6 and 7.
    pub(super) fn symbols(&mut self) {
        let m = self.m;
        let mut seen = FxHashSet::default();
        let globals = m.globals.iter().map(|global| (&global.name, global.span));
        for (name, span) in globals.chain(m.funcs.iter().map(|func| (&func.name, func.span))) {
            if name.is_empty() || name.contains('\0') || name.starts_with("llvm.") || name.starts_with("::") {
                self.error(Code::MirSymbol, span, format!("a symbol cannot have the name {name:?}"));
            }
            if !seen.insert(name.as_str()) {
                self.error(Code::MirDuplicate, span, format!("symbol `@{name}` is declared twice"));
            }
        }
        for func in m.funcs.iter().filter(|func| func.name == "main") {
            let Some(sig) = self.sig(func.sig) else { continue };
            let takes = sig.params.is_empty() || sig.params == [Ty::I32, Ty::PTR];
            let fits = takes && sig.ret == Ty::I32 && sig.abi == Abi::C && func.linkage == Linkage::Export;
            if !fits {
                let message =
                    "`@main` is not `export`, of the C convention and `() -> i32` or `(i32, ptr) -> i32`";
                self.error(Code::MirSymbol, func.span, message.into());
            }
        }
        for func in m.funcs.iter().filter(|func| func.facts.constructor || func.facts.destructor) {
            let Some(sig) = self.sig(func.sig) else { continue };
            if !func.is_defined() || !sig.params.is_empty() || sig.ret != Ty::UNIT || sig.abi != Abi::C {
                let what = if func.facts.constructor { "constructor" } else { "destructor" };
                let message =
                    format!("{what} `@{}` is not defined here, of the C convention and `()`", func.name);
                self.error(Code::MirSymbol, func.span, message);
            }
        }
        for func in m.funcs.iter().filter(|func| func.name == STACK_OVERFLOW) {
            let Some(sig) = self.sig(func.sig) else { continue };
            if !sig.params.is_empty() || sig.ret != Ty::NEVER || sig.abi != Abi::C || sig.variadic {
                let message = format!("`@{STACK_OVERFLOW}` is not of the C convention and `() -> never`");
                self.error(Code::MirSymbol, func.span, message);
            }
        }
        if let Some(global) = m.globals.iter().find(|global| global.name == "main") {
            self.error(Code::MirSymbol, global.span, "`@main` is a global".into());
        }
    }

    pub(super) fn sig(&self, id: SigId) -> Option<&Signature> {
        ((id.0 as usize) < self.m.types.sig_count()).then(|| self.m.types.sig(id))
    }

    /// Invariant 8.
    pub(super) fn global(&mut self, global: &Global) {
        let (name, span) = (&global.name, global.span);
        if !self.is_value(global.ty) {
            let ty = self.show(global.ty);
            return self.error(Code::MirInit, span, format!("global `@{name}` has type {ty}"));
        }
        if global.thread_local && global.constant {
            let message = format!("`@{name}` is never written, so that threads need none of their own");
            self.error(Code::MirInit, span, message);
        }
        match &global.init {
            Some(_) if global.linkage == Linkage::Extern => {
                self.error(Code::MirInit, span, format!("extern global `@{name}` has an initial value"));
            }
            Some(init) => self.init(name, span, init, global.ty),
            None if global.linkage == Linkage::Extern => {}
            None => self.error(Code::MirInit, span, format!("global `@{name}` has no initial value")),
        }
    }

    /// Recurses at most as deep as the type is, which is bounded.
    fn init(&mut self, name: &str, span: Span, init: &Init, ty: Ty) {
        let fits = match init {
            Init::Zero => !self.rich[ty.0 as usize],
            Init::Bits(bits) => ty.is_scalar() && ty.holds(*bits),
            Init::Bytes(bytes) => *self.m.types.get(ty) == TypeData::FixedArray(Ty::U8, bytes.len() as u64),
            Init::Func(func) => ty == Ty::PTR && func.idx() < self.m.funcs.len(),
            Init::Global(global) => {
                if self.m.globals.get(global.idx()).is_some_and(|global| global.thread_local) {
                    let of = &self.m.globals[global.idx()].name;
                    let message = format!(
                        "an initial value in `@{name}` is the address of `@{of}`, which each thread has another of"
                    );
                    return self.error(Code::MirInit, span, message);
                }
                ty == Ty::PTR && global.idx() < self.m.globals.len()
            }
            Init::Fields(fields) => self.m.types.field_count(ty) == Some(fields.len() as u64),
        };
        if !fits {
            let ty = self.show(ty);
            self.error(
                Code::MirInit,
                span,
                format!("an initial value in `@{name}` does not fit its type {ty}"),
            );
        } else if let Init::Fields(fields) = init {
            for (i, field) in fields.iter().enumerate() {
                if let Some(ty) = self.m.types.field(ty, i as u32) {
                    self.init(name, span, field, ty);
                }
            }
        }
    }
}
