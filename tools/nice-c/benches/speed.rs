//! The speed of nice.c beside that of nice-decode: a picture in several formats, on one core.
fn main() {}
