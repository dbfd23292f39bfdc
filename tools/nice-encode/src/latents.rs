//! The latents of a picture, in either layout.

use nice_decode::{AdaptiveLatent, Latent};

/// The latents of the blocks of a picture, in raster order.
#[derive(Clone, Debug, PartialEq)]
pub enum Latents {
    /// In the fixed layout.
    Fixed(Vec<Latent>),
    /// In the adaptive layout.
    Adaptive(Vec<AdaptiveLatent>),
}

impl Latents {
    /// The latents in the fixed layout; `None` in the adaptive layout.
    pub fn fixed(&self) -> Option<&[Latent]> {
        match self {
            Self::Fixed(latents) => Some(latents),
            Self::Adaptive(_) => None,
        }
    }

    /// The number of blocks.
    pub fn blocks(&self) -> usize {
        match self {
            Self::Fixed(latents) => latents.len(),
            Self::Adaptive(latents) => latents.len(),
        }
    }
}
