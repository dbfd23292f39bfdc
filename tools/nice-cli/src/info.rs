//! `nicec info`: the contents of a model, an encoder or an image.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nice_decode::LATENT_BITS;
use nice_decode::format::{CODEWORD_BYTES, LayerTables, ModelTables};
use nice_encode::container::file_type::FileType;
use nice_encode::{container, files};
use serde_json::{Value, json};

/// The arguments of `nicec info`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  nicec info decoder.nicem
  nicec info photo.nice --json")]
pub(crate) struct Args {
    /// A decoder model (.nicem), an encoder (.nicee) or an image (.nice)
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Print the contents as JSON
    #[arg(long)]
    json: bool,
}

/// A line of the output: the key in JSON, the label, the value, and its unit.
type Line = (&'static str, &'static str, Value, &'static str);

/// Runs `nicec info`.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let path = &args.file;
    let bytes = files::read(path)?;
    let lines = match FileType::of(&bytes) {
        Some(FileType::Model) => model(&bytes, path)?,
        Some(FileType::Encoder) => encoder(&bytes, path)?,
        Some(FileType::Image) => image(&bytes, path)?,
        None if bytes.is_empty() => bail!("{} is empty", path.display()),
        None => bail!(
            "{} is not a NICE file: neither a decoder model (.nicem), nor an encoder (.nicee), nor an image (.nice)",
            path.display()
        ),
    };
    if args.json {
        let object: serde_json::Map<String, Value> = lines
            .into_iter()
            .map(|(key, _, value, _)| (key.to_owned(), value))
            .collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&object)?)?;
    } else {
        let widest = lines.iter().map(|(_, label, ..)| label.len()).max();
        let widest = widest.unwrap_or(0);
        for (_, label, value, unit) in lines {
            let value = match value {
                Value::String(text) => text,
                Value::Number(number) if number.is_f64() => {
                    format!("{:.4}", number.as_f64().unwrap_or(f64::NAN))
                }
                other => other.to_string(),
            };
            writeln!(out, "{label:widest$}  {value}{unit}")?;
        }
    }
    Ok(())
}

/// The contents of a decoder model.
fn model(bytes: &[u8], path: &Path) -> Result<Vec<Line>> {
    let model = container::model::parse(bytes, path)?;
    let mut lines = vec![
        ("file", "file", json!("decoder model"), ""),
        ("version", "version", json!(bytes[4]), ""),
        ("id", "id", json!(model.id().to_string()), ""),
        ("name", "name", json!(model.name()), ""),
        ("kind", "codec", json!(model.codec().to_string()), ""),
        ("bytes", "size", json!(bytes.len()), " bytes"),
    ];
    match container::model::tables(bytes) {
        Some(ModelTables::Codebook(tables)) => {
            let bits: Vec<u8> = model.stages().map(|stage| stage.bits).collect();
            let orientation_bits: Vec<u8> =
                model.stages().map(|stage| stage.orientation_bits).collect();
            let base = tables.gains.len();
            let residual = (tables.codewords.len() / CODEWORD_BYTES).saturating_sub(base);
            let filter = tables.deblock.map_or(0, |filter| {
                1 + filter.thresholds.len() + filter.strengths.len()
            });
            lines.extend([
                ("stage_bits", "bits of the stages", json!(bits), ""),
                (
                    "stage_mirrors",
                    "orientation bits of the stages",
                    json!(orientation_bits),
                    "",
                ),
                ("base_rows", "base codewords", json!(base), ""),
                ("residual_rows", "residual codewords", json!(residual), ""),
                ("tops", "peaks of the stages", json!(tables.peaks), ""),
                ("filter_bytes", "deblocking filter", json!(filter), " bytes"),
            ]);
        }
        Some(ModelTables::Network(tables)) => {
            let hidden = usize::from(tables.hidden);
            let table_bytes = |layer: &LayerTables<'_>| {
                layer.weights.len() + layer.bias.len() + layer.multiplier.len()
            };
            let slope = f64::from(tables.slope) / 65_536.0;
            let (first, second) = (&tables.first, &tables.second);
            let (first_bytes, second_bytes) = (table_bytes(first), table_bytes(second));
            let additions = LATENT_BITS * hidden;
            let multiplications = second.weights.len();
            lines.extend([
                ("bits", "bits of a latent", json!(tables.bits), ""),
                ("hidden", "hidden units", json!(hidden), ""),
                ("slope", "slope below zero", json!(slope), ""),
                (
                    "first_layer_bytes",
                    "first layer",
                    json!(first_bytes),
                    " bytes",
                ),
                ("first_pre_shift", "  pre-shift", json!(first.pre), ""),
                ("first_post_shift", "  post-shift", json!(first.post), ""),
                (
                    "second_layer_bytes",
                    "second layer",
                    json!(second_bytes),
                    " bytes",
                ),
                ("second_pre_shift", "  pre-shift", json!(second.pre), ""),
                ("second_post_shift", "  post-shift", json!(second.post), ""),
                (
                    "additions_per_block",
                    "cost of the first layer",
                    json!(additions),
                    " additions per block at most",
                ),
                (
                    "multiply_adds_per_block",
                    "cost of the second layer",
                    json!(multiplications),
                    " multiply-adds per block",
                ),
            ]);
        }
        _ => {}
    }
    Ok(lines)
}

/// The contents of an encoder.
fn encoder(bytes: &[u8], path: &Path) -> Result<Vec<Line>> {
    let (network, id) = container::encoder_network::parse(bytes)
        .with_context(|| format!("cannot use the encoder {}", path.display()))?;
    let slope = f64::from(network.slope());
    Ok(vec![
        ("file", "file", json!("encoder"), ""),
        ("version", "version", json!(bytes[4]), ""),
        ("decoder_id", "decoder model", json!(id.to_string()), ""),
        ("bytes", "size", json!(bytes.len()), " bytes"),
        ("bits", "bits of a latent", json!(LATENT_BITS), ""),
        ("hidden", "hidden units", json!(network.hidden()), ""),
        ("slope", "slope below zero", json!(slope), ""),
    ])
}

/// The contents of an image.
fn image(bytes: &[u8], path: &Path) -> Result<Vec<Line>> {
    let image = container::image::parse(bytes, path)?;
    let (width, height, blocks) = (image.width(), image.height(), image.blocks());
    let id = image.model_id().to_string();
    let latent_bits: usize = image.latents().map(|latent| latent.length()).sum();
    let bpp = container::image::bits_per_pixel(&image, bytes.len());
    Ok(vec![
        ("file", "file", json!("image"), ""),
        ("version", "version", json!(bytes[4]), ""),
        ("width", "width", json!(width), " pixels"),
        ("height", "height", json!(height), " pixels"),
        ("model_id", "model", json!(id), ""),
        ("blocks_wide", "blocks wide", json!(image.blocks_wide()), ""),
        ("blocks_high", "blocks high", json!(image.blocks_high()), ""),
        ("blocks", "blocks", json!(blocks), ""),
        ("layout", "layout", json!(image.layout().to_string()), ""),
        (
            "lengths",
            "lengths of latents",
            json!(image.lengths().collect::<Vec<u8>>()),
            " bits",
        ),
        (
            "code_bytes",
            "latents",
            json!(latent_bits.div_ceil(8)),
            " bytes",
        ),
        ("bytes", "size", json!(bytes.len()), " bytes"),
        ("bpp", "bits per pixel", json!(bpp), ""),
    ])
}
