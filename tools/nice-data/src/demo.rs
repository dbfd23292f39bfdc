//! The demo picture of the project: a lake in the evening, painted by the example `render-pictures`.
//!
//! It has what a codec finds easy and what it finds hard: smooth sky and water, busy woods and grass, the straight edges of a
//! house, letters of two sizes, and film grain.

use anyhow::Result;
use nice_encode::Picture;

use crate::picture_file;

/// The demo picture as a PNG file.
pub const PNG: &[u8] = include_bytes!("../pictures/demo.png");

/// The demo picture, 768 x 512 pixels.
///
/// # Errors
///
/// Never, unless [`PNG`] is damaged.
pub fn picture() -> Result<Picture> {
    picture_file::parse(PNG, "demo.png")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_demo_picture_is_a_png_of_768_by_512_pixels() {
        let picture = super::picture().unwrap();
        assert_eq!((picture.width(), picture.height()), (768, 512));
    }
}
