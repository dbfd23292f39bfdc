//! Adds this folder to the linker's search path: `gba.x` is the linker script.

fn main() {
    println!("cargo::rustc-link-search={}", env!("CARGO_MANIFEST_DIR"));
    println!("cargo::rerun-if-changed=gba.x");
}
