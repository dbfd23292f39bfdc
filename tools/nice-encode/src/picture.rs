//! A picture in memory: 8-bit RGB.

use anyhow::{Result, bail};

/// A picture of at least one pixel: 8-bit RGB, the three samples of a pixel together, lines from the top.
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
    /// Makes a picture from samples.
    ///
    /// # Errors
    ///
    /// When a side is 0, or there are not `width * height * 3` samples.
    pub fn new(width: u32, height: u32, rgb: Vec<u8>) -> Result<Self> {
        let samples = u128::from(width) * u128::from(height) * 3;
        if samples == 0 {
            bail!("a picture of {width} x {height} pixels is empty");
        }
        if samples != rgb.len() as u128 {
            bail!(
                "a picture of {width} x {height} pixels has {samples} samples, not {}",
                rgb.len()
            );
        }
        Ok(Self { width, height, rgb })
    }

    /// The width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// The height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The number of pixels.
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// All samples: three per pixel, lines from the top.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// The samples of line `y`.
    ///
    /// # Panics
    ///
    /// When there is no such line.
    pub fn line(&self, y: u32) -> &[u8] {
        let stride = self.width as usize * 3;
        &self.rgb[y as usize * stride..][..stride]
    }

    /// The samples, without a copy.
    pub fn into_rgb(self) -> Vec<u8> {
        self.rgb
    }

    /// The part of the picture that begins in column `x` and line `y`.
    ///
    /// # Errors
    ///
    /// When the part is empty or not within the picture.
    pub fn crop(&self, x: u32, y: u32, width: u32, height: u32) -> Result<Self> {
        let fits = |start: u32, length: u32, side: u32| {
            start.checked_add(length).is_some_and(|end| end <= side)
        };
        if !fits(x, width, self.width) || !fits(y, height, self.height) {
            bail!("{width} x {height} pixels at ({x}, {y}) are not within {self:?}");
        }
        let columns = x as usize * 3..(x + width) as usize * 3;
        let rgb = (y..y + height).flat_map(|y| self.line(y)[columns.clone()].iter().copied());
        Self::new(width, height, rgb.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_as_many_samples_as_its_sides_say() {
        assert!(Picture::new(2, 3, vec![0; 18]).is_ok());
        assert!(Picture::new(2, 3, vec![0; 17]).is_err());
        assert!(Picture::new(0, 3, vec![]).is_err());
        assert!(Picture::new(u32::MAX, u32::MAX, vec![]).is_err());
    }

    #[test]
    fn a_crop_has_the_pixels_of_its_part_and_must_be_within_the_picture() {
        let picture = Picture::new(3, 2, (0..18).collect()).unwrap();
        let crop = picture.crop(1, 1, 2, 1).unwrap();
        assert_eq!(crop.rgb(), [12, 13, 14, 15, 16, 17]);
        assert_eq!(picture.crop(0, 0, 3, 2).unwrap(), picture);
        for (x, y, width, height) in [
            (2, 0, 2, 1),
            (0, 2, 1, 1),
            (u32::MAX, 0, 2, 1),
            (0, 0, 0, 1),
        ] {
            assert!(picture.crop(x, y, width, height).is_err());
        }
    }
}
