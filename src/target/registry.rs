//! The targets that come with simplec.

use std::sync::LazyLock;

use super::Target;
use crate::diagnostics::{Code, Diagnostic, closest};

macro_rules! files {
    ($($triple:literal)*) => {
        /// Triple and text of each file under `toolchains/`, in the order `simplec targets` lists them.
        const FILES: &[(&str, &str)] =
            &[$(($triple, include_str!(concat!("../../toolchains/", $triple, ".json")))),*];
    };
}

files! {
    "x86_64-unknown-linux-gnu"
    "i686-unknown-linux-gnu"
    "aarch64-unknown-linux-gnu"
    "armv7-unknown-linux-gnueabihf"
    "riscv64gc-unknown-linux-gnu"
    "riscv32gc-unknown-linux-gnu"
    "x86_64-pc-windows-gnu"
    "i686-pc-windows-gnu"
    "x86_64-apple-darwin"
    "aarch64-apple-darwin"
    "wasm32-wasi"
    "wasm64-unknown-unknown"
    "thumbv7m-none-eabi"
    "riscv32imac-unknown-none-elf"
}

/// A file that does not parse is left out here; the tests below do not let it come so far.
static TARGETS: LazyLock<Vec<Target>> =
    LazyLock::new(|| FILES.iter().filter_map(|(_, text)| Target::from_json(text).ok()).collect());

/// Every target that comes with simplec.
pub fn all() -> &'static [Target] {
    &TARGETS
}

/// The target of that triple or alias.
///
/// # Errors
/// [`Code::UnknownTarget`], with the nearest name that is known.
pub fn find(name: &str) -> Result<&'static Target, Diagnostic> {
    if let Some(target) = all().iter().find(|target| target.is_named(name)) {
        return Ok(target);
    }
    let unknown = Diagnostic::error(Code::UnknownTarget, format!("unknown target `{name}`"));
    Err(match nearest(name) {
        Some(near) => unknown.help(format!("did you mean `{near}`?")),
        None => unknown,
    }
    .help("`simplec targets` lists the known ones; a file of your own is accepted as `--target ./my.json`"))
}

/// The name of a target that was meant by another one, if it was.
pub fn nearest(name: &str) -> Option<&'static str> {
    closest(name, all().iter().flat_map(Target::names))
}

