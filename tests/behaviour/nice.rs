//! The program `nice`: encoding, decoding, measuring and showing, with small random models.

use std::fs;
use std::path::{Path, PathBuf};

use nice_decode::format::{Body, Layer, Model, Network};
use nice_decode::{Decoder, Image, Latent};
use proptest::prelude::*;
use serde_json::Value;
use tempfile::{TempDir, tempdir};
use tools::coder::Coder;
use tools::encoder::EncoderNetwork;
use tools::picture::Picture;
use tools::{blocks, decode, eval, model_file, picture_file};

/// Numbers that look random, the same for the same seed.
pub fn random(seed: u64) -> impl FnMut() -> u32 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u32
    }
}

/// A decoder model file of random weights, scaled so that its blocks have samples all over 0 to 255.
pub fn model(seed: u64, hidden: u16) -> Vec<u8> {
    let mut next = random(seed);
    let mut weights = |count: usize| -> Vec<u8> {
        (0..count)
            .map(|_| ((next() % 255) as i32 - 127) as i8 as u8)
            .collect()
    };
    let units = usize::from(hidden);
    let (first, second) = (weights(48 * units), weights(192 * units));
    let first_bias = vec![0; 4 * units];
    let second_bias = 3_400_000_i32.to_le_bytes().repeat(192);
    let multiplier = |rows| 20_000_u16.to_le_bytes().repeat(rows);
    let (first_multiplier, second_multiplier) = (multiplier(units), multiplier(192));
    model_file::to_bytes(&Model {
        name: "small",
        body: Body::Network(Network {
            bits: 48,
            hidden,
            slope: 655,
            first: Layer {
                pre: 0,
                post: 9,
                weights: &first,
                bias: &first_bias,
                multiplier: &first_multiplier,
            },
            second: Layer {
                pre: 10,
                post: 19,
                weights: &second,
                bias: &second_bias,
                multiplier: &second_multiplier,
            },
        }),
    })
    .unwrap()
}

/// Random numbers from -0.5 to 0.5.
fn floats(next: &mut impl FnMut() -> u32, count: usize) -> Vec<f32> {
    (0..count)
        .map(|_| (next() as f64 / f64::from(u32::MAX) - 0.5) as f32)
        .collect()
}

/// An encoder of random weights.
pub fn encoder(seed: u64, hidden: usize) -> EncoderNetwork {
    let mut next = random(seed);
    let first = floats(&mut next, 192 * hidden);
    let bias = floats(&mut next, hidden);
    let second = floats(&mut next, hidden * 48);
    EncoderNetwork::new(hidden, 0.01, &first, &bias, &second).unwrap()
}

/// A decoder and its encoder, ready to encode with.
pub fn coder<'a>(encoder: &EncoderNetwork, decoder: Decoder<'a>) -> Coder<'a> {
    Coder::network(decoder, encoder.clone())
}

/// A folder with `decoder.nicem` and `encoder.nicee`.
pub fn run_folder() -> TempDir {
    let folder = tempdir().unwrap();
    let file = model(1, 12);
    let id = Decoder::from_bytes(&file).unwrap().id();
    fs::write(folder.path().join("decoder.nicem"), file).unwrap();
    let path = folder.path().join("encoder.nicee");
    encoder(2, 9).write(&path, id).unwrap();
    folder
}

/// A picture of slopes and noise.
pub fn picture(seed: u64, width: u32, height: u32) -> Picture {
    let mut next = random(seed);
    let rgb = (0..height)
        .flat_map(|y| (0..width * 3).map(move |x| (x, y)))
        .map(|(x, y)| (x * 2 + y * 3 + next() % 64) as u8)
        .collect();
    Picture::new(width, height, rgb).unwrap()
}

