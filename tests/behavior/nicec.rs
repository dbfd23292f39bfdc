//! The program `nicec`: encodes, decodes, measures and describes files, with small random models and the pretrained ones.

use std::fs;
use std::path::Path;

use nice_data::{demo, picture_file};
use nice_decode::{Image, Model};
use nice_encode::psnr::{PooledError, squared_error};
use nice_encode::{Picture, pretrained};
use serde_json::Value;
use tempfile::tempdir;

use crate::fixtures::{assert_decoded_by, error_text, nicec, nicec_in, run_folder, write_picture};

/// The JSON that `nicec` prints.
fn json(folder: &Path, line: &str) -> Value {
    serde_json::from_str(&nicec_in(folder, line).unwrap()).unwrap()
}

#[test]
fn a_decoded_picture_has_its_own_size_and_the_pixels_of_the_decoder() {
    let folder = run_folder();
    let file = fs::read(folder.path().join("decoder.nicem")).unwrap();
    let model = Model::from_bytes(&file).unwrap();
    for (width, height) in [
        (1, 1),
        (7, 9),
        (8, 8),
        (17, 23),
        (1, 70),
        (70, 1),
        (203, 131),
    ] {
        write_picture(&folder.path().join("in.png"), 3, width, height);
        for effort in ["", " --effort 0"] {
            let printed = nicec_in(
                folder.path(),
                &format!("encode @in.png -m @decoder.nicem -o @x.nice{effort}"),
            )
            .unwrap();
            assert!(
                printed.contains(&format!("{width} x {height}")),
                "{printed}"
            );
            nicec_in(
                folder.path(),
                "decode @x.nice -m @decoder.nicem -o @out.png",
            )
            .unwrap();

            let bytes = fs::read(folder.path().join("x.nice")).unwrap();
            let image = Image::from_bytes(&bytes).unwrap();
            let decoded = picture_file::read(&folder.path().join("out.png")).unwrap();
            assert_eq!((image.width(), image.height()), (width, height));
            assert_eq!(image.model_id(), model.id());
            assert_decoded_by(&model, &image, &decoded);
        }
    }
}

#[test]
fn a_photograph_is_encoded_and_decoded_without_a_model_file() {
    let folder = tempdir().unwrap();
    let original = demo::picture().unwrap();
    picture_file::write_png(&folder.path().join("in.png"), &original).unwrap();
    for (name, option) in [("m", ""), ("s", " -m s")] {
        nicec_in(
            folder.path(),
            &format!("encode @in.png{option} -o @x.nice --effort 0"),
        )
        .unwrap();
        nicec_in(folder.path(), "decode @x.nice -o @deblocked.png").unwrap();
        nicec_in(folder.path(), "decode @x.nice -o @plain.png --no-deblock").unwrap();
        let read = |name: &str| picture_file::read(&folder.path().join(name)).unwrap();
        let (plain, deblocked) = (read("plain.png"), read("deblocked.png"));
        let bytes = fs::read(folder.path().join("x.nice")).unwrap();
        let image = Image::from_bytes(&bytes).unwrap();
        let model = Model::from_bytes(pretrained::named(name).unwrap()).unwrap();
        assert_decoded_by(&model, &image, &plain);
        let psnr = |decoded: &Picture| PooledError::between(original.rgb(), decoded.rgb()).psnr();
        assert!(psnr(&plain) > 25.0, "{name}: {} dB", psnr(&plain));
        assert!(
            psnr(&deblocked) > psnr(&plain),
            "{name}: deblocking lowers the PSNR"
        );
    }
}

/// The sum of squared errors of sums over 8 x 8 pixels, every 3 pixels.
fn error_of_sums(original: &Picture, decoded: &Picture) -> i64 {
    let sum = |picture: &Picture, x: u32, y: u32| -> i64 {
        let lines = (y..y + 8).map(|y| &picture.line(y)[3 * x as usize..][..24]);
        lines.flatten().map(|&sample| i64::from(sample)).sum()
    };
    let corners = (0..steps(original.height()))
        .flat_map(|y| (0..steps(original.width())).map(move |x| (3 * x, 3 * y)));
    corners
        .map(|(x, y)| (sum(original, x, y) - sum(decoded, x, y)).pow(2))
        .sum()
}

