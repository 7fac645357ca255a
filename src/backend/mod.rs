//! Back ends: MIR in; text, objects, machine code or a result out.

#[cfg(feature = "cranelift")]
pub mod cranelift;
pub mod interp;
pub mod llvm;
