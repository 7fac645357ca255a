//! MIR to a result, with checked memory.
