//! Encoding for a network: its encoder network finds a latent, and flips of single bits improve it.

pub(crate) mod bit_flips;
pub mod layers;

pub use layers::EncoderNetwork;
