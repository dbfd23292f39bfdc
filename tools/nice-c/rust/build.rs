//! Compiles `src/nice.c`. `NICE_C_FLAGS` adds flags of the compiler, those of a sanitizer for instance.

fn main() {
    let mut build = cc::Build::new();
    build
        .file("src/nice.c")
        .file("rust/sizes.c")
        .include("src")
        .std("c99")
        .opt_level(2)
        .extra_warnings(true)
        .warnings_into_errors(true);
    for flag in ["-Wpedantic", "-Wconversion"] {
        build.flag_if_supported(flag);
    }
    println!("cargo::rerun-if-env-changed=NICE_C_FLAGS");
    for flag in std::env::var("NICE_C_FLAGS")
        .unwrap_or_default()
        .split_whitespace()
    {
        build.flag(flag);
    }
    for file in ["src/nice.c", "src/nice.h", "rust/sizes.c"] {
        println!("cargo::rerun-if-changed={file}");
    }
    build.compile("nice_c");
}
