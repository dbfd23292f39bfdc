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
    self, Boundary, CHROMA_SAMPLES, Codebook, GAIN_SHIFTS, LUMA_SAMPLES, MAX_STAGES, MAX_TOPS,
    ROW_BYTES, Stage,
};
use crate::latent::{self, LATENT_BITS, Latent};
use crate::narrow::{Put, Rows, Turned};
use crate::pixel::sealed::Write;
use crate::tones::{Scale as NarrowScale, Tones};
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

/// What is in a row: luma line after line, then the two chroma samples of place after place, line after line.
pub(crate) type Row = [u8; ROW_BYTES];

/// The fields of a model's body that stand before the filter of the borders: name, kind, stages, tops, gains.
type BeforeBoundary<'a> = (&'a [u8], u32, &'a [u8], &'a [u8], &'a [u8]);

/// A codebook whose tables have been checked: every length fits, and no sum or product can overflow.
#[derive(Clone, Copy)]
pub(crate) struct Checked<'a> {
    stages: &'a [[u8; 2]],
    tops: &'a [u8],
    gains: &'a [u8],
    /// The rows of all stages, stage after stage.
    pub(crate) rows: &'a [Row],
    /// The filter of the borders as it stands in the file, where it takes less of a decoder's 64 bytes than its tables.
    boundary: &'a [u8],
    /// The sum of the tops.
    most: u8,
    /// Whether every row is there in all its turns, one after the other.
    pub(crate) unfolded: bool,
}

