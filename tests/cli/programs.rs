//! How programs behave on every back end, and what becomes of their symbols.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};

use crate::place::{Place, Ran, has_llvm};

/// The back ends that there are.
fn backends() -> Vec<&'static str> {
    let mut backends = vec!["interp", "cranelift"];
    backends.extend(has_llvm().then_some("llvm"));
    backends
}

#[test]
fn mir_that_calls_the_runtime_gets_it_on_every_back_end() {
    let place = Place::new();
    place.write(
        "main.mir",
        "const @hello: [u8; 6] = \"hello\\n\"
extern fn @write(i32, ptr, i64) -> i64
export fn @main(%argc: i32, %argv: ptr) -> i32 c {
bb0:
  %text: ptr = global_addr @hello
  %fd: i32 = const 1
  %len: i64 = const 6
  call @write(%fd, %text, %len)
  %n: usize = const 2
  %at: usize = index.check %argc, %n
  %code: i32 = resize %at
  return %code
}
",
    );
    let panicked = "panic: index 3 out of range for length 2\n  at main.mir:10:3\n";
    for backend in backends() {
        let backend = format!("--backend={backend}");
        let ran = place.simplec(&["run", &backend, "main.mir"]);
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (1, "hello\n", ""), "{backend}");
        let ran = place.simplec(&["run", &backend, "main.mir", "--", "a", "b"]);
        assert_eq!(
            (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
            (101, "hello\n", panicked),
            "{backend}"
        );
    }
    place.simplec(&["build", "main.mir", "-o", "prog"]).succeeds();
    let ran = Ran::of(Command::new(place.path("prog")).args(["a", "b"]).output().unwrap());
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (101, "hello\n", panicked));
    // What is written as MIR is whole: it has the runtime in it.
    place.simplec(&["build", "--emit=mir", "main.mir", "-o", "whole.mir"]).succeeds();
    let ran = place.simplec(&["run", "whole.mir", "--", "a", "b"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (101, panicked));
}

#[test]
fn a_program_without_its_loader_says_so() {
    let place = Place::new();
    place.write("a.spl", "fn main(): pass\n");
    let ran = place.simplec(&["run", "--target=i686-linux-gnu", "--link=system", "a.spl"]);
    // It runs where somebody installed a C library of this target, and where a part of one is missing it is not linked.
    if ran.stderr.contains("E0806") {
        ran.fails(1, &["E0806", "whose loader is not on this machine", "--link=self-contained"]);
    }
}

#[test]
fn no_back_end_that_lacks_vectors_names_another_one() {
    let place = Place::new();
    let main =
        "export fn @main() -> i32 c {\nbb0:\n  %v: <4 x f32> = zero\n  %n: i32 = const 0\n  return %n\n}\n";
    place.write("main.mir", main);
    for backend in backends() {
        let ran = place.simplec(&["run", &format!("--backend={backend}"), "main.mir"]);
        ran.fails(1, &["vector", "use a fixed array"]);
        assert!(!ran.stderr.contains("compile it instead"), "{}", ran.stderr);
    }
}

#[test]
fn mir_that_declares_the_runtime_otherwise_is_refused() {
    let place = Place::new();
    let main = "export fn @main() -> i32 c {\nbb0:\n  panic \"no\"\n}\n";
    let calls =
        "export fn @main() -> i32 c {\nbb0:\n  %z: ptr = zero\n  call @rt_panic(%z)\n  unreachable\n}\n";
    place.write("op.mir", format!("extern fn @rt_panic(ptr) -> never\n{main}"));
    place.write("call.mir", format!("extern fn @rt_panic(ptr) -> never\n{calls}"));
    let body = "{\nbb0:\n  unreachable\n}\n";
    place.write("both.mir", format!("extern fn @rt_panic_index(i64, i64, ptr) -> never\nexport fn @rt_panic(%a: ptr, %b: ptr) -> never c {body}{main}"));
    let backend = "--backend=interp";
    place.simplec(&["run", backend, "op.mir"]).fails(1, &["E0106", "op.mir:1", "(ptr, ptr) -> never"]);
    place.simplec(&["run", backend, "call.mir"]).fails(1, &["E0106", "call.mir:1", "(ptr, ptr) -> never"]);
    place.simplec(&["run", backend, "both.mir"]).fails(1, &["E0604", "both.mir:2", "defined twice"]);
}

