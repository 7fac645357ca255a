//! The `simplec` program.

fn main() -> std::process::ExitCode {
    simplec::cli::main(std::env::args_os())
}
