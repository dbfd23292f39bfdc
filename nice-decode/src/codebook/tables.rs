//! The checked tables of a codebook.

use crate::deblock::filter::DeblockFilter;
use crate::error::{ModelError, ModelField, ModelTable};
use crate::format::{
    CHECKSUM_BYTES, CODEWORD_ALIGNMENT, CODEWORD_BYTES, CodebookTables, DeblockTables,
    LUMA_SAMPLES, MAX_ADAPTIVE_BITS, MAX_ORIENTATION_BITS, MAX_PEAK_SUM, MAX_STAGE_BITS,
    MAX_STAGES, Stage,
};
use crate::latent::LATENT_BITS;

/// The samples of a codeword: luma line after line, then the two chroma samples of each site, line after line.
pub(crate) type Codeword = [u8; CODEWORD_BYTES];

/// What stands for the base if a latent has no bits for it.
pub(super) const BLACK: Codeword = {
    let mut black = [128; CODEWORD_BYTES];
    let (luma, _) = black.split_at_mut(LUMA_SAMPLES);
    let mut i = 0;
    while i < luma.len() {
        luma[i] = 0;
        i += 1;
    }
    black
};

/// The stages of a codebook, the base first.
pub(crate) type Stages<'a> =
    core::iter::Map<core::iter::Copied<core::slice::Iter<'a, [u8; 2]>>, fn([u8; 2]) -> Stage>;

/// The stages that these pairs of bytes stand for.
#[inline(always)]
pub(crate) fn stages(pairs: &[[u8; 2]]) -> Stages<'_> {
    pairs.iter().copied().map(Stage::from_bytes)
}

/// The fields of a model's contents before the deblocking filter: name, kind, stages, peaks, gains.
type BeforeDeblock<'a> = (&'a [u8], u32, &'a [u8], &'a [u8], &'a [u8]);

/// A codebook whose tables have been checked: every length is right, and no sum or product can overflow.
#[derive(Clone, Copy)]
pub(crate) struct Codebook<'a> {
    pub(super) stages: &'a [[u8; 2]],
    pub(super) peaks: &'a [u8],
    gains: &'a [u8],
    /// The codewords of all stages, stage after stage.
    pub(super) codewords: &'a [Codeword],
    /// The deblocking filter, still serialized: a model has to stay below 64 bytes, and the tables of the filter would take more.
    deblock: &'a [u8],
    /// Whether every codeword is stored in all its orientations, one after the other.
    pub(super) expanded: bool,
}

impl<'a> Codebook<'a> {
    /// Checks everything that decoding relies on. The tables were parsed from `body`, which begins `body_offset` bytes into the
    /// file and ends with it.
    pub(crate) fn new(
        tables: &CodebookTables<'a>,
        body: &'a [u8],
        body_offset: usize,
    ) -> Result<Self, ModelError> {
        let CodebookTables {
            stages,
            peaks,
            gains,
            deblock,
            padding,
            codewords,
        } = *tables;
        let pairs = ModelTable::Stages.items::<2>(stages, stages.len() / 2)?;
        ModelField::Stages.check(pairs.len(), 1..=MAX_STAGES)?;
        let (mut bits, mut fixed_bits) = (0_usize, 0_usize);
        let (mut base_codewords, mut all_codewords) = (0_usize, 0_usize);
        for (index, &pair) in pairs.iter().enumerate() {
            let count = check_stage(Stage::from_bytes(pair), index)?;
            bits += usize::from(pair[0]);
            if fixed_bits < LATENT_BITS {
                fixed_bits = bits;
            }
            if index == 0 {
                base_codewords = count;
            }
            all_codewords += count;
        }
        ModelField::LatentBits.check(fixed_bits, LATENT_BITS..=LATENT_BITS)?;
        ModelField::AllStageBits.check(bits, LATENT_BITS..=MAX_ADAPTIVE_BITS)?;
        let peaks = ModelTable::Peaks.items::<1>(peaks, pairs.len() - 1)?;
        let peaks = peaks.as_flattened();
        let peak_sum = peaks.iter().map(|&peak| usize::from(peak)).sum();
        ModelField::PeakSum.check(peak_sum, 0..=MAX_PEAK_SUM)?;
        let gains = ModelTable::Gains.items::<1>(gains, base_codewords)?;
        let gains = gains.as_flattened();
        if let Some(tables) = deblock {
            DeblockFilter::new(&tables)?;
        }
        let padding_offset = body_offset
            .wrapping_add(body.len())
            .wrapping_sub(codewords.len())
            .wrapping_sub(padding.len())
            .wrapping_sub(CHECKSUM_BYTES);
        check_padding(padding, padding_offset)?;
        let codewords = ModelTable::Codewords.items(codewords, all_codewords)?;
        check_peaks(pairs, peaks, codewords, base_codewords)?;
        let deblock = postcard::take_from_bytes::<BeforeDeblock<'a>>(body)
            .map_or(&[][..], |(_, deblock)| deblock);
        Ok(Self {
            stages: pairs,
            peaks,
            gains,
            codewords,
            deblock,
            expanded: false,
        })
    }

