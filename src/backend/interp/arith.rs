//! What the arithmetic, bitwise and comparison operations compute, chosen once by operand type when a function is
//! decoded. All work on canonical words; `None` means that the operation has no meaning for the type.

use super::value::Scalar;

/// One operand.
pub type Unary = fn(u64) -> u64;
/// Two operands.
pub type Binary = fn(u64, u64) -> u64;
/// Three operands.
pub type Ternary = fn(u64, u64, u64) -> u64;
/// Two operands; `None` traps.
pub type Divide = fn(u64, u64) -> Option<u64>;
/// Two operands; the wrapped result and whether it overflowed.
pub type Carry = fn(u64, u64) -> (u64, bool);

/// A function over canonical words out of an expression over one integer type, `T`.
macro_rules! int_fn {
    ($t:ty, |$a:ident| $body:expr) => {{
        #[allow(dead_code, reason = "most bodies do not name the type")]
        fn word($a: u64) -> u64 {
            type T = $t;
            let $a = $a as $t;
            ($body) as i64 as u64
        }
        word as Unary
    }};
    ($t:ty, |$a:ident, count $n:ident| $body:expr) => {{
        fn word($a: u64, $n: u64) -> u64 {
            let ($a, $n) = ($a as $t, $n as u32 & (<$t>::BITS - 1));
            ($body) as i64 as u64
        }
        word as Binary
    }};
    ($t:ty, |$a:ident, $b:ident| try $body:expr) => {{
        fn word($a: u64, $b: u64) -> Option<u64> {
            let ($a, $b) = ($a as $t, $b as $t);
            if $b == 0 { None } else { Some(($body) as i64 as u64) }
        }
        word as Divide
    }};
    ($t:ty, |$a:ident, $b:ident| flag $body:expr) => {{
        fn word($a: u64, $b: u64) -> (u64, bool) {
            let ($a, $b) = ($a as $t, $b as $t);
            let (result, overflowed) = $body;
            (result as i64 as u64, overflowed)
        }
        word as Carry
    }};
    ($t:ty, |$a:ident, $b:ident| $body:expr) => {{
        fn word($a: u64, $b: u64) -> u64 {
            let ($a, $b) = ($a as $t, $b as $t);
            ($body) as i64 as u64
        }
        word as Binary
    }};
}

macro_rules! signed {
    ($scalar:expr, $($f:tt)+) => {
        match $scalar {
            Scalar::I8 => Some(int_fn!(i8, $($f)+)),
            Scalar::I16 => Some(int_fn!(i16, $($f)+)),
            Scalar::I32 => Some(int_fn!(i32, $($f)+)),
            Scalar::I64 => Some(int_fn!(i64, $($f)+)),
            Scalar::Bool | Scalar::U8 | Scalar::U16 | Scalar::U32 | Scalar::U64 | Scalar::F32 | Scalar::F64 => None,
        }
    };
}

macro_rules! unsigned {
    ($scalar:expr, $($f:tt)+) => {
        match $scalar {
            Scalar::U8 => Some(int_fn!(u8, $($f)+)),
            Scalar::U16 => Some(int_fn!(u16, $($f)+)),
            Scalar::U32 => Some(int_fn!(u32, $($f)+)),
            Scalar::U64 => Some(int_fn!(u64, $($f)+)),
            Scalar::Bool | Scalar::I8 | Scalar::I16 | Scalar::I32 | Scalar::I64 | Scalar::F32 | Scalar::F64 => None,
        }
    };
}

macro_rules! ints {
    ($scalar:expr, $($f:tt)+) => { signed!($scalar, $($f)+).or(unsigned!($scalar, $($f)+)) };
}

