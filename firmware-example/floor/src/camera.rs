//! The camera: where each line of the frame lies on the floor.

use micromath::F32Ext;

use crate::color::{FOG, SKY, blend};
use crate::line::{FRACTION_BITS, FloorLine, Line};

/// The distance in texels beyond which only fog is visible.
const VISIBLE_DISTANCE: i64 = 640;

/// A camera above the floor that looks towards the horizon.
#[derive(Clone, Copy, Debug)]
pub struct Camera {
    /// The position on the floor. All lengths are in texels with [`FRACTION_BITS`] fraction bits.
    position: [i64; 2],
    /// The height above the floor.
    height: i64,
    /// The viewing direction, a vector of one texel.
    direction: [i64; 2],
    /// The width and height of the frame in pixels.
    frame: [i64; 2],
    /// The highest mip level.
    levels: usize,
}

/// The areas in texels from which on the mip level is 1, 2 and 3: halfway, as a factor, between those of the texels of two levels.
const LEVEL_AREAS: [i64; 3] = [2, 8, 32];

impl Camera {
    /// A camera `height` texels above the texel at `position`, for frames of `frame` pixels. It looks in the direction `angle`,
    /// in radians: 0 is towards line 0 of the texture, and positive angles are to the right of that.
    #[must_use]
    pub fn new(position: [i16; 2], height: u8, angle: f32, frame: [u16; 2]) -> Self {
        let one = (1_u32 << FRACTION_BITS) as f32;
        Self {
            position: position.map(|texels| i64::from(texels) << FRACTION_BITS),
            height: i64::from(height) << FRACTION_BITS,
            direction: [angle.sin() * one, -angle.cos() * one].map(|length| length as i64),
            frame: frame.map(i64::from),
            levels: 0,
        }
    }

    /// The same camera for a texture that is there in all of its mip levels, up to 1/8 of its size: far away, where a pixel covers many
    /// texels, their means are seen.
    #[must_use]
    pub const fn with_mip_levels(mut self) -> Self {
        self.levels = LEVEL_AREAS.len();
        self
    }

    /// Line `y` of the frame.
    #[must_use]
    pub fn line(&self, y: usize) -> Line {
        let [width, height] = self.frame;
        let horizon = height * 3 / 8;
        let below = y as i64 - horizon;
        if below < 0 {
            let fog = (256 * y as i64 / horizon.max(1)) as u32;
            return Line::Sky(blend(SKY, FOG, fog));
        }
        // The distance from the eye to the frame equals the width of the frame. A line is sampled at its center, half a pixel
        // below its upper edge.
        let distance = self.height * width * 2 / (2 * below + 1);
        let [x, y] = self.direction;
        let step = [-y, x].map(|right| (right * distance / width) >> FRACTION_BITS);
        let ahead = [x, y].map(|ahead| (ahead * distance) >> FRACTION_BITS);
        let left = [0, 1].map(|axis| self.position[axis] + ahead[axis] - step[axis] * (width / 2));
        // The area on the floor that a pixel covers, in texels: as wide as the step, as high as the distance to the next line.
        let wide = distance / width;
        let high = distance * 2 / (2 * below + 1);
        let area = (wide * high) >> (2 * FRACTION_BITS);
        let areas = LEVEL_AREAS.iter().take(self.levels);
        let level = areas.filter(|&&from| area >= from).count();
        let fog = (distance * 256 / (VISIBLE_DISTANCE << FRACTION_BITS)).min(256);
        Line::Floor(FloorLine {
            position: left.map(|length| length as i32),
            step: step.map(|length| length as i32),
            fog: fog as u32,
            level: level as u32,
        })
    }
}

/// The cameras of the demonstration, one after the other, for frames of `width` x `height` pixels.
pub fn cameras(width: usize, height: usize) -> impl Iterator<Item = Camera> {
    let frame = [width as u16, height as u16];
    // In a narrow frame the floor would otherwise look too close.
    let above = if width < 200 { 56 } else { 40 };
    (0..4)
        .map(move |step| Camera::new([128, 250 - 40 * step], above, f32::from(step) * 0.45, frame))
}