    /// The same codebook with codewords that are stored in all their orientations.
    pub(super) const fn with_expanded<'b>(&self, codewords: &'b [Codeword]) -> Codebook<'b>
    where
        'a: 'b,
    {
        Codebook {
            codewords,
            expanded: true,
            ..*self
        }
    }

    /// The stages, the base first.
    #[inline(always)]
    pub(crate) fn stages(&self) -> Stages<'a> {
        stages(self.stages)
    }

    /// The gain of a base codeword.
    #[inline(always)]
    pub(super) fn gain(&self, codeword: usize) -> u8 {
        self.gains.get(codeword).copied().unwrap_or_default()
    }

    /// The deblocking filter, if the model has one.
    pub(crate) fn deblock_filter(&self) -> Option<DeblockFilter<'a>> {
        let (tables, _) =
            postcard::take_from_bytes::<Option<DeblockTables<'a>>>(self.deblock).ok()?;
        DeblockFilter::new(&tables?).ok()
    }
}

/// Checks a stage, and returns the number of its codewords.
fn check_stage(stage: Stage, index: usize) -> Result<usize, ModelError> {
    let base = index == 0;
    let number = index as u8; // there are at most 12
    let orientation_bits = usize::from(stage.orientation_bits);
    ModelField::OrientationBits(number).check(orientation_bits, 0..=MAX_ORIENTATION_BITS.into())?;
    let least = (orientation_bits + usize::from(!base)).max(1);
    ModelField::StageBits(number).check(stage.bits.into(), least..=MAX_STAGE_BITS.into())?;
    Ok(stage.codewords(base).unwrap_or_default())
}

/// Checks that the padding is as many zeros as it takes to align what follows it.
fn check_padding(padding: &[u8], offset: usize) -> Result<(), ModelError> {
    let expected = offset.wrapping_neg() % CODEWORD_ALIGNMENT;
    ModelTable::Padding.items::<1>(padding, expected)?;
    ModelTable::Padding.check(padding.iter().map(|&byte| byte.into()), 0..=0)
}

/// Checks that no byte of a residual codeword is above the peak of its stage.
fn check_peaks(
    stages: &[[u8; 2]],
    peaks: &[u8],
    codewords: &[Codeword],
    base_codewords: usize,
) -> Result<(), ModelError> {
    let bytes = codewords.as_flattened();
    let mut start = base_codewords * CODEWORD_BYTES;
    for (&pair, &peak) in stages.iter().skip(1).zip(peaks) {
        let count = Stage::from_bytes(pair).codewords(false).unwrap_or_default();
        let end = start + count * CODEWORD_BYTES;
        let stage = bytes.get(start..end).unwrap_or_default();
        // The maximum first: the compiler vectorizes it, but not the search for a position.
        if stage.iter().copied().max().unwrap_or_default() > peak
            && let Some(index) = stage.iter().position(|&byte| byte > peak)
        {
            return Err(ModelError::TableValue {
                table: ModelTable::Codewords,
                index: start + index,
                found: stage.get(index).copied().unwrap_or_default().into(),
                min: 0,
                max: peak.into(),
            });
        }
        start = end;
    }
    Ok(())
}
