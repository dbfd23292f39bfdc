//! The codebook in integers: a block is a base row, plus a gain times the sum of a few residual rows.
//!
//! That is a residual quantizer with a gain, also known as an additive or composite one (Juang and Gray, "Multiple
//! stage vector quantization for speech coding", 1982; Babenko and Lempitsky, "Additive quantization for extreme
//! vector compression", 2014), with two things that make its tables small. Every row stands for all the ways in
//! which it can be mirrored, transposed and, if it is a residual, negated, since pictures have no preference among
//! them. And a row has a luma sample for every pixel but chroma samples only for every 2 x 2 of them.

use crate::block::{BLOCK, LINE_SAMPLES};
use crate::boundary;
use crate::format::{
    CHROMA_SAMPLES, Codebook, LUMA_SAMPLES, MAX_SHIFT, MAX_STAGES, ROW_BYTES, Stage,
};
use crate::latent::{self, LATENT_BITS, Latent};
use crate::{CodebookTable, ModelError};

/// The side of a chroma plane.
const CHROMA: usize = BLOCK / 2;

/// The stages of a codebook.
pub(crate) type Stages<'a> =
    core::iter::Map<core::iter::Copied<core::slice::Iter<'a, [u8; 2]>>, fn([u8; 2]) -> Stage>;

/// The stages that these pairs of bytes stand for.
#[inline(always)]
pub(crate) fn stages(pairs: &[[u8; 2]]) -> Stages<'_> {
    pairs.iter().copied().map(Stage::from_bytes)
}

/// What is in a row: luma line after line, then the two chroma planes line after line.
type Row = [u8; ROW_BYTES];

/// A codebook whose tables have been checked: every length fits, and no sum or product can overflow.
#[derive(Clone, Copy)]
pub(crate) struct Checked<'a> {
    stages: &'a [[u8; 2]],
    base: &'a [Row],
    gains: &'a [u8],
    rows: &'a [Row],
    shift: u8,
    boundary: Option<boundary::Checked<'a>>,
}

impl<'a> Checked<'a> {
    /// Checks everything that decoding relies on.
    pub(crate) fn new(codebook: &Codebook<'a>) -> Result<Self, ModelError> {
        let Codebook {
            stages,
            shift,
            base,
            gains,
            rows,
            boundary,
        } = *codebook;
        let (pairs, odd) = stages.as_chunks::<2>();
        let count = pairs.len();
        if !odd.is_empty() || count == 0 || count > MAX_STAGES {
            return Err(ModelError::Stages {
                found: stages.len(),
            });
        }
        let (mut bits, mut base_rows, mut residual_rows) = (0_usize, 0_usize, 0_usize);
        for (index, &pair) in pairs.iter().enumerate() {
            let stage = Stage::from_bytes(pair);
            let found = stage.rows(index == 0).ok_or(ModelError::Stage {
                index,
                bits: stage.bits,
                mirrors: stage.mirrors,
            })?;
            bits += usize::from(stage.bits);
            if index == 0 {
                base_rows = found;
            } else {
                residual_rows += found;
            }
        }
        if bits != LATENT_BITS {
            return Err(ModelError::StageBits { found: bits });
        }
        if shift == 0 || shift > MAX_SHIFT {
            return Err(ModelError::Shift { found: shift });
        }
        Ok(Self {
            stages: pairs,
            base: table(CodebookTable::Base, base, base_rows)?,
            gains: table::<1>(CodebookTable::Gains, gains, base_rows)?.as_flattened(),
            rows: table(CodebookTable::Rows, rows, residual_rows)?,
            shift,
            boundary: boundary
                .map(|boundary| boundary::Checked::new(&boundary))
                .transpose()?,
        })
    }

