//! The program as users meet it: exit codes, bad input, outputs that are whole or not there, fall-back, questions.

#![cfg(unix)]

mod libraries;
mod linking;
mod loading;
mod macos;
mod objects;
mod place;
mod programs;
mod repl;
mod specifications;
mod symbols;
mod targets;
mod tests;
mod threads;
mod windows;

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use place::{MAIN, Place, Ran, has_llvm};

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}

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

// ---- outputs ----

#[test]
fn outputs_that_cannot_be_written_leave_nothing() {
    let place = Place::with_main();
    for emit in ["--emit=mir", "--emit=obj", "--emit=exe"] {
        place
            .simplec(&["build", emit, "main.mir", "-o", "none/out"])
            .fails(1, &["error[E0802]", "none/out", "there is no folder none"]);
        place.simplec(&["build", emit, "main.mir", "-o", "."]).fails(1, &["error[E0802]"]);
        if Path::new("/proc/self").exists() {
            place
                .simplec(&["build", emit, "main.mir", "-o", "/proc/out"])
                .fails(1, &["error[E0802]", "nothing can be made in /proc: No such file or directory"]);
        }
        if Path::new("/dev/full").exists() {
            place
                .simplec(&["build", emit, "main.mir", "-o", "/dev/full"])
                .fails(1, &["error[E0802]", "/dev/full", "no space left"]);
            use std::os::unix::fs::FileTypeExt;
            assert!(std::fs::metadata("/dev/full").unwrap().file_type().is_char_device(), "it was replaced");
        }
    }
    assert_eq!(place.outputs(), [""; 0]);
}

