//! Lays compiled functions and globals down in a Cranelift module, in module order.

use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir;
use cranelift_module::{
    DataId, FuncId as ClifFuncId, FuncOrDataId, Linkage as ClifLinkage, Module as ClifModule, ModuleError,
    ModuleReloc, ModuleRelocTarget, ModuleResult,
};
use rustc_hash::FxHashMap;

use super::abi;
use super::compile::Compiled;
use super::globals::{self, Handles};
use super::symbol::{Libc, Symbol};
use super::translate::Unit;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::mir::{FuncId, Linkage};
use crate::target::Layouts;

/// A Cranelift module being filled.
pub(super) struct Definer<'a, M> {
    unit: &'a Unit<'a>,
    layouts: Layouts<'a>,
    module: &'a mut M,
    /// Linkage of what is defined elsewhere.
    import: ClifLinkage,
    funcs: Vec<ClifFuncId>,
    globals: Vec<DataId>,
    libc: FxHashMap<Libc, ClifFuncId>,
    variadic: FxHashMap<FuncId, ClifFuncId>,
    /// What is defined elsewhere and referred to, in order of first reference.
    pub imports: Vec<Import>,
    imported: FxHashMap<Symbol, ()>,
}

/// A symbol that is defined elsewhere.
pub(super) struct Import {
    /// Its handle.
    pub id: FuncOrDataId,
    /// Its name.
    pub name: String,
    /// Where it is declared.
    pub span: Span,
}

