//! The pixel formats that blocks can be decoded into.

use core::marker::PhantomData;

use super::pack::{
    THRESHOLD_LANES, THRESHOLDS, TwoBytes, dithered, in_order, nearest, packed, packed_dithered,
    packed_nearest,
};
use crate::block::{BLOCK_SAMPLES, BLOCK_SIDE, LINE_SAMPLES};
use crate::ycc::swar::{YccBlock, pack_2_bytes, pack_3_bytes, pack_4_bytes};

/// A way to store a pixel. It is implemented by these types, which have no values and exist only to be named:
///
/// | format | bits a pixel | layout |
/// | --- | --- | --- |
/// | [`Rgb888`] | 24 | red, green, blue |
/// | [`Bgr888`] | 24 | blue, green, red |
/// | [`Xrgb8888`] | 32 | blue, green, red, zero |
/// | [`Rgb565Le`] | 16 | red in bits 11 to 15, green in 5 to 10, blue in 0 to 4; low byte first |
/// | [`Rgb565Be`] | 16 | the same, high byte first |
/// | [`Bgr555Le`] | 16 | blue in bits 10 to 14, green in 5 to 9, red in 0 to 4, bit 15 zero; low byte first |
/// | [`Gray8`] | 8 | gray |
/// | [`Gray4Msb`], [`Gray4Lsb`] | 4 | 16 levels of gray, the first of two pixels in the most or least significant bits of a byte |
/// | [`Gray2Msb`], [`Gray2Lsb`] | 2 | 4 levels of gray, four pixels in a byte |
/// | [`Gray1Msb`], [`Gray1Lsb`] | 1 | black or white, eight pixels in a byte |
/// | [`Dithered`] of one with two bytes, or with fewer than 8 bits | | the same, dithered |
///
/// [`Gray8`]: crate::Gray8
/// [`Gray4Msb`]: crate::Gray4Msb
/// [`Gray4Lsb`]: crate::Gray4Lsb
/// [`Gray2Msb`]: crate::Gray2Msb
/// [`Gray2Lsb`]: crate::Gray2Lsb
/// [`Gray1Msb`]: crate::Gray1Msb
/// [`Gray1Lsb`]: crate::Gray1Lsb
///
/// No other type can implement it.
pub trait PixelFormat: sealed::WritePixels {
    /// The bits of a pixel.
    const BITS: usize;

    /// The bytes of a line of `width` pixels: `width * BITS / 8`, rounded up.
    #[inline(always)]
    #[must_use]
    fn line_bytes(width: usize) -> usize {
        line_bytes(width, Self::BITS)
    }
}

/// The bytes of a line of `width` pixels with a number of bits each.
#[inline(always)]
pub(crate) const fn line_bytes(width: usize, bits: usize) -> usize {
    if bits.is_multiple_of(8) {
        width.saturating_mul(bits / 8)
    } else {
        // Eight pixels have as many bytes as one has bits.
        let last = (width % 8).saturating_mul(bits).div_ceil(8);
        (width / 8).saturating_mul(bits).saturating_add(last)
    }
}

/// Three bytes a pixel: red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Rgb888 {}

/// Three bytes a pixel: blue, green, red, as in BMP files and in many displays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Bgr888 {}

/// Four bytes a pixel: blue, green, red, zero. As a little-endian number that is `0x00RRGGBB`, the XRGB8888 of Linux and of
/// many display controllers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Xrgb8888 {}

/// Two bytes a pixel, low byte first: red in bits 15 to 11, green in 10 to 5, blue in 4 to 0.
///
/// A sample `s` becomes the nearest of 32 levels (green: 64), `round(s * 31 / 255)` and `round(s * 63 / 255)`. So 0 is black,
/// and 255 is full brightness. (No sample is halfway between two levels.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Rgb565Le {}

/// [`Rgb565Le`] with the high byte first, as displays on a serial bus expect it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Rgb565Be {}

/// Two bytes a pixel, low byte first: blue in bits 14 to 10, green in 9 to 5, red in 4 to 0, and bit 15 zero, as on the Game
/// Boy Advance and the Nintendo DS.
///
/// A sample `s` becomes the nearest of 32 levels, `round(s * 31 / 255)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Bgr555Le {}

