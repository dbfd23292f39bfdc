//! Training: the same seed gives the same bytes, a run that was stopped goes on as if it never had been, and
//! whatever goes wrong is said and spoils nothing.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use host_train::Outcome;
use host_train::checkpoint::Checkpoint;
use host_train::history::Row;

use crate::kit::{bin, host_train, host_train_process, text};

const SMALL: &[&str] = &["--device", "cpu", "--batch", "64", "--effort", "1"];

const MLP: &[&str] = &[
    "--arch",
    "mlp",
    "--encoder-hidden",
    "16",
    "--decoder-hidden",
    "12",
];

const CODEBOOK: &[&str] = &["--arch", "codebook:s", "--beam", "2"];

fn train(data: &Path, out: &Path, more: &[&str]) -> anyhow::Result<(Outcome, String)> {
    train_wing(MLP, data, out, more)
}

fn train_wing(
    wing: &[&str],
    data: &Path,
    out: &Path,
    more: &[&str],
) -> anyhow::Result<(Outcome, String)> {
    let mut args = vec!["--data", text(data), "--out", text(out)];
    args.extend(SMALL);
    args.extend(wing);
    args.extend(more);
    host_train(&args)
}

/// Everything that a run leaves and that must not depend on when or how often it was stopped.
fn results(run: &Path) -> Vec<Vec<u8>> {
    [
        "decoder.nicem",
        "encoder.nicee",
        "weights.safetensors",
        "demo.nice",
    ]
    .iter()
    .map(|name| run.join(name))
    // Only a network has an encoder.
    .filter(|path| path.exists())
    .map(|path| std::fs::read(path).unwrap())
    .collect()
}

/// The checkpoint without what a clock measured.
fn timeless(run: &Path) -> Checkpoint {
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
fn a_run_leaves_a_decoder_a_report_and_its_history() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 1000, 1);
    let run = folder.path().join("run");
    let (outcome, said) = train(&data, &run, &["--steps", "25", "--validate-every", "10"]).unwrap();
    assert_eq!(outcome, Outcome::Complete);
    assert!(
        said.contains("as asked") && said.contains("decoder.nicem"),
        "{said}"
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
    let decoder = std::fs::read(run.join("decoder.nicem")).unwrap();
    let decoder = nice_decode::Decoder::from_bytes(&decoder).unwrap();
    let demo = std::fs::read(run.join("demo.nice")).unwrap();
    decoder
        .open(&nice_decode::Image::from_bytes(&demo).unwrap())
        .unwrap();
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
    train(&data, &run, &more).unwrap();
    let history = timeless(&run).progress.history;
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
    for (wing, name) in [(MLP, "mlp"), (CODEBOOK, "codebook")] {
        let run = |nth: &str, seed| {
            let run = folder.path().join(format!("{name}-{nth}"));
            let more = ["--steps", "30", "--validate-every", "15", "--seed", seed];
            train_wing(wing, &data, &run, &[&more[..], &["--name", "x"]].concat()).unwrap();
            (results(&run), timeless(&run))
        };
        let (one, again, other) = (run("one", "7"), run("again", "7"), run("other", "8"));
        assert_eq!(one, again);
        assert_ne!(one.0[0], other.0[0]);
    }
}

