//! The functions of `nice.h`, which documents them.

use std::ffi::{c_char, c_int, c_void};

use crate::values::{Deblocker, Image, Model, Region, Status};

/// A `nice_read`.
pub type ReadFunction = extern "C" fn(*mut c_void, u32, *mut u8, usize) -> usize;

#[expect(missing_docs, reason = "nice.h describes them")]
unsafe extern "C" {
    /// The sizes of a model, an image and a deblocker.
    pub static nice_test_sizes: [usize; 3];
    pub safe fn nice_strerror(status: u32) -> *const c_char;
    pub safe fn nice_line_bytes(format: u32, width: u32) -> usize;
    pub fn nice_next_strip(image: *const Image, rest: *mut Region, strip: *mut Region) -> c_int;
    pub fn nice_image_set_scale(image: *mut Image, scale: u32) -> Status;
    pub fn nice_image_set_orientation(image: *mut Image, orientation: u32) -> Status;
    pub fn nice_model_open(model: *mut Model, file: *const u8, length: usize) -> Status;
    pub fn nice_model_id(model: *const Model) -> u32;
    pub fn nice_image_open(
        image: *mut Image,
        model: *const Model,
        file: *const u8,
        length: usize,
    ) -> Status;
    pub fn nice_image_open_reader(
        image: *mut Image,
        model: *const Model,
        read: Option<ReadFunction>,
        context: *mut c_void,
        buffer: *mut u8,
        length: usize,
    ) -> Status;
    pub fn nice_image_check(image: *const Image) -> Status;
    pub fn nice_image_region(image: *const Image) -> Region;
    pub fn nice_image_blocks(image: *const Image) -> u32;
    pub fn nice_image_has_deblocking(image: *const Image) -> c_int;
    pub fn nice_decode_row(
        image: *const Image,
        row: u32,
        format: u32,
        lines: *mut u8,
        length: usize,
        stride: usize,
    ) -> Status;
    pub fn nice_decode_region(
        image: *const Image,
        region: Region,
        format: u32,
        lines: *mut u8,
        length: usize,
        stride: usize,
    ) -> Status;
    pub fn nice_decode_block(image: *const Image, index: u32, block: *mut u8) -> Status;
    pub fn nice_texel(image: *const Image, x: u32, y: u32, rgb: *mut u8) -> Status;
    pub fn nice_deblock_bytes(image: *const Image, region: Region) -> usize;
    pub fn nice_deblocker_open(
        deblocker: *mut Deblocker,
        image: *const Image,
        region: Region,
        memory: *mut u8,
        length: usize,
    ) -> Status;
    pub fn nice_deblock_region(
        deblocker: *mut Deblocker,
        region: Region,
        format: u32,
        lines: *mut u8,
        length: usize,
        stride: usize,
    ) -> Status;
}
