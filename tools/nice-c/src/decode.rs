//! Decoding by row of blocks, region, block and pixel.

use nice_decode::BLOCK_SAMPLES;

use crate::bytes::bytes_mut;
use crate::format::{Format, with_pixel_format};
use crate::picture::Picture;
use crate::region::Region;
use crate::status::Status;
use crate::storage::value;

/// Decodes a row of blocks into the lines of a buffer: 8 lines, or the rest of the picture in the
/// last row.
///
/// `format` is a nice_format. The buffer has `length` bytes, and a line begins `stride` bytes after
/// the one before. The bytes between the lines are not changed. If this returns an error, nothing is
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_decode_row(
    picture: *const Picture,
    row: u32,
    format: u32,
    lines: *mut u8,
    length: usize,
    stride: usize,
) -> Status {
    // SAFETY: the caller follows the rules of the crate.
    let (picture, lines) = unsafe { (value(picture), bytes_mut(lines, length)) };
    Status::of(|| {
        let (decoder, lines) = (picture?, lines?);
        let format = Format::from_number(format)?;
        with_pixel_format!(format, P => decoder.row::<P>(row, lines, stride))?;
        Ok(())
    })
}

/// Decodes a region of the picture into the lines of a buffer. Only the blocks that the region
/// touches are decoded.
///
/// `format` is a nice_format. The buffer has `length` bytes, and a line begins `stride` bytes after
/// the one before. The bytes between the lines are not changed. If this returns an error, nothing is
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_decode_region(
    picture: *const Picture,
    region: Region,
    format: u32,
    lines: *mut u8,
    length: usize,
    stride: usize,
) -> Status {
    // SAFETY: the caller follows the rules of the crate.
    let (picture, lines) = unsafe { (value(picture), bytes_mut(lines, length)) };
    Status::of(|| {
        let (decoder, lines) = (picture?, lines?);
        let format = Format::from_number(format)?;
        with_pixel_format!(format, P => decoder.region::<P>(region.into(), lines, stride))?;
        Ok(())
    })
}

/// Decodes a block to 192 bytes: 8 lines of 8 pixels of red, green and blue.
///
/// See nice_picture_blocks() for the order of the blocks. The block is complete even if it extends
/// beyond the right or lower edge of the picture. If this returns an error, nothing is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_decode_block(
    picture: *const Picture,
    index: usize,
    block: *mut u8,
) -> Status {
    let block = block.cast::<[u8; BLOCK_SAMPLES]>();
    // SAFETY: the caller follows the rules of the crate.
    let (picture, block) = unsafe { (value(picture), block.as_mut()) };
    Status::of(|| {
        let block = block.ok_or(Status::Argument)?;
        picture?.block(index, block)?;
        Ok(())
    })
}

/// Decodes the pixel in column `x` and line `y` to three bytes: red, green and blue.
///
/// With a codebook this reads only a part of the tables; with a network it decodes the whole block.
/// If this returns an error, nothing is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_texel(
    picture: *const Picture,
    x: u32,
    y: u32,
    rgb: *mut u8,
) -> Status {
    // SAFETY: the caller follows the rules of the crate.
    let (picture, rgb) = unsafe { (value(picture), rgb.cast::<[u8; 3]>().as_mut()) };
    Status::of(|| {
        let rgb = rgb.ok_or(Status::Argument)?;
        *rgb = picture?.texel(x, y)?;
        Ok(())
    })
}
