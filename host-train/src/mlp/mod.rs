//! The notebook's network: its layers, its training, its integer decoder, and its PyTorch checkpoints.

pub mod finish;
pub mod import;
pub mod network;
pub mod quantize;
pub mod wing;
