#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod decoder;
mod hook;

pub use decoder::NiceDecoder;
pub use hook::register;
