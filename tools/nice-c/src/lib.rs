//! NICE for C: a thin layer over `nice-decode`, from which `include/nice.h` is made.
//!
//! Nothing in it allocates and nothing in it panics. A panic could not leave it either: the library for a device is
//! compiled with `panic = "abort"`, and one for a host ends the program before a panic crosses the border, as every
//! `extern "C"` function in Rust does.

#![cfg_attr(not(feature = "std"), no_std)]
#![allow(unsafe_code)] // the border to C is what this crate is

mod status;

use core::ffi::c_char;
use core::slice;

use nice_decode as nice;
use nice_decode::{
    BLOCK_SAMPLES, Bgr555Le, Bgr888, Decoder, Dithered, Image, Rgb565Be, Rgb565Le, Rgb888, Xrgb8888,
};

pub use status::Status;

/// How pixels are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Format {
    /// Three bytes a pixel: red, green, blue.
    Rgb888 = 0,
    /// Three bytes a pixel: blue, green, red.
    Bgr888 = 1,
    /// Four bytes a pixel: blue, green, red, zero.
    Xrgb8888 = 2,
    /// Two bytes a pixel, low byte first: red in bits 11 to 15, green in 5 to 10, blue in 0 to 4.
    Rgb565Le = 3,
    /// The same, high byte first.
    Rgb565Be = 4,
    /// Two bytes a pixel, low byte first: blue in bits 10 to 14, green in 5 to 9, red in 0 to 4.
    Bgr555Le = 5,
    /// NICE_FORMAT_RGB565_LE with ordered dithering.
    DitheredRgb565Le = 6,
    /// NICE_FORMAT_RGB565_BE with ordered dithering.
    DitheredRgb565Be = 7,
    /// NICE_FORMAT_BGR555_LE with ordered dithering.
    DitheredBgr555Le = 8,
}

/// A decoder model that has been checked. What is in it is nobody's business; it may be copied.
///
/// Set it to zero, or open it, before it is given to anything else.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct Model {
    /// 1 once it is open.
    pub open: usize,
    /// Of no interest.
    pub opaque: [usize; 15],
}

/// A picture together with its model. What is in it is nobody's business; it may be copied.
///
/// Set it to zero, or open it, before it is given to anything else.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct Picture {
    /// 1 once it is open.
    pub open: usize,
    /// Of no interest.
    pub opaque: [usize; 23],
}

/// A rectangle of a picture, in pixels; it may be empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Region {
    /// The column of its leftmost pixels.
    pub x: u32,
    /// The line of its uppermost pixels.
    pub y: u32,
    /// How many pixels it is wide.
    pub width: u32,
    /// How many pixels it is high.
    pub height: u32,
}

impl From<Region> for nice::Region {
    fn from(region: Region) -> Self {
        let Region {
            x,
            y,
            width,
            height,
        } = region;
        Self {
            x,
            y,
            width,
            height,
        }
    }
}

impl From<nice::Region> for Region {
    fn from(region: nice::Region) -> Self {
        let nice::Region {
            x,
            y,
            width,
            height,
        } = region;
        Self {
            x,
            y,
            width,
            height,
        }
    }
}

/// What is kept in the words of a structure that C places.
///
/// # Safety
///
/// `Kept` has to fit into the words in size and in alignment, and to be `Copy`.
unsafe trait Place: Sized {
    /// What is kept.
    type Kept: Copy;

    /// Whether something is kept, and the words.
    fn parts(&self) -> (usize, *const usize);

    /// The same, to be changed.
    fn parts_mut(&mut self) -> (&mut usize, *mut usize);

    /// Keeps something.
    fn keep(&mut self, kept: Self::Kept) {
        let (open, words) = self.parts_mut();
        // SAFETY: the words belong to `self`, and what is written fits into them, as the trait demands.
        unsafe { words.cast::<Self::Kept>().write(kept) };
        *open = OPEN;
    }

    /// What is kept, if something is.
    fn kept(&self) -> Result<Self::Kept, Status> {
        let (open, words) = self.parts();
        if open != OPEN {
            return Err(Status::NotOpen);
        }
        // SAFETY: where the first word says so, `keep` has written the others.
        Ok(unsafe { words.cast::<Self::Kept>().read() })
    }
}

