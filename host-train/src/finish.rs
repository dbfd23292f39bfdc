//! What a run leaves once its weights are known: decoder file, measurements and the report.
//!
//! Trained and imported weights of every kind pass through here; what is particular to a kind is [`Made`] before.

use std::time::{Duration, Instant};

use anyhow::Result;
use nice_decode::{Decoder, Image, LATENT_BITS, Latent};
use serde::Serialize;
use tools::blocks::BLOCK_BYTES;
use tools::coder::Coder;
use tools::dataset::{Pick, Splits};
use tools::decode::decode_picture;
use tools::encoder::EncoderNetwork;
use tools::picture::Picture;
use tools::psnr::Pooled;
use tools::{eval, picture_file};

use crate::batches::Order;
use crate::charts::LossPoint;
use crate::config::RunConfig;
use crate::history::Row;
use crate::report::{Demo, Report, ResultRow, Sizes, Tables};
use crate::run_folder::RunFolder;
use crate::tensors::{self, Tensors};
use crate::train::validation;

/// How long the decoder is timed for.
const SPEED_TIME: Duration = Duration::from_millis(500);

/// A run whose weights are known.
pub struct Finish<'a> {
    /// What the run was asked to do.
    pub config: &'a RunConfig,
    /// Where its results go.
    pub folder: &'a RunFolder,
    /// The blocks to calibrate and to measure on.
    pub data: &'a Splits,
    /// What the demo picture is, and the picture.
    pub demo: (&'a str, &'a Picture),
    /// The line that says what it was trained on.
    pub device: &'a str,
    /// The command line that was typed.
    pub command: &'a str,
    /// What was measured along the way; nothing for imported weights.
    pub history: &'a [Row],
    /// Seconds of training.
    pub seconds: f64,
    /// The effort of encoding in the last row of the table.
    pub effort: u32,
}

/// What a run came to, for the last lines that it prints and for programs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The run folder.
    pub folder: String,
    /// The decoder file.
    pub decoder: String,
    /// Its id.
    pub model_id: String,
    /// Its size.
    pub decoder_bytes: u64,
    /// Optimizer steps.
    pub steps: u64,
    /// Seconds of training.
    pub seconds: f64,
    /// PSNR on the validation blocks in dB: in floating point; a network's bits as its encoder makes them, a codebook's rows
    /// searched with `effort`.
    pub float_db: f64,
    /// The same: integer decoder, latents found with effort 0.
    pub quantized_db: f64,
    /// The same: integer decoder, latents found with `effort`.
    pub searched_db: f64,
    /// The effort of that search.
    pub effort: u32,
    /// Mean squared error in floating point on the validation blocks, samples in 0..1, not clamped.
    pub validation_loss: f64,
    /// Bits that hardly ever change.
    pub dead_bits: usize,
}

/// Writes the float weights with what is needed to make sense of them.
pub fn write_weights(folder: &RunFolder, config: &RunConfig, weights: &Tensors) -> Result<()> {
    tensors::write(&folder.weights(), weights, &serde_json::to_string(config)?)
}

/// A model that was made of weights, and what its own kind of codec knows about it.
pub struct Made<'a> {
    /// The decoder file.
    pub file: &'a [u8],
    /// The encoder that belongs to it, if it needs one.
    pub encoder: Option<EncoderNetwork>,
    /// Shape of the model, such as `codebook: 12 + 12 + 12 + 12 bits`.
    pub arch: String,
    /// How the model was optimized.
    pub optimizer: &'a str,
    /// How the first row of the table of quality was coded.
    pub float_name: String,
    /// PSNR in floating point on the validation blocks, in dB.
    pub float_db: f64,
    /// Mean squared error in floating point on the validation blocks, samples in 0..1, not clamped.
    pub validation_loss: f64,
    /// The demo picture in floating point.
    pub demo_float: Picture,
    /// What there is to show of a codebook.
    pub tables: Option<Tables>,
}

