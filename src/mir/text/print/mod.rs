//! MIR to text: modules, types, names and literals.

mod func;

use super::lex::is_bare;
use crate::mir::*;
use func::Label;
use std::fmt::Write as _;

/// The text form of a module.
pub fn print(module: &Module) -> String {
    let mut printer = Printer::new(module);
    printer.module();
    printer.out
}

/// The text form of one function, as it stands in that of its module.
pub fn print_function(module: &Module, func: &Function) -> String {
    let mut printer = Printer::new(module);
    printer.function(func);
    printer.out
}

/// The text form of a type.
pub fn print_type(module: &Module, ty: Ty) -> String {
    let mut printer = Printer::new(module);
    printer.ty(ty);
    printer.out
}

/// Prints a module that the verifier refuses too, so that it can be looked at; a handle out of range prints as `?` and
/// its number. Only lists past the end of their pool, and signatures that are not there, are taken for granted.
struct Printer<'m> {
    m: &'m Module,
    out: String,
    /// Of the current function's registers.
    regs: Vec<Label>,
    /// Registers of the current function whose type the text has told.
    typed: Vec<bool>,
    /// Of the current function's slots.
    slots: Vec<Label>,
}

impl<'m> Printer<'m> {
    fn new(m: &'m Module) -> Printer<'m> {
        Printer { m, out: String::new(), regs: Vec::new(), typed: Vec::new(), slots: Vec::new() }
    }

    fn module(&mut self) {
        if !self.m.name.is_empty() {
            self.out.push_str("module ");
            self.string(self.m.name.as_bytes());
            self.out.push_str("\n\n");
        }
        let types = &self.m.types;
        for def in types.structs() {
            self.out.push_str("struct ");
            self.name('$', &def.name);
            self.out.push_str(" {");
            for (i, (name, ty)) in def.fields.iter().enumerate() {
                self.out.push_str(if i == 0 { " " } else { ", " });
                self.word(name);
                self.out.push_str(": ");
                self.ty(*ty);
            }
            self.out.push_str(" }\n");
        }
        for def in types.enums() {
            self.out.push_str("enum ");
            self.name('$', &def.name);
            self.out.push_str(" {");
            for (i, (name, payload)) in def.variants.iter().enumerate() {
                self.out.push_str(if i == 0 { " " } else { ", " });
                self.word(name);
                if !payload.is_empty() {
                    self.out.push('(');
                    self.types(payload);
                    self.out.push(')');
                }
            }
            self.out.push_str(" }\n");
        }
        for global in &self.m.globals {
            self.global(global);
        }
        for func in &self.m.funcs {
            self.function(func);
        }
    }

    fn linkage(&mut self, linkage: Linkage) {
        self.out.push_str(match linkage {
            Linkage::Internal => "",
            Linkage::Export => "export ",
            Linkage::Weak => "weak ",
            Linkage::Extern => "extern ",
        });
    }

    fn global(&mut self, global: &Global) {
        self.linkage(global.linkage);
        self.out.push_str(if global.thread_local { "thread_local " } else { "" });
        self.out.push_str(if global.constant { "const " } else { "global " });
        self.name('@', &global.name);
        self.out.push_str(": ");
        self.ty(global.ty);
        if let Some(init) = &global.init {
            self.out.push_str(" = ");
            self.init(init, Some(global.ty));
        }
        self.out.push('\n');
    }

    fn init(&mut self, init: &Init, ty: Option<Ty>) {
        match init {
            Init::Zero => self.out.push_str("zero"),
            Init::Bits(bits) => self.literal(*bits, ty),
            Init::Bytes(bytes) => self.string(bytes),
            Init::Fields(fields) => {
                let (open, close) = match ty.map(|ty| self.m.types.get(ty)) {
                    Some(TypeData::FixedArray(..)) => ('[', ']'),
                    Some(_) | None => ('(', ')'),
                };
                self.out.push(open);
                for (i, field) in fields.iter().enumerate() {
                    if i > 0 {
                        self.out.push_str(", ");
                    }
                    self.init(field, ty.and_then(|ty| self.m.types.field(ty, i as u32)));
                }
                self.out.push(close);
            }
            Init::Func(func) => self.func_name(*func),
            Init::Global(global) => self.global_name(*global),
        }
    }

    /// The rest of a signature from the end of its parameters on, without its convention.
    fn signature_end(&mut self, sig: &Signature) {
        if sig.variadic {
            self.out.push_str(if sig.params.is_empty() { "..." } else { ", ..." });
        }
        self.out.push(')');
        if sig.ret != Ty::UNIT {
            self.out.push_str(" -> ");
            self.ty(sig.ret);
        }
    }

    fn ty(&mut self, ty: Ty) {
        if let Some(&(name, _)) = Ty::NAMED.get(ty.0 as usize) {
            return self.out.push_str(name);
        }
        if ty.0 as usize >= self.m.types.len() {
            return self.unknown(ty.0);
        }
        let types = &self.m.types;
        match types.get(ty) {
            scalar_type!() | TypeData::Unit | TypeData::Never | TypeData::Text => self.unknown(ty.0),
            TypeData::Struct(id) => match types.structs().get(id.0 as usize) {
                Some(def) => self.name('$', &def.name),
                None => self.unknown(id.0),
            },
            TypeData::Enum(id) => match types.enums().get(id.0 as usize) {
                Some(def) => self.name('$', &def.name),
                None => self.unknown(id.0),
            },
            TypeData::Tuple(fields) => {
                self.out.push('(');
                self.types(fields);
                self.out.push_str(if fields.len() == 1 { ",)" } else { ")" });
            }
            TypeData::FixedArray(elem, n) => {
                self.out.push('[');
                self.ty(*elem);
                self.out.push_str("; ");
                self.uint(*n);
                self.out.push(']');
            }
            TypeData::Array(elem) => {
                self.out.push('[');
                self.ty(*elem);
                self.out.push(']');
            }
            TypeData::Dict(key, value) => {
                self.out.push('{');
                self.ty(*key);
                self.out.push_str(": ");
                self.ty(*value);
                self.out.push('}');
            }
            TypeData::Range(elem) => {
                self.out.push_str("range<");
                self.ty(*elem);
                self.out.push('>');
            }
            TypeData::Ref(to) => {
                self.out.push_str("ref<");
                self.ty(*to);
                self.out.push('>');
            }
            TypeData::Vector(elem, lanes) => {
                self.out.push('<');
                self.uint(u64::from(*lanes));
                self.out.push_str(" x ");
                self.ty(*elem);
                self.out.push('>');
            }
        }
    }

    fn types(&mut self, types: &[Ty]) {
        for (i, &ty) in types.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            self.ty(ty);
        }
    }

