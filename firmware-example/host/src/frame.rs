//! What was on a display: the file that a board writes, and the PNG that is made of it.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// What was on a display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Columns.
    pub width: usize,
    /// Lines.
    pub height: usize,
    /// All pixels, lines from the top; on the displays of the boards with red in bits 15 to 11, green in 10 to 5, blue in 4
    /// to 0.
    pub pixels: Vec<u16>,
}

impl Frame {
    /// Reads the file of a board: width, height and all pixels, 16 bits each, low byte first.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let (words, odd) = bytes.as_chunks::<2>();
        ensure!(odd.is_empty(), "it ends within a pixel");
        let mut words = words.iter().map(|bytes| u16::from_le_bytes(*bytes));
        let width = words.next().context("it has no width")?.into();
        let height = words.next().context("it has no height")?.into();
        let pixels: Vec<u16> = words.collect();
        ensure!(
            pixels.len() == width * height,
            "it has {} pixels, not {width} x {height}",
            pixels.len()
        );
        Ok(Self {
            width,
            height,
            pixels,
        })
    }

    /// The pixels as a display has them in memory, low byte first.
    pub fn bytes(&self) -> Vec<u8> {
        self.pixels
            .iter()
            .flat_map(|pixel| pixel.to_le_bytes())
            .collect()
    }

    /// Writes a PNG.
    pub fn save_png(&self, path: &Path) -> Result<()> {
        self.save_png_of(Levels::RGB565, path)
    }

    /// Writes a PNG of pixels with these levels.
    pub fn save_png_of(&self, levels: Levels, path: &Path) -> Result<()> {
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

/// Where red, green and blue are in the 16 bits of a pixel: their lowest bit, and their highest level.
#[derive(Clone, Copy, Debug)]
pub struct Levels([(u32, u32); 3]);

impl Levels {
    /// As on the displays of the boards.
    pub const RGB565: Self = Self([(11, 31), (5, 63), (0, 31)]);

    /// As on the Game Boy Advance.
    pub const BGR555: Self = Self([(0, 31), (5, 31), (10, 31)]);

    /// Red, green and blue of a pixel, 0 to 255.
    fn rgb(self, pixel: u16) -> [u8; 3] {
        self.0.map(|(shift, top)| {
            let level = u32::from(pixel) >> shift & top;
            ((level * 255 + top / 2) / top) as u8
        })
    }
}
