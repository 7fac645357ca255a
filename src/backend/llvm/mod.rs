//! MIR to textual LLVM IR.
