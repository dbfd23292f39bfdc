//! The checked tables of a network.

use crate::block::BLOCK_SAMPLES;
use crate::error::{ModelError, ModelField, ModelTable, NetworkLayer};
use crate::format::{
    LayerTables, MAX_BIAS, MAX_HIDDEN, MAX_MULTIPLIER, MAX_POST_SHIFT, MAX_PRE_SHIFT, MIN_WEIGHT,
    NetworkTables,
};
use crate::latent::LATENT_BITS;

/// A network whose tables have been checked: every length is right, and no sum or product can overflow.
#[derive(Clone, Copy)]
pub(crate) struct Network<'a> {
    pub(super) slope: u16,
    pub(super) first_shifts: Shifts,
    pub(super) second_shifts: Shifts,
    pub(super) first_weights: &'a [u8],
    pub(super) second_weights: &'a [u8],
    pub(super) first_bias: &'a [[u8; 4]],
    pub(super) first_multiplier: &'a [[u8; 2]],
    pub(super) second_bias: &'a [[u8; 4]; BLOCK_SAMPLES],
    pub(super) second_multiplier: &'a [[u8; 2]; BLOCK_SAMPLES],
}

/// The shifts of a layer, before and after the multiplication.
#[derive(Clone, Copy)]
pub(super) struct Shifts {
    pub(super) pre: u8,
    pub(super) post: u8,
}

impl<'a> Network<'a> {
    /// Checks everything that decoding relies on.
    pub(crate) fn new(network: &NetworkTables<'a>) -> Result<Self, ModelError> {
        let NetworkTables {
            bits,
            hidden,
            slope,
            first,
            second,
        } = *network;
        let units = usize::from(hidden);
        ModelField::LatentBits.check(bits.into(), LATENT_BITS..=LATENT_BITS)?;
        ModelField::HiddenUnits.check(units, 1..=MAX_HIDDEN)?;
        let (first_bias, first_multiplier) =
            check_layer(NetworkLayer::First, &first, units, LATENT_BITS * units)?;
        let (second_bias, second_multiplier) = check_layer(
            NetworkLayer::Second,
            &second,
            BLOCK_SAMPLES,
            BLOCK_SAMPLES * units,
        )?;
        // Never returned: the lengths have just been checked.
        let missing = ModelError::TableLength {
            table: ModelTable::Biases(NetworkLayer::Second),
            found: second_bias.len(),
            expected: BLOCK_SAMPLES,
        };
        Ok(Self {
            slope,
            first_shifts: Shifts {
                pre: first.pre,
                post: first.post,
            },
            second_shifts: Shifts {
                pre: second.pre,
                post: second.post,
            },
            first_weights: first.weights,
            second_weights: second.weights,
            first_bias,
            first_multiplier,
            second_bias: second_bias.first_chunk().ok_or(missing)?,
            second_multiplier: second_multiplier.first_chunk().ok_or(missing)?,
        })
    }

    /// The number of hidden units.
    pub(crate) fn hidden(&self) -> usize {
        self.first_bias.len()
    }
}

/// The biases and the multipliers of a layer, one of each for a row.
type BiasesAndMultipliers<'a> = (&'a [[u8; 4]], &'a [[u8; 2]]);

/// Checks a layer, and returns its biases and multipliers.
fn check_layer<'a>(
    layer: NetworkLayer,
    tables: &LayerTables<'a>,
    rows: usize,
    weights: usize,
) -> Result<BiasesAndMultipliers<'a>, ModelError> {
    let (pre, post) = (usize::from(tables.pre), usize::from(tables.post));
    ModelField::PreShift(layer).check(pre, 0..=MAX_PRE_SHIFT.into())?;
    ModelField::PostShift(layer).check(post, 1..=MAX_POST_SHIFT.into())?;
    let table = ModelTable::Weights(layer);
    let weights = table.items::<1>(tables.weights, weights)?;
    let values = weights.iter().map(|&[weight]| i32::from(weight as i8));
    table.check(values, MIN_WEIGHT.into()..=i8::MAX.into())?;
    let table = ModelTable::Biases(layer);
    let biases = table.items(tables.bias, rows)?;
    let values = biases.iter().map(|bias| i32::from_le_bytes(*bias));
    table.check(values, -MAX_BIAS..=MAX_BIAS)?;
    let table = ModelTable::Multipliers(layer);
    let multipliers = table.items(tables.multiplier, rows)?;
    let values = multipliers
        .iter()
        .map(|bytes| u16::from_le_bytes(*bytes).into());
    table.check(values, 0..=MAX_MULTIPLIER.into())?;
    Ok((biases, multipliers))
}
