//! What there is to know about one target: the form of `toolchains/*.json`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::data_layout::{DataLayout, Mangling};

/// Declares an enum whose variants have one name each in the JSON files and on the screen.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// Its name in target files.
            pub fn name(self) -> &'static str {
                match self {
                    $($name::$variant => $text,)*
                }
            }
        }
    };
}

named! {
    /// The processor family.
    Arch {
        /// 64-bit x86.
        X86_64 = "x86_64",
        /// 32-bit x86.
        X86 = "x86",
        /// 64-bit Arm.
        Aarch64 = "aarch64",
        /// 32-bit Arm.
        Arm = "arm",
        /// 64-bit RISC-V.
        Riscv64 = "riscv64",
        /// 32-bit RISC-V.
        Riscv32 = "riscv32",
        /// WebAssembly with 32-bit memory.
        Wasm32 = "wasm32",
        /// WebAssembly with 64-bit memory.
        Wasm64 = "wasm64",
        /// Another one, of which only LLVM knows.
        Other = "other",
    }
}

impl Arch {
    /// Bits of a pointer, where that is known.
    fn pointer_width(self) -> Option<u32> {
        match self {
            Arch::X86_64 | Arch::Aarch64 | Arch::Riscv64 | Arch::Wasm64 => Some(64),
            Arch::X86 | Arch::Arm | Arch::Riscv32 | Arch::Wasm32 => Some(32),
            Arch::Other => None,
        }
    }
}

named! {
    /// The operating system.
    Os {
        /// Linux.
        Linux = "linux",
        /// Windows.
        Windows = "windows",
        /// macOS.
        MacOs = "macos",
        /// The WebAssembly system interface, preview 1.
        Wasi = "wasi",
        /// None: the program brings what it needs.
        None = "none",
    }
}

impl Os {
    /// What its programs are, where it has programs.
    fn object_format(self) -> Option<ObjectFormat> {
        match self {
            Os::Linux => Some(ObjectFormat::Elf),
            Os::Windows => Some(ObjectFormat::Coff),
            Os::MacOs => Some(ObjectFormat::MachO),
            Os::Wasi => Some(ObjectFormat::Wasm),
            Os::None => None,
        }
    }
}

named! {
    /// The C calling convention of `extern fn` and `export fn`.
    CAbi {
        /// System V, x86-64 psABI.
        SysV64 = "sysv64",
        /// Microsoft x64.
        Win64 = "win64",
        /// System V, i386 psABI.
        SysV32 = "sysv32",
        /// 32-bit Windows cdecl.
        Win32 = "win32",
        /// Procedure Call Standard for the Arm 64-bit Architecture.
        Aapcs64 = "aapcs64",
        /// Apple's variant of it: packed stack arguments, variadics on the stack.
        AppleAapcs64 = "apple-aapcs64",
        /// Procedure Call Standard for the Arm Architecture, core registers only.
        Aapcs = "aapcs",
        /// The same with floats in VFP registers.
        AapcsVfp = "aapcs-vfp",
        /// RISC-V psABI, 64-bit, doubles in registers.
        Lp64d = "lp64d",
        /// RISC-V psABI, 32-bit, soft float.
        Ilp32 = "ilp32",
        /// RISC-V psABI, 32-bit, doubles in registers.
        Ilp32d = "ilp32d",
        /// WebAssembly tool conventions, basic C ABI.
        Wasm = "wasm",
        /// Another one, which leaves what is above small integers open.
        Open = "open",
        /// Another one, which extends integers to 32 bits.
        To32 = "to-32",
        /// Another one, which extends integers to 64 bits, as their types say.
        To64 = "to-64",
        /// Another one, which extends integers to 64 bits, those of 32 bits by their sign whatever their types are.
        SignedTo64 = "to-64-signed",
    }
}

impl CAbi {
    /// The processors whose registers it names; `None` where it names none.
    fn arches(self) -> Option<&'static [Arch]> {
        match self {
            CAbi::SysV64 | CAbi::Win64 => Some(&[Arch::X86_64]),
            CAbi::SysV32 | CAbi::Win32 => Some(&[Arch::X86]),
            CAbi::Aapcs64 | CAbi::AppleAapcs64 => Some(&[Arch::Aarch64]),
            CAbi::Aapcs | CAbi::AapcsVfp => Some(&[Arch::Arm]),
            CAbi::Lp64d => Some(&[Arch::Riscv64]),
            CAbi::Ilp32 | CAbi::Ilp32d => Some(&[Arch::Riscv32]),
            CAbi::Wasm => Some(&[Arch::Wasm32, Arch::Wasm64]),
            CAbi::Open | CAbi::To32 | CAbi::To64 | CAbi::SignedTo64 => None,
        }
    }
}

