//! A picture row after row with the borders between its blocks smoothed.

use core::fmt;

use crate::block::{BLOCK, LINE_SAMPLES};
use crate::boundary::{Checked, REACH};
use crate::network::NATIVE;
use crate::{Picture, Pixel, RowError};

/// How many lines of the picture are kept: a row of blocks, and the one below it.
const KEPT: usize = 2 * BLOCK;

/// Decodes rows of blocks with the borders between blocks smoothed by the model's own filter, from
/// [`Picture::smooth`].
///
/// It keeps two rows of blocks in a buffer that the caller lends it, since what a border looks like depends on the
/// blocks on both of its sides. Rows can be asked for in any order; from top to bottom every block is decoded once,
/// otherwise up to three times.
///
/// ```
/// use nice_decode::{Decoder, Image, Rgb888};
/// # fn show(model: &[u8], file: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
/// let decoder = Decoder::from_bytes(model)?;
/// let image = Image::from_bytes(file)?;
/// let picture = decoder.open(&image)?;
///
/// let mut work = vec![0; picture.smooth_bytes()];
/// let mut smooth = picture.smooth(&mut work)?;
/// let stride = 3 * image.width() as usize;
/// let mut pixels = vec![0; stride * image.height() as usize];
/// for (row, lines) in pixels.chunks_mut(8 * stride).enumerate() {
///     smooth.row::<Rgb888>(row as u32, lines, stride)?;
/// }
/// # Ok(())
/// # }
/// ```
pub struct Smooth<'m, 'p, 'w> {
    picture: Picture<'m, 'p>,
    work: &'w mut [u8],
    /// The row in the first half of the buffer, all but the lower border of which is done.
    held: Option<u32>,
}

impl<'m, 'p, 'w> Smooth<'m, 'p, 'w> {
    pub(crate) fn new(picture: Picture<'m, 'p>, work: &'w mut [u8]) -> Result<Self, RowError> {
        let needed = bytes(&picture);
        let found = work.len();
        let Some(work) = work.get_mut(..needed) else {
            return Err(RowError::Buffer { found, needed });
        };
        Ok(Self {
            picture,
            work,
            held: None,
        })
    }

    /// The picture.
    #[must_use]
    pub const fn picture(&self) -> &Picture<'m, 'p> {
        &self.picture
    }

    /// Decodes a row of blocks into the lines of a buffer, exactly as [`Picture::row`] does, but smoothed. With a
    /// model that has no filter the result is that of [`Picture::row`].
    ///
    /// # Errors
    ///
    /// As [`Picture::row`]; nothing is written then.
    pub fn row<P: Pixel>(
        &mut self,
        row: u32,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), RowError> {
        self.row_inline::<P>(row, lines, stride)
    }

    /// As [`row`](Self::row), but always compiled into its caller, with the processor features that the caller is
    /// compiled for.
    #[inline(always)]
    pub fn row_inline<P: Pixel>(
        &mut self,
        row: u32,
        lines: &mut [u8],
        stride: usize,
    ) -> Result<(), RowError> {
        let Some(filter) = self.picture.decoder().boundary() else {
            return self.picture.row_inline::<P>(row, lines, stride);
        };
        let frame = self.picture.frame::<P>(row, lines.len(), stride)?;
        let half = self.work.len() / 2;
        let (upper, lower) = self.work.split_at_mut(half);
        if self.held != Some(row) {
            if let Some(above) = row.checked_sub(1) {
                decode(&self.picture, &filter, above, lower);
            }
            decode(&self.picture, &filter, row, upper);
            if row > 0 {
                smooth_between(&filter, lower, upper);
            }
        }
        let below = row.wrapping_add(1);
        if below < self.picture.image().blocks_high() {
            decode(&self.picture, &filter, below, lower);
            smooth_between(&filter, upper, lower);
        }
        let line_bytes = half / BLOCK;
        for (y, line) in upper
            .chunks_exact(line_bytes.max(1))
            .enumerate()
            .take(frame.height)
        {
            for (column, samples) in line.as_chunks::<LINE_SAMPLES>().0.iter().enumerate() {
                frame.put::<P>(lines, column, y, samples);
            }
        }
        // What lies below is the next row to be held.
        upper.swap_with_slice(lower);
        self.held = Some(below);
        Ok(())
    }
}

/// The bytes that smoothing a picture needs to work in: 16 lines of whole blocks, three bytes a pixel.
pub(crate) fn bytes(picture: &Picture<'_, '_>) -> usize {
    (picture.image().blocks_wide() as usize)
        .saturating_mul(LINE_SAMPLES)
        .saturating_mul(KEPT)
}

/// Decodes a row of blocks, whole blocks throughout, and smooths the borders within it.
#[inline(always)]
fn decode(picture: &Picture<'_, '_>, filter: &Checked<'_>, row: u32, lines: &mut [u8]) {
    let line_bytes = lines.len() / BLOCK;
    for (column, latent) in picture.row_latents(row).iter().enumerate() {
        picture
            .decoder()
            .lines_inline::<NATIVE>(latent, |y, samples| {
                let at = y
                    .wrapping_mul(line_bytes)
                    .wrapping_add(column.wrapping_mul(LINE_SAMPLES));
                if let Some(to) = lines.get_mut(at..).and_then(|rest| rest.first_chunk_mut()) {
                    *to = *samples;
                }
            });
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
            .field("held", &self.held)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Smooth<'_, '_, '_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{}, smoothed", self.picture);
    }
}
