//! The part of a C library that programs need, for those that are linked with nothing of the target's system: what the
//! runtime and the back ends call by C's names, in Simple over the system's own calls. Of it, those that are linked with names of the
//! system's libraries only have their start, and what their processor lacks.
//!
//! It is compiled by itself, as its functions carry names that LLVM would otherwise take for the C library's, and has nothing
//! of the runtime. What is common is in `memory`, `heap`, `rounding`, `math` and `angles`; what a processor lacks is in `wide` and
//! `soft`, and what only the least of a family lack in `narrow`; a system brings its calls in files of its own. How a processor
//! enters a program and makes a call is text for LLVM in `templates/`, as are tables of the functions of Windows and of hosts of WebAssembly.

use foreign::Table;

use crate::target::{Arch, CAbi, ObjectFormat, Os, Target};

mod foreign;

/// A source: its name and text.
pub type Source = (&'static str, &'static str);

macro_rules! source {
    ($file:literal) => {
        (concat!("runtime/system/", $file), include_str!($file))
    };
}

macro_rules! template {
    ($file:literal) => {
        (concat!("templates/", $file), include_str!(concat!("../../../templates/", $file)))
    };
}

/// What the library of a target is made of.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct System {
    /// In Simple, each list checked as one program; what they export is the library.
    pub simple: Vec<Vec<Source>>,
    /// Text for LLVM, each an object of its own.
    pub templates: Vec<Template>,
    /// Functions of the system's own libraries: module definitions, of which import libraries are made, and text stubs.
    pub imports: Vec<Template>,
    /// Whether a linker is to choose among its objects: one for PE files keeps the constants of functions that it leaves out.
    pub is_archived: bool,
    /// Where the parts of a program lie in memory, for a linker that is told nothing else.
    pub script: Option<Template>,
    /// Functions that the program, or what it is linked with, must have.
    pub asked: &'static [&'static str],
}

/// A template whose holes are filled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template {
    /// Its name.
    pub name: &'static str,
    /// Its text.
    pub text: String,
}

impl System {
    /// How many objects it is, beside the import libraries.
    pub fn objects(&self) -> usize {
        self.templates.len() + self.simple.len()
    }
}

/// The library for programs of a target, or for its shared libraries; `None` for a system that simplec has none for.
pub fn system(target: &Target, is_shared: bool) -> Option<System> {
    let (calls, mut templates) = if is_shared { calls_of_shared(target)? } else { calls(target)? };
    let processor = processor(target)?;
    templates.extend(processor.templates);
    if target.os != Os::MacOs {
        templates.push(template!("environment.ll"));
    }
    let mut simple = vec![
        source!("intrinsics.spl"),
        source!("panic.spl"),
        source!("memory.spl"),
        source!("error.spl"),
        source!("heap.spl"),
        source!("environment.spl"),
    ];
    simple.extend(processor.words);
    if (target.arch, target.os) == (Arch::Arm, Os::None) {
        simple.push(source!("arm_blocks.spl"));
    }
    simple.extend(calls);
    let mut floats = vec![
        source!("intrinsics.spl"),
        source!("outside.spl"),
        source!("panic.spl"),
        source!("rounding.spl"),
        ("runtime/roots.spl", include_str!("../roots.spl")),
        source!("math.spl"),
        source!("angles.spl"),
    ];
    floats.extend(processor.floats);
    let imports = match target.os {
        Os::Windows => WINDOWS_CALLS.to_vec(),
        Os::MacOs => vec![template!("macos/libSystem.tbd")],
        Os::Linux | Os::Wasi | Os::None => Vec::new(),
    };
    let is_bare = target.os == Os::None && target.object_format == ObjectFormat::Elf;
    let simple = match target.os {
        Os::Linux | Os::Windows | Os::Wasi | Os::None => vec![simple, floats],
        // Its C library is the system's own interface, and always there.
        Os::MacOs => vec![floats],
    };
    Some(System {
        simple,
        templates: filled(templates, target),
        imports: imports.into_iter().map(|import| import_of(import, target)).collect(),
        is_archived: target.object_format == ObjectFormat::Coff,
        script: if is_bare { filled(vec![template!("bare/image.ld")], target).pop() } else { None },
        asked: if is_bare { &["write", "_exit"] } else { &[] },
    })
}

