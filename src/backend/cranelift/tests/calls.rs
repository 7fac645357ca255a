//! Calls: direct, indirect, C, variadic, tail.

use std::ffi::{c_char, c_int};

use super::{Opt, jit, jit_with, messages, module, run};
use crate::backend::cranelift::{Jit, Options};

#[test]
fn many_parameters_of_all_kinds() {
    let types = ["i8", "u8", "i16", "u32", "i64", "f32", "f64", "bool"];
    for abi in ["", " c"] {
        let params: Vec<String> = (0..24).map(|i| format!("%p{i}: {}", types[i % 8])).collect();
        let mut text = format!("fn @g({}) -> f64{abi} {{\nbb0:\n  %r: f64 = const 0.0\n", params.join(", "));
        let mut main = String::from("export fn @f() -> i64 c {\nbb0:\n");
        let mut expected = 0;
        for i in 0..24i64 {
            let (cast, literal) = match types[i as usize % 8] {
                "i8" => (format!("int_to_float %p{i}"), -i),
                "bool" => (format!("int_to_float %b{i}"), 1),
                "f32" => (format!("promote %p{i}"), i),
                "f64" => (format!("mov %p{i}"), -i),
                _ => (format!("int_to_float %p{i}"), i),
            };
            let ty = types[i as usize % 8];
            if ty == "bool" {
                text.push_str(&format!("  %b{i}: i32 = extend %p{i}\n"));
            }
            // Every argument has its own weight, so that two of them exchanged are noticed.
            text.push_str(&format!(
                "  %f{i}: f64 = {cast}\n  %w{i}: f64 = const {}.0\n  %f{i} = mul %f{i}, %w{i}\n  %r = add %r, %f{i}\n",
                i + 1
            ));
            expected += literal * (i + 1);
            let literal = match ty {
                "bool" => "true".to_owned(),
                "f32" | "f64" => format!("{literal}.0"),
                _ => literal.to_string(),
            };
            main.push_str(&format!("  %a{i}: {ty} = const {literal}\n"));
        }
        let args: Vec<String> = (0..24).map(|i| format!("%a{i}")).collect();
        main.push_str(&format!(
            "  %x: f64 = call @g({})\n  %r: i64 = float_to_int %x\n  return %r\n}}\n",
            args.join(", ")
        ));
        assert_eq!(run(&(text + "  return %r\n}\n" + &main)), expected);
    }
}

#[test]
fn function_pointers() {
    let text = "fn @inc(%x: i64) -> i64 {\nbb0:\n  %k: i64 = const 1\n  %r: i64 = add %x, %k\n  return %r\n}\n\
         fn @big(%x: i64) -> [i64; 20] {\nbb0:\n  %r: [i64; 20] = zero\n  %r = agg.set %r, 19, %x\n  return %r\n}\n\
         extern fn @labs(i64) -> i64\n\
         export fn @f() -> i64 c {\nbb0:\n  %x: i64 = const -42\n  %p: ptr = func_addr @inc\n  \
         %r: i64 = call.indirect %p, fn(i64) -> i64 (%x)\n  %q: ptr = func_addr @labs\n  \
         %r = call.indirect %q, c fn(i64) -> i64 (%r)\n  %b: ptr = func_addr @big\n  \
         %a: [i64; 20] = call.indirect %b, fn(i64) -> [i64; 20] (%r)\n  %r = agg.get %a, 19\n  return %r\n}\n";
    assert_eq!(run(text), 41);
}

#[test]
fn small_integers_are_extended_for_c() {
    extern "C" fn wide(a: i8, b: u8, c: i16, d: bool) -> i64 {
        i64::from(a) + 1000 * i64::from(b) + 1_000_000 * i64::from(c) + i64::from(d)
    }
    extern "C" fn narrow(a: i64) -> i8 {
        a as i8
    }
    let text = "extern fn @wide(i8, u8, i16, bool) -> i64\nextern fn @narrow(i64) -> i8\n\
         export fn @f() -> i64 c {\nbb0:\n  %x: i64 = const 4294967169\n  %a: i8 = trunc %x\n  %b: u8 = trunc %x\n  \
         %c: i16 = trunc %x\n  %d: bool = const true\n  %r: i64 = call @wide(%a, %b, %c, %d)\n  \
         %n: i8 = call @narrow(%x)\n  %w: i64 = extend %n\n  %r = add %r, %w\n  return %r\n}\n";
    let resolver = |name: &str| match name {
        "wide" => Some(wide as *const u8),
        "narrow" => Some(narrow as *const u8),
        _ => None,
    };
    for opt in super::OPTS {
        let jit = jit_with(text, opt, &resolver);
        let address = jit.address("f").expect("f");
        // SAFETY: `f` is `() -> i64 c` in the text above.
        let f: extern "C" fn() -> i64 = unsafe { std::mem::transmute(address) };
        // 4294967169 is 2^32 - 127: its low byte is 0x81, its low half 0xff81.
        assert_eq!(f(), -127 + 1000 * 129 - 1_000_000 * 127 + 1 - 127);
    }
}

