//! How NICE behaves: each module states one part of it.
//!
//! Tests that need photographs read `NICE_DATA`, those that need the notebook's PyTorch reference read
//! `NICE_REFERENCE`; without them they say that they were skipped.

mod bad_input;
mod dataset;
mod fetch;
mod import;
mod kit;
mod nice;
mod photographs;
mod training;
