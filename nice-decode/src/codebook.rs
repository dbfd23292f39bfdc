//! The codebook in integers: a block is a base row, plus a gain times the sum of a few residual rows.
//!
//! That is a residual quantizer with a gain, also known as an additive or composite one (Juang and Gray, "Multiple
//! stage vector quantization for speech coding", 1982; Babenko and Lempitsky, "Additive quantization for extreme
//! vector compression", 2014), with two things that make its tables small. Every row stands for all the ways in
//! which it can be mirrored, transposed and, if it is a residual, negated, since pictures have no preference among
//! them. And a row has a luma sample for every pixel but chroma samples only for every 2 x 2 of them.

use crate::block::{BLOCK, BLOCK_SAMPLES, LINE_SAMPLES};
use crate::boundary;
use crate::decoder::NARROW_REGISTERS;
use crate::format::{
    Boundary, CHROMA_SAMPLES, Codebook, LUMA_SAMPLES, MAX_SHIFT, MAX_STAGES, MIN_SHIFT, ROW_BYTES,
    Stage,
};
use crate::latent::{self, LATENT_BITS, Latent};
use crate::narrow::{Scale as NarrowScale, Turned, Work};
use crate::pixel::sealed::Write;
use crate::tones::Tones;
use crate::{CodebookTable, ModelError, Rgb888};

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
pub(crate) type Row = [u8; ROW_BYTES];

/// The fields of a model's body that stand before the filter of the borders: name, kind, stages, shift, base, gains,
/// rows.
type BeforeBoundary<'a> = (&'a [u8], u32, &'a [u8], u8, &'a [u8], &'a [u8], &'a [u8]);

/// A codebook whose tables have been checked: every length fits, and no sum or product can overflow.
#[derive(Clone, Copy)]
pub(crate) struct Checked<'a> {
    stages: &'a [[u8; 2]],
    pub(crate) base: &'a [Row],
    gains: &'a [u8],
    /// The rows of the residual stages, stage after stage.
    pub(crate) rows: &'a [Row],
    /// The filter of the borders as it stands in the file, where it takes less of a decoder's 64 bytes than its tables.
    boundary: &'a [u8],
    shift: u8,
    /// Whether every row is there in all its turns, one after the other.
    pub(crate) unfolded: bool,
}

impl<'a> Checked<'a> {
    /// Checks everything that decoding relies on; the codebook was read from this body of a model.
    pub(crate) fn new(codebook: &Codebook<'a>, body: &'a [u8]) -> Result<Self, ModelError> {
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
        if !(MIN_SHIFT..=MAX_SHIFT).contains(&shift) {
            return Err(ModelError::Shift { found: shift });
        }
        let base = table(CodebookTable::Base, base, base_rows)?;
        let gains = table::<1>(CodebookTable::Gains, gains, base_rows)?.as_flattened();
        let rows = table(CodebookTable::Rows, rows, residual_rows)?;
        if let Some(boundary) = boundary {
            boundary::Checked::new(&boundary)?;
        }
        let boundary = postcard::take_from_bytes::<BeforeBoundary<'a>>(body)
            .map_or(&[][..], |(_, boundary)| boundary);
        Ok(Self {
            stages: pairs,
            base,
            gains,
            rows,
            boundary,
            shift,
            unfolded: false,
        })
    }

    /// The same codebook with tables in which every row is there in all its turns.
    pub(crate) const fn with_all_turns<'b>(&self, base: &'b [Row], rows: &'b [Row]) -> Checked<'b>
    where
        'a: 'b,
    {
        Checked {
            base,
            rows,
            unfolded: true,
            ..*self
        }
    }

