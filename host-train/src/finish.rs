//! What a run leaves once its weights are known: decoder file, encoder file, measurements and the report.
//!
//! Trained and imported weights pass through here alike.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use burn::tensor::backend::Backend;
use nice_decode::{Decoder, Image};
use serde::Serialize;
use tools::dataset::{Pick, Splits};
use tools::decode::decode_picture;
use tools::encoder::EncoderNetwork;
use tools::picture::Picture;
use tools::psnr::Pooled;
use tools::{blocks, encode, eval, picture_file};

use crate::batches::{Order, upload};
use crate::charts::LossPoint;
use crate::config::RunConfig;
use crate::history::Row;
use crate::network::{Network, SAMPLES};
use crate::quantize;
use crate::report::{Demo, Report, ResultRow, Sizes};
use crate::run_folder::RunFolder;
use crate::tensors::{self, Tensors};
use crate::train::{bit_means, validation};

/// Training blocks that the quantizer looks at.
const CALIBRATION: u64 = 16_384;

/// Blocks that are decoded in floats at once.
const FLOAT_BATCH: usize = 8192;

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
    /// Sweeps of bit flips in the last row of the table.
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
    /// PSNR on the validation blocks in dB: float network.
    pub float_db: f64,
    /// The same: integer decoder, bits as the encoder network makes them.
    pub quantized_db: f64,
    /// The same: integer decoder, after the search.
    pub searched_db: f64,
    /// Sweeps of that search.
    pub effort: u32,
    /// Mean squared error of the float network on the validation blocks, samples in 0..1, not clamped.
    pub validation_loss: f64,
    /// Bits that hardly ever change.
    pub dead_bits: usize,
}

/// Writes the float weights with what is needed to make sense of them.
pub fn write_weights(folder: &RunFolder, config: &RunConfig, weights: &Tensors) -> Result<()> {
    tensors::write(&folder.weights(), weights, &serde_json::to_string(config)?)
}

/// Makes the decoder and encoder files of `weights`, measures them, and writes the report.
pub fn finish<B: Backend>(run: &Finish, weights: &Tensors, device: &B::Device) -> Result<Summary> {
    write_weights(run.folder, run.config, weights)?;
    let encoder = quantize::encoder(weights)?;
    let latents = encoder.encode_all(&calibration_blocks(run));
    let file = quantize::decoder(weights, &latents)
        .context("the weights cannot be made into a decoder")?
        .to_file(&run.config.name)?;
    let decoder = Decoder::from_bytes(&file)
        .map_err(|error| anyhow::anyhow!("the decoder file made is wrong: {error}"))?;
    tools::files::write_atomically(&run.folder.decoder(), &file)?;
    encoder.write(&run.folder.encoder(), decoder.id())?;

    let network = tensors::into_module(
        run.config.network.init::<B>(run.config.seed, device),
        weights,
    )?;
    let validation = validation(run.data)?;
    let demo_float = decode_float(&network, run.demo.1, device)?;
    let demo_plain = Coded::new(&encoder, &decoder, run.demo.1, 0)?;
    let demo_searched = Coded::new(&encoder, &decoder, run.demo.1, run.effort)?;
    tools::files::write_atomically(&run.folder.demo(), &demo_searched.file)?;
    let float_db = float_error(&network, validation, device).db();
    let quantized_db = eval::measure_blocks(&encoder, &decoder, validation, 0).db();
    let searched_db = eval::measure_blocks(&encoder, &decoder, validation, run.effort).db();
    let demo_db = |decoded: &Picture| Pooled::of(decoded.rgb(), run.demo.1.rgb()).db();
    let searched_name = format!("quantized + bit flips (effort {})", run.effort);
    let rows = [
        ("float".to_owned(), float_db, demo_db(&demo_float)),
        (
            "quantized".to_owned(),
            quantized_db,
            demo_db(&demo_plain.decoded),
        ),
        (
            searched_name.clone(),
            searched_db,
            demo_db(&demo_searched.decoded),
        ),
    ];
    let network_loss = crate::train::mean_squared_error(&network, validation, device);
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
        arch: format!(
            "{}: encoder 192-{e}-{e}-{bits}, decoder {bits}-{d}-{d}-192",
            run.config.arch,
            e = run.config.network.encoder_hidden,
            d = run.config.network.decoder_hidden,
            bits = run.config.network.bits,
        ),
        settings: settings(run, &decoder),
        steps,
        seconds: run.seconds,
        blocks_per_second: (steps * run.config.batch) as f64 / run.seconds.max(1e-9),
        results: rows
            .into_iter()
            .map(|(name, validation_db, demo_db)| ResultRow {
                name,
                validation_db: Some(validation_db),
                demo_db: Some(demo_db),
                others: Vec::new(),
            })
            .collect(),
        sizes: Sizes {
            decoder_bytes: file.len() as u64,
            encoder_bytes: Some(encoder.to_bytes(decoder.id()).len() as u64),
            bits_per_block: nice_decode::LATENT_BITS as u32,
        },
        decode_pixels_per_second: Some(decode_speed(&decoder, &demo_searched.file)?),
        bit_means: bit_means(&network, validation, device),
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
    };
    report.write(run.folder.path())?;
    Ok(Summary {
        folder: run.folder.path().display().to_string(),
        decoder: run.folder.decoder().display().to_string(),
        model_id: decoder.id().to_string(),
        decoder_bytes: file.len() as u64,
        steps,
        seconds: run.seconds,
        float_db,
        quantized_db,
        searched_db,
        effort: run.effort,
        validation_loss: network_loss,
        dead_bits: report.dead_bits().len(),
    })
}

