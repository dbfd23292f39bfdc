//! The examples in C, compiled with `nice.c` and run, write the pixels that `nice-decode` decodes.
//!
//! Without a C compiler (`$CC`, or `cc`) these tests do nothing.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nice_decode::{Deblocker, Decoder, Model, Region, Rgb565Be, Rgb888};

/// A model and an image that was encoded for it, by their paths in the folder `tools/nice-c`.
struct Files {
    model: &'static str,
    image: &'static str,
}

/// A network, and an image of 45 x 19 pixels.
const NETWORK: Files = Files {
    model: "../../nice-decode/tests/data/model.nicem",
    image: "../../nice-decode/tests/data/image.nice",
};

/// A codebook with a deblocking filter, and an image of 45 x 43 pixels.
const CODEBOOK: Files = Files {
    model: "../../nice-decode/models/s.nicem",
    image: "tests/data/codebook.nice",
};

/// The same codebook, and an image in the adaptive layout.
const ADAPTIVE: Files = Files {
    model: "../../nice-decode/models/s.nicem",
    image: "tests/data/adaptive.nice",
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

impl Files {
    /// Calls a function with the decoder of the image.
    fn with_decoder<T>(&self, then: impl FnOnce(Decoder<'_, '_>) -> T) -> T {
        let [model, image] = self.paths().map(|path| std::fs::read(path).unwrap());
        let model = Model::from_bytes(&model).unwrap();
        let image = nice_decode::Image::from_bytes(&image).unwrap();
        then(Decoder::new(&model, &image).unwrap())
    }

    /// The absolute paths of the model and the image.
    fn paths(&self) -> [String; 2] {
        [self.model, self.image].map(|path| format!("{ROOT}/{path}"))
    }
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

/// Compiles an example into a folder; `None` if there is no compiler.
fn compile(name: &str, folder: &Path) -> Option<PathBuf> {
    let program = folder.join(name);
    let output = Command::new(compiler()?)
        .args(["-std=c11", "-O2", "-Wall", "-Wextra", "-Wconversion"])
        .args(["-pedantic", "-Werror", "-I"])
        .arg(format!("{ROOT}/src"))
        .arg("-I")
        .arg(folder)
        .arg(format!("{ROOT}/examples/{name}.c"))
        .arg(format!("{ROOT}/src/nice.c"))
        .arg("-o")
        .arg(&program)
        .output()
        .unwrap();
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}.c: {messages}");
    Some(program)
}

/// Runs a program.
fn run(program: &Path, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).output().unwrap()
}

/// A PPM file of this size, with pixels that are written by a function.
fn ppm(region: Region, write: impl FnOnce(&mut [u8], usize)) -> Vec<u8> {
    let Region { width, height, .. } = region;
    let mut file = format!("P6\n{width} {height}\n255\n").into_bytes();
    let header = file.len();
    let stride = 3 * width as usize;
    file.resize(header + stride * height as usize, 0);
    write(&mut file[header..], stride);
    file
}

#[test]
fn decode_writes_the_decoded_image() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = compile("decode", folder.path()) else {
        return;
    };
    let out = folder.path().join("out.ppm");
    let part = Region {
        x: 13,
        y: 5,
        width: 20,
        height: 12,
    };
    for files in [NETWORK, CODEBOOK] {
        let [model, image] = files.paths();
        let arguments = [&model, &image, out.to_str().unwrap()];
        files.with_decoder(|decoder| {
            for (region, numbers) in [
                (decoder.image().region(), &[][..]),
                (part, &["13", "5", "20", "12"][..]),
            ] {
                let output = run(&program, &[&arguments[..], numbers].concat());
                assert!(output.status.success(), "{output:?}");
                let expected = ppm(region, |pixels, stride| {
                    decoder.region::<Rgb888>(region, pixels, stride).unwrap();
                });
                assert_eq!(std::fs::read(&out).unwrap(), expected);
            }
        });
        let outside = [&arguments[..], &["40", "0", "6", "1"]].concat();
        let output = run(&program, &outside);
        assert!(!output.status.success());
        assert_eq!(
            String::from_utf8(output.stderr).unwrap(),
            "region: the block, pixel, row or region is out of bounds\n"
        );
    }
}

#[test]
fn decode_prints_why_a_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = compile("decode", folder.path()) else {
        return;
    };
    let [model, image] = NETWORK.paths();
    let damaged = folder.path().join("damaged.nicem");
    let mut bytes = std::fs::read(&model).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&damaged, bytes).unwrap();
    let damaged = damaged.to_str().unwrap();
    let out = folder.path().join("out.ppm");
    for (model, image, message) in [
        (
            damaged,
            &*image,
            format!("{damaged}: the model is damaged: its checksum does not match\n"),
        ),
        (&image, &image, format!("{image}: not a NICE model\n")),
        (&model, &model, format!("{model}: not a NICE image\n")),
    ] {
        let output = run(&program, &[model, image, out.to_str().unwrap()]);
        assert!(!output.status.success());
        assert_eq!(String::from_utf8(output.stderr).unwrap(), message);
        assert!(!out.exists());
    }
}

