//! Fits the filter of the borders between blocks by least squares, on training pictures as the model decodes them.

use anyhow::Result;
use nice_decode::format::Boundary;
use nice_decode::{BLOCK, Decoder, Image};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tools::coder::Coder;
use tools::decode::decode_picture;
use tools::picture::Picture;
use tools::picture_file;

/// Samples on each side of a border that are corrected.
const REACH: usize = BLOCK / 2;

/// Samples that are looked at.
const TAPS: usize = 2 * REACH;

/// Thresholds of the step at the border.
const STEPS: &[u8] = &[3, 7, 12, 20, 36];

/// Thresholds of the activity beside it.
const ACTIVITIES: &[u8] = &[4, 10, 20, 40, 80];

/// Bits of a coefficient below the point.
const SHIFT: u8 = 7;

/// Pictures that are looked at, and the longest side that is looked at of each.
const PICTURES: usize = 120;
const SIDE: u32 = 384;

/// The effort that they are encoded with.
const EFFORT: u32 = 1;

/// What is added to the squares of the samples, so that a class with few lines is left nearly as it is.
const RIDGE: f64 = 2000.0;

/// A fitted filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    maps: Vec<u8>,
}

impl Filter {
    /// The filter as it stands in a model.
    pub fn borrow(&self) -> Boundary<'_> {
        Boundary {
            steps: STEPS,
            activities: ACTIVITIES,
            shift: SHIFT,
            maps: &self.maps,
        }
    }
}

/// Sums for one class: of products of samples with each other, and with what the first samples lack.
#[derive(Clone)]
struct Sums {
    squares: [[f64; TAPS]; TAPS],
    targets: [[f64; TAPS]; REACH],
}

