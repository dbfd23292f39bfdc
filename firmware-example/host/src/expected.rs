//! The frames and checksums that boards and consoles must produce, computed on the host.

use std::fmt::Write;

use anyhow::{Context, Result, ensure};
use floor::{Camera, Line, rgb565};
use nice_decode::{
    AdaptiveLatent, Bgr555Le, Decoder, Image, Model, PixelFormat, Rgb565Le, Scale, pretrained,
};
use pictures::Assets;

use crate::console::Console;
use crate::frame::Frame;
use crate::machine::Machine;

/// The image that the consoles show.
static PICTURE: &[u8] = include_bytes!("../../pictures/gba/lake.nice");

/// The assets of a board.
pub fn assets(machine: &Machine) -> Assets {
    if machine.small {
        pictures::small(pretrained::S)
    } else {
        pictures::large(pretrained::M)
    }
}

/// The slideshow.
#[derive(Clone, Debug)]
pub struct Slideshow {
    /// The lines of its log, except for measurements.
    pub log: String,
    /// Its frames, sorted by name.
    pub frames: Vec<(String, Frame)>,
}

/// The slideshow on a display of this size. It follows from the pictures, which may be replaced, so it has no log file.
pub fn slideshow(assets: &Assets, width: usize, height: usize) -> Result<Slideshow> {
    show(assets, assets.slides, width, height)
}

/// The pictures on the card, one after another.
pub fn card(assets: &Assets, width: usize, height: usize) -> Result<Slideshow> {
    show(assets, assets.card_pictures, width, height)
}

/// Some pictures on a display of this size.
fn show(
    assets: &Assets,
    pictures: &[(&str, &[u8])],
    width: usize,
    height: usize,
) -> Result<Slideshow> {
    let model = Model::from_bytes(assets.model)?;
    let mut log = String::new();
    let mut frames = Vec::new();
    for (name, file) in pictures {
        let image = Image::from_bytes(file)?;
        let (image_width, image_height) = (image.width() as usize, image.height() as usize);
        ensure!(
            image_width <= width && image_height <= height,
            "the image {name} is larger than the display"
        );
        // In the middle of a black display.
        let mut bytes = vec![0; 2 * width * height];
        let (x, y) = ((width - image_width) / 2, (height - image_height) / 2);
        let lines = &mut bytes[2 * (y * width + x)..];
        Decoder::new(&model, &image)?.region::<Rgb565Le>(image.region(), lines, 2 * width)?;
        writeln!(
            log,
            "image of {image_width} x {image_height} pixels in {} blocks, {:?} layout, encoded for model {}",
            image.blocks(),
            image.layout(),
            image.model_id()
        )?;
        let checksum = crc32fast::hash(&bytes);
        writeln!(
            log,
            "{name}: {width} x {height} pixels, checksum {checksum:08x}"
        )?;
        let pixels = bytes.as_chunks().0.iter();
        let pixels = pixels.map(|pixel| u16::from_le_bytes(*pixel)).collect();
        let frame = Frame {
            width,
            height,
            pixels,
        };
        frames.push(((*name).to_owned(), frame));
    }
    frames.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(Slideshow { log, frames })
}

/// An image in a format of two bytes per pixel, low byte first.
fn decoded<F: PixelFormat>(model: &Model<'_>, image: &Image<'_>) -> Result<Frame> {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let mut bytes = vec![0; 2 * width * height];
    Decoder::new(model, image)?.region::<F>(image.region(), &mut bytes, 2 * width)?;
    let pixels = bytes.as_chunks().0.iter();
    Ok(Frame {
        width,
        height,
        pixels: pixels.map(|pixel| u16::from_le_bytes(*pixel)).collect(),
    })
}

/// What a console shows: the picture, and black around it.
pub fn console(console: Console) -> Result<Frame> {
    let model = Model::from_bytes(pretrained::M)?;
    let picture = decoded::<Bgr555Le>(&model, &Image::from_bytes(PICTURE)?)?;
    let (width, height) = console.screen;
    let (left, top) = console.picture;
    let mut pixels = vec![0; width * height];
    for (y, line) in picture.pixels.chunks(picture.width).enumerate() {
        pixels[(top + y) * width + left..][..line.len()].copy_from_slice(line);
    }
    Ok(Frame {
        width,
        height,
        pixels,
    })
}