#[test]
fn a_codebook_learns_more_than_its_first_tables_know_and_its_report_shows_them() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = folder.path().join("pictures");
    std::fs::create_dir(&pictures).unwrap();
    for at in 0..6 {
        let path = pictures.join(format!("{at}.png"));
        crate::nice::picture(at, 128, 128).save_png(&path).unwrap();
    }
    let run = folder.path().join("run");
    let mut args = vec!["--data", text(&pictures), "--out", text(&run)];
    args.extend(CODEBOOK);
    args.extend(["--device", "cpu", "--effort", "1", "--batch", "512"]);
    args.extend(["--learning-rate", "3e-3", "--steps", "160"]);
    args.extend(["--validate-every", "16"]);
    let (_, said) = host_train(&args).unwrap();
    assert!(said.contains("integer decoder"), "{said}");
    // The first tables know the blocks that they were made from, so what counts are others.
    let history = timeless(&run).progress.history;
    let (first, last) = (history[0].validation_loss, history[9].validation_loss);
    assert!(last < first, "{last} after {first}");

    let model = std::fs::read(run.join("decoder.nicem")).unwrap();
    let decoder = nice_decode::Decoder::from_bytes(&model).unwrap();
    assert_eq!(decoder.kind(), nice_decode::Kind::Codebook);
    assert!(decoder.smooths(), "pictures are there to fit the filter on");
    assert!(model.len() <= 40 << 10);
    let report = std::fs::read_to_string(run.join("report.html")).unwrap();
    for part in [
        "All rows",
        "stage 4",
        "How many base rows have which gain",
        "never used",
    ] {
        assert!(report.contains(part), "the report has no {part}");
    }
    for name in ["rows-0.png", "rows-4.png", "use-0.png", "gains.png"] {
        assert!(run.join(name).is_file(), "{name} is missing");
    }
}

#[test]
fn blocks_on_the_device_and_streamed_blocks_train_alike() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 500, 1);
    let run = |residency| {
        let run = folder.path().join(residency);
        train(&data, &run, &["--steps", "20", "--residency", residency]).unwrap();
        results(&run)
    };
    assert_eq!(run("device"), run("stream"));
}

#[test]
fn a_run_that_is_killed_goes_on_to_the_very_same_bytes() {
    stopped_and_gone_on("KILL", MLP, "4000");
    stopped_and_gone_on("KILL", CODEBOOK, "1000");
}

#[test]
fn ctrl_c_saves_and_the_run_goes_on_to_the_very_same_bytes() {
    stopped_and_gone_on("INT", MLP, "4000");
    stopped_and_gone_on("INT", CODEBOOK, "1000");
}

fn stopped_and_gone_on(signal: &str, wing: &[&str], steps: &str) {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 3000, 1);
    let (whole, stopped) = (folder.path().join("whole"), folder.path().join("stopped"));
    let length = [
        "--steps",
        steps,
        "--validate-every",
        "50",
        "--schedule",
        "one-cycle",
    ];
    train_wing(wing, &data, &whole, &length).unwrap();

    let mut args = vec!["--data", text(&data), "--out", text(&stopped)];
    args.extend(SMALL);
    args.extend(wing);
    args.extend(length);
    let mut child = host_train_process(&args)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let rows = || {
        std::fs::read_to_string(stopped.join("metrics.csv"))
            .unwrap_or_default()
            .lines()
            .count()
    };
    let patience = Instant::now() + Duration::from_secs(60);
    while rows() < 4 {
        assert!(
            Instant::now() < patience,
            "no three validations in a minute"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    let killed = std::process::Command::new("kill")
        .args([&format!("-{signal}"), &child.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
    let end = child.wait().unwrap();
    assert_eq!(end.code(), if signal == "INT" { Some(130) } else { None });
    let step = timeless(&stopped).progress.step;
    let all: u64 = steps.parse().unwrap();
    assert!((1..all).contains(&step), "stopped at step {step}");
    assert!(!stopped.join("decoder.nicem").exists());

    let (outcome, said) = host_train(&[
        "--resume",
        text(&stopped),
        "--device",
        "cpu",
        "--effort",
        "1",
    ])
    .unwrap();
    assert_eq!(outcome, Outcome::Complete);
    assert!(said.contains(&format!("at step {step}")), "{said}");
    assert_eq!(results(&stopped), results(&whole));
    assert_eq!(timeless(&stopped), timeless(&whole));
}

#[test]
fn a_finished_run_can_be_made_longer() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 500, 1);
    let (long, short) = (folder.path().join("long"), folder.path().join("short"));
    train(&data, &long, &["--steps", "40", "--validate-every", "10"]).unwrap();
    train(&data, &short, &["--steps", "20", "--validate-every", "10"]).unwrap();
    host_train(&[
        "--resume",
        text(&short),
        "--steps",
        "40",
        "--device",
        "cpu",
        "--effort",
        "1",
    ])
    .unwrap();
    assert_eq!(results(&long), results(&short));
}

#[test]
fn a_loss_that_is_no_number_stops_the_run_and_keeps_the_best_weights() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 500, 1);
    let run = folder.path().join("run");
    train(&data, &run, &["--steps", "20", "--validate-every", "10"]).unwrap();
    let best = std::fs::read(run.join("weights.safetensors")).unwrap();
    let path = run.join("checkpoint.safetensors");
    let mut checkpoint = Checkpoint::read(&path).unwrap();
    checkpoint
        .parameters
        .get_mut("decoder.third.weight")
        .unwrap()
        .values
        .fill(1e30);
    checkpoint.write(&path).unwrap();

    let args = ["--resume", text(&run), "--steps", "40", "--device", "cpu"];
    let error = format!("{:#}", host_train(&args).unwrap_err());
    assert!(
        error.contains("no longer a finite number at step 21"),
        "{error}"
    );
    assert!(
        error.contains("weights.safetensors") && error.contains("--learning-rate"),
        "{error}"
    );
    assert_eq!(
        std::fs::read(run.join("weights.safetensors")).unwrap(),
        best
    );
    // The checkpoint is still the one that the run went on from, not one of weights that are no numbers.
    assert_eq!(Checkpoint::read(&path).unwrap(), checkpoint);
}

