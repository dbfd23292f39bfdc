//! Training: what a run leaves in its folder, that it learns, that it is reproducible, and which errors it reports.

use std::path::Path;

use host_train::Outcome;
use host_train::checkpoint::Checkpoint;
use host_train::history::Row;
use nice_decode::{Codec, Decoder, Image, Model};

use crate::fixtures::{bin, error_text, host_train, host_train_process, text, write_picture};

/// Options of a fast run.
pub const SMALL: &[&str] = &["--device", "cpu", "--batch", "64", "--effort", "1"];

/// The options of a small network.
pub const MLP: &[&str] = &[
    "--arch",
    "mlp",
    "--encoder-hidden",
    "16",
    "--decoder-hidden",
    "12",
];

/// The options of a codebook.
pub const CODEBOOK: &[&str] = &["--arch", "codebook:s", "--beam", "2"];

/// Trains a small network with more options.
pub fn train_mlp(data: &Path, out: &Path, more: &[&str]) -> anyhow::Result<(Outcome, String)> {
    train_codec(MLP, data, out, more)
}

/// Trains a codec, given its options, with more options.
pub fn train_codec(
    codec: &[&str],
    data: &Path,
    out: &Path,
    more: &[&str],
) -> anyhow::Result<(Outcome, String)> {
    let mut args = vec!["--data", text(data), "--out", text(out)];
    args.extend(SMALL);
    args.extend(codec);
    args.extend(more);
    host_train(&args)
}

/// The files of a run that do not depend on when or how often it was stopped.
pub fn artifacts(run: &Path) -> Vec<Vec<u8>> {
    [
        "decoder.nicem",
        "encoder.nicee",
        "weights.safetensors",
        "demo.nice",
    ]
    .iter()
    .map(|name| run.join(name))
    // Only a network has an encoder file.
    .filter(|path| path.exists())
    .map(|path| std::fs::read(path).unwrap())
    .collect()
}

/// The checkpoint of a run without measured times.
pub fn checkpoint_without_times(run: &Path) -> Checkpoint {
    let mut checkpoint = Checkpoint::read(&run.join("checkpoint.safetensors")).unwrap();
    checkpoint.progress.seconds = 0.0;
    for row in &mut checkpoint.progress.history {
        *row = Row {
            seconds: 0.0,
            blocks_per_second: 0.0,
            ..*row
        };
    }
    checkpoint
}

#[test]
fn a_run_leaves_a_decoder_model_a_report_and_its_history() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 1000, 1);
    let run = folder.path().join("run");
    let (outcome, printed) =
        train_mlp(&data, &run, &["--steps", "25", "--validate-every", "10"]).unwrap();
    assert_eq!(outcome, Outcome::Complete);
    assert!(
        printed.contains("as requested") && printed.contains("decoder.nicem"),
        "{printed}"
    );
    for name in [
        "report.html",
        "bit-means.png",
        "loss.png",
        "demo-decoded.png",
        "config.json",
    ] {
        assert!(run.join(name).is_file(), "{name} is missing");
    }
    let model = std::fs::read(run.join("decoder.nicem")).unwrap();
    let model = Model::from_bytes(&model).unwrap();
    let demo = std::fs::read(run.join("demo.nice")).unwrap();
    Decoder::new(&model, &Image::from_bytes(&demo).unwrap()).unwrap();
    let metrics = std::fs::read_to_string(run.join("metrics.csv")).unwrap();
    let steps: Vec<_> = metrics
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap())
        .collect();
    assert_eq!(steps, ["10", "20", "25"]);
    let events = std::fs::read_dir(&run).unwrap().flatten();
    assert!(events.into_iter().any(|file| {
        file.file_name()
            .to_string_lossy()
            .starts_with("events.out.tfevents")
    }));
}

#[test]
fn training_lowers_the_loss() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 2000, 1);
    let run = folder.path().join("run");
    let more = [
        "--steps",
        "600",
        "--validate-every",
        "100",
        "--learning-rate",
        "3e-3",
    ];
    train_mlp(&data, &run, &more).unwrap();
    let history = checkpoint_without_times(&run).progress.history;
    assert!(
        history[5].validation_loss < 0.6 * history[0].validation_loss,
        "{} after {}",
        history[5].validation_loss,
        history[0].validation_loss
    );
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 500, 1);
    for (codec, name) in [(MLP, "mlp"), (CODEBOOK, "codebook")] {
        let run = |nth: &str, seed| {
            let run = folder.path().join(format!("{name}-{nth}"));
            let more = ["--steps", "30", "--validate-every", "15", "--seed", seed];
            train_codec(codec, &data, &run, &[&more[..], &["--name", "x"]].concat()).unwrap();
            (artifacts(&run), checkpoint_without_times(&run))
        };
        let (one, again, other) = (run("one", "7"), run("again", "7"), run("other", "8"));
        assert_eq!(one, again);
        assert_ne!(one.0[0], other.0[0]);
    }
}

