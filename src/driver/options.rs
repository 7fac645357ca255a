//! What the user asked for.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::lower::Variables;
use crate::runtime;
use crate::target::{self, ObjectFormat, Target};
use crate::toolchain::Level;

/// Declares an enum whose variants have one name each on the command line.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
        }

        impl $name {
            /// Every one, in the order that help lists them.
            pub const ALL: &[$name] = &[$($name::$variant),*];

            /// Its name on the command line.
            pub fn name(self) -> &'static str {
                match self {
                    $($name::$variant => $text,)*
                }
            }

            /// The one of that name.
            pub fn parse(name: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|known| known.name() == name)
            }
        }
    };
}

named! {
    /// What makes the code.
    Backend {
        /// Textual LLVM IR and an external clang.
        Llvm = "llvm",
        /// Cranelift, in this process.
        Cranelift = "cranelift",
        /// No code at all: MIR is interpreted, with checked memory.
        Interp = "interp",
    }
}

impl Backend {
    /// Its name in sentences.
    pub fn title(self) -> &'static str {
        match self {
            Backend::Llvm => "LLVM",
            Backend::Cranelift => "Cranelift",
            Backend::Interp => "the interpreter",
        }
    }
}

named! {
    /// A named set of decisions.
    Profile {
        /// Fast to build.
        Debug = "debug",
        /// Fast to run: `-O2`.
        Release = "release",
        /// Small: `-Os`.
        Size = "size",
        /// As fast to run as possible: `-O3`.
        Speed = "speed",
        /// Checked memory.
        Test = "test",
        /// Needs nothing but simplec.
        Bootstrap = "bootstrap",
    }
}

impl Profile {
    /// The optimisation level of the profile, where LLVM makes the code.
    pub fn level(self) -> Level {
        match self {
            // What `-Og` means to clang.
            Profile::Debug | Profile::Test | Profile::Bootstrap => Level::O1,
            Profile::Release => Level::O2,
            Profile::Size => Level::Os,
            Profile::Speed => Level::O3,
        }
    }
}

named! {
    /// A kind of output.
    EmitKind {
        /// MIR text.
        Mir = "mir",
        /// LLVM IR text, as simplec writes it.
        LlvmIr = "llvm-ir",
        /// LLVM bitcode, optimised.
        LlvmBc = "llvm-bc",
        /// Assembly text.
        Asm = "asm",
        /// An object file.
        Obj = "obj",
        /// A program.
        Exe = "exe",
        /// A static library.
        StaticLib = "staticlib",
        /// A shared library.
        DyLib = "dylib",
        /// What programs for Windows are linked with that use a shared library.
        ImportLib = "implib",
        /// Which files the other outputs depend on, as a rule for make.
        DepInfo = "dep-info",
    }
}

impl EmitKind {
    /// Whether it can go to a terminal.
    pub fn is_text(self) -> bool {
        match self {
            EmitKind::Mir | EmitKind::LlvmIr | EmitKind::Asm | EmitKind::DepInfo => true,
            EmitKind::LlvmBc
            | EmitKind::Obj
            | EmitKind::Exe
            | EmitKind::StaticLib
            | EmitKind::DyLib
            | EmitKind::ImportLib => false,
        }
    }

    /// Whether only the LLVM back end makes it.
    pub fn needs_llvm(self) -> bool {
        match self {
            EmitKind::LlvmIr | EmitKind::LlvmBc | EmitKind::Asm => true,
            EmitKind::Mir
            | EmitKind::Obj
            | EmitKind::Exe
            | EmitKind::StaticLib
            | EmitKind::DyLib
            | EmitKind::ImportLib
            | EmitKind::DepInfo => false,
        }
    }

    /// Whether a back end makes it.
    pub fn is_code(self) -> bool {
        match self {
            EmitKind::LlvmIr
            | EmitKind::LlvmBc
            | EmitKind::Asm
            | EmitKind::Obj
            | EmitKind::Exe
            | EmitKind::StaticLib
            | EmitKind::DyLib
            | EmitKind::ImportLib => true,
            EmitKind::Mir | EmitKind::DepInfo => false,
        }
    }