/// A function over canonical words out of an expression over one float type, `T`.
macro_rules! float_fn {
    ($t:ty, $bits:ty, |$a:ident| $body:expr) => {{
        fn word($a: u64) -> u64 {
            let $a = <$t>::from_bits($a as $bits);
            u64::from(($body).to_bits())
        }
        word as Unary
    }};
    ($t:ty, $bits:ty, |$a:ident, $b:ident| bool $body:expr) => {{
        fn word($a: u64, $b: u64) -> u64 {
            let ($a, $b) = (<$t>::from_bits($a as $bits), <$t>::from_bits($b as $bits));
            u64::from($body)
        }
        word as Binary
    }};
    ($t:ty, $bits:ty, |$a:ident, $b:ident| $body:expr) => {{
        fn word($a: u64, $b: u64) -> u64 {
            #[allow(dead_code, reason = "most bodies do not name the type")]
            type T = $t;
            let ($a, $b) = (<$t>::from_bits($a as $bits), <$t>::from_bits($b as $bits));
            u64::from(($body).to_bits())
        }
        word as Binary
    }};
    ($t:ty, $bits:ty, |$a:ident, $b:ident, $c:ident| $body:expr) => {{
        fn word($a: u64, $b: u64, $c: u64) -> u64 {
            let ($a, $b) = (<$t>::from_bits($a as $bits), <$t>::from_bits($b as $bits));
            let $c = <$t>::from_bits($c as $bits);
            u64::from(($body).to_bits())
        }
        word as Ternary
    }};
}

macro_rules! floats {
    ($scalar:expr, $($f:tt)+) => {
        match $scalar {
            Scalar::F32 => Some(float_fn!(f32, u32, $($f)+)),
            Scalar::F64 => Some(float_fn!(f64, u64, $($f)+)),
            Scalar::Bool
            | Scalar::I8
            | Scalar::I16
            | Scalar::I32
            | Scalar::I64
            | Scalar::U8
            | Scalar::U16
            | Scalar::U32
            | Scalar::U64 => None,
        }
    };
}

// ---- arithmetic

pub fn add(s: Scalar) -> Option<Binary> {
    ints!(s, |a, b| a.wrapping_add(b)).or(floats!(s, |a, b| a + b))
}

pub fn sub(s: Scalar) -> Option<Binary> {
    ints!(s, |a, b| a.wrapping_sub(b)).or(floats!(s, |a, b| a - b))
}

pub fn mul(s: Scalar) -> Option<Binary> {
    ints!(s, |a, b| a.wrapping_mul(b)).or(floats!(s, |a, b| a * b))
}

pub fn div_int(s: Scalar) -> Option<Divide> {
    ints!(s, |a, b| try a.wrapping_div(b))
}

pub fn rem_int(s: Scalar) -> Option<Divide> {
    ints!(s, |a, b| try a.wrapping_rem(b))
}

pub fn div_float(s: Scalar) -> Option<Binary> {
    floats!(s, |a, b| a / b)
}

/// Rust's `%` of floats is C's `fmod`.
pub fn rem_float(s: Scalar) -> Option<Binary> {
    floats!(s, |a, b| a % b)
}

pub fn neg(s: Scalar) -> Option<Unary> {
    ints!(s, |a| a.wrapping_neg()).or(floats!(s, |a| -a))
}

pub fn abs(s: Scalar) -> Option<Unary> {
    signed!(s, |a| a.wrapping_abs()).or(unsigned!(s, |a| a)).or(floats!(s, |a| a.abs()))
}

/// IEEE 754-2019 `minimum`: Rust's `min` is `minimumNumber`, which prefers the number to the NaN. Equal operands differ
/// at most in the sign of zero; the or of both has the sign bit when one has it.
pub fn min(s: Scalar) -> Option<Binary> {
    ints!(s, |a, b| a.min(b)).or(floats!(s, |a, b| if a.is_nan() {
        a
    } else if b.is_nan() {
        b
    } else if a == b {
        T::from_bits(a.to_bits() | b.to_bits())
    } else if a < b {
        a
    } else {
        b
    }))
}