#[test]
fn a_full_disk_is_an_error_and_leaves_nothing() {
    let place = Place::with_main();
    let small = place.path("small");
    std::fs::create_dir(&small).unwrap();
    let mounted = is_root()
        && Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=8k", "tmpfs"])
            .arg(&small)
            .status()
            .is_ok_and(|status| status.success());
    if !mounted {
        eprintln!("not tried: a small file system needs the right to mount one");
        return;
    }
    let results: Vec<Ran> = ["--emit=exe", "--emit=mir"]
        .into_iter()
        .map(|emit| {
            place.write("main.mir", format!("{MAIN}; {}\n", "x".repeat(10_000)));
            let big = "export const @big: [u8; 100000] = \"".to_owned() + &"y".repeat(100_000) + "\"\n";
            place.write("main.mir", big + MAIN);
            place.simplec(&["build", emit, "main.mir", "-o", "small/out"])
        })
        .collect();
    let left: Vec<_> = std::fs::read_dir(&small).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(Command::new("umount").arg(&small).status().unwrap().success());
    for ran in &results {
        ran.fails(1, &["error[E0802]", "small/out"]);
    }
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn an_output_is_never_the_input_and_two_never_meet() {
    let place = Place::with_main();
    place.simplec(&["build", "--emit=mir", "main.mir"]).fails(2, &["error[E0803]", "is the input"]);
    place.simplec(&["build", "--emit=mir", "main.mir", "-o", "./main.mir"]).fails(2, &["is the input"]);
    place.simplec(&["build", "--emit=mir=x,obj=x", "main.mir"]).fails(2, &["both go to x"]);
    place
        .simplec(&["build", "--emit=mir=x,mir=y", "main.mir"])
        .fails(2, &["`--emit=mir` is asked for twice"]);
    place.simplec(&["build", "--emit=obj", "main.mir", "-o", "-"]).fails(2, &["not text"]);
    assert_eq!(std::fs::read_to_string(place.path("main.mir")).unwrap(), MAIN);
    assert_eq!(place.outputs(), [""; 0]);
}

#[test]
fn every_kind_of_output_is_written_where_it_is_asked_for() {
    let place = Place::with_main();
    place.simplec(&["build", "main.mir", "-o", "prog"]).succeeds();
    assert_eq!(Command::new(place.path("prog")).status().unwrap().code(), Some(7));
    let ran = place.simplec(&["build", "--emit=mir", "main.mir", "-o", "-"]);
    assert!(ran.succeeds().stdout.contains("export fn @main() -> i32 c {"), "{}", ran.stdout);
    place.simplec(&["build", "--emit=obj=a.o,mir=b.mir,exe", "main.mir", "-o", "c"]).succeeds();
    assert_eq!(place.outputs(), ["a.o", "b.mir", "c", "prog"]);
    let again = place.simplec(&["build", "--emit=mir", "b.mir", "-o", "-"]);
    assert_eq!(again.succeeds().stdout, std::fs::read_to_string(place.path("b.mir")).unwrap());
    let ran = place.simplec(&["build", "--emit=llvm-ir", "main.mir", "-o", "-"]);
    assert!(ran.succeeds().stdout.contains("define"), "{}", ran.stdout);
    if has_llvm() {
        place.simplec(&["build", "--emit=asm,llvm-bc,llvm-ir", "main.mir", "-o", "d"]).succeeds();
        let ran = place.simplec(&["build", "--save-temps", "--release", "main.mir", "-o", "e"]);
        assert!(ran.succeeds().stderr.contains("kept e.ll"), "{}", ran.stderr);
        assert_eq!(
            place.outputs(),
            ["a.o", "b.mir", "c", "d.bc", "d.ll", "d.s", "e", "e.ll", "e.mir", "e.o", "prog"]
        );
        assert!(std::fs::read(place.path("d.bc")).unwrap().starts_with(b"BC\xc0\xde"));
    }
}

#[test]
fn what_outputs_depend_on_is_a_rule_for_make() {
    let place = Place::new();
    place.write("a b.mir", MAIN);
    let rule = "prog a.o: a\\ b.mir\n\na\\ b.mir:\n";
    place.simplec(&["build", "--emit=exe,obj=a.o,dep-info", "a b.mir", "-o", "prog"]).succeeds();
    assert_eq!(std::fs::read_to_string(place.path("prog.d")).unwrap(), rule);
    let ran = place.simplec(&["build", "--emit=dep-info", "a b.mir", "-o", "-"]);
    assert_eq!(ran.succeeds().stdout, "a\\ b: a\\ b.mir\n\na\\ b.mir:\n");
}

#[test]
fn the_cache_is_counted_and_cleared() {
    let mut place = Place::new();
    let folder = place.path("cache");
    std::fs::create_dir_all(folder.join("toolchain")).unwrap();
    std::fs::write(folder.join("toolchain/x.json"), "123").unwrap();
    std::fs::create_dir(folder.join("objects")).unwrap();
    std::fs::write(folder.join("objects/y"), "45678").unwrap();
    place.environment.push(("SIMPLEC_CACHE", Some(folder.clone())));
    let ask = |action: &str| place.simplec(&["cache", action]).succeeds().stdout.clone();
    assert_eq!(ask("dir"), format!("{}\n", folder.display()));
    assert_eq!(ask("stat"), "answers 1\nobjects 1\nbytes 8\n");
    assert_eq!(ask("clean"), "deleted 1 answers, 1 objects, 8 bytes\n");
    assert_eq!(ask("stat"), "answers 0\nobjects 0\nbytes 0\n");
}

#[test]
fn what_llvm_makes_is_remembered_with_everything_it_depends_on() {
    if !has_llvm() {
        return;
    }
    let place = Place::with_main();
    let build = |more: &[&str]| {
        let args = [&["build", "--release", "-v", "main.mir", "-o", "main"], more].concat();
        let told = place.simplec(&args).succeeds().stderr.clone();
        assert_eq!(Command::new(place.path("main")).status().unwrap().code(), Some(7));
        let ran = told.contains("-x ir -");
        assert_eq!(told.contains("reused "), !ran, "{told}");
        ran
    };
    assert!(build(&[]), "nothing is there at first");
    assert!(!build(&[]));
    assert!(build(&["-O3"]), "another level");
    assert!(build(&["-C", "llvm-args=--verify-scev"]), "another option");
    assert!(!build(&["-O3"]));
    assert!(build(&["--cache=off"]));
    assert!(build(&["--cache=verify"]));
    for entry in std::fs::read_dir(place.path("cache/objects")).unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&path, bytes).unwrap();
    }
    assert!(build(&[]), "damaged entries are none");
    assert!(!build(&[]));
    // A whole entry of something else: the hash of `x`, and `x`.
    for entry in std::fs::read_dir(place.path("cache/objects")).unwrap() {
        let content = [&blake3::hash(b"x").as_bytes()[..], b"x"].concat();
        std::fs::write(entry.unwrap().path(), content).unwrap();
    }
    let verify = ["build", "--release", "--cache=verify", "main.mir", "-o", "verified"];
    place
        .simplec(&verify)
        .fails(1, &["error[E0703]", "is not what clang makes of it", "simplec cache clean"]);
    place.simplec(&["cache", "clean"]).succeeds();
    assert!(build(&[]));
    place.write("main.mir", MAIN.replace("%0", "%other"));
    assert!(!build(&[]), "names of registers are in no release code");
    place.write("main.mir", MAIN.replace("fn @main", "fn @other") + MAIN);
    assert!(build(&[]), "another module");
}

