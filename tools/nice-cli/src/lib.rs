#![doc = include_str!("../README.md")]

mod batch;
mod cli;
mod compare;
mod dataset;
mod decode;
mod encode;
mod eval;
mod info;
mod output;
mod reading;
mod resize;
mod search;
mod ssimulacra2;

pub use cli::run;
