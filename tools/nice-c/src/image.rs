//! The image structure: an image and its model.

use core::mem::MaybeUninit;

use nice_decode::Decoder;

use crate::bytes::bytes;
use crate::model::Model;
use crate::region::Region;
use crate::status::Status;
use crate::storage::{Storage, closed, storage, value};

/// An image and its model. Opaque; may be copied with =.
///
/// Initialize it to zero or with nice_image_open() before you use it.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Image {
    /// 1 if the image is open, otherwise 0.
    pub open: usize,
    /// Private.
    pub opaque: [MaybeUninit<usize>; 31],
}

// `'static` stands for as long as C keeps the bytes of the two files.
storage!(Image, 32, Decoder<'static, 'static>);

/// Opens an image from the contents of a .nice file, checks all of it, and checks that it was
/// encoded for the model.
///
/// The library does not copy the file: it must stay in memory, unchanged, as long as the image is
/// used, and so must the file of the model. The structure of the model is not needed anymore.
///
/// If this returns an error, the image is not open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_image_open(
    image: *mut Image,
    model: *const Model,
    file: *const u8,
    length: usize,
) -> Status {
    // SAFETY: the caller follows the rules of the crate.
    let (image, model, file) = unsafe { (closed(image), value(model), bytes(file, length)) };
    Status::of(|| {
        let image = image?;
        image.store(Decoder::new(
            model?,
            &nice_decode::Image::from_bytes(file?)?,
        )?);
        Ok(())
    })
}

/// The region of the whole image: its width and height are those of the image. Empty if the
/// image is not open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_image_region(image: *const Image) -> Region {
    // SAFETY: the caller follows the rules of the crate.
    let image = unsafe { value(image) };
    image.map_or(Region::default(), |decoder| decoder.image().region().into())
}

/// The number of blocks of 8 x 8 pixels. They are in rows from top to bottom, and in a row from left
/// to right; a row has (width + 7) / 8 blocks. 0 if the image is not open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_image_blocks(image: *const Image) -> usize {
    // SAFETY: the caller follows the rules of the crate.
    let image = unsafe { value(image) };
    image.map_or(0, |decoder| decoder.image().blocks())
}

/// Whether the model of the image has a deblocking filter. False if the image is not open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_image_has_deblocking(image: *const Image) -> bool {
    // SAFETY: the caller follows the rules of the crate.
    let image = unsafe { value(image) };
    image.is_ok_and(|decoder| decoder.model().has_deblocking())
}
