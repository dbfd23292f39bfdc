//! The codebook: a base codeword plus a gain times the sum of a few residual codewords.
//!
//! [`kmeans`] finds the first codewords; [`trainer`] trains them jointly, with indices from the search that encoding uses;
//! [`parameters`] is what burn differentiates; [`float`] decodes in floating point; [`quantize`] rounds to the bytes of a model,
//! during the last part of training as well as after it; [`deblock`] fits the deblocking filter; [`export`] makes the decoder
//! model, and [`contact_sheet`] shows its codewords.

pub mod config;
pub mod contact_sheet;
pub mod deblock;
pub mod export;
pub mod float;
pub mod kmeans;
pub mod parameters;
pub mod quantize;
pub mod trainer;
