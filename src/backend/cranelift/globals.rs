//! Globals as bytes and relocations.

use cranelift_module::{DataDescription, ModuleRelocTarget};

use super::symbol::Symbol;
use crate::diagnostics::Diagnostic;
use crate::mir::{Global, Init, Ty, Types};
use crate::target::Layouts;

/// The handle of what an initial value points to; `None` when there is none, which its maker knows why.
pub(super) type Resolve<'a> = dyn FnMut(Symbol) -> Option<ModuleRelocTarget> + 'a;

/// The data object of a global with an initial value; `has_zeros` is whether there is a section for it that files need not hold.
///
/// # Errors
/// An initial value that does not fit the type: the verifier lets none through.
pub(super) fn describe(
    types: &Types,
    layouts: &Layouts<'_>,
    global: &Global,
    init: &Init,
    has_zeros: bool,
    resolve: &mut Resolve<'_>,
) -> Result<DataDescription, Diagnostic> {
    let mut data = DataDescription::new();
    let size = usize::try_from(layouts.size(global.ty))
        .map_err(|_| Diagnostic::internal(format!("global `{}` does not fit in memory", global.name)))?;
    data.set_align(layouts.align(global.ty));
    if is_zero(init) && has_zeros {
        data.define_zeroinit(size);
        return Ok(data);
    }
    let mut writer = Writer { types, layouts, resolve, bytes: vec![0; size], data: &mut data };
    writer.write(global.ty, init, 0).ok_or_else(|| {
        Diagnostic::internal(format!("the initial value of global `{}` does not fit its type", global.name))
            .at(global.span, "")
    })?;
    let bytes = writer.bytes;
    data.define(bytes.into_boxed_slice());
    Ok(data)
}

fn is_zero(init: &Init) -> bool {
    match init {
        Init::Zero | Init::Bits(0) => true,
        Init::Bytes(bytes) => bytes.iter().all(|&byte| byte == 0),
        Init::Fields(fields) => fields.iter().all(is_zero),
        Init::Bits(_) | Init::Func(_) | Init::Global(_) => false,
    }
}

struct Writer<'a, 'r> {
    types: &'a Types,
    layouts: &'a Layouts<'a>,
    resolve: &'a mut Resolve<'r>,
    bytes: Vec<u8>,
    data: &'a mut DataDescription,
}

impl Writer<'_, '_> {
    /// Writes a value at an offset; `None` when it does not fit.
    fn write(&mut self, ty: Ty, init: &Init, at: usize) -> Option<()> {
        match init {
            Init::Zero => {}
            Init::Bits(bits) => {
                // All targets of this back end are little-endian.
                let size = self.layouts.scalar_bits(ty)? as usize / 8;
                self.bytes.get_mut(at..at + size)?.copy_from_slice(bits.to_le_bytes().get(..size)?);
            }
            Init::Bytes(bytes) => self.bytes.get_mut(at..at + bytes.len())?.copy_from_slice(bytes),
            Init::Fields(fields) => {
                for (i, field) in fields.iter().enumerate() {
                    let index = i as u32;
                    let offset = usize::try_from(self.layouts.field_offset(ty, index)).ok()?;
                    self.write(self.types.field(ty, index)?, field, at + offset)?;
                }
            }
            Init::Func(id) => {
                let target = (self.resolve)(Symbol::Func(*id))?;
                let target = self.data.import_function(target);
                self.data.write_function_addr(u32::try_from(at).ok()?, target);
            }
            Init::Global(id) => {
                let target = (self.resolve)(Symbol::Global(*id))?;
                let target = self.data.import_global_value(target);
                self.data.write_data_addr(u32::try_from(at).ok()?, target, 0);
            }
        }
        Some(())
    }
}
