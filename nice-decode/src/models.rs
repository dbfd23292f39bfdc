//! The pretrained models that come with the crate, each behind a feature of its own.
//!
//! `models/CARD.md` in the crate says what they were trained on, with which command, how good they are, and where they
//! fail.
//!
//! ```
//! # #[cfg(feature = "model-s")] {
//! use nice_decode::{Decoder, models};
//!
//! let decoder = Decoder::from_trusted_bytes(models::S)?;
//! assert_eq!(decoder.name(), "s");
//! # }
//! # Ok::<(), nice_decode::ModelError>(())
//! ```

/// The smallest: a codebook of at most 40 KiB. Feature `model-s`.
#[cfg(feature = "model-s")]
pub static S: &[u8] = crate::include_model!("../models/s.nicem");

/// The best below 300 KiB. Feature `model-m`.
#[cfg(feature = "model-m")]
pub static M: &[u8] = crate::include_model!("../models/m.nicem");

/// All models that the crate was built with, the smallest first.
pub static ALL: &[&[u8]] = &[
    #[cfg(feature = "model-s")]
    S,
    #[cfg(feature = "model-m")]
    M,
];
