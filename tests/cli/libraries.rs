//! Static and shared libraries, and programs in C that use them.

use std::process::Command;

use object::read::archive::ArchiveFile;
use object::{Object, ObjectSection, ObjectSymbol, SectionKind};

use crate::place::{Place, has_llvm};

const LIBRARY: &str = "\
export fn squares(n: i64) -> i64:
    var all: [i64] = []
    for i in 0..n:
        all.push(i * i)
    var sum = 0
    for x in all:
        sum += x
    sum

export fn digits(n: i64) -> i64: \"{n}\".len()

fn hidden(n: i64) -> i64: n + 1
";

const USER: &str = "\
long squares(long n);
long digits(long n);
int main(void) { return squares(5) == 30 && digits(-1234) == 5 ? 0 : 1; }
";

fn c_compiler(place: &Place, args: &[&str]) {
    let done = Command::new("cc").args(args).current_dir(place.folder.path()).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn place() -> Place {
    let place = Place::new();
    place.write("sums.spl", LIBRARY);
    place.write("user.c", USER);
    place
}

/// What is exported and what is not, of an object file.
fn check_symbols(bytes: &[u8], prefix: &str) {
    let file = object::File::parse(bytes).unwrap();
    for name in ["squares", "digits"] {
        let name = format!("{prefix}{name}");
        let symbol = file.symbols().find(|symbol| symbol.name() == Ok(&*name)).unwrap();
        assert!(symbol.is_global() && symbol.is_definition(), "{name}");
        let section = file.section_by_index(symbol.section_index().unwrap()).unwrap();
        assert_eq!(section.kind(), SectionKind::Text, "{name}");
    }
    let is_exposed = |symbol: object::Symbol<'_, '_>| {
        symbol.is_global()
            && symbol.is_definition()
            && symbol.name().is_ok_and(|name| name.contains("hidden"))
    };
    assert!(!file.symbols().any(is_exposed));
    // Nothing runs before `main` of who uses it.
    assert!(!file.sections().any(|section| section.name().is_ok_and(|name| name.contains("init"))));
}

#[test]
fn static_libraries_are_linked_with_c() {
    for options in [&["--backend=cranelift"][..], &["--backend=llvm", "-O2"]] {
        if !has_llvm() && options[0].ends_with("llvm") {
            continue;
        }
        let place = place();
        let args = [&["build", "--emit=staticlib", "sums.spl"], options].concat();
        place.simplec(&args).succeeds();
        let bytes = std::fs::read(place.path("libsums.a")).unwrap();
        let archive = ArchiveFile::parse(&*bytes).unwrap();
        let members: Vec<_> = archive.members().map(|member| member.unwrap()).collect();
        assert_eq!(members.len(), 1);
        check_symbols(members[0].data(&*bytes).unwrap(), "");
        c_compiler(&place, &["user.c", "-L.", "-lsums", "-lm", "-o", "user"]);
        assert!(Command::new(place.path("user")).status().unwrap().success());
    }
}

#[test]
fn static_libraries_for_other_systems() {
    if !has_llvm() {
        return;
    }
    let place = place();
    for (triple, prefix) in [
        ("x86_64-pc-windows-gnu", ""),
        ("i686-pc-windows-gnu", "_"),
        ("aarch64-apple-darwin", "_"),
        ("armv7-linux-gnueabihf", ""),
    ] {
        place.simplec(&["build", "-O2", "--target", triple, "--emit=staticlib=out.a", "sums.spl"]).succeeds();
        let bytes = std::fs::read(place.path("out.a")).unwrap();
        let archive = ArchiveFile::parse(&*bytes).unwrap();
        let member = archive.members().next().unwrap().unwrap();
        check_symbols(member.data(&*bytes).unwrap(), prefix);
    }
    place
        .simplec(&["build", "--target=wasm32-wasi", "--emit=staticlib", "sums.spl"])
        .fails(2, &["--emit=obj"]);
    place
        .simplec(&["build", "--target=x86_64-pc-windows-gnu", "--emit=dylib", "sums.spl"])
        .fails(2, &["--emit=staticlib"]);
}

#[test]
fn shared_libraries_are_loaded_by_c() {
    if !has_llvm() || !cfg!(target_os = "linux") {
        return;
    }
    let place = place();
    place.simplec(&["build", "-O2", "--emit=dylib", "sums.spl"]).succeeds();
    let bytes = std::fs::read(place.path("libsums.so")).unwrap();
    let file = object::File::parse(&*bytes).unwrap();
    assert_eq!(file.kind(), object::ObjectKind::Dynamic);
    let exports = file.exports().unwrap();
    for name in ["squares", "digits"] {
        assert!(exports.iter().any(|export| export.name() == name.as_bytes()), "{name}");
    }
    assert!(!exports.iter().any(|export| String::from_utf8_lossy(export.name()).contains("hidden")));
    c_compiler(&place, &["user.c", "-L.", "-lsums", "-Wl,-rpath,$ORIGIN", "-o", "user"]);
    assert!(Command::new(place.path("user")).status().unwrap().success());
}
