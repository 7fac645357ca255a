//! What programs are linked by and with: `--linker`, `--sysroot`, and what is said where something is missing.

use std::os::unix::fs::symlink;
use std::process::Command;

use crate::place::{Place, has_llvm};

const HELLO: &str = "fn main():\n    print \"hello from {6 * 7}\"\n";

/// Whether this machine is the one whose C library makes the sysroot.
fn is_usual() -> bool {
    has_llvm() && cfg!(all(target_os = "linux", target_arch = "x86_64"))
}

/// The path of a file that the C compiler links programs with.
fn file_of_cc(name: &str) -> String {
    let said = Command::new("cc").arg(format!("-print-file-name={name}")).output().unwrap();
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

/// A folder with what a program for this machine is linked with, and a library that is nowhere else.
fn sysroot(place: &Place) {
    let (lib, gcc) = ("root/usr/lib", "root/usr/lib/gcc/x86_64-linux-gnu/12");
    std::fs::create_dir_all(place.path(gcc)).unwrap();
    let mut links =
        vec![("libc.so", file_of_cc("libc.so.6"), lib), ("libm.so", file_of_cc("libm.so.6"), lib)];
    for name in ["crt1.o", "Scrt1.o", "crti.o", "crtn.o"] {
        links.push((name, file_of_cc(name), lib));
    }
    for name in ["crtbegin.o", "crtbeginS.o", "crtend.o", "crtendS.o", "libgcc.a", "libgcc_s.so.1"] {
        links.push((name, file_of_cc(name), gcc));
    }
    links.push(("libgcc_s.so", file_of_cc("libgcc_s.so.1"), gcc));
    for (name, file, folder) in links {
        symlink(file, place.path(folder).join(name)).unwrap();
    }
    place.write("extra.c", "int extra(void) { return 42; }\n");
    let made = Command::new("cc")
        .args(["-shared", "-fPIC", "extra.c", "-o", "root/usr/lib/libextra.so"])
        .current_dir(place.folder.path())
        .status();
    assert!(made.unwrap().success());
}

#[test]
fn a_sysroot_has_the_libraries() {
    if !is_usual() {
        return;
    }
    let place = Place::new();
    sysroot(&place);
    place.write("extra.spl", "extern fn extra() -> i32\n\nfn main(): print extra()\n");
    for backend in ["--backend=llvm", "--backend=cranelift"] {
        let root = place.path("root").display().to_string();
        let lib = place.path("root/usr/lib").display().to_string();
        let args =
            ["build", backend, "--sysroot", &root, "-o", "extra", "-C", "link-args=-lextra", "extra.spl"];
        place.simplec(&args).succeeds();
        let ran = Command::new(place.path("extra")).env("LD_LIBRARY_PATH", lib).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&ran.stdout), "42\n", "{backend}");
        place
            .simplec(&[&args[..2], &args[4..]].concat())
            .fails(1, &["error[E0703]: linking failed", "extra"]);
    }
    std::fs::remove_file(place.path("root/usr/lib/libc.so")).unwrap();
    place
        .simplec(&["build", "--release", "--sysroot=root", "extra.spl"])
        .fails(1, &["error[E0702]: the C library of x86_64-unknown-linux-gnu is not installed", "install"]);
}

#[test]
fn a_linker_that_is_named_links() {
    if !is_usual() {
        return;
    }
    let place = Place::new();
    place.write("hello.spl", HELLO);
    let tool = |text: &str| {
        use std::os::unix::fs::PermissionsExt;
        let path = place.write("tool", format!("#!/bin/sh\necho \"$@\" >>called\n{text} \"$@\"\n"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    };
    for (name, text, link) in [
        ("my-ld", "exec ld", "--link=system"),
        ("my-compiler", "exec cc", "--link=system"),
        ("my-ld", "exec ld -m elf_x86_64", "--link=self-contained"),
        ("my-ld", "exec ld -m elf_x86_64", "--link=dynamic"),
    ] {
        std::fs::rename(tool(text), place.path(name)).unwrap();
        let linker = format!("--linker={}", place.path(name).display());
        place.simplec(&["build", "--release", link, &linker, "-o", "hello", "hello.spl"]).succeeds();
        let called = std::fs::read_to_string(place.path("called")).unwrap();
        assert!(called.contains("hello"), "{name} {link}: {called}");
        std::fs::remove_file(place.path("called")).unwrap();
        let ran = Command::new(place.path("hello")).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&ran.stdout), "hello from 42\n", "{name} {link}");
    }
    for link in ["--link=system", "--link=self-contained"] {
        let ran = place.simplec(&["build", "--release", link, "--linker=./no-such-ld", "hello.spl"]);
        assert!(ran.code == 1 && ran.stderr.contains("no-such-ld"), "{link}: {}", ran.stderr);
    }
    place
        .simplec(&["build", "--link=self-contained", "--linker=./no-such-ld", "hello.spl"])
        .fails(1, &["error[E0702]: linker could not be started", "`--linker PATH` names another one"]);
    place
        .simplec(&["build", "--sysroot=no-such-root", "hello.spl"])
        .fails(1, &["error[E0801]: `--sysroot` names no-such-root, which is no directory"]);
    for target in ["wasm32-wasi", "x86_64-pc-windows-gnu", "thumbv7m-none-eabi"] {
        place
            .simplec(&["build", "--link=dynamic", "--target", target, "hello.spl"])
            .fails(2, &["error[E0803]: there is no `--link=dynamic` for ", target, "without `--link`"]);
    }
}

