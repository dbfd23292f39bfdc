//! The command line of `host-train`: what is typed, checked and turned into a run.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use burn::backend::Autodiff;
use burn::tensor::backend::AutodiffBackend;
use burn_flex::Flex;
use clap::{Args, Parser, Subcommand};
use tools::dataset::{self, OpenOptions, Source, Splits};
use tools::picture::Picture;

use crate::batches::Residency;
use crate::checkpoint::Checkpoint;
use crate::codebook::config::{BEAM, CodebookConfig, Layout, PASSES, POOL};
use crate::config::{Architecture, CodecConfig, Length, RunConfig, Schedule};
use crate::device::{self, Choice, Device};
use crate::finish::{Finish, Summary};
use crate::interrupt;
use crate::mlp::import;
use crate::mlp::network::NetworkConfig;
use crate::run_folder::RunFolder;
use crate::tensors;
use crate::train::{End, Job};
use crate::{codebook, mlp};

/// Trains a NICE codec, and leaves a decoder file and a report in a run folder.
#[derive(Parser)]
#[command(name = "host-train", version, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    train: TrainArgs,
}

const EXAMPLES: &str = "\
Examples:
  host-train                                   the whole way in a few minutes, on made-up pictures
  host-train --data photographs/               on a folder of pictures
  host-train --data train.bin --val val.bin --steps 5000
  host-train --data kaggle:tay10r/image-block-compression
  host-train --resume runs/20260101-120000-mlp
  host-train import best_weights.pt --val photographs/";

#[derive(Subcommand)]
enum Command {
    /// Train a codec; the same as giving no command.
    Train(Box<TrainArgs>),
    /// Make a run folder of a PyTorch checkpoint of the notebook.
    Import(ImportArgs),
}

#[derive(Args)]
struct SourceArgs {
    /// Where training blocks come from: a folder of pictures, a .bin file, an address, kaggle:OWNER/NAME, or synthetic
    #[arg(
        long,
        value_name = "SRC",
        default_value = "synthetic",
        hide_default_value = true
    )]
    data: String,
    /// Where validation blocks come from; a part of the training data that is then left out of it, if not given
    #[arg(long, value_name = "SRC")]
    val: Option<String>,
    /// The picture shown in the report: a file or an address; the project's own if not given
    #[arg(long, value_name = "FILE|URL")]
    demo: Option<String>,
    /// Decides everything that is random
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

#[derive(Args)]
struct OutputArgs {
    /// The run folder; runs/TIME-NAME if not given
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The name of the run and of the model in its decoder file, at most 32 characters
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: Option<String>,
}

#[derive(Args)]
struct RunArgs {
    /// What to compute on: auto, cpu, cuda or cuda:N
    #[arg(long, value_name = "D", default_value = "auto")]
    device: Choice,
    /// Threads of the CPU; all if not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    threads: Option<u32>,
    /// The effort of encoding when measuring the integer decoder
    #[arg(long, value_name = "N", default_value_t = tools::coder::DEFAULT_EFFORT)]
    effort: u32,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct TrainArgs {
    #[command(flatten)]
    source: SourceArgs,
    /// The kind of codec: codebook:s (decoder of at most 40 KiB), codebook:m (300 KiB), codebook: and a list of stages as
    /// BITS/MIRRORS (codebook:12/3,12/3,12/3,12/3), or mlp, the notebook's network
    #[arg(long, value_name = "ARCH", default_value_t = Architecture::Codebook(Layout::small()))]
    arch: Architecture,
    /// Optimizer steps; 16 epochs if not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), conflicts_with = "epochs")]
    steps: Option<u64>,
    /// Times through the training set
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u64).range(1..))]
    epochs: u64,
    /// Blocks a step
    #[arg(long, value_name = "N", default_value_t = 4096, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    batch: u64,
    /// Learning rate of AdamW, the peak of it with a schedule; 0.02 for a codebook and 0.001 for mlp if not given
    #[arg(long, value_name = "RATE", value_parser = rate)]
    learning_rate: Option<f64>,
    /// How the learning rate moves; cosine for a codebook and constant for mlp if not given
    #[arg(long, value_enum)]
    schedule: Option<Schedule>,
    /// Batches of a codebook whose codes are searched at once
    #[arg(long, value_name = "N", default_value_t = POOL, value_parser = clap::value_parser!(u64).range(1..=1024))]
    pool: u64,
    /// How often those are stepped through before others are searched
    #[arg(long, value_name = "N", default_value_t = PASSES, value_parser = clap::value_parser!(u64).range(1..=64))]
    passes: u64,
    /// Partial sums that the search of a codebook keeps in training, at first
    #[arg(long, value_name = "N", default_value_t = BEAM, value_parser = clap::value_parser!(u64).range(1..=512))]
    beam: u64,
    /// Hidden width of the encoder of mlp
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..=4096))]
    encoder_hidden: u16,
    /// Hidden width of the decoder of mlp, which devices pay for
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..=512))]
    decoder_hidden: u16,
    /// Steps between validations
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..))]
    validate_every: u64,
    /// Where the training blocks wait
    #[arg(long, value_enum, default_value = "auto")]
    residency: Residency,
    /// Go on with the run in this folder, as it was configured; --steps or --epochs may move its end
    #[arg(long, value_name = "DIR", conflicts_with_all = [
        "out", "name", "data", "val", "demo", "seed", "arch", "batch", "learning_rate", "schedule",
        "encoder_hidden", "decoder_hidden", "validate_every", "pool", "passes", "beam",
    ])]
    resume: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    run: RunArgs,
}

