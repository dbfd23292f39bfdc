//! Images in files that implement the traits of embedded-io.

use embedded_io::{Read, Seek, SeekFrom};

use crate::stored::read_at::ReadAt;

/// A file with the traits `Read` and `Seek` of [embedded-io](https://docs.rs/embedded-io), as something that an image can be read from.
///
/// ```
/// # // A file in memory.
/// # struct Card { at: usize }
/// # impl embedded_io::ErrorType for Card { type Error = core::convert::Infallible; }
/// # impl embedded_io::Read for Card {
/// #     fn read(&mut self, to: &mut [u8]) -> Result<usize, Self::Error> {
/// #         let file: &[u8] = include_bytes!("../../tests/data/image.nice");
/// #         let count = to.len().min(file.len() - self.at).min(7);
/// #         to[..count].copy_from_slice(&file[self.at..][..count]);
/// #         self.at += count;
/// #         Ok(count)
/// #     }
/// # }
/// # impl embedded_io::Seek for Card {
/// #     fn seek(&mut self, to: embedded_io::SeekFrom) -> Result<u64, Self::Error> {
/// #         self.at = match to {
/// #             embedded_io::SeekFrom::Start(at) => at as usize,
/// #             _ => include_bytes!("../../tests/data/image.nice").len(),
/// #         };
/// #         Ok(self.at as u64)
/// #     }
/// # }
/// # let mut file = Card { at: 0 };
/// use nice_decode::{IoFile, StoredImage};
///
/// let mut buffer = [0; 512];
/// let mut image = StoredImage::open(IoFile::new(&mut file)?, &mut buffer)?;
/// image.verify()?;
/// assert_eq!((image.width(), image.height()), (45, 19));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct IoFile<T> {
    file: T,
    length: u64,
}

impl<T: Read + Seek> IoFile<T> {
    /// Goes to the end of a file, which says how long it is. The file can be lent as `&mut T`.
    ///
    /// # Errors
    ///
    /// That of the file.
    pub fn new(mut file: T) -> Result<Self, T::Error> {
        let length = file.seek(SeekFrom::End(0))?;
        Ok(Self { file, length })
    }

    /// The file.
    pub fn into_inner(self) -> T {
        self.file
    }
}

impl<T: Read + Seek> ReadAt for IoFile<T> {
    type Error = T::Error;

    fn read_at(&mut self, offset: u32, buffer: &mut [u8]) -> Result<usize, T::Error> {
        // Some files cannot be read from where they have no bytes.
        if u64::from(offset) >= self.length {
            return Ok(0);
        }
        self.file.seek(SeekFrom::Start(offset.into()))?;
        let mut read = 0;
        while let Some(rest) = buffer.get_mut(read..)
            && !rest.is_empty()
        {
            let count = self.file.read(rest)?;
            if count == 0 {
                break;
            }
            read = read.saturating_add(count);
        }
        Ok(read)
    }
}
