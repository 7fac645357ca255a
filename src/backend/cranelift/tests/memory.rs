//! Loads, stores, atomics, block operations, addresses, the heap, reference counts, globals.

use super::{Piece, Scalar, run};

/// A function `f` from nothing to `i64` with a body that returns `%r`, after some other items.
fn run_body(items: &str, slots: &str, body: &str) -> i64 {
    run(&format!("{items}\nexport fn @f() -> i64 c {{\n{slots}bb0:\n{body}  return %r\n}}\n"))
}

#[test]
fn loads_and_stores_of_every_scalar() {
    for (ty, bits) in [
        ("i8", 0x80),
        ("u16", 0xfffe),
        ("i32", 0x8000_0001),
        ("u64", u64::MAX - 1),
        ("usize", 1 << 63),
        ("ptr", 0xdead_beef),
        ("bool", 1),
        ("f32", 0x7f80_0000),
        ("f64", 0xfff0_0000_0000_0000),
    ] {
        for (load, store) in [
            ("load %q !element", "store %a, %q !element"),
            ("load.volatile %q", "store.volatile %a, %q"),
            ("load.atomic %q, acquire", "store.atomic %a, %q, release"),
            ("load.atomic %q, seq_cst", "store.atomic %a, %q, seq_cst"),
        ] {
            // Atomic accesses are of integers and pointers.
            if load.contains("atomic") && matches!(ty, "bool" | "f32" | "f64") {
                continue;
            }
            // Over the operand's own word, and back out of it.
            let body = format!("  %o: u64 = const 16\n  %q: ptr = ptr_add %p, %o\n  {store}\n{load}");
            assert_eq!(Piece::new(&[ty], ty, &body).bits(&[bits]), bits, "{ty} {load}");
        }
    }
}

#[test]
fn atomic_read_modify_write_gives_the_old_value_and_stores_the_new() {
    macro_rules! test {
        ($($ty:ident)*) => { $(
            let ops: [(&str, fn($ty, $ty) -> $ty); 8] = [
                ("xchg", |_, b| b),
                ("add", |a, b| a.wrapping_add(b)),
                ("sub", |a, b| a.wrapping_sub(b)),
                ("and", |a, b| a & b),
                ("or", |a, b| a | b),
                ("xor", |a, b| a ^ b),
                ("min", |a, b| a.min(b)),
                ("max", |a, b| a.max(b)),
            ];
            for (op, expected) in ops {
                let rmw = format!(
                    "  %o: u64 = const 24\n  %q: ptr = ptr_add %p, %o\n  store %a, %q\n  \
                     %old: {} = rmw {op}, %b, %q, acq_rel\n",
                    $ty::MIR
                );
                let ty = $ty::MIR;
                let old = Piece::new(&[ty, ty], ty, &format!("{rmw}mov %old"));
                let new = Piece::new(&[ty, ty], ty, &format!("{rmw}load %q"));
                for &a in $ty::EDGES {
                    for &b in $ty::EDGES {
                        let operands = [a.to_bits(), b.to_bits()];
                        assert_eq!($ty::from_bits(old.bits(&operands)), a, "{op} {ty}");
                        assert_eq!($ty::from_bits(new.bits(&operands)), expected(a, b), "{op} {a}, {b} {ty}");
                    }
                }
            }
        )* };
    }
    test!(i8 u8 i16 u16 i32 u32 i64 u64 usize isize);
}

#[test]
fn compare_and_exchange() {
    macro_rules! test {
        ($($ty:ident)*) => { $(
            let ty = $ty::MIR;
            let exchange = format!(
                "  %o: u64 = const 24\n  %q: ptr = ptr_add %p, %o\n  %t: ({ty}, bool) = cmpxchg %a, %b, %q, seq_cst\n"
            );
            let piece = |result: &str, body: &str| Piece::new(&[ty, ty, ty], result, &format!("{exchange}{body}"));
            let (old, done, now) = (piece(ty, "agg.get %t, 0"), piece("bool", "agg.get %t, 1"), piece(ty, "load %q"));
            for (held, expected, new) in [($ty::MAX, $ty::MAX, 3), ($ty::MAX, 2, 3), ($ty::MIN, $ty::MIN, $ty::MAX)] {
                let operands = [expected.to_bits(), new.to_bits(), held.to_bits()];
                assert_eq!(old.bits(&operands), held.to_bits());
                assert_eq!(done.bits(&operands), u64::from(held == expected));
                assert_eq!(now.bits(&operands), if held == expected { new } else { held }.to_bits());
            }
        )* };
    }
    test!(i8 u8 i16 u16 i32 u32 i64 u64 usize);
    assert_eq!(Piece::new(&["i8"], "i8", "  fence acquire\n  fence seq_cst\nmov %a").bits(&[9]), 9);
}

#[test]
fn block_operations() {
    let body = |op: &str| {
        format!(
            "  %p: ptr = slot_addr s\n  %one: u8 = const 1\n  %n: usize = const 100\n  mem.fill %p, %one, %n\n  \
             %two: u8 = const 0xab\n  %half: usize = const 50\n  mem.fill %p, %two, %half\n  \
             %q: ptr = ptr_add %p, %half\n  {op}\n  %k: i64 = const 53\n  \
             %e: ptr = index_addr %p, u8, %k\n  %v: u8 = load %e\n  %r: i64 = extend %v\n"
        )
    };
    let slot = "  slot s: [u8; 100]\n";
    assert_eq!(run_body("", slot, &body("mem.copy %q, %p, %half")), 0xab);
    assert_eq!(run_body("", slot, &body("%z: usize = const 0\n  mem.copy %q, %p, %z")), 1);
    // The byte 53 comes from byte 49, which an ascending byte-wise copy would have overwritten.
    let overlapping = "%f: i64 = const 4\n  %t: ptr = ptr_add %p, %f\n  mem.move %t, %p, %half";
    assert_eq!(run_body("", slot, &body(overlapping)), 0xab);
}

