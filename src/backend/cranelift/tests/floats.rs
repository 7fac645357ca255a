//! Float arithmetic, rounding, comparison and conversion.

use super::{Piece, Scalar, always, binary, unary};

/// Calls a macro with a float type and an integer type of the same width.
macro_rules! for_floats {
    ($test:ident) => {
        $test!(f32 u32 i32);
        $test!(f64 u64 i64);
    };
}

#[test]
fn arithmetic() {
    macro_rules! test {
        ($ty:ident $bits:ident $int:ident) => {
            binary::<$ty, $ty, $ty>("add", always, |a, b| a + b);
            binary::<$ty, $ty, $ty>("sub", always, |a, b| a - b);
            binary::<$ty, $ty, $ty>("mul", always, |a, b| a * b);
            binary::<$ty, $ty, $ty>("div", always, |a, b| a / b);
            binary::<$ty, $ty, $ty>("rem", always, |a, b| a % b);
            binary::<$ty, $ty, $ty>("copysign", always, |a, b| a.copysign(b));
            unary::<$ty, $ty>("neg", |a| -a);
            unary::<$ty, $ty>("abs", |a| a.abs());
            unary::<$ty, $ty>("sqrt", |a| a.sqrt());
        };
    }
    for_floats!(test);
}

#[test]
fn minimum_and_maximum_let_nan_win_and_order_zeros() {
    macro_rules! test {
        ($ty:ident $bits:ident $int:ident) => {
            binary::<$ty, $ty, $ty>("min", always, |a, b| match () {
                () if a.is_nan() || b.is_nan() => $ty::NAN,
                () if a == b => {
                    if a.is_sign_negative() {
                        a
                    } else {
                        b
                    }
                }
                () => {
                    if a < b {
                        a
                    } else {
                        b
                    }
                }
            });
            binary::<$ty, $ty, $ty>("max", always, |a, b| match () {
                () if a.is_nan() || b.is_nan() => $ty::NAN,
                () if a == b => {
                    if a.is_sign_negative() {
                        b
                    } else {
                        a
                    }
                }
                () => {
                    if a > b {
                        a
                    } else {
                        b
                    }
                }
            });
        };
    }
    for_floats!(test);
}

#[test]
fn fma_rounds_once() {
    macro_rules! test {
        ($ty:ident $bits:ident $int:ident) => {
            let piece = Piece::new(&[$ty::MIR; 3], $ty::MIR, "fma %a, %b, %c");
            let near_one = 1.0 + $ty::EPSILON;
            for (a, b, c) in
                [(near_one, near_one, -1.0 - 2.0 * $ty::EPSILON), (2.0, 3.0, 4.0), (0.1, 10.0, -1.0)]
            {
                let got = piece.bits(&[Scalar::to_bits(a), Scalar::to_bits(b), Scalar::to_bits(c)]);
                assert_eq!(<$ty as Scalar>::from_bits(got), a.mul_add(b, c));
            }
            // The product alone would lose its last bit, which is all that is left.
            let last: $ty = $ty::EPSILON * $ty::EPSILON;
            assert_eq!(near_one.mul_add(near_one, -1.0 - 2.0 * $ty::EPSILON), last);
        };
    }
    for_floats!(test);
}

#[test]
fn rounding() {
    macro_rules! test {
        ($ty:ident $bits:ident $int:ident) => {
            unary::<$ty, $ty>("floor", |a| a.floor());
            unary::<$ty, $ty>("ceil", |a| a.ceil());
            unary::<$ty, $ty>("round.zero", |a| a.trunc());
            unary::<$ty, $ty>("round.even", |a| a.round_ties_even());
            unary::<$ty, $ty>("round.away", |a| a.round());
            let away = Piece::new(&[$ty::MIR], $ty::MIR, "round.away %a");
            let below_half = $ty::from_bits((0.5 as $ty).to_bits() - 1);
            assert_eq!(away.bits(&[Scalar::to_bits(below_half)]), 0);
            assert_eq!(away.bits(&[Scalar::to_bits(-below_half)]), Scalar::to_bits(-0.0 as $ty));
            let whole = 1.0 / $ty::EPSILON + 1.0;
            assert_eq!(away.bits(&[Scalar::to_bits(whole)]), Scalar::to_bits(whole));
        };
    }
    for_floats!(test);
}

#[test]
fn comparison_is_false_on_nan_but_for_ne() {
    macro_rules! test {
        ($ty:ident $bits:ident $int:ident) => {
            binary::<$ty, $ty, bool>("eq", always, |a, b| a == b);
            binary::<$ty, $ty, bool>("ne", always, |a, b| a != b);
            binary::<$ty, $ty, bool>("lt", always, |a, b| a < b);
            binary::<$ty, $ty, bool>("le", always, |a, b| a <= b);
            binary::<$ty, $ty, bool>("gt", always, |a, b| a > b);
            binary::<$ty, $ty, bool>("ge", always, |a, b| a >= b);
        };
    }
    for_floats!(test);
}

#[test]
fn conversions_saturate_and_round_to_even() {
    macro_rules! ints {
        ($float:ident $($int:ident)*) => { $(
            unary::<$float, $int>("float_to_int", |a| a as $int);
            unary::<$int, $float>("int_to_float", |a| a as $float);
        )* };
    }
    macro_rules! test {
        ($ty:ident $bits:ident $int:ident) => {
            ints!($ty i8 u8 i16 u16 i32 u32 i64 u64 isize usize);
            unary::<$ty, $bits>("bitcast", |a| $ty::to_bits(a));
            unary::<$int, $ty>("bitcast", |a| $ty::from_bits(a as $bits));
        };
    }
    for_floats!(test);
    unary::<f32, f64>("promote", f64::from);
    unary::<f64, f32>("demote", |a| a as f32);
}

#[test]
fn constants_keep_their_bits() {
    assert_eq!(Piece::new(&[], "f64", "const -0.0").bits(&[]), 1 << 63);
    assert_eq!(Piece::new(&[], "f32", "const bits 0x7fc00001").bits(&[]), 0x7fc0_0001);
    assert_eq!(Piece::new(&[], "f64", "zero").bits(&[]), 0);
}
