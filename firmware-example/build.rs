//! Tells the linker which programs log, and which have no logger in them.

fn main() {
    for program in ["decode", "slideshow", "renderer", "count", "same"] {
        println!("cargo::rustc-link-arg-bin={program}=-Tdefmt.x");
    }
    for program in ["smallest", "smallest_row", "smallest_region"] {
        println!("cargo::rustc-link-arg-bin={program}=-Tsilent.x");
    }
    println!("cargo::rustc-link-search={}", env!("CARGO_MANIFEST_DIR"));
    println!("cargo::rerun-if-changed=silent.x");
}