#[test]
fn the_last_of_several_levels_counts() {
    let place = Place::with_main();
    let ran =
        place.simplec(&["build", "-###", "-O2", "-O0", "--backend=cranelift", "main.mir", "-o", "main"]);
    ran.succeeds();
    place.simplec(&["check", "-O0", "-Os", "main.mir"]).succeeds();
}

#[test]
fn another_llc_generates_code_where_it_is_named() {
    if !has_llvm() {
        return;
    }
    let place = Place::with_main();
    for level in ["-O0", "-O2", "-Oz"] {
        let args = ["build", "--backend=llvm", level, "--llc=llc-18", "-v", "main.mir", "-o", "main"];
        let ran = place.simplec(&args);
        let commands: Vec<&str> =
            ran.succeeds().stderr.lines().filter(|line| line.starts_with("LC_ALL=C")).collect();
        let tools: Vec<bool> = commands.iter().map(|line| line.contains("llc-18 ")).collect();
        assert_eq!(tools, [false, true, false], "clang, llc, the linker: {}", ran.stderr);
        assert_eq!(Command::new(place.path("main")).status().unwrap().code(), Some(7));
    }
    let shown = ["build", "-###", "--release", "--llc=llc-18", "--emit=asm", "main.mir"];
    let ran = place.simplec(&shown);
    let said = format!("{}{}", ran.succeeds().stdout, ran.stderr);
    assert!(said.contains("-S -emit-llvm") && said.contains("-filetype=asm"), "{said}");
    place
        .simplec(&["build", "--backend=llvm", "--llc=/no/llc", "main.mir"])
        .fails(1, &["`--llc`", "no such program"]);
    let old = ["build", "--backend=llvm", "--llc=llc-17", "main.mir"];
    place.simplec(&old).fails(1, &["of LLVM 17 and does not read the IR of LLVM 18"]);
}

#[test]
fn paths_in_outputs_are_remapped() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("src/lib")).unwrap();
    place.write("src/lib/a.mir", "export fn @main() -> i32 c {\nbb0:\n  panic \"no\"\n}\n");
    place.write("src/lib/a.spl", "val xs = [1]\nprint xs[1]\n");
    for file in ["src/lib/a.mir", "src/lib/a.spl"] {
        let ran = |maps: &[&str]| {
            let mut args = vec!["run", "--backend=interp", file];
            maps.iter().for_each(|map| args.extend(["--remap-path-prefix", map]));
            let stderr = place.simplec(&args).stderr;
            stderr
                .split_once("  at ")
                .unwrap_or_else(|| panic!("{stderr}"))
                .1
                .split(':')
                .next()
                .unwrap()
                .to_owned()
        };
        let name = file.strip_prefix("src/lib/").unwrap();
        assert_eq!(ran(&[]), file);
        assert_eq!(ran(&["src=/x"]), format!("/x/lib/{name}"));
        assert_eq!(ran(&["src/lib="]), name);
        assert_eq!(ran(&["src/li=/x"]), file, "a part of a name is no prefix");
        assert_eq!(ran(&["src=/x", "src/lib=y"]), format!("y/{name}"), "the last one that fits");
    }
    place.simplec(&["run", "--remap-path-prefix", "src", "src/lib/a.mir"]).fails(2, &["FROM=TO"]);
}

