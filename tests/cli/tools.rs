//! Back ends and the tools that they run: what is passed on, what stands in for them, and what becomes of them when they fail.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::place::{MAIN, Place, has_llvm};

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
