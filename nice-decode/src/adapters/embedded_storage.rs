//! Images in storage that implements the trait of embedded-storage.

use core::ops::Range;

use embedded_storage::ReadStorage;

use crate::stored::read_at::ReadAt;

/// A part of a flash chip, or of anything else with the trait `ReadStorage` of
/// [embedded-storage](https://docs.rs/embedded-storage), that has the file of an image.
///
/// ```
/// # struct Flash;
/// # impl embedded_storage::ReadStorage for Flash {
/// #     type Error = core::convert::Infallible;
/// #     fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
/// #         let file: &[u8] = include_bytes!("../../tests/data/image.nice");
/// #         bytes.copy_from_slice(&file[offset as usize - 0x1000..][..bytes.len()]);
/// #         Ok(())
/// #     }
/// #     fn capacity(&self) -> usize { 0x2000 }
/// # }
/// # let mut flash = Flash;
/// # let length = include_bytes!("../../tests/data/image.nice").len() as u32;
/// use nice_decode::{FlashFile, StoredImage};
///
/// let file = FlashFile::new(&mut flash, 0x1000..0x1000 + length);
/// let mut buffer = [0; 256];
/// let mut image = StoredImage::open(file, &mut buffer)?;
/// image.verify()?;
/// assert_eq!((image.width(), image.height()), (45, 19));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct FlashFile<'s, T> {
    storage: &'s mut T,
    start: u32,
    length: u32,
}

impl<'s, T: ReadStorage> FlashFile<'s, T> {
    /// The file at a range of addresses. It may be longer than the image, as a partition is; only
    /// [`verify`](crate::StoredImage::verify) refuses that. What is beyond the capacity of the storage does not belong to it.
    pub fn new(storage: &'s mut T, addresses: Range<u32>) -> Self {
        let capacity = u32::try_from(storage.capacity()).unwrap_or(u32::MAX);
        let Range { start, end } = addresses;
        Self {
            storage,
            start,
            length: end.min(capacity).saturating_sub(start),
        }
    }
}

impl<T: ReadStorage> ReadAt for FlashFile<'_, T> {
    type Error = T::Error;

    fn read_at(&mut self, offset: u32, buffer: &mut [u8]) -> Result<usize, T::Error> {
        let left = self.length.saturating_sub(offset) as usize;
        let count = left.min(buffer.len());
        match buffer.get_mut(..count) {
            // The end of the file, at most, which has an address of 32 bits.
            Some(part) if count > 0 => self.storage.read(self.start.wrapping_add(offset), part)?,
            _ => {}
        }
        Ok(count)
    }
}
