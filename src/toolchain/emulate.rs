//! Running programs of other targets: commands that come before a program.

use std::path::Path;

use super::error::ToolchainError;
use super::run::Command;
use crate::target::Emulator;

/// Scripts that emulators run programs by, each named in the arguments of an emulator between braces.
const SCRIPTS: &[(&str, &str)] = &[
    ("{run-wasi.mjs}", include_str!("../../templates/wasm/run-wasi.mjs")),
    ("{run-host.mjs}", include_str!("../../templates/wasm/run-host.mjs")),
];

/// The command of an emulator, to which the program and its arguments are added. Scripts that it needs are put in a folder.
///
/// # Errors
/// [`ToolchainError::CannotWrite`].
pub fn emulator_command(emulator: &Emulator, folder: &Path) -> Result<Command, ToolchainError> {
    let mut command = Command::new(&emulator.program);
    for (name, value) in &emulator.env {
        command = command.env(name, value);
    }
    for arg in &emulator.args {
        let Some((name, text)) = SCRIPTS.iter().find(|(name, _)| name == arg) else {
            command = command.arg(arg);
            continue;
        };
        let path = folder.join(name.trim_matches(['{', '}']));
        if let Err(error) = std::fs::write(&path, text) {
            return Err(ToolchainError::CannotWrite { path, why: error.to_string() });
        }
        command = command.arg(path);
    }
    Ok(command)
}