impl<'a> Checked<'a> {
    /// Checks everything that decoding relies on; the codebook was read from this body of a model, which begins so many bytes
    /// into the file.
    pub(crate) fn new(
        codebook: &Codebook<'a>,
        body: &'a [u8],
        before: usize,
    ) -> Result<Self, ModelError> {
        let Codebook {
            stages,
            tops,
            gains,
            boundary,
            padding,
            rows,
        } = *codebook;
        let (pairs, odd) = stages.as_chunks::<2>();
        let count = pairs.len();
        if !odd.is_empty() || count == 0 || count > MAX_STAGES {
            return Err(ModelError::Stages {
                found: stages.len(),
            });
        }
        let (mut bits, mut base_rows, mut all_rows) = (0_usize, 0_usize, 0_usize);
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
            }
            all_rows += found;
        }
        if bits != LATENT_BITS {
            return Err(ModelError::StageBits { found: bits });
        }
        let tops = table::<1>(CodebookTable::Tops, tops, count - 1)?.as_flattened();
        let most: usize = tops.iter().map(|&top| usize::from(top)).sum();
        if most > MAX_TOPS {
            return Err(ModelError::Tops { found: most });
        }
        let gains = table::<1>(CodebookTable::Gains, gains, base_rows)?.as_flattened();
        if let Some(boundary) = boundary {
            boundary::Checked::new(&boundary)?;
        }
        let first = before
            .wrapping_add(body.len())
            .wrapping_sub(rows.len())
            .wrapping_sub(padding.len())
            .wrapping_sub(format::CHECKSUM_BYTES);
        let expected = format::padding(first);
        if padding != expected {
            let zeros = padding.iter().filter(|&&byte| byte == 0).count();
            return Err(ModelError::Padding {
                found: [padding.len(), zeros],
                expected: expected.len(),
            });
        }
        let rows = table(CodebookTable::Rows, rows, all_rows)?;
        let mut rest = rows.get(base_rows..).unwrap_or_default();
        for ((stage, &pair), &top) in pairs.iter().enumerate().skip(1).zip(tops) {
            let count = Stage::from_bytes(pair).rows(false).unwrap_or_default();
            let (rows, after) = rest.split_at_checked(count).unwrap_or_default();
            rest = after;
            let found = rows
                .as_flattened()
                .iter()
                .copied()
                .max()
                .unwrap_or_default();
            if found > top {
                return Err(ModelError::AboveTop { stage, found, top });
            }
        }
        let boundary = postcard::take_from_bytes::<BeforeBoundary<'a>>(body)
            .map_or(&[][..], |(_, boundary)| boundary);
        Ok(Self {
            stages: pairs,
            tops,
            gains,
            rows,
            boundary,
            most: most as u8,
            unfolded: false,
        })
    }

    /// The same codebook with tables in which every row is there in all its turns.
    pub(crate) const fn with_all_turns<'b>(&self, rows: &'b [Row]) -> Checked<'b>
    where
        'a: 'b,
    {
        Checked {
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
        let (base_luma, base_chroma) = base.split_at(LUMA_SAMPLES);
        let (sum_luma, sum_chroma) = sums.split_at(LUMA_SAMPLES);

        // What the chroma of 2 x 2 pixels adds to their red, green and blue.
        let mut colours = [[0_i16; CHROMA_SAMPLES]; 3];
        let pairs = base_chroma.as_chunks().0.iter();
        for (at, (&base, &sums)) in pairs.zip(sum_chroma.as_chunks().0).enumerate() {
            let [red, green, blue] = scale.colours(base, sums);
            colours[0][at % CHROMA_SAMPLES] = red;
            colours[1][at % CHROMA_SAMPLES] = green;
            colours[2][at % CHROMA_SAMPLES] = blue;
        }
        let mut light = [0_i16; LUMA_SAMPLES];
        for (light, (&base, &sum)) in light.iter_mut().zip(base_luma.iter().zip(sum_luma)) {
            *light = scale.light(base, sum);
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
        let mut tones = Tones::NONE;
        self.tones(latent, &mut tones);
        Rgb888::write_tones(&tones, block, LINE_SAMPLES);
    }

    /// The tones of a block, in the place of what was there before. With a stack frame of its own, and compiled once for all
    /// formats of pixels.
    #[inline(never)]
    pub(crate) fn tones(&self, latent: &Latent, tones: &mut Tones) {
        let Tones {
            base,
            sums,
            scale,
            picked,
        } = tones;
        let start = self.pick(latent, picked);
        let picked = picked.get(..self.stages.len()).unwrap_or_default();
        let Some((&first, residuals)) = picked.split_first() else {
            return;
        };
        let rows = Rows::new(self.rows);
        let place = |picked: u32| (picked >> 4) as usize;
        let factor = |picked: u32| 1_u32.wrapping_sub((picked & 1) << 1);
        let gain = self.gains.get(place(first)).copied().unwrap_or_default();
        *scale = NarrowScale::new(gain, self.most);
        base.put(rows, place(first), first, Put::Copy);
        let Some((&second, others)) = residuals.split_first() else {
            *sums = Turned::ZERO;
            return;
        };
        let set = Put::Set {
            factor: factor(second),
            start,
        };
        sums.put(rows, place(second), second, set);
        for &other in others {
            let add = Put::Add {
                factor: factor(other),
            };
            sums.put(rows, place(other), other, add);
        }
    }

    /// Finds the rows that a latent picks: the place of each among all rows, and in the low 4 bits how it is turned. Gives the tops
    /// of those stages together whose rows are to be negated, which means taken away from the top.
    #[inline(never)]
    fn pick(&self, latent: &Latent, picked: &mut [u32; MAX_STAGES]) -> u32 {
        let mut bits = latent::words(latent);
        let Some((&stage, stages)) = self.stages.split_first() else {
            return 0;
        };
        let [first, others @ ..] = picked;
        let stage = Stage::from_bytes(stage);
        let pick = stage.take(&mut bits, true);
        *first = (pick.row as u32) << 4 | pick.turns;
        let (mut start, mut before) = (0_u32, stage.count(true) as u32);
        for ((picked, &stage), &top) in others.iter_mut().zip(stages).zip(self.tops) {
            let stage = Stage::from_bytes(stage);
            let pick = stage.take(&mut bits, false);
            *picked = before.wrapping_add(pick.row as u32) << 4 | pick.turns;
            before = before.wrapping_add(stage.count(false) as u32);
            start = u32::from(top)
                .wrapping_mul(pick.turns & 1)
                .wrapping_add(start);
        }
        start
    }

    /// Decodes one pixel of a block, that in column `x` and line `y` of it.
    #[inline(always)]
    pub(crate) fn texel(&self, latent: &Latent, x: usize, y: usize) -> [u8; 3] {
        let at = y % BLOCK * BLOCK + x % BLOCK;
        let texel = if self.unfolded && !NARROW_REGISTERS {
            self.texel_of::<true>(latent, at)
        } else {
            self.texel_of::<false>(latent, at)
        };
        // A row is only missing if tables are shorter than was checked.
        texel.unwrap_or_default()
    }

    /// As [`texel`](Self::texel), given the place of the pixel's luma, with tables in which every row is there in all its turns,
    /// or not.
    #[inline(always)]
    fn texel_of<const UNFOLDED: bool>(&self, latent: &Latent, at: usize) -> Option<[u8; 3]> {
        let mut bits = latent::words(latent);
        let (&stage, stages) = self.stages.split_first()?;
        let stage = Stage::from_bytes(stage);
        let (pick, place) = stage.find::<UNFOLDED>(&mut bits, true, 0);
        let gain = self.gain(pick);
        let base = pick.texel(self.rows.get(place)?, at);
        let mut before = stage.places::<UNFOLDED>(true);
        let (mut sums, mut start) = (0_u32, 0_u32);
        for (&stage, &top) in stages.iter().zip(self.tops) {
            let stage = Stage::from_bytes(stage);
            let (pick, place) = stage.find::<UNFOLDED>(&mut bits, false, before);
            before = before.wrapping_add(stage.places::<UNFOLDED>(false));
            let texel = pick.texel(self.rows.get(place)?, at);
            // What is negated is taken away from the top.
            let negated = pick.turns & 1;
            start = u32::from(top).wrapping_mul(negated).wrapping_add(start);
            sums = texel
                .wrapping_mul(1_u32.wrapping_sub(negated << 1))
                .wrapping_add(sums);
        }
        let sums = start.wrapping_mul(0x0001_0101).wrapping_add(sums);
        let [base, c_base, h_base, _] = base.to_le_bytes();
        let [sum, c_sum, h_sum, _] = sums.to_le_bytes();
        let scale = self.scale(gain);
        let light = scale.light(base, sum);
        let colours = scale.colours([c_base, h_base], [c_sum, h_sum]);
        Some(colours.map(|colour| light.wrapping_add(colour).clamp(0, 255) as u8))
    }

    /// What a latent picks.
    #[inline(always)]
    fn picked<const UNFOLDED: bool>(&self, latent: &Latent) -> Picked<'a, UNFOLDED> {
        Picked {
            stages: self.stages(),
            bits: latent::words(latent),
            first: true,
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
        let mut base = [0_u8; ROW_BYTES];
        let mut gain = 0;
        // Transposing takes longer than anything else, so what has to be transposed is added up first.
        let mut sums = [0_u8; ROW_BYTES];
        let mut across = [0_u8; ROW_BYTES];
        let mut start = 0_u8;
        let mut picked = self.picked::<false>(latent);
        if let Some((pick, row)) = picked.next()
            && let Some(row) = self.rows.get(row)
        {
            gain = self.gain(pick);
            base = pick.turn(row);
            let across = transposed(&base);
            let kept = u8::from(!pick.transposed()).wrapping_neg();
            for (sample, across) in base.iter_mut().zip(across) {
                *sample = *sample & kept | across & !kept;
            }
        }
        for ((pick, row), &top) in picked.zip(self.tops) {
            let Some(row) = self.rows.get(row) else {
                continue;
            };
            start = start.wrapping_add(pick.start(top));
            let row = pick.turn(row);
            // Added to one of the two, without a jump that nobody could foresee.
            let kept = u8::from(!pick.transposed()).wrapping_neg();
            for ((sum, across), sample) in sums.iter_mut().zip(&mut across).zip(row) {
                *sum = sum.wrapping_add(sample & kept);
                *across = across.wrapping_add(sample & !kept);
            }
        }
        for (sum, across) in sums.iter_mut().zip(transposed(&across)) {
            *sum = sum.wrapping_add(across).wrapping_add(start);
        }
        let scale = self.scale(gain);
        Coded { base, sums, scale }
    }

    /// As [`add_up`](Self::add_up), where rows need not be turned.
    #[inline(always)]
    fn add_up_unfolded(&self, latent: &Latent) -> Coded {
        let mut base = [0_u8; ROW_BYTES];
        let mut sums = [0_u8; ROW_BYTES];
        let mut gain = 0;
        let mut start = 0_u8;
        let mut picked = self.picked::<true>(latent);
        if let Some((pick, row)) = picked.next()
            && let Some(row) = self.rows.get(row)
        {
            gain = self.gain(pick);
            base = *row;
        }
        for ((pick, row), &top) in picked.zip(self.tops) {
            let Some(row) = self.rows.get(row) else {
                continue;
            };
            start = start.wrapping_add(pick.start(top));
            let negated = 0_u8.wrapping_sub((pick.turns & 1) as u8);
            for (sum, sample) in sums.iter_mut().zip(row) {
                *sum = sum.wrapping_add(sample ^ negated);
            }
        }
        for sum in &mut sums {
            *sum = sum.wrapping_add(start);
        }
        let scale = self.scale(gain);
        Coded { base, sums, scale }
    }

    /// How sums are scaled with the gain of a base row.
    #[inline(always)]
    fn scale(&self, gain: u8) -> Scale {
        let gain = u16::from(gain);
        let most = gain.wrapping_mul(u16::from(self.most));
        let offsets = GAIN_SHIFTS.map(|shift| {
            let start = (1_i32.wrapping_shl(shift)).wrapping_sub(i32::from(most)) >> 1;
            let above = 0_i32.wrapping_sub(start >> shift);
            [
                (start & 1_i32.wrapping_shl(shift).wrapping_sub(1)) as u16,
                above as u16,
            ]
        });
        Scale { gain, offsets }
    }
}

/// The rows that a latent picks, that of the base first: how each is to be turned, and its place among all rows. If tables are
/// `UNFOLDED`, every row is there in all its turns, and none is to be turned.
struct Picked<'a, const UNFOLDED: bool> {
    stages: Stages<'a>,
    /// What is left of the latent: its low 32 bits and the others.
    bits: [u32; 2],
    /// Whether no row has been picked yet.
    first: bool,
    /// How many rows belong to the stages before.
    before: usize,
}

