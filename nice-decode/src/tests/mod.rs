//! The tests of the crate as a whole; those of a single file stand in it.

mod any_bytes;
mod codebook_refused;
mod codebooks;
mod decoding;
mod golden;
mod golden_codebook;
pub(crate) mod made;
mod model_refused;
mod picture_refused;
mod reference;
mod reference_codebook;
mod regions;
mod rows;
mod shown;
pub(crate) mod smoothing;
mod unfolded;
