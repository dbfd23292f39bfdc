//! A picture or a region of it with the borders between its blocks smoothed.

use core::fmt;

use crate::block::{BLOCK, LINE_SAMPLES};
use crate::boundary::{Checked, REACH};
use crate::frame::Frame;
use crate::network::NATIVE;
use crate::pixel::sealed::Write;
use crate::region::SIDE;
use crate::tones::Tones;
use crate::{Decoder, Latent, LinesError, Picture, Pixel, Region, Rgb888, codebook};

/// How many lines of the picture are kept: two rows of blocks.
const KEPT: usize = 2 * BLOCK;

/// Samples that a border changes on each of its sides, in the type of a picture's columns and lines.
const MARGIN: u32 = REACH as u32;

/// Decodes a picture or a region of it with the borders between blocks smoothed by the model's own filter, from
/// [`Picture::smooth`] or [`Picture::smooth_region`].
///
/// It keeps two rows of blocks in a buffer that the caller lends it, since what a border looks like depends on the
/// blocks on both of its sides. Regions can be asked for in any order; from top to bottom (as [`Region::strips`] go)
/// every block is decoded once, otherwise a row of blocks takes up to three.
///
/// The borders cost 48 multiplications for a pixel of the picture beside what decoding costs: 24 lines of samples
/// across a vertical border and 24 across a horizontal one for every block of 64 pixels, 8 of them made from 8 each
/// time.
///
/// ```
/// use nice_decode::{Decoder, Image, Region, Rgb888};
/// # fn show(model: &[u8], file: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
/// let decoder = Decoder::from_bytes(model)?;
/// let image = Image::from_bytes(file)?;
/// let picture = decoder.open(&image)?;
///
/// // The whole picture.
/// let mut work = vec![0; picture.smooth_bytes()];
/// let mut smooth = picture.smooth(&mut work)?;
/// let stride = 3 * image.width() as usize;
/// let mut pixels = vec![0; stride * image.height() as usize];
/// smooth.region::<Rgb888>(image.region(), &mut pixels, stride)?;
///
/// // A region of it, 8 lines at a time.
/// let region = Region { x: 13, y: 5, width: 20, height: 12 };
/// let mut work = [0; 384 * 5]; // it is never more than 384 * (20_u32.div_ceil(8) + 2)
/// let mut smooth = picture.smooth_region(region, &mut work)?;
/// let mut lines = [0; 8 * 3 * 20];
/// for strip in region.strips() {
///     smooth.region::<Rgb888>(strip, &mut lines, 3 * 20)?;
/// #   let at = strip.y as usize * stride + 3 * strip.x as usize;
/// #   assert_eq!(lines[..60], pixels[at..at + 60]);
/// }
/// # Ok(())
/// # }
/// # let model = include_bytes!("../../firmware-example/model.nicem");
/// # show(model, include_bytes!("../../firmware-example/picture.nice")).unwrap();
/// ```
pub struct Smooth<'m, 'p, 'w> {
    picture: Picture<'m, 'p>,
    filter: Option<Checked<'m>>,
    /// What can be asked for.
    region: Region,
    /// Two rows of blocks, those with even numbers in the first half.
    work: &'w mut [u8],
    held: Option<Held>,
}

/// Which rows of blocks have been decoded one after the other, the borders between them smoothed. The last two of them
/// are in the buffer.
#[derive(Clone, Copy, Debug)]
struct Held {
    first: u32,
    last: u32,
}

impl<'m, 'p, 'w> Smooth<'m, 'p, 'w> {
    pub(crate) fn new(
        picture: Picture<'m, 'p>,
        region: Region,
        work: &'w mut [u8],
    ) -> Result<Self, LinesError> {
        let whole = picture.image().region();
        if !whole.contains(&region) {
            return Err(LinesError::Outside { region, whole });
        }
        let needed = bytes(&picture, &region);
        let found = work.len();
        let Some(work) = work.get_mut(..needed) else {
            return Err(LinesError::Buffer { found, needed });
        };
        Ok(Self {
            picture,
            filter: picture.decoder().boundary(),
            region,
            work,
            held: None,
        })
    }

    /// The picture.
    #[must_use]
    pub const fn picture(&self) -> &Picture<'m, 'p> {
        &self.picture
    }

