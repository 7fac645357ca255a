//! Objects of every target and back end: where things lie, who sees them, and what refers to what, as the `object` crate and
//! llvm-readobj read it.

use std::process::Command;

use object::{
    Architecture, BinaryFormat, Object, ObjectSection, ObjectSymbol, RelocationTarget, SectionKind,
    SymbolSection,
};
use simplec::target::{self, Arch, ObjectFormat, Target};

use crate::place::{Place, Ran, has_llvm};
use crate::windows::tool;

const MODULE: &str = "\
extern fn @there(i32) -> i32 c
export const @fixed: [u8; 4] = \"abcd\"
export const @table: ptr = @offered
export global @changed: i32 = 5
export global @zeros: i64 = 0
weak global @gives_way: i32 = 1
global @own: i32 = 7

fn @hidden() -> i32 never_inline {
bb0:
  %p: ptr = global_addr @own
  %n: i32 = load %p
  %one: i32 = const 1
  %more: i32 = add %n, %one
  store %more, %p
  %r: i32 = call @there(%more)
  return %r
}

export fn @offered() -> i32 c {
bb0:
  %r: i32 = call @hidden()
  return %r
}

weak fn @may_give_way() -> i32 c {
bb0:
  %n: i32 = const 2
  return %n
}

fn @before() c constructor {
bb0:
  call @hidden()
  return
}

fn @behind() c destructor {
bb0:
  call @hidden()
  return
}
";

/// The back ends that make objects for a target.
fn backends(target: &Target) -> &'static [&'static str] {
    match target.arch {
        Arch::X86_64 | Arch::Aarch64 | Arch::Riscv64 => &["llvm", "cranelift"],
        Arch::X86 | Arch::Arm | Arch::Riscv32 | Arch::Wasm32 | Arch::Wasm64 | Arch::Other => &["llvm"],
    }
}

fn architecture(arch: Arch) -> Architecture {
    match arch {
        Arch::X86_64 => Architecture::X86_64,
        Arch::X86 => Architecture::I386,
        Arch::Aarch64 => Architecture::Aarch64,
        Arch::Arm => Architecture::Arm,
        Arch::Riscv64 => Architecture::Riscv64,
        Arch::Riscv32 => Architecture::Riscv32,
        Arch::Wasm32 => Architecture::Wasm32,
        Arch::Wasm64 => Architecture::Wasm64,
        Arch::Other => Architecture::Unknown,
    }
}

/// An object of the module for a target, and what it is for messages.
fn each_object(place: &Place, mut check: impl FnMut(&Target, &str, &[u8])) {
    place.write("main.mir", MODULE);
    for target in target::all() {
        for backend in backends(target) {
            let option = format!("--backend={backend}");
            let args =
                ["build", "--release", "--target", &target.triple, &option, "--emit=obj=main.o", "main.mir"];
            place.simplec(&args).succeeds();
            let what = format!("{} {backend}", target.triple);
            check(target, &what, &std::fs::read(place.path("main.o")).unwrap());
        }
    }
}

/// Where a symbol is, and who sees it; WebAssembly has one kind of memory.
fn check_symbols(target: &Target, what: &str, file: &object::File<'_>) {
    let prefix = target.data_layout.symbol_prefix();
    let is_wasm = target.object_format == ObjectFormat::Wasm;
    let symbol = |name: &str| {
        let name = format!("{prefix}{name}");
        let found = file.symbols().find(|symbol| symbol.name() == Ok(&*name));
        found.unwrap_or_else(|| panic!("{what} has no {name}"))
    };
    let kind = |name: &str| match symbol(name).section() {
        SymbolSection::Section(index) => file.section_by_index(index).unwrap().kind(),
        // Linkers make room for it.
        SymbolSection::Common => SectionKind::Common,
        other => panic!("{what}: {name} is in {other:?}"),
    };
    for (name, is_weak) in [("offered", false), ("may_give_way", true)] {
        let symbol = symbol(name);
        // A weak symbol of COFF names another one that stands for it.
        let is_elsewhere = is_weak && target.object_format == ObjectFormat::Coff;
        assert!(symbol.is_global() && symbol.is_definition() != is_elsewhere, "{what}: {name}");
        assert_eq!(symbol.is_weak(), is_weak, "{what}: {name}");
    }
    assert!(symbol("gives_way").is_weak() && symbol("there").is_undefined(), "{what}");
    for name in ["hidden", "own", "before", "behind"] {
        let is_seen = |symbol: object::Symbol<'_, '_>| {
            symbol.is_global()
                && symbol.is_definition()
                && symbol.name().is_ok_and(|found| found.ends_with(name))
        };
        assert!(!file.symbols().any(is_seen), "{what}: {name} is for itself");
    }
    if is_wasm {
        return;
    }
    assert_eq!(kind("offered"), SectionKind::Text, "{what}");
    assert_eq!(kind("fixed"), SectionKind::ReadOnlyData, "{what}");
    // The loader writes addresses to it, and then nobody.
    let section = symbol("table").section_index().and_then(|index| file.section_by_index(index).ok());
    let is_relocated = section.is_some_and(|section| section.name() == Ok(".data.rel.ro"));
    let is_read_only = matches!(kind("table"), SectionKind::ReadOnlyData | SectionKind::ReadOnlyDataWithRel);
    assert!(is_read_only || is_relocated, "{what}: {:?}", kind("table"));
    assert_eq!(kind("changed"), SectionKind::Data, "{what}");
    assert!(matches!(kind("zeros"), SectionKind::UninitializedData | SectionKind::Common), "{what}");
}

