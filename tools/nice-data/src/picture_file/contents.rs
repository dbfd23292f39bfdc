//! Which picture of a file is taken, if it has several, and what the file says beside its samples.

use std::borrow::Cow;
use std::io::Cursor;

use anyhow::{Context, Result};
use image::codecs::gif::GifDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, ImageFormat};
use tiff::decoder::Decoder as TiffDecoder;
use tiff::decoder::ifd::Value;
use tiff::tags::{ByteOrder, IfdPointer, Tag};

use super::color::Colors;

/// The picture of a file that is taken.
pub(super) struct Contents<'a> {
    /// A file whose first picture it is.
    pub bytes: Cow<'a, [u8]>,
    /// The format of that file.
    pub format: ImageFormat,
    /// The colors, if the format says it otherwise than by an ICC profile.
    pub colors: Option<Colors>,
    /// Whether the color samples are multiplied by alpha.
    pub associated_alpha: bool,
    /// What a person should know.
    pub notes: Vec<String>,
}

impl<'a> Contents<'a> {
    /// Looks at a file of a format. Faults of the file that its decoder will find are not reported here.
    ///
    /// # Errors
    ///
    /// When no picture of the file can be taken.
    pub fn of(bytes: &'a [u8], format: ImageFormat) -> Result<Self> {
        let mut contents = Contents {
            bytes: Cow::Borrowed(bytes),
            format,
            colors: None,
            associated_alpha: false,
            notes: Vec::new(),
        };
        match format {
            ImageFormat::Ico => contents.look_at_icon(bytes),
            ImageFormat::Tiff => {
                if let Ok(pages) = pages(bytes) {
                    contents.look_at_tiff(bytes, &pages)?;
                }
            }
            ImageFormat::Png => contents.look_at_png(),
            ImageFormat::Gif => {
                let decoder = GifDecoder::new(Cursor::new(bytes));
                let frames = decoder.map_or(0, |decoder| decoder.into_frames().take(2).count());
                contents.look_at_animation(frames > 1);
            }
            ImageFormat::WebP => {
                let decoder = WebPDecoder::new(Cursor::new(bytes));
                contents.look_at_animation(decoder.is_ok_and(|decoder| decoder.has_animation()));
            }
            _ => {}
        }
        Ok(contents)
    }

    /// Takes the largest picture of an icon.
    fn look_at_icon(&mut self, bytes: &'a [u8]) {
        let entries = icon_entries(bytes);
        if entries.len() > 1 {
            self.notes.push(format!(
                "the largest of its {} pictures is taken",
                entries.len()
            ));
        }
        let largest = entries.iter().max_by_key(|entry| (entry.size, entry.depth));
        let png = largest.and_then(|entry| bytes.get(entry.offset..)?.get(..entry.length));
        // The decoder of icons refuses PNG files without alpha.
        if let Some(png) = png.filter(|png| png.starts_with(b"\x89PNG")) {
            self.bytes = Cow::Borrowed(png);
            self.format = ImageFormat::Png;
            self.look_at_png();
        }
    }

    /// Takes the first picture of a TIFF file that is not a reduced copy of another.
    fn look_at_tiff(&mut self, bytes: &'a [u8], pages: &[Page]) -> Result<()> {
        let whole: Vec<&Page> = pages.iter().filter(|page| !page.is_reduced).collect();
        let Some(page) = whole.first().copied().or(pages.first()) else {
            return Ok(());
        };
        if page.is_raw {
            anyhow::bail!("it is a raw photograph; develop it with another program first");
        }
        if whole.len() > 1 {
            self.notes.push(format!(
                "the first of its {} pictures is taken",
                whole.len()
            ));
        }
        self.associated_alpha = page.has_associated_alpha;
        if page.offset != pages[0].offset {
            self.notes
                .push("its first picture is a reduced copy; the whole one is taken".to_owned());
            self.bytes = Cow::Owned(with_first_page(bytes, page.offset).context("it is cut off")?);
        }
        Ok(())
    }

    /// Reads what a PNG file says about its colors.
    fn look_at_png(&mut self) {
        let Ok(reader) = png::Decoder::new(Cursor::new(&self.bytes[..])).read_info() else {
            return;
        };
        let info = reader.info();
        let pair = |(x, y): (png::ScaledFloat, png::ScaledFloat)| (x.into_value(), y.into_value());
        // The order in which chunks count: PNG specification, third edition, section 4.3.
        self.colors = if let Some(points) = &info.coding_independent_code_points {
            Some(Colors::CodePoints {
                primaries: points.color_primaries,
                transfer: points.transfer_function,
            })
        } else if info.icc_profile.is_some() {
            None
        } else if info.srgb.is_some() {
            Some(Colors::Srgb)
        } else if info.gama_chunk.is_some() || info.chrm_chunk.is_some() {
            Some(Colors::Gamma {
                exponent: info.gama_chunk.map(png::ScaledFloat::into_value),
                chromaticities: info
                    .chrm_chunk
                    .map(|found| [found.white, found.red, found.green, found.blue].map(pair)),
            })
        } else {
            None
        };
        let animated = info
            .animation_control
            .is_some_and(|animation| animation.num_frames > 1);
        self.look_at_animation(animated);
    }