    /// What can be asked for: the whole picture after [`Picture::smooth`], otherwise what was given to
    /// [`Picture::smooth_region`].
    #[must_use]
    pub const fn within(&self) -> Region {
        self.region
    }

    /// Decodes a row of blocks into the lines of a buffer, exactly as [`Picture::row`] does, but smoothed, and only the
    /// columns [within](Self::within) which it smooths. With a model that has no filter they are as they are.
    ///
    /// # Errors
    ///
    /// As [`Picture::row`], and if not all lines of the row are within what it smooths; nothing is written then.
    pub fn row<P: Pixel>(
        &mut self,
        row: u32,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), LinesError> {
        self.region::<P>(self.row_region(row)?, lines, stride)
    }

    /// As [`row`](Self::row), but always compiled into its caller, with the processor features that the caller is
    /// compiled for.
    #[inline(always)]
    pub fn row_inline<P: Pixel>(
        &mut self,
        row: u32,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), LinesError> {
        self.region_inline::<P>(self.row_region(row)?, lines, stride)
    }

    /// A row of blocks as a region, as wide as what is smoothed.
    #[inline(always)]
    fn row_region(&self, row: u32) -> Result<Region, LinesError> {
        Ok(Region {
            x: self.region.x,
            width: self.region.width,
            ..self.picture.row_region(row)?
        })
    }

    /// Decodes a region [within](Self::within) what it smooths into the lines of a buffer, exactly as
    /// [`Picture::region`] does, but smoothed. With a model that has no filter the result is that of
    /// [`Picture::region`].
    ///
    /// # Errors
    ///
    /// [`LinesError`] if the region is not within what it smooths, if the stride is shorter than a line, or if the
    /// lines do not fit into the buffer; nothing is written then.
    pub fn region<P: Pixel>(
        &mut self,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), LinesError> {
        if self.filter.is_none() && self.region.contains(&region) {
            return self.picture.region::<P>(region, lines, stride);
        }
        self.region_with::<P, false>(region, lines, stride)
    }

    /// As [`region`](Self::region), but always compiled into its caller, with the processor features that the caller is
    /// compiled for.
    #[inline(always)]
    pub fn region_inline<P: Pixel>(
        &mut self,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), LinesError> {
        if self.filter.is_none() && self.region.contains(&region) {
            return self.picture.region_inline::<P>(region, lines, stride);
        }
        self.region_with::<P, true>(region, lines, stride)
    }

    /// Decodes a region, decoding and filtering compiled into the caller or not.
    #[inline(always)]
    fn region_with<P: Pixel, const INLINE: bool>(
        &mut self,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), LinesError> {
        let whole = self.region;
        if !whole.contains(&region) {
            return Err(LinesError::Outside { region, whole });
        }
        let frame = Frame::new::<P>(&region, lines.len(), stride)?;
        let blocks_wide = self.picture.image().blocks_wide();
        let kept = whole.columns(MARGIN, blocks_wide);
        let (first, count) = region.columns(0, blocks_wide);
        let before = first.saturating_sub(kept.0);
        let mut lines = lines;
        for strip in region.strips() {
            let place = frame.strip(&strip);
            if INLINE {
                let decoder = *self.picture.decoder();
                self.prepare(&strip, kept, &mut Inline(decoder));
            } else {
                self.prepare_apart(&strip, kept);
            }
            let half = self.work.len() / 2;
            let (even, odd) = self.work.split_at_mut(half);
            let shown = half_of(strip.y / SIDE, even, odd);
            let line_bytes = shown.len() / BLOCK;
            for (y, line) in shown.chunks_exact(line_bytes.max(1)).enumerate() {
                let blocks = line.as_chunks::<LINE_SAMPLES>().0.iter();
                for (column, samples) in blocks.skip(before).take(count).enumerate() {
                    place.put::<P>(lines, column, y, samples);
                }
            }
            lines = frame.after(&strip, lines);
        }
        Ok(())
    }

    /// As [`prepare`](Self::prepare), compiled once, however many formats of pixels a program uses.
    fn prepare_apart(&mut self, strip: &Region, kept: (usize, usize)) {
        let decoder = *self.picture.decoder();
        if let Some(codebook) = decoder.narrow() {
            self.prepare_narrow(codebook, strip, kept);
        } else {
            self.prepare_lines(&decoder, strip, kept);
        }
    }

