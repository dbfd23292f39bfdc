#![doc = include_str!("../README.md")]

mod names;
mod pictures;

pub use nice_data::Resize;
pub use nice_encode::{Rate, Tune};
pub use pictures::{Error, Pictures};
