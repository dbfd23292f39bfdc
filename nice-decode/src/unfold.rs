//! Writes out the rows of a codebook in all the ways in which they can be turned, so that decoding need not turn them.

use crate::block::BLOCK;
use crate::codebook::{Checked, Pick, Row};
use crate::decoder::NARROW_REGISTERS;
use crate::format::{CHROMA_SAMPLES, LUMA_SAMPLES, ROW_BYTES};

impl<'a> Checked<'a> {
    /// How many rows there are if each is written out in all its turns. None where registers are narrow: there a row is
    /// turned as it is read, at hardly any cost.
    pub(crate) fn unfolded_rows(&self) -> usize {
        if NARROW_REGISTERS || self.unfolded {
            return 0;
        }
        let (base, residuals) = self.unfolded_lengths();
        base.saturating_add(residuals)
    }

    /// How many rows of the base there are then, and how many of the residuals.
    fn unfolded_lengths(&self) -> (usize, usize) {
        let mut stages = self.stages();
        let base = stages.next().map_or(0, |stage| {
            self.base.len().wrapping_shl(u32::from(stage.mirrors))
        });
        let residuals = stages.fold(0, |sum: usize, stage| {
            sum.wrapping_add(stage.residual_rows().wrapping_shl(u32::from(stage.mirrors)))
        });
        (base, residuals)
    }

    /// The same codebook with its rows written out in memory that has room for all of them.
    pub(crate) fn unfold<'b>(&self, memory: &'b mut [Row]) -> Checked<'b>
    where
        'a: 'b,
    {
        let (base_rows, residual_rows) = self.unfolded_lengths();
        if NARROW_REGISTERS
            || self.unfolded
            || memory.len() < base_rows.saturating_add(residual_rows)
        {
            return *self;
        }
        let (base, rest) = memory.split_at_mut(base_rows);
        let (residuals, _) = rest.split_at_mut(residual_rows);
        let mut from = self.rows;
        let mut to = residuals.iter_mut();
        for (index, stage) in self.stages().enumerate() {
            if index == 0 {
                write_out(self.base, stage.mirrors, base.iter_mut());
            } else {
                let (rows, after) = from
                    .split_at_checked(stage.residual_rows())
                    .unwrap_or_default();
                write_out(rows, stage.mirrors, to.by_ref());
                from = after;
            }
        }
        self.with_all_turns(base, residuals)
    }
}

/// Writes out rows in all turns of a stage: row after row, in each turn after turn.
fn write_out<'r>(rows: &[Row], mirrors: u8, mut to: impl Iterator<Item = &'r mut Row>) {
    let turns = 1_u32.wrapping_shl(u32::from(mirrors));
    for row in rows {
        for (turn, to) in (0..turns).zip(to.by_ref()) {
            *to = Pick::turned(turn.wrapping_shl(1)).turn(row);
            if turn & 4 != 0 {
                *to = transposed(to);
            }
        }
    }
}

/// The three planes of a row transposed.
fn transposed(row: &Row) -> Row {
    let mut across = [0; ROW_BYTES];
    for (plane, side) in [
        (0, BLOCK),
        (LUMA_SAMPLES, BLOCK / 2),
        (LUMA_SAMPLES + CHROMA_SAMPLES, BLOCK / 2),
    ] {
        for y in 0..side {
            for x in 0..side {
                across[plane + y * side + x] = row[plane + x * side + y];
            }
        }
    }
    across
}
