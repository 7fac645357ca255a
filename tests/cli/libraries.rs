//! Static and shared libraries, and programs in C that use them.

use std::process::Command;

use object::read::archive::ArchiveFile;
use object::{Object, ObjectSection, ObjectSymbol, SectionKind};

use crate::place::{MAIN, Place, Ran, has_llvm};

pub const LIBRARY: &str = "\
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

pub fn c_compiler(place: &Place, args: &[&str]) {
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
    // Without variables there is nothing to run before `main` of who uses it.
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

/// Each has a runtime of its own, from Simple as from MIR.
#[test]
fn two_libraries_are_linked_into_one_program() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let place = Place::new();
    place.write("one.spl", "export fn one(n: i64) -> i64: 12 / n\n");
    place.write("two.spl", "export fn two(n: i64) -> i64: 12 / (n - 1)\n");
    let quotient = "export fn @three(%n: i64) -> i64 c {\nbb0:\n  %a: i64 = const 12\n  %q: i64 = div %a, %n\n  return %q\n}\n";
    place.write("three.mir", quotient);
    place.write(
        "user.c",
        "long one(long), two(long), three(long);\nint main(void) { return one(two(three(4)) - 4) - 6; }\n",
    );
    let ways = ["--backend=cranelift", "--backend=llvm"];
    for backend in ways.into_iter().filter(|way| has_llvm() || !way.ends_with("llvm")) {
        for file in ["one.spl", "two.spl", "three.mir"] {
            place.simplec(&["build", "--emit=staticlib", backend, file]).succeeds();
        }
        c_compiler(&place, &["user.c", "-L.", "-lone", "-ltwo", "-lthree", "-lm", "-o", "user"]);
        let ran = Ran::of(Command::new(place.path("user")).output().unwrap());
        assert_eq!(ran.code, 0, "{backend}: {}", ran.stderr);
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
        ("wasm32-wasi", ""),
    ] {
        place.simplec(&["build", "-O2", "--target", triple, "--emit=staticlib=out.a", "sums.spl"]).succeeds();
        let bytes = std::fs::read(place.path("out.a")).unwrap();
        let archive = ArchiveFile::parse(&*bytes).unwrap();
        let member = archive.members().next().unwrap().unwrap();
        check_symbols(member.data(&*bytes).unwrap(), prefix);
    }
}

/// The program brings what the library has of C, and at its end the library writes what it has printed.
#[test]
fn static_libraries_are_linked_into_programs_for_other_systems() {
    if !has_llvm() {
        return;
    }
    let place = place();
    place.write("greet.spl", PRINTER);
    place.write(
        "user.spl",
        "extern fn squares(n: i64) -> i64\nextern fn greet(n: i64)\n\ngreet(1)\nprint squares(5)\ngreet(2)\n",
    );
    for (triple, backend) in [
        ("aarch64-unknown-linux-gnu", "--backend=llvm"),
        ("aarch64-unknown-linux-gnu", "--backend=cranelift"),
        ("i686-pc-windows-gnu", "--backend=llvm"),
        ("x86_64-pc-windows-gnu", "--backend=cranelift"),
        ("wasm32-wasi", "--backend=llvm"),
        ("wasm64-unknown-unknown", "--backend=llvm"),
    ] {
        let target = ["--target", triple, backend];
        for library in ["sums", "greet"] {
            let (output, source) = (format!("--emit=staticlib={library}.a"), format!("{library}.spl"));
            place.simplec(&[&["build", &*output, &*source], &target[..]].concat()).succeeds();
        }
        let args = ["-C", "link-args=sums.a greet.a", "user.spl"];
        let ran = place.simplec(&[&["run"], &args[..], &target].concat());
        if ran.code != 0 && ran.stderr.contains("help: install ") && std::env::var_os("CI").is_none() {
            eprintln!("programs for {triple} do NOT run: {}", ran.stderr);
            continue;
        }
        let said = ran.stdout.replace('\r', "");
        assert_eq!((ran.code, &*said), (0, "30\nhello 1\nhello 2\n"), "{triple}: {}", ran.stderr);
    }
}

#[test]
fn shared_libraries_are_loaded_by_c() {
    if !has_llvm() || !cfg!(target_os = "linux") {
        return;
    }
    let place = place();
    for backend in ["--backend=llvm", "--backend=cranelift"] {
        place.simplec(&["build", backend, "--emit=dylib", "sums.spl"]).succeeds();
        let bytes = std::fs::read(place.path("libsums.so")).unwrap();
        let file = object::File::parse(&*bytes).unwrap();
        assert_eq!(file.kind(), object::ObjectKind::Dynamic);
        let exports = file.exports().unwrap();
        let mut names: Vec<_> =
            exports.iter().map(|export| String::from_utf8_lossy(export.name()).into_owned()).collect();
        names.sort();
        assert_eq!(names, ["digits", "squares"], "{backend}");
        c_compiler(&place, &["user.c", "-L.", "-lsums", "-Wl,-rpath,$ORIGIN", "-o", "user"]);
        assert!(Command::new(place.path("user")).status().unwrap().success());
    }
}

