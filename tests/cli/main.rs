//! The program as users meet it: bad input, usage and questions here, the rest in modules.

#![cfg(unix)]

mod libraries;
mod linking;
mod loading;
mod macos;
mod objects;
mod outputs;
mod place;
mod programs;
mod repl;
mod specifications;
mod symbols;
mod targets;
mod tests;
mod threads;
mod tools;
mod windows;

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use place::{MAIN, Place, Ran, has_llvm, is_root};

// ---- bad input ----

#[test]
fn bad_sources_are_errors_with_a_code_and_a_place() {
    let deep = format!("val x = {}1{}\n", "(".repeat(100_000), ")".repeat(100_000));
    let chain = format!("val x = {}1\n", "1 + ".repeat(100_000));
    let long_line = format!("val x = \"{}\n", "a".repeat(10_000_000));
    for (name, text, says) in [
        (
            "unterminated.spl",
            b"fn main():\n    print \"abc\n".to_vec(),
            ["error[E0001]", "unterminated.spl:2:"],
        ),
        ("deep.spl", deep.into_bytes(), ["error[E0016]", "deep.spl:1:"]),
        ("chain.spl", chain.into_bytes(), ["error[E0016]", "chain.spl:1:"]),
        ("long.spl", long_line.into_bytes(), ["error[E0001]", "long.spl:1:"]),
        ("binary.spl", b"val x = 1\nval s = \"\xff\xfe\"\n".to_vec(), ["error[E0006]", "binary.spl:2:"]),
        ("bad.mir", b"export fn @main( {".to_vec(), ["error[E0601]", "bad.mir:1:"]),
        (
            "type.mir",
            MAIN.replace("i32 = const", "i64 = const").into_bytes(),
            ["error[E0621]", "type.mir:4:"],
        ),
    ] {
        let place = Place::new();
        place.write(name, text);
        for command in ["check", "build", "run"] {
            let ran = place.simplec(&[command, name]);
            ran.fails(1, &says);
            assert!(ran.stderr.len() < 20_000, "{name}: {} bytes of errors", ran.stderr.len());
        }
        place.write("seen.spl", "");
        let left: Vec<String> = place.outputs().into_iter().filter(|left| left != name).collect();
        assert!(left.is_empty(), "{name} left {left:?}");
    }
}

#[test]
fn a_long_line_and_a_long_chain_of_terms_are_no_errors() {
    let place = Place::new();
    place.write(
        "line.spl",
        format!("fn main():\n    val x = \"{}\"\n    print x.len()\n", "a".repeat(10_000_000)),
    );
    place.simplec(&["check", "line.spl"]).succeeds();
    place.write("terms.spl", format!("fn main():\n    print {}1\n", "1 + ".repeat(5_000)));
    assert_eq!(place.simplec(&["run", "terms.spl"]).succeeds().stdout, "5001\n");
}

#[test]
fn an_empty_file_is_well_formed_and_no_program() {
    let place = Place::new();
    place.write("empty.spl", "");
    place.simplec(&["check", "empty.spl"]).succeeds();
    for command in ["run", "build"] {
        place.simplec(&[command, "empty.spl"]).fails(1, &["error[E0805]", "`main`"]);
    }
    place.write("empty.mir", "");
    place.simplec(&["run", "empty.mir"]).fails(1, &["error[E0805]", "`main`"]);
}

#[test]
fn files_that_cannot_be_read() {
    let place = Place::new();
    place.simplec(&["run", "none.spl"]).fails(1, &["error[E0801]", "none.spl", "no such file"]);
    place.simplec(&["run", "."]).fails(1, &["error[E0801]", "is a directory"]);
    let closed = place.write("closed.spl", "fn main(): pass\n");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    if !is_root() {
        place.simplec(&["run", "closed.spl"]).fails(1, &["error[E0801]", "permission denied"]);
    }
    place.simplec(&["run", "closed.spl/x.spl"]).fails(1, &["error[E0801]"]);
}