#[test]
fn varargs_of_ints_and_floats() {
    let text = "extern fn @snprintf(ptr, usize, ptr, ...) -> i32\n\
         const @format: [u8; 38] = \"%d %s %.2f %ld %u %d %g %g %g %d %lld\\x00\"\nconst @word: [u8; 3] = \"hi\\x00\"\n\
         export fn @f(%out: ptr) -> i32 c {\nbb0:\n  %n: usize = const 100\n  %format: ptr = global_addr @format\n  \
         %a: i32 = const -5\n  %b: ptr = global_addr @word\n  %c: f64 = const 3.14159\n  %d: i64 = const -9000000000\n  \
         %e: u32 = const 4294967295\n  %t: i32 = const 1\n  %g: f64 = const 0.5\n  %h: f64 = const -1.0\n  %i: i32 = const -7\n  \
         %r: i32 = call @snprintf(%out, %n, %format, %a, %b, %c, %d, %e, %t, %g, %h, %c, %i, %d)\n  return %r\n}\n";
    for opt in super::OPTS {
        let jit = jit(text, opt);
        let mut out = [0u8; 100];
        let address = jit.address("f").expect("f");
        // SAFETY: `f` is `(ptr) -> i32 c` in the text above, and writes 100 bytes at most.
        let f: extern "C" fn(*mut u8) -> c_int = unsafe { std::mem::transmute(address) };
        let written = f(out.as_mut_ptr()) as usize;
        let expected = "-5 hi 3.14 -9000000000 4294967295 1 0.5 -1 3.14159 -7 -9000000000";
        assert_eq!(std::str::from_utf8(&out[..written]), Ok(expected));
    }
}

#[test]
fn tail_calls_reuse_the_activation() {
    // A hundred million bytes of stack, if they did not. The second one passes more words than registers.
    let count = "fn @even(%n: i64, %acc: i64) -> i64 {\nbb0:\n  %z: i64 = const 0\n  %end: bool = eq %n, %z\n  branch %end, bb1, bb2\n\
         bb1:\n  return %acc\nbb2:\n  %one: i64 = const 1\n  %m: i64 = sub %n, %one\n  %b: i64 = add %acc, %one\n  tail_call @odd(%m, %b)\n}\n\
         fn @odd(%n: i64, %acc: i64) -> i64 {\nbb0:\n  tail_call @even(%n, %acc)\n}\n\
         export fn @f() -> i64 c {\nbb0:\n  %n: i64 = const 10000000\n  %z: i64 = const 0\n  %r: i64 = call @even(%n, %z)\n  return %r\n}\n";
    assert_eq!(run(count), 10_000_000);
    let words = "fn @go(%n: i64, %s: (i64, i64, i64, i64, i64, i64, u8)) -> (i64, i64, i64, i64, i64, i64, u8) {\nbb0:\n  \
         %z: i64 = const 0\n  %end: bool = eq %n, %z\n  branch %end, bb1, bb2\nbb1:\n  return %s\nbb2:\n  %one: i64 = const 1\n  \
         %m: i64 = sub %n, %one\n  %b: i64 = agg.get %s, 5\n  %b = add %b, %one\n  %s = agg.set %s, 5, %b\n  tail_call @go(%m, %s)\n}\n\
         export fn @f() -> i64 c {\nbb0:\n  %n: i64 = const 1000000\n  %s: (i64, i64, i64, i64, i64, i64, u8) = zero\n  \
         %s = call @go(%n, %s)\n  %r: i64 = agg.get %s, 5\n  return %r\n}\n";
    assert_eq!(run(words), 1_000_000);
}

