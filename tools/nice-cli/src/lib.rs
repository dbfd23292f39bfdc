#![doc = include_str!("../README.md")]

mod cli;
mod compare;
mod dataset;
mod decode;
mod effort;
mod encode;
mod eval;
mod info;
mod overwrite;

pub use cli::run;
