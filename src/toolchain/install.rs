//! What to install when something is missing, in the words of this machine's package manager.

use crate::target::{Arch, Emulator, Os, Target};

/// How to get an LLVM that simplec can use.
pub fn llvm() -> &'static str {
    if cfg!(target_os = "macos") {
        "install LLVM: `brew install llvm@18 lld@18`"
    } else if cfg!(windows) {
        "install LLVM 18 for Windows and tick \"add LLVM to the PATH\""
    } else {
        "install LLVM 18: packages clang-18, lld-18 and llvm-18 (Debian and Ubuntu; where apt has none, \
         `scripts/setup --minimal` of the source tree), clang and lld (Fedora, Arch)"
    }
}

/// How to get a tool of an LLVM of that version that has clang already: distributions divide them.
pub fn tool(name: &str, version: u32) -> String {
    let package = if name.starts_with("llvm-") { "llvm" } else { "lld" };
    if cfg!(target_os = "macos") {
        format!("install it: `brew install {package}@{version}`")
    } else if cfg!(windows) {
        "install the whole of LLVM for Windows".to_owned()
    } else {
        format!("install package {package}-{version} (Debian and Ubuntu), {package} (Fedora, Arch)")
    }
}

/// How to get a linker driver.
pub fn linker() -> &'static str {
    if cfg!(target_os = "macos") {
        "install the command line tools: `xcode-select --install`"
    } else if cfg!(windows) {
        "install LLVM with lld"
    } else {
        "install a C compiler: packages gcc and libc6-dev (Debian and Ubuntu), gcc (Fedora, Arch)"
    }
}

/// How to get the C library of a target that is not this machine's; `None` where no distribution has one.
pub fn cross_libc(target: &Target) -> Option<String> {
    match target.os {
        Os::Linux => {}
        Os::Windows => {
            return Some(
                "install package gcc-mingw-w64 (Debian and Ubuntu), and name it: `--sysroot=/usr`".to_owned(),
            );
        }
        Os::Wasi => {
            return Some(
                "install packages wasi-libc and libclang-rt-18-dev-wasm32 (Debian and Ubuntu), and name it: `--sysroot=/usr`"
                    .to_owned(),
            );
        }
        Os::MacOs | Os::None => return None,
    }
    let debian = match target.arch {
        Arch::X86_64 => "amd64",
        Arch::X86 => "i386",
        Arch::Aarch64 => "arm64",
        Arch::Arm => "armhf",
        Arch::Riscv64 => "riscv64",
        Arch::Riscv32 | Arch::Wasm32 | Arch::Wasm64 | Arch::Other => return None,
    };
    Some(format!(
        "install packages libc6-dev-{debian}-cross and libgcc-12-dev-{debian}-cross (Debian and Ubuntu)"
    ))
}

/// How to get one of a target's emulators; `None` where it has none.
pub fn emulator(known: &[Emulator]) -> Option<String> {
    let mut packages: Vec<&str> = Vec::new();
    for Emulator { program, .. } in known {
        let package = match program.rsplit('/').next().unwrap_or(program) {
            "qemu-system-arm" => "qemu-system-arm",
            name if name.starts_with("qemu-system-") => "qemu-system-misc",
            name if name.starts_with("qemu-") => "qemu-user",
            "wine64" | "wine" => "wine64",
            "node" => "nodejs",
            name => name,
        };
        if !packages.contains(&package) {
            packages.push(package);
        }
    }
    (!packages.is_empty()).then(|| format!("install {}", packages.join(" or ")))
}
