//! The types of `nice.h`.

use std::mem::MaybeUninit;

/// A `nice_status`.
#[expect(missing_docs, reason = "nice.h describes them")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Status {
    Ok = 0,
    Argument = 1,
    NotOpen = 2,
    Format = 3,
    NotAModel = 4,
    UnsupportedModel = 5,
    TruncatedModel = 6,
    DamagedModel = 7,
    InvalidModel = 8,
    NotAnImage = 9,
    UnsupportedImage = 10,
    TruncatedImage = 11,
    DamagedImage = 12,
    InvalidImage = 13,
    ModelMismatch = 14,
    OutOfBounds = 15,
    Stride = 16,
    Buffer = 17,
    Read = 18,
    Setting = 19,
}

impl Status {
    /// `Ok` if there is no error.
    ///
    /// # Errors
    ///
    /// The status, if there is one.
    pub fn result(self) -> Result<(), Self> {
        if self == Self::Ok { Ok(()) } else { Err(self) }
    }
}

/// A `nice_format`.
#[expect(missing_docs, reason = "nice.h describes them")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Format {
    Rgb888 = 0,
    Bgr888 = 1,
    Xrgb8888 = 2,
    Rgb565Le = 3,
    Rgb565Be = 4,
    Bgr555Le = 5,
    DitheredRgb565Le = 6,
    DitheredRgb565Be = 7,
    DitheredBgr555Le = 8,
    Gray8 = 9,
    Gray4Msb = 10,
    Gray4Lsb = 11,
    Gray2Msb = 12,
    Gray2Lsb = 13,
    Gray1Msb = 14,
    Gray1Lsb = 15,
    DitheredGray4Msb = 16,
    DitheredGray4Lsb = 17,
    DitheredGray2Msb = 18,
    DitheredGray2Lsb = 19,
    DitheredGray1Msb = 20,
    DitheredGray1Lsb = 21,
}

/// A `nice_region`.
#[expect(missing_docs, reason = "nice.h describes them")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Region {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

impl From<Region> for nice_decode::Region {
    fn from(region: Region) -> Self {
        let Region {
            x,
            y,
            width,
            height,
        } = region;
        Self {
            x,
            y,
            width,
            height,
        }
    }
}

impl From<nice_decode::Region> for Region {
    fn from(region: nice_decode::Region) -> Self {
        let nice_decode::Region {
            x,
            y,
            width,
            height,
        } = region;
        Self {
            x,
            y,
            width,
            height,
        }
    }
}

/// Defines a structure with room for one of C's. `wrappers.rs` checks the sizes.
macro_rules! storage {
    ($(#[$docs:meta] $name:ident, $bytes:literal;)*) => { $(
        #[$docs]
        #[repr(C, align(8))]
        pub struct $name([MaybeUninit<u8>; $bytes]);

        impl Default for $name {
            fn default() -> Self {
                Self([MaybeUninit::zeroed(); $bytes])
            }
        }
    )* };
}

storage! {
    /// A `nice_model`; closed by default.
    Model, 128;
    /// A `nice_image`; closed by default.
    Image, 256;
    /// A `nice_deblocker`; closed by default.
    Deblocker, 384;
}