#[test]
fn a_tail_call_with_a_large_argument_is_a_call() {
    let text = "fn @last(%s: [i64; 20]) -> [i64; 20] {\nbb0:\n  %x: i64 = agg.get %s, 19\n  %s = agg.set %s, 0, %x\n  return %s\n}\n\
         fn @go(%x: i64) -> [i64; 20] {\nbb0:\n  %s: [i64; 20] = zero\n  %s = agg.set %s, 19, %x\n  tail_call @last(%s)\n}\n\
         export fn @f() -> i64 c {\nbb0:\n  %x: i64 = const 77\n  %s: [i64; 20] = call @go(%x)\n  %r: i64 = agg.get %s, 0\n  return %r\n}\n";
    assert_eq!(run(text), 77);
}

#[test]
fn main_gets_the_command_line() {
    let text = "extern fn @atoi(ptr) -> i32\nexport fn @main(%argc: i32, %argv: ptr) -> i32 c {\nbb0:\n  %k: i64 = const 1\n  \
         %p: ptr = index_addr %argv, ptr, %k\n  %s: ptr = load %p\n  %r: i32 = call @atoi(%s)\n  %r = add %r, %argc\n  return %r\n}\n";
    // SAFETY: the text reads its second argument, which is there.
    assert_eq!(unsafe { jit(text, Opt::None).call_main(&[c"prog", c"40"]) }, Ok(42));
    let plain = "export fn @main() -> i32 c {\nbb0:\n  %r: i32 = const 7\n  return %r\n}\n";
    // SAFETY: the text does nothing.
    assert_eq!(unsafe { jit(plain, Opt::None).call_main(&[]) }, Ok(7));
    let none = "export fn @other() -> i32 c {\nbb0:\n  %r: i32 = const 7\n  return %r\n}\n";
    // SAFETY: nothing is called.
    assert!(unsafe { jit(none, Opt::None).call_main(&[]) }.is_err());
}

#[test]
fn undefined_symbols_are_reported_when_they_are_used() {
    let declared = "extern fn @no_such_function(i64) -> i64\nextern global @no_such_global: i64\n";
    let unused =
        format!("{declared}export fn @f() -> i64 c {{\nbb0:\n  %r: i64 = const 1\n  return %r\n}}\n");
    assert_eq!(run(&unused), 1);
    let used = format!(
        "{declared}export fn @f() -> i64 c {{\nbb0:\n  %p: ptr = global_addr @no_such_global\n  %x: i64 = load %p\n  \
         %r: i64 = call @no_such_function(%x)\n  return %r\n}}\n"
    );
    let table = format!("{declared}const @table: ptr = @no_such_function\n");
    let errors = Jit::compile(&module(&table), &Options::default(), &|_| None).err().expect("must fail");
    assert_eq!(messages(&errors).len(), 1);
    let errors = Jit::compile(&module(&used), &Options::default(), &|_| None).err().expect("must fail");
    assert_eq!(
        messages(&errors),
        [
            "symbol `no_such_global` is defined neither in the program nor in this process",
            "symbol `no_such_function` is defined neither in the program nor in this process",
        ]
    );
}

#[test]
fn externs_of_the_embedder_come_first() {
    extern "C" fn mine(_: *const c_char) -> c_int {
        -3
    }
    static VALUE: i64 = 12;
    let text = "extern fn @atoi(ptr) -> i32\nextern global @value: i64\nexport fn @f() -> i64 c {\nbb0:\n  %z: ptr = zero\n  \
         %n: i32 = call @atoi(%z)\n  %p: ptr = global_addr @value\n  %r: i64 = load %p\n  %w: i64 = extend %n\n  %r = add %r, %w\n  return %r\n}\n";
    let resolver = |name: &str| match name {
        "atoi" => Some(mine as *const u8),
        "value" => Some((&raw const VALUE).cast()),
        _ => None,
    };
    let jit = jit_with(text, Opt::None, &resolver);
    // SAFETY: `f` is `() -> i64 c` in the text above.
    let f: extern "C" fn() -> i64 = unsafe { std::mem::transmute(jit.address("f").expect("f")) };
    assert_eq!(f(), 9);
}

#[test]
fn aggregates_in_c_signatures_are_reported() {
    let text = "extern fn @take((i64, i64)) -> i64\nextern fn @give() -> [u8; 3]\nexport fn @f() -> i64 c {\nbb0:\n  \
         %p: ptr = zero\n  %r: i64 = const 0\n  return %r\n}\n";
    let errors = Jit::compile(&module(text), &Options::default(), &|_| None).err().expect("must fail");
    assert_eq!(errors.len(), 2);
}
