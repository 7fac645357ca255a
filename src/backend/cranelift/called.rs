//! What the system calls before `main` and behind it: addresses of functions, in sections that it looks for.

use cranelift_module::{FuncId as ClifFuncId, Module as ClifModule, ModuleResult};
use cranelift_object::ObjectProduct;
use cranelift_object::object::write::{self, Relocation};
use cranelift_object::object::{RelocationEncoding, RelocationFlags, RelocationKind, SectionFlags};
use cranelift_object::object::{SectionKind, elf, macho};

use super::define::Definer;
use crate::mir::{FuncFacts, FuncId, Module};
use crate::target::ObjectFormat;

/// Bytes of an address: Cranelift makes code for 64-bit processors only.
const ADDRESS: usize = 8;

/// Functions that run before `main`, and those that run behind it, in the order of the module.
pub(super) type Lists = [Vec<ClifFuncId>; 2];

/// The lists of a module.
///
/// # Errors
/// A name that the object refuses.
pub(super) fn lists<M: ClifModule>(module: &Module, definer: &mut Definer<'_, M>) -> ModuleResult<Lists> {
    let mut list = |is_in: fn(&FuncFacts) -> bool| -> ModuleResult<Vec<ClifFuncId>> {
        let all = module.funcs.iter().enumerate().filter(|(_, func)| is_in(&func.facts));
        all.map(|(i, _)| definer.func(FuncId(i as u32))).collect()
    };
    Ok([list(|facts| facts.constructor)?, list(|facts| facts.destructor)?])
}

/// Writes the lists to an object.
///
/// # Errors
/// A relocation that the object refuses.
pub(super) fn write(
    lists: &Lists,
    format: ObjectFormat,
    product: &mut ObjectProduct,
) -> Result<(), write::Error> {
    let data = SectionKind::Data;
    let sections: [(&str, &str, SectionKind, u32); 2] = match format {
        // By its name alone a linker takes `.fini_array` for data that nobody needs.
        ObjectFormat::Elf => [
            ("", ".init_array", SectionKind::Elf(elf::SHT_INIT_ARRAY), 0),
            ("", ".fini_array", SectionKind::Elf(elf::SHT_FINI_ARRAY), 0),
        ],
        ObjectFormat::Coff => [("", ".ctors", data, 0), ("", ".dtors", data, 0)],
        ObjectFormat::MachO => [
            ("__DATA", "__mod_init_func", data, macho::S_MOD_INIT_FUNC_POINTERS),
            ("__DATA", "__mod_term_func", data, macho::S_MOD_TERM_FUNC_POINTERS),
        ],
        // Cranelift makes none of these.
        ObjectFormat::Wasm => return Ok(()),
    };
    for (list, (segment, name, kind, flags)) in lists.iter().zip(sections) {
        if list.is_empty() {
            continue;
        }
        let object = &mut product.object;
        let section = object.add_section(segment.into(), name.into(), kind);
        match object.section_flags_mut(section) {
            SectionFlags::Elf { sh_flags } => *sh_flags = u64::from(elf::SHF_ALLOC | elf::SHF_WRITE),
            SectionFlags::MachO { flags: of_section } => *of_section = flags,
            _ => {}
        }
        let at = object.append_section_data(section, &vec![0; ADDRESS * list.len()], ADDRESS as u64);
        for (i, &func) in list.iter().enumerate() {
            // Lists of COFF are gone through the other way.
            let place = if format == ObjectFormat::Coff { list.len() - 1 - i } else { i };
            let symbol = product.function_symbol(func);
            let relocation = Relocation {
                offset: at + (place * ADDRESS) as u64,
                symbol,
                addend: 0,
                flags: RelocationFlags::Generic {
                    kind: RelocationKind::Absolute,
                    encoding: RelocationEncoding::Generic,
                    size: 64,
                },
            };
            product.object.add_relocation(section, relocation)?;
        }
    }
    Ok(())
}
