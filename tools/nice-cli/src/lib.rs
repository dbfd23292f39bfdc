#![doc = include_str!("../README.md")]

mod cli;
mod compare;
mod dataset;
mod decode;
mod encode;
mod eval;
mod info;
mod overwrite;
mod search;
mod ssimulacra2;

pub use cli::run;