    /// The stages, that of the base first.
    #[inline(always)]
    pub(crate) fn stages(&self) -> Stages<'a> {
        stages(self.stages)
    }

    /// The filter of the borders between blocks, if the model has one.
    pub(crate) const fn boundary(&self) -> Option<boundary::Checked<'a>> {
        self.boundary
    }

    /// Decodes a block, giving `sink` its lines: the number of the line, its samples.
    #[inline(always)]
    pub(crate) fn decode(&self, latent: &Latent, mut sink: impl FnMut(usize, &[u8; LINE_SAMPLES])) {
        let Coded { base, sums, scale } = self.add_up(latent);
        let shift = u32::from(self.shift);
        let (base_luma, base_chroma) = base.split_at(LUMA_SAMPLES);
        let (sum_luma, sum_chroma) = sums.split_at(LUMA_SAMPLES);

        // What the chroma of 2 x 2 pixels adds to their red, green and blue, for each line of them.
        let mut colours = [[[0_i16; CHROMA]; 3]; CHROMA];
        let (base_first, base_second) = base_chroma.split_at(CHROMA_SAMPLES);
        let (sum_first, sum_second) = sum_chroma.split_at(CHROMA_SAMPLES);
        let first = base_first
            .as_chunks::<CHROMA>()
            .0
            .iter()
            .zip(sum_first.as_chunks::<CHROMA>().0);
        let second = base_second
            .as_chunks::<CHROMA>()
            .0
            .iter()
            .zip(sum_second.as_chunks::<CHROMA>().0);
        for ([red, green, blue], (first, second)) in colours.iter_mut().zip(first.zip(second)) {
            for x in 0..CHROMA {
                [red[x], green[x], blue[x]] =
                    scale.colours([first.0[x], second.0[x]], [first.1[x], second.1[x]], shift);
            }
        }

        let lines = base_luma
            .as_chunks::<BLOCK>()
            .0
            .iter()
            .zip(sum_luma.as_chunks::<BLOCK>().0);
        for (y, (base, sums)) in lines.enumerate() {
            let mut light = [0_i16; BLOCK];
            for x in 0..BLOCK {
                light[x] = scale.light(base[x], sums[x], shift);
            }
            let [red, green, blue] = &colours[(y / 2) % CHROMA];
            let mut line = [0; LINE_SAMPLES];
            for (x, pixel) in line.as_chunks_mut::<3>().0.iter_mut().enumerate() {
                let (light, x) = (light[x % BLOCK], x / 2 % CHROMA);
                *pixel = [red[x], green[x], blue[x]]
                    .map(|colour| light.wrapping_add(colour).clamp(0, 255) as u8);
            }
            sink(y, &line);
        }
    }

    /// Decodes one pixel of a block, in column `x` and line `y` of it.
    #[inline(always)]
    pub(crate) fn pixel(&self, latent: &Latent, x: usize, y: usize) -> [u8; 3] {
        let (x, y) = (x % BLOCK, y % BLOCK);
        let mut bits = latent::bits(latent);
        let mut rows = self.rows;
        let mut sums = [0_u16; 3];
        let mut base = [0_u8; 3];
        let mut gain = 0;
        for (index, stage) in self.stages().enumerate() {
            let pick = stage.take(&mut bits, index == 0);
            let table = if index == 0 {
                gain = self.gains.get(pick.row).copied().unwrap_or_default();
                self.base
            } else {
                split(&mut rows, stage)
            };
            let Some(row) = table.get(pick.row) else {
                continue;
            };
            let samples = pick.pixel(row, x, y);
            if index == 0 {
                base = samples;
            } else {
                for (sum, sample) in sums.iter_mut().zip(samples) {
                    *sum = sum.wrapping_add(u16::from(sample));
                }
            }
        }
        let shift = u32::from(self.shift);
        let scale = self.scale(gain);
        let light = scale.light(base[0], sums[0], shift);
        scale
            .colours([base[1], base[2]], [sums[1], sums[2]], shift)
            .map(|colour| light.wrapping_add(colour).clamp(0, 255) as u8)
    }

    /// Finds the rows of a latent and adds up those of the residuals, all as they are turned.
    #[inline(always)]
    fn add_up(&self, latent: &Latent) -> Coded {
        let mut bits = latent::bits(latent);
        let mut rows = self.rows;
        let mut base = [0; ROW_BYTES];
        let mut gain = 0;
        // Transposing takes longer than anything else, so what has to be transposed is added up first.
        let mut sums = [0_u16; ROW_BYTES];
        let mut across = [0_u16; ROW_BYTES];
        let mut any_across = false;
        for (index, stage) in self.stages().enumerate() {
            let pick = stage.take(&mut bits, index == 0);
            if index == 0 {
                gain = self.gains.get(pick.row).copied().unwrap_or_default();
                if let Some(row) = self.base.get(pick.row) {
                    base = pick.turn(row);
                }
                if pick.transposed() {
                    base = transposed(&base);
                }
                continue;
            }
            let Some(row) = split(&mut rows, stage).get(pick.row) else {
                continue;
            };
            let to = if pick.transposed() {
                any_across = true;
                &mut across
            } else {
                &mut sums
            };
            let row = pick.turn(row);
            for (sum, sample) in to.iter_mut().zip(row) {
                *sum = sum.wrapping_add(u16::from(sample));
            }
        }
        if any_across {
            for (sum, across) in sums.iter_mut().zip(transposed(&across)) {
                *sum = sum.wrapping_add(across);
            }
        }
        let scale = self.scale(gain);
        Coded { base, sums, scale }
    }

    /// How sums are scaled with the gain of a base row.
    #[inline(always)]
    fn scale(&self, gain: u8) -> Scale {
        // A byte of a row stands for itself less 127.5, and there is one for every stage but the first.
        let offset = 255 * self.stages.len().saturating_sub(1) as i32;
        let gain = i32::from(gain);
        Scale {
            gain,
            offset: offset.wrapping_mul(gain) >> 1,
        }
    }
}