/// What a program, or a shared library, is linked with whose C library is the system's and known by the names of its functions;
/// `None` for a system that simplec knows no such names of.
pub fn dynamic(target: &Target, is_shared: bool) -> Option<System> {
    target.loader.as_ref()?;
    let (_, mut templates) = calls(target)?;
    templates.push(template!("linux/dynamic.ll"));
    if is_shared {
        templates.clear();
    }
    let processor = processor(target)?;
    templates.extend(processor.templates);
    let with_operations = |mut sources: Vec<Source>| {
        sources.extend([source!("intrinsics.spl"), source!("outside.spl"), source!("panic.spl")]);
        sources
    };
    let lacking = [processor.words, processor.floats].into_iter().filter(|sources| !sources.is_empty());
    Some(System {
        simple: lacking.map(with_operations).collect(),
        templates: filled(templates, target),
        imports: filled(
            vec![template!("linux/libc.stub"), template!("linux/libm.stub"), template!("linux/loader.stub")],
            target,
        ),
        // What comes from an archive is not offered to others.
        is_archived: is_shared,
        ..System::default()
    })
}

/// What a processor lacks that compilers call functions for.
#[derive(Default)]
struct Processor {
    /// What computes with whole numbers, behind the size of a machine word.
    words: Vec<Source>,
    /// What computes with floats.
    floats: Vec<Source>,
    /// Functions whose conventions are not C's.
    templates: Vec<Source>,
}

fn processor(target: &Target) -> Option<Processor> {
    let mut lacking = Processor::default();
    match target.arch {
        Arch::X86_64 | Arch::Aarch64 | Arch::Riscv64 | Arch::Wasm64 => {
            lacking.words.push(source!("word64.spl"))
        }
        // WebAssembly has 64-bit arithmetic whatever its memory is.
        Arch::Wasm32 => lacking.words.push(source!("word32.spl")),
        Arch::X86 | Arch::Arm | Arch::Riscv32 => {
            lacking.words.extend([source!("word32.spl"), source!("wide.spl")]);
            lacking.floats.push(if is_soft(target) {
                source!("soft.spl")
            } else {
                source!("wide_floats.spl")
            });
        }
        Arch::Other => return None,
    }
    if (target.arch, target.os) == (Arch::Arm, Os::None) {
        lacking.words.extend([source!("narrow.spl"), source!("narrow_arm.spl")]);
    }
    if target.arch == Arch::Riscv32 && !target.features.iter().any(|feature| feature == "+m") {
        lacking.words.push(source!("narrow.spl"));
    }
    if is_soft(target) {
        lacking.templates.push(template!("soft.ll"));
    }
    if target.arch == Arch::Arm {
        lacking.templates.push(template!("arm.ll"));
        if is_soft(target) {
            lacking.floats.push(source!("soft_arm.spl"));
        }
    }
    Some(lacking)
}

/// Whether the processor computes with floats by calling functions.
fn is_soft(target: &Target) -> bool {
    match target.c_abi {
        CAbi::Aapcs | CAbi::Ilp32 => true,
        CAbi::SysV64
        | CAbi::Win64
        | CAbi::SysV32
        | CAbi::Win32
        | CAbi::Aapcs64
        | CAbi::AppleAapcs64
        | CAbi::AapcsVfp
        | CAbi::Lp64d
        | CAbi::Ilp32d
        | CAbi::Wasm
        | CAbi::Open
        | CAbi::To32
        | CAbi::To64
        | CAbi::SignedTo64 => false,
    }
}

/// What stands on the files of a system.
const ON_FILES: [Source; 3] = [source!("errors.spl"), source!("streams.spl"), source!("temporary.spl")];

