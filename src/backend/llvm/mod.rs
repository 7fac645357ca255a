//! MIR to textual LLVM IR, in pure Rust.
//!
//! [`write`] turns a verified module of core operations into one `.ll` text in one pass. Nothing of LLVM is linked:
//! what versions differ in is in `gates.rs`, what types look like in `types.rs`, and `func.rs` says how a
//! function's body is made.

mod aggregate;
mod arith;
mod attributes;
mod bulk;
mod call;
mod cast;
mod constants;
mod debug;
mod func;
pub mod gates;
mod inst;
mod intrinsics;
mod memory;
mod metadata;
#[cfg(test)]
mod tests;
mod text;
mod types;

use crate::backend::libc::{self, C, Libc};
use crate::backend::symbol::spelling;
use crate::diagnostics::{Code, Diagnostic, Span};
use crate::mir::{FuncFacts, Function, Global, Linkage, Module, Ty, TypeData};
use crate::target::Target;
use attributes::{Attributes, Group};
use debug::Debug;
use gates::Gate;
use intrinsics::Intrinsics;
use metadata::{FlagValue, Metadata};
use text::Text;
use types::TypeTable;

/// What the text is to be like. Everything that clang would otherwise be told on its command line is in the module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// Major version of the LLVM that will read it; at least [`gates::FLOOR`].
    pub llvm_version: u32,
    /// Values are named after registers, for readers; else numbered, which is shorter and read faster.
    pub named: bool,
    /// Optimisation level; it decides attributes only.
    pub opt: OptLevel,
    /// How addresses are formed.
    pub reloc: Reloc,
    /// Which functions keep a frame pointer.
    pub frame_pointer: FramePointer,
    /// The processor, in place of the target's.
    pub cpu: Option<String>,
    /// The subtarget features (`+a,-b`), in place of the target's.
    pub features: Option<String>,
    /// Write debug information; files that are not absolute are in this directory.
    pub debug: Option<String>,
    /// The functions are those of a C library: none of their code may be taken for what such a library does, and become a
    /// call of it.
    pub is_c_library: bool,
    /// The data layout that the LLVM in use gave for the triple, in place of the target's own table.
    pub data_layout: Option<String>,
}

/// An optimisation level.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs, reason = "the names are those of every compiler driver")]
pub enum OptLevel {
    O0,
    O1,
    #[default]
    O2,
    O3,
    Os,
    Oz,
}

/// How addresses are formed, and thereby what the object can be linked into.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Reloc {
    /// Fixed addresses: executables only.
    Static,
    /// Position-independent executables.
    #[default]
    Pie,
    /// Shared libraries, too.
    Pic,
}

/// Which functions keep a frame pointer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum FramePointer {
    /// None that need not.
    #[default]
    None,
    /// Those that call others.
    NonLeaf,
    /// All.
    All,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            llvm_version: 18,
            named: false,
            opt: OptLevel::default(),
            reloc: Reloc::default(),
            frame_pointer: FramePointer::default(),
            cpu: None,
            features: None,
            debug: None,
            is_c_library: false,
            data_layout: None,
        }
    }
}

/// Bytes of an instruction with its labels and attributes, more often than not.
const USUAL_LINE: usize = 40;

/// Writes a verified module as LLVM assembly, in ASCII.
///
/// # Errors
/// One diagnostic for each operation, type or signature that this back end does not have.
pub fn write(module: &Module, target: &Target, options: &Options) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let mut cx = Context::new(module, target, options);
    cx.check_symbols();
    cx.errors.extend(libc::check(module, target.pointer_width));
    let insts: usize =
        module.funcs.iter().flat_map(|func| &func.blocks).map(|block| block.insts.len() + 1).sum();
    // A buffer that grows to hundreds of megabytes is moved a dozen times on the way.
    let mut body = Text { bytes: Vec::with_capacity(insts * USUAL_LINE) };
    for func in &module.funcs {
        if func.is_defined() {
            func::define(&mut cx, &mut body, func);
        }
    }
    let mut globals = Text::default();
    for global in &module.globals {
        if global.linkage != Linkage::Extern {
            cx.define_global(&mut globals, global);
        }
    }
    for (i, global) in module.globals.iter().enumerate() {
        if global.linkage == Linkage::Extern && cx.used_globals[i] {
            cx.declare_global(&mut globals, global);
        }
    }
    cx.called_by_system(&mut globals, "ctors", |facts| facts.constructor);
    cx.called_by_system(&mut globals, "dtors", |facts| facts.destructor);
    let mut types = Text::default();
    cx.types.define(&mut types);
    let mut declarations = Text::default();
    cx.declare_functions(&mut declarations);
    cx.intrinsics.declare(&mut declarations);
    if let Some(debug) = &cx.debug {
        debug.declare(&mut declarations);
    }

    if !cx.errors.is_empty() {
        return Err(cx.errors);
    }

    let mut head = Text::default();
    cx.head(&mut head);
    head.section(&types);
    head.section(&globals);
    // The functions are nearly all there is: they stay where they are, and the head moves in before them.
    let mut out = body;
    out.bytes.splice(0..0, head.bytes);
    out.section(&declarations);
    cx.attributes.write(&mut out, target, options);
    cx.flags(&mut out);
    Ok(out.bytes)
}