    /// As [`prepare_apart`](Self::prepare_apart), with a codebook where registers are narrow. With a stack frame of its
    /// own.
    #[inline(never)]
    fn prepare_narrow(
        &mut self,
        codebook: &codebook::Checked<'m>,
        strip: &Region,
        kept: (usize, usize),
    ) {
        let tones = Tones::NONE;
        self.prepare(strip, kept, &mut Narrow { codebook, tones });
    }

    /// As [`prepare_apart`](Self::prepare_apart), line after line of every block.
    #[inline(never)]
    fn prepare_lines(&mut self, decoder: &Decoder<'m>, strip: &Region, kept: (usize, usize)) {
        self.prepare(strip, kept, &mut Apart(decoder));
    }

    /// Sees to it that the row of blocks in which a strip lies is in the buffer, in the columns that are kept, and that
    /// those of its lines that are in the strip are smoothed.
    #[inline(always)]
    fn prepare(&mut self, strip: &Region, kept: (usize, usize), block: &mut impl Block) {
        // A copy of it, which no sample that is written can change.
        let Some(filter) = self.filter else {
            return;
        };
        let row = strip.y / SIDE;
        let from = strip.y % SIDE;
        // A border changes the lines on its two sides; lines in the middle of a row of blocks are all near a border.
        let first = row.saturating_sub(u32::from(from < MARGIN));
        let below = from.wrapping_add(strip.height) > SIDE.wrapping_sub(MARGIN);
        let last_row = self.picture.image().blocks_high().saturating_sub(1);
        let last = row.wrapping_add(u32::from(below)).min(last_row);

        let half = self.work.len() / 2;
        let (even, odd) = self.work.split_at_mut(half);
        let begun = self.held.filter(|held| {
            held.first <= first && (first..=row.wrapping_add(1)).contains(&held.last)
        });
        let (mut next, first) = match begun {
            Some(held) => (held.last.wrapping_add(1), held.first),
            None => (first, first),
        };
        while next <= last {
            let latents = self.picture.latents(next, kept);
            decode(&filter, latents, half_of(next, even, odd), block);
            if next > first {
                if next.is_multiple_of(2) {
                    smooth_between(&filter, odd, even);
                } else {
                    smooth_between(&filter, even, odd);
                }
            }
            self.held = Some(Held { first, last: next });
            next = next.wrapping_add(1);
        }
    }
}

/// The half of the buffer in which a row of blocks is kept.
#[inline(always)]
fn half_of<'w>(row: u32, even: &'w mut [u8], odd: &'w mut [u8]) -> &'w mut [u8] {
    if row.is_multiple_of(2) { even } else { odd }
}

/// The bytes that smoothing a region of a picture needs to work in: 16 lines of whole blocks, three bytes a pixel.
pub(crate) fn bytes(picture: &Picture<'_, '_>, region: &Region) -> usize {
    let (_, count) = region.columns(MARGIN, picture.image().blocks_wide());
    count.saturating_mul(LINE_SAMPLES).saturating_mul(KEPT)
}

/// Something that decodes a block. No closure, since that would not be compiled for the processor features of the caller.
trait Block {
    /// Decodes a block from its latent into lines so many bytes after one another.
    fn decode(&mut self, latent: &Latent, lines: &mut [u8], stride: usize);
}

/// Decodes in the caller.
struct Inline<'m>(Decoder<'m>);

/// Decodes in a function of its own.
struct Apart<'d, 'm>(&'d Decoder<'m>);

/// Decodes with a codebook where registers are narrow.
struct Narrow<'d, 'm> {
    codebook: &'d codebook::Checked<'m>,
    tones: Tones,
}

impl Block for Inline<'_> {
    #[inline(always)]
    fn decode(&mut self, latent: &Latent, lines: &mut [u8], stride: usize) {
        self.0.lines_inline::<NATIVE>(latent, |y, samples| {
            put(lines, stride, y, samples);
        });
    }
}

impl Block for Apart<'_, '_> {
    #[inline(always)]
    fn decode(&mut self, latent: &Latent, lines: &mut [u8], stride: usize) {
        self.0
            .lines(latent, &mut |y, samples| put(lines, stride, y, samples));
    }
}

