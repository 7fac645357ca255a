//! Debug information of an object: which lines and functions its code is of, and how to leave their frames.
//!
//! All code of an object is in one section, functions in module order, so that every address is an offset into that
//! section. Nothing is said of variables: Cranelift would have to keep their values for it.

use std::error::Error;

use cranelift_codegen::isa::unwind::UnwindInfo;
use cranelift_module::FuncId as ClifFuncId;
use cranelift_object::ObjectProduct;
use cranelift_object::object::write::{Relocation, StandardSection, SymbolId};
use cranelift_object::object::{RelocationEncoding, RelocationFlags, RelocationKind, SectionKind};
use gimli::write::{
    Address, AttributeValue, DebugFrame, Dwarf, EndianVec, FrameTable, LineProgram, LineString,
    RelocateWriter, RelocationTarget, Section, Sections, Unit as DwarfUnit,
};
use gimli::{Encoding, Format, LineEncoding, RunTimeEndian, constants as dw};
use rustc_hash::FxHashMap;

use super::translate::Unit;
use crate::backend::symbol::spelling;
use crate::diagnostics::Span;
use crate::mir::FuncId;

/// What is known of the places of a function's code.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// From each of these offsets on, the place.
    pub lines: Vec<(u32, Span)>,
    /// How its frame is left.
    pub unwind: Option<UnwindInfo>,
    /// Bytes of code.
    pub size: u64,
}

/// Adds the sections to an object; files that are not absolute are in the directory.
///
/// # Errors
/// Those of the libraries that write it: bugs of ours.
pub(super) fn write(
    unit: &Unit<'_>,
    product: &mut ObjectProduct,
    funcs: &[(FuncId, ClifFuncId, Places)],
    directory: &str,
) -> Result<(), Box<dyn Error>> {
    let text = product.object.section_id(StandardSection::Text);
    let code = product.object.section_symbol(text);
    let size = product.object.section(text).data().len() as u64;
    let offset = |handle: ClifFuncId| product.object.symbol(product.function_symbol(handle)).value;
    let placed: Vec<Placed<'_>> = funcs
        .iter()
        .map(|(func, handle, places)| Placed { func: *func, offset: offset(*handle), places })
        .collect();

    let mut dwarf = described(unit, &placed, size, directory);
    let mut sections = Sections::new(Output::new(unit));
    dwarf.write(&mut sections)?;
    let mut frames = DebugFrame(Output::new(unit));
    unwinding(unit, &placed).write_debug_frame(&mut frames)?;

    // The sections refer to each other by their symbols.
    let mut made = FxHashMap::default();
    let mut written = Vec::new();
    let mut add = |section: gimli::SectionId, output: &Output| {
        if !output.bytes.slice().is_empty() {
            let name = section.name().as_bytes().to_vec();
            let id = product.object.add_section(Vec::new(), name, SectionKind::Debug);
            product.object.set_section_data(id, output.bytes.slice().to_vec(), 1);
            made.insert(section, product.object.section_symbol(id));
            written.push((id, output.relocations.clone()));
        }
        Ok::<(), gimli::write::Error>(())
    };
    sections.for_each(&mut add)?;
    add(frames.id(), &frames.0)?;
    for (id, relocations) in written {
        for gimli::write::Relocation { offset, size, target, addend, eh_pe: _ } in relocations {
            let symbol: Option<&SymbolId> = match target {
                RelocationTarget::Symbol(_) => Some(&code),
                RelocationTarget::Section(section) => made.get(&section),
            };
            let flags = RelocationFlags::Generic {
                kind: RelocationKind::Absolute,
                encoding: RelocationEncoding::Generic,
                size: size * 8,
            };
            if let Some(&symbol) = symbol {
                product
                    .object
                    .add_relocation(id, Relocation { offset: offset as u64, symbol, addend, flags })?;
            }
        }
    }
    Ok(())
}

/// A function and where it is in the section of code.
struct Placed<'a> {
    func: FuncId,
    offset: u64,
    places: &'a Places,
}

/// An address in the section of code.
fn address(offset: u64) -> Address {
    Address::Symbol { symbol: 0, addend: offset as i64 }
}

fn encoding(unit: &Unit<'_>) -> Encoding {
    Encoding { format: Format::Dwarf32, version: 5, address_size: unit.isa.pointer_bytes() }
}

