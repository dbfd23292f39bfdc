//! Samples as a decoder gives them, and how they become 8-bit RGB.

use anyhow::{Result, bail};
use bytemuck::Pod;
use image::{ColorType, ImageDecoder};

use super::color::{Colors, Conversion, Convertible};
use super::guard;

/// The samples of a picture, line by line.
pub(super) enum Samples {
    /// 8 bits.
    U8(Vec<u8>),
    /// 16 bits.
    U16(Vec<u16>),
    /// Linear light in 0..=1.
    F32(Vec<f32>),
}

/// How the samples of a pixel are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arrangement {
    /// One sample of gray, or red, green and blue.
    pub gray: bool,
    /// A sample of alpha follows.
    pub alpha: bool,
    /// The color samples are multiplied by alpha.
    pub associated: bool,
}

impl Arrangement {
    /// The samples of a pixel.
    fn channels(self) -> usize {
        (if self.gray { 1 } else { 3 }) + usize::from(self.alpha)
    }
}

/// How many pixels are converted at once.
const PIXELS: usize = 1024;

impl Samples {
    /// Decodes all samples. If the decoder fails on the way and `keep_truncated` is set, what is missing stays gray, and the error
    /// is returned as well.
    ///
    /// # Errors
    ///
    /// When the decoder fails, or there is not enough memory.
    pub fn decode(
        decoder: impl ImageDecoder,
        keep_truncated: bool,
    ) -> Result<(Self, Arrangement, Option<anyhow::Error>)> {
        let color = decoder.color_type();
        let (gray, alpha) = match color {
            ColorType::L8 | ColorType::L16 => (true, false),
            ColorType::La8 | ColorType::La16 => (true, true),
            ColorType::Rgb8 | ColorType::Rgb16 | ColorType::Rgb32F => (false, false),
            ColorType::Rgba8 | ColorType::Rgba16 | ColorType::Rgba32F => (false, true),
            other => bail!("its samples are {other:?}, which are not known"),
        };
        let arrangement = Arrangement {
            gray,
            alpha,
            associated: false,
        };
        let bytes = decoder.total_bytes();
        let (samples, failure) =
            match u64::from(color.bytes_per_pixel()) / u64::from(color.channel_count()) {
                1 => {
                    let (samples, failure) = read(decoder, bytes, 128_u8)?;
                    (Self::U8(samples), failure)
                }
                2 => {
                    let (samples, failure) = read(decoder, bytes, 0x8080_u16)?;
                    (Self::U16(samples), failure)
                }
                _ => {
                    let (samples, failure) = read(decoder, bytes, 0.2_f32)?;
                    (Self::F32(samples), failure)
                }
            };
        match failure {
            Some(error) if !keep_truncated => Err(error),
            failure => Ok((samples, arrangement, failure)),
        }
    }

    /// The samples as 8-bit RGB: converted to sRGB, and blended with a background where they are transparent. The second value says why
    /// the colors are taken to be sRGB although the file says something else.
    ///
    /// # Errors
    ///
    /// When there is not enough memory.
    pub fn into_rgb(
        self,
        arrangement: Arrangement,
        colors: &Colors,
        background: [u8; 3],
    ) -> Result<(Vec<u8>, Option<anyhow::Error>)> {
        match self {
            Self::U8(samples) => {
                let (conversion, problem) = conversion(colors, arrangement);
                if conversion.is_none() && arrangement.channels() == 3 {
                    return Ok((samples, problem));
                }
                Ok((
                    to_rgb(&samples, arrangement, conversion.as_ref(), background)?,
                    problem,
                ))
            }
            Self::U16(samples) => {
                let (conversion, problem) = conversion(colors, arrangement);
                Ok((
                    to_rgb(&samples, arrangement, conversion.as_ref(), background)?,
                    problem,
                ))
            }
            Self::F32(samples) => {
                let count = samples.len() / arrangement.channels();
                let mut rgb = guard::memory(3 * count as u64, 0)?;
                let channels = arrangement.channels();
                let background = background.map(linear);
                for (pixel, to) in samples
                    .chunks_exact(channels)
                    .zip(rgb.as_chunks_mut::<3>().0)
                {
                    let alpha = if arrangement.alpha {
                        pixel[channels - 1].clamp(0.0, 1.0)
                    } else {
                        1.0
                    };
                    let color: [f32; 3] =
                        std::array::from_fn(|at| pixel[if arrangement.gray { 0 } else { at }]);
                    *to = std::array::from_fn(|at| {
                        srgb(color[at] * alpha + background[at] * (1.0 - alpha))
                    });
                }
                Ok((rgb, None))
            }
        }
    }
}

