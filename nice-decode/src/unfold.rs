//! Writes out the rows of a codebook in all the ways in which they can be turned, so that decoding need not turn them.

use crate::codebook::{Checked, Pick, Row, transposed};
use crate::decoder::NARROW_REGISTERS;

impl<'a> Checked<'a> {
    /// How many rows there are if each is written out in all its turns. None where registers are narrow: there a row is
    /// turned as it is read, at hardly any cost.
    pub(crate) fn unfolded_rows(&self) -> usize {
        if NARROW_REGISTERS || self.unfolded {
            return 0;
        }
        self.stages()
            .enumerate()
            .fold(0, |sum: usize, (index, stage)| {
                let rows = stage.count(index == 0);
                sum.wrapping_add(rows.wrapping_shl(u32::from(stage.mirrors)))
            })
    }

    /// The same codebook with its rows written out in memory that has room for all of them.
    pub(crate) fn unfold<'b>(&self, memory: &'b mut [Row]) -> Checked<'b>
    where
        'a: 'b,
    {
        let needed = self.unfolded_rows();
        if needed == 0 || memory.len() < needed {
            return *self;
        }
        let (all, _) = memory.split_at_mut(needed);
        let mut from = self.rows;
        let mut to = all.iter_mut();
        for (index, stage) in self.stages().enumerate() {
            let (rows, after) = from
                .split_at_checked(stage.count(index == 0))
                .unwrap_or_default();
            write_out(rows, stage.mirrors, to.by_ref());
            from = after;
        }
        self.with_all_turns(all)
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
