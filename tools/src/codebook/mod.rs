//! The codebook codec on the side of the encoder: its tables in floating point, and the search for the best rows.
//!
//! [`coordinates`] turns a block into the 96 numbers that a row has, such that squared distances between them are
//! squared errors between blocks, and mirroring is a change of signs. [`tables`] holds rows in these coordinates, from
//! a model file or from training. [`search`] finds the rows of a block among them. Training and encoding search with the
//! same code.

pub mod coordinates;
pub mod search;
pub mod tables;

pub use coordinates::{Coordinates, DIMENSIONS};
pub use search::{Pick, Picks, Search};
pub use tables::Tables;
