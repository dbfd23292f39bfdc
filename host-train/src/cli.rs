//! The command line of `host-train`: parses it, and runs the requested command.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use burn_flex::Flex;
use clap::{Args, Parser, Subcommand};
use nice_data::picture_file::DEFAULT_MAX_MEGAPIXELS;
use nice_encode::{DEFAULT_EFFORT, MAX_EFFORT, files, pretrained};
use serde::Serialize;

use crate::checkpoint::Checkpoint;
use crate::codecs::codebook::config::{BEAM, CodebookConfig, Layout, MASKING, PASSES, POOL};
use crate::codecs::mlp::import;
use crate::codecs::mlp::network::NetworkConfig;
use crate::codecs::{codebook, mlp};
use crate::config::{Architecture, CodecConfig, Length, RunConfig, Schedule};
use crate::data::batches::Residency;
use crate::device::{self, Choice, Found, Task, TrainingBackend};
use crate::export::{Artifacts, Summary, TrainingRecord, export};
use crate::fit::{self, Gain, Start};
use crate::log::Log;
use crate::run::{Execution, Run, RunData};
use crate::run_folder::RunFolder;
use crate::tensors::{self, Tensors};
use crate::training::End;
use crate::{interrupt, memory};

/// Trains a NICE codec, and leaves a decoder model and a report in a run folder.
#[derive(Parser)]
#[command(name = "host-train", version, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    train: TrainArgs,
}

const EXAMPLES: &str = "\
Examples:
  host-train                                   everything in a few minutes, on synthetic pictures
  host-train --data photographs/               on a folder of pictures
  host-train --data train.bin --val val.bin --steps 5000
  host-train --data kaggle:tay10r/image-block-compression
  host-train --resume runs/20260101-120000-mlp
  host-train --resume runs/20260101-120000-mlp --data /media/disk/photographs
  host-train fit icons/ --minutes 1            adapt a trained model to pictures of one kind
  host-train import best_weights.pt --val photographs/";

/// The commands.
#[derive(Subcommand)]
enum Command {
    /// Train a codec; this is the default
    Train(Box<TrainArgs>),
    /// Adapt a trained model to pictures of one kind in a minute, if that is better than the model
    Fit(Box<FitArgs>),
    /// Import a network from a PyTorch checkpoint
    Import(ImportArgs),
}

