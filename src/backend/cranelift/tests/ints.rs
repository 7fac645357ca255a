//! Integer arithmetic, bits, comparison and casts, on every width and signedness.

use super::{Piece, Scalar, always, binary, run, unary};

macro_rules! for_ints {
    ($test:ident) => {
        $test!(i8 u8 true);
        $test!(i16 u16 true);
        $test!(i32 u32 true);
        $test!(i64 u64 true);
        $test!(u8 u8 false);
        $test!(u16 u16 false);
        $test!(u32 u32 false);
        $test!(u64 u64 false);
        $test!(isize usize true);
        $test!(usize usize false);
    };
}

#[test]
fn arithmetic_wraps() {
    macro_rules! test {
        ($ty:ident $unsigned:ident $signed:literal) => {
            binary::<$ty, $ty, $ty>("add", always, |a, b| a.wrapping_add(b));
            binary::<$ty, $ty, $ty>("sub", always, |a, b| a.wrapping_sub(b));
            binary::<$ty, $ty, $ty>("mul", always, |a, b| a.wrapping_mul(b));
            binary::<$ty, $ty, $ty>("div", |_, b| b != 0, |a, b| a.wrapping_div(b));
            binary::<$ty, $ty, $ty>("rem", |_, b| b != 0, |a, b| a.wrapping_rem(b));
            binary::<$ty, $ty, $ty>("min", always, |a, b| a.min(b));
            binary::<$ty, $ty, $ty>("max", always, |a, b| a.max(b));
            unary::<$ty, $ty>("neg", |a| a.wrapping_neg());
            unary::<$ty, $ty>("abs", |a| if $signed && (a as i64) < 0 { a.wrapping_neg() } else { a });
        };
    }
    for_ints!(test);
}

#[test]
fn division_by_a_constant_is_the_same() {
    for (divisor, quotient, remainder) in
        [(-1, i64::MIN, 0), (1, i64::MIN, 0), (7, i64::MIN / 7, i64::MIN % 7)]
    {
        let text = |op: &str| {
            format!(
                "export fn @f() -> i64 c {{\nbb0:\n  %a: i64 = const {}\n  %b: i64 = const {divisor}\n  \
                 %r: i64 = {op} %a, %b\n  return %r\n}}\n",
                i64::MIN
            )
        };
        assert_eq!(run(&text("div")), quotient);
        assert_eq!(run(&text("rem")), remainder);
    }
}

#[test]
fn checked_arithmetic_tells_overflow() {
    macro_rules! test {
        ($ty:ident $unsigned:ident $signed:literal) => {
            for (op, expected) in [
                ("add.checked", $ty::overflowing_add as fn($ty, $ty) -> ($ty, bool)),
                ("sub.checked", $ty::overflowing_sub),
                ("mul.checked", $ty::overflowing_mul),
            ] {
                let body = |i: u32| format!("  %t: ({}, bool) = {op} %a, %b\nagg.get %t, {i}", $ty::MIR);
                let value = Piece::new(&[$ty::MIR, $ty::MIR], $ty::MIR, &body(0));
                let flag = Piece::new(&[$ty::MIR, $ty::MIR], "bool", &body(1));
                for &a in $ty::EDGES {
                    for &b in $ty::EDGES {
                        let operands = [a.to_bits(), b.to_bits()];
                        let got =
                            ($ty::from_bits(value.bits(&operands)), bool::from_bits(flag.bits(&operands)));
                        assert_eq!(got, expected(a, b), "{op} {a}, {b}");
                    }
                }
            }
        };
    }
    for_ints!(test);
}