/// A latent's rows: that of the base, the sum of the others, and how that sum is scaled.
struct Coded {
    base: Row,
    sums: [u16; ROW_BYTES],
    scale: Scale,
}

/// A gain, and what it makes of the offset that all bytes of the rows have.
///
/// With at most 11 bytes in a sum, gains below 256 and shifts of at most 12, everything here stays below 2^23 in
/// magnitude.
#[derive(Clone, Copy)]
struct Scale {
    gain: i32,
    offset: i32,
}

impl Scale {
    /// The scaled sum, times 2 to the power of the shift.
    #[inline(always)]
    const fn residual(self, sum: u16) -> i32 {
        self.gain.wrapping_mul(sum as i32).wrapping_sub(self.offset)
    }

    /// The luma of a pixel.
    #[inline(always)]
    const fn light(self, base: u8, sum: u16, shift: u32) -> i16 {
        round(
            (base as i32)
                .wrapping_shl(shift)
                .wrapping_add(self.residual(sum)),
            shift,
        ) as i16
    }

    /// What the two chroma samples of a pixel add to its red, green and blue.
    ///
    /// The first is red over blue and has one more bit below the point than luma, the second is green over both and
    /// has two.
    #[inline(always)]
    fn colours(self, base: [u8; 2], sums: [u16; 2], shift: u32) -> [i16; 3] {
        let [c, h] = base.map(|base| i32::from(base).wrapping_sub(128));
        let [c_sum, h_sum] = sums.map(|sum| self.residual(sum));
        let c = c
            .wrapping_shl(shift.wrapping_add(2))
            .wrapping_add(c_sum.wrapping_shl(1));
        let h = h.wrapping_shl(shift.wrapping_add(2)).wrapping_add(h_sum);
        [
            c.wrapping_sub(h),
            h.wrapping_shl(1),
            0_i32.wrapping_sub(c).wrapping_sub(h),
        ]
        .map(|colour| round(colour, shift.wrapping_add(2)) as i16)
    }
}

/// Rounds to the nearest integer, halves up.
#[inline(always)]
const fn round(value: i32, shift: u32) -> i32 {
    value
        .wrapping_add(1_i32.wrapping_shl(shift.wrapping_sub(1)))
        .wrapping_shr(shift)
}

/// Which row of a stage, and how it is turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pick {
    row: usize,
    /// Bit 0: negated; 1: upside down; 2: left to right; 3: transposed after that.
    turns: u32,
}

impl Stage {
    /// Takes the stage's bits from the low end of what is left of a latent.
    #[inline(always)]
    pub(crate) fn take(self, bits: &mut u64, base: bool) -> Pick {
        let width = u32::from(self.bits);
        let code = (*bits as u32) & 1_u32.wrapping_shl(width).wrapping_sub(1);
        *bits = bits.wrapping_shr(width);
        // A base is never negated: with a bit 0 in place of that bit, all stages are alike.
        let code = if base { code.wrapping_shl(1) } else { code };
        let turns = u32::from(self.mirrors).wrapping_add(1);
        Pick {
            row: code.wrapping_shr(turns) as usize,
            turns: code & 1_u32.wrapping_shl(turns).wrapping_sub(1),
        }
    }
}