/// IEEE 754-2019 `maximum`.
pub fn max(s: Scalar) -> Option<Binary> {
    ints!(s, |a, b| a.max(b)).or(floats!(s, |a, b| if a.is_nan() {
        a
    } else if b.is_nan() {
        b
    } else if a == b {
        T::from_bits(a.to_bits() & b.to_bits())
    } else if a > b {
        a
    } else {
        b
    }))
}

pub fn add_checked(s: Scalar) -> Option<Carry> {
    ints!(s, |a, b| flag a.overflowing_add(b))
}

pub fn sub_checked(s: Scalar) -> Option<Carry> {
    ints!(s, |a, b| flag a.overflowing_sub(b))
}

pub fn mul_checked(s: Scalar) -> Option<Carry> {
    ints!(s, |a, b| flag a.overflowing_mul(b))
}

pub fn sqrt(s: Scalar) -> Option<Unary> {
    floats!(s, |a| a.sqrt())
}

pub fn fma(s: Scalar) -> Option<Ternary> {
    floats!(s, |a, b, c| a.mul_add(b, c))
}

pub fn copysign(s: Scalar) -> Option<Binary> {
    floats!(s, |a, b| a.copysign(b))
}

pub fn floor(s: Scalar) -> Option<Unary> {
    floats!(s, |a| a.floor())
}

pub fn ceil(s: Scalar) -> Option<Unary> {
    floats!(s, |a| a.ceil())
}

pub fn round_zero(s: Scalar) -> Option<Unary> {
    floats!(s, |a| a.trunc())
}

pub fn round_even(s: Scalar) -> Option<Unary> {
    floats!(s, |a| a.round_ties_even())
}

pub fn round_away(s: Scalar) -> Option<Unary> {
    floats!(s, |a| a.round())
}

// ---- bits; and, or and exclusive or of canonical words are canonical

fn int_or_bool<T>(s: Scalar, f: T) -> Option<T> {
    match s {
        Scalar::Bool
        | Scalar::I8
        | Scalar::I16
        | Scalar::I32
        | Scalar::I64
        | Scalar::U8
        | Scalar::U16
        | Scalar::U32
        | Scalar::U64 => Some(f),
        Scalar::F32 | Scalar::F64 => None,
    }
}

pub fn and(s: Scalar) -> Option<Binary> {
    int_or_bool(s, |a, b| a & b)
}

pub fn or(s: Scalar) -> Option<Binary> {
    int_or_bool(s, |a, b| a | b)
}

pub fn xor(s: Scalar) -> Option<Binary> {
    int_or_bool(s, |a, b| a ^ b)
}

pub fn not(s: Scalar) -> Option<Unary> {
    let not: Unary = |a| a ^ 1;
    if s == Scalar::Bool { Some(not) } else { ints!(s, |a| !a) }
}

pub fn shl(s: Scalar) -> Option<Binary> {
    ints!(s, |a, count n| a << n)
}

pub fn shr(s: Scalar) -> Option<Binary> {
    ints!(s, |a, count n| a >> n)
}

pub fn rotate_left(s: Scalar) -> Option<Binary> {
    ints!(s, |a, count n| a.rotate_left(n))
}

pub fn rotate_right(s: Scalar) -> Option<Binary> {
    ints!(s, |a, count n| a.rotate_right(n))
}

pub fn popcount(s: Scalar) -> Option<Unary> {
    ints!(s, |a| a.count_ones())
}

pub fn leading_zeros(s: Scalar) -> Option<Unary> {
    ints!(s, |a| a.leading_zeros())
}

pub fn trailing_zeros(s: Scalar) -> Option<Unary> {
    ints!(s, |a| a.trailing_zeros())
}

pub fn byte_swap(s: Scalar) -> Option<Unary> {
    ints!(s, |a| a.swap_bytes())
}

// ---- comparison; the order of canonical words is that of all types of their signedness