fn settings(run: &Finish, decoder: &Decoder) -> Vec<(String, String)> {
    let config = run.config;
    let mut settings = vec![("model id".to_owned(), decoder.id().to_string())];
    if !run.history.is_empty() {
        settings.extend([
            ("seed".to_owned(), config.seed.to_string()),
            ("batch".to_owned(), config.batch.to_string()),
            (
                "optimizer".to_owned(),
                "AdamW, betas 0.9 and 0.999, eps 1e-8, decay 0.01".to_owned(),
            ),
            (
                "learning rate".to_owned(),
                format!("{:e}, {:?}", config.learning_rate, config.schedule).to_lowercase(),
            ),
        ]);
    }
    settings
}

/// Training blocks for the quantizer, drawn like those of a step.
fn calibration_blocks(run: &Finish) -> Vec<u8> {
    let blocks = run.data.train.len() as u64;
    let order = Order {
        blocks,
        batch: CALIBRATION.min(blocks),
        seed: run.config.seed,
    };
    let picks: Vec<Pick> = order.picks(0).collect();
    let mut bytes = vec![0; picks.len() * SAMPLES];
    run.data.train.gather(&picks, &mut bytes);
    bytes
}

/// A picture as the float network decodes it, rounded and clamped to bytes.
pub fn decode_float<B: Backend>(
    network: &Network<B>,
    picture: &Picture,
    device: &B::Device,
) -> Result<Picture> {
    let grid = blocks::grid(picture);
    let decoded: Vec<u8> = grid
        .chunks(FLOAT_BATCH * SAMPLES)
        .flat_map(|chunk| float_blocks(network, chunk, device))
        .collect();
    blocks::assemble(picture.width(), picture.height(), &decoded)
}

fn float_blocks<B: Backend>(network: &Network<B>, blocks: &[u8], device: &B::Device) -> Vec<u8> {
    let x = upload::<B>(blocks, device); // [blocks, 192]
    let y = network.decode(network.bits(x)); // [blocks, 192]
    let samples = tensors::Values::from_device(y).values;
    samples
        .iter()
        .map(|v| (v * 255.0).round().clamp(0.0, 255.0) as u8)
        .collect()
}

/// Error of the float network over blocks, its samples rounded and clamped to bytes.
pub fn float_error<B: Backend>(network: &Network<B>, blocks: &[u8], device: &B::Device) -> Pooled {
    let mut pooled = Pooled::new();
    for chunk in blocks.chunks(FLOAT_BATCH * SAMPLES) {
        pooled.merge(&Pooled::of(chunk, &float_blocks(network, chunk, device)));
    }
    pooled
}

/// A picture coded with the files of the run.
struct Coded {
    file: Vec<u8>,
    decoded: Picture,
}

impl Coded {
    fn new(
        encoder: &EncoderNetwork,
        decoder: &Decoder,
        picture: &Picture,
        effort: u32,
    ) -> Result<Self> {
        let latents = encode::encode_picture(encoder, decoder, picture, effort);
        let file =
            picture_file::to_bytes(picture.width(), picture.height(), decoder.id(), &latents)?;
        let decoded = decode_picture(decoder, &Image::from_bytes(&file)?)?;
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
            decode_picture(decoder, &image)?;
            best = best.max(pixels / start.elapsed().as_secs_f64().max(1e-9));
        }
        Ok(best)
    })
}
