//! Programs whose outcome depends on more than one operation: memory, calls, aggregates, limits. What each operation
//! computes is tested in `arith` and, on every back end, by tests/mir.

use super::*;
use crate::diagnostics::FileId;
use crate::mir::{Ty, parse};
use crate::target::find;

const X86_64: &str = "x86_64-unknown-linux-gnu";
const I686: &str = "i686-unknown-linux-gnu";

fn run_on(triple: &str, text: &str, limits: Limits) -> (Report, Capture) {
    let module = match parse(FileId(1), "test.mir", text) {
        Ok(module) => module,
        Err(errors) => panic!("{:?}", errors.sorted().iter().map(|e| &e.message).collect::<Vec<_>>()),
    };
    let mut host = Capture::default();
    let report = run(&module, find(triple).unwrap(), "main", &[], &mut host, limits);
    (report, host)
}

fn outcome_of(text: &str) -> Outcome {
    run_on(X86_64, text, Limits::default()).0.outcome
}

fn fault_of(text: &str) -> Fault {
    match outcome_of(text) {
        Outcome::Fault { fault, .. } => fault,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn returns(text: &str, value: impl Into<Value>) {
    assert_eq!(outcome_of(text), Outcome::Returned(Some(value.into())), "{text}");
}

#[test]
fn recursion_and_loops() {
    returns(
        "fn @fib(%n: i64) -> i64 {
        bb0:
          %two: i64 = const 2
          %one: i64 = const 1
          %small: bool = lt %n, %two
          branch %small, bb1, bb2
        bb1:
          return %n
        bb2:
          %a: i64 = sub %n, %one
          %b: i64 = sub %n, %two
          %x: i64 = call @fib(%a)
          %y: i64 = call @fib(%b)
          %z: i64 = add %x, %y
          return %z
        }
        fn @main() -> i64 {
        bb0:
          %n: i64 = const 20
          %r: i64 = call @fib(%n)
          return %r
        }",
        6765i64,
    );
}

#[test]
fn deep_recursion_overflows_and_tail_calls_do_not() {
    let text = |call: &str| {
        format!(
            "fn @down(%n: i64, %sum: (i64, i8)) -> (i64, i8) {{
              slot s0: i64
            bb0:
              %one: i64 = const 1
              %zero: i64 = const 0
              %done: bool = eq %n, %zero
              branch %done, bb1, bb2
            bb1:
              return %sum
            bb2:
              %m: i64 = sub %n, %one
              %x: i64 = agg.get %sum, 0
              %y: i64 = add %x, %n
              %next: (i64, i8) = agg.set %sum, 0, %y
              {call}
            }}
            fn @main() -> i64 {{
            bb0:
              %n: i64 = const 200000
              %start: (i64, i8) = zero
              %r: (i64, i8) = call @down(%n, %start)
              %x: i64 = agg.get %r, 0
              return %x
            }}"
        )
    };
    let plain = "%r: (i64, i8) = call @down(%m, %next)\n return %r";
    assert_eq!(outcome_of(&text(plain)), Outcome::StackOverflow);
    returns(&text("tail_call @down(%m, %next)"), 20_000_100_000i64);
}

#[test]
fn fuel_ends_an_endless_loop() {
    let text = "fn @main() {\nbb0:\n goto bb1\nbb1:\n goto bb1\n}";
    let limits = Limits { fuel: 1000, ..Limits::default() };
    assert_eq!(run_on(X86_64, text, limits).0.outcome, Outcome::OutOfFuel);
    let limits = Limits { deadline: Some(Instant::now()), ..Limits::default() };
    assert_eq!(run_on(X86_64, text, limits).0.outcome, Outcome::TimedOut);
}

/// The result is size, alignment and offset, two decimal digits each.
#[test]
fn layout_follows_the_target() {
    let text = "fn @main() -> usize {
        bb0:
          %a: usize = size_of (bool, f64, ptr)
          %b: usize = align_of f64
          %c: usize = offset_of (bool, f64, ptr), 2
          %k: usize = const 100
          %r: usize = mul %a, %k
          %r = add %r, %b
          %r = mul %r, %k
          %r = add %r, %c
          return %r
        }";
    let on = |triple| match run_on(triple, text, Limits::default()).0.outcome {
        Outcome::Returned(Some(Value::Scalar { ty: Ty::USIZE, bits })) => bits,
        other => panic!("{other:?}"),
    };
    assert_eq!(on(X86_64), 240_816);
    assert_eq!(on(I686), 160_412);
}