/// The number of squares of 8 pixels, every 3 pixels, along a side.
fn steps(side: u32) -> u32 {
    (side - 8) / 3 + 1
}

#[test]
fn tuned_for_looks_an_image_has_smaller_errors_at_low_frequencies_and_a_larger_squared_error() {
    let folder = tempdir().unwrap();
    let original = demo::picture().unwrap().crop(0, 150, 320, 160).unwrap();
    picture_file::write_png(&folder.path().join("in.png"), &original).unwrap();
    let [looks, psnr] = ["looks", "psnr"].map(|tune| {
        let line =
            format!("encode @in.png -o @x.nice --effort 1 --fixed --deblocked no --tune {tune}");
        nicec_in(folder.path(), &line).unwrap();
        nicec_in(folder.path(), "decode @x.nice -o @out.png --no-deblock").unwrap();
        let decoded = picture_file::read(&folder.path().join("out.png")).unwrap();
        let error = PooledError::between(original.rgb(), decoded.rgb()).mse();
        (error, error_of_sums(&original, &decoded))
    });
    assert!(
        looks.0 > psnr.0 && looks.0 < 1.1 * psnr.0,
        "{looks:?} {psnr:?}"
    );
    assert!(5 * looks.1 < 4 * psnr.1, "{looks:?} {psnr:?}");
    let line = "encode @in.png -o @y.nice --effort 1";
    nicec_in(folder.path(), line).unwrap();
    let line = "encode @in.png -o @x.nice --effort 1 --tune looks --bpp 0.75";
    nicec_in(folder.path(), line).unwrap();
    let [default, looks] =
        ["y", "x"].map(|name| fs::read(folder.path().join(format!("{name}.nice"))));
    assert_eq!(default.unwrap(), looks.unwrap());
}

#[test]
fn a_file_has_the_requested_bits_per_pixel_or_the_nearest_that_are_possible() {
    let folder = tempdir().unwrap();
    let original = demo::picture().unwrap().crop(0, 150, 320, 160).unwrap();
    picture_file::write_png(&folder.path().join("in.png"), &original).unwrap();
    let mut before = 0.0;
    for tune in ["psnr", "looks"] {
        for bpp in [0.25, 0.4, 0.75, 1.0] {
            let line =
                format!("encode @in.png -o @x.nice --effort 0 --tune {tune} --bpp {bpp} --json");
            let report = json(folder.path(), &line);
            let bytes = fs::read(folder.path().join("x.nice")).unwrap();
            let found = 8.0 * bytes.len() as f64 / original.pixels() as f64;
            assert!(
                found <= bpp && found >= 0.99 * bpp,
                "{found} instead of {bpp}"
            );
            assert_eq!(report["bpp"], found);
            assert_eq!(report["layout"], "adaptive");
            let image = Image::from_bytes(&bytes).unwrap();
            let lengths = report["lengths"].as_array().unwrap();
            let blocks: u64 = lengths
                .iter()
                .map(|length| length["blocks"].as_u64().unwrap())
                .sum();
            assert_eq!(blocks, image.blocks() as u64);
            let psnr = report["psnr_db"].as_f64().unwrap();
            assert!(
                bpp == 0.25 || psnr > before,
                "{psnr} after {before} at {bpp}"
            );
            before = psnr;
        }
    }
    for (bpp, which) in [("0.01", "smallest file"), ("24", "largest file below")] {
        let line = format!("encode @in.png -o @x.nice --effort 0 --bpp {bpp}");
        let text = nicec_in(folder.path(), &line).unwrap();
        assert!(text.contains(&format!("the {which}")), "{text}");
        let bytes = fs::read(folder.path().join("x.nice")).unwrap();
        assert!(Image::from_bytes(&bytes).is_ok());
    }
    for wrong in ["0", "-1", "nan", "x"] {
        let line = format!("encode @in.png -o @x.nice --bpp={wrong}");
        let error = error_text(nicec_in(folder.path(), &line));
        assert!(error.contains("a number above 0"), "{error}");
    }
    let line = "encode @in.png -o @x.nice --bpp 0.5 --fixed";
    let error = error_text(nicec_in(folder.path(), line));
    assert!(error.contains("cannot be used with"), "{error}");
}

