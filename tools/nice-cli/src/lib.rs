#![doc = include_str!("../README.md")]

mod batch;
mod c_array;
mod cli;
mod compare;
mod crop;
mod dataset;
mod decode;
mod encode;
mod eval;
mod image_file;
mod info;
mod join;
mod manual;
mod output;
mod reading;
mod search;
mod ssimulacra2;
mod turn;

pub use cli::run;
