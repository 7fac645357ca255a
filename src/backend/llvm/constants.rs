//! Literals in the spelling that every LLVM version reads the same way.

use std::io::Write;

use super::text::Text;
use crate::backend::symbol::spelling;
use crate::mir::{FuncId, GlobalId, Init, Ty, TypeData};

use super::Context;

/// Writes an integer of a width from its low bits, as a signed number: LLVM's own canonical form.
pub(super) fn integer(out: &mut Text, width: u32, bits: u64) {
    let unused = 64 - width;
    out.n((bits << unused) as i64 >> unused);
}

/// Writes a double: 18 significant digits, which read back exactly. Infinities and NaNs have no decimal form, and
/// the hexadecimal one goes away after LLVM 23.
pub(super) fn double(out: &mut Text, bits: u64) {
    let value = f64::from_bits(bits);
    if value.is_finite() {
        // Writing to a vector cannot fail.
        let _ = write!(out.bytes, "{value:.17e}");
    } else {
        out.s("bitcast (i64 ");
        out.n(bits as i64);
        out.s(" to double)");
    }
}

/// Writes a float as its exact decimal expansion, since a literal that would have to be rounded is an error.
pub(super) fn float(out: &mut Text, bits: u32) {
    let value = f32::from_bits(bits);
    if value.is_finite() {
        let start = out.bytes.len();
        // No float has more than 112 significant digits.
        let _ = write!(out.bytes, "{value:.112e}");
        let exponent = out.bytes.iter().rposition(|&b| b == b'e').unwrap_or(start);
        let digits = &out.bytes[start..exponent];
        let zeros = digits.iter().rev().take_while(|&&b| b == b'0').count();
        let keep = usize::from(digits[digits.len() - zeros - 1] == b'.');
        out.bytes.drain(exponent - zeros + keep..exponent);
    } else {
        out.s("bitcast (i32 ");
        out.n(bits as i32);
        out.s(" to float)");
    }
}

impl Context<'_> {
    /// Writes a scalar literal without its type.
    pub fn literal(&self, out: &mut Text, ty: Ty, bits: u64) {
        match ty {
            Ty::BOOL => out.s(if bits & 1 == 1 { "true" } else { "false" }),
            Ty::F32 => float(out, bits as u32),
            Ty::F64 => double(out, bits),
            _ if ty.is_int() => integer(out, self.types.bits(ty), bits),
            _ if bits == 0 => out.s(if self.is_vector(ty) { "zeroinitializer" } else { "null" }),
            _ => {
                out.s("inttoptr (");
                out.s(self.types.scalar(Ty::USIZE));
                out.s(" ");
                integer(out, self.types.pointer_bits, bits);
                out.s(" to ptr)");
            }
        }
    }

    fn is_vector(&self, ty: Ty) -> bool {
        matches!(self.module.types.get(ty), TypeData::Vector(..))
    }

    /// Writes the name of a function, which the module mentions from here on.
    pub fn func_name(&mut self, out: &mut Text, id: FuncId) {
        self.used_funcs[id.idx()] = true;
        let func = &self.module.funcs[id.idx()];
        out.name("@", &spelling(&func.name, func.linkage));
    }

    /// Writes the name of a global, which the module mentions from here on.
    pub fn global_name(&mut self, out: &mut Text, id: GlobalId) {
        self.used_globals[id.idx()] = true;
        let global = &self.module.globals[id.idx()];
        out.name("@", &spelling(&global.name, global.linkage));
    }

    /// Writes an initialiser with its type.
    pub fn initialiser(&mut self, out: &mut Text, ty: Ty, init: &Init) {
        out.s(self.types.memory(ty));
        out.s(" ");
        match init {
            Init::Zero if ty == Ty::BOOL || ty.is_int() => out.s("0"),
            Init::Zero => out.s("zeroinitializer"),
            Init::Bits(bits) if ty == Ty::BOOL => out.n(bits & 1),
            Init::Bits(bits) => self.literal(out, ty, *bits),
            Init::Bytes(bytes) => {
                out.s("c");
                out.quoted(bytes);
            }
            Init::Fields(fields) => {
                let module = self.module;
                let (open, close) = match module.types.get(ty) {
                    TypeData::FixedArray(..) => ("[", "]"),
                    _ => ("{", "}"),
                };
                out.s(open);
                for (i, field) in fields.iter().enumerate() {
                    out.s(if i == 0 { " " } else { ", " });
                    if let Some(field_ty) = module.types.field(ty, i as u32) {
                        self.initialiser(out, field_ty, field);
                    }
                }
                out.s(if fields.is_empty() { "" } else { " " });
                out.s(close);
            }
            Init::Func(id) => self.address(out, ty, |cx, out| cx.func_name(out, *id)),
            Init::Global(id) => self.address(out, ty, |cx, out| cx.global_name(out, *id)),
        }
    }

    /// An address, as a number where the type is one.
    fn address(&mut self, out: &mut Text, ty: Ty, name: impl FnOnce(&mut Self, &mut Text)) {
        if ty.is_int() {
            out.s("ptrtoint (ptr ");
            name(self, out);
            out.s(" to ");
            out.s(self.types.memory(ty));
            out.s(")");
        } else {
            name(self, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut Text)) -> String {
        let mut out = Text::default();
        write(&mut out);
        String::from_utf8(out.bytes).unwrap()
    }

    #[test]
    fn doubles_read_back_exactly() {
        assert_eq!(text(|t| double(t, 1.0f64.to_bits())), "1.00000000000000000e0");
        assert_eq!(text(|t| double(t, (-0.0f64).to_bits())), "-0.00000000000000000e0");
        assert_eq!(
            text(|t| double(t, f64::NEG_INFINITY.to_bits())),
            "bitcast (i64 -4503599627370496 to double)"
        );
        for value in [0.1, f64::MIN_POSITIVE, f64::MAX, 5e-324, std::f64::consts::PI] {
            assert_eq!(text(|t| double(t, value.to_bits())).parse::<f64>().unwrap(), value);
        }
    }

    #[test]
    fn floats_are_written_out() {
        assert_eq!(text(|t| float(t, 0.1f32.to_bits())), "1.00000001490116119384765625e-1");
        assert_eq!(text(|t| float(t, 2.0f32.to_bits())), "2.0e0");
        assert_eq!(text(|t| float(t, 100.0f32.to_bits())), "1.0e2");
        assert_eq!(text(|t| float(t, 0)), "0.0e0");
        assert_eq!(text(|t| float(t, f32::NAN.to_bits())), "bitcast (i32 2143289344 to float)");
        for bits in [1, 0x7F7F_FFFF, 0x0080_0000, 0x3EAA_AAAB] {
            let exact = text(|t| float(t, bits)).parse::<f64>().unwrap();
            assert_eq!(exact, f64::from(f32::from_bits(bits)));
        }
    }

    #[test]
    fn integers_are_signed_by_width() {
        assert_eq!(text(|t| integer(t, 8, 255)), "-1");
        assert_eq!(text(|t| integer(t, 32, 0x8000_0000)), "-2147483648");
        assert_eq!(text(|t| integer(t, 64, 5)), "5");
    }
}
