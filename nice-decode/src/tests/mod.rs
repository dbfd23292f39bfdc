//! The tests of the crate as a whole; those of a single file stand in it.

mod any_bytes;
mod decoding;
mod golden;
mod made;
mod model_refused;
mod picture_refused;
mod reference;
mod rows;
mod shown;
