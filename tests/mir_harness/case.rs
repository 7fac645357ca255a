//! Files and their `run` lines.

use std::path::Path;

use simplec::diagnostics::{Diagnostic, Diagnostics, FileId};
use simplec::driver::{self, Input, Options, Session, Silent, with_deep_stack};
use simplec::mir::{FuncId, Module, Ty, TypeData, parse, verify};
use simplec::target;
use simplec::toolchain::{Search, System};

/// A parsed file.
pub struct File {
    pub module: Module,
    pub cases: Vec<Case>,
}

/// A scalar with its type; the bits as they lie in a little-endian target's memory, zero-extended.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Leaf {
    pub ty: Ty,
    pub bits: u64,
}

/// What a call is expected to do.
#[derive(Clone, PartialEq, Debug)]
pub enum Expected {
    Returns(Vec<Leaf>),
    Traps,
    /// With a message that has these words.
    Panics(String),
    Faults(String),
}

/// A `run` line.
pub struct Case {
    /// The line's number and text, for messages.
    pub line: String,
    pub func: FuncId,
    pub args: Vec<Leaf>,
    pub expected: Expected,
    /// For the 32-bit layout.
    pub narrow: bool,
}

impl File {
    /// Reads and parses a file.
    ///
    /// # Errors
    /// Says what is wrong with it, and where.
    pub fn read(path: &Path) -> Result<File, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let name = path.display().to_string();
        let messages = |errors: Diagnostics| {
            let line = |at: u32| text[..at as usize].lines().count() + 1;
            let message = |e: &Diagnostic| format!("{name}:{}: {}", line(e.span().start), e.message);
            errors.sorted().into_iter().map(message).collect::<Vec<_>>().join("\n")
        };
        let module = parse(FileId(1), &name, &text).map_err(messages)?;
        verify(&module).map_err(messages)?;
        let mut cases = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let narrow = line.strip_prefix("; run32: ");
            if let Some(run) = line.strip_prefix("; run: ").or(narrow) {
                let case = Case::parse(&module, run.trim(), narrow.is_some())
                    .map_err(|why| format!("{name}:{}: {why} in `{line}`", number + 1))?;
                cases.push(Case { line: format!("{name}:{}: `{}`", number + 1, run.trim()), ..case });
            }
        }
        if cases.is_empty() { Err(format!("{name}: no `; run:` line")) } else { Ok(File { module, cases }) }
    }

    /// The file with core operations only, and with what it calls of the runtime.
    ///
    /// # Errors
    /// Says why the driver refuses it.
    pub fn compiled(path: &Path) -> Result<File, String> {
        let file = File::read(path)?;
        let options = Options::new(target::host().map_err(|error| error.message)?.clone());
        let mut session = Session::new(options, Search::nowhere(), &System, &Silent);
        // What is there keeps its handles when the runtime is added.
        match with_deep_stack(|| driver::front(&mut session, &Input::new(path))) {
            Ok(module) => Ok(File { module, ..file }),
            Err(_) => {
                Err(session.diagnostics.iter().map(|e| e.message.clone()).collect::<Vec<_>>().join("\n"))
            }
        }
    }
}

impl Case {
    fn parse(module: &Module, text: &str, narrow: bool) -> Result<Case, String> {
        let text = text.strip_prefix('@').ok_or("no `@`")?;
        let (name, rest) = text.split_once('(').ok_or("no `(`")?;
        let (args, rest) = rest.split_once(')').ok_or("no `)`")?;
        let func = module.func_named(name).ok_or_else(|| format!("no function `{name}`"))?;
        let sig = module.sig_of(func);
        let args = leaves(args, &sig.params, narrow)?;
        let rest = rest.trim();
        let expected = if let Some(result) = rest.strip_prefix("==") {
            let result = result.trim();
            let fields = fields(module, sig.ret);
            let inner = result.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
            Expected::Returns(leaves(inner.unwrap_or(result), &fields, narrow)?)
        } else if let Some(words) = rest.strip_prefix("faults") {
            Expected::Faults(words.trim().to_owned())
        } else if let Some(words) = rest.strip_prefix("panics") {
            Expected::Panics(words.trim().to_owned())
        } else if rest == "traps" {
            Expected::Traps
        } else if rest.is_empty() && sig.ret == Ty::UNIT {
            Expected::Returns(Vec::new())
        } else {
            return Err("neither `== …` nor `traps` nor `panics …` nor `faults …`".to_owned());
        };
        Ok(Case { line: String::new(), func, args, expected, narrow })
    }

    /// Whether compiled back ends run it.
    pub fn is_compiled(&self) -> bool {
        !self.narrow && !matches!(self.expected, Expected::Faults(_))
    }

    /// Whether compiled back ends run it and get a result.
    pub fn returns(&self) -> bool {
        self.is_compiled() && matches!(self.expected, Expected::Returns(_))
    }

