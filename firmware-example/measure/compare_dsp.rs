//! Compares the instructions of `nice-dsp` with what they mean in plain Rust, over thousands of different words, and logs the
//! checksum of the blocks of a network. Where the processor has no such instructions only the second shows anything.
#![no_std]
#![no_main]

use core::hint::black_box;

use board::{entry, exit};
use defmt::println;
use firmware_example::{MODEL, PICTURE, or_exit};
use nice_decode::{Decoder, Image, crc32};
use nice_dsp::pixels::{self, SCALES, WORDS};
use nice_dsp::{plain, turns};

/// Runs the demonstration.
#[entry]
fn main() -> ! {
    let mut words = Words(1);
    for _ in 0..4096 {
        instructions(words.next(), words.next(), words.next());
    }
    for _ in 0..1024 {
        rows(&mut words);
    }
    for _ in 0..256 {
        blocks(&mut words);
    }
    for _ in 0..64 {
        turns(&mut words);
    }
    println!("every instruction means what it should");
    network();
    exit(true)
}

/// Words that look random: those of a linear congruential generator, the high half of each from another step.
struct Words(u32);

impl Words {
    fn next(&mut self) -> u32 {
        let mut half = || {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            self.0 >> 16
        };
        let word = half() << 16 | half();
        // Sums and products overflow only at the ends of the range.
        match half() % 8 {
            0 => 0x8000_8000,
            1 => 0x7FFF_8000 ^ (word & 0x00FF_00FF),
            2 => word & 0xFF00_00FF,
            _ => word,
        }
    }
}

/// Compares each instruction.
fn instructions(x: u32, y: u32, z: u32) {
    let (x, y, z) = (black_box(x), black_box(y), black_box(z));
    assert_eq!(
        nice_dsp::smlad(x, y, z as i32),
        plain::smlad(x, y, z as i32)
    );
    assert_eq!(nice_dsp::sxtb16(x), plain::sxtb16(x));
    assert_eq!(nice_dsp::sxtb16_ror8(x), plain::sxtb16_ror8(x));
    assert_eq!(nice_dsp::sxtab16(x, y), plain::sxtab16(x, y));
    assert_eq!(nice_dsp::sxtab16_ror8(x, y), plain::sxtab16_ror8(x, y));
    assert_eq!(nice_dsp::uxtab16(x, y), plain::uxtab16(x, y));
    assert_eq!(nice_dsp::uxtab16_ror8(x, y), plain::uxtab16_ror8(x, y));
    assert_eq!(nice_dsp::usat16::<0>(x), plain::usat16::<0>(x));
    assert_eq!(nice_dsp::usat16::<8>(x), plain::usat16::<8>(x));
    assert_eq!(nice_dsp::usat16::<15>(x), plain::usat16::<15>(x));
    assert_eq!(nice_dsp::sadd16(x, y), plain::sadd16(x, y));
    assert_eq!(nice_dsp::ssub16(x, y), plain::ssub16(x, y));
    assert_eq!(nice_dsp::shadd16(x, y), plain::shadd16(x, y));
    assert_eq!(nice_dsp::shsub16(x, y), plain::shsub16(x, y));
}

/// Compares rows of weights, of all lengths, at all addresses, with weights that end too early among them.
fn rows(words: &mut Words) {
    let mut numbers = [[0; 2]; 20];
    let mut weights = [0; 80 * 8 + 3];
    let mut biases = [[0; 4]; 8];
    numbers.fill_with(|| [words.next(), words.next()]);
    weights.fill_with(|| words.next() as u8);
    biases.fill_with(|| words.next().to_le_bytes());
    let mut at_most = |most: usize| words.next() as usize % (most + 1);
    let (count, stride, sums) = (at_most(20), at_most(80), at_most(8));
    let (from, less) = (at_most(3), at_most(1) * at_most(8));
    let to = (from + 80 * 8).min(from + stride * sums) - less.min(stride * sums);
    let (numbers, weights) = (black_box(&numbers[..count]), black_box(&weights[from..to]));
    let (mut found, mut expected) = ([-1; 8], [-1; 8]);
    nice_dsp::rows(numbers, weights, stride, &biases, &mut found[..sums]);
    plain::rows(numbers, weights, stride, &biases, &mut expected[..sums]);
    assert_eq!(found, expected);

    let mut found = [[0x7FFF_8000; 2]; 20];
    let mut expected = found;
    let (one, other) = weights.split_at(weights.len() / 2);
    nice_dsp::add_two(&mut found[..count], one, other);
    plain::add_two(&mut expected[..count], one, other);
    assert_eq!(found, expected);
}

