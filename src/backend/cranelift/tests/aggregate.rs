//! Structs, tuples, fixed arrays, enums: in registers, in memory, as parameters and results of every size.

use super::run;

/// A struct of `n` fields `f0: u8, f1: i64, f2: u8, …`, a function that makes one of them from a number, one that
/// adds up its fields, and one that passes it on with a field replaced.
fn struct_program(n: usize) -> String {
    let ty = |i: usize| if i.is_multiple_of(2) { "u8" } else { "i64" };
    let fields: Vec<String> = (0..n).map(|i| format!("f{i}: {}", ty(i))).collect();
    let mut text = format!("struct $S {{ {} }}\n", fields.join(", "));
    text.push_str("fn @make(%x: i64) -> $S {\nbb0:\n");
    let mut names = Vec::new();
    for i in 0..n {
        text.push_str(&format!("  %k{i}: i64 = const {i}\n  %s{i}: i64 = add %x, %k{i}\n"));
        text.push_str(&format!("  %v{i}: {} = resize %s{i}\n", ty(i)));
        names.push(format!("%v{i}"));
    }
    text.push_str(&format!("  %s: $S = agg.make ({})\n  return %s\n}}\n", names.join(", ")));
    text.push_str(
        "fn @sum(%before: i64, %s: $S, %after: i64) -> i64 {\nbb0:\n  %t: i64 = add %before, %after\n",
    );
    for i in 0..n {
        text.push_str(&format!(
            "  %g{i}: {} = agg.get %s, {i}\n  %w{i}: i64 = resize %g{i}\n  %t = add %t, %w{i}\n",
            ty(i)
        ));
    }
    // The parameter is the callee's own: this must not be seen by the caller.
    text.push_str("  %z: $S = zero\n  %s = mov %z\n  return %t\n}\n");
    text
}

#[test]
fn structs_of_every_size_are_passed_and_returned_by_value() {
    // 1 and 2 words come back in registers, up to 8 are passed in them, 17 fields are 17 words, 40 are copied by a call.
    for n in [1usize, 2, 3, 4, 8, 9, 17, 40] {
        let mut text = struct_program(n);
        text.push_str(
            "export fn @f() -> i64 c {\nbb0:\n  %x: i64 = const 10\n  %s: $S = call @make(%x)\n  \
             %a: i64 = const 1000\n  %b: i64 = const 20000\n  %r: i64 = call @sum(%a, %s, %b)\n  \
             %again: i64 = call @sum(%r, %s, %b)\n  return %again\n}\n",
        );
        let fields: i64 = (0..n as i64).map(|i| 10 + i).sum();
        assert_eq!(run(&text), 1000 + 2 * 20000 + 2 * fields, "{n} fields");
    }
}

#[test]
fn a_result_may_overwrite_an_argument() {
    let mut text = struct_program(12);
    text.push_str(
        "fn @next(%s: $S) -> $S {\nbb0:\n  %v: i64 = agg.get %s, 1\n  %r: $S = call @make(%v)\n  return %r\n}\n\
         export fn @f() -> i64 c {\nbb0:\n  %x: i64 = const 5\n  %s: $S = call @make(%x)\n  %s = call @next(%s)\n  \
         %s = call @next(%s)\n  %r: i64 = agg.get %s, 11\n  return %r\n}\n",
    );
    assert_eq!(run(&text), 5 + 1 + 1 + 11);
}

#[test]
fn registers_of_aggregates_are_values() {
    let body = "bb0:\n  %one: i64 = const 1\n  %two: i64 = const 2\n  %t: (i64, (i64, bool)) = zero\n  \
         %yes: bool = const true\n  %in: (i64, bool) = agg.make (%two, %yes)\n  %u: (i64, (i64, bool)) = agg.set %t, 1, %in\n  \
         %v: (i64, (i64, bool)) = mov %u\n  %u = agg.set %u, 0, %one\n  %u = mov %u\n  %no: bool = const false\n  \
         %w: (i64, (i64, bool)) = select %no, %v, %u\n  %x: (i64, (i64, bool)) = select %yes, %v, %u\n  \
         %a: i64 = agg.get %w, 0\n  %b: i64 = agg.get %x, 0\n  %back: (i64, bool) = agg.get %x, 1\n  \
         %c: i64 = agg.get %back, 0\n  %d: bool = agg.get %back, 1\n  %e: i64 = extend %d\n  \
         %ten: i64 = const 10\n  %r: i64 = mul %a, %ten\n  %r = add %r, %b\n  %r = mul %r, %ten\n  %r = add %r, %c\n  \
         %r = mul %r, %ten\n  %r = add %r, %e\n  return %r\n}\n";
    assert_eq!(run(&format!("export fn @f() -> i64 c {{\n{body}")), 1021);
}