/// A format with two bytes a pixel, or with fewer than 8 bits, with ordered dithering, so that slow gradients show no bands.
///
/// Of the levels 0 to `max` (31, or 63 for the green of RGB565; 15, 3 or 1 for gray), a sample `s` in column `x` and line `y` of its
/// block, or of 8 x 8 pixels of a reduced picture, becomes
///
/// ```text
/// level = (s * max + 4 * bayer[y][x] + 1) div 255
/// ```
///
/// where `bayer` is Bayer's 8 x 8 matrix ("An optimum method for two-level rendition of continuous-tone pictures", 1973):
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
/// Black, white and every other level of the format are not changed, and on average over a block nothing gets lighter or
/// darker. Only the position in the block counts, so a pixel is the same in every region that it is decoded with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Dithered<P>(Never, PhantomData<P>);

/// A type without values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum Never {}

pub(crate) mod sealed {
    //! Restricts `PixelFormat` to the formats of this crate.

    use super::{BLOCK_SAMPLES, LINE_SAMPLES, YccBlock};

    /// Writes pixels.
    pub trait WritePixels {
        /// Whether only luma is shown, so that a codebook need not decode chroma. Then the luma of a block that is given is all that is
        /// valid, and red, green and blue are equal to it.
        const LUMA: bool = false;

        /// Writes line `y` of a block, as many pixels as `out` has room for.
        fn write_line(line: &[u8; LINE_SAMPLES], y: usize, out: &mut [u8]);

        /// Writes pixels to a line of a buffer, from its pixel `at` on, as many as there is room for. The first of them is in column
        /// `x` and line `y` of its block.
        fn write_pixels(pixels: &[[u8; 3]], x: usize, y: usize, line: &mut [u8], at: usize);

        /// Writes the red, green and blue of the pixels of a block.
        fn write_samples(block: &YccBlock, samples: &mut [u8; BLOCK_SAMPLES]) {
            super::Rgb888::write_block(block, samples, LINE_SAMPLES);
        }

        /// Writes a block to 8 lines, each `stride` bytes after the one before. Lines for which there is no room are left
        /// out.
        fn write_block(block: &YccBlock, lines: &mut [u8], stride: usize);
    }

    /// Writes pixels with ordered dithering: the functions of [`WritePixels`] for [`Dithered`](super::Dithered).
    pub trait WriteDithered {
        /// [`WritePixels::LUMA`].
        const LUMA: bool = false;

        /// [`WritePixels::write_line`].
        fn write_dithered_line(line: &[u8; LINE_SAMPLES], y: usize, out: &mut [u8]);

        /// [`WritePixels::write_pixels`].
        fn write_dithered_pixels(
            pixels: &[[u8; 3]],
            x: usize,
            y: usize,
            line: &mut [u8],
            at: usize,
        );

        /// [`WritePixels::write_block`].
        fn write_dithered_block(block: &YccBlock, lines: &mut [u8], stride: usize);

        /// [`WritePixels::write_samples`].
        fn write_samples(block: &YccBlock, samples: &mut [u8; BLOCK_SAMPLES]) {
            super::Rgb888::write_block(block, samples, LINE_SAMPLES);
        }
    }
}

/// Defines how a block is written: at once by a function of `nice_dsp::pixels` if the processor has the instructions and there
/// is room for the whole block, otherwise four pixels at a time.
macro_rules! write_block {
    ($whole:ident, $four:expr) => {
        #[inline(never)]
        fn write_block(block: &YccBlock, lines: &mut [u8], stride: usize) {
            /// A function of its own, so that the assembly does not need its stack frame.
            #[cfg_attr(feature = "dsp", inline(never))]
            #[cfg_attr(not(feature = "dsp"), inline(always))]
            fn four_at_a_time(block: &YccBlock, lines: &mut [u8], stride: usize) {
                block.write(lines, stride, $four);
            }
            #[cfg(feature = "dsp")]
            if nice_dsp::AVAILABLE && block.write_whole(lines, stride, nice_dsp::pixels::$whole) {
                return;
            }
            four_at_a_time(block, lines, stride);
        }
    };
}

/// [`sealed::WritePixels::write_pixels`].
type WritePixelsFunction = fn(&[[u8; 3]], usize, usize, &mut [u8], usize);

