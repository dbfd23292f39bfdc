//! A display in RAM that writes its frames to files of the host.

use core::convert::Infallible;
use core::ffi::CStr;

use crc::{CRC_32_ISO_HDLC, Crc, NoTable};
use embedded_graphics::framebuffer::Framebuffer;
use embedded_graphics::pixelcolor::Rgb565;
use embedded_graphics::pixelcolor::raw::{LittleEndian, RawU16};
use embedded_graphics::prelude::*;
use semihosting::fs::File;
use semihosting::io::{self, Write};

use crate::exit::exit;

/// CRC-32 as in zlib and PNG, without a table: flash matters more than speed here.
static CRC_32: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);

/// The most bytes of the name of a frame.
const MAX_NAME_BYTES: usize = 63;

/// A display of `W` x `H` pixels in RAM; `N` is the size of the framebuffer, two bytes per pixel.
pub struct MemoryDisplay<const W: usize, const H: usize, const N: usize> {
    pixels: Framebuffer<Rgb565, RawU16, LittleEndian, W, H, N>,
}

impl<const W: usize, const H: usize, const N: usize> MemoryDisplay<W, H, N> {
    /// A black display.
    #[expect(clippy::new_without_default, reason = "it initializes a static")]
    pub const fn new() -> Self {
        Self {
            pixels: Framebuffer::new(),
        }
    }

    /// Ends a frame: logs the checksum of its bytes, and writes the file `name` with its width, height and all pixels, 16 bits
    /// each, low byte first.
    pub fn present(&mut self, name: &str) {
        defmt::println!(
            "{=str}: {=usize} x {=usize} pixels, checksum {=u32:08x}",
            name,
            W,
            H,
            CRC_32.checksum(self.pixels.data())
        );
        if self.save(name).is_err() {
            defmt::println!("the host cannot write the file of the frame");
            exit(false)
        }
    }

    /// Writes the frame to a file.
    fn save(&self, name: &str) -> io::Result<()> {
        let mut with_end = [0; MAX_NAME_BYTES + 1];
        let start = with_end[..MAX_NAME_BYTES].get_mut(..name.len());
        start
            .ok_or(io::ErrorKind::InvalidInput)?
            .copy_from_slice(name.as_bytes());
        let name = CStr::from_bytes_until_nul(&with_end);
        let mut file = File::create(name.map_err(|_| io::ErrorKind::InvalidInput)?)?;
        file.write_all(&(W as u16).to_le_bytes())?;
        file.write_all(&(H as u16).to_le_bytes())?;
        file.write_all(self.pixels.data())
    }
}

impl<const W: usize, const H: usize, const N: usize> OriginDimensions for MemoryDisplay<W, H, N> {
    fn size(&self) -> Size {
        Size::new(W as u32, H as u32)
    }
}

impl<const W: usize, const H: usize, const N: usize> DrawTarget for MemoryDisplay<W, H, N> {
    type Color = Rgb565;
    type Error = Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Pixel<Rgb565>>,
    {
        self.pixels.draw_iter(pixels)
    }
}
