//! The codebook: a base codeword plus a gain times the sum of a few residual codewords.
//!
//! [`kmeans`] finds the first codewords; [`trainer`] trains them jointly, with indices from the search that encoding uses, as many as
//! [`lengths`] chooses; [`parameters`] has their gradients, and [`revive`] replaces unused codewords; [`float`] decodes in floating
//! point; [`quantize`] rounds to the bytes of a model, during the last part of training as well as after it; [`deblock`] fits the
//! deblocking filter; [`export`] makes the decoder model, and [`contact_sheet`] shows its codewords. [`backend`] is what all of that
//! computes with, on a CPU and on a GPU, and [`blocks`] brings blocks there.

pub mod backend;
pub mod blocks;
pub mod config;
pub mod contact_sheet;
pub mod deblock;
pub mod export;
pub mod float;
pub mod kmeans;
pub mod lengths;
pub mod parameters;
pub mod quantize;
pub mod revive;
pub mod trainer;
