//! Encoding for a codebook: a beam search for the codewords of a block.
//!
//! [`coordinates`] turns a block into the 96 numbers that a codeword has, such that squared distances between them are squared
//! errors between blocks, and a flip changes signs. [`tables`] holds codewords in these coordinates, from a model file or from
//! training. [`search`] finds the best of them for a block; training and encoding share it. `selection` chooses among several
//! latents for each block, with the neighboring blocks in view, and [`allocation`] distributes bits.

pub mod allocation;
mod beam_width;
mod candidates;
pub mod coordinates;
mod deblocked_error;
mod index;
mod inner_products;
mod masking;
mod scan;
pub mod search;
mod selection;
mod stage;
pub mod tables;
mod visible_error;

pub use beam_width::BeamWidth;
pub use coordinates::{Coordinates, DIMENSIONS};
pub use index::{Indices, PartialSum, StageIndex};
pub use search::{BeamSearch, Lengths};
pub use selection::{BlockCandidates, Choice, Selector, slope};
pub use tables::{Codebook, codeword_counts};
