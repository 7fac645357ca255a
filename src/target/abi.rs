//! Facts about C calling conventions.

use super::CAbi;

/// Who fills the bits of a register above a small integer that is passed or returned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extension {
    /// Nobody: they hold anything.
    None,
    /// The side that passes it, with zeros.
    Zero,
    /// The side that passes it, with the sign bit.
    Sign,
}

impl CAbi {
    /// How an integer of `bits` bits (1 for a bool) that is a parameter or a result is extended.
    ///
    /// Each convention's own document, and clang where the document is silent: System V x86-64 leaves it open, and
    /// compilers rely on 32 bits.
    pub fn extension(self, bits: u32, signed: bool) -> Extension {
        let by_sign = if signed { Extension::Sign } else { Extension::Zero };
        match self {
            CAbi::SysV64
            | CAbi::SysV32
            | CAbi::Win32
            | CAbi::AppleAapcs64
            | CAbi::Aapcs
            | CAbi::AapcsVfp
            | CAbi::Ilp32
            | CAbi::Ilp32d
            | CAbi::Wasm
            | CAbi::To32 => {
                if bits < 32 {
                    by_sign
                } else {
                    Extension::None
                }
            }
            CAbi::Win64 => {
                if bits == 1 {
                    Extension::Zero
                } else {
                    Extension::None
                }
            }
            CAbi::Aapcs64 | CAbi::Open => Extension::None,
            CAbi::To64 => {
                if bits < 64 {
                    by_sign
                } else {
                    Extension::None
                }
            }
            // RISC-V psABI, "Integer Calling Convention": 32 bits are sign-extended whatever their type.
            CAbi::Lp64d | CAbi::SignedTo64 => match bits {
                32 => Extension::Sign,
                64 => Extension::None,
                _ => by_sign,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_follow_the_documents() {
        assert_eq!(CAbi::SysV64.extension(8, true), Extension::Sign);
        assert_eq!(CAbi::SysV64.extension(32, true), Extension::None);
        assert_eq!(CAbi::Lp64d.extension(32, false), Extension::Sign);
        assert_eq!(CAbi::Lp64d.extension(16, false), Extension::Zero);
        assert_eq!(CAbi::Lp64d.extension(64, true), Extension::None);
        assert_eq!(CAbi::Aapcs64.extension(8, true), Extension::None);
        assert_eq!(CAbi::Win64.extension(8, true), Extension::None);
        assert_eq!(CAbi::Win64.extension(1, false), Extension::Zero);
    }
}
