//! Noise and chance from integer hashes: the same on every machine, for pictures made from a seed.
//!
//! Only additions, multiplications, divisions, square roots and rounding down are used, which IEEE 754 fixes to the bit.

/// Scrambles a place and a seed into 32 bits.
pub(crate) fn hash(x: i32, y: i32, seed: u32) -> u32 {
    // Odd numbers from the golden ratio and the roots of 2 and 3.
    let mut bits = (x as u32).wrapping_mul(0x9e37_79b9);
    bits = (bits ^ (bits >> 15)).wrapping_add((y as u32).wrapping_mul(0xb504_f333));
    bits = (bits ^ (bits >> 13))
        .wrapping_mul(0xddb3_d743)
        .wrapping_add(seed);
    bits = (bits ^ (bits >> 16)).wrapping_mul(0x9e37_79b9);
    bits = (bits ^ (bits >> 14)).wrapping_mul(0xddb3_d743);
    bits ^ (bits >> 16)
}

/// A number in 0..1 for a place and a seed.
pub(crate) fn chance(x: i32, y: i32, seed: u32) -> f32 {
    unit(hash(x, y, seed))
}

/// Gradient noise: smooth, with features of about unit size, mostly within -0.7..0.7 and 0 on average.
pub(crate) fn noise(x: f32, y: f32, seed: u32) -> f32 {
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
    mix(
        mix(corner(0, 0), corner(1, 0), across),
        mix(corner(0, 1), corner(1, 1), across),
        fade(dy),
    ) * 1.3
}

/// Noise of several octaves, each half as strong and twice as fine as the one before.
pub(crate) fn fractal(mut x: f32, mut y: f32, octaves: u32, seed: u32) -> f32 {
    let (mut sum, mut strength) = (0.0, 1.0);
    for octave in 0..octaves {
        sum += strength * noise(x, y, seed.wrapping_add(octave.wrapping_mul(0x51)));
        strength *= 0.5;
        // Turned a little from octave to octave (by the angle of 3, 4, 5), so that no lattice shows.
        (x, y) = (1.6 * x - 1.2 * y + 0.37, 1.2 * x + 1.6 * y + 0.71);
    }
    sum
}

/// From `a` at 0 to `b` at 1.
pub(crate) fn mix(a: f32, b: f32, share: f32) -> f32 {
    a + (b - a) * share
}

/// 0 up to `from`, 1 from `to`, and a smooth way between.
pub(crate) fn smooth(from: f32, to: f32, value: f32) -> f32 {
    let share = ((value - from) / (to - from)).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

/// Sine of a whole turn per unit, by a polynomial.
pub(crate) fn wave(turns: f32) -> f32 {
    let turn = turns - turns.floor();
    let (half, sign) = if turn < 0.5 {
        (turn, 1.0)
    } else {
        (turn - 0.5, -1.0)
    };
    // A parabola through the zeros, bent to the shape of a sine.
    let arch = half * (0.5 - half) * 16.0;
    sign * arch * (0.775 + 0.225 * arch)
}

fn unit(bits: u32) -> f32 {
    (bits >> 8) as f32 / 16_777_216.0
}

/// Numbers one after another from a seed.
#[derive(Clone, Debug)]
pub(crate) struct Chance {
    seed: u32,
    drawn: u32,
}

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed: hash(seed as i32, (seed >> 32) as i32, 0x4e49_4345),
            drawn: 0,
        }
    }

    pub(crate) fn bits(&mut self) -> u32 {
        self.drawn = self.drawn.wrapping_add(1);
        hash(self.drawn as i32, (self.drawn >> 16) as i32, self.seed)
    }

    /// In 0..1.
    pub(crate) fn unit(&mut self) -> f32 {
        unit(self.bits())
    }

    pub(crate) fn range(&mut self, from: f32, to: f32) -> f32 {
        mix(from, to, self.unit())
    }

    /// In 0..count.
    pub(crate) fn below(&mut self, count: u32) -> u32 {
        ((u64::from(self.bits()) * u64::from(count)) >> 32) as u32
    }

    /// About normal: mean 0, deviation 1.
    pub(crate) fn normal(&mut self) -> f32 {
        let sum: f32 = (0..6).map(|_| self.unit()).sum();
        (sum - 3.0) * std::f32::consts::SQRT_2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_even_and_smooth_and_depends_on_its_seed() {
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
    fn chances_are_spread_evenly() {
        let mut chance = Chance::new(7);
        let mut counts = [0; 10];
        for _ in 0..10_000 {
            counts[chance.below(10) as usize] += 1;
        }
        assert!(
            counts.iter().all(|count| (850..1150).contains(count)),
            "{counts:?}"
        );
        let normal: Vec<f32> = (0..10_000).map(|_| chance.normal()).collect();
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