impl<const UNFOLDED: bool> Iterator for Picked<'_, UNFOLDED> {
    type Item = (Pick, usize);

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        let stage = self.stages.next()?;
        let base = core::mem::replace(&mut self.first, false);
        let found = stage.find::<UNFOLDED>(&mut self.bits, base, self.before);
        self.before = self.before.wrapping_add(stage.places::<UNFOLDED>(base));
        Some(found)
    }
}

/// A latent's rows: that of the base, the sum of the others, and how that sum is scaled.
struct Coded {
    base: Row,
    sums: Row,
    scale: Scale,
}

/// A gain, and for luma and both chroma samples what is added to a product with it before the bits below the point are dropped,
/// and what is taken away after.
///
/// A product is at most 255 times 255, what is added to it at most 255, so that 16 bits are enough. Of what comes after, nothing
/// is above 2,000 in magnitude.
#[derive(Clone, Copy)]
struct Scale {
    gain: u16,
    offsets: [[u16; 2]; 3],
}

impl Scale {
    /// The residual that a sum of plane `P` stands for.
    #[inline(always)]
    const fn residual<const P: usize>(self, sum: u8) -> i16 {
        let [start, above] = self.offsets[P % 3];
        let product = self.gain.wrapping_mul(sum as u16).wrapping_add(start);
        product.wrapping_shr(GAIN_SHIFTS[P % 3]).wrapping_sub(above) as i16
    }

