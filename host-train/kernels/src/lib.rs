#![doc = include_str!("../README.md")]
// The language of kernels lacks methods that clippy would use, and their launch functions have many arguments.
#![allow(
    clippy::manual_div_ceil,
    clippy::manual_is_multiple_of,
    clippy::too_many_arguments
)]

mod accumulate;
mod adam;
mod codebook;
mod cubes;
mod cut;
mod decode;
mod device_bytes;
mod extend;
mod inner_products;
mod orientation;
mod search;
mod sort;
mod stage_starts;
mod tensors;

pub use adam::{AdamConstants, adam_step};
pub use codebook::{DeviceCodebook, DeviceIndices, Differences, sum_by_codeword};
pub use cut::SampleLayout;
pub use device_bytes::DeviceBytes;
pub use search::{BeamSearch, Found};
pub use tensors::{Floats, Gpu, Integers};