impl Block for Narrow<'_, '_> {
    #[inline(always)]
    fn decode(&mut self, latent: &Latent, lines: &mut [u8], stride: usize) {
        self.codebook.tones(latent, &mut self.tones);
        Rgb888::write_tones(&self.tones, lines, stride);
    }
}

/// Writes line `y` of a block that begins with these bytes.
#[inline(always)]
fn put(lines: &mut [u8], stride: usize, y: usize, samples: &[u8; LINE_SAMPLES]) {
    let line = lines.get_mut(y.wrapping_mul(stride)..);
    if let Some(to) = line.and_then(|line| line.first_chunk_mut()) {
        *to = *samples;
    }
}

/// Decodes blocks beside each other, whole blocks throughout, and smooths the borders between them.
#[inline(always)]
fn decode(filter: &Checked<'_>, latents: &[Latent], lines: &mut [u8], block: &mut impl Block) {
    let line_bytes = lines.len() / BLOCK;
    for (column, latent) in latents.iter().enumerate() {
        if let Some(lines) = lines.get_mut(column.wrapping_mul(LINE_SAMPLES)..) {
            block.decode(latent, lines, line_bytes);
        }
    }
    for line in lines.chunks_exact_mut(line_bytes.max(1)) {
        let mut rest = line.get_mut(LINE_SAMPLES - 3 * REACH..).unwrap_or_default();
        while let Some((across, _)) = rest.split_first_chunk_mut::<LINE_SAMPLES>() {
            for channel in 0..3 {
                let samples = core::array::from_fn(|i| across[(3 * i + channel) % LINE_SAMPLES]);
                for (i, sample) in filter.filter(samples).into_iter().enumerate() {
                    across[(3 * i + channel) % LINE_SAMPLES] = sample;
                }
            }
            rest = rest.get_mut(LINE_SAMPLES..).unwrap_or_default();
        }
    }
}

/// Smooths the border between two rows of blocks.
#[inline(always)]
fn smooth_between(filter: &Checked<'_>, above: &mut [u8], below: &mut [u8]) {
    let line = above.len() / BLOCK;
    for x in 0..line {
        let at = |y: usize| y.wrapping_mul(line).wrapping_add(x);
        let samples = core::array::from_fn(|i| {
            let (from, y) = if i < REACH {
                (&*above, i + REACH)
            } else {
                (&*below, i - REACH)
            };
            from.get(at(y)).copied().unwrap_or_default()
        });
        for (i, sample) in filter.filter(samples).into_iter().enumerate() {
            let (to, y) = if i < REACH {
                (&mut *above, i + REACH)
            } else {
                (&mut *below, i - REACH)
            };
            if let Some(to) = to.get_mut(at(y)) {
                *to = sample;
            }
        }
    }
}

impl fmt::Debug for Smooth<'_, '_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smooth")
            .field("picture", &self.picture)
            .field("within", &self.region)
            .field("held", &self.held)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Smooth<'_, '_, '_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{}, smoothed within {}", self.picture, self.region);
    }
}

#[cfg(test)]
mod tests {
    use std::vec;

    use crate::tests::made::small_codebook;
    use crate::tests::smoothing::with_picture;
    use crate::{Region, Rgb888};

    #[test]
    fn from_top_to_bottom_every_row_of_blocks_is_decoded_once() {
        with_picture(&small_codebook().file(), (20, 60), |shown, _| {
            for (y, height, first, last) in [
                (0, 60, 0, 7),
                (12, 30, 1, 5),
                (3, 1, 0, 0),
                (11, 17, 0, 3),
                (4, 4, 0, 1),
            ] {
                let region = Region {
                    x: 0,
                    y,
                    width: 20,
                    height,
                };
                let mut work = vec![0; shown.smooth_region_bytes(region)];
                let mut smooth = shown.smooth_region(region, &mut work).unwrap();
                let mut lines = vec![0; 8 * 60];
                for strip in region.strips() {
                    smooth.region::<Rgb888>(strip, &mut lines, 60).unwrap();
                    let held = smooth.held.unwrap();
                    assert_eq!(held.first, first, "nothing was begun anew");
                }
                assert_eq!(smooth.held.unwrap().last, last, "lines from {y} on");
            }
        });
    }
}
