//! Modules to object files.

use cranelift_module::{Linkage, default_libcall_names};
use cranelift_object::{ObjectBuilder, ObjectModule};

use super::Options;
use super::called;
use super::compile::compile;
use super::define::Definer;
use super::dwarf;
use super::isa;
use super::translate::Unit;
use crate::diagnostics::Diagnostic;
use crate::mir::Module;
use crate::target::{ObjectFormat, Target};

/// Whether objects for a target have debug information, if it is asked for.
pub fn describes(target: &Target) -> bool {
    target.object_format == ObjectFormat::Elf
}

/// Compiles a verified module whose rich operations are expanded to an object file for a target.
///
/// The same input gives the same bytes. Symbols are MIR's names, decorated as the object format wants.
///
/// # Errors
/// Every operation, type and signature that this back end does not have; a target it does not support.
pub fn object(module: &Module, target: &Target, options: &Options) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let isa = isa::for_target(target, options).map_err(|diagnostic| vec![diagnostic])?;
    let debug = options.debug.as_ref().filter(|_| describes(target));
    let unit = Unit {
        module,
        data_layout: &target.data_layout,
        c_abi: target.c_abi,
        isa: isa.as_ref(),
        has_places: debug.is_some(),
        variables: None,
    };
    let mut compiled = compile(&unit)?;
    let places: Vec<_> =
        compiled.iter_mut().map(|compiled| (compiled.func, std::mem::take(&mut compiled.places))).collect();
    let builder =
        ObjectBuilder::new(isa.clone(), module.name.as_str(), default_libcall_names()).map_err(internal)?;
    let mut object = ObjectModule::new(builder);
    let mut definer = Definer::new(&unit, &mut object, Linkage::Import)?;
    definer.define_funcs(compiled)?;
    definer.define_globals()?;
    let called = called::lists(module, &mut definer).map_err(internal)?;
    let mut placed = Vec::with_capacity(places.len());
    for (func, places) in places {
        placed.push((func, definer.func(func).map_err(internal)?, places));
    }
    let mut product = object.finish();
    called::write(&called, target.object_format, &mut product).map_err(internal)?;
    if let Some(directory) = debug {
        dwarf::write(&unit, &mut product, &placed, directory).map_err(internal)?;
    }
    product.emit().map_err(internal)
}

fn internal(error: impl std::fmt::Display) -> Vec<Diagnostic> {
    vec![Diagnostic::internal(error)]
}