/// What the whole module shares while it is written.
struct Context<'a> {
    module: &'a Module,
    target: &'a Target,
    options: &'a Options,
    types: TypeTable<'a>,
    intrinsics: Intrinsics,
    attributes: Attributes,
    metadata: Metadata,
    debug: Option<Debug>,
    used_funcs: Vec<bool>,
    used_globals: Vec<bool>,
    used_libc: [bool; Libc::ALL.len()],
    buffers: func::Buffers,
    errors: Vec<Diagnostic>,
}

impl<'a> Context<'a> {
    fn new(module: &'a Module, target: &'a Target, options: &'a Options) -> Context<'a> {
        Context {
            module,
            target,
            options,
            types: TypeTable::new(module, &target.data_layout),
            intrinsics: Intrinsics::new(target.pointer_width),
            attributes: Attributes::default(),
            metadata: Metadata::default(),
            debug: options
                .debug
                .as_ref()
                .map(|directory| Debug::new(module, directory, options.opt != OptLevel::O0)),
            used_funcs: vec![false; module.funcs.len()],
            used_globals: vec![false; module.globals.len()],
            used_libc: [false; Libc::ALL.len()],
            buffers: func::Buffers::default(),
            errors: Vec::new(),
        }
    }

    fn gate(&self, gate: Gate) -> &'static str {
        gate.text(self.options.llvm_version)
    }

    /// Notes something that this back end does not have, and what to write instead.
    fn unsupported(&mut self, span: Span, what: String, instead: &str) {
        let error =
            Diagnostic::error(Code::OpNotSupported, format!("{what} is not supported by the LLVM back end"));
        let error = if span.is_some() { error.at(span, "") } else { error };
        self.errors.push(error.help(instead));
    }

    /// LLVM keeps the names that begin with `llvm.` for itself and rejects unknown ones.
    fn check_symbols(&mut self) {
        let module = self.module;
        let funcs = module.funcs.iter().map(|f| (&f.name, f.span));
        let globals = module.globals.iter().map(|g| (&g.name, g.span));
        for (name, span) in funcs.chain(globals) {
            if name.starts_with("llvm.") || name.contains('\0') {
                self.unsupported(
                    span,
                    format!("the symbol name `{}`", name.escape_debug()),
                    "choose another name",
                );
            }
        }
    }

    fn head(&self, out: &mut Text) {
        out.s("source_filename = ");
        out.quoted(self.module.name.as_bytes());
        out.s("\ntarget datalayout = ");
        let table = || self.target.llvm_data_layout(self.options.llvm_version);
        out.quoted(self.options.data_layout.clone().unwrap_or_else(table).as_bytes());
        out.s("\ntarget triple = ");
        out.quoted(self.target.llvm_triple().as_bytes());
        out.s("\n");
    }

