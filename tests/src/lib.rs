//! Tests of the behavior of NICE as a whole: one integration test binary, in `behavior/`.
//!
//! This library compiles and runs the code in README.md as documentation tests. Its program is `host-train` under another name,
//! since Cargo builds only the programs of a package itself for its tests.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