macro_rules! comparison {
    ($($name:ident $sign:tt;)*) => { $(
        pub fn $name(s: Scalar) -> Binary {
            let signed: Binary = |a, b| u64::from((a as i64) $sign (b as i64));
            let unsigned: Binary = |a, b| u64::from(a $sign b);
            floats!(s, |a, b| bool a $sign b).unwrap_or(if s.is_signed() { signed } else { unsigned })
        }
    )* };
}
comparison! { eq ==; ne !=; lt <; le <=; gt >; ge >=; }

// ---- casts

/// To `to`: the low bits of the word, which was extended by the signedness of its own type.
pub fn resize(to: Scalar) -> Unary {
    match to {
        Scalar::Bool => |a| Scalar::Bool.canonical(a),
        Scalar::I8 => |a| Scalar::I8.canonical(a),
        Scalar::I16 => |a| Scalar::I16.canonical(a),
        Scalar::I32 => |a| Scalar::I32.canonical(a),
        Scalar::U8 => |a| Scalar::U8.canonical(a),
        Scalar::U16 => |a| Scalar::U16.canonical(a),
        Scalar::U32 | Scalar::F32 => |a| Scalar::U32.canonical(a),
        Scalar::I64 | Scalar::U64 | Scalar::F64 => |a| a,
    }
}

/// From the 64-bit type of the same signedness, whose value a canonical word is: one rounding.
pub fn int_to_float(from: Scalar, to: Scalar) -> Option<Unary> {
    let f: [Unary; 4] = [
        |a| u64::from((a as i64 as f32).to_bits()),
        |a| u64::from((a as f32).to_bits()),
        |a| (a as i64 as f64).to_bits(),
        |a| (a as f64).to_bits(),
    ];
    let signedness = usize::from(!from.is_signed());
    match to {
        Scalar::F32 => Some(f[signedness]),
        Scalar::F64 => Some(f[2 + signedness]),
        Scalar::Bool
        | Scalar::I8
        | Scalar::I16
        | Scalar::I32
        | Scalar::I64
        | Scalar::U8
        | Scalar::U16
        | Scalar::U32
        | Scalar::U64 => None,
    }
}

/// Rust's `as` saturates and makes 0 of NaN.
pub fn float_to_int(from: Scalar, to: Scalar) -> Option<Unary> {
    macro_rules! from_both {
        ($($to:ident $t:ty;)*) => {
            match (from, to) {
                $(
                    (Scalar::F32, Scalar::$to) => Some(|a| f32::from_bits(a as u32) as $t as i64 as u64),
                    (Scalar::F64, Scalar::$to) => Some(|a| f64::from_bits(a) as $t as i64 as u64),
                )*
                _ => None,
            }
        };
    }
    from_both! { I8 i8; I16 i16; I32 i32; I64 i64; U8 u8; U16 u16; U32 u32; U64 u64; }
}

pub const PROMOTE: Unary = |a| f64::from(f32::from_bits(a as u32)).to_bits();
pub const DEMOTE: Unary = |a| u64::from((f64::from_bits(a) as f32).to_bits());

#[cfg(test)]
mod tests {
    use super::*;

    const INTS: [Scalar; 8] = [
        Scalar::I8,
        Scalar::I16,
        Scalar::I32,
        Scalar::I64,
        Scalar::U8,
        Scalar::U16,
        Scalar::U32,
        Scalar::U64,
    ];

    /// MIN, MAX and neighbours of zero of a type, as numbers.
    fn edges(s: Scalar) -> Vec<i128> {
        let bits = s.size() as u32 * 8;
        let (min, max) = range(s);
        [min, min + 1, -1, 0, 1, 2, 7, i128::from(bits) - 1, i128::from(bits), max - 1, max]
            .into_iter()
            .filter(|v| (min..=max).contains(v))
            .collect()
    }

