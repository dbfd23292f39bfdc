//! `nice info`: what is in a model, an encoder or a picture.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nice_decode::format::{Body, Layer, ROW_BYTES};
use nice_decode::{LATENT_BITS, LATENT_BYTES};
use serde_json::{Value, json};

use crate::encoder::EncoderNetwork;
use crate::kind::FileKind;
use crate::{files, model_file, picture_file};

/// What `nice info` is given.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  nice info decoder.nicem
  nice info photo.nice --json")]
pub struct Args {
    /// A decoder model (.nicem), an encoder (.nicee) or a picture (.nice)
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// One line of the table: the key in JSON, the words before it, the value, and the words after it.
type Line = (&'static str, &'static str, Value, &'static str);

/// Runs `nice info`.
pub fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let path = &args.file;
    let bytes = files::read(path)?;
    let lines = match FileKind::of(&bytes) {
        Some(FileKind::Model) => model(&bytes, path)?,
        Some(FileKind::Encoder) => encoder(&bytes, path)?,
        Some(FileKind::Picture) => picture(&bytes, path)?,
        None if bytes.is_empty() => bail!("{} is empty", path.display()),
        None => bail!(
            "{} is no file of NICE: neither a decoder model (.nicem), nor an encoder (.nicee), nor a picture (.nice)",
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
        let widest = lines.iter().map(|(_, words, ..)| words.len()).max();
        let widest = widest.unwrap_or(0);
        for (_, words, value, after) in lines {
            let value = match value {
                Value::String(text) => text,
                Value::Number(number) if number.is_f64() => {
                    format!("{:.4}", number.as_f64().unwrap_or(f64::NAN))
                }
                other => other.to_string(),
            };
            writeln!(out, "{words:widest$}  {value}{after}")?;
        }
    }
    Ok(())
}

fn model(bytes: &[u8], path: &Path) -> Result<Vec<Line>> {
    let decoder = model_file::decoder(bytes, path)?;
    let mut lines = vec![
        ("file", "file", json!("decoder model"), ""),
        ("version", "version", json!(bytes[4]), ""),
        ("id", "id", json!(decoder.id().to_string()), ""),
        ("name", "name", json!(decoder.name()), ""),
        ("kind", "kind", json!(decoder.kind().to_string()), ""),
        ("bytes", "size", json!(bytes.len()), " bytes"),
    ];
    let tables = model_file::tables(bytes)
        .with_context(|| format!("cannot use the model {}", path.display()))?;
    if let Body::Codebook(codebook) = tables.body {
        let bits: Vec<u8> = decoder.stages().map(|stage| stage.bits).collect();
        let mirrors: Vec<u8> = decoder.stages().map(|stage| stage.mirrors).collect();
        let filter = codebook.boundary.map_or(0, |filter| filter.maps.len());
        lines.extend([
            ("stage_bits", "bits of the stages", json!(bits), ""),
            ("stage_mirrors", "ways to mirror a row", json!(mirrors), ""),
            ("base_rows", "base rows", json!(codebook.gains.len()), ""),
            (
                "residual_rows",
                "residual rows",
                json!((codebook.rows.len() / ROW_BYTES).saturating_sub(codebook.gains.len())),
                "",
            ),
            ("tops", "tops of the stages", json!(codebook.tops), ""),
            (
                "filter_bytes",
                "filter of the borders",
                json!(filter),
                " bytes",
            ),
        ]);
    }
    if let Body::Network(network) = tables.body {
        let hidden = usize::from(network.hidden);
        let table_bytes =
            |layer: &Layer<'_>| layer.weights.len() + layer.bias.len() + layer.multiplier.len();
        let slope = f64::from(network.slope) / 65_536.0;
        lines.extend([
            ("bits", "bits of a latent", json!(network.bits), ""),
            ("hidden", "hidden units", json!(hidden), ""),
            ("slope", "slope below zero", json!(slope), ""),
            (
                "first_layer_bytes",
                "first layer",
                json!(table_bytes(&network.first)),
                " bytes",
            ),
            shift("first_pre_shift", network.first.pre),
            shift("first_post_shift", network.first.post),
            (
                "second_layer_bytes",
                "second layer",
                json!(table_bytes(&network.second)),
                " bytes",
            ),
            shift("second_pre_shift", network.second.pre),
            shift("second_post_shift", network.second.post),
            (
                "additions_per_block",
                "first layer's work",
                json!(LATENT_BITS * hidden),
                " additions a block at most",
            ),
            (
                "multiply_adds_per_block",
                "second layer's work",
                json!(network.second.weights.len()),
                " multiply-adds a block",
            ),
        ]);
    }
    Ok(lines)
}

fn shift(key: &'static str, value: u8) -> Line {
    let words = match key {
        "first_pre_shift" => "  shift before",
        "second_pre_shift" => "  shift before",
        _ => "  shift after",
    };
    (key, words, json!(value), "")
}

fn encoder(bytes: &[u8], path: &Path) -> Result<Vec<Line>> {
    let (network, id) = EncoderNetwork::from_bytes(bytes)
        .with_context(|| format!("cannot use the encoder {}", path.display()))?;
    Ok(vec![
        ("file", "file", json!("encoder"), ""),
        ("version", "version", json!(bytes[4]), ""),
        ("decoder_id", "for the decoder", json!(id.to_string()), ""),
        ("bytes", "size", json!(bytes.len()), " bytes"),
        ("bits", "bits of a latent", json!(LATENT_BITS), ""),
        ("hidden", "hidden units", json!(network.hidden()), ""),
        (
            "slope",
            "slope below zero",
            json!(f64::from(network.slope())),
            "",
        ),
    ])
}

fn picture(bytes: &[u8], path: &Path) -> Result<Vec<Line>> {
    let image = picture_file::image(bytes, path)?;
    let (width, height) = (image.width(), image.height());
    let codes = image.blocks() * LATENT_BYTES;
    Ok(vec![
        ("file", "file", json!("picture"), ""),
        ("version", "version", json!(bytes[4]), ""),
        ("width", "width", json!(width), " pixels"),
        ("height", "height", json!(height), " pixels"),
        (
            "model_id",
            "made with model",
            json!(image.model_id().to_string()),
            "",
        ),
        ("blocks_wide", "blocks wide", json!(image.blocks_wide()), ""),
        ("blocks_high", "blocks high", json!(image.blocks_high()), ""),
        ("blocks", "blocks", json!(image.blocks()), ""),
        ("code_bytes", "codes", json!(codes), " bytes"),
        ("bytes", "size", json!(bytes.len()), " bytes"),
        (
            "bpp",
            "bits a pixel",
            json!(picture_file::bits_per_pixel(width, height, image.blocks())),
            "",
        ),
    ])
}
