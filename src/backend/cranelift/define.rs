//! Lays compiled functions and globals down in a Cranelift module, in module order.

use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir;
use cranelift_module::{
    DataId, FuncId as ClifFuncId, FuncOrDataId, Linkage as ClifLinkage, Module as ClifModule, ModuleError,
    ModuleReloc, ModuleRelocTarget, ModuleResult,
};
use rustc_hash::FxHashMap;
use target_lexicon::BinaryFormat;

use super::compile::Compiled;
use super::globals;
use super::symbol::Symbol;
use super::translate::Unit;
use crate::backend::symbol::spelling;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::mir::{FuncId, GlobalId, Linkage};
use crate::target::Layouts;

/// A Cranelift module being filled.
pub(super) struct Definer<'a, M> {
    unit: &'a Unit<'a>,
    module: &'a mut M,
    /// Linkage of what is defined elsewhere.
    import: ClifLinkage,
    /// Handles of what is referred to or defined.
    known: FxHashMap<Symbol, FuncOrDataId>,
    /// What is defined elsewhere and referred to, in order of first reference. What is only declared does not
    /// appear in the output: a linker may not have it.
    pub imports: Vec<Import>,
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
    /// Declares every function and global that the unit defines.
    ///
    /// # Errors
    /// Names that the module refuses.
    pub fn new(
        unit: &'a Unit<'a>,
        module: &'a mut M,
        import: ClifLinkage,
    ) -> Result<Definer<'a, M>, Vec<Diagnostic>> {
        let mut definer = Definer { unit, module, import, known: FxHashMap::default(), imports: Vec::new() };
        let funcs = unit.module.funcs.iter().enumerate().filter(|(_, func)| func.is_defined());
        let funcs = funcs.map(|(i, func)| (Symbol::Func(FuncId(i as u32)), &func.name, func.span));
        let globals = unit.module.globals.iter().enumerate().filter(|(_, global)| global.init.is_some());
        let globals =
            globals.map(|(i, global)| (Symbol::Global(GlobalId(i as u32)), &global.name, global.span));
        let refused: Vec<Diagnostic> = funcs
            .chain(globals)
            .filter_map(|(symbol, name, span)| {
                definer.handle(symbol).err().map(|error| module_error(name, span, &error))
            })
            .collect();
        if refused.is_empty() { Ok(definer) } else { Err(refused) }
    }

    /// Defines the functions.
    ///
    /// # Errors
    /// Duplicate definitions.
    pub fn define_funcs(&mut self, compiled: Vec<Compiled>) -> Result<(), Vec<Diagnostic>> {
        for Compiled { func, align, code, mut relocs, places: _ } in compiled {
            let data = self.unit.module.func(func);
            let defined = self.func(func).and_then(|handle| {
                self.resolve(handle, &mut relocs)?;
                self.module.define_function_bytes(handle, align, &code, &relocs)
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
        let unit = self.unit;
        let types = &unit.module.types;
        let layouts = Layouts::new(types, unit.data_layout);
        let is_coff = unit.isa.triple().binary_format == BinaryFormat::Coff;
        for (i, global) in unit.module.globals.iter().enumerate() {
            let Some(init) = &global.init else { continue };
            let refused = |error: &ModuleError| vec![module_error(&global.name, global.span, error)];
            let mut failed = None;
            // COFF has no section of zeros for the variables of threads.
            let has_zeros = !unit.is_of_system(global) || !is_coff;
            let described = globals::describe(types, &layouts, global, init, has_zeros, &mut |symbol| {
                self.handle(symbol).map_err(|error| failed = Some(error)).ok().map(ModuleRelocTarget::from)
            });
            if let Some(error) = failed {
                return Err(refused(&error));
            }
            let data = described.map_err(|diagnostic| vec![diagnostic])?;
            if let FuncOrDataId::Data(id) =
                self.handle(Symbol::Global(GlobalId(i as u32))).map_err(|e| refused(&e))?
            {
                self.module.define_data(id, &data).map_err(|e| refused(&e))?;
            }
        }
        Ok(())
    }

    /// Handle of a function of the unit.
    ///
    /// # Errors
    /// A name that the module refuses.
    pub fn func(&mut self, id: FuncId) -> ModuleResult<ClifFuncId> {
        self.func_handle(Symbol::Func(id))
    }

    /// Handle of a global of the unit.
    ///
    /// # Errors
    /// A name that the module refuses.
    pub fn data(&mut self, id: GlobalId) -> ModuleResult<DataId> {
        match self.handle(Symbol::Global(id))? {
            FuncOrDataId::Data(id) => Ok(id),
            FuncOrDataId::Func(_) => Err(ModuleError::IncompatibleDeclaration(format!("{id:?}"))),
        }
    }

    fn func_handle(&mut self, symbol: Symbol) -> ModuleResult<ClifFuncId> {
        match self.handle(symbol)? {
            FuncOrDataId::Func(id) => Ok(id),
            FuncOrDataId::Data(_) => Err(ModuleError::IncompatibleDeclaration(format!("{symbol:?}"))),
        }
    }

    fn linkage(&self, linkage: Linkage) -> ClifLinkage {
        match linkage {
            Linkage::Internal => ClifLinkage::Local,
            Linkage::Export => ClifLinkage::Export,
            Linkage::Weak => ClifLinkage::Preemptible,
            Linkage::Extern => self.import,
        }
    }

    /// The module's handle of a symbol, which is declared at its first use.
    fn handle(&mut self, symbol: Symbol) -> ModuleResult<FuncOrDataId> {
        if let Some(&known) = self.known.get(&symbol) {
            return Ok(known);
        }
        let unit = self.unit;
        // Nothing reads the signatures: call sites carry their own, which varargs make different ones.
        let sig = ir::Signature::new(unit.isa.default_call_conv());
        let (id, elsewhere): (FuncOrDataId, Option<(&str, Span)>) = match symbol {
            Symbol::Func(id) => {
                let func = unit.module.func(id);
                let linkage = if func.is_defined() { self.linkage(func.linkage) } else { self.import };
                let name = spelling(&func.name, func.linkage);
                let handle = self.module.declare_function(&name, linkage, &sig)?;
                (FuncOrDataId::Func(handle), (!func.is_defined()).then_some((&func.name, func.span)))
            }
            Symbol::Global(id) => {
                let global = &unit.module.globals[id.idx()];
                let defined = global.init.is_some();
                let linkage = if defined { self.linkage(global.linkage) } else { self.import };
                let name = spelling(&global.name, global.linkage);
                let is_tls = unit.is_of_system(global);
                let handle = self.module.declare_data(&name, linkage, !global.constant, is_tls)?;
                (FuncOrDataId::Data(handle), (!defined).then_some((&global.name, global.span)))
            }
            // The program may declare it, or even define it, too.
            Symbol::Libc(libc) => {
                let handle = self.module.declare_function(libc.name(), self.import, &sig)?;
                let defined = self.module.declarations().get_function_decl(handle).linkage.is_final();
                (FuncOrDataId::Func(handle), (!defined).then_some((libc.name(), Span::NONE)))
            }
            Symbol::Variadic(id) => (FuncOrDataId::Func(self.variadic_entry(id)?), None),
        };
        if let Some((name, span)) = elsewhere {
            self.imports.push(Import { id, name: name.to_owned(), span });
        }
        self.known.insert(symbol, id);
        Ok(id)
    }

    /// Replaces our symbols by the module's handles.
    fn resolve(&mut self, func: ClifFuncId, relocs: &mut [ModuleReloc]) -> ModuleResult<()> {
        for reloc in relocs {
            match reloc.name {
                ModuleRelocTarget::User { namespace, index } => {
                    if let Some(symbol) = Symbol::from_external(namespace, index) {
                        reloc.name = self.handle(symbol)?.into();
                    }
                }
                ModuleRelocTarget::FunctionOffset(_, offset) => {
                    reloc.name = ModuleRelocTarget::FunctionOffset(func, offset);
                }
                ModuleRelocTarget::LibCall(_) | ModuleRelocTarget::KnownSymbol(_) => {}
            }
        }
        Ok(())
    }

    /// `mov eax, 8`, then on to the function: all eight vector registers may hold arguments (System V psABI x86-64,
    /// "Parameter Passing", variable argument lists).
    fn variadic_entry(&mut self, id: FuncId) -> ModuleResult<ClifFuncId> {
        let name = self.handle(Symbol::Func(id))?.into();
        let sig = ir::Signature::new(self.unit.isa.default_call_conv());
        let entry = self.module.declare_anonymous_function(&sig)?;
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
