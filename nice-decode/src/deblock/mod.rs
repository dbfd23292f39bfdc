//! Deblocking: a loop filter outside the loop, applied to the edges between decoded blocks.

pub(crate) mod deblocker;
pub(crate) mod filter;
