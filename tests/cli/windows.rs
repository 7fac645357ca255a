//! Shared libraries for Windows, linked with nothing of the system but kernel32, and programs that use them.

use std::path::{Path, PathBuf};
use std::process::Command;

use object::{Object, ObjectKind};

use crate::place::{Place, Ran, has_llvm};

const TARGETS: [&str; 2] = ["x86_64-pc-windows-gnu", "i686-pc-windows-gnu"];

/// The back ends that make code for a target.
fn backends(triple: &str) -> &'static [&'static str] {
    if triple.starts_with("i686") { &["--backend=llvm"] } else { &["--backend=llvm", "--backend=cranelift"] }
}

fn build(place: &Place, triple: &str, args: &[&str]) {
    place.simplec(&[&["build", "--release", "--target", triple], args].concat()).succeeds();
}

/// What a program says that is linked with these files; `None` where nothing runs it.
pub fn run(place: &Place, triple: &str, linked: &str, program: &str) -> Option<String> {
    let link = format!("link-args={linked}");
    let ran = place.simplec(&["run", "--release", "--target", triple, "-C", &link, program]);
    if ran.code != 0 && ran.stderr.contains("help: install ") && std::env::var_os("CI").is_none() {
        eprintln!("programs for {triple} do NOT run: {}", ran.stderr);
        return None;
    }
    assert_eq!(ran.code, 0, "{triple}: {}", ran.stderr);
    Some(ran.stdout.replace('\r', ""))
}

/// A tool of the LLVM in use.
pub fn tool(place: &Place, name: &str) -> PathBuf {
    let told = place.simplec(&["--message-format=json", "--print=toolchain"]);
    let told: serde_json::Value = serde_json::from_str(told.stdout.trim()).unwrap();
    Path::new(told["toolchain"]["clang"].as_str().unwrap()).with_file_name(name)
}

/// An object of C, and an import library of what of kernel32 it calls.
fn c_object(place: &Place, triple: &str, text: &str, calls: &str) {
    place.write("more.c", text);
    let is_small = triple.starts_with("i686");
    // On 64-bit x86, a name does not tell how many bytes of arguments there are.
    let bare = |line: &str| line.split('@').next().unwrap().to_owned();
    let calls: Vec<String> =
        calls.lines().map(|line| if is_small { line.to_owned() } else { bare(line) }).collect();
    place.write("more.def", format!("LIBRARY kernel32.dll\nEXPORTS\n{}\n", calls.join("\n")));
    let machine = if is_small { "i386" } else { "i386:x86-64" };
    let clang = format!("--target={triple}");
    for (name, args) in [
        ("clang", &[&clang, "-O1", "-c", "more.c", "-o", "more.o"][..]),
        ("llvm-dlltool", &["-m", machine, "-k", "-d", "more.def", "-l", "more.a"]),
    ] {
        let done = Command::new(tool(place, name)).args(args).current_dir(place.folder.path()).output();
        Ran::of(done.unwrap()).succeeds();
    }
}

const LIBRARY: &str = "\
export fn squares(n: i64) -> i64:
    var all: [i64] = []
    for i in 0..n:
        all.push(i * i)
    print \"{n} squares\"
    all.sum()

fn hidden(n: i64) -> i64: n + 1
";

#[test]
fn a_library_offers_what_is_exported_and_needs_kernel32() {
    if !has_llvm() {
        return;
    }
    let place = Place::new();
    place.write("sums.spl", LIBRARY);
    place.write("user.spl", "extern fn squares(n: i64) -> i64\n\nprint squares(5)\n");
    for triple in TARGETS {
        for backend in backends(triple) {
            build(&place, triple, &["--emit=dylib", backend, "sums.spl"]);
            let bytes = std::fs::read(place.path("sums.dll")).unwrap();
            let file = object::File::parse(&*bytes).unwrap();
            assert_eq!(file.kind(), ObjectKind::Dynamic);
            let exports = file.exports().unwrap();
            let exports: Vec<_> = exports.iter().map(|export| export.name()).collect();
            assert_eq!(exports, [b"squares"], "{triple} {backend}");
            let imports = file.imports().unwrap();
            assert!(imports.iter().all(|import| import.library() == b"kernel32.dll"), "{triple} {backend}");
            if let Some(said) = run(&place, triple, "libsums.dll.a", "user.spl") {
                assert_eq!(said, "30\n5 squares\n", "what waits is written at the end: {triple} {backend}");
            }
        }
    }
}