    /// Whether it is a library, or goes with one.
    pub fn is_library(self) -> bool {
        match self {
            EmitKind::StaticLib | EmitKind::DyLib | EmitKind::ImportLib => true,
            EmitKind::Mir
            | EmitKind::LlvmIr
            | EmitKind::LlvmBc
            | EmitKind::Asm
            | EmitKind::Obj
            | EmitKind::Exe
            | EmitKind::DepInfo => false,
        }
    }

    /// Whether it is made of an object file.
    pub fn has_object(self) -> bool {
        match self {
            EmitKind::Obj | EmitKind::Exe | EmitKind::StaticLib | EmitKind::DyLib => true,
            EmitKind::Mir
            | EmitKind::LlvmIr
            | EmitKind::LlvmBc
            | EmitKind::Asm
            | EmitKind::ImportLib
            | EmitKind::DepInfo => false,
        }
    }

    /// What the names of its files begin with that nobody gave another.
    pub fn prefix(self, target: &Target) -> &'static str {
        match self {
            EmitKind::DyLib if target.object_format == ObjectFormat::Coff => "",
            EmitKind::StaticLib | EmitKind::DyLib | EmitKind::ImportLib => "lib",
            EmitKind::Mir
            | EmitKind::LlvmIr
            | EmitKind::LlvmBc
            | EmitKind::Asm
            | EmitKind::Obj
            | EmitKind::Exe
            | EmitKind::DepInfo => "",
        }
    }

    /// The ending of its files, with the dot.
    pub fn suffix(self, target: &Target) -> &str {
        match self {
            EmitKind::Mir => ".mir",
            EmitKind::LlvmIr => ".ll",
            EmitKind::LlvmBc => ".bc",
            EmitKind::Asm => ".s",
            EmitKind::Obj => ".o",
            EmitKind::Exe => &target.executable_suffix,
            EmitKind::StaticLib => ".a",
            EmitKind::DyLib => match target.object_format {
                ObjectFormat::Elf => ".so",
                ObjectFormat::Coff => ".dll",
                ObjectFormat::MachO => ".dylib",
                ObjectFormat::Wasm => ".wasm",
            },
            EmitKind::ImportLib => ".dll.a",
            EmitKind::DepInfo => ".d",
        }
    }
}

/// One output that was asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Emit {
    /// What.
    pub kind: EmitKind,
    /// Where, if `--emit=kind=PATH` says so; `-` is standard output.
    pub path: Option<PathBuf>,
}

/// What a program is linked with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkMode {
    /// What comes with simplec, and nothing else.
    SelfContained,
    /// The shared libraries of the target's system, which need not be there: the names of their functions come with simplec.
    Dynamic,
    /// The libraries of the target's system, through a C compiler.
    System,
}

impl LinkMode {
    /// All of them, with the names of `--link`.
    pub const ALL: &[LinkMode] = &[LinkMode::SelfContained, LinkMode::Dynamic, LinkMode::System];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            LinkMode::SelfContained => "self-contained",
            LinkMode::Dynamic => "dynamic",
            LinkMode::System => "system",
        }
    }
}

/// What `--timings` writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimingsFormat {
    /// A page.
    Html,
    /// The trace event format, which browsers and viewers of profiles open.
    Trace,
}

impl TimingsFormat {
    /// All of them.
    pub const ALL: &'static [TimingsFormat] = &[TimingsFormat::Html, TimingsFormat::Trace];

    /// As it is asked for.
    pub fn name(self) -> &'static str {
        match self {
            TimingsFormat::Html => "html",
            TimingsFormat::Trace => "trace",
        }
    }
}

