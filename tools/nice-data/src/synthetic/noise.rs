//! Noise and random numbers from integer hashes, the same on every machine.
//!
//! Only additions, multiplications, divisions, square roots and rounding down are used, which IEEE 754 defines to the bit.

/// A hash of a point and a seed.
pub fn hash(x: i32, y: i32, seed: u32) -> u32 {
    // Odd numbers from the golden ratio and the square roots of 2 and 3.
    let mut bits = (x as u32).wrapping_mul(0x9e37_79b9);
    bits = (bits ^ (bits >> 15)).wrapping_add((y as u32).wrapping_mul(0xb504_f333));
    bits = (bits ^ (bits >> 13))
        .wrapping_mul(0xddb3_d743)
        .wrapping_add(seed);
    bits = (bits ^ (bits >> 16)).wrapping_mul(0x9e37_79b9);
    bits = (bits ^ (bits >> 14)).wrapping_mul(0xddb3_d743);
    bits ^ (bits >> 16)
}

/// A random number in 0..1 for a point and a seed.
pub fn random_at(x: i32, y: i32, seed: u32) -> f32 {
    unit(hash(x, y, seed))
}

/// Gradient noise: smooth, with features of about unit size, mostly in -0.7..0.7 and 0 on average.
pub fn noise(x: f32, y: f32, seed: u32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let (column, row) = (left as i32, top as i32);
    let (dx, dy) = (x - left, y - top);
    let corner = |right: i32, down: i32| {
        let bits = hash(column.wrapping_add(right), row.wrapping_add(down), seed);
        let gradient_x = (bits & 0xffff) as f32 / 32768.0 - 1.0;
        let gradient_y = (bits >> 16) as f32 / 32768.0 - 1.0;
        gradient_x * (dx - right as f32) + gradient_y * (dy - down as f32)
    };
    let fade = |t: f32| t * t * t * (t * (t * 6.0 - 15.0) + 10.0);
    let across = fade(dx);
    lerp(
        lerp(corner(0, 0), corner(1, 0), across),
        lerp(corner(0, 1), corner(1, 1), across),
        fade(dy),
    ) * 1.3
}

/// Several octaves of noise, each half as strong and twice as fine as the one before.
pub fn fractal(mut x: f32, mut y: f32, octaves: u32, seed: u32) -> f32 {
    let (mut sum, mut strength) = (0.0, 1.0);
    for octave in 0..octaves {
        sum += strength * noise(x, y, seed.wrapping_add(octave.wrapping_mul(0x51)));
        strength *= 0.5;
        // Each octave is rotated, by an angle of the 3-4-5 triangle, so that no lattice is visible.
        (x, y) = (1.6 * x - 1.2 * y + 0.37, 1.2 * x + 1.6 * y + 0.71);
    }
    sum
}

/// Linear interpolation from `a` at 0 to `b` at 1.
pub fn lerp(a: f32, b: f32, fraction: f32) -> f32 {
    a + (b - a) * fraction
}

/// 0 up to `from`, 1 from `to`, and smooth between them.
pub fn smoothstep(from: f32, to: f32, value: f32) -> f32 {
    let fraction = ((value - from) / (to - from)).clamp(0.0, 1.0);
    fraction * fraction * (3.0 - 2.0 * fraction)
}

/// The sine of a number of turns, by a polynomial.
pub fn wave(turns: f32) -> f32 {
    let turn = turns - turns.floor();
    let (half, sign) = if turn < 0.5 {
        (turn, 1.0)
    } else {
        (turn - 0.5, -1.0)
    };
    // A parabola through the zeros, corrected to the shape of a sine.
    let arch = half * (0.5 - half) * 16.0;
    sign * arch * (0.775 + 0.225 * arch)
}

fn unit(bits: u32) -> f32 {
    (bits >> 8) as f32 / 16_777_216.0
}

/// A random number generator.
#[derive(Clone, Debug)]
pub struct Random {
    seed: u32,
    position: u32,
}

impl Random {
    /// A generator with a seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed: hash(seed as i32, (seed >> 32) as i32, 0x4e49_4345),
            position: 0,
        }
    }

    /// The next 32 random bits.
    pub fn bits(&mut self) -> u32 {
        self.position = self.position.wrapping_add(1);
        hash(
            self.position as i32,
            (self.position >> 16) as i32,
            self.seed,
        )
    }

    /// The next number in 0..1.
    pub fn unit(&mut self) -> f32 {
        unit(self.bits())
    }

    /// The next number in a range.
    pub fn range(&mut self, from: f32, to: f32) -> f32 {
        lerp(from, to, self.unit())
    }

    /// The next integer in 0..count.
    pub fn below(&mut self, count: u32) -> u32 {
        crate::random::below(self.bits(), count)
    }

    /// The next number with an approximately normal distribution: mean 0, standard deviation 1.
    pub fn normal(&mut self) -> f32 {
        let sum: f32 = (0..6).map(|_| self.unit()).sum();
        (sum - 3.0) * std::f32::consts::SQRT_2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_0_on_average_and_smooth_and_depends_on_its_seed() {
        let values: Vec<f32> = (0..10_000)
            .map(|i| noise((i % 100) as f32 * 0.37, (i / 100) as f32 * 0.41, 1))
            .collect();
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        assert!(mean.abs() < 0.02, "{mean}");
        assert!(values.iter().all(|value| value.abs() < 1.4));
        assert!((noise(3.4, 5.6, 1) - noise(3.401, 5.6, 1)).abs() < 0.01);
        assert!((noise(2.9999, 5.5, 1) - noise(3.0001, 5.5, 1)).abs() < 0.01);
        assert_ne!(noise(3.4, 5.6, 1), noise(3.4, 5.6, 2));
    }

    #[test]
    fn random_numbers_have_the_right_distributions() {
        let mut random = Random::new(7);
        let mut counts = [0; 10];
        for _ in 0..10_000 {
            counts[random.below(10) as usize] += 1;
        }
        assert!(
            counts.iter().all(|count| (850..1150).contains(count)),
            "{counts:?}"
        );
        let normal: Vec<f32> = (0..10_000).map(|_| random.normal()).collect();
        let mean = normal.iter().sum::<f32>() / 1e4;
        let variance = normal.iter().map(|v| v * v).sum::<f32>() / 1e4;
        assert!(
            mean.abs() < 0.05 && (0.93..1.07).contains(&variance),
            "{mean} {variance}"
        );
    }

    #[test]
    fn a_wave_is_close_to_a_sine() {
        for i in -20..40 {
            let turns = i as f32 * 0.07;
            let sine = (f64::from(turns) * std::f64::consts::TAU).sin() as f32;
            assert!((wave(turns) - sine).abs() < 0.002, "{turns}");
        }
    }
}
