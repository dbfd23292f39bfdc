//! Deblocking: a post-filter that is applied to the edges between decoded blocks.

pub(crate) mod deblocker;
pub(crate) mod filter;