named! {
    /// The form of object files.
    ObjectFormat {
        /// ELF.
        Elf = "elf",
        /// COFF objects, PE programs.
        Coff = "coff",
        /// Mach-O.
        MachO = "mach-o",
        /// WebAssembly.
        Wasm = "wasm",
    }
}

named! {
    /// Which command line the linker understands.
    LinkerFlavor {
        /// GNU ld for ELF (`ld.lld`, `ld.bfd`, `mold`).
        Gnu = "gnu",
        /// GNU ld for PE (`ld.lld -m i386pep`).
        Mingw = "mingw",
        /// Apple's ld (`ld64.lld`).
        Darwin = "darwin",
        /// `wasm-ld`.
        Wasm = "wasm",
    }
}

impl LinkerFlavor {
    /// What it links.
    fn object_format(self) -> ObjectFormat {
        match self {
            LinkerFlavor::Gnu => ObjectFormat::Elf,
            LinkerFlavor::Mingw => ObjectFormat::Coff,
            LinkerFlavor::Darwin => ObjectFormat::MachO,
            LinkerFlavor::Wasm => ObjectFormat::Wasm,
        }
    }
}

named! {
    /// Byte order.
    Endian {
        /// Least significant byte first.
        Little = "little",
        /// Most significant byte first.
        Big = "big",
    }
}

/// A program that runs the target's programs on another machine.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Emulator {
    /// Its name on PATH, or its path.
    pub program: String,
    /// What comes before the program to run. A name between braces is a script that comes with simplec.
    pub args: Vec<String>,
    /// Variables of its environment.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

/// Names of a processor to the tools of PE files.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pe {
    /// To lld, behind `-m`.
    pub emulation: String,
    /// To llvm-dlltool, behind `-m`.
    pub machine: String,
}

fn last_tier() -> u8 {
    3
}

/// A target specification. Field by field the JSON form; everything but `llvm_triple`, `tier`, `target_abi`,
/// `loader` and `executable_suffix` must be given.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The name simplec knows it by.
    pub triple: String,
    /// The name LLVM knows it by, where that is another.
    #[serde(default)]
    llvm_triple: Option<String>,
    /// One line for `simplec targets`.
    pub description: String,
    /// How sure it is: in [`Target::TIERS`].
    #[serde(default = "last_tier")]
    pub tier: u8,
    /// Other names people use.
    pub aliases: Vec<String>,
    /// The processor family.
    pub arch: Arch,
    /// The operating system.
    pub os: Os,
    /// The C calling convention.
    pub c_abi: CAbi,
    /// Bits of a pointer and of `usize`: 32 or 64.
    pub pointer_width: u32,
    /// Byte order.
    pub endian: Endian,
    /// The layout in the spelling of the newest LLVM known (22). [`Target::llvm_data_layout`] has the others.
    pub data_layout: DataLayout,
    /// Components of `data_layout` that an LLVM older than the key must not see.
    data_layout_absent_before: BTreeMap<u32, Vec<String>>,
    /// The processor that code is made for unless another is asked for (LLVM's name).
    pub cpu: String,
    /// LLVM subtarget features, each with its `+` or `-`.
    pub features: Vec<String>,
    /// Value of the module flag `target-abi` (RISC-V).
    #[serde(default)]
    pub target_abi: Option<String>,
    /// The form of object files.
    pub object_format: ObjectFormat,
    /// Which command line the linker understands.
    pub linker: LinkerFlavor,
    /// What tools of PE files call the processor, for a target that has such programs.
    #[serde(default)]
    pub pe: Option<Pe>,
    /// Libraries every program is linked with, without prefix and suffix.
    pub libraries: Vec<String>,
    /// The symbol at which the system enters a program.
    pub entry: String,
    /// The program that loads programs whose libraries are shared, where the system has such.
    #[serde(default)]
    pub loader: Option<String>,
    /// Ending of a program's file name, with its dot.
    #[serde(default)]
    pub executable_suffix: String,
    /// What can run its programs on another machine, best first.
    pub emulators: Vec<Emulator>,
}