    /// Whether a symbol of other objects is known to end up in the same executable.
    fn linkage(&self, linkage: Linkage) -> &'static str {
        match (linkage, self.options.reloc) {
            (Linkage::Internal, _) => "internal ",
            (Linkage::Weak, Reloc::Pic) => "weak ",
            (Linkage::Weak, Reloc::Static | Reloc::Pie) => "weak dso_local ",
            (Linkage::Export | Linkage::Extern, Reloc::Pic) => "",
            (Linkage::Export | Linkage::Extern, Reloc::Static | Reloc::Pie) => "dso_local ",
        }
    }

    fn define_global(&mut self, out: &mut Text, global: &Global) {
        out.name("@", &spelling(&global.name, global.linkage));
        out.s(" = ");
        out.s(self.linkage(global.linkage));
        // Nothing distinguishes two constants by their addresses.
        out.s(if global.constant && global.linkage == Linkage::Internal { "unnamed_addr " } else { "" });
        out.s(self.per_thread(global));
        out.s(if global.constant { "constant " } else { "global " });
        match &global.init {
            Some(init) => self.initialiser(out, global.ty, init),
            None => self.unsupported(
                global.span,
                format!("the global `{}` without an initial value", global.name),
                "give it one, or make it `extern`",
            ),
        }
        out.s(", align ");
        out.n(self.types.layouts.align(global.ty));
        out.s("\n");
    }

    /// LLVM chooses the model by what the module's flags say it is linked into, and by the target.
    fn per_thread(&self, global: &Global) -> &'static str {
        if global.thread_local && self.target.has_threads() { "thread_local " } else { "" }
    }

    /// The table of the functions that run before `main` or behind it.
    fn called_by_system(&self, out: &mut Text, table: &str, is_in: fn(&FuncFacts) -> bool) {
        let all: Vec<&Function> = self.module.funcs.iter().filter(|func| is_in(&func.facts)).collect();
        if all.is_empty() {
            return;
        }
        out.s("@llvm.global_");
        out.s(table);
        out.s(" = appending global [");
        out.n(all.len());
        out.s(" x { i32, ptr, ptr }] [");
        for (i, func) in all.into_iter().enumerate() {
            // The priority that C's have.
            out.s(if i == 0 {
                "{ i32, ptr, ptr } { i32 65535, ptr "
            } else {
                ", { i32, ptr, ptr } { i32 65535, ptr "
            });
            out.name("@", &spelling(&func.name, func.linkage));
            out.s(", ptr null }");
        }
        out.s("]\n");
    }

    fn declare_global(&self, out: &mut Text, global: &Global) {
        out.name("@", &global.name);
        // Data of a shared library is reached through the global offset table, so nothing is said of its place.
        out.s(" = external ");
        out.s(self.per_thread(global));
        out.s(if global.constant { "constant " } else { "global " });
        out.s(self.types.memory(global.ty));
        out.s(", align ");
        out.n(self.types.layouts.align(global.ty));
        out.s("\n");
    }

    fn declare_functions(&mut self, out: &mut Text) {
        for (i, func) in self.module.funcs.iter().enumerate() {
            if !func.is_defined() && self.used_funcs[i] {
                func::declare(self, out, func);
            }
        }
        for &libc in Libc::ALL {
            // The program may declare or define it, too; then that is what is called.
            let mut same =
                self.module.funcs.iter().zip(&self.used_funcs).filter(|(f, _)| f.name == libc.name());
            let is_there = same.any(|(f, &used)| f.linkage.is_offered() || used && !f.is_defined());
            if self.used_libc[libc as usize] && !is_there {
                self.declare_libc(out, libc);
            }
        }
    }

    fn declare_libc(&mut self, out: &mut Text, libc: Libc) {
        let allocated = "noalias noundef ";
        let (group, result_facts, first_facts) = match libc {
            Libc::Malloc => (Group::Allocate, allocated, ""),
            Libc::Calloc => (Group::AllocateZeroed, allocated, ""),
            Libc::Realloc => (Group::Reallocate, allocated, "allocptr "),
            Libc::Free => (Group::Free, "", "allocptr "),
            // What LLVM makes of its own intrinsics and instructions, it declares itself.
            Libc::Memcpy | Libc::Memmove | Libc::Memset | Libc::Fmod | Libc::Fmodf => return,
        };
        let (params, result) = libc.prototype();
        out.s("declare ");
        out.s(result_facts);
        out.s(self.c_type(result));
        out.s(" @");
        out.s(libc.name());
        out.s("(");
        for (i, &param) in params.iter().enumerate() {
            out.s(if i == 0 { "" } else { ", " });
            out.s(self.c_type(param));
            out.s(" ");
            out.s(if i == 0 { first_facts } else { "" });
            out.s("noundef");
        }
        out.s(") #");
        out.n(self.attributes.number(group));
        out.s("\n");
    }

    fn c_type(&self, c: C) -> &str {
        match c {
            C::Void => "void",
            C::Int => "i32",
            C::Size => self.types.scalar(Ty::USIZE),
            C::Ptr => "ptr",
            C::Double => "double",
            C::Float => "float",
        }
    }

    fn flags(&mut self, out: &mut Text) {
        // Behaviours (LangRef, "Module Flags Metadata"): 1 all modules must agree, 2 they should, 7 the largest, 8 the
        // smallest.
        let mut flags = Vec::new();
        if let Some(abi) = &self.target.target_abi {
            flags.push((1, "target-abi", FlagValue::Text(abi)));
        }
        match self.options.reloc {
            Reloc::Static => {}
            Reloc::Pie => {
                flags.push((8, "PIC Level", FlagValue::Number(2)));
                flags.push((7, "PIE Level", FlagValue::Number(2)));
            }
            Reloc::Pic => flags.push((8, "PIC Level", FlagValue::Number(2))),
        }
        match self.options.frame_pointer {
            FramePointer::None => {}
            FramePointer::NonLeaf => flags.push((7, "frame-pointer", FlagValue::Number(1))),
            FramePointer::All => flags.push((7, "frame-pointer", FlagValue::Number(2))),
        }
        if self.debug.is_some() {
            flags.push((7, "Dwarf Version", FlagValue::Number(5)));
            flags.push((2, "Debug Info Version", FlagValue::Number(3)));
        }
        self.metadata.write(out, &flags);
        if let Some(debug) = &self.debug {
            debug.write(out);
        }
    }

    /// Notes the types of a function's registers and slots that have no form here.
    fn check_types(&mut self, func: &Function) {
        let types = func.regs.iter().map(|r| r.ty).chain(func.slots.iter().map(|s| s.ty));
        let module = self.module;
        if let Some(ty) = types.into_iter().find(|&ty| matches!(module.types.get(ty), TypeData::Vector(..))) {
            let text = self.types.memory(ty).to_owned();
            self.unsupported(func.span, format!("the vector type `{text}`"), "use a fixed array");
        }
    }
}
