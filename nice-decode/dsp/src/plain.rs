//! What each instruction does, in plain Rust.

use crate::pixels::{SCALES, WORDS, fits};

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

/// Rows of weights times the same numbers, as [`rows`](crate::rows()) says.
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

/// Defines the functions of [`pixels`](crate::pixels), given how many bytes a pixel has and how they are made of its red, green
/// and blue.
macro_rules! formats {
    ($($function:ident, $bytes:literal, $pixel:expr;)*) => {$(
        #[doc = concat!("A block as [`pixels::", stringify!($function), "`](crate::pixels::", stringify!($function), ") says.")]
        #[must_use]
        pub fn $function(
            base: &[u32; WORDS],
            sums: &[u32; WORDS],
            scale: &[u32; SCALES],
            lines: &mut [u8],
            stride: usize,
        ) -> bool {
            block::<$bytes>(base, sums, scale, lines, stride, $pixel)
        }
    )*};
}

formats! {
    rgb888, 3, |rgb| rgb;
    bgr888, 3, |[r, g, b]| [b, g, r];
    xrgb8888, 4, |[r, g, b]| [b, g, r, 0];
    rgb565_le, 2, |rgb| rgb565(rgb).to_le_bytes();
    rgb565_be, 2, |rgb| rgb565(rgb).to_be_bytes();
    bgr555_le, 2, |[r, g, b]| (level(b, 31) << 10 | level(g, 31) << 5 | level(r, 31)).to_le_bytes();
}

/// A pixel with 5 bits for red and blue, 6 for green.
fn rgb565([r, g, b]: [u8; 3]) -> u16 {
    level(r, 31) << 11 | level(g, 63) << 5 | level(b, 31)
}

/// The nearest of the levels 0 to `top`.
fn level(sample: u8, top: u32) -> u16 {
    ((2 * u32::from(sample) * top + 255) / 510) as u16
}

/// A block, as [`pixels`](crate::pixels) says.
fn block<const BYTES: usize>(
    base: &[u32; WORDS],
    sums: &[u32; WORDS],
    &[
        gain,
        start,
        start_first,
        start_second,
        more_second,
        less_green,
        more_blue,
    ]: &[u32; SCALES],
    lines: &mut [u8],
    stride: usize,
    pixel: impl Fn([u8; 3]) -> [u8; BYTES],
) -> bool {
    let room = fits(lines, stride, 8 * BYTES);
    if !room {
        return false;
    }
    for (y, line) in lines.chunks_mut(stride).take(8).enumerate() {
        for (x, to) in line.as_chunks_mut().0.iter_mut().take(8).enumerate() {
            // The number for this column, out of a word of two.
            let number = |word: u32| halves(word)[x / 2 % 2];
            // The sample in this byte of a block, the other one scaled and added.
            let sample = |at: usize, start: u32, shift: u32| {
                let byte = |words: &[u32; WORDS]| (words[at / 4] >> (8 * (at % 4))) & 0xFF;
                let scaled = (gain * byte(sums) + number(start) as u16 as u32) as u16 >> shift;
                (byte(base) as u16).wrapping_add(scaled) as i16
            };
            let chroma = 64 + (y / 2 * 4 + x / 2) * 2;
            let light = sample(8 * y + x, start, 6);
            let first = sample(chroma, start_first, 7);
            let second = sample(chroma + 1, start_second, 8).wrapping_add(number(more_second));
            let colours = [
                first.wrapping_sub(second),
                second.wrapping_mul(2).wrapping_sub(number(less_green)),
                number(more_blue).wrapping_sub(first).wrapping_sub(second),
            ];
            *to = pixel(colours.map(|colour| light.wrapping_add(colour).clamp(0, 255) as u8));
        }
    }
    true
}

/// A block turned, as [`turns::copy`](crate::turns::copy) says.
pub fn copy(to: &mut [u32; WORDS], row: &[u32; WORDS], turns: u32) {
    *to = turned(row, turns);
}

/// A block turned and multiplied, a start added, as [`turns::set`](crate::turns::set) says.
pub fn set(to: &mut [u32; WORDS], row: &[u32; WORDS], turns: u32, factor: u32, start: u32) {
    *to = turned(row, turns).map(|word| word.wrapping_mul(factor).wrapping_add(start));
}

/// A block turned, multiplied and added, as [`turns::add`](crate::turns::add) says.
pub fn add(to: &mut [u32; WORDS], row: &[u32; WORDS], turns: u32, factor: u32) {
    for (to, word) in to.iter_mut().zip(turned(row, turns)) {
        *to = word.wrapping_mul(factor).wrapping_add(*to);
    }
}

/// A block turned, as [`turns`](crate::turns) says.
fn turned(row: &[u32; WORDS], turns: u32) -> [u32; WORDS] {
    // From where a sample comes, or both of a place: from which line and column out of `size`.
    let from = |y: usize, x: usize, size: usize| {
        let (y, x) = if turns & 4 == 0 { (y, x) } else { (x, y) };
        let turned = |at: usize, bit: u32| if turns & bit == 0 { at } else { size - 1 - at };
        turned(y, 1) * size + turned(x, 2)
    };
    let mut bytes = [0; 4 * WORDS];
    for (at, byte) in bytes.iter_mut().enumerate() {
        let from = match at.checked_sub(64) {
            None => from(at / 8, at % 8, 8),
            Some(at) => 64 + from(at / 8, at / 2 % 4, 4) * 2 + at % 2,
        };
        *byte = row[from / 4].to_le_bytes()[from % 4];
    }
    let mut words = [0; WORDS];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    words
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
