#![doc = include_str!("../README.md")]

pub mod block;
pub mod close_up;
pub mod codebook;
pub mod container;
pub mod decode;
mod encoder;
pub mod files;
pub mod measure;
pub mod network;
mod picture;
pub mod pretrained;
pub mod psnr;

pub use encoder::{DEFAULT_EFFORT, Encoder, MAX_EFFORT, Tune, beam_width, needs_encoder_network};
pub use picture::Picture;
