//! `nicec encode`: encodes pictures of any format as `.nice` images.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use nice_data::picture_file::{self, Opened};
use nice_data::{Resize, folder, message, progress};
use nice_decode::format::stage_ends;
use nice_decode::{Image, Layout, Model};
use nice_encode::container::encoder_network;
use nice_encode::container::file_type::FileType;
use nice_encode::decode::decode_image;
use nice_encode::measure::{megapixels_per_second, timed};
use nice_encode::psnr::PooledError;
use nice_encode::{Encoder, block, container, needs_encoder_network, pretrained};
use serde::Serialize;

use crate::batch::{Batch, BatchArgs, Job};
use crate::output::{self, Inputs};
use crate::reading::ReadArgs;
use crate::search::{SearchArgs, Tune};

/// The arguments of `nicec encode`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  nicec encode photo.jpg -o photo.nice
  nicec encode photo.jpg -o photo.nice --bpp 0.4 --effort 4
  nicec encode texture.png -m s -o texture.nice --fixed
  nicec encode photo.png -m runs/demo/decoder.nicem -o photo.nice
  nicec encode photographs/ more.jpg --resize 320x240 -o images/

A block gets as many bits as it needs, so that the file has at most 0.75 bits per pixel, or what --bpp or --quality requests. \
With --fixed, and with a network, every block has 48 bits at a known offset in the file.

The models xs, s and m are part of the program. Encoding with a network also needs the encoder (.nicee) that was trained with it; \
it must be beside the model: X.nicee beside X.nicem, or encoder.nicee beside decoder.nicem. Decoding does not need it.")]
pub(crate) struct Args {
    /// The pictures to encode, or folders of them: PNG, JPEG, WebP, TIFF and many other formats; - is standard input
    #[arg(value_name = "IN", required = true)]
    inputs: Vec<PathBuf>,

    /// The decoder model to encode for: a file (.nicem), or xs, s or m; m by default
    #[arg(short, long, value_name = "MODEL")]
    model: Option<PathBuf>,

    /// The image (.nice) to write, or a folder for several; - is standard output
    #[arg(short, long, value_name = "OUT.nice|DIR")]
    output: PathBuf,

    /// Make the picture smaller or larger first: so that it fits into W x H pixels, or N percent of its sides
    #[arg(long, value_name = "WxH|N%")]
    resize: Option<Resize>,

    #[command(flatten)]
    search: SearchArgs,

    #[command(flatten)]
    reading: ReadArgs,

    #[command(flatten)]
    batch: BatchArgs,

    /// Print a report as JSON
    #[arg(long)]
    json: bool,
}

/// The report of `nicec encode --json`.
#[derive(Serialize)]
struct Report {
    input: String,
    output: String,
    width: u32,
    height: u32,
    blocks: usize,
    bytes: usize,
    bpp: f64,
    layout: String,
    /// The number of blocks with latents of each length.
    lengths: Vec<BlocksOfLength>,
    /// The PSNR of the picture as it is decoded, not deblocked, in dB; infinite (`null` in JSON) without any error.
    psnr_db: f64,
    effort: u32,
    tune: Tune,
    seconds: f64,
    mpixel_per_s: f64,
    /// What a person should know about how the picture was read and encoded.
    notes: Vec<String>,
}

/// The number of blocks whose latents have a length.
#[derive(Serialize)]
struct BlocksOfLength {
    /// The length in bits.
    bits: usize,
    /// The number of stages that have these bits; none for a network.
    stages: Option<usize>,
    /// The number of blocks.
    blocks: usize,
}

/// The report of `nicec encode --json` about several pictures.
#[derive(Serialize)]
struct Reports {
    encoded: Vec<Report>,
    failed: Vec<String>,
}

/// Runs `nicec encode`.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let path = args.model.as_deref();
    let model = pretrained::read(path)?;
    let mut memory = Vec::new();
    let encoder = Encoder::load(&model, path)?.expanded(&mut memory);
    let network = match path {
        Some(path) if needs_encoder_network(&model) => Some(encoder_network::find_beside(path)?),
        _ => None,
    };
    let batch = Batch::new(&args.inputs, &args.output, "nice", folder::list)?;
    let inputs = batch.jobs.iter().map(|job| job.input.as_path());
    let inputs = Inputs::new(inputs.chain(path).chain(network.as_deref()));

    let to = (output::IMAGE, &inputs, &args.batch);
    let results = batch.write("encoding", to, out, |job| {
        let picture = read(job, args)?;
        if batch.single().is_none() {
            return encode(job, picture, &encoder, args, &|_| {});
        }
        let bar = progress::bar(block::count(&picture.picture) as u64, "encoding");
        let encoded = encode(job, picture, &encoder, args, &|blocks| bar.inc(blocks));
        bar.finish_and_clear();
        encoded
    })?;
    let failed = results.check();
    let messages = &mut batch.messages(out);
    if args.json {
        let text = match &results.done[..] {
            [report] if batch.single().is_some() => serde_json::to_string_pretty(report)?,
            _ => serde_json::to_string_pretty(&Reports {
                encoded: results.done,
                failed: results.failed,
            })?,
        };
        writeln!(messages, "{text}")?;
    } else if !args.batch.quiet {
        for report in &results.done {
            report.print(messages)?;
        }
    }
    failed
}

