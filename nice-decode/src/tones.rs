//! The light and the colours of a block, two to a word, and how they become pixels where registers have 32 bits.

use core::array;

/// Four lines of four numbers, two to a word: those in columns 0 and 2 of a line in the low and the high half of its first
/// word, those in columns 1 and 3 in its second.
pub(crate) type Quarter = [[u32; 2]; 4];

/// The red, green and blue of some pixels, each two to a word as in a [`Quarter`].
pub(crate) type Colours = [u32; 3];

/// The low byte of both halves of a word.
pub(crate) const LOWER: u32 = 0x00FF_00FF;

/// Both halves of a word one.
pub(crate) const ONES: u32 = 0x0001_0001;

/// The high byte of both halves of a word.
const UPPER: u32 = 0xFF00_FF00;

/// The light and the colours of a block, from which every pixel is a light plus the colour of its 2 x 2 pixels, clamped.
///
/// Two numbers share a word as `low + (high << 16)`, so that a low number below zero borrows from the high one. The sum of two
/// words is then that of both numbers; where both of it are 0 to 255 nothing is borrowed any more.
pub struct Tones {
    /// The light of the pixels, a quarter of the block after another: left above, right above, left below, right below. It
    /// has something added to it that the colours have taken away.
    pub(crate) light: [Quarter; 4],
    /// What each 2 x 2 pixels add to their light, line after line, for the left four columns and the right four. The number
    /// for the two columns more to the left is the low one.
    pub(crate) colours: [[Colours; 2]; 4],
}

impl Tones {
    /// Tones of nothing in particular.
    pub(crate) const NONE: Self = Self {
        light: [[[0; 2]; 4]; 4],
        colours: [[[0; 3]; 2]; 4],
    };

    /// Writes the block's pixels to 8 lines, each `stride` bytes after the one before it, as `four` makes four pixels of a
    /// line: from its line in the block, its first column, and the samples in columns 0 and 2 of these four and in columns
    /// 1 and 3.
    ///
    /// Lines for which there is no room are left out.
    #[inline(always)]
    pub(crate) fn write<const FOUR: usize>(
        &self,
        lines: &mut [u8],
        stride: usize,
        four: impl Fn(usize, usize, Colours, Colours) -> [u8; FOUR],
    ) {
        let mut lines = lines.chunks_mut(stride.max(1));
        for (y, colours) in self.colours.iter().enumerate() {
            let quarters = &self.light.as_chunks::<2>().0[y / 2];
            for y in [2 * y, 2 * y + 1] {
                let Some([left, right]) = lines
                    .next()
                    .and_then(|line| line.as_chunks_mut::<FOUR>().0.first_chunk_mut::<2>())
                else {
                    return;
                };
                put(y, 0, &quarters[0][y % 4], &colours[0], left, &four);
                put(y, 4, &quarters[1][y % 4], &colours[1], right, &four);
            }
        }
    }
}

/// Writes four pixels of a line, from their light and what is added to it.
#[inline(always)]
fn put<const FOUR: usize>(
    y: usize,
    x: usize,
    light: &[u32; 2],
    colours: &Colours,
    out: &mut [u8; FOUR],
    four: impl Fn(usize, usize, Colours, Colours) -> [u8; FOUR],
) {
    let [even, odd] = sums(light, colours);
    // One look at all of them, since there is seldom something to clamp.
    let all = even[0] | even[1] | even[2] | odd[0] | odd[1] | odd[2];
    if all & UPPER == 0 {
        *out = four(y, x, even, odd);
    } else {
        put_clamped(y, x, light, colours, out, four);
    }
}

/// As [`put`], where something has to be clamped. Apart from it, so that only this takes the time for it.
#[cold]
#[inline(never)]
fn put_clamped<const FOUR: usize>(
    y: usize,
    x: usize,
    light: &[u32; 2],
    colours: &Colours,
    out: &mut [u8; FOUR],
    four: impl Fn(usize, usize, Colours, Colours) -> [u8; FOUR],
) {
    let [even, odd] = sums(light, colours).map(|sums| {
        sums.map(|pair| {
            let low = i32::from(pair as i16);
            let high = pair.wrapping_sub(low as u32) as i32 >> 16;
            (high.clamp(0, 255) as u32) << 16 | low.clamp(0, 255) as u32
        })
    });
    *out = four(y, x, even, odd);
}

/// The samples of four pixels, not clamped.
#[inline(always)]
fn sums(light: &[u32; 2], colours: &Colours) -> [Colours; 2] {
    light.map(|light| colours.map(|colour| light.wrapping_add(colour)))
}

/// Twelve bytes of four pixels: first, second and third sample of each in turn.
#[inline(always)]
pub(crate) fn triples(
    [first_even, second_even, third_even]: Colours,
    [first_odd, second_odd, third_odd]: Colours,
) -> [u8; 12] {
    let start = first_even | second_even << 8;
    let middle = third_even | first_odd << 8;
    let end = second_odd | third_odd << 8;
    let words = [
        start & 0xFFFF | middle << 16,
        end & 0xFFFF | start & 0xFFFF_0000,
        middle >> 16 | end & 0xFFFF_0000,
    ];
    bytes(words)
}

/// Sixteen bytes of four pixels: blue, green, red, zero of each in turn.
#[inline(always)]
pub(crate) fn words([r_even, g_even, b_even]: Colours, [r_odd, g_odd, b_odd]: Colours) -> [u8; 16] {
    let (bg_even, bg_odd) = (b_even | g_even << 8, b_odd | g_odd << 8);
    bytes([
        bg_even & 0xFFFF | r_even << 16,
        bg_odd & 0xFFFF | r_odd << 16,
        bg_even >> 16 | r_even & 0xFFFF_0000,
        bg_odd >> 16 | r_odd & 0xFFFF_0000,
    ])
}

/// Four numbers of two bytes in the order of their columns.
#[inline(always)]
pub(crate) fn halves(even: u32, odd: u32) -> [u8; 8] {
    bytes([even & 0xFFFF | odd << 16, even >> 16 | odd & 0xFFFF_0000])
}

/// The bytes of some words, the lowest of each first.
#[inline(always)]
pub(crate) fn bytes<const WORDS: usize, const BYTES: usize>(words: [u32; WORDS]) -> [u8; BYTES] {
    array::from_fn(|i| words[i / 4 % WORDS].wrapping_shr(8 * (i as u32 % 4)) as u8)
}