/// A pixel format as values, for code that is compiled once for all formats.
pub(crate) struct FormatFunctions {
    /// [`PixelFormat::BITS`].
    pub(crate) bits: usize,
    /// [`sealed::WritePixels::LUMA`].
    pub(crate) luma: bool,
    /// [`sealed::WritePixels::write_pixels`].
    pub(crate) write_pixels: WritePixelsFunction,
    /// [`sealed::WritePixels::write_samples`].
    pub(crate) write_samples: fn(&YccBlock, &mut [u8; BLOCK_SAMPLES]),
}

impl FormatFunctions {
    /// Those of a format.
    #[inline(always)]
    pub(crate) const fn of<P: PixelFormat>() -> &'static Self {
        const {
            &Self {
                bits: P::BITS,
                luma: P::LUMA,
                write_pixels: P::write_pixels,
                write_samples: P::write_samples,
            }
        }
    }
}

impl PixelFormat for Rgb888 {
    const BITS: usize = 24;
}

impl sealed::WritePixels for Rgb888 {
    #[inline(always)]
    fn write_line(line: &[u8; LINE_SAMPLES], y: usize, out: &mut [u8]) {
        match out.first_chunk_mut::<LINE_SAMPLES>() {
            Some(out) => *out = *line,
            None => Self::write_pixels(line.as_chunks().0, 0, y, out, 0),
        }
    }

    #[inline(never)]
    fn write_pixels(pixels: &[[u8; 3]], x: usize, y: usize, line: &mut [u8], at: usize) {
        each(pixels, x, y, line, at, |rgb, _, _| rgb);
    }

    write_block!(rgb888, |_, _, even, odd| pack_3_bytes(even, odd));
}

impl PixelFormat for Bgr888 {
    const BITS: usize = 24;
}

impl sealed::WritePixels for Bgr888 {
    #[inline(always)]
    fn write_line(line: &[u8; LINE_SAMPLES], y: usize, out: &mut [u8]) {
        each(line.as_chunks().0, 0, y, out, 0, |[r, g, b], _, _| {
            [b, g, r]
        });
    }

    #[inline(never)]
    fn write_pixels(pixels: &[[u8; 3]], x: usize, y: usize, line: &mut [u8], at: usize) {
        each(pixels, x, y, line, at, |[r, g, b], _, _| [b, g, r]);
    }

    write_block!(bgr888, |_, _, [r, g, b], [r_odd, g_odd, b_odd]| {
        pack_3_bytes([b, g, r], [b_odd, g_odd, r_odd])
    });
}

impl PixelFormat for Xrgb8888 {
    const BITS: usize = 32;
}

impl sealed::WritePixels for Xrgb8888 {
    #[inline(always)]
    fn write_line(line: &[u8; LINE_SAMPLES], y: usize, out: &mut [u8]) {
        each(line.as_chunks().0, 0, y, out, 0, |[r, g, b], _, _| {
            [b, g, r, 0]
        });
    }

    #[inline(never)]
    fn write_pixels(pixels: &[[u8; 3]], x: usize, y: usize, line: &mut [u8], at: usize) {
        each(pixels, x, y, line, at, |[r, g, b], _, _| [b, g, r, 0]);
    }

    write_block!(xrgb8888, |_, _, even, odd| pack_4_bytes(even, odd));
}

impl TwoBytes for Rgb565Le {
    const MAX: [u16; 3] = [31, 63, 31];
    const BIT: [u32; 3] = [11, 5, 0];
    const BIG_ENDIAN: bool = false;
}

impl TwoBytes for Rgb565Be {
    const MAX: [u16; 3] = [31, 63, 31];
    const BIT: [u32; 3] = [11, 5, 0];
    const BIG_ENDIAN: bool = true;
}

impl TwoBytes for Bgr555Le {
    const MAX: [u16; 3] = [31, 31, 31];
    const BIT: [u32; 3] = [0, 5, 10];
    const BIG_ENDIAN: bool = false;
}

