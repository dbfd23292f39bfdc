//! Decoding with deblocking: a few rows of blocks are kept in memory that the caller lends, and their edges are filtered.

use core::fmt;

use super::filter::{DeblockFilter, REACH, TAPS};
use crate::block::{BLOCK_SIDE, LINE_SAMPLES, Orientation, SIDE};
use crate::codebook;
use crate::codebook::swar::{Decode, Workspace};
use crate::codebook::tables::Codebook;
use crate::container::source::InImage;
use crate::decoder::Decoder;
use crate::error::OutputError;
use crate::latent::AdaptiveLatent;
use crate::model::Model;
use crate::output::format::sealed::WritePixels;
use crate::output::format::{PixelFormat, Rgb888};
use crate::output::region::Region;
use crate::output::transform::{Scale, Transform};
use crate::output::write::RegionLayout;
use crate::swar;

/// The lines of the image that are kept: two rows of blocks.
const KEPT_LINES: usize = 2 * BLOCK_SIDE;

/// [`REACH`] in the type of an image's columns and lines.
const MARGIN: u32 = REACH as u32;

/// Decodes an image, or a region of it, and filters the edges between its blocks with the model's deblocking filter.
///
/// It keeps two rows of blocks in memory that the caller lends, because an edge depends on the blocks on both of its sides.
/// Regions can be decoded in any order. From top to bottom, like [`Region::strips`], every block is decoded once; in another
/// order, up to three rows of blocks are decoded for one. With a model that has no deblocking filter, the result is that of the
/// [`Decoder`].
///
/// Filtering takes less than one multiplication for a pixel, in addition to decoding: of the 192 samples of a block, 24 are beside
/// each of its four edges, and two of them, on both sides of an edge, are corrected with one multiplication.
///
/// ```
/// use nice_decode::{Deblocker, Decoder, Image, Model, Region, Rgb888};
/// # fn show(model: &[u8], file: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
/// let decoder = Decoder::new(&Model::from_bytes(model)?, &Image::from_bytes(file)?)?;
///
/// // The whole image.
/// let image = decoder.image();
/// let mut memory = vec![0; Deblocker::memory_bytes(&decoder, image.region())];
/// let mut deblocker = Deblocker::new(&decoder, image.region(), &mut memory)?;
/// let stride = 3 * image.width() as usize;
/// let mut pixels = vec![0; stride * image.height() as usize];
/// deblocker.region::<Rgb888>(image.region(), &mut pixels, stride)?;
///
/// // A region of it, 8 lines at a time.
/// let region = Region { x: 13, y: 5, width: 20, height: 12 };
/// let mut memory = [0; 384 * 5]; // 384 * (20_u32.div_ceil(8) + 2) is always enough
/// let mut deblocker = Deblocker::new(&decoder, region, &mut memory)?;
/// let mut lines = [0; 8 * 3 * 20];
/// for strip in region.strips() {
///     deblocker.region::<Rgb888>(strip, &mut lines, 3 * 20)?;
/// #   let at = strip.y as usize * stride + 3 * strip.x as usize;
/// #   assert_eq!(lines[..60], pixels[at..at + 60]);
/// }
/// # Ok(())
/// # }
/// # let model = include_bytes!("../../tests/data/model.nicem");
/// # show(model, include_bytes!("../../tests/data/image.nice")).unwrap();
/// ```
pub struct Deblocker<'m, 'i, 'w> {
    decoder: Decoder<'m, 'i>,
    filter: Option<DeblockFilter<'m>>,
    /// The region that can be decoded.
    bounds: Region,
    /// Two rows of blocks, those with even numbers in the first half.
    memory: &'w mut [u8],
    held: Option<HeldRows>,
}

/// The rows of blocks that have been decoded one after the other, and the edges between them filtered. The last two are in
/// memory.
#[derive(Clone, Copy, Debug)]
struct HeldRows {
    first: u32,
    last: u32,
}

/// The columns of blocks that a region takes.
struct Columns {
    /// Those that are kept in memory: the first, and their number.
    kept: (usize, usize),
    /// The number of these before the first that the region touches.
    before: usize,
    /// The number of those that the region touches.
    count: usize,
}