#[test]
fn the_blocks_of_an_icon_get_as_many_bits_as_those_of_a_photograph() {
    let folder = tempdir().unwrap();
    let demo = demo::picture().unwrap();
    let bits_and_notes = |width, height, options: &str| {
        let part = demo.crop(440, 200, width, height).unwrap();
        picture_file::write_png(&folder.path().join("in.png"), &part).unwrap();
        let line = format!("encode @in.png -o @out.nice --effort 0 --json{options}");
        let report = nicec_in(folder.path(), &line).unwrap();
        let report: Value = serde_json::from_str(&report).unwrap();
        let bits: u64 = report["lengths"]
            .as_array()
            .unwrap()
            .iter()
            .map(|length| length["bits"].as_u64().unwrap() * length["blocks"].as_u64().unwrap())
            .sum();
        let notes = report["notes"].as_array().unwrap().len();
        (bits as f64 / report["blocks"].as_f64().unwrap(), notes)
    };
    for (width, height) in [(8, 8), (16, 16), (24, 16), (10, 12)] {
        let (bits, notes) = bits_and_notes(width, height, "");
        assert!(bits > 30.0, "{bits} bits for a block of {width} x {height}");
        assert_eq!(notes, 0);
        // Where the bits were requested, it is told that there are more.
        assert_eq!(bits_and_notes(width, height, " --bpp 0.75").1, 1);
    }
    let (bits, _) = bits_and_notes(320, 240, "");
    assert!((44.0..48.0).contains(&bits), "{bits}");
}

#[test]
fn a_higher_quality_takes_more_bits_and_has_a_smaller_error() {
    let folder = tempdir().unwrap();
    let original = demo::picture().unwrap().crop(0, 150, 320, 160).unwrap();
    picture_file::write_png(&folder.path().join("in.png"), &original).unwrap();
    let figures = [0, 30, 50, 70, 100].map(|quality| {
        let line = format!("encode @in.png -o @x.nice --effort 0 --quality {quality} --json");
        let report = json(folder.path(), &line);
        (
            report["bpp"].as_f64().unwrap(),
            report["psnr_db"].as_f64().unwrap(),
        )
    });
    for pair in figures.windows(2) {
        assert!(
            pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1,
            "{figures:?}"
        );
    }
}

#[test]
fn an_image_in_the_adaptive_layout_is_decoded_and_described_like_any_other() {
    let folder = tempdir().unwrap();
    let original = demo::picture().unwrap().crop(3, 150, 203, 77).unwrap();
    picture_file::write_png(&folder.path().join("in.png"), &original).unwrap();
    nicec_in(
        folder.path(),
        "encode @in.png -o @x.nice --effort 0 --bpp 0.5",
    )
    .unwrap();
    for (option, least) in [("", 23.0), (" --no-deblock", 22.5)] {
        nicec_in(
            folder.path(),
            &format!("decode @x.nice -o @out.png{option}"),
        )
        .unwrap();
        let decoded = picture_file::read(&folder.path().join("out.png")).unwrap();
        let error = PooledError::between(original.rgb(), decoded.rgb());
        assert!(error.psnr() > least, "{}", error.psnr());
    }
    let info = json(folder.path(), "info @x.nice --json");
    assert_eq!(info["layout"], "adaptive");
    assert!(info["lengths"].as_array().unwrap().len() > 1);
    assert!(info["bpp"].as_f64().unwrap() <= 0.5);
    assert_eq!(
        info["bytes"],
        fs::read(folder.path().join("x.nice")).unwrap().len()
    );
}

