//! The pixel formats that a row of blocks can be decoded into.

use core::marker::PhantomData;

use crate::block::{BLOCK, LINE_SAMPLES};
use crate::halves::{LOWER, ONES};
use crate::tones::{self, Colours, Tones};

/// A way to store a pixel. Implemented by the types below, which exist only to be named:
///
/// | format | bytes a pixel | in this order |
/// | --- | --- | --- |
/// | [`Rgb888`] | 3 | red, green, blue |
/// | [`Bgr888`] | 3 | blue, green, red |
/// | [`Xrgb8888`] | 4 | blue, green, red, zero |
/// | [`Rgb565Le`] | 2 | red in bits 11 to 15, green in 5 to 10, blue in 0 to 4; low byte first |
/// | [`Rgb565Be`] | 2 | the same, high byte first |
/// | [`Bgr555Le`] | 2 | blue in bits 10 to 14, green in 5 to 9, red in 0 to 4, bit 15 zero; low byte first |
/// | [`Dithered`] of the last three | 2 | as without |
///
/// Nothing else can implement it.
pub trait Pixel: sealed::Write {
    /// How many bytes a pixel takes.
    const BYTES: usize;
}

/// Three bytes a pixel: red, green, blue, as decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Rgb888 {}

/// Three bytes a pixel: blue, green, red, as decoded. So it stands in BMP files and on many displays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Bgr888 {}

/// Four bytes a pixel: blue, green, red, and one that is zero. Read as a little-endian number that is `0x00RRGGBB`, the
/// XRGB8888 of Linux and of many display controllers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Xrgb8888 {}

/// Two bytes a pixel, low byte first: red in bits 15 to 11, green in 10 to 5, blue in 4 to 0.
///
/// A sample `s` becomes the nearest of the 32 (green: 64) levels: `round(s * 31 / 255)` and
/// `round(s * 63 / 255)`. So 0 stays black and 255 becomes full brightness. (No two levels are ever
/// equally near.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Rgb565Le {}

/// Two bytes a pixel, high byte first, as displays on a serial bus want them; otherwise as
/// [`Rgb565Le`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Rgb565Be {}

/// Two bytes a pixel, low byte first: blue in bits 14 to 10, green in 9 to 5, red in 4 to 0, and bit 15 zero, as the Game
/// Boy Advance and the Nintendo DS have it.
///
/// A sample `s` becomes the nearest of the 32 levels, `round(s * 31 / 255)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Bgr555Le {}

/// One of [`Rgb565Le`], [`Rgb565Be`] and [`Bgr555Le`] with ordered dithering, so that slow gradients have no bands.
///
/// A sample `s` in column `x` and line `y` of its block becomes, of the levels 0 to `top` (31, or 63 for green of 565),
///
/// ```text
/// level = (s * top + 4 * bayer[y][x] + 1) div 255
/// ```
///
/// where `bayer` is the 8 x 8 matrix of Bayer ("An optimum method for two-level rendition of continuous-tone pictures",
/// 1973), the numbers 0 to 63 in the order in which dots are lit:
///
/// ```text
///  0 32  8 40  2 34 10 42
/// 48 16 56 24 50 18 58 26
/// 12 44  4 36 14 46  6 38
/// 60 28 52 20 62 30 54 22
///  3 35 11 43  1 33  9 41
/// 51 19 59 27 49 17 57 25
/// 15 47  7 39 13 45  5 37
/// 63 31 55 23 61 29 53 21
/// ```
///
/// So black stays black and white stays white, a level of the format stays itself, and on average over a block nothing gets
/// lighter or darker. Since only the place in the block counts, a pixel looks the same in whatever part of the picture it
/// is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Dithered<P>(Never, PhantomData<P>);

/// What cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum Never {}

pub(crate) mod sealed {
    //! Keeps `Pixel` to the formats of this crate.

    use super::{LINE_SAMPLES, Tones};

    /// Writes pixels.
    pub trait Write {
        /// Writes pixels of line `y` of a block from its column `x` on, as many as there are and as `out` has room for.
        fn write(line: &[u8; LINE_SAMPLES], x: usize, y: usize, out: &mut [u8]);

