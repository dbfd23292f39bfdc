//! Pictures made from a seed, a stand-in to train on where there are no photographs.
//!
//! A picture is a heap of shapes (discs, polygons, strokes, lines of letters) that cover each other, with sizes of a power
//! law, as things at all distances have in a photograph. Each has a colour drawn from one palette for the picture, a
//! gradient, a texture whose spectrum falls as in nature, and edges from sharp to blurred; light varies over the whole, and
//! noise of a sensor lies on top. Channels go together, as they do under one light: most of the difference between
//! pixels is in brightness.
//!
//! That gives blocks with about the contrast, spectrum and correlation of those of photographs, which is what a codec of
//! blocks learns most from. It is no substitute for them: a codec trained on photographs is better on photographs.

use crate::picture::Picture;
use crate::scene::letters;
use crate::scene::noise::{Chance, fractal, mix, noise, smooth};

type Colour = [f32; 3];

/// The picture that belongs to a seed; the same on every machine.
///
/// # Panics
///
/// When a side is 0, or the picture has more samples than memory can hold.
pub fn picture(seed: u64, width: u32, height: u32) -> Picture {
    let mut chance = Chance::new(seed);
    let mut sheet = Sheet::new(width as usize, height as usize);
    let palette = Palette::new(&mut chance);
    sheet.ground(&mut chance, &palette);
    // Shapes until they would cover the picture so many times over: few in plain pictures, many in busy ones. Sizes have
    // numbers that fall with the cube, so that each octave of size paints equal area.
    let area = width as f32 * height as f32;
    let coverage = chance.range(0.3, 1.45);
    let fine = chance.unit();
    let (smallest, largest) = (mix(3.5, 30.0, fine * fine), chance.range(130.0, 320.0));
    let mut painted = 0.0;
    while painted < coverage * coverage * area {
        let (low, high) = (1.0 / (smallest * smallest), 1.0 / (largest * largest));
        let size = 1.0 / mix(low, high, chance.unit()).sqrt();
        sheet.shape(&mut chance, &palette, size);
        painted += 0.6 * size * size;
    }
    if chance.unit() < 0.25 {
        for _ in 0..1 + chance.below(3) {
            sheet.letters(&mut chance, &palette);
        }
    }
    sheet.develop(&mut chance)
}

/// Colours that go together.
struct Palette {
    tones: Vec<Colour>,
    /// How strong the textures are.
    rough: f32,
}

impl Palette {
    fn new(chance: &mut Chance) -> Self {
        let light = chance.range(-0.8, 0.8);
        let saturation = chance.unit() * chance.unit() * 1.1 + 0.12;
        let tones = (0..7)
            .map(|_| {
                let bright = (0.42 + light * 0.28 + 0.30 * chance.normal()).clamp(0.02, 0.98);
                // The two ways in which natural colours differ: from blue to yellow, and less from green to red.
                let warm = (0.35 * light + chance.normal()) * saturation * 0.22;
                let red = chance.normal() * saturation * 0.09;
                [
                    bright + warm * 0.75 + red,
                    bright + warm * 0.12 - red * 0.8,
                    bright - warm * 0.95 + red * 0.35,
                ]
            })
            .collect();
        Self {
            tones,
            rough: chance.range(0.25, 1.0),
        }
    }

    fn pick(&self, chance: &mut Chance) -> Colour {
        let tone = self.tones[chance.below(self.tones.len() as u32) as usize];
        let bright = chance.normal() * 0.05;
        tone.map(|channel| channel + bright)
    }
}

/// How the inside of a shape looks.
struct Fill {
    colour: Colour,
    other: Colour,
    /// Change of brightness across and down, a pixel.
    slope: (f32, f32),
    texture: f32,
    scale: f32,
    stretch: f32,
    octaves: u32,
    seed: u32,
}

