#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod accumulate;
mod codebook;
mod decode;
mod extend;
mod inner_products;
mod orientation;
mod search;
mod sort;
mod tensors;

pub use codebook::{DeviceCodebook, DeviceIndices, Differences, sum_by_codeword};
pub use search::{BeamSearch, Found};
pub use tensors::Gpu;