/// A program that exports something, too, and whose runtime has an end of the stack to tell of.
const PROGRAM: &str = "\
const LIMIT = 5

export fn total(n: i64) -> i64:
    print n
    [n, LIMIT].sum()

fn main(): print total(1)
";

/// What a shared library offers, or an object defines for all to see.
fn offered(bytes: &[u8]) -> Vec<String> {
    let file = object::File::parse(bytes).unwrap();
    let mut names: Vec<String> = if file.kind() == object::ObjectKind::Dynamic {
        let exports = file.exports().unwrap();
        exports.iter().map(|export| String::from_utf8_lossy(export.name()).into_owned()).collect()
    } else {
        let seen = file.symbols().filter(|symbol| symbol.is_global() && symbol.is_definition());
        seen.map(|symbol| symbol.name().unwrap().to_owned()).collect()
    };
    names.sort();
    names
}

#[test]
fn a_library_made_of_a_program_has_no_main() {
    if !has_llvm() {
        return;
    }
    let place = Place::new();
    place.write("both.spl", PROGRAM);
    place.write("user.c", "long total(long n);\nint main(void) { return total(2) == 7 ? 0 : 1; }\n");
    for (triple, name) in [
        ("x86_64-unknown-linux-gnu", "total"),
        ("i686-unknown-linux-gnu", "total"),
        ("x86_64-pc-windows-gnu", "total"),
        ("x86_64-apple-darwin", "_total"),
        ("aarch64-apple-darwin", "_total"),
        ("wasm32-wasi", "total"),
    ] {
        for (kind, backend) in [("dylib", "llvm"), ("dylib", "cranelift"), ("staticlib", "llvm")] {
            if kind == "dylib" && triple.starts_with("wasm")
                || backend == "cranelift" && triple.starts_with("i686")
            {
                continue;
            }
            let (emit, backend) = (format!("--emit={kind}=out"), format!("--backend={backend}"));
            let mut args = vec!["build", "--target", triple, &emit, &backend, "both.spl"];
            if triple.contains("linux") {
                args.push("--link=dynamic");
            }
            let ran = place.simplec(&args);
            let says = ["warning: a library has no `main` and no statements to run", "both.spl:7:4"];
            assert!(says.iter().all(|part| ran.succeeds().stderr.contains(part)), "{}", ran.stderr);
            let bytes = std::fs::read(place.path("out")).unwrap();
            let names = match ArchiveFile::parse(&*bytes) {
                Ok(archive) => offered(archive.members().next().unwrap().unwrap().data(&*bytes).unwrap()),
                Err(_) => offered(&bytes),
            };
            assert_eq!(names, [name], "{triple} {args:?}");
        }
    }
    if cfg!(target_os = "linux") {
        // Who uses it has a `main`.
        place.simplec(&["build", "--emit=staticlib", "--link=system", "both.spl"]).succeeds();
        c_compiler(&place, &["user.c", "-L.", "-lboth", "-lm", "-o", "user"]);
        assert!(Command::new(place.path("user")).status().unwrap().success());
    }
}

/// What MIR exports, a library offers, and nothing that programs are given for the end of their stack.
#[test]
fn a_library_of_mir_offers_what_it_exports() {
    let place = Place::new();
    place.write("both.mir", format!("extern fn @rt_stack_overflow() -> never\n{MAIN}"));
    place.simplec(&["build", "--backend=cranelift", "--emit=staticlib=out.a", "both.mir"]).succeeds();
    let bytes = std::fs::read(place.path("out.a")).unwrap();
    let archive = ArchiveFile::parse(&*bytes).unwrap();
    let object = archive.members().next().unwrap().unwrap();
    let prefix = if cfg!(target_os = "macos") { "_" } else { "" };
    assert_eq!(offered(object.data(&*bytes).unwrap()), [format!("{prefix}main")]);
}

pub const PRINTER: &str = "\
export fn greet(n: i64):
    print \"hello {n}\"
";

const HOST: &str = "\
void greet(long n);
int main(void) { greet(1); greet(2); return 3; }
";