impl<'m, 'i, 'w> Deblocker<'m, 'i, 'w> {
    /// Prepares to decode a region of the image, or parts of it, in memory of at least
    /// [`memory_bytes`](Self::memory_bytes). The pixels are those that the whole image has when it is deblocked.
    ///
    /// # Errors
    ///
    /// [`OutputError`] if the region is not within the image or the memory is too short.
    pub fn new(
        decoder: &Decoder<'m, 'i>,
        region: Region,
        memory: &'w mut [u8],
    ) -> Result<Self, OutputError> {
        let bounds = decoder.bounds();
        if !bounds.contains(&region) {
            return Err(OutputError::Region { region, bounds });
        }
        let needed = Self::memory_bytes(decoder, region);
        let found = memory.len();
        let Some(memory) = memory.get_mut(..needed) else {
            return Err(OutputError::Buffer { found, needed });
        };
        Ok(Self {
            decoder: *decoder,
            // A reduced picture is not deblocked.
            filter: match decoder.scale() {
                Scale::Full => decoder.model().deblock_filter(),
                _ => None,
            },
            bounds: region,
            memory,
            held: None,
        })
    }

    /// The bytes of memory that it takes to deblock a region: 384 for every column of blocks that holds a pixel of the region or
    /// one beside it. That is at most `384 * (width.div_ceil(8) + 2)`, whatever the height of the region.
    #[must_use]
    pub fn memory_bytes(decoder: &Decoder<'_, '_>, region: Region) -> usize {
        let (transform, image) = (decoder.transform(), decoder.image());
        let region = transform.of_blocks(image, region);
        let (_, count) = region.columns(MARGIN, transform.blocks(image)[0]);
        count
            .saturating_mul(LINE_SAMPLES)
            .saturating_mul(KEPT_LINES)
    }

    /// The decoder of the image.
    #[must_use]
    pub const fn decoder(&self) -> &Decoder<'m, 'i> {
        &self.decoder
    }

    /// The region that can be decoded, as given to [`new`](Self::new).
    #[must_use]
    pub const fn bounds(&self) -> Region {
        self.bounds
    }

    /// Decodes a row of blocks into the lines of a buffer like [`Decoder::row`], but deblocked, and only the columns within the
    /// [bounds](Self::bounds).
    ///
    /// # Errors
    ///
    /// Those of [`Decoder::row`], and [`OutputError::Region`] if not all lines of the row are within the bounds; nothing is
    /// written then.
    pub fn row<P: PixelFormat>(
        &mut self,
        row: u32,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), OutputError> {
        let mut region = self.decoder.bounds();
        if !self.decoder.crop_to_row(row, &mut region) {
            return Err(self.decoder.no_row(row));
        }
        (region.x, region.width) = (self.bounds.x, self.bounds.width);
        self.region::<P>(region, lines, stride)
    }

    /// Decodes a region within the [bounds](Self::bounds) into the lines of a buffer like [`Decoder::region`], but deblocked.
    ///
    /// # Errors
    ///
    /// [`OutputError`] if the region is not within the bounds, if the stride is shorter than a line, or if the lines do not fit
    /// into the buffer; nothing is written then.
    pub fn region<P: PixelFormat>(
        &mut self,
        region: Region,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), OutputError> {
        let bounds = self.bounds;
        if !bounds.contains(&region) {
            return Err(OutputError::Region { region, bounds });
        }
        if self.filter.is_none() {
            return self.decoder.region::<P>(region, lines, stride);
        }
        let mut region = region;
        let Columns {
            kept,
            before,
            count,
        } = self.columns(&mut region);
        let layout = RegionLayout::new(&region, lines.len(), stride, P::BITS)?;
        let mut lines = lines;
        for strip in region.strips() {
            let strip_layout = layout.strip(&strip);
            self.prepare(&strip, kept);
            let half = self.memory.len() / 2;
            let (even, odd) = self.memory.split_at_mut(half);
            let row = half_of(strip.y / SIDE, even, odd);
            let line_bytes = row.len() / BLOCK_SIDE;
            for (y, line) in row.chunks_exact(line_bytes.max(1)).enumerate() {
                let blocks = line.as_chunks::<LINE_SAMPLES>().0.iter();
                for (column, samples) in blocks.skip(before).take(count).enumerate() {
                    strip_layout.write_line::<P>(lines, column, y, samples);
                }
            }
            lines = layout.after(&strip, lines);
        }
        Ok(())
    }

