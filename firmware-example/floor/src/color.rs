//! Colors: red, green and blue, 0 to 255.

/// The fog at the horizon.
pub(crate) const FOG: [u8; 3] = [236, 214, 178];

/// The sky at the upper edge of the frame.
pub(crate) const SKY: [u8; 3] = [58, 96, 160];

/// Blends two colors: `part` of 256 parts of the second one, the rest of the first one.
#[inline]
pub(crate) fn blend(first: [u8; 3], second: [u8; 3], part: u32) -> [u8; 3] {
    let blended = |channel: usize| {
        let (first, second) = (u32::from(first[channel]), u32::from(second[channel]));
        ((first * (256 - part) + second * part) >> 8) as u8
    };
    [blended(0), blended(1), blended(2)]
}

/// A color in 16 bits: red in bits 11 to 15, green in bits 5 to 10, blue in bits 0 to 4.
#[inline]
#[must_use]
pub fn rgb565([r, g, b]: [u8; 3]) -> u16 {
    u16::from(r >> 3) << 11 | u16::from(g >> 2) << 5 | u16::from(b >> 3)
}
