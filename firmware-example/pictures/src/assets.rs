//! A model and the images that are encoded for it, for two sizes of board.

use core::ffi::CStr;

/// A model, and the images that the demonstrations show with it.
#[derive(Clone, Copy, Debug)]
pub struct Assets {
    /// The model file.
    pub model: &'static [u8],
    /// The demo image, 768 x 512 pixels, in the fixed layout.
    pub demo: &'static [u8],
    /// A part of it, 200 x 120 pixels, in the adaptive layout.
    pub part: &'static [u8],
    /// One pixel of every block of the demo image before it was encoded: red, green and blue, block after block. In block `i`
    /// it is the pixel in column `i % 8` and line `i / 8 % 8`.
    pub original: &'static [u8],
    /// The texture of the renderer's floor, 256 x 256 pixels that can be tiled.
    pub floor: &'static [u8],
    /// The images of the slideshow, the first in the fixed layout, the others in the adaptive layout.
    pub slides: &'static [Slide],
}

/// An image of the slideshow.
#[derive(Clone, Copy, Debug)]
pub struct Slide {
    /// Its name.
    pub name: &'static CStr,
    /// The image file.
    pub file: &'static [u8],
}

static ORIGINAL: &[u8] = include_bytes!("../demo.rgb");

/// The assets for displays of 320 x 240 pixels, given the model m.
pub const fn large(model: &'static [u8]) -> Assets {
    Assets {
        model,
        demo: include_bytes!("../large/demo.nice"),
        part: include_bytes!("../large/part.nice"),
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

/// The assets for displays of 96 x 64 pixels, given the model s.
pub const fn small(model: &'static [u8]) -> Assets {
    Assets {
        model,
        demo: include_bytes!("../small/demo.nice"),
        part: include_bytes!("../small/part.nice"),
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
