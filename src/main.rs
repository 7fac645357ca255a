//! The `simplec` program.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