#[derive(Args)]
struct ImportArgs {
    /// A state_dict of the notebook's network, as torch.save wrote it
    file: PathBuf,
    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    run: RunArgs,
}

fn name(text: &str) -> Result<String, String> {
    let fine = (1..=nice_decode::format::MAX_NAME_BYTES).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        && !text.starts_with('.');
    match fine {
        true => Ok(text.to_owned()),
        false => Err(
            "a name is 1 to 32 letters, digits, '-', '_' or '.', and does not begin with '.'"
                .to_owned(),
        ),
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate.is_finite() => Ok(rate),
        _ => Err("a learning rate is a positive number, such as 1e-3".to_owned()),
    }
}

/// How a run of the program ended, when it did not end in an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything asked for is there.
    Complete,
    /// Ctrl-C: what is needed to go on is saved.
    Interrupted,
}

/// The whole program: arguments and standard output of the process, and its exit code: 0, or 1 for an error, 2 for
/// arguments that make no sense, 130 after Ctrl-C.
pub fn main() -> ExitCode {
    interrupt::watch();
    match run(std::env::args_os(), &mut std::io::stdout()) {
        Ok(Outcome::Interrupted) => ExitCode::from(130),
        Ok(Outcome::Complete) => ExitCode::SUCCESS,
        Err(error) => match error.downcast::<clap::Error>() {
            Ok(usage) => usage.exit(),
            Err(error) => tools::exit::finish(Err(error)),
        },
    }
}

/// Runs `host-train` with `args` (the program's name first), writing what it has to say to `out`.
///
/// Arguments that make no sense, `--help` and `--version` come back as a [`clap::Error`] inside the error.
pub fn run<I, T>(args: I, out: &mut dyn Write) -> Result<Outcome>
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
    let cli = Cli::try_parse_from(&args)?;
    let typed: Vec<_> = args
        .iter()
        .skip(1)
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect();
    let typed = ["host-train".to_owned()]
        .into_iter()
        .chain(typed)
        .collect::<Vec<_>>()
        .join(" ");
    match cli.command {
        None => start(&cli.train, &typed, out),
        Some(Command::Train(args)) => start(&args, &typed, out),
        Some(Command::Import(args)) => start_import(&args, &typed, out),
    }
}

