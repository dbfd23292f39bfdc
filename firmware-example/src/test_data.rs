//! The test data of nice-decode: models and an image that a formula generates. Decoded blocks look like colored noise.

use nice_decode::Latent;

/// A network of 32 hidden units: a complete model in 9 KB.
pub static SMALL_NETWORK: &[u8] =
    nice_decode::include_model!("../../nice-decode/tests/data/model.nicem");

/// A network of 256 hidden units, the default of `host-train --arch mlp`.
pub static LARGE_NETWORK: &[u8] =
    nice_decode::include_model!("../../nice-decode/tests/data/large_network.nicem");

/// An image of 45 x 19 pixels, encoded for the small network.
pub static IMAGE: &[u8] = include_bytes!("../../nice-decode/tests/data/image.nice");

/// A latent with a typical number of bits set, 20 of 48.
pub const LATENT: Latent = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB];
