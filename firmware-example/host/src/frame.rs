//! A frame of a display: read from the file that a board writes, and saved as a PNG.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// A frame of a display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The width in pixels.
    pub width: usize,
    /// The height in pixels.
    pub height: usize,
    /// All pixels, line by line from the top, in the format of the display (see [`Levels`]).
    pub pixels: Vec<u16>,
}

impl Frame {
    /// Reads the file of a board: width, height and all pixels, 16 bits each, low byte first.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let (words, rest) = bytes.as_chunks::<2>();
        ensure!(rest.is_empty(), "the file ends within a pixel");
        let mut words = words.iter().map(|bytes| u16::from_le_bytes(*bytes));
        let width = words.next().context("the file has no width")?.into();
        let height = words.next().context("the file has no height")?.into();
        let pixels: Vec<u16> = words.collect();
        ensure!(
            pixels.len() == width * height,
            "the file has {} pixels instead of {width} x {height}",
            pixels.len()
        );
        Ok(Self {
            width,
            height,
            pixels,
        })
    }

    /// Saves the frame, whose pixels have these levels, as a PNG.
    pub fn save_png(&self, levels: Levels, path: &Path) -> Result<()> {
        let file =
            File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        let mut png =
            png::Encoder::new(BufWriter::new(file), self.width as u32, self.height as u32);
        png.set_color(png::ColorType::Rgb);
        png.set_compression(png::Compression::High);
        let rgb: Vec<u8> = self
            .pixels
            .iter()
            .flat_map(|&pixel| levels.rgb(pixel))
            .collect();
        png.write_header()?.write_image_data(&rgb)?;
        Ok(())
    }
}

/// The levels of red, green and blue in the 16 bits of a pixel: the lowest bit and the highest level of each.
#[derive(Clone, Copy, Debug)]
pub struct Levels([(u32, u32); 3]);

impl Levels {
    /// The displays of the boards: red in bits 11 to 15, green in bits 5 to 10, blue in bits 0 to 4.
    pub const RGB565: Self = Self([(11, 31), (5, 63), (0, 31)]);

    /// The Game Boy Advance: blue in bits 10 to 14, green in bits 5 to 9, red in bits 0 to 4.
    pub const BGR555: Self = Self([(0, 31), (5, 31), (10, 31)]);

    /// Red, green and blue of a pixel, 0 to 255.
    fn rgb(self, pixel: u16) -> [u8; 3] {
        self.0.map(|(shift, max)| {
            let level = u32::from(pixel) >> shift & max;
            ((level * 255 + max / 2) / max) as u8
        })
    }
}
