//! Pictures that are turned, cropped and joined by their latents alone: without decoding, and without loss.
//!
//! A codebook uses its codewords in all orientations, so a turned picture consists of turned blocks, each with the orientation bits of its
//! stages changed. A turned image decodes to the turned picture, to the bit. Only deblocking, which rounds and goes over vertical edges
//! first, can make a difference of one level beside an edge, and of a few where four blocks meet.

use anyhow::{Context, Result, bail, ensure};
use nice_decode::format::Stage;
use nice_decode::{AdaptiveLatent, BLOCK_SIDE, Image, Latent, Layout, ModelId, Orientation};

use crate::block;
use crate::container;
use crate::latents::Latents;

/// The side of a block.
const SIDE: u32 = BLOCK_SIDE as u32;

/// The latents of a picture, as they lie on the grid.
#[derive(Clone, Debug)]
pub struct BlockGrid {
    width: u32,
    height: u32,
    model: ModelId,
    layout: Layout,
    /// The latents in raster order.
    latents: Vec<AdaptiveLatent>,
}

/// How pictures are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Each to the right of the one before.
    Right,
    /// Each below the one before.
    Below,
}

impl BlockGrid {
    /// The blocks of an image.
    pub fn new(image: &Image<'_>) -> Self {
        Self {
            width: image.width(),
            height: image.height(),
            model: image.model_id(),
            layout: image.layout(),
            latents: image.latents().collect(),
        }
    }

    /// The width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// The height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The model that the latents are for.
    pub fn model(&self) -> ModelId {
        self.model
    }

