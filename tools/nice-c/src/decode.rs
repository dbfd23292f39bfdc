//! Decoding by row of blocks, region, block and pixel.

use nice_decode::BLOCK_SAMPLES;

use crate::bytes::bytes_mut;
use crate::format::{Format, with_pixel_format};
use crate::image::Image;
use crate::region::Region;
use crate::status::Status;
use crate::storage::value;

/// Decodes a row of blocks into the lines of a buffer: 8 lines, or the rest of the image in the
/// last row.
///
/// `format` is a nice_format. The buffer has `length` bytes, and a line begins `stride` bytes after
/// the one before. The bytes between the lines are not changed. If this returns an error, nothing is
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_decode_row(
    image: *const Image,
    row: u32,
    format: u32,
    lines: *mut u8,
    length: usize,
    stride: usize,
) -> Status {
    // SAFETY: the caller follows the rules of the crate.
    let (image, lines) = unsafe { (value(image), bytes_mut(lines, length)) };
    Status::of(|| {
        let (decoder, lines) = (image?, lines?);
        let format = Format::from_number(format)?;
        with_pixel_format!(format, P => decoder.row::<P>(row, lines, stride))?;
        Ok(())
    })
}

/// Decodes a region of the image into the lines of a buffer. Only the blocks that the region
/// touches are decoded.
///
/// `format` is a nice_format. The buffer has `length` bytes, and a line begins `stride` bytes after
/// the one before. The bytes between the lines are not changed. If this returns an error, nothing is
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_decode_region(
    image: *const Image,
    region: Region,
    format: u32,
    lines: *mut u8,
    length: usize,
    stride: usize,
) -> Status {
    // SAFETY: the caller follows the rules of the crate.
    let (image, lines) = unsafe { (value(image), bytes_mut(lines, length)) };
    Status::of(|| {
        let (decoder, lines) = (image?, lines?);
        let format = Format::from_number(format)?;
        with_pixel_format!(format, P => decoder.region::<P>(region.into(), lines, stride))?;
        Ok(())
    })
}

/// Decodes a block to 192 bytes: 8 lines of 8 pixels of red, green and blue.
///
/// See nice_image_blocks() for the order of the blocks. The block is complete even if it extends
/// beyond the right or lower edge of the image. If this returns an error, nothing is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_decode_block(
    image: *const Image,
    index: usize,
    block: *mut u8,
) -> Status {
    let block = block.cast::<[u8; BLOCK_SAMPLES]>();
    // SAFETY: the caller follows the rules of the crate.
    let (image, block) = unsafe { (value(image), block.as_mut()) };
    Status::of(|| {
        let block = block.ok_or(Status::Argument)?;
        image?.block(index, block)?;
        Ok(())
    })
}

/// Decodes the pixel in column `x` and line `y` to three bytes: red, green and blue.
///
/// With a codebook this reads only a part of the tables; with a network it decodes the whole block.
/// If this returns an error, nothing is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_texel(image: *const Image, x: u32, y: u32, rgb: *mut u8) -> Status {
    // SAFETY: the caller follows the rules of the crate.
    let (image, rgb) = unsafe { (value(image), rgb.cast::<[u8; 3]>().as_mut()) };
    Status::of(|| {
        let rgb = rgb.ok_or(Status::Argument)?;
        *rgb = image?.texel(x, y)?;
        Ok(())
    })
}
