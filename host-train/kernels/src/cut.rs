//! Cuts blocks out of pictures, as samples and as coordinates.

use cubecl::prelude::*;
use nice_decode::BLOCK_SAMPLES;
use nice_encode::codebook::DIMENSIONS;
use nice_encode::codebook::coordinates::PART;

use crate::cubes::row;
use crate::orientation::{sign, transposed};

/// The number of units of a cube, one for each pixel of a block.
pub(crate) const UNITS: u32 = 64;

/// The number of chroma sites of a block.
const SITES: usize = 16;

/// How the samples of a block lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SampleLayout {
    /// The distance between two pixels of a line, in bytes.
    pub pixel: u32,
    /// The distance between two channels of a pixel, in bytes.
    pub channel: u32,
}

/// The samples of the pixel of this unit, from 0 to 255.
#[cube]
fn pixel(
    words: &Tensor<u32>,
    places: &Tensor<u32>,
    #[comptime] layout: SampleLayout,
) -> (f32, f32, f32) {
    let place = row() * 3;
    let first = places[place] + UNIT_POS / 8 * places[place + 1] + UNIT_POS % 8 * layout.pixel;
    let red = sample(words, first);
    let green = sample(words, first + layout.channel);
    let blue = sample(words, first + 2 * layout.channel);
    (red, green, blue)
}

#[cube]
fn sample(words: &Tensor<u32>, at: u32) -> f32 {
    f32::cast_from((words[(at / 4) as usize] >> (at % 4 * 8)) & 255)
}

/// A cube has one block.
#[cube(launch_unchecked)]
pub(crate) fn cut_samples(
    words: &Tensor<u32>,
    places: &Tensor<u32>,
    samples: &mut Tensor<f32>,
    #[comptime] layout: SampleLayout,
) {
    if row() >= places.shape(0) {
        terminate!();
    }
    let (red, green, blue) = pixel(words, places, layout);
    let scale = 1.0f32 / 255.0;
    let to = row() * BLOCK_SAMPLES + UNIT_POS as usize;
    samples[to] = red * scale;
    samples[to + 64] = green * scale;
    samples[to + 128] = blue * scale;
}

/// A cube has one block.
#[cube(launch_unchecked)]
pub(crate) fn cut_coordinates(
    words: &Tensor<u32>,
    places: &Tensor<u32>,
    coordinates: &mut Tensor<f32>,
    fine_chroma: &mut Tensor<f32>,
    #[comptime] layout: SampleLayout,
) {
    // Luma, then the two chroma planes of the sites, in the units of sums of samples.
    let mut planes = SharedMemory::<f32>::new(DIMENSIONS);
    // The chroma of the pixels.
    let mut first = SharedMemory::<f32>::new(comptime!(UNITS as usize));
    let mut second = SharedMemory::<f32>::new(comptime!(UNITS as usize));
    let mut errors = SharedMemory::<f32>::new(SITES);
    let unit = UNIT_POS as usize;
    let block = row();
    if block >= places.shape(0) {
        terminate!();
    }
    let (red, green, blue) = pixel(words, places, layout);
    planes[unit] = red + green + blue;
    first[unit] = red - blue;
    second[unit] = 2.0 * green - red - blue;
    sync_cube();
    if unit < SITES {
        let corner = unit / 4 * 16 + unit % 4 * 2;
        let (a, b, c, d) = (
            first[corner],
            first[corner + 1],
            first[corner + 8],
            first[corner + 9],
        );
        let sum = a + b + c + d;
        planes[64 + unit] = sum;
        // Chroma is orthogonal, and a unit of it changes the three samples by a squared length of 2 and 6.
        let error = (a * a + b * b + c * c + d * d - sum * sum / 4.0) / 2.0;
        let (a, b, c, d) = (
            second[corner],
            second[corner + 1],
            second[corner + 8],
            second[corner + 9],
        );
        let sum = a + b + c + d;
        planes[64 + SITES + unit] = sum;
        errors[unit] = error + (a * a + b * b + c * c + d * d - sum * sum / 4.0) / 6.0;
    }
    sync_cube();
    let orientation = places[block * 3 + 2];
    let mut at = unit;
    while at < DIMENSIONS {
        let part = at / PART;
        let within = at % PART;
        let luma = within < 16;
        // The plane, its side, and the scale that makes the coordinates orthonormal, with samples in 0..1.
        let plane = select(luma, 0, 64 + (within - select(luma, within, 16)) / 4 * 16);
        let side = select(luma, 8, 4);
        let half = side / 2;
        let place = select(luma, within, within % 4);
        let (y, x) = (place / half, place % half);
        let unit_length = select(luma, 3.0f32, select(within < 20, 8.0f32, 24.0f32));
        let scale = 0.5 / (255.0 * f32::sqrt(unit_length));
        let first_line = plane + y * side;
        let last_line = plane + (side - 1 - y) * side;
        let vertical = select(part % 2 == 0, 1.0f32, -1.0f32);
        let horizontal = select(part / 2 == 0, 1.0f32, -1.0f32);
        let above = planes[first_line + x] + horizontal * planes[first_line + side - 1 - x];
        let below = planes[last_line + x] + horizontal * planes[last_line + side - 1 - x];
        let value = (above + vertical * below) * scale;
        let to = select(orientation & 4 == 0, at, transposed(at));
        coordinates[block * DIMENSIONS + to] = sign(orientation & 7, at) * value;
        at += comptime!(UNITS as usize);
    }
    if unit == 0 {
        let mut sum = 0.0f32;
        for site in 0..SITES {
            sum += errors[site];
        }
        fine_chroma[block] = sum / (255.0 * 255.0);
    }
}