#[test]
fn usize_wraps_at_the_width_of_the_target() {
    let text = "fn @main() -> bool {
        bb0:
          %max: usize = const 0xffffffff
          %one: usize = const 1
          %sum: usize = add %max, %one
          %zero: usize = const 0
          %r: bool = eq %sum, %zero
          return %r
        }";
    let on = |triple| run_on(triple, text, Limits::default()).0.outcome;
    assert_eq!(on(X86_64), Outcome::Returned(Some(false.into())));
    assert_eq!(on(I686), Outcome::Returned(Some(true.into())));
}

#[test]
fn aggregates_nest() {
    returns(
        "struct $P { x: i8, y: i64 }
        enum $E { A($P, i8), B, C(u8) }
        fn @swap(%p: ($P, $E)) -> ($E, $P) {
        bb0:
          %a: $P = agg.get %p, 0
          %e: $E = agg.get %p, 1
          %r: ($E, $P) = agg.make (%e, %a)
          return %r
        }
        fn @main() -> i64 {
        bb0:
          %x: i8 = const -3
          %y: i64 = const 1000
          %p: $P = agg.make (%x, %y)
          %e: $E = enum.make 0 (%p, %x)
          %q: ($P, $E) = agg.make (%p, %e)
          %s: ($E, $P) = call @swap(%q)
          %f: $E = agg.get %s, 0
          %tag: u32 = enum.tag %f
          %g: $P = enum.payload %f, 0, 0
          %h: i8 = enum.payload %f, 0, 1
          %i: i64 = agg.get %g, 1
          %j: i64 = extend %h
          %t: i64 = extend %tag
          %r: i64 = add %i, %j
          %r = add %r, %t
          return %r
        }",
        997i64,
    );
}

#[test]
fn padding_stays_uninitialised_but_fields_may_be_used() {
    let body = |last: &str| {
        format!(
            "fn @main() -> i64 {{
              slot s0: (i8, i64)
              slot s1: [i8; 16]
            bb0:
              %x: i8 = const 1
              %y: i64 = const 2
              %t: (i8, i64) = agg.make (%x, %y)
              %p: ptr = slot_addr s0
              store %t, %p
              %q: ptr = slot_addr s1
              %n: usize = const 16
              mem.copy %q, %p, %n
              {last}
            }}"
        )
    };
    returns(&body("%u: (i8, i64) = load %p\n %z: i64 = agg.get %u, 1\n return %z"), 2i64);
    let padding = "%o: i64 = const 3\n %a: ptr = ptr_add %q, %o\n %b: i8 = load %a\n return %y";
    assert!(matches!(fault_of(&body(padding)), Fault::Uninitialised { .. }));
}

#[test]
fn wrong_variants_are_found() {
    let fault = fault_of(
        "enum $E { A(i64), B(i64) }
        fn @main() -> i64 {
        bb0:
          %x: i64 = const 1
          %e: $E = enum.make 1 (%x)
          %y: i64 = enum.payload %e, 0, 0
          return %y
        }",
    );
    assert_eq!(fault, Fault::WrongVariant { expected: 0, found: 1 });
}

#[test]
fn dangling_slots_and_freed_blocks_are_found() {
    let fault = fault_of(
        "fn @dangle() -> ptr {
          slot s0: i64
        bb0:
          %p: ptr = slot_addr s0
          return %p
        }
        fn @main() {
        bb0:
          %x: i64 = const 1
          %p: ptr = call @dangle()
          store %x, %p
          return
        }",
    );
    assert!(matches!(fault, Fault::UseAfterReturn { .. }), "{fault:?}");
    let fault = fault_of(
        "fn @main() -> i64 {
        bb0:
          %n: usize = const 8
          %p: ptr = heap.alloc %n
          heap.free %p
          %x: i64 = load %p
          return %x
        }",
    );
    assert!(matches!(fault, Fault::UseAfterFree { .. }), "{fault:?}");
}