#[test]
fn an_image_of_an_unknown_model_is_refused_with_its_id_and_the_option_to_give_it() {
    let folder = run_folder();
    let at = folder.path();
    write_picture(&at.join("in.png"), 5, 20, 20);
    nicec_in(at, "encode @in.png -m @decoder.nicem -o @x.nice").unwrap();
    let error = error_text(nicec_in(at, "decode @x.nice -o @out.png"));
    let bytes = fs::read(at.join("x.nice")).unwrap();
    let id = Image::from_bytes(&bytes).unwrap().model_id().to_string();
    for part in ["-m MODEL.nicem", "x.nice", &id] {
        assert!(error.contains(part), "{error}");
    }
    let error = error_text(nicec_in(at, "encode @in.png -m nosuch -o @y.nice"));
    assert!(
        error.contains("nosuch") && error.contains("s, m"),
        "{error}"
    );
    assert!(!at.join("y.nice").exists());
}

#[test]
fn more_effort_is_never_worse_with_a_codebook() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("in.png"), demo::PNG).unwrap();
    let psnr = |effort: u32| -> f64 {
        let printed = json(
            folder.path(),
            &format!("eval -m s @in.png --effort {effort} --fixed --tune psnr --json"),
        );
        printed["pooled_psnr_db"].as_f64().unwrap()
    };
    let (fast, default, best) = (psnr(0), psnr(2), psnr(4));
    assert!(fast < default && default < best, "{fast} {default} {best}");
    assert!(best - default < 0.2, "{default} and {best}");
}

#[test]
fn eval_reports_what_encoding_and_decoding_each_file_gives() {
    let folder = run_folder();
    let pictures = folder.path().join("pictures");
    fs::create_dir_all(pictures.join("more")).unwrap();
    let names = [("a.png", 31, 17), ("b.png", 64, 64), ("more/c.png", 8, 5)];
    let (mut squares, mut samples, mut blocks, mut pixels) = (0, 0, 0, 0);
    for (seed, (name, width, height)) in names.into_iter().enumerate() {
        let original = write_picture(&pictures.join(name), seed as u64, width, height);
        nicec_in(
            folder.path(),
            &format!("encode @pictures/{name} -m @decoder.nicem -o @x.nice --effort 1"),
        )
        .unwrap();
        nicec_in(folder.path(), "decode @x.nice -m @decoder.nicem -o @x.png").unwrap();
        let decoded = picture_file::read(&folder.path().join("x.png")).unwrap();
        squares += squared_error(original.rgb(), decoded.rgb());
        samples += original.rgb().len();
        pixels += width * height;
        blocks += width.div_ceil(8) * height.div_ceil(8);
    }
    let mse = squares as f64 / samples as f64;
    let psnr = 10.0 * (255.0 * 255.0 / mse).log10();

    let report = json(
        folder.path(),
        "eval -m @decoder.nicem @pictures --effort 1 --json",
    );
    assert!((report["pooled_psnr_db"].as_f64().unwrap() - psnr).abs() < 1e-9);
    let bpp = f64::from(blocks * 48) / f64::from(pixels);
    assert!((report["bpp"].as_f64().unwrap() - bpp).abs() < 1e-12);
    let images = report["images"].as_array().unwrap();
    assert_eq!(images.len(), 3);
    for (image, (name, width, height)) in images.iter().zip(names) {
        assert!(image["path"].as_str().unwrap().ends_with(name));
        assert_eq!(image["width"], width);
        assert_eq!(image["height"], height);
        assert!(image["psnr_db"].as_f64().unwrap() > 0.0);
    }
    for key in ["encode_mpixel_per_s", "decode_mpixel_per_s"] {
        assert!(report[key].as_f64().unwrap() > 0.0, "{key}");
    }
}

