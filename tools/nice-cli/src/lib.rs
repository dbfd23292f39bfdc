//! What encoding, measuring and gathering training data need, once, for the program `nice` and for `host-train`.
//!
//! Nothing here links a training framework: models arrive as files.

pub mod blocks;
pub mod dataset;
pub mod exit;
pub mod files;
pub mod html;
pub mod picture;
pub mod progress;
pub mod psnr;
pub mod scene;

pub mod builtin;
pub mod cli;
pub mod codebook;
pub mod coder;
pub mod compare;
pub mod decode;
pub mod encode;
pub mod encoder;
pub mod eval;
pub mod info;
pub mod kind;
pub mod model_file;
pub mod picture_file;
pub mod search;
mod wide;

pub use cli::run;
