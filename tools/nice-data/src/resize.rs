//! Resizing of pictures before they are encoded.

use std::str::FromStr;

use anyhow::{Context, Result};
use image::RgbImage;
use image::imageops::{self, FilterType};
use nice_encode::Picture;

/// A size that is requested. The proportions of a picture are kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Resize {
    /// The largest size that fits into a width and a height in pixels.
    Within(u32, u32),
    /// A part of the sides, which is positive.
    Part(f64),
}

impl FromStr for Resize {
    type Err = String;

    /// Parses `320x240` or `50%`.
    fn from_str(text: &str) -> Result<Self, String> {
        let sides = text.split_once(['x', 'X']);
        let sides =
            sides.and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
        let percent = text
            .strip_suffix('%')
            .and_then(|number| number.parse::<f64>().ok());
        match (sides, percent) {
            (Some((width @ 1.., height @ 1..)), _) => Ok(Self::Within(width, height)),
            (_, Some(percent)) if percent > 0.0 && percent.is_finite() => {
                Ok(Self::Part(percent / 100.0))
            }
            _ => Err(
                "a size is a width and a height in pixels, such as 320x240, or percent, such as 50%"
                    .to_owned(),
            ),
        }
    }
}

impl Resize {
    /// The size of a picture of this size, at least one pixel.
    fn size(self, width: u32, height: u32) -> (u32, u32) {
        let part = match self {
            Self::Within(most_wide, most_high) => {
                let part = |most: u32, side: u32| f64::from(most) / f64::from(side);
                part(most_wide, width).min(part(most_high, height))
            }
            Self::Part(part) => part,
        };
        let side = |side: u32| ((f64::from(side) * part).round() as u32).max(1);
        (side(width), side(height))
    }

    /// Resizes a picture with a Lanczos filter, whose results can differ by a level from one operating system to another.
    ///
    /// # Errors
    ///
    /// When the result has too many pixels.
    pub fn apply(self, picture: Picture) -> Result<Picture> {
        /// The most pixels that a picture may become.
        const MOST: u64 = 1 << 30;
        let (old_width, old_height) = (picture.width(), picture.height());
        let (width, height) = self.size(old_width, old_height);
        if (width, height) == (old_width, old_height) {
            return Ok(picture);
        }
        anyhow::ensure!(
            u64::from(width) * u64::from(height) <= MOST,
            "{width} x {height} pixels are too many to resize to"
        );
        let image = RgbImage::from_raw(old_width, old_height, picture.into_rgb())
            .context("a picture has three samples for each pixel")?;
        let resized = imageops::resize(&image, width, height, FilterType::Lanczos3);
        Picture::new(width, height, resized.into_raw())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_sides_or_percent() {
        let parse = |text: &str| text.parse::<Resize>();
        assert_eq!(parse("320x240"), Ok(Resize::Within(320, 240)));
        assert_eq!(parse("50%"), Ok(Resize::Part(0.5)));
        for text in [
            "", "320", "0x5", "5x0", "-5%", "0%", "x", "%", "NaN%", "inf%",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn proportions_are_kept() {
        assert_eq!(Resize::Within(320, 240).size(4000, 2000), (320, 160));
        assert_eq!(Resize::Within(320, 240).size(2000, 4000), (120, 240));
        assert_eq!(Resize::Within(320, 240).size(10, 10), (240, 240));
        assert_eq!(Resize::Part(0.5).size(7, 1), (4, 1));
    }

    #[test]
    fn a_constant_picture_stays_constant() {
        let picture = Picture::new(31, 17, [10, 200, 90].repeat(31 * 17)).unwrap();
        let small = Resize::Within(10, 10).apply(picture).unwrap();
        assert_eq!((small.width(), small.height()), (10, 5));
        assert_eq!(small.rgb(), [10, 200, 90].repeat(50));
    }
}
