//! The order of the training blocks, and the batches that are made of them.

pub mod batches;
pub mod order;
pub mod resident;
pub mod shuffle;