/// Fits the filter for a model without one; `None` if there are no pictures to fit it on, but blocks only.
pub fn fit(model: &[u8], pictures: &[Picture], seed: u64) -> Result<Option<Filter>> {
    if pictures.is_empty() {
        return Ok(None);
    }
    let coder = Coder::of_model(model)?;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut order: Vec<usize> = (0..pictures.len()).collect();
    order.shuffle(&mut random);
    let bar = tools::progress::bar(
        order.len().min(PICTURES) as u64,
        "fitting the filter of the borders",
    );
    let mut all = vec![empty(); (STEPS.len() + 1) * (ACTIVITIES.len() + 1)];
    for &index in order.iter().take(PICTURES) {
        let picture = &pictures[index];
        let (width, height) = (picture.width().min(SIDE), picture.height().min(SIDE));
        let x = random.random_range(0..=picture.width() - width);
        let y = random.random_range(0..=picture.height() - height);
        let picture = cut(picture, x, y, width, height)?;
        let decoded = coded(&coder, &picture)?;
        add_borders(&picture, &decoded, &mut all);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(Some(Filter {
        maps: all.iter().flat_map(|sums| rounded(&solve(sums))).collect(),
    }))
}

fn empty() -> Sums {
    Sums {
        squares: [[0.0; TAPS]; TAPS],
        targets: [[0.0; TAPS]; REACH],
    }
}

fn cut(picture: &Picture, x: u32, y: u32, width: u32, height: u32) -> Result<Picture> {
    let rgb = (y..y + height)
        .flat_map(|y| &picture.row(y)[3 * x as usize..3 * (x + width) as usize])
        .copied()
        .collect();
    Picture::new(width, height, rgb)
}

fn coded(coder: &Coder, picture: &Picture) -> Result<Picture> {
    let latents = coder.encode_picture(picture, EFFORT);
    let decoder: &Decoder = coder.decoder();
    let file = picture_file::to_bytes(picture.width(), picture.height(), decoder.id(), &latents)?;
    decode_picture(decoder, &Image::from_bytes(&file)?, false)
}

/// Adds all lines across all borders of a picture.
fn add_borders(picture: &Picture, decoded: &Picture, all: &mut [Sums]) {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let sample = |picture: &Picture, x: usize, y: usize, channel: usize| {
        picture.rgb()[(y * width + x) * 3 + channel]
    };
    let mut add = |place: &dyn Fn(usize) -> (usize, usize), channel: usize| {
        let read = |picture: &Picture| -> [u8; TAPS] {
            std::array::from_fn(|i| {
                let (x, y) = place(i);
                sample(picture, x, y, channel)
            })
        };
        add_line(&read(picture), &read(decoded), all);
    };
    for channel in 0..3 {
        for border in (BLOCK..width.saturating_sub(REACH - 1)).step_by(BLOCK) {
            for y in 0..height {
                add(&|i| (border - REACH + i, y), channel);
            }
        }
        for border in (BLOCK..height.saturating_sub(REACH - 1)).step_by(BLOCK) {
            for x in 0..width {
                add(&|i| (x, border - REACH + i), channel);
            }
        }
    }
}

/// Adds a line across a border, in both directions: the maps are the same backwards.
fn add_line(original: &[u8; TAPS], decoded: &[u8; TAPS], all: &mut [Sums]) {
    let sums = &mut all[class(decoded)];
    let mean = decoded.iter().map(|&s| f64::from(s)).sum::<f64>() / TAPS as f64;
    for backwards in [false, true] {
        let at = |i: usize| if backwards { TAPS - 1 - i } else { i };
        let samples: [f64; TAPS] = std::array::from_fn(|i| f64::from(decoded[at(i)]) - mean);
        for (row, a) in sums.squares.iter_mut().zip(samples) {
            for (sum, b) in row.iter_mut().zip(samples) {
                *sum += a * b;
            }
        }
        for (i, row) in sums.targets.iter_mut().enumerate() {
            let missing = f64::from(original[at(i)]) - f64::from(decoded[at(i)]);
            for (sum, b) in row.iter_mut().zip(samples) {
                *sum += missing * b;
            }
        }
    }
}

/// The class of a line, as in `FORMAT.md`.
fn class(samples: &[u8; TAPS]) -> usize {
    let difference = |i: usize| u16::from(samples[i].abs_diff(samples[i + 1]));
    let activity: u16 = [0, 1, 2, 4, 5, 6].into_iter().map(difference).sum();
    let at_least = |thresholds: &[u8], value: u16| {
        thresholds
            .iter()
            .filter(|&&from| value >= u16::from(from))
            .count()
    };
    at_least(STEPS, difference(3)) * (ACTIVITIES.len() + 1) + at_least(ACTIVITIES, activity)
}

/// What each of the first samples gets from all: least squares, by Gauss's elimination.
fn solve(sums: &Sums) -> [[f64; TAPS]; REACH] {
    let mut left = sums.squares;
    for (i, row) in left.iter_mut().enumerate() {
        row[i] += RIDGE;
    }
    let mut right: [[f64; REACH]; TAPS] =
        std::array::from_fn(|i| std::array::from_fn(|target| sums.targets[target][i]));
    for i in 0..TAPS {
        let (pivot, targets) = (left[i], right[i]);
        for j in i + 1..TAPS {
            let factor = left[j][i] / pivot[i];
            for (value, above) in left[j].iter_mut().zip(pivot) {
                *value -= factor * above;
            }
            for (value, above) in right[j].iter_mut().zip(targets) {
                *value -= factor * above;
            }
        }
    }
    let mut map = [[0.0; TAPS]; REACH];
    for (target, row) in map.iter_mut().enumerate() {
        for i in (0..TAPS).rev() {
            let rest: f64 = (i + 1..TAPS).map(|k| left[i][k] * row[k]).sum();
            row[i] = (right[i][target] - rest) / left[i][i];
        }
        // The samples were taken less their mean; taken as they are, the coefficients have to add up to nothing.
        let mean = row.iter().sum::<f64>() / TAPS as f64;
        row.iter_mut().for_each(|value| *value -= mean);
    }
    map
}

/// A map as bytes, each row of which adds up to nothing, so that a flat picture stays as it is.
fn rounded(map: &[[f64; TAPS]; REACH]) -> impl Iterator<Item = u8> + use<> {
    let unit = f64::from(1_u32 << SHIFT);
    map.map(|row| {
        let exact = row.map(|value| (value * unit).clamp(-120.0, 120.0));
        let mut bytes = exact.map(|value| value.round() as i32);
        let mut left: i32 = bytes.iter().sum();
        while left != 0 {
            let step = left.signum();
            // The one that is rounded furthest in the wrong direction gives way.
            let at = (0..TAPS)
                .max_by(|&a, &b| {
                    let wrong = |i: usize| f64::from(step) * (f64::from(bytes[i]) - exact[i]);
                    wrong(a).total_cmp(&wrong(b))
                })
                .expect("there are samples");
            bytes[at] -= step;
            left -= step;
        }
        bytes.map(|value| value as i8 as u8)
    })
    .into_iter()
    .flatten()
}