impl Fill {
    fn new(chance: &mut Chance, palette: &Palette, size: f32) -> Self {
        let colour = palette.pick(chance);
        let second = palette.pick(chance);
        let near = chance.range(0.0, 0.5);
        let other = [0, 1, 2].map(|i| mix(colour[i], second[i], near));
        let steep = chance.normal() * 0.16 / size.max(8.0);
        let towards = chance.range(-1.0, 1.0);
        // Most things are nearly plain, some are rough.
        let rough = chance.unit();
        let texture = if rough < 0.5 {
            0.0
        } else {
            palette.rough * 0.7 * rough * rough * rough
        };
        let fine = chance.unit();
        let scale = mix(0.03, 0.55, fine);
        Self {
            colour,
            other,
            slope: (steep * towards, steep * (1.0 - towards.abs())),
            texture,
            scale,
            stretch: if chance.unit() < 0.35 {
                chance.range(2.0, 6.0)
            } else {
                1.0
            },
            // None finer than the pixels.
            octaves: (0..5)
                .take_while(|&octave| scale * f32::from(1u8 << octave) < 0.75)
                .count() as u32,
            seed: chance.bits(),
        }
    }

    fn at(&self, x: f32, y: f32, dx: f32, dy: f32) -> Colour {
        let (u, v) = (x * self.scale, y * self.scale * self.stretch);
        let grain = if self.texture > 0.0 {
            fractal(u, v, self.octaves, self.seed)
        } else {
            0.0
        };
        let bright = dx * self.slope.0 + dy * self.slope.1 + grain * self.texture;
        let share = (0.5 + grain).clamp(0.0, 1.0);
        [0, 1, 2].map(|i| mix(self.colour[i], self.other[i], share) + bright)
    }
}

/// The picture while it is made, samples from 0 to 1 with the gamma of a screen.
struct Sheet {
    width: usize,
    height: usize,
    samples: Vec<Colour>,
}