#[test]
fn deblock_writes_the_deblocked_image() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = compile("deblock", folder.path()) else {
        return;
    };
    let out = folder.path().join("out.ppm");
    for (files, warning) in [
        (CODEBOOK, String::new()),
        (
            NETWORK,
            format!("{} has no deblocking filter\n", NETWORK.paths()[0]),
        ),
    ] {
        let [model, image] = files.paths();
        let output = run(&program, &[&model, &image, out.to_str().unwrap()]);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), warning);
        let expected = files.with_decoder(|decoder| {
            let region = decoder.image().region();
            let mut memory = vec![0; Deblocker::memory_bytes(&decoder, region)];
            let mut deblocker = Deblocker::new(&decoder, region, &mut memory).unwrap();
            ppm(region, |pixels, stride| {
                deblocker.region::<Rgb888>(region, pixels, stride).unwrap();
            })
        });
        assert_eq!(std::fs::read(&out).unwrap(), expected);
    }
}

#[test]
fn texel_prints_pixels_of_the_image() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = compile("texel", folder.path()) else {
        return;
    };
    for files in [NETWORK, CODEBOOK] {
        let [model, image] = files.paths();
        let output = run(&program, &[&model, &image, "300"]);
        assert!(output.status.success(), "{output:?}");
        let expected: String = files.with_decoder(|decoder| {
            let (width, height) = (decoder.image().width(), decoder.image().height());
            (0..300_u32)
                .map(|i| {
                    let (x, y) = (((5 * 64 * i) >> 8) % width, ((3 * 64 * i) >> 8) % height);
                    let [red, green, blue] = decoder.texel(x, y).unwrap();
                    format!("{x} {y} {red} {green} {blue}\n")
                })
                .collect()
        });
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    }
}

#[test]
fn stream_writes_the_decoded_image_though_reads_fail() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = compile("stream", folder.path()) else {
        return;
    };
    let out = folder.path().join("out.ppm");
    for files in [NETWORK, CODEBOOK, ADAPTIVE] {
        let [model, image] = files.paths();
        let expected = files.with_decoder(|decoder| {
            let region = decoder.image().region();
            ppm(region, |pixels, stride| {
                decoder.region::<Rgb888>(region, pixels, stride).unwrap();
            })
        });
        for (source, message) in [("file", ""), ("flash", "reads failed")] {
            let output = run(&program, &[&model, &image, out.to_str().unwrap(), source]);
            assert!(output.status.success(), "{output:?}");
            assert!(String::from_utf8(output.stderr).unwrap().contains(message));
            assert_eq!(std::fs::read(&out).unwrap(), expected);
        }
    }
}

#[test]
fn strips_shows_the_whole_picture() {
    let folder = tempfile::tempdir().unwrap();
    let array = |name: &str, path: &str| {
        let bytes = std::fs::read(path).unwrap();
        format!(
            "static const unsigned char {name}[{}] = {{ {} }};\n",
            bytes.len(),
            {
                let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
                numbers.join(", ")
            }
        )
    };
    let [model, image] = CODEBOOK.paths();
    let header = array("s_nicem", &model) + &array("photo_nice", &image);
    std::fs::write(folder.path().join("picture.h"), header).unwrap();
    let Some(program) = compile("strips", folder.path()) else {
        return;
    };
    let output = run(&program, &[]);
    assert!(output.status.success(), "{output:?}");
    let expected: String = CODEBOOK.with_decoder(|decoder| {
        let mut lines = vec![0; 8 * 2 * 45];
        let strips = decoder.image().region().strips();
        let texts = strips.map(|strip| {
            decoder
                .region::<Rgb565Be>(strip, &mut lines, 2 * 45)
                .unwrap();
            let pixels = &lines[..strip.height as usize * 2 * 45];
            let sum = pixels.iter().fold(0_u32, |sum, &byte| {
                sum.wrapping_mul(31).wrapping_add(byte.into())
            });
            format!("line {}: {sum:08x}\n", strip.y)
        });
        texts.collect()
    });
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
}

#[test]
fn the_program_of_the_readme_needs_nothing_but_the_two_files() {
    let Some(compiler) = compiler() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let readme = std::fs::read_to_string(format!("{ROOT}/README.md")).unwrap();
    let after = |start: &str, end: &str| {
        let text = readme.split_once(start).unwrap().1;
        text.split_once(end).unwrap().0.to_owned()
    };
    std::fs::write(folder.path().join("main.c"), after("```c\n", "```")).unwrap();
    let [model, image] = CODEBOOK.paths();
    for (from, to) in [
        (format!("{ROOT}/src/nice.h"), "nice.h"),
        (format!("{ROOT}/src/nice.c"), "nice.c"),
        (model, "m.nicem"),
        (image, "photo.nice"),
    ] {
        std::fs::copy(from, folder.path().join(to)).unwrap();
    }
    let command = after("```sh\n", "\n```").replacen("cc", &compiler, 1);
    let output = Command::new("sh")
        .args(["-c", &command])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let expected = CODEBOOK.with_decoder(|decoder| {
        ppm(decoder.image().region(), |pixels, stride| {
            let region = decoder.image().region();
            decoder.region::<Rgb888>(region, pixels, stride).unwrap();
        })
    });
    let found = std::fs::read(folder.path().join("photo.ppm")).unwrap();
    assert_eq!(found, expected);
}
