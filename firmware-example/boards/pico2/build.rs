//! Tells the linker where `memory.x`, the memories of the board, lies: in this folder.

fn main() {
    println!("cargo::rustc-link-search={}", env!("CARGO_MANIFEST_DIR"));
    println!("cargo::rerun-if-changed=memory.x");
}