/// The data.
#[derive(Args)]
struct SourceArgs {
    /// The training data: a folder of pictures, a .bin file, synthetic (the default), synthetic:SEED, synthetic:SEED:PICTURES, or a
    /// URL or kaggle:OWNER/NAME that `nicec dataset fetch` has fetched
    #[arg(long, value_name = "SRC")]
    data: Option<String>,
    /// The validation data; by default a part of the training data
    #[arg(long, value_name = "SRC")]
    val: Option<String>,
    /// The demo picture in the report; by default that of NICE
    #[arg(long, value_name = "FILE|URL")]
    demo: Option<String>,
    #[command(flatten)]
    reading: ReadArgs,
    /// The seed of all random numbers
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

/// How pictures are read, as `nicec` reads them.
#[derive(Args)]
struct ReadArgs {
    /// Read pictures that are cut off as far as they go; what is missing is gray
    #[arg(long)]
    allow_truncated: bool,
    /// The most pixels that a picture may have, in millions
    #[arg(long, value_name = "N", default_value_t = DEFAULT_MAX_MEGAPIXELS, value_parser = clap::value_parser!(u32).range(1..))]
    max_megapixels: u32,
}

/// The run folder.
#[derive(Args)]
struct OutputArgs {
    /// The run folder; by default runs/TIME-NAME
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The name of the run and of its model, at most 32 characters
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: Option<String>,
}

/// How a run is computed.
#[derive(Args)]
struct RunArgs {
    /// The device: auto, cpu, cuda, cuda:N, wgpu or wgpu:N
    #[arg(long, value_name = "D", default_value = "auto")]
    device: Choice,
    /// The number of CPU threads; by default all
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    threads: Option<u32>,
    /// The encoding effort with which the integer decoder is measured, 0 to 4
    #[arg(long, value_name = "N", default_value_t = DEFAULT_EFFORT, value_parser = clap::value_parser!(u32).range(0..=i64::from(MAX_EFFORT)))]
    effort: u32,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// The options of training.
#[derive(Args)]
struct TrainArgs {
    #[command(flatten)]
    source: SourceArgs,
    /// The codec: codebook:xs (a decoder of 12 KB), codebook:s (42 KB), codebook:m (139 KB), codebook: and a list of stages
    /// as BITS/ORIENTATION_BITS (codebook:12/3,12/3,12/3,12/3), or mlp, a network
    #[arg(long, value_name = "ARCH", default_value_t = Architecture::Codebook(Layout::small()))]
    arch: Architecture,
    /// The number of optimizer steps; by default 16 epochs
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), conflicts_with = "epochs")]
    steps: Option<u64>,
    /// The number of passes over the training data
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u64).range(1..))]
    epochs: u64,
    /// The number of blocks in a batch
    #[arg(long, value_name = "N", default_value_t = 4096, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    batch: u64,
    /// The peak learning rate; by default 0.02 for a codebook and 0.001 for mlp
    #[arg(long, value_name = "RATE", value_parser = rate)]
    learning_rate: Option<f64>,
    /// The schedule of the learning rate; by default cosine for a codebook and constant for mlp
    #[arg(long, value_enum)]
    schedule: Option<Schedule>,
    /// The number of batches whose indices are searched together (codebook)
    #[arg(long, value_name = "N", default_value_t = POOL, value_parser = clap::value_parser!(u64).range(1..=1024))]
    pool: u64,
    /// The number of passes over these batches before the next ones are searched (codebook)
    #[arg(long, value_name = "N", default_value_t = PASSES, value_parser = clap::value_parser!(u64).range(1..=64))]
    passes: u64,
    /// The initial width of the beam (codebook)
    #[arg(long, value_name = "N", default_value_t = BEAM, value_parser = clap::value_parser!(u64).range(1..=512))]
    beam: u64,
    /// How much activity in a block masks its errors, which then have less weight: an exponent, 0 for equal weights (codebook)
    #[arg(long, value_name = "EXPONENT", default_value_t = MASKING, value_parser = masking)]
    masking: f64,
    /// The hidden units of the encoder (mlp)
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..=4096))]
    encoder_hidden: u16,
    /// The hidden units of the decoder (mlp), which determine its cost on a device
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..=512))]
    decoder_hidden: u16,
    /// The number of steps between validations
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..))]
    validate_every: u64,
    /// Where the training blocks are held
    #[arg(long, value_enum, default_value = "auto")]
    residency: Residency,
    /// Resume the run in this folder with its configuration; --steps can change its length. Where its data, its validation data or its
    /// demo picture are in another place now, give that with --data, --val or --demo; data with other blocks are refused
    #[arg(long, value_name = "DIR", conflicts_with_all = [
        "out", "name", "allow_truncated", "max_megapixels", "seed", "arch", "epochs", "batch", "learning_rate", "schedule",
        "encoder_hidden", "decoder_hidden", "validate_every", "pool", "passes", "beam", "masking",
    ])]
    resume: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    run: RunArgs,
}

/// The options of fitting.
#[derive(Args)]
struct FitArgs {
    /// The pictures, and folders of them, or any other source that --data of training takes; a part of them is held out to judge
    #[arg(value_name = "PICTURES", required = true)]
    data: Vec<String>,
    /// The pictures to judge with, instead of a part of the others
    #[arg(long, value_name = "SRC")]
    val: Option<String>,
    /// The model to start from: xs, s, m, or the file of a codebook (.nicem)
    #[arg(long, value_name = "MODEL", default_value = "m")]
    from: PathBuf,
    /// About how long it may take, in minutes
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = minutes)]
    minutes: f64,
    /// The peak learning rate
    #[arg(long, value_name = "RATE", default_value_t = 3e-2, value_parser = rate)]
    learning_rate: f64,
    /// How much activity in a block masks its errors, which then have less weight: an exponent, 0 for equal weights
    #[arg(long, value_name = "EXPONENT", default_value_t = 0.0, value_parser = masking)]
    masking: f64,
    #[command(flatten)]
    reading: ReadArgs,
    /// The seed of all random numbers
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    run: RunArgs,
}

