//! The behavior of NICE; each module tests one part of it.
//!
//! Tests that need photographs read `NICE_DATA`, and those that need the PyTorch reference of the notebook read
//! `NICE_REFERENCE`. Without these variables they print that they are skipped.

mod archive;
mod bad_files;
mod bad_input;
mod cache;
mod dataset;
mod dataset_build;
mod encoding;
mod fetch;
mod fixtures;
mod import;
mod nicec;
mod photographs;
mod pictures;
mod resuming;
mod server;
mod training;
