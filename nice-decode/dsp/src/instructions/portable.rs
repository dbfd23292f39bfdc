//! What each instruction computes, in plain Rust.

/// The two 16-bit lanes of a word, signed.
#[inline(always)]
pub(crate) const fn lanes(word: u32) -> [i16; 2] {
    [word as i16, (word >> 16) as i16]
}

/// The word with these two 16-bit lanes.
#[inline(always)]
const fn word([low, high]: [i16; 2]) -> u32 {
    low as u16 as u32 | (high as u16 as u32) << 16
}

/// Applies a function to the low lanes and to the high lanes of two words.
#[inline(always)]
fn both(x: u32, y: u32, function: impl Fn(i16, i16) -> i16) -> u32 {
    let ([a, b], [c, d]) = (lanes(x), lanes(y));
    word([function(a, c), function(b, d)])
}

/// `SMLAD`: `sum` plus the product of the low lanes and the product of the high lanes of `x` and `y`, signed, modulo 2^32.
#[inline(always)]
#[must_use]
pub const fn smlad(x: u32, y: u32, sum: i32) -> i32 {
    let ([a, b], [c, d]) = (lanes(x), lanes(y));
    sum.wrapping_add(a as i32 * c as i32)
        .wrapping_add(b as i32 * d as i32)
}

/// `SXTB16`: bytes 0 and 2 of `x`, sign-extended to two 16-bit lanes.
#[inline(always)]
#[must_use]
pub const fn sxtb16(x: u32) -> u32 {
    word([x as i8 as i16, (x >> 16) as i8 as i16])
}

/// `SXTB16` of `x` rotated right by 8: bytes 1 and 3, sign-extended to two 16-bit lanes.
#[inline(always)]
#[must_use]
pub const fn sxtb16_ror8(x: u32) -> u32 {
    sxtb16(x.rotate_right(8))
}

/// `SXTAB16`: bytes 0 and 2 of `x`, sign-extended and added to the two lanes of `sums`, modulo 2^16.
#[inline(always)]
#[must_use]
pub fn sxtab16(sums: u32, x: u32) -> u32 {
    sadd16(sums, sxtb16(x))
}

/// `SXTAB16` of `x` rotated right by 8: bytes 1 and 3, sign-extended and added to the two lanes of `sums`, modulo 2^16.
#[inline(always)]
#[must_use]
pub fn sxtab16_ror8(sums: u32, x: u32) -> u32 {
    sxtab16(sums, x.rotate_right(8))
}

/// `UXTAB16`: bytes 0 and 2 of `x`, zero-extended and added to the two lanes of `sums`, modulo 2^16.
#[inline(always)]
#[must_use]
pub fn uxtab16(sums: u32, x: u32) -> u32 {
    sadd16(sums, x & 0x00FF_00FF)
}

/// `UXTAB16` of `x` rotated right by 8: bytes 1 and 3, zero-extended and added to the two lanes of `sums`, modulo 2^16.
#[inline(always)]
#[must_use]
pub fn uxtab16_ror8(sums: u32, x: u32) -> u32 {
    uxtab16(sums, x.rotate_right(8))
}

/// `USAT16`: both lanes of `x`, signed, clamped to 0 to 2^`BITS` - 1; `BITS` is 0 to 15.
#[inline(always)]
#[must_use]
pub fn usat16<const BITS: u32>(x: u32) -> u32 {
    let most = const { ((1_i32 << below_16(BITS)) - 1) as i16 };
    word(lanes(x).map(|lane| lane.clamp(0, most)))
}

/// `bits`, which has to be below 16; otherwise the program does not compile.
pub(crate) const fn below_16(bits: u32) -> u32 {
    assert!(
        bits < 16,
        "a signed 16-bit lane saturates to at most 15 bits"
    );
    bits
}

/// `SADD16`: the two lanes of `x` plus those of `y`, modulo 2^16.
#[inline(always)]
#[must_use]
pub fn sadd16(x: u32, y: u32) -> u32 {
    both(x, y, i16::wrapping_add)
}

/// `SSUB16`: the two lanes of `x` minus those of `y`, modulo 2^16.
#[inline(always)]
#[must_use]
pub fn ssub16(x: u32, y: u32) -> u32 {
    both(x, y, i16::wrapping_sub)
}

/// `SHADD16`: the two lanes of `x` plus those of `y`, halved and rounded down, without overflow.
#[inline(always)]
#[must_use]
pub fn shadd16(x: u32, y: u32) -> u32 {
    both(x, y, |a, b| ((i32::from(a) + i32::from(b)) >> 1) as i16)
}

/// `SHSUB16`: the two lanes of `x` minus those of `y`, halved and rounded down, without overflow.
#[inline(always)]
#[must_use]
pub fn shsub16(x: u32, y: u32) -> u32 {
    both(x, y, |a, b| ((i32::from(a) - i32::from(b)) >> 1) as i16)
}
