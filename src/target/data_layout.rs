//! LLVM's data layout strings, read into facts (LangRef, "Data Layout").
//!
//! Every size and alignment the compiler uses comes from here, so that what MIR says about a type is what the
//! code generators do with it.

use std::fmt;

use serde::Deserialize;

/// How LLVM and the object format decorate a symbol's name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mangling {
    /// `m:e`: ELF, the name as it is.
    Elf,
    /// `m:l`: GOFF.
    Goff,
    /// `m:m`: MIPS.
    Mips,
    /// `m:o`: Mach-O, an underscore in front.
    MachO,
    /// `m:w`: COFF, the name as it is.
    Coff,
    /// `m:x`: 32-bit x86 COFF, an underscore in front and decorated calling conventions.
    X86Coff,
    /// `m:a`: XCOFF.
    Xcoff,
    /// The layout names none: as it is.
    None,
}

/// What function pointers are aligned to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FunctionAlign {
    /// `Fi`: to this many bytes, whatever the function's own alignment is.
    Independent(u64),
    /// `Fn`: to a multiple of the function's own alignment, of at least this many bytes.
    OfFunction(u64),
}

/// Pointers of one address space. Sizes in bits, as in the layout string.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PointerLayout {
    /// The address space; 0 is ordinary memory.
    pub space: u32,
    /// Bits a pointer occupies.
    pub size: u32,
    /// ABI alignment in bits.
    pub align: u32,
    /// Bits of an offset from it.
    pub index: u32,
}

/// A parsed data layout. Alignments are asked in bytes; the tables hold what the string says, in bits.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct DataLayout {
    text: String,
    /// Whether the most significant byte comes first.
    pub big_endian: bool,
    /// How symbols are decorated.
    pub mangling: Mangling,
    /// Alignment of the stack in bytes that every function may rely on; `None` where the string leaves it open.
    pub stack_align: Option<u64>,
    /// What the address of a function is a multiple of.
    pub function_align: Option<FunctionAlign>,
    /// Widths in bits of the integers the processor computes with, narrowest first.
    pub native_ints: Vec<u32>,
    /// The address space of `alloca` results.
    pub alloca_space: u32,
    pointer: PointerLayout,
    pointers: Vec<PointerLayout>,
    ints: Vec<(u32, u32)>,
    floats: Vec<(u32, u32)>,
    vectors: Vec<(u32, u32)>,
    aggregate: u32,
}

impl DataLayout {
    /// Parses a layout string. What it leaves out has the value that LangRef gives.
    ///
    /// # Errors
    /// Names the component that is malformed.
    pub fn parse(text: &str) -> Result<DataLayout, String> {
        let mut layout = DataLayout {
            text: text.to_owned(),
            big_endian: true,
            mangling: Mangling::None,
            stack_align: None,
            function_align: None,
            native_ints: Vec::new(),
            alloca_space: 0,
            pointer: PointerLayout { space: 0, size: 64, align: 64, index: 64 },
            pointers: Vec::new(),
            ints: vec![(1, 8), (8, 8), (16, 16), (32, 32), (64, 32)],
            floats: vec![(16, 16), (32, 32), (64, 64), (128, 128)],
            vectors: vec![(64, 64), (128, 128)],
            aggregate: 0,
        };
        for component in text.split('-').filter(|component| !component.is_empty()) {
            layout.read(component).map_err(|why| format!("`{component}` in data layout `{text}`: {why}"))?;
        }
        if layout.int_align(8) != 1 {
            return Err(format!("data layout `{text}` does not align i8 to one byte"));
        }
        Ok(layout)
    }

    fn read(&mut self, component: &str) -> Result<(), String> {
        let mut letters = component.chars();
        let kind = letters.next().unwrap_or_default();
        let rest = letters.as_str();
        match kind {
            'e' | 'E' if rest.is_empty() => self.big_endian = kind == 'E',
            'S' => self.stack_align = Some(bytes(number(rest)?)?).filter(|&align| align > 0),
            'P' | 'G' => {
                number(rest)?;
            }
            'A' => self.alloca_space = number(rest)?,
            'p' => self.read_pointer(rest)?,
            'i' => self.read_scalar(rest, |layout| &mut layout.ints)?,
            'f' => self.read_scalar(rest, |layout| &mut layout.floats)?,
            'v' => self.read_scalar(rest, |layout| &mut layout.vectors)?,
            // `a:32`, and in old strings `a0:0:32`
            'a' => {
                let (_, aligns) = rest.split_once(':').ok_or("it has no alignment")?;
                self.aggregate = alignment(aligns.split(':').next().unwrap_or_default(), true)?;
            }
            'F' => {
                let align = bytes(alignment(rest.get(1..).unwrap_or_default(), false)?)?;
                self.function_align = Some(match rest.chars().next() {
                    Some('i') => FunctionAlign::Independent(align),
                    Some('n') => FunctionAlign::OfFunction(align),
                    _ => return Err("it is neither `Fi` nor `Fn`".to_owned()),
                });
            }
            'm' => {
                self.mangling = match rest {
                    ":e" => Mangling::Elf,
                    ":l" => Mangling::Goff,
                    ":m" => Mangling::Mips,
                    ":o" => Mangling::MachO,
                    ":w" => Mangling::Coff,
                    ":x" => Mangling::X86Coff,
                    ":a" => Mangling::Xcoff,
                    _ => return Err("it is no mangling mode".to_owned()),
                }
            }
            'n' => match rest.strip_prefix("i:") {
                Some(spaces) => {
                    for space in spaces.split(':') {
                        number(space)?;
                    }
                }
                None => self.native_ints = rest.split(':').map(number).collect::<Result<_, _>>()?,
            },
            _ => return Err("it is no known component".to_owned()),
        }
        Ok(())
    }