/// What the first word of an open structure says.
const OPEN: usize = 1;

/// Makes a structure a place for something, and proves that there is room for it.
macro_rules! place {
    ($place:ty, $kept:ty) => {
        const _: () = {
            let words = size_of::<$place>() - size_of::<usize>();
            assert!(size_of::<$kept>() <= words && align_of::<$kept>() <= align_of::<usize>());
        };

        // SAFETY: size and alignment are proved above, and the compiler proves `Copy`.
        unsafe impl Place for $place {
            type Kept = $kept;

            fn parts(&self) -> (usize, *const usize) {
                (self.open, self.opaque.as_ptr())
            }

            fn parts_mut(&mut self) -> (&mut usize, *mut usize) {
                (&mut self.open, self.opaque.as_mut_ptr())
            }
        }
    };
}

// The files outlive what is opened from them, as nice_model_open and nice_picture_open demand.
place!(Model, Decoder<'static>);
place!(Picture, nice::Picture<'static, 'static>);

const _: () = assert!(size_of::<Model>() == 16 * size_of::<usize>());
const _: () = assert!(size_of::<Picture>() == 24 * size_of::<usize>());

/// Reads a decoder model file (.nicem) of `length` bytes and checks all of it. The bytes have to stay where they are, and
/// as they are, as long as the model is used; at an address that is a multiple of 4 they decode faster on processors that do
/// not read words from any address. Where it returns an error, the model is not open.
///
/// # Safety
///
/// `model` is null or points to a structure, and `file` is null or points to `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_model_open(
    model: *mut Model,
    file: *const u8,
    length: usize,
) -> Status {
    // SAFETY: the caller promises that what is not null is there, and that it stays as long as the model is used.
    let (model, file) = unsafe { (model.as_mut(), bytes(file, length)) };
    status::of(|| {
        let model = model.ok_or(Status::Argument)?;
        *model = Model::default();
        model.keep(Decoder::from_bytes(file?)?);
        Ok(())
    })
}

/// Reads a picture file (.nice) of `length` bytes, checks all of it, and that it was made with the model. The bytes, and
/// those of the model, have to stay where they are, and as they are, as long as the picture is used; the structure of
/// the model need not. Where it returns an error, the picture is not open.
///
/// # Safety
///
/// `picture` and `model` are each null or point to a structure, and `file` is null or points to `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_picture_open(
    picture: *mut Picture,
    model: *const Model,
    file: *const u8,
    length: usize,
) -> Status {
    // SAFETY: the caller promises that what is not null is there, and that it stays as long as the picture is used.
    let (picture, model, file) = unsafe { (picture.as_mut(), model.as_ref(), bytes(file, length)) };
    status::of(|| {
        let picture = picture.ok_or(Status::Argument)?;
        *picture = Picture::default();
        let decoder = model.ok_or(Status::Argument)?.kept()?;
        picture.keep(decoder.open(&Image::from_bytes(file?)?)?);
        Ok(())
    })
}

/// The whole picture as a region: its width and height are those of the picture. Empty if the picture is not open.
///
/// # Safety
///
/// `picture` is null or points to a structure.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_picture_region(picture: *const Picture) -> Region {
    // SAFETY: the caller promises that it is there unless it is null.
    let picture = unsafe { opened(picture) };
    picture.map_or(Region::default(), |picture| picture.image().region().into())
}

/// How many blocks of 8 x 8 pixels the picture has: row after row from the top, an eighth of the width, rounded up, in
/// each. 0 if the picture is not open.
///
/// # Safety
///
/// `picture` is null or points to a structure.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_picture_blocks(picture: *const Picture) -> usize {
    // SAFETY: the caller promises that it is there unless it is null.
    let picture = unsafe { opened(picture) };
    picture.map_or(0, |picture| picture.image().blocks())
}

/// How many bytes a pixel takes in a format; 0 if there is no such format.
#[unsafe(no_mangle)]
pub extern "C" fn nice_format_bytes(format: u32) -> usize {
    with_format(format, &mut Bytes).unwrap_or(0)
}

