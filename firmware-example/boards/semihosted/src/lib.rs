//! What the boards in QEMU have in common: the log, the files and the end go to the host by semihosting, and the display is
//! memory.
#![no_std]

pub mod large;

use core::convert::Infallible;
use core::ffi::CStr;

use defmt_semihosting as _;
use embedded_graphics::framebuffer::Framebuffer;
use embedded_graphics::pixelcolor::Rgb565;
use embedded_graphics::pixelcolor::raw::{LittleEndian, RawU16};
use embedded_graphics::prelude::*;
use semihosting::fs::File;
use semihosting::io::{self, Write};

/// Ends the program, and QEMU with it, with exit code 0 or 1.
pub fn exit(success: bool) -> ! {
    semihosting::process::exit(i32::from(!success))
}

/// A display of `W` x `H` pixels in memory, two bytes each, `N` in all; it writes what is on it to files of the host.
pub struct Display<const W: usize, const H: usize, const N: usize> {
    pixels: Framebuffer<Rgb565, RawU16, LittleEndian, W, H, N>,
}

impl<const W: usize, const H: usize, const N: usize> Display<W, H, N> {
    /// A black display.
    #[expect(clippy::new_without_default, reason = "it is made in a constant")]
    pub const fn new() -> Self {
        Self {
            pixels: Framebuffer::new(),
        }
    }

    /// Says that something is complete on the display: logs the checksum of its bytes and writes the file `name`, which
    /// has width, height and all pixels, 16 bits each, low byte first.
    pub fn shown(&mut self, name: &CStr) {
        let bytes = self.pixels.data();
        defmt::println!(
            "{=str}: {=usize} x {=usize} pixels on the display, checksum {=u32:08x}",
            name.to_str().unwrap_or_default(),
            W,
            H,
            nice_decode::crc32(bytes)
        );
        if self.save(name).is_err() {
            defmt::println!("the host does not take the file");
            exit(false)
        }
    }

    /// Writes what is on the display to a file.
    fn save(&self, name: &CStr) -> io::Result<()> {
        let mut file = File::create(name)?;
        file.write_all(&(W as u16).to_le_bytes())?;
        file.write_all(&(H as u16).to_le_bytes())?;
        file.write_all(self.pixels.data())
    }
}

impl<const W: usize, const H: usize, const N: usize> OriginDimensions for Display<W, H, N> {
    fn size(&self) -> Size {
        Size::new(W as u32, H as u32)
    }
}

impl<const W: usize, const H: usize, const N: usize> DrawTarget for Display<W, H, N> {
    type Color = Rgb565;
    type Error = Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Pixel<Rgb565>>,
    {
        self.pixels.draw_iter(pixels)
    }
}