fn start(args: &TrainArgs, typed: &str, out: &mut dyn Write) -> Result<Outcome> {
    set_threads(args.run.threads)?;
    let (device, line) = device::find(args.run.device)?;
    say(args.run.json, out, &line)?;
    let length = args.steps.map(Length::Steps);
    let (folder, config, from) = match &args.resume {
        Some(path) => {
            let folder = RunFolder::existing(path)?;
            let from = Checkpoint::read(&folder.checkpoint())?;
            let mut config = from.progress.config.clone();
            config.length = length.unwrap_or(config.length);
            say(
                args.run.json,
                out,
                &format!(
                    "going on with {} at step {}",
                    path.display(),
                    from.progress.step
                ),
            )?;
            (Some(folder), config, Some(from))
        }
        None => {
            let config = RunConfig {
                name: args.output.name.clone().unwrap_or_else(|| args.arch.name()),
                codec: match &args.arch {
                    Architecture::Mlp => CodecConfig::Mlp(NetworkConfig {
                        bits: nice_decode::LATENT_BITS,
                        encoder_hidden: args.encoder_hidden.into(),
                        decoder_hidden: args.decoder_hidden.into(),
                    }),
                    Architecture::Codebook(size) => CodecConfig::Codebook(CodebookConfig {
                        size: size.clone(),
                        pool: args.pool,
                        passes: args.passes,
                        beam: args.beam as usize,
                    }),
                },
                data: args.source.data.clone(),
                validation: args.source.val.clone(),
                demo: args.source.demo.clone(),
                seed: args.source.seed,
                batch: args.batch,
                length: length.unwrap_or(Length::Epochs(args.epochs)),
                learning_rate: args.learning_rate.unwrap_or(match &args.arch {
                    Architecture::Mlp => 1e-3,
                    Architecture::Codebook(_) => 2e-2,
                }),
                schedule: args.schedule.unwrap_or(match &args.arch {
                    Architecture::Mlp => Schedule::Constant,
                    Architecture::Codebook(_) => Schedule::Cosine,
                }),
                validate_every: args.validate_every,
            };
            (None, config, None)
        }
    };
    let prepared = Prepared::open(config, &args.run, typed, &line, out)?;
    let folder = match folder {
        Some(folder) => folder,
        // Made only now, so that a mistake in the arguments leaves nothing behind.
        None => RunFolder::create(args.output.out.as_deref(), &prepared.config.name)?,
    };
    let config = serde_json::to_vec_pretty(&prepared.config)?;
    tools::files::write_atomically(&folder.config(), &config)?;
    let run = Run {
        prepared: &prepared,
        folder: &folder,
        residency: args.residency,
        out,
    };
    match device {
        Device::Cpu => run.train::<Autodiff<Flex>>(from, &Default::default(), false),
        #[cfg(feature = "cuda")]
        Device::Cuda(number) => {
            run.train::<Autodiff<burn_cuda::Cuda>>(from, &burn_cuda::CudaDevice::new(number), true)
        }
        #[cfg(not(feature = "cuda"))]
        Device::Cuda(_) => bail!("this program was built without the feature cuda"),
    }
}

fn start_import(args: &ImportArgs, typed: &str, out: &mut dyn Write) -> Result<Outcome> {
    set_threads(args.run.threads)?;
    let device = Default::default();
    let (network, module) = import::pytorch::<Flex>(&args.file, &device)?;
    ensure!(
        network.bits == nice_decode::LATENT_BITS,
        "{}: its latents have {} bits, and a decoder file holds {}",
        args.file.display(),
        network.bits,
        nice_decode::LATENT_BITS
    );
    let weights = tensors::of_module(&module);
    let config = RunConfig {
        name: args
            .output
            .name
            .clone()
            .unwrap_or_else(|| "imported".to_owned()),
        codec: CodecConfig::Mlp(network),
        data: args.source.data.clone(),
        validation: args.source.val.clone(),
        demo: args.source.demo.clone(),
        seed: args.source.seed,
        batch: 4096,
        length: Length::Steps(0),
        learning_rate: 1e-3,
        schedule: Schedule::Constant,
        validate_every: 1000,
    };
    let line = format!("imported from {}", args.file.display());
    let prepared = Prepared::open(config, &args.run, typed, &line, out)?;
    let folder = RunFolder::create(args.output.out.as_deref(), &prepared.config.name)?;
    tools::files::write_atomically(
        &folder.config(),
        &serde_json::to_vec_pretty(&prepared.config)?,
    )?;
    let run = prepared.finish(&folder, &[], 0.0);
    let summary = mlp::finish::finish::<Flex>(&run, network, &weights, &device)?;
    conclude(&summary, prepared.json, out)?;
    Ok(Outcome::Complete)
}

/// Everything that a run needs before its folder is made.
struct Prepared<'a> {
    config: RunConfig,
    data: Splits,
    demo_name: String,
    demo: Picture,
    typed: &'a str,
    device: &'a str,
    effort: u32,
    json: bool,
}