    /// `[flags][space]:size:abi[:preferred[:index]]`; the flags are newer than LLVM 20 and change no size.
    fn read_pointer(&mut self, spec: &str) -> Result<(), String> {
        let mut fields = spec.trim_start_matches(|flag: char| flag.is_ascii_lowercase()).split(':');
        let space = match fields.next() {
            None | Some("") => 0,
            Some(space) => number(space)?,
        };
        let size = number(fields.next().ok_or("it has no size")?)?;
        if size == 0 || !size.is_multiple_of(8) {
            return Err(format!("{size} is no size of a pointer"));
        }
        let align = alignment(fields.next().ok_or("it has no alignment")?, false)?;
        if let Some(preferred) = fields.next() {
            alignment(preferred, false)?;
        }
        let index = fields.next().map_or(Ok(size), number)?;
        let pointer = PointerLayout { space, size, align, index };
        if space == 0 {
            self.pointer = pointer;
        } else {
            self.pointers.retain(|known| known.space != space);
            self.pointers.push(pointer);
        }
        Ok(())
    }

    /// `size:abi[:preferred]`
    fn read_scalar(
        &mut self,
        spec: &str,
        table: impl Fn(&mut DataLayout) -> &mut Vec<(u32, u32)>,
    ) -> Result<(), String> {
        let mut fields = spec.split(':');
        let size = number(fields.next().unwrap_or_default())?;
        let align = alignment(fields.next().ok_or("it has no alignment")?, false)?;
        if let Some(preferred) = fields.next() {
            alignment(preferred, false)?;
        }
        let table = table(self);
        match table.binary_search_by_key(&size, |&(known, _)| known) {
            Ok(at) => table[at].1 = align,
            Err(at) => table.insert(at, (size, align)),
        }
        Ok(())
    }

    /// The string it was parsed from.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// ABI alignment in bytes of an integer of `bits` bits. A width the layout does not name has the alignment of
    /// the next wider one it names, or else of the widest (LangRef).
    pub fn int_align(&self, bits: u32) -> u64 {
        let at = self.ints.partition_point(|&(known, _)| known < bits);
        let entry = self.ints.get(at).or(self.ints.last());
        entry.map_or(1, |&(_, align)| u64::from(align / 8))
    }

    /// Bytes that an integer of `bits` bits occupies in memory, padding to its alignment included.
    pub fn int_size(&self, bits: u32) -> u64 {
        u64::from(bits.div_ceil(8)).next_multiple_of(self.int_align(bits))
    }

    /// ABI alignment in bytes of a float of `bits` bits; natural where the layout names none.
    pub fn float_align(&self, bits: u32) -> u64 {
        exact(&self.floats, bits).unwrap_or_else(|| natural(bits))
    }

    /// Bytes that a float of `bits` bits occupies in memory, padding to its alignment included.
    pub fn float_size(&self, bits: u32) -> u64 {
        u64::from(bits.div_ceil(8)).next_multiple_of(self.float_align(bits))
    }

    /// ABI alignment in bytes of a SIMD vector of `bits` bits in all; natural where the layout names none.
    pub fn vector_align(&self, bits: u32) -> u64 {
        exact(&self.vectors, bits).unwrap_or_else(|| natural(bits))
    }

    /// Bytes of a pointer into ordinary memory.
    pub fn pointer_size(&self) -> u64 {
        u64::from(self.pointer.size / 8)
    }

    /// ABI alignment in bytes of a pointer into ordinary memory.
    pub fn pointer_align(&self) -> u64 {
        u64::from(self.pointer.align / 8)
    }

    /// Bits of a pointer into ordinary memory, which are the bits of `usize`.
    pub fn pointer_bits(&self) -> u32 {
        self.pointer.size
    }

    /// Pointers of an address space; a space the layout does not name is like space 0 (LangRef).
    pub fn pointer_in(&self, space: u32) -> PointerLayout {
        self.pointers.iter().copied().find(|known| known.space == space).unwrap_or(self.pointer)
    }

    /// The least ABI alignment in bytes of any struct.
    pub fn aggregate_align(&self) -> u64 {
        u64::from(self.aggregate / 8).max(1)
    }

