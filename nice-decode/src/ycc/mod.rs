//! From the luma and chroma of a block to red, green and blue.
//!
//! The transform (left) has an exact inverse (right), and its columns are orthogonal, so that the squared errors of the planes
//! add up:
//!
//! ```text
//! red   = luma + chroma1 - chroma2        luma    = (red + green + blue) / 3
//! green = luma + 2 * chroma2              chroma1 = (red - blue) / 2
//! blue  = luma - chroma1 - chroma2        chroma2 = (2 * green - red - blue) / 6
//! ```
//!
//! Chroma is stored at half resolution in both directions, one sample of each kind for a *site* of 2 x 2 pixels. A sample is
//! that of the base codeword plus a *residual*, which is the gain of the base codeword times the sum of the residual
//! codewords, in fixed point ([`GAIN_SHIFTS`](crate::format::GAIN_SHIFTS)).
//!
//! [`scalar`] does it one sample at a time, and is vectorized by the compiler where registers are wide; [`swar`] does it two
//! samples at a time in registers of 32 bits. [`reduced`] does it for the means of samples, at reduced sizes.

pub(crate) mod reduced;
pub(crate) mod scalar;
pub(crate) mod swar;
