#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod extend;
mod inner_products;
mod orientation;
mod search;
mod sort;
mod tensors;

pub use search::{BeamSearch, Found};
pub use tensors::Gpu;