/// The options of an import.
#[derive(Args)]
struct ImportArgs {
    /// The file of a state_dict, as torch.save writes it
    file: PathBuf,
    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    run: RunArgs,
}

/// Parses the name of a run.
fn name(text: &str) -> Result<String, String> {
    let valid = (1..=nice_decode::format::MAX_NAME_BYTES).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        && !text.starts_with('.');
    match valid {
        true => Ok(text.to_owned()),
        false => Err(
            "a name has 1 to 32 letters, digits, '-', '_' or '.', and does not begin with '.'"
                .to_owned(),
        ),
    }
}

/// Parses the exponent of masking.
fn masking(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(exponent) if (0.0..=1.0).contains(&exponent) => Ok(exponent),
        _ => Err("the exponent is a number from 0 to 1, such as 0.25".to_owned()),
    }
}

/// Parses a time in minutes.
fn minutes(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(minutes) if minutes > 0.0 && minutes.is_finite() => Ok(minutes),
        _ => Err("a time is a positive number of minutes, such as 1".to_owned()),
    }
}

/// Parses a learning rate.
fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate.is_finite() => Ok(rate),
        _ => Err("a learning rate is a positive number, such as 1e-3".to_owned()),
    }
}

/// How the program ended without an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All results are in the run folder.
    Complete,
    /// The user interrupted the run, which can be resumed.
    Interrupted,
}

/// Runs `host-train` with the arguments and the standard output of the process, and returns its exit code: 0 for success, 1 for
/// an error, 2 for an invalid command line, 130 for an interrupted run.
pub fn main() -> ExitCode {
    interrupt::install_handler();
    memory::keep_freed_blocks();
    match run(std::env::args_os(), &mut std::io::stdout()) {
        Ok(Outcome::Interrupted) => ExitCode::from(130),
        Ok(Outcome::Complete) => ExitCode::SUCCESS,
        Err(error) => match error.downcast::<clap::Error>() {
            Ok(usage) => usage.exit(),
            Err(error) => nice_data::exit::code(Err(error)),
        },
    }
}

/// Runs `host-train` with `args` (the name of the program first), and writes its output to `out`.
///
/// # Errors
///
/// When anything fails. An invalid command line, `--help` and `--version` are returned as a [`clap::Error`].
pub fn run<I, T>(args: I, out: &mut dyn Write) -> Result<Outcome>
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
    let line = CommandLine::try_parse_from(&args)?;
    let mut command = String::from("host-train");
    for arg in args.iter().skip(1) {
        command.push(' ');
        command += &arg.to_string_lossy();
    }
    match line.command {
        None => train(&line.train, command, out),
        Some(Command::Train(args)) => train(&args, command, out),
        Some(Command::Fit(args)) => fit_model(&args, command, out),
        Some(Command::Import(args)) => import(&args, command, out),
    }
}

/// Trains a codec, or resumes a run.
fn train(args: &TrainArgs, command: String, out: &mut dyn Write) -> Result<Outcome> {
    set_threads(args.run.threads)?;
    let log = &mut Log::new(out, args.run.json);
    let Found {
        device,
        line,
        memory,
    } = device::find(args.run.device)?;
    log.line(&line)?;
    let (resumed, config) = match &args.resume {
        Some(path) => {
            let (folder, checkpoint) = resumed(path)?;
            let mut config = checkpoint.progress.config.clone();
            if let Some(steps) = args.steps {
                config.length = Length::Steps(steps);
            }
            let source = &args.source;
            if let Some(data) = &source.data {
                config.data = vec![absolute(data)];
            }
            // What is not given anew stays as it is.
            config.validation = source.val.as_deref().map(absolute).or(config.validation);
            config.demo = source.demo.as_deref().map(absolute).or(config.demo);
            let (path, step) = (path.display(), checkpoint.progress.step);
            log.line(&format!("resuming {path} at step {step}"))?;
            (Some((folder, checkpoint)), config)
        }
        None => (None, new_config(args)),
    };
    let execution = Execution {
        device: line,
        gpu_memory: memory,
        residency: args.residency,
        command,
        effort: args.run.effort,
    };
    let (run, checkpoint) = open_run(config, resumed, &args.output, execution, log)?;
    let task = TrainTask {
        run: &run,
        checkpoint,
        log,
    };
    device::run(device, task)
}

