//! Handles of one module to those of another, and types to others of the same module.

use super::field::Field;
use super::module::{FuncId, Function, GlobalId, Init, Module, Terminator};
use super::types::{SigId, Ty, TypeData, Types};

/// Where the types, functions, globals and strings of one module are in another.
#[derive(Clone, Debug, Default)]
pub(super) struct Relocation {
    pub types: Vec<Ty>,
    pub sigs: Vec<SigId>,
    pub funcs: Vec<FuncId>,
    pub globals: Vec<GlobalId>,
    /// Strings keep their order behind those that were there.
    pub first_string: u32,
}

pub(super) fn relocate_init(init: &mut Init, to: &Relocation) {
    match init {
        Init::Func(func) => func.relocate(to),
        Init::Global(global) => global.relocate(to),
        Init::Fields(fields) => fields.iter_mut().for_each(|field| relocate_init(field, to)),
        Init::Zero | Init::Bits(_) | Init::Bytes(_) => {}
    }
}

/// Everything of a function behind its signature and its parameters.
pub(super) fn relocate_body(func: &mut Function, to: &Relocation) {
    for reg in &mut func.regs {
        reg.ty.relocate(to);
        reg.name.iter_mut().for_each(|name| name.relocate(to));
    }
    for slot in &mut func.slots {
        slot.ty.relocate(to);
        slot.name.iter_mut().for_each(|name| name.relocate(to));
    }
    for block in &mut func.blocks {
        block.insts.iter_mut().for_each(|inst| inst.op.relocate(to));
        match &mut block.term {
            Terminator::Panic(message) => message.relocate(to),
            Terminator::TailCall { func, .. } | Terminator::Invoke { func, .. } => func.relocate(to),
            Terminator::Goto(_)
            | Terminator::Branch { .. }
            | Terminator::Switch { .. }
            | Terminator::Return(_)
            | Terminator::Unreachable => {}
        }
    }
}

impl Module {
    /// Replaces types in everything that the module has. `replace` sees each type with its parts replaced already, and says
    /// what is to be in its place, if that is another.
    pub fn replace_types(&mut self, replace: impl Fn(&mut Types, &TypeData) -> Option<Ty>) {
        let types = &mut self.types;
        let mut to = Relocation {
            funcs: (0..self.funcs.len() as u32).map(FuncId).collect(),
            globals: (0..self.globals.len() as u32).map(GlobalId).collect(),
            ..Relocation::default()
        };
        // Parts of a type were interned before it, but for those of named types, which keep their handles.
        for index in 0..types.len() as u32 {
            let data = types.get(Ty(index)).with_parts(|ty| to.types[ty.0 as usize]);
            let ty = replace(types, &data).unwrap_or_else(|| types.intern(data));
            to.types.push(ty);
        }
        let new = |ty: Ty| to.types[ty.0 as usize];
        types.replace_in_named(new);
        for index in 0..types.sig_count() as u32 {
            let mut sig = types.sig(SigId(index)).clone();
            sig.params.iter_mut().for_each(|ty| *ty = new(*ty));
            sig.ret = new(sig.ret);
            to.sigs.push(types.intern_sig(sig));
        }
        for global in &mut self.globals {
            global.ty.relocate(&to);
        }
        for func in &mut self.funcs {
            func.sig.relocate(&to);
            let targets = func.params.iter_mut().filter_map(|facts| facts.points_to.as_mut());
            targets.for_each(|ty| ty.relocate(&to));
            relocate_body(func, &to);
        }
    }
}
