//! The `simplec` program.

/// Trees of syntax, types and operations are very many small blocks, and half of them belong to threads of their own,
/// which the C library serves slowest.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    simplec::cli::main(std::env::args_os())
}