impl Target {
    /// What is tested of the targets of each tier, from the first on.
    pub const TIERS: [&str; 3] = [
        "the test suite runs, as the system or an emulator of it runs programs",
        "the test suite runs, on something made up for it",
        "objects are made",
    ];

    /// A target that only LLVM knows, by what it says: objects are made for it, and no programs.
    ///
    /// # Errors
    /// Says what there is about it that simplec has no way to deal with.
    pub fn of_llvm(triple: &str, data_layout: DataLayout, c_abi: CAbi) -> Result<Target, String> {
        check_width(data_layout.pointer_bits())?;
        let (object_format, linker) = match data_layout.mangling {
            Mangling::Elf if triple.starts_with("wasm") => (ObjectFormat::Wasm, LinkerFlavor::Wasm),
            Mangling::Elf | Mangling::Mips => (ObjectFormat::Elf, LinkerFlavor::Gnu),
            Mangling::MachO => (ObjectFormat::MachO, LinkerFlavor::Darwin),
            Mangling::Coff | Mangling::X86Coff => (ObjectFormat::Coff, LinkerFlavor::Mingw),
            Mangling::Goff | Mangling::Xcoff | Mangling::None => {
                return Err(format!("objects for {triple} are neither ELF nor COFF, Mach-O or WebAssembly"));
            }
        };
        let target = Target {
            triple: triple.to_owned(),
            llvm_triple: None,
            description: "known to LLVM only".to_owned(),
            tier: last_tier(),
            aliases: Vec::new(),
            arch: Arch::Other,
            os: Os::None,
            c_abi,
            pointer_width: data_layout.pointer_bits(),
            endian: if data_layout.big_endian { Endian::Big } else { Endian::Little },
            data_layout,
            data_layout_absent_before: BTreeMap::new(),
            cpu: String::new(),
            features: Vec::new(),
            target_abi: None,
            object_format,
            linker,
            pe: None,
            libraries: Vec::new(),
            entry: "_start".to_owned(),
            loader: None,
            executable_suffix: String::new(),
            emulators: Vec::new(),
        };
        target.check()?;
        Ok(target)
    }

    /// Reads a target file's text and checks that it does not contradict itself.
    ///
    /// # Errors
    /// Says what is malformed, and where in the text when it is the JSON.
    pub fn from_json(text: &str) -> Result<Target, String> {
        let target: Target = serde_json::from_str(text).map_err(|error| error.to_string())?;
        target.check()?;
        Ok(target)
    }

    fn check(&self) -> Result<(), String> {
        if !self.triple.contains('-') || self.triple.chars().any(char::is_whitespace) {
            let is_arch =
                !self.triple.is_empty() && self.triple.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            let hint = if is_arch {
                format!(": for that processor without a system write `{}-unknown-none`", self.triple)
            } else {
                String::new()
            };
            return Err(format!("triple `{}` is not of the form arch-system{hint}", self.triple));
        }
        if !(1..=Target::TIERS.len()).contains(&usize::from(self.tier)) {
            return Err(format!("tier is {}, and must be 1, 2 or 3", self.tier));
        }
        check_width(self.pointer_width)?;
        if self.data_layout.pointer_bits() != self.pointer_width {
            return Err(format!(
                "pointer_width is {}, but data_layout says {}",
                self.pointer_width,
                self.data_layout.pointer_bits()
            ));
        }
        if self.data_layout.big_endian != (self.endian == Endian::Big) {
            return Err(format!("endian is {}, but data_layout says otherwise", self.endian.name()));
        }
        let components: Vec<&str> = self.data_layout.as_str().split('-').collect();
        for gone in self.data_layout_absent_before.values().flatten() {
            if !components.contains(&gone.as_str()) {
                return Err(format!("data_layout_absent_before names `{gone}`, which is not in data_layout"));
            }
        }
        if let Some(feature) = self.features.iter().find(|feature| !feature.starts_with(['+', '-'])) {
            return Err(format!("feature `{feature}` starts neither with `+` nor with `-`"));
        }
        self.check_kinds()
    }

