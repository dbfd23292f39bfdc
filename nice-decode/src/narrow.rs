//! How the rows of a codebook become the tones of a block where registers have 32 bits and memory is little.
//!
//! Everything is done with two samples in a word, a quarter of a block at a time: four lines of four samples. A row is turned
//! as it is read, so nothing has to be moved afterwards.

use crate::block::BLOCK;
use crate::format::{CHROMA_SAMPLES, LUMA_SAMPLES, ROW_BYTES};
use crate::tones::{Four, LOWER, ONES, Tones};

/// Whether the processor reads a word from any address with one instruction. Nothing tells a program; of the Arm processors
/// those cannot that cannot compare and swap either, but for one. All this decides is how fast a row is read.
const READS_ANYWHERE: bool = cfg!(any(
    all(target_arch = "arm", target_has_atomic = "32"),
    target_arch = "x86",
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "wasm32",
));

/// A row, or a sum of rows, as quarters: the four of the luma, left above, right above, left below, right below, and the two
/// chroma planes.
#[derive(Clone, Copy)]
pub(crate) struct Turned {
    luma: [Quarter; 4],
    chroma: [Quarter; 2],
}

impl Turned {
    /// A sum of nothing.
    pub(crate) const ZERO: Self = Self {
        luma: [[0; 4]; 4],
        chroma: [[0; 4]; 2],
    };

    /// Takes the place of what was there with a row turned: bit 1 of `turns` turns it upside down, bit 2 left to right, and
    /// bit 3 transposes it after that.
    #[inline(never)]
    pub(crate) fn set(&mut self, row: &[u8; ROW_BYTES], turns: u32) {
        self.put::<true>(row, turns, 0);
    }

    /// Adds a row turned, and before that negated if bit 0 of `turns` says so.
    #[inline(never)]
    pub(crate) fn add(&mut self, row: &[u8; ROW_BYTES], turns: u32) {
        self.put::<false>(row, turns, 0_u32.wrapping_sub(turns & 1));
    }

    /// Adds a row turned, or if it is the `FIRST` takes its place.
    #[inline(always)]
    fn put<const FIRST: bool>(&mut self, row: &[u8; ROW_BYTES], turns: u32, negated: u32) {
        match turns >> 1 & 7 {
            0 => self.put_turned::<false, false, false, FIRST>(row, negated),
            1 => self.put_turned::<true, false, false, FIRST>(row, negated),
            2 => self.put_turned::<false, true, false, FIRST>(row, negated),
            3 => self.put_turned::<true, true, false, FIRST>(row, negated),
            4 => self.put_turned::<false, false, true, FIRST>(row, negated),
            5 => self.put_turned::<true, false, true, FIRST>(row, negated),
            6 => self.put_turned::<false, true, true, FIRST>(row, negated),
            _ => self.put_turned::<true, true, true, FIRST>(row, negated),
        }
    }

    /// As [`put`](Self::put), for one way to turn.
    #[inline(always)]
    fn put_turned<
        const UPSIDE_DOWN: bool,
        const MIRRORED: bool,
        const TRANSPOSED: bool,
        const FIRST: bool,
    >(
        &mut self,
        row: &[u8; ROW_BYTES],
        negated: u32,
    ) {
        let words = row.as_chunks::<4>().0;
        for quarter in 0..4 {
            let (mut down, mut right) = (quarter / 2, quarter % 2);
            if TRANSPOSED {
                (down, right) = (right, down);
            }
            down ^= usize::from(UPSIDE_DOWN);
            right ^= usize::from(MIRRORED);
            let start = 4 * (BLOCK / 4) * down + right;
            let at = |line: usize| &words[(start + BLOCK / 4 * line) % 16];
            let lines = [at(0), at(1), at(2), at(3)];
            let turned = turned::<UPSIDE_DOWN, MIRRORED, TRANSPOSED>(lines, negated);
            put::<FIRST>(&mut self.luma[quarter % 4], turned);
        }
        for plane in 0..2 {
            let start = (LUMA_SAMPLES + plane * CHROMA_SAMPLES) / 4;
            let at = |line: usize| &words[(start + line) % 24];
            let lines = [at(0), at(1), at(2), at(3)];
            let turned = turned::<UPSIDE_DOWN, MIRRORED, TRANSPOSED>(lines, negated);
            put::<FIRST>(&mut self.chroma[plane % 2], turned);
        }
    }
}

/// Adds to a quarter, or takes its place.
#[inline(always)]
fn put<const FIRST: bool>(sums: &mut Quarter, quarter: Quarter) {
    for (sum, line) in sums.iter_mut().zip(quarter) {
        // Nothing is carried from half to half: a sum has at most 12 bits.
        *sum = if FIRST { line } else { sum.wrapping_add(line) };
    }
}