#[test]
fn globals_are_initialised_and_constants_protected() {
    let text = |last: &str| {
        format!(
            "const @table: [(ptr, i32); 2] = [(@f, 5), (@x, -7)]
            global @x: i64 = 40
            fn @f(%a: i64) -> i64 {{
            bb0:
              %one: i64 = const 1
              %r: i64 = add %a, %one
              return %r
            }}
            fn @main() -> i64 {{
            bb0:
              %t: ptr = global_addr @table
              %fp: ptr = load %t
              %e: ptr = field_addr %t, [(ptr, i32); 2], 1
              %xp: ptr = load %e
              %ip: ptr = field_addr %e, (ptr, i32), 1
              %i: i32 = load %ip
              %j: i64 = extend %i
              %x: i64 = load %xp
              %s: i64 = add %x, %j
              {last}
            }}"
        )
    };
    returns(&text("%r: i64 = call.indirect %fp, fn(i64) -> i64(%s)\n return %r"), 34i64);
    assert!(matches!(fault_of(&text("store %x, %t\n return %x")), Fault::Constant { .. }));
    let wrong = "%r: i64 = call.indirect %fp, fn(i64, i64) -> i64(%s, %s)\n return %r";
    assert_eq!(fault_of(&text(wrong)), Fault::WrongSignature);
    let data = "%r: i64 = call.indirect %xp, fn(i64) -> i64(%s)\n return %r";
    assert!(matches!(fault_of(&text(data)), Fault::NotAFunction { .. }));
}

#[test]
fn traps_say_what_and_where() {
    let text = |op: &str| {
        format!(
            "fn @divide(%a: i32, %b: i32) -> i32 {{\nbb0:\n %q: i32 = {op} %a, %b\n return %q\n}}
            fn @main() -> i32 {{\nbb0:\n %a: i32 = const 1\n %b: i32 = const 0
              %r: i32 = call @divide(%a, %b)\n return %r\n}}"
        )
    };
    let Outcome::Trapped { kind, span, function } = outcome_of(&text("div")) else { panic!() };
    assert_eq!((kind, function.as_str()), (TrapKind::DivisionByZero, "divide"));
    assert!(text("div")[span.start as usize..].starts_with("%q: i32 = div"));
    assert!(matches!(outcome_of(&text("rem")), Outcome::Trapped { kind: TrapKind::RemainderByZero, .. }));
    let trap = "fn @main() {\nbb0:\n trap\n return\n}";
    assert!(matches!(outcome_of(trap), Outcome::Trapped { kind: TrapKind::Trap, .. }));
    assert_eq!(fault_of("fn @main() {\nbb0:\n unreachable\n}"), Fault::Unreachable);
    let lie = "fn @main() {\nbb0:\n %f: bool = const false\n assume %f\n return\n}";
    assert_eq!(fault_of(lie), Fault::FalseAssumption);
}

#[test]
fn atomics_and_reference_counts() {
    returns(
        "fn @main() -> i64 {
          slot s0: i32
          slot s1: isize
        bb0:
          %p: ptr = slot_addr s0
          %a: i32 = const -5
          %b: i32 = const 3
          store.atomic %a, %p, seq_cst
          %old: i32 = rmw max, %b, %p, acq_rel
          %won: (i32, bool) = cmpxchg %b, %old, %p, seq_cst
          %lost: (i32, bool) = cmpxchg %b, %b, %p, seq_cst
          %now: i32 = load.atomic %p, acquire
          %w: bool = agg.get %won, 1
          %l: bool = agg.get %lost, 1
          %nl: bool = not %l
          %ok: bool = and %w, %nl
          %c: ptr = slot_addr s1
          %one: isize = const 1
          store %one, %c
          %u1: bool = is_unique %c
          retain %c
          %u2: bool = is_unique %c
          %r1: bool = release %c
          %r2: bool = release %c
          %v: bool = xor %u1, %u2
          %z: bool = xor %r1, %r2
          %ok = and %ok, %v
          %ok = and %ok, %z
          %ok = and %ok, %r2
          %n: i64 = extend %now
          %k: i64 = extend %ok
          %r: i64 = add %n, %k
          return %r
        }",
        -4i64,
    );
}

