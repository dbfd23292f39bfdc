//! What the displays of the boards have to show, worked out on the host.

use anyhow::{Context, Result};
use floor::{Line, rgb565};
use nice_decode::{Decoder, Image, Rgb565Le, models};
use pictures::Shown;

use crate::frame::Frame;
use crate::machine::Machine;

/// The model and the pictures that a board shows.
pub fn shown(machine: &Machine) -> Shown {
    if machine.small {
        pictures::small(models::S)
    } else {
        pictures::large(models::M)
    }
}

/// The frames of the slideshow: the pictures, decoded on the host.
pub fn slideshow(shown: &Shown) -> Result<Vec<(String, Frame)>> {
    let decoder = Decoder::from_bytes(shown.model)?;
    let mut frames = Vec::new();
    for slide in shown.slides {
        let image = Image::from_bytes(slide.file)?;
        let (width, height) = (image.width() as usize, image.height() as usize);
        let mut bytes = vec![0; 2 * width * height];
        decoder
            .open(&image)?
            .region::<Rgb565Le>(image.region(), &mut bytes, 2 * width)?;
        let pixels = bytes.as_chunks().0.iter();
        let pixels = pixels.map(|pixel| u16::from_le_bytes(*pixel)).collect();
        frames.push((
            slide.name.to_str()?.to_owned(),
            Frame {
                width,
                height,
                pixels,
            },
        ));
    }
    frames.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(frames)
}

/// The frames of the renderer on a display of this size: the floor, every texel decoded alone.
pub fn renderer(shown: &Shown, width: usize, height: usize) -> Result<Vec<(String, Frame)>> {
    let decoder = Decoder::from_bytes(shown.model)?;
    let image = Image::from_bytes(shown.floor)?;
    let picture = decoder.open(&image)?;
    let texel = |[x, y]: [i32; 2]| {
        let inside = |at: i32, side: u32| at.rem_euclid(side as i32) as u32;
        picture
            .texel(inside(x, image.width()), inside(y, image.height()))
            .context("a texel is outside of the floor")
    };
    let mut frames = Vec::new();
    for (number, camera) in floor::tour(width, height).enumerate() {
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            match camera.line(y) {
                Line::Sky(colour) => pixels.extend([rgb565(colour)].repeat(width)),
                Line::Floor(mut line) => {
                    for _ in 0..width {
                        let texel = line.next().map(texel).transpose()?;
                        pixels.push(rgb565(line.seen(texel)));
                    }
                }
            }
        }
        let frame = Frame {
            width,
            height,
            pixels,
        };
        frames.push((format!("floor-{number}"), frame));
    }
    Ok(frames)
}

/// The checksum of all blocks of the demo picture, as `decode` logs it.
pub fn checksum(shown: &Shown) -> Result<u32> {
    let decoder = Decoder::from_bytes(shown.model)?;
    let image = Image::from_bytes(shown.demo)?;
    let mut blocks = crc32fast::Hasher::new();
    let mut block = [0; 192];
    for latent in image.latents() {
        decoder.block(latent, &mut block);
        blocks.update(&block);
    }
    Ok(blocks.finalize())
}

/// How many blocks the picture of the network has, and their checksum, as `same` logs them.
pub fn network() -> Result<(usize, u32)> {
    let decoder = Decoder::from_bytes(include_bytes!("../../model.nicem"))?;
    let image = Image::from_bytes(include_bytes!("../../picture.nice"))?;
    let mut blocks = crc32fast::Hasher::new();
    let mut block = [0; 192];
    for latent in image.latents() {
        decoder.block(latent, &mut block);
        blocks.update(&block);
    }
    Ok((image.blocks(), blocks.finalize()))
}
