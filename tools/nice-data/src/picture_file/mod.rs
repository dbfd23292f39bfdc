//! Picture files: read in any format that the `image` crate knows, and written as PNG.
//!
//! Whatever the format, a picture becomes 8-bit sRGB, the way it is meant to be seen:
//!
//! - it is turned as its EXIF orientation says (JPEG, PNG, WebP, TIFF);
//! - its colors are converted to sRGB if it has an ICC color profile (JPEG, PNG, WebP, TIFF, GIF), or the chunks cICP, gAMA or cHRM of
//!   PNG; if they cannot be used, samples are taken as they are stored, and a note says so;
//! - gray is repeated in all three channels, and a palette is replaced by its colors;
//! - 16-bit samples become `round(v * 255 / 65535)`;
//! - floating-point samples (EXR, Radiance HDR, some TIFF files) are taken to be linear light, clamped to 0..=1 and converted to
//!   sRGB;
//! - transparent pixels are blended with a background, white by default: `round((v * alpha + background * (max - alpha)) / max)`, before
//!   16 bits become 8.
//!
//! Of several pictures in a file one is taken, and a note says so: the first one of an animation, the largest one of an icon, and the
//! first one of a TIFF file that is not a reduced copy of another.
//!
//! A file that is cut off is an error, and so is one with more pixels than a limit, whatever its format. Faults of the decoders of other
//! libraries are errors, too.

mod color;
mod contents;
mod format;
mod guard;
mod samples;
mod truncation;

use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail, ensure};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use nice_encode::{Picture, files};

use color::Colors;
use contents::Contents;
use samples::Samples;

pub use format::PictureFormat;

/// How pictures are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// What transparent pixels are blended with: red, green and blue.
    pub background: [u8; 3],
    /// Whether a file that is cut off is read as far as it goes. What is missing is gray.
    pub allow_truncated: bool,
    /// The most pixels that a picture may have, in millions. Its samples take 3 bytes for each pixel, and while it is read those of the
    /// file, 1 to 16 bytes, in addition.
    pub max_megapixels: u32,
}

/// The most pixels that a picture may have unless something else is requested, in millions.
pub const DEFAULT_MAX_MEGAPIXELS: u32 = 256;

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            background: [255; 3],
            allow_truncated: false,
            max_megapixels: DEFAULT_MAX_MEGAPIXELS,
        }
    }
}

/// A picture that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The picture.
    pub picture: Picture,
    /// What a person should know about how it was read, in clauses: `it is an animation; its first picture is taken`.
    pub notes: Vec<String>,
}

/// Reads a picture file.
///
/// # Errors
///
/// When the file cannot be read, is damaged, or has an unknown format.
pub fn open(path: &Path, options: &ReadOptions) -> Result<Opened> {
    open_bytes(&files::read(path)?, &path.display().to_string(), options)
}

/// Reads the bytes of a picture file. Errors show its `name`, whose extension decides the format if the bytes do not.
///
/// # Errors
///
/// When the file is damaged or has an unknown format.
pub fn open_bytes(bytes: &[u8], name: &str, options: &ReadOptions) -> Result<Opened> {
    guard::guarded(|| decode(bytes, name, options))
        .with_context(|| format!("cannot read the picture {name}"))
}

/// Reads a picture file with the default options, and without its notes.
///
/// # Errors
///
/// Those of [`open`].
pub fn read(path: &Path) -> Result<Picture> {
    Ok(open(path, &ReadOptions::default())?.picture)
}

/// Reads the bytes of a picture file with the default options, and without its notes.
///
/// # Errors
///
/// Those of [`open_bytes`].
pub fn parse(bytes: &[u8], name: &str) -> Result<Picture> {
    Ok(open_bytes(bytes, name, &ReadOptions::default())?.picture)
}

/// The bytes of a PNG file.
///
/// # Errors
///
/// When the picture is too large for a PNG.
pub fn to_png(picture: &Picture) -> Result<Vec<u8>> {
    PictureFormat::Png.encode(picture)
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

fn decode(bytes: &[u8], name: &str, options: &ReadOptions) -> Result<Opened> {
    let format = match image::guess_format(bytes).or_else(|_| ImageFormat::from_path(name)) {
        Ok(format) => format,
        Err(_) if bytes.is_empty() => bail!("it is empty"),
        Err(_) => bail!(
            "its format is unknown; the known formats are {}",
            known_extensions()
        ),
    };
    let Contents {
        bytes,
        format,
        colors,
        associated_alpha,
        mut notes,
    } = Contents::of(bytes, format)?;
    if truncation::is_truncated(&bytes, format) {
        ensure!(options.allow_truncated, "{TRUNCATED}");
        notes.push("it is cut off; what is missing is gray".to_owned());
    }

    let mut reader = ImageReader::with_format(Cursor::new(&bytes[..]), format);
    reader.no_limits();
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    check_size(width, height, options.max_megapixels)?;
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(u64::from(options.max_megapixels) * MOST_BYTES_PER_MEGAPIXEL);
    decoder.set_limits(limits)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let colors = match colors {
        Some(colors) => colors,
        None => match decoder.icc_profile() {
            Ok(profile) => profile.map_or(Colors::Srgb, Colors::Icc),
            Err(problem) => {
                notes.push(format!("its color profile is damaged: {problem}"));
                Colors::Srgb
            }
        },
    };

    let (samples, mut arrangement, failure) = Samples::decode(decoder, options.allow_truncated)?;
    if let Some(failure) = failure {
        notes.push(format!(
            "it is damaged or cut off, and what is missing is gray: {failure}"
        ));
    }
    arrangement.associated = associated_alpha && arrangement.alpha;
    let (rgb, problem) = samples.into_rgb(arrangement, &colors, options.background)?;
    if let Some(problem) = problem {
        notes.push(format!(
            "its colors are taken to be sRGB, since its color profile cannot be used: {problem}"
        ));
    }
    Ok(Opened {
        picture: turned(width, height, rgb, orientation)?,
        notes,
    })
}

/// The message for a file that is cut off.
const TRUNCATED: &str =
    "it is cut off; get the whole file, or read what there is with --allow-truncated";

/// The most memory that a decoder may take for each million pixels of the limit: 16 bytes a pixel.
const MOST_BYTES_PER_MEGAPIXEL: u64 = 16_000_000;

/// Checks that a picture does not have more pixels than the limit.
fn check_size(width: u32, height: u32, max_megapixels: u32) -> Result<()> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels > u64::from(max_megapixels) * 1_000_000 {
        bail!(
            "its {width} x {height} pixels are more than the limit of {max_megapixels} million ({} MB in memory); allow more with \
             --max-megapixels {}",
            u64::from(max_megapixels) * 3,
            pixels.div_ceil(1_000_000)
        );
    }
    Ok(())
}

/// A picture, turned.
fn turned(width: u32, height: u32, rgb: Vec<u8>, orientation: Orientation) -> Result<Picture> {
    if orientation == Orientation::NoTransforms {
        return Picture::new(width, height, rgb);
    }
    let image = RgbImage::from_raw(width, height, rgb)
        .ok_or_else(|| anyhow!("its samples are not those of {width} x {height} pixels"))?;
    let mut image = DynamicImage::ImageRgb8(image);
    image.apply_orientation(orientation);
    Picture::new(image.width(), image.height(), image.into_bytes())
}