#[test]
fn arrays_and_loads_of_aggregates() {
    let text = "export fn @f() -> i64 c {\n  slot s: [(u8, u32); 30]\nbb0:\n  %p: ptr = slot_addr s\n  \
         %z: [(u8, u32); 30] = zero\n  store %z, %p\n  %k: i64 = const 29\n  %q: ptr = index_addr %p, (u8, u32), %k\n  \
         %a: u8 = const 200\n  %b: u32 = const 4000000000\n  %e: (u8, u32) = agg.make (%a, %b)\n  store %e, %q\n  \
         %all: [(u8, u32); 30] = load %p\n  %last: (u8, u32) = agg.get %all, 29\n  %first: (u8, u32) = agg.get %all, 0\n  \
         %all = agg.set %all, 28, %last\n  %near: (u8, u32) = agg.get %all, 28\n  %x: u8 = agg.get %last, 0\n  \
         %y: u32 = agg.get %near, 1\n  %w: u32 = agg.get %first, 1\n  %r: i64 = resize %x\n  %t: i64 = resize %y\n  \
         %r = add %r, %t\n  %t = resize %w\n  %r = add %r, %t\n  return %r\n}\n";
    assert_eq!(run(text), 200 + 4_000_000_000);
}

#[test]
fn enums() {
    let text = "enum $E { None, Some(i64), Pair(u8, (i32, f64)) }\nfn @some(%x: i64) -> $E {\nbb0:\n  \
         %e: $E = enum.make 1 (%x)\n  return %e\n}\nfn @value(%e: $E) -> i64 {\nbb0:\n  %tag: u32 = enum.tag %e\n  \
         switch %tag, [0: bb1, 1: bb2, 2: bb3], bb4\nbb1:\n  %r: i64 = const 0\n  return %r\nbb2:\n  \
         %r = enum.payload %e, 1, 0\n  return %r\nbb3:\n  %a: u8 = enum.payload %e, 2, 0\n  %b: (i32, f64) = enum.payload %e, 2, 1\n  \
         %c: i32 = agg.get %b, 0\n  %d: f64 = agg.get %b, 1\n  %r = resize %a\n  %t: i64 = resize %c\n  %r = add %r, %t\n  \
         %t = float_to_int %d\n  %r = add %r, %t\n  return %r\nbb4:\n  unreachable\n}\n\
         export fn @f() -> i64 c {\nbb0:\n  %x: i64 = const 1000\n  %e: $E = call @some(%x)\n  %r: i64 = call @value(%e)\n  \
         %e = enum.make 0 ()\n  %s: i64 = call @value(%e)\n  %r = add %r, %s\n  %a: u8 = const 200\n  %c: i32 = const -7\n  \
         %d: f64 = const 30000.5\n  %b: (i32, f64) = agg.make (%c, %d)\n  %e = enum.make 2 (%a, %b)\n  \
         %s = call @value(%e)\n  %r = add %r, %s\n  return %r\n}\n";
    assert_eq!(run(text), 1000 + 200 - 7 + 30000);
}

#[test]
fn values_without_bytes() {
    let text = "struct $Empty { }\nfn @g(%a: $Empty, %b: i64, %c: [i64; 0]) -> $Empty {\nbb0:\n  %d: ($Empty, i64) = agg.make (%a, %b)\n  \
         %e: $Empty = agg.get %d, 0\n  return %e\n}\nexport fn @f() -> i64 c {\n  slot s: $Empty\nbb0:\n  %z: $Empty = zero\n  \
         %n: [i64; 0] = agg.make ()\n  %k: i64 = const 3\n  %p: ptr = slot_addr s\n  store %z, %p\n  %z = load %p\n  %m: $Empty = mov %z\n  \
         %w: $Empty = call @g(%m, %k, %n)\n  call @g(%w, %k, %n)\n  return %k\n}\n";
    assert_eq!(run(text), 3);
}