#[test]
fn eval_skips_files_in_a_folder_that_are_not_pictures_and_lists_them() {
    let folder = run_folder();
    let pictures = folder.path().join("pictures");
    fs::create_dir(&pictures).unwrap();
    write_picture(&pictures.join("good.png"), 1, 16, 16);
    fs::write(pictures.join("bad.png"), b"no picture").unwrap();
    fs::write(pictures.join("notes.txt"), b"no picture at all").unwrap();
    let report = json(folder.path(), "eval -m @decoder.nicem @pictures --json");
    assert_eq!(report["images"].as_array().unwrap().len(), 1);
    let skipped = report["skipped"].as_array().unwrap();
    assert_eq!(skipped.len(), 1);
    assert!(skipped[0].as_str().unwrap().contains("bad.png"));
    let table = nicec_in(folder.path(), "eval -m @decoder.nicem @pictures").unwrap();
    for part in ["good.png", "1 picture", "skipped", "bad.png", "dB"] {
        assert!(table.contains(part), "{part} in\n{table}");
    }
}

#[test]
fn info_shows_the_contents_of_each_type_of_file() {
    let folder = run_folder();
    write_picture(&folder.path().join("in.png"), 3, 20, 9);
    nicec_in(folder.path(), "encode @in.png -m @decoder.nicem -o @x.nice").unwrap();
    let file = fs::read(folder.path().join("decoder.nicem")).unwrap();
    let id = Model::from_bytes(&file).unwrap().id().to_string();

    let info = json(folder.path(), "info @decoder.nicem --json");
    assert_eq!(info["file"], "decoder model");
    assert_eq!(info["id"], id);
    assert_eq!(info["name"], "small");
    assert_eq!(info["kind"], "network");
    assert_eq!(info["hidden"], 12);
    assert_eq!(info["bits"], 48);
    assert_eq!(info["bytes"], file.len());

    let info = json(folder.path(), "info @encoder.nicee --json");
    assert_eq!(info["file"], "encoder");
    assert_eq!(info["decoder_id"], id);
    assert_eq!(info["hidden"], 9);

    let info = json(folder.path(), "info @x.nice --json");
    assert_eq!(info["file"], "image");
    assert_eq!(info["model_id"], id);
    assert_eq!((&info["width"], &info["height"]), (&20.into(), &9.into()));
    assert_eq!(info["blocks"], 6);
    assert_eq!(info["bytes"], 6 * 6 + 24);

    for name in ["decoder.nicem", "encoder.nicee", "x.nice"] {
        let table = nicec_in(folder.path(), &format!("info @{name}")).unwrap();
        assert!(table.contains(&id), "{table}");
        assert!(table.lines().count() >= 7, "{table}");
    }
}

#[test]
fn the_encoder_is_found_under_the_name_of_its_model() {
    let folder = run_folder();
    let at = |name: &str| folder.path().join(name);
    write_picture(&at("in.png"), 3, 20, 9);
    nicec_in(folder.path(), "encode @in.png -m @decoder.nicem -o @a.nice").unwrap();
    fs::rename(at("decoder.nicem"), at("camera.v2.nicem")).unwrap();
    fs::rename(at("encoder.nicee"), at("camera.v2.nicee")).unwrap();
    nicec_in(
        folder.path(),
        "encode @in.png -m @camera.v2.nicem -o @b.nice",
    )
    .unwrap();
    assert_eq!(
        fs::read(at("a.nice")).unwrap(),
        fs::read(at("b.nice")).unwrap()
    );
}

#[test]
fn encode_reports_as_json() {
    let folder = run_folder();
    write_picture(&folder.path().join("in.png"), 3, 20, 9);
    let report = json(
        folder.path(),
        "encode @in.png -m @decoder.nicem -o @x.nice --effort 1 --json",
    );
    assert_eq!(report["blocks"], 6);
    assert_eq!(report["bytes"], 60);
    assert_eq!(report["effort"], 1);
    assert_eq!(report["layout"], "fixed");
    assert_eq!(report["bpp"].as_f64().unwrap(), 6.0 * 48.0 / 180.0);
}

#[test]
fn help_is_not_an_error_and_has_examples() {
    let all: &[&[&str]] = &[
        &["--help"],
        &["encode", "--help"],
        &["decode", "--help"],
        &["info", "--help"],
        &["eval", "--help"],
        &["compare", "--help"],
    ];
    for args in all {
        let text = nicec(args).unwrap();
        assert!(
            text.contains("Example") && text.contains("  nicec "),
            "{text}"
        );
    }
    assert!(nicec(&["--version"]).unwrap().starts_with("nicec "));
}

