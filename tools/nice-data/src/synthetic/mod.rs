//! Synthetic pictures, for training without photographs.
//!
//! A picture consists of shapes (disks, polygons, strokes, lines of text) that cover each other. Their sizes follow a power law,
//! like those of objects at all distances in a photograph. Each has a color from the palette of the picture, a gradient, a
//! texture with a natural spectrum, and edges from sharp to blurred. The brightness varies over the whole picture, and sensor
//! noise is added. The channels are correlated: most of the difference between pixels is in brightness.
//!
//! So the blocks have about the contrast, spectrum and correlation of those of photographs. Photographs are still better: a codec
//! that is trained on them is better on photographs.

pub mod letters;
pub mod noise;

use nice_encode::Picture;
use noise::{Random, fractal, lerp, noise, smoothstep};

type Color = [f32; 3];

/// The picture with a seed, the same on every machine.
///
/// # Panics
///
/// When a side is 0, or the picture has more samples than memory can hold.
pub fn picture(seed: u64, width: u32, height: u32) -> Picture {
    let mut random = Random::new(seed);
    let mut canvas = Canvas::new(width as usize, height as usize);
    let palette = Palette::new(&mut random);
    canvas.ground(&mut random, &palette);
    // Shapes are drawn until their areas add up to between a tenth of the picture and twice the picture: few in plain pictures,
    // many in busy ones. Their number falls with the cube of their size, so that each octave of size covers the same area.
    let area = width as f32 * height as f32;
    let coverage = random.range(0.3, 1.45);
    let fine = random.unit();
    let (smallest, largest) = (lerp(3.5, 30.0, fine * fine), random.range(130.0, 320.0));
    let mut painted = 0.0;
    while painted < coverage * coverage * area {
        let (low, high) = (1.0 / (smallest * smallest), 1.0 / (largest * largest));
        let size = 1.0 / lerp(low, high, random.unit()).sqrt();
        canvas.shape(&mut random, &palette, size);
        painted += 0.6 * size * size;
    }
    if random.unit() < 0.25 {
        for _ in 0..1 + random.below(3) {
            canvas.letters(&mut random, &palette);
        }
    }
    canvas.finish(&mut random)
}

/// The colors of a picture.
struct Palette {
    colors: Vec<Color>,
    /// The strength of the textures.
    roughness: f32,
}

impl Palette {
    fn new(random: &mut Random) -> Self {
        let light = random.range(-0.8, 0.8);
        let saturation = random.unit() * random.unit() * 1.1 + 0.12;
        let colors = (0..7)
            .map(|_| {
                let bright = (0.42 + light * 0.28 + 0.30 * random.normal()).clamp(0.02, 0.98);
                // Natural colors mostly differ from blue to yellow, and less from green to red.
                let warm = (0.35 * light + random.normal()) * saturation * 0.22;
                let red = random.normal() * saturation * 0.09;
                [
                    bright + warm * 0.75 + red,
                    bright + warm * 0.12 - red * 0.8,
                    bright - warm * 0.95 + red * 0.35,
                ]
            })
            .collect();
        Self {
            colors,
            roughness: random.range(0.25, 1.0),
        }
    }

    fn pick(&self, random: &mut Random) -> Color {
        let tone = self.colors[random.below(self.colors.len() as u32) as usize];
        let bright = random.normal() * 0.05;
        tone.map(|channel| channel + bright)
    }
}

/// The inside of a shape.
struct Fill {
    color: Color,
    other: Color,
    /// The change of brightness per pixel, horizontally and vertically.
    slope: (f32, f32),
    texture: f32,
    scale: f32,
    stretch: f32,
    octaves: u32,
    seed: u32,
}

