//! A decoder for codebooks with a deblocking filter, written from `FORMAT.md` alone, step by step in 64 bits and on whole
//! planes: slow, and independent of the crate.

use std::vec;
use std::vec::Vec;

use super::reference_network::{byte, bytes, number};

/// Lines of samples.
type Plane = Vec<Vec<i64>>;

/// A codebook as read from a file.
pub struct Codebook {
    stages: Vec<(u32, u32)>,
    peaks: Vec<i64>,
    gains: Vec<i64>,
    codewords: Vec<[Plane; 3]>,
    pub filter: Option<Filter>,
}

/// A deblocking filter as read from a file.
pub struct Filter {
    thresholds: Vec<i64>,
    strengths: Vec<i64>,
    limit: i64,
}

impl Codebook {
    /// Reads the bytes of a model file that is valid and holds a codebook.
    pub fn read(file: &[u8]) -> Self {
        let mut rest = &file[5..file.len() - 4];
        bytes(&mut rest); // the name
        assert_eq!(number(&mut rest), 1, "the kind is that of a codebook");
        let stages = bytes(&mut rest);
        let stages = stages
            .chunks(2)
            .map(|stage| (u32::from(stage[0]), u32::from(stage[1])))
            .collect();
        let peaks = numbers(bytes(&mut rest));
        let gains = numbers(bytes(&mut rest));
        let filter = (byte(&mut rest) == 1).then(|| Filter {
            thresholds: numbers(bytes(&mut rest)),
            strengths: numbers(bytes(&mut rest)),
            limit: byte(&mut rest) as i64,
        });
        bytes(&mut rest); // the padding
        let codewords = bytes(&mut rest).chunks(96).map(planes).collect();
        assert!(rest.is_empty());
        Self {
            stages,
            peaks,
            gains,
            codewords,
            filter,
        }
    }

    /// The samples of a block in the fixed layout.
    pub fn block(&self, latent: [u8; 6]) -> [u8; 192] {
        self.block_of_bits(&bits(latent))
    }

    /// The samples of a block, given the bits of its stages.
    pub fn block_of_bits(&self, bits: &[bool]) -> [u8; 192] {
        let pixels = self.pixels_of_bits(bits, 1);
        core::array::from_fn(|k| pixels[k / 3][k % 3])
    }

    /// The pixels of a block at 1/`n` of its width and height: red, green, blue and gray.
    pub fn pixels_of_bits(&self, bits: &[bool], n: usize) -> Vec<[u8; 4]> {
        let mut bits = bits.iter().copied();
        let mut base = [vec![], vec![], vec![]];
        let mut gain = 0;
        let mut sums = [8, 4, 4].map(|side| vec![vec![0; side]; side]);
        let (mut first, mut peak_sum) = (0, 0);
        for (stage, &(width, orientation_bits)) in self.stages.iter().enumerate() {
            if bits.len() == 0 {
                break;
            }
            let mut index: Vec<bool> = (0..width).map(|_| bits.next().unwrap()).collect();
            let negated = stage > 0 && index.remove(0);
            let mut orientation = [false; 3];
            for bit in orientation.iter_mut().take(orientation_bits as usize) {
                *bit = index.remove(0);
            }
            let number = index
                .iter()
                .rev()
                .fold(0, |number, &bit| 2 * number + usize::from(bit));
            let codeword = &self.codewords[first + number];
            let oriented = |peak| oriented(codeword, negated.then_some(peak), orientation);
            if stage == 0 {
                base = oriented(255);
                gain = self.gains[number];
            } else {
                peak_sum += self.peaks[stage - 1];
                let added = oriented(self.peaks[stage - 1]);
                for (plane, added) in sums.iter_mut().zip(added) {
                    for (line, added) in plane.iter_mut().zip(added) {
                        for (sum, added) in line.iter_mut().zip(added) {
                            *sum += added;
                        }
                    }
                }
            }
            first += 1 << index.len();
        }
        assert!(
            first <= self.codewords.len(),
            "every codeword is in a stage"
        );

        let mean = |plane: usize, y: usize, x: usize, side: usize| {
            let sum_of = |samples: &Plane| -> i64 {
                let lines = &samples[y * side..][..side];
                lines
                    .iter()
                    .flat_map(|line| &line[x * side..][..side])
                    .sum()
            };
            let sum = sum_of(&sums[plane]);
            let count = (side * side) as i64;
            assert!((0..256 * count).contains(&sum), "a sum is a byte");
            let two_s = 1 << (6 + plane);
            let base = two_s * sum_of(&base[plane]);
            let mean = base + gain * sum + ((count * (two_s - gain * peak_sum)) >> 1);
            assert!(mean.abs() < 1 << 23, "within the specified range");
            mean >> (6 + plane + count.ilog2() as usize)
        };
        let pixel = |at: usize| {
            let (y, x) = (at / (8 / n), at % (8 / n));
            let luma = mean(0, y, x, n);
            // At full size, 2 x 2 pixels share a site.
            let (y, x) = if n == 1 { (y / 2, x / 2) } else { (y, x) };
            let chroma1 = mean(1, y, x, n.div_ceil(2)) - 128;
            let chroma2 = mean(2, y, x, n.div_ceil(2)) - 128;
            let differences = [chroma1 - chroma2, 2 * chroma2, -chroma1 - chroma2, 0];
            differences.map(|difference| {
                let sample = luma + difference;
                assert!(
                    sample.abs() < 2_000,
                    "{sample} is within the specified range"
                );
                sample.clamp(0, 255) as u8
            })
        };
        (0..64 / (n * n)).map(pixel).collect()
    }

