//! The order in which training uses the blocks of a set. The blocks of a step depend only on the seed and the step.

use nice_data::BlockId;
use nice_data::random::split_mix;
use nice_decode::Orientation;

use super::shuffle::Permutation;

/// The order in which training uses the blocks.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// The number of blocks in the set.
    pub blocks: u64,
    /// The number of blocks in a batch.
    pub batch: u64,
    /// The seed of the shuffle and of the random positions.
    pub seed: u64,
}

impl Order {
    /// The blocks of step `step` (from 0). Each epoch has every block once, and all batches are full.
    pub fn batch(&self, step: u64) -> impl Iterator<Item = BlockId> {
        let Self {
            blocks,
            batch,
            seed,
        } = *self;
        let mut shuffled: Option<(u64, Permutation)> = None;
        (0..batch).map(move |position| {
            let position = step * batch + position;
            let (epoch, position) = (position / blocks, position % blocks);
            let epoch_seed = split_mix(seed ^ split_mix(epoch));
            if shuffled.as_ref().is_none_or(|(of, _)| *of != epoch) {
                shuffled = Some((epoch, Permutation::new(blocks, epoch_seed)));
            }
            let index = shuffled.as_ref().expect("made just above").1.at(position);
            BlockId {
                index,
                nonce: split_mix(epoch_seed ^ split_mix(index)),
            }
        })
    }
}

/// The orientation in which a codebook is trained with a block.
pub fn orientation(id: BlockId) -> Orientation {
    Orientation::from_bits(split_mix(id.nonce) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_has_every_block_once_whatever_the_batch() {
        let order = Order {
            blocks: 100,
            batch: 32,
            seed: 5,
        };
        let mut seen: Vec<u64> = (0..25)
            .flat_map(|step| order.batch(step))
            .map(|id| id.index)
            .collect();
        assert_eq!(seen.len(), 800);
        for epoch in seen.chunks_mut(100) {
            epoch.sort_unstable();
            assert!(
                epoch
                    .iter()
                    .enumerate()
                    .all(|(i, &index)| index == i as u64)
            );
        }
    }

    #[test]
    fn a_batch_larger_than_the_set_is_filled_from_several_epochs() {
        let order = Order {
            blocks: 3,
            batch: 8,
            seed: 0,
        };
        assert_eq!(order.batch(0).count(), 8);
        assert!(order.batch(0).all(|id| id.index < 3));
    }

    #[test]
    fn the_blocks_of_a_step_never_change_and_positions_change_with_the_epoch() {
        let order = Order {
            blocks: 10,
            batch: 10,
            seed: 9,
        };
        let ids = |step| {
            let mut ids: Vec<_> = order.batch(step).map(|id| (id.index, id.nonce)).collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(ids(4), ids(4));
        assert!(
            ids(0)
                .iter()
                .zip(ids(1))
                .all(|(one, two)| one.0 == two.0 && one.1 != two.1)
        );
    }
}
