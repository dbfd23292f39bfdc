//! `nicec info`: the contents of models, encoders and images.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nice_data::{folder, message};
use nice_decode::LATENT_BITS;
use nice_decode::format::{CODEWORD_BYTES, LayerTables, ModelTables};
use nice_encode::container;
use nice_encode::container::file_type::FileType;
use serde_json::{Value, json};

use crate::output;

/// The arguments of `nicec info`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  nicec info decoder.nicem
  nicec info photo.nice --json")]
pub(crate) struct Args {
    /// Decoder models (.nicem), encoders (.nicee) and images (.nice), or folders of them; - is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Print the contents as JSON: an object, or an array for several files
    #[arg(long)]
    json: bool,
}

/// A line of the output: the key in JSON, the label, the value, and its unit.
type Line = (&'static str, &'static str, Value, &'static str);

/// Runs `nicec info`.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    if let [path] = &args.files[..]
        && !path.is_dir()
    {
        let lines = contents(path)?;
        if args.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&object(lines))?)?;
        } else {
            print(lines, out)?;
        }
        return Ok(());
    }
    let is_of_nice = |path: &Path| {
        let endings = ["nice", "nicem", "nicee"];
        let ending = path.extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| endings.contains(&ending))
    };
    let (mut objects, mut failed) = (Vec::new(), Vec::new());
    for path in &args.files {
        let listing = folder::list_kind(path, "files of NICE", "nice, nicem, nicee", is_of_nice)?;
        failed.extend(listing.unreadable.iter().map(ToString::to_string));
        for path in listing.pictures {
            let mut lines = match contents(&path) {
                Ok(lines) => lines,
                Err(error) => {
                    failed.push(message::of_error(&error));
                    continue;
                }
            };
            let shown = output::shown(&path);
            if args.json {
                lines.insert(0, ("path", "path", json!(shown), ""));
                objects.push(object(lines));
            } else {
                writeln!(out, "{}:", message::one_line(&shown))?;
                print(lines, out)?;
                writeln!(out)?;
            }
        }
    }
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&objects)?)?;
    }
    if !failed.is_empty() {
        bail!(
            "{} of the files failed; {}",
            failed.len(),
            failed.join("; ")
        );
    }
    Ok(())
}

/// The contents of a file.
fn contents(path: &Path) -> Result<Vec<Line>> {
    let bytes = output::read(path)?;
    let shown = output::shown(path);
    let path = Path::new(&shown);
    match FileType::of(&bytes) {
        Some(FileType::Model) => model(&bytes, path),
        Some(FileType::Encoder) => encoder(&bytes, path),
        Some(FileType::Image) => image(&bytes, path),
        None if bytes.is_empty() => bail!("{shown} is empty"),
        None => bail!(
            "{shown} is not a NICE file: neither a decoder model (.nicem), nor an encoder (.nicee), nor an image (.nice)"
        ),
    }
}

/// Contents as JSON.
fn object(lines: Vec<Line>) -> serde_json::Map<String, Value> {
    lines
        .into_iter()
        .map(|(key, _, value, _)| (key.to_owned(), value))
        .collect()
}

/// Prints contents for a person.
fn print(lines: Vec<Line>, out: &mut dyn Write) -> Result<()> {
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