#[test]
fn bits() {
    macro_rules! test {
        ($ty:ident $unsigned:ident $signed:literal) => {
            binary::<$ty, $ty, $ty>("and", always, |a, b| a & b);
            binary::<$ty, $ty, $ty>("or", always, |a, b| a | b);
            binary::<$ty, $ty, $ty>("xor", always, |a, b| a ^ b);
            unary::<$ty, $ty>("not", |a| !a);
            unary::<$ty, $ty>("popcount", |a| a.count_ones() as $ty);
            unary::<$ty, $ty>("clz", |a| a.leading_zeros() as $ty);
            unary::<$ty, $ty>("ctz", |a| a.trailing_zeros() as $ty);
            unary::<$ty, $ty>("bswap", |a| a.swap_bytes());
        };
    }
    for_ints!(test);
    binary::<bool, bool, bool>("and", always, |a, b| a & b);
    binary::<bool, bool, bool>("or", always, |a, b| a | b);
    binary::<bool, bool, bool>("xor", always, |a, b| a ^ b);
    unary::<bool, bool>("not", |a| !a);
}

#[test]
fn shifts_and_rotates_take_counts_of_any_type_modulo_the_width() {
    macro_rules! counts {
        ($ty:ident $($count:ident)*) => { $(
            // Widths are powers of two, so that the low bits of any count, negative ones too, are what counts.
            binary::<$ty, $count, $ty>("shl", always, |a, n| a.wrapping_shl(n as u32));
            binary::<$ty, $count, $ty>("shr", always, |a, n| a.wrapping_shr(n as u32));
            binary::<$ty, $count, $ty>("rotl", always, |a, n| a.rotate_left(n as u32 % $ty::BITS));
            binary::<$ty, $count, $ty>("rotr", always, |a, n| a.rotate_right(n as u32 % $ty::BITS));
        )* };
    }
    macro_rules! test {
        ($ty:ident $unsigned:ident $signed:literal) => {
            counts!($ty $ty i8 u8 i16 u32 i64 usize);
        };
    }
    for_ints!(test);
}

#[test]
fn comparison_goes_by_signedness() {
    macro_rules! test {
        ($ty:ident $unsigned:ident $signed:literal) => {
            binary::<$ty, $ty, bool>("eq", always, |a, b| a == b);
            binary::<$ty, $ty, bool>("ne", always, |a, b| a != b);
            binary::<$ty, $ty, bool>("lt", always, |a, b| a < b);
            binary::<$ty, $ty, bool>("le", always, |a, b| a <= b);
            binary::<$ty, $ty, bool>("gt", always, |a, b| a > b);
            binary::<$ty, $ty, bool>("ge", always, |a, b| a >= b);
        };
    }
    for_ints!(test);
    binary::<bool, bool, bool>("lt", always, |a, b| !a & b);
    binary::<bool, bool, bool>("eq", always, |a, b| a == b);
}

#[test]
fn casts_between_integers() {
    macro_rules! resize {
        ($from:ident $($to:ident)*) => { $(unary::<$from, $to>("resize", |a| a as $to);)* };
    }
    macro_rules! test {
        ($ty:ident $unsigned:ident $signed:literal) => {
            resize!($ty i8 u8 i16 u16 i32 u32 i64 u64 isize usize);
        };
    }
    for_ints!(test);
    unary::<i8, u8>("bitcast", |a| a as u8);
    unary::<u64, i64>("bitcast", |a| a as i64);
    macro_rules! narrow {
        ($($from:ident: $($to:ident)*;)*) => { $($(
            unary::<$from, $to>("trunc", |a| a as $to);
            unary::<$to, $from>("extend", |a| a as $from);
        )*)* };
    }
    narrow! {
        i64: i8 u8 i16 u16 i32 u32;
        u64: i8 u8 i16 u16 i32 u32;
        i32: i8 u8 i16 u16;
        u32: i8 u8 i16 u16;
        i16: i8 u8;
        u16: i8 u8;
    }
    unary::<bool, i8>("extend", i8::from);
    unary::<bool, u64>("extend", u64::from);
}

#[test]
fn selection() {
    let piece = Piece::new(&["bool", "i16", "i16"], "i16", "select %a, %b, %c");
    assert_eq!(piece.bits(&[1, 0x8001, 7]), 0x8001);
    assert_eq!(piece.bits(&[0, 0x8001, 7]), 7);
    unary::<bool, bool>("likely", |a| a);
    unary::<bool, bool>("unlikely", |a| a);
}
