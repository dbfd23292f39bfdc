//! Tells the linker where `gba.x`, the memories of the console, lies: in this folder.

fn main() {
    println!("cargo::rustc-link-search={}", env!("CARGO_MANIFEST_DIR"));
    println!("cargo::rerun-if-changed=gba.x");
}
