//! Exports a run: writes its artifacts to the run folder, measures them, and writes the report.

use std::time::Duration;

use anyhow::{Context, Result};
use nice_decode::{Codec, Image, LATENT_BITS, Latent, Model};
use nice_encode::decode::decode_image;
use nice_encode::measure::{self, timed};
use nice_encode::network::EncoderNetwork;
use nice_encode::psnr::PooledError;
use nice_encode::{Encoder, Options, Picture, Rate, Tune, block, container, files};
use serde::Serialize;

use crate::history::Row;
use crate::report::{
    self, AdaptiveReport, CodebookReport, DemoReport, LossPoint, RatePoint, Report, ResultRow,
    Sizes, bit_use,
};
use crate::run::Run;

/// How long decoding is repeated to measure its speed.
const SPEED_TIME: Duration = Duration::from_millis(500);

/// What a codec makes from trained weights.
pub struct Artifacts {
    /// The bytes of the decoder model file.
    pub model: Vec<u8>,
    /// The encoder network, if encoding needs one.
    pub encoder: Option<EncoderNetwork>,
    /// The architecture, such as `codebook m: stages of 12 + 12 + 12 + 12 bits`.
    pub architecture: String,
    /// The optimizer.
    pub optimizer: &'static str,
    /// The name of the first row of the results.
    pub float_name: String,
    /// The PSNR in floating point on the validation blocks, in dB.
    pub float_psnr: f64,
    /// The mean squared error in floating point on the validation blocks, with samples in 0..1 that are not clamped.
    pub validation_loss: f64,
    /// The demo picture in floating point.
    pub float_demo: Picture,
    /// What the report shows about a codebook.
    pub codebook: Option<CodebookReport>,
}

/// The training that led to the weights; empty for imported ones.
#[derive(Clone, Copy, Debug, Default)]
pub struct TrainingRecord<'a> {
    /// The history.
    pub history: &'a [Row],
    /// The seconds of training.
    pub seconds: f64,
}

/// The result of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The run folder.
    pub folder: String,
    /// The path of the decoder model.
    pub decoder: String,
    /// Its id.
    pub model_id: String,
    /// Its size.
    pub decoder_bytes: u64,
    /// The optimizer steps.
    pub steps: u64,
    /// The seconds of training.
    pub seconds: f64,
    /// The PSNR on the validation blocks in floating point, in dB. A codebook is searched with `effort`.
    pub float_db: f64,
    /// The PSNR of the integer decoder with effort 0.
    pub quantized_db: f64,
    /// The PSNR of the integer decoder with `effort`.
    pub searched_db: f64,
    /// The effort.
    pub effort: u32,
    /// The mean squared error in floating point on the validation blocks, with samples in 0..1 that are not clamped.
    pub validation_loss: f64,
    /// The number of unused latent bits.
    pub dead_bits: usize,
}

/// Writes the artifacts to the run folder, measures them, and writes the report.
///
/// # Errors
///
/// When the model is invalid, or a file cannot be written.
pub fn export(run: &Run, training: TrainingRecord<'_>, artifacts: Artifacts) -> Result<Summary> {
    let model = Model::from_bytes(&artifacts.model).context("the decoder model is invalid")?;
    files::write_atomically(&run.folder.decoder(), &artifacts.model)?;
    let mut encoder_bytes = None;
    if let Some(network) = &artifacts.encoder {
        let bytes = container::encoder_network::to_bytes(network, model.id());
        files::write_atomically(&run.folder.encoder(), &bytes)?;
        encoder_bytes = Some(bytes.len() as u64);
    }
    let encoder = match artifacts.encoder {
        Some(network) => Encoder::for_network(model, network),
        None => Encoder::for_codebook(&artifacts.model)?,
    };

    let effort = run.execution.effort;
    let validation = run.validation_blocks()?;
    let (fast_error, _) = measure::measure_blocks(&encoder, validation, 0);
    let (error, latents) = measure::measure_blocks(&encoder, validation, effort);

    let original = &run.data.demo.picture;
    let demo_row = |name: String, validation_db: Option<f64>, decoded: &Picture| ResultRow {
        name,
        validation_db,
        demo_db: Some(PooledError::between(decoded.rgb(), original.rgb()).psnr()),
    };
    let fast = measure::encode(
        &encoder,
        original,
        &Options {
            effort: 0,
            ..Options::default()
        },
    )?
    .decode(&encoder, false)?;
    let encoded = measure::encode(
        &encoder,
        original,
        &Options {
            effort,
            ..Options::default()
        },
    )?;
    files::write_atomically(&run.folder.demo(), &encoded.file)?;
    let decoded = encoded.decode(&encoder, false)?;
    let name = format!("integer decoder, effort {effort}");
    let mut results = vec![
        demo_row(
            artifacts.float_name,
            Some(artifacts.float_psnr),
            &artifacts.float_demo,
        ),
        demo_row(
            "integer decoder, effort 0".to_owned(),
            Some(fast_error.psnr()),
            &fast.picture,
        ),
        demo_row(name.clone(), Some(error.psnr()), &decoded.picture),
    ];
    if model.has_deblocking() {
        let deblocked = encoded.decode(&encoder, true)?;
        results.push(demo_row(
            format!("{name}, deblocked"),
            None,
            &deblocked.picture,
        ));
    }
    let adaptive = match model.codec() {
        Codec::Codebook => {
            let (report, row) = adaptive(&encoder, original, effort)?;
            results.push(row);
            Some(report)
        }
        _ => None,
    };
    let steps = training.history.last().map_or(0, |row| row.step);
    let splits = &run.data.splits;
    let report = Report {
        title: run.config.name.clone(),
        date: jiff::Timestamp::now()
            .strftime("%Y-%m-%d %H:%M UTC")
            .to_string(),
        command: run.execution.command.clone(),
        device: run.execution.device.clone(),
        data: format!(
            "trained on {}; validated on {}",
            splits.train.description(),
            splits.validation.description()
        ),
        notes: splits.notes.clone(),
        architecture: artifacts.architecture,
        settings: settings(run, training, &model, artifacts.optimizer),
        steps,
        seconds: training.seconds,
        blocks_per_second: (steps * run.config.batch) as f64 / training.seconds.max(1e-9),
        results,
        sizes: Sizes {
            decoder_bytes: artifacts.model.len() as u64,
            encoder_bytes,
            bits_per_block: LATENT_BITS as u32,
        },
        decode_pixels_per_second: Some(decode_speed(&model, &encoded.file)?),
        bit_means: bit_means(&latents),
        loss: training.history.iter().map(LossPoint::from).collect(),
        demo: Some(DemoReport {
            name: run.data.demo.name.clone(),
            result: name,
            original: original.clone(),
            decoded: decoded.picture,
        }),
        adaptive,
        codebook: artifacts.codebook,
    };
    report::write(&report, run.folder.path())?;
    Ok(Summary {
        folder: run.folder.path().display().to_string(),
        decoder: run.folder.decoder().display().to_string(),
        model_id: model.id().to_string(),
        decoder_bytes: artifacts.model.len() as u64,
        steps,
        seconds: training.seconds,
        float_db: artifacts.float_psnr,
        quantized_db: fast_error.psnr(),
        searched_db: error.psnr(),
        effort,
        validation_loss: artifacts.validation_loss,
        dead_bits: bit_use::unused_bits(&report.bit_means).len(),
    })
}