impl<'a> Prepared<'a> {
    fn open(
        config: RunConfig,
        run: &RunArgs,
        typed: &'a str,
        device: &'a str,
        out: &mut dyn Write,
    ) -> Result<Self> {
        let source = |text: &str| {
            text.parse::<Source>()
                .with_context(|| format!("the data source {text:?}"))
        };
        let options = OpenOptions {
            seed: config.seed,
            ..OpenOptions::default()
        };
        let (demo_name, demo) = match &config.demo {
            None => (
                "the project's own demo picture".to_owned(),
                tools::scene::demo(),
            ),
            Some(given) => (
                given.clone(),
                dataset::open_picture(given, &options).context("the demo picture")?,
            ),
        };
        let validation = config.validation.as_deref().map(source).transpose()?;
        let data = dataset::open(&source(&config.data)?, validation.as_ref(), &options)?;
        for note in &data.notes {
            say(run.json, out, note)?;
        }
        say(
            run.json,
            out,
            &format!(
                "training on {}; validating on {}",
                data.train.describe(),
                data.validation.describe()
            ),
        )?;
        Ok(Self {
            config,
            data,
            demo_name,
            demo,
            typed,
            device,
            effort: run.effort,
            json: run.json,
        })
    }

    fn finish<'b>(
        &'b self,
        folder: &'b RunFolder,
        history: &'b [crate::history::Row],
        seconds: f64,
    ) -> Finish<'b> {
        Finish {
            config: &self.config,
            folder,
            data: &self.data,
            demo: (&self.demo_name, &self.demo),
            device: self.device,
            command: self.typed,
            history,
            seconds,
            effort: self.effort,
        }
    }
}

/// A run about to start.
struct Run<'a> {
    prepared: &'a Prepared<'a>,
    folder: &'a RunFolder,
    residency: Residency,
    out: &'a mut dyn Write,
}

impl Run<'_> {
    fn train<B: AutodiffBackend>(
        self,
        from: Option<Checkpoint>,
        device: &B::Device,
        gpu: bool,
    ) -> Result<Outcome> {
        let Self {
            prepared,
            folder,
            residency,
            out,
        } = self;
        let job = Job {
            config: &prepared.config,
            folder,
            data: &prepared.data,
            demo: &prepared.demo,
            residency,
            gpu,
        };
        let codec = &prepared.config.codec;
        let (end, checkpoint) = match codec {
            CodecConfig::Mlp(sizes) => mlp::wing::train::<B>(&job, *sizes, from, device)?,
            CodecConfig::Codebook(config) => {
                codebook::wing::train::<B>(&job, config.clone(), from, device)?
            }
        };
        let progress = &checkpoint.progress;
        if end == End::Interrupted {
            let line = format!(
                "stopped after step {}; go on with: host-train --resume {}",
                progress.step,
                folder.path().display()
            );
            say(prepared.json, out, &line)?;
            return Ok(Outcome::Interrupted);
        }
        if checkpoint.best.is_empty() {
            bail!("no validation gave a finite loss, so there are no weights to make a decoder of");
        }
        let run = prepared.finish(folder, &progress.history, progress.seconds);
        let best = &checkpoint.best;
        let summary = match codec {
            CodecConfig::Mlp(sizes) => {
                mlp::finish::finish::<B::InnerBackend>(&run, *sizes, best, device)?
            }
            CodecConfig::Codebook(config) => {
                codebook::finish::finish::<B::InnerBackend>(&run, config, best, device)?
            }
        };
        conclude(&summary, prepared.json, out)?;
        Ok(Outcome::Complete)
    }
}

fn conclude(summary: &Summary, json: bool, out: &mut dyn Write) -> Result<()> {
    if json {
        writeln!(out, "{}", serde_json::to_string(summary)?)?;
        return Ok(());
    }
    if summary.steps > 0 {
        writeln!(out, "{} steps in {:.0} s", summary.steps, summary.seconds)?;
    }
    writeln!(
        out,
        "validation PSNR: float {:.3} dB; integer decoder {:.3} dB with effort 0, {:.3} dB with effort {}",
        summary.float_db, summary.quantized_db, summary.searched_db, summary.effort
    )?;
    writeln!(
        out,
        "decoder: {} (id {}, {} bytes)",
        summary.decoder, summary.model_id, summary.decoder_bytes
    )?;
    writeln!(
        out,
        "report:  {}",
        PathBuf::from(&summary.folder).join("report.html").display()
    )?;
    Ok(())
}

/// Says a line to a person; a program that asked for JSON is told at the end.
fn say(json: bool, out: &mut dyn Write, line: &str) -> Result<()> {
    if !json {
        writeln!(out, "{line}")?;
        out.flush()?;
    }
    Ok(())
}

fn set_threads(threads: Option<u32>) -> Result<()> {
    if let Some(threads) = threads {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads as usize)
            .build_global()
            .context("--threads comes too late: this process has already started its threads")?;
    }
    Ok(())
}