        /// Writes a block from its tones to 8 lines, each `stride` bytes after the one before it. Lines for which there
        /// is no room are left out.
        fn write_tones(tones: &Tones, lines: &mut [u8], stride: usize);
    }
}

/// Defines how a block is written from its tones: all at once by a function of `nice_dsp::pixels`, where the processor has such
/// instructions and all of the block has room; otherwise four pixels at a time.
macro_rules! write_tones {
    ($at_once:ident, $four:expr) => {
        #[inline(never)]
        fn write_tones(tones: &Tones, lines: &mut [u8], stride: usize) {
            /// Apart, so that what is written at once does not pay for its place on the stack.
            #[cfg_attr(feature = "dsp", inline(never))]
            #[cfg_attr(not(feature = "dsp"), inline(always))]
            fn by_fours(tones: &Tones, lines: &mut [u8], stride: usize) {
                tones.write(lines, stride, $four);
            }
            #[cfg(feature = "dsp")]
            if nice_dsp::AVAILABLE && tones.write_at_once(lines, stride, nice_dsp::pixels::$at_once)
            {
                return;
            }
            by_fours(tones, lines, stride);
        }
    };
}

impl Pixel for Rgb888 {
    const BYTES: usize = 3;
}

impl sealed::Write for Rgb888 {
    #[inline(always)]
    fn write(line: &[u8; LINE_SAMPLES], x: usize, _: usize, out: &mut [u8]) {
        match (x, out.first_chunk_mut::<LINE_SAMPLES>()) {
            (0, Some(out)) => *out = *line,
            _ => write_part(line, x, out),
        }
    }

    write_tones!(rgb888, |_, _, even, odd| tones::triples(even, odd));
}

/// Writes as much of a line as there is room for. A function of its own, or else the compiler makes one copy of unknown
/// length of this and of the copy of a whole line.
#[cold]
#[inline(never)]
fn write_part(line: &[u8; LINE_SAMPLES], x: usize, out: &mut [u8]) {
    for (to, from) in out.iter_mut().zip(line.iter().skip(x.saturating_mul(3))) {
        *to = *from;
    }
}

impl Pixel for Bgr888 {
    const BYTES: usize = 3;
}

impl sealed::Write for Bgr888 {
    #[inline(always)]
    fn write(line: &[u8; LINE_SAMPLES], x: usize, y: usize, out: &mut [u8]) {
        each(line, x, y, out, |[r, g, b], _, _| [b, g, r]);
    }

    write_tones!(bgr888, |_, _, [r, g, b], [r_odd, g_odd, b_odd]| {
        tones::triples([b, g, r], [b_odd, g_odd, r_odd])
    });
}

impl Pixel for Xrgb8888 {
    const BYTES: usize = 4;
}

impl sealed::Write for Xrgb8888 {
    #[inline(always)]
    fn write(line: &[u8; LINE_SAMPLES], x: usize, y: usize, out: &mut [u8]) {
        each(line, x, y, out, |[r, g, b], _, _| [b, g, r, 0]);
    }

    write_tones!(xrgb8888, |_, _, even, odd| tones::words(even, odd));
}

/// A format of two bytes a pixel.
trait TwoBytes {
    /// The highest level of red, green and blue: 31 or 63.
    const TOP: [u16; 3];
    /// The lowest bit of red, green and blue.
    const BIT: [u32; 3];
    /// Whether the high byte comes first.
    const BIG_ENDIAN: bool;
}

impl TwoBytes for Rgb565Le {
    const TOP: [u16; 3] = [31, 63, 31];
    const BIT: [u32; 3] = [11, 5, 0];
    const BIG_ENDIAN: bool = false;
}

impl TwoBytes for Rgb565Be {
    const TOP: [u16; 3] = [31, 63, 31];
    const BIT: [u32; 3] = [11, 5, 0];
    const BIG_ENDIAN: bool = true;
}

impl TwoBytes for Bgr555Le {
    const TOP: [u16; 3] = [31, 31, 31];
    const BIT: [u32; 3] = [0, 5, 10];
    const BIG_ENDIAN: bool = false;
}