/// A function that writes a block in a format, and the same in plain Rust.
type Writes = fn(&[u32; WORDS], &[u32; WORDS], &[u32; SCALES], &mut [u8], usize) -> bool;

/// What writes a block in which format, and how many bytes a line takes.
const FORMATS: [(Writes, Writes, usize); 6] = [
    (pixels::rgb888, plain::rgb888, 24),
    (pixels::bgr888, plain::bgr888, 24),
    (pixels::xrgb8888, plain::xrgb8888, 32),
    (pixels::rgb565_le, plain::rgb565_le, 16),
    (pixels::rgb565_be, plain::rgb565_be, 16),
    (pixels::bgr555_le, plain::bgr555_le, 16),
];

/// Compares blocks of pixels in all formats, at all addresses, also where there is no room for them.
fn blocks(words: &mut Words) {
    let (mut base, mut sums) = ([0; WORDS], [0; WORDS]);
    base.fill_with(|| words.next());
    sums.fill_with(|| words.next());
    let gain = (words.next() & 0xFF) >> (words.next() % 8);
    let mut scale = [0; SCALES];
    scale.fill_with(|| words.next() & 0x00FF_00FF);
    // Offsets that leave colours between 0 and 255 some of the time.
    for offset in &mut scale[4..] {
        *offset = nice_dsp::ssub16(words.next() & 0x03FF_03FF, 0x0200_0200);
    }
    scale[0] = gain;
    for (found_by, expected_by, line) in FORMATS {
        let stride = line - 1 + words.next() as usize % 6;
        let from = words.next() as usize % 4;
        let to = (from + 7 * stride + line - 1 + words.next() as usize % 4).min(ROOM);
        let (mut found, mut expected) = ([0xAA; ROOM], [0xAA; ROOM]);
        let (base, sums, scale) = black_box((&base, &sums, &scale));
        let wrote = found_by(base, sums, scale, &mut found[from..to], stride);
        let writes = expected_by(base, sums, scale, &mut expected[from..to], stride);
        assert_eq!(wrote, writes);
        assert!(found == expected);
    }
}

/// Room for all that blocks are written to.
const ROOM: usize = 8 * 40;

/// Compares blocks turned in all ways, and multiplied and added, by any factor.
fn turns(words: &mut Words) {
    let (mut row, mut before) = ([0; WORDS], [0; WORDS]);
    row.fill_with(|| words.next());
    before.fill_with(|| words.next());
    for turns in 0..16 {
        let (row, turns) = black_box((&row, turns));
        let (factor, start) = (words.next(), words.next());
        let (mut found, mut expected) = (before, before);
        turns::copy(&mut found, row, turns);
        plain::copy(&mut expected, row, turns);
        assert!(found == expected);
        let (mut found, mut expected) = (before, before);
        turns::set(&mut found, row, turns, factor, start);
        plain::set(&mut expected, row, turns, factor, start);
        assert!(found == expected);
        let (mut found, mut expected) = (before, before);
        turns::add(&mut found, row, turns, factor);
        plain::add(&mut expected, row, turns, factor);
        assert!(found == expected);
    }
}

/// Decodes all blocks of a picture that was made with a network.
fn network() {
    let decoder = or_exit(Decoder::from_bytes(MODEL));
    let image = or_exit(Image::from_bytes(PICTURE));
    let mut blocks = [0; 192 * 18];
    for (latent, block) in image.latents().iter().zip(blocks.as_chunks_mut().0) {
        decoder.block(latent, block);
    }
    println!(
        "{=usize} blocks of a network, checksum {=u32:08x}",
        image.blocks(),
        crc32(&blocks)
    );
}
