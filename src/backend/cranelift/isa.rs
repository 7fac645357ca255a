//! Cranelift's code generators, set up for a target.

use cranelift_codegen::isa::{self, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use target_lexicon::{Architecture, BinaryFormat, Triple};

use super::{Opt, Options};
use crate::diagnostics::{Code, Diagnostic};
use crate::target::{ObjectFormat, Target};

/// Whether Cranelift makes code for a target: little-endian x86-64, AArch64 and RISC-V with 64-bit
/// pointers, in the forms of objects that it writes for them.
pub fn supports(target: &Target) -> bool {
    builder(target).is_ok()
}

/// The code generator for a target, with the processor features its file names. A name that Cranelift does not know
/// is left out: it only ever adds instructions, and code without them runs just as well.
pub(super) fn for_target(target: &Target, options: &Options) -> Result<OwnedTargetIsa, Diagnostic> {
    let mut builder = builder(target)?;
    let _unknown = builder.enable(&target.cpu);
    for feature in &target.features {
        if let Some(name) = feature.strip_prefix('+') {
            let _unknown = builder.enable(&format!("has_{}", name.replace('.', "")));
        }
    }
    let tls_model = match target.object_format {
        ObjectFormat::Elf => "elf_gd",
        ObjectFormat::Coff => "coff",
        ObjectFormat::MachO => "macho",
        ObjectFormat::Wasm => "none",
    };
    finish(builder, options, options.pic, tls_model)
}

/// The code generator for this very machine, with every feature that it has.
pub(super) fn for_host(options: &Options) -> Result<OwnedTargetIsa, Diagnostic> {
    let builder = cranelift_native::builder()
        .map_err(|why| unsupported(&format!("this machine ({})", target_lexicon::HOST), why))?;
    // What takes the place of a loader is `variables.rs`.
    finish(builder, options, false, "none")
}

fn builder(target: &Target) -> Result<isa::Builder, Diagnostic> {
    let name = format!("target `{}`", target.triple);
    // LLVM's triple for macOS has the version of the system, which objects tell their linker.
    let triple = if target.system_version().is_some() { target.llvm_triple() } else { &target.triple };
    let mut triple: Triple = triple.parse().map_err(|why| unsupported(&name, &format!("{why}")))?;
    // A triple that names no system has no form of objects for Cranelift, and the target has one.
    triple.binary_format = match target.object_format {
        ObjectFormat::Elf => BinaryFormat::Elf,
        ObjectFormat::Coff => BinaryFormat::Coff,
        ObjectFormat::MachO => BinaryFormat::Macho,
        ObjectFormat::Wasm => BinaryFormat::Wasm,
    };
    // It writes the relocations of COFF for x86-64 only, and stops at those of another processor.
    if triple.binary_format == BinaryFormat::Coff && triple.architecture != Architecture::X86_64 {
        return Err(unsupported(&name, "it makes COFF objects for x86-64 only"));
    }
    if target.pointer_width != 64 {
        return Err(unsupported(&name, "its pointers are not 64 bits wide"));
    }
    // Cranelift's own answer for AArch64 is a failed assertion.
    if target.data_layout.big_endian {
        return Err(unsupported(&name, "it is big-endian"));
    }
    isa::lookup(triple).map_err(|why| unsupported(&name, &why.to_string()))
}

fn unsupported(what: &str, why: &str) -> Diagnostic {
    Diagnostic::error(Code::NotSupported, format!("the Cranelift back end does not support {what}"))
        .note(why.to_owned())
        .help("`--backend=llvm` makes code for every target")
}

fn finish(
    builder: isa::Builder,
    options: &Options,
    pic: bool,
    tls_model: &str,
) -> Result<OwnedTargetIsa, Diagnostic> {
    let opt_level = match options.opt {
        Opt::None => "none",
        Opt::Speed => "speed",
    };
    // The single pass halves the time of a whole compilation, and doubles the code.
    let regalloc = match options.opt {
        Opt::None => "single_pass",
        Opt::Speed => "backtracking",
    };
    let flags = [
        ("opt_level", opt_level),
        ("regalloc_algorithm", regalloc),
        ("tls_model", tls_model),
        ("is_pic", if pic { "true" } else { "false" }),
        ("enable_verifier", if options.verify { "true" } else { "false" }),
        // Cranelift's tail calls rely on frame pointers, and so do backtraces.
        ("preserve_frame_pointers", "true"),
        // A frame larger than the guard page must not step over it.
        ("enable_probestack", "true"),
        ("probestack_strategy", "inline"),
    ];
    let mut shared = settings::builder();
    for (name, value) in flags {
        shared.set(name, value).map_err(|error| Diagnostic::internal(format!("flag `{name}`: {error}")))?;
    }
    builder.finish(settings::Flags::new(shared)).map_err(Diagnostic::internal)
}