macro_rules! two_bytes {
    ($($format:ty, $at_once:ident;)*) => { $(
        impl Pixel for $format {
            const BYTES: usize = 2;
        }

        impl sealed::Write for $format {
            #[inline(always)]
            fn write(line: &[u8; LINE_SAMPLES], x: usize, y: usize, out: &mut [u8]) {
                each(line, x, y, out, |rgb, _, _| in_order::<$format>(packed::<$format>(rgb, nearest)));
            }

            write_tones!($at_once, |_, _, even, odd| {
                let [even, odd] = [even, odd].map(packed_nearest::<$format>);
                tones::halves(<$format as TwoBytes>::BIG_ENDIAN, even, odd)
            });
        }
    )* };
}

two_bytes! {
    Rgb565Le, rgb565_le;
    Rgb565Be, rgb565_be;
    Bgr555Le, bgr555_le;
}

impl<P: TwoBytes + Pixel> Pixel for Dithered<P> {
    const BYTES: usize = 2;
}

impl<P: TwoBytes> sealed::Write for Dithered<P> {
    #[inline(always)]
    fn write(line: &[u8; LINE_SAMPLES], x: usize, y: usize, out: &mut [u8]) {
        each(line, x, y, out, |rgb, x, y| {
            let threshold = THRESHOLDS[y % BLOCK][x % BLOCK];
            in_order::<P>(packed::<P>(rgb, |sample, top| {
                dithered(sample, top, threshold)
            }))
        });
    }

    #[inline(never)]
    fn write_tones(tones: &Tones, lines: &mut [u8], stride: usize) {
        tones.write(lines, stride, |y, x, even, odd| {
            let [for_even, for_odd] = PAIRS_OF_THRESHOLDS[y % BLOCK][x / 4 % 2];
            tones::halves(
                P::BIG_ENDIAN,
                packed_dithered::<P>(even, for_even),
                packed_dithered::<P>(odd, for_odd),
            )
        });
    }
}

/// Writes pixels of a line one by one; `one` makes one of them from its samples, its column and its line.
#[inline(always)]
fn each<const BYTES: usize>(
    line: &[u8; LINE_SAMPLES],
    x: usize,
    y: usize,
    out: &mut [u8],
    one: impl Fn([u8; 3], usize, usize) -> [u8; BYTES],
) {
    let pixels = line.as_chunks().0.get(x..).unwrap_or_default();
    let out = out.as_chunks_mut().0.iter_mut();
    for (i, (to, &rgb)) in out.zip(pixels).enumerate() {
        *to = one(rgb, x.wrapping_add(i), y);
    }
}

/// A pixel with two bytes, low byte in the low bits, if `level` makes levels of samples.
#[inline(always)]
fn packed<P: TwoBytes>(rgb: [u8; 3], level: impl Fn(u8, u16) -> u16) -> u16 {
    let [r, g, b] = rgb;
    let [top_r, top_g, top_b] = P::TOP;
    let [bit_r, bit_g, bit_b] = P::BIT;
    level(r, top_r) << bit_r | level(g, top_g) << bit_g | level(b, top_b) << bit_b
}

/// The bytes of a pixel in the order of the format.
#[inline(always)]
const fn in_order<P: TwoBytes>(pixel: u16) -> [u8; 2] {
    if P::BIG_ENDIAN {
        pixel.to_be_bytes()
    } else {
        pixel.to_le_bytes()
    }
}

/// What the nearest level is found with: a factor, an addend, and a shift.
const fn rounding(top: u16) -> (u16, u16, u32) {
    if top == 31 {
        (249, 1014, 11)
    } else {
        (253, 505, 10)
    }
}

/// The nearest of `top + 1` equally spaced levels, `round(sample * top / 255)`, without a division and in 16 bits.
#[inline(always)]
fn nearest(sample: u8, top: u16) -> u16 {
    let (factor, addend, shift) = rounding(top);
    (u16::from(sample) * factor + addend) >> shift
}

