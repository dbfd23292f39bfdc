//! Replaces codewords that no block uses by variations of those that are used most.

use nice_data::random::split_mix;
use nice_encode::codebook::Codebook;

/// The relative difference between a revived codeword and the one that it is copied from.
const REVIVED_SPREAD: f32 = 0.1;

/// Revives the codewords of all stages, one stage after the other, that are not used, given how often each is.
pub fn revive(codebook: &mut Codebook, uses: &[f32], seed: u64) {
    let mut rest = uses;
    for number in 0..codebook.stages.len() {
        let codewords = match number {
            0 => &mut codebook.base,
            _ => &mut codebook.residuals[number - 1],
        };
        let (uses, after) = rest.split_at(codewords.len());
        rest = after;
        let mut most_used: Vec<usize> = (0..uses.len()).collect();
        most_used.sort_by(|&a, &b| uses[b].total_cmp(&uses[a]));
        let unused = (0..uses.len()).filter(|&codeword| uses[codeword] == 0.0);
        for (nth, codeword) in unused.enumerate() {
            let from = most_used[nth % most_used.len()];
            let mut random = split_mix(seed ^ split_mix((number << 16 | codeword) as u64));
            codewords[codeword] = codewords[from].map(|value| {
                random = split_mix(random);
                let sign = if random & 1 == 0 { 1.0 } else { -1.0 };
                value * (1.0 + sign * REVIVED_SPREAD)
            });
            if number == 0 {
                codebook.gains[codeword] = codebook.gains[from];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nice_decode::format::Stage;
    use nice_encode::codebook::DIMENSIONS;

    #[test]
    fn an_unused_codeword_becomes_a_variation_of_the_most_used_one() {
        let stage = Stage {
            bits: 5,
            orientation_bits: 3,
        };
        let mut codebook = Codebook {
            stages: vec![stage, stage],
            base: vec![[1.0; DIMENSIONS], [2.0; DIMENSIONS]],
            gains: vec![0.1, 0.2],
            residuals: vec![vec![[3.0; DIMENSIONS], [4.0; DIMENSIONS]]],
        };
        let before = codebook.clone();
        revive(&mut codebook, &[0.0, 5.0, 7.0, 1.0], 1);
        assert_eq!(codebook.base[1], before.base[1]);
        assert_eq!(codebook.residuals, before.residuals);
        assert_eq!(codebook.gains, [0.2, 0.2]);
        for value in codebook.base[0] {
            assert!(value == 2.0 * 1.1 || value == 2.0 * 0.9, "{value}");
        }
    }
}
