//! A picture in memory as 8-bit RGB, however it was stored, and back to PNG.
//!
//! Everything the `image` crate reads becomes RGB in this one way:
//!
//! - grey is repeated in all three channels, and a palette is replaced by its colours;
//! - 16-bit samples become `round(v * 255 / 65535)`;
//! - floating-point samples (EXR, Radiance HDR, some TIFF files) are taken for linear light, clamped to 0..=1 and given
//!   the sRGB curve;
//! - what is see-through lies on white: `round((v * alpha + white * (max - alpha)) / max)` on the samples as they are stored,
//!   before 16 bits become 8;
//! - of an animation the first frame counts.
//!
//! The EXIF orientation, colour profiles and gamma chunks are ignored: samples are taken as stored.

use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, Result, bail};
use image::{DynamicImage, ImageFormat, ImageReader};

use crate::files;

/// A picture of at least one pixel, 8-bit RGB, samples of a pixel side by side, rows from the top.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Picture({} x {})", self.width, self.height)
    }
}

impl Picture {
    /// A picture of the samples in `rgb`, which must be `width * height * 3` in number, with no side 0.
    pub fn new(width: u32, height: u32, rgb: Vec<u8>) -> Result<Self> {
        let samples = u128::from(width) * u128::from(height) * 3;
        if samples == 0 {
            bail!("a picture of {width} x {height} pixels has none");
        }
        if samples != rgb.len() as u128 {
            bail!(
                "a picture of {width} x {height} pixels has {samples} samples, not {}",
                rgb.len()
            );
        }
        Ok(Self { width, height, rgb })
    }

    /// Reads a picture file of any format that the `image` crate knows.
    pub fn load(path: &Path) -> Result<Self> {
        Self::from_encoded(&files::read(path)?, &path.display().to_string())
    }

    /// Decodes a picture file that is in memory; `name` stands in errors, and its ending tells the format where the
    /// bytes do not.
    pub fn from_encoded(bytes: &[u8], name: &str) -> Result<Self> {
        decode(bytes, name).with_context(|| format!("cannot read the picture {name}"))
    }

    /// Columns of pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows of pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// All samples: three a pixel, rows from the top.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// The samples of row `y`.
    ///
    /// # Panics
    ///
    /// When there is no such row.
    pub fn row(&self, y: u32) -> &[u8] {
        let stride = self.width as usize * 3;
        &self.rgb[y as usize * stride..][..stride]
    }

    /// Gives the samples away.
    pub fn into_rgb(self) -> Vec<u8> {
        self.rgb
    }

    /// The picture as a PNG file in memory.
    pub fn to_png_bytes(&self) -> Result<Vec<u8>> {
        let mut png = Cursor::new(Vec::new());
        image::write_buffer_with_format(
            &mut png,
            &self.rgb,
            self.width,
            self.height,
            image::ExtendedColorType::Rgb8,
            ImageFormat::Png,
        )
        .context("cannot make a PNG of the picture")?;
        Ok(png.into_inner())
    }

    /// Writes the picture as PNG, whole or not at all.
    pub fn save_png(&self, path: &Path) -> Result<()> {
        files::write_atomically(path, &self.to_png_bytes()?)
    }
}

/// The endings of the picture files that can be read, for messages.
pub fn known_formats() -> String {
    let mut endings: Vec<&str> = ImageFormat::all()
        .filter(ImageFormat::reading_enabled)
        .filter_map(|format| format.extensions_str().first().copied())
        .collect();
    endings.sort_unstable();
    endings.join(", ")
}

/// Whether the name of a file ends as that of a picture which can be read.
pub fn has_known_ending(path: &Path) -> bool {
    ImageFormat::from_path(path).is_ok_and(|format| format.reading_enabled())
}

fn decode(bytes: &[u8], name: &str) -> Result<Picture> {
    let mut reader = ImageReader::new(Cursor::new(bytes));
    match image::guess_format(bytes).or_else(|_| ImageFormat::from_path(name)) {
        Ok(format) => reader.set_format(format),
        Err(_) if bytes.is_empty() => bail!("it is empty"),
        Err(_) => bail!("it is in no format known here ({})", known_formats()),
    }
    let decoded = reader.decode()?;
    let (width, height) = (decoded.width(), decoded.height());
    Picture::new(width, height, to_rgb(decoded))
}