impl<'a, M: ClifModule> Definer<'a, M> {
    /// Declares every function and global of the unit.
    ///
    /// # Errors
    /// Names that the module refuses.
    pub fn new(
        unit: &'a Unit<'a>,
        module: &'a mut M,
        import: ClifLinkage,
    ) -> Result<Definer<'a, M>, Vec<Diagnostic>> {
        let types = &unit.module.types;
        let layouts = Layouts::new(types, unit.data_layout);
        let mut definer = Definer {
            unit,
            layouts,
            module,
            import,
            funcs: Vec::with_capacity(unit.module.funcs.len()),
            globals: Vec::with_capacity(unit.module.globals.len()),
            libc: FxHashMap::default(),
            variadic: FxHashMap::default(),
            imports: Vec::new(),
            imported: FxHashMap::default(),
        };
        let mut refused = Vec::new();
        for func in &unit.module.funcs {
            let sig = abi::signature(unit.isa, types, &definer.layouts, types.sig(func.sig));
            let linkage = if func.is_defined() { definer.linkage(func.linkage) } else { import };
            match definer.module.declare_function(&func.name, linkage, &sig) {
                Ok(id) => definer.funcs.push(id),
                Err(error) => refused.push(module_error(&func.name, func.span, &error)),
            }
        }
        for global in &unit.module.globals {
            let linkage = if global.init.is_some() { definer.linkage(global.linkage) } else { import };
            match definer.module.declare_data(&global.name, linkage, !global.constant, false) {
                Ok(id) => definer.globals.push(id),
                Err(error) => refused.push(module_error(&global.name, global.span, &error)),
            }
        }
        if refused.is_empty() { Ok(definer) } else { Err(refused) }
    }

    fn linkage(&self, linkage: Linkage) -> ClifLinkage {
        match linkage {
            Linkage::Internal => ClifLinkage::Local,
            Linkage::Export => ClifLinkage::Export,
            Linkage::Extern => self.import,
        }
    }

    /// Defines the functions.
    ///
    /// # Errors
    /// Duplicate definitions.
    pub fn define_funcs(&mut self, compiled: Vec<Compiled>) -> Result<(), Vec<Diagnostic>> {
        for Compiled { func, align, code, mut relocs } in compiled {
            let data = self.unit.module.func(func);
            let defined = self.resolve(func, &mut relocs).and_then(|()| {
                self.module.define_function_bytes(self.funcs[func.idx()], align, &code, &relocs)
            });
            defined.map_err(|error| vec![module_error(&data.name, data.span, &error)])?;
        }
        Ok(())
    }

    /// Defines the globals.
    ///
    /// # Errors
    /// Duplicate definitions, initial values that do not fit.
    pub fn define_globals(&mut self) -> Result<(), Vec<Diagnostic>> {
        let handles = Handles { funcs: &self.funcs, globals: &self.globals };
        for (global, &id) in self.unit.module.globals.iter().zip(&self.globals) {
            let Some(init) = &global.init else { continue };
            let data = globals::describe(&self.unit.module.types, &self.layouts, global, init, &handles)
                .map_err(|diagnostic| vec![diagnostic])?;
            self.module
                .define_data(id, &data)
                .map_err(|error| vec![module_error(&global.name, global.span, &error)])?;
        }
        Ok(())
    }

    /// Handle of a function of the unit.
    pub fn func(&self, id: FuncId) -> ClifFuncId {
        self.funcs[id.idx()]
    }

    /// Replaces our symbols by the module's handles.
    fn resolve(&mut self, func: FuncId, relocs: &mut [ModuleReloc]) -> ModuleResult<()> {
        for reloc in relocs {
            match reloc.name {
                ModuleRelocTarget::User { namespace, index } => {
                    if let Some(symbol) = Symbol::from_external(namespace, index) {
                        reloc.name = self.target(symbol)?;
                    }
                }
                ModuleRelocTarget::FunctionOffset(_, offset) => {
                    reloc.name = ModuleRelocTarget::FunctionOffset(self.func(func), offset);
                }
                ModuleRelocTarget::LibCall(_) | ModuleRelocTarget::KnownSymbol(_) => {}
            }
        }
        Ok(())
    }

    fn target(&mut self, symbol: Symbol) -> ModuleResult<ModuleRelocTarget> {
        let unit = self.unit;
        Ok(match symbol {
            Symbol::Func(id) => {
                let func = unit.module.func(id);
                let handle = self.funcs[id.idx()];
                if !func.is_defined() {
                    self.import(symbol, FuncOrDataId::Func(handle), &func.name, func.span);
                }
                handle.into()
            }
            Symbol::Global(id) => {
                let global = &unit.module.globals[id.idx()];
                let handle = self.globals[id.idx()];
                if global.init.is_none() {
                    self.import(symbol, FuncOrDataId::Data(handle), &global.name, global.span);
                }
                handle.into()
            }
            Symbol::Libc(libc) => self.libc(libc)?.into(),
            Symbol::Variadic(id) => {
                self.target(Symbol::Func(id))?;
                self.variadic_entry(id)?.into()
            }
        })
    }

    fn import(&mut self, symbol: Symbol, id: FuncOrDataId, name: &str, span: Span) {
        if self.imported.insert(symbol, ()).is_none() {
            self.imports.push(Import { id, name: name.to_owned(), span });
        }
    }

    /// A function of the C library, which the program may have declared, or even defined, too.
    fn libc(&mut self, libc: Libc) -> ModuleResult<ClifFuncId> {
        if let Some(&known) = self.libc.get(&libc) {
            return Ok(known);
        }
        let name = libc.name();
        let id = match self.module.get_name(name) {
            Some(FuncOrDataId::Func(id)) => id,
            Some(FuncOrDataId::Data(_)) => {
                return Err(ModuleError::IncompatibleDeclaration(name.to_owned()));
            }
            None => {
                // The call sites carry the signature; a declaration needs one that is nobody's.
                let sig = ir::Signature::new(self.unit.isa.default_call_conv());
                self.module.declare_function(name, self.import, &sig)?
            }
        };
        self.libc.insert(libc, id);
        self.import(Symbol::Libc(libc), FuncOrDataId::Func(id), name, Span::NONE);
        Ok(id)
    }

    /// `mov eax, 8`, then on to the function: all eight vector registers may hold arguments (System V psABI x86-64,
    /// "Parameter Passing", variable argument lists).
    fn variadic_entry(&mut self, id: FuncId) -> ModuleResult<ClifFuncId> {
        if let Some(&known) = self.variadic.get(&id) {
            return Ok(known);
        }
        let sig = ir::Signature::new(self.unit.isa.default_call_conv());
        let entry = self.module.declare_anonymous_function(&sig)?;
        let name = self.funcs[id.idx()].into();
        let (code, reloc): (&[u8], ModuleReloc) = if self.unit.isa.flags().is_pic() {
            // jmp rel32
            let code = &[0xb8, 8, 0, 0, 0, 0xe9, 0, 0, 0, 0];
            (code, ModuleReloc { offset: 6, kind: Reloc::X86CallPLTRel4, name, addend: -4 })
        } else {
            // movabs r11, imm64; jmp r11
            let code = &[0xb8, 8, 0, 0, 0, 0x49, 0xbb, 0, 0, 0, 0, 0, 0, 0, 0, 0x41, 0xff, 0xe3];
            (code, ModuleReloc { offset: 7, kind: Reloc::Abs8, name, addend: 0 })
        };
        self.module.define_function_bytes(entry, 16, code, &[reloc])?;
        self.variadic.insert(id, entry);
        Ok(entry)
    }
}

/// A refusal of the Cranelift module, about one symbol.
pub(super) fn module_error(name: &str, span: Span, error: &ModuleError) -> Diagnostic {
    match error {
        ModuleError::DuplicateDefinition(_)
        | ModuleError::IncompatibleDeclaration(_)
        | ModuleError::IncompatibleSignature(..) => Diagnostic::error(
            Code::MirInvalid,
            format!("symbol `{name}` is declared or defined twice, and not in the same way"),
        )
        .at(span, ""),
        ModuleError::Undeclared(_)
        | ModuleError::InvalidImportDefinition(_)
        | ModuleError::Compilation(_)
        | ModuleError::Allocation { .. }
        | ModuleError::Backend(_)
        | ModuleError::Flag(_) => Diagnostic::internal(format!("symbol `{name}`: {error}")).at(span, ""),
    }
}