impl Pick {
    const fn transposed(self) -> bool {
        self.turns & 8 != 0
    }

    /// The row negated and mirrored as picked, but not transposed.
    #[inline(always)]
    fn turn(self, row: &Row) -> Row {
        let negated = 0_u64.wrapping_sub(u64::from(self.turns & 1));
        let upside_down = self.turns & 2 != 0;
        let mirrored = self.turns & 4 != 0;
        let mut turned = [0; ROW_BYTES];
        let (to_luma, to_chroma) = turned.split_at_mut(LUMA_SAMPLES);
        let (luma, chroma) = row.split_at(LUMA_SAMPLES);

        let luma = luma.as_chunks::<BLOCK>().0;
        let flip = if upside_down { BLOCK - 1 } else { 0 };
        for (y, to) in to_luma.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
            let line = u64::from_le_bytes(luma[(y ^ flip) % BLOCK]);
            let line = if mirrored { line.swap_bytes() } else { line };
            *to = (line ^ negated).to_le_bytes();
        }

        let negated = negated as u32;
        let chroma = chroma.as_chunks::<CHROMA>().0;
        let flip = if upside_down { CHROMA - 1 } else { 0 };
        for (y, to) in to_chroma.as_chunks_mut::<CHROMA>().0.iter_mut().enumerate() {
            let line = u32::from_le_bytes(chroma[(y ^ flip) % (2 * CHROMA)]);
            let line = if mirrored { line.swap_bytes() } else { line };
            *to = (line ^ negated).to_le_bytes();
        }
        turned
    }

    /// The samples of one pixel: luma and the two of chroma.
    #[inline(always)]
    fn pixel(self, row: &Row, x: usize, y: usize) -> [u8; 3] {
        let (x, y) = if self.transposed() { (y, x) } else { (x, y) };
        let x = if self.turns & 4 != 0 {
            x ^ (BLOCK - 1)
        } else {
            x
        };
        let y = if self.turns & 2 != 0 {
            y ^ (BLOCK - 1)
        } else {
            y
        };
        let negated = 0_u8.wrapping_sub((self.turns & 1) as u8);
        let chroma = LUMA_SAMPLES + (y / 2 % CHROMA) * CHROMA + (x / 2 % CHROMA);
        [
            (y % BLOCK) * BLOCK + x % BLOCK,
            chroma,
            chroma + CHROMA_SAMPLES,
        ]
        .map(|at| row[at % ROW_BYTES] ^ negated)
    }
}

/// The rows of a stage, taken from the front of those that are left.
#[inline(always)]
fn split<'a>(rows: &mut &'a [Row], stage: Stage) -> &'a [Row] {
    let (these, rest) = rows
        .split_at_checked(stage.rows(false).unwrap_or_default())
        .unwrap_or_default();
    *rows = rest;
    these
}

/// The three planes of a row transposed.
#[inline(always)]
fn transposed<T: Copy + Default>(row: &[T; ROW_BYTES]) -> [T; ROW_BYTES] {
    let mut across = [T::default(); ROW_BYTES];
    for y in 0..BLOCK {
        for x in 0..BLOCK {
            across[y * BLOCK + x] = row[x * BLOCK + y];
        }
    }
    for plane in 0..2 {
        let at = LUMA_SAMPLES + plane * CHROMA_SAMPLES;
        for y in 0..CHROMA {
            for x in 0..CHROMA {
                across[at + y * CHROMA + x] = row[at + x * CHROMA + y];
            }
        }
    }
    across
}

/// A table of `rows` rows of `N` bytes.
fn table<const N: usize>(
    table: CodebookTable,
    bytes: &[u8],
    rows: usize,
) -> Result<&[[u8; N]], ModelError> {
    match bytes.as_chunks::<N>() {
        (found, []) if found.len() == rows => Ok(found),
        _ => Err(ModelError::CodebookLength {
            table,
            found: bytes.len(),
            expected: N * rows,
        }),
    }
}