#[test]
fn what_libraries_print_is_written_at_the_end() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let place = Place::new();
    place.write("greet.spl", PRINTER);
    place.write("host.c", HOST);
    let mut ways = vec![["--emit=staticlib=libgreet.a", "--backend=cranelift", "--link=system"]];
    if has_llvm() {
        ways.extend([
            ["--emit=staticlib=libgreet.a", "--backend=llvm", "-O2"],
            ["--emit=dylib=libgreet.so", "--link=system", "-O2"],
            ["--emit=dylib=libgreet.so", "--link=dynamic", "-O0"],
            ["--emit=dylib=libgreet.so", "--link=dynamic", "--backend=cranelift"],
        ]);
    }
    for options in ways {
        place.simplec(&[&["build"], &options[..], &["greet.spl"]].concat()).succeeds();
        c_compiler(&place, &["host.c", "-L.", "-lgreet", "-lm", "-Wl,-rpath,$ORIGIN", "-o", "host"]);
        let ran = Ran::of(Command::new(place.path("host")).output().unwrap());
        assert_eq!((ran.code, &*ran.stdout), (3, "hello 1\nhello 2\n"), "{options:?}: {}", ran.stderr);
    }
}

#[test]
fn objects_for_other_systems_say_what_runs_at_the_end() {
    if !has_llvm() {
        return;
    }
    let place = Place::new();
    place.write("greet.spl", PRINTER);
    for (triple, backend, section) in [
        ("aarch64-unknown-linux-gnu", "llvm", ".fini_array"),
        ("riscv64gc-unknown-linux-gnu", "cranelift", ".fini_array"),
        ("thumbv7m-none-eabi", "llvm", ".fini_array"),
        ("x86_64-pc-windows-gnu", "llvm", ".dtors"),
        ("x86_64-pc-windows-gnu", "cranelift", ".dtors"),
        // What calls C's `__cxa_atexit`.
        ("aarch64-apple-darwin", "llvm", "__mod_init_func"),
        ("aarch64-apple-darwin", "cranelift", "__mod_term_func"),
    ] {
        let backend = format!("--backend={backend}");
        let args = ["build", "--target", triple, &backend, "--emit=obj=greet.o", "greet.spl"];
        place.simplec(&args).succeeds();
        let bytes = std::fs::read(place.path("greet.o")).unwrap();
        let file = object::File::parse(&*bytes).unwrap();
        assert!(file.sections().any(|found| found.name() == Ok(section)), "{triple} {backend}");
    }
}

/// Writes a letter for each step.
pub const STEPS: &str = "\
extern fn @write(i32, ptr, usize) -> isize
const @letters: [u8; 4] = \"abcd\"

fn @say(%at: usize) {
bb0:
  %p: ptr = global_addr @letters
  %q: ptr = index_addr %p, u8, %at
  %out: i32 = const 1
  %one: usize = const 1
  call @write(%out, %q, %one)
  return
}

fn @last() c destructor {
bb0:
  %n: usize = const 3
  call @say(%n)
  return
}

fn @third() c destructor {
bb0:
  %n: usize = const 2
  call @say(%n)
  return
}

fn @first() c constructor {
bb0:
  %n: usize = const 0
  call @say(%n)
  return
}

export fn @main() -> i32 c {
bb0:
  %n: usize = const 1
  call @say(%n)
  %status: i32 = const 4
  return %status
}
";

#[test]
fn destructors_run_the_last_first() {
    let place = Place::new();
    place.write("steps.mir", STEPS);
    let mut ways = vec![vec!["run", "--backend=interp"], vec!["run", "--backend=cranelift"]];
    if cfg!(target_os = "linux") {
        ways.push(vec!["build", "--backend=cranelift", "--link=system"]);
    }
    if cfg!(target_os = "linux") && has_llvm() {
        ways.push(vec!["build", "--backend=llvm", "--link=system"]);
        ways.push(vec!["build", "--backend=llvm", "-O2", "--link=dynamic"]);
        ways.push(vec!["build", "--backend=cranelift", "--link=dynamic"]);
        ways.push(vec!["build", "--backend=llvm", "--link=self-contained"]);
        ways.push(vec!["build", "--backend=cranelift", "--link=self-contained"]);
        ways.push(vec!["build", "--target=i686-linux-gnu", "-O2", "--link=self-contained"]);
    }
    for way in ways {
        let mut ran = place.simplec(&[&way[..], &["steps.mir"]].concat());
        if way[0] == "build" {
            ran.succeeds();
            ran = Ran::of(Command::new(place.path("steps")).output().unwrap());
        }
        assert_eq!((ran.code, &*ran.stdout), (4, "abcd"), "{way:?}: {}", ran.stderr);
    }
}
