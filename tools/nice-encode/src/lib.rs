#![doc = include_str!("../README.md")]

mod adaptive;
pub mod block;
pub mod close_up;
pub mod codebook;
pub mod container;
pub mod decode;
mod encoder;
pub mod files;
mod latents;
pub mod lossless;
pub mod measure;
mod neighbors;
pub mod network;
mod options;
mod picture;
pub mod pretrained;
pub mod psnr;
mod tasks;
pub mod unfinished;

pub use encoder::{Encoder, beam_width, needs_encoder_network};
pub use latents::Latents;
pub use options::{DEFAULT_EFFORT, MAX_EFFORT, Options, Rate, Tune};
pub use picture::Picture;
