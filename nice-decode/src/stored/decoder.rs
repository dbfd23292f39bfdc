//! The decoder of an image in storage.

use core::fmt;

use super::error::StorageError;
use super::image::StoredImage;
use super::latents::StoredLatents;
use super::read_at::ReadAt;
use crate::block::Orientation;
use crate::decoder::Decoder;
use crate::error::{ModelMismatchError, OutputError};
use crate::model::Model;
use crate::output::format::PixelFormat;
use crate::output::region::{Region, Strips};
use crate::output::transform::Scale;

/// An image in storage and the model that it was encoded for, ready to be decoded: a [`Decoder`] that reads
/// latents when it needs them. The pixels are the same. A [`Deblocker`](crate::Deblocker) and single texels need an image in memory.
///
/// ```
/// use nice_decode::{Model, Region, Rgb888, StorageError, StoredDecoder, StoredImage};
/// # static MODEL: &[u8] = include_bytes!("../../tests/data/model.nicem");
/// # let file: &[u8] = include_bytes!("../../tests/data/image.nice");
///
/// let model = Model::from_bytes(MODEL)?;
/// let mut buffer = [0; 64];
/// let mut decoder = StoredDecoder::new(&model, StoredImage::open(file, &mut buffer)?)?;
/// let region = Region { x: 13, y: 5, width: 20, height: 12 };
/// let mut pixels = [0; 3 * 20 * 12];
/// match decoder.region::<Rgb888>(region, &mut pixels, 3 * 20) {
///     Ok(()) => {}
///     Err(StorageError::Read(error)) => println!("the card was removed: {error}"),
///     Err(other) => println!("{other}"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct StoredDecoder<'m, 'b, R: ReadAt> {
    /// The decoder of an image whose latents are in storage.
    decoder: Decoder<'m, 'static>,
    latents: StoredLatents<'b, R>,
}

impl<'m, 'b, R: ReadAt> StoredDecoder<'m, 'b, R> {
    /// Combines an image with the model that it was encoded for.
    ///
    /// # Errors
    ///
    /// [`ModelMismatchError`] if the image was encoded for another model.
    pub fn new(model: &Model<'m>, image: StoredImage<'b, R>) -> Result<Self, ModelMismatchError> {
        let StoredImage { image, latents } = image;
        let lengths = latents.lengths().into_iter();
        Ok(Self {
            decoder: Decoder::of_lengths(model, &image, lengths.take_while(|&bits| bits != 0))?,
            latents,
        })
    }

    /// The image again, for another model or to get back the storage.
    #[must_use]
    pub fn into_image(self) -> StoredImage<'b, R> {
        StoredImage {
            image: *self.decoder.image(),
            latents: self.latents,
        }
    }

    /// The same decoder of a picture at another size, like [`Decoder::reduced`].
    #[must_use]
    pub fn reduced(self, scale: Scale) -> Self {
        Self {
            decoder: self.decoder.reduced(scale),
            ..self
        }
    }

    /// The same decoder of a picture in another orientation, like [`Decoder::turned`].
    #[must_use]
    pub fn turned(self, orientation: Orientation) -> Self {
        Self {
            decoder: self.decoder.turned(orientation),
            ..self
        }
    }

    /// The size of the picture.
    #[must_use]
    pub const fn scale(&self) -> Scale {
        self.decoder.scale()
    }

    /// The orientation of the picture.
    #[must_use]
    pub const fn orientation(&self) -> Orientation {
        self.decoder.orientation()
    }

    /// The width of the picture in pixels, like [`Decoder::width`].
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.decoder.width()
    }

    /// The height of the picture in pixels, like [`Decoder::height`].
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.decoder.height()
    }

    /// The region of the whole picture.
    #[must_use]
    pub const fn bounds(&self) -> Region {
        self.decoder.bounds()
    }

    /// The number of rows of blocks of the picture.
    #[must_use]
    pub const fn rows(&self) -> u32 {
        self.decoder.rows()
    }

    /// A region divided into strips, like [`Decoder::strips`].
    #[must_use]
    pub const fn strips(&self, region: Region) -> Strips {
        self.decoder.strips(region)
    }

    /// The region of a row of blocks.
    ///
    /// # Errors
    ///
    /// [`OutputError::Row`] if there is no such row.
    pub fn row_region(&self, row: u32) -> Result<Region, OutputError> {
        self.decoder.row_region(row)
    }

    /// Decodes a row of blocks into the lines of a buffer, like [`Decoder::row`].
    ///
    /// # Errors
    ///
    /// [`StorageError::Output`] where [`Decoder::row`] has an error; nothing is read or written then. [`StorageError::Read`] and
    /// [`StorageError::Image`] if latents cannot be read, or are missing or damaged; some pixels may be written then.
    pub fn row<P: PixelFormat>(
        &mut self,
        row: u32,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), StorageError<R::Error>> {
        let region = self.decoder.row_region(row)?;
        self.region::<P>(region, lines, stride)
    }

    /// Decodes a region of the picture into the lines of a buffer, like [`Decoder::region`]. Only the blocks that it touches are
    /// read and decoded.
    ///
    /// # Errors
    ///
    /// Those of [`row`](Self::row).
    pub fn region<P: PixelFormat>(
        &mut self,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), StorageError<R::Error>> {
        self.decoder
            .region_from::<P, _>(&mut self.latents, region, lines, stride)?;
        self.latents.take_failure()
    }
}

impl<R: ReadAt> fmt::Debug for StoredDecoder<'_, '_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredDecoder")
            .field("model", self.decoder.model())
            .field("bounds", &self.bounds())
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<R: ReadAt> defmt::Format for StoredDecoder<'_, '_, R> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{} {=str}", self.bounds(), self.decoder.model().name());
    }
}