/// Runs `nice` in this process with these arguments; gives what it said.
pub fn nice<S: AsRef<std::ffi::OsStr>>(args: &[S]) -> anyhow::Result<String> {
    let mut out = Vec::new();
    let args = args.iter().map(|arg| arg.as_ref().to_owned());
    tools::run(std::iter::once("nice".into()).chain(args), &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

/// `nice` with words, and paths for those that begin with `@`: files in `folder`.
pub fn nice_in(folder: &Path, line: &str) -> anyhow::Result<String> {
    let args: Vec<PathBuf> = line
        .split(' ')
        .map(|word| match word.strip_prefix('@') {
            Some(name) => folder.join(name),
            None => word.into(),
        })
        .collect();
    nice(&args)
}

/// What is in the JSON that `nice` says.
fn json(folder: &Path, line: &str) -> Value {
    serde_json::from_str(&nice_in(folder, line).unwrap()).unwrap()
}

/// The squared error between a block of the picture's grid and the decoded latent.
fn error(decoder: &Decoder, picture: &Picture, at: usize, latent: &Latent) -> u64 {
    let mut block = [0; 192];
    blocks::cut_grid(picture, at, &mut block);
    let mut decoded = [0; 192];
    decoder.block(latent, &mut decoded);
    tools::psnr::squared_error(&blocks::planar_to_interleaved(&block), &decoded)
}

/// Checks every pixel of a decoded picture against the decoder's block.
fn is_as_decoded(decoded: &Picture, decoder: &Decoder, image: &Image) {
    assert_eq!(decoded.width(), image.width());
    assert_eq!(decoded.height(), image.height());
    for y in 0..image.height() {
        for x in 0..image.width() {
            let mut block = [0; 192];
            decoder.block(&image.latent_at(x, y).unwrap(), &mut block);
            let within = ((y % 8 * 8 + x % 8) * 3) as usize;
            let pixel = &decoded.row(y)[x as usize * 3..][..3];
            assert_eq!(pixel, &block[within..within + 3], "({x}, {y})");
        }
    }
}

#[test]
fn a_picture_comes_back_in_its_own_size_as_the_decoder_makes_it() {
    let folder = run_folder();
    let model = fs::read(folder.path().join("decoder.nicem")).unwrap();
    let decoder = Decoder::from_bytes(&model).unwrap();
    for (width, height) in [
        (1, 1),
        (7, 9),
        (8, 8),
        (17, 23),
        (1, 70),
        (70, 1),
        (203, 131),
    ] {
        picture(3, width, height)
            .save_png(&folder.path().join("in.png"))
            .unwrap();
        for effort in ["", " --effort 0"] {
            let said = nice_in(
                folder.path(),
                &format!("encode @in.png -m @decoder.nicem -o @x.nice{effort}"),
            )
            .unwrap();
            assert!(said.contains(&format!("{width} x {height}")), "{said}");
            nice_in(
                folder.path(),
                "decode @x.nice -m @decoder.nicem -o @out.png",
            )
            .unwrap();

            let file = fs::read(folder.path().join("x.nice")).unwrap();
            let image = Image::from_bytes(&file).unwrap();
            let decoded = Picture::load(&folder.path().join("out.png")).unwrap();
            assert_eq!((image.width(), image.height()), (width, height));
            assert_eq!(image.model_id(), decoder.id());
            is_as_decoded(&decoded, &decoder, &image);
        }
    }
}

#[test]
fn a_photograph_is_encoded_and_decoded_with_no_model_at_hand() {
    let folder = tempdir().unwrap();
    let original = tools::scene::demo();
    original.save_png(&folder.path().join("in.png")).unwrap();
    for (model, named) in [("m", ""), ("s", " -m s")] {
        nice_in(
            folder.path(),
            &format!("encode @in.png{named} -o @x.nice --effort 0"),
        )
        .unwrap();
        nice_in(folder.path(), "decode @x.nice -o @smooth.png").unwrap();
        nice_in(folder.path(), "decode @x.nice -o @plain.png --no-deblock").unwrap();
        let read = |name: &str| Picture::load(&folder.path().join(name)).unwrap();
        let (plain, smooth) = (read("plain.png"), read("smooth.png"));
        let bytes = fs::read(folder.path().join("x.nice")).unwrap();
        let image = Image::from_bytes(&bytes).unwrap();
        let decoder = Decoder::from_bytes(tools::builtin::named(model).unwrap()).unwrap();
        is_as_decoded(&plain, &decoder, &image);
        let db = |decoded: &Picture| tools::psnr::Pooled::of(original.rgb(), decoded.rgb()).db();
        assert!(db(&plain) > 25.0, "{model}: {} dB", db(&plain));
        assert!(
            db(&smooth) > db(&plain),
            "{model}: smoothing makes it worse"
        );
    }
}

#[test]
fn a_picture_of_a_model_that_nobody_has_says_which_and_how_to_give_it() {
    let folder = run_folder();
    picture(5, 20, 20)
        .save_png(&folder.path().join("in.png"))
        .unwrap();
    nice_in(folder.path(), "encode @in.png -m @decoder.nicem -o @x.nice").unwrap();
    let error = format!(
        "{:#}",
        nice_in(folder.path(), "decode @x.nice -o @out.png").unwrap_err()
    );
    assert!(
        error.contains("-m MODEL.nicem") && error.contains("x.nice"),
        "{error}"
    );
    let error = format!(
        "{:#}",
        nice_in(folder.path(), "encode @in.png -m nosuch -o @y.nice").unwrap_err()
    );
    assert!(
        error.contains("nosuch") && error.contains("s, m"),
        "{error}"
    );
    assert!(!folder.path().join("y.nice").exists());
}

#[test]
fn more_effort_never_comes_out_worse_with_a_codebook() {
    let folder = tempdir().unwrap();
    let scene = tools::scene::demo();
    scene.save_png(&folder.path().join("in.png")).unwrap();
    let db = |effort: u32| -> f64 {
        let said = json(
            folder.path(),
            &format!("eval -m s @in.png --effort {effort} --json"),
        );
        said["pooled_psnr_db"].as_f64().unwrap()
    };
    let (fast, usual, best) = (db(0), db(2), db(4));
    assert!(fast < usual && usual < best, "{fast} {usual} {best}");
    assert!(best - usual < 0.15, "{usual} and {best}");
}

#[test]
fn the_network_does_what_its_description_says_in_the_order_it_says() {
    for hidden in [1, 15, 16, 17, 40] {
        let mut next = random(hidden as u64);
        let first = floats(&mut next, 192 * hidden);
        let bias = floats(&mut next, hidden);
        let second = floats(&mut next, hidden * 48);
        let network = EncoderNetwork::new(hidden, 0.01, &first, &bias, &second).unwrap();
        let many = picture(5, 40, 24);
        let grid = blocks::grid(&many);
        let latents = network.encode_all(&grid);
        for (block, latent) in grid.as_chunks::<192>().0.iter().zip(&latents) {
            let mut units = bias.clone();
            for (i, &sample) in block.iter().enumerate() {
                let x = f32::from(sample) / 255.0;
                for (j, unit) in units.iter_mut().enumerate() {
                    *unit += x * first[i * hidden + j];
                }
            }
            let mut expected = Latent::default();
            for k in 0..48 {
                let mut sum = 0.0;
                for (j, &unit) in units.iter().enumerate() {
                    sum += if unit > 0.0 { unit } else { unit * 0.01 } * second[j * 48 + k];
                }
                expected[k / 8] |= u8::from(sum > 0.0) << (k % 8);
            }
            assert_eq!(*latent, expected);
            assert_eq!(network.encode(block), expected);
        }
    }
}

#[test]
fn blocks_and_pictures_are_encoded_alike() {
    let (network, file) = (encoder(2, 9), model(1, 12));
    let decoder = Decoder::from_bytes(&file).unwrap();
    let picture = picture(8, 61, 44);
    for effort in [0, 2] {
        assert_eq!(
            coder(&network, decoder).encode_picture(&picture, effort),
            coder(&network, decoder).encode_blocks(&blocks::grid(&picture), effort)
        );
    }
    let plain = coder(&network, decoder).encode_picture(&picture, 0);
    assert_eq!(plain, network.encode_all(&blocks::grid(&picture)));
}

#[test]
fn more_effort_never_raises_the_error_of_a_block_and_the_first_sweep_lowers_that_of_most() {
    let (network, file) = (encoder(2, 9), model(1, 12));
    let decoder = Decoder::from_bytes(&file).unwrap();
    let picture = picture(6, 64, 48);
    let errors = |effort: u32| -> Vec<u64> {
        let latents = coder(&network, decoder).encode_picture(&picture, effort);
        latents
            .iter()
            .enumerate()
            .map(|(at, latent)| error(&decoder, &picture, at, latent))
            .collect()
    };
    let sweeps = [0, 1, 2, 3, 5].map(errors);
    for pair in sweeps.windows(2) {
        assert!(
            pair[0]
                .iter()
                .zip(&pair[1])
                .all(|(less, more)| more <= less)
        );
    }
    let lowered = sweeps[0].iter().zip(&sweeps[1]).filter(|(a, b)| b < a);
    assert!(lowered.count() > sweeps[0].len() / 2);
}

#[test]
fn with_enough_effort_no_flip_of_a_single_bit_comes_closer() {
    let (network, file) = (encoder(2, 9), model(1, 12));
    let decoder = Decoder::from_bytes(&file).unwrap();
    let picture = picture(9, 48, 32);
    let latents = coder(&network, decoder).encode_picture(&picture, u32::MAX);
    for (at, latent) in latents.iter().enumerate() {
        let best = error(&decoder, &picture, at, latent);
        for bit in 0..48 {
            let mut other = *latent;
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(error(&decoder, &picture, at, &other) >= best);
        }
    }
}

#[test]
fn a_block_is_encoded_without_regard_to_what_is_encoded_beside_it() {
    let (network, file) = (encoder(2, 9), model(1, 12));
    let decoder = Decoder::from_bytes(&file).unwrap();
    let grid = blocks::grid(&picture(4, 83, 77));
    let together = coder(&network, decoder).encode_blocks(&grid, 2);
    for (block, latent) in grid.as_chunks::<192>().0.iter().zip(&together) {
        let alone = coder(&network, decoder).encode_blocks(block, 2);
        assert_eq!(alone, [*latent]);
    }
}

#[test]
fn eval_says_what_decoding_the_files_one_by_one_gives() {
    let folder = run_folder();
    let pictures = folder.path().join("pictures");
    fs::create_dir_all(pictures.join("more")).unwrap();
    let names = [("a.png", 31, 17), ("b.png", 64, 64), ("more/c.png", 8, 5)];
    let (mut squares, mut samples, mut blocks, mut pixels) = (0, 0, 0, 0);
    for (seed, (name, width, height)) in names.into_iter().enumerate() {
        let original = picture(seed as u64, width, height);
        original.save_png(&pictures.join(name)).unwrap();
        nice_in(
            folder.path(),
            &format!("encode @pictures/{name} -m @decoder.nicem -o @x.nice --effort 1"),
        )
        .unwrap();
        nice_in(folder.path(), "decode @x.nice -m @decoder.nicem -o @x.png").unwrap();
        let decoded = Picture::load(&folder.path().join("x.png")).unwrap();
        squares += tools::psnr::squared_error(original.rgb(), decoded.rgb());
        samples += original.rgb().len();
        pixels += width * height;
        blocks += width.div_ceil(8) * height.div_ceil(8);
    }
    let mse = squares as f64 / samples as f64;
    let db = 10.0 * (255.0 * 255.0 / mse).log10();

    let said = json(
        folder.path(),
        "eval -m @decoder.nicem @pictures --effort 1 --json",
    );
    assert!((said["pooled_psnr_db"].as_f64().unwrap() - db).abs() < 1e-9);
    let bpp = f64::from(blocks * 48) / f64::from(pixels);
    assert!((said["bpp"].as_f64().unwrap() - bpp).abs() < 1e-12);
    let images = said["images"].as_array().unwrap();
    assert_eq!(images.len(), 3);
    for (image, (name, width, height)) in images.iter().zip(names) {
        assert!(image["path"].as_str().unwrap().ends_with(name));
        assert_eq!(image["width"], width);
        assert_eq!(image["height"], height);
        assert!(image["psnr_db"].as_f64().unwrap() > 0.0);
    }
    for key in ["encode_mpixel_per_s", "decode_mpixel_per_s"] {
        assert!(said[key].as_f64().unwrap() > 0.0, "{key}");
    }
}

#[test]
fn eval_leaves_out_what_is_no_picture_in_a_folder_and_says_so() {
    let folder = run_folder();
    let pictures = folder.path().join("pictures");
    fs::create_dir(&pictures).unwrap();
    picture(1, 16, 16)
        .save_png(&pictures.join("good.png"))
        .unwrap();
    fs::write(pictures.join("bad.png"), b"no picture").unwrap();
    fs::write(pictures.join("notes.txt"), b"no picture at all").unwrap();
    let said = json(folder.path(), "eval -m @decoder.nicem @pictures --json");
    assert_eq!(said["images"].as_array().unwrap().len(), 1);
    let skipped = said["skipped"].as_array().unwrap();
    assert_eq!(skipped.len(), 1);
    assert!(skipped[0].as_str().unwrap().contains("bad.png"));
    let table = nice_in(folder.path(), "eval -m @decoder.nicem @pictures").unwrap();
    for part in ["good.png", "1 picture", "left out", "bad.png", "dB"] {
        assert!(table.contains(part), "{part} in\n{table}");
    }
}

#[test]
fn measuring_blocks_and_measuring_their_picture_agree() {
    let (network, file) = (encoder(2, 9), model(1, 12));
    let decoder = Decoder::from_bytes(&file).unwrap();
    let picture = picture(11, 40, 24);
    for effort in [0, 1] {
        let whole =
            eval::measure_picture(&coder(&network, decoder), &picture, effort, false).unwrap();
        let grid =
            eval::measure_blocks(&coder(&network, decoder), &blocks::grid(&picture), effort).0;
        assert_eq!(whole.error, grid);
    }
}

#[test]
fn info_shows_what_is_in_each_kind_of_file() {
    let folder = run_folder();
    picture(3, 20, 9)
        .save_png(&folder.path().join("in.png"))
        .unwrap();
    nice_in(folder.path(), "encode @in.png -m @decoder.nicem -o @x.nice").unwrap();
    let model = fs::read(folder.path().join("decoder.nicem")).unwrap();
    let id = Decoder::from_bytes(&model).unwrap().id().to_string();

    let said = json(folder.path(), "info @decoder.nicem --json");
    assert_eq!(said["file"], "decoder model");
    assert_eq!(said["id"], id);
    assert_eq!(said["name"], "small");
    assert_eq!(said["kind"], "network");
    assert_eq!(said["hidden"], 12);
    assert_eq!(said["bits"], 48);
    assert_eq!(said["bytes"], model.len());

    let said = json(folder.path(), "info @encoder.nicee --json");
    assert_eq!(said["file"], "encoder");
    assert_eq!(said["decoder_id"], id);
    assert_eq!(said["hidden"], 9);

    let said = json(folder.path(), "info @x.nice --json");
    assert_eq!(said["file"], "picture");
    assert_eq!(said["model_id"], id);
    assert_eq!((&said["width"], &said["height"]), (&20.into(), &9.into()));
    assert_eq!(said["blocks"], 6);
    assert_eq!(said["bytes"], 6 * 6 + 24);

    for name in ["decoder.nicem", "encoder.nicee", "x.nice"] {
        let table = nice_in(folder.path(), &format!("info @{name}")).unwrap();
        assert!(table.contains(&id), "{table}");
        assert!(table.lines().count() >= 7, "{table}");
    }
}

#[test]
fn the_encoder_is_found_under_the_name_of_its_model() {
    let folder = run_folder();
    let at = |name: &str| folder.path().join(name);
    picture(3, 20, 9).save_png(&at("in.png")).unwrap();
    nice_in(folder.path(), "encode @in.png -m @decoder.nicem -o @a.nice").unwrap();
    fs::rename(at("decoder.nicem"), at("camera.v2.nicem")).unwrap();
    fs::rename(at("encoder.nicee"), at("camera.v2.nicee")).unwrap();
    nice_in(
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
fn encode_says_what_it_did_as_json() {
    let folder = run_folder();
    picture(3, 20, 9)
        .save_png(&folder.path().join("in.png"))
        .unwrap();
    let said = json(
        folder.path(),
        "encode @in.png -m @decoder.nicem -o @x.nice --effort 1 --json",
    );
    assert_eq!(said["blocks"], 6);
    assert_eq!(said["bytes"], 60);
    assert_eq!(said["effort"], 1);
    assert_eq!(said["bpp"].as_f64().unwrap(), 6.0 * 48.0 / 180.0);
}

#[test]
fn help_is_no_error_and_shows_examples() {
    let all: &[&[&str]] = &[
        &["--help"],
        &["encode", "--help"],
        &["decode", "--help"],
        &["info", "--help"],
        &["eval", "--help"],
    ];
    for args in all {
        let text = nice(args).unwrap();
        assert!(
            text.contains("Example") && text.contains("  nice "),
            "{text}"
        );
    }
    assert!(nice(&["--version"]).unwrap().starts_with("nice "));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_picture_is_decoded_as_its_latents_say(
        seed in any::<u64>(),
        width in 1_u32..60,
        height in 1_u32..60,
        hidden in 1_u16..40,
        effort in 0_u32..2,
    ) {
        let (network, file) = (encoder(seed, 5), model(seed, hidden));
        let decoder = Decoder::from_bytes(&file).unwrap();
        let original = picture(seed, width, height);
        let latents = coder(&network, decoder).encode_picture(&original, effort);
        let bytes = picture_file::to_bytes(width, height, decoder.id(), &latents).unwrap();
        let image = Image::from_bytes(&bytes).unwrap();
        is_as_decoded(&decode::decode_picture(&decoder, &image, false).unwrap(), &decoder, &image);
    }

    #[test]
    fn an_encoder_file_gives_back_what_went_in(seed in any::<u64>(), hidden in 1_usize..70, id in any::<u32>()) {
        let network = encoder(seed, hidden);
        let id = nice_decode::ModelId::new(id);
        let (read, read_id) = EncoderNetwork::from_bytes(&network.to_bytes(id)).unwrap();
        prop_assert_eq!(read, network);
        prop_assert_eq!(read_id, id);
    }
}