    /// Changes a region to the columns and lines of whole blocks, and returns the columns of blocks that it takes.
    #[inline(never)]
    fn columns(&self, region: &mut Region) -> Columns {
        let (transform, image) = (self.decoder.transform(), self.decoder.image());
        let [blocks_wide, _] = transform.blocks(image);
        let bounds = transform.of_blocks(image, self.bounds);
        let kept = bounds.columns(MARGIN, blocks_wide);
        *region = transform.of_blocks(image, *region);
        let (first, count) = region.columns(0, blocks_wide);
        Columns {
            kept,
            before: first.saturating_sub(kept.0),
            count,
        }
    }

    /// Ensures that the row of blocks of a strip is in memory, in the columns that are kept, and that its lines in the strip are
    /// deblocked. Compiled once, however many pixel formats a program uses.
    fn prepare(&mut self, strip: &Region, kept: (usize, usize)) {
        let model = *self.decoder.model();
        match model.swar_codebook() {
            Some(codebook) => self.prepare_swar(codebook, strip, kept),
            None => self.prepare_by_lines(&model, strip, kept),
        }
    }

    /// [`prepare`](Self::prepare) with a codebook and SWAR. Not inlined, so that it has a stack frame of its own.
    #[inline(never)]
    fn prepare_swar(&mut self, codebook: &Codebook<'m>, strip: &Region, kept: (usize, usize)) {
        let orientation = self.decoder.orientation();
        let mut decoder = Swar {
            codebook,
            decode: codebook::swar::decode_in::<false>(orientation),
            orientation,
            work: Workspace::NEW,
        };
        self.prepare_with(strip, kept, &mut decoder);
    }

    /// [`prepare`](Self::prepare) line by line of every block. Not inlined, so that it has a stack frame of its own.
    #[inline(never)]
    fn prepare_by_lines(&mut self, model: &Model<'m>, strip: &Region, kept: (usize, usize)) {
        let transform = self.decoder.transform();
        self.prepare_with(strip, kept, &mut ByLines(model, transform));
    }

    /// Ensures that the row of blocks of a strip is in memory, in the columns that are kept, and that its lines in the strip are
    /// deblocked, given something that decodes a block.
    #[inline(always)]
    fn prepare_with(
        &mut self,
        strip: &Region,
        kept: (usize, usize),
        decode: &mut impl DecodeBlock,
    ) {
        // A copy, so that the compiler knows that writing samples does not change it.
        let Some(filter) = self.filter else {
            return;
        };
        let row = strip.y / SIDE;
        let from = strip.y % SIDE;
        // Filtering an edge changes a line on each side of it: the first line of a row of blocks depends on the row above, the last
        // one on the row below.
        let first = row.saturating_sub(u32::from(from < MARGIN));
        let below = from.wrapping_add(strip.height) > SIDE.wrapping_sub(MARGIN);
        let last_row = self.decoder.rows().saturating_sub(1);
        let last = row.wrapping_add(u32::from(below)).min(last_row);

        let half = self.memory.len() / 2;
        let (even, odd) = self.memory.split_at_mut(half);
        let continued = self.held.filter(|held| {
            held.first <= first && (first..=row.wrapping_add(1)).contains(&held.last)
        });
        let (mut next, first) = match continued {
            Some(held) => (held.last.wrapping_add(1), held.first),
            None => (first, first),
        };
        while next <= last {
            let lines = half_of(next, even, odd);
            let line_bytes = lines.len() / BLOCK_SIDE;
            let mut at = 0_usize;
            self.decoder
                .for_each_latent(&mut InImage, next, kept, |latent| {
                    if let Some(lines) = lines.get_mut(at..) {
                        decode.decode(latent, lines, line_bytes);
                    }
                    at = at.wrapping_add(LINE_SAMPLES);
                });
            filter_within(&filter, lines);
            if next > first {
                if next.is_multiple_of(2) {
                    filter_between(&filter, odd, even);
                } else {
                    filter_between(&filter, even, odd);
                }
            }
            self.held = Some(HeldRows { first, last: next });
            next = next.wrapping_add(1);
        }
    }
}

/// The half of the memory that holds a row of blocks.
#[inline(always)]
fn half_of<'w>(row: u32, even: &'w mut [u8], odd: &'w mut [u8]) -> &'w mut [u8] {
    if row.is_multiple_of(2) { even } else { odd }
}

