//! The project's own pictures, as the boards have them in flash, made by `cargo run -p tools --example firmware-pictures`.
//! What a program does not show is not linked into it.
#![no_std]

/// A picture of the slideshow.
#[derive(Clone, Copy, Debug)]
pub struct Slide {
    /// What it is called.
    pub name: &'static core::ffi::CStr,
    /// The file.
    pub file: &'static [u8],
}

/// One pixel of every block of the demo picture before it was encoded, red, green and blue, block after block. In block `i`
/// it is the one in column `i % 8` and line `i / 8 % 8`.
pub static ORIGINAL: &[u8] = include_bytes!("../demo.rgb");

/// For boards with the model m and displays of 320 x 240 pixels.
pub mod large {
    pub use super::ORIGINAL;
    use super::Slide;

    /// The demo picture, 768 x 512 pixels.
    pub static DEMO: &[u8] = include_bytes!("../large/demo.nice");

    /// What the slideshow shows.
    pub static SLIDES: &[Slide] = &[
        Slide {
            name: c"lake",
            file: include_bytes!("../large/lake.nice"),
        },
        Slide {
            name: c"house",
            file: include_bytes!("../large/house.nice"),
        },
        Slide {
            name: c"sign",
            file: include_bytes!("../large/sign.nice"),
        },
    ];
}

/// For boards with the model s and displays of 96 x 64 pixels.
pub mod small {
    pub use super::ORIGINAL;
    use super::Slide;

    /// The demo picture, 768 x 512 pixels.
    pub static DEMO: &[u8] = include_bytes!("../small/demo.nice");

    /// What the slideshow shows.
    pub static SLIDES: &[Slide] = &[
        Slide {
            name: c"lake",
            file: include_bytes!("../small/lake.nice"),
        },
        Slide {
            name: c"house",
            file: include_bytes!("../small/house.nice"),
        },
        Slide {
            name: c"sign",
            file: include_bytes!("../small/sign.nice"),
        },
    ];
}