/// The folder and the checkpoint of a run to resume.
fn resumed(path: &Path) -> Result<(RunFolder, Checkpoint)> {
    let folder = RunFolder::existing(path)?;
    let checkpoint = Checkpoint::read(&folder.checkpoint())?;
    Ok((folder, checkpoint))
}

/// The configuration of a new run.
fn new_config(args: &TrainArgs) -> RunConfig {
    let (codec, learning_rate, schedule) = match &args.arch {
        Architecture::Mlp => (
            CodecConfig::Mlp(NetworkConfig {
                bits: nice_decode::LATENT_BITS,
                encoder_hidden: args.encoder_hidden.into(),
                decoder_hidden: args.decoder_hidden.into(),
            }),
            1e-3,
            Schedule::Constant,
        ),
        Architecture::Codebook(layout) => (
            CodecConfig::Codebook(CodebookConfig {
                layout: layout.clone(),
                pool: args.pool,
                passes: args.passes,
                beam: args.beam as usize,
                masking: args.masking,
            }),
            2e-2,
            Schedule::Cosine,
        ),
    };
    let name = args.output.name.clone();
    RunConfig {
        name: name.unwrap_or_else(|| args.arch.name()),
        codec,
        data: args.source.data(),
        validation: args.source.val.as_deref().map(absolute),
        demo: args.source.demo.as_deref().map(absolute),
        allow_truncated: args.source.reading.allow_truncated,
        max_megapixels: args.source.reading.max_megapixels,
        seed: args.source.seed,
        batch: args.batch,
        length: match args.steps {
            Some(steps) => Length::Steps(steps),
            None => Length::Epochs(args.epochs),
        },
        learning_rate: args.learning_rate.unwrap_or(learning_rate),
        schedule: args.schedule.unwrap_or(schedule),
        validate_every: args.validate_every,
    }
}

impl SourceArgs {
    /// The training data.
    fn data(&self) -> Vec<String> {
        vec![absolute(self.data.as_deref().unwrap_or("synthetic"))]
    }
}

/// A data source or picture, with its path absolute if it has one, so that a run can be resumed from another folder.
fn absolute(source: &str) -> String {
    let is_path = Path::new(source).exists();
    let absolute = is_path.then(|| std::path::absolute(source).ok()).flatten();
    absolute.map_or(source.to_owned(), |path| path.display().to_string())
}

/// Fits a model to pictures.
fn fit_model(args: &FitArgs, command: String, out: &mut dyn Write) -> Result<Outcome> {
    set_threads(args.run.threads)?;
    let log = &mut Log::new(out, args.run.json);
    let Found {
        device,
        line,
        memory,
    } = device::find(args.run.device)?;
    log.line(&line)?;
    let start = Start::new(pretrained::read(Some(&args.from))?.into_owned())
        .with_context(|| format!("cannot start from {}", args.from.display()))?;
    let codec = CodebookConfig {
        layout: start.layout()?,
        pool: POOL,
        passes: PASSES,
        beam: BEAM as usize,
        masking: args.masking,
    };
    let name = args.output.name.clone();
    let config = RunConfig {
        name: name.unwrap_or_else(|| "fitted".to_owned()),
        codec: CodecConfig::Codebook(codec.clone()),
        data: args.data.iter().map(|data| absolute(data)).collect(),
        validation: args.val.as_deref().map(absolute),
        demo: None,
        allow_truncated: args.reading.allow_truncated,
        max_megapixels: args.reading.max_megapixels,
        seed: args.seed,
        batch: 4096,
        length: Length::Steps(1),
        learning_rate: args.learning_rate,
        schedule: Schedule::Cosine,
        validate_every: 1000,
    };
    let execution = Execution {
        device: line,
        gpu_memory: memory,
        residency: Residency::default(),
        command,
        effort: args.run.effort,
    };
    let (mut run, _) = open_run(config, None, &args.output, execution, log)?;
    let seconds = args.minutes * 60.0;
    let task = FitTask {
        run: &mut run,
        codec: &codec,
        start: &start,
        seconds,
        log,
    };
    device::run(device, task)
}