/// Lets a decoder fill memory; with its error, if it does not.
fn read<T: Pod>(
    decoder: impl ImageDecoder,
    bytes: u64,
    missing: T,
) -> Result<(Vec<T>, Option<anyhow::Error>)> {
    let mut samples = guard::memory(bytes / size_of::<T>() as u64, missing)?;
    let failure = decoder
        .read_image(bytemuck::cast_slice_mut(&mut samples))
        .err();
    Ok((samples, failure.map(Into::into)))
}

/// The conversion to sRGB, or why there is none.
fn conversion<T: Convertible>(
    colors: &Colors,
    arrangement: Arrangement,
) -> (Option<Conversion<T>>, Option<anyhow::Error>) {
    match guard::guarded(|| colors.conversion(arrangement.gray, arrangement.alpha)) {
        Ok(conversion) => (conversion, None),
        Err(problem) => (None, Some(problem)),
    }
}

/// An integer sample.
trait Integer: Convertible + Pod {
    /// The largest sample.
    const MAX: u64;

    /// The sample as a number.
    fn number(self) -> u64;

    /// A number that is at most [`MAX`](Self::MAX), as a sample.
    fn of(number: u64) -> Self;
}

impl Integer for u8 {
    const MAX: u64 = 255;

    fn number(self) -> u64 {
        self.into()
    }

    fn of(number: u64) -> Self {
        number as u8
    }
}

impl Integer for u16 {
    const MAX: u64 = 65_535;

    fn number(self) -> u64 {
        self.into()
    }

    fn of(number: u64) -> Self {
        number as u16
    }
}

/// [`Samples::into_rgb`] for integers.
fn to_rgb<T: Integer>(
    samples: &[T],
    arrangement: Arrangement,
    conversion: Option<&Conversion<T>>,
    background: [u8; 3],
) -> Result<Vec<u8>> {
    let channels = arrangement.channels();
    let mut rgb = guard::memory(3 * (samples.len() / channels) as u64, 0)?;
    let (mut before, mut converted) = (Vec::new(), Vec::new());
    for (samples, rgb) in samples
        .chunks(channels * PIXELS)
        .zip(rgb.chunks_mut(3 * PIXELS))
    {
        let keep_gray = conversion.is_some_and(|conversion| conversion.from_gray);
        before.clear();
        for pixel in samples.chunks_exact(channels) {
            let (colors, alpha) = pixel.split_at(if arrangement.gray { 1 } else { 3 });
            let color = |at: usize| match alpha {
                [alpha] if arrangement.associated => separated(colors[at], *alpha),
                _ => colors[at],
            };
            match (arrangement.gray, keep_gray) {
                (true, true) => before.push(color(0)),
                (true, false) => before.extend([color(0); 3]),
                (false, _) => before.extend([0, 1, 2].map(color)),
            }
            before.extend_from_slice(alpha);
        }
        let converted = match conversion {
            None => &before,
            Some(conversion) => {
                let pixels = samples.len() / channels;
                converted.resize(pixels * (3 + usize::from(arrangement.alpha)), T::of(0));
                conversion.transform.transform(&before, &mut converted)?;
                &converted
            }
        };
        let pixels = converted.chunks_exact(3 + usize::from(arrangement.alpha));
        for (pixel, to) in pixels.zip(rgb.as_chunks_mut::<3>().0) {
            let alpha = pixel.get(3).map_or(T::MAX, |alpha| alpha.number());
            *to = std::array::from_fn(|at| {
                to_8_bit::<T>(blended::<T>(pixel[at].number(), alpha, background[at]))
            });
        }
    }
    Ok(rgb)
}

