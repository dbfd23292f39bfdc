//! Compares `nice-dsp` with its portable definitions for thousands of different words, then logs the checksum of blocks that
//! are decoded with a network. On a processor without the instructions both are the same code, and only the checksum is a test.
#![no_std]
#![no_main]

use core::hint::black_box;

use board::{entry, exit};
use defmt::println;
use firmware_example::{CRC_32, IMAGE, SMALL_NETWORK, or_exit};
use nice_decode::{Image, Model};
use nice_dsp::pixels::GAIN_WORDS;
use nice_dsp::{BLOCK_WORDS, dense, orient, pixels, portable};

/// The words of a block.
type Block = [u32; BLOCK_WORDS];

/// Compares everything.
#[entry]
fn main() -> ! {
    println!("DSP instructions available: {=bool}", nice_dsp::AVAILABLE);
    let mut random = Random(1);
    for _ in 0..4096 {
        compare_instructions(random.word(), random.word(), random.word());
    }
    for _ in 0..1024 {
        compare_dense(&mut random);
    }
    for _ in 0..256 {
        compare_pixels(&mut random);
    }
    for _ in 0..64 {
        compare_orient(&mut random);
    }
    println!("all functions agree with their portable definitions");
    decode_with_network();
    exit(true)
}

/// Pseudo-random words from a linear congruential generator; each half of a word is the high half of a step.
struct Random(u32);

impl Random {
    /// The next word. Some are extreme, since sums and products overflow only at the ends of the range.
    fn word(&mut self) -> u32 {
        let mut half = || {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            self.0 >> 16
        };
        let word = half() << 16 | half();
        match half() % 8 {
            0 => 0x8000_8000,
            1 => 0x7FFF_8000 ^ (word & 0x00FF_00FF),
            2 => word & 0xFF00_00FF,
            _ => word,
        }
    }

    /// The words of a block.
    fn block(&mut self) -> Block {
        core::array::from_fn(|_| self.word())
    }

    /// A number up to `max`.
    fn up_to(&mut self, max: usize) -> usize {
        self.word() as usize % (max + 1)
    }
}

/// Compares each single instruction.
fn compare_instructions(x: u32, y: u32, z: u32) {
    let (x, y, z) = (black_box(x), black_box(y), black_box(z));
    assert_eq!(
        nice_dsp::smlad(x, y, z as i32),
        portable::smlad(x, y, z as i32)
    );
    assert_eq!(nice_dsp::sxtb16(x), portable::sxtb16(x));
    assert_eq!(nice_dsp::sxtb16_ror8(x), portable::sxtb16_ror8(x));
    assert_eq!(nice_dsp::sxtab16(x, y), portable::sxtab16(x, y));
    assert_eq!(nice_dsp::sxtab16_ror8(x, y), portable::sxtab16_ror8(x, y));
    assert_eq!(nice_dsp::uxtab16(x, y), portable::uxtab16(x, y));
    assert_eq!(nice_dsp::uxtab16_ror8(x, y), portable::uxtab16_ror8(x, y));
    assert_eq!(nice_dsp::usat16::<0>(x), portable::usat16::<0>(x));
    assert_eq!(nice_dsp::usat16::<8>(x), portable::usat16::<8>(x));
    assert_eq!(nice_dsp::usat16::<15>(x), portable::usat16::<15>(x));
    assert_eq!(nice_dsp::sadd16(x, y), portable::sadd16(x, y));
    assert_eq!(nice_dsp::ssub16(x, y), portable::ssub16(x, y));
    assert_eq!(nice_dsp::shadd16(x, y), portable::shadd16(x, y));
    assert_eq!(nice_dsp::shsub16(x, y), portable::shsub16(x, y));
}