/// Writes what was made into the run folder, measures it, and writes the report.
pub fn finish(run: &Finish, made: Made) -> Result<Summary> {
    let decoder = Decoder::from_bytes(made.file)
        .map_err(|error| anyhow::anyhow!("the decoder file made is wrong: {error}"))?;
    tools::files::write_atomically(&run.folder.decoder(), made.file)?;
    let encoder_bytes = match &made.encoder {
        None => None,
        Some(encoder) => {
            encoder.write(&run.folder.encoder(), decoder.id())?;
            Some(encoder.to_bytes(decoder.id()).len() as u64)
        }
    };
    let coder = match made.encoder {
        Some(encoder) => Coder::network(decoder, encoder),
        None => Coder::of_model(made.file)?,
    };

    let validation = validation(run.data)?;
    let demo_plain = Coded::new(&coder, run.demo.1, 0, false)?;
    let demo_searched = Coded::new(&coder, run.demo.1, run.effort, false)?;
    tools::files::write_atomically(&run.folder.demo(), &demo_searched.file)?;
    let (plain, _) = eval::measure_blocks(&coder, validation, 0);
    let (searched, latents) = eval::measure_blocks(&coder, validation, run.effort);
    let demo_db = |decoded: &Picture| Some(Pooled::of(decoded.rgb(), run.demo.1.rgb()).db());
    let searched_name = format!("integer decoder, effort {}", run.effort);
    let row = |name: String, validation_db, demo: &Picture| ResultRow {
        name,
        validation_db,
        demo_db: demo_db(demo),
        others: Vec::new(),
    };
    let mut results = vec![
        row(made.float_name, Some(made.float_db), &made.demo_float),
        row(
            "integer decoder, effort 0".to_owned(),
            Some(plain.db()),
            &demo_plain.decoded,
        ),
        row(
            searched_name.clone(),
            Some(searched.db()),
            &demo_searched.decoded,
        ),
    ];
    if decoder.smooths() {
        let smooth = Coded::new(&coder, run.demo.1, run.effort, true)?;
        results.push(row(
            format!("{searched_name}, borders smoothed"),
            None,
            &smooth.decoded,
        ));
    }
    let steps = run.history.last().map_or(0, |row| row.step);
    let report = Report {
        title: run.config.name.clone(),
        date: jiff::Timestamp::now()
            .strftime("%Y-%m-%d %H:%M UTC")
            .to_string(),
        command: run.command.to_owned(),
        device: run.device.to_owned(),
        data: format!(
            "trained on {}; validated on {}",
            run.data.train.describe(),
            run.data.validation.describe()
        ),
        notes: run.data.notes.clone(),
        arch: made.arch,
        settings: settings(run, &decoder, made.optimizer),
        steps,
        seconds: run.seconds,
        blocks_per_second: (steps * run.config.batch) as f64 / run.seconds.max(1e-9),
        results,
        sizes: Sizes {
            decoder_bytes: made.file.len() as u64,
            encoder_bytes,
            bits_per_block: LATENT_BITS as u32,
        },
        decode_pixels_per_second: Some(decode_speed(&decoder, &demo_searched.file)?),
        bit_means: bit_means(&latents),
        loss: run
            .history
            .iter()
            .map(|row| LossPoint {
                step: row.step,
                train: row.train_loss,
                validation: row.validation_loss,
            })
            .collect(),
        demo: Some(Demo {
            name: run.demo.0.to_owned(),
            coded: searched_name,
            original: run.demo.1.clone(),
            decoded: demo_searched.decoded,
        }),
        tables: made.tables,
    };
    report.write(run.folder.path())?;
    Ok(Summary {
        folder: run.folder.path().display().to_string(),
        decoder: run.folder.decoder().display().to_string(),
        model_id: decoder.id().to_string(),
        decoder_bytes: made.file.len() as u64,
        steps,
        seconds: run.seconds,
        float_db: made.float_db,
        quantized_db: plain.db(),
        searched_db: searched.db(),
        effort: run.effort,
        validation_loss: made.validation_loss,
        dead_bits: report.dead_bits().len(),
    })
}

/// Mean of each latent bit.
fn bit_means(latents: &[Latent]) -> Vec<f32> {
    let mut counts = [0_u64; LATENT_BITS];
    for latent in latents {
        for (bit, count) in counts.iter_mut().enumerate() {
            *count += u64::from(latent[bit / 8] >> (bit % 8) & 1);
        }
    }
    let mean = |count: &u64| (*count as f64 / latents.len().max(1) as f64) as f32;
    counts.iter().map(mean).collect()
}

fn settings(run: &Finish, decoder: &Decoder, optimizer: &str) -> Vec<(String, String)> {
    let config = run.config;
    let mut settings = vec![("model id".to_owned(), decoder.id().to_string())];
    if !run.history.is_empty() {
        settings.extend([
            ("seed".to_owned(), config.seed.to_string()),
            ("batch".to_owned(), config.batch.to_string()),
            ("optimizer".to_owned(), optimizer.to_owned()),
            (
                "learning rate".to_owned(),
                format!("{:e}, {:?}", config.learning_rate, config.schedule).to_lowercase(),
            ),
        ]);
    }
    settings
}

/// Training blocks drawn like those of a step, at most `count` of them.
pub fn some_blocks(run: &Finish, count: u64) -> Vec<u8> {
    let blocks = run.data.train.len() as u64;
    let order = Order {
        blocks,
        batch: count.min(blocks),
        seed: run.config.seed,
    };
    let picks: Vec<Pick> = order.picks(0).collect();
    let mut bytes = vec![0; picks.len() * BLOCK_BYTES];
    run.data.train.gather(&picks, &mut bytes);
    bytes
}

/// A picture coded with the files of the run.
struct Coded {
    file: Vec<u8>,
    decoded: Picture,
}

impl Coded {
    fn new(coder: &Coder, picture: &Picture, effort: u32, smooth: bool) -> Result<Self> {
        let latents = coder.encode_picture(picture, effort);
        let id = coder.decoder().id();
        let file = picture_file::to_bytes(picture.width(), picture.height(), id, &latents)?;
        let decoded = decode_picture(coder.decoder(), &Image::from_bytes(&file)?, smooth)?;
        Ok(Self { file, decoded })
    }
}

/// Pixels a second that one core of this machine decodes of a picture file.
fn decode_speed(decoder: &Decoder, file: &[u8]) -> Result<f64> {
    let image = Image::from_bytes(file)?;
    let pixels = f64::from(image.width()) * f64::from(image.height());
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    one.install(|| {
        let mut best: f64 = 0.0;
        let start = Instant::now();
        while best == 0.0 || start.elapsed() < SPEED_TIME {
            let start = Instant::now();
            decode_picture(decoder, &image, false)?;
            best = best.max(pixels / start.elapsed().as_secs_f64().max(1e-9));
        }
        Ok(best)
    })
}