/// The bits per pixel at which the demo picture is encoded in the adaptive layout.
const RATES: [f64; 7] = [0.25, 0.35, 0.5, 0.62, 0.75, 0.9, 1.1];

/// The bits per pixel at which the bits of each block are shown: those of the fixed layout.
const SHOWN_RATE: f64 = 0.75;

/// What the report shows about the adaptive layout, and a row of the results.
fn adaptive(
    encoder: &Encoder<'_>,
    picture: &Picture,
    effort: u32,
) -> Result<(AdaptiveReport, ResultRow)> {
    let mut report = AdaptiveReport {
        columns: block::along(picture.width()),
        ..AdaptiveReport::default()
    };
    let mut row = ResultRow::default();
    let rates = [Rate::Fixed]
        .into_iter()
        .chain(RATES.map(Rate::BitsPerPixel));
    for rate in rates {
        let options = Options {
            tune: Tune::Looks,
            rate,
            effort,
            ..Options::default()
        };
        let encoded = measure::encode(encoder, picture, &options)?;
        let decoded = encoded.decode(encoder, true)?.picture;
        let point = RatePoint {
            bits_per_pixel: 8.0 * encoded.file.len() as f64 / picture.pixels() as f64,
            psnr_db: PooledError::between(decoded.rgb(), picture.rgb()).psnr(),
        };
        if rate == Rate::Fixed {
            report.fixed = point;
            continue;
        }
        report.rates.push(point);
        if rate == Rate::BitsPerPixel(SHOWN_RATE) {
            let image = Image::from_bytes(&encoded.file)?;
            report.bits = image.latents().map(|latent| latent.length()).collect();
            report.bits_per_pixel = point.bits_per_pixel;
            row.name =
                format!("adaptive layout, {SHOWN_RATE} bits per pixel, tuned for looks, deblocked");
            row.demo_db = Some(point.psnr_db);
        }
    }
    Ok((report, row))
}

/// The mean of each latent bit.
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

/// The settings in the report, as pairs of name and value.
fn settings(
    run: &Run,
    training: TrainingRecord<'_>,
    model: &Model<'_>,
    optimizer: &str,
) -> Vec<(String, String)> {
    let config = &run.config;
    let mut settings = vec![("model id".to_owned(), model.id().to_string())];
    if !training.history.is_empty() {
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

/// The pixels per second that one core decodes from an image file.
fn decode_speed(model: &Model<'_>, file: &[u8]) -> Result<f64> {
    let image = Image::from_bytes(file)?;
    let pixels = f64::from(image.width()) * f64::from(image.height());
    let one_core = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    one_core.install(|| {
        let mut shortest = Duration::MAX;
        let mut total = Duration::ZERO;
        while total < SPEED_TIME {
            let (decoded, time) = timed(|| decode_image(model, &image, false));
            decoded?;
            shortest = shortest.min(time);
            total += time.max(Duration::from_nanos(1));
        }
        Ok(pixels / shortest.as_secs_f64().max(1e-9))
    })
}
