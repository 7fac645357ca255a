//! Function attributes: the interned groups `#0`, `#1`, … of a module.

use super::text::Text;
use super::{FramePointer, OptLevel, Options};
use crate::mir::{FuncFacts, Inline};
use crate::target::Target;

/// A set of function attributes. Everything the compiler makes or calls is `nounwind`: the language has no unwinder.
/// `mustprogress` and `willreturn` are never claimed of Simple code, whose loops may run for ever.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Group {
    /// A function with a body.
    Defined { facts: FuncFacts, noreturn: bool },
    /// A function of another object.
    Declared { cold: bool, noreturn: bool },
    /// `malloc`.
    Allocate,
    /// `calloc`.
    AllocateZeroed,
    /// `realloc`.
    Reallocate,
    /// `free`.
    Free,
}

/// The groups in use; the number of one is its position.
#[derive(Default)]
pub(super) struct Attributes {
    groups: Vec<Group>,
}

impl Attributes {
    /// The number of a group, which is in the module from here on.
    pub fn number(&mut self, group: Group) -> usize {
        self.groups.iter().position(|&known| known == group).unwrap_or_else(|| {
            self.groups.push(group);
            self.groups.len() - 1
        })
    }

    /// Writes the groups.
    pub fn write(&self, out: &mut Text, target: &Target, options: &Options) {
        for (i, &group) in self.groups.iter().enumerate() {
            out.s(if i == 0 { "\nattributes #" } else { "attributes #" });
            out.n(i);
            out.s(" = { nounwind");
            match group {
                Group::Defined { facts, noreturn } => defined(out, facts, noreturn, target, options),
                Group::Declared { cold, noreturn } => {
                    out.s(if cold { " cold" } else { "" });
                    out.s(if noreturn { " noreturn" } else { "" });
                }
                Group::Allocate => out.s(" willreturn allockind(\"alloc,uninitialized\") allocsize(0) \
                      memory(inaccessiblemem: readwrite) \"alloc-family\"=\"malloc\""),
                Group::AllocateZeroed => out.s(" willreturn allockind(\"alloc,zeroed\") allocsize(0,1) \
                      memory(inaccessiblemem: readwrite) \"alloc-family\"=\"malloc\""),
                Group::Reallocate => out.s(" willreturn allockind(\"realloc\") allocsize(1) \
                      memory(argmem: readwrite, inaccessiblemem: readwrite) \"alloc-family\"=\"malloc\""),
                Group::Free => out.s(" willreturn allockind(\"free\") \
                      memory(argmem: readwrite, inaccessiblemem: readwrite) \"alloc-family\"=\"malloc\""),
            }
            out.s(" }\n");
        }
    }
}

fn defined(out: &mut Text, facts: FuncFacts, noreturn: bool, target: &Target, options: &Options) {
    out.s(match facts.inline {
        Inline::Auto => "",
        Inline::Hint => " inlinehint",
        Inline::Always => " alwaysinline",
        Inline::Never => " noinline",
    });
    out.s(if facts.cold { " cold" } else { "" });
    out.s(if noreturn { " noreturn" } else { "" });
    out.s(match options.opt {
        OptLevel::O0 | OptLevel::O1 | OptLevel::O2 | OptLevel::O3 => "",
        OptLevel::Os => " optsize",
        OptLevel::Oz => " minsize optsize",
    });
    out.s(if options.is_c_library { " \"no-builtins\"" } else { "" });
    let kept = match options.frame_pointer {
        FramePointer::None => "none",
        FramePointer::NonLeaf => "non-leaf",
        FramePointer::All => "all",
    };
    let cpu = options.cpu.as_deref().unwrap_or(&target.cpu);
    let features = options.features.clone().unwrap_or_else(|| target.llvm_features());
    for (key, value) in [("frame-pointer", kept), ("target-cpu", cpu), ("target-features", &features)] {
        if !value.is_empty() && value != "none" {
            out.s(" \"");
            out.s(key);
            out.s("\"=");
            out.quoted(value.as_bytes());
        }
    }
}