#[test]
fn what_is_missing_is_named() {
    let place = Place::with_main().with_path(&[]).without_llvm();
    let build = |args: &[&str]| place.simplec(&[&["build", "-o", "prog"], args].concat());
    build(&["main.mir"]).fails(1, &["error[E0702]: no linker was found", "cc, gcc", "install a C compiler"]);
    build(&["--link=self-contained", "main.mir"]).fails(1, &["error[E070", "SIMPLEC_LLVM"]);
    assert_eq!(place.simplec(&["run", "main.mir"]).code, 7, "no tool is needed to run");
}

/// By what the program itself calls, not by what that needs.
#[test]
fn what_a_system_lacks_is_shown_where_it_is_called() {
    if !has_llvm() {
        return;
    }
    let place = Place::new();
    place.write(
        "exists.spl",
        "use std.fs\n\nprint 1\nprint rt_file_exists(\"x\") or fs.read_lines(\"y\").is_ok()\n",
    );
    place.write("child.spl", "fn main():\n    rt_process_status(\"ls\", [])\n");
    place.write("nowhere.spl", "extern fn nowhere(n: i32) -> i32\n\nprint nowhere(1)\n");
    for (target, file, says) in [
        (
            "wasm64-unknown-unknown",
            "exists.spl",
            ["has no `statx`", "exists.spl:4:7", "`rt_file_exists`, `std.fs::read_lines` need it"],
        ),
        ("wasm32-wasi", "child.spl", ["`posix_spawnp`", "child.spl:2:5", "`rt_process_status` needs it"]),
        ("i686-unknown-linux-gnu", "nowhere.spl", ["has no `nowhere`", "nowhere.spl:3:7", "`--link=system`"]),
        ("aarch64-apple-darwin", "nowhere.spl", ["has no `nowhere`", "nowhere.spl:3:7", "docs/targets.md"]),
    ] {
        place.simplec(&["build", "--release", "--target", target, file]).fails(1, &says);
    }
    // What it could fail with has its words everywhere.
    place.write("set.spl", "use std.env\n\nif val Err(e) = env.set(\"A=\", \"b\"): print e\n");
    place.simplec(&["build", "--release", "--target=wasm64-unknown-unknown", "set.spl"]).succeeds();
    if cfg!(target_os = "linux") {
        let says = ["what the program is linked with", "nowhere.spl:3:7", "-lNAME"];
        for options in [["--backend=cranelift", "--linker=cc"], ["--backend=llvm", "-O1"]] {
            place.simplec(&[&["build", "nowhere.spl"], &options[..]].concat()).fails(1, &says);
        }
    }
}

/// Takes what the manual of wasmtime says: `wasmtime run [OPTIONS] MODULE [ARGUMENTS]`, of whose options `--dir HOST[::GUEST]` opens a directory
/// and `-S inherit-env[=y|n]` gives the variables of the environment.
const WASMTIME: &str = "\
#!/bin/sh
[ \"$1\" = run ] || exit 90
shift
while :; do
  case $1 in
    --dir=. | --dir=/tmp | -Sinherit-env=y) echo \"$1\"; shift ;;
    -*) exit 91 ;;
    *) break ;;
  esac
done
[ \"$(head -c4 \"$1\" | tail -c3)\" = asm ] || exit 92
shift
echo \"$@\"
exit 3
";

#[test]
fn wasmtime_is_called_as_its_manual_says() {
    if !has_llvm() {
        return;
    }
    let mut place = Place::with_main();
    std::fs::create_dir(place.path("bin")).unwrap();
    let wasmtime = place.write("bin/wasmtime", WASMTIME);
    std::fs::set_permissions(wasmtime, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(place.path("bin")).chain(std::env::split_paths(&path));
    place.environment.push(("PATH", Some(std::env::join_paths(folders).unwrap().into())));
    let ran = place.simplec(&["run", "-O1", "--target=wasm32-wasi", "main.mir", "--", "--dir=x", "-S"]);
    let expected = "--dir=.\n--dir=/tmp\n-Sinherit-env=y\n--dir=x -S\n";
    assert_eq!((ran.code, &*ran.stdout), (3, expected), "{}", ran.stderr);
}

#[test]
fn an_emulator_that_is_missing_is_named() {
    let known = Place::new().simplec(&["toolchain"]);
    let Some((prefix, _)) = known.stdout.split_once(")\n").filter(|_| has_llvm()) else { return };
    let prefix = prefix.split_once('(').unwrap().1;
    let place = Place::with_main().with_path(&[]);
    for (triple, help) in [
        ("aarch64-unknown-linux-gnu", "install qemu-user"),
        ("wasm32-wasi", "install wasmtime or nodejs"),
        ("wasm64-unknown-unknown", "install nodejs"),
        ("thumbv7m-none-eabi", "install qemu-system-arm"),
    ] {
        let ran = place.simplec(&["run", "--llvm-prefix", prefix, "--target", triple, "main.mir"]);
        ran.fails(1, &[&format!("error[E0702]: programs for {triple} do not run"), help]);
    }
    // Nothing makes it run here, and an LLVM makes it.
    let ran = Place::with_main().with_path(&[]).without_llvm().simplec(&[
        "run",
        "--target=x86_64-apple-darwin",
        "main.mir",
    ]);
    ran.fails(1, &["programs for x86_64-apple-darwin do not run", "to a file, once there is an LLVM"]);
}