/// What stands on its children.
const ON_CHILDREN: [Source; 1] = [source!("actions.spl")];

/// The calls of Windows in Simple, and the templates below them, but for the start of a program or a library.
fn windows(target: &Target) -> Option<(Vec<Source>, Vec<Source>)> {
    let frames = match target.arch {
        Arch::X86_64 => template!("windows/frames-x86_64.ll"),
        Arch::X86 => template!("windows/frames-x86.ll"),
        Arch::Aarch64
        | Arch::Arm
        | Arch::Riscv64
        | Arch::Riscv32
        | Arch::Wasm32
        | Arch::Wasm64
        | Arch::Other => return None,
    };
    let calls = [
        source!("windows.spl"),
        source!("windows/names.spl"),
        source!("windows/files.spl"),
        source!("windows/directories.spl"),
        source!("windows/clocks.spl"),
        source!("windows/children.spl"),
        source!("windows/processes.spl"),
    ];
    let templates = [template!("windows/constructors.ll"), template!("windows/threads.ll"), frames];
    Some(([&calls[..], &ON_FILES, &ON_CHILDREN].concat(), [&templates[..], &WINDOWS_CALLS].concat()))
}

/// A system's calls in Simple, and the templates below them, for shared libraries with nothing else of the system.
fn calls_of_shared(target: &Target) -> Option<(Vec<Source>, Vec<Source>)> {
    match target.os {
        Os::Windows => {
            let (calls, mut templates) = windows(target)?;
            templates.push(template!("windows/library.ll"));
            Some((calls, templates))
        }
        // The system's own library has them.
        Os::MacOs => calls(target),
        // Who loads them has a C library, or nobody does.
        Os::Linux | Os::Wasi | Os::None => None,
    }
}

/// A system's calls in Simple, and the templates below them, for programs.
fn calls(target: &Target) -> Option<(Vec<Source>, Vec<Source>)> {
    let linux = |numbers: &[Source], template| {
        let calls = [
            source!("linux.spl"),
            source!("linux/files.spl"),
            source!("linux/clocks.spl"),
            source!("linux/processes.spl"),
            source!("linux/threads.spl"),
        ];
        let calls = [&calls, &ON_FILES[..], &ON_CHILDREN, numbers].concat();
        (calls, vec![template, template!("constructors.ll")])
    };
    let wasm = |calls: &[Source], table| {
        let templates = vec![template!("wasm/entry.ll"), template!("wasm/wide.ll"), table];
        ([&[source!("wasm.spl")][..], calls].concat(), templates)
    };
    let bare = |entry| {
        (
            vec![source!("bare.spl"), source!("errors.spl")],
            vec![template!("bare/places.ll"), template!("constructors.ll"), entry],
        )
    };
    Some(match (target.os, target.arch) {
        (Os::Linux, Arch::X86_64) => linux(
            &[source!("linux/x86_64.spl"), source!("linux/threads_below.spl")],
            template!("linux/x86_64.ll"),
        ),
        (Os::Linux, Arch::X86) => {
            linux(&[source!("linux/x86.spl"), source!("linux/threads_below.spl")], template!("linux/x86.ll"))
        }
        (Os::Linux, Arch::Aarch64) => linux(
            &[
                source!("linux/generic.spl"),
                source!("linux/generic64.spl"),
                source!("linux/threads_above.spl"),
            ],
            template!("linux/aarch64.ll"),
        ),
        (Os::Linux, Arch::Arm) => {
            linux(&[source!("linux/arm.spl"), source!("linux/threads_above.spl")], template!("linux/arm.ll"))
        }
        (Os::Linux, Arch::Riscv64) => linux(
            &[source!("linux/generic.spl"), source!("linux/generic64.spl"), source!("linux/threads_at.spl")],
            template!("linux/riscv.ll"),
        ),
        (Os::Linux, Arch::Riscv32) => linux(
            &[source!("linux/generic.spl"), source!("linux/generic32.spl"), source!("linux/threads_at.spl")],
            template!("linux/riscv.ll"),
        ),
        (Os::Windows, _) => {
            let (mut calls, mut templates) = windows(target)?;
            calls.push(source!("windows/start.spl"));
            templates.push(template!("windows/entry.ll"));
            (calls, templates)
        }
        (Os::Wasi, Arch::Wasm32) => {
            let calls = [
                source!("wasi.spl"),
                source!("wasi/places.spl"),
                source!("wasi/files.spl"),
                source!("wasi/directories.spl"),
                source!("wasi/clocks.spl"),
            ];
            wasm(&[&calls[..], &ON_FILES].concat(), template!("wasm/wasi.calls"))
        }
        (Os::None, Arch::Wasm32 | Arch::Wasm64) => {
            wasm(&[source!("host.spl"), source!("errors.spl")], template!("wasm/host.calls"))
        }
        // The system calls `main` itself, and its library has the rest.
        (Os::MacOs, Arch::X86_64 | Arch::Aarch64) => (Vec::new(), Vec::new()),
        (Os::None, Arch::Arm) => bare(template!("bare/thumb.ll")),
        (Os::None, Arch::Riscv32) => bare(template!("bare/riscv.ll")),
        (Os::Linux, Arch::Wasm32 | Arch::Wasm64 | Arch::Other) | (Os::MacOs | Os::Wasi | Os::None, _) => {
            return None;
        }
    })
}

