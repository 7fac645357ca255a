//! MIR to objects or JIT code through Cranelift.