    /// The bytes of an image file.
    ///
    /// # Errors
    ///
    /// When latents have more lengths than an image can have.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let latents = match self.layout {
            Layout::Fixed => {
                let fixed: Vec<Latent> = self.latents.iter().map(|latent| latent.fixed()).collect();
                Latents::Fixed(fixed)
            }
            _ => Latents::Adaptive(self.latents.clone()),
        };
        container::image::to_bytes(self.width, self.height, self.model, &latents)
    }

    /// The picture in another orientation, for a codebook with these stages. A flip moves the last blocks of a line or column to the
    /// beginning, so they must be whole; with `trim`, those that are not are left out.
    ///
    /// # Errors
    ///
    /// When blocks that are not whole would move, or the stages do not have the bits for the orientation.
    pub fn turned(&self, stages: &[Stage], orientation: Orientation, trim: bool) -> Result<Self> {
        let (mut width, mut height) = (self.width, self.height);
        for (flips, side, name) in [
            (orientation.flips_horizontally(), &mut width, "width"),
            (orientation.flips_vertically(), &mut height, "height"),
        ] {
            if flips && !side.is_multiple_of(SIDE) {
                ensure!(
                    trim,
                    "its {name} of {side} pixels is not a multiple of 8, so that blocks which are cut off would move to the other side; \
                     leave them out with --trim"
                );
                *side -= *side % SIDE;
            }
        }
        let trimmed = self.cropped(0, 0, width, height)?;
        let (columns, rows) = (block::along(width), block::along(height));
        let (to_width, to_height) = match orientation.transposes() {
            true => (height, width),
            false => (width, height),
        };
        let (to_columns, to_rows) = (block::along(to_width), block::along(to_height));
        let mut latents = Vec::with_capacity(trimmed.latents.len());
        for y in 0..to_rows {
            for x in 0..to_columns {
                let (mut x, mut y) = if orientation.transposes() {
                    (y, x)
                } else {
                    (x, y)
                };
                if orientation.flips_horizontally() {
                    x = columns - 1 - x;
                }
                if orientation.flips_vertically() {
                    y = rows - 1 - y;
                }
                let latent = trimmed.latents[y * columns + x];
                latents.push(turned_latent(latent, stages, orientation)?);
            }
        }
        Ok(Self {
            width: to_width,
            height: to_height,
            latents,
            ..trimmed
        })
    }

    /// The part of the picture that begins in column `x` and line `y`, which are on the grid.
    ///
    /// # Errors
    ///
    /// When the part is empty, does not begin on the grid, or is not within the picture.
    pub fn cropped(&self, x: u32, y: u32, width: u32, height: u32) -> Result<Self> {
        let fits = |start: u32, length: u32, side: u32| {
            length > 0 && start.checked_add(length).is_some_and(|end| end <= side)
        };
        ensure!(
            fits(x, width, self.width) && fits(y, height, self.height),
            "{width} x {height} pixels at ({x}, {y}) are not within its {} x {} pixels",
            self.width,
            self.height
        );
        ensure!(
            x.is_multiple_of(SIDE) && y.is_multiple_of(SIDE),
            "({x}, {y}) is not on the grid of blocks; give multiples of 8, such as ({}, {})",
            x - x % SIDE,
            y - y % SIDE
        );
        let columns = block::along(self.width);
        let first = (x / SIDE) as usize;
        let rows = (y / SIDE) as usize..(y / SIDE) as usize + block::along(height);
        let latents = rows.flat_map(|row| {
            let row = &self.latents[row * columns + first..];
            row[..block::along(width)].iter().copied()
        });
        Ok(Self {
            width,
            height,
            latents: latents.collect(),
            ..self.clone()
        })
    }

    /// Pictures side by side, or one below the other. If one of them is in the adaptive layout, so is the result.
    ///
    /// # Errors
    ///
    /// When there are none, they do not fit together, or they are for different models.
    pub fn joined(grids: &[Self], direction: Direction) -> Result<Self> {
        let (first, rest) = grids.split_first().context("there are no images to join")?;
        let mut joined = first.clone();
        for grid in rest {
            joined.append(grid, direction)?;
        }
        Ok(joined)
    }

    fn append(&mut self, next: &Self, direction: Direction) -> Result<()> {
        ensure!(
            self.model == next.model,
            "they are for the different models {} and {}",
            self.model,
            next.model
        );
        let (along, across, side, other_side) = match direction {
            Direction::Right => (self.width, "height", self.height, next.height),
            Direction::Below => (self.height, "width", self.width, next.width),
        };
        ensure!(
            side == other_side,
            "they do not have the same {across}: {side} and {other_side} pixels"
        );
        ensure!(
            along.is_multiple_of(SIDE),
            "an image that is not the last one has {along} pixels in that direction, which is not a multiple of 8"
        );
        if next.layout != Layout::Fixed {
            self.layout = next.layout;
        }
        let too_large = "the joined image would be too large";
        match direction {
            Direction::Below => {
                self.height = self.height.checked_add(next.height).context(too_large)?;
                self.latents.extend_from_slice(&next.latents);
            }
            Direction::Right => {
                let (columns, more) = (block::along(self.width), block::along(next.width));
                self.width = self.width.checked_add(next.width).context(too_large)?;
                let rows = self.latents.chunks(columns).zip(next.latents.chunks(more));
                self.latents = rows.flat_map(|(row, next)| [row, next].concat()).collect();
            }
        }
        Ok(())
    }
}

/// The latent of a turned block.
fn turned_latent(
    latent: AdaptiveLatent,
    stages: &[Stage],
    orientation: Orientation,
) -> Result<AdaptiveLatent> {
    let mut bits = latent
        .to_bytes()
        .iter()
        .rev()
        .fold(0_u128, |bits, &byte| bits << 8 | u128::from(byte));
    let mut offset = 0;
    for (number, stage) in stages.iter().enumerate() {
        if offset >= latent.length() {
            break;
        }
        // The orientation follows the bit for negation, which the base does not have.
        let at = offset + usize::from(number > 0);
        let mask = (1_u128 << stage.orientation_bits) - 1;
        let before = Orientation::from_bits((bits >> at & mask) as u8);
        let after = u128::from(before.then(orientation).bits());
        if after > mask {
            bail!(
                "a stage of its model has only {} orientation bits",
                stage.orientation_bits
            );
        }
        bits = bits & !(mask << at) | after << at;
        offset += usize::from(stage.bits);
    }
    let bytes = bits.to_le_bytes();
    let bytes = bytes.first_chunk().expect("12 of 16 bytes");
    Ok(AdaptiveLatent::new(bytes, latent.length()))
}