/// As [`packed`] with [`nearest`], for two pixels at once, one in each half of a word.
#[inline(always)]
fn packed_nearest<P: TwoBytes>(colours: Colours) -> u32 {
    let mut pixels = 0;
    for ((colour, top), bit) in colours.into_iter().zip(P::TOP).zip(P::BIT) {
        let (factor, addend, shift) = rounding(top);
        let scaled = colour
            .wrapping_mul(u32::from(factor))
            .wrapping_add(u32::from(addend) * ONES);
        let levels = scaled & ((u32::from(top) << shift) * ONES);
        pixels |= levels >> (shift - bit.min(shift)) << (bit - bit.min(shift));
    }
    pixels
}

/// One of `top + 1` levels, the higher of the two nearest ones if the sample is far enough towards it: `n div 255` is
/// `(n + 1 + n / 256) / 256` below 65,535.
#[inline(always)]
fn dithered(sample: u8, top: u16, threshold: u16) -> u16 {
    let n = u16::from(sample) * top + threshold;
    (n + 1 + (n >> 8)) >> 8
}

/// As [`packed`] with [`dithered`], for two pixels at once, one in each half of a word, with a threshold each.
#[inline(always)]
fn packed_dithered<P: TwoBytes>(colours: Colours, thresholds: u32) -> u32 {
    let mut pixels = 0;
    for ((colour, top), bit) in colours.into_iter().zip(P::TOP).zip(P::BIT) {
        let n = colour.wrapping_mul(u32::from(top)).wrapping_add(thresholds);
        let levels = n.wrapping_add(ONES).wrapping_add(n >> 8 & LOWER) >> 8 & LOWER;
        pixels |= levels << bit;
    }
    pixels
}

/// What is added to a scaled sample before it is rounded down, by line and column.
const THRESHOLDS: [[u16; BLOCK]; BLOCK] = {
    let mut thresholds = [[0; BLOCK]; BLOCK];
    let mut at = 0;
    while at < BLOCK * BLOCK {
        let (y, x) = (at / BLOCK, at % BLOCK);
        // The place in the order: whether two neighbours differ counts most.
        let (mut place, mut bit) = (0, 0);
        while bit < BLOCK.ilog2() {
            place = 4 * place + 2 * ((x ^ y) >> bit & 1) + (y >> bit & 1);
            bit += 1;
        }
        thresholds[y][x] = 4 * place as u16 + 1;
        at += 1;
    }
    thresholds
};

/// The same in the order of [`Tones`]: by line and half of a line, for its columns 0 and 2 and for its columns 1 and 3.
static PAIRS_OF_THRESHOLDS: [[[u32; 2]; 2]; BLOCK] = {
    let mut pairs = [[[0; 2]; 2]; BLOCK];
    let mut at = 0;
    while at < 4 * BLOCK {
        let (y, side, odd) = (at / 4, at / 2 % 2, at % 2);
        let [low, high] = [
            THRESHOLDS[y][4 * side + odd],
            THRESHOLDS[y][4 * side + odd + 2],
        ];
        pairs[y][side][odd] = low as u32 | (high as u32) << 16;
        at += 1;
    }
    pairs
};

#[cfg(test)]
mod tests {
    use super::sealed::Write;
    use super::*;

    #[test]
    fn levels_are_the_nearest_ones() {
        for sample in 0..=255_u8 {
            for top in [31, 63] {
                let exact = f64::from(sample) * f64::from(top) / 255.0;
                assert_eq!(
                    f64::from(nearest(sample, top)),
                    exact.round(),
                    "sample {sample} of {top}"
                );
                assert!(
                    (exact.fract() - 0.5).abs() > 1e-3,
                    "sample {sample} of {top} lies halfway"
                );
            }
        }
    }

    #[test]
    fn dithered_levels_are_those_of_the_formula() {
        for sample in 0..=255_u8 {
            for top in [31, 63] {
                for threshold in 1..=253 {
                    let exact = (u32::from(sample) * u32::from(top) + u32::from(threshold)) / 255;
                    assert_eq!(u32::from(dithered(sample, top, threshold)), exact);
                }
            }
        }
    }

