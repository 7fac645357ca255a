//! The LLVM intrinsics in use: one table, each overload declared once when it is called.

use super::text::Text;
use crate::mir::Ty;

macro_rules! intrinsics {
    ($($name:ident $base:literal $shape:literal;)*) => {
        /// An intrinsic function, or a family of overloads of one.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum Intrinsic { $($name,)* }

        /// Base name and shape of each. The shape is `result:parameters` in letters: `T` the first overloaded type,
        /// `F` the second, `o` the struct of `T` and `i1`, `b` `i1`, `c` `i8`, `p` a pointer, `v` nothing. A name is
        /// followed by the overloaded types in that order.
        const TABLE: &[(&str, &str)] = &[$(($base, $shape),)*];
    };
}

intrinsics! {
    Trap "trap" "v:";
    Assume "assume" "v:b";
    Expect "expect" "b:bb";
    Abs "abs" "T:Tb";
    SMin "smin" "T:TT";
    SMax "smax" "T:TT";
    UMin "umin" "T:TT";
    UMax "umax" "T:TT";
    SAddOverflow "sadd.with.overflow" "o:TT";
    UAddOverflow "uadd.with.overflow" "o:TT";
    SSubOverflow "ssub.with.overflow" "o:TT";
    USubOverflow "usub.with.overflow" "o:TT";
    SMulOverflow "smul.with.overflow" "o:TT";
    UMulOverflow "umul.with.overflow" "o:TT";
    FunnelLeft "fshl" "T:TTT";
    FunnelRight "fshr" "T:TTT";
    PopCount "ctpop" "T:T";
    LeadingZeros "ctlz" "T:Tb";
    TrailingZeros "cttz" "T:Tb";
    ByteSwap "bswap" "T:T";
    FAbs "fabs" "T:T";
    Sqrt "sqrt" "T:T";
    Fma "fma" "T:TTT";
    CopySign "copysign" "T:TT";
    Minimum "minimum" "T:TT";
    Maximum "maximum" "T:TT";
    Floor "floor" "T:T";
    Ceil "ceil" "T:T";
    Truncate "trunc" "T:T";
    RoundInt "rint" "T:T";
    Round "round" "T:T";
    FloatToSigned "fptosi.sat" "T:F";
    FloatToUnsigned "fptoui.sat" "T:F";
    MemCopy "memcpy.p0.p0" "v:ppTb";
    MemMove "memmove.p0.p0" "v:ppTb";
    MemSet "memset.p0" "v:pcTb";
}

/// Spelling of a type in the name of an overload, by position.
const SUFFIXES: [&str; 6] = ["i8", "i16", "i32", "i64", "f32", "f64"];
const SPELLINGS: [&str; 6] = ["i8", "i16", "i32", "i64", "float", "double"];

/// Which overloaded types an overload is for: positions in [`SUFFIXES`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Overload {
    intrinsic: Intrinsic,
    first: u8,
    second: u8,
}

/// The intrinsics a module calls.
pub(super) struct Intrinsics {
    pointer_bits: u32,
    /// Bit `first * 8 + second` of each intrinsic.
    used: [u64; TABLE.len()],
}

impl Intrinsics {
    pub fn new(pointer_bits: u32) -> Intrinsics {
        Intrinsics { pointer_bits, used: [0; TABLE.len()] }
    }

    /// The overload of an intrinsic for a type and, where there are two, a second one. Types that are neither an
    /// integer nor a float stand for none.
    pub fn overload(&mut self, intrinsic: Intrinsic, first: Ty, second: Ty) -> Overload {
        let overload =
            Overload { intrinsic, first: self.position(first) as u8, second: self.position(second) as u8 };
        self.used[intrinsic as usize] |= 1 << (overload.first * 8 + overload.second);
        overload
    }

    fn position(&self, ty: Ty) -> usize {
        let bits = ty.fixed_bits().unwrap_or(self.pointer_bits);
        let width = bits.trailing_zeros() as usize;
        if ty.is_float() {
            width - 1
        } else if ty.is_int() {
            width - 3
        } else {
            0
        }
    }

    /// The declarations of what was used, in table order.
    pub fn declare(&self, out: &mut Text) {
        for (at, &(_, shape)) in TABLE.iter().enumerate() {
            for key in (0..64).filter(|key| self.used[at] >> key & 1 == 1) {
                let (first, second) = (key as u8 / 8, key as u8 % 8);
                let (result, params) = shape.split_once(':').unwrap_or((shape, ""));
                out.s("declare ");
                result.chars().for_each(|letter| spell(out, letter, first, second));
                out.s(" ");
                name(out, at, first, second);
                out.s("(");
                for (i, letter) in params.chars().enumerate() {
                    if i > 0 {
                        out.s(", ");
                    }
                    spell(out, letter, first, second);
                }
                out.s(")\n");
            }
        }
    }
}

impl Overload {
    /// Writes the function's name with its sigil.
    pub fn name(self, out: &mut Text) {
        name(out, self.intrinsic as usize, self.first, self.second);
    }
}

fn name(out: &mut Text, at: usize, first: u8, second: u8) {
    let (base, shape) = TABLE[at];
    out.s("@llvm.");
    out.s(base);
    if shape == "b:bb" {
        out.s(".i1");
    }
    if shape.contains('T') {
        out.s(".");
        out.s(SUFFIXES[usize::from(first)]);
    }
    if shape.contains('F') {
        out.s(".");
        out.s(SUFFIXES[usize::from(second)]);
    }
}

fn spell(out: &mut Text, letter: char, first: u8, second: u8) {
    match letter {
        'T' => out.s(SPELLINGS[usize::from(first)]),
        'F' => out.s(SPELLINGS[usize::from(second)]),
        'o' => {
            out.s("{ ");
            out.s(SPELLINGS[usize::from(first)]);
            out.s(", i1 }");
        }
        'b' => out.s("i1"),
        'c' => out.s("i8"),
        'p' => out.s("ptr"),
        _ => out.s("void"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_overload_is_declared_once_for_the_pointer_width() {
        let mut used = Intrinsics::new(32);
        for _ in 0..2 {
            used.overload(Intrinsic::MemCopy, Ty::USIZE, Ty::UNIT);
            used.overload(Intrinsic::FloatToSigned, Ty::I64, Ty::F32);
            used.overload(Intrinsic::SAddOverflow, Ty::I8, Ty::UNIT);
            used.overload(Intrinsic::Trap, Ty::UNIT, Ty::UNIT);
            used.overload(Intrinsic::Expect, Ty::BOOL, Ty::UNIT);
        }
        let mut out = Text::default();
        used.declare(&mut out);
        assert_eq!(
            String::from_utf8(out.bytes).unwrap(),
            "declare void @llvm.trap()\n\
             declare i1 @llvm.expect.i1(i1, i1)\n\
             declare { i8, i1 } @llvm.sadd.with.overflow.i8(i8, i8)\n\
             declare i64 @llvm.fptosi.sat.i64.f32(float)\n\
             declare void @llvm.memcpy.p0.p0.i32(ptr, ptr, i32, i1)\n"
        );
    }
}
