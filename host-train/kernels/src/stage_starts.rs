//! Where the codewords of each stage begin among those of all stages, as kernels know it when they are compiled.

use nice_decode::format::Stage;
use nice_encode::codebook::codeword_counts;

/// The number of the first codeword of each stage, the base first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct StageStarts(Vec<usize>);

impl StageStarts {
    /// Those of a layout.
    pub(crate) fn new(stages: &[Stage]) -> Self {
        let mut end = 0;
        let starts = codeword_counts(stages).map(|count| {
            let start = end;
            end += count;
            start
        });
        Self(starts.collect())
    }

    /// Those of the first stages.
    pub(crate) fn of_first(&self, stages: usize) -> Self {
        Self(self.0[..stages].to_vec())
    }

    /// The number of stages.
    pub(crate) fn stages(&self) -> usize {
        self.0.len()
    }

    /// The number of the first codeword of a stage.
    pub(crate) fn of(&self, stage: usize) -> usize {
        self.0[stage]
    }

    /// The number of the first codeword of a stage after the base, counted from the first of these.
    pub(crate) fn after_base(&self, stage: usize) -> usize {
        self.0[stage] - self.0[1]
    }
}
