//! Regions of an image, and the strips that rows of blocks divide them into.

/// A rectangle of an image, in pixels. It may be empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Region {
    /// The first column.
    pub x: u32,
    /// The first line.
    pub y: u32,
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
}

impl From<Region> for nice_decode::Region {
    fn from(region: Region) -> Self {
        Self {
            x: region.x,
            y: region.y,
            width: region.width,
            height: region.height,
        }
    }
}

impl From<nice_decode::Region> for Region {
    fn from(region: nice_decode::Region) -> Self {
        Self {
            x: region.x,
            y: region.y,
            width: region.width,
            height: region.height,
        }
    }
}

/// Removes the first strip from `rest` and stores it in `strip`. Returns false if `rest` is empty.
///
/// A strip has up to 8 lines and ends where a row of blocks ends. If the strips of a region are
/// decoded one after the other, no block is decoded twice, and a buffer of 8 lines is enough.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nice_next_strip(rest: *mut Region, strip: *mut Region) -> bool {
    if rest.is_null() || strip.is_null() {
        return false;
    }
    // SAFETY: neither is null. They may be equal, so no references to them are made.
    unsafe {
        let mut strips = nice_decode::Region::from(rest.read()).strips();
        let Some(next) = strips.next() else {
            return false;
        };
        rest.write(strips.rest().into());
        strip.write(next.into());
    }
    true
}