/// Fits a model, and exports the result.
struct FitTask<'a, 'b> {
    run: &'a mut Run,
    codec: &'a CodebookConfig,
    start: &'a Start,
    seconds: f64,
    log: &'a mut Log<'b>,
}

impl Task for FitTask<'_, '_> {
    type Output = Outcome;

    fn run<B: TrainingBackend>(self, device: &B::Device) -> Result<Outcome> {
        let Self {
            run,
            codec,
            start,
            seconds,
            log,
        } = self;
        let fitted = fit::fit::<B>(run, codec, start, seconds, device, log)?;
        let Some((artifacts, gain, checkpoint)) = fitted else {
            log.line("stopped; nothing was written")?;
            return Ok(Outcome::Interrupted);
        };
        // The steps are known only now.
        files::write_atomically(
            &run.folder.config(),
            &serde_json::to_vec_pretty(&run.config)?,
        )?;
        let training = TrainingRecord {
            history: &checkpoint.progress.history,
            seconds: checkpoint.progress.seconds,
        };
        let summary = export(run, training, artifacts)?;
        let won = gain.after_db - gain.before_db;
        let line = if gain.kept {
            format!(
                "nothing was won ({won:+.3} dB on the validation blocks), so the decoder is \"{}\" unchanged",
                gain.from
            )
        } else {
            format!(
                "{:.3} dB on the validation blocks, {won:+.3} dB over \"{}\"",
                gain.after_db, gain.from
            )
        };
        #[derive(Serialize)]
        struct Result {
            #[serde(flatten)]
            summary: Summary,
            fit: Gain,
        }
        let mut lines = vec![line];
        lines.extend(files_of(&summary));
        log.result(&Result { summary, fit: gain }, &lines)?;
        Ok(Outcome::Complete)
    }
}

/// Imports a network.
fn import(args: &ImportArgs, command: String, out: &mut dyn Write) -> Result<Outcome> {
    set_threads(args.run.threads)?;
    let device = Default::default();
    let (network, module) = import::pytorch::<Flex>(&args.file, &device)?;
    ensure!(
        network.bits == nice_decode::LATENT_BITS,
        "the latents of {} have {} bits, but a decoder model has {}",
        args.file.display(),
        network.bits,
        nice_decode::LATENT_BITS
    );
    let weights = tensors::of_module(&module);
    let name = args.output.name.clone();
    let config = RunConfig {
        name: name.unwrap_or_else(|| "imported".to_owned()),
        codec: CodecConfig::Mlp(network),
        data: args.source.data(),
        validation: args.source.val.as_deref().map(absolute),
        demo: args.source.demo.as_deref().map(absolute),
        allow_truncated: args.source.reading.allow_truncated,
        max_megapixels: args.source.reading.max_megapixels,
        seed: args.source.seed,
        batch: 4096,
        length: Length::Steps(0),
        learning_rate: 1e-3,
        schedule: Schedule::Constant,
        validate_every: 1000,
    };
    let execution = Execution {
        device: format!("imported from {}", args.file.display()),
        gpu_memory: None,
        residency: Residency::default(),
        command,
        effort: args.run.effort,
    };
    let log = &mut Log::new(out, args.run.json);
    let (run, _) = open_run(config, None, &args.output, execution, log)?;
    run.write_weights(&weights)?;
    let artifacts = mlp::export::artifacts::<Flex>(&run, network, &weights, &device)?;
    let summary = export(&run, TrainingRecord::default(), artifacts)?;
    print_summary(&summary, log)?;
    Ok(Outcome::Complete)
}