/// Relocations lie in what they change and refer to what is there; calls of other objects, addresses in tables, and what runs
/// before and behind have some.
fn check_relocations(target: &Target, what: &str, file: &object::File<'_>) {
    let pointer = u64::from(target.pointer_width / 8);
    let prefix = target.data_layout.symbol_prefix();
    let mut referred = Vec::new();
    for section in file.sections() {
        for (offset, relocation) in section.relocations() {
            assert!(offset < section.size(), "{what}: {offset:#x} of {:?}", section.name());
            match relocation.target() {
                RelocationTarget::Symbol(index) => {
                    let symbol = file.symbol_by_index(index).unwrap();
                    referred.push((section.index(), symbol.name().unwrap_or_default().to_owned()));
                }
                RelocationTarget::Section(index) => drop(file.section_by_index(index).unwrap()),
                RelocationTarget::Absolute => {}
                other => panic!("{what}: a relocation to {other:?}"),
            }
        }
    }
    for name in ["there", "offered"] {
        let name = format!("{prefix}{name}");
        assert!(referred.iter().any(|(_, found)| *found == name), "{what}: nothing refers to {name}");
    }
    let lists: &[&[&str]] = match target.object_format {
        ObjectFormat::Elf => &[&[".init_array"], &[".fini_array"]],
        ObjectFormat::Coff => &[&[".ctors"], &[".dtors"]],
        // LLVM has destructors called by a constructor of its own.
        ObjectFormat::MachO => &[&["__mod_init_func", "__mod_term_func"]],
        ObjectFormat::Wasm => &[],
    };
    for names in lists {
        let sections =
            file.sections().filter(|section| section.name().is_ok_and(|name| names.contains(&name)));
        let (mut bytes, mut relocations) = (0, 0);
        for section in sections {
            bytes += section.size();
            relocations += section.relocations().count() as u64;
        }
        let entries = names.len() as u64;
        assert_eq!((bytes, relocations), (entries * pointer, entries), "{what}: {names:?}");
    }
}

#[test]
fn things_lie_where_their_kind_does() {
    if !has_llvm() {
        return;
    }
    each_object(&Place::new(), |target, what, bytes| {
        let file = object::File::parse(bytes).unwrap();
        let format = match target.object_format {
            ObjectFormat::Elf => BinaryFormat::Elf,
            ObjectFormat::Coff => BinaryFormat::Coff,
            ObjectFormat::MachO => BinaryFormat::MachO,
            ObjectFormat::Wasm => BinaryFormat::Wasm,
        };
        assert_eq!(file.format(), format, "{what}");
        assert!(file.architecture() == architecture(target.arch) || format == BinaryFormat::Wasm, "{what}");
        assert!(file.is_little_endian(), "{what}");
        check_symbols(target, what, &file);
        // The crate does not read those of WebAssembly.
        if format != BinaryFormat::Wasm {
            check_relocations(target, what, &file);
        }
    });
}

#[test]
fn readobj_has_nothing_to_say_against_objects() {
    if !has_llvm() {
        return;
    }
    let place = Place::new();
    let readobj = tool(&place, "llvm-readobj");
    each_object(&place, |target, what, _| {
        let args = ["--file-headers", "--sections", "--symbols", "--relocations", "main.o"];
        let ran =
            Ran::of(Command::new(&readobj).args(args).current_dir(place.folder.path()).output().unwrap());
        ran.succeeds();
        assert_eq!(ran.stderr, "", "{what}");
        let prefix = target.data_layout.symbol_prefix();
        for name in ["there", "offered", "may_give_way", "gives_way", "fixed", "table", "changed", "zeros"] {
            assert!(ran.stdout.contains(&format!("Name: {prefix}{name}")), "{what}: {name}\n{}", ran.stdout);
        }
        if target.object_format == ObjectFormat::Wasm {
            for part in ["R_WASM_FUNCTION_INDEX_LEB", "there", "R_WASM_TABLE_INDEX"] {
                assert!(ran.stdout.contains(part), "{what}: {part}\n{}", ran.stdout);
            }
        }
    });
}

/// A static library on each target has the object, and a list of its symbols by which linkers choose.
#[test]
fn archives_list_what_their_object_offers() {
    if !has_llvm() {
        return;
    }
    let place = Place::new();
    place.write("main.mir", MODULE);
    for target in target::all() {
        for backend in backends(target) {
            let option = format!("--backend={backend}");
            let args = ["build", "--target", &target.triple, &option, "--emit=staticlib=main.a", "main.mir"];
            place.simplec(&args).succeeds();
            let bytes = std::fs::read(place.path("main.a")).unwrap();
            let archive = object::read::archive::ArchiveFile::parse(&*bytes).unwrap();
            let members: Vec<_> = archive.members().map(|member| member.unwrap()).collect();
            assert_eq!(members.len(), 1, "{}", target.triple);
            object::File::parse(members[0].data(&*bytes).unwrap()).unwrap();
            let listed =
                archive.symbols().unwrap().unwrap_or_else(|| panic!("{} {backend}: no list", target.triple));
            let mut names: Vec<String> =
                listed.map(|symbol| String::from_utf8_lossy(symbol.unwrap().name()).into_owned()).collect();
            // What a weak symbol of COFF stands for if nothing else defines it.
            names.retain(|name| !name.starts_with(".weak."));
            names.sort();
            let prefix = target.data_layout.symbol_prefix();
            let offered = ["changed", "fixed", "gives_way", "may_give_way", "offered", "table", "zeros"];
            let offered = offered.map(|name| format!("{prefix}{name}"));
            assert_eq!(names, offered, "{} {backend}", target.triple);
        }
    }
}