/// The functions of Windows, by the libraries that have them.
const WINDOWS_CALLS: [Source; 2] = [template!("windows/kernel32.calls"), template!("windows/advapi32.calls")];

/// What tables of functions end in.
const TABLE: &str = ".calls";

/// The table of that text: the compiler's own, which a test reads.
fn table(text: &str) -> Table<'_> {
    Table::of(text).unwrap_or_else(|line| panic!("a table of functions has the line {line:?}"))
}

/// What a library of the system's is known by.
fn import_of((name, text): Source, target: &Target) -> Template {
    if !name.ends_with(TABLE) {
        return filled_one((name, text), target);
    }
    Template { name, text: without_marks(table(text).module_definition(), target) }
}

/// Templates for a target: `{word}` is an integer of a machine word, `{loader}` the name of what loads programs, `{image_start}` the address of an image that nobody gave
/// another, and what begins with `@` behind the name of a function in a list of them is there on 32-bit x86 only.
fn filled(templates: Vec<Source>, target: &Target) -> Vec<Template> {
    templates.into_iter().map(|template| filled_one(template, target)).collect()
}

fn filled_one((name, text): Source, target: &Target) -> Template {
    let image_start = match target.arch {
        // Where Cortex-M looks for what it is to do at reset.
        Arch::Arm => "0",
        Arch::X86_64
        | Arch::X86
        | Arch::Aarch64
        | Arch::Riscv64
        | Arch::Riscv32
        | Arch::Wasm32
        | Arch::Wasm64
        | Arch::Other => "0x80000000",
    };
    let text = text.replace("{word}", &format!("i{}", target.pointer_width));
    let text = text.replace("{image_start}", image_start);
    let loader = target.loader.as_deref().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    let text = text.replace("{loader}", loader);
    if name.ends_with(TABLE) {
        let text = table(&text).definitions(target);
        return Template { name, text };
    }
    let text = if name.ends_with(".stub") { without_marks(text, target) } else { text };
    Template { name, text }
}

/// A list of functions without what is there on 32-bit x86 only.
fn without_marks(text: String, target: &Target) -> String {
    if target.arch == Arch::X86 {
        return text;
    }
    let bare = |word: &str| match word.split_once('@') {
        Some((name, behind)) => format!("{name}{}", if behind.ends_with('\n') { "\n" } else { " " }),
        None => word.to_owned(),
    };
    text.split_inclusive([' ', '\n']).map(bare).collect()
}