/// Opens the data of a run and, unless it is resumed, creates its folder. Returns the run, and its checkpoint if it is resumed.
fn open_run(
    config: RunConfig,
    resumed: Option<(RunFolder, Checkpoint)>,
    output: &OutputArgs,
    execution: Execution,
    log: &mut Log<'_>,
) -> Result<(Run, Option<Checkpoint>)> {
    let data = RunData::open(&config)?;
    for note in &data.splits.notes {
        log.line(note)?;
    }
    let (train, validation) = (&data.splits.train, &data.splits.validation);
    let line = format!(
        "training on {}; validating on {}",
        train.description(),
        validation.description()
    );
    log.line(&line)?;
    let (folder, checkpoint) = match resumed {
        Some((folder, checkpoint)) => {
            let source = config.data.join(" ");
            checkpoint.progress.check_data(&data, &source)?;
            (folder, Some(checkpoint))
        }
        // Created only now, so that a wrong argument leaves nothing behind.
        None => (
            RunFolder::create(output.out.as_deref(), &config.name)?,
            None,
        ),
    };
    files::write_atomically(&folder.config(), &serde_json::to_vec_pretty(&config)?)?;
    let run = Run {
        config,
        data,
        folder,
        execution,
    };
    Ok((run, checkpoint))
}

/// Trains up to the last step, and exports the result.
struct TrainTask<'a, 'b> {
    run: &'a Run,
    checkpoint: Option<Checkpoint>,
    log: &'a mut Log<'b>,
}

impl Task for TrainTask<'_, '_> {
    type Output = Outcome;

    fn run<B: TrainingBackend>(self, device: &B::Device) -> Result<Outcome> {
        let Self {
            run,
            checkpoint,
            log,
        } = self;
        let codec = &run.config.codec;
        let (end, checkpoint) = match codec {
            CodecConfig::Mlp(config) => {
                mlp::trainer::train::<B>(run, *config, checkpoint, device, log)?
            }
            CodecConfig::Codebook(config) => {
                codebook::trainer::train::<B>(run, config, None, checkpoint, device, log)?
            }
        };
        let progress = &checkpoint.progress;
        if end == End::Interrupted {
            let line = format!(
                "stopped after step {}; resume with: host-train --resume {}",
                progress.step,
                run.folder.path().display()
            );
            log.line(&line)?;
            return Ok(Outcome::Interrupted);
        }
        if checkpoint.best.is_empty() {
            bail!("no validation had a finite loss, so there are no weights to export");
        }
        let artifacts = artifacts::<B>(run, &checkpoint.best, device)?;
        let training = TrainingRecord {
            history: &progress.history,
            seconds: progress.seconds,
        };
        let summary = export(run, training, artifacts)?;
        print_summary(&summary, log)?;
        Ok(Outcome::Complete)
    }
}

/// The artifacts of trained weights.
fn artifacts<B: TrainingBackend>(
    run: &Run,
    weights: &Tensors,
    device: &B::Device,
) -> Result<Artifacts> {
    match &run.config.codec {
        CodecConfig::Mlp(config) => {
            mlp::export::artifacts::<B::InnerBackend>(run, *config, weights, device)
        }
        CodecConfig::Codebook(config) => {
            codebook::export::artifacts::<B::InnerBackend>(run, config, weights, device)
        }
    }
}

/// Lines that say where the decoder and the report are.
fn files_of(summary: &Summary) -> [String; 2] {
    let report = PathBuf::from(&summary.folder).join("report.html");
    [
        format!(
            "decoder: {} (id {}, {} bytes)",
            summary.decoder, summary.model_id, summary.decoder_bytes
        ),
        format!("report:  {}", report.display()),
    ]
}

/// Prints the result of a run.
fn print_summary(summary: &Summary, log: &mut Log<'_>) -> Result<()> {
    let mut lines = Vec::new();
    if summary.steps > 0 {
        lines.push(format!(
            "{} steps in {:.0} s",
            summary.steps, summary.seconds
        ));
    }
    lines.push(format!(
        "validation PSNR: float {:.3} dB; integer decoder {:.3} dB with effort 0, {:.3} dB with effort {}",
        summary.float_db, summary.quantized_db, summary.searched_db, summary.effort
    ));
    lines.extend(files_of(summary));
    log.result(summary, &lines)
}

/// Sets the number of CPU threads.
fn set_threads(threads: Option<u32>) -> Result<()> {
    if let Some(threads) = threads {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads as usize)
            .build_global()
            .context("--threads cannot be changed: this process has already started its threads")?;
    }
    Ok(())
}
