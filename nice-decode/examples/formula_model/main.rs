//! Writes the decoder model of the firmware example: `cargo run -p nice-decode --example formula_model -- FILE`.

mod formula;

fn main() {}
