#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod axis;
mod drawing;
pub mod page;
mod palette;
#[cfg(feature = "png")]
mod png;

pub use drawing::{Anchor, Drawing};
pub use palette::Color;
#[cfg(feature = "png")]
pub use png::png;