/// Reads the picture to encode, and resizes it if that is requested.
fn read(job: &Job, args: &Args) -> Result<Opened> {
    let name = output::shown(&job.input);
    let bytes = output::read(&job.input)?;
    if let Some(found) = FileType::of(&bytes) {
        bail!("{name} is a NICE {found}, but a picture to encode is needed");
    }
    let mut opened = picture_file::open_bytes(&bytes, &name, &args.reading.options())?;
    if let Some(resize) = args.resize {
        opened.picture = resize.apply(opened.picture)?;
    }
    Ok(opened)
}

/// Encodes a picture: the report, and the bytes of the image.
fn encode(
    job: &Job,
    opened: Opened,
    encoder: &Encoder<'_>,
    args: &Args,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(Report, Vec<u8>)> {
    let picture = opened.picture;
    let (latents, time) =
        timed(|| encoder.encode_picture_with(&picture, &args.search.options(), progress));
    let (width, height) = (picture.width(), picture.height());
    let bytes = container::image::to_bytes(width, height, encoder.model().id(), &latents)
        .with_context(|| format!("cannot encode {}", output::shown(&job.input)))?;
    let image = Image::from_bytes(&bytes)?;
    let decoded = decode_image(encoder.model(), &image, false)?;
    let bpp = container::image::bits_per_pixel(&image, bytes.len());
    let mut notes = opened.notes;
    notes.extend(unreached(args.search.bpp, encoder.model(), &image, bpp));
    let report = Report {
        input: output::shown(&job.input),
        output: job.output.display().to_string(),
        width,
        height,
        blocks: latents.blocks(),
        bytes: bytes.len(),
        bpp,
        layout: image.layout().to_string(),
        lengths: blocks_of_lengths(encoder.model(), &image),
        psnr_db: PooledError::between(picture.rgb(), decoded.rgb()).psnr(),
        effort: args.search.effort,
        tune: args.search.tune,
        seconds: time.as_secs_f64(),
        mpixel_per_s: megapixels_per_second(picture.pixels(), time),
        notes,
    };
    Ok((report, bytes))
}

impl Report {
    /// Prints the report for a person.
    fn print(&self, out: &mut dyn Write) -> Result<()> {
        writeln!(
            out,
            "{}: {} x {}, {} blocks, {} bytes, {:.3} bits per pixel ({} layout), {:.2} dB; {:.2} s, {:.2} Mpixel/s",
            message::one_line(&self.output),
            self.width,
            self.height,
            self.blocks,
            self.bytes,
            self.bpp,
            self.layout,
            self.psnr_db,
            self.seconds,
            self.mpixel_per_s,
        )?;
        for note in &self.notes {
            let input = message::one_line(&self.input);
            writeln!(out, "note: {input}: {}", message::one_line(note))?;
        }
        Ok(())
    }
}

/// The number of blocks whose latents have each length.
fn blocks_of_lengths(model: &Model<'_>, image: &Image<'_>) -> Vec<BlocksOfLength> {
    let ends: Vec<usize> = stage_ends(model.stages()).collect();
    image
        .lengths()
        .map(usize::from)
        .map(|bits| BlocksOfLength {
            bits,
            stages: ends
                .iter()
                .position(|&end| end == bits)
                .map(|last| last + 1),
            blocks: image
                .latents()
                .filter(|latent| latent.length() == bits)
                .count(),
        })
        .collect()
}

/// A note if the requested bits per pixel are out of reach.
fn unreached(
    requested: Option<f64>,
    model: &Model<'_>,
    image: &Image<'_>,
    reached: f64,
) -> Option<String> {
    let requested = requested.filter(|_| image.layout() == Layout::Adaptive)?;
    let shortest = stage_ends(model.stages()).next();
    let is_smallest = image.lengths().all(|bits| Some(bits.into()) == shortest);
    if reached > requested && !is_smallest {
        Some(format!(
            "the picture is so small that with its header the file has more than {requested} bits per pixel"
        ))
    } else if reached > requested {
        Some(format!(
            "{requested} bits per pixel are not possible with this model; this is the smallest file"
        ))
    } else if reached < 0.99 * requested {
        Some(format!(
            "{requested} bits per pixel are not possible with this model; this is the largest file below"
        ))
    } else {
        None
    }
}
