//! What the report of a run shows.

use nice_encode::Picture;

use crate::history::Row;

/// Everything that the report of a run shows. What is empty or `None` is left out.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The name of the run.
    pub title: String,
    /// When the report was written.
    pub date: String,
    /// The command line that repeats the run.
    pub command: String,
    /// The device.
    pub device: String,
    /// The training and the validation data.
    pub data: String,
    /// Notes on the data, such as that they are synthetic.
    pub notes: Vec<String>,
    /// The architecture, such as `mlp: encoder 192-256-256-48, decoder 48-256-256-192`.
    pub architecture: String,
    /// Other settings, as pairs of name and value.
    pub settings: Vec<(String, String)>,
    /// The optimizer steps; 0 if nothing was trained.
    pub steps: u64,
    /// The seconds of training.
    pub seconds: f64,
    /// The training blocks per second.
    pub blocks_per_second: f64,
    /// The quality of each way to encode and decode.
    pub results: Vec<ResultRow>,
    /// The sizes of the files and of a latent.
    pub sizes: Sizes,
    /// The pixels per second that the integer decoder decodes on one core.
    pub decode_pixels_per_second: Option<f64>,
    /// The mean of each latent bit on the validation blocks.
    pub bit_means: Vec<f32>,
    /// The losses in the order of the steps.
    pub loss: Vec<LossPoint>,
    /// The demo picture.
    pub demo: Option<DemoReport>,
    /// The demo picture in the adaptive layout; none for a network.
    pub adaptive: Option<AdaptiveReport>,
    /// The codebook.
    pub codebook: Option<CodebookReport>,
}

/// What the report shows about the adaptive layout.
#[derive(Clone, Debug, Default)]
pub struct AdaptiveReport {
    /// The bits per pixel of the file whose blocks are shown.
    pub bits_per_pixel: f64,
    /// The bits of the latent of each block, in raster order.
    pub bits: Vec<usize>,
    /// The number of blocks in a row.
    pub columns: usize,
    /// The demo picture at several rates, by bits per pixel.
    pub rates: Vec<RatePoint>,
    /// The demo picture in the fixed layout.
    pub fixed: RatePoint,
}

/// A picture at a rate.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RatePoint {
    /// The bits per pixel of the file.
    pub bits_per_pixel: f64,
    /// The PSNR in dB, deblocked if the model has a filter.
    pub psnr_db: f64,
}

/// The losses at a validation. A loss that is not finite is left out of the chart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LossPoint {
    /// The optimizer steps so far.
    pub step: u64,
    /// The mean squared error of the training batches since the previous point, with samples in 0..1.
    pub train: f64,
    /// The mean squared error on the validation blocks, with samples in 0..1.
    pub validation: f64,
}

impl From<&Row> for LossPoint {
    fn from(row: &Row) -> Self {
        Self {
            step: row.step,
            train: row.train_loss,
            validation: row.validation_loss,
        }
    }
}

/// What the report shows about a codebook.
#[derive(Clone, Debug, Default)]
pub struct CodebookReport {
    /// The stages, the base first.
    pub stages: Vec<StageReport>,
    /// The gain of every base codeword.
    pub gains: Vec<f32>,
}

/// What the report shows about a stage.
#[derive(Clone, Debug)]
pub struct StageReport {
    /// The bits of an index.
    pub bits: u8,
    /// All codewords.
    pub contact_sheet: Picture,
    /// How often each codeword is used on the validation blocks.
    pub uses: Vec<u64>,
    /// The PSNR on the validation blocks with this stage and those before it, in dB.
    pub psnr: f64,
}

/// A way to encode and decode, and its PSNR in dB.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResultRow {
    /// The name, such as `integer decoder, effort 2`.
    pub name: String,
    /// The PSNR on the validation blocks.
    pub validation_db: Option<f64>,
    /// The PSNR on the demo picture.
    pub demo_db: Option<f64>,
}

/// The sizes of the files and of a latent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// The bytes of the decoder model.
    pub decoder_bytes: u64,
    /// The bytes of the encoder network, if there is one.
    pub encoder_bytes: Option<u64>,
    /// The bits of a latent.
    pub bits_per_block: u32,
}

impl Sizes {
    /// The bits per pixel.
    pub fn bits_per_pixel(&self) -> f64 {
        f64::from(self.bits_per_block) / 64.0
    }
}

/// The demo picture before and after.
#[derive(Clone, Debug)]
pub struct DemoReport {
    /// What the picture is.
    pub name: String,
    /// The name of the result that is shown.
    pub result: String,
    /// The original picture.
    pub original: Picture,
    /// The decoded picture, with the same size.
    pub decoded: Picture,
}