/// Decodes row number `row` of blocks into the 8 lines (or those left in the last row) of a buffer of `length` bytes, each
/// `stride` bytes after the one before. What lies between lines is left as it is, and where it returns an error
/// nothing is written. `format` is a nice_format.
///
/// # Safety
///
/// `picture` is null or points to a structure, and `lines` is null or points to `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_decode_row(
    picture: *const Picture,
    row: u32,
    format: u32,
    lines: *mut u8,
    length: usize,
    stride: usize,
) -> Status {
    // SAFETY: the caller promises that what is not null is there, and nobody else's meanwhile.
    let (picture, lines) = unsafe { (opened(picture), bytes_mut(lines, length)) };
    decode(picture, What::Row(row), format, lines, stride)
}

/// Decodes a region of the picture, and only the blocks that it touches, into the lines of a buffer of `length` bytes, each
/// `stride` bytes after the one before. What lies between lines is left as it is, and where it returns an error
/// nothing is written. `format` is a nice_format.
///
/// # Safety
///
/// `picture` is null or points to a structure, and `lines` is null or points to `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_decode_region(
    picture: *const Picture,
    region: Region,
    format: u32,
    lines: *mut u8,
    length: usize,
    stride: usize,
) -> Status {
    // SAFETY: the caller promises that what is not null is there, and nobody else's meanwhile.
    let (picture, lines) = unsafe { (opened(picture), bytes_mut(lines, length)) };
    decode(picture, What::Region(region.into()), format, lines, stride)
}

/// Takes the uppermost strip of up to 8 lines off a region, where a row of blocks ends, so that strips can be decoded one
/// after the other with nice_decode_region without any block being decoded twice. False if nothing is left.
///
/// # Safety
///
/// `rest` and `strip` are each null or point to a structure.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_next_strip(rest: *mut Region, strip: *mut Region) -> bool {
    // SAFETY: the caller promises that what is not null is there. They may be one and the same, so no two references
    // are made of them.
    unsafe {
        if rest.is_null() || strip.is_null() {
            return false;
        }
        let mut strips = nice::Region::from(rest.read()).strips();
        let Some(next) = strips.next() else {
            return false;
        };
        rest.write(strips.rest().into());
        strip.write(next.into());
    }
    true
}

/// The colour of the pixel in column `x` and line `y`: red, green, blue.
///
/// # Safety
///
/// `picture` is null or points to a structure, and `rgb` is null or points to 3 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_texel(
    picture: *const Picture,
    x: u32,
    y: u32,
    rgb: *mut u8,
) -> Status {
    // SAFETY: the caller promises that what is not null is there, and nobody else's meanwhile.
    let (picture, rgb) = unsafe { (opened(picture), rgb.cast::<[u8; 3]>().as_mut()) };
    status::of(|| {
        let rgb = rgb.ok_or(Status::Argument)?;
        *rgb = picture?.texel(x, y)?;
        Ok(())
    })
}

/// Decodes a block by its index into 192 bytes: 8 lines of 8 pixels of red, green and blue. It is whole even where it
/// reaches over the right or lower edge of the picture.
///
/// # Safety
///
/// `picture` is null or points to a structure, and `block` is null or points to 192 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_decode_block(
    picture: *const Picture,
    index: usize,
    block: *mut u8,
) -> Status {
    // SAFETY: the caller promises that what is not null is there, and nobody else's meanwhile.
    let (picture, block) = unsafe {
        (
            opened(picture),
            block.cast::<[u8; BLOCK_SAMPLES]>().as_mut(),
        )
    };
    status::of(|| {
        let block = block.ok_or(Status::Argument)?;
        Ok(picture?.block(index, block)?)
    })
}

/// What a nice_status says, in English: a constant that ends with a zero, for every number.
#[unsafe(no_mangle)]
pub extern "C" fn nice_status_text(status: u32) -> *const c_char {
    status::text(status).as_ptr()
}

/// The bytes that a caller gives.
///
/// # Safety
///
/// `from` is null or points to `length` bytes that are there for as long as they are used.
unsafe fn bytes(from: *const u8, length: usize) -> Result<&'static [u8], Status> {
    if from.is_null() || length > isize::MAX as usize {
        return Err(Status::Argument);
    }
    // SAFETY: it is not null and no longer than anything can be, and the caller promises the rest.
    Ok(unsafe { slice::from_raw_parts(from, length) })
}