#[test]
fn going_on_with_other_data_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 500, 1);
    let run = folder.path().join("run");
    train(&data, &run, &["--steps", "20"]).unwrap();
    bin(folder.path(), "train.bin", 600, 1);
    let args = ["--resume", text(&run), "--steps", "40", "--device", "cpu"];
    let error = format!("{:#}", host_train(&args).unwrap_err());
    assert!(
        error.contains("475 blocks") && error.contains("570"),
        "{error}"
    );
}

#[test]
fn a_folder_that_holds_something_else_is_not_written_into() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 500, 1);
    let error = format!(
        "{:#}",
        train(&data, folder.path(), &["--steps", "1"]).unwrap_err()
    );
    assert!(error.contains("already holds something"), "{error}");
}

#[test]
fn a_damaged_checkpoint_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 500, 1);
    let run = folder.path().join("run");
    train(&data, &run, &["--steps", "5"]).unwrap();
    let path = run.join("checkpoint.safetensors");
    let whole = std::fs::read(&path).unwrap();
    for damaged in [
        &whole[..whole.len() / 2],
        &whole[..7],
        b"",
        b"something else entirely",
    ] {
        std::fs::write(&path, damaged).unwrap();
        let error = format!(
            "{:#}",
            host_train(&["--resume", text(&run), "--device", "cpu"]).unwrap_err()
        );
        assert!(error.contains("checkpoint.safetensors"), "{error}");
    }
}

#[test]
fn errors_end_in_exit_code_1_and_nonsense_in_2() {
    let run = |args: &[&str]| {
        let output = host_train_process(args).output().unwrap();
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let (code, said) = run(&["--data", "/nowhere/at/all"]);
    assert!(
        code == Some(1) && said.starts_with("error: ") && said.contains("/nowhere/at/all"),
        "{code:?} {said}"
    );
    let (code, said) = run(&["--device", "cuda:99"]);
    assert!(
        code == Some(1) && said.contains("--device cpu"),
        "{code:?} {said}"
    );
    for nonsense in [
        &["--steps", "0"][..],
        &["--arch", "codec"],
        &["--learning-rate", "-1"],
        &["--decoder-hidden", "513"],
        &["--name", "a name with spaces"],
        &["--resume", "x", "--seed", "1"],
        &["--device", "gpu"],
    ] {
        assert_eq!(run(nonsense).0, Some(2), "{nonsense:?}");
    }
    assert_eq!(run(&["--help"]).0, Some(0));
}

#[test]
fn a_program_can_read_the_result_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 500, 1);
    let run = folder.path().join("run");
    let (_, said) = train(&data, &run, &["--steps", "5", "--json"]).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(summary["steps"], 5);
    assert!(summary["quantized_db"].as_f64().unwrap() > 5.0);
}
