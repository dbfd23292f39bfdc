//! A model and the images that are encoded for it, for two sizes of board.

/// A model, and the images that the demonstrations show with it.
#[derive(Clone, Copy, Debug)]
pub struct Assets {
    /// The model file.
    pub model: &'static [u8],
    /// The demo image, 768 x 512 pixels, in the fixed layout.
    pub demo: &'static [u8],
    /// A part of it, 200 x 120 pixels, in the adaptive layout.
    pub part: &'static [u8],
    /// The lake of the demo image in the size of the display, in the fixed layout.
    pub lake: &'static [u8],
    /// One pixel of every block of the demo image before it was encoded: red, green and blue, block after block. In block `i`
    /// it is the pixel in column `i % 8` and line `i / 8 % 8`.
    pub original: &'static [u8],
    /// The texture of the renderer's floor, 256 x 256 pixels that can be tiled.
    pub floor: &'static [u8],
    /// The images of the slideshow with their names: in the adaptive layout on large boards, in the fixed layout on small ones.
    pub slides: &'static [(&'static str, &'static [u8])],
    /// The image of a card with 20 pictures, `CARD00.NIC` and so on, on large boards.
    pub card: Option<&'static [u8]>,
    /// These pictures with their names.
    pub card_pictures: &'static [(&'static str, &'static [u8])],
}

mod large_slides {
    include!(concat!(env!("OUT_DIR"), "/large.rs"));
}

mod small_slides {
    include!(concat!(env!("OUT_DIR"), "/small.rs"));
}

mod card_pictures {
    include!(concat!(env!("OUT_DIR"), "/card.rs"));
}

static ORIGINAL: &[u8] = include_bytes!("../demo.rgb");

/// The assets for displays of 320 x 240 pixels, given the model m.
pub const fn large(model: &'static [u8]) -> Assets {
    Assets {
        model,
        demo: include_bytes!("../large/demo.nice"),
        part: include_bytes!("../large/part.nice"),
        lake: include_bytes!("../large/lake.nice"),
        original: ORIGINAL,
        floor: include_bytes!("../large/floor.nice"),
        slides: large_slides::ALL,
        card: Some(include_bytes!(concat!(env!("OUT_DIR"), "/card.img"))),
        card_pictures: card_pictures::ALL,
    }
}

/// The assets for displays of 96 x 64 pixels, given the model s.
pub const fn small(model: &'static [u8]) -> Assets {
    Assets {
        model,
        demo: include_bytes!("../small/demo.nice"),
        part: include_bytes!("../small/part.nice"),
        lake: include_bytes!("../small/lake.nice"),
        original: ORIGINAL,
        floor: include_bytes!("../small/floor.nice"),
        slides: small_slides::ALL,
        card: None,
        card_pictures: &[],
    }
}