#[test]
fn several_errors_are_reported_in_one_run() {
    let place = Place::new();
    place.write("two.spl", "fn main():\n    print (1 +\n\nfn f():\n    val 3 = \n");
    let ran = place.simplec(&["check", "--message-format=short", "two.spl"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.lines().filter(|line| line.contains("error[")).count() >= 2, "{}", ran.stderr);
}

// ---- usage and questions ----

#[test]
fn usage_errors_exit_with_two_and_name_what_was_meant() {
    let place = Place::with_main();
    for (args, says) in [
        (&["bild", "main.mir"][..], "'build'"),
        (&["main.mir"], "simplec run main.mir"),
        (&["build"], "no file to build"),
        (&["build", "--emit=llvmir", "main.mir"], "did you mean `llvm-ir`?"),
        (&["build", "--emit=staticlib,exe", "main.mir"], "a library has no `main`"),
        (&["build", "--backend=cranlift", "main.mir"], "cranelift"),
        (&["build", "-O7", "main.mir"], "the levels are 0, 1, 2, 3, s and z"),
        (&["build", "-C", "linkargs=-s", "main.mir"], "did you mean `-C link-args=...`?"),
        (&["build", "--backend=interp", "main.mir"], "the interpreter makes no code"),
        (&["build", "--release", "--profile=debug", "main.mir"], "cannot be used with"),
        (&["explain", "E9999"], "there is no error code"),
    ] {
        place.simplec(args).fails(2, &[says]);
    }
    assert_eq!(place.outputs(), [""; 0]);
}

/// What reads the arguments needs more than this where it is not optimised, and so does what is done then.
#[test]
fn a_small_stack_is_enough() {
    let place = Place::with_main();
    place.write("main.spl", "fn main() -> i64: [1, 2].sum()\n");
    for (args, code) in [
        (&["--version"][..], 0),
        (&["--help"], 0),
        (&["--bad"], 2),
        (&["build", "--bad"], 2),
        (&["check", "main.spl"], 0),
        (&["check", "none.spl"], 1),
        (&["run", "--backend=cranelift", "main.spl"], 3),
        (&["run", "--backend=interp", "main.spl"], 3),
        (&["run", "--backend=cranelift", "main.mir"], 7),
        (&["build", "--backend=cranelift", "--emit=obj", "main.spl"], 0),
    ] {
        let simplec = place.command(args);
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -s 256 && exec \"$0\" \"$@\""]).arg(simplec.get_program()).args(args);
        let ran = Ran::of(command.current_dir(place.folder.path()).output().unwrap());
        assert_eq!(ran.code, code, "{args:?}: {}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn unknown_targets_are_named_with_the_nearest_one() {
    let place = Place::with_main();
    place
        .simplec(&["build", "--target=x86_64-unknown-linux-gun", "main.mir"])
        .fails(1, &["error[E0701]", "did you mean `x86_64-unknown-linux-gnu`?"]);
    place.write("mine.json", "{}");
    place.simplec(&["build", "--target=mine.json", "main.mir"]).fails(1, &["error[E0701]", "mine.json"]);
    place.simplec(&["build", "--target=none.json", "main.mir"]).fails(1, &["error[E0801]", "none.json"]);
}

#[test]
fn questions_are_answered_in_plain_lines() {
    let place = Place::new();
    let ask = |args: &[&str]| place.simplec(args).succeeds().stdout.clone();
    assert_eq!(ask(&["--print=target-triple", "--target=arm64-linux-gnu"]), "aarch64-unknown-linux-gnu\n");
    assert!(ask(&["--print=backend"]).starts_with("cranelift (it is what profile debug uses)"));
    assert!(ask(&["--print=backend", "--release"]).starts_with("llvm (it is what profile release uses)"));
    assert!(ask(&["--print=data-layout", "--target=i686-linux"]).starts_with("e-m:e-p:32:32-"));
    let targets = ask(&["--print=target-list"]);
    assert!(targets.lines().any(|line| line == "i686-unknown-linux-gnu"), "{targets}");
    assert_eq!(targets.lines().count(), ask(&["targets"]).lines().count());
    assert!(ask(&["explain", "E0001"]).starts_with("E0001: a text literal that is not closed\n"));
    assert!(ask(&["explain"]).contains("E0802"));
    assert!(ask(&["toolchain"]).contains("links with"));
    assert!(ask(&["completions", "bash"]).contains("--save-temps"));
    assert!(ask(&["man", "build"]).starts_with(".ie"));
    assert!(ask(&["--target=i686-linux", "--print=target-triple"]).starts_with("i686"));
    assert!(ask(&["-V"]).starts_with("simplec 0."));
    assert!(ask(&["-h"]).lines().count() < 40, "short help is one screen");
}

#[test]
fn questions_are_answered_in_json() {
    let place = Place::new();
    let ask = |args: &[&str]| -> Vec<serde_json::Value> {
        let ran = place.simplec(&[&["--message-format=json"], args].concat());
        ran.succeeds().stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let answers =
        ask(&["--print=target-triple,data-layout,backend", "--target=i686-linux", "--backend=llvm"]);
    assert_eq!(answers[0]["target-triple"], "i686-unknown-linux-gnu");
    assert!(answers[1]["data-layout"].as_str().unwrap().starts_with("e-m:e-p:32:32-"));
    assert_eq!(answers[2]["backend"]["name"], "llvm");
    let targets = ask(&["targets"]);
    let list = ask(&["--print=target-list"]);
    let triples: Vec<_> = targets.iter().map(|target| target["triple"].clone()).collect();
    assert_eq!(list[0]["target-list"].as_array(), Some(&triples));
    let [report] = &ask(&["toolchain"])[..] else { panic!("one line") };
    assert_eq!(report["targets"].as_array().map(Vec::len), Some(targets.len()));
    if has_llvm() {
        let toolchain = &ask(&["--print=toolchain"])[0]["toolchain"];
        assert_eq!(toolchain["version"], report["llvm"]["version"]);
        assert_eq!(toolchain["clang"], report["llvm"]["clang"]);
    }
}

#[test]
fn formats_of_diagnostics() {
    let place = Place::new();
    place.write("bad.mir", "fn @f() {\nbb0:\n  return %x\n}\n");
    let short = place.simplec(&["check", "--message-format=short", "bad.mir"]);
    assert!(short.stderr.starts_with("bad.mir:3:"), "{}", short.stderr);
    let json = place.simplec(&["check", "--message-format=json", "bad.mir"]);
    for line in json.stderr.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(value["rendered"].as_str().unwrap().contains("error["), "{line}");
    }
    assert!(!json.stderr.is_empty());
    let coloured = place.simplec(&["check", "--color=always", "bad.mir"]);
    assert!(coloured.stderr.contains("\x1b["));
    let plain = place.simplec(&["check", "bad.mir"]);
    assert!(!plain.stderr.contains('\x1b'), "standard error is no terminal");
}

#[test]
fn passes_are_timed() {
    let place = Place::with_main();
    let ran = place.simplec(&["check", "--time-passes", "main.mir"]);
    assert!(
        ran.succeeds().stderr.contains("ms  parse") && ran.stderr.contains("ms  total"),
        "{}",
        ran.stderr
    );
}
