//! The part of a C library that programs need, for those that are linked with nothing of the target's system: what the
//! runtime and the back ends call by C's names, in Simple over the system's own calls.
//!
//! It is compiled by itself, as its functions carry names that LLVM would otherwise take for the C library's, and has nothing
//! of the runtime. What is common is in `memory`, `heap`, `rounding`, `math`, `angles` and `wide`; a system brings its calls in a file of its
//! own, and how a processor enters a program and makes a call is text for LLVM in `templates/`.

use crate::target::{Arch, Os, Target};

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
    /// In Simple, checked as one program; what they export is the library.
    pub simple: Vec<Source>,
    /// Text for LLVM, each an object of its own.
    pub templates: Vec<Source>,
}

impl System {
    /// How many objects it is.
    pub fn objects(&self) -> usize {
        self.templates.len() + usize::from(!self.simple.is_empty())
    }
}

/// The library for a target; `None` for a system that simplec has none for.
pub fn system(target: &Target) -> Option<System> {
    let (calls, template) = match (target.os, target.arch) {
        (Os::Linux, Arch::X86_64) => (source!("linux/x86_64.spl"), template!("linux/x86_64.ll")),
        (Os::Linux, Arch::X86) => (source!("linux/x86.spl"), template!("linux/x86.ll")),
        (Os::Linux, Arch::Aarch64) => (source!("linux/generic.spl"), template!("linux/aarch64.ll")),
        (Os::Linux, Arch::Arm) => (source!("linux/arm.spl"), template!("linux/arm.ll")),
        (Os::Linux, Arch::Riscv64 | Arch::Riscv32) => {
            (source!("linux/generic.spl"), template!("linux/riscv.ll"))
        }
        (Os::Linux, Arch::Wasm32 | Arch::Wasm64) | (Os::Windows | Os::MacOs | Os::Wasi | Os::None, _) => {
            return None;
        }
    };
    let mut simple = vec![
        source!("intrinsics.spl"),
        source!("memory.spl"),
        source!("heap.spl"),
        source!("environment.spl"),
        source!("rounding.spl"),
        source!("math.spl"),
        source!("angles.spl"),
    ];
    let mut templates = vec![template];
    match target.pointer_width {
        32 => simple.extend([source!("word32.spl"), source!("wide.spl")]),
        _ => simple.push(source!("word64.spl")),
    }
    if target.arch == Arch::Arm {
        templates.push(template!("arm.ll"));
    }
    simple.extend([source!("linux.spl"), calls]);
    Some(System { simple, templates })
}