    /// The stages, that of the base first.
    #[inline(always)]
    pub(crate) fn stages(&self) -> Stages<'a> {
        stages(self.stages)
    }

    /// The filter of the borders between blocks, if the model has one.
    pub(crate) fn boundary(&self) -> Option<boundary::Checked<'a>> {
        let (boundary, _) =
            postcard::take_from_bytes::<Option<Boundary<'a>>>(self.boundary).ok()?;
        boundary::Checked::new(&boundary?).ok()
    }

    /// As [`decode`](Self::decode), with a stack frame of its own, so that no other kind of model pays for it.
    #[inline(never)]
    pub(crate) fn decode_apart(
        &self,
        latent: &Latent,
        sink: &mut dyn FnMut(usize, &[u8; LINE_SAMPLES]),
    ) {
        self.decode(latent, sink);
    }

    /// Decodes a block, giving `sink` its lines: the number of the line, its samples.
    #[inline(always)]
    pub(crate) fn decode(&self, latent: &Latent, sink: impl FnMut(usize, &[u8; LINE_SAMPLES])) {
        if NARROW_REGISTERS {
            self.decode_small(latent, sink);
        } else {
            self.decode_wide(latent, sink);
        }
    }

    /// As [`decode`](Self::decode), arranged for wide registers: everything at once, and nothing depends on a jump.
    #[inline(always)]
    pub(crate) fn decode_wide(
        &self,
        latent: &Latent,
        mut sink: impl FnMut(usize, &[u8; LINE_SAMPLES]),
    ) {
        let Coded { base, sums, scale } = self.add_up(latent);
        let shift = u32::from(self.shift);
        let (base_luma, base_chroma) = base.split_at(LUMA_SAMPLES);
        let (sum_luma, sum_chroma) = sums.split_at(LUMA_SAMPLES);

        // What the chroma of 2 x 2 pixels adds to their red, green and blue.
        let mut colours = [[0_i16; CHROMA_SAMPLES]; 3];
        let (base_first, base_second) = base_chroma.split_at(CHROMA_SAMPLES);
        let (sum_first, sum_second) = sum_chroma.split_at(CHROMA_SAMPLES);
        for at in 0..CHROMA_SAMPLES {
            let colour = scale.colours(
                [base_first[at], base_second[at]],
                [sum_first[at], sum_second[at]],
                shift,
            );
            colours[0][at] = colour[0];
            colours[1][at] = colour[1];
            colours[2][at] = colour[2];
        }
        let mut light = [0_i16; LUMA_SAMPLES];
        for (light, (&base, &sum)) in light.iter_mut().zip(base_luma.iter().zip(sum_luma)) {
            *light = scale.light(base, sum, shift);
        }

        let [red, green, blue] = &colours;
        let colours = red.as_chunks::<CHROMA>().0.iter();
        let colours = colours
            .zip(green.as_chunks::<CHROMA>().0)
            .zip(blue.as_chunks::<CHROMA>().0);
        let pairs = light.as_chunks::<{ 2 * BLOCK }>().0.iter();
        for (y, (light, ((red, green), blue))) in pairs.zip(colours).enumerate() {
            let (red, green, blue) = (twice(*red), twice(*green), twice(*blue));
            for (below, light) in light.as_chunks::<BLOCK>().0.iter().enumerate() {
                let mut line = [0; LINE_SAMPLES];
                for x in 0..BLOCK {
                    line[3 * x] = light[x].wrapping_add(red[x]).clamp(0, 255) as u8;
                    line[3 * x + 1] = light[x].wrapping_add(green[x]).clamp(0, 255) as u8;
                    line[3 * x + 2] = light[x].wrapping_add(blue[x]).clamp(0, 255) as u8;
                }
                sink(2 * y + below, &line);
            }
        }
    }

    /// As [`decode`](Self::decode), arranged for little memory.
    #[inline(always)]
    pub(crate) fn decode_small(
        &self,
        latent: &Latent,
        mut sink: impl FnMut(usize, &[u8; LINE_SAMPLES]),
    ) {
        let mut block = [0; BLOCK_SAMPLES];
        self.block(latent, &mut block);
        for (y, line) in block.as_chunks().0.iter().enumerate() {
            sink(y, line);
        }
    }

    /// Decodes a block, arranged for little memory.
    #[inline(never)]
    pub(crate) fn block(&self, latent: &Latent, block: &mut [u8; BLOCK_SAMPLES]) {
        let mut work = Work::NEW;
        Rgb888::write_tones(self.tones(latent, &mut work), block, LINE_SAMPLES);
    }

    /// The tones of a block. With a stack frame of its own, and compiled once for all formats of pixels.
    #[inline(never)]
    pub(crate) fn tones<'w>(&self, latent: &Latent, work: &'w mut Work) -> &'w Tones {
        let Work { base, sums, tones } = work;
        let mut picked = self.picked::<false>(latent);
        if let Some((pick, row)) = picked.next() {
            let gain = self.gain(pick);
            base.set(row, pick.turns);
            let mut negated = 0;
            if let Some((pick, row)) = picked.next() {
                negated = pick.turns & 1;
                sums.set(row, pick.turns);
            } else {
                *sums = Turned::ZERO;
            }
            // All as the first: if that is to be negated, all are added up the other way round, and so the sum is.
            for (pick, row) in picked {
                sums.add(row, pick.turns ^ negated);
            }
            let residuals = self.stages.len().saturating_sub(1);
            let scale = NarrowScale::new(self.shift, gain, residuals, negated != 0);
            scale.tones(base, sums, tones);
        }
        tones
    }

    /// Decodes one pixel of a block, that in column `x` and line `y` of it.
    #[inline(always)]
    pub(crate) fn texel(&self, latent: &Latent, x: usize, y: usize) -> [u8; 3] {
        if self.unfolded && !NARROW_REGISTERS {
            self.texel_of(self.picked::<true>(latent), x, y)
        } else {
            self.texel_of(self.picked::<false>(latent), x, y)
        }
    }

    /// As [`texel`](Self::texel), from the rows that were picked.
    #[inline(always)]
    fn texel_of<const UNFOLDED: bool>(
        &self,
        mut picked: Picked<'a, UNFOLDED>,
        x: usize,
        y: usize,
    ) -> [u8; 3] {
        let (x, y) = ((x % BLOCK) as u32, (y % BLOCK) as u32);
        // Where the sample is in the plane of luma, and in the next byte where it is with lines and columns exchanged.
        let places = (y * BLOCK as u32 + x) | ((x * BLOCK as u32 + y) << 8);
        let Some((pick, row)) = picked.next() else {
            return [0; 3];
        };
        let gain = self.gain(pick);
        let base = pick.texel(row, places);
        // Luma in the low half, the first chroma sample in the high half; the second apart.
        let mut sums = [0_u32; 2];
        for (pick, row) in picked {
            let [first, second] = pick.texel(row, places);
            sums = [sums[0].wrapping_add(first), sums[1].wrapping_add(second)];
        }
        let [base, sums] =
            [base, sums].map(|[low, high]| [low as u16, (low >> 16) as u16, high as u16]);
        let shift = u32::from(self.shift);
        let scale = self.scale(gain);
        let light = scale.light(base[0], sums[0], shift);
        scale
            .colours([base[1], base[2]], [sums[1], sums[2]], shift)
            .map(|colour| light.wrapping_add(colour).clamp(0, 255) as u8)
    }

    /// What a latent picks.
    #[inline(always)]
    fn picked<const UNFOLDED: bool>(&self, latent: &Latent) -> Picked<'a, UNFOLDED> {
        Picked {
            stages: self.stages(),
            bits: latent::words(latent),
            base: Some(self.base),
            rows: self.rows,
            before: 0,
        }
    }

    /// The gain of a base row.
    #[inline(always)]
    fn gain(&self, base: Pick) -> u8 {
        self.gains.get(base.row).copied().unwrap_or_default()
    }

    /// Finds the rows of a latent and adds up those of the residuals, all as they are turned.
    #[inline(always)]
    fn add_up(&self, latent: &Latent) -> Coded {
        if self.unfolded {
            return self.add_up_unfolded(latent);
        }
        let mut base = [0_u16; ROW_BYTES];
        let mut gain = 0;
        // Transposing takes longer than anything else, so what has to be transposed is added up first.
        let mut sums = [0_u16; ROW_BYTES];
        let mut across = [0_u16; ROW_BYTES];
        let mut picked = self.picked::<false>(latent);
        if let Some((pick, row)) = picked.next() {
            gain = self.gain(pick);
            for (sample, row) in base.iter_mut().zip(pick.turn(row)) {
                *sample = u16::from(row);
            }
            let across = transposed(&base);
            let kept = u16::from(!pick.transposed()).wrapping_neg();
            for (sample, across) in base.iter_mut().zip(across) {
                *sample = *sample & kept | across & !kept;
            }
        }
        for (pick, row) in picked {
            let row = pick.turn(row);
            // Added to one of the two, without a jump that nobody could foresee.
            let kept = u16::from(!pick.transposed()).wrapping_neg();
            for ((sum, across), sample) in sums.iter_mut().zip(&mut across).zip(row) {
                let sample = u16::from(sample);
                *sum = sum.wrapping_add(sample & kept);
                *across = across.wrapping_add(sample & !kept);
            }
        }
        for (sum, across) in sums.iter_mut().zip(transposed(&across)) {
            *sum = sum.wrapping_add(across);
        }
        let scale = self.scale(gain);
        Coded { base, sums, scale }
    }

    /// As [`add_up`](Self::add_up), where rows need not be turned.
    #[inline(always)]
    fn add_up_unfolded(&self, latent: &Latent) -> Coded {
        let mut base = [0_u16; ROW_BYTES];
        let mut sums = [0_u16; ROW_BYTES];
        let mut gain = 0;
        let mut picked = self.picked::<true>(latent);
        if let Some((pick, row)) = picked.next() {
            gain = self.gain(pick);
            base = row.map(u16::from);
        }
        for (pick, row) in picked {
            let negated = 0_u8.wrapping_sub((pick.turns & 1) as u8);
            for (sum, sample) in sums.iter_mut().zip(row) {
                *sum = sum.wrapping_add(u16::from(sample ^ negated));
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

/// The rows that a latent picks, that of the base first, and how each is to be turned: not at all if tables are
/// `UNFOLDED`, in which every row is there in all its turns.
struct Picked<'a, const UNFOLDED: bool> {
    stages: Stages<'a>,
    /// What is left of the latent: its low 32 bits and the others.
    bits: [u32; 2],
    /// The base rows, until one of them is picked.
    base: Option<&'a [Row]>,
    /// The rows of the residual stages.
    rows: &'a [Row],
    /// How many of those belong to the stages before.
    before: usize,
}

impl<'a, const UNFOLDED: bool> Iterator for Picked<'a, UNFOLDED> {
    type Item = (Pick, &'a Row);

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        let stage = self.stages.next()?;
        let base = self.base.take();
        let mut pick = stage.take(&mut self.bits, base.is_some());
        let mut place = pick.row;
        // A row that is there in all its turns is followed by its other turns.
        let mut turns = 0;
        if UNFOLDED {
            turns = u32::from(stage.mirrors);
            place = place.wrapping_shl(turns) | (pick.turns >> 1) as usize;
            pick.turns &= 1;
        }
        let row = match base {
            Some(base) => base.get(place)?,
            None => {
                let row = self.rows.get(self.before.wrapping_add(place))?;
                let rows = stage.residual_rows().wrapping_shl(turns);
                self.before = self.before.wrapping_add(rows);
                row
            }
        };
        Some((pick, row))
    }
}

/// A latent's rows: that of the base, the sum of the others, and how that sum is scaled.
struct Coded {
    base: [u16; ROW_BYTES],
    sums: [u16; ROW_BYTES],
    scale: Scale,
}

/// A gain, and what it makes of the offset that all bytes of the rows have.
///
/// With at most 11 bytes in a sum, gains below 256 and shifts of at most 12, everything here stays below 2^23 in
/// magnitude. With shifts of at least 5, what is rounded stays below 2^14, and two of it added up below 2^15.
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
    const fn light(self, base: u16, sum: u16, shift: u32) -> i16 {
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
    const fn colours(self, base: [u16; 2], sums: [u16; 2], shift: u32) -> [i16; 3] {
        let c = (base[0] as i32)
            .wrapping_sub(128)
            .wrapping_shl(shift.wrapping_add(2));
        let h = (base[1] as i32)
            .wrapping_sub(128)
            .wrapping_shl(shift.wrapping_add(2));
        let c = c.wrapping_add(self.residual(sums[0]).wrapping_shl(1));
        let h = h.wrapping_add(self.residual(sums[1]));
        let shift = shift.wrapping_add(2);
        [
            round(c.wrapping_sub(h), shift) as i16,
            round(h.wrapping_shl(1), shift) as i16,
            round(0_i32.wrapping_sub(c).wrapping_sub(h), shift) as i16,
        ]
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
    /// Takes the stage's bits from the low end of what is left of a latent: its low 32 bits and the others.
    #[inline(always)]
    pub(crate) fn take(self, bits: &mut [u32; 2], base: bool) -> Pick {
        let width = u32::from(self.bits);
        let [low, high] = *bits;
        let code = low & 1_u32.wrapping_shl(width).wrapping_sub(1);
        // A stage has 1 to 16 bits, so that both shifts are by less than 32.
        *bits = [
            low.wrapping_shr(width) | high.wrapping_shl(32_u32.wrapping_sub(width)),
            high.wrapping_shr(width),
        ];
        // A base is never negated: with a bit 0 in place of that bit, all stages are alike.
        let code = if base { code.wrapping_shl(1) } else { code };
        let turns = u32::from(self.mirrors).wrapping_add(1);
        Pick {
            row: code.wrapping_shr(turns) as usize,
            turns: code & 1_u32.wrapping_shl(turns).wrapping_sub(1),
        }
    }

    /// How many rows the stage has if it is a residual one and has been checked.
    #[inline(always)]
    pub(crate) fn residual_rows(self) -> usize {
        let row_bits = u32::from(self.bits).wrapping_sub(u32::from(self.mirrors).wrapping_add(1));
        1_u32.wrapping_shl(row_bits) as usize
    }
}

impl Pick {
    /// A pick that turns a row.
    pub(crate) const fn turned(turns: u32) -> Self {
        Self { row: 0, turns }
    }

    const fn transposed(self) -> bool {
        self.turns & 8 != 0
    }

    /// The row negated and mirrored as picked, but not transposed.
    #[inline(always)]
    pub(crate) fn turn(self, row: &Row) -> Row {
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

    /// The samples of one pixel: luma and, in the high half, the first of chroma, and the second. `places` says where its luma
    /// is, and in the next byte where it is in a row that is transposed.
    #[inline(always)]
    fn texel(self, row: &Row, places: u32) -> [u32; 2] {
        let place = places >> (self.turns & 8) ^ FLIPS >> ((self.turns & 6) << 2);
        let place = place as usize % LUMA_SAMPLES;
        let chroma = place / 2 % CHROMA + place / (2 * BLOCK) * CHROMA;
        let negated = 0_u32.wrapping_sub(self.turns & 1);
        let sample = |at: usize| u32::from(row[at % ROW_BYTES]);
        [
            (sample(place) | sample(LUMA_SAMPLES + chroma) << 16) ^ negated & 0x00FF_00FF,
            sample(LUMA_SAMPLES + CHROMA_SAMPLES + chroma) ^ negated & 0xFF,
        ]
    }
}

/// What changes in the place of a luma sample if its plane is turned, a byte each: nothing, upside down, left to right, both.
const FLIPS: u32 = 0o77 << 24 | 0o07 << 16 | 0o70 << 8;

/// Each of four samples twice, for the two pixels that they belong to.
#[inline(always)]
const fn twice([a, b, c, d]: [i16; CHROMA]) -> [i16; BLOCK] {
    [a, a, b, b, c, c, d, d]
}

/// The three planes of a sum transposed.
#[inline(always)]
fn transposed(row: &[u16; ROW_BYTES]) -> [u16; ROW_BYTES] {
    // Four quarters of the luma plane, and the two chroma planes, each 4 x 4: line after line, quarter beside quarter.
    let starts = [0, 4, 32, 36, LUMA_SAMPLES, LUMA_SAMPLES + CHROMA_SAMPLES];
    let mut lines = [[0_u64; 6]; 4];
    for (y, line) in lines.iter_mut().enumerate() {
        for (quarter, word) in line.iter_mut().enumerate() {
            let at = starts[quarter] + y * if quarter < 4 { BLOCK } else { CHROMA };
            *word = u64::from(row[at])
                | u64::from(row[at + 1]) << 16
                | u64::from(row[at + 2]) << 32
                | u64::from(row[at + 3]) << 48;
        }
    }
    // Halves of lines change places, then halves of halves.
    let [mut a, mut b, mut c, mut d] = lines;
    for quarter in 0..6 {
        (a[quarter], c[quarter]) = exchanged(a[quarter], c[quarter], 32, 0x0000_0000_ffff_ffff);
        (b[quarter], d[quarter]) = exchanged(b[quarter], d[quarter], 32, 0x0000_0000_ffff_ffff);
    }
    for quarter in 0..6 {
        (a[quarter], b[quarter]) = exchanged(a[quarter], b[quarter], 16, 0x0000_ffff_0000_ffff);
        (c[quarter], d[quarter]) = exchanged(c[quarter], d[quarter], 16, 0x0000_ffff_0000_ffff);
    }
    let starts = [0, 32, 4, 36, LUMA_SAMPLES, LUMA_SAMPLES + CHROMA_SAMPLES];
    let mut across = [0; ROW_BYTES];
    for (y, line) in [a, b, c, d].iter().enumerate() {
        for (quarter, word) in line.iter().enumerate() {
            let at = starts[quarter] + y * if quarter < 4 { BLOCK } else { CHROMA };
            across[at] = *word as u16;
            across[at + 1] = (word >> 16) as u16;
            across[at + 2] = (word >> 32) as u16;
            across[at + 3] = (word >> 48) as u16;
        }
    }
    across
}

/// Exchanges what is above the mask in the first, shifted down, with what is under it in the second (Warren, "Hacker's
/// Delight", 7-3).
#[inline(always)]
const fn exchanged(first: u64, second: u64, shift: u32, mask: u64) -> (u64, u64) {
    let change = (first.wrapping_shr(shift) ^ second) & mask;
    (first ^ change.wrapping_shl(shift), second ^ change)
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

#[cfg(test)]
mod tests {
    use std::vec;
    use std::vec::Vec;

    use super::Checked;
    use crate::narrow::Work;
    use crate::tests::made::{any_codebook, any_latent, largest_codebook};
    use crate::{
        Bgr555Le, Bgr888, Decoder, Dithered, Latent, Pixel, Rgb565Be, Rgb565Le, Rgb888, Xrgb8888,
    };
    use proptest::prelude::*;

    /// Checks what the arrangement for narrow registers writes in a format against the other one.
    fn check<P: Pixel>(codebook: &Checked<'_>, latent: &Latent) {
        let line = 8 * P::BYTES;
        let stride = line + 3;
        let mut expected = vec![0xAA; 7 * stride + line];
        codebook.decode_wide(latent, |y, samples| {
            P::write(samples, 0, y, &mut expected[y * stride..][..line]);
        });
        let mut work = Work::NEW;
        let tones = codebook.tones(latent, &mut work);
        let mut found = vec![0xAA; 7 * stride + line];
        P::write_tones(tones, &mut found, stride);
        assert_eq!(found, expected);
    }

    /// Checks all that both arrangements make of a latent.
    fn check_all(file: &[u8], latent: &Latent) {
        let decoder = Decoder::from_bytes(file).unwrap();
        let codebook = decoder.codebook().unwrap();
        let (mut wide, mut small) = (Vec::new(), Vec::new());
        codebook.decode_wide(latent, |y, line| wide.push((y, *line)));
        codebook.decode_small(latent, |y, line| small.push((y, *line)));
        assert_eq!(wide, small);
        check::<Rgb888>(codebook, latent);
        check::<Bgr888>(codebook, latent);
        check::<Xrgb8888>(codebook, latent);
        check::<Rgb565Le>(codebook, latent);
        check::<Rgb565Be>(codebook, latent);
        check::<Bgr555Le>(codebook, latent);
        check::<Dithered<Rgb565Le>>(codebook, latent);
        check::<Dithered<Rgb565Be>>(codebook, latent);
        check::<Dithered<Bgr555Le>>(codebook, latent);
    }

    proptest! {
        #[test]
        fn both_arrangements_decode_alike(made in any_codebook(), latent in any_latent()) {
            check_all(&made.file(), &latent);
        }
    }

    #[test]
    fn both_arrangements_decode_the_largest_numbers_alike() {
        for shift in [5, 6, 11, 12] {
            for (base, rows) in [(0, 0), (0, 255), (127, 0), (255, 0), (255, 255)] {
                let file = largest_codebook(base, rows, shift).file();
                for latent in [[0; 6], [0xFF; 6], [0x0F; 6], [0x11; 6]] {
                    check_all(&file, &latent);
                }
            }
        }
    }
}
