//! Trains a NICE codec and leaves a run folder: the decoder file, its encoder, the weights and a report.
//!
//! Data flows in one direction: blocks from [`tools::dataset`] are ordered and batched by [`batches`], pass
//! through one of the two wings, [`mlp`] or [`codebook`], in the loop of [`train`], and come out as named float
//! [`tensors`]. The wing makes an integer decoder of those, and [`finish`] leaves it in the run folder with a report of
//! what it is worth, measured by the same code that `nice eval` uses. Training frameworks stay on this side of the files.
//!
//! The command line is the usual way in:
//!
//! ```text
//! cargo run --release -p host-train -- --data photographs/
//! cargo run --release -p host-train -- import best_weights.pt
//! ```

pub mod batches;
pub mod charts;
pub mod checkpoint;
pub mod cli;
pub mod codebook;
pub mod config;
pub mod device;
pub mod finish;
pub mod history;
pub mod interrupt;
pub mod mlp;
pub mod report;
pub mod run_folder;
pub mod shuffle;
pub mod tensorboard;
pub mod tensors;
pub mod train;

pub use cli::{Outcome, run};
