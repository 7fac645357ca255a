//! Module-level variables: where they are, and the uses that ask whether their initialiser has run.

use crate::hir::{self, Expr, FuncKind};
use crate::mir::{Alias, Global, GlobalId, Init, Linkage, Module, Reg, Ty};

use super::function::{Dest, FnLowerer};
use super::types::Rep;
use super::{Context, literal};

impl Context<'_> {
    /// The MIR global of a module-level variable.
    pub fn global(&mut self, module: &mut Module, id: hir::GlobalId) -> GlobalId {
        if let Some(known) = self.globals[id.idx()] {
            return known;
        }
        let global = &self.program.globals[id.idx()];
        let mut name = String::new();
        self.write_path(&mut name, &global.path, global.name);
        // Two of one name in one module: the later one is told apart by its number.
        if !self.global_names.insert(name.clone()) {
            name.push_str(&format!("#{}", id.0));
        }
        let ty = self.stored_type(module, global.ty);
        let init = match global.initial {
            Some(hir::Initial::Constant(constant)) => self.literal(module, constant, ty),
            Some(hir::Initial::Empty) => Init::Global(self.empty(module)),
            None => Init::Zero,
        };
        let known = module.add_global(Global {
            name,
            ty,
            init: Some(init),
            constant: false,
            thread_local: false,
            linkage: Linkage::Internal,
            span: global.span,
        });
        self.globals[id.idx()] = Some(known);
        known
    }

    /// A literal of a type in memory.
    fn literal(&mut self, module: &mut Module, constant: hir::Constant, ty: Ty) -> Init {
        if let hir::Constant::Text(text) = constant {
            return Init::Global(self.text(module, self.interner.get(text).as_bytes()));
        }
        literal::bits(constant, ty).map_or(Init::Zero, |bits| Init::Bits(bits.0))
    }

    /// Whether the initialiser of a checked variable has run.
    fn is_ready(&mut self, module: &mut Module, id: hir::GlobalId) -> GlobalId {
        if let Some(&known) = self.is_ready.get(&id) {
            return known;
        }
        let variable = self.global(module, id);
        let variable = &module.globals[variable.idx()];
        let (name, span) = (format!("rt::is_ready::{}", variable.name), variable.span);
        let (init, linkage) = (Some(Init::Zero), Linkage::Internal);
        let known = module.add_global(Global {
            name,
            ty: Ty::BOOL,
            init,
            constant: false,
            thread_local: false,
            linkage,
            span,
        });
        self.is_ready.insert(id, known);
        known
    }
}

impl<'p> FnLowerer<'_, 'p> {
    /// The address of a module-level variable. Functions that may run before its initialiser ask whether that has run; the
    /// entry function has it behind it.
    pub fn global(&mut self, id: hir::GlobalId) -> Reg {
        let global = &self.cx.program.globals[id.idx()];
        if global.is_checked && !self.is_entry() {
            let flag = self.cx.is_ready(self.b.module, id);
            let flag = self.b.global_addr(flag);
            let is_ready = self.b.load(Ty::BOOL, flag, Alias::Global);
            let is_late = self.b.not(is_ready);
            let name = self.cx.name(global.name);
            self.panic_if(is_late, &format!("`{name}` is used before it has its value"));
        }
        let id = self.cx.global(self.b.module, id);
        self.b.global_addr(id)
    }

    fn is_entry(&self) -> bool {
        let entry = self.cx.program.entry.map(|entry| &self.cx.program.funcs[entry.idx()].kind);
        match (entry, self.body) {
            (Some(FuncKind::Body(entry)), Some(body)) => std::ptr::eq(entry, body),
            _ => false,
        }
    }

    /// The first value of a module-level variable: nothing is there to be dropped.
    pub fn initialise(&mut self, id: hir::GlobalId, value: &'p Expr) {
        let ty = self.subst(value.ty);
        if self.rep(ty) == Rep::Unit {
            self.expr_to(value, Dest::Discard);
        } else {
            let global = self.cx.global(self.b.module, id);
            let addr = self.b.global_addr(global);
            self.expr_to(value, Dest::Addr(addr));
        }
        if self.cx.program.globals[id.idx()].is_checked && !self.is_dead() {
            let flag = self.cx.is_ready(self.b.module, id);
            let flag = self.b.global_addr(flag);
            let yes = self.b.int(Ty::BOOL, 1);
            self.b.store(yes, flag, Alias::Global);
        }
    }
}
