//! The pixel formats, by their numbers.

use nice_decode::PixelFormat;

use crate::status::Status;

/// The layout of a pixel in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Format {
    /// Three bytes a pixel: red, green, blue.
    Rgb888 = 0,
    /// Three bytes a pixel: blue, green, red.
    Bgr888 = 1,
    /// Four bytes a pixel: blue, green, red, zero.
    Xrgb8888 = 2,
    /// Two bytes a pixel, low byte first: red in bits 11 to 15, green in 5 to 10, blue in 0 to 4.
    Rgb565Le = 3,
    /// NICE_FORMAT_RGB565_LE with the high byte first.
    Rgb565Be = 4,
    /// Two bytes a pixel, low byte first: blue in bits 10 to 14, green in 5 to 9, red in 0 to 4.
    Bgr555Le = 5,
    /// NICE_FORMAT_RGB565_LE with ordered dithering.
    DitheredRgb565Le = 6,
    /// NICE_FORMAT_RGB565_BE with ordered dithering.
    DitheredRgb565Be = 7,
    /// NICE_FORMAT_BGR555_LE with ordered dithering.
    DitheredBgr555Le = 8,
}

impl Format {
    /// All formats, in the order of their numbers.
    const ALL: [Self; 9] = [
        Self::Rgb888,
        Self::Bgr888,
        Self::Xrgb8888,
        Self::Rgb565Le,
        Self::Rgb565Be,
        Self::Bgr555Le,
        Self::DitheredRgb565Le,
        Self::DitheredRgb565Be,
        Self::DitheredBgr555Le,
    ];

    /// The format with a number.
    ///
    /// # Errors
    ///
    /// [`Status::Format`] if there is none.
    pub(crate) fn from_number(number: u32) -> Result<Self, Status> {
        let format = Self::ALL.get(number as usize);
        format.copied().ok_or(Status::Format)
    }
}

/// Evaluates an expression in which `$P` is the type in `nice-decode` that a [`Format`] stands for.
macro_rules! with_pixel_format {
    ($format:expr, $P:ident => $body:expr) => {{
        use nice_decode::{Bgr555Le, Bgr888, Dithered, Rgb565Be, Rgb565Le, Rgb888, Xrgb8888};
        match $format {
            Format::Rgb888 => {
                type $P = Rgb888;
                $body
            }
            Format::Bgr888 => {
                type $P = Bgr888;
                $body
            }
            Format::Xrgb8888 => {
                type $P = Xrgb8888;
                $body
            }
            Format::Rgb565Le => {
                type $P = Rgb565Le;
                $body
            }
            Format::Rgb565Be => {
                type $P = Rgb565Be;
                $body
            }
            Format::Bgr555Le => {
                type $P = Bgr555Le;
                $body
            }
            Format::DitheredRgb565Le => {
                type $P = Dithered<Rgb565Le>;
                $body
            }
            Format::DitheredRgb565Be => {
                type $P = Dithered<Rgb565Be>;
                $body
            }
            Format::DitheredBgr555Le => {
                type $P = Dithered<Bgr555Le>;
                $body
            }
        }
    }};
}

pub(crate) use with_pixel_format;

/// The bytes of a pixel in a nice_format; 0 if there is no such format.
#[unsafe(no_mangle)]
pub extern "C" fn nice_format_bytes(format: u32) -> usize {
    match Format::from_number(format) {
        Ok(format) => with_pixel_format!(format, P => P::line_bytes(1)),
        Err(_) => 0,
    }
}