/// A sample that was multiplied by alpha, without that.
fn separated<T: Integer>(sample: T, alpha: T) -> T {
    let alpha = alpha.number().max(1);
    T::of(((sample.number() * T::MAX + alpha / 2) / alpha).min(T::MAX))
}

/// A sample blended with an 8-bit background, rounded to nearest.
fn blended<T: Integer>(sample: u64, alpha: u64, background: u8) -> u64 {
    let background = u64::from(background) * (T::MAX / 255);
    (sample * alpha + background * (T::MAX - alpha) + T::MAX / 2) / T::MAX
}

/// A sample in 8 bits, rounded to nearest.
fn to_8_bit<T: Integer>(sample: u64) -> u8 {
    ((sample * 255 + T::MAX / 2) / T::MAX) as u8
}

/// Linear light in 0..=1 as an sRGB sample; NaN becomes black.
fn srgb(linear: f32) -> u8 {
    let linear = linear.clamp(0.0, 1.0);
    let curved = if linear <= 0.003_130_8 {
        linear * 12.92
    } else {
        1.055 * linear.powf(1.0 / 2.4) - 0.055
    };
    (curved * 255.0).round() as u8
}

/// An sRGB sample as linear light.
fn linear(sample: u8) -> f32 {
    let curved = f32::from(sample) / 255.0;
    if curved <= 0.040_45 {
        curved / 12.92
    } else {
        ((curved + 0.055) / 1.055).powf(2.4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_bits_become_eight_by_rounding() {
        for v in 0..=65_535_u64 {
            let exact = (v as f64 * 255.0 / 65_535.0).round() as u8;
            assert_eq!(to_8_bit::<u16>(v), exact, "{v}");
        }
        for v in 0..=255 {
            assert_eq!(to_8_bit::<u8>(v), v as u8);
        }
    }

    #[test]
    fn opaque_samples_are_unchanged_and_transparent_ones_are_the_background() {
        for v in 0..=255 {
            assert_eq!(blended::<u8>(v, 255, 255), v);
            assert_eq!(blended::<u8>(v, 0, 255), 255);
            assert_eq!(blended::<u8>(v, 0, 17), 17);
            assert_eq!(blended::<u16>(257 * v, 0, 17), 257 * 17);
            for alpha in 0..=255 {
                let exact = (v * alpha + 255 * (255 - alpha)) as f64 / 255.0;
                assert_eq!(blended::<u8>(v, alpha, 255), exact.round() as u64);
            }
        }
    }

    #[test]
    fn associated_alpha_is_separated_first() {
        let arrangement = Arrangement {
            gray: false,
            alpha: true,
            associated: true,
        };
        let rgb = |samples: &[u8]| to_rgb(samples, arrangement, None, [255; 3]).unwrap();
        assert_eq!(rgb(&[100, 0, 0, 100]), [255, 155, 155]);
        assert_eq!(rgb(&[0, 0, 0, 0]), [255; 3]);
        // More than alpha is not possible.
        assert_eq!(rgb(&[200, 50, 0, 100]), [255, 205, 155]);
    }

    #[test]
    fn gray_is_repeated() {
        let gray = |alpha| Arrangement {
            gray: true,
            alpha,
            associated: false,
        };
        assert_eq!(
            to_rgb(&[7_u8, 9], gray(false), None, [0; 3]).unwrap(),
            [7, 7, 7, 9, 9, 9]
        );
        assert_eq!(
            to_rgb(&[7_u8, 255, 9, 0], gray(true), None, [1, 2, 3]).unwrap(),
            [7, 7, 7, 1, 2, 3]
        );
    }

    #[test]
    fn the_srgb_curve_goes_from_black_to_white_and_nan_is_black() {
        assert_eq!(srgb(0.0), 0);
        assert_eq!(srgb(1.0), 255);
        assert_eq!(srgb(0.5), 188);
        assert_eq!(srgb(-1.0), 0);
        assert_eq!(srgb(f32::INFINITY), 255);
        assert_eq!(srgb(f32::NAN), 0);
        for v in 0..=255 {
            assert_eq!(srgb(linear(v)), v);
        }
    }
}