/// Compares the loops of a dense layer: rows of all lengths, at all addresses, also with too few weights.
fn compare_dense(random: &mut Random) {
    let mut values = [[0; 2]; 20];
    let mut weights = [0; 80 * 8 + 3];
    let mut biases = [[0; 4]; 8];
    values.fill_with(|| [random.word(), random.word()]);
    weights.fill_with(|| random.word() as u8);
    biases.fill_with(|| random.word().to_le_bytes());
    let (count, stride, rows) = (random.up_to(20), random.up_to(80), random.up_to(8));
    let (from, missing) = (random.up_to(3), random.up_to(1) * random.up_to(8));
    let to = (from + 80 * 8).min(from + stride * rows) - missing.min(stride * rows);
    let (values, weights) = (black_box(&values[..count]), black_box(&weights[from..to]));
    let (mut found, mut expected) = ([-1; 8], [-1; 8]);
    dense::dot_rows(values, weights, stride, &biases, &mut found[..rows]);
    dense::portable::dot_rows(values, weights, stride, &biases, &mut expected[..rows]);
    assert_eq!(found, expected);

    let mut found = [[0x7FFF_8000; 2]; 20];
    let mut expected = found;
    let (first, second) = weights.split_at(weights.len() / 2);
    dense::add_rows(&mut found[..count], first, second);
    dense::portable::add_rows(&mut expected[..count], first, second);
    assert_eq!(found, expected);
}

/// A function that writes a block in a pixel format.
type WriteBlock = fn(&Block, &Block, &[u32; GAIN_WORDS], &mut [u8], usize) -> bool;

/// The functions for each pixel format, with their portable definitions and the bytes of a line.
const FORMATS: [(WriteBlock, WriteBlock, usize); 6] = [
    (pixels::rgb888, pixels::portable::rgb888, 24),
    (pixels::bgr888, pixels::portable::bgr888, 24),
    (pixels::xrgb8888, pixels::portable::xrgb8888, 32),
    (pixels::rgb565_le, pixels::portable::rgb565_le, 16),
    (pixels::rgb565_be, pixels::portable::rgb565_be, 16),
    (pixels::bgr555_le, pixels::portable::bgr555_le, 16),
];

/// The length of the buffer that blocks are written to.
const BUFFER: usize = 8 * 40;

/// Compares blocks in all pixel formats, at all addresses, also where the buffer is too short.
fn compare_pixels(random: &mut Random) {
    let (base, sums) = (random.block(), random.block());
    let factor = (random.word() & 0xFF) >> (random.word() % 8);
    let mut gain = [0; GAIN_WORDS];
    gain.fill_with(|| random.word() & 0x00FF_00FF);
    // Offsets for which some samples are within 0 to 255 and others are clamped.
    for offset in &mut gain[4..] {
        *offset = portable::ssub16(random.word() & 0x03FF_03FF, 0x0200_0200);
    }
    gain[0] = factor;
    for (write, write_portable, line) in FORMATS {
        let stride = line - 1 + random.up_to(5);
        let from = random.up_to(3);
        let to = (from + 7 * stride + line - 1 + random.up_to(3)).min(BUFFER);
        let (mut found, mut expected) = ([0xAA; BUFFER], [0xAA; BUFFER]);
        let (base, sums, gain) = black_box((&base, &sums, &gain));
        let found_written = write(base, sums, gain, &mut found[from..to], stride);
        let expected_written = write_portable(base, sums, gain, &mut expected[from..to], stride);
        assert_eq!(found_written, expected_written);
        assert!(found == expected);
    }
}

/// Compares codewords that are copied, multiplied and added in all orientations; bit 3 of an orientation is ignored.
fn compare_orient(random: &mut Random) {
    let (codeword, before) = (random.block(), random.block());
    for orientation in 0..16 {
        let (codeword, orientation) = black_box((&codeword, orientation));
        let (factor, start) = (random.word(), random.word());
        let (mut found, mut expected) = (before, before);
        orient::copy(&mut found, codeword, orientation);
        orient::portable::copy(&mut expected, codeword, orientation);
        assert!(found == expected);
        let (mut found, mut expected) = (before, before);
        orient::multiply(&mut found, codeword, orientation, factor, start);
        orient::portable::multiply(&mut expected, codeword, orientation, factor, start);
        assert!(found == expected);
        let (mut found, mut expected) = (before, before);
        orient::multiply_add(&mut found, codeword, orientation, factor);
        orient::portable::multiply_add(&mut expected, codeword, orientation, factor);
        assert!(found == expected);
    }
}

/// Decodes all blocks of an image with a network, and logs their checksum.
fn decode_with_network() {
    let model = or_exit(Model::from_bytes(SMALL_NETWORK));
    let image = or_exit(Image::from_bytes(IMAGE));
    let mut blocks = [0; 192 * 18];
    for (latent, block) in image.latents().zip(blocks.as_chunks_mut().0) {
        model.block(latent, block);
    }
    println!(
        "{=usize} blocks of a network, checksum {=u32:08x}",
        image.blocks(),
        CRC_32.checksum(&blocks)
    );
}
