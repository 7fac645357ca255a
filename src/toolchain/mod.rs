//! Finds, asks and runs LLVM and the linker; the only place that starts processes.