#[test]
fn man_pages_and_completions_are_written_for_all_commands() {
    let folder = tempdir().unwrap();
    nicec_in(folder.path(), "manual -o @pages").unwrap();
    let read = |name: &str| fs::read_to_string(folder.path().join("pages").join(name)).unwrap();
    assert!(read("completions/nicec.bash").contains("--bpp"));
    assert!(read("completions/_nicec").contains("flip-horizontal"));
    assert!(read("man1/nicec-encode.1").contains("max\\-megapixels"));
    assert!(read("man1/nicec-dataset-build.1").contains("per\\-picture"));
    assert!(read("man1/nicec.1").contains("turn"));
}

#[test]
fn several_pictures_and_folders_become_a_folder_of_images_and_of_pictures_again() {
    let folder = tempdir().unwrap();
    let at = folder.path();
    for name in ["photos/one.png", "photos/more/two.png", "three.png"] {
        let path = at.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        write_picture(&path, 3, 24, 16);
    }
    fs::write(at.join("photos/bad.jpg"), b"not a picture").unwrap();
    fs::write(at.join("photos/notes.txt"), b"not even meant to be one").unwrap();
    let error = error_text(nicec_in(
        at,
        "encode @photos @three.png -o @images --effort 0",
    ));
    assert!(
        error.starts_with("1 of 4 files failed") && error.contains("bad.jpg"),
        "{error}"
    );
    for name in ["one.nice", "more/two.nice", "three.nice"] {
        assert!(at.join("images").join(name).is_file(), "{name}");
    }
    fs::remove_file(at.join("photos/bad.jpg")).unwrap();
    let reports = json(
        at,
        "encode @photos @three.png -o @images --effort 0 --json --jobs 2",
    );
    assert_eq!(reports["encoded"].as_array().unwrap().len(), 3);
    assert_eq!(reports["failed"].as_array().unwrap().len(), 0);
    assert_eq!(
        nicec_in(at, "decode @images -o @out --format ppm --quiet").unwrap(),
        ""
    );
    let decoded = picture_file::read(&at.join("out/more/two.ppm")).unwrap();
    assert_eq!((decoded.width(), decoded.height()), (24, 16));
    let contents = json(at, "info @images --json");
    assert_eq!(contents.as_array().unwrap().len(), 3);
    let printed = nicec_in(
        at,
        "encode @three.png --resize 50% -o @small.nice --effort 0",
    )
    .unwrap();
    assert!(printed.contains("12 x 8"), "{printed}");
}

#[test]
fn images_and_models_become_arrays_in_c() {
    let folder = tempdir().unwrap();
    let at = folder.path();
    write_picture(&at.join("in.png"), 3, 24, 16);
    nicec_in(
        at,
        "encode @in.png -m xs --fixed -o @my-photo.nice --effort 0",
    )
    .unwrap();
    let header = nicec_in(at, "c-array xs @my-photo.nice -o -").unwrap();
    for (name, bytes) in [
        ("xs_nicem", pretrained::named("xs").unwrap().to_vec()),
        ("my_photo_nice", fs::read(at.join("my-photo.nice")).unwrap()),
    ] {
        let start = format!("char {name}[{}] NICE_ALIGNED = {{", bytes.len());
        let (_, array) = header.split_once(&start).unwrap();
        let (array, _) = array.split_once('}').unwrap();
        let numbers = array
            .split(',')
            .map(str::trim)
            .filter(|number| !number.is_empty());
        let found: Vec<u8> = numbers.map(|number| number.parse().unwrap()).collect();
        assert!(found == bytes, "{name}");
    }
    let error = error_text(nicec_in(at, "c-array @in.png -o @a.h"));
    assert!(
        error.contains("neither a NICE image nor a decoder model"),
        "{error}"
    );
}
