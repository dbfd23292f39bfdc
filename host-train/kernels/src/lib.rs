#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod accumulate;
mod codebook;
mod cut;
mod decode;
mod device_bytes;
mod extend;
mod inner_products;
mod orientation;
mod search;
mod sort;
mod tensors;

pub use codebook::{DeviceCodebook, DeviceIndices, Differences, sum_by_codeword};
pub use cut::SampleLayout;
pub use device_bytes::DeviceBytes;
pub use search::{BeamSearch, Found};
pub use tensors::Gpu;
