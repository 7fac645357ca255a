//! Symbols of objects for every target: who sees them, which give way, and what runs before `main`.

use std::process::Command;

use object::{Object, ObjectSection, ObjectSymbol};

use crate::place::{Place, Ran, has_llvm};

/// Puts together what ran before: its exit code is 12.
const MODULE: &str = "\
global @order: i32 = 0
weak global @weight: i32 = 1

fn @append(%n: i32) never_inline {
bb0:
  %p: ptr = global_addr @order
  %x: i32 = load %p
  %ten: i32 = const 10
  %y: i32 = mul %x, %ten
  %z: i32 = add %y, %n
  store %z, %p
  return
}

fn @first() c constructor {
bb0:
  %p: ptr = global_addr @weight
  %n: i32 = load %p
  call @append(%n)
  return
}

fn @second() c constructor {
bb0:
  %n: i32 = call @two()
  call @append(%n)
  return
}

weak fn @two() -> i32 c {
bb0:
  %n: i32 = const 2
  return %n
}

export fn @main() -> i32 c {
bb0:
  %p: ptr = global_addr @order
  %x: i32 = load %p
  return %x
}
";

/// What defines the weak symbols of the module otherwise.
const OTHER: &str = "\
export global @weight: i32 = 3

export fn @two() -> i32 c {
bb0:
  %n: i32 = const 4
  return %n
}
";

/// A target, what its symbols begin with, the section of what runs before `main`, and the back ends that make its objects.
const TARGETS: &[(&str, &str, &str, &[&str])] = &[
    ("x86_64-unknown-linux-gnu", "", ".init_array", &["llvm", "cranelift"]),
    ("i686-unknown-linux-gnu", "", ".init_array", &["llvm"]),
    ("aarch64-unknown-linux-gnu", "", ".init_array", &["llvm", "cranelift"]),
    ("armv7-unknown-linux-gnueabihf", "", ".init_array", &["llvm"]),
    ("riscv64gc-unknown-linux-gnu", "", ".init_array", &["llvm", "cranelift"]),
    ("riscv32gc-unknown-linux-gnu", "", ".init_array", &["llvm"]),
    ("x86_64-pc-windows-gnu", "", ".ctors", &["llvm", "cranelift"]),
    ("i686-pc-windows-gnu", "_", ".ctors", &["llvm"]),
    ("x86_64-apple-darwin", "_", "__mod_init_func", &["llvm", "cranelift"]),
    ("aarch64-apple-darwin", "_", "__mod_init_func", &["llvm", "cranelift"]),
    ("thumbv7m-none-eabi", "", ".init_array", &["llvm"]),
    ("riscv32imac-unknown-none-elf", "", ".init_array", &["llvm"]),
];

#[test]
fn objects_say_who_sees_a_symbol_and_what_runs_first() {
    if !has_llvm() {
        return;
    }
    let place = Place::new();
    place.write("main.mir", MODULE);
    for (triple, prefix, section, backends) in TARGETS {
        for backend in *backends {
            let what = format!("{triple} {backend}");
            let backend = format!("--backend={backend}");
            let args = ["build", "--target", triple, &backend, "--emit=obj=main.o", "main.mir"];
            place.simplec(&args).succeeds();
            let bytes = std::fs::read(place.path("main.o")).unwrap();
            let file = object::File::parse(&*bytes).unwrap();
            let symbol = |name: &str| {
                let name = format!("{prefix}{name}");
                let mut found = file.symbols().filter(|symbol| symbol.name() == Ok(&*name));
                found.next().unwrap_or_else(|| panic!("{what} has no {name}"))
            };
            assert!(symbol("main").is_global() && !symbol("main").is_weak(), "{what}");
            assert!(symbol("weight").is_weak() && symbol("two").is_weak(), "{what}");
            let is_global = |part: &str| {
                file.symbols()
                    .any(|symbol| symbol.is_global() && symbol.name().is_ok_and(|name| name.contains(part)))
            };
            assert!(!is_global("order") && !is_global("first") && !is_global("second"), "{what}");
            let sections = file.sections().filter(|found| found.name() == Ok(*section));
            let bytes: u64 = sections.map(|section| section.size()).sum();
            let pointer = file.architecture().address_size().unwrap().bytes();
            assert_eq!(bytes, 2 * u64::from(pointer), "{what}");
        }
    }
}

/// The path of a tool of the LLVM in use.
fn tool(place: &Place, name: &str) -> Option<String> {
    let known = place.simplec(&["toolchain"]);
    let mut lines = known.stdout.lines().filter_map(|line| line.trim().split_once(' '));
    lines.find(|(first, _)| *first == name).map(|(_, path)| path.trim().to_owned())
}

#[test]
fn readobj_reads_the_same() {
    let place = Place::new();
    let Some(readobj) = tool(&place, "llvm-readobj").filter(|_| has_llvm()) else { return };
    place.write("main.mir", MODULE);
    for backend in ["llvm", "cranelift"] {
        let backend = format!("--backend={backend}");
        let args = ["build", "--target=aarch64-linux-gnu", &backend, "--emit=obj=main.o", "main.mir"];
        place.simplec(&args).succeeds();
        let said = Command::new(&readobj).arg("--symbols").arg(place.path("main.o")).output().unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        let binding = |name: &str| {
            let (_, rest) = said.split_once(&format!("Name: {name} (")).unwrap_or_else(|| panic!("{said}"));
            rest.split_once("Binding: ").unwrap().1.split_whitespace().next().unwrap().to_owned()
        };
        assert_eq!(
            [binding("two"), binding("weight"), binding("main")],
            ["Weak", "Weak", "Global"],
            "{backend}"
        );
    }
}

#[test]
fn constructors_run_and_weak_symbols_give_way() {
    if !has_llvm() {
        return;
    }
    let place = Place::new();
    place.write("main.mir", MODULE);
    place.write("other.mir", OTHER);
    let mut count = 0;
    for (triple, _, _, backends) in TARGETS.iter().chain(&[("wasm32-wasi", "", "", &["llvm"][..])]) {
        // A board gives functions of its own, and what runs programs for macOS is the other tests' own.
        if triple.contains("none") || triple.contains("apple") {
            continue;
        }
        for backend in *backends {
            let backend = format!("--backend={backend}");
            let flags = ["--target", triple, &backend, "--link=self-contained"];
            // Cranelift's code would otherwise stay in the memory of the compiler.
            let is_own = cfg!(target_arch = "x86_64") && triple.starts_with("x86_64-unknown-linux");
            let run = |more: &[&str]| {
                if !is_own {
                    return place.simplec(&[&["run"], &flags[..], more, &["main.mir"]].concat());
                }
                place
                    .simplec(&[&["build", "-o", "main"], &flags[..], more, &["main.mir"]].concat())
                    .succeeds();
                Ran::of(Command::new(place.path("main")).output().unwrap())
            };
            let alone = run(&[]);
            if alone.stderr.contains("do not run on this machine") {
                continue;
            }
            assert_eq!(alone.code, 12, "{triple} {backend}: {}", alone.stderr);
            count += 1;
            place
                .simplec(&["build", "--target", triple, &backend, "--emit=obj=other.o", "other.mir"])
                .succeeds();
            let both = run(&["-C", "link-args=other.o"]);
            assert_eq!(both.code, 34, "{triple} {backend}: {}", both.stderr);
        }
    }
    assert!(count > 0);
    // The systems' own C libraries call them, too.
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        for link in ["--link=system", "--link=dynamic"] {
            assert_eq!(place.simplec(&["run", "-O2", link, "main.mir"]).code, 12, "{link}");
        }
    }
}
