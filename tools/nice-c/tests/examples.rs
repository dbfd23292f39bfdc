//! The examples in C: compiled, linked with the static library, run, and compared with what `nice-decode` decodes.
//!
//! Where there is no C compiler (`$CC`, or `cc`), they say so and stop.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use nice_decode::{Decoder, Image, Picture, Region, Rgb888};

static MODEL: &[u8] = include_bytes!("../../../firmware-example/model.nicem");
static PICTURE: &[u8] = include_bytes!("../../../firmware-example/picture.nice");

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Does something with the picture of the firmware example.
fn with_picture<T>(then: impl FnOnce(Picture<'_, '_>) -> T) -> T {
    let decoder = Decoder::from_bytes(MODEL).unwrap();
    let image = Image::from_bytes(PICTURE).unwrap();
    then(decoder.open(&image).unwrap())
}

/// The path of a file of the firmware example.
fn file(name: &str) -> String {
    format!("{ROOT}/../../firmware-example/{name}")
}

/// The C compiler, if there is one.
fn compiler() -> Option<String> {
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    if Command::new(&compiler).arg("--version").output().is_ok() {
        return Some(compiler);
    }
    eprintln!("skipped: there is no C compiler, neither $CC nor cc");
    None
}

/// Where the static library is, made as a program in C would have it made.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("library");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args([
            "rustc",
            "--lib",
            "--release",
            "--locked",
            "--quiet",
            "--crate-type",
            "staticlib",
        ]);
        cargo
            .args(["--package", "nice-c", "--target-dir"])
            .arg(&target)
            .current_dir(ROOT);
        assert!(cargo.status().unwrap().success(), "the library is not made");
        target.join("release/libnice_c.a")
    })
}

/// Compiles an example; `None` if there is no compiler.
fn compiled(name: &str, folder: &Path) -> Option<PathBuf> {
    let compiler = compiler()?;
    let program = folder.join(name);
    let output = Command::new(compiler)
        .args([
            "-std=c11",
            "-Wall",
            "-Wextra",
            "-Wconversion",
            "-pedantic",
            "-Werror",
            "-O2",
        ])
        .args([
            "-I",
            &format!("{ROOT}/include"),
            &format!("{ROOT}/examples/{name}.c"),
        ])
        .arg(library())
        .args(["-lpthread", "-ldl", "-lm", "-o"])
        .arg(&program)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}.c: {said}");
    Some(program)
}

/// Runs a program.
fn run(program: &Path, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).output().unwrap()
}

#[test]
fn decode_writes_the_picture_that_is_decoded() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = compiled("decode", folder.path()) else {
        return;
    };
    let out = folder.path().join("out.ppm");
    let files = [
        &file("model.nicem"),
        &file("picture.nice"),
        out.to_str().unwrap(),
    ];
    let part = Region {
        x: 13,
        y: 5,
        width: 20,
        height: 12,
    };
    with_picture(|picture| {
        for (region, numbers) in [
            (picture.image().region(), &[][..]),
            (part, &["13", "5", "20", "12"][..]),
        ] {
            let output = run(&program, &[&files[..], numbers].concat());
            assert!(output.status.success(), "{output:?}");
            let Region { width, height, .. } = region;
            let stride = 3 * width as usize;
            let mut expected = format!("P6\n{width} {height}\n255\n").into_bytes();
            let head = expected.len();
            expected.resize(head + stride * height as usize, 0);
            picture
                .region::<Rgb888>(region, &mut expected[head..], stride)
                .unwrap();
            assert_eq!(std::fs::read(&out).unwrap(), expected);
        }
        let output = run(&program, &[&files[..], &["40", "0", "6", "1"]].concat());
        assert!(!output.status.success());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            said,
            "region: the picture has no such block, pixel, row or region\n"
        );
    });
}

#[test]
fn decode_says_what_is_wrong_with_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = compiled("decode", folder.path()) else {
        return;
    };
    let (model, picture) = (file("model.nicem"), file("picture.nice"));
    let damaged = folder.path().join("damaged.nicem");
    let mut bytes = MODEL.to_vec();
    bytes[100] ^= 1;
    std::fs::write(&damaged, bytes).unwrap();
    let damaged = damaged.to_str().unwrap();
    let out = folder.path().join("out.ppm");
    for (model, picture, said) in [
        (
            damaged,
            &*picture,
            format!("{damaged}: the model is damaged\n"),
        ),
        (
            &picture,
            &picture,
            format!("{picture}: the file is no decoder model\n"),
        ),
        (&model, &model, format!("{model}: the file is no picture\n")),
    ] {
        let output = run(&program, &[model, picture, out.to_str().unwrap()]);
        assert!(!output.status.success());
        assert_eq!(String::from_utf8(output.stderr).unwrap(), said);
        assert!(!out.exists());
    }
}

#[test]
fn texel_prints_the_texels_of_the_picture() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = compiled("texel", folder.path()) else {
        return;
    };
    let output = run(
        &program,
        &[&file("model.nicem"), &file("picture.nice"), "300"],
    );
    assert!(output.status.success(), "{output:?}");
    let expected: String = with_picture(|picture| {
        (0..300_u32)
            .map(|i| {
                let (x, y) = (((5 * 64 * i) >> 8) % 45, ((3 * 64 * i) >> 8) % 19);
                let [red, green, blue] = picture.texel(x, y).unwrap();
                format!("{x} {y} {red} {green} {blue}\n")
            })
            .collect()
    });
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
}
