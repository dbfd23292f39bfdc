//! Tests of the behavior of NICE as a whole: one integration test binary, in `behavior/`.
//!
//! This library compiles and runs the code in README.md as documentation tests. Its program is `host-train` under another name:
//! for the tests of a package, Cargo builds only the programs of that package.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
