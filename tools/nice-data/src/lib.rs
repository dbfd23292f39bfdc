#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod bin;
mod block_set;
pub mod cache;
pub mod demo;
pub mod exit;
#[cfg(feature = "fetch")]
pub mod fetch;
pub mod folder;
pub mod message;
mod open;
pub mod picture_file;
pub mod progress;
pub mod random;
pub mod remote;
mod resize;
mod source;
pub mod synthetic;

pub use block_set::{BlockId, BlockPosition, BlockSet};
pub use open::{OpenOptions, SYNTHETIC_SIDE, Splits, open, open_picture};
pub use resize::Resize;
pub use source::{SYNTHETIC_PICTURES, Source};