    /// The luma of a pixel.
    #[inline(always)]
    const fn light(self, base: u8, sum: u8) -> i16 {
        self.residual::<0>(sum).wrapping_add(base as i16)
    }

    /// What the two chroma samples of a pixel add to its red, green and blue. The first is red over blue, the second green
    /// over both.
    #[inline(always)]
    const fn colours(self, base: [u8; 2], sums: [u8; 2]) -> [i16; 3] {
        let c = self
            .residual::<1>(sums[0])
            .wrapping_add(base[0] as i16)
            .wrapping_sub(128);
        let h = self
            .residual::<2>(sums[1])
            .wrapping_add(base[1] as i16)
            .wrapping_sub(128);
        [
            c.wrapping_sub(h),
            h.wrapping_add(h),
            0_i16.wrapping_sub(c).wrapping_sub(h),
        ]
    }
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
        // A stage has 1 to 16 bits, so that no shift is by more than 31.
        let width = u32::from(self.bits) % 32;
        let [low, high] = *bits;
        let code = low & !(u32::MAX << width);
        *bits = [low >> width | (high << 1) << (31 - width), high >> width];
        // A base is never negated: with a bit 0 in place of that bit, all stages are alike.
        let code = if base { code << 1 } else { code };
        let turns = u32::from(self.mirrors) % 4 + 1;
        Pick {
            row: (code >> turns) as usize,
            turns: code & !(u32::MAX << turns),
        }
    }

    /// Takes the stage's bits, and finds the place of its row among all rows; so many are those of the stages before. In tables
    /// that are `UNFOLDED` a row is followed by its other turns, and need not be turned.
    #[inline(always)]
    fn find<const UNFOLDED: bool>(
        self,
        bits: &mut [u32; 2],
        base: bool,
        before: usize,
    ) -> (Pick, usize) {
        let mut pick = self.take(bits, base);
        let mut place = pick.row;
        if UNFOLDED {
            place = place << (self.mirrors % 4) | (pick.turns >> 1) as usize;
            pick.turns &= 1;
        }
        (pick, place.wrapping_add(before))
    }

    /// How many places its rows have, in tables that are `UNFOLDED` or not.
    #[inline(always)]
    fn places<const UNFOLDED: bool>(self, base: bool) -> usize {
        self.count(base) << if UNFOLDED { self.mirrors % 4 } else { 0 }
    }

    /// How many rows the stage has, if it has been checked.
    #[inline(always)]
    pub(crate) fn count(self, base: bool) -> usize {
        let codes = 1_u32 << (u32::from(self.bits) % 32);
        let turns = u32::from(self.mirrors) % 4 + u32::from(!base);
        (codes >> turns) as usize
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

    /// What is to be added to a sum for a row that is taken away from the top of its stage by adding its bits turned over.
    #[inline(always)]
    const fn start(self, top: u8) -> u8 {
        let negated = 0_u8.wrapping_sub((self.turns & 1) as u8);
        top.wrapping_add(1) & negated
    }

    /// The row mirrored as picked, all its bits turned over if it is to be negated, but not transposed.
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

        // A line has four places of two bytes.
        let chroma = chroma.as_chunks::<BLOCK>().0;
        let flip = if upside_down { CHROMA - 1 } else { 0 };
        for (y, to) in to_chroma.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
            let line = u64::from_le_bytes(chroma[(y ^ flip) % CHROMA]);
            let reversed = line.swap_bytes();
            let reversed = reversed >> 8 & ODD_BYTES >> 8 | reversed << 8 & ODD_BYTES;
            let line = if mirrored { reversed } else { line };
            *to = (line ^ negated).to_le_bytes();
        }
        turned
    }

    /// The samples of a pixel in the bytes of a word: luma in the lowest, then the first and the second of chroma. `at` is the place
    /// of its luma.
    #[inline(always)]
    fn texel(self, row: &Row, at: usize) -> u32 {
        let [luma, chroma] = TURNED[(self.turns >> 1) as usize % 8][at % LUMA_SAMPLES];
        let chroma = LUMA_SAMPLES + usize::from(chroma) % CHROMA_SAMPLES * 2;
        let luma = row[usize::from(luma) % LUMA_SAMPLES];
        let chroma = u16::from_le_bytes([row[chroma], row[chroma + 1]]);
        u32::from(luma) | u32::from(chroma) << 8
    }
}

