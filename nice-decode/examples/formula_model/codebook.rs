//! A codebook made by a formula, as large as those that are trained: for benches.

use nice_decode::Stage;
use nice_decode::format::{
    Body, Boundary, Codebook, MAP_BYTES, MAX_TOPS, Model, ROW_BYTES, padding,
};

use crate::formula::{Numbers, written};

/// The bits of the stages of a codebook of size S, each with 3 mirrors.
pub const S: &[u8] = &[10, 11, 10, 9, 8];

/// The bits of the stages of a codebook of size M, each with 3 mirrors.
pub const M: &[u8] = &[12, 12, 12, 12];

/// A decoder model file that holds a codebook with these stages, and a filter of the borders. Its blocks are coloured
/// noise around grey.
pub fn model(bits: &[u8], seed: u32) -> Vec<u8> {
    let stages: Vec<Stage> = bits
        .iter()
        .map(|&bits| Stage { bits, mirrors: 3 })
        .collect();
    let rows = |index: usize| stages[index].rows(index == 0).expect("the stage can be");
    let base_rows = rows(0);
    let residual_rows: usize = (1..stages.len()).map(rows).sum();
    let top = MAX_TOPS / (stages.len() - 1);
    let mut numbers = Numbers::new(seed);
    let mut bytes = |count: usize, middle: i32, magnitude| -> Vec<u8> {
        (0..count)
            .map(|_| (middle + numbers.next(magnitude)) as u8)
            .collect()
    };
    let gains = bytes(base_rows, 40, 20);
    let mut rows = bytes(ROW_BYTES * base_rows, 128, 32);
    let middle = top as i32 / 2;
    rows.extend(bytes(ROW_BYTES * residual_rows, middle, middle));
    let (steps, activities) = ([4, 12, 32], [8, 24, 64]);
    let maps = bytes(
        MAP_BYTES * (steps.len() + 1) * (activities.len() + 1),
        0,
        16,
    );
    let stages: Vec<u8> = stages.iter().flat_map(|stage| stage.to_bytes()).collect();
    let with = |padding| {
        let model = Model {
            name: "formula",
            body: Body::Codebook(Codebook {
                stages: &stages,
                tops: &[top as u8].repeat(bits.len() - 1),
                gains: &gains,
                boundary: Some(Boundary {
                    steps: &steps,
                    activities: &activities,
                    shift: 6,
                    maps: &maps,
                }),
                padding,
                rows: &rows,
            }),
        };
        written(
            &model,
            gains.len() + rows.len() + 2 * stages.len() + maps.len(),
        )
    };
    with(padding(with(&[]).len() - 4 - rows.len()))
}