/// Decodes a block. Not a closure, since that would not be compiled for the processor features of the caller.
trait DecodeBlock {
    /// Decodes a block to lines, each `stride` bytes after the one before.
    fn decode(&mut self, latent: &AdaptiveLatent, lines: &mut [u8], stride: usize);
}

/// Decodes line by line, in functions of their own, and turns blocks.
struct ByLines<'d, 'm>(&'d Model<'m>, Transform);

/// Decodes with a codebook and SWAR.
struct Swar<'d, 'm> {
    codebook: &'d Codebook<'m>,
    decode: Decode,
    orientation: Orientation,
    work: Workspace,
}

impl DecodeBlock for ByLines<'_, '_> {
    #[inline(always)]
    fn decode(&mut self, latent: &AdaptiveLatent, lines: &mut [u8], stride: usize) {
        let Self(model, transform) = self;
        if transform.is_identity() {
            model.lines(latent, false, &mut |y, samples| {
                write_line(lines, stride, y, samples)
            });
        } else {
            decode_turned(model, latent, *transform, lines, stride);
        }
    }
}

/// Decodes a block that is turned.
#[inline(never)]
fn decode_turned(
    model: &Model<'_>,
    latent: &AdaptiveLatent,
    transform: Transform,
    lines: &mut [u8],
    stride: usize,
) {
    let mut pixels = [[0; 3]; BLOCK_SIDE * BLOCK_SIDE];
    model.pixels(latent, transform, false, &mut pixels);
    let samples = pixels.as_flattened().as_chunks::<LINE_SAMPLES>().0;
    for (y, samples) in samples.iter().enumerate() {
        write_line(lines, stride, y, samples);
    }
}

impl DecodeBlock for Swar<'_, '_> {
    #[inline(always)]
    fn decode(&mut self, latent: &AdaptiveLatent, lines: &mut [u8], stride: usize) {
        (self.decode)(self.codebook, latent, &mut self.work, self.orientation);
        Rgb888::write_block(&self.work.block, lines, stride);
    }
}

/// Writes line `y` of a block that begins with these lines.
#[inline(always)]
fn write_line(lines: &mut [u8], stride: usize, y: usize, samples: &[u8; LINE_SAMPLES]) {
    let line = lines.get_mut(y.wrapping_mul(stride)..);
    if let Some(to) = line.and_then(|line| line.first_chunk_mut()) {
        *to = *samples;
    }
}

/// Filters the edges between the blocks of a row.
#[inline(always)]
fn filter_within(filter: &DeblockFilter<'_>, lines: &mut [u8]) {
    let line_bytes = lines.len() / BLOCK_SIDE;
    if swar::PREFERRED {
        for line in lines.chunks_exact_mut(line_bytes.max(1)) {
            filter_line(filter, line);
        }
    } else {
        filter_edges(filter, lines, line_bytes);
    }
}

/// The bytes of the samples of a line on both sides of an edge on which the filter depends: two pixels on each side.
const WINDOW: usize = 3 * 2 * TAPS;

/// Filters the edges in a line.
#[inline(always)]
fn filter_line(filter: &DeblockFilter<'_>, line: &mut [u8]) {
    let mut rest = line
        .get_mut(LINE_SAMPLES - WINDOW / 2..)
        .unwrap_or_default();
    while let Some((window, _)) = rest.split_first_chunk_mut::<WINDOW>() {
        for channel in 0..3 {
            let [far_before, before, after, far_after] =
                [0, 3, 6, 9].map(|pixel| window[(pixel + channel) % WINDOW]);
            let [before, after] = filter.filter([far_before, far_after], [before, after]);
            window[3 + channel] = before;
            window[6 + channel] = after;
        }
        rest = rest.get_mut(LINE_SAMPLES..).unwrap_or_default();
    }
}

