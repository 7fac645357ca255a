//! Back ends: MIR in; text, objects, machine code or a result out.

#[cfg(feature = "cranelift")]
pub mod cranelift;
pub mod interp;
mod libc;
pub mod llvm;
mod symbol;