/// The frames of the renderer on a display of this size, with every texel decoded on its own.
pub fn renderer(machine: &Machine, width: usize, height: usize) -> Result<Vec<(String, Frame)>> {
    let floor = Floor::new(&assets(machine))?;
    let cameras = floor::cameras(width, height).enumerate();
    cameras
        .map(|(number, camera)| {
            // The cache of small boards has no room for mip levels.
            let camera = if machine.small {
                camera
            } else {
                camera.with_mip_levels()
            };
            let pixels = (0..height).map(|y| floor.line(&camera, y, width));
            let pixels: Vec<Vec<[u8; 3]>> = pixels.collect::<Result<_>>()?;
            let frame = Frame {
                width,
                height,
                pixels: pixels.concat().into_iter().map(rgb565).collect(),
            };
            Ok((format!("floor-{number}"), frame))
        })
        .collect()
}

/// How much a sample of the far floor changes on average, 0 to 255, when the camera goes on by a texel: with mip levels, and without.
pub fn flicker(machine: &Machine, width: usize, height: usize) -> Result<[f64; 2]> {
    let floor = Floor::new(&assets(machine))?;
    let frame = [width as u16, height as u16];
    let mut changes = [0.0; 2];
    for (change, mip_levels) in changes.iter_mut().zip([true, false]) {
        let mut before = Vec::new();
        let (mut sum, mut count) = (0_u64, 0_u64);
        for step in 0..16 {
            let camera = Camera::new([128, 250 - step], 40, 0.45, frame);
            let camera = if mip_levels {
                camera.with_mip_levels()
            } else {
                camera
            };
            // The upper quarter of the floor.
            let (horizon, end) = (height * 3 / 8, height * 17 / 32);
            let lines = (horizon..end).map(|y| floor.line(&camera, y, width));
            let samples: Vec<Vec<[u8; 3]>> = lines.collect::<Result<_>>()?;
            let samples = samples.concat();
            for (before, now) in before.as_flattened().iter().zip(samples.as_flattened()) {
                sum += u64::from(u8::abs_diff(*before, *now));
                count += 1;
            }
            before = samples;
        }
        *change = sum as f64 / count as f64;
    }
    Ok(changes)
}

/// The floor that the renderer shows.
struct Floor<'a>(Decoder<'a, 'a>);

impl Floor<'static> {
    /// The floor of a board.
    fn new(assets: &Assets) -> Result<Self> {
        let model = Model::from_bytes(assets.model)?;
        let image = Image::from_bytes(assets.floor)?;
        Ok(Self(Decoder::new(&model, &image)?))
    }

    /// A line of what a camera sees.
    fn line(&self, camera: &Camera, y: usize, width: usize) -> Result<Vec<[u8; 3]>> {
        let mut line = match camera.line(y) {
            Line::Sky(color) => return Ok(vec![color; width]),
            Line::Floor(line) => line,
        };
        let decoder = self.0.reduced(Scale::ALL[line.level()]);
        let texel = |[x, y]: [i32; 2]| {
            let repeat = |at: i32, side: u32| at.rem_euclid(side as i32) as u32;
            decoder
                .texel(repeat(x, decoder.width()), repeat(y, decoder.height()))
                .context("a texel is outside the texture")
        };
        (0..width)
            .map(|_| {
                let texel = line.next_texel().map(texel).transpose()?;
                Ok(line.with_fog(texel))
            })
            .collect()
    }
}

/// The checksums of all blocks of the demo image, and of a part of it in the adaptive layout, as `decode` logs them.
pub fn demo_checksums(assets: &Assets) -> Result<[u32; 2]> {
    let model = Model::from_bytes(assets.model)?;
    let checksum = |file| -> Result<u32> {
        let image = Image::from_bytes(file)?;
        Ok(checksum(&model, image.latents()))
    };
    Ok([checksum(assets.demo)?, checksum(assets.part)?])
}

/// The number of blocks of the test image, which is encoded for a network, and their checksum, as `compare_dsp` logs them.
pub fn network_checksum() -> Result<(usize, u32)> {
    let model = Model::from_bytes(include_bytes!(
        "../../../nice-decode/tests/data/model.nicem"
    ))?;
    let image = Image::from_bytes(include_bytes!("../../../nice-decode/tests/data/image.nice"))?;
    Ok((image.blocks(), checksum(&model, image.latents())))
}

/// The checksum of decoded blocks.
fn checksum(model: &Model<'_>, latents: impl Iterator<Item = AdaptiveLatent>) -> u32 {
    let mut checksum = crc32fast::Hasher::new();
    let mut block = [0; 192];
    for latent in latents {
        model.block(latent, &mut block);
        checksum.update(&block);
    }
    checksum.finalize()
}
