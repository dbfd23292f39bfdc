//! The behavior of NICE; each module tests one part of it.
//!
//! Tests that need photographs read `NICE_DATA`, and those that need the reference network, trained with PyTorch, read
//! `NICE_REFERENCE`. Without these variables they print that they are skipped.
//!
//! The reference network is that of the Jupyter notebook with which NICE began.

mod archive;
mod bad_files;
mod bad_input;
mod cache;
#[cfg(target_os = "linux")]
mod cuda;
mod dataset;
mod dataset_build;
mod encoding;
mod fetch;
mod fixtures;
mod gpu;
mod import;
mod lossless;
mod nicec;
mod photographs;
mod picture_files;
mod pictures;
mod resuming;
mod server;
mod training;