#[test]
fn the_times_of_a_build_are_a_page() {
    let place = Place::with_main();
    place.simplec(&["build", "--timings", "--backend=cranelift", "main.mir", "-o", "a&b"]).succeeds();
    let page = std::fs::read_to_string(place.path("a&b.timings.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"), "{page}");
    for part in ["main.mir", "Cranelift", "link", "functions"] {
        assert!(page.contains(part), "no {part} in {page}");
    }
    assert!(!page.contains("{{"), "{page}");
    place.simplec(&["build", "--timings", "--emit=mir", "main.mir", "-o", "-"]).succeeds();
    assert!(place.path("main.timings.html").is_file());
}

#[test]
fn the_times_of_a_build_are_a_trace() {
    let place = Place::with_main();
    let args = ["build", "--timings=trace", "--time-passes", "--message-format=json", "--backend=cranelift"];
    let ran = place.simplec(&[&args[..], &["main.mir", "-o", "main"]].concat());
    let trace = std::fs::read_to_string(place.path("main.timings.json")).unwrap();
    let trace: serde_json::Value = serde_json::from_str(&trace).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let names: Vec<_> = events.iter().map(|event| event["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"Cranelift") && names.contains(&"link"), "{names:?}");
    // Passes do not run inside each other, so each begins where those before it have ended.
    let mut end = 0.0;
    for event in events {
        assert!(event["ts"].as_f64().unwrap() >= end, "{trace}");
        end = event["ts"].as_f64().unwrap() + event["dur"].as_f64().unwrap();
    }
    let last: serde_json::Value =
        serde_json::from_str(ran.succeeds().stderr.lines().last().unwrap()).unwrap();
    assert_eq!(last["pass"], "total");
    let all = events.iter().map(|event| event["dur"].as_f64().unwrap()).sum::<f64>() / 1e3;
    assert!((all - last["ms"].as_f64().unwrap()).abs() < 0.01, "{all} ms against {last}");
    place.simplec(&["build", "--timings=xml", "main.mir"]).fails(2, &["html", "trace"]);
}

#[test]
fn building_twice_gives_the_same_bytes() {
    let place = Place::with_main();
    for release in [false, true] {
        if release && !has_llvm() {
            continue;
        }
        let build = |name: &str| {
            let mut args = vec!["build", "main.mir", "-o", name];
            args.extend(release.then_some("--release"));
            place.simplec(&args).succeeds();
            std::fs::read(place.path(name)).unwrap()
        };
        assert!(build("first") == build("second"), "release: {release}");
    }
}

// ---- back ends and tools ----

#[test]
fn the_exit_code_of_the_program_is_passed_on() {
    let place = Place::with_main();
    assert_eq!(place.simplec(&["run", "main.mir"]).code, 7);
    assert_eq!(place.simplec(&["run", "--backend=interp", "main.mir"]).code, 7);
    assert_eq!(place.simplec(&["run", "--profile=test", "main.mir"]).code, 7);
    if has_llvm() {
        assert_eq!(place.simplec(&["run", "--release", "main.mir"]).code, 7);
    }
}

#[test]
fn arguments_after_two_dashes_are_the_programs() {
    let place = Place::new();
    let text = "export fn @main(%n: i32, %v: ptr) -> i32 c {\nbb0:\n  return %n\n}\n";
    place.write("count.mir", text);
    for backend in ["--backend=cranelift", "--backend=interp", "--backend=llvm"] {
        if backend == "--backend=llvm" && !has_llvm() {
            continue;
        }
        let ran = place.simplec(&["run", backend, "count.mir", "--", "--release", "b c"]);
        assert_eq!(ran.code, 3, "{backend}: {}", ran.stderr);
    }
}

#[test]
fn without_llvm_release_builds_warn_and_use_cranelift() {
    let place = Place::with_main().without_llvm();
    let ran = place.simplec(&["build", "--release", "main.mir", "-o", "prog"]);
    ran.succeeds();
    for part in ["warning[E0704]", "there is no clang in it", "compiling with Cranelift"] {
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
    }
    assert_eq!(Command::new(place.path("prog")).status().unwrap().code(), Some(7));
    let ran = place.simplec(&["run", "--release", "main.mir"]);
    assert_eq!(ran.code, 7);
    assert!(ran.stderr.contains("compiling with Cranelift"), "{}", ran.stderr);
    for forbid in ["--no-fallback", "--backend=llvm"] {
        place
            .simplec(&["build", "--release", forbid, "main.mir", "-o", "other"])
            .fails(1, &["error[E0704]", &format!("`{forbid}` allows no other back end")]);
    }
    assert_eq!(place.outputs(), ["prog"]);
}

#[test]
fn without_llvm_on_path_the_warning_says_what_to_install() {
    let place = Place::with_main().with_path(&["cc", "ld"]);
    if place.simplec(&["--print=toolchain"]).code == 0 {
        eprintln!("not tried: this machine has an LLVM in a known place");
        return;
    }
    let ran = place.simplec(&["build", "--release", "main.mir", "-o", "prog"]);
    ran.succeeds();
    for part in ["warning[E0702]", "no LLVM that simplec can use was found", "install LLVM 18", "Cranelift"] {
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
    }
    place
        .simplec(&["build", "--target=i686-linux-gnu", "main.mir", "-o", "small"])
        .fails(1, &["error[E0702]", "install LLVM 18", "only LLVM can"]);
    let bare = Place::with_main().with_path(&[]);
    for run in [&["run", "main.mir"][..], &["run", "--release", "main.mir"]] {
        assert_eq!(bare.simplec(run).code, 7, "no tool is needed to run");
    }
    assert!(place.simplec(&["toolchain"]).succeeds().stdout.contains("LLVM in use: none"));
}

#[test]
fn help_has_the_options_that_do_something() {
    let place = Place::new();
    for (command, shown, idle) in [
        ("check", "--target", ["--release", "--remap-path-prefix", "-C <KEY=VALUE>"]),
        ("toolchain", "--llvm-prefix", ["--release", "--profile", "-C <KEY=VALUE>"]),
    ] {
        let help = place.simplec(&[command, "--help"]).stdout;
        assert!(help.contains(shown), "{command}: {help}");
        for option in idle {
            assert!(!help.contains(option), "{command} {option}: {help}");
        }
    }
    place.write("a.spl", "fn main(): pass\n");
    place.simplec(&["check", "--release", "a.spl"]).succeeds();
}

/// Makes `SIMPLEC_LLVM` name a clang that answers questions, and does `more` instead of compiling.
fn with_fake_clang(mut place: Place, more: &str) -> Place {
    let bin = place.path("empty/bin");
    std::fs::create_dir_all(&bin).unwrap();
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in\n*--version*) echo 'clang version 18.1.8' ;;\n\
         *--print-targets*) echo '    x86-64 - 64-bit X86' ;;\n*-emit-llvm*) exit 1 ;;\n*) {more} ;;\nesac\n"
    );
    std::fs::write(bin.join("clang"), script).unwrap();
    std::fs::set_permissions(bin.join("clang"), std::fs::Permissions::from_mode(0o755)).unwrap();
    place.environment.push(("SIMPLEC_LLVM", Some(place.path("empty"))));
    place
}

