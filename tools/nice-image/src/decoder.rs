//! The decoder of the `image` crate for `.nice` pictures, and the hook that makes programs find it.

use std::io::Read;

use image::error::{DecodingError, ImageFormatHint, UnsupportedError, UnsupportedErrorKind};
use image::{ColorType, ImageDecoder, ImageError, ImageResult};
use nice_decode::{BLOCK, Decoder, Image, Rgb888, models};

/// The ending of the files, which is the name of the format as well.
const ENDING: &str = "nice";

/// Makes the `image` crate open `.nice` pictures: by the ending of their names, and by their first bytes. Says whether this
/// was the first call.
pub fn register() -> bool {
    let first = image::hooks::register_decoding_hook(
        ENDING.into(),
        Box::new(|reader| Ok(Box::new(NiceDecoder::new(reader)?))),
    );
    if first {
        image::hooks::register_format_detection_hook(ENDING.into(), b"NICE", None);
    }
    first
}

/// Decodes a `.nice` picture, with the borders between its blocks smoothed if its model can.
#[derive(Clone, Debug)]
pub struct NiceDecoder<'m> {
    file: Vec<u8>,
    decoder: Decoder<'m>,
    size: (u32, u32),
    smooth: bool,
}

impl NiceDecoder<'static> {
    /// Reads a picture that was made with one of the pretrained models.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is no `.nice` picture, is damaged, or was made with another model.
    pub fn new(reader: impl Read) -> ImageResult<Self> {
        let file = read(reader)?;
        let id = Image::from_bytes(&file).map_err(wrong)?.model_id();
        let decoder = models::ALL
            .iter()
            .filter_map(|model| Decoder::from_trusted_bytes(model).ok())
            .find(|decoder| decoder.id() == id)
            .ok_or_else(|| {
                ImageError::Unsupported(UnsupportedError::from_format_and_kind(
                    hint(),
                    UnsupportedErrorKind::GenericFeature(format!(
                        "pictures made with the model {id}, which is none of the pretrained ones"
                    )),
                ))
            })?;
        Self::made(file, decoder)
    }
}

impl<'m> NiceDecoder<'m> {
    /// Reads a picture that was made with the model in these bytes of a `.nicem` file.
    ///
    /// # Errors
    ///
    /// When either cannot be read or is damaged, or the picture was made with another model.
    pub fn with_model(reader: impl Read, model: &'m [u8]) -> ImageResult<Self> {
        Self::made(read(reader)?, Decoder::from_bytes(model).map_err(wrong)?)
    }

    fn made(file: Vec<u8>, decoder: Decoder<'m>) -> ImageResult<Self> {
        let image = Image::from_bytes(&file).map_err(wrong)?;
        let picture = decoder.open(&image).map_err(wrong)?;
        let size = (picture.image().width(), picture.image().height());
        Ok(Self {
            file,
            decoder,
            size,
            smooth: true,
        })
    }

    /// Whether the borders between blocks are smoothed; they are if nobody says otherwise.
    pub fn set_smooth(&mut self, smooth: bool) {
        self.smooth = smooth;
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
            "the buffer has to be as long as total_bytes says"
        );
        let image = Image::from_trusted_bytes(&self.file).map_err(wrong)?;
        let picture = self.decoder.open(&image).map_err(wrong)?;
        let stride = 3 * self.size.0 as usize;
        let mut work = vec![0; picture.smooth_bytes()];
        let mut smooth = picture.smooth(&mut work).map_err(wrong)?;
        for (row, lines) in (0..).zip(buf.chunks_mut(stride * BLOCK)) {
            if self.smooth {
                smooth.row::<Rgb888>(row, lines, stride).map_err(wrong)?;
            } else {
                picture.row::<Rgb888>(row, lines, stride).map_err(wrong)?;
            }
        }
        Ok(())
    }

    fn read_image_boxed(self: Box<Self>, buf: &mut [u8]) -> ImageResult<()> {
        (*self).read_image(buf)
    }
}

fn hint() -> ImageFormatHint {
    ImageFormatHint::Name(ENDING.to_owned())
}

fn wrong(error: impl std::error::Error + Send + Sync + 'static) -> ImageError {
    ImageError::Decoding(DecodingError::new(hint(), error))
}

fn read(mut reader: impl Read) -> ImageResult<Vec<u8>> {
    let mut file = Vec::new();
    reader.read_to_end(&mut file)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn a_picture_opens_by_its_first_bytes_after_one_call() {
        register();
        assert!(!register());
        let opened = image::ImageReader::new(Cursor::new(crate::example()))
            .with_guessed_format()
            .unwrap()
            .decode()
            .unwrap()
            .into_rgb8();
        let file = crate::example();
        let image = Image::from_bytes(&file).unwrap();
        let decoder = Decoder::from_bytes(models::M).unwrap();
        let expected = tools::decode::decode_picture(&decoder, &image, true).unwrap();
        assert_eq!(opened.dimensions(), (20, 12));
        assert_eq!(opened.as_raw(), expected.rgb());
    }

    #[test]
    fn borders_can_be_left_as_they_are() {
        let mut decoder = NiceDecoder::new(&crate::example()[..]).unwrap();
        decoder.set_smooth(false);
        let mut pixels = vec![0; decoder.total_bytes() as usize];
        decoder.read_image(&mut pixels).unwrap();
        let file = crate::example();
        let image = Image::from_bytes(&file).unwrap();
        let decoder = Decoder::from_bytes(models::M).unwrap();
        let expected = tools::decode::decode_picture(&decoder, &image, false).unwrap();
        assert_eq!(pixels, expected.rgb());
    }

    #[test]
    fn what_is_damaged_or_of_another_model_is_refused_with_the_reason() {
        let refused = |file: &[u8]| NiceDecoder::new(file).unwrap_err().to_string();
        let mut damaged = crate::example();
        damaged[30] ^= 1;
        assert!(
            refused(&damaged).contains("checksum"),
            "{}",
            refused(&damaged)
        );
        assert!(refused(&damaged[..20]).contains("cut short"));
        let mut other = crate::example();
        other[16] ^= 1;
        let end = other.len() - 4;
        let checksum = nice_decode::crc32(&other[..end]).to_le_bytes();
        other[end..].copy_from_slice(&checksum);
        assert!(refused(&other).contains("model"), "{}", refused(&other));
        let of_s = NiceDecoder::with_model(&crate::example()[..], models::S).unwrap_err();
        assert!(of_s.to_string().contains("not with model"), "{of_s}");
    }
}
