//! The codebook: a base row plus a gain times the sum of a few residual rows, and how its tables are found.
//!
//! [`kmeans`] makes the first tables from blocks; [`wing`] trains them jointly, with codes that the encoder's own search
//! finds; [`module`] is what burn differentiates; [`quantize`] rounds the tables to the bytes of a model, during the last part
//! of training as well as after it; [`boundary`] fits the filter of the borders between blocks; [`finish`] measures what came
//! of it, and [`sheets`] shows the tables.

pub mod boundary;
pub mod config;
pub mod finish;
pub mod kmeans;
pub mod module;
pub mod quantize;
pub mod sheets;
pub mod wing;