/// The command, heeding a signal that this test may be told to ignore: scripts do that for what runs in the background.
#[cfg(target_os = "linux")]
fn hearing(signal: &str, command: &Command) -> Command {
    let mut heeding = Command::new("env");
    heeding.arg(format!("--default-signal={signal}")).arg(command.get_program()).args(command.get_args());
    heeding.current_dir(command.get_current_dir().unwrap());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => heeding.env(name, value),
            None => heeding.env_remove(name),
        };
    }
    heeding
}

#[test]
#[cfg(target_os = "linux")]
fn a_build_that_a_signal_ends_leaves_no_folder() {
    let place = with_fake_clang(Place::with_main(), "touch compiling; sleep 20");
    let temporary = place.path("empty/tmp");
    std::fs::create_dir(&temporary).unwrap();
    for signal in ["INT", "TERM", "HUP"] {
        let build = place.command(&["build", "--release", "--emit=obj", "main.mir", "-o", "out.o"]);
        let mut build = hearing(signal, &build).env("TMPDIR", &temporary).spawn().unwrap();
        while !place.path("compiling").exists() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        assert!(
            place.outputs().iter().any(|name| name.starts_with(".simplec-")),
            "it compiles beside the output"
        );
        let kill = Command::new("kill").args([&format!("-{signal}"), &build.id().to_string()]).status();
        assert!(kill.unwrap().success());
        assert_eq!(build.wait().unwrap().code(), None, "it ends by the signal");
        std::fs::remove_file(place.path("compiling")).unwrap();
        assert_eq!(place.outputs(), Vec::<String>::new(), "{signal}");
        assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0, "{signal}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_program_ends_with_the_simplec_that_runs_it() {
    let place = Place::new();
    place.write("wait.spl", "fn main():\n    print \"on\"\n    rt_sleep_ms(30000)\n");
    let mut run = place.command(&["run", "-O1", "wait.spl"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(run.stdout.take().unwrap());
    let mut said = String::new();
    lines.read_line(&mut said).unwrap();
    assert_eq!(said, "on\n");
    let start = std::time::Instant::now();
    assert!(Command::new("kill").arg(run.id().to_string()).status().unwrap().success());
    // Its end of the pipe is open for as long as it runs.
    lines.read_to_string(&mut said).unwrap();
    assert!(start.elapsed() < std::time::Duration::from_secs(15), "the program went on");
    assert_eq!(run.wait().unwrap().code(), None, "simplec ended by the signal");
}

#[test]
fn a_clang_that_dies_is_a_warning_and_one_that_refuses_is_our_fault() {
    let place = with_fake_clang(Place::with_main(), "cat >/dev/null; kill -SEGV $$");
    let ran = place.simplec(&["run", "--release", "main.mir"]);
    assert_eq!(ran.code, 7, "the system's compiler links: {}", ran.stderr);
    for part in ["clang crashed (signal 11)", "compiling with Cranelift", "the module is kept in"] {
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
    }
    place.simplec(&["build", "--release", "main.mir", "-o", "prog"]).succeeds();
    assert_eq!(place.outputs(), ["main.crash.ll", "prog", "prog.crash.ll"], "each is named after its output");
    let place = with_fake_clang(Place::with_main(), "sleep 20");
    let ran = place.simplec(&["build", "--release", "--tool-timeout=1", "--no-fallback", "main.mir"]);
    ran.fails(1, &["clang was stopped after 1.0 s", "main.crash.ll", "`--tool-timeout SECONDS`"]);
    let place = with_fake_clang(Place::with_main(), "echo '<stdin>:1:1: error: expected type' >&2; exit 1");
    let ran = place.simplec(&["build", "--release", "--emit=obj", "main.mir", "-o", "out.o"]);
    assert_eq!(ran.code, 101, "{}", ran.stderr);
    assert!(ran.stderr.contains("clang rejected the generated module"), "{}", ran.stderr);
    assert!(ran.stderr.contains("expected type"), "{}", ran.stderr);
    assert!(!place.outputs().contains(&"out.o".to_owned()));
}

#[test]
fn symbols_that_nothing_defines_are_named() {
    let place = Place::new();
    let text = "extern fn @rt_nowhere() -> i32\n".to_owned() + &MAIN.replace("const 7", "call @rt_nowhere()");
    place.write("main.mir", text);
    place.simplec(&["run", "main.mir"]).fails(1, &["rt_nowhere"]);
    place.simplec(&["build", "main.mir", "-o", "out"]).fails(1, &["error[E0703]", "rt_nowhere"]);
    assert_eq!(place.outputs(), [""; 0]);
}

#[test]
fn targets_that_cranelift_lacks_have_no_fall_back() {
    let place = Place::with_main().without_llvm();
    for command in ["build", "run"] {
        place
            .simplec(&[command, "--target=i686-linux-gnu", "main.mir"])
            .fails(1, &["error[E0704]", "Cranelift makes no code for i686-unknown-linux-gnu"]);
    }
    let interpreted = place.simplec(&["run", "--target=i686-linux-gnu", "--backend=interp", "main.mir"]);
    assert_eq!(interpreted.code, 7, "{}", interpreted.stderr);
    assert_eq!(place.outputs(), [""; 0]);
}

#[test]
fn commands_are_shown_and_with_three_signs_not_run() {
    if !has_llvm() {
        return;
    }
    let place = Place::with_main();
    let ran = place.simplec(&["build", "-###", "--release", "main.mir", "-o", "prog"]);
    let lines: Vec<&str> = ran.succeeds().stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].contains("clang") && lines[0].contains("-x ir - -c -O2 --target=x86_64"), "{lines:?}");
    assert!(lines[1].contains("-o prog"), "{lines:?}");
    assert_eq!(place.outputs(), [""; 0]);
    let shown = place.simplec(&["run", "-###", "--release", "main.mir"]);
    assert_eq!(shown.succeeds().stderr.lines().count(), 2, "{}", shown.stderr);
    assert_eq!(place.simplec(&["run", "-###", "main.mir"]).succeeds().stderr, "", "no command is needed");
    let ran = place.simplec(&["build", "-v", "--release", "-C", "link-args=-Wl,--build-id=none", "main.mir"]);
    let text = &ran.succeeds().stderr;
    assert!(text.contains("back end: LLVM, because it is what profile release uses"), "{text}");
    assert!(text.contains("-x ir - -c -O2") && text.contains("-Wl,--build-id=none"), "{text}");
    assert_eq!(place.outputs(), ["main"]);
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

const SPEC: &str = "var n = 0
describe \"a counter\":
    before_each:
        n += 1
    it \"starts anew\":
        expect n == 1
    context \"when changed\":
        before_each:
            n += 10
        it \"is prepared from the outside in\":
            expect(n).to_equal(11)
        it \"fails\":
            print \"so far\"
            expect n == 12
    it \"panics\":
        panic(\"no way\")
";

#[test]
fn examples_run_apart_and_failures_show_both_sides() {
    let place = Place::new();
    place.write("counter_spec.spl", SPEC);
    place.write("other.spl", "print 1\n");
    for backend in ["interp", "cranelift"] {
        let ran = place.simplec(&["test", "--backend", backend]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        for line in [
            "ok      a counter > starts anew",
            "ok      a counter > when changed > is prepared from the outside in",
            "FAILED  a counter > when changed > fails",
            "expectation failed: n == 12",
            "left:  11",
            "right: 12",
            "so far",
            "no way",
            "2 passed, 2 failed, 1 file",
        ] {
            assert!(ran.stdout.contains(line), "{backend}: {line} is missing in\n{}", ran.stdout);
        }
    }
    let ran = place.simplec(&["test", "--filter", "from the outside", "counter_spec.spl"]);
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.contains("1 passed, 0 failed"), "{}", ran.stdout);
    let ran = place.simplec(&["test", "--list"]);
    assert_eq!(ran.stdout.lines().count(), 4, "{}", ran.stdout);
    assert_eq!(place.simplec(&["test", "missing"]).code, 1);
    place.write("bad_test.spl", "describe \"x\":\n    it \"y\":\n        expect z\n");
    let ran = place.simplec(&["test", "--filter", "starts"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("1 passed, 0 failed, 2 files, 1 not compiled"), "{}", ran.stdout);
}