    /// What stands in front of every global symbol's name in the object file.
    pub fn symbol_prefix(&self) -> &'static str {
        match self.mangling {
            Mangling::MachO | Mangling::X86Coff => "_",
            Mangling::Elf
            | Mangling::Goff
            | Mangling::Mips
            | Mangling::Coff
            | Mangling::Xcoff
            | Mangling::None => "",
        }
    }
}

impl TryFrom<String> for DataLayout {
    type Error = String;

    fn try_from(text: String) -> Result<DataLayout, String> {
        DataLayout::parse(&text)
    }
}

impl fmt::Display for DataLayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn exact(table: &[(u32, u32)], bits: u32) -> Option<u64> {
    let at = table.binary_search_by_key(&bits, |&(known, _)| known).ok()?;
    Some(u64::from(table[at].1 / 8))
}

fn natural(bits: u32) -> u64 {
    u64::from(bits.div_ceil(8)).next_power_of_two()
}

fn number(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("`{text}` is no number"))
}

/// An alignment in bits: a power of two of whole bytes, or 0 where that means "none".
fn alignment(text: &str, zero: bool) -> Result<u32, String> {
    let bits = number(text)?;
    if bits.is_multiple_of(8) && (bits / 8).is_power_of_two() || zero && bits == 0 {
        Ok(bits)
    } else {
        Err(format!("{bits} is no alignment in bits"))
    }
}

fn bytes(bits: u32) -> Result<u64, String> {
    if bits.is_multiple_of(8) { Ok(u64::from(bits / 8)) } else { Err(format!("{bits} bits are no bytes")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> DataLayout {
        DataLayout::parse(text).unwrap()
    }

    #[test]
    fn i686_linux_aligns_wide_scalars_to_four_bytes() {
        let layout =
            parse("e-m:e-p:32:32-p270:32:32-p271:32:32-p272:64:64-i128:128-f64:32:64-f80:32-n8:16:32-S128");
        assert!(!layout.big_endian);
        assert_eq!((layout.pointer_size(), layout.pointer_align(), layout.pointer_bits()), (4, 4, 32));
        assert_eq!([1, 8, 16, 32, 64, 128].map(|bits| layout.int_align(bits)), [1, 1, 2, 4, 4, 16]);
        assert_eq!([32, 64, 80].map(|bits| layout.float_align(bits)), [4, 4, 4]);
        assert_eq!(layout.float_size(80), 12, "i386 psABI: long double is 12 bytes");
        assert_eq!(layout.stack_align, Some(16));
        assert_eq!(layout.native_ints, [8, 16, 32]);
        assert_eq!(layout.pointer_in(272).size, 64);
        assert_eq!(layout.pointer_in(5).size, 32, "as space 0");
    }

    #[test]
    fn unnamed_integer_widths_take_the_next_wider_or_the_widest() {
        let layout = parse("e-m:e-p:32:32-i64:64-n32-S128");
        assert_eq!(layout.int_align(24), 4);
        assert_eq!(layout.int_align(128), 8, "riscv32 names nothing wider than i64");
        assert_eq!(layout.int_size(24), 4);
        assert_eq!(layout.int_size(1), 1);
    }

    #[test]
    fn an_empty_string_has_the_defaults_of_langref() {
        let layout = parse("");
        assert!(layout.big_endian);
        assert_eq!(layout.pointer_size(), 8);
        assert_eq!(layout.int_align(64), 4);
        assert_eq!(layout.stack_align, None);
        assert_eq!(layout.vector_align(128), 16);
        assert_eq!(layout.vector_align(256), 32, "natural");
        assert_eq!(layout.aggregate_align(), 1);
    }

    #[test]
    fn arm_function_alignment_and_vectors() {
        let layout = parse("e-m:e-p:32:32-Fi8-i64:64-v128:64:128-a:0:32-n32-S64");
        assert_eq!(layout.function_align, Some(FunctionAlign::Independent(1)));
        assert_eq!(layout.vector_align(128), 8);
        assert_eq!(layout.stack_align, Some(8));
        assert_eq!(parse("e-Fn32").function_align, Some(FunctionAlign::OfFunction(4)));
    }

    #[test]
    fn prefixes_follow_the_mangling() {
        assert_eq!(parse("e-m:o").symbol_prefix(), "_");
        assert_eq!(parse("e-m:x").symbol_prefix(), "_");
        assert_eq!(parse("e-m:w").symbol_prefix(), "");
    }

    #[test]
    fn malformed_components_are_named() {
        for (text, part) in [
            ("e-m:q", "`m:q`"),
            ("e-i64", "`i64`"),
            ("e-i64:12", "12 is no alignment"),
            ("e-p:x:64", "`x` is no number"),
            ("e-p:0:8", "0 is no size"),
            ("e-Q8", "`Q8`"),
            ("e-S12", "12 bits"),
            ("e-Fx8", "`Fx8`"),
            ("eE", "`eE`"),
            ("e-i8:32", "i8"),
            ("e-n8:b", "`b`"),
            ("é", "`é`"),
            ("e-F", "`F`"),
            ("e-Fé8", "`Fé8`"),
        ] {
            let error = DataLayout::parse(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
