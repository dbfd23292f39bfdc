//! The kinds of codec that can be trained. Each has its parameters, its trainer, and its export to a decoder model.

pub mod codebook;
pub mod mlp;