/// The options of one invocation.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the program is for.
    pub target: Target,
    /// The named set of decisions.
    pub profile: Profile,
    /// `-O`, which outweighs the profile's level.
    pub level: Option<Level>,
    /// `--backend`.
    pub backend: Option<Backend>,
    /// Whether Cranelift may stand in for an LLVM that is missing or fails.
    pub fallback: bool,
    /// What to write; a program if empty.
    pub emit: Vec<Emit>,
    /// `-o`; `-` is standard output.
    pub output: Option<PathBuf>,
    /// `--link`, which outweighs what the target suggests.
    pub link: Option<LinkMode>,
    /// `--linker`: what links.
    pub linker: Option<PathBuf>,
    /// `--sysroot`: where the target's system keeps its libraries.
    pub sysroot: Option<PathBuf>,
    /// `-C link-args`.
    pub link_args: Vec<OsString>,
    /// `-C llvm-args`.
    pub llvm_args: Vec<String>,
    /// `--tool-timeout`: how long a compiler or linker may run.
    pub tool_limit: Option<Duration>,
    /// Whether intermediate files are kept beside the output.
    pub save_temps: bool,
    /// Whether commands are shown instead of run.
    pub dry_run: bool,
    /// Write debug information, in which the current directory is this one.
    pub debug_info: Option<String>,
    /// `-C backtrace`: whether a panic tells of the calls that led to it; with debug information, if nothing is said.
    pub backtrace: Option<bool>,
    /// Write how long each part took.
    pub timings: Option<TimingsFormat>,
    /// `--remap-path-prefix`: what paths in outputs begin with instead; of those that fit, the last.
    pub remap: Vec<(PathBuf, PathBuf)>,
}

impl Options {
    /// How long a compiler or linker may run if nothing is said: far longer than one that does not hang.
    pub const TOOL_LIMIT: Duration = Duration::from_secs(600);

    /// The name of a file as outputs have it.
    pub fn remapped(&self, name: &str) -> String {
        let fitting =
            |(from, to): &(PathBuf, PathBuf)| Some(to.join(Path::new(name).strip_prefix(from).ok()?));
        let path = self.remap.iter().rev().find_map(fitting);
        path.map_or_else(|| name.to_owned(), |path| path.to_string_lossy().into_owned())
    }

    /// A debug build for a target, and nothing special.
    pub fn new(target: Target) -> Options {
        Options {
            target,
            profile: Profile::Debug,
            level: None,
            backend: None,
            fallback: true,
            emit: Vec::new(),
            output: None,
            link: None,
            linker: None,
            sysroot: None,
            link_args: Vec::new(),
            llvm_args: Vec::new(),
            tool_limit: Some(Options::TOOL_LIMIT),
            save_temps: false,
            dry_run: false,
            debug_info: None,
            backtrace: None,
            timings: None,
            remap: Vec::new(),
        }
    }

    /// Whether the code is a library's: it has no `main`.
    pub fn makes_library(&self) -> bool {
        self.emit.iter().any(|emit| emit.kind.is_library())
    }

    /// Whether there are outputs, and neither a program nor a library among them.
    pub fn makes_no_program(&self) -> bool {
        let is_whole = |kind: EmitKind| kind == EmitKind::Exe || kind.is_library();
        !self.emit.is_empty() && !self.emit.iter().any(|emit| is_whole(emit.kind))
    }

    /// What the program is linked with: if nothing else was asked for, the system of this machine for programs of its kind,
    /// and nothing of a system for others.
    pub fn link_mode(&self) -> LinkMode {
        let is_of_host =
            target::host().is_ok_and(|host| (host.arch, host.os) == (self.target.arch, self.target.os));
        match self.link {
            Some(mode) => mode,
            None if self.sysroot.is_some() || is_of_host => LinkMode::System,
            None if runtime::system(&self.target, false).is_some() => LinkMode::SelfContained,
            None => LinkMode::System,
        }
    }

    /// How much LLVM optimises.
    pub fn llvm_level(&self) -> Level {
        match self.level {
            Some(level) => level,
            // What is optimised has lines and variables that no debugger finds.
            None if self.debug_info.is_some() && self.profile == Profile::Debug => Level::O0,
            None => self.profile.level(),
        }
    }

    /// Whether MIR is optimised before any back end sees it. What is done there makes code faster and larger.
    pub fn optimizes_mir(&self) -> bool {
        match self.llvm_level() {
            Level::O2 | Level::O3 => true,
            Level::O0 | Level::O1 | Level::Os | Level::Oz => false,
        }
    }

    /// Whether the program keeps account of its calls, which a panic then tells of.
    pub fn keeps_calls(&self) -> bool {
        self.backtrace.unwrap_or(self.debug_info.is_some())
    }

    /// What lowering says of variables.
    pub fn variables(&self) -> Variables {
        match (&self.debug_info, self.llvm_level()) {
            (None, _) => Variables::Silent,
            (Some(_), Level::O0) => Variables::InSlots,
            (Some(_), Level::O1 | Level::O2 | Level::O3 | Level::Os | Level::Oz) => Variables::InPlace,
        }
    }
}
