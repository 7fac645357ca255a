//! What builds write: whole or not there, the same every time, remembered, and timed.

use std::path::Path;
use std::process::Command;

use crate::place::{MAIN, Place, Ran, has_llvm, is_root};

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
    std::fs::write(small.join("full"), [0; 8192]).unwrap();
    // Each of LLVM's linkers dies of it in a way of its own.
    let targets =
        ["x86_64-pc-windows-gnu", "x86_64-apple-darwin", "wasm32-wasi", "riscv64gc-unknown-linux-gnu"];
    let targets = targets.iter().filter(|_| has_llvm()).map(|target| format!("--target={target}"));
    let ways = targets.map(|target| ["--emit=exe".to_owned(), target]);
    let natively = ["--emit=exe", "--emit=mir", "--emit=staticlib"];
    let natively = natively.map(|emit| [emit.to_owned(), "-O0".to_owned()]);
    let results: Vec<Ran> = natively
        .into_iter()
        .chain(ways)
        .map(|[emit, target]| {
            place.write("main.mir", format!("{MAIN}; {}\n", "x".repeat(10_000)));
            let big = "export const @big: [u8; 100000] = \"".to_owned() + &"y".repeat(100_000) + "\"\n";
            place.write("main.mir", big + MAIN);
            place.simplec(&["build", &emit, &target, "main.mir", "-o", "small/out"])
        })
        .collect();
    let left: Vec<_> = std::fs::read_dir(&small).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(Command::new("umount").arg(&small).status().unwrap().success());
    for ran in &results {
        ran.fails(1, &["error[E0802]", "small/out"]);
    }
    assert_eq!(left, ["full"]);
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
