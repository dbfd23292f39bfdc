//! The hooks by which the `image` crate finds the decoder.

use crate::decoder::{FORMAT_NAME, NiceDecoder};

/// The first bytes of a NICE image.
const MAGIC: &[u8] = &nice_decode::format::IMAGE_MAGIC;

/// Makes the `image` crate read NICE images: those whose names end in `.nice`, and those that are recognized by their first
/// bytes.
///
/// Returns whether this was the first call. Further calls change nothing.
pub fn register() -> bool {
    let first = image::hooks::register_decoding_hook(
        FORMAT_NAME.into(),
        Box::new(|reader| Ok(Box::new(NiceDecoder::new(reader)?))),
    );
    if first {
        image::hooks::register_format_detection_hook(FORMAT_NAME.into(), MAGIC, None);
    }
    first
}