    fn range(s: Scalar) -> (i128, i128) {
        let bits = s.size() * 8;
        if s.is_signed() { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) } else { (0, (1 << bits) - 1) }
    }

    fn wrap(s: Scalar, value: i128) -> u64 {
        s.canonical(value as u64)
    }

    /// Every operation against arithmetic in 128 bits, which only the widest products overflow.
    #[test]
    fn integers_wrap_at_their_width() {
        for s in INTS {
            let bits = (s.size() * 8) as i128;
            let (lowest, highest) = range(s);
            for a in edges(s) {
                let wa = wrap(s, a);
                assert_eq!(neg(s).unwrap()(wa), wrap(s, -a));
                assert_eq!(abs(s).unwrap()(wa), wrap(s, a.abs()));
                assert_eq!(not(s).unwrap()(wa), wrap(s, !a));
                let pattern = (a as u128) & (u128::MAX >> (128 - bits));
                assert_eq!(popcount(s).unwrap()(wa), u64::from(pattern.count_ones()));
                assert_eq!(
                    leading_zeros(s).unwrap()(wa),
                    u64::from(pattern.leading_zeros()) - (128 - bits as u64)
                );
                assert_eq!(
                    trailing_zeros(s).unwrap()(wa),
                    u64::from(pattern.trailing_zeros()).min(bits as u64)
                );
                for b in edges(s) {
                    let wb = wrap(s, b);
                    let exact = [a.checked_add(b), a.checked_sub(b), a.checked_mul(b)];
                    let low = [a + b, a - b, a.wrapping_mul(b)];
                    let wrapped = [add(s), sub(s), mul(s)].map(|f| f.unwrap()(wa, wb));
                    let checked =
                        [add_checked(s), sub_checked(s), mul_checked(s)].map(|f| f.unwrap()(wa, wb));
                    for i in 0..3 {
                        let fits = exact[i].is_some_and(|v| (lowest..=highest).contains(&v));
                        assert_eq!(wrapped[i], wrap(s, low[i]), "{s:?} {a} {b}");
                        assert_eq!(checked[i], (wrapped[i], !fits), "{s:?} {a} {b}");
                    }
                    let quotient = (b != 0).then(|| wrap(s, a / b));
                    assert_eq!(div_int(s).unwrap()(wa, wb), quotient);
                    assert_eq!(rem_int(s).unwrap()(wa, wb), (b != 0).then(|| wrap(s, a % b)));
                    assert_eq!(min(s).unwrap()(wa, wb), wrap(s, a.min(b)));
                    assert_eq!(max(s).unwrap()(wa, wb), wrap(s, a.max(b)));
                    assert_eq!(lt(s)(wa, wb), u64::from(a < b));
                    assert_eq!(ge(s)(wa, wb), u64::from(a >= b));
                    assert_eq!(eq(s)(wa, wb), u64::from(a == b));
                    let count = b.rem_euclid(bits);
                    assert_eq!(shl(s).unwrap()(wa, wb), wrap(s, a << count));
                    assert_eq!(shr(s).unwrap()(wa, wb), wrap(s, a >> count));
                    let rotated = (pattern << count) | (pattern >> (bits - count));
                    assert_eq!(rotate_left(s).unwrap()(wa, wb), wrap(s, rotated as i128));
                    assert_eq!(rotate_right(s).unwrap()(rotate_left(s).unwrap()(wa, wb), wb), wa);
                }
            }
        }
    }

    #[test]
    fn bytes_swap() {
        assert_eq!(byte_swap(Scalar::I16).unwrap()(0x0180), 0xffff_ffff_ffff_8001);
        assert_eq!(byte_swap(Scalar::U32).unwrap()(0x0102_0304), 0x0403_0201);
        assert_eq!(byte_swap(Scalar::U8).unwrap()(0x7f), 0x7f);
    }

    fn f(value: f64) -> u64 {
        value.to_bits()
    }

    #[test]
    fn minimum_and_maximum_order_zeros_and_keep_nan() {
        let (lo, hi) = (min(Scalar::F64).unwrap(), max(Scalar::F64).unwrap());
        assert_eq!(lo(f(0.0), f(-0.0)), f(-0.0));
        assert_eq!(lo(f(-0.0), f(0.0)), f(-0.0));
        assert_eq!(hi(f(0.0), f(-0.0)), f(0.0));
        assert_eq!(hi(f(-0.0), f(-0.0)), f(-0.0));
        assert_eq!(lo(f(-1.5), f(-1.5)), f(-1.5));
        assert!(f64::from_bits(lo(f(f64::NAN), f(1.0))).is_nan());
        assert!(f64::from_bits(hi(f(1.0), f(f64::NAN))).is_nan());
        assert_eq!(hi(f(f64::NEG_INFINITY), f(1.0)), f(1.0));
    }

    #[test]
    fn comparisons_with_nan_are_false_but_ne() {
        let nan = f(f64::NAN);
        let all = [eq, lt, le, gt, ge].map(|op| op(Scalar::F64)(nan, nan));
        assert_eq!(all, [0; 5]);
        assert_eq!(ne(Scalar::F64)(nan, f(1.0)), 1);
        assert_eq!(eq(Scalar::F64)(f(0.0), f(-0.0)), 1);
    }

    #[test]
    fn f32_arithmetic_rounds_to_f32() {
        let w = |v: f32| u64::from(v.to_bits());
        assert_eq!(add(Scalar::F32).unwrap()(w(16_777_216.0), w(1.0)), w(16_777_216.0));
        // (1 + 2^-12)^2 - (1 + 2^-11) is 2^-24, lost when the product is rounded first
        let a = 1.0 + 2f32.powi(-12);
        let c = -(1.0 + 2f32.powi(-11));
        assert_eq!(fma(Scalar::F32).unwrap()(w(a), w(a), w(c)), w(2f32.powi(-24)));
    }

    #[test]
    fn rounding_modes() {
        let all = |v: f64| {
            [floor, ceil, round_zero, round_even, round_away]
                .map(|op| f64::from_bits(op(Scalar::F64).unwrap()(f(v))))
        };
        assert_eq!(all(2.5), [2.0, 3.0, 2.0, 2.0, 3.0]);
        assert_eq!(all(-2.5), [-3.0, -2.0, -2.0, -2.0, -3.0]);
        assert_eq!(all(3.5), [3.0, 4.0, 3.0, 4.0, 4.0]);
        assert_eq!(all(0.49999999999999994), [0.0, 1.0, 0.0, 0.0, 0.0]);
        assert!(all(-0.4)[1].is_sign_negative(), "zero keeps the sign");
    }

    #[test]
    fn casts_saturate_and_round_once() {
        let to = |v: f64, s| float_to_int(Scalar::F64, s).unwrap()(f(v)) as i64;
        assert_eq!(to(f64::NAN, Scalar::I32), 0);
        assert_eq!(to(1e10, Scalar::I32), i64::from(i32::MAX));
        assert_eq!(to(-129.0, Scalar::I8), -128);
        assert_eq!(to(-1.0, Scalar::U8), 0);
        assert_eq!(to(-0.9, Scalar::I16), 0);
        assert_eq!(float_to_int(Scalar::F64, Scalar::U64).unwrap()(f(1e30)), u64::MAX);
        // 2^24 + 1 + 2^-30-ish: through f64 first it would round to even twice
        let v = (1i64 << 54) + (1 << 30) + 1;
        assert_eq!(
            int_to_float(Scalar::I64, Scalar::F32).unwrap()(v as u64),
            u64::from((v as f32).to_bits())
        );
        assert_eq!(
            int_to_float(Scalar::U64, Scalar::F64).unwrap()(u64::MAX),
            f(18_446_744_073_709_551_615.0)
        );
        assert_eq!(int_to_float(Scalar::I8, Scalar::F64).unwrap()(u64::MAX), f(-1.0));
    }
}
