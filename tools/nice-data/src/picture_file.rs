//! Picture files: read in any format that the `image` crate knows, and written as PNG.
//!
//! Whatever the format, a picture becomes 8-bit RGB:
//!
//! - gray is repeated in all three channels, and a palette is replaced by its colors;
//! - 16-bit samples become `round(v * 255 / 65535)`;
//! - floating-point samples (EXR, Radiance HDR, some TIFF files) are taken to be linear light, clamped to 0..=1 and converted to
//!   sRGB;
//! - transparent pixels are blended with white: `round((v * alpha + white * (max - alpha)) / max)` on the samples as they are
//!   stored, before 16 bits become 8;
//! - of an animation only the first frame is read.
//!
//! The EXIF orientation, color profiles and gamma chunks are ignored: samples are taken as they are stored.

use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, Result, bail};
use image::{DynamicImage, ImageFormat, ImageReader};
use nice_encode::{Picture, files};

/// Reads a picture file.
///
/// # Errors
///
/// When the file cannot be read, is damaged, or has an unknown format.
pub fn read(path: &Path) -> Result<Picture> {
    parse(&files::read(path)?, &path.display().to_string())
}

/// Reads the bytes of a picture file. Errors show its `name`, whose extension decides the format if the bytes do not.
///
/// # Errors
///
/// When the file is damaged or has an unknown format.
pub fn parse(bytes: &[u8], name: &str) -> Result<Picture> {
    decode(bytes, name).with_context(|| format!("cannot read the picture {name}"))
}

/// The bytes of a PNG file.
///
/// # Errors
///
/// When the picture is too large for a PNG.
pub fn to_png(picture: &Picture) -> Result<Vec<u8>> {
    let mut png = Cursor::new(Vec::new());
    image::write_buffer_with_format(
        &mut png,
        picture.rgb(),
        picture.width(),
        picture.height(),
        image::ExtendedColorType::Rgb8,
        ImageFormat::Png,
    )
    .context("cannot encode the picture as PNG")?;
    Ok(png.into_inner())
}

/// Writes a picture as PNG, completely or not at all.
///
/// # Errors
///
/// Those of [`to_png`], and when the file cannot be written.
pub fn write_png(path: &Path, picture: &Picture) -> Result<()> {
    files::write_atomically(path, &to_png(picture)?)
}

/// The extensions of the picture files that can be read, for messages.
pub fn known_extensions() -> String {
    let mut extensions: Vec<&str> = ImageFormat::all()
        .filter(ImageFormat::reading_enabled)
        .filter_map(|format| format.extensions_str().first().copied())
        .collect();
    extensions.sort_unstable();
    extensions.join(", ")
}

/// Whether a file has the extension of a picture that can be read.
pub fn has_known_extension(path: &Path) -> bool {
    ImageFormat::from_path(path).is_ok_and(|format| format.reading_enabled())
}

fn decode(bytes: &[u8], name: &str) -> Result<Picture> {
    let mut reader = ImageReader::new(Cursor::new(bytes));
    match image::guess_format(bytes).or_else(|_| ImageFormat::from_path(name)) {
        Ok(format) => reader.set_format(format),
        Err(_) if bytes.is_empty() => bail!("it is empty"),
        Err(_) => bail!(
            "its format is unknown; the known formats are {}",
            known_extensions()
        ),
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
        // Any other type is converted by way of linear RGBA.
        other => pixels(other.into_rgba32f().as_raw(), |&[r, g, b, alpha]| {
            let alpha = f32::clamp(alpha, 0.0, 1.0);
            [r, g, b].map(|v| srgb(v * alpha + (1.0 - alpha)))
        }),
    }
}

/// Converts every `N` samples to three.
fn pixels<T, const N: usize>(samples: &[T], rgb: impl Fn(&[T; N]) -> [u8; 3]) -> Vec<u8> {
    let (pixels, _) = samples.as_chunks::<N>();
    pixels.iter().flat_map(rgb).collect()
}

/// A sample blended with white, rounded to nearest; sample, alpha and result in 0..=max.
fn over_white(v: u64, alpha: u64, max: u64) -> u64 {
    (v * alpha + max * (max - alpha) + max / 2) / max
}

/// `round(v * 255 / 65535)`.
fn to_8_bit(v: u64) -> u8 {
    ((v + 128) / 257) as u8
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
    fn opaque_samples_are_unchanged_and_transparent_ones_white() {
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
    fn the_srgb_curve_goes_from_black_to_white_and_nan_is_black() {
        assert_eq!(srgb(0.0), 0);
        assert_eq!(srgb(1.0), 255);
        assert_eq!(srgb(0.5), 188);
        assert_eq!(srgb(-1.0), 0);
        assert_eq!(srgb(f32::INFINITY), 255);
        assert_eq!(srgb(f32::NAN), 0);
    }
}
