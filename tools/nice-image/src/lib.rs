//! Lets any program that is built on the [`image`] crate open `.nice` pictures, after one call of [`register`].
//!
//! ```
//! nice_image::register();
//! # let folder = std::env::temp_dir().join(format!("nice-image-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # let path = folder.join("photo.nice");
//! # std::fs::write(&path, nice_image::example())?;
//! let photo = image::open(&path)?;
//! assert_eq!((photo.width(), photo.height()), (20, 12));
//! # std::fs::remove_dir_all(folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The pretrained models of `nice-decode` are found by the id in the picture; a picture that was made with another model is
//! opened with [`NiceDecoder::with_model`].

#![forbid(unsafe_code)]

mod decoder;

pub use decoder::{NiceDecoder, register};

/// A picture of 20 x 12 pixels, for the examples of this crate.
#[doc(hidden)]
pub fn example() -> Vec<u8> {
    let id = nice_decode::Decoder::from_trusted_bytes(nice_decode::models::M)
        .expect("the model comes with the crate")
        .id();
    let mut file = b"NICE\x01\0\0\0".to_vec();
    file.extend(
        [20_u32, 12, id.get()]
            .iter()
            .flat_map(|number| number.to_le_bytes()),
    );
    file.extend((0..6 * 6_u8).map(|at| at.wrapping_mul(37)));
    file.extend(nice_decode::crc32(&file).to_le_bytes());
    file
}