    #[test]
    fn thresholds_are_those_of_the_matrix_in_the_documentation() {
        let matrix = [
            [0, 32, 8, 40, 2, 34, 10, 42],
            [48, 16, 56, 24, 50, 18, 58, 26],
            [12, 44, 4, 36, 14, 46, 6, 38],
            [60, 28, 52, 20, 62, 30, 54, 22],
            [3, 35, 11, 43, 1, 33, 9, 41],
            [51, 19, 59, 27, 49, 17, 57, 25],
            [15, 47, 7, 39, 13, 45, 5, 37],
            [63, 31, 55, 23, 61, 29, 53, 21],
        ];
        assert_eq!(
            THRESHOLDS,
            matrix.map(|line| line.map(|place| 4 * place + 1))
        );
    }

    /// A line of the same pixel eight times in a format.
    fn even<P: Pixel>(rgb: [u8; 3], y: usize) -> [[u8; 2]; 8] {
        let line: [u8; 24] = core::array::from_fn(|i| rgb[i % 3]);
        let mut out = [[0; 2]; 8];
        P::write(&line, 0, y, out.as_flattened_mut());
        out
    }

    #[test]
    fn dithering_keeps_black_white_and_every_level_of_the_format() {
        for y in 0..8 {
            for level in 0..32_u32 {
                // The nearest samples of the levels, so that the dither must not move them.
                let [five, six] = [31, 63].map(|top| ((510 * level + top) / (2 * top)) as u8);
                if 255 * level % 31 == 0 {
                    assert_eq!(
                        even::<Dithered<Bgr555Le>>([five; 3], y),
                        even::<Bgr555Le>([five; 3], y)
                    );
                }
                if 255 * level % 63 == 0 {
                    let rgb = [0, six, 255];
                    assert_eq!(even::<Dithered<Rgb565Be>>(rgb, y), even::<Rgb565Be>(rgb, y));
                }
            }
        }
    }

    #[test]
    fn dithering_makes_a_block_neither_lighter_nor_darker() {
        for sample in 0..=255_u8 {
            let levels: u32 = (0..8)
                .flat_map(|y| even::<Dithered<Bgr555Le>>([sample; 3], y))
                .map(|pixel| u32::from(u16::from_le_bytes(pixel) & 31))
                .sum();
            let exact = f64::from(sample) * 31.0 / 255.0;
            let mean = f64::from(levels) / 64.0;
            assert!(
                (mean - exact).abs() <= 1.0 / 64.0,
                "{sample}: {mean}, {exact}"
            );
        }
    }

    #[test]
    fn formats_have_their_bytes_in_order() {
        let mut line = [0; 24];
        line[..6].copy_from_slice(&[255, 0, 0, 0, 255, 255]);
        let mut two = [0xAA; 4];
        Rgb565Le::write(&line, 0, 0, &mut two);
        assert_eq!(two, [0x00, 0xF8, 0xFF, 0x07]);
        Rgb565Be::write(&line, 0, 0, &mut two);
        assert_eq!(two, [0xF8, 0x00, 0x07, 0xFF]);
        Bgr555Le::write(&line, 0, 0, &mut two);
        assert_eq!(two, [0x1F, 0x00, 0xE0, 0x7F]);
        let mut three = [0xAA; 6];
        Rgb888::write(&line, 0, 0, &mut three);
        assert_eq!(three, [255, 0, 0, 0, 255, 255]);
        Bgr888::write(&line, 0, 0, &mut three);
        assert_eq!(three, [0, 0, 255, 255, 255, 0]);
        let mut four = [0xAA; 8];
        Xrgb8888::write(&line, 0, 0, &mut four);
        assert_eq!(four, [0, 0, 255, 0, 255, 255, 0, 0]);
        assert_eq!(
            u32::from_le_bytes([four[0], four[1], four[2], four[3]]),
            0x00FF_0000
        );
    }

    /// A line of eight colours in a format, as line 5 of a block.
    fn golden<P: Pixel>() -> std::vec::Vec<u8> {
        let line: [u8; 24] = core::array::from_fn(|i| (i * 11) as u8);
        let mut out = std::vec![0; 8 * P::BYTES];
        P::write(&line, 0, 5, &mut out);
        out
    }

