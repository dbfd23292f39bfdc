//! Selects the linker script of each program: programs that log need that of defmt; the others discard defmt's sections.

fn main() {
    for program in [
        "decode",
        "slideshow",
        "card",
        "renderer",
        "count",
        "compare_dsp",
    ] {
        println!("cargo::rustc-link-arg-bin={program}=-Tdefmt.x");
    }
    for program in [
        "smallest",
        "smallest_row",
        "smallest_region",
        "smallest_xs",
        "smallest_xs_row",
    ] {
        println!("cargo::rustc-link-arg-bin={program}=-Tsilent.x");
    }
    println!("cargo::rustc-link-search={}", env!("CARGO_MANIFEST_DIR"));
    println!("cargo::rerun-if-changed=silent.x");
}
