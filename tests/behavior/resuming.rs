//! Resuming: a run that was stopped has the same results as one that was not, and a run that cannot be resumed is left unchanged.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use host_train::Outcome;
use host_train::checkpoint::Checkpoint;

use crate::fixtures::{bin, error_text, host_train, host_train_process, text};
use crate::training::{
    CODEBOOK, MLP, SMALL, artifacts, checkpoint_without_times, train_codec, train_mlp,
};

#[test]
fn a_run_that_is_killed_resumes_to_the_same_bytes() {
    stopped_and_resumed("KILL", MLP, "4000");
    stopped_and_resumed("KILL", CODEBOOK, "1000");
}

#[test]
fn a_run_that_is_interrupted_writes_a_checkpoint_and_resumes_to_the_same_bytes() {
    stopped_and_resumed("INT", MLP, "4000");
    stopped_and_resumed("INT", CODEBOOK, "1000");
}

/// Asserts that a run that a signal stops has the same results, once it is resumed, as one that is not stopped.
fn stopped_and_resumed(signal: &str, codec: &[&str], steps: &str) {
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
    train_codec(codec, &data, &whole, &length).unwrap();

    let mut args = vec!["--data", text(&data), "--out", text(&stopped)];
    args.extend(SMALL);
    args.extend(codec);
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
    let deadline = Instant::now() + Duration::from_secs(60);
    while rows() < 4 {
        assert!(
            Instant::now() < deadline,
            "there were fewer than three validations in a minute"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    let killed = std::process::Command::new("kill")
        .args([&format!("-{signal}"), &child.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
    let end = child.wait().unwrap();
    assert_eq!(end.code(), if signal == "INT" { Some(130) } else { None });
    let step = checkpoint_without_times(&stopped).progress.step;
    let steps: u64 = steps.parse().unwrap();
    assert!((1..steps).contains(&step), "stopped at step {step}");
    assert!(!stopped.join("decoder.nicem").exists());

    let (outcome, printed) = host_train(&[
        "--resume",
        text(&stopped),
        "--device",
        "cpu",
        "--effort",
        "1",
    ])
    .unwrap();
    assert_eq!(outcome, Outcome::Complete);
    assert!(printed.contains(&format!("at step {step}")), "{printed}");
    assert_eq!(artifacts(&stopped), artifacts(&whole));
    assert_eq!(
        checkpoint_without_times(&stopped),
        checkpoint_without_times(&whole)
    );
}

#[test]
fn a_finished_run_can_be_extended() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 500, 1);
    let (long, short) = (folder.path().join("long"), folder.path().join("short"));
    train_mlp(&data, &long, &["--steps", "40", "--validate-every", "10"]).unwrap();
    train_mlp(&data, &short, &["--steps", "20", "--validate-every", "10"]).unwrap();
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
    assert_eq!(artifacts(&long), artifacts(&short));
}

#[test]
fn a_loss_that_is_not_finite_stops_the_run_and_keeps_the_best_weights() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 500, 1);
    let run = folder.path().join("run");
    train_mlp(&data, &run, &["--steps", "20", "--validate-every", "10"]).unwrap();
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
    let error = error_text(host_train(&args));
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
    // The checkpoint is still the one that was resumed.
    assert_eq!(Checkpoint::read(&path).unwrap(), checkpoint);
}

#[test]
fn resuming_with_other_data_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 500, 1);
    let run = folder.path().join("run");
    train_mlp(&data, &run, &["--steps", "20"]).unwrap();
    let config = std::fs::read(run.join("config.json")).unwrap();
    let resume = |more: &[&str]| {
        let mut args = vec!["--resume", text(&run), "--steps", "40", "--device", "cpu"];
        args.extend(more);
        error_text(host_train(&args))
    };
    // More blocks in the same place, and as many in another one.
    bin(folder.path(), "train.bin", 600, 1);
    let error = resume(&[]);
    assert!(
        error.contains("475 blocks") && error.contains("570"),
        "{error}"
    );
    let others = bin(folder.path(), "others.bin", 500, 2);
    let error = resume(&["--data", text(&others)]);
    assert!(
        error.contains("other blocks") && error.contains("others.bin"),
        "{error}"
    );
    assert_eq!(std::fs::read(run.join("config.json")).unwrap(), config);
}

#[test]
fn a_run_whose_data_have_moved_resumes_with_their_new_place() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 500, 1);
    let (long, short) = (folder.path().join("long"), folder.path().join("short"));
    train_mlp(&data, &long, &["--steps", "40", "--validate-every", "10"]).unwrap();
    train_mlp(&data, &short, &["--steps", "20", "--validate-every", "10"]).unwrap();
    let moved = folder.path().join("moved.bin");
    std::fs::rename(&data, &moved).unwrap();
    let resume = |more: &[&str]| {
        let mut args = vec!["--resume", text(&short), "--steps", "40"];
        args.extend(["--device", "cpu", "--effort", "1"]);
        args.extend(more);
        host_train(&args)
    };
    assert!(error_text(resume(&[])).contains("train.bin"));
    resume(&["--data", text(&moved)]).unwrap();
    let model = |run: &Path| std::fs::read(run.join("decoder.nicem")).unwrap();
    assert_eq!(model(&short), model(&long));
    // The new place is kept.
    resume(&[]).unwrap();
}

#[test]
fn a_damaged_checkpoint_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let data = bin(folder.path(), "train.bin", 500, 1);
    let run = folder.path().join("run");
    train_mlp(&data, &run, &["--steps", "5"]).unwrap();
    let path = run.join("checkpoint.safetensors");
    let whole = std::fs::read(&path).unwrap();
    for damaged in [
        &whole[..whole.len() / 2],
        &whole[..7],
        b"",
        b"something else entirely",
    ] {
        std::fs::write(&path, damaged).unwrap();
        let error = error_text(host_train(&["--resume", text(&run), "--device", "cpu"]));
        assert!(error.contains("checkpoint.safetensors"), "{error}");
    }
}