macro_rules! two_bytes {
    ($($format:ty, $whole:ident;)*) => { $(
        impl PixelFormat for $format {
            const BITS: usize = 16;
        }

        impl sealed::WritePixels for $format {
            #[inline(always)]
            fn write_line(line: &[u8; LINE_SAMPLES], y: usize, out: &mut [u8]) {
                each(line.as_chunks().0, 0, y, out, 0, |rgb, _, _| in_order::<$format>(packed::<$format>(rgb, nearest)));
            }

            #[inline(never)]
            fn write_pixels(pixels: &[[u8; 3]], x: usize, y: usize, line: &mut [u8], at: usize) {
                each(pixels, x, y, line, at, |rgb, _, _| in_order::<$format>(packed::<$format>(rgb, nearest)));
            }

            write_block!($whole, |_, _, even, odd| {
                let [even, odd] = [even, odd].map(packed_nearest::<$format>);
                pack_2_bytes(<$format as TwoBytes>::BIG_ENDIAN, even, odd)
            });
        }

        impl sealed::WriteDithered for $format {
            #[inline(always)]
            fn write_dithered_line(line: &[u8; LINE_SAMPLES], y: usize, out: &mut [u8]) {
                each(line.as_chunks().0, 0, y, out, 0, dithered_pixel::<$format>);
            }

            #[inline(always)]
            fn write_dithered_pixels(
                pixels: &[[u8; 3]],
                x: usize,
                y: usize,
                line: &mut [u8],
                at: usize,
            ) {
                each(pixels, x, y, line, at, dithered_pixel::<$format>);
            }

            #[inline(always)]
            fn write_dithered_block(block: &YccBlock, lines: &mut [u8], stride: usize) {
                block.write(lines, stride, |y, x, even, odd| {
                    let [for_even, for_odd] = THRESHOLD_LANES[y % BLOCK_SIDE][x / 4 % 2];
                    pack_2_bytes(
                        <$format as TwoBytes>::BIG_ENDIAN,
                        packed_dithered::<$format>(even, for_even),
                        packed_dithered::<$format>(odd, for_odd),
                    )
                });
            }
        }
    )* };
}

two_bytes! {
    Rgb565Le, rgb565_le;
    Rgb565Be, rgb565_be;
    Bgr555Le, bgr555_le;
}

impl<P: sealed::WriteDithered + PixelFormat> PixelFormat for Dithered<P> {
    const BITS: usize = P::BITS;
}

impl<P: sealed::WriteDithered> sealed::WritePixels for Dithered<P> {
    const LUMA: bool = P::LUMA;

    #[inline(always)]
    fn write_line(line: &[u8; LINE_SAMPLES], y: usize, out: &mut [u8]) {
        P::write_dithered_line(line, y, out);
    }

    #[inline(never)]
    fn write_pixels(pixels: &[[u8; 3]], x: usize, y: usize, line: &mut [u8], at: usize) {
        P::write_dithered_pixels(pixels, x, y, line, at);
    }

    fn write_samples(block: &YccBlock, samples: &mut [u8; BLOCK_SAMPLES]) {
        P::write_samples(block, samples);
    }

    #[inline(never)]
    fn write_block(block: &YccBlock, lines: &mut [u8], stride: usize) {
        P::write_dithered_block(block, lines, stride);
    }
}

/// The bytes of a dithered pixel in a column and a line.
#[inline(always)]
fn dithered_pixel<P: TwoBytes>(rgb: [u8; 3], x: usize, y: usize) -> [u8; 2] {
    let threshold = THRESHOLDS[y % BLOCK_SIDE][x % BLOCK_SIDE];
    in_order::<P>(packed::<P>(rgb, |sample, max| {
        dithered(sample, max, threshold)
    }))
}

/// Writes pixels to a line of a buffer one by one, from its pixel `at` on; `one` makes a pixel from its samples, its column and its
/// line.
#[inline(always)]
fn each<const BYTES: usize>(
    pixels: &[[u8; 3]],
    x: usize,
    y: usize,
    line: &mut [u8],
    at: usize,
    one: impl Fn([u8; 3], usize, usize) -> [u8; BYTES],
) {
    let out = line.as_chunks_mut().0.get_mut(at..).unwrap_or_default();
    for (i, (to, &rgb)) in out.iter_mut().zip(pixels).enumerate() {
        *to = one(rgb, x.wrapping_add(i), y);
    }
}

#[cfg(test)]
mod tests {
    use super::sealed::WritePixels;
    use super::*;

    /// A line of eight equal pixels in a format.
    fn uniform<P: PixelFormat>(rgb: [u8; 3], y: usize) -> [[u8; 2]; 8] {
        let line: [u8; 24] = core::array::from_fn(|i| rgb[i % 3]);
        let mut out = [[0; 2]; 8];
        P::write_line(&line, y, out.as_flattened_mut());
        out
    }