/// A symbol of C that is exported, a variable, and steps before and behind: `abc`, and what it was asked to add.
const STEPS: &str = "\
extern fn @write(i32, ptr, usize) -> isize
const @letters: [u8; 4] = \"abc\\n\"
export global @count: i32 = 3

fn @say(%at: usize) {
bb0:
  %p: ptr = global_addr @letters
  %q: ptr = index_addr %p, u8, %at
  %out: i32 = const 1
  %one: usize = const 1
  call @write(%out, %q, %one)
  return
}

fn @end() c destructor {
bb0:
  %n: usize = const 3
  call @say(%n)
  return
}

fn @last() c destructor {
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

export fn @step() -> i32 c {
bb0:
  %n: usize = const 1
  call @say(%n)
  %p: ptr = global_addr @count
  %c: i32 = load %p
  return %c
}
";

/// Loads a library while it runs, twice, and lets go of it each time.
const LOADER: &str = "\
__declspec(dllimport) void *__stdcall LoadLibraryA(const char *);
__declspec(dllimport) void *__stdcall GetProcAddress(void *, const char *);
__declspec(dllimport) int __stdcall FreeLibrary(void *);
int through(int times) {
  int sum = 0;
  while (times--) {
    void *library = LoadLibraryA(\"steps.dll\");
    if (!library || GetProcAddress(library, \"say\")) return -1;
    sum += ((int (*)(void))GetProcAddress(library, \"step\"))() + *(int *)GetProcAddress(library, \"count\");
    if (!FreeLibrary(library)) return -2;
  }
  return sum;
}
";

const LOADER_CALLS: &str = "LoadLibraryA@4\nGetProcAddress@8\nFreeLibrary@4\n";

#[test]
fn a_library_is_loaded_and_let_go() {
    if !has_llvm() {
        return;
    }
    let place = Place::new();
    place.write("steps.mir", STEPS);
    place.write("user.spl", "extern fn through(times: i32) -> i32\n\nprint through(2)\n");
    for triple in TARGETS {
        c_object(&place, triple, LOADER, LOADER_CALLS);
        for backend in backends(triple) {
            build(&place, triple, &["--emit=dylib", backend, "steps.mir"]);
            if let Some(said) = run(&place, triple, "more.o more.a", "user.spl") {
                assert_eq!(said, "abc\nabc\n12\n", "{triple} {backend}");
            }
        }
    }
}

/// `bump` counts the calls of each thread.
const THREADS: &str = "\
thread_local global @calls: i32 = 40

export fn @bump() -> i32 c {
bb0:
  %p: ptr = global_addr @calls
  %n: i32 = load %p
  %one: i32 = const 1
  %more: i32 = add %n, %one
  store %more, %p
  return %more
}
";

/// What another thread gets, of a library that was there before it: 41, and what this one gets then: 42. `dynamic` loads the library while it runs.
const THREADS_USER: &str = "\
__declspec(dllimport) void *__stdcall LoadLibraryA(const char *);
__declspec(dllimport) void *__stdcall GetProcAddress(void *, const char *);
__declspec(dllimport) void *__stdcall CreateThread(void *, SIZE, unsigned __stdcall (*)(void *), void *, unsigned, void *);
__declspec(dllimport) unsigned __stdcall WaitForSingleObject(void *, unsigned);
__declspec(dllimport) int bump(void);
static int (*step)(void);
static unsigned __stdcall other(void *seen) { *(int *)seen = step(); return 0; }
int both(int dynamic) {
  int theirs = 0;
  step = dynamic ? (int (*)(void))GetProcAddress(LoadLibraryA(\"again.dll\"), \"bump\") : bump;
  step();
  WaitForSingleObject(CreateThread(0, 0, other, &theirs, 0, 0), -1u);
  return theirs * 100 + step();
}
";

const THREADS_CALLS: &str = "LoadLibraryA@4\nGetProcAddress@8\nCreateThread@24\nWaitForSingleObject@8\n";

#[test]
fn each_thread_has_its_own_variables_of_a_library() {
    if !has_llvm() {
        return;
    }
    let place = Place::new();
    place.write("calls.mir", THREADS);
    place.write("user.spl", "extern fn both(dynamic: i32) -> i32\n\nprint both(0)\nprint both(1)\n");
    for triple in TARGETS {
        let size = if triple.starts_with("i686") { "unsigned" } else { "unsigned long long" };
        c_object(&place, triple, &THREADS_USER.replace("SIZE", size), THREADS_CALLS);
        for backend in backends(triple) {
            build(&place, triple, &["--emit=dylib", backend, "calls.mir"]);
            std::fs::copy(place.path("calls.dll"), place.path("again.dll")).unwrap();
            if let Some(said) = run(&place, triple, "more.o more.a libcalls.dll.a", "user.spl") {
                assert_eq!(said, "4142\n4142\n", "{triple} {backend}");
            }
        }
    }
}

const VARIABLE: &str = "\
typedef unsigned short wide;
__declspec(dllimport) unsigned __stdcall GetEnvironmentVariableW(const wide *, wide *, unsigned);
int letters(void) {
  wide value[64];
  return GetEnvironmentVariableW(L\"SIMPLE_X\", value, 64);
}
";

#[test]
fn the_system_hears_of_variables() {
    if !has_llvm() {
        return;
    }
    let place = Place::new();
    place.write(
        "user.spl",
        "extern fn letters() -> i32\n\nprint letters(), rt_env_set(\"SIMPLE_X\", \"abc\"), letters()\n\
         print rt_env_set(\"simple_x\", \"h\u{f6}\"), letters(), rt_env_remove(\"Simple_X\"), letters()\n",
    );
    for triple in TARGETS {
        c_object(&place, triple, VARIABLE, "GetEnvironmentVariableW@12\n");
        if let Some(said) = run(&place, triple, "more.o more.a", "user.spl") {
            assert_eq!(said, "0 true 3\ntrue 2 true 0\n", "{triple}");
        }
    }
}

#[test]
fn two_libraries_are_in_one_program() {
    if !has_llvm() {
        return;
    }
    let place = Place::new();
    place.write("one.spl", "export fn one(n: i64) -> i64:\n    print \"one {n}\"\n    n + 1\n");
    place.write("two.spl", "export fn two(n: i64) -> i64:\n    eprint \"two {n}\"\n    n * 2\n");
    place.write(
        "user.spl",
        "extern fn one(n: i64) -> i64\nextern fn two(n: i64) -> i64\n\nprint one(two(3))\n",
    );
    for triple in TARGETS {
        build(&place, triple, &["--emit=dylib", "-o", "one.dll", "one.spl"]);
        // Under names of one's own.
        build(&place, triple, &["--emit=dylib=second.dll,implib=two.lib", "two.spl"]);
        if let Some(said) = run(&place, triple, "libone.dll.a two.lib", "user.spl") {
            assert_eq!(said, "7\none 6\n", "{triple}");
        }
    }
}

#[test]
fn what_is_no_library_is_told() {
    if !has_llvm() {
        return;
    }
    let place = Place::new();
    place.write("sums.spl", LIBRARY);
    for (args, says) in [
        (["--target=x86_64-linux-gnu", "--emit=implib"], "there are no import libraries for x86_64"),
        (["--target=wasm32-wasi", "--emit=dylib"], "a shared library for wasm32-wasi cannot be linked"),
        (["--target=thumbv7m-none-eabi", "--emit=dylib"], "`--emit=staticlib` writes a static one"),
        (["--target=aarch64-linux-gnu", "--emit=dylib"], "`--link=dynamic`"),
    ] {
        let args = [&["build", "--release", "--link=self-contained", "sums.spl"], &args[..]].concat();
        let ran = place.simplec(&args);
        assert!(ran.code != 0 && ran.stderr.contains(says), "{args:?}: {}", ran.stderr);
    }
}
