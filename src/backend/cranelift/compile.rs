//! All functions of a module to machine code, in parallel.

use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::SourceLoc;
use cranelift_codegen::{CodegenError, Context};
use cranelift_frontend::FunctionBuilderContext;
use cranelift_module::{FuncId as ClifFuncId, ModuleReloc};
use rayon::prelude::*;

use super::abi;
use super::dwarf::Places;
use super::translate::{Unit, translate};
use crate::backend::libc;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::mir::{FuncId, Function};
use crate::target::Layouts;

/// The machine code of one function.
pub(super) struct Compiled {
    /// The function.
    pub func: FuncId,
    /// What its address must be a multiple of.
    pub align: u64,
    /// Its bytes.
    pub code: Vec<u8>,
    /// What has to be filled in; user names are [`super::symbol::Symbol`]s.
    pub relocs: Vec<ModuleReloc>,
    /// What debug information says of it.
    pub places: Places,
}

/// Compiles every defined function, in module order.
///
/// # Errors
/// Everything in the module that this back end does not have.
pub(super) fn compile(unit: &Unit<'_>) -> Result<Vec<Compiled>, Vec<Diagnostic>> {
    check_signatures(unit)?;
    let types = &unit.module.types;
    let results: Vec<Result<Compiled, Vec<Diagnostic>>> = unit
        .module
        .funcs
        .par_iter()
        .enumerate()
        .filter(|(_, func)| func.is_defined())
        .map_init(
            || (Context::new(), FunctionBuilderContext::new(), Layouts::new(types, unit.data_layout)),
            |(context, builder, layouts), (i, func)| {
                context.clear();
                let spans = translate(unit, layouts, func, &mut context.func, builder)?;
                generate(unit, context, FuncId(i as u32), func, &spans).map_err(|diagnostic| vec![diagnostic])
            },
        )
        .collect();
    let mut compiled = Vec::with_capacity(results.len());
    let mut diagnostics = Vec::new();
    for result in results {
        match result {
            Ok(code) => compiled.push(code),
            Err(more) => diagnostics.extend(more),
        }
    }
    if diagnostics.is_empty() { Ok(compiled) } else { Err(diagnostics) }
}

fn check_signatures(unit: &Unit<'_>) -> Result<(), Vec<Diagnostic>> {
    let types = &unit.module.types;
    let layouts = Layouts::new(types, unit.data_layout);
    let mut errors = libc::check(unit.module, unit.data_layout.pointer_bits());
    errors.extend(
        unit.module
            .funcs
            .iter()
            .filter_map(|func| abi::unsupported_in_c(types, &layouts, types.sig(func.sig), func.span)),
    );
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn generate(
    unit: &Unit<'_>,
    context: &mut Context,
    id: FuncId,
    func: &Function,
    spans: &[Span],
) -> Result<Compiled, Diagnostic> {
    if let Err(error) = context.compile(unit.isa, &mut ControlPlane::default()) {
        return Err(refused(func, &error.inner));
    }
    let Some(code) = context.compiled_code() else {
        return Err(Diagnostic::internal(format!("Cranelift made no code of `{}`", func.name)));
    };
    // An offset into the function itself names it by its Cranelift handle, which `define` knows to be this one.
    let this = ClifFuncId::from_u32(id.0);
    let mut places = Places { size: code.code_buffer().len() as u64, ..Places::default() };
    if unit.has_places {
        // Code without a number was made for no instruction in particular.
        let span = |loc: SourceLoc| spans.get(loc.bits() as usize).copied().unwrap_or(Span::NONE);
        let locs = code.buffer.get_srclocs_sorted();
        places.lines = locs.iter().map(|place| (place.start, span(place.loc))).collect();
        places.unwind = code.create_unwind_info(unit.isa).ok().flatten();
    }
    Ok(Compiled {
        func: id,
        align: u64::from(code.buffer.alignment),
        code: code.code_buffer().to_vec(),
        relocs: code
            .buffer
            .relocs()
            .iter()
            .map(|reloc| ModuleReloc::from_mach_reloc(reloc, &context.func, this))
            .collect(),
        places,
    })
}

fn refused(func: &Function, error: &CodegenError) -> Diagnostic {
    match error {
        CodegenError::ImplLimitExceeded | CodegenError::CodeTooLarge => Diagnostic::error(
            Code::NotSupported,
            format!("function `{}` is too large for the Cranelift back end", func.name),
        )
        .at(func.span, "")
        .help("split it, or use `--backend=llvm`"),
        CodegenError::Verifier(_)
        | CodegenError::Unsupported(_)
        | CodegenError::RegisterMappingError(_)
        | CodegenError::Regalloc(_) => {
            Diagnostic::internal(format!("Cranelift refused `{}`: {error:?}", func.name)).at(func.span, "")
        }
    }
}