/// The unit with its lines and functions.
fn described(unit: &Unit<'_>, placed: &[Placed<'_>], size: u64, directory: &str) -> Dwarf {
    let (module, encoding) = (unit.module, encoding(unit));
    let mut dwarf = Dwarf::new();
    let mut string = |text: &str| LineString::new(text, encoding, &mut dwarf.line_strings);
    let (here, main) = (string(directory), string(&module.name));
    let mut program = LineProgram::new(encoding, LineEncoding::default(), here, None, main, None);
    let folder = program.default_directory();
    let mut files = FxHashMap::default();
    for file in &module.files {
        files.insert(file.file, program.add_file(string(&file.path), folder, None));
    }
    program.begin_sequence(Some(address(0)));
    for Placed { func, offset, places } in placed {
        // Code before the first place of a function is where it begins.
        let first = (0, module.func(*func).span);
        for &(start, span) in std::iter::once(&first).chain(&places.lines) {
            let row = program.row();
            row.address_offset = offset + u64::from(start);
            // Line 0 is that of what has no place.
            (row.line, row.column) = (0, 0);
            if let (Some((_, line, column)), Some(&file)) = (module.place(span), files.get(&span.file)) {
                (row.file, row.line, row.column) = (file, u64::from(line), u64::from(column));
            }
            program.generate_row();
        }
    }
    program.end_sequence(size);

    let id = dwarf.units.add(DwarfUnit::new(encoding, program));
    let names = &mut dwarf.strings;
    let info = dwarf.units.get_mut(id);
    let root = info.root();
    let producer = concat!("simplec ", env!("CARGO_PKG_VERSION"));
    let entry = info.get_mut(root);
    entry.set(dw::DW_AT_producer, AttributeValue::StringRef(names.add(producer)));
    entry.set(dw::DW_AT_language, AttributeValue::Language(dw::DW_LANG_C_plus_plus_14));
    entry.set(dw::DW_AT_name, AttributeValue::StringRef(names.add(module.name.as_str())));
    entry.set(dw::DW_AT_comp_dir, AttributeValue::StringRef(names.add(directory)));
    entry.set(dw::DW_AT_low_pc, AttributeValue::Address(address(0)));
    entry.set(dw::DW_AT_high_pc, AttributeValue::Udata(size));
    for Placed { func, offset, places } in placed {
        let func = module.func(*func);
        let name = func.name.strip_prefix("main::").unwrap_or(&func.name);
        let symbol = spelling(&func.name, func.linkage);
        let id = info.add(root, dw::DW_TAG_subprogram);
        let entry = info.get_mut(id);
        entry.set(dw::DW_AT_name, AttributeValue::StringRef(names.add(name)));
        entry.set(dw::DW_AT_linkage_name, AttributeValue::StringRef(names.add(symbol.as_bytes())));
        entry.set(dw::DW_AT_low_pc, AttributeValue::Address(address(*offset)));
        entry.set(dw::DW_AT_high_pc, AttributeValue::Udata(places.size));
        if let (Some((_, line, _)), Some(&file)) = (module.place(func.span), files.get(&func.span.file)) {
            entry.set(dw::DW_AT_decl_file, AttributeValue::FileIndex(Some(file)));
            entry.set(dw::DW_AT_decl_line, AttributeValue::Udata(u64::from(line)));
        }
        entry.set(dw::DW_AT_external, AttributeValue::Flag(func.linkage.is_offered()));
    }
    dwarf
}

/// How the frames of functions are left; a target without such a table has none.
fn unwinding(unit: &Unit<'_>, placed: &[Placed<'_>]) -> FrameTable {
    let mut table = FrameTable::default();
    let Some(common) = unit.isa.create_systemv_cie() else { return table };
    let common = table.add_cie(common);
    for Placed { func: _, offset, places } in placed {
        if let Some(UnwindInfo::SystemV(info)) = &places.unwind {
            table.add_fde(common, info.to_fde(address(*offset)));
        }
    }
    table
}

/// A section being written.
#[derive(Clone)]
struct Output {
    bytes: EndianVec<RunTimeEndian>,
    relocations: Vec<gimli::write::Relocation>,
}

impl Output {
    fn new(unit: &Unit<'_>) -> Output {
        let endian = if unit.data_layout.big_endian { RunTimeEndian::Big } else { RunTimeEndian::Little };
        Output { bytes: EndianVec::new(endian), relocations: Vec::new() }
    }
}

impl RelocateWriter for Output {
    type Writer = EndianVec<RunTimeEndian>;

    fn writer(&self) -> &Self::Writer {
        &self.bytes
    }

    fn writer_mut(&mut self) -> &mut Self::Writer {
        &mut self.bytes
    }

    fn relocate(&mut self, relocation: gimli::write::Relocation) {
        self.relocations.push(relocation);
    }
}
