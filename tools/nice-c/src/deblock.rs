//! Decoding with deblocking.

use core::mem::MaybeUninit;

use crate::bytes::bytes_mut;
use crate::format::{Format, with_pixel_format};
use crate::image::Image;
use crate::region::Region;
use crate::status::Status;
use crate::storage::{Storage, closed, storage, value, value_mut};

/// Decodes a region of an image and reduces the steps between its blocks. Opaque; must not be
/// copied.
///
/// Initialize it to zero or with nice_deblocker_open() before you use it.
#[repr(C)]
pub struct Deblocker {
    /// 1 if the deblocker is open, otherwise 0.
    pub open: usize,
    /// Private.
    pub opaque: [MaybeUninit<usize>; 47],
}

// `'static` stands for as long as C keeps the bytes of the two files and the memory.
storage!(
    Deblocker,
    48,
    nice_decode::Deblocker<'static, 'static, 'static>
);

/// The bytes of memory that it takes to deblock a region of the image: at most
/// 384 * ((width + 7) / 8 + 2), whatever the height of the region. 0 if the image is not open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_deblock_bytes(image: *const Image, region: Region) -> usize {
    // SAFETY: the caller follows the rules of the crate.
    let image = unsafe { value(image) };
    image.map_or(0, |decoder| {
        nice_decode::Deblocker::memory_bytes(decoder, region.into())
    })
}

/// Opens a deblocker for a region of the image, in memory of `length` bytes, at least
/// nice_deblock_bytes().
///
/// As long as the deblocker is used, the memory must stay where it is and must not be used for
/// anything else, and the files of the image and of its model must stay in memory, unchanged. The
/// structure of the image is not needed anymore.
///
/// If this returns an error, the deblocker is not open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_deblocker_open(
    deblocker: *mut Deblocker,
    image: *const Image,
    region: Region,
    memory: *mut u8,
    length: usize,
) -> Status {
    // SAFETY: the caller follows the rules of the crate.
    let (deblocker, image, memory) =
        unsafe { (closed(deblocker), value(image), bytes_mut(memory, length)) };
    Status::of(|| {
        let deblocker = deblocker?;
        deblocker.store(nice_decode::Deblocker::new(image?, region.into(), memory?)?);
        Ok(())
    })
}

/// Decodes a region like nice_decode_region(), but deblocked. The region must be within the one that
/// the deblocker was opened for.
///
/// From top to bottom, as with nice_next_strip(), every block is decoded once; in another order, up
/// to three rows of blocks are decoded for one. If the model has no deblocking filter, the pixels are
/// those of nice_decode_region().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_deblock_region(
    deblocker: *mut Deblocker,
    region: Region,
    format: u32,
    lines: *mut u8,
    length: usize,
    stride: usize,
) -> Status {
    // SAFETY: the caller follows the rules of the crate.
    let (deblocker, lines) = unsafe { (value_mut(deblocker), bytes_mut(lines, length)) };
    Status::of(|| {
        let (deblocker, lines) = (deblocker?, lines?);
        let format = Format::from_number(format)?;
        with_pixel_format!(format, P => deblocker.region::<P>(region.into(), lines, stride))?;
        Ok(())
    })
}
