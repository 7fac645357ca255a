//! Module-level variables of libraries: they have their values when C calls.

use std::process::Command;

use object::{Object, ObjectSection};

use crate::libraries::c_compiler;
use crate::place::{Place, Ran, has_llvm};
use crate::windows;

const SHARED: &str = "\
val squares = [1, 2, 3].map(\\x: x * x)
var reads = 0
";

/// Variables of two modules whose initialisers use each other, a variable that one changes, and one that is a literal.
const VALUES: &str = "\
use shared.squares
use shared

val limit = 5
val table = squares.map(\\x: x + limit)
val (low, high) = (table[0], table[2])
val seen = {\"low\": low, \"high\": high}
var calls = 0
var log: [text] = []
val first = count()

fn count() -> i64:
    calls += 1
    log.push(\"call {calls}\")
    calls

export fn value(i: i64) -> i64:
    count()
    shared.reads += 1
    table[i] * 10000 + seen[\"high\"]! * 100 + log.len() * 10 + first + shared.reads
";

/// What `value(0)` and `value(2)` give, in this order.
pub const GIVEN: &str = "61422\n141433\n";

const USER: &str = "\
#include <stdio.h>
long value(long i);
int main(void) {
  printf(\"%ld\\n\", value(0));
  printf(\"%ld\\n\", value(2));
  return 0;
}
";

pub fn place() -> Place {
    let place = Place::new();
    place.write("shared.spl", SHARED);
    place.write("values.spl", VALUES);
    place.write("user.c", USER);
    place.write("user.spl", "extern fn value(i: i64) -> i64\n\nprint value(0)\nprint value(2)\n");
    place
}

fn backends() -> impl Iterator<Item = &'static str> {
    ["--backend=cranelift", "--backend=llvm"].into_iter().filter(|way| has_llvm() || !way.ends_with("llvm"))
}

#[test]
fn variables_have_their_values_when_c_calls() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let place = place();
    for backend in backends() {
        for (emit, linked) in [
            ("--emit=dylib=libvalues.so", "libvalues.so"),
            ("--emit=staticlib=libvalues.a", "libvalues.a"),
            ("--emit=obj=values.o", "values.o"),
        ] {
            for level in ["-O0", "-O2"] {
                if emit.contains("dylib") && !has_llvm() {
                    continue;
                }
                let built = place.simplec(&["build", backend, level, emit, "values.spl"]);
                assert_eq!(built.succeeds().stderr, "", "{backend} {level} {emit}");
                c_compiler(&place, &["user.c", linked, "-lm", "-Wl,-rpath,$ORIGIN", "-o", "user"]);
                let ran = Ran::of(Command::new(place.path("user")).output().unwrap());
                assert_eq!((ran.code, &*ran.stdout), (0, GIVEN), "{backend} {level} {emit}: {}", ran.stderr);
            }
        }
    }
}

#[test]
fn variables_of_libraries_have_their_values_on_other_systems() {
    if !has_llvm() {
        return;
    }
    let place = place();
    for (triple, backend) in [
        ("aarch64-unknown-linux-gnu", "--backend=llvm"),
        ("riscv64gc-unknown-linux-gnu", "--backend=cranelift"),
        ("i686-pc-windows-gnu", "--backend=llvm"),
        ("x86_64-pc-windows-gnu", "--backend=cranelift"),
        ("wasm32-wasi", "--backend=llvm"),
        ("wasm64-unknown-unknown", "--backend=llvm"),
    ] {
        let library = ["build", "--target", triple, backend, "--emit=staticlib=values.a", "values.spl"];
        place.simplec(&library).succeeds();
        if let Some(said) = windows::run(&place, triple, "values.a", "user.spl") {
            assert_eq!(said, GIVEN, "{triple} {backend}");
        }
        if triple.contains("windows") {
            let library = ["build", "--target", triple, backend, "--emit=dylib=values.dll", "values.spl"];
            place.simplec(&library).succeeds();
            if let Some(said) = windows::run(&place, triple, "libvalues.dll.a", "user.spl") {
                assert_eq!(said, GIVEN, "{triple} {backend}");
            }
        }
    }
}

/// Each has its own variables and what initialises them, under the same names.
#[test]
fn libraries_with_the_same_variables_are_in_one_program() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let place = Place::new();
    for (name, numbers) in [("one", "[1, 2]"), ("two", "[10, 20]")] {
        let text = format!("val all = {numbers}.map(\\x: x + 1)\n\nexport fn {name}() -> i64: all.sum()\n");
        place.write(&format!("{name}.spl"), text);
    }
    place.write("user.c", "long one(void), two(void);\nint main(void) { return one() * 2 + two(); }\n");
    for backend in backends() {
        for library in ["one", "two"] {
            let (output, source) = (format!("--emit=staticlib={library}.a"), format!("{library}.spl"));
            place.simplec(&["build", backend, &output, &source]).succeeds();
        }
        c_compiler(&place, &["user.c", "one.a", "two.a", "-lm", "-o", "user"]);
        let ran = Ran::of(Command::new(place.path("user")).output().unwrap());
        assert_eq!(ran.code, 42, "{backend}: {}", ran.stderr);
    }
}

#[test]
fn a_panic_in_an_initialiser_is_told() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let place = Place::new();
    place
        .write("broken.spl", "var none = 0\nval all = 1 / none\n\nexport fn value(i: i64) -> i64: all + i\n");
    place.write("user.c", USER);
    for backend in backends() {
        place.simplec(&["build", backend, "--emit=staticlib", "broken.spl"]).succeeds();
        c_compiler(&place, &["user.c", "libbroken.a", "-lm", "-o", "user"]);
        let ran = Ran::of(Command::new(place.path("user")).output().unwrap());
        assert_eq!((ran.code, &*ran.stdout), (101, ""), "{backend}: {}", ran.stderr);
        let says = "panic: division by zero\n  at broken.spl:2:15\n";
        assert_eq!(ran.stderr, says, "{backend}");
    }
}

/// What is known without running code is there from the outset; objects for C are as libraries are, unless there is
/// something for a program to do.
#[test]
fn only_code_is_run_when_a_library_is_loaded() {
    let place = Place::new();
    let export = "export fn value(i: i64) -> i64:\n    limit += 1\n    limit + i + all.len()\n";
    let literals = "var limit = 5\nvar all: [i64] = []\nval name = \"a\"\n";
    for (text, loads, enters) in [
        (format!("{literals}{export}"), false, false),
        (format!("var limit = 5\nval all = [1].map(\\x: x + 1)\n{export}"), true, false),
        (format!("{literals}{export}\nprint value(1)\n"), false, true),
        (format!("{literals}{export}\nfn main(): print value(1)\n"), false, true),
        // Nobody else has a use for it.
        (format!("{literals}\nfn own() -> i64: limit\n"), false, true),
    ] {
        place.write("values.spl", &text);
        let target = "--target=x86_64-unknown-linux-gnu";
        place
            .simplec(&["build", "--backend=cranelift", target, "--emit=obj=values.o", "values.spl"])
            .succeeds();
        let bytes = std::fs::read(place.path("values.o")).unwrap();
        let file = object::File::parse(&*bytes).unwrap();
        let has_list = file.sections().any(|section| section.name() == Ok(".init_array"));
        let has_main = file.symbol_by_name("main").is_some();
        assert_eq!((has_list, has_main), (loads, enters), "{text}");
        if !enters && cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            place.write(
                "user.c",
                "long value(long i);\nint main(void) { return value(1) * 10 + value(2); }\n",
            );
            c_compiler(&place, &["user.c", "values.o", "-lm", "-o", "user"]);
            let code = Command::new(place.path("user")).status().unwrap().code();
            assert_eq!(code, Some(if loads { 90 } else { 79 }), "{text}");
        }
    }
}

/// Statements are left out, with a warning; the variables around them have the values that they were declared with.
#[test]
fn statements_are_left_out_of_a_library() {
    let place = Place::new();
    let text = "var all = [1].map(\\x: x + 1)\nall.push(7)\nval size = all.len()\nmain = 3\n\n\
                export fn value(i: i64) -> i64: size * 10 + i\n";
    place.write("values.spl", text);
    place.write("user.c", USER);
    let ran = place.simplec(&["build", "--backend=cranelift", "--emit=staticlib", "values.spl"]);
    let says = ["warning: a library has no `main` and no statements to run", "values.spl:2:1"];
    assert!(says.iter().all(|part| ran.succeeds().stderr.contains(part)), "{}", ran.stderr);
    if cfg!(target_os = "linux") {
        c_compiler(&place, &["user.c", "libvalues.a", "-lm", "-o", "user"]);
        let ran = Ran::of(Command::new(place.path("user")).output().unwrap());
        assert_eq!((ran.code, &*ran.stdout), (0, "10\n12\n"), "{}", ran.stderr);
    }
}