/// The target of the machine simplec itself was built for.
///
/// # Errors
/// [`Code::UnknownTarget`] on a machine that simplec has no target for.
pub fn host() -> Result<&'static Target, Diagnostic> {
    find(&target_lexicon::HOST.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::target::{Arch, Os};

    #[test]
    fn every_file_is_in_the_table_and_valid() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/toolchains");
        let mut on_disk: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| {
                entry.unwrap().file_name().into_string().unwrap().strip_suffix(".json").map(str::to_owned)
            })
            .collect();
        on_disk.sort_unstable();
        let mut in_table: Vec<&str> = FILES.iter().map(|&(triple, _)| triple).collect();
        in_table.sort_unstable();
        assert_eq!(on_disk, in_table);
        for (triple, text) in FILES {
            let target = Target::from_json(text).unwrap_or_else(|error| panic!("{triple}: {error}"));
            assert_eq!(&target.triple, triple, "a file is named after its triple");
        }
        assert_eq!(all().len(), FILES.len());
    }

    #[test]
    fn no_name_means_two_targets() {
        let mut owner = BTreeMap::new();
        for target in all() {
            for name in target.names() {
                let before = owner.insert(name, &target.triple);
                assert!(
                    before.is_none_or(|other| other == &target.triple),
                    "{name}: {before:?}, {}",
                    target.triple
                );
            }
        }
    }

    #[test]
    fn aliases_and_versions_normalise() {
        for (name, triple) in [
            ("x86_64-linux-gnu", "x86_64-unknown-linux-gnu"),
            ("ARM64-apple-macosx14.2", "aarch64-apple-darwin"),
            ("aarch64-apple-darwin23.1.0", "aarch64-apple-darwin"),
            ("riscv64-unknown-linux-gnu", "riscv64gc-unknown-linux-gnu"),
            ("i686-w64-mingw32", "i686-pc-windows-gnu"),
        ] {
            assert_eq!(find(name).unwrap().triple, triple);
        }
    }

    #[test]
    fn an_unknown_name_gets_the_nearest_known_one() {
        let error = find("x86_64-unknown-linux-gun").unwrap_err();
        assert_eq!(error.code, Some(Code::UnknownTarget));
        assert_eq!(error.helps[0], "did you mean `x86_64-unknown-linux-gnu`?");
        let error = find("pdp11").unwrap_err();
        assert_eq!(error.helps.len(), 1, "nothing is near: {:?}", error.helps);
    }

    #[test]
    fn the_host_is_found() {
        let host = host().unwrap();
        assert_eq!(host.pointer_width, usize::BITS);
        assert_eq!(host.os == Os::Linux, cfg!(target_os = "linux"));
    }

    /// The strings that clang 18 and opt 19 and 22 print for these triples, and LLVM 17's without x86's `i128:128`.
    #[test]
    fn data_layouts_of_older_versions() {
        let arm = find("aarch64-unknown-linux-gnu").unwrap();
        assert_eq!(arm.llvm_data_layout(18), "e-m:e-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128");
        assert_eq!(arm.llvm_data_layout(19), "e-m:e-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32");
        assert_eq!(arm.llvm_data_layout(22), arm.data_layout.as_str());
        let x86 = find("x86_64-unknown-linux-gnu").unwrap();
        assert_eq!(
            x86.llvm_data_layout(17),
            "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-f80:128-n8:16:32:64-S128"
        );
        assert_eq!(x86.llvm_data_layout(18), x86.data_layout.as_str());
        assert_eq!(x86.llvm_data_layout(u32::MAX), x86.data_layout.as_str());
        let wasm = find("wasm32-wasi").unwrap();
        assert_eq!(wasm.llvm_data_layout(18), "e-m:e-p:32:32-p10:8:8-p20:8:8-i64:64-n32:64-S128-ni:1:10:20");
    }

    #[test]
    fn i686_aligns_i64_and_f64_as_its_system_does() {
        let linux = &find("i686-unknown-linux-gnu").unwrap().data_layout;
        let windows = &find("i686-pc-windows-gnu").unwrap().data_layout;
        assert_eq!((linux.int_align(64), linux.float_align(64)), (4, 4));
        assert_eq!((windows.int_align(64), windows.float_align(64)), (8, 8));
    }

    #[test]
    fn contradictions_are_refused() {
        let good = FILES[0].1;
        for (from, to, part) in [
            ("\"pointer_width\": 64", "\"pointer_width\": 32", "but data_layout says 64"),
            ("\"pointer_width\": 64", "\"pointer_width\": 16", "must be 32 or 64"),
            ("\"little\"", "\"big\"", "endian is big"),
            ("\"little\"", "\"middle\"", "unknown variant `middle`"),
            ("\"i128:128\"", "\"i256:256\"", "`i256:256`"),
            ("\"+cmov\"", "\"cmov\"", "feature `cmov`"),
            ("\"entry\"", "\"entrance\"", "unknown field `entrance`"),
            ("f80:128", "f80:12", "12 is no alignment"),
            ("e-m:e", "e-q-m:e", "it is no known component"),
            ("\"x86_64-unknown-linux-gnu\"", "\"x86 64\"", "is not of the form"),
            ("\"arch\": \"x86_64\"", "\"arch\": \"arm\"", "pointer_width is 64, and that of arm is 32"),
            ("\"arch\": \"x86_64\"", "\"arch\": \"wasm64\"", "c_abi is sysv64, but arch is wasm64"),
            ("sysv64", "aapcs64", "c_abi is aapcs64, but arch is x86_64"),
            ("\"linux\"", "\"windows\"", "object_format is elf, but os is windows"),
            ("\"gnu\",", "\"darwin\",", "object_format is elf, but linker is darwin"),
            ("-m:e-", "-m:o-", "object_format is elf, but data_layout is of another"),
            ("\"_start\"", "\"\"", "entry is empty"),
            ("{", "", "at line 2"),
        ] {
            assert!(good.contains(from), "{from}");
            let error = Target::from_json(&good.replacen(from, to, 1)).unwrap_err();
            assert!(error.contains(part), "{to}: {error}");
        }
        let (_, mac) = FILES.iter().find(|(triple, _)| *triple == "aarch64-apple-darwin").unwrap();
        let error = Target::from_json(&mac.replacen("macosx11.0.0", "darwin", 1)).unwrap_err();
        assert!(error.contains("without the oldest version"), "{error}");
    }

    /// docs/targets.md says what each field is, and has no others.
    #[test]
    fn fields_are_documented() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/targets.md");
        let page = std::fs::read_to_string(page).unwrap();
        let rows = page.split("\n| field | what |").nth(1).unwrap().lines().skip(2);
        let mut documented: Vec<&str> =
            rows.map_while(|row| row.strip_prefix("| `")?.split('`').next()).collect();
        let mut known: Vec<String> = FILES
            .iter()
            .flat_map(|(_, text)| {
                let file: BTreeMap<String, serde_json::Value> = serde_json::from_str(text).unwrap();
                file.into_keys()
            })
            .collect();
        known.sort_unstable();
        known.dedup();
        documented.sort_unstable();
        assert_eq!(documented, known);
    }

    #[test]
    fn processor_families_match_their_triples() {
        for target in all() {
            let first = target.triple.split('-').next().unwrap();
            let expected = match target.arch {
                Arch::X86 => "i686",
                Arch::Arm if target.os == Os::None => "thumbv7",
                Arch::Arm => "armv7",
                Arch::X86_64
                | Arch::Aarch64
                | Arch::Riscv64
                | Arch::Riscv32
                | Arch::Wasm32
                | Arch::Wasm64
                | Arch::Other => target.arch.name(),
            };
            assert!(first.starts_with(expected), "{}", target.triple);
        }
    }
}
