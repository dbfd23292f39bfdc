//! The decoder of NICE images, as the `image` crate defines decoders.

use std::io::Read;

use image::error::{DecodingError, ImageFormatHint, UnsupportedError, UnsupportedErrorKind};
use image::{ColorType, ImageDecoder, ImageError, ImageResult};
use nice_decode::{Deblocker, Decoder, Image, Model, ModelId, Rgb888, pretrained};

/// The name of the format, which is also the file name extension.
pub(crate) const FORMAT_NAME: &str = "nice";

/// Decodes a NICE image to 8-bit RGB, deblocked if its model has a filter for that.
#[derive(Clone, Debug)]
pub struct NiceDecoder<'m> {
    file: Vec<u8>,
    model: Model<'m>,
    size: (u32, u32),
    deblocking: bool,
}

impl NiceDecoder<'static> {
    /// Reads an image that was encoded for one of the pretrained models.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is not a NICE image, is damaged, or was encoded for another model.
    pub fn new(reader: impl Read) -> ImageResult<Self> {
        let file = read(reader)?;
        let id = Image::from_bytes(&file).map_err(decoding_error)?.model_id();
        let model = pretrained::ALL
            .iter()
            .filter_map(|model| Model::from_trusted_bytes(model).ok())
            .find(|model| model.id() == id)
            .ok_or_else(|| unknown_model(id))?;
        Self::from_file(file, model)
    }
}

impl<'m> NiceDecoder<'m> {
    /// Reads an image that was encoded for a model, given the contents of the model's `.nicem` file.
    ///
    /// # Errors
    ///
    /// If the image cannot be read, if it or the model is something else or damaged, or if the image was encoded for another
    /// model.
    pub fn with_model(reader: impl Read, model: &'m [u8]) -> ImageResult<Self> {
        let model = Model::from_bytes(model).map_err(decoding_error)?;
        Self::from_file(read(reader)?, model)
    }

    /// Checks the image and that it was encoded for the model.
    fn from_file(file: Vec<u8>, model: Model<'m>) -> ImageResult<Self> {
        let image = Image::from_bytes(&file).map_err(decoding_error)?;
        Decoder::new(&model, &image).map_err(decoding_error)?;
        let size = (image.width(), image.height());
        Ok(Self {
            file,
            model,
            size,
            deblocking: true,
        })
    }

    /// Turns deblocking on or off; it is on by default. It has no effect if the model has no deblocking filter.
    pub fn set_deblocking(&mut self, enabled: bool) {
        self.deblocking = enabled;
    }
}

impl ImageDecoder for NiceDecoder<'_> {
    fn dimensions(&self) -> (u32, u32) {
        self.size
    }

    fn color_type(&self) -> ColorType {
        ColorType::Rgb8
    }

    fn read_image(self, buf: &mut [u8]) -> ImageResult<()> {
        assert_eq!(
            u64::try_from(buf.len()),
            Ok(self.total_bytes()),
            "the buffer must have total_bytes() bytes"
        );
        let image = Image::from_trusted_bytes(&self.file).map_err(decoding_error)?;
        let decoder = Decoder::new(&self.model, &image).map_err(decoding_error)?;
        let (region, stride) = (image.region(), 3 * self.size.0 as usize);
        if self.deblocking {
            let mut memory = vec![0; Deblocker::memory_bytes(&decoder, region)];
            Deblocker::new(&decoder, region, &mut memory)
                .and_then(|mut deblocker| deblocker.region::<Rgb888>(region, buf, stride))
        } else {
            decoder.region::<Rgb888>(region, buf, stride)
        }
        .map_err(decoding_error)
    }

    fn read_image_boxed(self: Box<Self>, buf: &mut [u8]) -> ImageResult<()> {
        (*self).read_image(buf)
    }
}

/// Reads the rest of a file.
fn read(mut reader: impl Read) -> ImageResult<Vec<u8>> {
    let mut file = Vec::new();
    reader.read_to_end(&mut file)?;
    Ok(file)
}

/// The format, for errors.
fn format_hint() -> ImageFormatHint {
    ImageFormatHint::Name(FORMAT_NAME.to_owned())
}

/// An error of `nice-decode` as one of the `image` crate.
fn decoding_error(error: impl std::error::Error + Send + Sync + 'static) -> ImageError {
    ImageError::Decoding(DecodingError::new(format_hint(), error))
}

/// The error for an image that was encoded for a model that is not pretrained.
fn unknown_model(id: ModelId) -> ImageError {
    let feature =
        format!("model {id}, which is not pretrained: open the image with NiceDecoder::with_model");
    ImageError::Unsupported(UnsupportedError::from_format_and_kind(
        format_hint(),
        UnsupportedErrorKind::GenericFeature(feature),
    ))
}