#[test]
fn collections_that_cannot_be_are_named_with_a_way_out() {
    let place = Place::new();
    let body = "  %s: $S = agg.make (%code)\n  %xs: [$S] = array.literal (%s)\n  %x: f64 = const 0.5\n  \
                %d: {f64: i32} = dict.literal (%x, %code)\n  %t: text = format %code, \"}\"\n  %u: text = format %code, \"zz\"\n  \
                return %code\n";
    place.write("bad.mir", format!("struct $S {{ n: i32 }}\n{}", main_of(body)));
    let says = [
        "`array.literal` of a collection of `$S`",
        "a tuple has the fields of a struct",
        "bad.mir:6:3",
        "with keys of `f64`",
        "the specification \"}\"",
    ];
    place.simplec(&["run", "bad.mir"]).fails(1, &says);
    let spec = "  %t: text = format %code, \"zz\"\n  drop %t\n  return %code\n";
    place.write("spec.mir", main_of(spec));
    place
        .simplec(&["run", "spec.mir"])
        .fails(1, &["error[E0018]", "does not fit into a format specification"]);
}

/// A program of MIR text whose `main` has this body.
fn main_of(body: &str) -> String {
    format!("export fn @main() -> i32 c {{\nbb0:\n  %code: i32 = const 3\n{body}}}\n")
}

#[test]
fn what_traps_in_memory_ends_the_program_and_not_the_compiler() {
    let place = Place::new();
    place.write("trap.mir", main_of("  trap\n  unreachable\n"));
    place.write("null.mir", main_of("  %p: ptr = zero\n  store %code, %p\n  return %code\n"));
    let zero = "  %zero: i32 = const 0\n  %q: i32 = div %code, %zero\n  return %q\n";
    place.write("zero.mir", main_of(zero));
    let run = |file: &str| place.simplec(&["run", "--backend=cranelift", file]);
    let stopped = "error[E0806]: the program was killed by signal";
    run("trap.mir").fails(128 + 4, &[stopped, "SIGILL"]);
    run("null.mir").fails(128 + 11, &[stopped, "SIGSEGV"]);
    let ran = run("zero.mir");
    assert!([128 + 4, 128 + 8].contains(&ran.code), "{} {}", ran.code, ran.stderr);
    ran.fails(ran.code, &[stopped]);
    let json = place.simplec(&["run", "--backend=cranelift", "--message-format=json", "trap.mir"]);
    json.fails(128 + 4, &["\"E0806\""]);
}

