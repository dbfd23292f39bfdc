//! The formats in which pictures are written.

use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, Result};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::pnm::{PnmEncoder, PnmSubtype, SampleEncoding};
use image::{ExtendedColorType, ImageEncoder, ImageFormat};
use nice_encode::Picture;

/// A format in which a picture can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFormat {
    /// PNG.
    Png,
    /// JPEG, of quality 95.
    Jpeg,
    /// PPM, the binary form.
    Ppm,
    /// BMP.
    Bmp,
    /// QOI.
    Qoi,
}

/// The quality of JPEG files.
const JPEG_QUALITY: u8 = 95;

impl PictureFormat {
    /// All formats.
    pub const ALL: [Self; 5] = [Self::Png, Self::Jpeg, Self::Ppm, Self::Bmp, Self::Qoi];

    /// The endings of the names of such files, the usual one first.
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Ppm => &["ppm"],
            Self::Bmp => &["bmp"],
            Self::Qoi => &["qoi"],
        }
    }

    /// The format that the ending of a name stands for.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?;
        let has = |format: &Self| {
            let mut endings = format.endings().iter();
            endings.any(|known| known.eq_ignore_ascii_case(ending))
        };
        Self::ALL.into_iter().find(has)
    }

    /// The bytes of a file of this format.
    ///
    /// # Errors
    ///
    /// When the picture is too large for the format.
    pub fn encode(self, picture: &Picture) -> Result<Vec<u8>> {
        let mut bytes = Cursor::new(Vec::new());
        let (rgb, width, height) = (picture.rgb(), picture.width(), picture.height());
        let color = ExtendedColorType::Rgb8;
        let save = |bytes: &mut _, format| {
            image::write_buffer_with_format(bytes, rgb, width, height, color, format)
        };
        match self {
            Self::Png => save(&mut bytes, ImageFormat::Png),
            Self::Jpeg => JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)
                .write_image(rgb, width, height, color),
            Self::Ppm => PnmEncoder::new(&mut bytes)
                .with_subtype(PnmSubtype::Pixmap(SampleEncoding::Binary))
                .write_image(rgb, width, height, color),
            Self::Bmp => save(&mut bytes, ImageFormat::Bmp),
            Self::Qoi => save(&mut bytes, ImageFormat::Qoi),
        }
        .with_context(|| format!("cannot encode the picture as {}", self.endings()[0]))?;
        Ok(bytes.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture_file::parse;

    #[test]
    fn a_picture_is_the_same_in_every_format_without_losses() {
        let rgb: Vec<u8> = (0..19 * 7 * 3).map(|at| (at * 37 % 256) as u8).collect();
        let picture = Picture::new(19, 7, rgb).unwrap();
        for format in PictureFormat::ALL {
            let name = format!("a.{}", format.endings()[0].to_uppercase());
            assert_eq!(PictureFormat::of(Path::new(&name)), Some(format));
            let file = format.encode(&picture).unwrap();
            assert!(format != PictureFormat::Ppm || file.starts_with(b"P6"));
            let again = parse(&file, &name).unwrap();
            if format == PictureFormat::Jpeg {
                assert_eq!((again.width(), again.height()), (19, 7));
            } else {
                assert_eq!(again, picture, "{name}");
            }
        }
        assert_eq!(PictureFormat::of(Path::new("a.webp")), None);
    }
}
