//! The behaviour of the whole of NICE is tested here, in one integration test binary under `behaviour/`.
//!
//! Beside it, the code in README.md is compiled and run as documentation tests, and the two programs are built once
//! more under names that the tests can find.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
