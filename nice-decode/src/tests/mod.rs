//! The tests of the crate as a whole; those of a single file are in that file.

mod adaptive;
mod arbitrary_bytes;
mod codebook_errors;
mod codebooks;
pub(crate) mod deblocking;
mod decoding;
mod descriptions;
mod expanded;
pub(crate) mod generators;
mod golden_codebook;
mod golden_network;
mod image_errors;
mod network_errors;
mod reference_codebook;
mod reference_network;
mod regions;
mod rows;
mod stored;
mod swar;
mod transforms;
