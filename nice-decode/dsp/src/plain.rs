//! What each instruction does, in plain Rust.

/// The two halves of a word as numbers with a sign.
#[inline(always)]
const fn halves(word: u32) -> [i16; 2] {
    [word as i16, (word >> 16) as i16]
}

/// The word of two halves.
#[inline(always)]
const fn word([low, high]: [i16; 2]) -> u32 {
    low as u16 as u32 | (high as u16 as u32) << 16
}

/// Both halves of two words, by a function of two numbers that gives one of 16 bits.
#[inline(always)]
fn both(x: u32, y: u32, function: impl Fn(i16, i16) -> i16) -> u32 {
    let ([a, b], [c, d]) = (halves(x), halves(y));
    word([function(a, c), function(b, d)])
}

/// `SMLAD`: the products of the low halves and of the high halves of `x` and `y`, with a sign, added to `sum`, modulo 2^32.
#[inline(always)]
#[must_use]
pub const fn smlad(x: u32, y: u32, sum: i32) -> i32 {
    let ([a, b], [c, d]) = (halves(x), halves(y));
    sum.wrapping_add(a as i32 * c as i32)
        .wrapping_add(b as i32 * d as i32)
}

/// `SXTB16`: the bytes 0 and 2 of `x`, with a sign, as two numbers of 16 bits.
#[inline(always)]
#[must_use]
pub const fn sxtb16(x: u32) -> u32 {
    word([x as i8 as i16, (x >> 16) as i8 as i16])
}

/// `SXTB16` of `x` rotated by 8: its bytes 1 and 3, with a sign, as two numbers of 16 bits.
#[inline(always)]
#[must_use]
pub const fn sxtb16_ror8(x: u32) -> u32 {
    sxtb16(x.rotate_right(8))
}

/// `SXTAB16`: the bytes 0 and 2 of `x`, with a sign, added to the two halves of `sums`, modulo 2^16.
#[inline(always)]
#[must_use]
pub fn sxtab16(sums: u32, x: u32) -> u32 {
    sadd16(sums, sxtb16(x))
}

/// `SXTAB16` of `x` rotated by 8: its bytes 1 and 3, with a sign, added to the two halves of `sums`, modulo 2^16.
#[inline(always)]
#[must_use]
pub fn sxtab16_ror8(sums: u32, x: u32) -> u32 {
    sxtab16(sums, x.rotate_right(8))
}

/// `UXTAB16`: the bytes 0 and 2 of `x`, without a sign, added to the two halves of `sums`, modulo 2^16.
#[inline(always)]
#[must_use]
pub fn uxtab16(sums: u32, x: u32) -> u32 {
    sadd16(sums, x & 0x00FF_00FF)
}

/// `UXTAB16` of `x` rotated by 8: its bytes 1 and 3, without a sign, added to the two halves of `sums`, modulo 2^16.
#[inline(always)]
#[must_use]
pub fn uxtab16_ror8(sums: u32, x: u32) -> u32 {
    uxtab16(sums, x.rotate_right(8))
}

/// `USAT16`: both halves of `x`, with a sign, each brought to the nearest number from 0 to 2^`BITS` - 1; `BITS` is 0 to 15.
#[inline(always)]
#[must_use]
pub fn usat16<const BITS: u32>(x: u32) -> u32 {
    let most = const { ((1_i32 << below_16(BITS)) - 1) as i16 };
    word(halves(x).map(|half| half.clamp(0, most)))
}

/// A number of bits that a half has beside its sign. Others do not compile.
pub(crate) const fn below_16(bits: u32) -> u32 {
    assert!(
        bits < 16,
        "a half has 15 bits beside its sign, and no more to be brought to"
    );
    bits
}

/// `SADD16`: the sums of the two halves of `x` and `y`, modulo 2^16.
#[inline(always)]
#[must_use]
pub fn sadd16(x: u32, y: u32) -> u32 {
    both(x, y, i16::wrapping_add)
}

/// `SSUB16`: the differences of the two halves of `x` and `y`, `x` less `y`, modulo 2^16.
#[inline(always)]
#[must_use]
pub fn ssub16(x: u32, y: u32) -> u32 {
    both(x, y, i16::wrapping_sub)
}

/// `SHADD16`: half the sums of the two halves of `x` and `y`, with a sign, rounded down. They do not overflow.
#[inline(always)]
#[must_use]
pub fn shadd16(x: u32, y: u32) -> u32 {
    both(x, y, |a, b| ((i32::from(a) + i32::from(b)) >> 1) as i16)
}

/// `SHSUB16`: half the differences of the two halves of `x` and `y`, `x` less `y`, with a sign, rounded down. They do not
/// overflow.
#[inline(always)]
#[must_use]
pub fn shsub16(x: u32, y: u32) -> u32 {
    both(x, y, |a, b| ((i32::from(a) - i32::from(b)) >> 1) as i16)
}

/// Rows of weights times the same numbers, as [`rows`](crate::rows) says.
pub fn rows(
    numbers: &[[u32; 2]],
    weights: &[u8],
    stride: usize,
    biases: &[[u8; 4]],
    sums: &mut [i32],
) {
    for (row, (sum, bias)) in sums.iter_mut().zip(biases).enumerate() {
        let row = weights.get(row.saturating_mul(stride)..);
        *sum = i32::from_le_bytes(*bias);
        for ([even, odd], weights) in numbers.iter().zip(row.unwrap_or_default().chunks(4)) {
            let word = filled(weights);
            *sum = smlad(sxtb16(word), *even, *sum);
            *sum = smlad(sxtb16_ror8(word), *odd, *sum);
        }
    }
}

/// Two rows of weights added to sums of 16 bits, as [`add_two`](crate::add_two) says.
pub fn add_two(sums: &mut [[u32; 2]], one: &[u8], other: &[u8]) {
    for row in [one, other] {
        for ([even, odd], weights) in sums.iter_mut().zip(row.chunks(4)) {
            let word = filled(weights);
            *even = sxtab16(*even, word);
            *odd = sxtab16_ror8(*odd, word);
        }
    }
}

/// A word of at most four bytes, zeros behind them.
#[inline(always)]
fn filled(bytes: &[u8]) -> u32 {
    let mut word = [0; 4];
    for (to, from) in word.iter_mut().zip(bytes) {
        *to = *from;
    }
    u32::from_le_bytes(word)
}