impl Fill {
    fn new(random: &mut Random, palette: &Palette, size: f32) -> Self {
        let color = palette.pick(random);
        let second = palette.pick(random);
        let near = random.range(0.0, 0.5);
        let other = [0, 1, 2].map(|i| lerp(color[i], second[i], near));
        let steep = random.normal() * 0.16 / size.max(8.0);
        let towards = random.range(-1.0, 1.0);
        // Most shapes are nearly plain, some are rough.
        let rough = random.unit();
        let texture = if rough < 0.5 {
            0.0
        } else {
            palette.roughness * 0.7 * rough * rough * rough
        };
        let fine = random.unit();
        let scale = lerp(0.03, 0.55, fine);
        Self {
            color,
            other,
            slope: (steep * towards, steep * (1.0 - towards.abs())),
            texture,
            scale,
            stretch: if random.unit() < 0.35 {
                random.range(2.0, 6.0)
            } else {
                1.0
            },
            // No octave is finer than the pixels.
            octaves: (0..5)
                .take_while(|&octave| scale * f32::from(1u8 << octave) < 0.75)
                .count() as u32,
            seed: random.bits(),
        }
    }

    fn at(&self, x: f32, y: f32, dx: f32, dy: f32) -> Color {
        let (u, v) = (x * self.scale, y * self.scale * self.stretch);
        let grain = if self.texture > 0.0 {
            fractal(u, v, self.octaves, self.seed)
        } else {
            0.0
        };
        let bright = dx * self.slope.0 + dy * self.slope.1 + grain * self.texture;
        let fraction = (0.5 + grain).clamp(0.0, 1.0);
        [0, 1, 2].map(|i| lerp(self.color[i], self.other[i], fraction) + bright)
    }
}

/// A picture in progress, with samples from 0 to 1 and the gamma of a screen.
struct Canvas {
    width: usize,
    height: usize,
    samples: Vec<Color>,
}

