//! Trains a NICE codec, and leaves a run folder: the decoder model, its encoder if it needs one, the weights, and a report.
//!
//! Data flows in one direction. Blocks from [`nice_data`] are shuffled and batched in [`data`] and used by the loop in
//! [`training`]. Each kind of codec provides a trainer for this loop: [`codecs::codebook`] or [`codecs::mlp`]. The trained
//! weights are float [`tensors`]. The codec makes an integer decoder from them, and [`mod@export`] writes it to the run folder,
//! with a [`report`] whose figures are measured by [`nice_encode`], like those of `nicec eval`.
//!
//! The usual way to use it is the command line:
//!
//! ```text
//! cargo run --release -p host-train -- --data photographs/
//! cargo run --release -p host-train -- import best_weights.pt
//! ```

pub mod adam;
pub mod checkpoint;
pub mod cli;
pub mod codecs;
pub mod config;
pub mod data;
pub mod device;
pub mod export;
pub mod fit;
pub mod history;
pub mod interrupt;
pub mod log;
pub mod memory;
pub mod report;
pub mod run;
pub mod run_folder;
pub mod tensorboard;
pub mod tensors;
pub mod training;

pub use cli::{Outcome, run};