#[test]
fn a_codebook_learns_more_than_its_first_codewords_know_and_its_report_shows_them() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = folder.path().join("pictures");
    std::fs::create_dir(&pictures).unwrap();
    for number in 0..6 {
        write_picture(&pictures.join(format!("{number}.png")), number, 128, 128);
    }
    let run = folder.path().join("run");
    let mut args = vec!["--data", text(&pictures), "--out", text(&run)];
    args.extend(CODEBOOK);
    args.extend(["--device", "cpu", "--effort", "1", "--batch", "512"]);
    args.extend(["--learning-rate", "3e-3", "--steps", "160"]);
    args.extend(["--validate-every", "16"]);
    let (_, printed) = host_train(&args).unwrap();
    assert!(printed.contains("integer decoder"), "{printed}");
    // The first codewords are made from training blocks, so only validation blocks show what training adds.
    let history = checkpoint_without_times(&run).progress.history;
    let (first, last) = (history[0].validation_loss, history[9].validation_loss);
    assert!(last < first, "{last} after {first}");

    let file = std::fs::read(run.join("decoder.nicem")).unwrap();
    let model = Model::from_bytes(&file).unwrap();
    assert_eq!(model.codec(), Codec::Codebook);
    assert!(
        model.has_deblocking(),
        "there are pictures to fit the filter to"
    );
    assert!(file.len() <= 44_000);
    let report = std::fs::read_to_string(run.join("report.html")).unwrap();
    for part in [
        "All codewords",
        "stage 4",
        "Gains of the base codewords",
        "<th>unused</th>",
    ] {
        assert!(report.contains(part), "the report has no {part}");
    }
    for name in [
        "codewords-0.png",
        "codewords-4.png",
        "use-0.png",
        "gains.png",
    ] {
        assert!(run.join(name).is_file(), "{name} is missing");
    }
}

#[test]
fn blocks_on_the_device_and_streamed_blocks_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 500, 1);
    let run = |residency| {
        let run = folder.path().join(residency);
        train_mlp(&data, &run, &["--steps", "20", "--residency", residency]).unwrap();
        artifacts(&run)
    };
    assert_eq!(run("device"), run("stream"));
}

#[test]
fn a_folder_that_is_not_empty_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 500, 1);
    let error = error_text(train_mlp(&data, folder.path(), &["--steps", "1"]));
    assert!(error.contains("is not empty"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn the_exit_code_is_1_for_an_error_and_2_for_an_invalid_command_line() {
    let run = |args: &[&str]| {
        let output = host_train_process(args).output().unwrap();
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let (code, printed) = run(&["--data", "/nowhere/at/all"]);
    assert!(
        code == Some(1) && printed.starts_with("error: ") && printed.contains("/nowhere/at/all"),
        "{code:?} {printed}"
    );
    let (code, printed) = run(&["--device", "cuda:99"]);
    assert!(
        code == Some(1) && printed.contains("--device cpu"),
        "{code:?} {printed}"
    );
    for invalid in [
        &["--steps", "0"][..],
        &["--arch", "codec"],
        &["--learning-rate", "-1"],
        &["--decoder-hidden", "513"],
        &["--name", "a name with spaces"],
        &["--resume", "x", "--seed", "1"],
        &["--device", "gpu"],
    ] {
        assert_eq!(run(invalid).0, Some(2), "{invalid:?}");
    }
    assert_eq!(run(&["--help"]).0, Some(0));
}

#[test]
fn the_result_is_printed_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 500, 1);
    let run = folder.path().join("run");
    let (_, printed) = train_mlp(&data, &run, &["--steps", "5", "--json"]).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(summary["steps"], 5);
    assert!(summary["quantized_db"].as_f64().unwrap() > 5.0);
}

/// Fits the model xs to noise with more options, and returns the JSON of the result.
fn fit(data: &Path, out: &Path, more: &[&str]) -> serde_json::Value {
    let mut args = vec!["fit", text(data), "--from", "xs", "--out", text(out)];
    args.extend(["--device", "cpu", "--effort", "0", "--json"]);
    args.extend(more);
    let (outcome, printed) = host_train(&args).unwrap();
    assert_eq!(outcome, Outcome::Complete);
    serde_json::from_str(&printed).unwrap()
}

#[test]
fn fitting_wins_something_on_pictures_of_another_kind() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "noise.bin", 3000, 5);
    let val = bin(folder.path(), "val.bin", 200, 6);
    let out = folder.path().join("run");
    let result = fit(&data, &out, &["--val", text(&val), "--minutes", "0.05"]);
    let (before, after) = (&result["fit"]["before_db"], &result["fit"]["after_db"]);
    assert!(after.as_f64() > before.as_f64(), "{result}");
    assert_eq!(result["fit"]["kept"], false);
    assert_eq!(result["fit"]["from"], "xs");
    let model = std::fs::read(out.join("decoder.nicem")).unwrap();
    assert_eq!(Model::from_bytes(&model).unwrap().name(), "fitted");
}