/// Every second byte of a word, the highest included.
const ODD_BYTES: u64 = 0xFF00_FF00_FF00_FF00;

/// Where in a row the luma sample of a pixel is, and which of the places of chroma is its, for all ways to turn the row: bit 0 of
/// the number of a way is upside down, bit 1 left to right, bit 2 transposed after that.
static TURNED: [[[u8; 2]; LUMA_SAMPLES]; 8] = {
    let mut turned = [[[0; 2]; LUMA_SAMPLES]; 8];
    let mut at = 0;
    while at < 8 * LUMA_SAMPLES {
        let (turns, place) = (at / LUMA_SAMPLES, at % LUMA_SAMPLES);
        let (mut y, mut x) = (place / BLOCK, place % BLOCK);
        if turns & 4 != 0 {
            (y, x) = (x, y);
        }
        if turns & 2 != 0 {
            x = BLOCK - 1 - x;
        }
        if turns & 1 != 0 {
            y = BLOCK - 1 - y;
        }
        turned[turns][place] = [(y * BLOCK + x) as u8, (y / 2 * CHROMA + x / 2) as u8];
        at += 1;
    }
    turned
};

/// Each of four samples twice, for the two pixels that they belong to.
#[inline(always)]
const fn twice([a, b, c, d]: [i16; CHROMA]) -> [i16; BLOCK] {
    [a, a, b, b, c, c, d, d]
}