/// As [`bytes`], to be written to.
///
/// # Safety
///
/// As for [`bytes`], and nobody else uses them meanwhile.
unsafe fn bytes_mut<'b>(to: *mut u8, length: usize) -> Result<&'b mut [u8], Status> {
    if to.is_null() || length > isize::MAX as usize {
        return Err(Status::Argument);
    }
    // SAFETY: it is not null and no longer than anything can be, and the caller promises the rest.
    Ok(unsafe { slice::from_raw_parts_mut(to, length) })
}

/// The picture that a caller has opened.
///
/// # Safety
///
/// `picture` is null or points to a structure.
unsafe fn opened(picture: *const Picture) -> Result<nice::Picture<'static, 'static>, Status> {
    // SAFETY: the caller promises that it is there unless it is null.
    unsafe { picture.as_ref() }.ok_or(Status::Argument)?.kept()
}

/// Decodes a part of a picture into lines in a format.
fn decode(
    picture: Result<nice::Picture<'static, 'static>, Status>,
    what: What,
    format: u32,
    lines: Result<&mut [u8], Status>,
    stride: usize,
) -> Status {
    status::of(|| {
        let (picture, lines) = (&picture?, lines?);
        with_format(
            format,
            &mut Decode {
                picture,
                what,
                lines,
                stride,
            },
        )?
    })
}

/// Something that is done in a format of pixels.
trait InFormat {
    type Output;

    fn run<P: nice::Pixel>(&mut self) -> Self::Output;
}

/// Does something in a format.
fn with_format<T: InFormat>(format: u32, what: &mut T) -> Result<T::Output, Status> {
    const RGB888: u32 = Format::Rgb888 as u32;
    const BGR888: u32 = Format::Bgr888 as u32;
    const XRGB8888: u32 = Format::Xrgb8888 as u32;
    const RGB565_LE: u32 = Format::Rgb565Le as u32;
    const RGB565_BE: u32 = Format::Rgb565Be as u32;
    const BGR555_LE: u32 = Format::Bgr555Le as u32;
    const DITHERED_RGB565_LE: u32 = Format::DitheredRgb565Le as u32;
    const DITHERED_RGB565_BE: u32 = Format::DitheredRgb565Be as u32;
    const DITHERED_BGR555_LE: u32 = Format::DitheredBgr555Le as u32;
    Ok(match format {
        RGB888 => what.run::<Rgb888>(),
        BGR888 => what.run::<Bgr888>(),
        XRGB8888 => what.run::<Xrgb8888>(),
        RGB565_LE => what.run::<Rgb565Le>(),
        RGB565_BE => what.run::<Rgb565Be>(),
        BGR555_LE => what.run::<Bgr555Le>(),
        DITHERED_RGB565_LE => what.run::<Dithered<Rgb565Le>>(),
        DITHERED_RGB565_BE => what.run::<Dithered<Rgb565Be>>(),
        DITHERED_BGR555_LE => what.run::<Dithered<Bgr555Le>>(),
        _ => return Err(Status::Format),
    })
}

/// The bytes of a pixel.
struct Bytes;

impl InFormat for Bytes {
    type Output = usize;

    fn run<P: nice::Pixel>(&mut self) -> usize {
        P::BYTES
    }
}

/// Decoding a part of a picture into lines.
struct Decode<'a> {
    picture: &'a nice::Picture<'static, 'static>,
    what: What,
    lines: &'a mut [u8],
    stride: usize,
}

/// A part of a picture.
enum What {
    Row(u32),
    Region(nice::Region),
}

impl InFormat for Decode<'_> {
    type Output = Result<(), Status>;

    fn run<P: nice::Pixel>(&mut self) -> Result<(), Status> {
        match self.what {
            What::Row(row) => self.picture.row::<P>(row, self.lines, self.stride)?,
            What::Region(region) => self.picture.region::<P>(region, self.lines, self.stride)?,
        }
        Ok(())
    }
}

/// The linker asks for it; nothing calls it.
#[cfg(not(feature = "std"))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
