//! The project's own pictures, as the boards have them in flash, made by `cargo run -p tools --example firmware-pictures`.
//! What a program does not show is not linked into it.
#![no_std]

use core::ffi::CStr;

/// A model and what is shown with it.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// The model's file.
    pub model: &'static [u8],
    /// The demo picture, 768 x 512 pixels, made with it.
    pub demo: &'static [u8],
    /// One pixel of every block of the demo picture before it was encoded, red, green and blue, block after block. In block
    /// `i` it is the one in column `i % 8` and line `i / 8 % 8`.
    pub original: &'static [u8],
    /// The floor of the renderer, 256 x 256 pixels that can be repeated, made with it.
    pub floor: &'static [u8],
    /// What the slideshow shows, made with it.
    pub slides: &'static [Slide],
}

/// A picture of the slideshow.
#[derive(Clone, Copy, Debug)]
pub struct Slide {
    /// What it is called.
    pub name: &'static CStr,
    /// The file.
    pub file: &'static [u8],
}

static ORIGINAL: &[u8] = include_bytes!("../demo.rgb");

/// What is shown with the model m on displays of 320 x 240 pixels.
pub const fn large(model: &'static [u8]) -> Shown {
    Shown {
        model,
        demo: include_bytes!("../large/demo.nice"),
        original: ORIGINAL,
        floor: include_bytes!("../large/floor.nice"),
        slides: &[
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
        ],
    }
}

/// What is shown with the model s on displays of 96 x 64 pixels.
pub const fn small(model: &'static [u8]) -> Shown {
    Shown {
        model,
        demo: include_bytes!("../small/demo.nice"),
        original: ORIGINAL,
        floor: include_bytes!("../small/floor.nice"),
        slides: &[
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
        ],
    }
}