/// Four lines of four numbers. Of each line, the numbers in columns 0 and 2 are in the halves of the low word, those in
/// columns 1 and 3 in the halves of the high word; both words are loaded and stored by one instruction.
type Quarter = [u64; 4];

/// A line of a quarter.
#[inline(always)]
const fn line(even: u32, odd: u32) -> u64 {
    even as u64 | (odd as u64) << 32
}

/// What a block is decoded in. It need not be new for every block.
pub(crate) struct Work {
    pub(crate) base: Turned,
    pub(crate) sums: Turned,
    pub(crate) tones: Tones,
}

impl Work {
    /// Nothing decoded yet.
    pub(crate) const NEW: Self = Self {
        base: Turned::ZERO,
        sums: Turned::ZERO,
        tones: Tones::NONE,
    };
}

/// Four lines of four samples turned, two samples to a word.
#[inline(always)]
fn turned<const UPSIDE_DOWN: bool, const MIRRORED: bool, const TRANSPOSED: bool>(
    lines: [&[u8; 4]; 4],
    negated: u32,
) -> Quarter {
    let [a, b, c, d] = if UPSIDE_DOWN {
        let [a, b, c, d] = lines;
        [d, c, b, a]
    } else {
        lines
    };
    if READS_ANYWHERE {
        let [a, b, c, d] = [a, b, c, d].map(|line| u32::from_le_bytes(*line) ^ negated);
        let even = |word: u32| word & LOWER;
        let odd = |word: u32| word >> 8 & LOWER;
        if TRANSPOSED {
            // Pairs of columns: samples of the lines a and c, and of b and d, side by side.
            let (ac, bd) = (a & 0xFFFF | c << 16, b & 0xFFFF | d << 16);
            let (ac_right, bd_right) = (a >> 16 | c & 0xFFFF_0000, b >> 16 | d & 0xFFFF_0000);
            let columns = [
                line(even(ac), even(bd)),
                line(odd(ac), odd(bd)),
                line(even(ac_right), even(bd_right)),
                line(odd(ac_right), odd(bd_right)),
            ];
            reversed_if::<MIRRORED>(columns)
        } else if MIRRORED {
            [a, b, c, d].map(|word| line(even(word.rotate_right(24)), even(word.rotate_right(16))))
        } else {
            [a, b, c, d].map(|word| line(even(word), odd(word)))
        }
    } else {
        let negated = negated & LOWER;
        let pair = |low: u8, high: u8| (u32::from(low) | u32::from(high) << 16) ^ negated;
        if TRANSPOSED {
            let column = |x: usize| line(pair(a[x % 4], c[x % 4]), pair(b[x % 4], d[x % 4]));
            let columns = [column(0), column(1), column(2), column(3)];
            reversed_if::<MIRRORED>(columns)
        } else if MIRRORED {
            [a, b, c, d].map(|of| line(pair(of[3], of[1]), pair(of[2], of[0])))
        } else {
            [a, b, c, d].map(|of| line(pair(of[0], of[2]), pair(of[1], of[3])))
        }
    }
}

/// The lines in reverse order, if they have to be.
#[inline(always)]
const fn reversed_if<const REVERSED: bool>([a, b, c, d]: Quarter) -> Quarter {
    if REVERSED { [d, c, b, a] } else { [a, b, c, d] }
}

/// How the sum of the residual rows becomes tones, for one base row.
///
/// It is the arithmetic of [`codebook`](crate::codebook), with what is rounded shifted so that the point lies in the middle
/// of a word, where the integers of two words can be put together at once.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    /// The bits below the point.
    pub(crate) shift: u32,
    /// What the sum is multiplied by: the gain, or the gain below zero if all rows in the sum are the other way round.
    pub(crate) factor: u32,
    /// What is added to that, half a one for the rounding not included.
    pub(crate) start: u32,
    /// By how much that can grow.
    pub(crate) range: u32,
}

impl Scale {
    /// How the sum of so many rows is scaled with a gain, if the sum is that of the rows as they are picked, or of all of
    /// them `negated`.
    #[inline(always)]
    pub(crate) fn new(shift: u8, gain: u8, rows: usize, negated: bool) -> Self {
        let gain = u32::from(gain);
        let range = gain.wrapping_mul(255).wrapping_mul(rows as u32);
        let start = 0_u32.wrapping_sub(range >> 1);
        Self {
            shift: u32::from(shift),
            factor: if negated {
                0_u32.wrapping_sub(gain)
            } else {
                gain
            },
            start: if negated {
                start.wrapping_add(range)
            } else {
                start
            },
            range,
        }
    }