impl Canvas {
    fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            samples: vec![[0.0; 3]; width * height],
        }
    }

    fn ground(&mut self, random: &mut Random, palette: &Palette) {
        let fill = Fill::new(random, palette, 200.0);
        let middle = (self.width as f32 / 2.0, self.height as f32 / 2.0);
        for y in 0..self.height {
            for x in 0..self.width {
                let (px, py) = (x as f32, y as f32);
                self.samples[y * self.width + x] = fill.at(px, py, px - middle.0, py - middle.1);
            }
        }
    }

    /// Draws a shape of about this size at a random position.
    fn shape(&mut self, random: &mut Random, palette: &Palette, size: f32) {
        let middle = (
            random.range(-size * 0.5, self.width as f32 + size * 0.5),
            random.range(-size * 0.5, self.height as f32 + size * 0.5),
        );
        let fill = Fill::new(random, palette, size);
        // Edges from sharp to blurred, like those of objects in and out of focus.
        let soft = if random.unit() < 0.75 {
            random.range(0.45, 0.9)
        } else {
            random.range(1.0, 7.0)
        };
        let angle = random.range(-1.0, 1.0);
        let axis = (angle, (1.0 - angle * angle).sqrt());
        match random.below(4) {
            0 => {
                let long = random.range(1.0, 2.4);
                let bumps = random.range(0.0, 0.35);
                let seed = random.bits();
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
                // The intersection of half-planes around the middle.
                let sides: Vec<(f32, f32, f32)> = (0..3 + random.below(4))
                    .map(|_| {
                        let (x, y) = (random.normal(), random.normal());
                        let length = (x * x + y * y).sqrt().max(1e-3);
                        (x / length, y / length, size * random.range(0.25, 0.6))
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
                // A curved stroke, sometimes several side by side, like branches, rails or grass.
                let thick = (size * random.range(0.02, 0.12)).max(0.7);
                let bend = random.normal() * 0.3 / size;
                let count = if random.unit() < 0.3 {
                    2 + random.below(6)
                } else {
                    1
                };
                let apart = thick * random.range(2.0, 5.0);
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

    /// Paints the points at which `distance` is negative, given the position relative to the middle of the shape in pixels.
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
                let fraction = smoothstep(soft, -soft, distance(dx, dy));
                if fraction > 0.0 {
                    let color = fill.at(x as f32, y as f32, dx, dy);
                    let sample = &mut self.samples[y * self.width + x];
                    *sample = [0, 1, 2].map(|i| lerp(sample[i], color[i], fraction));
                }
            }
        }
    }

    /// Draws a line of random letters in one color.
    fn letters(&mut self, random: &mut Random, palette: &Palette) {
        let text: String = (0..3 + random.below(12))
            .map(|_| match random.below(46) {
                letter @ 0..26 => char::from(b'A' + letter as u8),
                digit @ 26..36 => char::from(b'0' + (digit - 26) as u8),
                _ => ' ',
            })
            .collect();
        let size = random.range(5.0, 26.0);
        let (strokes, _) = letters::line(&text, size);
        let thick = size * random.range(0.09, 0.2);
        let slant = random.normal() * 0.08;
        let left = random.range(-0.2, 0.7) * self.width as f32;
        let top = random.range(0.0, 0.95) * self.height as f32;
        let fill = Fill {
            texture: 0.0,
            ..Fill::new(random, palette, size)
        };
        for [from, to] in strokes {
            let point = |(x, y): (f32, f32)| (left + x, top + y + x * slant);
            let (from, to) = (point(from), point(to));
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

    /// Applies the blur of a lens, uneven light and sensor noise, and rounds to a picture.
    fn finish(mut self, random: &mut Random) -> Picture {
        let lens = random.range(0.0, 0.14);
        self.soften(lens);
        let (shade, seed) = (random.range(0.05, 0.35), random.bits());
        let grain = random.unit() * random.unit() * 0.016 + 0.002;
        let exposure = random.range(0.92, 1.06);
        let mut rgb = Vec::with_capacity(self.samples.len() * 3);
        for (i, sample) in self.samples.iter().enumerate() {
            let (x, y) = ((i % self.width) as f32, (i / self.width) as f32);
            let light = exposure * (1.0 + shade * fractal(x / 190.0, y / 190.0, 2, seed));
            let common = random.normal();
            for channel in sample {
                let speck = grain * (0.8 * common + 0.5 * (random.unit() - 0.5) * 3.4);
                rgb.push(((channel * light + speck) * 255.0 + 0.5).clamp(0.0, 255.0) as u8);
            }
        }
        Picture::new(self.width as u32, self.height as u32, rgb)
            .expect("the canvas has the size of the picture")
    }

    /// Blends each sample with its neighbors, horizontally and then vertically.
    fn soften(&mut self, fraction: f32) {
        let blend = |a: Color, b: Color, c: Color| {
            [0, 1, 2].map(|i| b[i] + fraction * (a[i] + c[i] - 2.0 * b[i]))
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
        let mut above: Vec<Color> = self.samples[..self.width].to_vec();
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

    /// The mean variance of the samples of a block, and the fraction of it that all channels have in common.
    fn contrast(pictures: &[Picture]) -> (f64, f64) {
        let (mut total, mut common, mut blocks) = (0.0, 0.0, 0.0);
        for picture in pictures {
            for top in (0..picture.height() - 7).step_by(8) {
                for left in (0..picture.width() - 7).step_by(8) {
                    let pixels: Vec<[f64; 3]> = (0..64)
                        .map(|i| {
                            let at = (left + i % 8) as usize * 3;
                            let line = picture.line(top + i / 8);
                            [0, 1, 2].map(|channel| f64::from(line[at + channel]))
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
    fn blocks_have_the_contrast_of_photographs_and_most_of_it_is_brightness() {
        let pictures: Vec<Picture> = (0..24).map(|seed| picture(seed, 128, 128)).collect();
        let (variance, common) = contrast(&pictures);
        // Photographs have 300 to 700, and more than nine tenths in common.
        assert!((250.0..800.0).contains(&variance), "{variance}");
        assert!(common > 0.85, "{common}");
    }
}
