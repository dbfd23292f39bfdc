//! The pretrained models of this crate, each behind a feature.
//!
//! `models/CARD.md` in the crate says what they were trained on, with which command, how good they are, and where they fail.
//!
//! ```
//! # #[cfg(feature = "model-s")] {
//! use nice_decode::{Model, pretrained};
//!
//! let model = Model::from_trusted_bytes(pretrained::S)?;
//! assert_eq!(model.name(), "s");
//! # }
//! # Ok::<(), nice_decode::ModelError>(())
//! ```

/// The smallest model, a codebook of 12 KB, for parts with 32 to 64 KB of flash. Feature `model-xs`.
#[cfg(feature = "model-xs")]
pub static XS: &[u8] = crate::include_model!("../models/xs.nicem");

/// The small model, a codebook of 42 KB. Feature `model-s`.
#[cfg(feature = "model-s")]
pub static S: &[u8] = crate::include_model!("../models/s.nicem");

/// The best model, a codebook of 139 KB. Feature `model-m`.
#[cfg(feature = "model-m")]
pub static M: &[u8] = crate::include_model!("../models/m.nicem");

/// All models whose features are enabled, the smallest first.
pub static ALL: &[&[u8]] = &[
    #[cfg(feature = "model-xs")]
    XS,
    #[cfg(feature = "model-s")]
    S,
    #[cfg(feature = "model-m")]
    M,
];