fn to_rgb(decoded: DynamicImage) -> Vec<u8> {
    match decoded {
        DynamicImage::ImageRgb8(image) => image.into_raw(),
        DynamicImage::ImageLuma8(image) => image.into_raw().iter().flat_map(|&v| [v; 3]).collect(),
        DynamicImage::ImageLumaA8(image) => pixels(image.as_raw(), |&[v, alpha]| {
            [over_white(v.into(), alpha.into(), 255) as u8; 3]
        }),
        DynamicImage::ImageRgba8(image) => pixels(image.as_raw(), |&[r, g, b, alpha]| {
            [r, g, b].map(|v| over_white(v.into(), alpha.into(), 255) as u8)
        }),
        DynamicImage::ImageLuma16(image) => pixels(image.as_raw(), |&[v]| [to_8_bit(v.into()); 3]),
        DynamicImage::ImageLumaA16(image) => pixels(image.as_raw(), |&[v, alpha]| {
            [to_8_bit(over_white(v.into(), alpha.into(), 65_535)); 3]
        }),
        DynamicImage::ImageRgb16(image) => pixels(image.as_raw(), |pixel: &[u16; 3]| {
            pixel.map(|v| to_8_bit(v.into()))
        }),
        DynamicImage::ImageRgba16(image) => pixels(image.as_raw(), |&[r, g, b, alpha]| {
            [r, g, b].map(|v| to_8_bit(over_white(v.into(), alpha.into(), 65_535)))
        }),
        DynamicImage::ImageRgb32F(image) => {
            pixels(image.as_raw(), |pixel: &[f32; 3]| pixel.map(srgb))
        }
        // Anything else the crate may come to know has a way through linear RGBA.
        other => pixels(other.into_rgba32f().as_raw(), |&[r, g, b, alpha]| {
            let alpha = f32::clamp(alpha, 0.0, 1.0);
            [r, g, b].map(|v| srgb(v * alpha + (1.0 - alpha)))
        }),
    }
}

/// Makes three samples of every `N`.
fn pixels<T, const N: usize>(samples: &[T], rgb: impl Fn(&[T; N]) -> [u8; 3]) -> Vec<u8> {
    let (pixels, _) = samples.as_chunks::<N>();
    pixels.iter().flat_map(rgb).collect()
}

/// A sample of the given opacity on white, rounded to nearest; all three in 0..=max.
fn over_white(v: u64, alpha: u64, max: u64) -> u64 {
    (v * alpha + max * (max - alpha) + max / 2) / max
}

/// `round(v * 255 / 65535)`.
fn to_8_bit(v: u64) -> u8 {
    ((v + 128) / 257) as u8
}

/// Linear light in 0..=1 as an sRGB sample; no number is black.
fn srgb(linear: f32) -> u8 {
    let linear = linear.clamp(0.0, 1.0);
    let curved = if linear <= 0.003_130_8 {
        linear * 12.92
    } else {
        1.055 * linear.powf(1.0 / 2.4) - 0.055
    };
    (curved * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_bits_become_eight_by_rounding() {
        for v in 0..=65_535_u64 {
            let exact = (v as f64 * 255.0 / 65_535.0).round() as u8;
            assert_eq!(to_8_bit(v), exact, "{v}");
        }
    }

    #[test]
    fn opaque_stays_and_see_through_is_white() {
        for v in 0..=255 {
            assert_eq!(over_white(v, 255, 255), v);
            assert_eq!(over_white(v, 0, 255), 255);
            for alpha in 0..=255 {
                let exact = (v * alpha + 255 * (255 - alpha)) as f64 / 255.0;
                assert_eq!(over_white(v, alpha, 255), exact.round() as u64);
            }
        }
    }

    #[test]
    fn the_curve_ends_at_black_and_white_and_swallows_what_is_no_number() {
        assert_eq!(srgb(0.0), 0);
        assert_eq!(srgb(1.0), 255);
        assert_eq!(srgb(0.5), 188);
        assert_eq!(srgb(-1.0), 0);
        assert_eq!(srgb(f32::INFINITY), 255);
        assert_eq!(srgb(f32::NAN), 0);
    }

    #[test]
    fn a_picture_has_as_many_samples_as_its_sides_say() {
        assert!(Picture::new(2, 3, vec![0; 18]).is_ok());
        assert!(Picture::new(2, 3, vec![0; 17]).is_err());
        assert!(Picture::new(0, 3, vec![]).is_err());
        assert!(Picture::new(u32::MAX, u32::MAX, vec![]).is_err());
    }
}