#[test]
fn where_fitting_wins_nothing_the_model_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "noise.bin", 1000, 5);
    let val = bin(folder.path(), "val.bin", 200, 6);
    let out = folder.path().join("run");
    let more = [
        "--val",
        text(&val),
        "--minutes",
        "0.01",
        "--learning-rate",
        "1e-12",
    ];
    let result = fit(&data, &out, &more);
    assert_eq!(result["fit"]["kept"], true, "{result}");
    let model = std::fs::read(out.join("decoder.nicem")).unwrap();
    assert_eq!(model, nice_encode::pretrained::named("xs").unwrap());
}

#[test]
fn only_a_codebook_can_be_fitted() {
    let folder = crate::fixtures::run_folder();
    let data = bin(folder.path(), "noise.bin", 100, 5);
    let model = folder.path().join("decoder.nicem");
    let error = error_text(host_train(&["fit", text(&data), "--from", text(&model)]));
    assert!(error.contains("only a codebook can be fitted"), "{error}");
}

#[test]
fn several_pictures_and_folders_are_fitted_together() {
    let folder = tempfile::tempdir().unwrap();
    let (icons, photo) = (folder.path().join("icons"), folder.path().join("photo.png"));
    std::fs::create_dir(&icons).unwrap();
    write_picture(&icons.join("one.png"), 1, 64, 64);
    write_picture(&icons.join("two.png"), 2, 64, 64);
    write_picture(&photo, 3, 80, 64);
    let twice = icons.join("one.png");
    let out = folder.path().join("run");
    let mut args = vec!["fit", text(&icons), text(&photo), text(&twice)];
    args.extend(["--from", "xs", "--minutes", "0.01", "--out", text(&out)]);
    args.extend(["--device", "cpu", "--effort", "0"]);
    let (_, printed) = host_train(&args).unwrap();
    // Two of the three pictures are for training, one for validation.
    assert!(
        printed.contains("in 2 pictures of") && printed.contains("the grid of 1 picture of"),
        "{printed}"
    );
    let config = std::fs::read_to_string(out.join("config.json")).unwrap();
    assert!(
        config.contains("icons") && config.contains("photo.png"),
        "{config}"
    );
}

#[test]
fn pictures_that_are_cut_off_or_too_large_are_trained_on_where_that_is_requested() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = folder.path().join("pictures");
    std::fs::create_dir(&pictures).unwrap();
    write_picture(&pictures.join("one.png"), 1, 64, 64);
    write_picture(&pictures.join("two.png"), 2, 64, 64);
    write_picture(&pictures.join("large.png"), 3, 1024, 1024);
    let whole = std::fs::read(pictures.join("one.png")).unwrap();
    std::fs::write(pictures.join("half.png"), &whole[..whole.len() / 2]).unwrap();
    let train = |name: &str, more: &[&str]| {
        let out = folder.path().join(name);
        let more = [&["--steps", "2"], more].concat();
        train_mlp(&pictures, &out, &more).unwrap().1
    };
    let printed = train("default", &[]);
    assert!(
        printed.contains("1 of 4 pictures") && printed.contains("half.png"),
        "{printed}"
    );
    let printed = train("all", &["--allow-truncated"]);
    assert!(!printed.contains("could not be read"), "{printed}");
    let printed = train("small", &["--max-megapixels", "1"]);
    assert!(
        printed.contains("2 of 4 pictures") && printed.contains("large.png"),
        "{printed}"
    );
}