    /// Whether compiled back ends run it and it stops the program.
    pub fn stops(&self) -> bool {
        self.is_compiled() && matches!(self.expected, Expected::Traps | Expected::Panics(_))
    }

    /// The expected scalars.
    pub fn leaves(&self) -> &[Leaf] {
        match &self.expected {
            Expected::Returns(leaves) => leaves,
            Expected::Traps | Expected::Panics(_) | Expected::Faults(_) => &[],
        }
    }

    /// What is wrong with the scalars found.
    pub fn compare(&self, found: &[u64]) -> Option<String> {
        let equal = |(leaf, &bits): (&Leaf, &u64)| {
            leaf.bits == bits || is_nan(*leaf) && is_nan(Leaf { bits, ..*leaf })
        };
        if found.len() == self.leaves().len() && self.leaves().iter().zip(found).all(equal) {
            return None;
        }
        let show = |(leaf, &bits): (&Leaf, &u64)| Leaf { bits, ..*leaf }.to_string();
        let found: Vec<String> = self.leaves().iter().zip(found).map(show).collect();
        Some(format!("{} found {}", self.line, found.join(", ")))
    }
}

/// The scalars of a result: itself, or the fields of a struct, tuple or fixed array.
pub fn fields(module: &Module, ty: Ty) -> Vec<Ty> {
    match module.types.field_count(ty) {
        Some(count) => (0..count as u32).filter_map(|i| module.types.field(ty, i)).collect(),
        None if *module.types.get(ty) == TypeData::Unit => Vec::new(),
        None => vec![ty],
    }
}

fn leaves(text: &str, types: &[Ty], narrow: bool) -> Result<Vec<Leaf>, String> {
    let words: Vec<&str> = text.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
    if words.len() != types.len() {
        return Err(format!("{} values for {} types", words.len(), types.len()));
    }
    words.iter().zip(types).map(|(word, &ty)| Leaf::parse(word, ty, narrow)).collect()
}

fn is_nan(leaf: Leaf) -> bool {
    match leaf.ty {
        Ty::F32 => f32::from_bits(leaf.bits as u32).is_nan(),
        Ty::F64 => f64::from_bits(leaf.bits).is_nan(),
        _ => false,
    }
}

impl Leaf {
    fn parse(word: &str, ty: Ty, narrow: bool) -> Result<Leaf, String> {
        let wrong = || format!("`{word}` is not a value of the type");
        let bits = match (ty, word) {
            (Ty::BOOL, "true") => 1,
            (Ty::BOOL, "false") | (Ty::PTR, "null") => 0,
            (Ty::F32 | Ty::F64, word) if word.starts_with("bits ") => {
                int(&word[5..]).ok_or_else(wrong)? as u64
            }
            (Ty::F32, word) => u64::from(word.parse::<f32>().map_err(|_| wrong())?.to_bits()),
            (Ty::F64, word) => word.parse::<f64>().map_err(|_| wrong())?.to_bits(),
            (ty, word) if ty.is_int() => {
                let value = int(word).ok_or_else(wrong)?;
                let bits = ty.fixed_bits().unwrap_or(if narrow { 32 } else { 64 });
                let (low, high) = if ty.is_signed() {
                    (-1i128 << (bits - 1), 1i128 << (bits - 1))
                } else {
                    (0, 1i128 << bits)
                };
                if !(low..high).contains(&value) {
                    return Err(wrong());
                }
                value as u64 & (u64::MAX >> (64 - bits))
            }
            _ => return Err(wrong()),
        };
        Ok(Leaf { ty, bits })
    }

    /// The bits as in a MIR `const`: sign-extended for signed types.
    pub fn canonical(self, narrow: bool) -> u64 {
        let bits = self.ty.fixed_bits().unwrap_or(if narrow && self.ty != Ty::BOOL { 32 } else { 64 });
        let shift = 64 - bits;
        if self.ty.is_signed() { (((self.bits << shift) as i64) >> shift) as u64 } else { self.bits }
    }
}

fn int(word: &str) -> Option<i128> {
    match word.strip_prefix("0x") {
        Some(digits) => i128::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    }
}

impl std::fmt::Display for Leaf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.ty {
            Ty::BOOL if self.bits < 2 => write!(f, "{}", self.bits == 1),
            Ty::F32 => write!(f, "{:?} (bits {:#x})", f32::from_bits(self.bits as u32), self.bits),
            Ty::F64 => write!(f, "{:?} (bits {:#x})", f64::from_bits(self.bits), self.bits),
            ty if ty.is_signed() => {
                let bits = ty.fixed_bits().unwrap_or(64);
                write!(f, "{}", ((self.bits << (64 - bits)) as i64) >> (64 - bits))
            }
            _ => write!(f, "{} ({:#x})", self.bits, self.bits),
        }
    }
}
