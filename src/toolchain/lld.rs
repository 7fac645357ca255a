//! From object files to a program with nothing of the target's system at hand: the command lines of LLVM's own linkers.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::error::ToolchainError;
use super::link::{LinkJob, Linker};
use super::probe::{Llvm, Tool};
use super::run::Command;
use crate::target::{Arch, LinkerFlavor, Pe, Target};

impl Linker {
    /// The linker of the LLVM in use that understands a target's objects.
    ///
    /// # Errors
    /// [`ToolchainError::LldMissing`].
    pub fn lld(llvm: &Llvm, target: &Target) -> Result<Linker, ToolchainError> {
        let tool = match target.linker {
            LinkerFlavor::Gnu | LinkerFlavor::Mingw => Tool::LldElf,
            LinkerFlavor::Darwin => Tool::LldMachO,
            LinkerFlavor::Wasm => Tool::WasmLd,
        };
        match llvm.tool(tool) {
            Some(path) => Ok(Linker::Lld { path, version: Some(llvm.version_line.clone()) }),
            None => Err(ToolchainError::LldMissing {
                name: tool.name(),
                beside: llvm.clang.clone(),
                version: llvm.version.major,
            }),
        }
    }
}

/// What the tools of PE files call a target's processor.
///
/// # Errors
/// [`ToolchainError::CannotLink`] where the target does not say.
pub(super) fn pe(target: &Target) -> Result<&Pe, ToolchainError> {
    target.pe.as_ref().ok_or_else(|| ToolchainError::CannotLink { triple: target.triple.clone() })
}

/// The command that links to `output` by the linker at a path.
///
/// # Errors
/// [`ToolchainError::CannotLink`] for programs for Windows on a processor that none were made for.
pub(super) fn command(path: &Path, job: &LinkJob<'_>, output: &Path) -> Result<Command, ToolchainError> {
    let target = job.target;
    let mut command = Command::new(path).env("LC_ALL", "C").limit(job.limit);
    command = match target.linker {
        LinkerFlavor::Gnu => {
            let command = command.args(["--gc-sections", "--build-id=none"]);
            let command = match job.loader {
                _ if job.is_shared => command.args(["-shared", "--as-needed", "--exclude-libs=ALL"]),
                Some(loader) => {
                    command.args(["-pie", "--as-needed", "--dynamic-linker", loader, "-e", &target.entry])
                }
                None => command.args(["-static", "-e", &target.entry]),
            };
            match job.script {
                // Nothing maps an image into memory, so that nothing in it need begin at a page.
                Some(_) if brings_script(job.args) => command.arg("-n"),
                Some(script) => command.args(["-n", "-T"]).arg(script),
                None => command,
            }
        }
        LinkerFlavor::Mingw => {
            let Pe { emulation, .. } = pe(target)?;
            let entry = if job.is_shared { library_entry(target) } else { target.entry.clone() };
            let entry = format!("{}{entry}", target.data_layout.symbol_prefix());
            let command =
                command.args(["-m", emulation, "--gc-sections", "--build-id=none", "--subsystem", "console"]);
            // One section less: headers of at most three fit into the first 512 bytes.
            let command = command.arg("-Xlink=-merge:.rdata=.data");
            let command = if job.is_shared {
                command.args(["-shared", "--exclude-all-symbols"])
            } else {
                // As much as other systems give.
                command.args(["--stack", "8388608"])
            };
            command.args(["-e", &entry])
        }
        LinkerFlavor::Darwin => {
            let arch = target.llvm_triple().split('-').next().unwrap_or_default();
            let version = target.system_version().unwrap_or_default();
            let command =
                command.args(["-arch", arch, "-platform_version", "macos", version, version, "-dead_strip"]);
            match job.exports {
                // Its users say where it is, beside themselves or elsewhere.
                Some(list) if job.is_shared => {
                    let name = job.output.file_name().unwrap_or_default().to_string_lossy();
                    let name = format!("@rpath/{name}");
                    command.args(["-dylib", "-install_name", &name, "-exported_symbols_list"]).arg(list)
                }
                Some(_) | None => command,
            }
        }
        LinkerFlavor::Wasm => {
            let memory: &[&str] = if target.pointer_width == 64 { &["-mwasm64"] } else { &[] };
            command.args(memory).args(["--gc-sections", "--stack-first", "-z", "stack-size=1048576"])
        }
    };
    if job.strip {
        command = command.arg("-s");
    }
    if let (LinkerFlavor::Mingw, Some(list)) = (target.linker, job.exports) {
        command = command.arg(list);
    }
    Ok(command.args(job.objects).args(job.args.iter().flat_map(|arg| passed_on(arg))).arg("-o").arg(output))
}

/// The function that Windows calls of a shared library, as 32-bit x86 tells the bytes of its arguments.
fn library_entry(target: &Target) -> String {
    let bytes = if target.arch == Arch::X86 { "@12" } else { "" };
    format!("DllMainCRTStartup{bytes}")
}

/// Whether arguments for the linker name a script.
fn brings_script(args: &[OsString]) -> bool {
    let addresses = ["-Ttext", "-Tdata", "-Tbss"];
    args.iter().flat_map(|arg| passed_on(arg)).any(|arg| {
        let arg = arg.to_string_lossy();
        let is_short = arg.starts_with("-T") && !addresses.iter().any(|known| arg.starts_with(known));
        is_short || arg.trim_start_matches('-').starts_with("script") && arg.starts_with('-')
    })
}

/// An argument as a C compiler would give it to its linker.
fn passed_on(arg: &OsStr) -> Vec<OsString> {
    match arg.to_str().and_then(|arg| arg.strip_prefix("-Wl,")) {
        Some(words) => words.split(',').map(OsString::from).collect(),
        None => vec![arg.to_owned()],
    }
}

/// The names that a linker did not find, each once, as C has them: without what symbols begin with. LLVM's name them in one way,
/// and GNU's in another.
pub(super) fn undefined(stderr: &str, prefix: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for line in stderr.lines() {
        let of_gnu = || line.split_once("undefined reference to `")?.1.strip_suffix('\'');
        let Some(name) = line.split_once("undefined symbol: ").map(|(_, name)| name).or_else(of_gnu) else {
            continue;
        };
        let name = name.strip_prefix(prefix).unwrap_or(name);
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}