    /// Notes an animation.
    fn look_at_animation(&mut self, animated: bool) {
        if animated {
            self.notes
                .push("it is an animation; its first picture is taken".to_owned());
        }
    }
}

/// A picture of an icon.
struct IconEntry {
    /// The width and height in pixels, multiplied.
    size: u32,
    /// The bits of a pixel.
    depth: u16,
    /// Where it begins in the file.
    offset: usize,
    /// How many bytes it has.
    length: usize,
}

/// The pictures of an icon.
fn icon_entries(bytes: &[u8]) -> Vec<IconEntry> {
    let Some(&[.., low, high]) = bytes.first_chunk::<6>() else {
        return Vec::new();
    };
    let (entries, _) = bytes[6..].as_chunks::<16>();
    let entries = entries
        .iter()
        .take(usize::from(u16::from_le_bytes([low, high])));
    entries
        .map(|entry| {
            // 0 stands for 256.
            let side = |byte: u8| if byte == 0 { 256 } else { u32::from(byte) };
            let number = |at: usize| {
                u32::from_le_bytes(std::array::from_fn(|byte| entry[at + byte])) as usize
            };
            IconEntry {
                size: side(entry[0]) * side(entry[1]),
                depth: u16::from_le_bytes([entry[6], entry[7]]),
                length: number(8),
                offset: number(12),
            }
        })
        .collect()
}

/// A picture of a TIFF file.
struct Page {
    /// The offset of its directory.
    offset: u64,
    /// Whether it is a reduced copy of another one, such as a thumbnail.
    is_reduced: bool,
    /// Whether its samples are those of a sensor.
    is_raw: bool,
    /// Whether its color samples are multiplied by alpha.
    has_associated_alpha: bool,
}

/// The number of pictures of a TIFF file that are looked at.
const MAX_PAGES: usize = 64;

/// Of the kind of a picture: that it is a reduced copy.
const REDUCED: u64 = 1;

/// The photometric interpretation of the samples of a sensor.
const COLOR_FILTER_ARRAY: u64 = 32_803;

/// The kind of an extra sample that is alpha by which the others are multiplied.
const ASSOCIATED_ALPHA: u64 = 1;

/// The pictures of a TIFF file, each followed by those within it.
fn pages(bytes: &[u8]) -> Result<Vec<Page>> {
    let mut decoder = TiffDecoder::new(Cursor::new(bytes))?;
    let mut pages = Vec::new();
    let mut next = decoder.ifd_pointer();
    while let Some(pointer) = next.filter(|_| pages.len() < MAX_PAGES) {
        let directory = decoder.read_directory(pointer)?;
        next = directory.next();
        let mut within = vec![(pointer, directory)];
        let pointers = values(&mut decoder, &within[0].1, Tag::SubIfd);
        for pointer in pointers.into_iter().map(IfdPointer).take(MAX_PAGES) {
            // A damaged one is left out.
            within.extend(
                decoder
                    .read_directory(pointer)
                    .ok()
                    .map(|found| (pointer, found)),
            );
        }
        for (pointer, directory) in &within {
            let first = |decoder: &mut _, tag| values(decoder, directory, tag).first().copied();
            pages.push(Page {
                offset: pointer.0,
                is_reduced: first(&mut decoder, Tag::NewSubfileType).unwrap_or(0) & REDUCED != 0,
                is_raw: first(&mut decoder, Tag::PhotometricInterpretation)
                    == Some(COLOR_FILTER_ARRAY),
                has_associated_alpha: first(&mut decoder, Tag::ExtraSamples)
                    == Some(ASSOCIATED_ALPHA),
            });
        }
    }
    Ok(pages)
}

/// The numbers of a tag; none if it is missing.
fn values(
    decoder: &mut TiffDecoder<Cursor<&[u8]>>,
    directory: &tiff::Directory,
    tag: Tag,
) -> Vec<u64> {
    let found = decoder.read_directory_tags(directory).find_tag(tag);
    let numbers = found.ok().flatten().map(Value::into_u64_vec);
    numbers.and_then(Result::ok).unwrap_or_default()
}

/// A TIFF file whose first picture has its directory at this offset.
fn with_first_page(bytes: &[u8], offset: u64) -> Option<Vec<u8>> {
    let order = match bytes.first()? {
        b'I' => ByteOrder::LittleEndian,
        _ => ByteOrder::BigEndian,
    };
    let number = |bytes: &[u8]| match order {
        ByteOrder::LittleEndian => u16::from_le_bytes([bytes[0], bytes[1]]),
        ByteOrder::BigEndian => u16::from_be_bytes([bytes[0], bytes[1]]),
    };
    /// The version of a TIFF file with offsets of 8 bytes.
    const BIG: u16 = 43;
    let mut file = bytes.to_vec();
    if number(bytes.get(2..4)?) == BIG {
        let to = file.get_mut(8..16)?;
        to.copy_from_slice(&match order {
            ByteOrder::LittleEndian => offset.to_le_bytes(),
            ByteOrder::BigEndian => offset.to_be_bytes(),
        });
    } else {
        let offset = u32::try_from(offset).ok()?;
        let to = file.get_mut(4..8)?;
        to.copy_from_slice(&match order {
            ByteOrder::LittleEndian => offset.to_le_bytes(),
            ByteOrder::BigEndian => offset.to_be_bytes(),
        });
    }
    Some(file)
}