    /// The lines of a whole image in the fixed layout, deblocked if the model has a filter: red, green and blue of every pixel.
    pub fn image(&self, latents: &[[u8; 6]], width: usize, height: usize) -> Vec<Vec<[u8; 3]>> {
        let latents: Vec<_> = latents.iter().copied().map(bits).collect();
        self.image_of_bits(&latents, width, height)
    }

    /// [`image`](Self::image), given the bits of each block.
    pub fn image_of_bits(
        &self,
        latents: &[Vec<bool>],
        width: usize,
        height: usize,
    ) -> Vec<Vec<[u8; 3]>> {
        let (wide, high) = (width.div_ceil(8), height.div_ceil(8));
        let mut channels = [0; 3].map(|zero| vec![vec![zero; 8 * wide]; 8 * high]);
        for (index, latent) in latents.iter().enumerate() {
            for (k, sample) in self.block_of_bits(latent).into_iter().enumerate() {
                let (y, x) = (index / wide * 8 + k / 24, index % wide * 8 + k / 3 % 8);
                channels[k % 3][y][x] = i64::from(sample);
            }
        }
        if let Some(filter) = &self.filter {
            channels = channels.map(|plane| filter.filtered_plane(plane));
        }
        let pixel = |y: usize, x: usize| [0, 1, 2].map(|channel| channels[channel][y][x] as u8);
        (0..height)
            .map(|y| (0..width).map(|x| pixel(y, x)).collect())
            .collect()
    }
}

impl Filter {
    /// A picture of whole blocks, filtered: across vertical edges, then across horizontal edges.
    pub fn filtered_picture(&self, picture: &[Vec<[u8; 4]>]) -> Vec<Vec<[u8; 4]>> {
        let planes = [0, 1, 2].map(|channel| {
            let lines = picture.iter().map(|line| {
                let samples = line.iter().map(|pixel| i64::from(pixel[channel]));
                samples.collect()
            });
            self.filtered_plane(lines.collect())
        });
        let pixel = |y: usize, x: usize| {
            let [r, g, b] = [0, 1, 2].map(|channel| planes[channel][y][x]);
            [r, g, b, (r + g + b + 1) / 3].map(|sample| sample as u8)
        };
        let lines = picture.iter().enumerate();
        lines
            .map(|(y, line)| (0..line.len()).map(|x| pixel(y, x)).collect())
            .collect()
    }

    /// The samples of a channel, filtered across vertical edges, then across horizontal edges.
    fn filtered_plane(&self, plane: Plane) -> Plane {
        let across = transposed(&self.filtered_lines(plane));
        transposed(&self.filtered_lines(across))
    }

    /// Lines filtered at every edge across them.
    fn filtered_lines(&self, mut lines: Plane) -> Plane {
        for line in &mut lines {
            for edge in (8..line.len()).step_by(8) {
                let filtered = self.filtered(&line[edge - 2..edge + 2]);
                line[edge - 1..edge + 1].copy_from_slice(&filtered);
            }
        }
        lines
    }

    /// The two samples beside an edge, given four across it.
    pub fn filtered(&self, samples: &[i64]) -> [i64; 2] {
        let [a, b, c, d] = samples[..] else {
            unreachable!("four samples")
        };
        let step = (3 * (c - b) - (d - a)).clamp(-self.limit, self.limit);
        let activity = (b - a).abs() + (d - c).abs();
        let reached = self.thresholds.iter().filter(|&&t| t <= activity).count();
        let change = (step * self.strengths[reached] + 128) >> 8;
        [b + change, c - change].map(|sample| sample.clamp(0, 255))
    }
}

/// The bits of a latent.
fn bits(latent: [u8; 6]) -> Vec<bool> {
    (0..48).map(|i| latent[i / 8] >> (i % 8) & 1 == 1).collect()
}

/// The three planes of a codeword.
fn planes(codeword: &[u8]) -> [Plane; 3] {
    let chroma = |which: usize| -> Plane {
        let lines = codeword[64..].chunks(8);
        lines
            .map(|line| line.chunks(2).map(|site| i64::from(site[which])).collect())
            .collect()
    };
    [
        codeword[..64].chunks(8).map(numbers).collect(),
        chroma(0),
        chroma(1),
    ]
}

/// The planes subtracted from a peak if they are negated, then flipped vertically, flipped horizontally and transposed.
fn oriented(codeword: &[Plane; 3], negated: Option<i64>, orientation: [bool; 3]) -> [Plane; 3] {
    let [vertical, horizontal, transpose] = orientation;
    codeword.clone().map(|mut plane| {
        if let Some(peak) = negated {
            for sample in plane.iter_mut().flatten() {
                *sample = peak - *sample;
            }
        }
        if vertical {
            plane.reverse();
        }
        if horizontal {
            plane.iter_mut().for_each(|line| line.reverse());
        }
        if transpose {
            plane = transposed(&plane);
        }
        plane
    })
}

/// Lines as columns.
fn transposed(plane: &Plane) -> Plane {
    (0..plane[0].len())
        .map(|x| plane.iter().map(|line| line[x]).collect())
        .collect()
}

fn numbers(bytes: &[u8]) -> Vec<i64> {
    bytes.iter().map(|&byte| i64::from(byte)).collect()
}
