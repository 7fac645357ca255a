//! The few passes over MIR that no back end does for us.
//!
//! LLVM optimises what it can see; what it cannot know is done here, before rich operations are expanded: an
//! `index.check` is still one operation, and that an array is the only reference to its elements is still a question
//! ([`versions`]). Small functions are put in place of their calls before ([`inline`]), so that these see what is called. Nothing here is needed for a program to be right, so builds without optimisation leave it out.

mod effects;
mod induction;
mod inline;
mod versions;

use crate::mir::{FuncId, Module};

/// Runs all passes over a module that lowering made.
///
/// They rely on what lowering promises beyond what the verifier checks: memory holds values of one type for as long as it
/// is reached by it, array headers are written as `!header` only, and what is read through a register that holds an address
/// may be read as soon as the register holds it, unless it is a payload or an element; one that may be null goes through
/// `nonnull` first.
pub fn optimize(module: &mut Module) {
    inline::inline_small(module);
    let effects = effects::of_functions(module);
    for id in 0..module.funcs.len() as u32 {
        versions::hoist_checks(module, FuncId(id), &effects);
    }
}
