//! Libraries for macOS, in programs that the loader of `tests/macho` runs.

use std::path::PathBuf;
use std::process::Command;

use crate::libraries::{LIBRARY, PRINTER, STEPS};
use crate::loading;
use crate::place::{Place, Ran, has_llvm};
use crate::windows::tool;

/// The command that runs programs for macOS on a processor; `None` where nothing does.
fn loader(place: &Place, arch: &str) -> Option<Vec<String>> {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/macho/load.c");
    let output = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("load-libraries-{arch}"));
    let target = format!("--target={arch}-linux-gnu");
    let args = ["-fuse-ld=lld", "-O1", "-Wall", "-Wextra", "-Werror", source, "-o"];
    let done = Command::new(tool(place, "clang")).arg(target).args(args).arg(&output).output().unwrap();
    let is_there = done.status.success();
    assert!(is_there || std::env::var_os("CI").is_none(), "{}", String::from_utf8_lossy(&done.stderr));
    let path = output.display().to_string();
    let is_native = std::env::consts::ARCH == arch;
    let emulator = [format!("qemu-{arch}"), "-L".to_owned(), format!("/usr/{arch}-linux-gnu")];
    let command = if is_native { vec![path] } else { [&emulator[..], &[path]].concat() };
    is_there.then_some(command)
}

fn run(place: &Place, loader: &[String], program: &str) -> Ran {
    let mut command = Command::new(&loader[0]);
    Ran::of(command.args(&loader[1..]).arg(program).current_dir(place.folder.path()).output().unwrap())
}

/// A library of each kind, and a program of either back end.
#[test]
fn libraries_for_macos_run_and_write_at_the_end() {
    if !has_llvm() || !cfg!(target_os = "linux") {
        return;
    }
    let place = Place::new();
    place.write("sums.spl", LIBRARY);
    place.write("greet.spl", PRINTER);
    place.write("steps.mir", STEPS);
    place.write(
        "user.spl",
        "extern fn squares(n: i64) -> i64\nextern fn greet(n: i64)\n\ngreet(1)\nprint squares(5)\ngreet(2)\n",
    );
    for arch in ["x86_64", "aarch64"] {
        let Some(loader) = loader(&place, arch) else {
            eprintln!("programs for macOS on {arch} do NOT run here");
            continue;
        };
        let target = format!("--target={arch}-apple-darwin");
        for backend in ["--backend=llvm", "--backend=cranelift"] {
            let build = |args: &[&str]| {
                place.simplec(&[&["build", &*target, backend], args].concat()).succeeds();
            };
            build(&["--emit=staticlib", "sums.spl"]);
            build(&["--emit=dylib", "greet.spl"]);
            build(&["-C", "link-args=libsums.a libgreet.dylib", "-o", "user", "user.spl"]);
            let ran = run(&place, &loader, "user");
            let expected = (0, "30\nhello 1\nhello 2\n");
            assert_eq!((ran.code, &*ran.stdout), expected, "{arch} {backend}: {}", ran.stderr);
            build(&["-o", "steps", "steps.mir"]);
            let ran = run(&place, &loader, "steps");
            assert_eq!((ran.code, &*ran.stdout), (4, "abcd"), "{arch} {backend}: {}", ran.stderr);
        }
    }
}

#[test]
fn variables_of_libraries_for_macos_have_their_values() {
    if !has_llvm() || !cfg!(target_os = "linux") {
        return;
    }
    let place = loading::place();
    for arch in ["x86_64", "aarch64"] {
        let Some(loader) = loader(&place, arch) else {
            eprintln!("programs for macOS on {arch} do NOT run here");
            continue;
        };
        let target = format!("--target={arch}-apple-darwin");
        for backend in ["--backend=llvm", "--backend=cranelift"] {
            let build = |args: &[&str]| {
                place.simplec(&[&["build", &*target, backend], args].concat()).succeeds();
            };
            for emit in ["--emit=dylib=libvalues.dylib", "--emit=staticlib=libvalues.a"] {
                build(&[emit, "values.spl"]);
                let linked = format!("link-args={}", &emit[emit.rfind('=').unwrap() + 1..]);
                build(&["-C", &linked, "-o", "user", "user.spl"]);
                let ran = run(&place, &loader, "user");
                let expected = (0, loading::GIVEN);
                assert_eq!((ran.code, &*ran.stdout), expected, "{arch} {backend} {emit}: {}", ran.stderr);
            }
        }
    }
}
