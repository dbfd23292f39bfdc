//! The light and the colours of a block, two to a word, and how they become pixels where registers have 32 bits.

use core::array;

/// The red, green and blue of some pixels, each of two pixels to a word.
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
    /// Line after line, the left four pixels of a line and the right four.
    pub(crate) lines: [[Four; 2]; 8],
}

/// The light and the colours of four pixels of a line.
#[derive(Clone, Copy)]
pub(crate) struct Four {
    /// The light in columns 0 and 2 of these four, and in columns 1 and 3. It has something added to it that the colours
    /// have taken away.
    pub(crate) light: [u32; 2],
    /// What is added to that, for columns 0 and 1 in the low halves, and for columns 2 and 3 in the high ones.
    pub(crate) colours: Colours,
}

impl Tones {
    /// Tones of nothing in particular.
    pub(crate) const NONE: Self = Self {
        lines: [[Four {
            light: [0; 2],
            colours: [0; 3],
        }; 2]; 8],
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
        let mut start = 0_usize;
        for (y, [left, right]) in self.lines.iter().enumerate() {
            let Some([left_out, right_out]) = lines
                .get_mut(start..)
                .and_then(|line| line.as_chunks_mut::<FOUR>().0.first_chunk_mut::<2>())
            else {
                return;
            };
            start = start.wrapping_add(stride);
            put(y, 0, left, left_out, &four);
            put(y, 4, right, right_out, &four);
        }
    }
}

/// Writes four pixels of a line, from their light and what is added to it.
#[inline(always)]
fn put<const FOUR: usize>(
    y: usize,
    x: usize,
    tones: &Four,
    out: &mut [u8; FOUR],
    four: impl Fn(usize, usize, Colours, Colours) -> [u8; FOUR],
) {
    let [even, odd] = sums(tones);
    // One look at all of them, since there is seldom something to clamp.
    let all = even[0] | even[1] | even[2] | odd[0] | odd[1] | odd[2];
    if all & UPPER == 0 {
        *out = four(y, x, even, odd);
    } else {
        put_clamped(y, x, tones, out, four);
    }
}

/// As [`put`], where something has to be clamped. Apart from it, so that only this takes the time for it.
#[cold]
#[inline(never)]
fn put_clamped<const FOUR: usize>(
    y: usize,
    x: usize,
    tones: &Four,
    out: &mut [u8; FOUR],
    four: impl Fn(usize, usize, Colours, Colours) -> [u8; FOUR],
) {
    let [even, odd] = sums(tones).map(|sums| {
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
fn sums(Four { light, colours }: &Four) -> [Colours; 2] {
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

/// Four numbers of two bytes in the order of their columns, the low or the high byte of each first.
#[inline(always)]
pub(crate) fn halves(big_endian: bool, even: u32, odd: u32) -> [u8; 8] {
    if big_endian {
        let words = [odd & 0xFFFF | even << 16, odd >> 16 | even & 0xFFFF_0000];
        bytes(words.map(u32::swap_bytes))
    } else {
        bytes([even & 0xFFFF | odd << 16, even >> 16 | odd & 0xFFFF_0000])
    }
}

/// The bytes of some words, the lowest of each first.
#[inline(always)]
pub(crate) fn bytes<const WORDS: usize, const BYTES: usize>(words: [u32; WORDS]) -> [u8; BYTES] {
    array::from_fn(|i| words[i / 4 % WORDS].wrapping_shr(8 * (i as u32 % 4)) as u8)
}