#[test]
fn the_end_of_the_stack_is_a_panic_where_the_runtime_is_asked_to_say_so() {
    let recursive = "fn @f(%n: i32) -> i32 {\nbb0:\n  %a: i32 = call @f(%n)\n  %b: i32 = call @f(%a)\n  %c: i32 = add %a, %b\n  return %c\n}\n";
    let calls = main_of("  %r: i32 = call @f(%code)\n  return %r\n");
    let place = Place::new();
    place.write("plain.mir", format!("{recursive}{calls}"));
    place.write("panics.mir", format!("extern fn @rt_stack_overflow() -> never\n{recursive}{calls}"));
    for backend in backends() {
        let ran = place.simplec(&["run", &format!("--backend={backend}"), "panics.mir"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (101, "panic: stack overflow\n"), "{backend}");
    }
    place.simplec(&["build", "panics.mir", "-o", "prog"]).succeeds();
    let ran = Ran::of(Command::new(place.path("prog")).output().unwrap());
    assert_eq!((ran.code, ran.stderr.as_str()), (101, "panic: stack overflow\n"));
    for backend in ["interp", "cranelift"] {
        let ran = place.simplec(&["run", &format!("--backend={backend}"), "plain.mir"]);
        ran.fails(1, &["E0806", "stack overflowed"]);
    }
    if has_llvm() {
        place.simplec(&["run", "--backend=llvm", "plain.mir"]).fails(128 + 11, &["E0806", "SIGSEGV"]);
    }
}

#[test]
fn variables_of_the_runtime_have_their_first_values_from_the_outset() {
    let place = Place::new();
    place.write("a.spl", "var d = {\"a\": 1}\nd[\"b\"] = 2\nprint d\n");
    let mir = place.simplec(&["build", "--emit=mir", "a.spl", "-o", "-"]).succeeds().stdout.clone();
    for global in [
        "global @\"rt::out_is_terminal\": i32 = -1\n",
        "global @\"rt::hash_seed\": u64 = 0\n",
        "global @\"rt::MOST_SLOTS\": i64 = 2147483648\n",
        "global @\"rt::out_buffer\": ptr = @\"rt::empty\"\n",
    ] {
        assert!(mir.contains(global), "no {global} in\n{mir}");
    }
}

#[test]
fn symbols_are_demangled_from_arguments_and_lines() {
    let place = Place::new();
    let ran = place.simplec(&["demangle", "main::f", "rt::drop::[text]", "printf"]);
    assert_eq!(ran.succeeds().stdout, "f\ndrop of [text]\nprintf\n");
    place.write("lines", "0001 T main\n0002 t main::f<i64>\n");
    let mut command = Command::new(env!("CARGO_BIN_EXE_simplec"));
    let input = std::fs::File::open(place.path("lines")).unwrap();
    let ran = Ran::of(command.arg("demangle").stdin(input).output().unwrap());
    assert_eq!(ran.stdout, "0001 T main\n0002 t f<i64>\n");
}

#[test]
fn debuggers_stop_at_lines_and_name_functions() {
    if !has_llvm() {
        return;
    }
    let place = Place::new();
    let source =
        "fn twice(n: i64) -> i64:\n    val double = n * 2\n    double + 1\n\nval x = twice(20)\nprint x\n";
    place.write("a.spl", source);
    // The generic function of the runtime that is called has its own file.
    let ir = place.simplec(&["build", "-g", "--emit=llvm-ir", "a.spl", "-o", "-"]).succeeds().stdout.clone();
    for part in ["!DIFile(filename: \"a.spl\"", "name: \"twice\", linkageName: ", "line: 3, column: "] {
        assert!(ir.contains(part), "no {part} in\n{ir}");
    }
    for level in ["-O0", "-O2"] {
        place.simplec(&["build", "-g", level, "a.spl", "-o", "a"]).succeeds();
        let ran = Ran::of(Command::new(place.path("a")).output().unwrap());
        assert_eq!((ran.code, ran.stdout.as_str()), (0, "41\n"));
    }
    place.simplec(&["build", "-g", "a.spl", "-o", "a"]).succeeds();
    let mut gdb = Command::new("gdb");
    gdb.args(["-batch", "-nx", "-ex", "break a.spl:3", "-ex", "run", "-ex", "backtrace", "./a"]);
    let Ok(output) = gdb.current_dir(place.folder.path()).env_remove("DEBUGINFOD_URLS").output() else {
        eprintln!("no gdb: only the text was checked");
        return;
    };
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    for part in ["Breakpoint 1, main::twice (n=20) at a.spl:3", "double + 1", "at a.spl:5"] {
        assert!(told.contains(part), "no {part} in\n{told}{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn back_ends_without_debug_information_say_so() {
    let place = Place::with_main();
    let ran = place.simplec(&["build", "-g", "--backend=cranelift", "main.mir", "-o", "a"]);
    assert_eq!(ran.succeeds().stderr, "");
    let ran = place.simplec(&["run", "-g", "main.mir"]);
    assert!(ran.stderr.contains("warning: Cranelift writes no debug information"), "{}", ran.stderr);
    let ran = place.simplec(&["--print=backend", "-g"]);
    assert!(ran.succeeds().stdout.starts_with("llvm ("), "{}", ran.stdout);
}

#[test]
fn panics_tell_of_calls_where_that_is_asked_for() {
    let place = Place::new();
    place.write(
        "a.mir",
        "fn @first(%a: [i64], %i: i64) -> i64 {\nbb0:\n  %r: i64 = array.get %a, %i\n  return %r\n}\n\
         export fn @main() -> i32 c {\nbb0:\n  %n: i64 = const 5\n  %a: [i64] = array.literal (%n)\n  \
         %r: i64 = call @first(%a, %n)\n  drop %a\n  %x: i32 = trunc %r\n  return %x\n}\n",
    );
    place.write("a.spl", "fn first(xs: [i64], i: i64) -> i64: xs[i]\n\nprint first([5], 5)\n");
    let message = "panic: index 5 out of range for length 1\n";
    let mir = format!("{message}  at a.mir:3:3 in first\n  called at a.mir:10:3 in main\n");
    let simple = format!("{message}  at a.spl:1:40 in first\n  called at a.spl:3:7\n");
    for backend in ["--backend=interp", "--backend=cranelift"] {
        for (file, told) in [("a.mir", &mir), ("a.spl", &simple)] {
            for flags in [["-g", "-q"], ["-C", "backtrace=yes"]] {
                let ran = place.simplec(&["run", flags[0], flags[1], backend, file]);
                assert_eq!((ran.code, &ran.stderr), (101, told));
            }
            let ran = place.simplec(&["run", "-g", "-C", "backtrace=no", backend, file]);
            assert!(!ran.stderr.contains("called at"), "{}", ran.stderr);
        }
    }
    // The call of `main` is told of where the program has one.
    place.write("b.spl", "fn main(): print [1][2]\n\nprint 1\nmain()\nprint 2\n");
    let ran = place.simplec(&["run", "-g", "b.spl"]);
    let calls = "  at b.spl:1:22 in main\n  called at b.spl:4:1\n";
    assert!(ran.stderr.ends_with(calls), "{}", ran.stderr);
    let ran = place.simplec(&["run", "-C", "backtrace=maybe", "a.spl"]);
    ran.fails(2, &["error[E0803]: `-C backtrace=maybe`: the value is yes or no"]);
    let ran = place.simplec(&["run", "-C", "backtrack=yes", "a.spl"]);
    ran.fails(2, &["error[E0803]: unknown setting `-C backtrack`", "did you mean `-C backtrace=...`?"]);
}

/// What `program | head` does to a program: one line of it is read, and then nobody reads any more.
fn is_read_by_nobody(mut command: Command) -> (ExitStatus, String) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "line 0\n");
    let output = child.wait_with_output().unwrap();
    (output.status, String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_program_whose_output_nobody_reads_ends_without_a_word_on_every_back_end() {
    const CLOSED_PIPE: i32 = 13;
    let place = Place::new();
    place.write("lines.spl", "fn main():\n    for i in 0..100000: print \"line {i}\"\n");
    for backend in backends() {
        let run = place.command(&["run", &format!("--backend={backend}"), "lines.spl"]);
        let (status, stderr) = is_read_by_nobody(run);
        assert_eq!((status.code(), stderr.as_str()), (Some(128 + CLOSED_PIPE), ""), "{backend}");
    }
    place.simplec(&["build", "lines.spl", "-o", "lines"]).succeeds();
    let (status, stderr) = is_read_by_nobody(Command::new(place.path("lines")));
    assert_eq!((status.signal(), stderr.as_str()), (Some(CLOSED_PIPE), ""));
}

#[test]
fn words_of_real_files_are_counted() {
    let place = Place::new();
    place.write("one.txt", "A cat and\na mat.\n\nThe cat sat.\n");
    place.write("two.txt", "");
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/wordcount.spl");
    for backend in backends() {
        let backend = format!("--backend={backend}");
        let run = |args: &[&str]| place.simplec(&[&["run", &backend, example, "--"], args].concat());
        let ran = run(&["--top", "1", "one.txt", "two.txt"]);
        let mut lines = ran.succeeds().stdout.lines();
        assert_eq!(lines.next(), Some("one.txt: 4 lines, 8 words, 20 letters, 31 bytes"), "{backend}");
        assert!(lines.any(|line| line.starts_with("           a   2  25.0%")), "{backend}: {}", ran.stdout);
        assert!(lines.any(|line| line == "two.txt: 0 lines, 0 words, 0 letters, 0 bytes"), "{backend}");
        let missing = run(&["none.txt", "two.txt"]);
        assert!(missing.fails(1, &["wordcount: none.txt: "]).stdout.starts_with("two.txt: "), "{backend}");
        run(&["--top", "none", "one.txt"]).fails(2, &["--top wants a number", "usage: "]);
    }
}

/// The limit of the interpreter's own is a different one, and above this.
#[cfg(target_os = "linux")]
#[test]
fn an_interpreted_program_panics_where_this_machine_has_no_memory() {
    let place = Place::new();
    place.write("main.spl", "fn main():\n    var xs = [0]\n    loop: xs = xs.concat([0; 10000000])\n");
    let args = ["run", "--backend=interp", "main.spl"];
    let simplec = place.command(&args);
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v 1500000 && exec \"$0\" \"$@\""]).arg(simplec.get_program()).args(args);
    Ran::of(command.current_dir(place.folder.path()).output().unwrap()).fails(101, &["panic: out of memory"]);
}