#[test]
fn addresses_follow_the_layout() {
    let items = "struct $S { a: u8, b: (u16, f64), c: [i32; 3] }\nenum $E { A(u8), B(u8, i64) }\n";
    let sum = |op: &str| {
        run_body(
            items,
            "",
            &format!(
                "  %z: ptr = zero\n  %i: i8 = const -3\n  %q: ptr = {op}\n  %n: usize = ptr_to_int %q\n  %r: i64 = resize %n\n"
            ),
        )
    };
    assert_eq!(sum("field_addr %z, $S, 1"), 8);
    assert_eq!(sum("field_addr %z, $S, 2"), 24);
    assert_eq!(sum("field_addr %z, [i32; 3], 2"), 8);
    assert_eq!(sum("variant_addr %z, $E, 0, 0"), 4);
    assert_eq!(sum("variant_addr %z, $E, 1, 1"), 8);
    assert_eq!(sum("index_addr %z, $S, %i"), -3 * 40);
    assert_eq!(sum("ptr_add %z, %i"), -3);
    let constant = |op: &str| run_body(items, "", &format!("  %n: usize = {op}\n  %r: i64 = resize %n\n"));
    assert_eq!(constant("size_of $S"), 40);
    assert_eq!(constant("align_of $E"), 8);
    assert_eq!(constant("offset_of $S, 2"), 24);
}

#[test]
fn the_heap() {
    let body = "  %n: usize = const 8\n  %p: ptr = heap.alloc %n\n  %v: i64 = const -77\n  store %v, %p\n  \
                %m: usize = const 100000\n  %q: ptr = heap.resize %p, %m\n  %r: i64 = load %q\n  heap.free %q\n";
    assert_eq!(run_body("", "", body), -77);
    // The program's own declaration and the operation's are one symbol.
    let items = "extern fn @malloc(usize) -> ptr\nextern fn @free(ptr) -> unit\n";
    let body = "  %n: usize = const 8\n  %p: ptr = call @malloc(%n)\n  %v: i64 = const 5\n  store %v, %p\n  \
                %r: i64 = load %p\n  heap.free %p\n";
    assert_eq!(run_body(items, "", body), 5);
}

#[test]
fn reference_counts() {
    let unit = |op: &str| format!("  {op} %q\nload %q");
    let count = "  %o: u64 = const 8\n  %q: ptr = ptr_add %p, %o\n";
    let retain = Piece::new(&["isize"], "isize", &format!("{count}{}", unit("retain")));
    let release = Piece::new(&["isize"], "isize", &format!("{count}{}", unit("%last: bool = release")));
    let last = Piece::new(&["isize"], "bool", &format!("{count}release %q"));
    let unique = Piece::new(&["isize"], "bool", &format!("{count}is_unique %q"));
    for n in [1, 2, 1000] {
        assert_eq!(retain.bits(&[n]), n + 1);
        assert_eq!(release.bits(&[n]), n - 1);
        assert_eq!(last.bits(&[n]), u64::from(n == 1));
        assert_eq!(unique.bits(&[n]), u64::from(n == 1));
    }
}

#[test]
fn globals_hold_their_initial_values() {
    let items = "global @n: i64 = -5\nconst @bytes: [u8; 4] = \"\\x01\\x02\\x03\\x04\"\n\
                 global @pair: (bool, (u8, u16), ptr) = (true, (255, zero), @n)\n\
                 const @table: [(ptr, f32); 2] = [(@seven, 1.5), (@seven, -0.0)]\nglobal @big: [u64; 1000] = zero\n\
                 fn @seven() -> i64 {\nbb0:\n  %r: i64 = const 7\n  return %r\n}\n";
    let value = |body: &str| run_body(items, "", body);
    assert_eq!(value("  %p: ptr = global_addr @n\n  %r: i64 = load %p !global\n"), -5);
    assert_eq!(
        value("  %p: ptr = global_addr @bytes\n  %v: u32 = load %p\n  %r: i64 = extend %v\n"),
        0x0403_0201
    );
    assert_eq!(
        value(
            "  %p: ptr = global_addr @pair\n  %q: ptr = field_addr %p, (bool, (u8, u16), ptr), 2\n  \
               %n: ptr = load %q\n  %r: i64 = load %n\n"
        ),
        -5
    );
    assert_eq!(
        value("  %p: ptr = global_addr @pair\n  %v: u32 = load %p\n  %r: i64 = extend %v\n") & 0xff00ff,
        1 | 255 << 16
    );
    assert_eq!(
        value(
            "  %p: ptr = global_addr @table\n  %q: ptr = load %p\n  %r: i64 = call.indirect %q, fn() -> i64 ()\n"
        ),
        7
    );
    assert_eq!(
        value(
            "  %p: ptr = global_addr @big\n  %i: i64 = const 999\n  %q: ptr = index_addr %p, u64, %i\n  \
               %v: i64 = const 3\n  store %v, %q\n  %r: i64 = load %q\n"
        ),
        3
    );
}