impl Sheet {
    fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            samples: vec![[0.0; 3]; width * height],
        }
    }

    fn ground(&mut self, chance: &mut Chance, palette: &Palette) {
        let fill = Fill::new(chance, palette, 200.0);
        let middle = (self.width as f32 / 2.0, self.height as f32 / 2.0);
        for y in 0..self.height {
            for x in 0..self.width {
                let (px, py) = (x as f32, y as f32);
                self.samples[y * self.width + x] = fill.at(px, py, px - middle.0, py - middle.1);
            }
        }
    }

    /// One shape of about the given size somewhere.
    fn shape(&mut self, chance: &mut Chance, palette: &Palette, size: f32) {
        let middle = (
            chance.range(-size * 0.5, self.width as f32 + size * 0.5),
            chance.range(-size * 0.5, self.height as f32 + size * 0.5),
        );
        let fill = Fill::new(chance, palette, size);
        // Edges from sharp to blurred, as things in and out of focus have.
        let soft = if chance.unit() < 0.75 {
            chance.range(0.45, 0.9)
        } else {
            chance.range(1.0, 7.0)
        };
        let angle = chance.range(-1.0, 1.0);
        let axis = (angle, (1.0 - angle * angle).sqrt());
        match chance.below(4) {
            0 => {
                let long = chance.range(1.0, 2.4);
                let bumps = chance.range(0.0, 0.35);
                let seed = chance.bits();
                self.cover(middle, size * long * 0.65, soft, &fill, |dx, dy| {
                    let (u, v) = (
                        (dx * axis.0 + dy * axis.1) / long,
                        dx * axis.1 - dy * axis.0,
                    );
                    let radius = (u * u + v * v).sqrt();
                    let rough = 1.0 + bumps * noise(u / size * 2.5, v / size * 2.5, seed);
                    radius - size * 0.5 * rough
                });
            }
            1 | 2 => {
                // Half-planes around the middle.
                let sides: Vec<(f32, f32, f32)> = (0..3 + chance.below(4))
                    .map(|_| {
                        let (x, y) = (chance.normal(), chance.normal());
                        let length = (x * x + y * y).sqrt().max(1e-3);
                        (x / length, y / length, size * chance.range(0.25, 0.6))
                    })
                    .chain([
                        (axis.0, axis.1, size * 0.55),
                        (-axis.0, -axis.1, size * 0.55),
                    ])
                    .chain([
                        (axis.1, -axis.0, size * 0.55),
                        (-axis.1, axis.0, size * 0.55),
                    ])
                    .collect();
                self.cover(middle, size * 0.78, soft, &fill, |dx, dy| {
                    sides
                        .iter()
                        .map(|&(x, y, far)| dx * x + dy * y - far)
                        .fold(f32::MIN, f32::max)
                });
            }
            _ => {
                // A stroke, bent; several of them side by side at times, as branches, rails or grass.
                let thick = (size * chance.range(0.02, 0.12)).max(0.7);
                let bend = chance.normal() * 0.3 / size;
                let count = if chance.unit() < 0.3 {
                    2 + chance.below(6)
                } else {
                    1
                };
                let apart = thick * chance.range(2.0, 5.0);
                for line in 0..count {
                    let shift = (line as f32 - count as f32 / 2.0) * apart;
                    let middle = (middle.0 + axis.1 * shift, middle.1 - axis.0 * shift);
                    self.cover(
                        middle,
                        size * 0.6 + thick,
                        soft.min(thick + 0.5),
                        &fill,
                        |dx, dy| {
                            let (u, v) = (dx * axis.0 + dy * axis.1, dx * axis.1 - dy * axis.0);
                            ((v - bend * u * u).abs() - thick / 2.0).max(u.abs() - size * 0.6)
                        },
                    );
                }
            }
        }
    }

    /// Paints where `distance` (from the middle of the shape, in pixels across and down) is negative.
    fn cover(
        &mut self,
        middle: (f32, f32),
        reach: f32,
        soft: f32,
        fill: &Fill,
        distance: impl Fn(f32, f32) -> f32,
    ) {
        let reach = reach + soft;
        let span = |middle: f32, size: usize| {
            let low = (middle - reach).floor().clamp(0.0, size as f32) as usize;
            let high = (middle + reach).ceil().clamp(0.0, size as f32) as usize;
            low..high.max(low)
        };
        for y in span(middle.1, self.height) {
            for x in span(middle.0, self.width) {
                let (dx, dy) = (x as f32 - middle.0, y as f32 - middle.1);
                let share = smooth(soft, -soft, distance(dx, dy));
                if share > 0.0 {
                    let colour = fill.at(x as f32, y as f32, dx, dy);
                    let sample = &mut self.samples[y * self.width + x];
                    *sample = [0, 1, 2].map(|i| mix(sample[i], colour[i], share));
                }
            }
        }
    }

    /// A line of letters that say nothing, in one colour.
    fn letters(&mut self, chance: &mut Chance, palette: &Palette) {
        let text: String = (0..3 + chance.below(12))
            .map(|_| match chance.below(46) {
                letter @ 0..26 => char::from(b'A' + letter as u8),
                digit @ 26..36 => char::from(b'0' + (digit - 26) as u8),
                _ => ' ',
            })
            .collect();
        let size = chance.range(5.0, 26.0);
        let (strokes, _) = letters::line(&text, size);
        let thick = size * chance.range(0.09, 0.2);
        let slant = chance.normal() * 0.08;
        let left = chance.range(-0.2, 0.7) * self.width as f32;
        let top = chance.range(0.0, 0.95) * self.height as f32;
        let fill = Fill {
            texture: 0.0,
            ..Fill::new(chance, palette, size)
        };
        for [from, to] in strokes {
            let place = |(x, y): (f32, f32)| (left + x, top + y + x * slant);
            let (from, to) = (place(from), place(to));
            let middle = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
            let half = ((to.0 - from.0) / 2.0, (to.1 - from.1) / 2.0);
            let length = (half.0 * half.0 + half.1 * half.1).max(1e-6);
            let reach = length.sqrt() + thick;
            self.cover(middle, reach, 0.7, &fill, |dx, dy| {
                let along = ((dx * half.0 + dy * half.1) / length).clamp(-1.0, 1.0);
                let (x, y) = (dx - half.0 * along, dy - half.1 * along);
                (x * x + y * y).sqrt() - thick / 2.0
            });
        }
    }

    /// Light over the whole, the softness of a lens, the noise of a sensor, and rounding.
    fn develop(mut self, chance: &mut Chance) -> Picture {
        let lens = chance.range(0.0, 0.14);
        self.soften(lens);
        let (shade, seed) = (chance.range(0.05, 0.35), chance.bits());
        let grain = chance.unit() * chance.unit() * 0.016 + 0.002;
        let exposure = chance.range(0.92, 1.06);
        let mut rgb = Vec::with_capacity(self.samples.len() * 3);
        for (i, sample) in self.samples.iter().enumerate() {
            let (x, y) = ((i % self.width) as f32, (i / self.width) as f32);
            let light = exposure * (1.0 + shade * fractal(x / 190.0, y / 190.0, 2, seed));
            let common = chance.normal();
            for channel in sample {
                let speck = grain * (0.8 * common + 0.5 * (chance.unit() - 0.5) * 3.4);
                rgb.push(((channel * light + speck) * 255.0 + 0.5).clamp(0.0, 255.0) as u8);
            }
        }
        Picture::new(self.width as u32, self.height as u32, rgb)
            .expect("as many samples as the picture needs")
    }

    /// Mixes each sample with its neighbours, across and then down.
    fn soften(&mut self, share: f32) {
        let blend = |a: Colour, b: Colour, c: Colour| {
            [0, 1, 2].map(|i| b[i] + share * (a[i] + c[i] - 2.0 * b[i]))
        };
        for line in self.samples.chunks_exact_mut(self.width) {
            let mut before = line[0];
            for x in 0..line.len() {
                let after = line[(x + 1).min(line.len() - 1)];
                let here = line[x];
                line[x] = blend(before, here, after);
                before = here;
            }
        }
        let mut above: Vec<Colour> = self.samples[..self.width].to_vec();
        for y in 0..self.height {
            for (x, above) in above.iter_mut().enumerate() {
                let here = self.samples[y * self.width + x];
                let below = self.samples[(y + 1).min(self.height - 1) * self.width + x];
                self.samples[y * self.width + x] = blend(*above, here, below);
                *above = here;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean over blocks of the variance of their samples about the block's own mean, and the share of it that is the
    /// same in all channels.
    fn contrast(pictures: &[Picture]) -> (f64, f64) {
        let (mut total, mut common, mut blocks) = (0.0, 0.0, 0.0);
        for picture in pictures {
            for top in (0..picture.height() - 7).step_by(8) {
                for left in (0..picture.width() - 7).step_by(8) {
                    let pixels: Vec<[f64; 3]> = (0..64)
                        .map(|i| {
                            let at = (left + i % 8) as usize * 3;
                            let row = picture.row(top + i / 8);
                            [0, 1, 2].map(|channel| f64::from(row[at + channel]))
                        })
                        .collect();
                    let mean = [0, 1, 2].map(|c| pixels.iter().map(|p| p[c]).sum::<f64>() / 64.0);
                    for pixel in &pixels {
                        let off = [0, 1, 2].map(|c| pixel[c] - mean[c]);
                        total += off.iter().map(|v| v * v).sum::<f64>() / 3.0 / 64.0;
                        common += (off.iter().sum::<f64>() / 3.0).powi(2) / 64.0;
                    }
                    blocks += 1.0;
                }
            }
        }
        (total / blocks, common / total)
    }

    #[test]
    fn a_seed_makes_one_picture_and_another_seed_another() {
        assert_eq!(picture(1, 40, 24), picture(1, 40, 24));
        assert_ne!(picture(1, 40, 24), picture(2, 40, 24));
        assert_ne!(picture(1, 40, 24), picture(1 << 40, 40, 24));
    }

    #[test]
    fn every_size_can_be_made() {
        for (width, height) in [(1, 1), (1, 9), (9, 1), (37, 3)] {
            let picture = picture(3, width, height);
            assert_eq!((picture.width(), picture.height()), (width, height));
        }
    }

    #[test]
    fn blocks_have_the_contrast_of_photographs_and_most_of_it_in_brightness() {
        let pictures: Vec<Picture> = (0..24).map(|seed| picture(seed, 128, 128)).collect();
        let (variance, common) = contrast(&pictures);
        // Photographs have 300 to 700, and more than nine tenths in common.
        assert!((250.0..800.0).contains(&variance), "{variance}");
        assert!(common > 0.85, "{common}");
    }
}
