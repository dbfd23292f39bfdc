//! Slices of the bytes that C passes as a pointer and a length.

use core::slice;

use crate::status::Status;

/// The bytes at a pointer.
///
/// # Errors
///
/// [`Status::Argument`] if the pointer is null or the length is impossible.
///
/// # Safety
///
/// `from` is null or points to `length` bytes that do not change as long as they are used.
pub(crate) unsafe fn bytes(from: *const u8, length: usize) -> Result<&'static [u8], Status> {
    if from.is_null() || length > isize::MAX as usize {
        return Err(Status::Argument);
    }
    // SAFETY: the pointer is not null, a slice can be that long, and the caller ensures the rest.
    Ok(unsafe { slice::from_raw_parts(from, length) })
}

/// The bytes at a pointer, to be written to.
///
/// # Errors
///
/// [`Status::Argument`] if the pointer is null or the length is impossible.
///
/// # Safety
///
/// `to` is null or points to `length` bytes that nothing else accesses as long as they are used.
pub(crate) unsafe fn bytes_mut<'b>(to: *mut u8, length: usize) -> Result<&'b mut [u8], Status> {
    if to.is_null() || length > isize::MAX as usize {
        return Err(Status::Argument);
    }
    // SAFETY: the pointer is not null, a slice can be that long, and the caller ensures the rest.
    Ok(unsafe { slice::from_raw_parts_mut(to, length) })
}
