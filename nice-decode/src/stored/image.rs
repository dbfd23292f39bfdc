//! An image in storage, opened by its header.

use core::fmt;

use super::error::StorageError;
use super::latents::StoredLatents;
use super::read_at::ReadAt;
use crate::container::id::ModelId;
use crate::container::image::{Image, Layout};

/// An image file that is not in memory but in storage: on an SD card, on a flash chip, in a file system.
///
/// It has a buffer of the caller's, of any length, that holds a part of the file, and less than 256 bytes more where pointers have four. From top to
/// bottom, every byte is read once, a whole buffer at a time; turned by 90 degrees, or in a region, a buffer for every few blocks. A
/// good length is that of a sector, 512 bytes.
///
/// To decode it, combine it with the model that it was encoded for: [`StoredDecoder::new`](crate::StoredDecoder::new).
///
/// ```
/// use nice_decode::{Model, Rgb565Be, StoredDecoder, StoredImage};
/// # fn send(_: &[u8]) {}
/// # static MODEL: &[u8] = include_bytes!("../../tests/data/model.nicem");
/// # let file: &[u8] = include_bytes!("../../tests/data/image.nice");
///
/// let model = Model::from_bytes(MODEL)?;
/// let mut buffer = [0; 512];
/// // `file` is anything that implements `ReadAt`.
/// let mut image = StoredImage::open(file, &mut buffer)?;
/// image.verify()?; // reads all of the file
/// let mut decoder = StoredDecoder::new(&model, image)?;
/// let mut lines = [0; 8 * 64 * 2];
/// for row in 0..decoder.rows() {
///     decoder.row::<Rgb565Be>(row, &mut lines, 64 * 2)?;
///     send(&lines);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct StoredImage<'b, R: ReadAt> {
    /// The size and model; its latents are in storage.
    pub(super) image: Image<'static>,
    pub(super) latents: StoredLatents<'b, R>,
}

#[cfg(target_pointer_width = "32")]
const _: () = assert!(size_of::<StoredImage<'_, &[u8]>>() < 256);

impl<'b, R: ReadAt> StoredImage<'b, R> {
    /// Reads the header of an image file. The storage can be lent as `&mut R`.
    ///
    /// # Errors
    ///
    /// [`StorageError::Read`] if it cannot be read, and [`StorageError::Image`] if the file is not an image, has another version
    /// or a header that is not valid, or would have more than 2^32 bytes. Faults that come later are found by
    /// [`verify`](Self::verify), or when blocks are decoded.
    pub fn open(storage: R, buffer: &'b mut [u8]) -> Result<Self, StorageError<R::Error>> {
        let (header, latents) = StoredLatents::open(storage, buffer)?;
        Ok(Self {
            image: Image::without_latents(&header),
            latents,
        })
    }

    /// Reads all of the file, and checks everything that [`Image::from_bytes`] does: the checksum, the index of the adaptive
    /// layout, and that nothing follows the image. In the adaptive layout, the file is read twice.
    ///
    /// # Errors
    ///
    /// [`StorageError::Read`] if it cannot be read, [`StorageError::Image`] if it is truncated, too long or damaged.
    pub fn verify(&mut self) -> Result<(), StorageError<R::Error>> {
        self.latents.verify()
    }

    /// The width in pixels, at least 1.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.image.width()
    }

    /// The height in pixels, at least 1.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.image.height()
    }

    /// How the latents are stored.
    #[must_use]
    pub const fn layout(&self) -> Layout {
        if self.latents.is_adaptive() {
            Layout::Adaptive
        } else {
            Layout::Fixed
        }
    }

    /// The number of blocks.
    #[must_use]
    pub const fn blocks(&self) -> usize {
        self.latents.blocks()
    }

    /// The id of the model that the image was encoded for.
    #[must_use]
    pub const fn model_id(&self) -> ModelId {
        self.image.model_id()
    }

    /// The storage; the buffer is free then.
    #[must_use]
    pub fn into_storage(self) -> R {
        self.latents.into_storage()
    }
}

impl<R: ReadAt> fmt::Display for StoredImage<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "image of {} x {} pixels in {} blocks, {} layout, encoded for model {}",
            self.width(),
            self.height(),
            self.blocks(),
            self.layout(),
            self.model_id()
        )
    }
}

impl<R: ReadAt> fmt::Debug for StoredImage<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredImage")
            .field("width", &self.width())
            .field("height", &self.height())
            .field("model", &self.model_id())
            .field("blocks", &self.blocks())
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<R: ReadAt> defmt::Format for StoredImage<'_, R> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(
            f,
            "image of {} x {} pixels in {} blocks, {} layout, encoded for model {}",
            self.width(),
            self.height(),
            self.blocks(),
            self.layout(),
            self.model_id()
        );
    }
}
