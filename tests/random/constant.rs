//! Literals, mostly at the edges of their types.

use simplec::mir::Ty;

use super::rng::Rng;

/// A value of an integer type; bits above its width do not count.
pub fn int(rng: &mut Rng, ty: Ty) -> i64 {
    let width = ty.fixed_bits().unwrap_or(64);
    let top = 1i64 << (width - 1);
    match rng.below(12) {
        0 => 0,
        1 => 1,
        2 => -1,
        3 => top,
        4 => top.wrapping_sub(1),
        5 => top.wrapping_add(1),
        6 => (1i64 << rng.below(width as usize)).wrapping_add(rng.below(3) as i64 - 1),
        7 => i64::from(width),
        8 | 9 => rng.below(20) as i64 - 5,
        _ => rng.bits() as i64,
    }
}

/// The bits of a value of a float type; never a NaN but the default one.
pub fn float(rng: &mut Rng, ty: Ty) -> u64 {
    let edges = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        -0.5,
        1.5,
        2.5,
        -2.5,
        0.1,
        1e10,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        f64::from_bits(1),
        -f64::from_bits(0x000f_ffff_ffff_ffff),
        f64::EPSILON,
        f64::from(f32::MAX),
        f64::from(f32::MIN_POSITIVE),
        f64::from(f32::from_bits(1)),
        2_147_483_647.0,
        -2_147_483_649.0,
        4_294_967_296.0,
        9_007_199_254_740_993.0,
        9_223_372_036_854_775_807.0,
        -9_223_372_036_854_775_808.0,
        18_446_744_073_709_551_615.0,
        16_777_217.0,
    ];
    let value = match rng.below(4) {
        0 | 1 => rng.pick(&edges),
        2 => (rng.bits() as i64 >> rng.below(64)) as f64,
        _ => f64::from_bits(rng.bits()),
    };
    let value = if value.is_nan() { f64::NAN } else { value };
    if ty == Ty::F32 { u64::from((value as f32).to_bits()) } else { value.to_bits() }
}

/// The bits of a value of any scalar type but pointers.
pub fn scalar(rng: &mut Rng, ty: Ty) -> u64 {
    match ty {
        Ty::BOOL => rng.bits() & 1,
        Ty::F32 | Ty::F64 => float(rng, ty),
        _ => canonical(ty, int(rng, ty)),
    }
}

/// The bits of an integer as MIR writes them: extended by the signedness of the type.
pub fn canonical(ty: Ty, value: i64) -> u64 {
    match ty.fixed_bits() {
        None | Some(64) => value as u64,
        Some(width) if ty.is_signed() => (value << (64 - width) >> (64 - width)) as u64,
        Some(width) => value as u64 & (u64::MAX >> (64 - width)),
    }
}