/// The planes of a row or of a sum transposed.
#[inline(always)]
pub(crate) fn transposed(row: &Row) -> Row {
    let (luma, chroma) = row.split_at(LUMA_SAMPLES);
    let mut across = [0; ROW_BYTES];
    let (to_luma, to_chroma) = across.split_at_mut(LUMA_SAMPLES);

    // Halves of lines change places, then halves of halves, then neighbours.
    let mut lines = [0_u64; BLOCK];
    for (line, bytes) in lines.iter_mut().zip(luma.as_chunks().0) {
        *line = u64::from_le_bytes(*bytes);
    }
    for (apart, mask) in [(4, 0xFFFF_FFFF), (2, 0xFFFF_0000_FFFF), (1, !ODD_BYTES)] {
        for y in (0..BLOCK).filter(|y| y & apart == 0) {
            let (above, below) = (lines[y], lines[(y + apart) % BLOCK]);
            let shift = 8 * apart as u32;
            (lines[y], lines[(y + apart) % BLOCK]) = exchanged(above, below, shift, mask);
        }
    }
    for (bytes, line) in to_luma.as_chunks_mut().0.iter_mut().zip(lines) {
        *bytes = line.to_le_bytes();
    }

    let mut lines = [0_u64; CHROMA];
    for (line, bytes) in lines.iter_mut().zip(chroma.as_chunks().0) {
        *line = u64::from_le_bytes(*bytes);
    }
    let [a, b, c, d] = lines;
    let (a, c) = exchanged(a, c, 32, 0xFFFF_FFFF);
    let (b, d) = exchanged(b, d, 32, 0xFFFF_FFFF);
    let (a, b) = exchanged(a, b, 16, 0xFFFF_0000_FFFF);
    let (c, d) = exchanged(c, d, 16, 0xFFFF_0000_FFFF);
    for (bytes, line) in to_chroma.as_chunks_mut().0.iter_mut().zip([a, b, c, d]) {
        *bytes = line.to_le_bytes();
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
    use crate::pixel::sealed::Write;
    use crate::tests::made::{any_codebook, any_latent, largest_codebook};
    use crate::tones::{Tones, triples};
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
        let mut tones = Tones::NONE;
        codebook.tones(latent, &mut tones);
        let mut found = vec![0xAA; 7 * stride + line];
        P::write_tones(&tones, &mut found, stride);
        assert_eq!(found, expected);
    }

    /// Checks that words are written as bytes are.
    fn check_words(codebook: &Checked<'_>, latent: &Latent) {
        let mut tones = Tones::NONE;
        codebook.tones(latent, &mut tones);
        let mut expected = [0xAA; 8 * 28];
        Rgb888::write_tones(&tones, &mut expected, 28);
        let mut found = [0xAAAA_AAAA; 8 * 7];
        tones.write_to::<u32, 3>(&mut found, 7, |_, _, even, odd| triples(even, odd));
        assert_eq!(found.map(u32::to_ne_bytes).as_flattened(), expected);
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
        check_words(codebook, latent);
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
        for base in [0, 127, 255] {
            for largest in [false, true] {
                let file = largest_codebook(base, largest).file();
                for latent in [[0; 6], [0xFF; 6], [0x0F; 6], [0x11; 6]] {
                    check_all(&file, &latent);
                }
            }
        }
    }
}