    #[test]
    fn a_line_in_every_format_is_the_one_written_down() {
        assert_eq!(golden::<Bgr888>()[..9], [22, 11, 0, 55, 44, 33, 88, 77, 66]);
        assert_eq!(golden::<Xrgb8888>()[..8], [22, 11, 0, 0, 55, 44, 33, 0]);
        // Red 0, 33, 66, ... 231; green 11 more; blue 22 more.
        let level = |sample: usize, top: usize| (2 * sample * top + 255) / 510;
        let dithered = |x: usize, sample: usize, top: usize| {
            (sample * top + 4 * [51, 19, 59, 27, 49, 17, 57, 25][x] + 1) / 255
        };
        for x in 0..8 {
            let [r, g, b] = [0, 11, 22].map(|more| 33 * x + more);
            let rgb565 = (level(r, 31) << 11 | level(g, 63) << 5 | level(b, 31)) as u16;
            let bgr555 = (level(b, 31) << 10 | level(g, 31) << 5 | level(r, 31)) as u16;
            assert_eq!(golden::<Rgb565Le>()[2 * x..][..2], rgb565.to_le_bytes());
            assert_eq!(golden::<Rgb565Be>()[2 * x..][..2], rgb565.to_be_bytes());
            assert_eq!(golden::<Bgr555Le>()[2 * x..][..2], bgr555.to_le_bytes());
            let [r5, g6, b5] = [dithered(x, r, 31), dithered(x, g, 63), dithered(x, b, 31)];
            let rgb565 = (r5 << 11 | g6 << 5 | b5) as u16;
            let bgr555 = (b5 << 10 | dithered(x, g, 31) << 5 | r5) as u16;
            assert_eq!(
                golden::<Dithered<Rgb565Le>>()[2 * x..][..2],
                rgb565.to_le_bytes()
            );
            assert_eq!(
                golden::<Dithered<Rgb565Be>>()[2 * x..][..2],
                rgb565.to_be_bytes()
            );
            assert_eq!(
                golden::<Dithered<Bgr555Le>>()[2 * x..][..2],
                bgr555.to_le_bytes()
            );
        }
        // Two of them in full.
        assert_eq!(golden::<Rgb565Be>()[..4], [0x00, 0x63, 0x21, 0x67]);
        assert_eq!(
            golden::<Dithered<Rgb565Be>>()[..4],
            [0x00, 0x63, 0x21, 0x66]
        );
    }

    #[test]
    fn only_what_has_room_is_written() {
        let line: [u8; 24] = core::array::from_fn(|i| i as u8);
        let mut out = [0xAA; 32];
        Rgb888::write(&line, 0, 0, &mut out);
        assert_eq!(out[..24], line);
        assert_eq!(out[24..], [0xAA; 8]);
        let mut out = [0xAA; 9];
        Rgb888::write(&line, 0, 0, &mut out[..9]);
        assert_eq!(out, line[..9]);
        let mut out = [0xAA; 32];
        Rgb565Le::write(&line, 0, 0, &mut out);
        assert_eq!(out[16..], [0xAA; 16]);
    }

    /// What a format makes of the end of a line, from a column on.
    fn from_column<P: Pixel>(x: usize) {
        let line: [u8; 24] = core::array::from_fn(|i| (41 * i) as u8);
        for y in 0..8 {
            let mut whole = [0; 32];
            P::write(&line, 0, y, &mut whole);
            let mut part = [0; 32];
            P::write(&line, x, y, &mut part);
            let bytes = (8 - x) * P::BYTES;
            assert_eq!(part[..bytes], whole[x * P::BYTES..][..bytes]);
            assert_eq!(part[bytes..], [0; 32][bytes..]);
        }
    }

    #[test]
    fn a_pixel_is_the_same_wherever_the_line_begins() {
        for x in 0..=8 {
            from_column::<Rgb888>(x);
            from_column::<Bgr888>(x);
            from_column::<Xrgb8888>(x);
            from_column::<Rgb565Le>(x);
            from_column::<Rgb565Be>(x);
            from_column::<Bgr555Le>(x);
            from_column::<Dithered<Rgb565Le>>(x);
            from_column::<Dithered<Rgb565Be>>(x);
            from_column::<Dithered<Bgr555Le>>(x);
        }
    }
}