#[test]
fn switches_find_their_case() {
    let text = |value: &str| {
        format!(
            "fn @main() -> i32 {{
            bb0:
              %x: i8 = const {value}
              %a: i32 = const 10
              %b: i32 = const 20
              %c: i32 = const 30
              switch %x, [5: bb1, -128: bb2], bb3
            bb1:
              return %a
            bb2:
              return %b
            bb3:
              return %c
            }}"
        )
    };
    returns(&text("5"), 10);
    returns(&text("-128"), 20);
    returns(&text("127"), 30);
}

#[test]
fn the_c_library_and_exit() {
    let text = "const @msg: [u8; 4] = \"hi!\\n\"
        extern fn @write(i32, ptr, usize) -> isize
        extern fn @exit(i32) -> never
        fn @main() {
        bb0:
          %fd: i32 = const 1
          %p: ptr = global_addr @msg
          %n: usize = const 4
          %w: isize = call @write(%fd, %p, %n)
          %m: ptr = heap.alloc %n
          %s: i32 = const 3
          call @exit(%s)
          unreachable
        }";
    for triple in [X86_64, I686] {
        let (report, host) = run_on(triple, text, Limits::default());
        assert_eq!(report.outcome, Outcome::Exited(3));
        assert_eq!(host.stdout, b"hi!\n");
        assert_eq!(report.leaks.lost.iter().map(|leak| leak.size).collect::<Vec<_>>(), [4]);
    }
}

#[test]
fn what_was_printed_before_a_fault_is_written() {
    let text = "const @msg: [u8; 4] = \"hi!\\n\"
        extern fn @write(i32, ptr, usize) -> isize
        fn @\"rt::flush_out\"() {
        bb0:
          %fd: i32 = const 1
          %p: ptr = global_addr @msg
          %n: usize = const 4
          %w: isize = call @write(%fd, %p, %n)
          return
        }
        fn @main() {
        bb0:
          unreachable
        }";
    let (report, host) = run_on(X86_64, text, Limits::default());
    let is_at_main = |function: &str| function == "main";
    assert!(
        matches!(&report.outcome, Outcome::Fault { fault: Fault::Unreachable, function, .. } if is_at_main(function))
    );
    assert_eq!(host.stdout, b"hi!\n");
}

#[test]
fn what_is_missing_is_named() {
    let missing = |text: &str| match outcome_of(text) {
        Outcome::Unsupported(diagnostic) => diagnostic.message.clone(),
        other => panic!("{other:?}"),
    };
    let call = "extern fn @frobnicate()\nfn @main() {\nbb0:\n call @frobnicate()\n return\n}";
    assert_eq!(missing(call), "the interpreter has no extern function `frobnicate`");
    let other = "extern fn @exit(i64)\nfn @main() {\nbb0:\n %x: i64 = const 1\n call @exit(%x)\n return\n}";
    assert_eq!(missing(other), "extern function `exit` is not declared as the C library has it");
    let rich = "fn @main() {\nbb0:\n %t: text = text.literal \"a\"\n return\n}";
    assert_eq!(missing(rich), "operation `text.literal` is not supported by the interpreter");
    assert_eq!(missing("fn @f() {\nbb0:\n return\n}"), "the module has no function `main`");
}

#[test]
fn main_gets_the_command_line() {
    let text = "extern fn @puts(ptr) -> i32
        export fn @main(%argc: i32, %argv: ptr) -> i32 c {
        bb0:
          %one: i64 = const 1
          %p: ptr = index_addr %argv, ptr, %one
          %s: ptr = load %p
          %r: i32 = call @puts(%s)
          return %argc
        }";
    let module = parse(FileId(1), "test.mir", text).unwrap();
    for triple in [X86_64, I686, "wasm32-wasi"] {
        let mut host = Capture::default();
        let args = ["program".to_owned(), "argument".to_owned()];
        let report = run_main(&module, find(triple).unwrap(), &args, &mut host, Limits::default());
        assert_eq!(report.outcome, Outcome::Returned(Some(2i32.into())));
        assert_eq!(host.stdout, b"argument\n");
    }
}
