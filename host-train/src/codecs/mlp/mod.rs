//! The network: an encoder that ends in 48 bits, and a decoder from them to a block, both of dense layers.
//!
//! [`network`] is what burn differentiates, and [`trainer`] trains it; [`import`] reads a PyTorch checkpoint; [`float`] encodes
//! and decodes in floating point; [`quantize`] makes the integer decoder, and [`export`] its model file.

mod calibration;
pub mod export;
pub mod float;
mod fused;
pub mod import;
mod layer;
pub mod network;
pub mod quantize;
mod rounding;
pub mod trainer;
