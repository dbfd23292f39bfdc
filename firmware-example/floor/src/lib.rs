//! A floor that reaches to the horizon, as a camera above it sees it, line after line: where on the floor the pixels of a
//! line lie, and how much haze is before them.
//!
//! That is what the Super Nintendo called its mode 7: within a line of the picture the floor is only turned and scaled, so
//! from one pixel to the next it takes two additions. Only the angle is a floating-point number, everything after it is in
//! fixed point, so the host sees the same floor as the device.
#![no_std]

use micromath::F32Ext;

/// Bits below the point of all lengths.
const POINT: u32 = 16;

/// From here on, in texels, nothing but haze is seen.
const FAR: i64 = 640;

/// The haze at the horizon, red, green and blue.
const HAZE: [u8; 3] = [236, 214, 178];

/// The sky at the upper edge.
const SKY: [u8; 3] = [58, 96, 160];

/// A camera above the floor, looking along it.
#[derive(Clone, Copy, Debug)]
pub struct Camera {
    /// Where it is, in texels with [`POINT`] bits below the point.
    place: [i64; 2],
    /// How far above the floor, the same.
    height: i64,
    /// Where it looks, a vector as long as one texel.
    ahead: [i64; 2],
    /// The picture's width and height in pixels.
    size: [i64; 2],
}

/// A line of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Above the horizon: all of it has this colour.
    Sky([u8; 3]),
    /// Below the horizon.
    Floor(Floor),
}

/// A line of the floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floor {
    /// Where the next pixel lies, in texels with [`POINT`] bits below the point.
    at: [i32; 2],
    /// How far it is from one pixel to the next.
    step: [i32; 2],
    /// How much haze there is, of 256.
    haze: u32,
}

impl Camera {
    /// A camera `height` texels above the texel at `place`, looking to where `angle` points, in radians to the right of
    /// where lines of texels have smaller numbers, with a picture of `size` pixels.
    #[must_use]
    pub fn new(place: [i16; 2], height: u8, angle: f32, size: [u16; 2]) -> Self {
        let one = (1_u32 << POINT) as f32;
        Self {
            place: place.map(|texels| i64::from(texels) << POINT),
            height: i64::from(height) << POINT,
            ahead: [angle.sin() * one, -angle.cos() * one].map(|length| length as i64),
            size: size.map(i64::from),
        }
    }

    /// Line `y` of the picture.
    #[must_use]
    pub fn line(&self, y: usize) -> Line {
        let [width, height] = self.size;
        let horizon = height * 3 / 8;
        let below = y as i64 - horizon;
        if below < 0 {
            let down = (256 * y as i64 / horizon.max(1)) as u32;
            return Line::Sky(mixed(SKY, HAZE, down));
        }
        // The picture is as wide as it is far from the eye, and the middle of a line is seen, half a pixel below its edge.
        let distance = self.height * width * 2 / (2 * below + 1);
        let [x, y] = self.ahead;
        let step = [-y, x].map(|right| (right * distance / width) >> POINT);
        let ahead = [x, y].map(|ahead| (ahead * distance) >> POINT);
        let left = [0, 1].map(|axis| self.place[axis] + ahead[axis] - step[axis] * (width / 2));
        let haze = (distance * 256 / (FAR << POINT)).min(256);
        Line::Floor(Floor {
            at: left.map(|length| length as i32),
            step: step.map(|length| length as i32),
            haze: haze as u32,
        })
    }
}

impl Floor {
    /// Goes on by one pixel: the column and the line of its texel, if it can be seen through the haze.
    #[inline]
    pub fn next(&mut self) -> Option<[i32; 2]> {
        let texel = self.at.map(|length| length >> POINT);
        self.at = [0, 1].map(|axis| self.at[axis].wrapping_add(self.step[axis]));
        (self.haze < 256).then_some(texel)
    }

    /// How a texel of this line looks through the haze, or the haze alone.
    #[inline]
    #[must_use]
    pub fn seen(&self, texel: Option<[u8; 3]>) -> [u8; 3] {
        texel.map_or(HAZE, |texel| mixed(texel, HAZE, self.haze))
    }
}

/// `part` of 256 parts of the second colour, the rest of the first.
#[inline]
fn mixed(first: [u8; 3], second: [u8; 3], part: u32) -> [u8; 3] {
    let mix = |channel: usize| {
        let (first, second) = (u32::from(first[channel]), u32::from(second[channel]));
        ((first * (256 - part) + second * part) >> 8) as u8
    };
    [mix(0), mix(1), mix(2)]
}

/// A colour in 16 bits: red in bits 15 to 11, green in 10 to 5, blue in 4 to 0.
#[inline]
#[must_use]
pub fn rgb565([r, g, b]: [u8; 3]) -> u16 {
    u16::from(r >> 3) << 11 | u16::from(g >> 2) << 5 | u16::from(b >> 3)
}

/// The cameras of the demonstration, for pictures of `width` x `height` pixels: it looks around.
pub fn tour(width: usize, height: usize) -> impl Iterator<Item = Camera> {
    let size = [width as u16, height as u16];
    // Narrow pictures would otherwise see the floor from too near.
    let above = if width < 200 { 56 } else { 40 };
    (0..4).map(move |step| Camera::new([128, 250 - 40 * step], above, f32::from(step) * 0.45, size))
}
