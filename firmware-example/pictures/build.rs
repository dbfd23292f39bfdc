//! Encodes the pictures in `slides`, which can be replaced by any others, for large and for small boards.

use nice_build::{Error, Pictures, Rate, Resize};

fn main() -> Result<(), Error> {
    // The boards have no time for deblocking.
    let slides = Pictures::new("slides").deblocked(false).effort(4);
    let large = slides.clone().module("large").model("m");
    large.resize(Resize::Within(320, 240)).generate()?;
    // In pictures this small, the index of the adaptive layout would take many of the bits.
    let small = slides.module("small").model("s").rate(Rate::Fixed);
    small.resize(Resize::Within(96, 64)).generate()
}
