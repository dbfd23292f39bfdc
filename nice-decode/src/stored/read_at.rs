//! The trait by which an image is read that is not in memory.

use core::convert::Infallible;

/// Something that holds the file of an image, and can be read from any offset on: a file on an SD card, a part of a flash chip.
///
/// It is implemented for byte slices, and with the features `embedded-io` and `embedded-storage` by `IoFile` and `FlashFile` for
/// everything that has the traits of these crates. For anything else it takes a few lines:
///
/// ```
/// use nice_decode::ReadAt;
/// # struct Flash;
/// # struct BusError;
/// # impl Flash {
/// #     fn read(&mut self, _: u32, _: &mut [u8]) -> Result<(), BusError> { Ok(()) }
/// # }
///
/// /// A file in a flash chip.
/// struct FlashFile {
///     flash: Flash,
///     start: u32,
///     length: u32,
/// }
///
/// impl ReadAt for FlashFile {
///     type Error = BusError;
///
///     fn read_at(&mut self, offset: u32, buffer: &mut [u8]) -> Result<usize, BusError> {
///         let left = self.length.saturating_sub(offset) as usize;
///         let count = left.min(buffer.len());
///         self.flash.read(self.start + offset, &mut buffer[..count])?;
///         Ok(count)
///     }
/// }
/// ```
pub trait ReadAt {
    /// Why reading fails. It comes back in [`StorageError::Read`](crate::StorageError::Read).
    type Error;

    /// Reads the bytes from an offset on into the buffer, and returns how many it has read: as many as the buffer has, or fewer
    /// if the file ends before. From the end of the file on, and anywhere after it, that is 0.
    ///
    /// # Errors
    ///
    /// If the bytes cannot be read.
    fn read_at(&mut self, offset: u32, buffer: &mut [u8]) -> Result<usize, Self::Error>;
}

impl<R: ReadAt + ?Sized> ReadAt for &mut R {
    type Error = R::Error;

    fn read_at(&mut self, offset: u32, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        (**self).read_at(offset, buffer)
    }
}

impl ReadAt for &[u8] {
    type Error = Infallible;

    fn read_at(&mut self, offset: u32, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let rest = self.get(offset as usize..).unwrap_or_default();
        for (to, from) in buffer.iter_mut().zip(rest) {
            *to = *from;
        }
        Ok(rest.len().min(buffer.len()))
    }
}