/// Filters the edges in the lines of a row of blocks, all lines of an edge at once.
#[inline(always)]
fn filter_edges(filter: &DeblockFilter<'_>, lines: &mut [u8], line_bytes: usize) {
    /// A pixel in each line of a block.
    type Pixels = [u8; 3 * BLOCK_SIDE];

    let mut at = LINE_SAMPLES - WINDOW / 2;
    while at.saturating_add(WINDOW) <= line_bytes {
        let [mut far_before, mut before, mut after, mut far_after]: [Pixels; 4] =
            [[0; 3 * BLOCK_SIDE]; 4];
        for (y, line) in lines.chunks_exact(line_bytes).enumerate().take(BLOCK_SIDE) {
            let window = line.get(at..).and_then(<[u8]>::first_chunk::<WINDOW>);
            let window = window.unwrap_or(&[0; WINDOW]);
            for channel in 0..3 {
                far_before[3 * y + channel] = window[channel];
                before[3 * y + channel] = window[3 + channel];
                after[3 * y + channel] = window[6 + channel];
                far_after[3 * y + channel] = window[9 + channel];
            }
        }
        filter.filter_many([&far_before, &far_after], [&mut before, &mut after]);
        for (y, line) in lines
            .chunks_exact_mut(line_bytes)
            .enumerate()
            .take(BLOCK_SIDE)
        {
            let window = line
                .get_mut(at..)
                .and_then(<[u8]>::first_chunk_mut::<WINDOW>);
            if let Some(window) = window {
                for channel in 0..3 {
                    window[3 + channel] = before[3 * y + channel];
                    window[6 + channel] = after[3 * y + channel];
                }
            }
        }
        at = at.wrapping_add(LINE_SAMPLES);
    }
}

/// Filters the edge between two rows of blocks.
#[inline(always)]
fn filter_between(filter: &DeblockFilter<'_>, above: &mut [u8], below: &mut [u8]) {
    let line = above.len() / BLOCK_SIDE;
    let start = line.wrapping_mul(BLOCK_SIDE - TAPS);
    let (far_before, before) = above
        .get_mut(start..)
        .and_then(|lines| lines.split_at_mut_checked(line))
        .unwrap_or_default();
    let (after, rest) = below.split_at_mut_checked(line).unwrap_or_default();
    let far_after = &*rest;
    if swar::PREFERRED {
        let samples = far_before.iter().zip(before).zip(after).zip(far_after);
        for (((&far_before, before), after), &far_after) in samples {
            [*before, *after] = filter.filter([far_before, far_after], [*before, *after]);
        }
    } else {
        // Lines have whole blocks.
        let far_before = far_before.as_chunks::<LINE_SAMPLES>().0.iter();
        let before = before.as_chunks_mut::<LINE_SAMPLES>().0;
        let after = after.as_chunks_mut::<LINE_SAMPLES>().0;
        let far_after = far_after.as_chunks::<LINE_SAMPLES>().0;
        let samples = far_before.zip(before).zip(after).zip(far_after);
        for (((far_before, before), after), far_after) in samples {
            filter.filter_many([far_before, far_after], [before, after]);
        }
    }
}

impl fmt::Debug for Deblocker<'_, '_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deblocker")
            .field("decoder", &self.decoder)
            .field("bounds", &self.bounds)
            .field("held", &self.held)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Deblocker<'_, '_, '_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{}, deblocked within {}", self.decoder, self.bounds);
    }
}

#[cfg(test)]
mod tests {
    use std::vec;

    use super::Deblocker;
    use crate::tests::deblocking::with_decoder;
    use crate::tests::generators::small_codebook;
    use crate::{Region, Rgb888};

    #[test]
    fn from_top_to_bottom_every_row_of_blocks_is_decoded_once() {
        with_decoder(&small_codebook().file(), (20, 60), |decoder, _| {
            for (y, height, first, last) in [
                (0, 60, 0, 7),
                (12, 30, 1, 5),
                (3, 1, 0, 0),
                (11, 17, 1, 3),
                (16, 4, 1, 2),
                (4, 4, 0, 1),
            ] {
                let region = Region {
                    x: 0,
                    y,
                    width: 20,
                    height,
                };
                let mut memory = vec![0; Deblocker::memory_bytes(&decoder, region)];
                let mut deblocker = Deblocker::new(&decoder, region, &mut memory).unwrap();
                let mut lines = vec![0; 8 * 60];
                for strip in region.strips() {
                    deblocker.region::<Rgb888>(strip, &mut lines, 60).unwrap();
                    let held = deblocker.held.unwrap();
                    assert_eq!(held.first, first, "no row is decoded again");
                }
                assert_eq!(deblocker.held.unwrap().last, last, "lines from {y} on");
            }
        });
    }
}
