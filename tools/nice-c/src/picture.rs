//! The picture structure: an image and its model.

use core::mem::MaybeUninit;

use nice_decode::{Decoder, Image};

use crate::bytes::bytes;
use crate::model::Model;
use crate::region::Region;
use crate::status::Status;
use crate::storage::{Storage, closed, storage, value};

/// A picture and its model. Opaque; may be copied with =.
///
/// Initialize it to zero or with nice_picture_open() before you use it.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Picture {
    /// 1 if the picture is open, otherwise 0.
    pub open: usize,
    /// Private.
    pub opaque: [MaybeUninit<usize>; 23],
}

// `'static` stands for as long as C keeps the bytes of the two files.
storage!(Picture, 24, Decoder<'static, 'static>);

/// Opens a picture from the contents of a .nice file, checks all of it, and checks that it was
/// encoded for the model.
///
/// The library does not copy the file: it must stay in memory, unchanged, as long as the picture is
/// used, and so must the file of the model. The structure of the model is not needed anymore.
///
/// If this returns an error, the picture is not open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_picture_open(
    picture: *mut Picture,
    model: *const Model,
    file: *const u8,
    length: usize,
) -> Status {
    // SAFETY: the caller follows the rules of the crate.
    let (picture, model, file) = unsafe { (closed(picture), value(model), bytes(file, length)) };
    Status::of(|| {
        let picture = picture?;
        picture.store(Decoder::new(model?, &Image::from_bytes(file?)?)?);
        Ok(())
    })
}

/// The region of the whole picture: its width and height are those of the picture. Empty if the
/// picture is not open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_picture_region(picture: *const Picture) -> Region {
    // SAFETY: the caller follows the rules of the crate.
    let picture = unsafe { value(picture) };
    picture.map_or(Region::default(), |decoder| decoder.image().region().into())
}

/// The number of blocks of 8 x 8 pixels. They are in rows from top to bottom, and in a row from left
/// to right; a row has (width + 7) / 8 blocks. 0 if the picture is not open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_picture_blocks(picture: *const Picture) -> usize {
    // SAFETY: the caller follows the rules of the crate.
    let picture = unsafe { value(picture) };
    picture.map_or(0, |decoder| decoder.image().blocks())
}

/// Whether the model of the picture has a deblocking filter. False if the picture is not open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_picture_has_deblocking(picture: *const Picture) -> bool {
    // SAFETY: the caller follows the rules of the crate.
    let picture = unsafe { value(picture) };
    picture.is_ok_and(|decoder| decoder.model().has_deblocking())
}