    /// What a base row and the sum of the residual rows look like.
    #[inline(always)]
    pub(crate) fn tones(self, base: &Turned, sums: &Turned, tones: &mut Tones) {
        let Self {
            shift,
            factor,
            start,
            range,
        } = self;
        let half = 1_u32.wrapping_shl(shift.wrapping_sub(1));
        let one = half.wrapping_mul(2);
        let start = start.wrapping_add(half);
        if range.wrapping_add(one) <= 0x1_0000 {
            // Both products fit into their halves of a word, if they are made not to be below zero by as many ones.
            let above = (range >> 1)
                .wrapping_add(half)
                .wrapping_sub(1)
                .wrapping_shr(shift);
            let start = start
                .wrapping_add(above.wrapping_shl(shift))
                .wrapping_mul(ONES);
            let integers = 0xFFFF_u32.wrapping_shr(shift).wrapping_mul(ONES);
            light(&mut tones.lines, base, sums, |sums| {
                let scaled = sums.wrapping_mul(factor).wrapping_add(start);
                scaled.wrapping_shr(shift) & integers
            });
            self.colours(base, sums, above, &mut tones.lines);
        } else {
            let to_middle = 16_u32.wrapping_sub(shift);
            let factor = factor.wrapping_shl(to_middle);
            let start = start.wrapping_shl(to_middle);
            light(&mut tones.lines, base, sums, |sums| {
                let scaled = |sum: u32| sum.wrapping_mul(factor).wrapping_add(start);
                both(scaled(sums & 0xFFFF), scaled(sums >> 16))
            });
            self.colours(base, sums, 0, &mut tones.lines);
        }
    }

    /// The colours, less what the light has too much.
    #[inline(always)]
    fn colours(self, base: &Turned, sums: &Turned, above: u32, lines: &mut [[Four; 2]; 8]) {
        let to_middle = 14_u32.wrapping_sub(self.shift);
        let (second_factor, second_start) = (
            self.factor.wrapping_shl(to_middle),
            self.start.wrapping_shl(to_middle).wrapping_sub(128 << 16),
        );
        let to_middle = to_middle.wrapping_add(1);
        let half = 0x8000_u32.wrapping_sub(above << 16);
        let (first_factor, first_start) = (
            self.factor.wrapping_shl(to_middle),
            self.start
                .wrapping_shl(to_middle)
                .wrapping_sub(128 << 16)
                .wrapping_add(half),
        );
        let halves = half.wrapping_mul(2);
        // Half a one is in the first from the beginning.
        let place = |first: [u32; 2], second: [u32; 2]| -> [u32; 3] {
            let c = first[1]
                .wrapping_mul(first_factor)
                .wrapping_add(first[0].wrapping_add(first_start));
            let h = second[1]
                .wrapping_mul(second_factor)
                .wrapping_add(second[0].wrapping_add(second_start));
            [
                c.wrapping_sub(h),
                half.wrapping_add(h.wrapping_mul(2)),
                halves.wrapping_sub(c.wrapping_add(h)),
            ]
        };
        let lines = lines.as_chunks_mut::<2>().0.iter_mut();
        let base = base.chroma[0].iter().zip(&base.chroma[1]);
        let sums = sums.chroma[0].iter().zip(&sums.chroma[1]);
        for ([above, below], (base, sums)) in lines.zip(base.zip(sums)) {
            let low = |i: u32| {
                let at = |base: u64, sums: u64| {
                    [(base >> i) as u32 & 0xFFFF, (sums >> i) as u32 & 0xFFFF]
                };
                let ([base_1, sum_1], [base_2, sum_2]) =
                    (at(*base.0, *sums.0), at(*base.1, *sums.1));
                place([base_1 << 16, sum_1], [base_2 << 16, sum_2])
            };
            let high = |i: u32| {
                let at = |base: u64, sums: u64| {
                    [(base >> i) as u32 & 0xFFFF_0000, (sums >> i) as u32 >> 16]
                };
                place(at(*base.0, *sums.0), at(*base.1, *sums.1))
            };
            let sides = [[low(0), low(32)], [high(0), high(32)]];
            for ((above, below), [even, odd]) in above.iter_mut().zip(below).zip(sides) {
                let colours = [0, 1, 2].map(|i| both(even[i % 3], odd[i % 3]));
                above.colours = colours;
                below.colours = colours;
            }
        }
    }
}

/// The light of all pixels.
#[inline(always)]
fn light(lines: &mut [[Four; 2]; 8], base: &Turned, sums: &Turned, scaled: impl Fn(u32) -> u32) {
    for (y, sides) in lines.iter_mut().enumerate() {
        for (side, four) in sides.iter_mut().enumerate() {
            let quarter = y / 4 * 2 + side;
            let base = base.luma[quarter % 4][y % 4];
            let sums = sums.luma[quarter % 4][y % 4];
            let light = |i: u32| ((base >> i) as u32).wrapping_add(scaled((sums >> i) as u32));
            four.light = [light(0), light(32)];
        }
    }
}

/// The integers of two numbers that have 16 bits below the point, as `low + (high << 16)`.
#[inline(always)]
const fn both(low: u32, high: u32) -> u32 {
    (high & 0xFFFF_0000).wrapping_add((low as i32 >> 16) as u32)
}
