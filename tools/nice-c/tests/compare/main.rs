//! `nice.c` decodes what `nice-decode` decodes, to the bit, and refuses what it refuses.

mod bad_files;
mod both;
#[path = "../../../../nice-decode/src/tests/generators.rs"]
#[expect(dead_code, reason = "nice-decode uses more of it")]
mod generators;
mod golden;
mod pictures;
mod random;
mod reader;

// What the generators find in their own crate.
use nice_decode::{AdaptiveLatent, BLOCK_SAMPLES, LATENT_BITS, Latent, format};
