//! The pixel formats that a row of blocks can be decoded into.

use crate::block::LINE_SAMPLES;

/// A way to store a pixel. Implemented by [`Rgb888`], [`Rgb565Le`] and [`Rgb565Be`]; nothing else
/// can implement it.
pub trait Pixel: sealed::Write {
    /// How many bytes a pixel takes.
    const BYTES: usize;
}

/// Three bytes a pixel: red, green, blue, as decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Rgb888 {}

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

impl Pixel for Rgb888 {
    const BYTES: usize = 3;
}

impl Pixel for Rgb565Le {
    const BYTES: usize = 2;
}

impl Pixel for Rgb565Be {
    const BYTES: usize = 2;
}

mod sealed {
    //! Keeps `Pixel` to the formats of this crate.

    use super::LINE_SAMPLES;

    /// Writes the pixels of one line of a block.
    pub trait Write {
        /// Writes as many of the line's pixels as `out` has room for.
        fn write(line: &[u8; LINE_SAMPLES], out: &mut [u8]);
    }
}

impl sealed::Write for Rgb888 {
    #[inline(always)]
    fn write(line: &[u8; LINE_SAMPLES], out: &mut [u8]) {
        if let Some(out) = out.first_chunk_mut::<LINE_SAMPLES>() {
            *out = *line;
        } else {
            write_part(line, out);
        }
    }
}

/// Writes as much of a line as there is room for. A function of its own, or else the compiler makes one copy of unknown
/// length of this and of the copy of a whole line.
#[cold]
#[inline(never)]
fn write_part(line: &[u8; LINE_SAMPLES], out: &mut [u8]) {
    for (to, from) in out.iter_mut().zip(line) {
        *to = *from;
    }
}

impl sealed::Write for Rgb565Le {
    #[inline(always)]
    fn write(line: &[u8; LINE_SAMPLES], out: &mut [u8]) {
        for (to, &rgb) in out.as_chunks_mut().0.iter_mut().zip(line.as_chunks().0) {
            *to = rgb565(rgb).to_le_bytes();
        }
    }
}

impl sealed::Write for Rgb565Be {
    #[inline(always)]
    fn write(line: &[u8; LINE_SAMPLES], out: &mut [u8]) {
        for (to, &rgb) in out.as_chunks_mut().0.iter_mut().zip(line.as_chunks().0) {
            *to = rgb565(rgb).to_be_bytes();
        }
    }
}

/// The nearest colour with 5, 6 and 5 bits.
#[inline(always)]
fn rgb565([r, g, b]: [u8; 3]) -> u16 {
    level(r, 31) << 11 | level(g, 63) << 5 | level(b, 31)
}

/// The nearest of `top + 1` equally spaced levels, `round(sample * top / 255)`, without a division:
/// n / 255 is n / 256 * (1 + 1 / 256 + ...), and two terms are enough while n is below 65536.
#[inline(always)]
fn level(sample: u8, top: u16) -> u16 {
    let n = u16::from(sample) * top + 128;
    (n + (n >> 8)) >> 8
}

#[cfg(test)]
mod tests {
    use super::sealed::Write;
    use super::{Rgb565Be, Rgb565Le, Rgb888, level};

    #[test]
    fn levels_are_the_nearest_ones() {
        for sample in 0..=255_u8 {
            for top in [31, 63] {
                let exact = f64::from(sample) * f64::from(top) / 255.0;
                assert_eq!(
                    f64::from(level(sample, top)),
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
    fn formats_have_their_bytes_in_order() {
        let mut line = [0; 24];
        line[..6].copy_from_slice(&[255, 0, 0, 0, 0, 255]);
        let mut two = [0xAA; 4];
        Rgb565Le::write(&line, &mut two);
        assert_eq!(two, [0x00, 0xF8, 0x1F, 0x00]);
        Rgb565Be::write(&line, &mut two);
        assert_eq!(two, [0xF8, 0x00, 0x00, 0x1F]);
        let mut three = [0xAA; 6];
        Rgb888::write(&line, &mut three);
        assert_eq!(three, [255, 0, 0, 0, 0, 255]);
    }

    #[test]
    fn only_what_has_room_is_written() {
        let line: [u8; 24] = core::array::from_fn(|i| i as u8);
        let mut out = [0xAA; 32];
        Rgb888::write(&line, &mut out);
        assert_eq!(out[..24], line);
        assert_eq!(out[24..], [0xAA; 8]);
        let mut out = [0xAA; 9];
        Rgb888::write(&line, &mut out[..9]);
        assert_eq!(out, line[..9]);
        let mut out = [0xAA; 32];
        Rgb565Le::write(&line, &mut out);
        assert_eq!(out[16..], [0xAA; 16]);
    }
}