    /// Whether fields that each say a part of what a target is say it of one target.
    fn check_kinds(&self) -> Result<(), String> {
        let against = |field, value, other, meant| Err(format!("{field} is {value}, but {other} is {meant}"));
        let arch = self.arch.name();
        if let Some(width) = self.arch.pointer_width().filter(|&width| width != self.pointer_width) {
            return Err(format!("pointer_width is {}, and that of {arch} is {width}", self.pointer_width));
        }
        if self.c_abi.arches().is_some_and(|arches| !arches.contains(&self.arch)) {
            return against("c_abi", self.c_abi.name(), "arch", arch);
        }
        let format = self.object_format;
        if self.os.object_format().is_some_and(|of_system| of_system != format) {
            return against("object_format", format.name(), "os", self.os.name());
        }
        if self.linker.object_format() != format {
            return against("object_format", format.name(), "linker", self.linker.name());
        }
        let is_wasm = matches!(self.arch, Arch::Wasm32 | Arch::Wasm64);
        if self.arch != Arch::Other && is_wasm != (format == ObjectFormat::Wasm) {
            return against("object_format", format.name(), "arch", arch);
        }
        let of_layout: &[ObjectFormat] = match self.data_layout.mangling {
            Mangling::Elf | Mangling::None => &[ObjectFormat::Elf, ObjectFormat::Wasm],
            Mangling::Mips => &[ObjectFormat::Elf],
            Mangling::MachO => &[ObjectFormat::MachO],
            Mangling::Coff | Mangling::X86Coff => &[ObjectFormat::Coff],
            Mangling::Goff | Mangling::Xcoff => &[],
        };
        if !of_layout.contains(&format) {
            return Err(format!("object_format is {}, but data_layout is of another", format.name()));
        }
        if self.os == Os::MacOs && self.system_version().is_none_or(str::is_empty) {
            let triple = self.llvm_triple();
            return Err(format!(
                "llvm_triple is {triple}, without the oldest version of the system, as in `arm64-apple-macosx11.0.0`"
            ));
        }
        if self.entry.is_empty() {
            return Err("entry is empty".to_owned());
        }
        Ok(())
    }

    /// The triple as LLVM and clang want it.
    pub fn llvm_triple(&self) -> &str {
        self.llvm_triple.as_deref().unwrap_or(&self.triple)
    }

    /// Whether its programs may have several threads, so that a variable of each thread is another thing than a variable.
    pub fn has_threads(&self) -> bool {
        match self.os {
            Os::Linux | Os::Windows | Os::MacOs => true,
            Os::Wasi => false,
            // Of the systems of other processors nothing is known: LLVM's form of them is right everywhere.
            Os::None => self.arch == Arch::Other,
        }
    }

    /// The oldest version of the system that its programs run on, where LLVM's triple says one: macOS.
    pub fn system_version(&self) -> Option<&str> {
        self.llvm_triple().split_once("-macosx").map(|(_, version)| version)
    }

    /// The data layout string that LLVM of major version `version` has for this target. Used when no LLVM is
    /// there to be asked.
    pub fn llvm_data_layout(&self, version: u32) -> String {
        let mut components: Vec<&str> = self.data_layout.as_str().split('-').collect();
        for (_, gone) in self.data_layout_absent_before.range(version.saturating_add(1)..) {
            components.retain(|component| !gone.iter().any(|absent| absent == component));
        }
        components.join("-")
    }

    /// The features as LLVM's `"target-features"` attribute wants them.
    pub fn llvm_features(&self) -> String {
        self.features.join(",")
    }

    /// Whether a name means this target, by triple, LLVM triple or alias.
    pub fn is_named(&self, name: &str) -> bool {
        let name = normalise(name);
        self.names().any(|known| normalise(known) == name)
    }

    /// Every name it goes by, the triple first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.triple.as_str())
            .chain(self.llvm_triple.as_deref())
            .chain(self.aliases.iter().map(String::as_str))
    }
}

fn check_width(pointer_width: u32) -> Result<(), String> {
    match pointer_width {
        32 | 64 => Ok(()),
        other => Err(format!("pointer_width is {other}, and must be 32 or 64")),
    }
}

/// Letters small, and without the system version that Apple triples carry (`arm64-apple-macosx14.0.0`).
fn normalise(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    if name.contains("-macos") || name.contains("-darwin") {
        return name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').to_owned();
    }
    name
}
