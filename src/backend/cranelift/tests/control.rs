//! Blocks, branches, switches, loops, traps, and what is not supported.

use std::process::Command;

use super::{Opt, jit, messages, module, run};
use crate::backend::cranelift::{Jit, Options};

#[test]
fn loops_over_mutable_registers() {
    let text = "export fn @f() -> i64 c {\nbb0:\n  %i: i64 = const 0\n  %sum: i64 = const 0\n  %one: i64 = const 1\n  %n: i64 = const 1000\n  \
         goto head\nhead:\n  %more: bool = lt %i, %n\n  branch %more, body, done likely\nbody:\n  %two: i64 = const 2\n  \
         %odd: i64 = rem %i, %two\n  %is: bool = eq %odd, %one\n  branch %is, skip, take unlikely\ntake:\n  %sum = add %sum, %i\n  goto skip\n\
         skip:\n  %i = add %i, %one\n  goto head\ndone:\n  return %sum\n}\n";
    assert_eq!(run(text), (0..1000).step_by(2).sum::<i64>());
}

#[test]
fn registers_may_be_defined_in_other_orders_than_blocks() {
    let text = "export fn @f() -> i64 c {\nbb0:\n  goto b\na:\n  return %x\nb:\n  %x: i64 = const 6\n  goto a\ndead:\n  %x = add %x, %x\n  goto a\n}\n";
    assert_eq!(run(text), 6);
}

#[test]
fn switches_by_the_bits_of_the_value() {
    for (ty, values) in [
        ("i8", vec![-128i64, -1, 0, 5, 127]),
        ("u8", vec![0, 200, 255]),
        ("i64", vec![i64::MIN, -1, 0, 1, 2, 3, 4, 5, 6, i64::MAX]),
        ("u32", vec![0, 4_294_967_295]),
    ] {
        let cases: Vec<String> = values.iter().enumerate().map(|(i, v)| format!("{v}: c{i}")).collect();
        let mut text = format!(
            "fn @g(%x: {ty}) -> i64 {{\nbb0:\n  switch %x, [{}], other\nother:\n  %r: i64 = const 1000\n  return %r\n",
            cases.join(", ")
        );
        for i in 0..values.len() {
            text.push_str(&format!("c{i}:\n  %r = const {}\n  return %r\n", i + 1));
        }
        text.push_str("}\nexport fn @f() -> i64 c {\nbb0:\n  %r: i64 = const 0\n  %ten: i64 = const 10\n");
        let mut expected = 0i64;
        for (i, v) in values.iter().enumerate() {
            text.push_str(&format!(
                "  %v{i}: {ty} = const {v}\n  %r = mul %r, %ten\n  %s{i}: i64 = call @g(%v{i})\n  %r = add %r, %s{i}\n"
            ));
            expected = expected * 10 + i as i64 + 1;
        }
        text.push_str(&format!(
            "  %v: {ty} = const 77\n  %s: i64 = call @g(%v)\n  %r = add %r, %s\n  return %r\n}}\n"
        ));
        assert_eq!(run(&text), expected + 1000, "{ty}");
    }
}

/// The texts of programs that stop abnormally.
const TRAPS: &[&str] = &[
    "  %r: i64 = const 1\n  trap\n  %r = const 2\n",
    "  %a: i64 = const 1\n  trap\n  %r: i64 = add %a, %a\n",
    "  %a: i64 = const 1\n  %b: i64 = const 0\n  %r: i64 = div %a, %b\n",
    "  %a: u8 = const 1\n  %b: u8 = const 0\n  %c: u8 = rem %a, %b\n  %r: i64 = extend %c\n",
    "  %a: i16 = const 1\n  %b: i16 = sub %a, %a\n  %c: i16 = div %a, %b\n  %r: i64 = extend %c\n",
];

const TRAP_TO_RUN: &str = "SIMPLEC_TEST_TRAP";

/// Runs in a child process of the test below, which names a text.
#[test]
#[ignore = "ends its process; run by `traps_end_the_process`"]
fn trap_child() {
    let Ok(number) = std::env::var(TRAP_TO_RUN) else { return };
    let body = TRAPS[number.parse::<usize>().expect("a number")];
    let text = format!("export fn @f() -> i64 c {{\nbb0:\n{body}  return %r\n}}\n");
    println!("survived with {}", run(&text));
}

#[cfg(unix)]
#[test]
fn traps_end_the_process() {
    use std::os::unix::process::ExitStatusExt;
    const SIGILL: i32 = 4;
    const SIGTRAP: i32 = 5;
    for (number, body) in TRAPS.iter().enumerate() {
        let name = format!("{}::trap_child", module_path!().trim_start_matches("simplec::"));
        let output = Command::new(std::env::current_exe().expect("the test binary"))
            .args([name.as_str(), "--exact", "--ignored", "--nocapture"])
            .env(TRAP_TO_RUN, number.to_string())
            .output()
            .expect("the test binary runs");
        let signal = output.status.signal();
        assert!(matches!(signal, Some(SIGILL | SIGTRAP)), "{body}: {output:?}");
    }
}

#[test]
fn every_unsupported_operation_is_reported() {
    let text = "export fn @f() -> i64 c {\nbb0:\n  %n: i64 = const 3\n  %len: usize = const 4\n  %i: usize = index.check %n, %len\n  \
         %t: text = text.literal \"x\"\n  %k: usize = text.len %t\n  %r: i64 = resize %k\n  return %r\n}\n\
         fn @g() -> i64 {\nbb0:\n  panic \"no\"\n}\n";
    let errors = Jit::compile(&module(text), &Options::default(), &|_| None).err().expect("must fail");
    let expected: Vec<String> = ["index.check", "text.literal", "text.len", "panic"]
        .map(|op| format!("operation `{op}` is not supported by the Cranelift back end"))
        .into();
    assert_eq!(messages(&errors), expected);
    assert!(errors.iter().all(|error| error.primary.as_ref().is_some_and(|label| label.span.end > 0)));
}

#[test]
fn too_large_and_too_wide_values_are_reported() {
    let large = "fn @f() -> i64 {\n  slot a: [u64; 260000000]\n  slot b: [u64; 260000000]\n  slot c: [u64; 260000000]\nbb0:\n  %r: i64 = const 3\n  return %r\n}\n";
    let vector = "fn @f(%v: <4 x f32>) -> i64 {\nbb0:\n  %r: i64 = const 3\n  return %r\n}\n";
    for text in [large, vector] {
        let errors = Jit::compile(&module(text), &Options::default(), &|_| None).err().expect("must fail");
        assert_eq!(errors.len(), 1, "{text}");
    }
}

#[test]
fn many_functions_compile_in_parallel_and_keep_their_order() {
    let mut text = String::new();
    for i in 0..500 {
        text.push_str(&format!(
            "fn @g{i}(%x: i64) -> i64 {{\nbb0:\n  %k: i64 = const {i}\n  %r: i64 = add %x, %k\n  return %r\n}}\n"
        ));
    }
    text.push_str("export fn @f() -> i64 c {\nbb0:\n  %r: i64 = const 0\n");
    for i in 0..500 {
        text.push_str(&format!("  %r = call @g{i}(%r)\n"));
    }
    text.push_str("  return %r\n}\n");
    assert_eq!(run(&text), (0..500).sum::<i64>());
    assert!(jit(&text, Opt::None).address("g499").is_some());
}