    fn sig(&mut self, id: SigId) {
        if id.0 as usize >= self.m.types.sig_count() {
            return self.unknown(id.0);
        }
        let sig = self.m.types.sig(id);
        self.out.push_str(match sig.abi {
            Abi::Simple => "fn(",
            Abi::C => "c fn(",
        });
        self.types(&sig.params);
        self.signature_end(sig);
    }

    /// The bits of a scalar as a literal of its type; as `bits`, which every type takes, where there is none.
    fn literal(&mut self, bits: u64, ty: Option<Ty>) {
        let Some(ty) = ty else { return self.raw_bits(bits) };
        match ty {
            Ty::BOOL if bits <= 1 => self.out.push_str(if bits == 1 { "true" } else { "false" }),
            Ty::PTR if bits == 0 => self.out.push_str("null"),
            Ty::F32 if bits <= u64::from(u32::MAX) => {
                let value = f32::from_bits(bits as u32);
                self.float(bits, u64::from(f32::NAN.to_bits()), value.is_nan(), value);
            }
            Ty::F64 => {
                self.float(bits, f64::NAN.to_bits(), f64::from_bits(bits).is_nan(), f64::from_bits(bits))
            }
            _ if ty.is_int() && ty.holds(bits) => {
                if ty.is_signed() {
                    self.out.push_str(itoa::Buffer::new().format(bits as i64));
                } else {
                    self.uint(bits);
                }
            }
            _ => self.raw_bits(bits),
        }
    }

    fn float(&mut self, bits: u64, quiet_nan: u64, is_nan: bool, value: impl std::fmt::Debug) {
        if !is_nan {
            // `Debug` of a float is the shortest decimal that reads back equal, in scientific form where that is short.
            let _ = write!(self.out, "{value:?}");
        } else if bits == quiet_nan {
            self.out.push_str("nan");
        } else {
            self.raw_bits(bits);
        }
    }

    fn raw_bits(&mut self, bits: u64) {
        let _ = write!(self.out, "bits {bits:#x}");
    }

    fn uint(&mut self, value: u64) {
        self.out.push_str(itoa::Buffer::new().format(value));
    }

    fn func_name(&mut self, func: FuncId) {
        match self.m.funcs.get(func.idx()) {
            Some(func) => self.name('@', &func.name),
            None => self.unknown(func.0),
        }
    }

    fn global_name(&mut self, global: GlobalId) {
        match self.m.globals.get(global.idx()) {
            Some(global) => self.name('@', &global.name),
            None => self.unknown(global.0),
        }
    }

    fn str(&mut self, id: StrId) {
        match self.m.strings.get(id.idx()) {
            Some(text) => self.string(text.as_bytes()),
            None => self.unknown(id.0),
        }
    }

    fn unknown(&mut self, number: u32) {
        self.out.push('?');
        self.uint(u64::from(number));
    }

    fn name(&mut self, sigil: char, name: &str) {
        self.out.push(sigil);
        self.word(name);
    }

    fn word(&mut self, name: &str) {
        if is_bare(name) { self.out.push_str(name) } else { self.string(name.as_bytes()) }
    }

    /// A quoted string; bytes that are not UTF-8, and controls, are escaped.
    fn string(&mut self, bytes: &[u8]) {
        self.out.push('"');
        for chunk in bytes.utf8_chunks() {
            for c in chunk.valid().chars() {
                match c {
                    '"' => self.out.push_str("\\\""),
                    '\\' => self.out.push_str("\\\\"),
                    '\n' => self.out.push_str("\\n"),
                    '\t' => self.out.push_str("\\t"),
                    '\r' => self.out.push_str("\\r"),
                    '\0'..='\x1f' | '\x7f' => self.escaped(c as u8),
                    _ => self.out.push(c),
                }
            }
            chunk.invalid().iter().for_each(|&b| self.escaped(b));
        }
        self.out.push('"');
    }

    fn escaped(&mut self, byte: u8) {
        let _ = write!(self.out, "\\x{byte:02x}");
    }
}
