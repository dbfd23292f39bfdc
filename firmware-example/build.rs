//! Tells the linker where this folder is: `memory.x`, the memories of the board, lies in it.

fn main() {
    println!("cargo::rustc-link-search={}", env!("CARGO_MANIFEST_DIR"));
    println!("cargo::rerun-if-changed=memory.x");
}