    #[test]
    fn dithering_keeps_black_white_and_every_level_of_the_format() {
        for y in 0..8 {
            for level in 0..32_u32 {
                // The samples that are exactly at a level.
                let [five, six] = [31, 63].map(|max| ((510 * level + max) / (2 * max)) as u8);
                if 255 * level % 31 == 0 {
                    assert_eq!(
                        uniform::<Dithered<Bgr555Le>>([five; 3], y),
                        uniform::<Bgr555Le>([five; 3], y)
                    );
                }
                if 255 * level % 63 == 0 {
                    let rgb = [0, six, 255];
                    assert_eq!(
                        uniform::<Dithered<Rgb565Be>>(rgb, y),
                        uniform::<Rgb565Be>(rgb, y)
                    );
                }
            }
        }
    }

    #[test]
    fn dithering_makes_a_block_neither_lighter_nor_darker() {
        for sample in 0..=255_u8 {
            let levels: u32 = (0..8)
                .flat_map(|y| uniform::<Dithered<Bgr555Le>>([sample; 3], y))
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
        Rgb565Le::write_line(&line, 0, &mut two);
        assert_eq!(two, [0x00, 0xF8, 0xFF, 0x07]);
        Rgb565Be::write_line(&line, 0, &mut two);
        assert_eq!(two, [0xF8, 0x00, 0x07, 0xFF]);
        Bgr555Le::write_line(&line, 0, &mut two);
        assert_eq!(two, [0x1F, 0x00, 0xE0, 0x7F]);
        let mut three = [0xAA; 6];
        Rgb888::write_line(&line, 0, &mut three);
        assert_eq!(three, [255, 0, 0, 0, 255, 255]);
        Bgr888::write_line(&line, 0, &mut three);
        assert_eq!(three, [0, 0, 255, 255, 255, 0]);
        let mut four = [0xAA; 8];
        Xrgb8888::write_line(&line, 0, &mut four);
        assert_eq!(four, [0, 0, 255, 0, 255, 255, 0, 0]);
        assert_eq!(
            u32::from_le_bytes([four[0], four[1], four[2], four[3]]),
            0x00FF_0000
        );
    }

    /// A line of eight colors in a format, as line 5 of a block.
    fn golden<P: PixelFormat>() -> std::vec::Vec<u8> {
        let line: [u8; 24] = core::array::from_fn(|i| (i * 11) as u8);
        let mut out = std::vec![0; P::BITS];
        P::write_line(&line, 5, &mut out);
        out
    }

    #[test]
    fn a_line_in_every_format_is_the_one_written_down() {
        assert_eq!(golden::<Bgr888>()[..9], [22, 11, 0, 55, 44, 33, 88, 77, 66]);
        assert_eq!(golden::<Xrgb8888>()[..8], [22, 11, 0, 0, 55, 44, 33, 0]);
        // Red 0, 33, 66, ... 231; green 11 more; blue 22 more.
        let level = |sample: usize, max: usize| (2 * sample * max + 255) / 510;
        let dithered = |x: usize, sample: usize, max: usize| {
            (sample * max + 4 * [51, 19, 59, 27, 49, 17, 57, 25][x] + 1) / 255
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
    fn a_line_is_cut_off_where_the_buffer_ends() {
        let line: [u8; 24] = core::array::from_fn(|i| i as u8);
        let mut out = [0xAA; 32];
        Rgb888::write_line(&line, 0, &mut out);
        assert_eq!(out[..24], line);
        assert_eq!(out[24..], [0xAA; 8]);
        let mut out = [0xAA; 9];
        Rgb888::write_line(&line, 0, &mut out[..9]);
        assert_eq!(out, line[..9]);
        let mut out = [0xAA; 32];
        Rgb565Le::write_line(&line, 0, &mut out);
        assert_eq!(out[16..], [0xAA; 16]);
    }

    /// Checks what a format makes of the end of a line, from a column on.
    fn from_column<P: PixelFormat>(x: usize) {
        let line: [u8; 24] = core::array::from_fn(|i| (41 * i) as u8);
        for y in 0..8 {
            let mut whole = [0; 32];
            P::write_line(&line, y, &mut whole);
            for at in 0..=x {
                let mut part = [0; 32];
                P::write_pixels(&line.as_chunks().0[x..], x, y, &mut part, at);
                let mut expected = [0; 32];
                let (from, to, end) = (x * P::BITS / 8, at * P::BITS / 8, P::BITS);
                expected[to..][..end - from].copy_from_slice(&whole[from..end]);
                assert_eq!(part, expected);
            }
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
